//! Little-endian numbers, strings and arrays from a stream of known length.

use std::io::Read;

use super::super::error::LocalError;

/// Longest header of a file, in bytes: the largest vocabularies in use (262,144 tokens and their merges)
/// take about 12 MiB.
const MAX_HEADER: u64 = 96 << 20;
/// Most elements of one array; the largest in use have about half a million (merges).
const MAX_ELEMENTS: u64 = 4 << 20;
/// Longest string, in bytes; chat templates take up to about 20 KiB.
const MAX_TEXT: u64 = 1 << 20;
/// Arrays in arrays are read this deep, which is deeper than any known file.
const MAX_DEPTH: u8 = 2;

/// A metadata value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// Whole numbers and truth values.
    Integer(i64),
    Float(f64),
    Text(String),
    Texts(Vec<String>),
    Integers(Vec<i64>),
    Floats(Vec<f32>),
    /// Arrays of arrays: nothing here asks for them.
    Other,
}

const BOOL: u32 = 7;
const STRING: u32 = 8;
const ARRAY: u32 = 9;

/// The header as it comes.
pub(super) struct Stream<R> {
    from: R,
    /// Bytes read.
    pub at: u64,
    /// Bytes of the whole file.
    pub len: u64,
}

impl<R: Read> Stream<R> {
    pub(super) fn new(from: R, len: u64) -> Self {
        Self { from, at: 0, len }
    }

    fn claim(&mut self, bytes: u64, of: &str) -> Result<(), LocalError> {
        let end = self.at.checked_add(bytes).filter(|end| *end <= self.len);
        let end = end.ok_or_else(|| LocalError::Truncated(of.to_owned()))?;
        if end > MAX_HEADER {
            return Err(LocalError::Size { what: "the header's bytes".to_owned(), found: end });
        }
        self.at = end;
        Ok(())
    }

    pub(super) fn fixed<const N: usize>(&mut self, of: &str) -> Result<[u8; N], LocalError> {
        self.claim(N as u64, of)?;
        let mut out = [0; N];
        self.from.read_exact(&mut out).map_err(|e| cut(e, of))?;
        Ok(out)
    }

    pub(super) fn u32(&mut self, of: &str) -> Result<u32, LocalError> {
        Ok(u32::from_le_bytes(self.fixed(of)?))
    }

    pub(super) fn u64(&mut self, of: &str) -> Result<u64, LocalError> {
        Ok(u64::from_le_bytes(self.fixed(of)?))
    }

    /// A count of things of at least `least` bytes each, which must still fit.
    pub(super) fn count(&mut self, least: u64, of: &str) -> Result<u64, LocalError> {
        let n = self.u64(of)?;
        if n > MAX_ELEMENTS {
            return Err(LocalError::Size { what: format!("the number of elements in {of}"), found: n });
        }
        if n * least > self.len - self.at {
            return Err(LocalError::Truncated(of.to_owned()));
        }
        Ok(n)
    }

    pub(super) fn text(&mut self, of: &str) -> Result<String, LocalError> {
        let len = self.u64(of)?;
        if len > MAX_TEXT {
            return Err(LocalError::Size { what: format!("the length of {of}"), found: len });
        }
        self.claim(len, of)?;
        // At most MAX_TEXT, and the bytes are there.
        let mut out = vec![0; usize::try_from(len).unwrap_or(0)];
        self.from.read_exact(&mut out).map_err(|e| cut(e, of))?;
        String::from_utf8(out).map_err(|_| LocalError::Malformed(format!("{of} is not UTF-8")))
    }

    fn scalar(&mut self, kind: u32) -> Result<Value, LocalError> {
        let of = "a metadata value";
        Ok(match kind {
            0 => Value::Integer(u8::from_le_bytes(self.fixed(of)?).into()),
            1 => Value::Integer(i8::from_le_bytes(self.fixed(of)?).into()),
            2 => Value::Integer(u16::from_le_bytes(self.fixed(of)?).into()),
            3 => Value::Integer(i16::from_le_bytes(self.fixed(of)?).into()),
            4 => Value::Integer(self.u32(of)?.into()),
            5 => Value::Integer(i32::from_le_bytes(self.fixed(of)?).into()),
            6 => Value::Float(f32::from_le_bytes(self.fixed(of)?).into()),
            BOOL => match self.fixed::<1>(of)? {
                [b @ (0 | 1)] => Value::Integer(b.into()),
                _ => return Err(LocalError::Malformed("a truth value is neither 0 nor 1".to_owned())),
            },
            STRING => Value::Text(self.text(of)?),
            10 => i64::try_from(self.u64(of)?).map_or(Value::Other, Value::Integer),
            11 => Value::Integer(i64::from_le_bytes(self.fixed(of)?)),
            12 => Value::Float(f64::from_le_bytes(self.fixed(of)?)),
            _ => return Err(LocalError::Malformed(format!("there is no metadata type {kind}"))),
        })
    }

    /// A metadata value of a type number.
    pub(super) fn value(&mut self, kind: u32) -> Result<Value, LocalError> {
        if kind == ARRAY { self.array(MAX_DEPTH) } else { self.scalar(kind) }
    }

    fn array(&mut self, depth: u8) -> Result<Value, LocalError> {
        let kind = self.u32("an array")?;
        let n = self.count(if kind == STRING { 8 } else { 1 }, "an array")?;
        let (mut texts, mut integers, mut floats) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..n {
            let item = match (kind, depth) {
                (ARRAY, 0) => return Err(LocalError::Malformed("arrays are nested too deep".to_owned())),
                (ARRAY, _) => self.array(depth - 1)?,
                _ => self.scalar(kind)?,
            };
            match item {
                Value::Text(t) => texts.push(t),
                Value::Integer(i) => integers.push(i),
                #[allow(clippy::cast_possible_truncation)]
                Value::Float(x) => floats.push(x as f32),
                _ => {}
            }
        }
        Ok(match kind {
            STRING => Value::Texts(texts),
            6 | 12 => Value::Floats(floats),
            _ if integers.len() as u64 == n => Value::Integers(integers),
            _ => Value::Other,
        })
    }
}

/// A stream that ends too soon is a truncated file, whatever length the system gave for it.
fn cut(e: std::io::Error, of: &str) -> LocalError {
    if e.kind() == std::io::ErrorKind::UnexpectedEof { LocalError::Truncated(of.to_owned()) } else { e.into() }
}
