//! Money: integer minor units with a currency, never a float.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An ISO 4217 currency code.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

/// Why an amount or a currency could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// The code is not three letters.
    #[error("a currency is three letters such as USD")]
    Currency,
    /// The text holds no decimal number.
    #[error("not an amount of money")]
    Amount,
    /// More digits after the decimal point than the currency has.
    #[error("{currency} has {digits} digits after the decimal point")]
    TooPrecise {
        /// The currency in question.
        currency: Currency,
        /// How many minor digits it has.
        digits: u32,
    },
    /// The amount does not fit.
    #[error("the amount is too large")]
    Overflow,
}

impl Currency {
    /// United States dollar.
    pub const USD: Self = Self(*b"USD");

    /// Reads a three-letter code in any case.
    ///
    /// # Errors
    /// [`MoneyError::Currency`] when the text is not three ASCII letters.
    pub fn parse(text: &str) -> Result<Self, MoneyError> {
        match text.trim().as_bytes() {
            [a, b, c] if [a, b, c].iter().all(|x| x.is_ascii_alphabetic()) => {
                Ok(Self([a.to_ascii_uppercase(), b.to_ascii_uppercase(), c.to_ascii_uppercase()]))
            }
            _ => Err(MoneyError::Currency),
        }
    }

    /// The code as text.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }

    /// Digits after the decimal point, by ISO 4217 (list one, 2024).
    pub fn minor_digits(self) -> u32 {
        match &self.0 {
            b"BIF" | b"CLP" | b"DJF" | b"GNF" | b"ISK" | b"JPY" | b"KMF" | b"KRW" | b"PYG" | b"RWF" | b"UGX" | b"VND" | b"VUV" | b"XAF"
            | b"XOF" | b"XPF" => 0,
            b"BHD" | b"IQD" | b"JOD" | b"KWD" | b"LYD" | b"OMR" | b"TND" => 3,
            _ => 2,
        }
    }

    /// The sign customers of the currency write, where there is a common one.
    pub fn sign(self) -> Option<&'static str> {
        Some(match &self.0 {
            b"USD" => "$",
            b"EUR" => "€",
            b"GBP" => "£",
            b"JPY" | b"CNY" => "¥",
            b"INR" => "₹",
            b"KRW" => "₩",
            b"CAD" => "CA$",
            b"AUD" => "A$",
            b"NZD" => "NZ$",
            b"MXN" => "MX$",
            b"BRL" => "R$",
            _ => return None,
        })
    }

    /// Whether a folded word names it: its code, or what customers of it call it.
    pub fn is_called(self, word: &str) -> bool {
        word == self.code().to_ascii_lowercase()
            || match &self.0 {
                b"USD" => matches!(word, "dollar" | "dollars" | "buck" | "bucks"),
                b"CAD" | b"AUD" | b"NZD" | b"MXN" => matches!(word, "dollar" | "dollars" | "peso" | "pesos"),
                b"EUR" => matches!(word, "euro" | "euros"),
                b"GBP" => matches!(word, "pound" | "pounds" | "quid"),
                b"CHF" => matches!(word, "franc" | "francs"),
                b"JPY" => word == "yen",
                b"INR" => matches!(word, "rupee" | "rupees"),
                b"NOK" | b"SEK" | b"DKK" => matches!(word, "kroner" | "krone" | "kronor" | "krona" | "crowns"),
                _ => false,
            }
    }
}

impl TryFrom<String> for Currency {
    type Error = MoneyError;

    fn try_from(text: String) -> Result<Self, MoneyError> {
        Self::parse(&text)
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.code().to_owned()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// An amount of money in the minor unit of its currency (cents for USD).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    /// Amount in minor units; negative for what is owed the other way.
    pub minor: i64,
    /// The currency; amounts of two currencies never mix.
    pub currency: Currency,
}

impl Money {
    /// An amount in minor units.
    pub fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Reads a plain decimal number: optional sign, digits, optional point and fraction.
    ///
    /// Zeros beyond the currency's precision are dropped ("12.500" is 12.50 USD); other digits there
    /// are an error, because a price is never rounded in silence.
    ///
    /// # Errors
    /// See [`MoneyError`].
    pub fn parse_decimal(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        let text = text.trim();
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if whole.len() + fraction.len() == 0 || !all_digits(whole) || !all_digits(fraction) {
            return Err(MoneyError::Amount);
        }
        let places = currency.minor_digits() as usize;
        let (kept, beyond) = fraction.split_at(fraction.len().min(places));
        if beyond.bytes().any(|b| b != b'0') {
            return Err(MoneyError::TooPrecise { currency, digits: currency.minor_digits() });
        }
        let mut minor: i64 = 0;
        let padding = std::iter::repeat_n(b'0', places - kept.len());
        for digit in whole.bytes().chain(kept.bytes()).chain(padding) {
            minor = minor.checked_mul(10).and_then(|m| m.checked_add(i64::from(digit - b'0'))).ok_or(MoneyError::Overflow)?;
        }
        Ok(Self::new(if negative { -minor } else { minor }, currency))
    }

    /// The sum, where both are of one currency and it fits.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        (self.currency == other.currency)
            .then(|| self.minor.checked_add(other.minor))
            .flatten()
            .map(|minor| Self::new(minor, self.currency))
    }

    /// The difference, where both are of one currency and it fits.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.checked_add(Self::new(other.minor.checked_neg()?, other.currency))
    }

    /// The amount `times` over, where it fits.
    pub fn times(self, times: u32) -> Option<Self> {
        self.minor.checked_mul(i64::from(times)).map(|minor| Self::new(minor, self.currency))
    }

    /// `hundredths` of a per cent of the amount, rounded half up to the minor unit.
    ///
    /// 1,000 hundredths are 10 %. Half up is what price labels in shops use.
    pub fn percent(self, hundredths: u32) -> Self {
        let product = i128::from(self.minor) * i128::from(hundredths);
        let rounded = (product + 5_000).div_euclid(10_000);
        Self::new(i64::try_from(rounded).unwrap_or(i64::MAX), self.currency)
    }

    /// The digits without sign or currency: `1299.00`.
    pub fn decimal(self) -> String {
        let places = self.currency.minor_digits();
        let unit = 10_u64.pow(places);
        let amount = self.minor.unsigned_abs();
        let sign = if self.minor < 0 { "-" } else { "" };
        if places == 0 {
            format!("{sign}{amount}")
        } else {
            format!("{sign}{}.{:0width$}", amount / unit, amount % unit, width = places as usize)
        }
    }
}

impl fmt::Display for Money {
    /// `$1,299.00`, `€45.00`, `1,299.00 CHF`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = self.decimal();
        let (sign, plain) = match plain.strip_prefix('-') {
            Some(rest) => ("-", rest),
            None => ("", plain.as_str()),
        };
        let (whole, fraction) = plain.split_once('.').unwrap_or((plain, ""));
        let grouped = group_thousands(whole);
        let point = if fraction.is_empty() { "" } else { "." };
        match self.currency.sign() {
            Some(mark) => write!(f, "{sign}{mark}{grouped}{point}{fraction}"),
            None => write!(f, "{sign}{grouped}{point}{fraction} {}", self.currency),
        }
    }
}

/// `1234567` as `1,234,567`.
pub fn group_thousands(digits: &str) -> String {
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_read_exactly() {
        let jpy = Currency::parse("jpy").unwrap();
        let kwd = Currency::parse("KWD").unwrap();
        for (text, currency, expected) in [
            ("1299.00", Currency::USD, Some(129_900)),
            ("1299", Currency::USD, Some(129_900)),
            (".5", Currency::USD, Some(50)),
            ("-12.5", Currency::USD, Some(-1_250)),
            ("12.500", Currency::USD, Some(1_250)),
            ("12.505", Currency::USD, None),
            ("1500", jpy, Some(1_500)),
            ("1500.00", jpy, Some(1_500)),
            ("1.234", kwd, Some(1_234)),
            ("", Currency::USD, None),
            (".", Currency::USD, None),
            ("12,50", Currency::USD, None),
            ("1e3", Currency::USD, None),
            ("99999999999999999999", Currency::USD, None),
        ] {
            let got = Money::parse_decimal(text, currency).ok().map(|m| m.minor);
            assert_eq!(got, expected, "{text} {currency}");
        }
    }

    #[test]
    fn amounts_are_shown_with_groups_and_sign() {
        let chf = Currency::parse("CHF").unwrap();
        let jpy = Currency::parse("JPY").unwrap();
        for (minor, currency, shown) in [
            (129_900, Currency::USD, "$1,299.00"),
            (-5, Currency::USD, "-$0.05"),
            (100_000_000, chf, "1,000,000.00 CHF"),
            (1_500, jpy, "¥1,500"),
        ] {
            assert_eq!(Money::new(minor, currency).to_string(), shown);
        }
    }

    #[test]
    fn per_cents_round_half_up() {
        for (minor, hundredths, expected) in [(999, 1_000, 100), (5, 1_000, 1), (4, 1_000, 0), (10_000, 1_250, 1_250)] {
            assert_eq!(Money::new(minor, Currency::USD).percent(hundredths).minor, expected);
        }
    }

    #[test]
    fn currencies_never_mix() {
        let usd = Money::new(1, Currency::USD);
        let eur = Money::new(1, Currency::parse("EUR").unwrap());
        assert_eq!(usd.checked_add(eur), None);
        assert_eq!(usd.checked_sub(usd).map(|m| m.minor), Some(0));
    }
}
