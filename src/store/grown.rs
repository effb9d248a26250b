//! Records that have grown since they were first written, and how those written before are read.

use serde::Deserialize;

use super::codec::{Row, plain_row};
use super::error::StoreError;
use crate::domain::customer::{Customer, PaymentMethod};
use crate::domain::money::Money;
use crate::domain::order::{Address, Order};
use crate::domain::product::Product;
use crate::domain::time::Moment;

/// What an empty list and `false` are in the encoding: what came to the end of a record says nothing in those
/// written before it was there.
const NOTHING: u8 = 0;

/// Reads a record to whose end one field came.
fn ended_before<T: Row>(bytes: &[u8]) -> Result<T, StoreError> {
    plain_row(&[bytes, &[NOTHING]].concat())
}

/// A customer of version 1: payment methods had no identifier, and there was no history.
#[derive(Deserialize)]
struct CustomerV1 {
    id: String,
    name: String,
    email: String,
    phone: String,
    addresses: Vec<Address>,
    payment_methods: Vec<PaymentMethodV1>,
    consents: Vec<String>,
    created_at: Option<Moment>,
    updated_at: Moment,
}

#[derive(Deserialize)]
struct PaymentMethodV1 {
    kind: String,
    last_four: String,
    balance: Option<Money>,
}

impl From<CustomerV1> for Customer {
    fn from(old: CustomerV1) -> Self {
        let method =
            |old: PaymentMethodV1| PaymentMethod { id: String::new(), kind: old.kind, last_four: old.last_four, balance: old.balance };
        Self {
            id: old.id,
            name: old.name,
            email: old.email,
            phone: old.phone,
            addresses: old.addresses,
            payment_methods: old.payment_methods.into_iter().map(method).collect(),
            consents: old.consents,
            created_at: old.created_at,
            updated_at: old.updated_at,
            history: Vec::new(),
        }
    }
}

impl Row for Customer {
    const NAME: &'static str = "customer";
    const VERSION: u8 = 2;

    fn decode_old(version: u8, bytes: &[u8]) -> Result<Self, StoreError> {
        match version {
            1 => {
                let old: CustomerV1 = postcard::from_bytes(bytes).map_err(|_| StoreError::Damaged { what: Self::NAME })?;
                Ok(old.into())
            }
            found => Err(StoreError::NewerEncoding { what: Self::NAME, found, known: Self::VERSION }),
        }
    }
}

macro_rules! longer_by_one_field {
    ($($type:ty => $name:literal),+ $(,)?) => { $(
        impl Row for $type {
            const NAME: &'static str = $name;
            const VERSION: u8 = 2;

            fn decode_old(version: u8, bytes: &[u8]) -> Result<Self, StoreError> {
                match version {
                    1 => ended_before(bytes),
                    found => Err(StoreError::NewerEncoding { what: Self::NAME, found, known: Self::VERSION }),
                }
            }
        }
    )+ };
}

longer_by_one_field! {
    // Version 1 had no history.
    Order => "order",
    // Version 1 had no mark for what is there uncounted.
    Product => "product",
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::Currency;
    use crate::domain::order::OrderStatus;
    use crate::domain::{order, product};
    use crate::store::codec::{decode, encode};

    /// Bytes as the first version wrote them.
    const CUSTOMER: &str = "01024331034164610f616461406578616d706c652e636f6d00010131053034313031020b6372656469745f6361726404343234320009676966745f636172640001904e03555344010a6e6577736c65747465720000";
    const ORDER: &str = "01013702433106000101410100013105303431303100000000000000";
    const PRODUCT: &str = "0101410841636d65204f6e650209436f6d707574657273074c6170746f70730441636d6501c8010355534401030001064d656d6f72790005313620474200000000";

    fn bytes(hex: &str) -> Vec<u8> {
        hex.as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
    }

    #[test]
    fn records_written_before_they_grew_are_read() {
        let method = |kind: &str, last_four: &str, balance: Option<i64>| PaymentMethod {
            id: String::new(),
            kind: kind.into(),
            last_four: last_four.into(),
            balance: balance.map(|minor| Money::new(minor, Currency::USD)),
        };
        let ada = Customer {
            id: "C1".into(),
            name: "Ada".into(),
            email: "ada@example.com".into(),
            phone: String::new(),
            addresses: vec![Address { line: "1".into(), zip: "04101".into() }],
            payment_methods: vec![method("credit_card", "4242", None), method("gift_card", "", Some(5_000))],
            consents: vec!["newsletter".into()],
            created_at: None,
            updated_at: Moment(0),
            history: Vec::new(),
        };
        assert_eq!(decode::<Customer>(&bytes(CUSTOMER)).unwrap(), ada);
        assert_eq!(decode::<Customer>(&encode(&ada)).unwrap(), ada);
        let mut order = order::tests::sample("7", OrderStatus::Cancelled, "");
        order.ship_to = Address { line: "1".into(), zip: "04101".into() };
        assert_eq!(decode::<Order>(&bytes(ORDER)).unwrap(), order);
        assert_eq!(decode::<Order>(&encode(&order)).unwrap(), order);
        let product = product::tests::sample("A", "Acme One", 100, Some(3));
        assert_eq!(decode::<Product>(&bytes(PRODUCT)).unwrap(), product);
        assert_eq!(decode::<Product>(&encode(&product)).unwrap(), product);
    }

    #[test]
    fn what_was_cut_short_is_damaged_and_what_is_newer_is_named() {
        let order = encode(&order::tests::sample("7", OrderStatus::Pending, ""));
        assert!(matches!(decode::<Order>(&order[..order.len() - 2]), Err(StoreError::Damaged { .. })));
        assert!(matches!(decode::<Order>(&[3, 0]), Err(StoreError::NewerEncoding { found: 3, known: 2, .. })));
    }
}
