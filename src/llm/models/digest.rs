//! SHA-256 digests of files.

use std::fmt;
use std::io::{self, Read, Write};
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// Bytes read at once.
const BLOCK: usize = 1 << 20;

/// A SHA-256 digest, written in hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest([u8; 32]);

impl Digest {
    /// Reads to the end; returns how many bytes there were, and their digest. `passed` is told how many were read so far,
    /// `copy` gets them all.
    ///
    /// # Errors
    /// When reading or writing fails.
    pub fn of(from: &mut impl Read, copy: &mut impl Write, passed: &dyn Fn(u64)) -> io::Result<(u64, Self)> {
        let (mut hasher, mut block, mut length) = (Sha256::new(), vec![0; BLOCK], 0u64);
        loop {
            let read = match from.read(&mut block) {
                Ok(0) => return Ok((length, Self(hasher.finalize().into()))),
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let part = block.get(..read).unwrap_or_default();
            hasher.update(part);
            copy.write_all(part)?;
            length += read as u64;
            passed(length);
        }
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Digest {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no SHA-256: 64 hexadecimal digits are needed");
        if text.len() != 64 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(wrong());
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_| wrong())?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| wrong())?;
        }
        Ok(Self(bytes))
    }
}

impl TryFrom<String> for Digest {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_read_as_it_is_written() {
        let (mut copy, told) = (Vec::new(), std::cell::Cell::new(0));
        let (length, digest) = Digest::of(&mut &b"abc"[..], &mut copy, &|n| told.set(n)).unwrap();
        assert_eq!((length, copy.as_slice(), told.get()), (3, &b"abc"[..], 3));
        // FIPS 180-2, appendix B.1.
        let known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(digest.to_string(), known);
        assert_eq!(known.to_uppercase().parse(), Ok(digest));
        for wrong in ["", "ba", &known[1..], &known.replace('b', "g"), "é".repeat(32).as_str()] {
            assert!(wrong.parse::<Digest>().is_err(), "{wrong}");
        }
    }
}
