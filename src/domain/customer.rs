//! Customers.

use serde::{Deserialize, Serialize};

use super::action::CustomerEvent;
use super::money::Money;
use super::order::Address;
use super::text::fold::fold;
use super::text::names;
use super::time::Moment;
use unicode_normalization::UnicodeNormalization;

/// Somebody who buys here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Customer {
    /// Identifier in the shop's own system.
    pub id: String,
    /// Full name.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// Telephone number as written.
    pub phone: String,
    /// Addresses; the first is the default.
    pub addresses: Vec<Address>,
    /// Ways to pay.
    pub payment_methods: Vec<PaymentMethod>,
    /// What they agreed to, such as `newsletter`.
    pub consents: Vec<String>,
    /// Customer since.
    pub created_at: Option<Moment>,
    /// Last change.
    pub updated_at: Moment,
    /// What was done to the record at their wish, oldest first.
    pub history: Vec<CustomerEvent>,
}

/// A way to pay, without anything that could be used to pay.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PaymentMethod {
    /// Identifier in the source's own system; may be empty.
    pub id: String,
    /// `credit_card`, `paypal`, `gift_card` or the source's own word.
    pub kind: String,
    /// Last digits shown on statements; may be empty.
    pub last_four: String,
    /// What a gift card still holds.
    pub balance: Option<Money>,
}

impl PaymentMethod {
    /// What payments call it: its identifier, or kind and last digits where it has none.
    pub fn name(&self) -> String {
        match (self.id.as_str(), self.last_four.as_str()) {
            ("", "") => self.kind.clone(),
            ("", digits) => format!("{}_{digits}", self.kind),
            (id, _) => id.to_owned(),
        }
    }

    /// As it is shown: `Credit card ending 4242`.
    pub fn words(&self) -> String {
        let kind = self.kind.replace('_', " ");
        let mut chars = kind.chars();
        let kind = match chars.next() {
            _ if kind.eq_ignore_ascii_case("paypal") => "PayPal".to_owned(),
            Some(first) => first.to_uppercase().chain(chars).collect(),
            None => String::new(),
        };
        if self.last_four.is_empty() { kind } else { format!("{kind} ending {}", self.last_four) }
    }

    /// Whether it is a gift card of the shop.
    pub fn is_gift_card(&self) -> bool {
        self.kind.replace(['_', '-', ' '], "").eq_ignore_ascii_case("giftcard")
    }

    /// Whether an order's words for how it was paid mean it: by its digits, or by its kind where it has none.
    fn is_meant(&self, words: &str) -> bool {
        if self.last_four.is_empty() {
            !self.kind.is_empty() && words.replace([' ', '_'], "").eq_ignore_ascii_case(&self.kind.replace([' ', '_'], ""))
        } else {
            words.split(|c: char| !c.is_ascii_digit()).any(|digits| digits == self.last_four)
        }
    }
}

impl Customer {
    /// The payment method of a name, or the one that an order's words for it mean.
    pub fn method(&self, name: &str) -> Option<&PaymentMethod> {
        let named = self.payment_methods.iter().find(|method| method.name() == name);
        named.or_else(|| self.payment_methods.iter().find(|method| method.is_meant(name)))
    }

    /// Whether `email` is theirs; case and surrounding space do not count.
    pub fn has_email(&self, email: &str) -> bool {
        let email = email.trim();
        !email.is_empty() && self.email.trim().to_lowercase() == email.to_lowercase()
    }

    /// Whether `digits` are the last four of their telephone number.
    pub fn phone_ends_with(&self, digits: &str) -> bool {
        let own: String = self.phone.chars().filter(char::is_ascii_digit).collect();
        digits.len() == 4 && own.len() >= 4 && own.ends_with(digits)
    }

    /// Whether `name` is theirs: all words of it, whatever their case, accents and order, with an umlaut left out
    /// or spelled, and with or without a hyphen or apostrophe inside: "Al-Sayed" is "al sayed" and "alsayed". A second
    /// given name or a title beside them does no harm. The family name alone will do, too; a given name will not.
    pub fn has_name(&self, name: &str) -> bool {
        // "King, Ada" is Ada King.
        let turned = self.name.split_once(',').map(|(family, first)| format!("{first} {family}"));
        let own = turned.as_deref().unwrap_or(&self.name);
        let apart = |c: char| !c.is_alphanumeric();
        let spaced = |c: char| apart(c) && !matches!(c, '-' | '\'' | '\u{2019}' | '\u{2010}');
        is_named(&words(own, apart), &words(name, apart)) || is_named(&words(own, spaced), &words(name, spaced))
    }
}

/// A word of a name in its [`spellings`].
type Spelt = [String; 2];

/// The words of a name, divided at some characters; others that are no letters are left out.
fn words(text: &str, divides: impl Fn(char) -> bool) -> Vec<Spelt> {
    let whole: String = text.nfc().collect();
    let plain = whole.split(divides).map(|word| word.chars().filter(|c| c.is_alphanumeric()).collect::<String>());
    plain.filter(|word| !word.is_empty()).map(|word| spellings(&word)).collect()
}

/// Whether the words given are a name's, or those of the family.
fn is_named(own: &[Spelt], given: &[Spelt]) -> bool {
    const BESIDE: usize = 2;
    let same = |a: &Spelt, b: &Spelt| a.iter().any(|word| b.contains(word));
    let all = own.len() > 1 && given.len() <= own.len() + BESIDE && own.iter().all(|word| given.iter().any(|other| same(word, other)));
    let weighty = |words: &[Spelt]| -> Vec<Spelt> {
        words.iter().filter(|word| !names::is_particle(&word[0]) && !names::is_title(&word[0])).cloned().collect()
    };
    let (own, given) = (weighty(own), weighty(given));
    // "de Boer", "King-Noel": the last words of the name, and not the first.
    let family = !given.is_empty()
        && given.len() < own.len()
        && own[own.len() - given.len()..].iter().zip(&given).all(|(word, other)| same(word, other));
    all || family
}

/// The two ways a word of a name is written without letters of its own: "Köhler" is "kohler" and "koehler".
fn spellings(word: &str) -> [String; 2] {
    let mut plain = String::new();
    let mut spelled = String::new();
    for c in word.chars().flat_map(char::to_lowercase) {
        let (short, long) = match c {
            'ä' => ("a", "ae"),
            'ö' | 'ø' => ("o", "oe"),
            'ü' => ("u", "ue"),
            'å' => ("a", "aa"),
            // Of these nobody leaves a letter out.
            'æ' => ("ae", "ae"),
            'œ' => ("oe", "oe"),
            'ß' => ("ss", "ss"),
            'þ' => ("th", "th"),
            other => {
                plain.push(other);
                spelled.push(other);
                continue;
            }
        };
        plain.push_str(short);
        spelled.push_str(long);
    }
    [fold(&plain), fold(&spelled)]
}

/// Two postal codes are the same when their letters and digits are; a ZIP+4 matches its ZIP.
pub fn same_zip(a: &str, b: &str) -> bool {
    let plain = |zip: &str| {
        let zip = zip.trim();
        let zip = match zip.split_once('-') {
            Some((five, four)) if five.len() == 5 && four.len() == 4 => five,
            _ => zip,
        };
        zip.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>()
    };
    let (a, b) = (plain(a), plain(b));
    !a.is_empty() && a == b
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ada() -> Customer {
        Customer {
            id: "C1".into(),
            name: "Ada King-Noel".into(),
            email: "Ada@example.com".into(),
            phone: "(207) 555-0134".into(),
            addresses: Vec::new(),
            payment_methods: Vec::new(),
            consents: Vec::new(),
            created_at: None,
            updated_at: Moment(0),
            history: Vec::new(),
        }
    }

    #[test]
    fn the_proofs_of_identity_are_compared_as_people_write_them() {
        let ada = ada();
        assert!(ada.has_email(" ada@EXAMPLE.com "));
        assert!(!ada.has_email(""));
        assert!(ada.phone_ends_with("0134"));
        assert!(!ada.phone_ends_with("134"));
        assert!(ada.has_name("king-noel, ada"));
        assert!(ada.has_name("Mrs Ada B. King-No\u{eb}l"));
        for (given, theirs) in [("Noel", true), ("king noel", true), ("Mrs King-Noel", true), ("Ada", false), ("Ada King", false)] {
            assert_eq!(ada.has_name(given), theirs, "{given}");
        }
        let called = |own: &str, given: &str| Customer { name: own.into(), ..ada.clone() }.has_name(given);
        for (own, given) in [
            ("Mehmet Yıldız", "mehmet yildiz"),
            ("Hans-Jürgen Köhler", "hans-juergen koehler"),
            ("Hans-Jürgen Köhler", "Hans Jurgen Kohler"),
            ("Björn Strauß", "bjorn strauss"),
            ("Åse Sørby", "Ase Sorby"),
            ("Åse Sørby", "aase soerby"),
            ("Koehler Anna", "Anna Köhler"),
            ("Ruben de Boer", "boer"),
            ("Ruben de Boer", "de boer"),
            ("Sanne van der Meer", "Meer"),
            ("Sanne van der Meer", "van de meer"),
            ("Fatima Al-Sayed", "fatima alsayed"),
            ("Fatima Al-Sayed", "alsayed"),
            ("Sean O'Brien", "sean obrien"),
            ("Sean OBrien", "O\u{2019}Brien"),
        ] {
            assert!(called(own, given), "{own} {given}");
        }
        for (own, given) in [("Mehmet Yıldız", "mehmet yilmaz"), ("Ruben de Boer", "ruben de"), ("Ruben de Boer", "de"), ("Boer", "boer")]
        {
            assert!(!called(own, given), "{own} {given}");
        }
        assert!(!ada.has_name(""));
    }

    #[test]
    fn payment_methods_are_known_by_name_and_by_an_orders_words() {
        let method = |id: &str, kind: &str, last_four: &str| PaymentMethod {
            id: id.into(),
            kind: kind.into(),
            last_four: last_four.into(),
            balance: None,
        };
        let ada = Customer {
            payment_methods: vec![method("", "credit_card", "4242"), method("pp-1", "paypal", ""), method("", "gift_card", "9671")],
            ..ada()
        };
        for (name, found) in [
            ("credit_card_4242", Some("Credit card ending 4242")),
            ("Visa ending 4242", Some("Credit card ending 4242")),
            ("pp-1", Some("PayPal")),
            ("PayPal", Some("PayPal")),
            ("Gift card ending 9671", Some("Gift card ending 9671")),
            ("Visa ending 424", None),
            ("Gift card", None),
            ("", None),
        ] {
            assert_eq!(ada.method(name).map(PaymentMethod::words).as_deref(), found, "{name}");
        }
        assert!(ada.payment_methods[2].is_gift_card() && !ada.payment_methods[0].is_gift_card());
    }

    #[test]
    fn postal_codes_match_across_spellings() {
        for (a, b, same) in [("04101", "04101-1234", true), ("k1a 0b1", "K1A0B1", true), ("04101", "04102", false), ("", "", false)] {
            assert_eq!(same_zip(a, b), same, "{a} {b}");
        }
    }
}
