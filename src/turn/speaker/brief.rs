//! The prompt: what is to be said, with a placeholder for every fact. All that comes from the shop's
//! records or from the customer is data between marks, masked for a remote model.
//!
//! What stays the same from turn to turn stands first: the rules, then the messages before this one. A model that keeps
//! what it has read goes on from there, and reads only what is new of the conversation and the facts of this turn.

use super::numbers::{Numbering, Numbers, placeholder};
use super::plan::Point;
use super::reply::Reply;
use super::{Background, patience};
use crate::agents::speech::Piece;
use crate::domain::agent::Provider;
use crate::domain::fact::{FactBook, FactId, Formula, Source};
use crate::domain::record::Field;
use crate::llm::{Brief, ChatModel, Constraint, Prompt, Rank, Role};
use crate::turn::masking::Mask;
use crate::turn::told::{self, block};

/// The rules every model is given.
const RULES: &str = include_str!("../../../assets/speech/prompt.txt");
/// Tokens of a reply: several times the longest the templates make.
const MOST_TOKENS: u32 = 700;
/// Characters of the message that a short brief holds.
const SHORT_MESSAGE: usize = 160;

/// The prompt for what is still open; `None` when nothing is. The reply notes what its placeholders
/// stand for.
pub fn prompt(
    reply: &Reply<'_>,
    background: &mut Background,
    voice: &dyn ChatModel,
    constrained: bool,
) -> Option<(Prompt, Vec<(usize, FactId)>)> {
    match voice.brief() {
        Brief::Full => full(reply, background, voice.provider(), constrained),
        Brief::Short => short(reply, background),
    }
}

/// For the decoder the program carries, in the form it has learnt (`models/nano/train/decoder/pairs.py`): the
/// message, then the points, a line each. `None` as well where nothing is left to word but whole sentences of
/// the records, and where there are more facts than it has placeholders for.
fn short(reply: &Reply<'_>, background: &Background) -> Option<(Prompt, Vec<(usize, FactId)>)> {
    let mut writer = Writer { book: reply.book(), mask: None, numbers: Numbers::new(reply.book(), Numbering::ByKind) };
    let open = reply.next();
    let has_words =
        open.iter().any(|point| point.phrase.pieces.iter().any(|piece| matches!(piece, Piece::Text(words) if !words.trim().is_empty())));
    let message: String = told::plain(&background.message).chars().take(SHORT_MESSAGE).collect();
    let lines: Vec<String> = std::iter::once(message).chain(open.iter().map(|point| writer.phrase(point))).collect();
    if !has_words || writer.numbers.is_short() {
        return None;
    }
    let told = open.iter().flat_map(|point| point.told()).map(|fact| placeholder(writer.numbers.of(fact))).collect();
    let (first_token, whole) = patience(Provider::Local, background);
    let prompt = Prompt {
        messages: vec![(Role::User, lines.join("\n"))],
        rank: Rank::Turn,
        max_tokens: MOST_TOKENS,
        // The likeliest words: what varies is the phrases it is given.
        temperature: 0.0,
        seed: None,
        stop: Vec::new(),
        constraint: Constraint::Placeholders(told),
        first_token,
        whole,
    };
    Some((prompt, writer.numbers.given().to_vec()))
}

/// For models that follow instructions.
fn full(reply: &Reply<'_>, background: &mut Background, provider: Provider, constrained: bool) -> Option<(Prompt, Vec<(usize, FactId)>)> {
    let open = reply.open();
    if open.is_empty() {
        return None;
    }
    let masked = provider == Provider::Remote;
    let numbers = Numbers::new(reply.book(), Numbering::InTurn);
    let mut writer = Writer { book: reply.book(), mask: masked.then_some(&mut background.mask), numbers };
    let say: Vec<String> = open.iter().map(|point| writer.phrase(point)).collect();
    let added: Vec<String> = reply.added().map(|point| writer.data(point.grounded.text())).collect();
    let facts = writer.numbers.given().to_vec();
    let listed: Vec<String> = facts.iter().map(|(number, fact)| writer.fact(*number, *fact)).collect();
    let mut body = String::new();
    if !background.history.is_empty() {
        body += &block("conversation", &told::conversation(&background.history, |text| writer.data(text)));
    }
    body += &(block("facts", &listed) + &block("say", &say));
    if !added.is_empty() {
        body += &block("added", &added);
    }
    body += &block("message", &[writer.data(&background.message)]);
    if !reply.text().is_empty() {
        body += &block("already_said", &[writer.data(reply.text())]);
        body += "Go on after <already_said> without repeating it.\n";
    }
    if constrained {
        body += "Your last wording said something the facts do not. Keep to the wording under <say>, word for word.\n";
    }
    let placeholders = facts.iter().map(|(number, _)| placeholder(*number)).collect();
    let names = facts.iter().filter_map(|(_, fact)| name(reply.book(), *fact)).collect();
    let (first_token, whole) = patience(provider, background);
    let prompt = Prompt {
        messages: vec![(Role::System, RULES.to_owned()), (Role::User, body)],
        rank: Rank::Turn,
        max_tokens: MOST_TOKENS,
        temperature: if constrained { 0.0 } else { 0.4 },
        seed: None,
        stop: Vec::new(),
        // A model that spells a name all the same finishes it as the record has it, and the check decides.
        constraint: Constraint::Named { placeholders, names },
        first_token,
        whole,
    };
    Some((prompt, facts))
}

/// The name of a record, where that is the fact.
fn name(book: &FactBook, fact: FactId) -> Option<String> {
    let fact = book.fact(fact)?;
    matches!(fact.source, Source::Record(_, Field::Name)).then(|| fact.value.to_string())
}

/// Writes parts of a prompt, giving out placeholders as facts come up.
struct Writer<'a> {
    book: &'a FactBook,
    mask: Option<&'a mut Mask>,
    numbers: Numbers<'a>,
}

impl Writer<'_> {
    /// Text that is not ours: masked, and without marks that could end its block or pass for a placeholder.
    fn data(&mut self, text: &str) -> String {
        let plain = told::plain(text);
        match &mut self.mask {
            Some(mask) => mask.hide(&plain),
            None => plain,
        }
    }

    /// A phrase with its facts as placeholders.
    fn phrase(&mut self, point: &Point) -> String {
        let mut out = String::new();
        for piece in &point.phrase.pieces {
            match piece {
                Piece::Text(words) => out.push_str(words),
                Piece::Fact { fact, .. } => out.push_str(&placeholder(self.numbers.of(*fact))),
            }
        }
        out.trim().to_owned()
    }

    /// `{F2} = $899.00 (price of product ASUS Gaming V16)`.
    fn fact(&mut self, number: usize, fact: FactId) -> String {
        let Some(fact) = self.book.fact(fact) else { return String::new() };
        let what = match &fact.source {
            Source::Record(record, field) => match self.book.record(*record) {
                Some(versioned) => {
                    format!("{} of {} {}", versioned.record.field_name(*field), versioned.record.kind(), title(&versioned.record))
                }
                None => "fact".to_owned(),
            },
            Source::Said => "the customer's own word".to_owned(),
            Source::Shop => "of the shop".to_owned(),
            Source::Derived(formula, _) => computed(*formula).to_owned(),
        };
        let line = format!("{} ({what})", fact.value);
        format!("{} = {}", placeholder(number), self.data(&line))
    }
}

fn title(record: &crate::domain::record::Record) -> String {
    use crate::domain::record::Record;
    match record {
        Record::Product(product) => product.name.clone(),
        Record::Promotion(promotion) => promotion.name.clone(),
        Record::Knowledge(_) => "of the shop".to_owned(),
        other => other.id().to_owned(),
    }
}

fn computed(formula: Formula) -> &'static str {
    match formula {
        Formula::Count | Formula::Matches(_) => "how many there are",
        Formula::Sum | Formula::Times => "what it comes to",
        Formula::Difference => "the difference",
        Formula::After | Formula::AfterPart => "the price with the discount",
        Formula::Percentage => "a percentage",
        Formula::Earned => "points for it",
        Formula::DeliveryFee => "what delivery costs",
        Formula::Delivered => "what it comes to with delivery",
        Formula::Worth => "what the points are worth",
        Formula::Saving => "what is saved",
        Formula::DaysUntil => "days left",
        Formula::DaysSince => "days since",
        Formula::Later => "the last day",
        Formula::PastDay => "the day spoken of",
        Formula::Duration => "a length of time",
        Formula::Today | Formula::DayAhead(_) | Formula::SpokenDay => "the day",
        Formula::HolidayName => "the holiday",
        Formula::Opens => "when the shop opens",
        Formula::Closes => "when the shop closes",
    }
}
