//! The command line: what each verb prints and how it exits.

use std::path::Path;

use serde_json::{Value, json};

use crate::shop::{Shop, Start, public_data, run, run_json};

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn verbs_exit_as_promised() {
    let home = tempfile::tempdir().expect("a folder");
    for (arguments, code) in [
        (&["--help"][..], 0),
        (&["--version"], 0),
        (&["ask", "--help"], 0),
        (&["nonsense"], 2),
        (&["ask"], 2),
        (&["forget", "nobody", "x"], 2),
        (&["ask", "hi", "--session", "short"], 1),
        (&["ask", "   "], 1),
        (&["import", "unicorns", "/dev/null"], 1),
        (&["import", "products", "missing.csv"], 1),
        (&["forget", "customer", "nobody"], 1),
        (&["graph", "--format", "svg"], 0),
        (&["check", "--example"], 0),
        (&["completions", "bash"], 0),
        (&["serve", "--listen", "nonsense"], 1),
        // What every command knows may stand before it; what only serving knows may not.
        (&["--data-dir", "elsewhere", "ask", "hello"], 0),
        (&["--listen", "127.0.0.1:0", "ask", "hello"], 2),
        (&["--empty", "export", "products"], 2),
    ] {
        let output = run(home.path(), arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", text(&output.stderr));
        if code == 1 {
            let said = text(&output.stderr);
            assert!(said.starts_with("electromart: ") && said.trim().lines().count() == 1, "{arguments:?}: {said}");
        }
    }
}

#[test]
fn the_example_configuration_is_read_without_a_warning() {
    let home = tempfile::tempdir().expect("a folder");
    let example = run(home.path(), &["check", "--example"]);
    std::fs::write(home.path().join("electromart.toml"), &example.stdout).expect("written");
    let checked = run_json(home.path(), &["check"]);
    assert_eq!(checked["findings"], json!([]));
}

#[test]
fn what_is_exported_imports_with_nothing_changed() {
    let home = tempfile::tempdir().expect("a folder");
    run_json(home.path(), &["ask", "hello"]);
    for kind in ["products", "customers", "orders", "promotions", "tickets", "knowledge"] {
        for name in ["x.json", "x.jsonl", "x.csv", "x.csv.gz"] {
            let exported = run(home.path(), &["export", kind, name]);
            assert!(exported.status.success(), "{kind} {name}: {}", text(&exported.stderr));
            let report = run_json(home.path(), &["import", kind, name]);
            let counts = (report["new"].clone(), report["changed"].clone(), report["rejected"].clone());
            assert_eq!(counts, (json!(0), json!(0), json!([])), "{kind} {name}: {report}");
            assert!(report["unchanged"].as_u64() > Some(0));
        }
    }
    assert!(run(home.path(), &["export", "knowledge", "folder"]).status.success());
    let report = run_json(home.path(), &["import", "knowledge", "folder"]);
    assert_eq!((report["new"].clone(), report["changed"].clone()), (json!(0), json!(0)));
}

#[test]
fn a_bad_row_is_named_and_the_good_ones_are_taken() {
    let home = tempfile::tempdir().expect("a folder");
    let csv = "sku;name;category;brand;price;currency;stock;description;specs\n\
               A-1;Lamp;Home > Lamps;Lumo;19,99;EUR;4;A lamp;colour: red\n\
               ;Nameless;Home;X;1,00;EUR;1;;\n\
               A-2;Bulb;Home > Bulbs;Lumo;cheap;EUR;2;;\n";
    std::fs::write(home.path().join("p.csv"), csv).expect("written");
    let dry = run_json(home.path(), &["import", "products", "p.csv", "--dry-run"]);
    assert_eq!(dry["rejected"].as_array().map(Vec::len), Some(2), "{dry}");
    assert_eq!((dry["new"].clone(), dry["applied"].clone()), (json!(1), json!(false)));
    let strict = run(home.path(), &["import", "products", "p.csv", "--strict", "--json"]);
    assert_eq!(strict.status.code(), Some(1));
    let real = run_json(home.path(), &["import", "products", "p.csv"]);
    assert_eq!(real["new"], json!(1));
    for rejected in real["rejected"].as_array().expect("rows") {
        assert!(["row", "field", "reason", "hint"].iter().all(|key| !rejected[*key].is_null()), "{rejected}");
    }
    assert_eq!(run_json(home.path(), &["import", "products", "p.csv"])["unchanged"], json!(1));
    // The first import made the shop empty: nothing of the demo is in it.
    let reply = run_json(home.path(), &["ask", "show me gaming laptops"]);
    assert!(!reply.to_string().contains("ASUS"), "{reply}");
}

#[test]
fn a_large_foreign_catalogue_imports_as_it_is_and_is_found() {
    let Some(data) = public_data() else { return };
    let home = tempfile::tempdir().expect("a folder");
    let file = data.join("search/catalog_icecat_19k.jsonl.gz");
    let report = run_json(home.path(), &["import", "products", &file.display().to_string()]);
    assert_eq!(report["rows"].as_u64(), Some(19_406), "{report}");
    assert_eq!(report["rejected"], json!([]));
    let reply = run_json(home.path(), &["ask", "show me a hp laser printer"]);
    assert_eq!(reply["agent"], "sales");
    assert!(reply["cards"].as_array().is_some_and(|cards| !cards.is_empty()), "{reply}");
}

#[test]
fn a_running_shop_takes_new_knowledge_at_its_next_turn() {
    let home = tempfile::tempdir().expect("a folder");
    let shop = Shop::in_folder(home.path(), &Start::default());
    let entry = json!([{ "id": "aquarium", "domain": "store", "questions": ["Do you have an aquarium?", "Is there an aquarium in the shop?"],
        "answer": "Yes, the aquarium with the blue tangs is beside the till.", "tags": ["aquarium"], "language": "en" }]);
    std::fs::write(home.path().join("k.json"), entry.to_string()).expect("written");
    let report = run_json(home.path(), &["import", "knowledge", "k.json", "--data-dir", "data"]);
    assert_eq!(report["new"], json!(1));
    let reply = shop.say(&shop.session(), "do you have an aquarium in the shop?");
    assert!(reply["text"].as_str().is_some_and(|text| text.contains("blue tangs")), "{reply}");
}

#[test]
fn a_person_is_forgotten_and_the_books_stay() {
    let home = tempfile::tempdir().expect("a folder");
    let data = ["--data-dir", "data"];
    let ask = |words: &str| run_json(home.path(), &["ask", words, "--session", "forget-me", data[0], data[1]]);
    ask("where is my order ORD-1007?");
    ask("maya.thornton@example.com");
    let customer = |folder: &Path| -> Vec<Value> {
        let exported = run(folder, &["export", "customers", data[0], data[1]]);
        serde_json::from_slice(&exported.stdout).expect("customers")
    };
    let before = customer(home.path());
    let maya = before.iter().find(|c| c["email"] == "maya.thornton@example.com").expect("Maya")["id"].as_str().expect("an id").to_owned();
    let dry = run_json(home.path(), &["forget", "customer", &maya, "--dry-run", data[0], data[1]]);
    assert_eq!(dry["would_remove"]["sessions"], json!(1), "{dry}");
    assert_eq!(customer(home.path()), before);
    let done = run_json(home.path(), &["forget", "customer", &maya, data[0], data[1]]);
    assert_eq!(done["removed"]["sessions"], json!(1), "{done}");
    assert!(done["kept"]["orders"].as_u64() > Some(0));
    for kind in ["customers", "orders", "tickets"] {
        let exported = text(&run(home.path(), &["export", kind, data[0], data[1]]).stdout);
        for trace in ["maya.thornton@example.com", "Maya Thornton", "207-555-0142"] {
            assert!(!exported.contains(trace), "{trace} is still among the {kind}");
        }
    }
}

#[test]
fn a_token_is_shown_once_and_can_be_taken_back() {
    let home = tempfile::tempdir().expect("a folder");
    let shop = Shop::in_folder(home.path(), &Start::default());
    let made = run_json(home.path(), &["token", "create", "report", "--scope", "read", "--data-dir", "data"]);
    let secret = made["token"].as_str().expect("a token").to_owned();
    assert!(secret.starts_with("emt_"));
    let listed = run(home.path(), &["token", "list", "--data-dir", "data"]);
    assert!(!text(&listed.stdout).contains(&secret));
    assert_eq!(shop.get_with("/analytics/agents", &secret).status, 200);
    run_json(home.path(), &["token", "revoke", made["id"].as_str().expect("an id"), "--data-dir", "data"]);
    assert_eq!(shop.get_with("/analytics/agents", &secret).status, 403);
}
