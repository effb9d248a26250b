//! The engine on a small shop, case by case and at random.

mod properties;
mod refused;
mod table;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::tz::TimeZone;

use super::{Now, Preview, Records, Refusal, Versioned, preview};
use crate::domain::action::{Line, Request, SwapWish, Wish};
use crate::domain::customer::{Customer, PaymentMethod};
use crate::domain::money::{Currency, Money};
use crate::domain::order::tests::sample as order;
use crate::domain::order::{Address, Order, OrderItem, OrderStatus, Payment, PaymentKind};
use crate::domain::policy::{ActionPolicy, Arrival};
use crate::domain::product::Product;
use crate::domain::product::tests::sample as product;
use crate::domain::record::Record;
use crate::domain::state::{Identity, IdentityLevel, Pieces};
use crate::domain::time::{Day, Moment};

fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::USD)
}

fn address(line: &str) -> Address {
    Address { line: line.to_owned(), zip: "04101".to_owned() }
}

/// The demo shop's rules, and those of the other shop.
fn demo() -> ActionPolicy {
    ActionPolicy::built_in().unwrap()
}

fn tau2() -> ActionPolicy {
    ActionPolicy::parse(ActionPolicy::tau2_retail_text()).unwrap()
}

/// A shop of one customer and one order.
#[derive(Debug, Clone)]
struct Shop {
    customer: Customer,
    order: Order,
    /// Orders that were placed since.
    placed: BTreeMap<String, Order>,
    products: BTreeMap<String, Product>,
    /// Versions by kind and identifier; a record that was never changed has the first.
    versions: BTreeMap<String, u32>,
}

impl Shop {
    /// Ada has a card, a gift card with $50.00 and PayPal. Two lamps of $10.00 and a bulb of $5.00 were paid by card.
    fn new() -> Self {
        let method = |id: &str, kind: &str, balance: Option<i64>| PaymentMethod {
            id: id.into(),
            kind: kind.into(),
            last_four: String::new(),
            balance: balance.map(usd),
        };
        let customer = Customer {
            id: "C1".into(),
            name: "Ada King".into(),
            email: "ada@example.com".into(),
            phone: String::new(),
            addresses: vec![address("1 Main Street"), address("2 Side Street")],
            payment_methods: vec![
                method("card", "credit_card", None),
                method("gift", "gift_card", Some(5_000)),
                method("pp", "paypal", None),
            ],
            consents: vec!["newsletter".into()],
            created_at: None,
            updated_at: Moment(0),
            history: Vec::new(),
        };
        let item = |sku: &str, quantity, minor| OrderItem { sku: sku.into(), quantity, unit_price: Some(usd(minor)) };
        let order = Order {
            items: vec![item("RED", 2, 1_000), item("BULB", 1, 500)],
            total: Some(usd(2_500)),
            payment_method: "Credit card".into(),
            payments: vec![Payment { kind: PaymentKind::Payment, amount: usd(2_500), method: "card".into() }],
            source_status: Some("new".into()),
            ..order("7", OrderStatus::Pending, "2026-11-20")
        };
        let lamp = |sku: &str, minor, stock, uncounted| Product {
            variant_of: Some("LAMP".into()),
            uncounted,
            ..product(sku, "Lamp", minor, stock)
        };
        let products = [
            lamp("RED", 1_100, Some(3), false),
            lamp("BLUE", 1_200, Some(2), false),
            lamp("GREEN", 800, Some(0), false),
            lamp("GOLD", 1_500, None, true),
            lamp("GREY", 900, None, false),
            product("BULB", "Bulb", 500, Some(9)),
        ];
        let products = products.into_iter().map(|product| (product.sku.clone(), product)).collect();
        Self { customer, order, placed: BTreeMap::new(), products, versions: BTreeMap::new() }
    }

    fn delivered() -> Self {
        let mut shop = Self::new();
        shop.order.status = OrderStatus::Delivered;
        shop
    }

    fn version(&self, id: &str) -> u32 {
        self.versions.get(id).copied().unwrap_or(1)
    }

    /// The order of a number; the first one of all where none is named.
    fn named(&self, number: Option<&str>) -> Option<&Order> {
        match number {
            Some(number) if number != self.order.number => self.placed.get(number),
            _ => Some(&self.order),
        }
    }

    fn records(&self, request: &Request) -> Records {
        let order = self.named(request.wish.order());
        let products = request.products(order).into_iter().filter_map(|sku| {
            let product = self.products.get(&sku)?;
            let version = self.version(&sku);
            Some((sku, Versioned { version, record: Arc::new(product.clone()) }))
        });
        Records {
            customer: Some(Versioned { version: self.version("C1"), record: Arc::new(self.customer.clone()) }),
            order: order.map(|order| Versioned { version: self.version(&order.number), record: Arc::new(order.clone()) }),
            products: products.collect(),
        }
    }

    fn ask(&self, policy: &ActionPolicy, id: &str, wish: Wish) -> Result<Preview, Refusal> {
        let request = Request { id: id.to_owned(), wish };
        self.request(policy, &request)
    }

    fn request(&self, policy: &ActionPolicy, request: &Request) -> Result<Preview, Refusal> {
        let at = Day::parse("2026-11-22").unwrap().start_in(&TimeZone::UTC);
        let now = Now { at, zone: &TimeZone::UTC };
        preview(request, &self.records(request), policy, &ada(), &now)
    }

    /// Writes a preview as the store would.
    fn write(&mut self, preview: &Preview) {
        for touched in &preview.records {
            let id = touched.record.id().to_owned();
            match touched.version {
                Some(version) => assert_eq!(version, self.version(&id), "{id} was read at the version it has"),
                None => assert!(self.named(Some(&id)).is_none(), "{id} is new"),
            }
            if touched.note.is_some() {
                self.versions.insert(id.clone(), touched.version.map_or(1, |version| version + 1));
            }
            match &touched.record {
                Record::Order(order) if id != self.order.number => drop(self.placed.insert(id, (**order).clone())),
                Record::Order(order) => self.order = (**order).clone(),
                Record::Customer(customer) => self.customer = (**customer).clone(),
                Record::Product(product) => drop(self.products.insert(id, (**product).clone())),
                other => panic!("{other:?} is touched by no action"),
            }
        }
    }
}

fn ada() -> Identity {
    Identity { level: IdentityLevel::Verified, customer: Some("C1".into()), failures: 0 }
}

fn cancel(reason: &str) -> Wish {
    Wish::CancelOrder { order: "7".into(), reason: reason.into() }
}

fn swaps(list: &[(&str, &str, u32)]) -> Vec<SwapWish> {
    list.iter().map(|(sku, new, quantity)| SwapWish { sku: (*sku).into(), new_sku: (*new).into(), quantity: *quantity }).collect()
}

fn change(list: &[(&str, &str, u32)], method: &str) -> Wish {
    Wish::ChangeItems { order: "7".into(), swaps: swaps(list), method: (!method.is_empty()).then(|| method.to_owned()) }
}

fn exchange(list: &[(&str, &str, u32)], method: &str) -> Wish {
    Wish::ExchangeItems { order: "7".into(), swaps: swaps(list), method: (!method.is_empty()).then(|| method.to_owned()) }
}

fn send_back(list: &[(&str, u32)], reason: &str, method: &str) -> Wish {
    Wish::ReturnItems {
        order: "7".into(),
        items: list.iter().map(|(sku, count)| Pieces { sku: (*sku).into(), count: *count }).collect(),
        reason: (!reason.is_empty()).then(|| reason.to_owned()),
        method: (!method.is_empty()).then(|| method.to_owned()),
    }
}

fn pay_with(method: &str) -> Wish {
    Wish::ChangePayment { order: "7".into(), method: method.into() }
}

fn pick_up(list: &[(&str, u32)]) -> Wish {
    let items = list.iter().map(|(sku, count)| Pieces { sku: (*sku).into(), count: *count }).collect();
    Wish::OrderPickUp { order: "8".into(), items }
}

fn ship_to(line: &str) -> Wish {
    Wish::ChangeShipping { order: "7".into(), address: address(line) }
}

/// What is shown of a preview, in a line.
fn told(preview: &Preview) -> String {
    let arrives = |arrival: Arrival| match arrival {
        Arrival::AtOnce => "at once".to_owned(),
        Arrival::BusinessDays { from, to } => format!("in {from}-{to} days"),
    };
    let shown = &preview.shown;
    let lines = shown.lines.iter().map(Line::note);
    let money = shown.money.iter().map(|movement| format!("{} {}", movement.note(), arrives(movement.arrives)));
    let later = shown.later.iter().map(|movement| format!("later {} {}", movement.note(), arrives(movement.arrives)));
    lines.chain(money).chain(later).collect::<Vec<_>>().join("; ")
}
