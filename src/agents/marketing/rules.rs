//! The shop's own rules on points, cards, letters and discounts: the sentence that answers, and what its
//! percentage makes of a price.

use super::super::lookup::{Findings, KnowledgeFound, Lookup};
use super::super::say::{self, Quote};
use super::super::turn::{Answer, Step, Turn};
use super::basket::Basket;
use super::codes::Codes;
use super::{Desk, family, haggle, points, subject, which};
use crate::domain::act::{Act, ActKind};
use crate::domain::agent::Intent;
use crate::domain::fact::{FactBook, Formula, RecordId};
use crate::domain::goal::Goal;
use crate::domain::knowledge::Domain;
use crate::domain::product::Product;
use crate::domain::record::Field;
use crate::domain::state::ConversationState;
use crate::domain::text::rates;
use crate::domain::text::stem::stem;
use crate::domain::text::token::tokens;
use crate::domain::text::words;

/// From this score on an entry answers whatever was talked of before.
const SURELY: f32 = 0.62;
/// The same for one found for a message together with what it goes on with.
pub const GOES_ON: f32 = 0.5;

/// Products of a maker that a rule is worked out for.
const MOST_PRICED: usize = 3;

/// Answers from the rules of the shop.
pub fn step(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    if found.knowledge.is_empty() {
        return Step::Look(lookups(turn));
    }
    let pieces = subject::skus(turn);
    let items: Vec<(RecordId, u32)> = found.products.iter().take(pieces.len()).map(|id| (*id, 1)).collect();
    let items = family::at_the_price_said(turn, items, book);
    let mut items = if turn.goal == Goal::Loyalty { family::one_of_each_family(items, book) } else { items };
    // "The Bose headphones": a maker's product, found rather than named.
    let named = !turn.heard.brands.is_empty() && matches!(turn.goal, Goal::DiscountRequest | Goal::Loyalty);
    if named && items.is_empty() {
        match subject::find(turn, found, book, &Codes::default()) {
            Ok(subject) => items = subject.items.into_iter().take(MOST_PRICED).collect(),
            Err(lookup) => return Step::Look(vec![*lookup]),
        }
    }
    let mut answer = Answer::default();
    if turn.goal == Goal::Loyalty && points::asks_for_own(turn) {
        // Nobody's points are in the shop's records.
        answer.say_plain(ActKind::NotInRecords);
        return answer.done();
    }
    if turn.goal == Goal::Loyalty && points::step(turn, found, &items, book, &mut answer) {
        state.focus.promotion = None;
        // "Any code for that TV" is asked of what the points were for.
        if !items.is_empty() {
            state.focus.products = say::skus(book, &items.iter().map(|(id, _)| *id).collect::<Vec<_>>());
            state.focus.note(state.focus.products.clone());
        }
        return answer.done();
    }
    let Some(quote) = entry(turn, found, book) else {
        if turn.goal == Goal::DiscountRequest {
            return haggle::without_rule(turn, found, book, state);
        }
        answer.say_plain(ActKind::NotInRecords);
        return answer.done();
    };
    say_answer(quote, book, &mut answer, state);
    let record = quote.record;
    if turn.goal == Goal::DiscountRequest
        && items.is_empty()
        && let Some(act) = not_for_the_kind(turn, record, found, book)
    {
        return Answer::of(vec![act]).done();
    }
    // "So for the kindle whats that", of a percentage just told.
    let priced = matches!(turn.goal, Goal::DiscountRequest | Goal::Newsletter);
    if priced && !items.is_empty() && items.len() < 3 {
        for item in &items {
            let basket = Basket::of(std::slice::from_ref(item), book);
            answer.acts.extend(basket.and_then(|basket| with_rule(record, &basket, found, book)));
        }
        // "Student discount maybe", with a lamp in hand: no, and for what instead, once.
        if answer.acts.iter().any(|act| act.kind == ActKind::RuleNotFor) {
            answer.acts.retain(|act| act.kind != ActKind::Knowledge);
        }
        answer.cards.extend(items.iter().map(|(id, _)| *id));
        let products: Vec<String> = say::skus(book, &items.iter().map(|(id, _)| *id).collect::<Vec<_>>());
        state.focus.products = products;
    }
    answer.done()
}

/// Groups that shops give discounts to, as they are asked for.
const GROUPS: [&str; 9] = ["student", "pupil", "senior", "pensioner", "teacher", "veteran", "nurse", "military", "employee"];

/// The group a message speaks of.
fn group(turn: &Turn<'_>) -> Option<&'static str> {
    GROUPS.into_iter().find(|group| turn.heard.words.iter().any(|w| w.stem == stem(group)))
}

fn lookups(turn: &Turn<'_>) -> Vec<Lookup> {
    let plain = match turn.goal {
        Goal::Loyalty => Some("Do you have a loyalty program? How do points work?".to_owned()),
        Goal::Newsletter => Some("How do I sign up for the newsletter?".to_owned()),
        Goal::GiftCards => Some("Do you have gift cards?".to_owned()),
        Goal::PriceMatch => Some("Do you match prices?".to_owned()),
        _ => group(turn).map(|group| format!("Do you have a {group} discount? Do {group}s get a discount?")),
    };
    let question = |text: String| Lookup::Knowledge { text, procedures: Some(false), limit: 3 };
    let mut wanted = vec![say::knowledge_lookup(turn), plain.map_or_else(|| say::knowledge_lookup(turn), question)];
    wanted.extend(turn.before.focus.entry.clone().map(|id| Lookup::Told { id, text: say::question_text(turn) }));
    let products = subject::skus(turn);
    let kinds = turn.goal == Goal::DiscountRequest && !turn.heard.categories.is_empty();
    if kinds || !products.is_empty() && matches!(turn.goal, Goal::Loyalty | Goal::DiscountRequest | Goal::Newsletter) {
        wanted.push(Lookup::Products(products));
        wanted.push(Lookup::Assortment);
        wanted.extend(turn.before.focus.promotion.as_ref().map(|_| Lookup::Promotions));
    }
    wanted
}

/// The entry that answers: one that surely does, else the one just quoted where the message is about it,
/// else the best there is.
fn entry(turn: &Turn<'_>, found: &Findings, book: &FactBook) -> Option<Quote> {
    let of_sales = |record: RecordId| {
        say::entry(book, record).is_some_and(|e| matches!(e.domain, Domain::Marketing | Domain::Sales)) || is_of_offers(record, book)
    };
    // "Do teachers get a discount?" is not answered by what students get.
    let group = group(turn).map(stem);
    let of_group = |record: RecordId| group.as_ref().is_none_or(|group| speaks_of(record, std::slice::from_ref(group), book));
    let own = say::best_entry(found, 0).filter(|hit| of_sales(hit.record) && of_group(hit.record));
    let joined = turn.heard.answered.as_ref().is_some_and(|answered| answered.joined.is_some());
    if let Some(hit) = own.filter(|hit| hit.score >= if joined { GOES_ON } else { SURELY }) {
        return Some(hit.into());
    }
    let told = told(found).filter(|_| turn.before.intent == Some(Intent::Marketing));
    let asked = telling(turn);
    if let Some(hit) = told.filter(|hit| (asked.is_empty() || speaks_of(hit.record, &asked, book)) && of_group(hit.record)) {
        return Some(hit.into());
    }
    let goes_on = turn.before.goal == Some(turn.goal) && turn.read.reference.pronoun;
    // "Can I give them to my wife?" asks what the entry does not speak of; "also on a marketplace?" asks it for the rule.
    let opens =
        turn.heard.words.first().is_some_and(|word| matches!(word.text.as_str(), "and" | "also" | "even" | "what" | "how" | "or" | "so"));
    let names = !turn.heard.products.is_empty() || !turn.heard.brands.is_empty() || !turn.heard.categories.is_empty();
    let speaks = |hit: &KnowledgeFound| opens || names || asked.is_empty() || speaks_of(hit.record, &asked, book);
    if let Some(hit) = told.filter(|hit| goes_on && own.is_none() && speaks(hit)) {
        return Some(hit.into());
    }
    let plain = say::best_entry(found, 1).filter(|hit| of_sales(hit.record) && of_group(hit.record));
    let plain = plain.filter(|hit| turn.before.goal != Some(turn.goal) || speaks(hit));
    let relevant = |record: RecordId| turn.goal != Goal::DiscountRequest || asks_any(record, &asked, book);
    let found = own.into_iter().chain(plain).max_by(|a, b| a.score.total_cmp(&b.score)).map(Quote::from);
    let told = told.filter(|hit| turn.heard.words.len() <= 8 && of_group(hit.record) && speaks(hit)).map(Quote::from);
    found.filter(|quote| relevant(quote.record)).or(told)
}

/// The entry just told, with what of it answers now.
pub fn told(found: &Findings) -> Option<KnowledgeFound> {
    found.knowledge.get(2)?.first().copied()
}

/// Stems of a message that say something.
pub fn telling(turn: &Turn<'_>) -> Vec<String> {
    turn.heard.words.iter().filter(|w| !words::is_function(&w.text) && w.text.len() > 1).map(|w| w.stem.clone()).collect()
}

/// The stems of a text.
pub fn stems(text: &str) -> Vec<String> {
    tokens(text).iter().map(|token| stem(&token.text)).collect()
}

fn has(own: &[String], word: &String) -> bool {
    own.contains(word) || words::synonyms(word).iter().any(|other| own.contains(other))
}

/// Whether an entry speaks of most of what was said.
pub fn speaks_of(record: RecordId, telling: &[String], book: &FactBook) -> bool {
    let Some(entry) = say::entry(book, record) else { return false };
    let own: Vec<String> = entry
        .questions
        .iter()
        .chain(&entry.tags)
        .map(String::as_str)
        .chain(std::iter::once(entry.answer.as_str()))
        .flat_map(stems)
        .collect();
    let known = telling.iter().filter(|word| has(&own, word)).count();
    known > 0 && known * 2 >= telling.len()
}

/// Whether an entry is about offers at all.
pub fn is_of_offers(record: RecordId, book: &FactBook) -> bool {
    let Some(entry) = say::entry(book, record) else { return false };
    let offer =
        |text: &String| stems(text).iter().any(|s| matches!(s.as_str(), "sale" | "deal" | "offer" | "promotion" | "discount" | "clearanc"));
    entry.domain == Domain::Marketing || entry.questions.iter().chain(&entry.tags).any(offer)
}

/// Whether an entry is asked for by any of these words.
pub fn asks_any(record: RecordId, telling: &[String], book: &FactBook) -> bool {
    const OFFERS: [&str; 8] = ["discount", "code", "offer", "deal", "promotion", "sale", "price", "buy"];
    let Some(entry) = say::entry(book, record) else { return false };
    let own: Vec<String> = entry.questions.iter().chain(&entry.tags).flat_map(|text| stems(text)).collect();
    telling.iter().filter(|word| !OFFERS.contains(&word.as_str())).any(|word| has(&own, word))
}

/// Says what of an entry answers the message, and leaves the entry on the table.
pub fn say_answer(quote: impl Into<Quote>, book: &mut FactBook, answer: &mut Answer, state: &mut ConversationState) {
    let quote = quote.into();
    let Some(entry) = say::entry(book, quote.record) else { return };
    state.focus.entry = Some(entry.id.clone());
    state.focus.promotion = None;
    say::say_entry(book, quote, answer);
}

/// The price of what is meant, where no code is: with the rule just quoted, else with the best code.
pub fn price(desk: &Desk<'_>, book: &mut FactBook, state: &mut ConversationState) -> Step {
    let of_rule = desk.turn.before.intent == Some(Intent::Marketing) && desk.turn.before.focus.promotion.is_none();
    let rule = desk.turn.before.focus.entry.clone().filter(|_| of_rule);
    let Some(id) = rule.filter(|_| !desk.subject.is_nothing()) else {
        // "What would he pay for the small one", of a discount just told: not before it is known for what.
        let told = matches!(desk.turn.before.goal, Some(Goal::DiscountRequest | Goal::Loyalty));
        if of_rule && told && desk.turn.before.focus.entry.is_some() {
            let mut answer = Answer::default();
            answer.say_plain(ActKind::AskWhichProduct);
            return answer.done();
        }
        return which::step(desk, book, state);
    };
    let Some(record) = desk.found.entry else { return Step::Look(vec![Lookup::Entry(id), Lookup::Assortment]) };
    let mut answer = Answer::default();
    let items = desk.subject.items.iter().take(4);
    for item in items {
        let basket =
            if desk.subject.together { Basket::of(&desk.subject.items, book) } else { Basket::of(std::slice::from_ref(item), book) };
        let act = record.zip(basket).and_then(|(record, basket)| with_rule(record, &basket, desk.found, book));
        answer.acts.extend(act);
        answer.cards.push(item.0);
        if desk.subject.together {
            break;
        }
    }
    if answer.acts.is_empty() {
        return which::step(desk, book, state);
    }
    answer.done()
}

/// What a percentage that an entry states makes of a price; where the entry names kinds of thing it is for
/// and this is none of them, its own words instead.
pub fn with_rule(record: RecordId, basket: &Basket, found: &Findings, book: &mut FactBook) -> Option<Act> {
    let entry = say::entry(book, record)?;
    for (i, text) in entry.sentences().iter().enumerate() {
        if rates::percent(text).is_none() || rates::is_charge(text) {
            continue;
        }
        let sentence = book.field(record, Field::Sentence(u16::try_from(i).ok()?))?;
        let kinds = kinds_named(text, found);
        let is_of = |product: &Product| kinds.is_empty() || kinds.iter().any(|kind| product.is_in_category(kind));
        if !basket.products.iter().all(|(product, _)| is_of(product)) {
            return Some(basket.named(Act::plain(ActKind::RuleNotFor)).with("sentence", sentence));
        }
        let percentage = book.derive(Formula::Percentage, &[sentence])?;
        let after = book.derive(Formula::After, &[basket.total, percentage])?;
        return Some(basket.named(Act::plain(ActKind::RulePrice)).with("after", after).with("discount", percentage));
    }
    None
}

/// "And the washing machine?", of a discount that is for other kinds of thing.
fn not_for_the_kind(turn: &Turn<'_>, record: RecordId, found: &Findings, book: &mut FactBook) -> Option<Act> {
    let named = turn.heard.categories.first().and_then(|category| category.names.first())?;
    let entry = say::entry(book, record)?;
    let sentences = entry.sentences();
    let at = sentences.iter().position(|text| rates::percent(text).is_some() && !rates::is_charge(text))?;
    let kinds = kinds_named(sentences[at], found);
    let own = turn.heard.categories.iter().flat_map(|category| &category.names);
    let covered = own.into_iter().any(|name| kinds.contains(&name.as_str()));
    let sentence = book.field(record, Field::Sentence(u16::try_from(at).ok()?))?;
    let kind = book.shop(named);
    (!kinds.is_empty() && !covered).then(|| Act::plain(ActKind::RuleNotFor).with("product", kind).with("sentence", sentence))
}

/// Kinds of thing of the shop that a sentence names.
fn kinds_named<'a>(sentence: &str, found: &'a Findings) -> Vec<&'a str> {
    let own = stems(sentence);
    let names = found.categories.iter().map(|(name, _)| name.as_str());
    names.filter(|name| stems(name).iter().filter(|s| *s != "and").all(|part| own.contains(part))).collect()
}
