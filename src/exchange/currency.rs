//! Currencies as files write them: a sign or a code beside an amount, or in the name of a column.

use std::collections::BTreeMap;

use super::columns;
use super::convert::{is_empty, plain};
use super::rows::Row;
use crate::domain::money::Currency;
use crate::domain::record::RecordKind;

/// Codes in use (ISO 4217). Three letters in a file are a currency only when they are one of these.
const CODES: &str = "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP \
                     CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR \
                     ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT \
                     MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD \
                     SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND \
                     VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG";
/// Codes that are words too: in the name of a column ("Top price") they name no currency.
const WORDS: &str = "ALL CUP GEL LAK MAD PEN TOP TRY";
/// What is written beside amounts, the longer before what it ends with, and the currencies it stands for.
const SIGNS: &[(&str, &str)] = &[
    ("US$", "USD"),
    ("CA$", "CAD"),
    ("C$", "CAD"),
    ("AU$", "AUD"),
    ("A$", "AUD"),
    ("NZ$", "NZD"),
    ("MX$", "MXN"),
    ("HK$", "HKD"),
    ("R$", "BRL"),
    ("S$", "SGD"),
    ("$", "USD CAD AUD NZD MXN SGD HKD TWD ARS CLP COP BBD BSD BZD FJD GYD JMD TTD UYU XCD"),
    ("€", "EUR"),
    ("£", "GBP EGP GIP FKP SHP LBP SYP"),
    ("¥", "JPY CNY"),
    ("₹", "INR"),
    ("₩", "KRW"),
    ("₺", "TRY"),
    ("₽", "RUB"),
    ("₴", "UAH"),
    ("₪", "ILS"),
    ("₫", "VND"),
    ("฿", "THB"),
    ("₱", "PHP"),
    ("₦", "NGN"),
];
/// The same in letters, which must stand alone.
const LETTERS: &[(&str, &str)] = &[
    ("euro", "EUR"),
    ("euros", "EUR"),
    ("zł", "PLN"),
    ("kč", "CZK"),
    ("ft", "HUF"),
    ("kr", "SEK NOK DKK ISK"),
    ("lei", "RON MDL"),
    ("fr", "CHF XAF XOF"),
    ("sfr", "CHF"),
];

/// What an amount or a column says of its currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The sign, code or word, as written.
    pub written: String,
    /// The currencies it may stand for.
    codes: &'static str,
}

impl Named {
    /// Whether it may stand for a currency.
    pub fn may_be(&self, currency: Currency) -> bool {
        self.codes.split(' ').any(|code| code == currency.code())
    }

    /// The currency, given the shop's: a sign that several share is the shop's if that is among them.
    pub fn currency(&self, shop: Currency) -> Option<Currency> {
        if self.may_be(shop) {
            return Some(shop);
        }
        // A pound is taken for sterling, where the shop uses no other; a dollar or a crown may be anybody's.
        let only = match self.codes.split_once(' ') {
            None => self.codes,
            Some((first @ "GBP", _)) => first,
            Some(_) => return None,
        };
        Currency::parse(only).ok()
    }
}

/// The currency an amount is written with.
pub fn of_amount(text: &str) -> Option<Named> {
    by_sign(text).or_else(|| words(text).find_map(|word| code(word).or_else(|| by_letters(word))))
}

/// The currency in the name of a column, such as `Price (€)` or `price_eur`.
pub fn of_column(written: &str) -> Option<Named> {
    let euro = |word: &str| word.eq_ignore_ascii_case("euro").then(|| by_letters(word)).flatten();
    by_sign(written).or_else(|| words(written).find_map(|word| code(word).filter(|named| !is_word(named.codes)).or_else(|| euro(word))))
}

/// What is to be said of rows with amounts that have no currency of their own: they are never taken for
/// the shop's in silence.
pub fn notes(kind: RecordKind, rows: &[Row], shop: Currency) -> Vec<String> {
    let (mut silent, mut foreign) = (0_usize, BTreeMap::<Currency, usize>::new());
    for row in rows.iter().filter(|row| row.fields.get("currency").is_none_or(is_empty)) {
        let mut amounts =
            columns::amounts(kind).filter_map(|name| row.fields.get(name).and_then(plain)).filter(|text| !text.is_empty()).peekable();
        if amounts.peek().is_none() {
            continue;
        }
        match amounts.find_map(|text| of_amount(&text)) {
            None => silent += 1,
            Some(named) => {
                if let Some(currency) = named.currency(shop).filter(|currency| *currency != shop) {
                    *foreign.entry(currency).or_default() += 1;
                }
            }
        }
    }
    let mut notes: Vec<String> = foreign
        .into_iter()
        .map(|(currency, rows)| {
            format!(
                "the amounts of {rows} rows are written in {currency} and taken so, but the shop's currency is {shop}; if {currency} is the \
                 shop's, set currency = \"{currency}\" under [shop] in electromart.toml, or ELECTROMART_SHOP_CURRENCY={currency}"
            )
        })
        .collect();
    if silent > 0 {
        notes.push(format!(
            "the amounts of {silent} rows name no currency and are read in {shop}, the shop's; if that is wrong, add a column currency or \
             set [shop] currency"
        ));
    }
    notes
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty())
}

fn by_sign(text: &str) -> Option<Named> {
    SIGNS.iter().find(|(sign, _)| text.contains(sign)).map(|(sign, codes)| Named { written: (*sign).to_owned(), codes })
}

fn by_letters(word: &str) -> Option<Named> {
    let folded = word.to_lowercase();
    LETTERS.iter().find(|(letters, _)| *letters == folded).map(|(_, codes)| Named { written: word.to_owned(), codes })
}

fn is_word(code: &str) -> bool {
    WORDS.split(' ').any(|word| word == code)
}

fn code(word: &str) -> Option<Named> {
    let upper = word.to_uppercase();
    let codes = CODES.split(' ').find(|code| *code == upper)?;
    // "for all": in small letters it is the word.
    if is_word(codes) && word != codes {
        return None;
    }
    Some(Named { written: word.to_owned(), codes })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn currencies_are_read_from_amounts_and_columns() {
        let eur = Currency::parse("EUR").unwrap();
        for (text, shop, expected) in [
            ("€ 49,-", Currency::USD, Some("EUR")),
            ("49.95 EUR", Currency::USD, Some("EUR")),
            ("49 euro", Currency::USD, Some("EUR")),
            ("£12", Currency::USD, Some("GBP")),
            ("$12", Currency::USD, Some("USD")),
            ("CA$12", Currency::USD, Some("CAD")),
            ("$12", eur, None),
            ("100 kr", eur, None),
            ("100 kr", Currency::parse("SEK").unwrap(), Some("SEK")),
            ("CHF 12.-", eur, Some("CHF")),
        ] {
            let named = of_amount(text).unwrap();
            assert_eq!(named.currency(shop).map(|c| c.code().to_owned()).as_deref(), expected, "{text}");
        }
        for plain in ["49.95", "12 each", "from 5", ""] {
            assert_eq!(of_amount(plain), None, "{plain}");
        }
        for (column, expected) in [
            ("Price (€)", Some("EUR")),
            ("price_eur", Some("EUR")),
            ("Price USD", Some("USD")),
            ("Top price", None),
            ("Price incl. VAT", None),
            ("price", None),
        ] {
            assert_eq!(of_column(column).map(|named| named.codes.split(' ').next().unwrap()), expected, "{column}");
        }
    }
}
