//! The demo shop: files compiled into the program, imported at the first start like any others.
//!
//! Their dates are offsets from that day, so the shop never ages.

use super::convert::Context;
use super::import::{self, ImportError, Options};
use crate::domain::record::RecordKind;
use crate::domain::time::Day;
use crate::store::Store;

/// The files in the order they refer to one another.
const FILES: &[(RecordKind, &str)] = &[
    (RecordKind::Product, include_str!("../../assets/demo/products.json")),
    (RecordKind::Customer, include_str!("../../assets/demo/customers.json")),
    (RecordKind::Order, include_str!("../../assets/demo/orders.json")),
    (RecordKind::Promotion, include_str!("../../assets/demo/promotions.json")),
    (RecordKind::Ticket, include_str!("../../assets/demo/tickets.json")),
    (RecordKind::Knowledge, include_str!("../../knowledge_base/sales.json")),
    (RecordKind::Knowledge, include_str!("../../knowledge_base/marketing.json")),
    (RecordKind::Knowledge, include_str!("../../knowledge_base/support.json")),
    (RecordKind::Knowledge, include_str!("../../knowledge_base/logistics.json")),
    (RecordKind::Knowledge, include_str!("../../knowledge_base/store.json")),
];

/// Fills an empty store with the demo shop, as of `today`.
///
/// # Errors
/// When the store fails. The files themselves are read by a test.
pub async fn fill(store: &Store, context: &Context, today: Day) -> Result<(), ImportError> {
    let context = Context { relative_to: Some(today), ..context.clone() };
    for (kind, text) in FILES {
        let report = import::import(store, *kind, text.as_bytes(), &context, Options::default()).await?;
        for rejected in &report.rejected {
            tracing::error!(%kind, row = rejected.row, field = rejected.field, reason = rejected.reason, "a record of the demo shop was rejected");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::order::{Order, OrderStatus};
    use crate::domain::product::Product;
    use crate::domain::promotion::Promotion;
    use crate::domain::time::Moment;

    async fn shop() -> (tempfile::TempDir, Store, Context, Day) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let today = Day::parse("2026-11-22").unwrap();
        let zone = jiff::tz::TimeZone::get("America/New_York").unwrap();
        let context = Context { zone, ..Context::american(Moment(1_795_000_000_000)) };
        fill(&store, &context, today).await.unwrap();
        (folder, store, context, today)
    }

    #[tokio::test]
    async fn the_demo_shop_holds_what_it_promises() {
        let (_folder, store, context, today) = shop().await;
        let counts = [
            (RecordKind::Product, 80),
            (RecordKind::Customer, 30),
            (RecordKind::Order, 80),
            (RecordKind::Promotion, 12),
            (RecordKind::Ticket, 25),
            (RecordKind::Knowledge, 80),
        ];
        for (kind, least) in counts {
            assert!(store.count(kind).await.unwrap() >= least, "{kind}");
        }
        let mut products: Vec<Product> = Vec::new();
        store.for_each::<Product>(|_, p| products.push(p)).await.unwrap();
        let mut leaves: Vec<&str> = products.iter().filter_map(Product::leaf_category).collect();
        leaves.sort_unstable();
        leaves.dedup();
        assert!(leaves.len() >= 8);
        let asus: Vec<&Product> = products
            .iter()
            .filter(|p| p.brand == "ASUS" && p.leaf_category() == Some("Gaming Laptops") && p.price.is_some_and(|m| m.minor < 150_000))
            .collect();
        assert!(asus.len() >= 3);
        let mut promotions: Vec<Promotion> = Vec::new();
        store.for_each::<Promotion>(|_, p| promotions.push(p)).await.unwrap();
        let cheapest = asus.iter().min_by_key(|p| p.price.map(|m| m.minor)).unwrap();
        assert!(promotions.iter().any(|p| p.applies(cheapest, cheapest.price.unwrap(), today).is_ok()));
        let (_, order) = store.get::<Order>("ORD-1007").await.unwrap().unwrap();
        assert_eq!(order.status, OrderStatus::Delivered);
        assert_eq!(order.delivered_day(&context.zone), Some(today.plus_days(-2)));
        let mut statuses = Vec::new();
        store.for_each::<Order>(|_, o| statuses.push(o.status)).await.unwrap();
        for status in OrderStatus::ALL {
            assert!(statuses.contains(status), "{status}");
        }
    }

    #[tokio::test]
    async fn no_record_of_the_demo_shop_is_rejected() {
        let (_folder, store, context, today) = shop().await;
        let context = Context { relative_to: Some(today), ..context };
        for (kind, text) in FILES {
            let report = import::import(&store, *kind, text.as_bytes(), &context, Options::default()).await.unwrap();
            assert_eq!(report.rejected, [], "{kind}");
            assert_eq!((report.new, report.changed), (0, 0), "{kind}: the same file again changes nothing");
            assert_eq!(report.unchanged as usize, report.rows, "{kind}");
        }
    }
}
