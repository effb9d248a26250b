//! Actions and the store: the policy in force, the records an action is looked at with, and the writes it comes to.

use std::collections::BTreeMap;

use crate::actions::{Preview, Records, Versioned};
use crate::domain::action::Request;
use crate::domain::customer::Customer;
use crate::domain::ids::SessionKey;
use crate::domain::order::Order;
use crate::domain::policy::{ActionPolicy, PolicyError};
use crate::domain::product::Product;
use crate::domain::record::{Record, RecordRef};
use crate::domain::state::Identity;
use crate::domain::time::Moment;
use crate::store::command::{Guard, RecordWrite};
use crate::store::rows::AuditRow;
use crate::store::{ACTIONS_BLOB, ShopRecord, Store, StoreError};

/// Why there is no policy to act by.
#[derive(Debug, thiserror::Error)]
pub enum NoPolicy {
    /// The shop's own is none.
    #[error("the policy for actions cannot be used: {0}")]
    Policy(#[from] PolicyError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What an action writes: for [`crate::store::command::Settle`].
#[derive(Debug, Clone)]
pub struct Writes {
    /// Records, each under the version it was read at. Those that were only read are among them as they are: they
    /// change nothing, but the whole is refused when they are no longer so.
    pub records: Vec<RecordWrite>,
    /// A row for every record that changes.
    pub audit: Vec<AuditRow>,
}

/// The policy in force: the shop's own, or the one in the program.
///
/// # Errors
/// When the store fails or the policy is none.
pub async fn policy(store: &Store) -> Result<ActionPolicy, NoPolicy> {
    match store.blob(ACTIONS_BLOB).await? {
        Some(bytes) => Ok(ActionPolicy::parse(&String::from_utf8_lossy(&bytes))?),
        None => Ok(ActionPolicy::built_in()?),
    }
}

/// The records a request has to be looked at with, as they are now.
///
/// # Errors
/// When the store fails.
pub async fn records(store: &Store, request: &Request, who: &Identity) -> Result<Records, StoreError> {
    async fn versioned<T: ShopRecord>(store: &Store, id: Option<&str>) -> Result<Option<Versioned<T>>, StoreError> {
        let Some(id) = id else { return Ok(None) };
        Ok(store.get::<T>(id).await?.map(|(version, record)| Versioned { version, record }))
    }
    let customer = versioned::<Customer>(store, who.customer.as_deref()).await?;
    let order = versioned::<Order>(store, request.wish.order()).await?;
    let mut products = BTreeMap::new();
    for sku in request.products(order.as_ref().map(|order| &*order.record)) {
        if let Some(product) = versioned::<Product>(store, Some(&sku)).await? {
            products.insert(sku, product);
        }
    }
    Ok(Records { customer, order, products })
}

/// The writes of a preview. `actor` is who acts, such as `agent:logistics`.
pub fn writes(preview: &Preview, actor: &str, session: Option<SessionKey>, at: Moment) -> Writes {
    let write = |record: &Record, guard: Guard| match record {
        Record::Order(order) => Some(order.write(guard)),
        Record::Customer(customer) => Some(customer.write(guard)),
        Record::Product(product) => Some(product.write(guard)),
        // No action touches other kinds.
        Record::Promotion(_) | Record::Ticket(_) | Record::Knowledge(_) => None,
    };
    let records =
        preview.records.iter().filter_map(|touched| write(&touched.record, touched.version.map_or(Guard::Absent, Guard::At))).collect();
    let audit = preview.records.iter().filter_map(|touched| {
        let record =
            RecordRef { kind: touched.record.kind(), id: touched.record.id().to_owned(), version: touched.version.unwrap_or_default() + 1 };
        Some(AuditRow {
            at,
            actor: actor.to_owned(),
            action: format!("action.{}", preview.shown.action),
            session,
            record: Some(record),
            note: touched.note.clone()?,
        })
    });
    Writes { records, audit: audit.collect() }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;
    use crate::actions::{Now, preview};
    use crate::domain::action::{SwapWish, Wish};
    use crate::domain::customer::PaymentMethod;
    use crate::domain::money::{Currency, Money};
    use crate::domain::order::tests::sample as order;
    use crate::domain::order::{OrderItem, OrderStatus};
    use crate::domain::product::tests::sample as product;
    use crate::domain::record::RecordKind;
    use crate::domain::state::IdentityLevel;
    use crate::store::command::{PutOutcome, PutRecords};

    fn price(minor: i64) -> Option<Money> {
        Some(Money::new(minor, Currency::USD))
    }

    /// A shop of two variants and an order for one of them that was not charged yet.
    async fn shop() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let variant = |sku: &str, minor| Product { variant_of: Some("A".into()), ..product(sku, "Acme One", minor, Some(2)) };
        let customer = Customer {
            id: "C1".into(),
            name: "Ada King".into(),
            email: String::new(),
            phone: String::new(),
            addresses: Vec::new(),
            payment_methods: vec![PaymentMethod { id: "pp".into(), kind: "paypal".into(), last_four: String::new(), balance: None }],
            consents: Vec::new(),
            created_at: None,
            updated_at: Moment(0),
            history: Vec::new(),
        };
        let items = vec![OrderItem { sku: "A".into(), quantity: 1, unit_price: price(100) }];
        let order = Order { items, total: price(100), ..order("7", OrderStatus::Pending, "") };
        let writes =
            vec![product_write(&variant("A", 100)), product_write(&variant("B", 150)), customer.write(Guard::Any), order.write(Guard::Any)];
        store.put(PutRecords { writes, blobs: Vec::new(), audit: Vec::new() }).await.unwrap();
        (folder, store)
    }

    fn product_write(product: &Product) -> RecordWrite {
        product.write(Guard::Any)
    }

    async fn put(store: &Store, writes: Writes) -> PutOutcome {
        store.put(PutRecords { writes: writes.records, blobs: Vec::new(), audit: writes.audit }).await.unwrap()
    }

    /// What was read is what is written under: a change of any of it refuses the whole, and so does a second time.
    #[tokio::test]
    async fn an_action_is_written_once_and_on_what_was_read() {
        let (_folder, store) = shop().await;
        let who = Identity { level: IdentityLevel::Verified, customer: Some("C1".into()), failures: 0 };
        let swaps = vec![SwapWish { sku: "A".into(), new_sku: "B".into(), quantity: 1 }];
        let request = Request { id: "a1".into(), wish: Wish::ChangeItems { order: "7".into(), swaps, method: None } };
        let policy = policy(&store).await.unwrap();
        let now = Now { at: Moment(1), zone: &TimeZone::UTC };
        let ask = async || preview(&request, &records(&store, &request, &who).await.unwrap(), &policy, &who, &now);
        let stale = ask().await.unwrap();
        // The customer is read, and stays as it is; then it changes under the action.
        let (_, customer) = store.get::<Customer>("C1").await.unwrap().unwrap();
        let moved = Customer { phone: "207-555-0100".into(), ..(*customer).clone() };
        let changed = Writes { records: vec![moved.write(Guard::Any)], audit: Vec::new() };
        put(&store, changed).await;
        let outcome = put(&store, writes(&stale, "agent:logistics", None, now.at)).await;
        assert_eq!(outcome, PutOutcome { refused: 1, ..PutOutcome::default() });
        assert_eq!(store.get::<Product>("B").await.unwrap().unwrap().1.stock, Some(2), "nothing of it was written");

        let fresh = ask().await.unwrap();
        assert_eq!(fresh.shown, stale.shown, "to a person it is the same");
        let written = writes(&fresh, "agent:logistics", None, now.at);
        let about: Vec<(RecordKind, u32)> =
            written.audit.iter().filter_map(|row| row.record.as_ref()).map(|record| (record.kind, record.version)).collect();
        assert_eq!(about, [(RecordKind::Order, 2), (RecordKind::Product, 2), (RecordKind::Product, 2)]);
        assert!(written.audit.iter().all(|row| row.action == "action.change_items"));
        assert_eq!(put(&store, written.clone()).await, PutOutcome { changed: 3, unchanged: 1, ..PutOutcome::default() });
        assert_eq!(put(&store, written).await.refused, 3, "the same writes again are refused");
        assert!(ask().await.is_err(), "and so is the same request");
        let (version, order) = store.get::<Order>("7").await.unwrap().unwrap();
        assert_eq!((version, order.items[0].sku.as_str(), order.total), (2, "B", price(150)));
        assert_eq!(store.get::<Customer>("C1").await.unwrap().unwrap().1.phone, "207-555-0100");
    }

    #[tokio::test]
    async fn the_shops_own_policy_is_in_force() {
        let (_folder, store) = shop().await;
        assert_eq!(policy(&store).await.unwrap(), ActionPolicy::built_in().unwrap());
        store.put_blob(ACTIONS_BLOB, ActionPolicy::tau2_retail_text().into()).await.unwrap();
        assert_eq!(policy(&store).await.unwrap(), ActionPolicy::parse(ActionPolicy::tau2_retail_text()).unwrap());
        store.put_blob(ACTIONS_BLOB, b"{".to_vec()).await.unwrap();
        assert!(policy(&store).await.unwrap_err().to_string().starts_with("the policy for actions cannot be used: "));
    }
}
