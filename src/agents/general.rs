//! General: the shop itself, courtesy, small talk, and a kind no to what a shop cannot do.

use super::lookup::{Findings, Lookup};
use super::turn::{Answer, Colleague, Step, Turn, chip};
use super::{hours, say};
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

    fn step(&self, turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
        match turn.goal {
            // Courtesy is seen by its words; a model alone also takes "telly" for a goodbye.
            goal if is_small(goal) && !is_courteous(turn) => out_of_scope(turn, found, book),
            Goal::Greeting => with_chips(ActKind::Greet),
            Goal::Thanks => plain(ActKind::Thank),
            Goal::Goodbye => plain(ActKind::Farewell),
            Goal::SmallTalk => plain(if is_about_jokes(turn) { ActKind::Joke } else { ActKind::SmallTalk }),
            Goal::BotQuestion => bot_question(turn),
            Goal::Capabilities => with_chips(ActKind::Capabilities),
            // "Whats Groene Vrijdag" is asked in English, of something the shop calls so.
            Goal::OtherLanguage if say::is_answered(turn) && !turn.heard.foreign => say::from_knowledge(turn, found, book),
            Goal::OtherLanguage => plain(ActKind::OtherLanguage),
            Goal::StoreHours => hours::step(turn, found, book, state),
            Goal::Affirm => plain(ActKind::AnythingElse),
            Goal::Deny => plain(ActKind::Acknowledge),
            Goal::StoreLocation | Goal::Contact | Goal::ShopServices => say::from_knowledge(turn, found, book),
            Goal::HumanRequest if turn.continues => contact(turn, found, book),
            Goal::OutOfScope | Goal::HumanRequest => out_of_scope(turn, found, book),
            goal => Answer::hand_over(goal),
        }
    }
}

/// Whether a message asks what the shop does, has or allows.
fn asks_the_shop(turn: &Turn<'_>) -> bool {
    let words: Vec<&str> = turn.heard.words.iter().map(|word| word.text.as_str()).collect();
    let begins = matches!(
        words.as_slice(),
        ["do" | "can" | "could" | "will" | "would" | "are", "you" | "u", _, ..]
            | ["is" | "are", "there", _, ..]
            | ["does" | "is", "the" | "your", _, ..]
            | ["may" | "can", "i" | "we", _, ..]
            | ["have", "you", _, ..]
    );
    let of_the_shop = words.contains(&"your") && matches!(words.first(), Some(&("who" | "what" | "where" | "which" | "how" | "when")));
    begins && words.len() >= 4 || of_the_shop
}

fn is_small(goal: Goal) -> bool {
    matches!(goal, Goal::Greeting | Goal::Thanks | Goal::Goodbye | Goal::SmallTalk | Goal::BotQuestion | Goal::Capabilities)
}

/// Whether the words bear out that a message is only courtesy: a rule sees it, or nothing in it asks for anything.
fn is_courteous(turn: &Turn<'_>) -> bool {
    const ASKS: [&str; 14] = ["do", "does", "can", "could", "is", "are", "where", "when", "how", "what", "which", "who", "will", "have"];
    let words = &turn.heard.words;
    let asks = turn.text.contains('?') || words.iter().take(3).any(|word| ASKS.contains(&word.text.as_str()));
    let strange = words.len() <= 2 && !words.iter().any(|word| crate::domain::text::words::is_common(&word.text));
    turn.read.hint(turn.goal) >= 2.0 || !asks && !strange && !turn.heard.describing.contains(&true)
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

/// Perhaps the shop has an answer after all; otherwise a kind no and what it can do.
fn out_of_scope(turn: &Turn<'_>, found: &Findings, book: &mut FactBook) -> Step {
    /// Surer than elsewhere: the message was taken for nothing the shop does.
    const SURELY: f32 = 0.6;
    /// Surer still where its words say that it is nothing for a shop.
    const AGAINST_ITS_WORDS: f32 = 0.85;
    if found.knowledge.is_empty() {
        return Step::Look(vec![say::knowledge_lookup(turn)]);
    }
    let understood = turn.read.hint(Goal::OutOfScope) >= 3.0;
    let least = if understood { AGAINST_ITS_WORDS } else { SURELY };
    let sure = say::best_entry(found, 0).filter(|hit| hit.score >= least);
    if let Some(hit) = sure.or_else(|| say::in_its_words(turn, found).filter(|_| !understood)) {
        let mut answer = Answer::default();
        say::say_entry(book, hit, &mut answer);
        return answer.done();
    }
    // "Do you sharpen knives?" was understood; the shop has just not said.
    if !understood && asks_the_shop(turn) {
        let mut answer = Answer::of(vec![Act::plain(ActKind::NotInRecords)]);
        say::offer_nearest(found, book, &mut answer);
        return answer.done();
    }
    with_chips(if understood { ActKind::OutOfScope } else { ActKind::NotUnderstood })
}
