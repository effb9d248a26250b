//! Typed records of the shop and their place in the store.

use std::sync::Arc;

use super::codec::{Row, decode, encode};
use super::command::{Guard, RecordWrite};
use super::error::StoreError;
use crate::domain::customer::Customer;
use crate::domain::knowledge::Knowledge;
use crate::domain::order::Order;
use crate::domain::product::Product;
use crate::domain::promotion::Promotion;
use crate::domain::record::{Record, RecordKind};
use crate::domain::ticket::Ticket;

/// A record of the shop.
pub trait ShopRecord: Row + Send + Sync + Sized {
    /// Its kind.
    const KIND: RecordKind;

    /// Its identifier within its kind.
    fn id(&self) -> &str;

    /// As a record of any kind.
    fn into_record(this: Arc<Self>) -> Record;

    /// Out of a record of any kind.
    fn from_record(record: Record) -> Option<Arc<Self>>;

    /// The write that stores it.
    fn write(&self, guard: Guard) -> RecordWrite {
        RecordWrite { kind: Self::KIND, id: self.id().to_owned(), payload: Some(encode(self)), guard }
    }
}

macro_rules! shop_record {
    ($($type:ident: $($id:ident).+),+ $(,)?) => { $(
        impl ShopRecord for $type {
            const KIND: RecordKind = RecordKind::$type;

            fn id(&self) -> &str {
                &self.$($id).+
            }

            fn into_record(this: Arc<Self>) -> Record {
                Record::$type(this)
            }

            fn from_record(record: Record) -> Option<Arc<Self>> {
                if let Record::$type(inner) = record { Some(inner) } else { None }
            }
        }
    )+ };
}

shop_record! {
    Product: sku,
    Order: number,
    Customer: id,
    Promotion: code,
    Ticket: number,
    Knowledge: id,
}

/// Decodes a payload of a kind known only at run time.
///
/// # Errors
/// When the payload is no such record.
pub fn decode_any(kind: RecordKind, payload: &[u8]) -> Result<Record, StoreError> {
    Ok(match kind {
        RecordKind::Product => Record::Product(Arc::new(decode(payload)?)),
        RecordKind::Order => Record::Order(Arc::new(decode(payload)?)),
        RecordKind::Customer => Record::Customer(Arc::new(decode(payload)?)),
        RecordKind::Promotion => Record::Promotion(Arc::new(decode(payload)?)),
        RecordKind::Ticket => Record::Ticket(Arc::new(decode(payload)?)),
        RecordKind::Knowledge => Record::Knowledge(Arc::new(decode(payload)?)),
    })
}
