//! The prompt of the plan call. Everything in it that is not ours is masked, and data between marks. What stays the same
//! from turn to turn stands first, as in the prompt of a reply.

use serde_json::{Value, json};

use crate::agents::lookup;
use crate::agents::orchestrator;
use crate::agents::proposal::may_be_proposed;
use crate::domain::agent::Agent;
use crate::domain::goal::Goal;
use crate::llm::{Constraint, Prompt, Rank, Role};
use crate::turn::library::Shelves;
use crate::turn::machine::Machine;
use crate::turn::speaker::{Background, patience};
use crate::turn::told::{self, block};

/// The rules of the answer, with a line for every goal.
const RULES: &str = include_str!("../../../assets/plan/prompt.txt");
/// Tokens of an answer: several times what a full one has.
const MOST_TOKENS: u32 = 400;
/// Kinds of things and brands that are named: enough to know what the shop sells.
const NAMED: usize = 40;

/// The prompt for a message that was not understood for sure.
pub fn prompt(machine: &Machine, shelves: &Shelves, background: &mut Background) -> Prompt {
    let mut categories: Vec<(&str, u32)> = shelves.catalogue.category_names().collect();
    categories.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let kinds: Vec<&str> = categories.into_iter().take(NAMED).map(|(name, _)| name).collect();
    let brands: Vec<&str> = shelves.catalogue.brand_names().take(NAMED).collect();
    let history = std::mem::take(&mut background.history);
    let mut data = |text: &str| background.mask.hide(&told::plain(text));
    let mut body = block("shop", &[data(&format!("sells: {}", kinds.join(", "))), data(&format!("brands: {}", brands.join(", ")))]);
    if !history.is_empty() {
        body += &block("conversation", &told::conversation(&history, &mut data));
    }
    let shown: Vec<String> = machine.shown().iter().map(|product| data(&product.name)).collect();
    if !shown.is_empty() {
        body += &block("on_the_table", &shown);
    }
    let before = machine.before();
    let agent = before.active.unwrap_or(Agent::Orchestrator);
    body += &block("speaking", &[agent.name().to_owned()]);
    if let Some(slot) = orchestrator::asked(before) {
        body += &block("was_asked_for", &[slot.name().to_owned()]);
    }
    let message = background.message.clone();
    body += &block("message", &[data(&message)]);
    background.history = history;
    let (first_token, whole) = patience(crate::domain::agent::Provider::Remote, background);
    Prompt {
        messages: vec![(Role::System, RULES.to_owned()), (Role::User, body)],
        rank: Rank::Turn,
        max_tokens: MOST_TOKENS,
        temperature: 0.0,
        seed: None,
        stop: Vec::new(),
        constraint: Constraint::Schema { name: "plan".to_owned(), schema: schema() },
        first_token,
        whole,
    }
}

/// The goals that may be proposed.
pub fn goals() -> impl Iterator<Item = Goal> {
    Goal::ALL.iter().copied().filter(|goal| may_be_proposed(*goal))
}

/// The schema of the answer: strict, as the protocol wants it, so every field is there.
pub fn schema() -> Value {
    let names = || json!({ "type": "array", "items": { "type": "string" } });
    let goals: Vec<&str> = goals().map(Goal::name).collect();
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["goal", "entities", "lookups", "action"],
        "properties": {
            "goal": { "type": "string", "enum": goals },
            "entities": {
                "type": "object",
                "additionalProperties": false,
                "required": ["products", "categories", "brands", "codes", "orders", "tickets"],
                "properties": {
                    "products": names(), "categories": names(), "brands": names(),
                    "codes": names(), "orders": names(), "tickets": names(),
                },
            },
            "lookups": {
                "type": "array",
                "items": {
                    "type": "object",
                    "additionalProperties": false,
                    "required": ["lookup", "words"],
                    "properties": {
                        "lookup": { "type": "string", "enum": lookup::PROPOSABLE },
                        "words": { "type": "string" },
                    },
                },
            },
            "action": { "type": "string", "enum": ["none", "open_ticket"] },
        },
    })
}
