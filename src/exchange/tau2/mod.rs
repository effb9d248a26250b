//! The retail shop of tau2-bench, from its `db.json`: products, customers and orders in one file, with its policy.
//!
//! Every variant of a product type becomes a product that is a variant of the type's number. The file says whether
//! a variant is available, but not how many there are: what is available is in stock without a count, what is not
//! is counted as none.

mod shape;

use std::collections::{BTreeMap, HashSet};

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::convert::Context;
use super::detect;
use super::import::{self, ImportError, Options, Report};
use super::policy;
use super::rows::{ReadError, Rejected};
use crate::domain::customer::{Customer, PaymentMethod};
use crate::domain::policy::ActionPolicy;
use crate::domain::record::RecordKind;
use crate::store::command::{Guard, PutOutcome, RecordWrite};
use crate::store::{ShopRecord, Store};

/// Word for the kind on the command line.
pub const KIND: &str = "tau2";

/// What was read.
#[derive(Default)]
struct Read {
    products: Vec<RecordWrite>,
    customers: Vec<RecordWrite>,
    orders: Vec<RecordWrite>,
    rows: usize,
    rejected: Vec<Rejected>,
}

/// Imports a file's bytes, with the policy of that shop.
///
/// # Errors
/// When the file cannot be read at all or the store fails; bad records are in the report.
pub async fn import(store: &Store, bytes: &[u8], context: &Context, options: Options) -> Result<Report, ImportError> {
    let (mut report, read) = understand(bytes, context)?;
    let held_back = options.dry_run || (options.strict && !report.rejected.is_empty());
    let kinds = [(RecordKind::Product, read.products), (RecordKind::Customer, read.customers), (RecordKind::Order, read.orders)];
    let mut sum = PutOutcome::default();
    for (kind, writes) in kinds {
        let outcome =
            if held_back { import::preview(store, &writes).await? } else { import::apply(store, kind, writes, context, &report).await? };
        sum.new += outcome.new;
        sum.changed += outcome.changed;
        sum.unchanged += outcome.unchanged;
    }
    if !held_back {
        policy::put(store, ActionPolicy::tau2_retail_text().as_bytes(), context, &report.import_id).await?;
    }
    (report.new, report.changed, report.unchanged) = (sum.new, sum.changed, sum.unchanged);
    report.applied = !held_back;
    Ok(report)
}

/// What importing a file into a shop without any record would do.
///
/// # Errors
/// When the file cannot be read at all.
pub fn rehearse(bytes: &[u8], context: &Context) -> Result<Report, ImportError> {
    let (mut report, read) = understand(bytes, context)?;
    report.new = u32::try_from(read.products.len() + read.customers.len() + read.orders.len()).unwrap_or(u32::MAX);
    Ok(report)
}

fn understand(bytes: &[u8], context: &Context) -> Result<(Report, Read), ReadError> {
    let text = detect::text(bytes).map_err(ReadError)?;
    let file: Value = serde_json::from_str(&text.text).map_err(|error| ReadError(format!("the file is not valid JSON: {error}")))?;
    let part = |name: &str| match file.get(name) {
        Some(Value::Object(map)) => Ok(map),
        _ => Err(ReadError(format!("the file is no db.json of tau2-bench retail: it has no object \"{name}\""))),
    };
    let mut read = Read::default();
    let mut skus = HashSet::new();
    products(part("products")?, context, &mut read, &mut skus);
    let customers = customers(part("users")?, context, &mut read);
    orders(part("orders")?, context, &mut read, &customers, &skus);
    let report = Report {
        import_id: import::new_id(),
        rows: read.rows,
        rejected: std::mem::take(&mut read.rejected),
        encoding: text.encoding.to_owned(),
        notes: vec![
            "variants that are available have no count: they are in stock, and nothing is taken off for what is ordered".to_owned(),
            format!("amounts name no currency and are read in {}, the shop's", context.currency),
            "the shop acts by the policy that belongs to these records from now on".to_owned(),
        ],
        ..Report::default()
    };
    Ok((report, read))
}

impl Read {
    /// Counts a record, and reads it or notes why not.
    fn one<T: DeserializeOwned, R>(&mut self, path: &str, value: &Value, make: impl FnOnce(T) -> Result<R, String>) -> Option<R> {
        self.rows += 1;
        let read = serde_path_to_error::deserialize::<_, T>(value)
            .map_err(|error| (format!("{path}.{}", error.path()), error.inner().to_string()));
        let made = read.and_then(|read| make(read).map_err(|reason| (path.to_owned(), reason)));
        made.map_err(|(field, reason)| {
            let hint = "correct the record, or take it out of the file".to_owned();
            self.rejected.push(Rejected { row: self.rows, field, reason, hint });
        })
        .ok()
    }
}

fn products(types: &Map<String, Value>, context: &Context, read: &mut Read, skus: &mut HashSet<String>) {
    for (number, kind) in types {
        let variants = kind.get("variants").and_then(Value::as_object);
        let (Some(name), Some(variants)) = (kind.get("name").and_then(Value::as_str), variants) else {
            let _: Option<()> = read.one(&format!("products.{number}"), kind, |_: Value| Err("it has no name or no variants".to_owned()));
            continue;
        };
        for (id, variant) in variants {
            let path = format!("products.{number}.variants.{id}");
            let product = read.one(&path, variant, |variant: shape::Variant| variant.product(name, number, context));
            if let Some(product) = product {
                skus.insert(product.sku.clone());
                read.products.push(product.write(Guard::Any));
            }
        }
    }
}

fn customers(users: &Map<String, Value>, context: &Context, read: &mut Read) -> BTreeMap<String, Customer> {
    let mut customers = BTreeMap::new();
    for (id, user) in users {
        if let Some(customer) = read.one(&format!("users.{id}"), user, |user: shape::User| user.customer(context)) {
            read.customers.push(customer.write(Guard::Any));
            customers.insert(customer.id.clone(), customer);
        }
    }
    customers
}

fn orders(orders: &Map<String, Value>, context: &Context, read: &mut Read, customers: &BTreeMap<String, Customer>, skus: &HashSet<String>) {
    for (number, order) in orders {
        let order = read.one(&format!("orders.{number}"), order, |order: shape::Order| {
            let mut order = order.order(context)?;
            let customer = customers.get(&order.customer).ok_or_else(|| format!("no customer \"{}\" is known", order.customer))?;
            if let Some(item) = order.items.iter().find(|item| !skus.contains(&item.sku)) {
                return Err(format!("no product \"{}\" is known", item.sku));
            }
            let paid = order.payments.first().and_then(|payment| customer.method(&payment.method));
            order.payment_method = paid.map(PaymentMethod::words).unwrap_or_default();
            Ok(order)
        });
        if let Some(order) = order {
            read.orders.push(order.write(Guard::Any));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::order::{Order, OrderStatus};
    use crate::domain::product::{Availability, Product};
    use crate::domain::time::Moment;
    use crate::store::ACTIONS_BLOB;

    fn file() -> Value {
        let address = json!({"address1": "1 Main St", "address2": "", "city": "Denver", "country": "USA", "state": "CO", "zip": "80279"});
        let item = json!({"name": "Lamp", "product_id": "77", "item_id": "A", "price": 10.5, "options": {}});
        json!({
            "products": {"77": {"name": "Lamp", "product_id": "77", "variants": {
                "A": {"item_id": "A", "options": {"color": "red"}, "available": true, "price": 10.5},
                "B": {"item_id": "B", "options": {"color": "blue"}, "available": false, "price": 12},
                "C": {"item_id": "C", "options": {}, "available": true, "price": "dear"},
            }}},
            "users": {"ada_1": {
                "user_id": "ada_1", "name": {"first_name": "Ada", "last_name": "King"}, "address": address, "email": "ada@example.com",
                "payment_methods": {
                    "gift_card_1": {"source": "gift_card", "id": "gift_card_1", "balance": 51},
                    "credit_card_1": {"source": "credit_card", "id": "credit_card_1", "brand": "visa", "last_four": "4242"},
                },
                "orders": ["#W1"],
            }},
            "orders": {
                "#W1": {
                    "order_id": "#W1", "user_id": "ada_1", "address": address, "items": [item, item], "status": "processed",
                    "fulfillments": [{"tracking_id": ["T1"], "item_ids": ["A"]}],
                    "payment_history": [{"transaction_type": "payment", "amount": 21, "payment_method_id": "credit_card_1"}],
                },
                "#W2": {"order_id": "#W2", "user_id": "bob_1", "address": address, "items": [], "status": "pending",
                    "fulfillments": [], "payment_history": []},
            },
        })
    }

    #[tokio::test]
    async fn the_file_becomes_a_shop_and_the_same_file_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let context = Context::american(Moment(0));
        let bytes = file().to_string().into_bytes();
        let rehearsed = rehearse(&bytes, &context).unwrap();
        let report = import(&store, &bytes, &context, Options::default()).await.unwrap();
        assert_eq!((report.rows, report.new, report.applied), (6, 4, true));
        assert_eq!((rehearsed.new, &rehearsed.rejected), (4, &report.rejected));
        let wrong: Vec<(usize, &str)> = report.rejected.iter().map(|rejected| (rejected.row, rejected.field.as_str())).collect();
        assert_eq!(wrong, [(3, "products.77.variants.C.price"), (6, "orders.#W2")]);
        let again = import(&store, &bytes, &context, Options::default()).await.unwrap();
        assert_eq!((again.new, again.changed, again.unchanged), (0, 0, 4));

        let (_, product) = store.get::<Product>("A").await.unwrap().unwrap();
        assert_eq!((product.family(), product.stock, product.availability()), ("77", None, Availability::InStock));
        let (_, product) = store.get::<Product>("B").await.unwrap().unwrap();
        assert_eq!((product.stock, product.availability()), (Some(0), Availability::OutOfStock));
        let (_, order) = store.get::<Order>("#W1").await.unwrap().unwrap();
        assert_eq!((order.status, order.source_status.as_deref()), (OrderStatus::Confirmed, Some("processed")));
        assert_eq!((order.items.len(), order.items[0].quantity, order.total.unwrap().minor), (1, 2, 2_100));
        assert_eq!(order.payment_method, "Credit card ending 4242");
        assert_eq!(order.ship_to.line, "1 Main St, Denver, CO, USA");
        let (_, customer) = store.get::<Customer>("ada_1").await.unwrap().unwrap();
        assert_eq!(customer.method("gift_card_1").unwrap().balance.unwrap().minor, 5_100);
        assert_eq!(store.blob(ACTIONS_BLOB).await.unwrap().unwrap(), ActionPolicy::tau2_retail_text().as_bytes());
    }

    #[tokio::test]
    async fn what_is_no_such_file_is_refused_and_strict_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let context = Context::american(Moment(0));
        for text in ["[]", "{", "{\"products\": {}}"] {
            assert!(import(&store, text.as_bytes(), &context, Options::default()).await.is_err(), "{text}");
        }
        let strict = Options { strict: true, ..Options::default() };
        let report = import(&store, file().to_string().as_bytes(), &context, strict).await.unwrap();
        assert_eq!((report.new, report.applied), (4, false));
        assert_eq!(store.count(RecordKind::Product).await.unwrap(), 0);
        assert_eq!(store.blob(ACTIONS_BLOB).await.unwrap(), None);
    }
}
