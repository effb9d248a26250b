//! How rows are written: one byte that says how, then the value.
//!
//! Every stored value begins with the version of its encoding. A reader knows all versions ever
//! written; a value from a later program is an error that names both versions, never a guess.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::error::StoreError;
use super::pack;

/// A value with a versioned encoding.
///
/// `VERSION` counts from 1. When the shape of a type changes, its number goes up and `decode_old`
/// learns to read what came before.
pub trait Row: Serialize + DeserializeOwned {
    /// What it is, for error messages.
    const NAME: &'static str;
    /// Version of the encoding written today.
    const VERSION: u8 = 1;
    /// Whether the value is packed: worth it for rows of text.
    const PACKED: bool = false;

    /// Reads a value written by an earlier version.
    ///
    /// # Errors
    /// When no such version was ever written.
    fn decode_old(version: u8, _bytes: &[u8]) -> Result<Self, StoreError> {
        Err(StoreError::NewerEncoding { what: Self::NAME, found: version, known: Self::VERSION })
    }
}

/// Room for most rows of text before they are packed.
const ROOM: usize = 2_048;

/// The bytes of a row.
pub fn encode<T: Row>(row: &T) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(64);
    bytes.push(T::VERSION);
    // Serialising to memory fails only for types that postcard cannot express, and rows are none.
    if T::PACKED {
        pack::pack(&postcard::to_extend(row, Vec::with_capacity(ROOM)).unwrap_or_default(), &mut bytes);
        return bytes;
    }
    postcard::to_extend(row, bytes).unwrap_or_default()
}

/// The row in `bytes`.
///
/// # Errors
/// [`StoreError::NewerEncoding`] for a version this program does not know, [`StoreError::Damaged`] for
/// bytes that are no such row.
pub fn decode<T: Row>(bytes: &[u8]) -> Result<T, StoreError> {
    match bytes.split_first() {
        Some((&version, rest)) if version == T::VERSION && T::PACKED => {
            let plain = pack::unpack(rest).ok_or(StoreError::Damaged { what: T::NAME })?;
            plain_row(&plain)
        }
        Some((&version, rest)) if version == T::VERSION => plain_row(rest),
        Some((&version, rest)) => T::decode_old(version, rest),
        None => Err(StoreError::Damaged { what: T::NAME }),
    }
}

/// The row whose bytes these are, without version or packing.
///
/// # Errors
/// [`StoreError::Damaged`].
pub fn plain_row<T: Row>(bytes: &[u8]) -> Result<T, StoreError> {
    postcard::from_bytes(bytes).map_err(|_| StoreError::Damaged { what: T::NAME })
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};

    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Now {
        name: String,
        size: u32,
    }

    impl Row for Now {
        const NAME: &'static str = "now";
        const VERSION: u8 = 2;

        fn decode_old(version: u8, bytes: &[u8]) -> Result<Self, StoreError> {
            match version {
                1 => postcard::from_bytes::<String>(bytes)
                    .map(|name| Self { name, size: 0 })
                    .map_err(|_| StoreError::Damaged { what: Self::NAME }),
                found => Err(StoreError::NewerEncoding { what: Self::NAME, found, known: Self::VERSION }),
            }
        }
    }

    #[test]
    fn old_rows_are_read_and_newer_ones_refused() {
        let row = Now { name: "a".into(), size: 7 };
        assert_eq!(decode::<Now>(&encode(&row)).unwrap(), row);
        let old = [vec![1], postcard::to_stdvec("b").unwrap()].concat();
        assert_eq!(decode::<Now>(&old).unwrap(), Now { name: "b".into(), size: 0 });
        assert!(matches!(decode::<Now>(&[9, 1, 2]), Err(StoreError::NewerEncoding { found: 9, known: 2, .. })));
        assert!(matches!(decode::<Now>(&[2, 200]), Err(StoreError::Damaged { .. })));
        assert!(matches!(decode::<Now>(&[]), Err(StoreError::Damaged { .. })));
    }
}
