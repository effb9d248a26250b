//! Which of the shop's procedures fits a fault: by the thing it is about, by the kind of trouble, and by the
//! words.
//!
//! People tell a story where an entry asks a question, so words alone compare badly. The kinds of trouble
//! are data (`assets/nlu/symptoms.txt`); what a shop sells, its own categories say.

use std::rc::Rc;
use std::sync::LazyLock;

use foldhash::HashMap;

use super::super::lookup::{Findings, KnowledgeFound, Lookup};
use super::super::say;
use super::super::turn::Turn;
use crate::domain::fact::{FactBook, RecordId};
use crate::domain::knowledge::Knowledge;
use crate::domain::record::RecordKind;
use crate::domain::text::kept::Kept;
use crate::domain::text::stem::stem;
use crate::domain::text::token::tokens;
use crate::domain::text::{sentence, words};

/// A way to tell of a kind of trouble: a run of stems.
struct Phrase {
    /// The kind's place among the kinds.
    kind: usize,
    stems: Vec<String>,
}

/// The kinds of trouble, with the ways to say them by how their first stem begins: every entry's questions are
/// looked through in a turn.
struct Troubles {
    kinds: Vec<&'static str>,
    phrases: HashMap<[u8; 2], Vec<Phrase>>,
}

static TROUBLES: LazyLock<Troubles> = LazyLock::new(|| {
    let lines = include_str!("../../../assets/nlu/symptoms.txt").lines().filter(|line| !line.starts_with('#'));
    let mut all = Troubles { kinds: Vec::new(), phrases: HashMap::default() };
    for (name, phrases) in lines.filter_map(|line| line.split_once(':')) {
        for phrase in phrases.split('|') {
            let stems: Vec<String> = phrase.split_whitespace().map(normal).collect();
            let first = stems.first().map(|stem| beginning(stem)).unwrap_or_default();
            all.phrases.entry(first).or_default().push(Phrase { kind: all.kinds.len(), stems });
        }
        all.kinds.push(name.trim());
    }
    all
});

/// What words have in common of which one begins with the other.
fn beginning(word: &str) -> [u8; 2] {
    let byte = |i: usize| word.as_bytes().get(i).copied().unwrap_or(0);
    [byte(0), byte(1)]
}

/// A word as phrases compare it: negations are one, forms of "be" and "do" do not count.
fn normal(word: &str) -> String {
    match word {
        "never" | "no" | "wont" | "cannot" | "without" | "stopped" | "stops" | "nothing" | "refuses" | "fails" => "not".to_owned(),
        "fell" | "falls" | "fallen" | "falling" => "fall".to_owned(),
        "died" | "dies" | "dying" => "die".to_owned(),
        "froze" | "frozen" | "freezes" => "freez".to_owned(),
        "broke" | "broken" | "breaks" => "broke".to_owned(),
        word => stem(word),
    }
}

/// The kinds of trouble a text speaks of.
pub fn troubles(text: &str) -> Vec<&'static str> {
    let said: Vec<String> = tokens(text).iter().map(|t| normal(&t.text)).collect();
    let begun = |from: usize| TROUBLES.phrases.get(&beginning(&said[from])).into_iter().flatten().map(move |phrase| (from, phrase));
    let told = (0..said.len()).flat_map(begun).filter(|(from, phrase)| holds(&said[*from..], &phrase.stems));
    let mut kinds: Vec<usize> = told.map(|(_, phrase)| phrase.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let mut found: Vec<&'static str> = kinds.into_iter().map(|kind| TROUBLES.kinds[kind]).collect();
    if shows_a_code(&said) {
        // A code that flashes is no lamp that flickers.
        found.retain(|kind| *kind != "flicker");
        if !found.contains(&"error") {
            found.push("error");
        }
    }
    found
}

/// A code as machines show it: one or two letters and some digits.
fn is_code(word: &str) -> bool {
    let letters = word.bytes().take_while(u8::is_ascii_alphabetic).count();
    (1..=2).contains(&letters) && word.len() > letters && word.len() <= 5 && word[letters..].bytes().all(|b| b.is_ascii_digit())
}

/// "It says E18": a code of letters and digits behind a word for showing it.
fn shows_a_code(said: &[String]) -> bool {
    said.windows(2).any(|w| {
        let shows = matches!(w[0].as_str(), "say" | "show" | "display" | "error" | "code" | "with" | "still" | "see" | "read");
        shows && is_code(&w[1]) || is_code(&w[0]) && matches!(w[1].as_str(), "flash" | "blink" | "error" | "again" | "display")
    })
}

/// Whether a text begins with a phrase, with at most one other word between two of its words.
fn holds(said: &[String], phrase: &[String]) -> bool {
    const BETWEEN: usize = 2;
    let mut at = 0;
    phrase.iter().enumerate().all(|(i, wanted)| {
        let reach = if i == 0 { 1 } else { BETWEEN };
        let fits = |word: &String| word == wanted || wanted.len() > 4 && word.starts_with(wanted.as_str());
        match said.iter().skip(at).take(reach).position(fits) {
            Some(skipped) => {
                at += skipped + 1;
                true
            }
            None => false,
        }
    })
}

/// Whether it came broken or wrong, rather than breaking in use.
pub fn came_so(turn: &Turn<'_>) -> bool {
    let text = say::question_text(turn);
    let said: Vec<String> = tokens(&text).into_iter().map(|t| t.text).collect();
    let has = |list: &[&str]| said.iter().any(|w| list.contains(&w.as_str()));
    let used = has(&["ago", "year", "years", "months", "month", "after", "since"]) && !has(&["arrived", "delivered"]);
    let came = has(&[
        "arrived",
        "arrive",
        "delivered",
        "delivery",
        "received",
        "unboxed",
        "unpacked",
        "unboxing",
        "unpacking",
        "box",
        "parcel",
        "package",
        "wrong",
        "missing",
        "courier",
        "carrier",
        "ordered",
        "sent",
        "shipped",
        "opened",
        "incomplete",
        "transport",
        "today",
        "yesterday",
        "new",
    ]);
    let comes = said.windows(2).any(|w| w[0] == "came" && w[1] != "off" && w[1] != "loose" && w[1] != "apart");
    (came || comes) && !used && !works_wrongly(&text)
}

/// "It shakes like hell, delivered last Friday": when it came is only told along with what it does.
pub fn works_wrongly(text: &str) -> bool {
    let said: Vec<String> = tokens(text).into_iter().map(|t| t.text).collect();
    const OF_USE: &[&str] =
        &["shake", "noise", "spin", "smell", "heat", "cold", "water", "dock", "brush", "drain", "clean", "slow", "crackle"];
    let day = |word: &str| {
        matches!(
            word,
            "last" | "yesterday" | "today" | "this" | "on" | "monday" | "tuesday" | "wednesday" | "thursday" | "friday" | "saturday"
        )
    };
    let dated = said.windows(2).any(|w| matches!(w[0].as_str(), "delivered" | "came" | "arrived" | "received") && day(&w[1]));
    let came_wrong =
        said.iter().any(|w| matches!(w.as_str(), "box" | "parcel" | "package" | "wrong" | "missing" | "courier" | "smashed" | "broken"));
    dated && !came_wrong && troubles(text).iter().any(|kind| OF_USE.contains(kind))
}

/// Whether the customer broke it, rather than that it arrived broken.
pub fn is_an_accident(turn: &Turn<'_>) -> bool {
    let said: Vec<&str> = turn.heard.words.iter().map(|w| w.text.as_str()).collect();
    let happened = said.iter().any(|w| matches!(*w, "dropped" | "fell" | "spilled" | "spilt" | "knocked" | "sat" | "stepped" | "toilet"));
    let arrived =
        said.iter().any(|w| matches!(*w, "arrived" | "delivered" | "courier" | "driver" | "parcel" | "package" | "unboxed" | "unpacked"));
    happened && !arrived
}

/// The stems of the things a message is about: the kinds it names, those of the products it names or that
/// are on the table.
///
/// Also whether they are surely things: what the customer calls theirs may be a brand or a pet name.
pub fn devices(turn: &Turn<'_>, book: &FactBook, named: &[RecordId]) -> (Vec<String>, bool) {
    let mut text = String::new();
    let mut add = |part: &str| {
        text.push(' ');
        text.push_str(part);
    };
    for category in &turn.heard.categories {
        for word in turn.heard.words.get(category.words.clone()).unwrap_or_default() {
            add(&word.text);
        }
        category.names.iter().take(2).for_each(|name| add(name));
    }
    for id in named {
        if let Some(product) = say::product(book, *id) {
            // A Zenbook is an ultrabook, and a laptop before that.
            let below = usize::from(product.category.len() > 1);
            product.category.iter().skip(below).for_each(|name| add(name));
        }
    }
    if turn.heard.categories.is_empty() && named.is_empty() {
        // What is meant by "it" before what was only shown.
        let meant: Vec<_> = turn.shown.iter().filter(|product| turn.before.focus.products.contains(&product.sku)).cloned().collect();
        let few = if turn.shown.len() <= 2 { turn.shown } else { &[] };
        let table = if (1..=2).contains(&meant.len()) { meant.as_slice() } else { few };
        table.iter().for_each(|product| add(product.leaf_category().unwrap_or_default()));
    }
    let sure = !text.is_empty();
    if !sure {
        // What no category names is what the customer calls theirs: "my power bank".
        let after = turn.heard.words.iter().position(|w| matches!(w.text.as_str(), "my" | "our"));
        let own = after.map(|at| &turn.heard.words[at + 1..]).unwrap_or_default();
        let own = own.iter().take(3).take_while(|w| !words::is_function(&w.text));
        text = own.map(|w| w.text.as_str()).collect::<Vec<_>>().join(" ");
    }
    let said: Vec<String> = turn.heard.words.iter().map(|w| w.stem.clone()).collect();
    let mut stems: Vec<String> = tokens(&text).iter().filter(|t| !words::is_function(&t.text)).map(|t| stem(&t.text)).collect();
    // Things no category names, as entries call them: a router of somebody else, the remote of a television.
    const THINGS: &[&str] = &[
        "router",
        "modem",
        "wifi",
        "internet",
        "remot",
        "remote",
        "doorbell",
        "charger",
        "dock",
        "hub",
        "bulb",
        "lamp",
        "microphon",
        "microphone",
        "mic",
        "windows",
    ];
    stems.extend(said.into_iter().filter(|s| THINGS.contains(&s.as_str())));
    let things = stems.iter().any(|s| THINGS.contains(&s.as_str()));
    stems.sort_unstable();
    stems.dedup();
    (stems, sure || things)
}

/// The thing a fault is of.
pub struct Thing<'a> {
    /// Its stems.
    pub devices: &'a [String],
    /// Whether they are surely a thing's.
    pub sure: bool,
    /// All words that the records of the products named are known by.
    pub kinds: &'a [String],
}

/// The look-ups a diagnosis needs: the message, its sentences, and the thing with the kind of trouble.
pub fn lookups(turn: &Turn<'_>, problem: &str, devices: &[String]) -> Vec<Lookup> {
    const SENTENCES: usize = 3;
    let asked = |text: String, limit: usize| Lookup::Knowledge { text, procedures: Some(true), limit };
    let mut lookups = vec![asked(problem.to_owned(), 8)];
    lookups.push(Lookup::Knowledge { text: problem.to_owned(), procedures: Some(false), limit: 2 });
    lookups.push(asked(devices.join(" "), 16));
    let parts: Vec<&str> = sentence::split(turn.text).collect();
    if parts.len() > 1 {
        lookups.extend(parts.into_iter().take(SENTENCES).map(|part| asked(part.to_owned(), 4)));
    }
    lookups
}

/// The procedure that fits best, with how well: from 1 on it is beyond doubt.
pub fn best(problem: &str, thing: &Thing<'_>, found: &Findings, book: &FactBook) -> Option<(RecordId, f32)> {
    let wanted = troubles(problem);
    let mut best: Option<(RecordId, f32)> = None;
    // What is found by the name of the thing alone fits it, whatever its trouble.
    let worth = |i: usize, hit: KnowledgeFound| KnowledgeFound { score: if i == THING { 0.0 } else { hit.score }, ..hit };
    let hits =
        found.knowledge.iter().enumerate().filter(|(i, _)| *i != WORDS).flat_map(|(i, hits)| hits.iter().map(move |hit| worth(i, *hit)));
    for hit in hits.filter(|hit| hit.procedure) {
        let Some(entry) = say::entry(book, hit.record) else { continue };
        let score = fit(&entry, &hit, &wanted, thing, problem);
        if best.is_none_or(|(_, most)| score > most) {
            best = Some((hit.record, score));
        }
    }
    best
}

/// The entry about the thing that says what to do about a danger the customer speaks of, and its step.
pub fn danger(problem: &str, devices: &[String], found: &Findings, book: &FactBook) -> Option<(RecordId, u16)> {
    let hits = found.knowledge.iter().flatten().filter(|hit| hit.procedure);
    hits.filter_map(|hit| {
        let entry = say::entry(book, hit.record)?;
        let step = super::steps::safety(problem, &entry.steps())?;
        let ways = ways(&entry);
        let of_the_thing = devices.iter().filter(|word| ways.iter().any(|way| way.stems.contains(word))).count();
        (of_the_thing > 0).then_some((of_the_thing, hit.record, step))
    })
    .max_by_key(|(of_the_thing, _, _)| *of_the_thing)
    .map(|(_, record, step)| (record, step))
}

/// What faults are held against in a question or tag of an entry.
struct Way {
    /// The stems of its words.
    stems: Vec<String>,
    /// The same, of those that carry content.
    content: Vec<String>,
    /// The kinds of trouble it speaks of.
    troubles: Vec<&'static str>,
}

impl Way {
    /// Kept, as every entry that may fit is looked through for every fault.
    fn of(text: &str) -> Rc<Self> {
        thread_local! {
            static KEPT: Kept<Way> = Kept::default();
        }
        KEPT.with(|kept| kept.of(text, Self::read))
    }

    fn read(text: &str) -> Self {
        let stems = tokens(text).iter().map(|t| stem(&t.text)).collect();
        Self { stems, content: content(text), troubles: troubles(text) }
    }
}

/// The ways an entry is asked for and filed under.
fn ways(entry: &Knowledge) -> Vec<Rc<Way>> {
    entry.questions.iter().chain(&entry.tags).map(|text| Way::of(text)).collect()
}

fn content(text: &str) -> Vec<String> {
    tokens(text).iter().filter(|t| !words::is_function(&t.text)).map(|t| stem(&t.text)).collect()
}

/// Which of the look-ups asks for plain answers rather than procedures.
pub const WORDS: usize = 1;
/// Which of them asks by the name of the thing alone.
const THING: usize = 2;

/// From this score on a procedure is begun.
pub const FITS: f32 = 0.62;

/// Trouble that began with something spilt, as the list of troubles names it.
pub const SPILT: &str = "spilt";
/// How an entry fits that must not be followed.
const NEVER: f32 = -1.0;

fn fit(entry: &Knowledge, hit: &KnowledgeFound, wanted: &[&str], of: &Thing<'_>, problem: &str) -> f32 {
    let Thing { devices, sure, kinds } = *of;
    let ways = ways(entry);
    let questions = &ways[..entry.questions.len()];
    let own: Vec<&'static str> = questions.iter().flat_map(|way| way.troubles.iter().copied()).collect();
    let about = |word: &str| ways.iter().any(|way| way.stems.iter().any(|stem| stem == word));
    let speaks = |word: &String| about(word) || words::synonyms(word).iter().any(|other| other.split(' ').all(about));
    // A step that has a wet machine plugged in does harm: what was spilt is no matter for an entry that does not know it.
    if wanted.contains(&SPILT) && !own.contains(&SPILT) && !own.contains(&"wet") {
        return NEVER;
    }
    let shared = wanted.iter().filter(|kind| own.contains(kind)).count();
    let trouble = match (wanted.is_empty(), own.is_empty(), shared) {
        (true, _, _) | (_, true, _) => 0.0,
        (_, _, 0) => -0.2,
        (_, _, shared) => 0.3 + 0.08 * (shared as f32 - 1.0) + 0.05 * share(own.as_slice(), wanted),
    };
    let thing = if devices.is_empty() {
        0.0
    } else if devices.iter().any(speaks) {
        0.2 - narrower(entry, devices, problem, kinds)
    } else if sure {
        -0.45
    } else {
        0.0
    };
    // The very code the machine shows is worth more than any words.
    let said = tokens(problem);
    let code = if said.iter().any(|t| is_code(&t.text) && about(&stem(&t.text))) { 0.4 } else { 0.0 };
    words_alike(questions, problem).max(hit.score * 0.8).min(0.8) + trouble + thing + code
}

/// What it costs an entry to be about a narrower thing than the one meant: a robot vacuum is no vacuum with
/// a stick.
fn narrower(entry: &Knowledge, devices: &[String], problem: &str, kinds: &[String]) -> f32 {
    let Some(tag) = entry.tags.first().filter(|tag| tag.contains([' ', '-'])) else { return 0.0 };
    let said: Vec<String> = tokens(problem).iter().map(|t| stem(&t.text)).collect();
    let known = |word: &String| devices.contains(word) || said.contains(word) || kinds.contains(word);
    let parts: Vec<String> = tokens(tag).iter().map(|t| stem(&t.text)).collect();
    // "My washer" is a washing machine by another word.
    let called = |word: &String| words::synonyms(word).iter().any(|other| other.split(' ').eq(parts.iter().map(String::as_str)));
    if devices.iter().chain(&said).any(called) {
        return 0.0;
    }
    let missing = if tag.contains(' ') {
        // What tells it from the wider thing stands in front: "the robot" is a robot vacuum, "the vacuum" need not be one.
        parts.iter().take(parts.len().saturating_sub(1)).any(|word| !known(word))
    } else {
        // An e-bike is a bike, whichever way it is written.
        !known(&stem(&tag.replace('-', "").to_lowercase())) && !parts.iter().any(|word| word.len() > 2 && known(word))
    };
    if missing { 0.5 } else { 0.0 }
}

/// How many of an entry's ways to ask are of a kind that is wanted.
fn share(own: &[&str], wanted: &[&str]) -> f32 {
    own.iter().filter(|kind| wanted.contains(kind)).count() as f32 / own.len().max(1) as f32
}

/// How much of one of the entry's questions the message says.
fn words_alike(questions: &[Rc<Way>], problem: &str) -> f32 {
    let said = content(problem);
    let share = |question: &Rc<Way>| {
        let own = &question.content;
        let common = own.iter().filter(|w| said.contains(w) || words::synonyms(w).iter().any(|s| said.contains(s))).count();
        if own.is_empty() { 0.0 } else { 0.6 * common as f32 / own.len() as f32 }
    };
    questions.iter().map(share).fold(0.0_f32, f32::max)
}

/// The stems of names, kinds and descriptions of the products a message is about.
pub fn kinds(turn: &Turn<'_>, book: &FactBook, named: &[RecordId]) -> Vec<String> {
    let named = named.iter().filter_map(|id| say::product(book, *id));
    let table = turn.shown.iter().take(2).filter(|_| turn.heard.products.is_empty() && turn.heard.categories.is_empty()).cloned();
    named
        .chain(table)
        .flat_map(|product| tokens(&format!("{} {} {}", product.name, product.category.join(" "), product.description)))
        .map(|t| stem(&t.text))
        .collect()
}

/// The words that a message calls a thing by, where neither a product nor a kind of thing is named and none is on the
/// table: words of the shop's products that are not everyday ones.
pub fn called(turn: &Turn<'_>) -> Option<Vec<String>> {
    let heard = turn.heard;
    if !heard.products.is_empty() || !heard.categories.is_empty() || !turn.shown.is_empty() {
        return None;
    }
    let telling = heard.words.iter().filter(|word| word.text.len() > 3 && !words::is_function(&word.text) && !words::is_common(&word.text));
    let called: Vec<String> = telling.map(|word| word.text.clone()).take(1).collect();
    (!called.is_empty()).then_some(called)
}

/// The records of products a message names, where they were read.
pub fn named(turn: &Turn<'_>, book: &FactBook) -> Vec<RecordId> {
    let skus = turn.heard.products.iter().filter_map(|mention| mention.skus.first());
    skus.filter_map(|sku| book.find(RecordKind::Product, sku)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trouble_is_told_in_many_words() {
        for (text, expected) in [
            ("my laptop wont turn on", &["power"][..]),
            ("the thing is completely dead, no light no fan", &["power"]),
            ("my power bank is swollen and warm", &["swollen"]),
            ("ring doorbell keeps going offline", &["offline"]),
            ("internet is soooo slow upstairs", &["slow"]),
            ("my washing machine stopped with water in the drum and says E18", &["water", "error"]),
            ("my washr wont empty. drum full of water and E18 flashing", &["water", "error"]),
            ("robot keeps missing its dock, drives past it like a drunk", &["dock"]),
            ("it makes a horrible screeching noise when grinding", &["noise"]),
            ("the robot doesn't find its way back to the station", &["dock"]),
            ("my glide only runs ten minutes now", &["drain"]),
            ("OMG my phone fell in the toilet", &["wet"]),
            ("where is my order", &[]),
            ("do you sell laptops", &[]),
        ] {
            let found = troubles(text);
            assert!(expected.iter().all(|kind| found.contains(kind)), "{text}: {found:?}");
            assert!(!expected.is_empty() || found.is_empty(), "{text}: {found:?}");
        }
    }
}
