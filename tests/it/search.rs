//! Searching products: by words and by meaning, on queries somebody judged.

use std::collections::HashSet;
use std::io::Read as _;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::shop::{Shop, Start, note, public_data, run_json};

const QUERIES: &str = "{\"query\": \"lamp\", \"judgments\": {\"A-1\": 3, \"A-2\": 0}}\n";

fn import(home: &Path, rows: &[Value]) {
    let text: String = rows.iter().map(|row| format!("{row}\n")).collect();
    std::fs::write(home.join("p.jsonl"), text).expect("written");
    run_json(home, &["import", "products", "p.jsonl", "--data-dir", "data"]);
}

fn search(home: &Path) -> Value {
    std::fs::write(home.join("q.jsonl"), QUERIES).expect("written");
    run_json(home, &["eval", "search", "q.jsonl", "--data-dir", "data"])
}

#[test]
fn both_words_and_meaning_are_measured_and_no_vector_is_made_twice() {
    let home = tempfile::tempdir().expect("a folder");
    let lamp = |price: &str, name: &str| json!({ "sku": "A-1", "name": name, "price": price });
    let speaker = json!({ "sku": "A-2", "name": "Loud speaker", "price": "10" });
    for (what, row, made) in [
        ("both are new", lamp("5", "Desk lamp"), 2),
        ("the same again", lamp("5", "Desk lamp"), 0),
        ("another price", lamp("6", "Desk lamp"), 0),
        ("another name", lamp("6", "Bedside lamp"), 1),
    ] {
        import(home.path(), &[row, speaker.clone()]);
        let report = search(home.path());
        assert_eq!((&report["vectors"]["made"], &report["vectors"]["products"]), (&json!(made), &json!(2)), "{what}: {report}");
        for figures in [&report, &report["words"], &report["meaning"]] {
            for name in ["ndcg_at_10", "recall_at_50", "mrr"] {
                assert_eq!(figures[name], json!(1.0), "{what}, {name}: {report}");
            }
            let times = ["p50_us", "p99_us"].map(|name| figures[name].as_f64().unwrap_or_default());
            assert!(0.0 < times[0] && times[0] <= times[1], "{what}: {report}");
        }
    }
    let words = run_json(home.path(), &["--provider", "template", "eval", "search", "q.jsonl", "--data-dir", "data"]);
    assert_eq!((&words["mrr"], words.get("meaning")), (&json!(1.0), None), "without an encoder there are words: {words}");
}

/// A shop makes the vectors while it serves. Killed in the middle of it, its work is not lost: whoever comes next makes
/// what is missing.
#[test]
fn what_is_killed_while_it_makes_vectors_goes_on_where_it_was() {
    const COUNT: usize = 640;
    let home = tempfile::tempdir().expect("a folder");
    let rows: Vec<Value> = (0..COUNT).map(|i| json!({ "sku": format!("A-{i}"), "name": format!("Desk lamp number {i}") })).collect();
    let log = home.path().join("log");
    let shop = Shop::in_folder(home.path(), &Start { flags: &["--empty", "-v"], log: Some(&log), ..Start::default() });
    import(home.path(), &rows);
    let stored = || std::fs::read_to_string(&log).expect("a log").matches("a part of the products' vectors is stored").count();
    let waited = Instant::now();
    while stored() < 3 {
        assert!(waited.elapsed() < Duration::from_secs(120), "no vectors are made");
        std::thread::sleep(Duration::from_millis(20));
    }
    shop.kill();
    let made = search(home.path())["vectors"]["made"].as_u64().expect("a number") as usize;
    assert!(0 < made && made < COUNT, "{made} of {COUNT} were made again");
    let again = search(home.path());
    assert_eq!((&again["vectors"]["made"], &again["vectors"]["products"]), (&json!(0), &json!(COUNT)), "{again}");
}

/// On real products: those that somebody judged, and one in a hundred of the others (all take minutes).
#[test]
fn both_find_no_less_than_words_alone() {
    let Some(data) = public_data() else { return };
    if cfg!(debug_assertions) {
        return note("left out: search of real products; a debug build embeds ten times slower");
    }
    let queries = data.join("search/qrels_dev.jsonl");
    let text = std::fs::read_to_string(&queries).expect("queries");
    let judged: HashSet<String> = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("a query"))
        .flat_map(|row| row["judgments"].as_object().expect("judgments").keys().cloned().collect::<Vec<_>>())
        .collect();
    let packed = std::fs::File::open(data.join("search/catalog_icecat_19k.jsonl.gz")).expect("the catalogue");
    let mut catalogue = String::new();
    flate2::read::GzDecoder::new(packed).read_to_string(&mut catalogue).expect("the catalogue");
    let rows = catalogue.lines().map(|line| serde_json::from_str::<Value>(line).expect("a product")).enumerate();
    let is_judged = |row: &Value| row["sku"].as_str().is_some_and(|sku| judged.contains(sku));
    let sample: Vec<Value> = rows.filter(|(i, row)| i.is_multiple_of(100) || is_judged(row)).map(|(_, row)| row).collect();
    let home = tempfile::tempdir().expect("a folder");
    import(home.path(), &sample);
    let report = run_json(home.path(), &["eval", "search", &queries.display().to_string(), "--data-dir", "data"]);
    note(&format!("search of {} products: {report}", sample.len()));
    for name in ["ndcg_at_10", "recall_at_50", "mrr"] {
        let of = |figures: &Value| figures[name].as_f64().expect("a number");
        assert!(of(&report) >= of(&report["words"]), "{name}: {report}");
        assert!(of(&report["words"]) > 0.6 && of(&report["meaning"]) > 0.3, "{name}: {report}");
    }
}
