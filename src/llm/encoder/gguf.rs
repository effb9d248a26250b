//! Reads a GGUF file that lies in memory, without trusting a number in it.
//!
//! Every length is checked against the bytes that are left before anything is set aside for it, so
//! a damaged file gives an error, not a large allocation. Strings and tensor bytes are borrowed.
//! The format: <https://github.com/ggml-org/ggml/blob/master/docs/gguf.md>.

use std::collections::HashMap;

use super::super::kernels::product::{Q8_BYTES, Q8_ELEMENTS};
use super::error::EncoderError;

/// GGML type number of 32-bit floats.
pub(super) const F32: u32 = 0;
/// GGML type number of blocks of 32 signed bytes under one 16-bit float.
pub(super) const Q8_0: u32 = 8;

const STRING: u32 = 8;
const ARRAY: u32 = 9;
/// Arrays in arrays are read this deep, which is deeper than any known file.
const MAX_DEPTH: u8 = 3;

/// A metadata value of the kinds the encoder asks for; other kinds are skipped.
#[derive(Debug)]
pub(super) enum Value<'a> {
    Integer(u64),
    Float(f32),
    Text(&'a str),
    Texts(Vec<&'a str>),
    Integers(Vec<u64>),
    Other,
}

/// A tensor where it lies in the file.
#[derive(Debug)]
pub(super) struct Stored<'a> {
    /// Innermost first.
    pub shape: Vec<usize>,
    pub kind: u32,
    pub bytes: &'a [u8],
}

/// A GGUF file taken apart.
#[derive(Debug)]
pub(super) struct Gguf<'a> {
    values: HashMap<&'a str, Value<'a>>,
    tensors: HashMap<&'a str, Stored<'a>>,
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, len: usize, of: &'static str) -> Result<&'a [u8], EncoderError> {
        let end = self.at.checked_add(len).ok_or(EncoderError::Truncated(of))?;
        let out = self.bytes.get(self.at..end).ok_or(EncoderError::Truncated(of))?;
        self.at = end;
        Ok(out)
    }

    fn fixed<const N: usize>(&mut self, of: &'static str) -> Result<[u8; N], EncoderError> {
        self.take(N, of)?.try_into().map_err(|_| EncoderError::Truncated(of))
    }

    fn u32(&mut self, of: &'static str) -> Result<u32, EncoderError> {
        Ok(u32::from_le_bytes(self.fixed(of)?))
    }

    fn u64(&mut self, of: &'static str) -> Result<u64, EncoderError> {
        Ok(u64::from_le_bytes(self.fixed(of)?))
    }

    /// A count of things of at least `least` bytes each, which must still fit.
    fn count(&mut self, least: usize, of: &'static str) -> Result<usize, EncoderError> {
        let n = usize::try_from(self.u64(of)?).map_err(|_| EncoderError::Truncated(of))?;
        let left = self.bytes.len() - self.at;
        if n > left / least { Err(EncoderError::Truncated(of)) } else { Ok(n) }
    }

    fn text(&mut self, of: &'static str) -> Result<&'a str, EncoderError> {
        let len = self.count(1, of)?;
        std::str::from_utf8(self.take(len, of)?).map_err(|_| EncoderError::Malformed(format!("{of} is not UTF-8")))
    }

    fn scalar(&mut self, kind: u32) -> Result<Value<'a>, EncoderError> {
        let of = "a metadata value";
        Ok(match kind {
            0 | 7 => Value::Integer(u64::from(self.fixed::<1>(of)?[0])),
            2 => Value::Integer(u64::from(u16::from_le_bytes(self.fixed(of)?))),
            4 => Value::Integer(u64::from(self.u32(of)?)),
            5 => match u64::try_from(i32::from_le_bytes(self.fixed(of)?)) {
                Ok(n) => Value::Integer(n),
                Err(_) => Value::Other,
            },
            10 => Value::Integer(self.u64(of)?),
            6 => Value::Float(f32::from_le_bytes(self.fixed(of)?)),
            STRING => Value::Text(self.text(of)?),
            1 => self.take(1, of).map(|_| Value::Other)?,
            3 => self.take(2, of).map(|_| Value::Other)?,
            11 | 12 => self.take(8, of).map(|_| Value::Other)?,
            _ => return Err(EncoderError::Malformed(format!("metadata type {kind}"))),
        })
    }

    fn value(&mut self, kind: u32, depth: u8) -> Result<Value<'a>, EncoderError> {
        if kind != ARRAY {
            return self.scalar(kind);
        }
        if depth == 0 {
            return Err(EncoderError::Malformed("arrays nested too deep".into()));
        }
        let item = self.u32("an array")?;
        let n = self.count(if item == STRING { 8 } else { 1 }, "an array")?;
        let (mut texts, mut integers) = (Vec::new(), Vec::new());
        for _ in 0..n {
            match self.value(item, depth - 1)? {
                Value::Text(t) => texts.push(t),
                Value::Integer(i) => integers.push(i),
                _ => {}
            }
        }
        Ok(match (texts.len() == n, integers.len() == n) {
            (true, _) if item == STRING => Value::Texts(texts),
            (_, true) => Value::Integers(integers),
            _ => Value::Other,
        })
    }
}

impl<'a> Gguf<'a> {
    /// Takes a file apart.
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, EncoderError> {
        let mut r = Reader { bytes, at: 0 };
        if &r.fixed::<4>("the header")? != b"GGUF" || !matches!(r.u32("the header")?, 2 | 3) {
            return Err(EncoderError::NotGguf);
        }
        // A tensor entry is at least a name's length, dimensions, a type and an offset.
        let tensors = r.count(24, "the header")?;
        let keys = r.count(12, "the header")?;
        let mut values = HashMap::new();
        for _ in 0..keys {
            let key = r.text("a metadata key")?;
            let kind = r.u32("a metadata value")?;
            values.insert(key, r.value(kind, MAX_DEPTH)?);
        }
        let mut entries = Vec::new();
        for _ in 0..tensors {
            let name = r.text("a tensor's name")?;
            let dims = r.u32("a tensor's shape")?;
            if dims > 4 {
                return Err(EncoderError::Malformed(format!("`{name}` has {dims} dimensions")));
            }
            let mut shape = Vec::new();
            for _ in 0..dims {
                let n = usize::try_from(r.u64("a tensor's shape")?);
                shape.push(n.map_err(|_| EncoderError::Malformed(format!("shape of `{name}`")))?);
            }
            entries.push((name, shape, r.u32("a tensor's type")?, r.u64("a tensor's offset")?));
        }
        let align = match values.get("general.alignment") {
            Some(Value::Integer(n)) if n.is_power_of_two() && *n <= 1 << 16 => *n as usize,
            Some(_) => return Err(EncoderError::Malformed("general.alignment".into())),
            None => 32,
        };
        let start = r.at.next_multiple_of(align);
        let (mut stored, mut total) = (HashMap::new(), 0usize);
        for (name, shape, kind, offset) in entries {
            let part = tensor_bytes(bytes, start, offset, &shape, kind).ok_or(EncoderError::Truncated("a tensor"))?;
            // Tensors that lie over each other could ask for more memory than the file is long.
            total = total.saturating_add(part.len());
            if total > bytes.len() {
                return Err(EncoderError::Malformed("tensors overlap".into()));
            }
            stored.insert(name, Stored { shape, kind, bytes: part });
        }
        Ok(Self { values, tensors: stored })
    }

    /// A whole number.
    pub(super) fn integer(&self, key: &str) -> Result<u64, EncoderError> {
        match self.values.get(key) {
            Some(Value::Integer(n)) => Ok(*n),
            _ => Err(EncoderError::MissingKey(key.to_owned())),
        }
    }

    /// A whole number that not every file has.
    pub(super) fn integer_if(&self, key: &str) -> Result<Option<u64>, EncoderError> {
        if self.values.contains_key(key) { self.integer(key).map(Some) } else { Ok(None) }
    }

    /// A finite number.
    pub(super) fn float(&self, key: &str) -> Result<f32, EncoderError> {
        match self.values.get(key) {
            Some(Value::Float(x)) if x.is_finite() => Ok(*x),
            _ => Err(EncoderError::MissingKey(key.to_owned())),
        }
    }

    /// A string.
    pub(super) fn text(&self, key: &str) -> Result<&'a str, EncoderError> {
        match self.values.get(key) {
            Some(Value::Text(t)) => Ok(t),
            _ => Err(EncoderError::MissingKey(key.to_owned())),
        }
    }

    /// A list of strings.
    pub(super) fn texts(&self, key: &str) -> Result<&[&'a str], EncoderError> {
        match self.values.get(key) {
            Some(Value::Texts(t)) => Ok(t),
            _ => Err(EncoderError::MissingKey(key.to_owned())),
        }
    }

    /// A list of whole numbers.
    pub(super) fn integers(&self, key: &str) -> Result<&[u64], EncoderError> {
        match self.values.get(key) {
            Some(Value::Integers(n)) => Ok(n),
            _ => Err(EncoderError::MissingKey(key.to_owned())),
        }
    }

    /// The bytes of a tensor that must have this shape (innermost first) and type.
    pub(super) fn tensor(&self, name: &str, shape: &[usize], kind: u32) -> Result<&'a [u8], EncoderError> {
        let t = self.tensors.get(name).ok_or_else(|| EncoderError::MissingTensor(name.to_owned()))?;
        if t.shape != shape || t.kind != kind {
            return Err(EncoderError::Shape { name: name.to_owned(), found: t.shape.clone(), kind: t.kind });
        }
        Ok(t.bytes)
    }

    /// A tensor of 32-bit floats, copied out; every one must be finite.
    pub(super) fn floats(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, EncoderError> {
        let bytes = self.tensor(name, shape, F32)?;
        let out: Vec<f32> = bytes.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
        if out.iter().all(|x| x.is_finite()) { Ok(out) } else { Err(EncoderError::Malformed(format!("`{name}` is not finite"))) }
    }
}

/// The bytes of one tensor; `None` when they are not all there. Types not read here are empty.
fn tensor_bytes<'a>(all: &'a [u8], start: usize, offset: u64, shape: &[usize], kind: u32) -> Option<&'a [u8]> {
    let elements = shape.iter().try_fold(1usize, |n, d| n.checked_mul(*d))?;
    let len = match kind {
        F32 => elements.checked_mul(4)?,
        Q8_0 if shape.first()?.is_multiple_of(Q8_ELEMENTS) => (elements / Q8_ELEMENTS).checked_mul(Q8_BYTES)?,
        _ => 0,
    };
    let from = start.checked_add(usize::try_from(offset).ok()?)?;
    all.get(from..from.checked_add(len)?)
}
