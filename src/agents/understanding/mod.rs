//! What a message says, before anybody decides what to do about it.
//!
//! Pure: the driver hands in the words and what the shop's indexes recognised in them; out comes what
//! bounds a price, what points at something said before, and which goals the rules see.

pub mod affirm;
pub mod contact;
pub mod day;
mod denied;
pub mod follow_ups;
pub mod foreign;
pub mod form;
pub mod measures;
pub mod needs;
pub mod others;
pub mod prices;
pub mod property;
pub mod qualities;
pub mod quantity;
pub mod references;
mod refining;
pub mod roles;
pub mod rules;

use crate::domain::asks::Slot;
use crate::domain::goal::Goal;
use crate::domain::heard::{Heard, Word};
use crate::domain::money::Currency;
use crate::domain::state::{ConversationState, Pending};
use affirm::Answer;
use contact::Contact;
use form::Form;
use measures::Measures;
use prices::PriceBounds;
use qualities::Wished;
use references::Reference;
use roles::Roles;
use rules::{Hint, Line, Rules, Tag};

/// "Cancel nothing", "please don't cancel it": the word is said, and the opposite meant.
fn keeps_order(words: &[Word]) -> bool {
    let text = |i: usize| words.get(i).map_or("", |word| word.text.as_str());
    let not = |i: usize| matches!(text(i), "not" | "dont" | "never");
    let cancels = |i: usize| matches!(text(i), "cancel" | "cancelling" | "canceling");
    // "Why can I not cancel it" wants it done.
    let can = |i: usize| matches!(text(i), "can" | "could" | "cannot" | "cant" | "why");
    (0..words.len()).any(|i| {
        let before = i > 0 && not(i - 1) && !(0..i).any(can);
        cancels(i) && (before || matches!(text(i + 1), "nothing" | "none"))
    })
}

/// Everything read out of one message.
#[derive(Debug, Clone, Default)]
pub struct Understanding {
    /// Bounds on a price.
    pub prices: PriceBounds,
    /// Measured properties.
    pub measures: Measures,
    /// What it points at.
    pub reference: Reference,
    /// Wishes for much or little of a property.
    pub wishes: Vec<Wished>,
    /// What the things named are to the customer.
    pub roles: Roles,
    /// The form of its question.
    pub form: Form,
    /// What the customer says of themselves.
    pub contact: Contact,
    /// Yes, no, or neither.
    pub answer: Option<Answer>,
    /// Whether it asks for what is somebody else's.
    pub others: bool,
    /// Whether it says that somebody died.
    pub mourning: bool,
    /// Whether it says that nothing is to be cancelled.
    pub keeps_order: bool,
    /// Goals the rules see, strongest first.
    pub hints: Vec<Hint>,
    /// Goals the rules see because of what was said before, strongest first.
    pub follow_ups: Vec<Hint>,
    /// Words that name something or bound something, so that they describe nothing further.
    pub taken: Vec<bool>,
}

impl Understanding {
    /// Reads a message.
    pub fn read(text: &str, heard: &Heard, state: &ConversationState, currency: Currency) -> Self {
        let words = &heard.words;
        let mut taken = vec![false; words.len()];
        for number in heard.orders.iter().filter(|n| n.certain).chain(heard.tickets.iter().filter(|n| n.certain)) {
            take_span(&mut taken, heard, number.start, number.end);
        }
        for code in heard.codes.iter().filter(|code| code.known) {
            take_span(&mut taken, heard, code.start, code.end);
        }
        let asked = proof_is_awaited(heard, state);
        let contact = contact::read(text, words, &taken, asked);
        let mut numbers_taken = taken.clone();
        for product in &heard.products {
            numbers_taken[product.words.clone()].fill(true);
        }
        let prices = prices::bounds(words, text, currency, &numbers_taken);
        let measures = measures::read(words);
        for i in prices.words.iter().chain(&measures.words) {
            numbers_taken[*i] = true;
        }
        let reference = references::read(words, text, &numbers_taken);
        let mut named = numbers_taken.clone();
        for span in heard.categories.iter().map(|c| &c.words).chain(heard.brands.iter().map(|b| &b.words)) {
            named[span.clone()].fill(true);
        }
        let roles = Roles::read(heard);
        let mut understanding = Self {
            answer: affirm::read(&beside(text, heard, &contact)),
            others: others::somebody_elses(words, text),
            mourning: others::mourns(words),
            keeps_order: keeps_order(words),
            wishes: qualities::read(heard, &named),
            form: form::read(heard, &roles),
            roles,
            prices,
            measures,
            reference,
            contact,
            hints: Vec::new(),
            follow_ups: Vec::new(),
            taken: numbers_taken,
        };
        let line = understanding.line(text, heard);
        let (hints, follow_ups) = (Rules::built_in().hints(&line), follow_ups::read(&line, state));
        understanding.hints = hints;
        if understanding.keeps_order {
            understanding.hints.retain(|hint| hint.goal != Goal::CancelOrder);
        }
        understanding.follow_ups = follow_ups;
        understanding
    }

    /// How strongly the rules speak for a goal.
    pub fn hint(&self, goal: Goal) -> f32 {
        self.hints.iter().find(|hint| hint.goal == goal).map_or(0.0, |hint| hint.score)
    }

    /// The strongest goal the rules see.
    pub fn best_hint(&self) -> Option<Hint> {
        self.hints.first().copied()
    }

    /// The message as the rules see it: stems, with tags at what was recognised.
    fn line<'a>(&self, text: &str, heard: &'a Heard) -> Line<'a> {
        let count = heard.words.len();
        let mut tags: Vec<Vec<(Tag, usize)>> = vec![Vec::new(); count];
        let mut tag = |at: usize, tag: Tag, used: usize| {
            if at < count && used > 0 {
                tags[at].push((tag, used));
            }
        };
        for product in &heard.products {
            tag(product.words.start, Tag::Product, product.words.len());
        }
        for category in &heard.categories {
            tag(category.words.start, Tag::Category, category.words.len());
        }
        for brand in &heard.brands {
            tag(brand.words.start, Tag::Brand, brand.words.len());
        }
        for number in heard.orders.iter().filter(|n| n.certain) {
            let span = word_span(heard, number.start, number.end);
            tag(span.start, Tag::Order, span.len());
        }
        for number in heard.tickets.iter().filter(|n| n.certain) {
            let span = word_span(heard, number.start, number.end);
            tag(span.start, Tag::Ticket, span.len());
        }
        for code in heard.codes.iter().filter(|c| c.known) {
            let span = word_span(heard, code.start, code.end);
            tag(span.start, Tag::Code, span.len());
        }
        for (at, used) in &self.prices.amounts {
            tag(*at, Tag::Price, *used);
        }
        for at in &self.measures.at {
            tag(*at, Tag::Measure, 1);
        }
        for at in &self.reference.ordinals {
            tag(*at, Tag::Ordinal, 1);
        }
        for (at, word) in heard.words.iter().enumerate() {
            if word.text.bytes().all(|b| b.is_ascii_digit()) {
                tag(at, Tag::Number, 1);
            }
        }
        let stems = heard.words.iter().map(|word| word.stem.as_str()).collect();
        Line { stems, tags, sentences: sentences(text, heard) }
    }
}

/// The words of a message beside the numbers and details it gives: "yes please. ORD-1079, a@b.example" is a yes.
fn beside(text: &str, heard: &Heard, contact: &Contact) -> Vec<Word> {
    let given = [&contact.email, &contact.name, &contact.zip, &contact.phone].into_iter().flatten();
    let mut spans: Vec<(usize, usize)> = given.filter_map(|value| text.find(value.as_str()).map(|at| (at, at + value.len()))).collect();
    spans.extend(heard.orders.iter().chain(&heard.tickets).filter(|n| n.certain).map(|n| (n.start, n.end)));
    let outside = |word: &&Word| !spans.iter().any(|(from, to)| *from <= word.start && word.end <= *to);
    heard.words.iter().filter(outside).cloned().collect()
}

/// Whether bare digits and bare words are likely a proof of identity: it was asked for, lately or before a
/// digression, or a short message gives an order's number with something behind it.
fn proof_is_awaited(heard: &Heard, state: &ConversationState) -> bool {
    const SHORT: usize = 9;
    let asks = |pending: &Pending| matches!(pending, Pending::Ask { slot: Slot::Identity | Slot::Contact, .. });
    let asked = state.pending.as_ref().is_some_and(asks) || state.parked.as_ref().is_some_and(|parked| asks(&parked.pending));
    let numbered = heard.orders.iter().chain(&heard.tickets).any(|n| n.certain) && heard.words.len() <= SHORT;
    // A postal code given instead of a number, beside the e-mail address.
    let asks_number = |pending: &Pending| matches!(pending, Pending::Ask { slot: Slot::OrderNumber, .. });
    let instead = state.known.email.is_some()
        && state.pending.as_ref().is_some_and(asks_number)
        && heard.orders.is_empty()
        && heard.words.len() <= SHORT / 2;
    asked || instead || numbered && state.identity.customer.is_none()
}

/// Which sentence each word stands in.
fn sentences(text: &str, heard: &Heard) -> Vec<u16> {
    let mut number = 0;
    let mut end = 0;
    heard
        .words
        .iter()
        .map(|word| {
            let between = text.get(end..word.start).unwrap_or("");
            if end > 0 && between.contains(['.', '!', '?', '\n', ';']) {
                number += 1;
            }
            end = word.end;
            number
        })
        .collect()
}

/// The words that lie in a byte span.
pub fn word_span(heard: &Heard, start: usize, end: usize) -> std::ops::Range<usize> {
    let first = heard.words.iter().position(|word| word.start >= start && word.end <= end);
    let last = heard.words.iter().rposition(|word| word.start >= start && word.end <= end);
    match (first, last) {
        (Some(first), Some(last)) => first..last + 1,
        _ => 0..0,
    }
}

fn take_span(taken: &mut [bool], heard: &Heard, start: usize, end: usize) {
    taken[word_span(heard, start, end)].fill(true);
}
