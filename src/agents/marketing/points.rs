//! Points: how many an amount earns and what they are worth, by the rule the shop states.

use super::super::lookup::Findings;
use super::super::say;
use super::super::turn::{Answer, Turn};
use super::basket::Basket;
use crate::domain::act::{Act, ActKind};
use crate::domain::fact::{FactBook, FactId, Formula, RecordId};
use crate::domain::goal::Goal;
use crate::domain::record::Field;
use crate::domain::value::Value;

/// Words of a message that says nothing without the one before.
const SHORT: usize = 6;

/// Answers how many points something earns, or what a number of points is worth; says whether it could.
pub fn step(turn: &Turn<'_>, found: &Findings, items: &[(RecordId, u32)], book: &mut FactBook, answer: &mut Answer) -> bool {
    let has = |list: &[&str]| turn.heard.words.iter().any(|w| list.contains(&w.text.as_str()));
    let before = turn.before.goal == Some(Goal::Loyalty);
    let counted = if before { points_meant(turn) } else { None };
    // "And the tablet?" asks what it earns; "do they expire", with a thing in hand, asks nothing of the thing.
    let named = !items.is_empty() && names_a_thing(turn);
    // "And in money?", of points just counted for a thing.
    let in_money = before && turn.heard.words.len() <= SHORT && has(&["money", "cash", "dollars", "dollar", "euros", "euro"]);
    let items = if named || in_money || has(&["many", "much", "earn", "get", "worth"]) { items } else { &[] };
    // "How many do I need": what so many of them are worth.
    let have_to = turn.heard.words.windows(3).any(|w| w[0].text == "have" && w[1].text == "to" && w[2].text == "have");
    let needs = have_to || has(&["need", "needed"]);
    if needs && has(&["many"]) && (before || has(&["points", "point"])) && !names_a_thing_to_buy(turn) && say_worth(found, book, answer) {
        return true;
    }
    let of_points = has(&["points", "point", "worth", "earn"]) || before && named || in_money && !items.is_empty() || counted.is_some();
    if !of_points {
        return false;
    }
    // "And what's that worth", of points just counted: what the rule says of their worth.
    if before && has(&["worth"]) && !has(&["many", "much", "get", "earn"]) && counted.is_none() && points_named(turn).is_none() {
        return false;
    }
    if let Some(count) = points_named(turn).or(counted) {
        return worth(count, found, book, answer);
    }
    // How many it takes is what the rule says, not what anything earns.
    if has(&["need", "needed", "takes", "require", "required"]) {
        return false;
    }
    let bought = !items.is_empty() && has(&["if", "buy", "buying", "order", "take"]);
    let earns =
        bought || in_money || before && named || has(&["many", "much", "earn", "get", "collect", "for", "give", "gives", "would", "with"]);
    earned(turn, found, items, earns, book, answer)
}

/// Says what points are worth, by the rule.
fn say_worth(found: &Findings, book: &mut FactBook, answer: &mut Answer) -> bool {
    let rule = worth_rule(found, book);
    answer.acts.extend(rule.map(|rule| Act::plain(ActKind::Knowledge).with("sentence", rule)));
    rule.is_some()
}

/// Whether a message names something to buy.
fn names_a_thing_to_buy(turn: &Turn<'_>) -> bool {
    !turn.heard.products.is_empty() || !turn.heard.brands.is_empty() || !turn.heard.categories.is_empty()
}

/// Whether a message names something to buy, or what it costs.
fn names_a_thing(turn: &Turn<'_>) -> bool {
    names_a_thing_to_buy(turn) || turn.read.reference.is_exact() || !turn.read.prices.amounts.is_empty()
}

/// "How many points do I have?": of the customer's own, without a number told.
pub fn asks_for_own(turn: &Turn<'_>) -> bool {
    let words: Vec<&str> = turn.heard.words.iter().map(|w| w.text.as_str()).collect();
    let has = |list: &[&str]| words.iter().any(|word| list.contains(word));
    let have_to = words.windows(3).any(|w| matches!(w, ["have", "to", "have"]));
    let mine = !have_to && words.windows(3).any(|w| matches!(w, ["do" | "did", "i" | "we", "have" | "got"])) && has(&["many", "much"]);
    let balance = has(&["balance"]) && has(&["my", "our", "points", "point"]);
    (mine || balance) && !has(&["if", "need", "spend", "buy"]) && turn.heard.products.is_empty() && points_named(turn).is_none()
}

/// "What are 1000 points worth?"
fn points_named(turn: &Turn<'_>) -> Option<u32> {
    let words = &turn.heard.words;
    let at = words.iter().position(|w| matches!(w.text.as_str(), "points" | "point"))?;
    // A name may stand between: "750 Volt Points".
    // "500 volt points": a name that is also a unit was joined to its number.
    let number = |text: &str| text.trim_end_matches(|c: char| c.is_ascii_alphabetic()).parse().ok();
    words[at.saturating_sub(2)..at].iter().rev().find_map(|w| number(&w.text))
}

/// "I have like 1400 of them", of points just spoken of: a number that is no price and no part of a name.
fn points_meant(turn: &Turn<'_>) -> Option<u32> {
    let words = &turn.heard.words;
    let of_them = |at: usize| {
        let next: Vec<&str> = words[at + 1..].iter().take(2).map(|w| w.text.as_str()).collect();
        matches!(next.as_slice(), ["of", "them" | "those" | "these", ..]) || words.len() - at <= 1
    };
    let has = |at: usize| words[..at].iter().any(|w| matches!(w.text.as_str(), "have" | "got" | "with" | "collected" | "for"));
    let named = |at: usize| turn.heard.products.iter().any(|named| named.words.contains(&at));
    // "For 200 dollars" is an amount; a number alone is one of points.
    let money = |at: usize| {
        words.get(at + 1).is_some_and(|w| turn.shop.currency.is_called(&w.text)) || turn.text[..words[at].start].ends_with(['$', '€', '£'])
    };
    // "If I buy the MacBook Air for 999": its price.
    let price = |at: usize| names_a_thing_to_buy(turn) && at.checked_sub(1).is_some_and(|before| words[before].text == "for");
    let is_count = |at: &usize| !named(*at) && !money(*at) && !price(*at) && (of_them(*at) || has(*at) && turn.read.reference.pronoun);
    let number = |at: usize| words[at].text.replace(',', "").parse::<u32>().ok().filter(|count| *count > 1);
    (0..words.len()).filter(is_count).find_map(number)
}

fn worth(count: u32, found: &Findings, book: &mut FactBook, answer: &mut Answer) -> bool {
    let points = book.said_count(count);
    let Some((rule, worth)) = by_rule(found, book, |book, sentence| book.derive(Formula::Worth, &[sentence, points])) else {
        // No whole number of the rule's steps: the rule itself.
        return say_worth(found, book, answer);
    };
    answer.say(Act::plain(ActKind::PointsWorth).with("points", points).with("worth", worth).with("rule", rule));
    true
}

/// "How many points do I get for it?"
fn earned(turn: &Turn<'_>, found: &Findings, items: &[(RecordId, u32)], asks: bool, book: &mut FactBook, answer: &mut Answer) -> bool {
    let amount = turn.read.prices.amounts.first().and_then(|_| turn.read.prices.max.or(turn.read.prices.min));
    let exact = turn
        .read
        .prices
        .amounts
        .first()
        .and_then(|(at, _)| turn.heard.words.get(*at))
        .and_then(|w| crate::domain::money::Money::parse_decimal(&w.text, turn.shop.currency).ok());
    let of_item = match items {
        [(id, _)] => say::name(book, *id).zip(book.field(*id, Field::Price)),
        _ => None,
    };
    let (name, price) = match of_item {
        Some((name, price)) => (Some(name), with_code(turn, found, items, book).or(Some(price))),
        None => (None, exact.or(amount).map(|amount| book.said_amount(amount))),
    };
    let Some(price) = price.filter(|_| asks) else { return false };
    let Some((rule, points)) = by_rule(found, book, |book, sentence| book.derive(Formula::Earned, &[sentence, price])) else {
        return false;
    };
    let kind = ActKind::PointsEarned;
    answer.say(Act::plain(kind).with("points", points).with_some("product", name).with("price", price).with("rule", rule));
    let count = match book.value(points) {
        Some(Value::Count(count)) => *count,
        _ => 0,
    };
    // What they are worth: computed where they are whole steps of the rule, else in the rule's own words.
    match by_rule(found, book, |book, sentence| book.derive(Formula::Worth, &[sentence, points])) {
        Some((rule, worth)) => answer.say(Act::plain(ActKind::PointsWorth).with("points", points).with("worth", worth).with("rule", rule)),
        None => {
            let step = worth_rule(found, book).filter(|_| count > 0);
            answer.acts.extend(step.map(|rule| Act::plain(ActKind::Knowledge).with("sentence", rule)));
        }
    }
    answer.cards.extend(items.iter().map(|(id, _)| *id));
    true
}

/// What the thing comes to with the code on the table: points are earned by what is paid.
fn with_code(turn: &Turn<'_>, found: &Findings, items: &[(RecordId, u32)], book: &mut FactBook) -> Option<FactId> {
    let code = turn.before.focus.promotion.as_ref()?;
    let (id, promotion) = super::promotions(found, book)?.into_iter().find(|(_, promotion)| promotion.code == *code)?;
    let basket = Basket::of(items, book)?;
    promotion.applies_to(promotion.covered(&basket.products)?, book.today()).ok()?;
    Some(basket.with(id, &promotion, book)?.after)
}

/// The sentence that says what points are worth, by whatever step.
fn worth_rule(found: &Findings, book: &mut FactBook) -> Option<FactId> {
    let rule = by_rule(found, book, |book, sentence| {
        let text = book.value(sentence)?.to_string();
        (1..=1_000).rev().find(|n| crate::domain::text::rates::worth(&text, *n).is_some()).map(|_| sentence)
    });
    rule.map(|(rule, _)| rule)
}

/// The first sentence of the entries found that a formula can be taken from, with its result.
fn by_rule(found: &Findings, book: &mut FactBook, formula: impl Fn(&mut FactBook, FactId) -> Option<FactId>) -> Option<(FactId, FactId)> {
    let likely = found.knowledge.iter().flatten().filter(|hit| hit.score >= 0.3);
    let hits: Vec<RecordId> = likely.copied().chain(super::rules::told(found)).map(|hit| hit.record).collect();
    for record in hits {
        let sentences = say::entry(book, record).map_or(0, |entry| entry.sentences().len());
        for i in 0..sentences {
            let Some(sentence) = u16::try_from(i).ok().and_then(|i| book.field(record, Field::Sentence(i))) else { continue };
            if let Some(result) = formula(book, sentence) {
                return Some((sentence, result));
            }
        }
    }
    None
}
