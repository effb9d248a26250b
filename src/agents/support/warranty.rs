//! The warranty: how long it lasts, until when, and what it leaves out.

use super::super::identity::OrderStep;
use super::super::lookup::{Findings, Lookup};
use super::super::turn::{Answer, Step, Turn};
use super::super::{policy, resolve, say};
use super::claims::{delivered_fact, has_an_order, rules};
use super::returns::{items_meant, keep_item, name_of};
use super::{diagnosis, order_or_ask, plan, wording};
use crate::domain::act::{Act, ActKind};
use crate::domain::fact::{FactBook, FactId, Formula, RecordId};
use crate::domain::goal::Goal;
use crate::domain::heard::{Heard, Word};
use crate::domain::record::{Field, RecordKind};
use crate::domain::state::ConversationState;
use crate::domain::text::past;
use crate::domain::text::stem::stem;
use crate::domain::text::token::tokens;
use crate::domain::time::Day;
use crate::domain::value::Value;

/// Whether a message asks what the warranty covers rather than how long it lasts.
fn asks_what_is_covered(turn: &Turn<'_>) -> bool {
    let said: Vec<&str> = turn.heard.words.iter().map(|w| w.text.as_str()).collect();
    let timed = crate::domain::text::duration::first(turn.text).is_some();
    // "Is that covered under warranty", of something spilt just told of.
    let of_it = said.contains(&"covered") && told_cause(turn).is_some();
    if (timed || asks_whether_it_runs(&said)) && !names_a_cause(&said) && !of_it {
        return false;
    }
    let covers =
        said.iter().any(|w| matches!(*w, "cover" | "covers" | "covered" | "include" | "includes" | "included" | "warranty" | "guarantee"));
    let cause = names_a_cause(&said);
    // "What if the backlight dies?"
    let supposed = said.windows(2).any(|w| matches!(w, ["what" | "and", "if"]));
    let what = supposed
        || said.windows(3).any(|w| matches!(w, ["what", "does" | "is", ..]))
            && said.iter().any(|w| matches!(*w, "cover" | "covered" | "include" | "included"));
    let of_it = covers && told_cause(turn).is_some();
    supposed && cause || covers && (cause || what) || of_it || supposed && !diagnosis::troubles(turn.text).is_empty()
}

/// "Is it still under warranty?": asked of its time, whatever happened.
fn asks_whether_it_runs(said: &[&str]) -> bool {
    let own = said.windows(2).any(|w| {
        matches!(w[0], "still" | "under" | "in" | "within" | "have") && matches!(w[1], "warranty" | "guarantee" | "covered" | "under")
    });
    own || said.contains(&"still") && said.iter().any(|w| matches!(*w, "warranty" | "guarantee"))
}

/// Whether words name a cause of damage that a warranty may or may not cover.
fn names_a_cause(said: &[&str]) -> bool {
    const CAUSES: &str = "water liquid liquids drop drops dropped fall wear limescale scratches accident accidents accidental theft damage fell fallen worn battery batteries spill spilled crack cracks cracked rust lightning parts labour labor splashed shattered smashed broken soaked coffee wet";
    said.iter().any(|word| CAUSES.split(' ').any(|cause| cause == *word))
}

/// "Does the warranty cover that?", of a damage just told of: how it was told.
fn told_cause<'t>(turn: &'t Turn<'_>) -> Option<&'t str> {
    let points = turn.heard.words.iter().any(|w| matches!(w.text.as_str(), "that" | "it" | "this" | "i" | "one"));
    let fault = turn.before.focus.fault.as_ref();
    let told = fault.into_iter().flat_map(|fault| fault.reports.iter().rev().chain([&fault.problem]));
    let mut told = told.map(String::as_str).chain(turn.before.focus.asked.as_deref().filter(|_| fault.is_none()));
    let names = |told: &&str| {
        let words = tokens(told);
        // "My coffee machine", "full of water": no cause where it is only told what does not work.
        let said: Vec<&str> =
            words.iter().map(|word| word.text.as_str()).filter(|word| !matches!(*word, "coffee" | "water" | "parts" | "wet")).collect();
        names_a_cause(&said)
    };
    if points { told.find(names) } else { None }
}

/// Until when it is under warranty, and what that covers.
pub fn warranty(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    if supposes_it_is_over(turn) {
        return Answer::hand_over(Goal::Repair);
    }
    if plan::asks(turn) {
        return plan::step(turn, found, book, state);
    }
    if asks_what_is_covered(turn) {
        return cover(turn, found, book);
    }
    let proves_it = turn.continues && !turn.read.contact.is_empty();
    if !has_an_order(turn, state) && !proves_it {
        return warranty_of_product(turn, found, book, state);
    }
    let id = match order_or_ask(turn, found, book, state) {
        OrderStep::First(step) => return step,
        OrderStep::Known(id) => id,
    };
    let Some(order) = say::order(book, id) else { return Answer::default().done() };
    if found.knowledge.is_empty() {
        return Step::Look(vec![policy::warranty_lookup()]);
    }
    let mut answer = Answer::default();
    let general = policy::months(found, 0, book, &["warrant", "guarante", "cover"]);
    match delivered_fact(&order, id, book) {
        None => {
            let number = book.field(id, Field::Number);
            answer.say(Act::plain(ActKind::WarrantyNotBegun).with_some("order", number));
            rules(found, 0, book, &mut answer);
        }
        Some(day) => {
            let meant = items_meant(turn, id, book);
            let skus: Vec<String> = if meant.is_empty() { order.items.iter().map(|item| item.sku.clone()).collect() } else { meant };
            for sku in skus {
                let Some(product) = book.find(RecordKind::Product, &sku) else { continue };
                let term = own_warranty(product, book).or_else(|| general.map(|(_, months)| months));
                let until = term.and_then(|term| book.derive(Formula::Later, &[day, term]));
                answer.acts.extend(until_act(name_of(&sku, book), until, term, book));
            }
        }
    }
    if answer.acts.is_empty() {
        rules(found, 0, book, &mut answer);
    }
    answer.cards.push(id);
    keep_item(turn, &order, state);
    answer.done()
}

pub fn until_act(name: Option<FactId>, until: Option<FactId>, term: Option<FactId>, book: &FactBook) -> Option<Act> {
    let over = until.and_then(|fact| book.value(fact)).is_some_and(|v| matches!(v, Value::Day(end) if *end < book.today()));
    let kind = if over { ActKind::WarrantyOver } else { ActKind::WarrantyUntil };
    until.is_some().then(|| Act::plain(kind).with_some("product", name).with_some("until", until).with_some("term", term))
}

/// The sentence on what is covered.
fn cover(turn: &Turn<'_>, found: &Findings, book: &mut FactBook) -> Step {
    if found.knowledge.is_empty() {
        let text = "What does the warranty cover? What does the warranty not cover?".to_owned();
        let mut lookups = vec![say::knowledge_lookup(turn), Lookup::Knowledge { text, procedures: Some(false), limit: 4 }];
        lookups.extend(turn.before.focus.fault.iter().map(|fault| Lookup::Entry(fault.entry.clone())));
        return Step::Look(lookups);
    }
    let told = told_cause(turn).unwrap_or_default();
    let asked = wording::stems(&format!("{} {told}", say::question_text(turn)));
    let mut answer = Answer::default();
    // What the procedure for this very fault says of the warranty comes before the rule for all.
    let own = found.entry.flatten().and_then(|id| say::sentence_where(id, book, speaks_of_it));
    answer.acts.extend(own.map(|sentence| Act::plain(ActKind::Knowledge).with("sentence", sentence)));
    // Any entry on the matter may hold the sentence that names the cause; the best sentence of them all is said.
    let mut hits: Vec<RecordId> = say::plainly(found.knowledge.iter().flatten()).collect();
    hits.dedup();
    let about = |id: &RecordId, book: &FactBook| {
        say::entry(book, *id).map_or(0, |entry| {
            let cause = asked
                .iter()
                .filter(|word| !matches!(word.as_str(), "warranty" | "cover" | "guarante" | "guarantee" | "includ" | "include"));
            let worth = |sentence: &&str| {
                let own = wording::stems(sentence);
                let of_cover = own.iter().any(|s| wording::alike(s, "cover") || wording::alike(s, "warranty"));
                usize::from(of_cover) + 2 * cause.clone().filter(|w| own.iter().any(|s| wording::alike(w, s))).count()
            };
            entry.sentences().iter().map(worth).max().unwrap_or(0)
        })
    };
    let best = hits.iter().copied().max_by_key(|id| (about(id, book), usize::MAX - hits.iter().position(|h| h == id).unwrap_or(0)));
    match best {
        Some(id) => {
            for sentence in wording::best(&asked, &["cover", "warranty"], id, book) {
                answer.say(Act::plain(ActKind::Knowledge).with("sentence", sentence));
            }
        }
        None => answer.say_plain(ActKind::NotInRecords),
    }
    answer.done()
}

/// "And the warranty on those?", after an answer on used machines: the sentence of that answer's entry.
fn of_what_was_told(turn: &Turn<'_>, found: &Findings, book: &mut FactBook) -> Option<FactId> {
    let joined = turn.heard.answered.as_ref().filter(|answered| answered.joined.is_some() && turn.heard.products.is_empty())?;
    let told = turn.before.focus.entry.as_deref().filter(|entry| *entry == joined.entry)?;
    let record = found.knowledge.first()?.iter().map(|hit| hit.record).find(|id| say::entry(book, *id).is_some_and(|e| e.id == told))?;
    say::sentence_where(record, book, speaks_of_it)
}

/// Whether a sentence speaks of a warranty.
fn speaks_of_it(text: &str) -> bool {
    wording::stems(text).iter().any(|word| matches!(word.as_str(), "warranty" | "guarante" | "guarantee"))
}

/// How much of the message an entry speaks of that is asked for by name.
const WHOLLY: f32 = 0.9;

/// What is looked up for the term of a product.
fn lookups(turn: &Turn<'_>) -> Vec<Lookup> {
    let meant = resolve::products(turn).skus;
    // "And if it breaks after 3 years?" is still about the one just told of.
    let kept = turn.before.focus.products.iter().filter(|_| meant.is_empty() && points(turn)).cloned();
    let meant: Vec<String> = kept.chain(meant.iter().cloned()).collect();
    let extends =
        turn.heard.words.iter().any(|w| matches!(w.stem.as_str(), "extend" | "longer" | "plan" | "protection" | "insuranc" | "insurance"));
    let own = if extends { policy::extension_lookup() } else { say::knowledge_lookup(turn) };
    let mut lookups = vec![own, policy::warranty_lookup()];
    if extends {
        return lookups;
    }
    if turn.before.focus.fault.is_some() {
        lookups.extend(turn.before.focus.fault.iter().map(|fault| Lookup::Entry(fault.entry.clone())));
        lookups.push(Lookup::Knowledge { text: "What does the warranty not cover?".to_owned(), procedures: Some(false), limit: 2 });
    }
    if !meant.is_empty() {
        lookups.push(Lookup::Products(meant.into_iter().take(2).collect()));
    }
    lookups
}

/// The term of a product, counted from the day the customer says where they say one.
fn warranty_of_product(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    if found.knowledge.is_empty() {
        return Step::Look(lookups(turn));
    }
    let mut answer = Answer::default();
    if turn.heard.words.iter().any(|w| matches!(w.stem.as_str(), "extend" | "plan" | "protection" | "insuranc" | "insurance"))
        && let Some(hit) = say::best_entry(found, 0)
    {
        say::say_entry(book, hit.record, &mut answer);
        return answer.done();
    }
    // "What is the plus plan?" asks for what one entry alone is about.
    let named = say::best_entry(found, 0).filter(|hit| hit.alone && hit.covers >= WHOLLY && found.products.is_empty());
    if let Some(hit) = named.filter(|_| say::is_answered(turn)) {
        say::say_entry(book, hit, &mut answer);
        return answer.done();
    }
    if let Some(sentence) = of_what_was_told(turn, found, book) {
        return Answer::of(vec![Act::plain(ActKind::Knowledge).with("sentence", sentence)]).done();
    }
    if let Some(sentence) = of_the_fault(turn, found, book).or_else(|| worn_part(turn, found, book)) {
        return Answer::of(vec![Act::plain(ActKind::Knowledge).with("sentence", sentence)]).done();
    }
    let general = policy::months(found, 1, book, &["warrant", "guarante", "cover"]);
    if let Some(acts) = supposed_length(turn, found, general.map(|(_, months)| months), book) {
        return Answer::of(acts).done();
    }
    let bought = known_day(turn, book);
    let known = (!found.products.is_empty()).then(|| found.products.clone());
    for id in known.clone().unwrap_or_default() {
        let name = say::name(book, id);
        let spec = warranty_spec(id, book);
        let term = own_warranty(id, book).or_else(|| general.map(|(_, months)| months));
        match (bought, term) {
            (Some(day), Some(term)) => answer.acts.extend(said_act(name, day, term, book)),
            _ => {
                if let Some(spec) = spec {
                    answer.say(Act::plain(ActKind::WarrantyTerm).with_some("product", name).with("term", spec));
                }
            }
        }
        answer.cards.push(id);
    }
    // What is asked next is asked of the same, be it in two versions.
    if let Some(told @ ([_] | [_, _])) = known.as_deref() {
        state.focus.products = say::skus(book, told);
    }
    match (known, bought, general) {
        (None, Some(day), Some((sentence, term))) => {
            answer.acts.extend(said_act(None, day, term, book));
            answer.say(Act::plain(ActKind::Knowledge).with("sentence", sentence));
        }
        (_, _, Some((sentence, _))) if answer.acts.is_empty() => answer.say(Act::plain(ActKind::Knowledge).with("sentence", sentence)),
        _ if answer.acts.is_empty() => {
            let hit = say::best_entry(found, 0).or_else(|| say::plain_entry(found, 1));
            match hit {
                Some(hit) => wording::say_answer(turn, &["warranty", "months"], hit.record, book, &mut answer),
                None => answer.say_plain(ActKind::NotInRecords),
            }
        }
        _ => {}
    }
    if bought.is_none() {
        ask_for_the_day(turn, found, book, state, &mut answer);
    }
    answer.done()
}

/// Who speaks of their own thing may want the exact day, which its order knows.
fn ask_for_the_day(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState, answer: &mut Answer) {
    let mine = turn.heard.words.iter().any(|w| matches!(w.text.as_str(), "my" | "still"));
    if mine && let OrderStep::First(Step::Say(asked)) = order_or_ask(turn, found, book, state) {
        answer.acts.extend(asked.acts.into_iter().filter(|act| act.kind != ActKind::Sympathy));
        answer.asks.extend(asked.asks);
    }
}

fn points(turn: &Turn<'_>) -> bool {
    turn.heard.words.iter().any(|w| matches!(w.text.as_str(), "it" | "that" | "this" | "one"))
}

/// "Capacity below 60 percent within 24 months is a warranty case": what the procedure itself says of the warranty,
/// where no day is told to reckon from.
fn of_the_fault(turn: &Turn<'_>, found: &Findings, book: &mut FactBook) -> Option<FactId> {
    if bought_on(turn, book).is_some() || turn.heard.words.iter().any(|w| w.text == "still") {
        return None;
    }
    say::sentence_where(found.entry.flatten()?, book, speaks_of_it)
}

/// "The brush is finished, is that not under warranty?": the sentence that takes that part out of the warranty, where
/// the part was spoken of while the fault was looked into.
fn worn_part(turn: &Turn<'_>, found: &Findings, book: &mut FactBook) -> Option<FactId> {
    let fault = turn.before.focus.fault.as_ref()?;
    let told: Vec<String> =
        fault.reports.iter().chain([&fault.problem]).flat_map(|text| wording::stems(text)).chain(wording::stems(turn.text)).collect();
    let hits: Vec<RecordId> = say::plainly(found.knowledge.iter().flatten()).collect();
    let takes_out = |sentence: &str| {
        let Some((_, parts)) = sentence.split_once("such as") else { return false };
        let parts: Vec<String> = tokens(parts)
            .iter()
            .take_while(|t| t.text != "and" && !t.text.bytes().any(|b| b.is_ascii_digit()))
            .map(|t| stem(&t.text))
            .collect();
        let out = wording::stems(sentence).iter().any(|word| matches!(word.as_str(), "wear" | "consumabl" | "consumable"));
        out && parts.iter().any(|part| part.len() > 2 && told.contains(part))
    };
    hits.into_iter().find_map(|id| say::sentence_where(id, book, takes_out))
}

/// "And if it breaks after 3 years?": that time held against the term.
fn supposed_length(turn: &Turn<'_>, found: &Findings, general: Option<FactId>, book: &mut FactBook) -> Option<Vec<Act>> {
    let supposed = turn.heard.words.iter().any(|w| matches!(w.text.as_str(), "if" | "when" | "suppose" | "happens"));
    let after = turn.heard.words.iter().any(|w| matches!(w.text.as_str(), "after" | "in" | "within"));
    if !supposed || !after {
        return None;
    }
    let words = book.said(turn.text);
    let said = book.derive(Formula::Duration, &[words])?;
    let product = found.products.first().copied();
    let window = product.and_then(|id| own_warranty(id, book)).or(general)?;
    let months = |id: FactId, book: &FactBook| match book.value(id) {
        Some(Value::Months(months)) => Some(*months),
        Some(Value::Days(days)) => Some(days / 30),
        _ => None,
    };
    let (said_months, term_months) = (months(said, book)?, months(window, book)?);
    let kind = if said_months < term_months { ActKind::WithinWindow } else { ActKind::BeyondWindow };
    let mut acts = vec![Act::plain(kind).with("said", said).with("window", window)];
    if let Some((id, term)) = product.and_then(|id| Some((id, warranty_spec(id, book)?))) {
        let name = say::name(book, id);
        acts.push(Act::plain(ActKind::WarrantyTerm).with_some("product", name).with("term", term));
    }
    (said_months != term_months).then_some(acts)
}

/// The day the customer says they have it from: "bought 8 months ago", "I got it in August last year".
pub fn bought_on(turn: &Turn<'_>, book: &mut FactBook) -> Option<FactId> {
    let words = book.said(turn.text);
    book.derive(Formula::PastDay, &[words])
}

/// The same, or the day they named before, of what is still talked about.
pub fn known_day(turn: &Turn<'_>, book: &mut FactBook) -> Option<FactId> {
    let before = turn.before.known.bought.clone().filter(|_| turn.heard.products.is_empty());
    bought_on(turn, book).or_else(|| {
        let words = book.said(&before?);
        book.derive(Formula::PastDay, &[words])
    })
}

/// Keeps the words that say since when a customer has a thing; another thing named is another's day.
pub fn note_day(text: &str, heard: &Heard, today: Day, state: &mut ConversationState) {
    let owns = |word: &Word| matches!(word.text.as_str(), "bought" | "got" | "purchased" | "ordered" | "had" | "have" | "old" | "since");
    let told = heard.orders.is_empty() && heard.words.iter().any(owns) && past::day(text, today).is_some();
    if told {
        state.known.bought = Some(text.to_owned());
    } else if !heard.products.is_empty() {
        state.known.bought = None;
    }
}

/// "What if it were older than the warranty?", "and when it is out of warranty": what holds after its end.
pub fn supposes_it_is_over(turn: &Turn<'_>) -> bool {
    let has = |list: &[&str]| turn.heard.words.iter().any(|w| list.contains(&w.text.as_str()));
    has(&["if", "when", "once", "suppose"])
        && has(&["warranty", "guarantee"])
        && has(&[
            "older", "out", "past", "beyond", "over", "expired", "after", "outside", "ended", "ends", "without", "longer", "no", "not",
        ])
}

pub fn said_act(name: Option<FactId>, day: FactId, term: FactId, book: &mut FactBook) -> Option<Act> {
    let until = book.derive(Formula::Later, &[day, term])?;
    let over = matches!(book.value(until), Some(Value::Day(end)) if *end < book.today());
    let kind = if over { ActKind::WarrantyOverSaid } else { ActKind::WarrantyUntilSaid };
    Some(Act::plain(kind).with_some("product", name).with("until", until).with("term", term))
}

pub fn warranty_spec(id: RecordId, book: &mut FactBook) -> Option<FactId> {
    let product = say::product(book, id)?;
    let index = product.specs.iter().position(|spec| {
        let name = spec.name.to_lowercase();
        name.contains("warranty") || name.contains("guarantee")
    })?;
    book.field(id, Field::Spec(u16::try_from(index).ok()?))
}

pub fn own_warranty(id: RecordId, book: &mut FactBook) -> Option<FactId> {
    let spec = warranty_spec(id, book)?;
    book.derive(Formula::Duration, &[spec])
}
