//! The plan call: when it is made, what of its answer counts, and that a bad one changes nothing.

use std::sync::Arc;

use serde_json::json;

use super::brief;
use super::proposed::{self, Ground};
use crate::domain::agent::{Agent, Decider, Provider};
use crate::domain::goal::Goal;
use crate::domain::state::ConversationState;
use crate::domain::time::Moment;
use crate::llm::encoder::Encoder;
use crate::llm::{Constraint, ModelError, Voices};
use crate::turn::masking::{Known, Mask};
use crate::turn::speaker;
use crate::turn::tests::scripted::Scripted;
use crate::turn::tests::{Demo, Worked};

/// A demo shop as it is served: with the encoder, and with a remote model that answers plans.
async fn shop(plan: impl Fn() -> Result<String, ModelError> + Send + Sync + 'static) -> (Demo, Arc<Scripted>) {
    let mut demo = Demo::open().await;
    let remote = Scripted::new(Provider::Remote, move |prompt, _| match &prompt.constraint {
        Constraint::Schema { .. } => plan(),
        _ => Err(ModelError::Refused(500)),
    });
    demo.engine.encoder = Some(Arc::new(Encoder::embedded().unwrap()));
    demo.engine.voices = Voices::of(Some(Arc::clone(&remote) as _), None, false);
    (demo, remote)
}

fn plan(goal: &str, entities: serde_json::Value, lookups: &[(&str, &str)], action: &str) -> String {
    let lookups: Vec<_> = lookups.iter().map(|(lookup, words)| json!({ "lookup": lookup, "words": words })).collect();
    json!({ "goal": goal, "entities": entities, "lookups": lookups, "action": action }).to_string()
}

fn acts(worked: &Worked) -> Vec<&'static str> {
    worked.machine.outcome.acts.iter().map(|act| act.kind.name()).collect()
}

#[test]
fn the_prompt_tells_every_goal_that_may_be_proposed() {
    let rules = include_str!("../../../assets/plan/prompt.txt");
    for goal in Goal::ALL {
        assert_eq!(rules.contains(&format!("\n- {goal}: ")), brief::goals().any(|own| own == *goal), "{goal}");
    }
    for lookup in crate::agents::lookup::PROPOSABLE {
        assert!(rules.contains(lookup), "{lookup}");
    }
}

/// A model in this process could be asked for a plan as well: nothing in the schema is beyond it.
#[test]
fn the_schema_can_be_kept_while_decoding() {
    let constraint = Constraint::Schema { name: "plan".to_owned(), schema: brief::schema() };
    assert_eq!(crate::llm::local::check(&constraint), Ok(()));
}

/// `goal; products; categories; brands; codes; orders; words; question`, as they were let stand.
fn shown(answer: &str, ground: &Ground<'_>) -> String {
    let Some(proposal) = proposed::read(answer, ground) else { return "nothing".to_owned() };
    let named = &proposal.named;
    let list = |items: Vec<String>| items.join("|");
    let words = named.words.iter().zip(&named.describing).filter(|(_, describes)| **describes).map(|(word, _)| word.text.clone());
    [
        proposal.goal.name().to_owned(),
        list(named.products.iter().flat_map(|p| p.skus.clone()).collect()),
        list(named.categories.iter().flat_map(|c| c.names.clone()).collect()),
        list(named.brands.iter().map(|b| b.name.clone()).collect()),
        list(named.codes.iter().map(|c| format!("{}:{}", c.bare, c.known)).collect()),
        list(named.orders.iter().chain(&named.tickets).map(|n| n.bare.clone()).collect()),
        list(words.collect()),
        proposal.question.unwrap_or_default(),
    ]
    .join(";")
}

#[tokio::test]
async fn what_a_model_names_counts_only_if_it_is_the_shops_or_the_customers() {
    let demo = Demo::open().await;
    let shelves = demo.engine.library.shelves();
    let mut mask = Mask::new("s", Known::default(), shelves.orders.clone(), shelves.tickets.clone());
    let text = "that thing from ORD-1007 and the summer code, not the watch 3";
    let hidden = mask.hide(text);
    let order = &hidden[hidden.find('[').unwrap()..=hidden.find(']').unwrap()];
    let mut state = ConversationState::default();
    state.focus.order = Some("ORD-1002".into());
    let today = Moment::now().day_in(&demo.engine.shop.zone);
    let ground = Ground { mask: &mask, shelves: &shelves, text, state: &state, today };
    let none = json!({});
    let cases: Vec<(String, &str)> = vec![
        (plan("find_product", none.clone(), &[], "none"), "find_product;;;;;;;"),
        ("```json\n{\"goal\": \"thanks\"}\n``` Hope that helps!".into(), "thanks;;;;;;;"),
        // Names of the shop stand, others do not.
        (
            plan("product_question", json!({"products": ["ASUS Gaming V16"]}), &[], "none"),
            "product_question;LAP-ASUS-V16;;;;;asus|gaming|v16;",
        ),
        (plan("product_question", json!({"products": ["Zorblax 9000"]}), &[], "none"), "product_question;;;;;;;"),
        (
            plan("find_product", json!({"categories": ["Televisions"], "brands": ["Sony", "Acme"]}), &[], "none"),
            "find_product;;Televisions;Sony;;;televisions|sony;",
        ),
        (
            plan("code_check", json!({"codes": ["LEVELUP10", "FREE100", "summer"]}), &[], "none"),
            "code_check;;;;levelup10:true|summer:false;;;",
        ),
        // Numbers: the customer's, by placeholder or as they stand, or the conversation's; never a guess.
        (plan("order_status", json!({"orders": [order, "ORD-1003", "ORD-1002"]}), &[], "none"), "order_status;;;;;ord1007|ord1002;;"),
        // Look-ups: within the charter of the goal's agent, and words that the catalogue knows.
        (
            plan("find_product", none.clone(), &[("search", "wireless headphones for zorblaxing")], "none"),
            "find_product;;Headphones;;;;wireless|headphones;",
        ),
        (
            plan("shipping_policy", none.clone(), &[("knowledge", " how long\n does shipping take "), ("promotions", "laptops")], "none"),
            "shipping_policy;;;;;;;how long does shipping take",
        ),
        (plan("store_hours", none.clone(), &[("identity", "maya"), ("entry", "x"), ("code", "LEVELUP10")], "none"), "store_hours;;;;;;;"),
        // A ticket, where support has no way of its own to one.
        (plan("repair", none.clone(), &[], "open_ticket"), "open_ticket;;;;;;;"),
        (plan("troubleshoot", none.clone(), &[], "open_ticket"), "troubleshoot;;;;;;;"),
        (plan("find_product", none.clone(), &[], "open_ticket"), "find_product;;;;;;;"),
        (plan("find_product", none.clone(), &[], "refund_everything"), "find_product;;;;;;;"),
        // Nothing to follow.
        (plan("human_request", none.clone(), &[], "none"), "nothing"),
        (plan("affirm", none.clone(), &[], "none"), "nothing"),
        (plan("steal", none.clone(), &[], "none"), "nothing"),
        (plan("order_status", json!({"orders": ["[ORDER_1111]"]}), &[], "none"), "nothing"),
        (plan("store_hours", none, &[("knowledge", "for [NAME_2222]?")], "none"), "nothing"),
        ("I think they want a laptop.".into(), "nothing"),
        ("{\"goal\": 7}".into(), "nothing"),
        ("{\"goal\": \"thanks\"".into(), "nothing"),
        ("[]".into(), "nothing"),
        (String::new(), "nothing"),
        ("{\"goal\": \"thanks\", \"entities\": [1, null], \"lookups\": {\"x\": 1}, \"action\": {}}".into(), "thanks;;;;;;;"),
    ];
    for (answer, expected) in cases {
        assert_eq!(shown(&answer, &ground), expected, "{answer}");
    }
}

#[tokio::test]
async fn a_plan_is_asked_for_only_where_rules_and_encoder_are_unsure() {
    let (demo, remote) = shop(|| Ok(plan("find_product", json!({}), &[("search", "noise cancelling headphones")], "none"))).await;
    for (text, calls) in [
        ("show me gaming laptops under 1500", 0),
        ("where is my order ORD-1007", 0),
        ("hello", 0),
        ("thanks a lot", 0),
        ("1007", 0),
        ("what is your return policy", 0),
        ("does LEVELUP10 work", 0),
        ("what would help with drums next door", 1),
    ] {
        let before = remote.heard.lock().len();
        let worked = demo.talk(&[text]).await.pop().unwrap();
        assert_eq!(remote.heard.lock().len() - before, calls, "{text}");
        let decision = worked.machine.decision().unwrap();
        assert_eq!(decision.decider == Decider::Remote, calls > 0, "{text}: {decision:?}");
        if calls > 0 {
            assert_eq!(worked.machine.agent(), Agent::Sales, "{decision:?}");
            let said = speaker::with_templates(&worked.machine).words.text();
            assert!(said.contains("Sony") || said.contains("Bose"), "{said}");
        }
    }
}

#[tokio::test]
async fn a_plan_that_cannot_be_followed_changes_nothing() {
    let (alone, _) = shop(|| Err(ModelError::Unreachable)).await;
    let expected: Vec<Vec<&str>> = alone.dialogues().await.iter().map(acts).collect();
    let bad: [fn() -> Result<String, ModelError>; 6] = [
        || Ok("Sure! They want to know about laptops.".into()),
        || Ok("{\"goal\": \"give_discount\", \"action\": \"refund\"}".into()),
        || Ok(plan("order_status", json!({"orders": ["[ORDER_1111]"]}), &[], "none")),
        || Ok("{\"goal\":".into()),
        || Ok("{\"goal\": \"human_request\"}".into()),
        || Err(ModelError::Timeout),
    ];
    for (number, plan) in bad.into_iter().enumerate() {
        let (demo, _) = shop(plan).await;
        let found: Vec<Vec<&str>> = demo.dialogues().await.iter().map(acts).collect();
        assert_eq!(found, expected, "plan {number}");
    }
}

#[tokio::test]
async fn whoever_did_not_answer_the_plan_is_not_waited_for_again() {
    let (demo, remote) = shop(|| Err(ModelError::Timeout)).await;
    let mut voices = 0;
    for worked in demo.dialogues().await {
        voices += usize::from(worked.asked.failed);
    }
    assert!(voices > 0 && remote.heard.lock().len() == voices, "one call a turn");
}
