//! Orders.

use serde_json::Value;

use super::values::plain;
use super::{Fault, Fields};
use crate::domain::money::Currency;
use crate::domain::order::{Address, Fulfilment, Order, OrderItem, OrderStatus, Payment, PaymentKind};
use crate::domain::text::edit;

/// The order of a row.
pub fn order(fields: &Fields<'_>) -> Result<Order, Fault> {
    let currency = fields.currency(&["total"])?;
    let (status, source_status) = status(fields)?;
    Ok(Order {
        number: fields.required("order_number")?,
        customer: fields.required("customer_id")?,
        status,
        source_status,
        items: items(fields, currency)?,
        ship_to: Address { line: fields.text("address")?, zip: fields.text("zip")? },
        fulfilments: fulfilments(fields)?,
        ordered: fields.when("order_date")?,
        delivery: fields.when("delivery_date")?,
        total: fields.money("total", currency)?,
        payment_method: fields.text("payment_method")?,
        payments: payments(fields, currency)?,
        updated_at: fields.context.now,
        history: fields.exported("history")?,
    })
}

/// Words of shop systems for where an order stands, without spaces, and the nearest status of ours.
const STATUSES: &[(&str, OrderStatus)] = &[
    ("processed", OrderStatus::Confirmed),
    ("processing", OrderStatus::Confirmed),
    ("paid", OrderStatus::Confirmed),
    ("preparing", OrderStatus::Confirmed),
    ("onhold", OrderStatus::Confirmed),
    ("picking", OrderStatus::Confirmed),
    ("picked", OrderStatus::Confirmed),
    ("packing", OrderStatus::Confirmed),
    ("packed", OrderStatus::Confirmed),
    ("packaged", OrderStatus::Confirmed),
    ("readytoship", OrderStatus::Confirmed),
    ("readyforshipping", OrderStatus::Confirmed),
    ("readyforpickup", OrderStatus::Confirmed),
    ("readytopickup", OrderStatus::Confirmed),
    ("readyforcollection", OrderStatus::Confirmed),
    ("availableforpickup", OrderStatus::Confirmed),
    ("awaitingpickup", OrderStatus::Confirmed),
    ("backorder", OrderStatus::Confirmed),
    ("backordered", OrderStatus::Confirmed),
    ("onbackorder", OrderStatus::Confirmed),
    ("delay", OrderStatus::Confirmed),
    ("delayed", OrderStatus::Confirmed),
    ("new", OrderStatus::Pending),
    ("open", OrderStatus::Pending),
    ("pendingpayment", OrderStatus::Pending),
    ("unfulfilled", OrderStatus::Pending),
    ("intransit", OrderStatus::Shipped),
    ("sent", OrderStatus::Shipped),
    ("dispatched", OrderStatus::Shipped),
    ("fulfilled", OrderStatus::Shipped),
    ("partiallyshipped", OrderStatus::Shipped),
    ("outfordelivery", OrderStatus::Shipped),
    ("outondelivery", OrderStatus::Shipped),
    ("indelivery", OrderStatus::Shipped),
    ("withcourier", OrderStatus::Shipped),
    ("lost", OrderStatus::Shipped),
    ("lostintransit", OrderStatus::Shipped),
    ("lostinmail", OrderStatus::Shipped),
    ("completed", OrderStatus::Delivered),
    ("complete", OrderStatus::Delivered),
    ("canceled", OrderStatus::Cancelled),
    ("voided", OrderStatus::Cancelled),
    ("failed", OrderStatus::Cancelled),
    ("refunded", OrderStatus::Returned),
    ("returninitiated", OrderStatus::ReturnRequested),
    ("pendingreturn", OrderStatus::ReturnRequested),
    ("exchangeinitiated", OrderStatus::ExchangeRequested),
    ("pendingexchange", OrderStatus::ExchangeRequested),
];

/// The shop's own word is kept where it is not one of ours.
fn status(fields: &Fields<'_>) -> Result<(OrderStatus, Option<String>), Fault> {
    let said = fields.required("status")?;
    let plain = said.to_lowercase().replace([' ', '-'], "_");
    if let Some(status) = OrderStatus::from_name(&plain) {
        let kept = fields.optional("source_status")?;
        return Ok((status, kept));
    }
    let squeezed: String = plain.chars().filter(|c| c.is_alphanumeric()).collect();
    let Some(status) = nearest(&squeezed) else {
        let known: Vec<&str> = OrderStatus::ALL.iter().map(|s| s.name()).collect();
        return Err(Fault::new("status", format!("\"{said}\" is not known"), format!("write one of {}", known.join(", "))));
    };
    // What is late after it has left is on its way.
    let has_left = fields.raw("tracking_number").is_some() || fields.raw("fulfilments").is_some();
    match status {
        OrderStatus::Confirmed if squeezed.starts_with("delay") && has_left => Ok((OrderStatus::Shipped, Some(said))),
        status => Ok((status, Some(said))),
    }
}

/// The status of a word, or of the one word that is a single slip of the keyboard away; short words are
/// too easily another.
fn nearest(squeezed: &str) -> Option<OrderStatus> {
    if let Some((_, status)) = STATUSES.iter().find(|(word, _)| *word == squeezed) {
        return Some(*status);
    }
    let ours = OrderStatus::ALL.iter().map(|status| (status.name().replace('_', ""), *status));
    let theirs = STATUSES.iter().map(|(word, status)| ((*word).to_owned(), *status));
    let mut near =
        ours.chain(theirs).filter(|(word, _)| word == squeezed || (word.len() > 6 && edit::distance(squeezed, word, 1).is_some()));
    let (_, status) = near.next()?;
    near.all(|(_, other)| other == status).then_some(status)
}

/// `sku x qty; sku x qty`, each with ` @ price` where it is known, or a list of objects.
fn items(fields: &Fields<'_>, currency: Currency) -> Result<Vec<OrderItem>, Fault> {
    let Some(value) = fields.raw("items") else {
        return Err(Fault::new("items", "is missing", "write sku x quantity; sku x quantity"));
    };
    if let Value::Array(list) = value {
        return list.iter().map(|item| item_of(item, fields, currency)).collect();
    }
    let text = plain(value).unwrap_or_default();
    text.split(';').map(str::trim).filter(|part| !part.is_empty()).map(|part| item_in_words(part, fields, currency)).collect()
}

fn item_in_words(part: &str, fields: &Fields<'_>, currency: Currency) -> Result<OrderItem, Fault> {
    let (line, price) = match part.rsplit_once(" @ ") {
        Some((line, price)) => (line, Some(fields.amount("items", price.trim(), currency)?)),
        None => (part, None),
    };
    let (sku, quantity) = match line.rsplit_once(" x ").or_else(|| line.rsplit_once('*')) {
        Some((sku, quantity)) => (sku.trim(), quantity.trim()),
        None => (line, "1"),
    };
    let quantity: u32 = quantity
        .parse()
        .ok()
        .filter(|n| *n > 0)
        .ok_or_else(|| Fault::new("items", format!("\"{part}\" has no quantity"), "write sku x quantity; sku x quantity"))?;
    Ok(OrderItem { sku: sku.to_owned(), quantity, unit_price: price })
}

fn item_of(item: &Value, fields: &Fields<'_>, currency: Currency) -> Result<OrderItem, Fault> {
    if let Some(text) = plain(item) {
        return item_in_words(&text, fields, currency);
    }
    let get = |name: &str| item.get(name).and_then(plain).filter(|text| !text.is_empty());
    let sku = get("sku")
        .or_else(|| get("product_id"))
        .ok_or_else(|| Fault::new("items", "an item has no sku", "write {\"sku\": ..., \"quantity\": ...}"))?;
    let quantity = get("quantity").or_else(|| get("qty")).unwrap_or_else(|| "1".to_owned());
    let quantity = quantity
        .parse()
        .ok()
        .filter(|n| *n > 0)
        .ok_or_else(|| Fault::new("items", format!("\"{quantity}\" is no quantity"), "write 1 or more"))?;
    let unit_price = get("unit_price").or_else(|| get("price")).map(|text| fields.amount("items", &text, currency)).transpose()?;
    Ok(OrderItem { sku, quantity, unit_price })
}

/// Parcels of a JSON record, or one for the tracking number of a table.
fn fulfilments(fields: &Fields<'_>) -> Result<Vec<Fulfilment>, Fault> {
    let list = fields.objects("fulfilments")?;
    if !list.is_empty() {
        return list.iter().map(|item| fulfilment(item, fields)).collect();
    }
    let numbers = fields.list("tracking_number", &[';', ',', '|'])?;
    Ok(numbers
        .into_iter()
        .map(|tracking| Fulfilment {
            carrier: String::new(),
            tracking,
            skus: Vec::new(),
            status: String::new(),
            shipped: None,
            delivered: None,
            note: String::new(),
        })
        .collect())
}

fn fulfilment(item: &Value, fields: &Fields<'_>) -> Result<Fulfilment, Fault> {
    let get = |name: &str| item.get(name).and_then(plain).unwrap_or_default();
    let date = |name: &str| {
        let text = get(name);
        if text.is_empty() { Ok(None) } else { fields.date(name, &text).map(Some) }
    };
    let skus = match item.get("skus") {
        Some(Value::Array(skus)) => skus.iter().filter_map(plain).collect(),
        _ => Vec::new(),
    };
    Ok(Fulfilment {
        carrier: get("carrier"),
        tracking: get("tracking_number"),
        skus,
        status: get("status"),
        shipped: date("shipped_at")?,
        delivered: date("delivered_at")?,
        note: get("note"),
    })
}

fn payments(fields: &Fields<'_>, currency: Currency) -> Result<Vec<Payment>, Fault> {
    let list = fields.objects("payments")?;
    list.iter()
        .map(|item| {
            let get = |name: &str| item.get(name).and_then(plain).unwrap_or_default();
            let kind = PaymentKind::from_name(&get("kind"))
                .ok_or_else(|| Fault::new("payments", format!("\"{}\" is no kind of payment", get("kind")), "write payment or refund"))?;
            Ok(Payment { kind, amount: fields.amount("payments", &get("amount"), currency)?, method: get("method") })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::domain::time::Moment;
    use crate::exchange::Context;

    #[test]
    fn the_words_of_shop_systems_are_the_nearest_status() {
        let context = Context::american(Moment(0));
        for (said, tracking, expected) in [
            ("Shipped", "", Some((OrderStatus::Shipped, false))),
            ("paid", "", Some((OrderStatus::Confirmed, true))),
            ("Packed", "", Some((OrderStatus::Confirmed, true))),
            ("Out for delivery", "", Some((OrderStatus::Shipped, true))),
            ("out-for-delivery", "", Some((OrderStatus::Shipped, true))),
            ("ready_for_pickup", "", Some((OrderStatus::Confirmed, true))),
            ("Ready for pick-up", "", Some((OrderStatus::Confirmed, true))),
            ("Back-ordered", "", Some((OrderStatus::Confirmed, true))),
            ("Backorderd", "", Some((OrderStatus::Confirmed, true))),
            ("delayed", "", Some((OrderStatus::Confirmed, true))),
            ("delayed", "1Z9", Some((OrderStatus::Shipped, true))),
            ("Lost", "", Some((OrderStatus::Shipped, true))),
            ("lost in transit", "", Some((OrderStatus::Shipped, true))),
            ("Deliverd", "", Some((OrderStatus::Delivered, true))),
            ("returnrequested", "", Some((OrderStatus::ReturnRequested, true))),
            ("fulfilled", "", Some((OrderStatus::Shipped, true))),
            ("unfulfilled", "", Some((OrderStatus::Pending, true))),
            ("unpaid", "", None),
            ("teleported", "", None),
        ] {
            let row = [("status", said), ("tracking_number", tracking)];
            let row: BTreeMap<String, Value> = row.iter().map(|(name, value)| ((*name).to_owned(), Value::from(*value))).collect();
            let got = status(&Fields::new(&row, &context)).ok();
            assert_eq!(got, expected.map(|(status, kept)| (status, kept.then(|| said.to_owned()))), "{said}");
        }
    }
}
