//! Countries a message names, itself or by a city: `assets/nlu/places.txt`.
//!
//! What a shop says of delivery abroad is said of countries and of regions ("all EU countries"); a customer in Bergen
//! asks about Bergen.

use std::sync::LazyLock;

use foldhash::HashMap;

use super::token::tokens;

/// A part of the world that shops speak of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Region {
    /// The European Union.
    Eu,
    /// The rest of Europe.
    Europe,
    /// Anywhere else.
    World,
}

/// A country.
#[derive(Debug, PartialEq, Eq)]
pub struct Country {
    /// Two letters, as in a locale.
    pub code: &'static str,
    /// Where it is.
    pub region: Region,
    /// Ways to say it, each a run of words.
    names: Vec<Vec<&'static str>>,
    /// Its cities.
    cities: Vec<Vec<&'static str>>,
}

static COUNTRIES: LazyLock<Vec<Country>> = LazyLock::new(|| {
    let lines = include_str!("../../../assets/nlu/places.txt").lines();
    lines.filter(|line| !line.starts_with('#')).filter_map(read).collect()
});

fn read(line: &'static str) -> Option<Country> {
    let (head, cities) = line.split_once(':')?;
    let (code, rest) = head.split_once(' ')?;
    let (region, names) = rest.split_once(' ')?;
    let region = match region {
        "eu" => Region::Eu,
        "europe" => Region::Europe,
        _ => Region::World,
    };
    let names = names.split('|').map(|name| name.split_whitespace().collect()).collect();
    let cities = cities.split_whitespace().map(|city| city.split('_').collect()).collect();
    Some(Country { code, region, names, cities })
}

/// Words before a place.
const BEFORE: &[&str] = &["to", "in", "from", "for", "near", "into"];

/// A way to say a country, and the place of the country in the list.
type Run = (usize, &'static [&'static str]);

/// Names and cities by their first words: most words of a message begin none, and are done with at once.
struct Beginnings {
    names: HashMap<&'static str, Vec<Run>>,
    cities: HashMap<&'static str, Vec<Run>>,
}

static BEGINNINGS: LazyLock<Beginnings> = LazyLock::new(|| {
    let by_first = |runs: fn(&'static Country) -> &'static [Vec<&'static str>]| {
        let mut by_first: HashMap<&'static str, Vec<Run>> = HashMap::default();
        for (place, country) in COUNTRIES.iter().enumerate() {
            for run in runs(country) {
                by_first.entry(run.first().copied().unwrap_or_default()).or_default().push((place, run));
            }
        }
        by_first
    };
    Beginnings { names: by_first(|country| &country.names), cities: by_first(|country| &country.cities) }
});

/// The country a message names; a city counts only behind a word for a place: "to Bergen". Of several, the first of the list.
pub fn named(words: &[&str]) -> Option<&'static Country> {
    let at = |from: usize, runs: &HashMap<&'static str, Vec<Run>>| {
        let said = |run: &[&str]| words[from..].starts_with(run);
        runs.get(words[from])?.iter().find(|(_, run)| said(run)).map(|(country, _)| *country)
    };
    let before = |from: &usize| *from > 0 && BEFORE.contains(&words[from - 1]);
    let country = || (0..words.len()).filter_map(|from| at(from, &BEGINNINGS.names)).min();
    let city = || (0..words.len()).filter(before).filter_map(|from| at(from, &BEGINNINGS.cities)).min();
    country().or_else(city).and_then(|place| COUNTRIES.get(place))
}

/// The country of a code.
pub fn of_code(code: &str) -> Option<&'static Country> {
    COUNTRIES.iter().find(|country| country.code == code)
}

/// How much a sentence of a shop speaks of a country: 0 not at all, 4 by its name.
pub fn speaks_of(country: &Country, sentence: &str) -> u8 {
    let tokens = tokens(sentence);
    let said: Vec<&str> = tokens.iter().map(|t| t.text.as_str()).collect();
    let has = |word: &str| said.contains(&word);
    let pair = |a: &str, b: &str| said.windows(2).any(|w| w == [a, b]);
    let by_name = country.names.iter().any(|name| said.windows(name.len()).any(|run| run == name.as_slice()));
    let outside = has("outside") && has("europe");
    match country.region {
        _ if by_name => 4,
        Region::Eu if has("eu") || pair("european", "union") => 3,
        Region::Eu | Region::Europe if has("europe") && !outside => 3,
        Region::World if outside || has("worldwide") => 3,
        _ if pair("other", "countries") || has("abroad") || has("worldwide") => 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countries_are_named_by_their_cities_too() {
        for (text, code) in [
            ("do u ship to norway", Some("no")),
            ("fridge to bergen possible", Some("no")),
            ("do you deliver to the united kingdom", Some("gb")),
            ("to new zealand", Some("nz")),
            ("bergen", None),
            ("what is the most turkish coffee", None),
        ] {
            let words: Vec<&str> = text.split(' ').collect();
            assert_eq!(named(&words).map(|country| country.code), code, "{text}");
        }
    }

    #[test]
    fn a_sentence_speaks_of_a_country_by_name_or_region() {
        let of = |code: &str, sentence: &str| speaks_of(of_code(code).unwrap(), sentence);
        for (code, sentence, level) in [
            ("no", "We ship parcels to all EU countries, Norway and the United Kingdom.", 4),
            ("es", "We ship parcels to all EU countries, Norway and the United Kingdom.", 3),
            ("ch", "We ship parcels to all EU countries, Norway and the United Kingdom.", 0),
            ("no", "Delivery in the Netherlands is free from 50 euro.", 0),
            ("us", "We do not ship outside Europe.", 3),
            ("no", "We do not ship outside Europe.", 0),
            ("no", "From other countries you pay the postage.", 1),
            ("no", "Germany takes 2 days, other EU countries 5 to 7.", 0),
        ] {
            assert_eq!(of(code, sentence), level, "{code}: {sentence}");
        }
    }
}
