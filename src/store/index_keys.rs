//! What the secondary indexes hold for a record, and when two records say the same.

use super::backend::Index;
use super::codec::{Row, decode};
use super::error::StoreError;
use crate::domain::customer::Customer;
use crate::domain::knowledge::Knowledge;
use crate::domain::order::Order;
use crate::domain::product::Product;
use crate::domain::promotion::Promotion;
use crate::domain::record::RecordKind;
use crate::domain::text::fold::{bare, fold};
use crate::domain::ticket::Ticket;
use crate::domain::time::Moment;

/// The index entries of an encoded record.
///
/// # Errors
/// When the payload is no such record.
pub fn of(kind: RecordKind, payload: &[u8]) -> Result<Vec<(Index, String)>, StoreError> {
    Ok(match kind {
        RecordKind::Product | RecordKind::Knowledge => Vec::new(),
        RecordKind::Order => {
            let order: Order = decode(payload)?;
            let number = bare(&order.number);
            let parcels = order.fulfilments.iter().map(|parcel| bare(&parcel.tracking)).filter(|tracking| !tracking.is_empty());
            let tracking = parcels.map(|tracking| (Index::OrderByTracking, tracking));
            let own = [(Index::OrderByDigits, digits(&number)), (Index::OrderByNumber, number), (Index::OrderByCustomer, order.customer)];
            own.into_iter().chain(tracking).collect()
        }
        RecordKind::Customer => {
            let customer: Customer = decode(payload)?;
            vec![(Index::CustomerByEmail, fold(customer.email.trim()))]
        }
        RecordKind::Promotion => {
            let promotion: Promotion = decode(payload)?;
            vec![(Index::PromotionByCode, bare(&promotion.code))]
        }
        RecordKind::Ticket => {
            let ticket: Ticket = decode(payload)?;
            let number = (Index::TicketByNumber, bare(&ticket.number));
            let owner = ticket.customer.map(|customer| (Index::TicketByCustomer, customer));
            std::iter::once(number).chain(owner).collect()
        }
    })
}

/// The digits of a compared form.
pub fn digits(bare: &str) -> String {
    bare.chars().filter(char::is_ascii_digit).collect()
}

/// Whether two encoded records differ in nothing but the time of their last change.
///
/// # Errors
/// When a payload is no such record.
pub fn same_but_for_time(kind: RecordKind, old: &[u8], new: &[u8]) -> Result<bool, StoreError> {
    match kind {
        RecordKind::Product => timeless::<Product>(old, new, |r| &mut r.updated_at),
        RecordKind::Order => timeless::<Order>(old, new, |r| &mut r.updated_at),
        RecordKind::Customer => timeless::<Customer>(old, new, |r| &mut r.updated_at),
        RecordKind::Promotion => timeless::<Promotion>(old, new, |r| &mut r.updated_at),
        RecordKind::Ticket => timeless::<Ticket>(old, new, |r| &mut r.updated_at),
        RecordKind::Knowledge => timeless::<Knowledge>(old, new, |r| &mut r.updated_at),
    }
}

fn timeless<T: Row + PartialEq>(old: &[u8], new: &[u8], time: fn(&mut T) -> &mut Moment) -> Result<bool, StoreError> {
    let (mut old, mut new): (T, T) = (decode(old)?, decode(new)?);
    *time(&mut old) = Moment(0);
    *time(&mut new) = Moment(0);
    Ok(old == new)
}
