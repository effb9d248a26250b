//! Wishes for much or little of a property: "the longest battery", "something quieter", "how heavy is it".
//!
//! `assets/nlu/qualities.txt` says which words mean which property; its own lines explain how.

use std::ops::Range;
use std::sync::LazyLock;

use foldhash::HashMap;

use crate::domain::heard::Heard;
use crate::domain::measure;
use crate::domain::query::{Degree, Quality};
use crate::domain::text::words;

/// The price, as the lexicon names it.
pub const PRICE: &str = "price";
/// Properties of which less is better, so that the best is the least. Stems.
const LESS_IS_BETTER: &[&str] = &["price", "cost", "weight", "nois", "latency", "lag", "respons", "consumption", "delay"];
/// Words that say that a property named beside them counts.
const MATTERS: &[&str] = &["matters", "matter", "important", "priority", "crucial", "essential", "counts", "key"];

/// A wish found in a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wished {
    /// The wish.
    pub quality: Quality,
    /// The words that say it.
    pub words: Range<usize>,
}

/// What a word says of a property.
#[derive(Debug, Clone)]
struct Sense {
    less: bool,
    degree: Degree,
    properties: Vec<String>,
}

#[derive(Debug, Default)]
struct Lexicon {
    /// Words in every form, and phrases with their words joined by spaces.
    senses: HashMap<String, Sense>,
    /// Words that take the property behind them: whether less of it, and how strongly.
    takers: HashMap<String, (bool, Degree)>,
    longest: usize,
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::parse(include_str!("../../../assets/nlu/qualities.txt")));

impl Lexicon {
    fn parse(text: &str) -> Self {
        let mut lexicon = Self::default();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            if let Some(words) = line.strip_prefix("[good]") {
                lexicon.take(words, false);
            } else if let Some(words) = line.strip_prefix("[bad]") {
                lexicon.take(words, true);
            } else if let Some((head, properties)) = line.split_once('=') {
                lexicon.learn(head, properties);
            }
        }
        lexicon
    }

    fn learn(&mut self, head: &str, properties: &str) {
        let mut words = head.split_whitespace();
        let less = words.next() == Some("less");
        let properties: Vec<String> = properties.split(',').map(measure::stems).filter(|p| !p.is_empty()).collect();
        let sense = |lexicon: &mut Self, word: String, less: bool, degree: Degree| {
            lexicon.longest = lexicon.longest.max(word.split(' ').count());
            lexicon.senses.entry(word).or_insert_with(|| Sense { less, degree, properties: properties.clone() });
        };
        for word in words {
            if word.contains('_') {
                // "Which is better for photos" asks for the one that is most.
                let most = ["est", "furthest", "better"].iter().any(|part| word.contains(part));
                let degree = if most { Degree::Most } else { Degree::More };
                sense(self, word.replace('_', " "), less, degree);
                continue;
            }
            sense(self, word.to_owned(), less, Degree::Wish);
            for (form, degree) in [(comparative(word), Degree::More), (superlative(word), Degree::Most)] {
                sense(self, form, less, degree);
            }
            for (more, degree) in [("more", Degree::More), ("most", Degree::Most)] {
                sense(self, format!("{more} {word}"), less, degree);
            }
            for (fewer, degree) in [("less", Degree::More), ("least", Degree::Most)] {
                sense(self, format!("{fewer} {word}"), !less, degree);
            }
        }
    }

    fn take(&mut self, words: &str, less: bool) {
        for word in words.split_whitespace() {
            let degree = match word {
                "best" | "most" | "max" | "maximum" | "top" | "fewest" | "least" | "minimal" => Degree::Most,
                _ => Degree::Wish,
            };
            self.takers.insert(word.to_owned(), (less, degree));
            if degree == Degree::Wish {
                self.takers.insert(comparative(word), (less, Degree::More));
                self.takers.insert(superlative(word), (less, Degree::Most));
            }
        }
    }
}

/// Whether a word says how much of something a thing has: "slim", "bigger".
pub fn is_quality(word: &str) -> bool {
    LEXICON.senses.contains_key(word)
}

/// Whether less of a property, by its stems, is better.
pub fn less_is_better(property: &str) -> bool {
    LESS_IS_BETTER.iter().any(|own| property.contains(own))
}

/// The wishes of a message. Words marked in `taken` name or number something.
pub fn read(heard: &Heard, taken: &[bool]) -> Vec<Wished> {
    let lexicon = &*LEXICON;
    let words: Vec<&str> = heard.words.iter().map(|w| w.text.as_str()).collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let wished = (!is_taken(taken, at)).then(|| wish_at(lexicon, heard, &words, taken, at)).flatten();
        at = wished.as_ref().map_or(at + 1, |wished| wished.words.end);
        found.extend(wished);
    }
    found
}

/// The property a question in the form "how heavy" asks about.
pub fn asked(heard: &Heard) -> Option<Quality> {
    let words: Vec<&str> = heard.words.iter().map(|w| w.text.as_str()).collect();
    let after_how = words.windows(2).find(|pair| pair[0] == "how").map(|pair| pair[1]);
    if let Some(word) = after_how
        && let Some(sense) = LEXICON.senses.get(word)
    {
        return Some(Quality { properties: sense.properties.clone(), less: sense.less, degree: Degree::Wish });
    }
    // "How long does it last", "how far does it go": the verb says what is measured.
    let has = |word: &str| words.contains(&word);
    let properties: &[&str] = match after_how? {
        "long" if has("last") || has("lasts") || has("charge") || has("battery") || has("run") => {
            &["battery life", "battery", "runtime", "range"]
        }
        "far" if has("go") || has("reach") || has("range") || has("charge") => &["range", "reach", "coverage"],
        "long" => &["length", "cable length"],
        _ => return None,
    };
    Some(Quality { properties: properties.iter().map(|p| measure::stems(p)).collect(), less: false, degree: Degree::Wish })
}

fn is_taken(taken: &[bool], at: usize) -> bool {
    taken.get(at).copied().unwrap_or(false)
}

/// Whether a word names a property; ordinary words of a request ("time", "use") do not.
fn names_property(heard: &Heard, taken: &[bool], at: usize) -> bool {
    let own = heard.properties.get(at).copied().unwrap_or(false) && !is_taken(taken, at);
    own && heard.words.get(at).is_some_and(|word| !words::is_request(&word.text, &word.stem))
}

fn wish_at(lexicon: &Lexicon, heard: &Heard, words: &[&str], taken: &[bool], at: usize) -> Option<Wished> {
    // "How heavy is it" asks; it wishes for nothing.
    if at > 0 && words[at - 1] == "how" {
        return None;
    }
    // "Which weighs less", "which uses more power": the verb says of what.
    if matches!(words[at], "less" | "least" | "more" | "most") && at > 0 && names_property(heard, taken, at - 1) {
        let degree = if matches!(words[at], "least" | "most") { Degree::Most } else { Degree::More };
        let quality = Quality { properties: vec![stems_of(heard, at - 1..at)], less: matches!(words[at], "less" | "least"), degree };
        return Some(Wished { quality, words: at..at + 1 });
    }
    // "Better for photos" says by itself what is compared.
    let whole =
        |(range, sense): &(Range<usize>, &Sense)| range.len() > 1 && sense.degree == Degree::Most && !is_denied(words, at, sense.degree);
    if let Some((range, sense)) = phrases(lexicon, words, taken, at).find(whole) {
        return Some(Wished {
            quality: Quality { properties: sense.properties.clone(), less: sense.less, degree: sense.degree },
            words: range,
        });
    }
    if let Some(wished) = with_property(lexicon, heard, words, taken, at) {
        return Some(wished);
    }
    for (range, sense) in phrases(lexicon, words, taken, at) {
        // "Nothing too heavy" wishes for the light ones, as plainly as an adjective before its noun.
        let denied = is_denied(words, at, sense.degree);
        // "Long", "short", "high" alone say nothing; they wait for a property. "A light" is a lamp.
        let vague =
            sense.degree == Degree::Wish && (lexicon.takers.contains_key(words[at]) && !matches!(words[at], "big" | "large" | "small"));
        let elsewhere = sense.degree == Degree::Wish && !denied && !describes_the_thing(heard, words, taken, at, range.end);
        if vague || elsewhere {
            continue;
        }
        // "Not the most expensive" would rather pay less; "not the cheapest" wishes for nothing in particular.
        let degree = if denied { Degree::Wish } else { sense.degree };
        if denied && sense.degree != degree && sense.less {
            return None;
        }
        let quality = Quality { properties: denied_properties(sense, denied), less: sense.less != denied, degree };
        return Some(Wished { quality, words: range });
    }
    matters(heard, words, taken, at)
}

/// The words and phrases from `at` on that say how much of something there is, the longest first.
fn phrases<'a>(lexicon: &'a Lexicon, words: &[&str], taken: &[bool], at: usize) -> impl Iterator<Item = (Range<usize>, &'a Sense)> {
    let ranges = (at + 1..=(at + lexicon.longest).min(words.len())).rev().map(move |end| at..end);
    let free = ranges.filter(move |range| !range.clone().any(|i| is_taken(taken, i)));
    free.filter_map(move |range| lexicon.senses.get(&words[range.clone()].join(" ")).map(|sense| (range, sense)))
}

/// "Not too loud", "nothing very heavy", "isn't so big", "not the most expensive one": much of it is not wished for.
fn is_denied(words: &[&str], at: usize, degree: Degree) -> bool {
    const NOT: &[&str] = &[
        "not", "nothing", "no", "never", "without", "isn", "isnt", "aren", "arent", "dont", "doesnt", "cant", "wont", "don", "doesn", "t",
    ];
    const BETWEEN: &[&str] =
        &["too", "to", "so", "very", "that", "super", "overly", "really", "as", "be", "being", "is", "terribly", "all"];
    let between = |i: &usize| match degree {
        Degree::Wish => BETWEEN.contains(&words[*i]),
        Degree::More => false,
        Degree::Most => matches!(words[*i], "the" | "your"),
    };
    (0..at).rev().find(|i| !between(i)).is_some_and(|i| NOT.contains(&words[i]) && (i + 1 < at || matches!(words[i], "nothing" | "not")))
}

/// What is not to be loud should make little noise, however much it gives.
fn denied_properties(sense: &Sense, denied: bool) -> Vec<String> {
    let mut properties = sense.properties.clone();
    if denied {
        properties.sort_by_key(|own| !LESS_IS_BETTER.iter().any(|less| own.contains(less)));
    }
    properties
}

/// Whether an adjective describes what is asked for: right before its kind ("a quiet keyboard"), before "one",
/// or standing alone ("it should be small"). "A small office" is somebody's office.
fn describes_the_thing(heard: &Heard, words: &[&str], taken: &[bool], at: usize, end: usize) -> bool {
    let ends = heard.words.get(end).is_none_or(|next| next.start > heard.words[end - 1].end + 1);
    let next = words.get(end).copied().filter(|_| !ends);
    let before = at.checked_sub(1).map_or("", |i| words[i]);
    let article = matches!(before, "a" | "an" | "the" | "my" | "our" | "this");
    match next {
        None => !article,
        Some(_) if is_taken(taken, end) => true,
        Some(next) => matches!(next, "one" | "ones" | "thing" | "things" | "model" | "something" | "and" | "but" | "please" | "enough"),
    }
}

/// "The longest battery life", "more memory", "best camera": a word that takes the property behind it.
fn with_property(lexicon: &Lexicon, heard: &Heard, words: &[&str], taken: &[bool], at: usize) -> Option<Wished> {
    const SKIPPED: usize = 1;
    let (less, degree) = *lexicon.takers.get(words[at])?;
    let names = |i: usize| names_property(heard, taken, i);
    // A kind of thing comes before its property: "the biggest TV" is about the TV's size.
    let near = (at + 1..words.len().min(at + 2 + SKIPPED)).take_while(|i| !is_taken(taken, *i));
    let from = near.into_iter().find(|i| names(*i))?;
    let end = (from..words.len()).find(|i| !names(*i)).unwrap_or(words.len());
    let property = stems_of(heard, from..end);
    // The whole run first, then its last word: "battery life" may be filed under "battery" alone.
    let mut properties = vec![property.clone()];
    properties.extend(property.split(' ').map(str::to_owned).filter(|word| *word != property));
    let reversed = !less
        && LESS_IS_BETTER.iter().any(|own| property.contains(own))
        && matches!(words[at], "best" | "better" | "good" | "great" | "decent");
    Some(Wished { quality: Quality { properties, less: less || reversed, degree }, words: at..end })
}

/// "Battery matters more than anything".
fn matters(heard: &Heard, words: &[&str], taken: &[bool], at: usize) -> Option<Wished> {
    const REACH: usize = 4;
    let names = |i: usize| names_property(heard, taken, i) && !MATTERS.contains(&words[i]);
    if !names(at) {
        return None;
    }
    let end = (at..words.len()).find(|i| !names(*i)).unwrap_or(words.len());
    let counts = words.iter().skip(end).take(REACH).any(|word| MATTERS.contains(word));
    let property = stems_of(heard, at..end);
    let less = LESS_IS_BETTER.iter().any(|own| property.contains(own));
    counts.then(|| Wished { quality: Quality { properties: vec![property], less, degree: Degree::Wish }, words: at..end })
}

fn stems_of(heard: &Heard, span: Range<usize>) -> String {
    heard.words[span].iter().map(|w| w.stem.as_str()).collect::<Vec<_>>().join(" ")
}

/// `big` as `bigger`, `heavy` as `heavier`, `wide` as `wider`.
fn comparative(word: &str) -> String {
    match word {
        "good" | "great" | "decent" => "better".to_owned(),
        "much" | "many" | "lots" | "plenty" => "more".to_owned(),
        "few" => "fewer".to_owned(),
        "little" => "less".to_owned(),
        _ => format!("{}r", with_e(word)),
    }
}

fn superlative(word: &str) -> String {
    match word {
        "good" | "great" | "decent" => "best".to_owned(),
        "much" | "many" | "lots" | "plenty" => "most".to_owned(),
        "little" => "least".to_owned(),
        _ => format!("{}st", with_e(word)),
    }
}

/// The word as it stands before `r` or `st`.
fn with_e(word: &str) -> String {
    let bytes = word.as_bytes();
    let vowel = |b: u8| b"aeiou".contains(&b);
    match bytes {
        [.., b'e'] => word.to_owned(),
        [.., b'y'] => format!("{}ie", &word[..word.len() - 1]),
        [.., a, b, c] if !vowel(*a) && vowel(*b) && !vowel(*c) && !b"wxy".contains(c) => format!("{word}{}e", char::from(*c)),
        _ => format!("{word}e"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::heard::Word;
    use crate::domain::text::token::tokens;
    use crate::domain::text::unit;

    fn heard(text: &str) -> Heard {
        let words = Word::from_tokens(unit::merge(tokens(text), text));
        let known = measure::stems("battery life noise camera ram memory hdmi port power weight");
        let properties = words.iter().map(|w| known.split(' ').any(|own| own == w.stem)).collect();
        Heard { words, properties, ..Heard::default() }
    }

    #[test]
    fn wishes_are_read_in_every_form() {
        for (text, property, less, degree) in [
            ("the longest battery life please", "battery life", false, Degree::Most),
            ("which is the quietest", "noise level", true, Degree::Most),
            ("something quieter", "noise level", true, Degree::More),
            ("a quiet one", "noise level", true, Degree::Wish),
            ("the lightest laptop", "weight", true, Degree::Most),
            ("wich one is the lightes", "weight", true, Degree::Most),
            ("which is better for photos", "main camera", false, Degree::Most),
            ("which is better for games", "graphic", false, Degree::Most),
            ("biggest tv you got", "screen size", false, Degree::Most),
            ("the most powerful blender", "power", false, Degree::Most),
            ("which one has better battery", "battery", false, Degree::More),
            ("which one lasts longer", "battery life", false, Degree::More),
            ("which has the most ram", "ram", false, Degree::Most),
            ("cheapest please", "price", true, Degree::Most),
            ("less expensive ones", "price", true, Degree::More),
            ("battery matters more than anything", "battery", false, Degree::Wish),
            ("she'll carry it around campus all day so battery matters more than anything", "battery", false, Degree::Wish),
            ("least noise", "noise", true, Degree::Most),
            ("a washing machine that is not too loud", "noise level", true, Degree::Wish),
            ("she needs a laptop nothing too heavy budget 700", "weight", true, Degree::Wish),
            ("she needs a laptop nothing heavy, 700 max", "weight", true, Degree::Wish),
            ("something not too expensive for him", "price", true, Degree::Wish),
            ("which goes deeper under water", "depth", false, Degree::More),
            ("not the most expensive one please", "price", true, Degree::Wish),
            ("is it loud? kids sleep next door", "output power", false, Degree::Wish),
        ] {
            let heard = heard(text);
            let found = read(&heard, &vec![false; heard.words.len()]);
            let first = found.first().unwrap_or_else(|| panic!("nothing in {text:?}"));
            let own = (first.quality.properties[0].as_str(), first.quality.less, first.quality.degree);
            assert_eq!(own, (measure::stems(property).as_str(), less, degree), "{text}");
        }
        for text in
            ["how long does it take", "a light", "not the cheapest one", "for a long time", "hello there", "how heavy is it", "1.5 m long"]
        {
            let heard = heard(text);
            assert_eq!(read(&heard, &vec![false; heard.words.len()]), [], "{text}");
        }
    }

    #[test]
    fn how_questions_name_their_property() {
        for (text, property) in [
            ("how heavy is it", Some("weight")),
            ("how long does the battery last", Some("battery life")),
            ("how far does it go on one charge", Some("range")),
            ("how loud does it get", Some("output power")),
            ("how are you", None),
            ("how much is it", None),
        ] {
            assert_eq!(asked(&heard(text)).map(|q| q.properties[0].clone()), property.map(measure::stems), "{text}");
        }
    }
}
