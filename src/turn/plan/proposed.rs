//! What a model proposed, held against our types, the charters and the shop's own names.

use serde_json::Value;

use crate::agents::proposal::{Proposal, may_be_proposed};
use crate::domain::agent::Intent;
use crate::domain::goal::Goal;
use crate::domain::heard::{CodeNamed, Heard, NumberNamed};
use crate::domain::state::ConversationState;
use crate::domain::text::fold::bare;
use crate::domain::time::Day;
use crate::turn::handoff::may_look_up;
use crate::turn::library::Shelves;
use crate::turn::masking::{Invented, Mask};

/// Names of one kind that are looked at.
const MOST_NAMES: usize = 6;
/// Characters of a name.
const MOST_NAME: usize = 120;
/// Characters of a question in plainer words.
const MOST_QUESTION: usize = 200;

/// What a proposal is held against.
pub struct Ground<'a> {
    /// Turns placeholders back.
    pub mask: &'a Mask,
    /// The shop's own names.
    pub shelves: &'a Shelves,
    /// The customer's message.
    pub text: &'a str,
    /// The conversation before it.
    pub state: &'a ConversationState,
    /// Today.
    pub today: Day,
}

/// The proposal in a model's answer; `None` when there is none that can be followed.
pub fn read(answer: &str, ground: &Ground<'_>) -> Option<Proposal> {
    let document = document(answer)?;
    let goal = Goal::from_name(document.get("goal")?.as_str()?).filter(|goal| may_be_proposed(*goal))?;
    let goal = with_action(goal, document.get("action").and_then(Value::as_str));
    let mut proposal = Proposal { goal, named: Heard::default(), question: None };
    let entities = document.get("entities");
    for kind in ["products", "categories", "brands", "codes", "orders", "tickets"] {
        for name in texts(entities.and_then(|e| e.get(kind))) {
            proposal.named.absorb(ground.entity(kind, &ground.restored(name).ok()?));
        }
    }
    let agent = goal.intent().agent();
    for lookup in document.get("lookups").and_then(Value::as_array).into_iter().flatten().take(MOST_NAMES) {
        let Some(name) = lookup.get("lookup").and_then(Value::as_str).filter(|name| may_look_up(agent, name)) else { continue };
        let words = lookup.get("words").and_then(Value::as_str).unwrap_or_default();
        let words = ground.restored(words).ok()?;
        match name {
            "search" => proposal.named.absorb(ground.search(&words)),
            "knowledge" => proposal.question = question(&words).or(proposal.question),
            "products" | "alternatives" | "accessories" => proposal.named.absorb(ground.entity("products", &words)),
            "code" => proposal.named.absorb(ground.entity("codes", &words)),
            "order" => proposal.named.absorb(ground.entity("orders", &words)),
            "ticket" => proposal.named.absorb(ground.entity("tickets", &words)),
            // The rest is looked up without words, when its agent wants it.
            _ => {}
        }
    }
    Some(proposal)
}

/// The JSON object in an answer: models like to put words or a fence around it.
fn document(answer: &str) -> Option<Value> {
    let (from, to) = (answer.find('{')?, answer.rfind('}')?);
    serde_json::from_str::<Value>(answer.get(from..=to)?).ok().filter(Value::is_object)
}

fn texts(value: Option<&Value>) -> impl Iterator<Item = &str> {
    let texts = value.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    texts.filter(|text| !text.trim().is_empty() && text.chars().count() <= MOST_NAME).take(MOST_NAMES)
}

/// A ticket may be proposed where support has no way of its own to one; it is opened only after a yes.
fn with_action(goal: Goal, action: Option<&str>) -> Goal {
    let leads_to_one = matches!(
        goal,
        Goal::Troubleshoot
            | Goal::SetupHelp
            | Goal::DamagedOrWrongItem
            | Goal::Warranty
            | Goal::ReturnRequest
            | Goal::ReturnPolicy
            | Goal::RefundStatus
            | Goal::TicketStatus
    );
    if action == Some("open_ticket") && goal.intent() == Intent::Support && !leads_to_one { Goal::OpenTicket } else { goal }
}

fn question(words: &str) -> Option<String> {
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    (!words.is_empty() && words.chars().count() <= MOST_QUESTION).then_some(words)
}

impl Ground<'_> {
    fn restored(&self, text: &str) -> Result<String, Invented> {
        self.mask.restore(text)
    }

    /// A name, if it is one of the shop's or stands in what the customer wrote.
    fn entity(&self, kind: &str, name: &str) -> Heard {
        let heard = self.shelves.recognise(name, self.today);
        let nothing = Heard::default();
        match kind {
            "products" if !heard.products.is_empty() => {
                Heard { products: heard.products, words: heard.words, describing: heard.describing, ..nothing }
            }
            "categories" if !heard.categories.is_empty() => {
                Heard { categories: heard.categories, words: heard.words, describing: heard.describing, ..nothing }
            }
            "brands" if !heard.brands.is_empty() => {
                Heard { brands: heard.brands, words: heard.words, describing: heard.describing, ..nothing }
            }
            "codes" => Heard { codes: self.code(name, heard.codes).into_iter().collect(), ..nothing },
            "orders" => Heard { orders: self.number(name, true).into_iter().collect(), ..nothing },
            "tickets" => Heard { tickets: self.number(name, false).into_iter().collect(), ..nothing },
            _ => nothing,
        }
    }

    /// A code of the shop, or one the customer wrote.
    fn code(&self, name: &str, known: Vec<CodeNamed>) -> Option<CodeNamed> {
        let of_the_shop = known.into_iter().find(|code| code.known);
        let (start, end) = self.place_of(name).unwrap_or((0, 0));
        let said = || CodeNamed { bare: bare(name), said: self.text[start..end].to_owned(), known: false, start, end };
        of_the_shop.or_else(|| (end > start && name.chars().count() >= 3).then(said))
    }

    /// A number of an order or ticket: one that the customer wrote or that the conversation is about. A
    /// model cannot know any other.
    fn number(&self, name: &str, order: bool) -> Option<NumberNamed> {
        let wanted = bare(name);
        let focus = &self.state.focus;
        let known: Vec<&String> = match order {
            true => self.state.known.order_number.iter().chain(&focus.order).chain(&focus.orders).collect(),
            false => self.state.escalated.iter().chain(&focus.ticket).collect(),
        };
        let of_the_conversation = known.into_iter().any(|own| bare(own) == wanted);
        let has_digits = wanted.bytes().filter(u8::is_ascii_digit).count() >= 3;
        let said = has_digits && bare(self.text).contains(&wanted);
        (of_the_conversation || said).then_some(NumberNamed { bare: wanted, certain: true, start: 0, end: 0 })
    }

    /// Words for a search: those that describe something the shop sells, and those the customer used.
    fn search(&self, words: &str) -> Heard {
        let words: String = words.chars().take(MOST_NAME).collect();
        let heard = self.shelves.recognise(&words, self.today);
        let of_a_name =
            |i: usize| heard.categories.iter().any(|c| c.words.contains(&i)) || heard.brands.iter().any(|b| b.words.contains(&i));
        let kept: Vec<&str> = heard
            .words
            .iter()
            .enumerate()
            .filter(|(i, word)| of_a_name(*i) || heard.describing.get(*i) == Some(&true) || self.place_of(&word.text).is_some())
            .map(|(_, word)| &words[word.start..word.end])
            .collect();
        let kept = self.shelves.recognise(&kept.join(" "), self.today);
        Heard { orders: Vec::new(), tickets: Vec::new(), codes: Vec::new(), answered: None, ..kept }
    }

    /// Where the customer wrote a word or words, whatever the case.
    fn place_of(&self, words: &str) -> Option<(usize, usize)> {
        let (text, wanted) = (self.text.to_ascii_lowercase(), words.trim().to_ascii_lowercase());
        let edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
        let whole = |at: &usize| edge(text[..*at].chars().next_back()) && edge(text[at + wanted.len()..].chars().next());
        let at = text.match_indices(&wanted).map(|(at, _)| at).find(whole)?;
        (!wanted.is_empty()).then_some((at, at + wanted.len()))
    }
}
