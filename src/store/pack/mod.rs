//! Rows of text, packed: LZ4 with a dictionary of what replies are made of.
//!
//! A reply says most things twice, in its words and in its evidence, and much of it in the shop's own
//! phrases: it takes less than half the room. Packing takes some five microseconds, unpacking less than
//! one. Short rows are left as they are.
//!
//! A packed row names its dictionary by number. Dictionaries are never changed: what was packed with one
//! could not be read any more. A better one gets the next number.

use lz4_flex::block::{compress_into_with_dict, decompress_with_dict, get_maximum_output_size};

/// The dictionary packed with today, and its number: the phrases of the shop, names of fields, labels.
const DICTIONARY: (u8, &[u8]) = (1, include_bytes!("1.dict"));
/// Number of what is not packed.
const PLAIN: u8 = 0;
/// Shorter rows gain nothing.
const WORTH: usize = 160;
/// Longest row that is unpacked: many times the longest that is written.
const MOST_BYTES: usize = 4 << 20;

/// Packs bytes, where that makes them shorter. They are appended to `out`.
pub fn pack(bytes: &[u8], out: &mut Vec<u8>) {
    let (number, dictionary) = DICTIONARY;
    let before = out.len();
    if let Some(length) = u32::try_from(bytes.len()).ok().filter(|_| (WORTH..=MOST_BYTES).contains(&bytes.len())) {
        out.push(number);
        out.extend_from_slice(&length.to_le_bytes());
        let from = out.len();
        out.resize(from + get_maximum_output_size(bytes.len()), 0);
        // There is room for what cannot be made shorter, so this does not fail.
        let packed = compress_into_with_dict(bytes, &mut out[from..], dictionary).unwrap_or(bytes.len());
        if packed + 4 < bytes.len() {
            out.truncate(from + packed);
            return;
        }
        out.truncate(before);
    }
    out.push(PLAIN);
    out.extend_from_slice(bytes);
}

/// The bytes that were packed; `None` when they are damaged.
pub fn unpack(packed: &[u8]) -> Option<std::borrow::Cow<'_, [u8]>> {
    let (number, rest) = packed.split_first()?;
    if *number == PLAIN {
        return Some(rest.into());
    }
    let (own, dictionary) = DICTIONARY;
    let (length, block) = rest.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_le_bytes(*length)).ok().filter(|length| *length <= MOST_BYTES && *number == own)?;
    let bytes = decompress_with_dict(block, length, dictionary).ok()?;
    (bytes.len() == length).then(|| bytes.into())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sha2::{Digest as _, Sha256};

    use super::*;

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        pack(bytes, &mut out);
        out
    }

    #[test]
    fn the_dictionary_is_what_it_was() {
        let digest: String = Sha256::digest(DICTIONARY.1).iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(digest, "b2aca8b76da139de21a381ec45fd2b34af58397b13259d397e93e0825d47599b");
    }

    #[test]
    fn text_takes_less_room_and_short_text_no_more_than_a_byte() {
        let text = "Samsung Galaxy Tab A9+ 64 GB: $219.99. Order ORD-1009 was delivered. ".repeat(4);
        assert!(packed(text.as_bytes()).len() * 2 < text.len());
        assert_eq!(packed(b"hello").len(), 6);
    }

    proptest! {
        #[test]
        fn what_is_packed_is_unpacked(bytes in prop::collection::vec(any::<u8>(), 0..400), times in 1usize..20) {
            let bytes = bytes.repeat(times);
            let packed = packed(&bytes);
            let unpacked = unpack(&packed);
            prop_assert_eq!(unpacked.as_deref(), Some(&bytes[..]));
            prop_assert!(packed.len() <= bytes.len() + 1);
        }

        #[test]
        fn damaged_bytes_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..60), number in 0u8..3, length in any::<u32>()) {
            let _ = unpack(&bytes);
            let _ = unpack(&[&[number][..], &length.to_le_bytes(), &bytes].concat());
        }
    }
}
