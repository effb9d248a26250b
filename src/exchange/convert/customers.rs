//! Customers.

use serde_json::Value;

use super::values::plain;
use super::{Fault, Fields};
use crate::domain::customer::{Customer, PaymentMethod};
use crate::domain::order::Address;

/// The customer of a row.
pub fn customer(fields: &Fields<'_>) -> Result<Customer, Fault> {
    let email = fields.text("email")?;
    if !email.is_empty() && !email.contains('@') {
        return Err(Fault::new("email", format!("\"{email}\" is not an e-mail address"), "write name@example.com or leave it empty"));
    }
    let line = fields.text("address")?;
    let zip = fields.text("zip")?;
    let first = Address { line, zip };
    let addresses = if first == Address::default() { Vec::new() } else { vec![first] };
    Ok(Customer {
        id: fields.required("id")?,
        name: fields.required("name")?,
        email,
        phone: fields.text("phone")?,
        addresses: addresses.into_iter().chain(more_addresses(fields)?).collect(),
        payment_methods: payment_methods(fields)?,
        consents: fields.list("consents", &[';', ','])?,
        created_at: fields.moment("created_at")?,
        updated_at: fields.context.now,
        history: fields.exported("history")?,
    })
}

/// Further addresses: `addresses: [{address, zip}]`.
fn more_addresses(fields: &Fields<'_>) -> Result<Vec<Address>, Fault> {
    let items = fields.objects("addresses")?;
    let get = |item: &Value, name: &str| item.get(name).and_then(plain).unwrap_or_default();
    Ok(items.iter().map(|item| Address { line: get(item, "address"), zip: get(item, "zip") }).collect())
}

fn payment_methods(fields: &Fields<'_>) -> Result<Vec<PaymentMethod>, Fault> {
    let items = fields.objects("payment_methods")?;
    let currency = fields.currency(&[])?;
    items
        .iter()
        .map(|item| {
            let get = |name: &str| item.get(name).and_then(plain).unwrap_or_default();
            let balance = get("balance");
            Ok(PaymentMethod {
                id: get("id"),
                kind: get("kind"),
                last_four: get("last_four"),
                balance: if balance.is_empty() { None } else { Some(fields.amount("payment_methods", &balance, currency)?) },
            })
        })
        .collect()
}
