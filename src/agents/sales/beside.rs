//! "Is it heavy?": a number says little by itself. The best of the kind beside it says how to take it.

use super::super::lookup::Findings;
use super::super::say;
use super::super::turn::{Answer, Turn};
use super::super::understanding::form::Asks;
use super::super::understanding::qualities;
use super::asked::Asked;
use super::question;
use crate::domain::act::{Act, ActKind};
use crate::domain::fact::{FactBook, RecordId};
use crate::domain::measure;
use crate::domain::query::{Degree, ProductQuery, Quality};

/// Others looked at.
pub const LOOKED_AT: usize = 4;

/// The best of its kind, where a message asks for a judgement on one property of a thing.
pub fn query(turn: &Turn<'_>, book: &FactBook, id: RecordId, index: usize) -> Option<ProductQuery> {
    let judged = turn.read.form.asks == Asks::Whether && question::is_judged(turn, book, id, index);
    let product = say::product(book, id).filter(|_| judged)?;
    let property = measure::stems(&product.specs.get(index)?.name);
    let quality = Quality { less: qualities::less_is_better(&property), properties: vec![property], degree: Degree::Most };
    let kind = product.leaf_category()?.to_owned();
    Some(ProductQuery { categories: vec![kind], quality: Some(quality), in_stock: true, ..ProductQuery::default() })
}

/// Says what the best of the others states.
pub fn tell(found: &Findings, book: &mut FactBook, id: RecordId, asked: &Asked, answer: &mut Answer) {
    let (Asked::Specs(specs), Some(product)) = (asked, say::product(book, id)) else { return };
    let Some(own) = specs.first().and_then(|found| product.specs.get(found.index)) else { return };
    let Some(search) = found.searches.iter().find(|search| search.query.quality.is_some() && search.ordered_by.is_some()) else { return };
    let place = |other: &RecordId| {
        let other = say::product(book, *other).filter(|other| other.family() != product.family())?;
        other.specs.iter().position(|spec| spec.name.eq_ignore_ascii_case(&own.name))
    };
    let Some((other, place)) = search.products.iter().find_map(|other| Some((*other, place(other)?))) else { return };
    answer.acts.extend(question::spec(book, other, place, false).map(|act| Act { kind: ActKind::ForComparison, ..act }));
    answer.cards.push(other);
}
