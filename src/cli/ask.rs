//! `electromart ask`: one turn.

use serde_json::Value;

use super::args::{Ask, Global};
use super::outcome::{Failure, colours, document, line, read};
use super::reach;
use crate::app::Fill;
use crate::app::commands::Request;

/// Asks and prints the reply.
pub fn run(global: &Global, args: &Ask) -> Result<(), Failure> {
    let text = match args.text.as_str() {
        "-" => String::from_utf8(read("-".as_ref())?).map_err(|_| Failure::Said("the question is not UTF-8 text".to_owned()))?,
        text => text.to_owned(),
    };
    let request = Request::Ask { text, session: args.session.clone() };
    let reply = reach::once(global, Fill::Demo, request, &[])?.document;
    if global.json {
        document(&reply);
    } else {
        show(&reply);
    }
    Ok(())
}

/// A reply for people.
pub fn show(reply: &Value) {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let agent = text(&reply["agent"]);
    let (bold, plain) = if colours() { ("\u{1b}[1m", "\u{1b}[0m") } else { ("", "") };
    line(&format!("{bold}{agent}{plain}: {}", text(&reply["text"])));
    for card in reply["cards"].as_array().into_iter().flatten() {
        let price = card["money"]["text"].as_str().map(|price| format!("  {price}")).unwrap_or_default();
        let status = card["status"].as_str().map(|status| format!("  ({status})")).unwrap_or_default();
        line(&format!("  [{}] {}{price}{status}", text(&card["ref"]), text(&card["title"])));
    }
    let options: Vec<String> = reply["options"].as_array().into_iter().flatten().map(|option| text(&option["label"])).collect();
    if !options.is_empty() {
        line(&format!("  > {}", options.join("  |  ")));
    }
}
