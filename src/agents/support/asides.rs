//! What a customer tells of the thing while a fault is looked into, and that is no report of a step: which model it
//! is, since when they have it, that the receipt is gone.

use super::super::evidence_words::Report;
use super::super::lookup::{Findings, Lookup};
use super::super::turn::{Answer, Step, Turn};
use super::super::{policy, say};
use super::warranty;
use crate::domain::act::{Act, ActKind};
use crate::domain::fact::FactBook;
use crate::domain::record::RecordKind;
use crate::domain::state::ConversationState;
use crate::domain::text::words;

/// Words of buying and of papers, which tell of no step.
const OF_OWNING: &[&str] = &[
    "bought",
    "got",
    "had",
    "since",
    "purchased",
    "purchase",
    "ordered",
    "order",
    "number",
    "model",
    "type",
    "version",
    "serial",
    "brand",
    "make",
    "called",
    "named",
    "receipt",
    "invoice",
    "proof",
    "box",
    "shop",
    "store",
    "website",
    "online",
    "maybe",
    "think",
    "old",
    "new",
    "ago",
    "last",
    "email",
    "mail",
    "zip",
    "lost",
    "find",
    "anymore",
    "here",
    "btw",
    "also",
    "early",
    "late",
    "beginning",
    "end",
    "around",
    "about",
    "summer",
    "winter",
    "spring",
    "autumn",
    "christmas",
    "guys",
];

/// Whether a message only tells of the thing and how it was bought. Names of what the shop sells count as that.
pub fn is_one(turn: &Turn<'_>, report: Report) -> bool {
    if !matches!(report, Report::Told | Report::Failed) || turn.read.answer.is_some() {
        return false;
    }
    let heard = turn.heard;
    if names_the_thing(turn) {
        return true;
    }
    let contact = &turn.read.contact;
    let given = [&contact.email, &contact.name, &contact.zip, &contact.phone];
    let given: Vec<String> =
        given.into_iter().flatten().flat_map(|text| crate::domain::text::token::tokens(text)).map(|token| token.text).collect();
    let named = |at: usize| {
        heard.products.iter().any(|mention| mention.words.contains(&at))
            || heard.brands.iter().any(|mention| mention.words.contains(&at))
            || heard.categories.iter().any(|mention| mention.words.contains(&at))
    };
    let numbered = |word: &crate::domain::heard::Word| heard.orders.iter().any(|n| n.start <= word.start && word.end <= n.end);
    let mut owns = !heard.products.is_empty() || !heard.brands.is_empty() || !contact.is_empty() || !heard.orders.is_empty();
    for (at, word) in heard.words.iter().enumerate() {
        let text = word.text.as_str();
        let of_owning = OF_OWNING.contains(&text);
        // "So so", "nope", "still": what came of the step.
        if matches!(text, "still" | "nope" | "nothing" | "same" | "worse" | "better" | "did" | "done" | "tried" | "try" | "next") {
            return false;
        }
        if named(at) || numbered(word) || of_owning || given.contains(&word.text) || is_of_time(text) {
            owns |= of_owning && !matches!(text, "here" | "also" | "new" | "about" | "think") || is_of_time(text);
        } else if !words::is_function(text) && !text.bytes().any(|b| b.is_ascii_digit()) {
            return false;
        }
    }
    owns
}

/// "It's the series S I got from you in July": what the thing is called, whatever that is, and where it comes from.
fn names_the_thing(turn: &Turn<'_>) -> bool {
    const MOST: usize = 14;
    let said: Vec<&str> = turn.heard.words.iter().map(|word| word.text.as_str()).collect();
    let called = matches!(said.as_slice(), ["it", "is", "the" | "a" | "an" | "my", ..] | ["that" | "this", "is", "the" | "a" | "an", ..]);
    let owned = said.windows(2).any(|w| matches!(w, ["i" | "we", "got" | "bought" | "have" | "ordered"] | ["from", "you"]));
    let told = said.iter().any(|word| matches!(*word, "not" | "no" | "still" | "same" | "but" | "now" | "again"));
    called && owned && !told && said.len() <= MOST
}

fn is_of_time(word: &str) -> bool {
    const TIMES: &[&str] = &["day", "week", "month", "year", "yr", "yesterday", "today"];
    const MONTHS: &[&str] = &["jan", "feb", "march", "apr", "may", "june", "july", "aug", "sep", "oct", "nov", "dec"];
    let singular = word.strip_suffix('s').unwrap_or(word);
    TIMES.contains(&singular) || MONTHS.iter().any(|month| word.starts_with(month) && word.len() <= 9)
}

/// Answers one: the warranty where a day was told, and thanks where nothing follows from it. `None` while something
/// has to be looked up first is no case of this: the look-up is returned as the step.
pub fn answer(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &ConversationState) -> Result<Answer, Step> {
    let Some(day) = warranty::bought_on(turn, book) else {
        return Ok(Answer::of(vec![Act::plain(ActKind::Noted)]));
    };
    let sku = state.product().map(str::to_owned);
    if let Some(sku) = sku.clone().filter(|_| found.products_asked == 0) {
        return Err(Step::Look(vec![Lookup::Products(vec![sku])]));
    }
    let Some(last) = found.knowledge.len().checked_sub(1).filter(|last| *last >= OF_WARRANTY) else {
        return Err(Step::Look(vec![policy::warranty_lookup()]));
    };
    let product = sku.and_then(|sku| book.find(RecordKind::Product, &sku));
    let general = policy::months(found, last, book, &["warrant", "guarante", "cover"]).map(|(_, months)| months);
    let term = product.and_then(|id| warranty::own_warranty(id, book)).or(general);
    let name = product.and_then(|id| say::name(book, id));
    let told = term.and_then(|term| warranty::said_act(name, day, term, book));
    Ok(Answer::of(vec![told.unwrap_or_else(|| Act::plain(ActKind::Noted))]))
}

/// The place of the look-up for the warranty: the fault's own question was asked first.
const OF_WARRANTY: usize = 1;
