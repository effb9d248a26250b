//! Other variants: of what was ordered, or for what was delivered.

use std::collections::BTreeMap;

use super::draft::Draft;
use super::gate;
use super::refusal::Refusal;
use crate::domain::action::SwapWish;
use crate::domain::action::{ActionKind, OrderChange, Swap};
use crate::domain::action::{LineField, Side};
use crate::domain::money::Money;
use crate::domain::order::{OrderItem, OrderStatus, PaymentKind};
use crate::domain::policy::{StockRule, SwapRules};
use crate::domain::product::{Availability, Product};

/// The lines of an order, from which pieces are taken.
pub struct Lines(Vec<OrderItem>);

impl Lines {
    /// The lines.
    pub fn of(items: &[OrderItem]) -> Self {
        Self(items.to_vec())
    }

    /// Takes pieces of a product, with the place and the price of the line each came from.
    ///
    /// # Errors
    /// When there are not so many.
    pub fn take(&mut self, sku: &str, count: u32) -> Result<Vec<(usize, OrderItem)>, Refusal> {
        let mut left = count;
        let mut taken = Vec::new();
        for (place, line) in self.0.iter_mut().enumerate().filter(|(_, line)| line.sku == sku && line.quantity > 0) {
            let part = line.quantity.min(left);
            if part > 0 {
                taken.push((place, OrderItem { quantity: part, ..line.clone() }));
                line.quantity -= part;
                left -= part;
            }
        }
        if left > 0 { Err(Refusal::NotInOrder { sku: sku.to_owned(), ordered: count - left }) } else { Ok(taken) }
    }
}

/// What is swapped, and what it comes to.
struct Swapped {
    swaps: Vec<Swap>,
    difference: Money,
    items: Vec<OrderItem>,
}

/// Other variants in an order that was not sent: it is another order from then on, and the difference is paid at
/// once, where the order was.
pub fn change(draft: &mut Draft<'_>, rules: &SwapRules, wishes: &[SwapWish], method: Option<&str>) -> Result<(), Refusal> {
    let order = draft.order()?;
    gate::status(order, &rules.statuses)?;
    gate::once(order, &rules.once, ActionKind::ChangeItems)?;
    let charged = !order.payments.is_empty();
    let swapped = swapped(draft, rules, wishes)?;
    let method = payer(draft, rules, method, swapped.difference)?;
    if rules.moves_stock.is {
        move_stock(draft, &swapped.swaps, true)?;
    }
    if charged {
        let (kind, amount) = direction(swapped.difference)?;
        draft.pay(kind, amount, &method)?;
    }
    say(draft, LineField::Item, &swapped.swaps)?;
    let order = draft.order()?;
    order.items = swapped.items;
    order.total = match order.total {
        Some(total) => Some(total.checked_add(swapped.difference).ok_or(Refusal::Sum)?),
        None => None,
    };
    if let Some(word) = &rules.status_word {
        order.source_status = Some(word.is.clone());
    }
    draft.leave(OrderChange::ItemsChanged { swaps: swapped.swaps, method, difference: swapped.difference })
}

/// Other variants for what was delivered: asked for here; the difference is paid once the goods are back.
pub fn exchange(draft: &mut Draft<'_>, rules: &SwapRules, wishes: &[SwapWish], method: Option<&str>) -> Result<(), Refusal> {
    let order = draft.order()?;
    gate::status(order, &rules.statuses)?;
    gate::once(order, &rules.once, ActionKind::ExchangeItems)?;
    if let Some(days) = &rules.days {
        gate::window(draft, days.is)?;
    }
    let swapped = swapped(draft, rules, wishes)?;
    let method = payer(draft, rules, method, swapped.difference)?;
    if rules.moves_stock.is {
        move_stock(draft, &swapped.swaps, false)?;
    }
    let (kind, amount) = direction(swapped.difference)?;
    draft.pay_later(kind, amount, &method);
    say(draft, LineField::ExchangeItem, &swapped.swaps)?;
    let order = draft.order()?;
    order.status = OrderStatus::ExchangeRequested;
    order.source_status = rules.status_word.as_ref().map(|word| word.is.clone());
    draft.leave(OrderChange::ExchangeRequested { swaps: swapped.swaps, method, difference: swapped.difference })
}

/// Checks every wish and puts the new lines where the old ones were.
fn swapped(draft: &mut Draft<'_>, rules: &SwapRules, wishes: &[SwapWish]) -> Result<Swapped, Refusal> {
    let items = draft.order()?.items.clone();
    let mut lines = Lines::of(&items);
    let mut put: BTreeMap<usize, Vec<OrderItem>> = BTreeMap::new();
    let mut swaps = Vec::new();
    let mut wanted: BTreeMap<&str, u32> = BTreeMap::new();
    for wish in wishes.iter().filter(|wish| wish.quantity > 0) {
        let taken = lines.take(&wish.sku, wish.quantity)?;
        let count = wanted.entry(&wish.new_sku).or_default();
        *count = count.checked_add(wish.quantity).ok_or(Refusal::Sum)?;
        let new_price = variant(draft, rules, wish, *count)?;
        for (place, old) in taken {
            let unit_price = old.unit_price.ok_or_else(|| Refusal::PriceUnknown { sku: wish.sku.clone() })?;
            let new = OrderItem { sku: wish.new_sku.clone(), quantity: old.quantity, unit_price: Some(new_price) };
            put.entry(place).or_default().push(new);
            swaps.push(Swap { sku: old.sku, new_sku: wish.new_sku.clone(), quantity: old.quantity, unit_price, new_price });
        }
    }
    let differences = swaps.iter().map(|swap| swap.new_price.checked_sub(swap.unit_price)?.times(swap.quantity));
    let differences = differences.collect::<Option<Vec<_>>>().ok_or(Refusal::Sum)?;
    let difference = gate::sum(differences)?.ok_or(Refusal::Nothing)?;
    let mut after: Vec<OrderItem> = Vec::new();
    for (place, line) in lines.0.into_iter().enumerate() {
        let new = put.remove(&place).unwrap_or_default();
        std::iter::once(line)
            .chain(new)
            .filter(|line| line.quantity > 0)
            .try_for_each(|line| line.add_to(&mut after))
            .ok_or(Refusal::Sum)?;
    }
    Ok(Swapped { swaps, difference, items: after })
}

/// The price of the variant wanted, when it may be had. `count` pieces of it are wanted so far.
fn variant(draft: &Draft<'_>, rules: &SwapRules, wish: &SwapWish, count: u32) -> Result<Money, Refusal> {
    let known = |sku: &str| draft.products.get(sku).ok_or_else(|| Refusal::UnknownProduct { sku: sku.to_owned() });
    let (old, new): (&Product, &Product) = (known(&wish.sku)?, known(&wish.new_sku)?);
    gate::not_left_out(old, rules.except.as_ref())?;
    if old.sku == new.sku && !rules.same_variant.is {
        return Err(Refusal::SameVariant { sku: old.sku.clone() });
    }
    if old.family() != new.family() {
        return Err(Refusal::OtherProduct { sku: old.sku.clone(), new_sku: new.sku.clone() });
    }
    let there = match (new.availability(), rules.stock.is) {
        (Availability::OutOfStock, _) | (Availability::Unknown, StockRule::InStock) => false,
        (Availability::InStock, _) | (Availability::Unknown, StockRule::NotOut) => new.stock.is_none_or(|stock| stock >= count),
    };
    if !there {
        return Err(Refusal::NotAvailable { sku: new.sku.clone(), stock: new.stock });
    }
    new.price.ok_or_else(|| Refusal::PriceUnknown { sku: new.sku.clone() })
}

/// The method that pays or gets back a difference.
fn payer(draft: &mut Draft<'_>, rules: &SwapRules, method: Option<&str>, difference: Money) -> Result<String, Refusal> {
    let name = match method {
        Some(name) => gate::own_method(draft, name)?,
        None => gate::original_method(draft)?.unwrap_or_default(),
    };
    gate::gift_card(draft, &rules.gift_card, &name, difference)?;
    Ok(name)
}

/// Which way a difference goes, and how much it is.
fn direction(difference: Money) -> Result<(PaymentKind, Money), Refusal> {
    let amount = Money::new(difference.minor.checked_abs().ok_or(Refusal::Sum)?, difference.currency);
    Ok((if difference.minor < 0 { PaymentKind::Refund } else { PaymentKind::Payment }, amount))
}

/// Takes what is to be sent off the counted stock; what does not leave the shop comes back at once.
fn move_stock(draft: &mut Draft<'_>, swaps: &[Swap], comes_back: bool) -> Result<(), Refusal> {
    if comes_back {
        swaps.iter().try_for_each(|swap| draft.put_back(&swap.sku, swap.quantity))?;
    }
    swaps.iter().try_for_each(|swap| draft.take_off(&swap.new_sku, swap.quantity))
}

fn say(draft: &mut Draft<'_>, field: LineField, swaps: &[Swap]) -> Result<(), Refusal> {
    for swap in swaps {
        let side = |sku: &str, price: Money| Some(Side::Pieces { sku: sku.to_owned(), quantity: swap.quantity, unit_price: Some(price) });
        draft.say(field, side(&swap.sku, swap.unit_price), side(&swap.new_sku, swap.new_price))?;
    }
    Ok(())
}
