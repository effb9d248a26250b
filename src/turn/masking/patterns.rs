//! Values that are somebody's by their look: e-mail addresses, phone, card and account numbers, and
//! numbers of orders and tickets in the shapes this shop uses.

use super::{Found, Kind};
use crate::domain::text::token::tokens;
use crate::retrieval::numbers::NumberShapes;

/// Digits of a card (ISO/IEC 7812: up to 19; the shortest in use have 13).
const CARD: std::ops::RangeInclusive<usize> = 13..=19;
/// Digits of a phone number (ITU-T E.164: at most 15; local ones have 7).
const PHONE: std::ops::RangeInclusive<usize> = 7..=15;
/// Characters of an account number (ISO 13616).
const IBAN: std::ops::RangeInclusive<usize> = 15..=34;

/// Everything in a text that looks like somebody's.
pub fn find(text: &str, orders: &NumberShapes, tickets: &NumberShapes) -> Vec<Found> {
    let mut found = emails(text);
    found.extend(digit_runs(text));
    found.extend(ibans(text));
    let plain = tokens(text);
    let numbers = |shapes: &NumberShapes, kind| -> Vec<Found> {
        let all = shapes.find(&plain, text).into_iter();
        all.filter(|n| n.certain).map(|n| Found { kind, start: n.start, end: n.end }).collect()
    };
    found.extend(numbers(orders, Kind::Order));
    found.extend(numbers(tickets, Kind::Ticket));
    found.extend(hashes(text));
    found
}

fn emails(text: &str) -> Vec<Found> {
    let part = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '%' | '+' | '-' | '\'');
    text.match_indices('@')
        .filter_map(|(at, _)| {
            let start = text[..at].char_indices().rev().take_while(|(_, c)| part(*c)).last()?.0;
            let tail = &text[at + 1..];
            let length = tail.find(|c: char| !c.is_alphanumeric() && !matches!(c, '.' | '-')).unwrap_or(tail.len());
            let domain = tail[..length].trim_end_matches(['.', '-']);
            domain.contains('.').then_some(Found { kind: Kind::Email, start, end: at + 1 + domain.len() })
        })
        .collect()
}

/// Runs of digits written with blanks, hyphens, points or brackets between them.
fn digit_runs(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = text[from..].find(|c: char| c.is_ascii_digit() || matches!(c, '+' | '(')).map(|n| from + n) {
        let end = end_of_run(text, start);
        from = end.max(start + 1);
        let run = &text[start..end];
        let before = text[..start].chars().next_back();
        let after = text[end..].chars().next();
        let glued = before.is_some_and(char::is_alphanumeric) || after.is_some_and(char::is_alphanumeric);
        let digits: String = run.chars().filter(char::is_ascii_digit).collect();
        if glued || is_date_or_amount(text, start, run) {
            continue;
        }
        if CARD.contains(&digits.len()) && luhn(&digits) {
            found.push(Found { kind: Kind::Card, start, end });
        } else if PHONE.contains(&digits.len()) {
            found.push(Found { kind: Kind::Phone, start, end });
        }
    }
    found
}

/// The end of a run: its last digit.
fn end_of_run(text: &str, start: usize) -> usize {
    let mut end = start;
    let mut gap = 0;
    for (at, c) in text[start..].char_indices() {
        match c {
            '0'..='9' => {
                end = start + at + 1;
                gap = 0;
            }
            ' ' | '-' | '.' | '(' | ')' | '+' | '/' | '\u{a0}' if gap < 2 => gap += 1,
            _ => break,
        }
    }
    end
}

fn is_date_or_amount(text: &str, start: usize, run: &str) -> bool {
    let groups: Vec<usize> = run.split(|c: char| !c.is_ascii_digit()).filter(|g| !g.is_empty()).map(str::len).collect();
    let date = run.contains(['-', '.', '/']) && matches!(groups.as_slice(), [4, 1..=2, 1..=2] | [1..=2, 1..=2, 4]);
    let amount = text[..start].trim_end().ends_with(['$', '€', '£', '¥', '₹']);
    date || amount
}

/// The check digit of card numbers (ISO/IEC 7812-1, annex B).
fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(i, b)| {
            let digit = u32::from(b - b'0') * if i % 2 == 1 { 2 } else { 1 };
            if digit > 9 { digit - 9 } else { digit }
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Account numbers whose check digits are right (ISO 7064, MOD 97-10).
fn ibans(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = text[from..].find(|c: char| c.is_ascii_alphabetic()).map(|n| from + n) {
        from = start + 1;
        let glued = text[..start].chars().next_back().is_some_and(char::is_alphanumeric);
        if let Some(end) = (!glued).then(|| end_of_iban(text, start)).flatten() {
            found.push(Found { kind: Kind::Iban, start, end });
            from = end;
        }
    }
    found
}

/// The longest account number that begins at `start`.
fn end_of_iban(text: &str, start: usize) -> Option<usize> {
    let mut plain = String::new();
    let mut best = None;
    for (at, c) in text[start..].char_indices() {
        match c {
            c if c.is_ascii_alphanumeric() => plain.push(c.to_ascii_uppercase()),
            ' ' => continue,
            _ => break,
        }
        let shape = plain.bytes().enumerate().take(4).all(|(i, b)| if i < 2 { b.is_ascii_uppercase() } else { b.is_ascii_digit() });
        if !shape || plain.len() > *IBAN.end() {
            break;
        }
        let end = start + at + 1;
        let whole = !text[end..].starts_with(|c: char| c.is_alphanumeric());
        if whole && IBAN.contains(&plain.len()) && mod_97(&plain) {
            best = Some(end);
        }
    }
    best
}

fn mod_97(plain: &str) -> bool {
    let rotated = plain[4..].bytes().chain(plain[..4].bytes());
    let rest = rotated.fold(0_u32, |rest, b| match b {
        b'0'..=b'9' => (rest * 10 + u32::from(b - b'0')) % 97,
        letter => (rest * 100 + u32::from(letter - b'A') + 10) % 97,
    });
    rest == 1
}

/// `#12345` is somebody's number, whatever of.
fn hashes(text: &str) -> Vec<Found> {
    text.match_indices('#')
        .filter_map(|(at, _)| {
            let start = at + 1;
            let length = text[start..].bytes().take_while(u8::is_ascii_digit).count();
            (length >= 3).then_some(Found { kind: Kind::Order, start, end: start + length })
        })
        .collect()
}
