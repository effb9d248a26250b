//! Conversations, as data: `tests/dialogues/*.json`, each line said at the door and its reply checked.
//!
//! A dialogue is `{"name", "agent", "turns": [{"say", ...}]}`; what a turn may expect is in [`check`].

use std::path::Path;
use std::sync::OnceLock;

use serde_json::Value;

use crate::shop::{Shop, Start, run_json};

pub fn dialogues(folder: &str) -> Vec<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut files: Vec<_> = std::fs::read_dir(folder).expect("dialogues").flatten().map(|entry| entry.path()).collect();
    files.sort();
    let read = |path: &std::path::PathBuf| -> Vec<Value> {
        serde_json::from_slice(&std::fs::read(path).expect("a file")).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };
    files.iter().filter(|path| path.extension().is_some_and(|e| e == "json")).flat_map(read).collect()
}

/// What is wrong with a reply, if anything.
pub fn check(turn: &Value, reply: &Value) -> Option<String> {
    let text = reply["text"].as_str().unwrap_or_default();
    let lower = text.to_lowercase();
    let list = |name: &str| -> Vec<String> {
        match &turn[name] {
            Value::Array(items) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            Value::String(one) => vec![one.clone()],
            _ => Vec::new(),
        }
    };
    let has = |field: &str, wanted: &str| reply[field].as_array().is_some_and(|items| items.iter().any(|item| item == wanted));
    if let Some(agent) = turn["agent"].as_str().filter(|agent| reply["agent"] != *agent) {
        return Some(format!("{} answered, not {agent}", reply["agent"]));
    }
    if let Some(wanted) = list("says").iter().find(|wanted| !lower.contains(&wanted.to_lowercase())) {
        return Some(format!("does not say {wanted:?}"));
    }
    if let Some(unwanted) = list("says_not").iter().find(|unwanted| lower.contains(&unwanted.to_lowercase())) {
        return Some(format!("says {unwanted:?}"));
    }
    if let Some(act) = list("acts").iter().find(|act| !has("acts", act)) {
        return Some(format!("does not do {act}; it does {}", reply["acts"]));
    }
    if let Some(slot) = list("asks").iter().find(|slot| !has("asks", slot)) {
        return Some(format!("does not ask for {slot}"));
    }
    let cards: Vec<&str> = reply["cards"].as_array().into_iter().flatten().filter_map(|card| card["ref"].as_str()).collect();
    if let Some(card) = list("cards").iter().find(|card| !cards.contains(&card.as_str())) {
        return Some(format!("does not show {card}; it shows {cards:?}"));
    }
    if turn["ticket"] == true && !reply["ticket"].is_string() {
        return Some("opens no ticket".to_owned());
    }
    if turn["ticket"] == false && reply["ticket"].is_string() {
        return Some("opens a ticket".to_owned());
    }
    None
}

/// What a customer says in each dialogue.
pub fn conversations() -> Vec<Vec<String>> {
    let said = |dialogue: &Value| -> Vec<String> {
        dialogue["turns"].as_array().into_iter().flatten().filter_map(|turn| turn["say"].as_str()).map(str::to_owned).collect()
    };
    dialogues("tests/dialogues").iter().map(said).collect()
}

/// What the shop replies to every dialogue without any model, message by message.
pub fn alone() -> &'static Vec<Vec<Value>> {
    static ALONE: OnceLock<Vec<Vec<Value>>> = OnceLock::new();
    ALONE.get_or_init(|| talk_all(&speechless()))
}

/// A shop whose phrases speak. It reads messages like any other.
pub fn speechless() -> Shop {
    Shop::with(&Start { settings: &[("ELECTROMART_PROVIDER_MODE", "remote")], ..Start::default() })
}

/// Says every dialogue to a shop, each in a session of its own.
pub fn talk_all(shop: &Shop) -> Vec<Vec<Value>> {
    let talk = |said: &Vec<String>| {
        let session = shop.session();
        said.iter().map(|text| shop.say(&session, text)).collect()
    };
    conversations().iter().map(talk).collect()
}

pub fn text(reply: &Value) -> &str {
    reply["text"].as_str().unwrap_or_default()
}

/// Holds every dialogue of a folder in a shop.
fn hold(shop: &Shop, folder: &str) {
    let mut wrong = Vec::new();
    let mut count = 0;
    for dialogue in dialogues(folder) {
        count += 1;
        let session = shop.session();
        for turn in dialogue["turns"].as_array().expect("turns") {
            let said = turn["say"].as_str().expect("words");
            let reply = shop.say(&session, said);
            if let Some(fault) = check(turn, &reply) {
                wrong.push(format!("{}: {said:?}: {fault}\n    {}", dialogue["name"], reply["text"]));
                break;
            }
        }
    }
    eprintln!("{count} dialogues");
    assert!(wrong.is_empty(), "{} of {count} went wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_dialogue_goes_as_written() {
    hold(&Shop::start(), "tests/dialogues");
}

/// Nothing may know the demo shop: another one, in euros, with other numbers, postal codes and rules.
#[test]
fn another_shop_is_served_by_its_own_records() {
    let home = tempfile::tempdir().expect("a folder");
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/windmill");
    std::fs::copy(fixtures.join("electromart.toml"), home.path().join("electromart.toml")).expect("copied");
    let settings = std::fs::read_to_string(fixtures.join("electromart.toml")).expect("a file");
    let settings: toml::Table = settings.parse().expect("settings");
    let zone = settings["shop"]["time_zone"].as_str().expect("a zone").to_owned();
    for kind in ["products", "customers", "orders", "tickets", "knowledge"] {
        let text = std::fs::read_to_string(fixtures.join(format!("{kind}.json"))).expect("a file");
        let file = home.path().join(format!("{kind}.json"));
        std::fs::write(&file, dated(&text, &zone)).expect("written");
        let imported = run_json(home.path(), &["import", kind, &file.display().to_string(), "--data-dir", "data"]);
        assert_eq!(imported["rejected"], serde_json::json!([]), "{kind}: {imported}");
    }
    hold(&Shop::in_folder(home.path(), &Start::default()), "tests/dialogues/windmill");
}

/// Days counted from today (`@-3d`, `@+2dT10:00`) as dates. Today is the shop's: at a quarter past midnight in its own
/// zone the machine's clock may still stand on yesterday, and everything would be a day older than it says.
fn dated(text: &str, zone: &str) -> String {
    let today = jiff::Timestamp::now().in_tz(zone).expect("a zone").date();
    let mut out = String::new();
    let mut parts = text.split("\"@");
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let (days, rest) = part.split_once('d').expect("days");
        let date = today.saturating_add(jiff::Span::new().days(days.parse::<i32>().expect("a number")));
        let rest = match rest.strip_prefix('T').and_then(|time| time.split_once('"')) {
            Some((time, after)) => format!("T{time}:00Z\"{after}"),
            None => rest.to_owned(),
        };
        out.push_str(&format!("\"{date}{rest}"));
    }
    out
}
