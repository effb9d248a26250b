//! Another address: of an order, or the customer's default.

use super::draft::Draft;
use super::gate;
use super::refusal::Refusal;
use crate::domain::action::{ActionKind, CustomerChange, OrderChange};
use crate::domain::order::Address;
use crate::domain::policy::ShippingRules;

/// The order goes to another address.
pub fn shipping(draft: &mut Draft<'_>, rules: &ShippingRules, address: &Address) -> Result<(), Refusal> {
    let order = draft.order()?;
    gate::status(order, &rules.statuses)?;
    gate::is_sent(order, ActionKind::ChangeShipping)?;
    gate::items_unchanged(order, &rules.after_items_changed)?;
    let address = complete(address)?;
    if order.ship_to == address {
        return Err(Refusal::Nothing);
    }
    let before = std::mem::replace(&mut order.ship_to, address);
    draft.leave(OrderChange::ShippingChanged { before })
}

/// The customer has another default address; further ones stay.
pub fn default(draft: &mut Draft<'_>, address: &Address) -> Result<(), Refusal> {
    let address = complete(address)?;
    let before = draft.customer.addresses.first().cloned();
    if before.as_ref() == Some(&address) {
        return Err(Refusal::Nothing);
    }
    match draft.customer.addresses.first_mut() {
        Some(first) => *first = address,
        None => draft.customer.addresses.push(address),
    }
    draft.leave_on_customer(CustomerChange::AddressChanged { before });
    Ok(())
}

/// An address without space around it; both parts must be there.
fn complete(address: &Address) -> Result<Address, Refusal> {
    let address = Address { line: address.line.trim().to_owned(), zip: address.zip.trim().to_owned() };
    if address.line.is_empty() || address.zip.is_empty() { Err(Refusal::AddressIncomplete) } else { Ok(address) }
}
