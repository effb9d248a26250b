//! What things cost together, and with a promotion: every figure a fact with its formula.

use super::super::say;
use crate::domain::act::{Act, ActKind};
use crate::domain::fact::{FactBook, FactId, Formula, RecordId};
use crate::domain::product::{Availability, Product};
use crate::domain::promotion::Promotion;
use crate::domain::record::Field;
use std::sync::Arc;

/// What is priced together.
#[derive(Debug, Clone)]
pub struct Basket {
    /// The products with how many of each.
    pub products: Vec<(Arc<Product>, u32)>,
    /// What all of it costs.
    pub total: FactId,
    names: Vec<FactId>,
    quantities: Vec<FactId>,
    lines: Vec<FactId>,
}

/// What a basket comes to with a promotion.
#[derive(Debug, Clone, Copy)]
pub struct Priced {
    /// What is left to pay.
    pub after: FactId,
    /// What is saved.
    pub saving: FactId,
}

impl Basket {
    /// Prices things together; `None` where a price is missing.
    pub fn of(items: &[(RecordId, u32)], book: &mut FactBook) -> Option<Self> {
        let mut basket = Self { products: Vec::new(), total: FactId(0), names: Vec::new(), quantities: Vec::new(), lines: Vec::new() };
        for (id, count) in items {
            basket.products.push((say::product(book, *id)?, *count));
            basket.names.push(say::name(book, *id)?);
            let quantity = book.said_count(*count);
            basket.quantities.push(quantity);
            let price = book.field(*id, Field::Price)?;
            basket.lines.push(if *count == 1 { price } else { book.derive(Formula::Times, &[price, quantity])? });
        }
        basket.total = match basket.lines.as_slice() {
            [] => return None,
            [only] => *only,
            several => book.derive(Formula::Sum, several)?,
        };
        Some(basket)
    }

    /// One piece of one thing.
    pub fn is_single(&self) -> bool {
        matches!(self.products.as_slice(), [(_, 1)])
    }

    /// What it comes to with a promotion; `None` where that cannot be computed.
    pub fn with(&self, id: RecordId, promotion: &Promotion, book: &mut FactBook) -> Option<Priced> {
        let off = book.field(id, Field::Discount)?;
        let covered: Vec<FactId> =
            self.products.iter().zip(&self.lines).filter(|((product, _), _)| promotion.covers(product)).map(|(_, line)| *line).collect();
        if covered.len() == self.lines.len() {
            let after = book.derive(Formula::After, &[self.total, off])?;
            return Some(Priced { after, saving: book.derive(Formula::Saving, &[self.total, off])? });
        }
        let part = match covered.as_slice() {
            [] => return None,
            [only] => *only,
            several => book.derive(Formula::Sum, several)?,
        };
        let after = book.derive(Formula::AfterPart, &[self.total, part, off])?;
        Some(Priced { after, saving: book.derive(Formula::Saving, &[part, off])? })
    }

    /// The act with what is in the basket: the product where it is one piece of one, else the list.
    pub fn named(&self, act: Act) -> Act {
        match self.names.as_slice() {
            [only] if self.is_single() => act.with("product", *only).with("price", self.total),
            names => act.with_many("names", names.to_vec()).with_many("quantities", self.quantities.clone()).with("total", self.total),
        }
    }

    /// "It then comes to": the price with a code.
    pub fn priced(&self, id: RecordId, promotion: &Promotion, book: &mut FactBook) -> Option<Act> {
        let priced = self.with(id, promotion, book)?;
        let code = book.field(id, Field::Number)?;
        let kind = if self.is_single() { ActKind::PriceWith } else { ActKind::TotalWith };
        Some(self.named(Act::plain(kind)).with("code", code).with("after", priced.after).with("saving", priced.saving))
    }

    /// The things a promotion is for, where it is not for all of them.
    pub fn part(&self, promotion: &Promotion) -> Vec<FactId> {
        let covered = self.products.iter().zip(&self.names).filter(|((product, _), _)| promotion.covers(product));
        let names: Vec<FactId> = covered.map(|(_, name)| *name).collect();
        if names.len() == self.names.len() { Vec::new() } else { names }
    }
}

/// What must be said of the stock before anybody looks forward to it: out, or fewer than wanted.
pub fn shortage(items: &[(RecordId, u32)], book: &mut FactBook) -> Vec<Act> {
    for (id, count) in items {
        let Some(product) = say::product(book, *id) else { continue };
        let Some(name) = say::name(book, *id) else { continue };
        match product.stock {
            Some(0) => return vec![Act::plain(ActKind::OutOfStock).with("product", name)],
            Some(few) if few < *count => {
                let stock = book.field(*id, Field::Stock);
                let counted = Act::plain(ActKind::StockCount).with("product", name).with_some("stock", stock);
                return vec![counted, Act::plain(ActKind::StockShort)];
            }
            _ => {}
        }
    }
    Vec::new()
}

/// Whether it can be had at all.
pub fn is_out(product: &Product) -> bool {
    product.availability() == Availability::OutOfStock
}
