//! What a message asks of a product: a property by its name, by what it states or under another name; something
//! its description speaks of; something its record does not state.

use super::super::resolve;
use super::super::turn::Turn;
use super::super::understanding::form::Asks;
use super::super::understanding::qualities;
use super::meant;
use super::question::asks_whether;
use crate::domain::measure;
use crate::domain::product::{Product, SpecValue};
use crate::domain::query::{Degree, Measure};
use crate::domain::text::fold::fold;
use crate::domain::text::stem::stem;
use crate::domain::text::token::tokens;
use crate::domain::text::{colours, sentence, unit, words};

/// Properties told at once of one product.
pub const TOLD: usize = 3;

/// What a message asks of a product.
pub enum Asked {
    /// Properties, by their place, and whether the message asks whether it has them.
    Specs(Vec<Found>),
    /// A sentence of the description that speaks of it.
    Said(u16),
    /// Something this record does not state, with the word for it where the shop's records use it.
    Unstated(Option<String>),
    /// Nothing in particular: "tell me more".
    Nothing,
}

/// A property that answers.
pub struct Found {
    /// Its place among the properties.
    pub index: usize,
    /// Whether what was asked for is there: the word stands in its value, "Ethernet" in "Ports: ... Ethernet".
    pub by_value: bool,
}

/// Words for what is done with a thing: they stand in the names of properties, but ask for none of them.
const DEEDS: [&str; 20] = [
    "use", "used", "fit", "fits", "charge", "charges", "back", "left", "work", "works", "need", "go", "goes", "come", "comes", "take",
    "get", "keep", "start", "run",
];

/// Words for properties that records file under another name.
const FILED_UNDER: &[(&str, &[&str])] = &[
    ("wireless wired cordless", &["connection", "connectivity", "interface"]),
    ("rain splash shower swim swimm wet beach pool bath", &["water resistance", "waterproof", "water protection", "protection"]),
    ("charg", &["power pass", "power delivery", "charging"]),
    ("unplugg cord plugg", &["battery life", "power"]),
    ("tall", &["height"]),
    ("degre degree celsiu hot", &["temperature"]),
    ("alexa siri", &["voice assistant"]),
];

/// Words that ask for a judgement, which no single property gives.
const JUDGING: &[&str] = &[
    "good",
    "worth",
    "nice",
    "decent",
    "better",
    "best",
    "great",
    "enough",
    "recommend",
    "reliabl",
    "reliable",
    "suitabl",
    "suitable",
    "any",
];

/// What a message asks of a product.
pub fn asked_of(turn: &Turn<'_>, product: &Product) -> Asked {
    let said = telling(turn, product);
    let meant = meant::of(turn, product);
    let mut found = by_amount(turn, product);
    let (mut named, unstated) = by_words(turn, product, &said);
    // "How big is the storage", "how many pages does it print": the whole question says which size is meant, and that
    // no "Two-sided printing" is.
    let own = if let Some(Asked::Specs(own)) = &meant { own.as_slice() } else { &[] };
    if let Some(property) = &turn.heard.property {
        let same = |found: &Found| own.iter().any(|own| own.index == found.index);
        found.retain(|found| own.is_empty() || same(found));
        named.retain(|found| property.score < meant::PLAIN || same(found) || is_named(turn, product, found.index));
    }
    add(&mut found, named);
    if !found.is_empty() {
        found.truncate(TOLD);
        // "Does it have a wall mount": a VESA mount is no yes to all of that.
        for property in &mut found {
            let words = product.specs.get(property.index).map(|spec| format!("{} {}", spec.name, spec.value.text())).unwrap_or_default();
            let all = said.iter().all(|(at, word)| DEEDS.contains(&word.as_str()) || holds(&words, &turn.heard.words[*at].stem));
            let sure = own.iter().any(|own| own.index == property.index && own.by_value);
            property.by_value = sure || property.by_value && all || keeps_water_out(product, property.index);
        }
        return Asked::Specs(found);
    }
    if let Some(asked) = meant {
        return asked;
    }
    // "Which of those is the lightest": what makes it that.
    if let Some(found) = of_the_most(turn, product).filter(|_| turn.read.form.asks == Asks::Which) {
        return Asked::Specs(vec![found]);
    }
    let whether = asks_whether(turn) || matches!(turn.read.form.asks, Asks::HowMuchOf | Asks::Which);
    if let Some(sentence) = spoken_of(turn, product).filter(|_| whether || unstated.is_some()) {
        return Asked::Said(sentence);
    }
    if unstated.is_some() {
        return Asked::Unstated(unstated);
    }
    let numbered = turn.heard.words.iter().any(|w| w.text.len() > 2 && w.text.bytes().all(|b| b.is_ascii_digit()));
    if said.is_empty() && !(numbered && whether) {
        return asked_before(turn, product);
    }
    let judged = turn.heard.words.iter().any(|w| JUDGING.contains(&w.stem.as_str()));
    let known = said
        .iter()
        .find(|(at, word)| turn.heard.mentioned.get(*at) == Some(&true) && !DEEDS.contains(&word.as_str()) && is_had(turn, *at))
        .map(|(_, word)| word.clone());
    if whether && !judged { Asked::Unstated(known) } else { Asked::Nothing }
}

/// The property of which the one asked for has most, or least.
fn of_the_most(turn: &Turn<'_>, product: &Product) -> Option<Found> {
    let most = turn.read.wishes.iter().find(|wish| wish.quality.degree == Degree::Most)?;
    let index = product.specs.iter().position(|spec| most.quality.properties.contains(&measure::stems(&spec.name)))?;
    Some(Found { index, by_value: false })
}

/// Whether a word names something a thing may have: "a timer", "any buttons"; "at the same time" names nothing.
fn is_had(turn: &Turn<'_>, at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| turn.heard.words.get(before));
    before.is_some_and(|word| matches!(word.text.as_str(), "a" | "an" | "any" | "have" | "has" | "got" | "with" | "its"))
}

/// Whether the whole name of a property is said.
fn is_named(turn: &Turn<'_>, product: &Product, index: usize) -> bool {
    let name = product.specs.get(index).map(|spec| measure::stems(&spec.name)).unwrap_or_default();
    name.split(' ').all(|part| turn.heard.words.iter().any(|word| word.stem == part))
}

fn add(found: &mut Vec<Found>, more: Vec<Found>) {
    for new in more {
        if !found.iter().any(|old| old.index == new.index) {
            found.push(new);
        }
    }
}

/// Properties asked for by how much of them, by a unit or by a number: "how heavy", "how many watts", "does it do 120".
fn by_amount(turn: &Turn<'_>, product: &Product) -> Vec<Found> {
    const LETTERS: usize = 2;
    let mut found = Vec::new();
    if let Some(quality) = qualities::asked(turn.heard) {
        let side = quality.properties.iter().any(|p| measure::SIDES.contains(&p.as_str()) || p == "size");
        let whole = || if side { by_name(product, "dimension").or_else(|| by_name(product, "size")) } else { None };
        add(&mut found, quality.properties.iter().find_map(|property| by_name(product, property)).or_else(whole).unwrap_or_default());
    }
    // "The bigger one, does it have a hose": the wish says which, and asks for nothing.
    let pointing = resolve::pointing_wish(turn);
    for wish in turn.read.wishes.iter().filter(|wish| pointing != Some(*wish)) {
        add(&mut found, wish.quality.properties.iter().find_map(|property| by_name(product, property)).unwrap_or_default());
    }
    for measure in &turn.read.measures.measures {
        add(&mut found, by_measure(product, measure));
    }
    // "How many gigs", "how many watts": the unit names what is asked.
    for word in turn.heard.words.iter().filter(|w| w.text != "in") {
        let letter = word.text.len() <= LETTERS;
        let unit = unit::canonical(&word.text).filter(|unit| !letter || !matches!(*unit, "in" | "m" | "g" | "h" | "l"));
        add(&mut found, unit.map(|unit| in_unit(product, unit)).unwrap_or_default());
    }
    if asks_what_it_holds(turn) {
        let property = ["capacity", "volume", "water tank", "tank", "jug", "bowl"].iter().find_map(|name| by_name(product, name));
        add(&mut found, property.unwrap_or_default().into_iter().take(1).collect());
    }
    for word in turn.heard.words.iter().filter(|w| w.text.len() > 1 && w.text.bytes().all(|b| b.is_ascii_digit())) {
        add(&mut found, by_number(product, &word.text));
    }
    found
}

/// Properties the words of a message name or find in what is stated, and the first word for one this record lacks.
fn by_words(turn: &Turn<'_>, product: &Product, said: &[(usize, String)]) -> (Vec<Found>, Option<String>) {
    let having = asks_to_have(turn);
    let mut found = Vec::new();
    let mut unstated: Option<String> = None;
    // What is done with a thing names no property: "can I use them outside" asks for no "Indoor use only".
    let deed = |word: &str| DEEDS.contains(&word) && !word.starts_with("charge") && word != "run";
    for (at, word) in said.iter().filter(|(_, word)| !deed(word)) {
        match find(product, &turn.heard.words[*at].stem).or_else(|| shade(product, word)) {
            Some(specs) => {
                let there = |found: Found| Found { by_value: found.by_value || having && states(product, found.index), ..found };
                add(&mut found, specs.into_iter().map(there).collect());
            }
            None if !DEEDS.contains(&word.as_str()) && turn.heard.properties.get(*at).copied().unwrap_or(false) => {
                unstated = unstated.or_else(|| Some(word.clone()))
            }
            None => {}
        }
    }
    (found, unstated)
}

/// "How much water does it hold", "how much fits in it".
fn asks_what_it_holds(turn: &Turn<'_>) -> bool {
    let has = |words: &[&str]| turn.heard.words.iter().any(|w| words.contains(&w.text.as_str()));
    has(&["how"]) && has(&["much", "many", "big"]) && has(&["hold", "holds", "fit", "fits", "into", "take", "takes"])
}

/// "Does it have Ethernet", "is there a jack": a property of that name is a yes.
fn asks_to_have(turn: &Turn<'_>) -> bool {
    turn.heard.words.iter().any(|w| {
        matches!(
            w.text.as_str(),
            "have" | "has" | "got" | "come" | "comes" | "include" | "includes" | "included" | "there" | "support" | "supports" | "offer"
        )
    })
}

/// Whether a property states something rather than denying it: "No", "none", "not included".
pub fn states(product: &Product, index: usize) -> bool {
    let text = product.specs.get(index).map(|spec| spec.value.text().to_lowercase()).unwrap_or_default();
    !matches!(text.split(|c: char| !c.is_alphanumeric()).next(), Some("no" | "none" | "not" | "without"))
}

/// Whether a property says that water does no harm: IP67 and better (IEC 60529), or a depth.
fn keeps_water_out(product: &Product, index: usize) -> bool {
    let Some(spec) = product.specs.get(index).filter(|spec| measure::says(&measure::stems(&spec.name), "waterproof")) else { return false };
    let SpecValue::Text(text) = &spec.value else { return false };
    measure::measures(text).iter().any(|m| m.unit == "ip" && m.number >= 7.0 || matches!(m.unit.as_str(), "atm" | "mm"))
}

/// "And the other one?" asks what was asked before, of another product.
fn asked_before(turn: &Turn<'_>, product: &Product) -> Asked {
    const ASKING_ALL: &[&str] = &["more", "about", "tell", "info", "detail", "details", "specs", "spec", "show", "describe", "everything"];
    const SHORT: usize = 7;
    let all = turn.heard.words.iter().any(|w| ASKING_ALL.contains(&w.text.as_str())) && !what_about(turn);
    if all || turn.heard.words.len() > SHORT || turn.before.goal != Some(crate::domain::goal::Goal::ProductQuestion) {
        return Asked::Nothing;
    }
    let found: Vec<Found> = turn.before.focus.properties.iter().filter_map(|name| by_name(product, name)).flatten().take(TOLD).collect();
    if found.is_empty() { Asked::Nothing } else { Asked::Specs(found) }
}

/// "What about the other one", "how about the Bose".
fn what_about(turn: &Turn<'_>) -> bool {
    turn.heard.words.windows(2).any(|pair| matches!(pair[0].text.as_str(), "what" | "how") && pair[1].text == "about")
}

/// The sentence of the description that speaks of most of what is asked.
fn spoken_of(turn: &Turn<'_>, product: &Product) -> Option<u16> {
    let own = own_stems(product);
    let said: Vec<&str> = turn
        .heard
        .words
        .iter()
        .filter(|w| w.is_telling() && w.text.len() > 2)
        .filter(|w| !DEEDS.contains(&w.text.as_str()) || w.stem == "charg")
        .filter(|w| !own.contains(&w.stem))
        .map(|w| w.stem.as_str())
        .collect();
    let score = |text: &str| said.iter().filter(|word| holds(text, word)).count();
    let best = sentence::split(&product.description).map(score).enumerate().max_by_key(|(i, score)| (*score, usize::MAX - i))?;
    (best.1 > 0).then(|| u16::try_from(best.0).ok()).flatten()
}

/// Stems of a product's name, maker and kinds: they say what is meant, not what is asked of it.
fn own_stems(product: &Product) -> Vec<String> {
    let stems = |text: &str| tokens(text).iter().map(|t| stem(&t.text)).collect::<Vec<_>>();
    let mut own = stems(&product.name);
    own.extend(stems(&product.brand));
    own.extend(product.category.iter().flat_map(|c| stems(c)));
    own
}

/// Stems that ask for nothing in particular: "tell me more about the first one".
const NOTHING_IN_PARTICULAR: &str = "\
    detail info information spec specification specificat more about tell describe describ product model \
    first second third last two three both come support include includ run plug play handle option version kind \
    laptop phone long much many need how what which number say said mean possible possibl able";

/// Words of a message that may ask for a property: not its name, brand or kind, and not empty talk.
fn telling(turn: &Turn<'_>, product: &Product) -> Vec<(usize, String)> {
    let own = own_stems(product);
    turn.heard
        .words
        .iter()
        .enumerate()
        .filter(|(i, word)| {
            let empty = words::is_function(&word.text)
                || words::is_request(&word.text, &word.stem) && !turn.heard.properties.get(*i).copied().unwrap_or(false)
                || word.text.bytes().all(|b| b.is_ascii_digit())
                || NOTHING_IN_PARTICULAR.split(' ').any(|stem| stem == word.stem);
            !empty && !own.contains(&word.stem)
        })
        .map(|(i, word)| (i, word.text.clone()))
        .collect()
}

/// Properties a word asks for: by their name first, then by what they state.
fn find(product: &Product, wanted: &str) -> Option<Vec<Found>> {
    by_name(product, wanted)
        .or_else(|| {
            let found: Vec<Found> = indexes(product, |spec| matches!(spec, SpecValue::Text(text) if holds(text, wanted)))
                .map(|index| Found { index, by_value: true })
                .take(1)
                .collect();
            (!found.is_empty()).then_some(found)
        })
        .or_else(|| {
            let (_, names) = FILED_UNDER.iter().find(|(words, _)| words.split(' ').any(|word| word == wanted))?;
            names.iter().find_map(|name| by_name(product, &measure::stems(name)))
        })
}

/// "Purple", of a product in violet.
fn shade(product: &Product, word: &str) -> Option<Vec<Found>> {
    let of = |spec: &SpecValue| matches!(spec, SpecValue::Text(text) if tokens(&fold(text)).iter().any(|t| colours::means(word, &t.text)));
    let index = Some(word).filter(|word| colours::is_colour(word)).and_then(|_| indexes(product, of).next())?;
    Some(vec![Found { index, by_value: true }])
}

pub(super) fn by_name(product: &Product, wanted: &str) -> Option<Vec<Found>> {
    let found: Vec<Found> = product
        .specs
        .iter()
        .enumerate()
        .filter(|(_, spec)| holds(&spec.name, wanted) || can_be(&spec.name, wanted))
        .map(|(index, _)| Found { index, by_value: false })
        .take(2)
        .collect();
    (!found.is_empty()).then_some(found)
}

/// "Do they fold" asks for "Foldable".
fn can_be(name: &str, wanted: &str) -> bool {
    const SHORTEST: usize = 3;
    wanted.len() >= SHORTEST
        && tokens(name).iter().any(|t| t.text.strip_prefix(wanted).is_some_and(|rest| rest.len() <= 5 && rest.ends_with("able")))
}

/// "Is it the 42 mm one", "does it shoot 4K at 60": a measure that stands in a property.
fn by_measure(product: &Product, wanted: &Measure) -> Vec<Found> {
    let (number, unit) = measure::in_base_unit(wanted.number, &wanted.unit);
    let has = |value: &SpecValue| match value {
        SpecValue::Text(text) => measure::measures(text).iter().any(|m| m.unit == unit && (m.number - number).abs() <= number * 0.02),
        _ => false,
    };
    let exact: Vec<Found> = indexes(product, has).map(|index| Found { index, by_value: true }).take(1).collect();
    if !exact.is_empty() {
        return exact;
    }
    // Another number of the same kind answers as well: what it has instead.
    in_unit(product, &wanted.unit)
}

/// "Does it do 120": a bare number that a property states.
fn by_number(product: &Product, number: &str) -> Vec<Found> {
    let own = tokens(&product.name).iter().any(|t| t.text == number);
    let has = |value: &SpecValue| {
        let states = |m: &measure::Measured| number.parse::<f64>().is_ok_and(|n| (n - m.number).abs() < f64::EPSILON && !m.unit.is_empty());
        matches!(value, SpecValue::Text(text) if measure::measures(text).iter().any(states))
    };
    indexes(product, has).filter(|_| !own).map(|index| Found { index, by_value: true }).take(1).collect()
}

/// The first property that is counted in a unit.
fn in_unit(product: &Product, unit: &str) -> Vec<Found> {
    let (_, unit) = measure::in_base_unit(1.0, unit);
    let like = |value: &SpecValue| matches!(value, SpecValue::Text(text) if measure::measures(text).iter().any(|m| m.unit == unit));
    indexes(product, like).map(|index| Found { index, by_value: false }).take(1).collect()
}

fn indexes<'a>(product: &'a Product, keep: impl Fn(&SpecValue) -> bool + 'a) -> impl Iterator<Item = usize> + 'a {
    product.specs.iter().enumerate().filter(move |(_, spec)| keep(&spec.value)).map(|(i, _)| i)
}

/// Whether a text holds a stem, another word for it, or it written without its hyphens.
fn holds(text: &str, wanted: &str) -> bool {
    let own: Vec<String> = tokens(text).iter().map(|t| stem(&t.text)).collect();
    let has = |phrase: &str| phrase.split(' ').all(|part| own.iter().any(|o| o == part));
    has(wanted)
        || words::synonyms(wanted).iter().any(|other| has(other))
        || wanted.len() > 3 && text.to_lowercase().replace('-', "").split(' ').any(|word| word == wanted)
}
