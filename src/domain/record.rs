//! Records by kind, and the fields a claim can rest on.

use std::sync::Arc;

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::customer::Customer;
use super::knowledge::Knowledge;
use super::named::named_enum;
use super::order::{Fulfilment, Order, PaymentKind};
use super::product::{Availability, Product, SpecValue};
use super::promotion::{Discount, Promotion, category_leaf};
use super::text::sentence;
use super::ticket::Ticket;
use super::time::When;
use super::value::Value;

named_enum! {
    /// The kinds of record a reply can rest on.
    RecordKind {
        /// A product.
        Product = "product",
        /// An order.
        Order = "order",
        /// A customer.
        Customer = "customer",
        /// A promotion.
        Promotion = "promotion",
        /// A ticket.
        Ticket = "ticket",
        /// A knowledge entry.
        Knowledge = "knowledge",
    }
}

/// Version of a record: 1 when first stored, one more at every change.
pub type Version = u32;

/// A record as it was at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RecordRef {
    /// What it is.
    pub kind: RecordKind,
    /// Its identifier within its kind.
    pub id: String,
    /// Which of its versions.
    pub version: Version,
}

/// A record of any kind.
#[derive(Debug, Clone, PartialEq)]
pub enum Record {
    /// A product.
    Product(Arc<Product>),
    /// An order.
    Order(Arc<Order>),
    /// A customer.
    Customer(Arc<Customer>),
    /// A promotion.
    Promotion(Arc<Promotion>),
    /// A ticket.
    Ticket(Arc<Ticket>),
    /// A knowledge entry.
    Knowledge(Arc<Knowledge>),
}

/// A field of a record.
///
/// Numbered fields name one element of a list: the third property, the first parcel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Field {
    /// Name or title.
    Name,
    /// Number or code as printed.
    Number,
    /// Price of one.
    Price,
    /// Pieces at hand.
    Stock,
    /// Maker.
    Brand,
    /// Narrowest category, or the categories a promotion is bound to.
    Category,
    /// Free text.
    Description,
    /// Name of a property.
    SpecName(u16),
    /// Value of a property.
    Spec(u16),
    /// Value of a variant option.
    Option(u16),
    /// Where it stands.
    Status,
    /// When it was placed or opened.
    Created,
    /// Promised day, then day of delivery.
    Delivery,
    /// What was charged.
    Total,
    /// Quantity of a line.
    Quantity(u16),
    /// Unit price of a line.
    UnitPrice(u16),
    /// Postal code it ships to.
    ShipZip,
    /// Address it ships to.
    ShipAddress,
    /// How it was paid.
    PaymentMethod,
    /// Carrier of a parcel.
    Carrier(u16),
    /// Tracking number of a parcel.
    Tracking(u16),
    /// State of a parcel.
    ParcelStatus(u16),
    /// Day a parcel left.
    ParcelShipped(u16),
    /// Day a parcel arrived.
    ParcelDelivered(u16),
    /// Remark on a parcel.
    ParcelNote(u16),
    /// What a promotion takes off.
    Discount,
    /// Least total of a promotion.
    MinimumTotal,
    /// First day.
    Start,
    /// Last day.
    End,
    /// The whole answer.
    Answer,
    /// A sentence of the answer.
    Sentence(u16),
    /// A step of the answer.
    Step(u16),
    /// What a ticket is about.
    Issue,
    /// How soon a ticket is looked at.
    Priority,
    /// When a ticket was settled.
    Resolved,
    /// E-mail address.
    Email,
    /// Amount of a payment that went back to the customer.
    Refund(u16),
    /// By which method a payment was made or given back.
    PaymentVia(u16),
}

impl Record {
    /// Its kind.
    pub fn kind(&self) -> RecordKind {
        match self {
            Self::Product(_) => RecordKind::Product,
            Self::Order(_) => RecordKind::Order,
            Self::Customer(_) => RecordKind::Customer,
            Self::Promotion(_) => RecordKind::Promotion,
            Self::Ticket(_) => RecordKind::Ticket,
            Self::Knowledge(_) => RecordKind::Knowledge,
        }
    }

    /// Its identifier within its kind.
    pub fn id(&self) -> &str {
        match self {
            Self::Product(product) => &product.sku,
            Self::Order(order) => &order.number,
            Self::Customer(customer) => &customer.id,
            Self::Promotion(promotion) => &promotion.code,
            Self::Ticket(ticket) => &ticket.number,
            Self::Knowledge(entry) => &entry.id,
        }
    }

    /// What `field` says, where the record has it; instants become days in `zone`.
    pub fn field(&self, field: Field, zone: &TimeZone) -> Option<Value> {
        match self {
            Self::Product(product) => product_field(product, field),
            Self::Order(order) => order_field(order, field, zone),
            Self::Customer(customer) => match field {
                Field::Name => text(&customer.name),
                Field::Number => text(&customer.id),
                Field::Email => text(&customer.email),
                _ => None,
            },
            Self::Promotion(promotion) => promotion_field(promotion, field),
            Self::Ticket(ticket) => ticket_field(ticket, field, zone),
            Self::Knowledge(entry) => knowledge_field(entry, field),
        }
    }

    /// The name of `field` on the wire: `price`, `specs.Memory`, `parcels.0.tracking`.
    pub fn field_name(&self, field: Field) -> String {
        let spec = |i: u16| match self {
            Self::Product(product) => product.specs.get(usize::from(i)).map(|s| s.name.clone()),
            _ => None,
        };
        match field {
            Field::SpecName(i) => format!("specs.{i}.name"),
            Field::Spec(i) => format!("specs.{}", spec(i).unwrap_or_else(|| i.to_string())),
            Field::Option(i) => format!("options.{i}"),
            Field::Quantity(i) => format!("items.{i}.quantity"),
            Field::UnitPrice(i) => format!("items.{i}.unit_price"),
            Field::Carrier(i) => format!("parcels.{i}.carrier"),
            Field::Tracking(i) => format!("parcels.{i}.tracking_number"),
            Field::ParcelStatus(i) => format!("parcels.{i}.status"),
            Field::ParcelShipped(i) => format!("parcels.{i}.shipped_at"),
            Field::ParcelDelivered(i) => format!("parcels.{i}.delivered_at"),
            Field::ParcelNote(i) => format!("parcels.{i}.note"),
            Field::Refund(i) => format!("payments.{i}.amount"),
            Field::PaymentVia(i) => format!("payments.{i}.method"),
            Field::Sentence(i) if matches!(self.kind(), RecordKind::Ticket | RecordKind::Product) => format!("description.sentence.{i}"),
            Field::Sentence(i) => format!("answer.sentence.{i}"),
            Field::Step(i) => format!("answer.step.{i}"),
            plain => plain_name(plain).to_owned(),
        }
    }
}

fn plain_name(field: Field) -> &'static str {
    match field {
        Field::Name => "name",
        Field::Number => "number",
        Field::Price => "price",
        Field::Stock => "stock",
        Field::Brand => "brand",
        Field::Category => "category",
        Field::Description => "description",
        Field::Status => "status",
        Field::Created => "created_at",
        Field::Delivery => "delivery_date",
        Field::Total => "total",
        Field::ShipZip => "zip",
        Field::ShipAddress => "address",
        Field::PaymentMethod => "payment_method",
        Field::Discount => "discount",
        Field::MinimumTotal => "minimum_total",
        Field::Start => "start_date",
        Field::End => "end_date",
        Field::Answer => "answer",
        Field::Issue => "issue_type",
        Field::Priority => "priority",
        Field::Resolved => "resolved_at",
        Field::Email => "email",
        _ => "field",
    }
}

fn text(words: &str) -> Option<Value> {
    (!words.is_empty()).then(|| Value::Text(words.to_owned()))
}

fn day(when: Option<When>, zone: &TimeZone) -> Option<Value> {
    when.map(|when| Value::Day(when.day(zone)))
}

fn product_field(product: &Product, field: Field) -> Option<Value> {
    match field {
        Field::Name => text(&product.name),
        Field::Number => text(&product.sku),
        Field::Price => product.price.map(Value::Money),
        Field::Stock => match product.availability() {
            Availability::Unknown => None,
            _ => product.stock.map(|n| Value::Count(i64::from(n))),
        },
        Field::Brand => text(&product.brand),
        Field::Category => product.leaf_category().and_then(text),
        Field::Description => text(&product.description),
        Field::Sentence(i) => sentence::split(&product.description).nth(usize::from(i)).and_then(text),
        Field::SpecName(i) => product.specs.get(usize::from(i)).and_then(|s| text(&s.name)),
        Field::Spec(i) => product.specs.get(usize::from(i)).map(|s| match &s.value {
            SpecValue::Flag(flag) => Value::Flag(*flag),
            other => Value::Text(other.text()),
        }),
        Field::Option(i) => product.options.get(usize::from(i)).and_then(|(_, value)| text(value)),
        _ => None,
    }
}

fn order_field(order: &Order, field: Field, zone: &TimeZone) -> Option<Value> {
    let parcel = |i: u16| order.fulfilments.get(usize::from(i));
    let item = |i: u16| order.items.get(usize::from(i));
    let parcel_text = |i: u16, get: fn(&Fulfilment) -> &str| parcel(i).and_then(|p| text(get(p)));
    match field {
        Field::Number | Field::Name => text(&order.number),
        Field::Status => text(&order.source_status.clone().unwrap_or_else(|| order.status.name().replace('_', " "))),
        Field::Created => day(order.ordered, zone),
        Field::Delivery => day(order.delivery, zone),
        Field::Total => order.total.map(Value::Money),
        Field::Quantity(i) => item(i).map(|item| Value::Count(i64::from(item.quantity))),
        Field::UnitPrice(i) => item(i).and_then(|item| item.unit_price).map(Value::Money),
        Field::ShipZip => text(&order.ship_to.zip),
        Field::ShipAddress => text(&order.ship_to.line),
        Field::PaymentMethod => text(&order.payment_method),
        Field::Carrier(i) => parcel_text(i, |p| &p.carrier),
        Field::Tracking(i) => parcel_text(i, |p| &p.tracking),
        Field::ParcelStatus(i) => parcel_text(i, |p| &p.status),
        Field::ParcelNote(i) => parcel_text(i, |p| &p.note),
        Field::ParcelShipped(i) => day(parcel(i)?.shipped, zone),
        Field::ParcelDelivered(i) => day(parcel(i)?.delivered, zone),
        Field::Refund(i) => {
            let payment = order.payments.get(usize::from(i)).filter(|payment| payment.kind == PaymentKind::Refund)?;
            Some(Value::Money(payment.amount))
        }
        Field::PaymentVia(i) => order.payments.get(usize::from(i)).and_then(|payment| text(&payment.method.replace('_', " "))),
        _ => None,
    }
}

fn promotion_field(promotion: &Promotion, field: Field) -> Option<Value> {
    match field {
        Field::Name => text(&promotion.name),
        Field::Number => text(&promotion.code),
        Field::Description => text(&promotion.description),
        Field::Discount => match promotion.discount {
            Discount::Percent(hundredths) => Some(Value::Percent(hundredths)),
            Discount::Amount(amount) => Some(Value::Money(amount)),
            Discount::Words => None,
        },
        Field::MinimumTotal => promotion.minimum_total.map(Value::Money),
        Field::Start => promotion.start.map(Value::Day),
        Field::End => promotion.end.map(Value::Day),
        Field::Category => {
            let leaves: Vec<&str> = promotion.categories.iter().map(|path| category_leaf(path)).collect();
            text(&super::text::list::and(&leaves))
        }
        _ => None,
    }
}

fn ticket_field(ticket: &Ticket, field: Field, zone: &TimeZone) -> Option<Value> {
    match field {
        Field::Number | Field::Name => text(&ticket.number),
        Field::Status => text(&ticket.status.name().replace('_', " ")),
        Field::Issue => text(&ticket.issue.replace('_', " ")),
        Field::Priority => text(ticket.priority.name()),
        Field::Description => text(&ticket.description),
        Field::Sentence(i) => sentence::split(&ticket.description).nth(usize::from(i)).and_then(text),
        Field::Created => Some(Value::Day(ticket.created_at.day_in(zone))),
        Field::Resolved => ticket.resolved_at.map(|at| Value::Day(at.day_in(zone))),
        _ => None,
    }
}

fn knowledge_field(entry: &Knowledge, field: Field) -> Option<Value> {
    match field {
        Field::Answer => text(&entry.answer),
        Field::Sentence(i) => entry.sentences().get(usize::from(i)).and_then(|s| text(s)),
        Field::Step(i) => entry.steps().get(usize::from(i)).and_then(|s| text(s)),
        Field::Number | Field::Name => text(&entry.id),
        Field::Start => entry.valid_from.map(Value::Day),
        Field::End => entry.valid_until.map(Value::Day),
        _ => None,
    }
}
