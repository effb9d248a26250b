//! What phrases about offers assert, held against the promotions and what they are said of.

use std::sync::Arc;

use super::assertions::{record_of, same_record, source};
use crate::domain::act::{Act, ActKind, Arg};
use crate::domain::fact::{FactBook, FactId, Formula, Source};
use crate::domain::money::Money;
use crate::domain::product::Product;
use crate::domain::promotion::{NotApplicable, Promotion, allows_one_code};
use crate::domain::record::Record;
use crate::domain::text::limit;
use crate::domain::time::Day;
use crate::domain::value::Value;

/// Whether what an act says of an offer is true; acts about other things pass.
pub fn hold(act: &Act, book: &FactBook) -> bool {
    use ActKind as A;
    let today = book.today();
    let runs = |wanted: Result<(), NotApplicable>| of_code(act, book).is_some_and(|p| p.runs_on(today) == wanted);
    match act.kind {
        A::CodeWorks | A::Promotion | A::PromotionWords | A::OfferFor | A::OfferNow => runs(Ok(())) && of_one_promotion(act, book),
        A::OfferAny => runs(Ok(())) && of_code(act, book).is_some_and(|p| p.categories.is_empty()),
        A::CodeFitsThese | A::CodeUntil => runs(Ok(())),
        A::CodeExpired => runs(Err(NotApplicable::Expired)),
        A::CodeNotYet | A::Upcoming | A::SoonCode => runs(Err(NotApplicable::NotYet)) && of_one_promotion(act, book),
        A::CodeOff | A::CodeBackUnknown => runs(Err(NotApplicable::SwitchedOff)),
        A::CodeNoEnd => of_code(act, book).is_some_and(|p| p.end.is_none()),
        A::CodeNoMinimum => of_code(act, book).is_some_and(|p| p.minimum_total.is_none()),
        A::CodeForAll => of_code(act, book).is_some_and(|p| p.categories.is_empty()),
        A::CodeForAnyone => of_code(act, book).is_some_and(|p| !p.is_personal()),
        A::CodeNotAgain => of_code(act, book).is_some_and(|p| p.is_for_first_orders()),
        A::CodeFits | A::CodeInstead | A::PriceWith | A::TotalWith | A::BestLine | A::AlsoCode => comes_to(act, book, today),
        A::PriceWithLine | A::PriceWithLineOut => {
            let day = of_code(act, book).and_then(|p| p.start.filter(|start| *start > today)).unwrap_or(today);
            let out = act.kind == A::PriceWithLineOut;
            comes_to(act, book, day) && product(act, book).is_some_and(|p| (p.stock == Some(0)) == out)
        }
        A::PriceLater => runs(Err(NotApplicable::NotYet)) && starts(act, book).is_some_and(|day| comes_to(act, book, day)),
        A::CodeWrongCategory => refused(act, book, NotApplicable::WrongCategory),
        A::CodeMinimum | A::NearMiss => refused(act, book, NotApplicable::BelowMinimum),
        A::NoPromotionFor => none_runs_for(act, book),
        A::StackNo => matches!(act.one("sentence").and_then(|id| book.value(id)), Some(Value::Text(text)) if allows_one_code(text)),
        A::LimitHolds | A::LimitPassed => {
            matches!(act.one("sentence").and_then(|id| book.value(id)), Some(Value::Text(text)) if limit::states(text))
        }
        A::RulePrice => is_derived(act, "after", book, Formula::After) && is_derived(act, "discount", book, Formula::Percentage),
        A::ShareOfPrice => is_derived(act, "cost", book, Formula::Saving),
        A::DeliveryFree => is_free_delivery(act, book),
        A::WithDelivery | A::WithExpress => {
            is_derived(act, "fee", book, Formula::DeliveryFee) && is_derived(act, "total", book, Formula::Delivered)
        }
        A::PointsEarned => is_derived(act, "points", book, Formula::Earned),
        A::PointsWorth => is_derived(act, "worth", book, Formula::Worth),
        _ => true,
    }
}

/// The promotion whose code an act names.
fn of_code(act: &Act, book: &FactBook) -> Option<Arc<Promotion>> {
    match &book.record(record_of(act, "code", book)?)?.record {
        Record::Promotion(promotion) => Some(Arc::clone(promotion)),
        _ => None,
    }
}

/// Whether everything an act says of a promotion is said of the same one.
fn of_one_promotion(act: &Act, book: &FactBook) -> bool {
    let promotion = record_of(act, "code", book);
    promotion.is_some() && act.facts().all(|fact| source(fact, book) == promotion)
}

fn product(act: &Act, book: &FactBook) -> Option<Arc<Product>> {
    product_of(act.one("product")?, book)
}

fn product_of(fact: FactId, book: &FactBook) -> Option<Arc<Product>> {
    match &book.record(source(fact, book)?)?.record {
        Record::Product(product) => Some(Arc::clone(product)),
        _ => None,
    }
}

fn starts(act: &Act, book: &FactBook) -> Option<Day> {
    of_code(act, book)?.start
}

/// What an act is said of: its product, or its names with their quantities. `None` where it names none.
fn basket(act: &Act, book: &FactBook) -> Option<Vec<(Arc<Product>, u32)>> {
    if let Some(product) = product(act, book) {
        return Some(vec![(product, 1)]);
    }
    let (Some(Arg::Many(names)), Some(Arg::Many(quantities))) = (act.arg("names"), act.arg("quantities")) else { return None };
    let pairs = names.iter().zip(quantities);
    pairs.map(|(name, quantity)| Some((product_of(*name, book)?, count(*quantity, book)?))).collect()
}

fn count(fact: FactId, book: &FactBook) -> Option<u32> {
    match book.value(fact)? {
        Value::Count(count) => u32::try_from(*count).ok(),
        _ => None,
    }
}

fn amount(act: &Act, name: &str, book: &FactBook) -> Option<Money> {
    match book.value(act.one(name)?)? {
        Value::Money(money) => Some(*money),
        _ => None,
    }
}

/// Whether the promotion applies on `day` to what the act is said of, and every amount beside it is right.
fn comes_to(act: &Act, book: &FactBook, day: Day) -> bool {
    let Some(promotion) = of_code(act, book) else { return false };
    // "With X it would be ...": it is what the act before it was said of, so the amount alone is checked.
    let Some(basket) = basket(act, book) else {
        let of_amount = |total| amount_comes_to(act, book, &promotion, total);
        let named = act.kind == ActKind::TotalWith && amount(act, "total", book).is_some_and(of_amount);
        return promotion.runs_on(day).is_ok() && (act.kind == ActKind::AlsoCode || named);
    };
    let Some(covered) = promotion.covered(&basket) else { return false };
    if promotion.applies_to(covered, day).is_err() {
        return false;
    }
    let Some(saving) = promotion.saving(covered.part) else { return false };
    let same = |name: &str, wanted: Option<Money>| act.one(name).is_none() || amount(act, name, book) == wanted;
    same("price", Some(covered.total))
        && same("total", Some(covered.total))
        && same("saving", Some(saving))
        && same("after", covered.total.checked_sub(saving))
}

/// Whether an amount the customer named comes to what the act says.
fn amount_comes_to(act: &Act, book: &FactBook, promotion: &Promotion, total: Money) -> bool {
    let saving = promotion.saving(total);
    promotion.reaches_minimum(total)
        && amount(act, "saving", book) == saving
        && amount(act, "after", book) == saving.and_then(|saving| total.checked_sub(saving))
}

/// Whether a code does nothing for what an act is said of, for just that reason.
fn refused(act: &Act, book: &FactBook, reason: NotApplicable) -> bool {
    let Some(promotion) = of_code(act, book) else { return false };
    // Whether it runs is said beside it; here the kind and the amount alone are meant.
    let promotion = Promotion { active: true, start: None, end: None, ..(*promotion).clone() };
    match basket(act, book) {
        Some(basket) => {
            let Some(covered) = promotion.covered(&basket) else { return false };
            promotion.applies_to(covered, book.today()) == Err(reason) && belongs_to_it(act, book)
        }
        // Said of names alone, or of nothing in particular.
        None => match (act.arg("names"), reason) {
            (Some(Arg::Many(names)), NotApplicable::WrongCategory) => {
                names.iter().filter_map(|name| product_of(*name, book)).all(|product| !promotion.covers(&product))
            }
            (_, NotApplicable::BelowMinimum) => {
                let below = amount(act, "total", book).is_none_or(|total| !promotion.reaches_minimum(total));
                below && same_record(act, book, &["code", "minimum"])
            }
            _ => true,
        },
    }
}

fn belongs_to_it(act: &Act, book: &FactBook) -> bool {
    ["minimum", "categories"].iter().all(|name| act.one(name).is_none() || same_record(act, book, &["code", name]))
}

/// Whether none of the promotions read in this turn applies to what the act is said of.
fn none_runs_for(act: &Act, book: &FactBook) -> bool {
    let Some(basket) = basket(act, book) else { return true };
    book.records().all(|(_, versioned)| match &versioned.record {
        Record::Promotion(promotion) => {
            let covered = promotion.covered(&basket);
            covered.is_none_or(|covered| promotion.applies_to(covered, book.today()).is_err())
        }
        _ => true,
    })
}

/// Whether a total is what it is with a delivery and without it.
fn is_free_delivery(act: &Act, book: &FactBook) -> bool {
    let Some(fact) = act.one("total").and_then(|id| book.fact(id)) else { return false };
    let Source::Derived(Formula::Delivered, from) = &fact.source else { return false };
    from.first().and_then(|id| book.value(*id)) == Some(&fact.value)
}

/// Whether a fact of an act comes of a formula.
fn is_derived(act: &Act, name: &str, book: &FactBook, wanted: Formula) -> bool {
    matches!(act.one(name).and_then(|id| book.fact(id)).map(|fact| &fact.source), Some(Source::Derived(formula, _)) if *formula == wanted)
}
