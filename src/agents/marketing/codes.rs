//! Which code a message means: typed in it, called by what it is for, or still on the table.

use super::super::turn::Turn;
use super::Found;
use crate::domain::agent::Intent;
use crate::domain::goal::Goal;
use crate::domain::promotion::{Discount, Promotion};
use crate::domain::text::edit;
use crate::domain::text::fold::bare;
use crate::domain::text::stem::stem;
use crate::domain::text::token::tokens;
use crate::domain::text::words;
use std::ops::Range;
use std::sync::Arc;

/// The codes of a message.
#[derive(Debug, Clone, Default)]
pub struct Codes {
    /// Those the shop has, in the order meant.
    pub known: Vec<Found>,
    /// One it has not, as the customer wrote it.
    pub unknown: Option<String>,
    /// The code the conversation was about before this message.
    pub before: Option<Found>,
    /// Words that say which code, so that they say nothing about what it is used on: "the laptop code".
    pub words: Range<usize>,
}

/// The codes a message means.
pub fn meant(turn: &Turn<'_>, promotions: &[Found]) -> Codes {
    let of_code = |code: &str| promotions.iter().find(|(_, promotion)| bare(&promotion.code) == bare(code)).cloned();
    let before = turn.before.focus.promotion.as_deref().and_then(of_code);
    let mut codes = Codes { before, ..Codes::default() };
    for named in turn.heard.codes.iter().filter(|code| code.known) {
        codes.known.extend(of_code(&named.bare).filter(|(id, _)| !codes.known.iter().any(|(own, _)| own == id)));
    }
    if turn.goal == Goal::CodeStacking {
        let named = by_a_word(turn, promotions).filter(|(id, _)| !codes.known.iter().any(|(own, _)| own == id));
        let named: Vec<Found> = named.cloned().collect();
        codes.known.extend(named);
    }
    if !codes.known.is_empty() {
        return codes;
    }
    codes.unknown = turn.heard.codes.iter().find(|code| !code.known && !names_a_product(turn, code.start)).map(|code| code.said.clone());
    if codes.unknown.is_none() {
        codes.unknown = typed_as_code(turn, promotions);
    }
    if codes.unknown.is_some() {
        return codes;
    }
    if let Some((promotion, words)) =
        by_name(turn, promotions).or_else(|| called(turn, promotions)).or_else(|| by_discount(turn, promotions))
    {
        codes.known.push(promotion);
        codes.words = words;
        return codes;
    }
    // "With the better one": of the codes just told the first, and no word for what it is used on.
    codes.words = phrase(turn).filter(|range| turn.heard.words[range.clone()].iter().all(|w| compares(&w.text))).unwrap_or_default();
    let of_the_table = !matches!(turn.goal, Goal::CurrentPromotions | Goal::UpcomingOffers | Goal::WhichCode | Goal::Haggling);
    codes.known.extend(codes.before.clone().filter(|_| of_the_table));
    codes
}

/// Capitals and digits may as well be part of a product's name.
fn names_a_product(turn: &Turn<'_>, at: usize) -> bool {
    let word = turn.heard.words.iter().position(|w| w.start <= at && at < w.end);
    word.is_some_and(|i| turn.heard.products.iter().any(|p| p.words.contains(&i)) || turn.heard.describing.get(i).copied().unwrap_or(false))
}

/// "Levelup and the harbor one": every promotion that alone has a telling word of the message in its name or code.
fn by_a_word<'p>(turn: &'p Turn<'_>, promotions: &'p [Found]) -> impl Iterator<Item = &'p Found> {
    const LEAST_LETTERS: usize = 4;
    let has = |found: &Found, word: &str| found.1.active && own_names(&found.1).iter().any(|name| name == word);
    let telling = turn.heard.words.iter().filter(|w| w.text.len() >= LEAST_LETTERS && !words::is_function(&w.text));
    let only = move |word: &str| {
        let mut with = promotions.iter().filter(|found| has(found, word));
        with.next().filter(|_| with.next().is_none())
    };
    telling.filter(|w| !words::is_of_offers(&w.stem)).filter_map(move |w| only(&w.stem))
}

/// Stems of a promotion's own name and of the letters of its code.
fn own_names(promotion: &Promotion) -> Vec<String> {
    let letters = promotion.code.trim_end_matches(|c: char| c.is_ascii_digit()).to_lowercase();
    tokens(&promotion.name).iter().map(|token| stem(&token.text)).chain([stem(&letters)]).collect()
}

/// "Movie night": a promotion's whole name, where it is more than a word.
fn by_name(turn: &Turn<'_>, promotions: &[Found]) -> Option<(Found, Range<usize>)> {
    promotions.iter().filter(|(_, promotion)| promotion.active).find_map(|(id, promotion)| {
        let name: Vec<String> = tokens(&promotion.name).iter().map(|token| stem(&token.text)).collect();
        let telling = name.len() > 1 && turn.heard.words.len() >= name.len();
        let at =
            turn.heard.words.windows(name.len().max(1)).position(|words| telling && words.iter().zip(&name).all(|(w, n)| w.stem == *n))?;
        Some(((*id, Arc::clone(promotion)), at..at + name.len()))
    })
}

/// "The 15 dollar thing", "that 10 % code": the one running promotion that takes just that off.
fn by_discount(turn: &Turn<'_>, promotions: &[Found]) -> Option<(Found, Range<usize>)> {
    const NOUNS: [&str; 12] =
        ["off", "code", "coupon", "voucher", "discount", "deal", "offer", "promo", "promotion", "thing", "one", "reduction"];
    let heard = &turn.heard.words;
    let (at, number) = heard.iter().enumerate().find_map(|(i, w)| Some((i, w.text.parse::<u32>().ok()?)))?;
    let behind: Vec<&str> = heard[at + 1..].iter().take(3).map(|w| w.text.as_str()).collect();
    let percent =
        turn.text[heard[at].end..].trim_start().starts_with('%') || behind.first().is_some_and(|w| matches!(*w, "percent" | "per"));
    let money = turn.read.prices.amounts.iter().any(|(own, _)| *own == at);
    if !(percent || money) || !behind.iter().any(|w| NOUNS.contains(w)) {
        return None;
    }
    let unit = 10_i64.pow(turn.shop.currency.minor_digits());
    let takes = |promotion: &Promotion| match promotion.discount {
        Discount::Percent(hundredths) => percent && hundredths == number * 100,
        Discount::Amount(amount) => money && amount.minor == i64::from(number) * unit,
        Discount::Words => false,
    };
    let mut fits = promotions.iter().filter(|(_, promotion)| promotion.active && takes(promotion));
    let only = fits.next().filter(|_| fits.next().is_none())?;
    Some((only.clone(), at..at + 1))
}

/// "The gaming laptop code", "your welcome discount": the one promotion whose name or kinds have the words
/// before it.
fn called(turn: &Turn<'_>, promotions: &[Found]) -> Option<(Found, Range<usize>)> {
    let heard = &turn.heard.words;
    let range = phrase(turn)?;
    let told = heard[range.clone()].iter().filter(|w| !words::is_function(&w.text) && !compares(&w.text));
    let said: Vec<&str> = told.map(|w| w.stem.as_str()).collect();
    let score = |promotion: &Promotion| {
        let own = names(promotion);
        let means = |other: &String| other.split(' ').all(|part| own.iter().any(|o| o == part));
        said.iter().filter(|word| own.iter().any(|o| o == *word) || words::synonyms(word).iter().any(means)).count()
    };
    let best = promotions.iter().map(|(_, promotion)| score(promotion)).max().filter(|best| *best > 0 && *best == said.len())?;
    let fits: Vec<&Found> = promotions.iter().filter(|(_, promotion)| score(promotion) == best).collect();
    // Of several, the one that is switched on was meant.
    let active: Vec<&Found> = fits.iter().filter(|(_, promotion)| promotion.active).copied().collect();
    match (fits.as_slice(), active.as_slice()) {
        ([only], _) | (_, [only]) => Some(((*only).clone(), range)),
        _ => None,
    }
}

/// Whether a word only compares: "the better one" is not the promotion "Better Wi-Fi".
fn compares(word: &str) -> bool {
    matches!(word, "better" | "best" | "bigger" | "biggest" | "cheaper" | "cheapest" | "other" | "same" | "first")
}

/// The words between "the" and "code" that say which one, where there are any.
pub fn phrase(turn: &Turn<'_>) -> Option<Range<usize>> {
    const REACH: usize = 4;
    let heard = &turn.heard.words;
    let listed = turn.before.goal.is_some_and(|goal| goal.intent() == Intent::Marketing);
    let at = heard.iter().position(|w| {
        matches!(w.text.as_str(), "code" | "coupon" | "voucher" | "promo" | "promotion" | "discount" | "deal" | "offer" | "sale")
            || listed && w.text == "one"
    })?;
    let from = heard[..at].iter().rposition(|w| matches!(w.text.as_str(), "the" | "that" | "this" | "your"))? + 1;
    (from < at && at - from <= REACH).then_some(from..at)
}

/// Stems of a promotion's name and kinds.
fn names(promotion: &Promotion) -> Vec<String> {
    let texts = std::iter::once(promotion.name.as_str()).chain(promotion.categories.iter().map(String::as_str));
    // "The laundry code" is LAUNDRY10.
    let letters = promotion.code.trim_end_matches(|c: char| c.is_ascii_digit()).to_lowercase();
    texts.flat_map(tokens).map(|token| stem(&token.text)).chain([stem(&letters)]).collect()
}

/// A word in capitals beside "code": a code, though the shop has none like it.
fn typed_as_code(turn: &Turn<'_>, promotions: &[Found]) -> Option<String> {
    let beside = |i: usize| {
        let near = [i.checked_sub(1), Some(i + 1)];
        near.into_iter().flatten().filter_map(|j| turn.heard.words.get(j)).any(|w| matches!(w.text.as_str(), "code" | "coupon" | "voucher"))
    };
    turn.heard.words.iter().enumerate().find_map(|(i, word)| {
        let said = turn.text.get(word.start..word.end)?;
        let capitals = said.len() >= 4 && said.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
        let digits = word.text.bytes().any(|b| b.is_ascii_digit()) && word.text.bytes().filter(u8::is_ascii_alphabetic).count() >= 3;
        let misspelt = || promotions.iter().any(|(_, promotion)| is_near(said, &promotion.code));
        let meant = capitals && word.text.bytes().any(|b| b.is_ascii_alphabetic()) && beside(i) || digits && misspelt();
        meant.then(|| said.to_owned())
    })
}

fn is_near(said: &str, code: &str) -> bool {
    let (a, b) = (bare(said), bare(code));
    a != b && a.len() >= 5 && edit::distance(&a, &b, 2).is_some()
}

/// The promotion whose code is spelled nearly so.
pub fn nearest<'a>(said: &str, promotions: &'a [Found]) -> Option<&'a Found> {
    promotions.iter().filter(|(_, promotion)| promotion.active).find(|(_, promotion)| is_near(said, &promotion.code))
}
