//! An order that is picked up in the store: what it takes is off the stock with it.

use std::collections::BTreeMap;

use super::draft::Draft;
use super::gate;
use super::refusal::Refusal;
use crate::domain::action::OrderChange;
use crate::domain::action::{LineField, Side};
use crate::domain::order::{Order, OrderItem, OrderStatus};
use crate::domain::policy::PickUpRules;
use crate::domain::product::Availability;
use crate::domain::state::Pieces;
use crate::domain::time::When;

/// A new order under a number of its own, paid when it is picked up.
pub fn draft(draft: &mut Draft<'_>, rules: &PickUpRules, number: &str, wanted: &[Pieces]) -> Result<(), Refusal> {
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    let mut items: Vec<OrderItem> = Vec::new();
    for pieces in wanted.iter().filter(|pieces| pieces.count > 0) {
        let count = counts.entry(&pieces.sku).or_default();
        *count = count.checked_add(pieces.count).ok_or(Refusal::Sum)?;
        taken(draft, pieces)?.add_to(&mut items).ok_or(Refusal::Sum)?;
    }
    let all = counts.values().try_fold(0_u32, |sum, count| sum.checked_add(*count)).ok_or(Refusal::Sum)?;
    if all > u32::from(rules.most_pieces.is) {
        return Err(Refusal::TooMany { most: rules.most_pieces.is });
    }
    let amounts = items.iter().filter_map(|item| item.unit_price.map(|price| price.times(item.quantity).ok_or(Refusal::Sum)));
    let total = gate::sum(amounts.collect::<Result<Vec<_>, _>>()?)?.ok_or(Refusal::Nothing)?;
    draft.begin(Order {
        number: number.to_owned(),
        customer: draft.customer.id.clone(),
        status: OrderStatus::Confirmed,
        source_status: None,
        items: items.clone(),
        ship_to: rules.store.is.clone(),
        fulfilments: Vec::new(),
        ordered: Some(When::At(draft.now.at)),
        delivery: None,
        total: Some(total),
        payment_method: rules.paid.is.clone(),
        payments: Vec::new(),
        updated_at: draft.now.at,
        history: Vec::new(),
    });
    for item in items {
        let side = Side::Pieces { sku: item.sku, quantity: item.quantity, unit_price: item.unit_price };
        draft.say(LineField::Item, None, Some(side))?;
    }
    draft.leave(OrderChange::PickUpOrdered)
}

/// Pieces of a product as a line, taken off its counted stock.
fn taken(draft: &mut Draft<'_>, pieces: &Pieces) -> Result<OrderItem, Refusal> {
    let sku = pieces.sku.clone();
    let product = draft.products.get(&sku).ok_or_else(|| Refusal::UnknownProduct { sku: sku.clone() })?;
    if product.availability() != Availability::InStock {
        return Err(Refusal::NotAvailable { sku, stock: product.stock });
    }
    let price = product.price;
    draft.take_off(&sku, pieces.count)?;
    let unit_price = price.ok_or_else(|| Refusal::PriceUnknown { sku: sku.clone() })?;
    Ok(OrderItem { sku, quantity: pieces.count, unit_price: Some(unit_price) })
}
