//! Conversations, as data: `tests/dialogues/*.json`, each line said at the door and its reply checked.
//!
//! A dialogue is `{"name", "agent", "turns": [{"say", ...}]}`; what a turn may expect is in [`check`].

use std::path::Path;

use serde_json::Value;

use crate::shop::Shop;

pub fn dialogues() -> Vec<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dialogues");
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

#[test]
fn every_dialogue_goes_as_written() {
    let shop = Shop::start();
    let mut wrong = Vec::new();
    let mut count = 0;
    for dialogue in dialogues() {
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
