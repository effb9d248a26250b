//! Settings: how a value is read from a file or a variable, and how it is shown.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use crate::domain::money::Currency;

/// A value as it was written: in the file with its type, in a variable as text.
#[derive(Debug, Clone)]
pub enum Raw {
    /// From the environment or a flag.
    Text(String),
    /// From the file.
    Toml(toml::Value),
}

impl fmt::Display for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Toml(value) => write!(f, "{value}"),
        }
    }
}

impl Raw {
    fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Toml(value) => value.as_str(),
        }
    }

    fn integer(&self) -> Option<i64> {
        match self {
            Self::Text(text) => text.trim().replace('_', "").parse().ok(),
            Self::Toml(value) => value.as_integer(),
        }
    }
}

/// A type a setting can have.
pub trait Setting: Sized {
    /// What is accepted, for error messages: "a number from 0 to 65535".
    const ACCEPTED: &'static str;

    /// The value, or `None` when it is not accepted.
    fn read(raw: &Raw) -> Option<Self>;

    /// The value as it would stand in the file.
    fn show(&self) -> String;
}

macro_rules! numbers {
    ($($type:ty => $accepted:literal),+) => { $(
        impl Setting for $type {
            const ACCEPTED: &'static str = $accepted;

            fn read(raw: &Raw) -> Option<Self> {
                raw.integer()?.try_into().ok()
            }

            fn show(&self) -> String {
                self.to_string()
            }
        }
    )+ };
}

numbers! {
    u16 => "a whole number from 0 to 65535",
    u32 => "a whole number from 0 to 4294967295",
    usize => "a whole number, 0 or more",
    u64 => "a whole number, 0 or more"
}

impl Setting for f64 {
    const ACCEPTED: &'static str = "a number, 0 or more";

    fn read(raw: &Raw) -> Option<Self> {
        let number = match raw {
            Raw::Text(text) => text.trim().parse().ok(),
            Raw::Toml(value) => value.as_float().or_else(|| value.as_integer().map(|n| n as f64)),
        }?;
        (number.is_finite() && number >= 0.0).then_some(number)
    }

    fn show(&self) -> String {
        format!("{self:?}")
    }
}

/// A share: from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share(pub f32);

impl Setting for Share {
    const ACCEPTED: &'static str = "a number from 0 to 1";

    fn read(raw: &Raw) -> Option<Self> {
        let number = f64::read(raw)?;
        (number <= 1.0).then_some(Self(number as f32))
    }

    fn show(&self) -> String {
        format!("{:?}", self.0)
    }
}

impl Setting for bool {
    const ACCEPTED: &'static str = "true or false";

    fn read(raw: &Raw) -> Option<Self> {
        match raw {
            Raw::Toml(value) => value.as_bool(),
            Raw::Text(text) => match text.trim().to_ascii_lowercase().as_str() {
                "true" | "1" | "yes" | "on" => Some(true),
                "false" | "0" | "no" | "off" => Some(false),
                _ => None,
            },
        }
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

impl Setting for String {
    const ACCEPTED: &'static str = "text";

    fn read(raw: &Raw) -> Option<Self> {
        raw.text().map(str::to_owned)
    }

    fn show(&self) -> String {
        toml::Value::String(self.clone()).to_string()
    }
}

impl Setting for PathBuf {
    const ACCEPTED: &'static str = "a path";

    fn read(raw: &Raw) -> Option<Self> {
        raw.text().filter(|text| !text.trim().is_empty()).map(Self::from)
    }

    fn show(&self) -> String {
        toml::Value::String(self.display().to_string()).to_string()
    }
}

impl<T: Setting> Setting for Option<T> {
    const ACCEPTED: &'static str = T::ACCEPTED;

    /// Empty text switches the setting off.
    fn read(raw: &Raw) -> Option<Self> {
        if raw.text().is_some_and(|text| text.trim().is_empty()) {
            return Some(None);
        }
        T::read(raw).map(Some)
    }

    fn show(&self) -> String {
        self.as_ref().map_or_else(|| "\"\"".to_owned(), T::show)
    }
}

/// Lists are arrays in the file and comma-separated in a variable.
impl<T: Setting> Setting for Vec<T> {
    const ACCEPTED: &'static str = "a list (in a variable: separated by commas)";

    fn read(raw: &Raw) -> Option<Self> {
        match raw {
            Raw::Text(text) => {
                text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(|part| T::read(&Raw::Text(part.to_owned()))).collect()
            }
            Raw::Toml(toml::Value::Array(items)) => items.iter().map(|item| T::read(&Raw::Toml(item.clone()))).collect(),
            Raw::Toml(_) => None,
        }
    }

    fn show(&self) -> String {
        let items: Vec<String> = self.iter().map(T::show).collect();
        format!("[{}]", items.join(", "))
    }
}

/// Where to listen: an address or `localhost`, with a port. Names are not looked up: a static program has
/// no resolver of its own for them, and a server should not depend on one to start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Address(pub SocketAddr);

impl Setting for Address {
    const ACCEPTED: &'static str = "an address with a port, such as 127.0.0.1:8080, [::1]:8080 or localhost:8080";

    fn read(raw: &Raw) -> Option<Self> {
        let text = raw.text()?.trim();
        let literal = match text.strip_prefix("localhost:") {
            Some(port) => format!("127.0.0.1:{port}"),
            None => text.to_owned(),
        };
        literal.parse().ok().map(Self)
    }

    fn show(&self) -> String {
        format!("\"{}\"", self.0)
    }
}

/// A range of addresses: `10.0.0.0/8`, `fd00::/8`, or a single address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    base: IpAddr,
    prefix: u8,
}

impl Network {
    /// Whether `address` lies in it. An IPv4 address written as IPv6 counts as IPv4.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.base, address.to_canonical()) {
            (IpAddr::V4(base), IpAddr::V4(other)) => {
                same_prefix(u128::from(u32::from(base)) << 96, u128::from(u32::from(other)) << 96, self.prefix)
            }
            (IpAddr::V6(base), IpAddr::V6(other)) => same_prefix(base.into(), other.into(), self.prefix),
            _ => false,
        }
    }
}

fn same_prefix(a: u128, b: u128, bits: u8) -> bool {
    let mask = u128::MAX.checked_shl(128 - u32::from(bits)).unwrap_or(0);
    (a ^ b) & mask == 0
}

impl Setting for Network {
    const ACCEPTED: &'static str = "an address or a range such as 192.168.1.0/24";

    fn read(raw: &Raw) -> Option<Self> {
        let text = raw.text()?.trim();
        let (base, prefix) = match text.split_once('/') {
            Some((base, prefix)) => (base.parse::<IpAddr>().ok()?, Some(prefix.parse::<u8>().ok()?)),
            None => (text.parse().ok()?, None),
        };
        let widest = if base.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.unwrap_or(widest);
        (prefix <= widest).then_some(Self { base, prefix })
    }

    fn show(&self) -> String {
        format!("\"{}/{}\"", self.base, self.prefix)
    }
}

impl Setting for Currency {
    const ACCEPTED: &'static str = "a currency code of three letters, such as USD";

    fn read(raw: &Raw) -> Option<Self> {
        Self::parse(raw.text()?).ok()
    }

    fn show(&self) -> String {
        format!("\"{self}\"")
    }
}

/// A time zone by its IANA name.
#[derive(Debug, Clone, PartialEq)]
pub struct Zone(pub jiff::tz::TimeZone);

impl Setting for Zone {
    const ACCEPTED: &'static str = "a time zone such as Europe/Berlin or America/New_York";

    fn read(raw: &Raw) -> Option<Self> {
        jiff::tz::TimeZone::get(raw.text()?.trim()).ok().map(Self)
    }

    fn show(&self) -> String {
        format!("\"{}\"", self.0.iana_name().unwrap_or("UTC"))
    }
}

/// Declares an enum of words as a setting.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $text:literal),+ } accepted $accepted:literal) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name { $($(#[$vmeta])* $variant),+ }

        impl $name {
            /// The word for it.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl crate::config::setting::Setting for $name {
            const ACCEPTED: &'static str = $accepted;

            fn read(raw: &crate::config::setting::Raw) -> Option<Self> {
                match raw.to_string().trim_matches('"').trim().to_ascii_lowercase().as_str() {
                    $($text => Some(Self::$variant),)+
                    _ => None,
                }
            }

            fn show(&self) -> String {
                format!("\"{}\"", self.name())
            }
        }
    };
}
pub(super) use words;

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: &str) -> Raw {
        Raw::Text(value.to_owned())
    }

    #[test]
    fn values_are_read_or_refused() {
        assert_eq!(u16::read(&text("8_080")), Some(8080));
        assert_eq!(u16::read(&text("70000")), None);
        assert_eq!(usize::read(&text("-1")), None);
        assert_eq!(f64::read(&Raw::Toml(toml::Value::Integer(3))), Some(3.0));
        assert_eq!(f64::read(&text("nan")), None);
        assert_eq!(Share::read(&text("1.5")), None);
        assert_eq!(bool::read(&text("Yes")), Some(true));
        assert_eq!(Vec::<String>::read(&text("a, b,,c")), Some(vec!["a".into(), "b".into(), "c".into()]));
        assert_eq!(Option::<u16>::read(&text("")), Some(None));
        assert!(Zone::read(&text("Europe/Berlin")).is_some());
        assert!(Zone::read(&text("Nowhere/Land")).is_none());
    }

    #[test]
    fn addresses_are_literal_or_localhost() {
        for (value, ok) in [
            ("127.0.0.1:8080", true),
            ("localhost:80", true),
            ("[::1]:8080", true),
            ("0.0.0.0:0", true),
            ("shop.example:8080", false),
            ("127.0.0.1", false),
            ("localhost", false),
        ] {
            assert_eq!(Address::read(&text(value)).is_some(), ok, "{value}");
        }
    }

    #[test]
    fn networks_contain_their_addresses() {
        for (network, address, inside) in [
            ("192.168.1.0/24", "192.168.1.77", true),
            ("192.168.1.0/24", "192.168.2.1", false),
            ("10.0.0.1", "10.0.0.1", true),
            ("10.0.0.1", "10.0.0.2", false),
            ("0.0.0.0/0", "8.8.8.8", true),
            ("fd00::/8", "fd12::1", true),
            ("10.0.0.0/8", "::ffff:10.1.1.1", true),
        ] {
            let network = Network::read(&text(network)).unwrap();
            assert_eq!(network.contains(address.parse().unwrap()), inside, "{network:?} {address}");
        }
        assert_eq!(Network::read(&text("10.0.0.0/33")), None);
    }
}
