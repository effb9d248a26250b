//! Teaching the routing: a garden shop's own words, in files, with and without a running server.

use std::path::Path;

use serde_json::{Value, json};

use crate::shop::{Shop, Start, run, run_json};

const PLANTS: &[&str] = &[
    "hosta",
    "clematis",
    "wisteria",
    "peony",
    "dahlia",
    "acer",
    "fuchsia",
    "hellebore",
    "hydrangea",
    "camellia",
    "quince",
    "fig",
    "heuchera",
    "salvia",
    "magnolia",
    "azalea",
    "yew",
    "box",
];
/// What is said in a garden shop, and what it is for.
const SAID: &[(&str, &[&str])] = &[
    (
        "support",
        &["my {} has gone leggy", "{} has blackspot on it", "the {} got vine weevil", "one {} has damped off", "our {} is bolting"],
    ),
    (
        "marketing",
        &["is there a potting day for {}", "{} weekend on again?", "does my trowel card count for {}", "how many stamps till my free {}"],
    ),
    ("orders", &["when do you lift the {}", "is my {} in the next drop", "move my {} to a later lifting", "did the {} plugs go out"]),
    ("sales", &["have you {} in 9cm", "what goes under a {}", "is your {} grafted", "does {} want ericaceous"]),
    ("general", &["do you take empty {} pots back", "is the {} walk open on sunday", "can the dog come round the {} beds"]),
];

/// Every sentence of every plant from `from` on, one plant in two.
fn garden(from: usize) -> Vec<(String, &'static str)> {
    let plants = PLANTS.iter().skip(from).step_by(2);
    let of = |plant: &str| {
        SAID.iter()
            .flat_map(|(label, said)| said.iter().map(move |text| (*text, *label)))
            .map(|(text, label)| (text.replace("{}", plant), label))
            .collect::<Vec<_>>()
    };
    plants.flat_map(|plant| of(plant)).collect()
}

fn write(folder: &Path, name: &str, lines: &[(String, &str)]) {
    let text: String = lines.iter().map(|(text, label)| format!("{}\n", json!({ "text": text, "label": label }))).collect();
    std::fs::write(folder.join(name), text).expect("written");
}

const DATA: [&str; 2] = ["--data-dir", "data"];

fn with_data<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    [arguments, &DATA].concat()
}

/// What `eval intents` says of a file, but for the time it took.
fn eval(folder: &Path, name: &str) -> Value {
    let mut report = run_json(folder, &with_data(&["eval", "intents", name]));
    for time in ["p50_us", "p99_us"] {
        report[time] = Value::Null;
    }
    report
}

fn accuracy(report: &Value) -> f64 {
    report["accuracy"].as_f64().expect("a number")
}

/// What the shop takes messages to be about, each in a session of its own.
fn intents(shop: &Shop, lines: &[(String, &str)]) -> Vec<Value> {
    lines.iter().map(|(text, _)| shop.say(&shop.session(), text)["intent"].clone()).collect()
}

#[test]
fn a_shops_own_words_are_learnt_used_at_once_and_taken_back() {
    let home = tempfile::tempdir().expect("a folder");
    let folder = home.path();
    let (taught, others) = (garden(0), garden(1));
    write(folder, "taught.jsonl", &taught);
    write(folder, "others.jsonl", &others);
    let dry = run_json(folder, &with_data(&["train", "intents", "taught.jsonl", "--dry-run"]));
    assert_eq!((&dry["taken"], &dry["refused"]), (&json!(false), &Value::Null), "{dry}");
    assert!(!folder.join("data").exists(), "only measuring makes no shop");

    let shop = Shop::in_folder(folder, &Start::default());
    let said: Vec<_> = others.iter().step_by(7).cloned().collect();
    let right = |intents: &[Value]| intents.iter().zip(&said).filter(|(intent, (_, label))| *intent == label).count();
    let (before, answered) = (eval(folder, "others.jsonl"), intents(&shop, &said));
    let report = run_json(folder, &with_data(&["train", "intents", "taught.jsonl"]));
    assert_eq!((&report["n"], &report["taken"]), (&json!(taught.len()), &json!(true)), "{report}");
    for set in ["left_out", "check"] {
        for time in ["before", "after"] {
            assert!(["right", "accuracy", "ece"].iter().all(|figure| report[set][time][*figure].is_number()), "{report}");
        }
    }
    let change =
        |set: &str| report[set]["after"]["right"].as_f64().expect("a number") - report[set]["before"]["right"].as_f64().expect("a number");
    assert!(change("left_out") > 0.1 * taught.len() as f64, "{report}");
    assert!(change("check") > -0.02 * report["check"]["n"].as_f64().expect("a number"), "{report}");

    let (after, answered_after) = (eval(folder, "others.jsonl"), intents(&shop, &said));
    eprintln!("other plants: {:.3} -> {:.3}; {report}", accuracy(&before), accuracy(&after));
    assert!(accuracy(&after) > accuracy(&before) + 0.1, "{before} {after}");
    assert!(right(&answered_after) > right(&answered), "{answered:?} {answered_after:?}");

    // It outlives the server, and is used without one.
    assert!(shop.stop());
    assert_eq!(eval(folder, "others.jsonl"), after);
    let shop = Shop::in_folder(folder, &Start::default());
    assert_eq!(intents(&shop, &said), answered_after);

    let undone = run_json(folder, &with_data(&["train", "intents", "--undo"]));
    assert_eq!(undone, json!({ "undone": true, "left": 0 }));
    assert_eq!((eval(folder, "others.jsonl"), intents(&shop, &said)), (before, answered));
    let again = run(folder, &with_data(&["train", "intents", "--undo"]));
    assert_eq!(again.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&again.stderr).contains("nothing to undo"));
}

#[test]
fn labels_that_say_nothing_are_refused_with_how_much() {
    let home = tempfile::tempdir().expect("a folder");
    let folder = home.path();
    let mut lines = garden(0);
    // The labels of all lines, dealt out anew: as many of each as before, and no sense in them.
    let mut random = 7_usize;
    for last in (1..lines.len()).rev() {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let other = (random >> 33) % (last + 1);
        (lines[last].1, lines[other].1) = (lines[other].1, lines[last].1);
    }
    write(folder, "shuffled.jsonl", &lines);
    let done = run(folder, &with_data(&["train", "intents", "shuffled.jsonl", "--json"]));
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert_eq!(done.status.code(), Some(1), "{said}");
    assert!(said.contains("refused") && said.contains("points") && said.trim().lines().count() == 1, "{said}");
    let report: Value = serde_json::from_slice(&done.stdout).expect("one document");
    assert_eq!(report["taken"], json!(false));
    assert!(report["refused"].as_str().is_some_and(|reason| said.contains(reason)), "{report}");
    assert!(!folder.join("data").exists(), "what is refused makes no shop");
}

#[test]
fn what_cannot_be_learnt_from_is_named() {
    let home = tempfile::tempdir().expect("a folder");
    let line = |text: &str, label: &str| format!("{}\n", json!({ "text": text, "label": label }));
    let alike: String = (0..30).map(|n| line(&format!("have you roses in {n}cm"), "sales")).collect();
    for (name, text, words) in [
        ("broken.jsonl", line("have you roses", "sales") + "{\"text\": 7}\n", "line 2"),
        ("unknown.jsonl", line("have you roses", "sales") + &line("my rose is ill", "plants"), "line 2 has the label plants"),
        ("few.jsonl", line("have you roses", "sales") + &line("my rose is ill", "support"), "2 lines are too few"),
        ("alike.jsonl", alike, "all lines are labelled sales"),
        ("empty.jsonl", String::new(), "no lines"),
    ] {
        std::fs::write(home.path().join(name), text).expect("written");
        let done = run(home.path(), &with_data(&["train", "intents", name]));
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        assert_eq!(done.status.code(), Some(1), "{name}: {said}");
        assert!(said.starts_with("electromart: ") && said.contains(words) && said.trim().lines().count() == 1, "{name}: {said}");
    }
    for wrong in [&["train", "intents"][..], &["train", "intents", "x.jsonl", "--undo"], &["train", "moods", "x.jsonl"]] {
        assert_eq!(run(home.path(), wrong).status.code(), Some(2), "{wrong:?}");
    }
}

/// Messages of which at least one is unclear to every tier.
const UNCLEAR: &[&str] = &["the drums next door are driving me mad", "the purple one on thursday", "about that thing", "blue or what"];

#[test]
fn what_customers_tap_is_exported_as_lines_to_learn_from() {
    let home = tempfile::tempdir().expect("a folder");
    let shop = Shop::in_folder(home.path(), &Start::default());
    let mut tapped = Vec::new();
    for said in UNCLEAR {
        let session = shop.session();
        let hello = shop.say(&session, "hello");
        let reply = shop.say(&session, said);
        if !reply["options"].as_array().is_some_and(|options| options.iter().any(|option| option["id"] == "support")) {
            continue;
        }
        let tap = json!({ "type": "choose", "message_id": reply["message_id"], "option": "support" });
        assert_eq!(shop.post_with(&format!("/api/sessions/{}/events", session.0), &session.1, &tap).status, 200);
        let history = json!([{ "role": "user", "text": "hello" }, { "role": "agent", "text": hello["text"] }]);
        tapped.push(json!({ "text": said, "label": "support", "history": history }));
    }
    assert!(!tapped.is_empty(), "none is unclear");
    assert!(run(home.path(), &with_data(&["export", "labels", "labels.jsonl"])).status.success());
    let text = std::fs::read_to_string(home.path().join("labels.jsonl")).expect("a file");
    let mut lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("a line")).collect();
    lines.sort_by_key(Value::to_string);
    tapped.sort_by_key(Value::to_string);
    assert_eq!(lines, tapped);
    assert_eq!(eval(home.path(), "labels.jsonl")["n"], json!(tapped.len()));
    assert_eq!(run(home.path(), &with_data(&["export", "labels", "labels.csv"])).status.code(), Some(1));
}
