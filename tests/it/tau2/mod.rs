//! The retail shop of tau2-bench: its file is imported, and the engine leaves it as the reference actions do.

mod reference;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use electromart::actions::{Now, Records, Refusal, Versioned, preview};
use electromart::domain::action::{OrderChange, Request, SwapWish, Wish};
use electromart::domain::customer::Customer;
use electromart::domain::money::Currency;
use electromart::domain::order::{Address, Order, OrderStatus};
use electromart::domain::policy::ActionPolicy;
use electromart::domain::product::Product;
use electromart::domain::record::Record;
use electromart::domain::state::{Identity, IdentityLevel, Pieces};
use electromart::domain::time::Moment;
use electromart::exchange::{Context, Options, tau2};
use electromart::store::Store;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::shop::{note, public_data, run, run_json};

/// The folder of the data, where it is.
fn folder() -> Option<PathBuf> {
    let folder = public_data()?.join("tau2_retail");
    if !folder.is_dir() {
        note(&format!("left out: {} is not there", folder.display()));
        return None;
    }
    Some(folder)
}

fn read(path: PathBuf) -> Value {
    serde_json::from_slice(&std::fs::read(path).expect("a file")).expect("JSON")
}

#[test]
fn the_command_imports_the_shop_once() {
    let Some(data) = folder() else { return };
    let home = tempfile::tempdir().expect("a folder");
    let file = data.join("db.json").display().to_string();
    let counts = |report: &Value| ["rows", "new", "changed", "unchanged"].map(|name| report[name].as_u64().unwrap_or(u64::MAX));
    let dry = run_json(home.path(), &["import", "tau2", &file, "--dry-run"]);
    let all = counts(&dry)[0];
    assert!(all > 2_000 && dry["rejected"] == json!([]), "{dry}");
    assert_eq!(counts(&dry), [all, all, 0, 0]);
    assert!(!home.path().join("electromart-data").exists(), "only asking makes no shop");
    assert_eq!(counts(&run_json(home.path(), &["import", "tau2", &file])), [all, all, 0, 0]);
    assert_eq!(counts(&run_json(home.path(), &["import", "tau2", &file])), [all, 0, 0, all]);
    // What is exported is all of it.
    for kind in ["products", "customers", "orders"] {
        let output = run(home.path(), &["export", kind, "x.jsonl"]);
        assert!(output.status.success(), "{kind}: {}", String::from_utf8_lossy(&output.stderr));
        let report = run_json(home.path(), &["import", kind, "x.jsonl"]);
        assert_eq!((report["changed"].clone(), report["rejected"].clone()), (json!(0), json!([])), "{kind}: {report}");
    }
}

/// The shop's records, with what a task changed above those of the file.
#[derive(Clone)]
struct Shop {
    customers: Arc<BTreeMap<String, Arc<Customer>>>,
    orders: Arc<BTreeMap<String, Arc<Order>>>,
    products: Arc<BTreeMap<String, Arc<Product>>>,
    changed_customers: BTreeMap<String, Arc<Customer>>,
    changed_orders: BTreeMap<String, Arc<Order>>,
}

impl Shop {
    async fn import(file: &[u8]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path()).expect("a store");
        let context = Context {
            currency: Currency::USD,
            zone: TimeZone::UTC,
            decimal_comma: false,
            month_first: true,
            now: Moment(0),
            relative_to: None,
        };
        let report = tau2::import(&store, file, &context, Options::default()).await.expect("imported");
        assert_eq!(report.rejected, []);
        let (mut customers, mut orders, mut products) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        store.for_each::<Customer>(|_, r| drop(customers.insert(r.id.clone(), Arc::new(r)))).await.expect("read");
        store.for_each::<Order>(|_, r| drop(orders.insert(r.number.clone(), Arc::new(r)))).await.expect("read");
        store.for_each::<Product>(|_, r| drop(products.insert(r.sku.clone(), Arc::new(r)))).await.expect("read");
        Self {
            customers: Arc::new(customers),
            orders: Arc::new(orders),
            products: Arc::new(products),
            changed_customers: BTreeMap::new(),
            changed_orders: BTreeMap::new(),
        }
    }

    fn customer(&self, id: &str) -> Option<&Arc<Customer>> {
        self.changed_customers.get(id).or_else(|| self.customers.get(id))
    }

    fn order(&self, number: &str) -> Option<&Arc<Order>> {
        self.changed_orders.get(number).or_else(|| self.orders.get(number))
    }

    fn act(&mut self, policy: &ActionPolicy, request: &Request, user: &str) -> Result<(), Refusal> {
        fn versioned<T>(record: &Arc<T>) -> Versioned<T> {
            Versioned { version: 1, record: Arc::clone(record) }
        }
        let order = request.wish.order().and_then(|number| self.order(number)).map(versioned);
        let skus = request.products(order.as_ref().map(|order| &*order.record));
        let products = skus.into_iter().filter_map(|sku| self.products.get(&sku).map(|product| (sku, versioned(product)))).collect();
        let records = Records { customer: self.customer(user).map(versioned), order, products };
        let who = Identity { level: IdentityLevel::Identified, customer: Some(user.to_owned()), failures: 0 };
        let now = Now { at: Moment(1_795_000_000_000), zone: &TimeZone::UTC };
        for touched in preview(request, &records, policy, &who, &now)?.records {
            match touched.record {
                Record::Customer(customer) => drop(self.changed_customers.insert(customer.id.clone(), customer)),
                Record::Order(order) => drop(self.changed_orders.insert(order.number.clone(), order)),
                _ => assert_eq!(touched.note, None, "products stay as they are in this shop"),
            }
        }
        Ok(())
    }

    /// An order and its customer's gift cards, as [`reference::state`] says them.
    fn state(&self, number: &str) -> Value {
        let order = self.order(number).expect("an order");
        let customer = self.customer(&order.customer).expect("a customer");
        let each = |sku: &str, quantity: u32| std::iter::repeat_n(sku.to_owned(), quantity as usize).collect::<Vec<_>>();
        let sorted = |mut list: Vec<String>| {
            list.sort_unstable();
            list
        };
        let priced = order.items.iter().flat_map(|item| {
            let minor = item.unit_price.expect("a price").minor;
            each(&format!("{} {minor}", item.sku), item.quantity)
        });
        let payments = order.payments.iter().map(|p| format!("{} {} {}", p.kind, p.amount.minor, p.method));
        let mut state = json!({
            "status": match (order.status, order.source_status.as_deref()) {
                (_, Some(word)) => word.to_owned(),
                (OrderStatus::ReturnRequested, None) => "return requested".to_owned(),
                (OrderStatus::ExchangeRequested, None) => "exchange requested".to_owned(),
                (status, None) => status.to_string(),
            },
            "items": sorted(priced.collect()),
            "payments": sorted(payments.collect()),
            "address": format!("{} {}", order.ship_to.line, order.ship_to.zip),
            "balances": customer.payment_methods.iter().filter_map(|m| Some((m.id.clone(), m.balance?.minor))).collect::<BTreeMap<_, _>>(),
        });
        for event in &order.history {
            match &event.change {
                OrderChange::Cancelled { reason } => state["reason"] = json!(reason),
                OrderChange::ReturnRequested { items, method, .. } => {
                    state["returned"] = json!(sorted(items.iter().flat_map(|i| each(&i.sku, i.quantity)).collect()));
                    state["return_method"] = json!(method);
                }
                OrderChange::ExchangeRequested { swaps, method, difference } => {
                    state["exchanged"] = json!(sorted(swaps.iter().flat_map(|s| each(&s.sku, s.quantity)).collect()));
                    state["exchanged_for"] = json!(sorted(swaps.iter().flat_map(|s| each(&s.new_sku, s.quantity)).collect()));
                    state["exchange_method"] = json!(method);
                    state["difference"] = json!(difference.minor);
                }
                _ => {}
            }
        }
        state
    }
}

/// A reference action as a wish.
fn wish(name: &str, arguments: &Value) -> Wish {
    let text = |field: &str| arguments[field].as_str().expect("text").to_owned();
    let list = |field: &str| arguments[field].as_array().expect("a list").iter().map(|v| v.as_str().expect("text").to_owned());
    let method = || Some(text("payment_method_id"));
    let swaps = || list("item_ids").zip(list("new_item_ids")).map(|(sku, new_sku)| SwapWish { sku, new_sku, quantity: 1 }).collect();
    let address = || Address { line: reference::address_line(arguments), zip: text("zip") };
    match name {
        "cancel_pending_order" => Wish::CancelOrder { order: text("order_id"), reason: text("reason") },
        "modify_pending_order_items" => Wish::ChangeItems { order: text("order_id"), swaps: swaps(), method: method() },
        "modify_pending_order_payment" => Wish::ChangePayment { order: text("order_id"), method: text("payment_method_id") },
        "modify_pending_order_address" => Wish::ChangeShipping { order: text("order_id"), address: address() },
        "return_delivered_order_items" => {
            let items = list("item_ids").map(|sku| Pieces { sku, count: 1 }).collect();
            Wish::ReturnItems { order: text("order_id"), items, reason: None, method: method() }
        }
        "exchange_delivered_order_items" => Wish::ExchangeItems { order: text("order_id"), swaps: swaps(), method: method() },
        "modify_user_address" => Wish::ChangeAddress { address: address() },
        other => panic!("{other} is no action of the engine"),
    }
}

/// Tasks that are left out of measurements, with the reason.
fn excluded() -> BTreeSet<String> {
    let text = include_str!("../../data/tau2_excluded.jsonl");
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    lines
        .map(|line| {
            assert!(line["reason"].as_str().is_some_and(|reason| reason.len() > 20), "{line}");
            line["id"].as_str().expect("an id").to_owned()
        })
        .collect()
}

/// For every training task the engine and the reference tools agree: on what is done, to the cent, and on what is not.
#[tokio::test]
async fn the_engine_leaves_what_the_reference_actions_leave() {
    let Some(data) = folder() else { return };
    let file = std::fs::read(data.join("db.json")).expect("a file");
    let shop = Shop::import(&file).await;
    let db: Value = serde_json::from_slice(&file).expect("JSON");
    let tasks = read(data.join("tasks_train.json"));
    let policy = ActionPolicy::parse(ActionPolicy::tau2_retail_text()).expect("a policy");
    let (mut actions, mut refused, mut wrong) = (0, BTreeMap::new(), Vec::new());
    let tasks = tasks.as_array().expect("tasks");
    for task in tasks {
        let id = task["id"].as_str().expect("an id");
        let user = task["user_id"].as_str().expect("a user");
        let (mut shop, mut reference) = (shop.clone(), reference::Shop::of(&db));
        for (i, action) in task["actions"].as_array().expect("actions").iter().enumerate() {
            let (name, arguments) = (action["name"].as_str().expect("a name"), &action["arguments"]);
            let request = Request { id: format!("{id}-{i}"), wish: wish(name, arguments) };
            actions += 1;
            let ours = shop.act(&policy, &request, user);
            let theirs = reference.act(name, arguments);
            match (&ours, &theirs) {
                (Ok(()), Ok(())) => {}
                (Err(ours), Err(theirs)) => drop(refused.insert(id.to_owned(), format!("{ours}; the reference tool: {theirs}"))),
                _ => wrong.push(format!("{id} {name}: {ours:?}, the reference tool: {theirs:?}")),
            }
        }
        for number in reference.touched() {
            let (ours, theirs) = (shop.state(&number), reference.state(&number));
            if ours != theirs {
                wrong.push(format!("{id} {number}: {ours} instead of {theirs}"));
            }
        }
    }
    note(&format!("tau2 retail: {actions} reference actions of {} tasks, {} tasks with one that both refuse", tasks.len(), refused.len()));
    refused.iter().for_each(|(id, reason)| note(&format!("tau2 retail: {id}: {reason}")));
    assert!(wrong.is_empty(), "{} wrong: {wrong:#?}", wrong.len());
    assert_eq!(refused.keys().cloned().collect::<BTreeSet<_>>(), excluded(), "tests/data/tau2_excluded.jsonl lists them");
}
