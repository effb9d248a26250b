//! The steps of a procedure and what the customer says of them: done, not possible, dangerous.

use super::super::turn::Turn;
use super::reports;
use crate::domain::knowledge::Knowledge;
use crate::domain::state::Fault;
use crate::domain::text::sentence;
use crate::domain::text::stem::stem;
use crate::domain::text::token::{self, tokens};
use crate::domain::text::words;

/// Words of steps that tell no step from another.
const USUAL: &[&str] = &[
    "try",
    "check",
    "look",
    "put",
    "tak",
    "take",
    "use",
    "us",
    "mak",
    "make",
    "see",
    "still",
    "first",
    "again",
    "whether",
    "close",
    "choose",
    "choos",
    "set",
    "work",
    "time",
    "way",
    "place",
    "fault",
    "technician",
    "need",
    "help",
    "problem",
    "minute",
    "second",
    "hour",
    "hold",
    "press",
    "open",
    "old",
    "new",
    "run",
    "long",
    "two",
    "side",
    "one",
    "also",
    "keep",
    "stop",
];

/// A word as steps and reports share it: "held" is "hold", "sec" is "second".
fn plain(word: &str) -> String {
    match word {
        "held" => "hold".to_owned(),
        "sec" | "secs" => "second".to_owned(),
        "min" | "mins" => "minute".to_owned(),
        "took" | "taken" => "take".to_owned(),
        "wiped" | "wipe" => "wip".to_owned(),
        "socket" | "outlet" | "plugpoint" => "outlet".to_owned(),
        "unplug" | "unplugged" => "unplug".to_owned(),
        "rebooted" | "reboot" | "restarted" => "restart".to_owned(),
        "adaptor" => "adapter".to_owned(),
        "cleaned" | "cleaning" => "clean".to_owned(),
        "reset" | "resetted" => "reset".to_owned(),
        "led" | "leds" | "lamps" => "lamp".to_owned(),
        "freezing" | "freezes" | "frost" | "frosty" | "winters" => "winter".to_owned(),
        word => stem(word),
    }
}

fn content(text: &str) -> Vec<String> {
    let mut found: Vec<String> =
        tokens(text).iter().filter(|t| !words::is_function(&t.text) && t.text.len() > 1).map(|t| plain(&t.text)).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// Marks the steps a message speaks of: what was done, or cannot be done, is not suggested. `about` holds the
/// words of the whole entry, which tell none of its steps from another.
pub fn mark(turn: &Turn<'_>, steps: &[&str], about: &[String], fault: &mut Fault) {
    let said = content(turn.text);
    let all: Vec<Vec<String>> = steps.iter().map(|step| content(step)).collect();
    // Who tells of a fault for the first time tells of steps only where they say that they took them.
    let begins = fault.reports.is_empty();
    let tells = if begins { says_done(turn) } else { tells_of_doing(turn) || does_a_step(turn, steps) };
    for number in reports::pointless(turn, fault, steps, tells) {
        if !fault.tried.contains(&number) {
            fault.tried.push(number);
        }
    }
    let current = usize::from(fault.step);
    let mut furthest = None;
    for (i, own) in all.iter().enumerate() {
        let Ok(number) = u16::try_from(i) else { continue };
        let telling: Vec<&String> = own.iter().filter(|word| !USUAL.contains(&word.as_str()) && !about.contains(word)).collect();
        let shared = telling.iter().filter(|word| has_alike(&said, word)).count();
        // A word that stands in this step and no other names it by itself.
        let only_here = telling.iter().any(|word| has_alike(&said, word) && all.iter().filter(|other| has_alike(other, word)).count() == 1);
        let named = shared >= 2 || shared == 1 && only_here && (tells || said.len() <= 4);
        let named = named && (!begins || shared >= 2 || tells);
        let ahead = i >= current || fault.tried.is_empty();
        if named && ahead && tells && !fault.tried.contains(&number) && i + 1 < steps.len() {
            fault.tried.push(number);
            furthest = furthest.max(Some(number).filter(|_| shared >= 2));
        }
    }
    // Who reports what came of a later step has what leads up to it behind them.
    if let Some(furthest) = furthest.filter(|_| !begins) {
        let between = (fault.step..furthest).filter(|i| !fault.tried.contains(i)).collect::<Vec<_>>();
        fault.tried.extend(between);
    }
}

/// "How do I descale it?", "how to clean the filter": all the steps are wanted, and nothing is said to be broken.
pub fn asks_for_all(turn: &Turn<'_>) -> bool {
    let said = turn.heard.words.iter().map(|w| w.text.as_str());
    let said: Vec<&str> = said.skip_while(|w| matches!(*w, "ok" | "and" | "so" | "hi" | "hello" | "hey" | "also" | "btw")).collect();
    let how = matches!(said.as_slice(), ["how", "do" | "can" | "should" | "would", "i" | "we" | "you", ..] | ["how", "to", ..]);
    how && !said.iter().any(|w| matches!(*w, "fix" | "stop" | "repair" | "solve" | "not" | "broken" | "rid"))
}

/// "Did it all", "tried everything": no step is left that a customer can take.
pub fn tried_all(turn: &Turn<'_>) -> bool {
    let said: Vec<&str> = turn.heard.words.iter().map(|w| w.text.as_str()).collect();
    let all = |word: &str| matches!(word, "all" | "everything");
    let done = |word: &str| matches!(word, "did" | "done" | "tried" | "checked");
    said.windows(2).any(|w| done(w[0]) && all(w[1]))
        || said.windows(3).any(|w| done(w[0]) && matches!(w[1], "it" | "them" | "that") && all(w[2]))
}

/// Whether a question asks for a length, a time or a number.
pub fn asks_how_much(question: &str) -> bool {
    let said = tokens(question);
    said.windows(2).any(|w| w[0].text == "how" && matches!(w[1].text.as_str(), "much" | "long" | "far" | "many" | "wide" | "hot" | "often"))
}

/// The step that states what a question asks the measure of: the one just suggested before any other. "How long does
/// it take" asks for a time, "how much space" for a length.
pub fn measuring(question: &str, steps: &[&str], current: u16) -> Option<u16> {
    const TIMES: &[&str] = &["second", "seconds", "minute", "minutes", "min", "hour", "hours", "day", "days", "week", "weeks"];
    const LENGTHS: &[&str] = &["m", "cm", "mm", "metre", "metres", "meter", "meters", "inch", "inches", "ft", "feet", "foot"];
    const AMOUNTS: &[&str] = &["ml", "l", "liter", "litre", "g", "kg", "spoon", "spoons", "cup", "cups", "drops"];
    let said: Vec<String> = tokens(question).into_iter().map(|t| t.text).collect();
    let pair = |a: &str, list: &[&str]| said.windows(2).any(|w| w[0] == a && list.contains(&w[1].as_str()));
    let has = |list: &[&str]| said.iter().any(|word| list.contains(&word.as_str()));
    let units = if pair("how", &["long"]) && !has(&["cable", "hose"]) {
        TIMES
    } else if pair("how", &["far", "wide", "close", "near", "high"])
        || pair("how", &["much"]) && has(&["space", "room", "distance", "clearance"])
    {
        LENGTHS
    } else if pair("how", &["much"]) && !has(&["cost", "pay", "euro", "price"]) {
        AMOUNTS
    } else {
        return None;
    };
    let states = |step: &str| {
        let own = tokens(step);
        own.windows(2)
            .any(|w| w[0].text.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b',') && units.contains(&w[1].text.as_str()))
    };
    let first = usize::from(current);
    let order = std::iter::once(first).chain(0..steps.len());
    order.filter(|i| steps.get(*i).is_some_and(|step| states(step))).find_map(|i| u16::try_from(i).ok())
}

/// Whether a message says outright that something was tried.
fn says_done(turn: &Turn<'_>) -> bool {
    turn.heard.words.iter().any(|w| {
        matches!(
            w.text.as_str(),
            "tried"
                | "already"
                | "restarted"
                | "rebooted"
                | "reset"
                | "replaced"
                | "checked"
                | "cleaned"
                | "unplugged"
                | "switched"
                | "updated"
                | "installed"
                | "swapped"
                | "descaled"
        )
    })
}

/// The words of an entry's questions and tags.
pub fn words_of(entry: &Knowledge) -> Vec<String> {
    entry.questions.iter().chain(&entry.tags).flat_map(|text| content(text)).collect()
}

/// The sentence of a step that says what a thing seen means: "If you can see a faint picture, the backlight
/// may be at fault."
pub fn consequence(turn: &Turn<'_>, entry: &Knowledge) -> Option<String> {
    const SHARED: usize = 2;
    let said = content(turn.text);
    let steps = entry.steps();
    let sentences = steps.iter().flat_map(|step| sentence::split(step));
    let score = |text: &str| {
        let condition = text.split(',').next().unwrap_or(text);
        content(condition).iter().filter(|word| said.contains(word)).count()
    };
    let conditional = sentences.filter(|text| is_conclusion(text) && text.contains(','));
    let best = conditional.map(|text| (score(text), text)).max_by_key(|(score, _)| *score)?;
    (best.0 >= SHARED).then(|| best.1.to_owned())
}

/// "I cut all the hair out": what a step tells to do, said by somebody who did it.
fn does_a_step(turn: &Turn<'_>, steps: &[&str]) -> bool {
    let leads: Vec<String> = steps.iter().filter_map(|step| token::first(step)).map(|word| plain(&word)).collect();
    turn.heard.words.windows(2).any(|w| matches!(w[0].text.as_str(), "i" | "we" | "have") && leads.contains(&plain(&w[1].text)))
}

/// Whether a message says what was done or found, rather than only what is wrong.
fn tells_of_doing(turn: &Turn<'_>) -> bool {
    const DONE: &[&str] = &[
        "tried",
        "try",
        "already",
        "did",
        "done",
        "have",
        "restarted",
        "reset",
        "replaced",
        "checked",
        "cleaned",
        "unplugged",
        "plugged",
        "switched",
        "updated",
        "installed",
        "moved",
        "held",
        "changed",
        "turned",
        "removed",
        "charged",
        "wiped",
        "emptied",
        "opened",
        "ran",
        "tested",
        "put",
        "took",
        "looked",
        "pushed",
        "pressed",
        "closed",
        "swapped",
        "rebooted",
        "unscrewed",
        "drained",
        "levelled",
        "set",
        "is",
        "are",
        "there",
        "only",
        "no",
        "not",
        "nothing",
        "found",
        "used",
    ];
    turn.heard.words.iter().any(|w| DONE.contains(&w.text.as_str()))
}

/// Kinds of danger with the words for them; a step that speaks of the same one comes first and is the last.
const DANGERS: &[&[&str]] = &[
    &["swollen", "swell", "bulg", "bulge", "puff", "bloat", "expand"],
    &["smok", "smoke", "burnt", "burn", "spark", "fire", "melt", "flam"],
    &["hot", "heat", "warm"],
    &["shock", "electrocut"],
];

/// The step, or sentence of one, that says what to do about a danger the customer speaks of.
pub fn safety(problem: &str, steps: &[&str]) -> Option<u16> {
    let said = content(problem);
    let in_danger = |words: &[&str]| {
        DANGERS
            .iter()
            .enumerate()
            .filter(|(_, kind)| words.iter().any(|w| kind.iter().any(|d| w.starts_with(d))))
            .map(|(i, _)| i)
            .collect::<Vec<_>>()
    };
    let spoken: Vec<&str> = said.iter().map(String::as_str).collect();
    let dangers = in_danger(&spoken);
    // Warmth alone is no danger where the whole entry is about heat.
    let grave = dangers.iter().any(|kind| *kind != 2);
    if !grave {
        return None;
    }
    let place = steps.iter().position(|step| {
        let own = content(step);
        let own: Vec<&str> = own.iter().map(String::as_str).collect();
        let stops = ["stop", "unplug", "once"].iter().any(|word| own.contains(word)) || step.to_lowercase().contains("at once");
        stops && in_danger(&own).iter().any(|kind| dangers.contains(kind))
    })?;
    u16::try_from(place).ok()
}

/// The step that speaks of what a question asks: "can I charge it?", "should I put it in rice?".
pub fn speaking_of(question: &str, steps: &[&str], tags: &[String]) -> Option<u16> {
    let tags: Vec<String> = tags.iter().flat_map(|tag| content(tag)).collect();
    let telling = |word: &String| !USUAL.contains(&word.as_str()) && !tags.contains(word);
    let said: Vec<String> = content(question).into_iter().filter(telling).collect();
    let score = |step: &str| {
        let own = content(step);
        let like = |a: &str, b: &str| a == b || a.len() > 4 && b.len() > 4 && (a.starts_with(b) || b.starts_with(a));
        said.iter().filter(|word| own.iter().any(|other| like(word, other))).count()
    };
    let (place, best) = steps.iter().enumerate().map(|(i, step)| (i, score(step))).max_by_key(|(i, score)| (*score, usize::MAX - i))?;
    // One word of many is chance.
    (best > 1 || best == 1 && said.len() <= 2).then(|| u16::try_from(place).ok()).flatten()
}

/// The step that a question for a part of the thing is about: the one with a word of the question that stands in no
/// other, or most of its words.
pub fn naming(question: &str, steps: &[&str], tags: &[String]) -> Option<u16> {
    let tags: Vec<String> = tags.iter().flat_map(|tag| content(tag)).collect();
    let said: Vec<String> = content(question).into_iter().filter(|word| !USUAL.contains(&word.as_str()) && !tags.contains(word)).collect();
    let all: Vec<Vec<String>> = steps.iter().map(|step| content(step)).collect();
    let score = |own: &Vec<String>| {
        let worth = |word: &&String| if all.iter().filter(|other| has_alike(other, word)).count() == 1 { 2 } else { 1 };
        said.iter().filter(|word| has_alike(own, word)).map(|word| worth(&word)).sum::<usize>()
    };
    let (place, best) = all.iter().enumerate().map(|(i, own)| (i, score(own))).max_by_key(|(i, score)| (*score, usize::MAX - i))?;
    (best > 0).then(|| u16::try_from(place).ok()).flatten()
}

/// Whether words hold one, or another form of it: "coarse" and "coarsest", "hair" and "hairs".
fn has_alike(own: &[String], word: &str) -> bool {
    const LEAST: usize = 4;
    own.iter().any(|other| {
        other == word || other.len() > LEAST && word.len() > LEAST && (other.starts_with(word) || word.starts_with(other.as_str()))
    })
}

/// Whether the last step only says what to do when nothing helped.
pub fn is_conclusion(step: &str) -> bool {
    let first = token::first(step).unwrap_or_default();
    matches!(first.as_str(), "if" | "otherwise" | "still")
}

/// What the customer told, for a ticket: the problem and what came of it.
pub fn told(fault: &Fault) -> String {
    let mut text = fault.problem.clone();
    for report in &fault.reports {
        text.push_str(" / ");
        text.push_str(report);
    }
    text
}
