//! The records of the file as they are written there, and as they are here.

use serde::Deserialize;
use serde_json::{Map, Number, Value};

use crate::domain::customer::{Customer, PaymentMethod};
use crate::domain::money::{Currency, Money};
use crate::domain::order::{self, Fulfilment, OrderItem, OrderStatus, PaymentKind};
use crate::domain::product::Product;
use crate::exchange::Context;

/// A variant of a product type.
#[derive(Deserialize)]
pub struct Variant {
    item_id: String,
    options: Map<String, Value>,
    available: bool,
    price: Number,
}

/// A customer.
#[derive(Deserialize)]
pub struct User {
    user_id: String,
    name: Name,
    address: Address,
    email: String,
    payment_methods: Map<String, Value>,
}

#[derive(Deserialize)]
struct Name {
    first_name: String,
    last_name: String,
}

#[derive(Deserialize)]
struct Address {
    address1: String,
    #[serde(default)]
    address2: String,
    city: String,
    state: String,
    country: String,
    zip: String,
}

#[derive(Deserialize)]
struct Method {
    source: String,
    id: String,
    #[serde(default)]
    last_four: String,
    balance: Option<Number>,
}

/// An order.
#[derive(Deserialize)]
pub struct Order {
    order_id: String,
    user_id: String,
    address: Address,
    items: Vec<Item>,
    status: String,
    fulfillments: Vec<Parcels>,
    payment_history: Vec<Payment>,
}

#[derive(Deserialize)]
struct Item {
    item_id: String,
    price: Number,
}

#[derive(Deserialize)]
struct Parcels {
    tracking_id: Vec<String>,
    item_ids: Vec<String>,
}

#[derive(Deserialize)]
struct Payment {
    transaction_type: String,
    amount: Number,
    payment_method_id: String,
}

impl Variant {
    /// As a product of ours, of a product type with a name and a number.
    pub fn product(self, name: &str, number: &str, context: &Context) -> Result<Product, String> {
        let option = |(name, value): (String, Value)| (name, value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        Ok(Product {
            sku: self.item_id,
            name: name.to_owned(),
            category: Vec::new(),
            brand: String::new(),
            price: Some(money(&self.price, context.currency)?),
            stock: (!self.available).then_some(0),
            description: String::new(),
            specs: Vec::new(),
            variant_of: Some(number.to_owned()),
            options: self.options.into_iter().map(option).collect(),
            image_url: None,
            updated_at: context.now,
            uncounted: self.available,
        })
    }
}

impl User {
    /// As a customer of ours.
    pub fn customer(self, context: &Context) -> Result<Customer, String> {
        let methods = self.payment_methods.into_iter().map(|(_, method)| {
            let method: Method = serde_json::from_value(method).map_err(|error| format!("a payment method cannot be read: {error}"))?;
            let balance = method.balance.map(|balance| money(&balance, context.currency)).transpose()?;
            Ok(PaymentMethod { id: method.id, kind: method.source, last_four: method.last_four, balance })
        });
        Ok(Customer {
            id: self.user_id,
            name: format!("{} {}", self.name.first_name, self.name.last_name),
            email: self.email,
            phone: String::new(),
            addresses: vec![self.address.ours()],
            payment_methods: methods.collect::<Result<_, String>>()?,
            consents: Vec::new(),
            created_at: None,
            updated_at: context.now,
            history: Vec::new(),
        })
    }
}

impl Order {
    /// As an order of ours, but for the words for how it was paid.
    pub fn order(self, context: &Context) -> Result<order::Order, String> {
        let (status, source_status) = status(&self.status)?;
        let mut items = Vec::new();
        let mut total = Money::new(0, context.currency);
        for item in self.items {
            let price = money(&item.price, context.currency)?;
            total = total.checked_add(price).ok_or("its prices do not add up")?;
            let line = OrderItem { sku: item.item_id, quantity: 1, unit_price: Some(price) };
            line.add_to(&mut items).ok_or("it has too many items")?;
        }
        let payments = self.payment_history.into_iter().map(|payment| {
            let kind = PaymentKind::from_name(&payment.transaction_type);
            let kind = kind.ok_or_else(|| format!("\"{}\" is neither payment nor refund", payment.transaction_type))?;
            Ok(order::Payment { kind, amount: money(&payment.amount, context.currency)?, method: payment.payment_method_id })
        });
        Ok(order::Order {
            number: self.order_id,
            customer: self.user_id,
            status,
            source_status,
            items,
            ship_to: self.address.ours(),
            fulfilments: self.fulfillments.into_iter().flat_map(Parcels::ours).collect(),
            ordered: None,
            delivery: None,
            total: Some(total),
            payment_method: String::new(),
            payments: payments.collect::<Result<_, String>>()?,
            updated_at: context.now,
            history: Vec::new(),
        })
    }
}

impl Address {
    fn ours(self) -> order::Address {
        let parts = [self.address1, self.address2, self.city, self.state, self.country];
        let line = parts.iter().map(|part| part.trim()).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
        order::Address { line, zip: self.zip }
    }
}

impl Parcels {
    fn ours(self) -> impl Iterator<Item = Fulfilment> {
        let skus = self.item_ids;
        self.tracking_id.into_iter().map(move |tracking| Fulfilment {
            carrier: String::new(),
            tracking,
            skus: skus.clone(),
            status: String::new(),
            shipped: None,
            delivered: None,
            note: String::new(),
        })
    }
}

/// The word of the file, kept where ours is another.
fn status(word: &str) -> Result<(OrderStatus, Option<String>), String> {
    Ok(match word {
        "processed" => (OrderStatus::Confirmed, Some(word.to_owned())),
        "return requested" => (OrderStatus::ReturnRequested, None),
        "exchange requested" => (OrderStatus::ExchangeRequested, None),
        other => {
            let status = OrderStatus::from_name(other);
            (status.ok_or_else(|| format!("\"{other}\" is no status; it is pending, processed, delivered or cancelled"))?, None)
        }
    })
}

fn money(number: &Number, currency: Currency) -> Result<Money, String> {
    Money::parse_decimal(&number.to_string(), currency).map_err(|error| format!("{number} is not an amount: {error}"))
}
