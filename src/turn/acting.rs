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
