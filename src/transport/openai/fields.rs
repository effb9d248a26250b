//! The fields of a request, read strictly in type. A field that is null counts as absent, as in the protocol.

use std::ops::RangeInclusive;

use serde_json::{Map, Value};

use super::refusal::Refusal;

/// The fields of an object of the request.
#[derive(Clone, Copy)]
pub struct Fields<'a> {
    object: &'a Map<String, Value>,
    /// Where the object stands, with a dot behind it; empty for the request itself.
    path: &'a str,
}

impl<'a> Fields<'a> {
    /// Of the request itself.
    pub fn of(object: &'a Map<String, Value>) -> Self {
        Self { object, path: "" }
    }

    /// Of an object within it; `path` ends with a dot.
    pub fn within(object: &'a Map<String, Value>, path: &'a str) -> Self {
        Self { object, path }
    }

    /// Where a field stands.
    pub fn path(&self, name: &str) -> String {
        format!("{}{name}", self.path)
    }

    /// A field, unless it is absent or null.
    pub fn get(&self, name: &str) -> Option<&'a Value> {
        self.object.get(name).filter(|value| !value.is_null())
    }

    /// A field that must be there.
    pub fn required(&self, name: &str) -> Result<&'a Value, Refusal> {
        let path = self.path(name);
        self.get(name).ok_or_else(|| Refusal::field(path.as_str(), "missing_required_parameter", format!("{path} is missing.")))
    }

    /// A text.
    pub fn text(&self, name: &str) -> Result<Option<&'a str>, Refusal> {
        self.read(name, "a string", Value::as_str)
    }

    /// Yes or no; absent is no.
    pub fn flag(&self, name: &str) -> Result<bool, Refusal> {
        Ok(self.read(name, "true or false", Value::as_bool)?.unwrap_or(false))
    }

    /// An object.
    pub fn object(&self, name: &str) -> Result<Option<&'a Map<String, Value>>, Refusal> {
        self.read(name, "an object", Value::as_object)
    }

    /// A number within bounds.
    pub fn number(&self, name: &str, bounds: RangeInclusive<f64>) -> Result<Option<f64>, Refusal> {
        let number = self.read(name, "a number", Value::as_f64)?;
        match number {
            Some(number) if !bounds.contains(&number) => {
                Err(Refusal::value(&self.path(name), &format!("from {} to {}", bounds.start(), bounds.end())))
            }
            number => Ok(number),
        }
    }

    /// A whole number of at least 1.
    pub fn count(&self, name: &str) -> Result<Option<u64>, Refusal> {
        match self.read(name, "a whole number", Value::as_u64)? {
            Some(0) => Err(Refusal::value(&self.path(name), "at least 1")),
            count => Ok(count),
        }
    }

    fn read<T>(&self, name: &str, kind: &str, read: impl Fn(&'a Value) -> Option<T>) -> Result<Option<T>, Refusal> {
        let Some(value) = self.get(name) else { return Ok(None) };
        read(value).map(Some).ok_or_else(|| mistyped(&self.path(name), kind))
    }
}

/// A refusal of a value of another type.
pub fn mistyped(path: &str, kind: &str) -> Refusal {
    Refusal::field(path, "invalid_type", format!("{path} must be {kind}."))
}
