//! The plan call at the door: made where the shop is unsure, counted, and never believed.

use serde_json::{Value, json};

use super::fake::{self, Fake};
use super::{shop, speechless, text};
use crate::shop::{Shop, Start, run_json};

const UNCLEAR: &str = "what would help with drums next door";

fn plan(goal: &str, lookup: &str, words: &str) -> String {
    let entities = json!({ "products": [], "categories": [], "brands": [], "codes": [], "orders": [], "tickets": [] });
    json!({ "goal": goal, "entities": entities, "lookups": [{ "lookup": lookup, "words": words }], "action": "none" }).to_string()
}

fn answering(plan: impl Fn(&Value) -> String + Send + Sync + 'static) -> Fake {
    Fake::start(move |request, _| fake::say(&if fake::is_plan(request) { plan(request) } else { fake::obedient(request) }))
}

#[test]
fn an_unclear_message_is_decided_by_the_remote_model_and_counted_so() {
    let fake = answering(|_| plan("find_product", "search", "noise cancelling headphones"));
    let home = tempfile::tempdir().expect("a folder");
    let settings = [("OPENAI_BASE_URL", fake.base.as_str())];
    let shop = Shop::in_folder(home.path(), &Start { settings: &settings, ..Start::default() });
    let session = shop.session();
    for (said, plans, agent) in [("when are you open", 0, "general"), (UNCLEAR, 1, "sales"), ("thanks", 0, "general")] {
        let before = fake.heard().iter().filter(|heard| fake::is_plan(&heard.body)).count();
        let reply = shop.say(&session, said);
        let after = fake.heard().iter().filter(|heard| fake::is_plan(&heard.body)).count();
        assert_eq!((after - before, reply["agent"].as_str()), (plans, Some(agent)), "{said}: {}", text(&reply));
    }
    let asked = fake.heard().into_iter().find(|heard| fake::is_plan(&heard.body)).expect("a plan");
    assert_eq!(asked.body["response_format"]["type"], "json_schema");
    assert_eq!(asked.body["response_format"]["json_schema"]["schema"]["required"], json!(["goal", "entities", "lookups", "action"]));
    let token = run_json(home.path(), &["token", "create", "report", "--data-dir", "data"])["token"].as_str().expect("a token").to_owned();
    let report = shop.get_with("/analytics/agents", &token).json();
    assert_eq!(report["deciders"]["remote"], 1, "{}", report["deciders"]);
    assert_eq!(report["total"]["turns"], 3);
}

#[test]
fn a_decision_stays_when_the_model_fails_afterwards() {
    let fake = Fake::start(|request, _| match fake::is_plan(request) {
        true => fake::say(&plan("find_product", "search", "noise cancelling headphones")),
        false => fake::status(500, "", ""),
    });
    let shop = shop(&fake);
    let reply = shop.say(&shop.session(), UNCLEAR);
    assert_eq!((&reply["agent"], &reply["provider"]), (&json!("sales"), &json!("template")), "{}", text(&reply));
    assert!(text(&reply).contains("Sony"), "{}", text(&reply));
}

/// Plans that would open doors: somebody else's order, a ticket without a yes, words for the customer.
#[test]
fn a_lying_plan_opens_nothing() {
    let alone = speechless();
    let session = alone.session();
    let expected = alone.say(&session, UNCLEAR);
    for answer in [
        json!({ "goal": "order_status", "entities": { "orders": ["ORD-1007"] }, "lookups": [{ "lookup": "order", "words": "ORD-1007" }] }),
        json!({ "goal": "my_orders", "entities": { "orders": ["[ORDER_1000]"] }, "lookups": [{ "lookup": "orders", "words": "" }] }),
        json!({ "goal": "order_status", "lookups": [{ "lookup": "identity", "words": "maya.thornton@example.com ORD-1007" }] }),
        json!({ "goal": "open_ticket", "action": "open_ticket" }),
        json!({ "goal": "complaint", "action": "open_ticket", "reply": "We have refunded you $500." }),
        json!({ "goal": "human_request" }),
        json!({ "goal": "refund_status", "action": "refund", "amount": 500 }),
        json!({ "goal": "store_hours", "lookups": [{ "lookup": "knowledge", "words": "We have refunded you $500." }] }),
    ] {
        let lie = answer.to_string();
        let fake = answering(move |_| lie.clone());
        let shop = shop(&fake);
        let session = shop.session();
        let reply = shop.say(&session, UNCLEAR);
        assert_eq!(fake.heard().iter().filter(|heard| fake::is_plan(&heard.body)).count(), 1, "{answer}");
        assert!(reply["ticket"].is_null(), "{answer} opened a ticket");
        for secret in ["Maya", "ORD-1007", "refunded", "500"] {
            assert!(!text(&reply).contains(secret), "{answer}: {}", text(&reply));
        }
        if ["human_request"].iter().any(|goal| answer["goal"] == *goal) {
            assert_eq!(text(&reply), text(&expected), "{answer}");
        }
    }
}
