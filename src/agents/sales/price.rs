//! What it costs: one, several pieces, several things together.

use super::super::lookup::{Findings, Lookup};
use super::super::turn::{Answer, Step, Turn, chip};
use super::super::understanding::quantity;
use super::super::{say, share_of_price};
use super::{basket, subject, together};
use crate::domain::act::{Act, ActKind};
use crate::domain::agent::Intent;
use crate::domain::fact::{FactBook, FactId, Formula, RecordId};
use crate::domain::goal::Goal;
use crate::domain::money::Currency;
use crate::domain::product::Availability;
use crate::domain::record::Field;
use crate::domain::state::{ConversationState, Pieces};
use crate::domain::text::stem::stem;
use crate::domain::text::token::tokens;

/// What it costs.
pub fn step(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    if is_with_the_code(turn) {
        return Answer::hand_over(Goal::PromoPrice);
    }
    if let Some(step) = together::step(turn, found, book, state) {
        return step;
    }
    if basket::is_asked(turn)
        && let Some(step) = basket::step(turn, found, book, state)
    {
        return step;
    }
    let service = basket::asks_with_a_service(turn);
    if service && found.knowledge.is_empty() {
        let skus = turn.before.focus.products.iter().take(subject::AT_ONCE).cloned().collect();
        return Step::Look(vec![Lookup::Products(skus), say::knowledge_lookup(turn)]);
    }
    if service && let Some(hit) = say::best_entry(found, 0).or_else(|| say::plain_entry(found, 0)) {
        let mut answer = Answer::default();
        for id in &found.products {
            let count = count_of(turn, book, *id).unwrap_or(1);
            say_price(book, *id, count, &mut answer);
            answer.cards.push(*id);
        }
        say::say_entry(book, hit, &mut answer);
        return answer.done();
    }
    if let Some(step) = of_what_was_told(turn, found, book) {
        return step;
    }
    let ids = match subject::products(turn, found, book, state) {
        Ok(ids) => ids,
        Err(step) => return step,
    };
    let ids =
        if ids.len() > 1 && subject::one_family(&ids, book).len() == ids.len() && same_price(book, &ids) { vec![ids[0]] } else { ids };
    if let Some(step) = share_of_price::step(turn, found, &ids, book) {
        return step;
    }
    if ids.len() > 1 && asks_for_the_gap(turn) {
        let mut answer = Answer::default();
        say::price_gap(book, &ids, &mut answer);
        answer.cards.clone_from(&ids);
        return answer.done();
    }
    let mut answer = Answer::default();
    let counted: Vec<(RecordId, u32)> = ids.iter().map(|id| (*id, count_of(turn, book, *id).unwrap_or(1))).collect();
    let totals: Vec<FactId> = counted.iter().filter_map(|(id, count)| say_price(book, *id, *count, &mut answer)).collect();
    let several = counted.len() > 1 && totals.len() == counted.len();
    if several && asks_for_total(turn) {
        let names = counted.iter().filter_map(|(id, _)| say::name(book, *id)).collect();
        if let Some(sum) = book.derive(Formula::Sum, &totals) {
            answer.say(Act::plain(ActKind::BasketTotal).with_many("names", names).with("total", sum));
        }
    }
    for id in &ids {
        let out = say::product(book, *id).is_some_and(|p| p.availability() == Availability::OutOfStock);
        if out {
            answer.acts.extend(say::stock(book, *id));
        }
        answer.cards.push(*id);
    }
    state.focus.basket =
        counted.iter().filter_map(|(id, count)| say::product(book, *id).map(|p| Pieces { sku: p.sku.clone(), count: *count })).collect();
    answer.options.push(chip("promo", "Any promotion on it?"));
    answer.done()
}

/// "And the total for two of them?", right after what a code makes of the price: with that code.
fn is_with_the_code(turn: &Turn<'_>) -> bool {
    let told = [ActKind::CodeFits, ActKind::CodeInstead, ActKind::PriceWith, ActKind::TotalWith];
    let with_it = turn.before.focus.promotion.is_some() && told.iter().any(|kind| turn.before.last_acts.contains(kind));
    let without = turn.heard.words.iter().any(|w| matches!(w.text.as_str(), "without" | "regular" | "normal" | "usual" | "normally"));
    with_it && !without && turn.heard.products.is_empty() && turn.heard.categories.is_empty() && basket::asks_the_sum(turn)
}

/// "What's it cost if I was closer", right after a service was told: what that says of money. With a thing in hand too,
/// where what the shop does for it was just spoken of.
fn of_what_was_told(turn: &Turn<'_>, found: &Findings, book: &mut FactBook) -> Option<Step> {
    let (heard, focus) = (turn.heard, &turn.before.focus);
    let names = !heard.products.is_empty() || !heard.categories.is_empty() || !heard.brands.is_empty();
    let of_a_service = turn.before.goal == Some(Goal::ShopServices) && !turn.read.reference.is_exact();
    let nothing_in_hand = focus.products.is_empty() && focus.listed.is_empty();
    let id = focus.entry.clone().filter(|_| !names && (nothing_in_hand || of_a_service) && !turn.continues)?;
    let Some(hits) = found.knowledge.first() else {
        return Some(Step::Look(vec![Lookup::Told { id, text: say::question_text(turn) }]));
    };
    let mut answer = Answer::default();
    say::say_entry(book, *hits.first()?, &mut answer);
    let said = |act: &Act| act.one("sentence").and_then(|fact| book.value(fact)).map(ToString::to_string);
    let figure = |act: &Act| said(act).is_some_and(|said| is_amount(&said, turn.shop.currency));
    if of_a_service && receives(turn) {
        let worth = |text: &str| tokens(text).iter().any(|token| WORTH.contains(&stem(&token.text).as_str()));
        let of_worth = |act: &Act| said(act).is_some_and(|text| worth(&text));
        let worth: Vec<Act> = answer.acts.iter().filter(|act| of_worth(act)).cloned().collect();
        answer.acts = if worth.is_empty() { answer.acts } else { worth };
        return Some(answer.done());
    }
    if answer.acts.iter().any(figure) {
        return Some(answer.done());
    }
    // "How much", of where is shipped to: what was told says nothing of it, and whoever told it may know more.
    let told_by = turn.before.goal.filter(|goal| goal.intent() != Intent::Sales && goal.intent() != Intent::General);
    told_by.map(Answer::hand_over)
}

/// Whether a text states an amount or a share.
fn is_amount(text: &str, currency: Currency) -> bool {
    let named = |word: &str| word == "percent" || word.eq_ignore_ascii_case(currency.code());
    let signed = text.contains(['$', '\u{20ac}', '\u{a3}', '\u{a5}', '%']);
    text.bytes().any(|b| b.is_ascii_digit()) && (signed || tokens(text).iter().any(|token| named(&token.text)))
}

/// Stems of words that tell what is given for something.
const WORTH: [&str; 4] = ["valu", "value", "worth", "credit"];

/// "How much would I get for it", "what is mine worth": asks for no price.
fn receives(turn: &Turn<'_>) -> bool {
    turn.heard.words.iter().any(|word| matches!(word.text.as_str(), "get" | "worth"))
}

/// "What is the difference in price", of several.
fn asks_for_the_gap(turn: &Turn<'_>) -> bool {
    turn.heard.words.iter().any(|word| matches!(word.text.as_str(), "difference" | "differ" | "gap" | "apart"))
}

/// Whether all of some products cost the same.
pub fn same_price(book: &FactBook, ids: &[RecordId]) -> bool {
    let price = |id: &RecordId| say::product(book, *id).and_then(|p| p.price);
    ids.windows(2).all(|pair| price(&pair[0]) == price(&pair[1]))
}

/// How many of a product the message speaks of: the number before its name, or of whatever it is about.
pub fn count_of(turn: &Turn<'_>, book: &FactBook, id: RecordId) -> Option<u32> {
    let sku = &say::product(book, id)?.sku;
    let taken = &turn.read.taken;
    let named = turn.heard.products.iter().find(|mention| mention.skus.contains(sku)).map(|mention| mention.words.start);
    let brand = || {
        let own = say::product(book, id)?;
        turn.heard.brands.iter().find(|b| b.name.eq_ignore_ascii_case(&own.brand)).map(|b| b.words.start)
    };
    let kind = || {
        let own = say::product(book, id)?;
        let of_it = |name: &String| own.category.iter().any(|category| category.eq_ignore_ascii_case(name));
        turn.heard.categories.iter().find(|c| c.names.iter().any(of_it)).map(|c| c.words.start)
    };
    // Of several that are named each has its own number: "12 bulbs and a hub".
    let several = turn.heard.products.len() > 1 && named.is_some();
    let counted = |at: Option<usize>| at.and_then(|at| quantity::before(turn.heard, at, taken));
    if several {
        return counted(named);
    }
    counted(named).or_else(|| counted(brand())).or_else(|| counted(kind())).or_else(|| quantity::of_it(turn.heard, taken))
}

/// Says the price, of all pieces where there are several; returns what it comes to.
pub fn say_price(book: &mut FactBook, id: RecordId, count: u32, answer: &mut Answer) -> Option<FactId> {
    let price = book.field(id, Field::Price);
    let (Some(price), true) = (price, count > 1) else {
        answer.acts.extend(say::price(book, id));
        return price;
    };
    let name = say::name(book, id)?;
    let pieces = book.said_count(count);
    let total = book.derive(Formula::Times, &[price, pieces])?;
    answer.say(Act::plain(ActKind::PiecesTotal).with("count", pieces).with("product", name).with("total", total).with("price", price));
    Some(total)
}

fn asks_for_total(turn: &Turn<'_>) -> bool {
    // "And without batteries, how much?" joins nothing.
    let mut said = turn.heard.words.iter().enumerate();
    said.any(|(i, w)| match w.text.as_str() {
        "total" | "together" | "both" | "all" | "sum" | "altogether" | "plus" | "with" => true,
        "and" => i > 0,
        _ => false,
    })
}
