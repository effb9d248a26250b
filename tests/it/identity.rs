//! Whose an order is: told to nobody who cannot show it, and not to be guessed.

use serde_json::Value;

use crate::shop::Shop;

/// What no stranger may read of ORD-1007 of the demo shop.
const SECRETS: &[&str] = &["TUF Gaming A15", "1,074.98", "Maya", "Thornton", "04102", "207-555-0142"];

fn text(reply: &Value) -> String {
    reply["text"].as_str().unwrap_or_default().to_owned()
}

fn tells(reply: &Value) -> bool {
    let all = reply.to_string();
    SECRETS.iter().any(|secret| all.contains(secret))
}

#[test]
fn an_order_is_shown_to_whoever_shows_it_is_theirs() {
    for proof in [
        "maya.thornton@example.com",
        "MAYA.THORNTON@EXAMPLE.COM",
        "0142",
        "Maya Thornton, 04102",
        "the zip is 04102 and my name is Maya Thornton",
    ] {
        let shop = Shop::start();
        let session = shop.session();
        let asked = shop.say(&session, "where is my order ORD-1007?");
        assert!(!tells(&asked), "{asked}");
        assert!(asked["asks"].as_array().is_some_and(|asks| asks.iter().any(|slot| slot == "identity")), "{asked}");
        let shown = shop.say(&session, proof);
        assert!(text(&shown).contains("ORD-1007") && text(&shown).contains("delivered"), "{proof}: {}", text(&shown));
    }
}

#[test]
fn wrong_and_unknown_get_the_same_sentence() {
    let shop = Shop::start();
    let mut said = Vec::new();
    for (number, proof) in [("ORD-1007", "someone.else@example.com"), ("ORD-9999", "maya.thornton@example.com"), ("ORD-1007", "9999")] {
        let session = shop.session();
        shop.say(&session, &format!("where is my order {number}?"));
        let reply = shop.say(&session, proof);
        assert!(!tells(&reply), "{reply}");
        said.push(text(&reply).replace(number, "N"));
    }
    assert!(said.windows(2).all(|pair| pair[0] == pair[1]), "{said:#?}");
}

#[test]
fn guessing_locks_the_address_out_of_that_order() {
    let shop = Shop::start();
    let mut replies = Vec::new();
    for guess in 0..6 {
        let session = shop.session();
        shop.say(&session, "where is my order ORD-1007?");
        replies.push(shop.say(&session, &format!("guess{guess}@example.com")));
    }
    let session = shop.session();
    shop.say(&session, "where is my order ORD-1007?");
    let right = shop.say(&session, "maya.thornton@example.com");
    assert!(!tells(&right), "locked out, the right proof is not looked at: {right}");
    assert_eq!(text(&right), text(&replies[5]), "and is answered as a wrong one");
    let another = shop.session();
    shop.say(&another, "where is my order ORD-1012?");
    let reply = shop.say(&another, "wrong@example.com");
    assert!(!text(&reply).is_empty(), "other orders are not locked");
}
