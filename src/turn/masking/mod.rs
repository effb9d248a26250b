//! Masking: what a remote model is not to know.
//!
//! Everything sent to a remote model passes a [`Mask`]: what the shop knows of its customer (name and its
//! parts, e-mail, phone, address, postal code, numbers of orders, tickets and parcels, last digits of
//! cards), and whatever looks like an e-mail address, a phone, card, bank account or order number, becomes
//! a typed placeholder such as `[EMAIL_4821]`. What the model says is turned back, sentence by sentence,
//! before it is checked, so that the words that are checked are the words that are sent.
//!
//! A placeholder's number is drawn from the value and the session, not counted: the same value keeps its
//! placeholder through the whole conversation, whatever was said in between, and nothing needs storing.
//! Names of third parties in free text may pass: nothing tells them from other words.

mod known;
mod patterns;
#[cfg(test)]
mod tests;

use sha2::{Digest as _, Sha256};

use crate::domain::text::fold::bare;
use crate::retrieval::numbers::NumberShapes;
pub use known::Known;

/// What a placeholder stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An e-mail address.
    Email,
    /// A payment card's number, or its last digits.
    Card,
    /// A bank account.
    Iban,
    /// An address or a part of one.
    Address,
    /// A postal code.
    Zip,
    /// A number of an order.
    Order,
    /// A number of a ticket.
    Ticket,
    /// A parcel's number.
    Tracking,
    /// A phone number, or its last digits.
    Phone,
    /// A name or a part of one.
    Name,
}

impl Kind {
    const ALL: [Self; 10] =
        [Self::Email, Self::Card, Self::Iban, Self::Address, Self::Zip, Self::Order, Self::Ticket, Self::Tracking, Self::Phone, Self::Name];

    /// The word in its placeholders.
    pub fn name(self) -> &'static str {
        match self {
            Self::Email => "EMAIL",
            Self::Card => "CARD",
            Self::Iban => "IBAN",
            Self::Address => "ADDRESS",
            Self::Zip => "ZIP",
            Self::Order => "ORDER",
            Self::Ticket => "TICKET",
            Self::Tracking => "TRACKING",
            Self::Phone => "PHONE",
            Self::Name => "NAME",
        }
    }
}

/// A value found in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Found {
    kind: Kind,
    start: usize,
    end: usize,
}

/// A placeholder nobody was given: the model made it up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it names a placeholder that stands for nothing")]
pub struct Invented;

/// Masks the texts of one conversation, and turns what comes back into plain words.
#[derive(Debug)]
pub struct Mask {
    salt: String,
    known: Known,
    orders: NumberShapes,
    tickets: NumberShapes,
    /// Placeholders given out, with what they stand for.
    given: Vec<(String, String)>,
}

impl Mask {
    /// A mask for a session. `known` is what the shop knows of its customer, the shapes are those of the
    /// shop's order and ticket numbers.
    pub fn new(session: &str, known: Known, orders: NumberShapes, tickets: NumberShapes) -> Self {
        Self { salt: session.to_owned(), known, orders, tickets, given: Vec::new() }
    }

    /// A text as a remote model may read it.
    pub fn hide(&mut self, text: &str) -> String {
        let mut text = defuse(text);
        // Each pass may uncover another: a number named twice is recognised once at a time.
        loop {
            let ours = placeholders(&text);
            let mut found = self.known.find(&text);
            found.extend(patterns::find(&text, &self.orders, &self.tickets));
            found.retain(|place| ours.iter().all(|(start, end)| place.end <= *start || *end <= place.start));
            let found = disjoint(found);
            if found.is_empty() {
                return text;
            }
            let mut out = String::with_capacity(text.len());
            let mut at = 0;
            for place in found {
                out.push_str(&text[at..place.start]);
                out.push_str(&self.placeholder(place.kind, &text[place.start..place.end]));
                at = place.end;
            }
            out.push_str(&text[at..]);
            text = out;
        }
    }

    /// A text of the model with every placeholder turned back.
    ///
    /// # Errors
    /// When it holds a placeholder that was never given out.
    pub fn restore(&self, text: &str) -> Result<String, Invented> {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((start, end)) = next_placeholder(rest) {
            let name = &rest[start..end];
            let (_, original) = self.given.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).ok_or(Invented)?;
            out.push_str(&rest[..start]);
            out.push_str(original);
            rest = &rest[end..];
        }
        out.push_str(rest);
        Ok(out)
    }

    /// The placeholder of a value: spelt in any way it is the same value, but it comes back as it was
    /// written, so each spelling has a placeholder of its own.
    fn placeholder(&mut self, kind: Kind, original: &str) -> String {
        if let Some((name, _)) = self.given.iter().find(|(name, own)| own == original && name[1..].starts_with(kind.name())) {
            return name.clone();
        }
        let mut number = self.number(kind, original);
        loop {
            let name = format!("[{}_{number}]", kind.name());
            if !self.given.iter().any(|(own, _)| *own == name) {
                self.given.push((name.clone(), original.to_owned()));
                return name;
            }
            number = FIRST + (number - FIRST + 1) % NUMBERS;
        }
    }

    fn number(&self, kind: Kind, original: &str) -> u32 {
        let mut hash = Sha256::new();
        for part in [self.salt.as_str(), kind.name(), original] {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        let digest = hash.finalize();
        FIRST + u32::from_le_bytes([digest[0], digest[1], digest[2], digest[3]]) % NUMBERS
    }
}

/// Placeholders have four digits.
const FIRST: u32 = 1_000;
const NUMBERS: u32 = 9_000;

/// What the text itself writes like one of our placeholders would be turned into somebody's data on the
/// way back: its brackets become round ones.
fn defuse(text: &str) -> String {
    let mut out = text.to_owned();
    let mut from = 0;
    while let Some((start, end)) = next_placeholder(&out[from..]) {
        let (start, end) = (from + start, from + end);
        out.replace_range(end - 1..end, ")");
        out.replace_range(start..=start, "(");
        from = end;
    }
    out
}

/// Where the next placeholder stands, in any case: `[` letters `_` digits `]`.
fn next_placeholder(text: &str) -> Option<(usize, usize)> {
    text.match_indices('[').find_map(|(start, _)| {
        let inner = &text[start + 1..];
        let close = inner.find(']')?;
        let (word, number) = inner[..close].split_once('_')?;
        let digits = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
        let kind = Kind::ALL.iter().any(|kind| kind.name().eq_ignore_ascii_case(word));
        (kind && digits).then_some((start, start + 1 + close + 1))
    })
}

/// Where all placeholders of a text stand.
fn placeholders(text: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some((start, end)) = next_placeholder(&text[from..]) {
        found.push((from + start, from + end));
        from += end;
    }
    found
}

/// Of values that overlap a whole e-mail address counts before the names in it, then the longest, then the
/// first found.
fn disjoint(mut found: Vec<Found>) -> Vec<Found> {
    found.sort_by_key(|place| (place.kind != Kind::Email, std::cmp::Reverse(place.end - place.start)));
    let mut kept: Vec<Found> = Vec::new();
    for place in found {
        if place.start < place.end && kept.iter().all(|own| place.end <= own.start || own.end <= place.start) {
            kept.push(place);
        }
    }
    kept.sort_by_key(|place| place.start);
    kept
}

/// Letters and digits of a number, for comparing.
fn compared(number: &str) -> String {
    bare(number)
}
