//! General: the shop itself, courtesy, small talk, and a kind no to what a shop cannot do.

use super::lookup::{Findings, Lookup};
use super::say;
use super::turn::{Answer, Colleague, Step, Turn, chip};
use crate::domain::act::{Act, ActKind};
use crate::domain::agent::Agent;
use crate::domain::fact::FactBook;
use crate::domain::goal::Goal;
use crate::domain::record::Field;
use crate::domain::state::ConversationState;

/// The general agent.
pub struct General;

impl Colleague for General {
    fn agent(&self) -> Agent {
        Agent::General
    }

    fn step(&self, turn: &Turn<'_>, found: &Findings, book: &mut FactBook, _: &mut ConversationState) -> Step {
        match turn.goal {
            Goal::Greeting => with_chips(ActKind::Greet),
            Goal::Thanks => plain(ActKind::Thank),
            Goal::Goodbye => plain(ActKind::Farewell),
            Goal::SmallTalk => plain(if is_about_jokes(turn) { ActKind::Joke } else { ActKind::SmallTalk }),
            Goal::BotQuestion => bot_question(turn),
            Goal::Capabilities => with_chips(ActKind::Capabilities),
            Goal::OtherLanguage => plain(ActKind::OtherLanguage),
            Goal::StoreHours => hours(turn, found, book),
            Goal::Affirm => plain(ActKind::AnythingElse),
            Goal::Deny => plain(ActKind::Acknowledge),
            Goal::StoreLocation | Goal::Contact | Goal::ShopServices => say::from_knowledge(turn, found, book),
            Goal::HumanRequest if turn.continues => contact(turn, found, book),
            Goal::OutOfScope | Goal::HumanRequest => out_of_scope(turn, found, book),
            goal => Answer::hand_over(goal),
        }
    }
}

fn plain(kind: ActKind) -> Step {
    Answer::of(vec![Act::plain(kind)]).done()
}

fn with_chips(kind: ActKind) -> Step {
    let mut answer = Answer::of(vec![Act::plain(kind)]);
    answer.options = vec![chip("say", "What do you sell?"), chip("say", "What promotions are running?"), chip("say", "Where is my order?")];
    answer.done()
}

fn is_about_jokes(turn: &Turn<'_>) -> bool {
    turn.heard.words.iter().any(|w| w.stem == "jok" || w.stem == "joke" || w.text == "laugh" || w.text == "funny")
}

/// The customer says how to be reached: it goes onto the ticket it was asked for.
fn contact(turn: &Turn<'_>, found: &Findings, book: &mut FactBook) -> Step {
    let given = turn.read.contact.email.clone().or_else(|| turn.read.contact.phone.clone());
    let Some(given) = given else { return plain(ActKind::Acknowledge) };
    let Some(ticket) = found.ticket else {
        return Step::Look(vec![Lookup::Ticket(crate::domain::text::fold::bare(turn.said))]);
    };
    let number = ticket.and_then(|id| book.field(id, Field::Number));
    let mut answer = Answer::default();
    match number {
        Some(number) => {
            answer.say(Act::plain(ActKind::ContactNoted).with("ticket", number));
            answer.amends = Some(given);
        }
        None => answer.say_plain(ActKind::Acknowledge),
    }
    answer.done()
}

/// What it is; its inside is nobody's business.
fn bot_question(turn: &Turn<'_>) -> Step {
    let inside = turn.heard.words.iter().any(|w| {
        matches!(
            w.stem.as_str(),
            "instruct" | "instruction" | "prompt" | "rule" | "programm" | "guideline" | "guidelin" | "system" | "prior" | "previous"
        )
    });
    if inside {
        return plain(ActKind::GlassHouse);
    }
    plain(ActKind::AboutBot)
}

/// Configured hours first, the knowledge base otherwise.
fn hours(turn: &Turn<'_>, found: &Findings, book: &mut FactBook) -> Step {
    match &turn.shop.hours {
        Some(hours) => {
            let sentence = book.shop(hours);
            Answer::of(vec![Act::plain(ActKind::Knowledge).with("sentence", sentence)]).done()
        }
        None => say::from_knowledge(turn, found, book),
    }
}

/// Perhaps the shop has an answer after all; otherwise a kind no and what it can do.
fn out_of_scope(turn: &Turn<'_>, found: &Findings, book: &mut FactBook) -> Step {
    /// Surer than elsewhere: the message was taken for nothing the shop does.
    const SURELY: f32 = 0.6;
    if found.knowledge.is_empty() {
        return Step::Look(vec![say::knowledge_lookup(turn)]);
    }
    if let Some(hit) = say::best_entry(found, 0).filter(|hit| hit.score >= SURELY) {
        let mut answer = Answer::default();
        say::say_entry(book, hit.record, &mut answer);
        return answer.done();
    }
    let understood = turn.read.hint(Goal::OutOfScope) >= 3.0;
    with_chips(if understood { ActKind::OutOfScope } else { ActKind::NotUnderstood })
}
