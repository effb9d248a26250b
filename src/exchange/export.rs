//! Exporting: records in files that import again without a change.

use std::collections::BTreeMap;
use std::io::Write as _;

use serde_json::{Map, Value, json};

use crate::domain::customer::Customer;
use crate::domain::knowledge::{Domain, Knowledge};
use crate::domain::money::Money;
use crate::domain::order::{Fulfilment, Order};
use crate::domain::product::{Product, SpecValue};
use crate::domain::promotion::{Discount, Promotion};
use crate::domain::record::RecordKind;
use crate::domain::ticket::Ticket;
use crate::store::{Store, StoreError};

/// The form of an exported file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A JSON list.
    Json,
    /// A record a line.
    JsonLines,
    /// A table.
    Csv,
}

/// Form and packing by a file's name; JSON where it says nothing.
pub fn form_of(name: &str) -> (Form, bool) {
    let lower = name.to_lowercase();
    let (plain, packed) = match lower.strip_suffix(".gz") {
        Some(plain) => (plain, true),
        None => (lower.as_str(), false),
    };
    let form = if plain.ends_with(".csv") {
        Form::Csv
    } else if plain.ends_with(".jsonl") || plain.ends_with(".ndjson") {
        Form::JsonLines
    } else {
        Form::Json
    };
    (form, packed)
}

/// All records of a kind, written out.
///
/// # Errors
/// When the store fails.
pub async fn export(store: &Store, kind: RecordKind, form: Form, packed: bool) -> Result<Vec<u8>, StoreError> {
    let rows = rows(store, kind).await?;
    let text = match form {
        Form::Json => json_text(&rows),
        Form::JsonLines => rows.iter().map(|row| format!("{}\n", Value::Object(row.clone()))).collect(),
        Form::Csv => csv_text(kind, &rows),
    };
    Ok(if packed { gzip(text.as_bytes()) } else { text.into_bytes() })
}

/// The knowledge base as the files of its folder: name and text.
///
/// # Errors
/// When the store fails.
pub async fn knowledge_files(store: &Store) -> Result<Vec<(String, String)>, StoreError> {
    let mut by_domain: BTreeMap<&str, Vec<Map<String, Value>>> = Domain::ALL.iter().map(|d| (d.name(), Vec::new())).collect();
    let mut entries: Vec<Knowledge> = Vec::new();
    store.for_each::<Knowledge>(|_, entry| entries.push(entry)).await?;
    for entry in &entries {
        by_domain.entry(entry.domain.name()).or_default().push(knowledge(entry));
    }
    Ok(by_domain.into_iter().map(|(domain, rows)| (format!("{domain}.json"), json_text(&rows))).collect())
}

/// A record as it is exported.
pub fn record_json(record: &crate::domain::record::Record) -> Value {
    use crate::domain::record::Record;
    Value::Object(match record {
        Record::Product(r) => product(r),
        Record::Order(r) => order(r),
        Record::Customer(r) => customer(r),
        Record::Promotion(r) => promotion(r),
        Record::Ticket(r) => ticket(r),
        Record::Knowledge(r) => knowledge(r),
    })
}

fn json_text(rows: &[Map<String, Value>]) -> String {
    let items = rows.iter().map(|row| Value::Object(row.clone())).collect();
    let mut text = serde_json::to_string_pretty(&Value::Array(items)).unwrap_or_default();
    text.push('\n');
    text
}

/// What customers labelled, as JSON Lines.
///
/// # Errors
/// When the store fails.
pub async fn labels(store: &Store, packed: bool) -> Result<Vec<u8>, StoreError> {
    let text = super::labels::labels(store).await?;
    Ok(if packed { gzip(text.as_bytes()) } else { text.into_bytes() })
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    // Writing to memory does not fail.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

async fn rows(store: &Store, kind: RecordKind) -> Result<Vec<Map<String, Value>>, StoreError> {
    let mut rows = Vec::new();
    match kind {
        RecordKind::Product => store.for_each::<Product>(|_, r| rows.push(product(&r))).await?,
        RecordKind::Order => store.for_each::<Order>(|_, r| rows.push(order(&r))).await?,
        RecordKind::Customer => store.for_each::<Customer>(|_, r| rows.push(customer(&r))).await?,
        RecordKind::Promotion => store.for_each::<Promotion>(|_, r| rows.push(promotion(&r))).await?,
        RecordKind::Ticket => store.for_each::<Ticket>(|_, r| rows.push(ticket(&r))).await?,
        RecordKind::Knowledge => store.for_each::<Knowledge>(|_, r| rows.push(knowledge(&r))).await?,
    }
    Ok(rows)
}

fn map(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// An amount as an exact decimal in text: a JSON number may lose a cent on its way.
fn amount(money: Option<Money>) -> Value {
    money.map_or(Value::Null, |money| Value::String(money.decimal()))
}

fn product(product: &Product) -> Map<String, Value> {
    let specs: Map<String, Value> = product
        .specs
        .iter()
        .map(|spec| {
            let value = match &spec.value {
                SpecValue::Text(text) => Value::String(text.clone()),
                SpecValue::Number(number) => json!(number),
                SpecValue::Flag(flag) => Value::Bool(*flag),
            };
            (spec.name.clone(), value)
        })
        .collect();
    let options: Map<String, Value> = product.options.iter().map(|(name, value)| (name.clone(), Value::String(value.clone()))).collect();
    map(json!({
        "sku": product.sku, "name": product.name, "category": product.category, "brand": product.brand,
        "price": amount(product.price), "currency": product.price.map(|p| p.currency.code().to_owned()), "stock": product.stock,
        "description": product.description, "specs": specs, "variant_of": product.variant_of, "options": options, "image_url": product.image_url,
        "uncounted": product.uncounted.then_some(true),
    }))
}

fn order(order: &Order) -> Map<String, Value> {
    let currency = order.total.or_else(|| order.items.iter().find_map(|i| i.unit_price)).map(|m| m.currency.code().to_owned());
    let items: Vec<Value> =
        order.items.iter().map(|i| json!({"sku": i.sku, "quantity": i.quantity, "unit_price": amount(i.unit_price)})).collect();
    let payments: Vec<Value> =
        order.payments.iter().map(|p| json!({"kind": p.kind.name(), "amount": p.amount.decimal(), "method": p.method})).collect();
    let parcel = |f: &Fulfilment| {
        json!({
            "carrier": f.carrier, "tracking_number": f.tracking, "skus": f.skus, "status": f.status, "note": f.note,
            "shipped_at": f.shipped.map(|w| w.to_string()), "delivered_at": f.delivered.map(|w| w.to_string()),
        })
    };
    map(json!({
        "order_number": order.number, "customer_id": order.customer, "status": order.status.name(), "source_status": order.source_status,
        "items": items, "fulfilments": order.fulfilments.iter().map(parcel).collect::<Vec<_>>(),
        "order_date": order.ordered.map(|w| w.to_string()), "delivery_date": order.delivery.map(|w| w.to_string()),
        "total": amount(order.total), "currency": currency, "payment_method": order.payment_method, "payments": payments,
        "address": order.ship_to.line, "zip": order.ship_to.zip, "history": order.history,
    }))
}

fn customer(customer: &Customer) -> Map<String, Value> {
    let first = customer.addresses.first().cloned().unwrap_or_default();
    let more: Vec<Value> = customer.addresses.iter().skip(1).map(|a| json!({"address": a.line, "zip": a.zip})).collect();
    let methods: Vec<Value> = customer
        .payment_methods
        .iter()
        .map(|m| json!({"id": m.id, "kind": m.kind, "last_four": m.last_four, "balance": amount(m.balance)}))
        .collect();
    map(json!({
        "id": customer.id, "name": customer.name, "email": customer.email, "phone": customer.phone, "address": first.line, "zip": first.zip,
        "addresses": more, "payment_methods": methods, "consents": customer.consents, "created_at": customer.created_at.map(|m| m.to_string()),
        "history": customer.history,
    }))
}

fn promotion(promotion: &Promotion) -> Map<String, Value> {
    let (percent, off) = match promotion.discount {
        Discount::Percent(hundredths) => (Value::String(crate::domain::value::percent_digits(hundredths)), None),
        Discount::Amount(amount) => (Value::Null, Some(amount)),
        Discount::Words => (Value::Null, None),
    };
    let currency = off.or(promotion.minimum_total).map(|m| m.currency.code().to_owned());
    map(json!({
        "code": promotion.code, "name": promotion.name, "description": promotion.description, "discount_percent": percent,
        "discount_amount": amount(off), "minimum_total": amount(promotion.minimum_total), "currency": currency,
        "start_date": promotion.start.map(|d| d.to_string()), "end_date": promotion.end.map(|d| d.to_string()),
        "categories": promotion.categories, "active": promotion.active,
    }))
}

fn ticket(ticket: &Ticket) -> Map<String, Value> {
    map(json!({
        "ticket_number": ticket.number, "customer_id": ticket.customer, "sku": ticket.sku, "order_number": ticket.order, "session": ticket.session,
        "issue_type": ticket.issue, "description": ticket.description, "contact": ticket.contact, "status": ticket.status.name(),
        "priority": ticket.priority.name(), "created_at": ticket.created_at.to_string(), "resolved_at": ticket.resolved_at.map(|m| m.to_string()),
    }))
}

fn knowledge(entry: &Knowledge) -> Map<String, Value> {
    map(json!({
        "id": entry.id, "domain": entry.domain.name(), "questions": entry.questions, "answer": entry.answer, "tags": entry.tags,
        "valid_from": entry.valid_from.map(|d| d.to_string()), "valid_until": entry.valid_until.map(|d| d.to_string()), "language": entry.language,
    }))
}

/// Columns of a table, those of the contract first.
fn columns(kind: RecordKind) -> &'static [&'static str] {
    match kind {
        RecordKind::Product => &[
            "sku",
            "name",
            "category",
            "brand",
            "price",
            "currency",
            "stock",
            "description",
            "specs",
            "variant_of",
            "options",
            "image_url",
            "uncounted",
        ],
        RecordKind::Customer => {
            &["id", "name", "email", "phone", "address", "zip", "addresses", "payment_methods", "consents", "created_at", "history"]
        }
        RecordKind::Order => &[
            "order_number",
            "customer_id",
            "status",
            "items",
            "tracking_number",
            "order_date",
            "delivery_date",
            "total",
            "currency",
            "payment_method",
            "address",
            "zip",
            "source_status",
            "fulfilments",
            "payments",
            "history",
        ],
        RecordKind::Promotion => &[
            "code",
            "name",
            "description",
            "discount_percent",
            "discount_amount",
            "minimum_total",
            "currency",
            "start_date",
            "end_date",
            "categories",
            "active",
        ],
        RecordKind::Ticket => &[
            "ticket_number",
            "customer_id",
            "sku",
            "issue_type",
            "description",
            "status",
            "priority",
            "created_at",
            "resolved_at",
            "order_number",
            "session",
            "contact",
        ],
        RecordKind::Knowledge => &["id", "domain", "questions", "answer", "tags", "valid_from", "valid_until", "language"],
    }
}

fn csv_text(kind: RecordKind, rows: &[Map<String, Value>]) -> String {
    let columns = columns(kind);
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing to memory does not fail, and every row has every column.
    let _ = writer.write_record(columns);
    for row in rows {
        let _ = writer.write_record(columns.iter().map(|column| cell(column, row)));
    }
    writer.into_inner().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}

/// One cell: lists and objects packed as the contract packs them.
fn cell(column: &str, row: &Map<String, Value>) -> String {
    if column == "tracking_number" {
        let numbers = row
            .get("fulfilments")
            .and_then(Value::as_array)
            .map(|parcels| parcels.iter().filter_map(|p| p.get("tracking_number").and_then(Value::as_str)).collect::<Vec<_>>().join(";"));
        return numbers.unwrap_or_default();
    }
    match row.get(column) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        // Lists of objects have no packed form in a table: they stay JSON.
        Some(Value::Array(items)) if matches!(column, "addresses" | "payment_methods" | "fulfilments" | "payments" | "history") => {
            if items.is_empty() { String::new() } else { Value::Array(items.clone()).to_string() }
        }
        Some(Value::Array(items)) => {
            let separator = match column {
                "category" => " > ",
                "questions" | "tags" => "|",
                _ => ";",
            };
            items.iter().map(|item| item_text(column, item)).collect::<Vec<_>>().join(separator)
        }
        Some(Value::Object(object)) if object.is_empty() => String::new(),
        Some(other) => other.to_string(),
    }
}

fn item_text(column: &str, item: &Value) -> String {
    match (column, item) {
        ("items", Value::Object(line)) => {
            let text = |name: &str| line.get(name).map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned)).unwrap_or_default();
            let price = match line.get("unit_price") {
                None | Some(Value::Null) => String::new(),
                Some(_) => format!(" @ {}", text("unit_price")),
            };
            format!("{} x {}{price}", text("sku"), text("quantity"))
        }
        (_, Value::String(text)) => text.clone(),
        (_, other) => other.to_string(),
    }
}
