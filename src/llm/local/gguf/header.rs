//! What a file says of itself.

use std::collections::HashMap;
use std::io::Read;

use candle_core::quantized::GgmlDType;

use super::super::error::LocalError;
use super::kinds;
use super::stream::{Stream, Value};

/// Most tensors in a file; a model of 126 layers has about 1,200.
const MAX_TENSORS: u64 = 1 << 16;
/// Most metadata keys in a file; real ones have about 50.
const MAX_KEYS: u64 = 1 << 14;
/// Which network it is.
const ARCHITECTURE: &str = "general.architecture";
/// Bytes that tensors begin at a multiple of, where a file does not say otherwise.
const ALIGNMENT: u64 = 32;

/// A tensor where it lies in the file.
#[derive(Debug, Clone, PartialEq)]
pub(in super::super) struct Stored {
    /// Innermost dimension first.
    pub shape: Vec<u64>,
    pub kind: GgmlDType,
    /// From the beginning of the tensors.
    pub offset: u64,
    /// Bytes it takes there.
    pub bytes: u64,
}

impl Stored {
    /// Elements of all dimensions; does not overflow, since [`Header::read`] checked it.
    pub(in super::super) fn elements(&self) -> u64 {
        self.shape.iter().product()
    }
}

/// The header of a GGUF file: every tensor it names lies wholly within the file.
#[derive(Debug, Clone)]
pub(in super::super) struct Header {
    values: HashMap<String, Value>,
    pub tensors: HashMap<String, Stored>,
    /// Where the tensors begin, in bytes from the start of the file.
    pub data: u64,
}

struct Entry {
    name: String,
    shape: Vec<u64>,
    kind: u32,
    offset: u64,
}

impl Header {
    /// Reads a header from the beginning of a file of `len` bytes.
    pub(in super::super) fn read(from: impl Read, len: u64) -> Result<Self, LocalError> {
        let mut s = Stream::new(from, len);
        if s.fixed::<4>("the header").map_err(|_| LocalError::NotGguf)? != *b"GGUF" {
            return Err(LocalError::NotGguf);
        }
        if !matches!(s.u32("the header")?, 2 | 3) {
            return Err(LocalError::NotGguf);
        }
        // A tensor entry is at least a name's length, dimensions, a type and an offset; a key at least
        // a name's length, a type and one byte.
        let tensors = limited(s.count(8 + 4 + 4 + 8, "the header")?, MAX_TENSORS, "the number of tensors")?;
        let keys = limited(s.count(8 + 4 + 1, "the header")?, MAX_KEYS, "the number of metadata keys")?;
        let mut values = HashMap::new();
        for _ in 0..keys {
            let key = s.text("a metadata key")?;
            let kind = s.u32("a metadata value")?;
            let value = s.value(kind)?;
            if let Some(twice) = values.insert(key.clone(), value) {
                drop(twice);
                return Err(LocalError::Malformed(format!("`{}` stands in it twice", shown(&key))));
            }
        }
        let mut entries = Vec::new();
        for _ in 0..tensors {
            entries.push(entry(&mut s)?);
        }
        let align = match values.get("general.alignment") {
            Some(Value::Integer(n)) => u64::try_from(*n).ok().filter(|n| n.is_power_of_two() && *n <= 1 << 16),
            Some(_) => None,
            None => Some(ALIGNMENT),
        };
        let align = align.ok_or_else(|| LocalError::Malformed("`general.alignment` makes no sense".to_owned()))?;
        // At most the header's limit plus one alignment.
        let data = s.at.next_multiple_of(align);
        let mut stored = HashMap::new();
        for e in entries {
            let name = e.name.clone();
            let tensor = locate(e, data, len)?;
            if stored.insert(name.clone(), tensor).is_some() {
                return Err(LocalError::Malformed(format!("the tensor `{}` stands in it twice", shown(&name))));
            }
        }
        Ok(Self { values, tensors: stored, data })
    }

    /// The header of a network of an architecture that lies in no file: its sizes, by their names behind that of the
    /// architecture, and no tensor yet.
    pub(in super::super) fn made(architecture: &str, integers: &[(&str, u64)], floats: &[(&str, f64)]) -> Self {
        let key = |name: &str| format!("{architecture}.{name}");
        let mut values = HashMap::from([(ARCHITECTURE.to_owned(), Value::Text(architecture.to_owned()))]);
        values.extend(floats.iter().map(|(name, x)| (key(name), Value::Float(*x))));
        let mut made = Self { values, tensors: HashMap::new(), data: 0 };
        integers.iter().for_each(|(name, n)| made.set_integer(name, *n));
        made
    }

    /// The same sizes without tensors and without lists, such as the vocabulary.
    pub(in super::super) fn sizes(&self) -> Self {
        let single = |value: &Value| matches!(value, Value::Integer(_) | Value::Float(_) | Value::Text(_));
        let values = self.values.iter().filter(|(_, value)| single(value)).map(|(key, value)| (key.clone(), value.clone()));
        Self { values: values.collect(), tensors: HashMap::new(), data: 0 }
    }

    /// Gives a size of the architecture another value.
    pub(in super::super) fn set_integer(&mut self, name: &str, n: u64) {
        let architecture = self.text(ARCHITECTURE).unwrap_or_default();
        self.values.insert(format!("{architecture}.{name}"), Value::Integer(i64::try_from(n).unwrap_or(i64::MAX)));
    }

    /// Adds a tensor behind those there are. A shape without whole blocks takes no bytes, and is refused by whoever reads it.
    pub(in super::super) fn put(&mut self, name: String, kind: GgmlDType, shape: &[u64]) {
        let end = self.tensors.values().map(|t| t.offset + t.bytes).max().unwrap_or(0);
        let bytes = shape.iter().product::<u64>() / kind.block_size() as u64 * kind.type_size() as u64;
        self.tensors.insert(name, Stored { shape: shape.to_vec(), kind, offset: end.next_multiple_of(ALIGNMENT), bytes });
    }

    /// A whole number that is not negative.
    pub(in super::super) fn integer(&self, key: &str) -> Option<u64> {
        match self.values.get(key)? {
            Value::Integer(n) => u64::try_from(*n).ok(),
            _ => None,
        }
    }

    /// A truth value.
    pub(in super::super) fn flag(&self, key: &str) -> Option<bool> {
        self.integer(key).map(|n| n != 0)
    }

    /// A finite number.
    pub(in super::super) fn float(&self, key: &str) -> Option<f32> {
        match self.values.get(key)? {
            #[allow(clippy::cast_possible_truncation)]
            Value::Float(x) => Some(*x as f32).filter(|x| x.is_finite()),
            _ => None,
        }
    }

    /// A string.
    pub(in super::super) fn text(&self, key: &str) -> Option<&str> {
        match self.values.get(key)? {
            Value::Text(t) => Some(t),
            _ => None,
        }
    }

    /// A list of strings.
    pub(in super::super) fn texts(&self, key: &str) -> Option<&[String]> {
        match self.values.get(key)? {
            Value::Texts(t) => Some(t),
            _ => None,
        }
    }

    /// A list of whole numbers.
    pub(in super::super) fn integers(&self, key: &str) -> Option<&[i64]> {
        match self.values.get(key)? {
            Value::Integers(n) => Some(n),
            _ => None,
        }
    }

    /// A list of numbers.
    pub(in super::super) fn floats(&self, key: &str) -> Option<&[f32]> {
        match self.values.get(key)? {
            Value::Floats(n) => Some(n),
            _ => None,
        }
    }

    /// Gives a key another text.
    #[cfg(test)]
    pub(in super::super) fn set_text(&mut self, key: &str, text: &str) {
        self.values.insert(key.to_owned(), Value::Text(text.to_owned()));
    }
}

fn limited(n: u64, most: u64, what: &str) -> Result<u64, LocalError> {
    if n > most { Err(LocalError::Size { what: what.to_owned(), found: n }) } else { Ok(n) }
}

/// A name from the file as it may stand in a sentence.
fn shown(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(64).collect()
}

fn entry<R: Read>(s: &mut Stream<R>) -> Result<Entry, LocalError> {
    let name = s.text("a tensor's name")?;
    let dims = s.u32("a tensor's shape")?;
    if dims == 0 || dims > 4 {
        return Err(LocalError::Malformed(format!("the tensor `{}` has {dims} dimensions", shown(&name))));
    }
    let mut shape = Vec::new();
    for _ in 0..dims {
        shape.push(s.u64("a tensor's shape")?);
    }
    Ok(Entry { name, shape, kind: s.u32("a tensor's type")?, offset: s.u64("a tensor's offset")? })
}

/// The tensor an entry names, if all of it lies in the file.
fn locate(e: Entry, data: u64, len: u64) -> Result<Stored, LocalError> {
    let name = shown(&e.name);
    let kind = kinds::of(e.kind).ok_or_else(|| LocalError::Variety(format!("weights of the GGML type {} (`{name}`)", e.kind)))?;
    let wrong = || LocalError::Malformed(format!("the tensor `{name}` has the shape {:?}", e.shape));
    let block = kind.block_size() as u64;
    if !e.shape.first().is_some_and(|n| n.is_multiple_of(block)) || e.shape.contains(&0) {
        return Err(wrong());
    }
    let elements = e.shape.iter().try_fold(1u64, |n, d| n.checked_mul(*d)).ok_or_else(wrong)?;
    let bytes = (elements / block).checked_mul(kind.type_size() as u64).ok_or_else(wrong)?;
    let end = data.checked_add(e.offset).and_then(|from| from.checked_add(bytes));
    if end.is_none_or(|end| end > len) {
        return Err(LocalError::Truncated(format!("the tensor `{name}`")));
    }
    Ok(Stored { shape: e.shape, kind, offset: e.offset, bytes })
}
