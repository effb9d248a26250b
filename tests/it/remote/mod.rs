//! The shop with a remote model at its door: the real program against servers that behave as told.

mod budget;
mod cuts;
mod fake;
mod faults;
mod liar;
mod plans;
mod privacy;
mod wire;

use std::sync::OnceLock;

use serde_json::Value;

use crate::conversation::dialogues;
use crate::shop::{Shop, Start};
use fake::Fake;

/// A shop that words its replies by the model at `base`, and gives it this long.
fn shop_at(base: &str, settings: &[(&str, &str)]) -> Shop {
    let mut all = vec![("OPENAI_BASE_URL", base), ("ELECTROMART_REMOTE_TIMEOUT_S", "2")];
    all.extend_from_slice(settings);
    Shop::with(&Start { settings: &all, flags: &["--offline"], ..Start::default() })
}

fn shop(fake: &Fake) -> Shop {
    shop_at(&fake.base, &[])
}

/// What a customer says in each dialogue.
fn conversations() -> Vec<Vec<String>> {
    let said = |dialogue: &Value| -> Vec<String> {
        dialogue["turns"].as_array().into_iter().flatten().filter_map(|turn| turn["say"].as_str()).map(str::to_owned).collect()
    };
    dialogues("tests/dialogues").iter().map(said).collect()
}

/// What the shop replies to every dialogue without a remote model, message by message.
fn alone() -> &'static Vec<Vec<Value>> {
    static ALONE: OnceLock<Vec<Vec<Value>>> = OnceLock::new();
    ALONE.get_or_init(|| talk_all(&Shop::start()))
}

/// Says every dialogue to a shop, each in a session of its own.
fn talk_all(shop: &Shop) -> Vec<Vec<Value>> {
    let talk = |said: &Vec<String>| {
        let session = shop.session();
        said.iter().map(|text| shop.say(&session, text)).collect()
    };
    conversations().iter().map(talk).collect()
}

fn text(reply: &Value) -> &str {
    reply["text"].as_str().unwrap_or_default()
}
