//! Names of people: announced, beside a postal code, or all there is.

use std::ops::Range;

use super::Line;
use super::zips::CUES;
use crate::domain::text::names::is_particle;
use crate::domain::text::words;

/// Words that stand beside a proof without being a name.
const LABELS: &[&str] = &[
    "zip",
    "zipcode",
    "name",
    "code",
    "email",
    "mail",
    "phone",
    "postcode",
    "postal",
    "order",
    "number",
    "surname",
    "customer",
    "account",
    "status",
    "parcel",
    "package",
    "address",
    "here",
    "sorry",
    "ord",
    "ticket",
    "nr",
    "mr",
    "mrs",
    "ms",
    "dr",
    "last",
    "digits",
    "yes",
    "no",
    "correct",
    "visa",
    "ending",
    "ends",
    "mastercard",
    "card",
    "paypal",
];
/// Words that stand before a name in its own part of a message.
const LEADS: &[&str] =
    &["hey", "hi", "hello", "hiya", "its", "it", "is", "im", "am", "this", "name", "order", "ordered", "by", "for", "from"];
/// Words that open a question or a request: a message with one of them outside tells no name.
const OPENS: &[&str] = &[
    "do", "does", "did", "is", "are", "can", "could", "will", "would", "what", "which", "how", "where", "when", "why", "who", "have",
    "any", "show", "need", "want", "looking",
];
/// Most words of a name.
const MOST: usize = 5;

/// How far a place tells that a name stands in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Anything may stand there: capitals make a name.
    Any,
    /// A name is likely: words that are not ordinary make one, too.
    Likely,
    /// Nothing but a name.
    Certain,
}

impl Place {
    fn certain_if(certain: bool) -> Self {
        if certain { Self::Certain } else { Self::Any }
    }
}

/// "my name is Maya Thornton", "this is ...", "under ...", "ordered by ...", "Maya Thornton here". `asked`:
/// whether somebody was asked who they are, or says so by themselves.
pub fn announced(line: &Line<'_>, asked: bool) -> Option<String> {
    let before_here = (2..line.said.len()).filter(|i| line.word(*i) == "here").find_map(|i| {
        let from = (i.saturating_sub(MOST)..i).find(|from| (*from..i).all(|j| can_be_name(line, j, Place::Any)) && i - from >= 2)?;
        join(line, from..i)
    });
    (0..line.said.len())
        .filter_map(|i| announcement(line, i, asked))
        .find_map(|(from, place)| {
            let words = run(line, from, place);
            join(line, words.clone()).or_else(|| (place == Place::Certain).then(|| family(line, words)).flatten())
        })
        .or(before_here)
}

/// Where a name begins that the word at `i` announces, and what can stand there.
fn announcement(line: &Line<'_>, i: usize, asked: bool) -> Option<(usize, Place)> {
    let before = |n: usize| i.checked_sub(n).map_or("", |j| line.word(j));
    let next = line.word(i + 1);
    let skip = |from: usize| if matches!(line.word(from), "is" | "s" | "was" | "of" | "are") { from + 1 } else { from };
    match line.word(i) {
        "name" if !matches!(before(1), "user" | "product" | "brand" | "your" | "model" | "file" | "network") => {
            Some((skip(i + 1), Place::Certain))
        }
        "names" if before(1) == "my" || i == 0 => Some((i + 1, Place::Certain)),
        // "this is maya thornton, 04102", in lower case throughout, where somebody says who they are.
        "is" if before(1) == "this" => Some((i + 1, if asked { Place::Likely } else { Place::Any })),
        "am" if before(1) == "i" => Some((i + 1, Place::Any)),
        "under" if !matches!(next, "the" | "my" | "a" | "warranty") => Some((i + 1, Place::Any)),
        "by" if matches!(before(1), "ordered" | "placed" | "bought" | "made") => Some((i + 1, Place::Any)),
        "mr" | "mrs" | "ms" => Some((i + 1, Place::Any)),
        _ => None,
    }
}

/// The words from `from` on that make a name.
fn run(line: &Line<'_>, from: usize, place: Place) -> Range<usize> {
    let mut to = from;
    while to < line.said.len() && to - from < MOST && can_be_name(line, to, place) {
        // A comma or a full stop ends it.
        if to > from && line.gap(to - 1).contains([',', '.', ';', '!', '?', '\n']) {
            break;
        }
        to += 1;
    }
    from..to
}

/// Whether a word can be part of a name, where it stands.
fn can_be_name(line: &Line<'_>, i: usize, place: Place) -> bool {
    let raw = line.raw(i);
    let word = line.word(i);
    if raw.is_empty() || !line.is_free(i) || LABELS.contains(&word) {
        return false;
    }
    let plain = raw.chars().all(|c| c.is_alphabetic() || c == '\'' || c == '\u{2019}');
    let capital = !line.one_case && raw.chars().next().is_some_and(char::is_uppercase);
    let particle = is_particle(word);
    plain
        && (capital && !words::is_function(word)
            || particle
            || place != Place::Any && !words::is_common(word)
            || place == Place::Certain && line.one_case && !words::is_function(word))
}

/// A name beside a postal code, on either side.
pub fn beside(line: &Line<'_>, zip: Range<usize>, asked: bool) -> Option<String> {
    let alone = line.said.len() <= zip.len() + 6;
    let mut end = zip.start;
    // "zip", "and my", "from" may stand between the two.
    while end > 0
        && (CUES.contains(&line.word(end - 1))
            || words::is_function(line.word(end - 1))
            || matches!(line.word(end - 1), "code" | "here" | "live" | "lives" | "living"))
    {
        end -= 1;
    }
    let lower = asked || alone || line.before(zip.start, 2, CUES) || has_its_own_part(line, end, &zip);
    let before = |end: usize| backwards(line, end, lower);
    // "Emma Clarke from Leeds, LS6 3BN": the town between the two is no name.
    let town = backwards(line, end, lower);
    let beyond =
        (town.len() == 1 && town.start > 0 && matches!(line.word(town.start - 1), "from" | "in" | "of")).then(|| before(town.start - 1));
    let behind = run(line, zip.end, Place::certain_if(lower));
    let whole = join(line, before(end)).or_else(|| join(line, beyond?)).or_else(|| join(line, behind.clone()));
    // "2611 JM mulder": the family name alone, where nothing says that it is a town.
    let placed = |words: &Range<usize>| words.start > 0 && matches!(line.word(words.start - 1), "from" | "in" | "of" | "at" | "live");
    whole.or_else(|| family(line, behind)).or_else(|| family(line, town).filter(|_| !placed(&before(end))))
}

/// "..., ORD-1054, okafor 04103": beside an order's number, two or three words in a part of their own with a postal code
/// are a name and nothing else.
fn has_its_own_part(line: &Line<'_>, end: usize, zip: &Range<usize>) -> bool {
    const MOST_OF_A_NAME: usize = 3;
    let parts = |i: usize| line.gap(i).contains([',', ';', '.', '!', '?', '\n']);
    let begin = (0..end).rev().find(|i| *i + 1 < end && parts(*i)).map_or(0, |i| i + 1);
    let closes = zip.end == line.said.len() || parts(zip.end - 1);
    let numbered = (0..line.said.len()).any(|i| !line.is_free(i));
    numbered && begin > 0 && closes && (begin..end).len() <= MOST_OF_A_NAME
}

/// A family name by itself, with its small words: "Mulder", "de Boer". No ordinary word is taken for one.
fn family(line: &Line<'_>, range: Range<usize>) -> Option<String> {
    let mut weighty = range.clone().filter(|i| !is_particle(line.word(*i)));
    let only = weighty.next().filter(|_| weighty.next().is_none())?;
    let capital = !line.one_case && line.raw(only).chars().next().is_some_and(char::is_uppercase);
    let (first, last) = (line.said.get(range.start)?, line.said.get(range.end.checked_sub(1)?)?);
    (only + 1 == range.end && (capital || !words::is_common(line.word(only)))).then(|| line.text[first.start..last.end].to_owned())
}

/// The words before `end` that make a name.
fn backwards(line: &Line<'_>, end: usize, lower: bool) -> Range<usize> {
    let mut from = end;
    while from > 0 && end - from < MOST && can_be_name(line, from - 1, Place::certain_if(lower)) {
        if from < end && line.gap(from - 1).contains([',', '.', ';', '!', '?', '\n', ':']) {
            break;
        }
        from -= 1;
    }
    while from < end && is_particle(line.word(from)) {
        from += 1;
    }
    from..end
}

/// A name in a part of the message of its own, where an order's number and a postal code stand in others.
pub fn apart(line: &Line<'_>, zip: &Range<usize>) -> Option<String> {
    const MOST_OF_A_NAME: usize = 4;
    let free = |i: usize| line.is_free(i) && !zip.contains(&i);
    let mut from = 0;
    while from < line.said.len() {
        let parts = |i: usize| line.gap(i).contains([',', ';', '.', '!', '?', '\n', ':']) || !free(i);
        let to = (from..line.said.len()).find(|i| parts(*i)).map_or(line.said.len(), |i| i + usize::from(free(i)));
        // "Hey its", "hi, this is", "order for": what leads up to a name.
        let leads = |i: usize| words::is_function(line.word(i)) && !is_particle(line.word(i)) || LEADS.contains(&line.word(i));
        let begin = (from..to).find(|i| !leads(*i)).unwrap_or(to);
        let whole = begin..to;
        let told = (2..=MOST_OF_A_NAME).contains(&whole.len()) && whole.clone().all(|i| free(i) && can_be_name(line, i, Place::Certain));
        if let Some(name) = told.then(|| join(line, whole)).flatten() {
            return Some(name);
        }
        from = to.max(from + 1);
    }
    None
}

/// Where a name was asked for: the words that are nothing else, if the message holds little beside them.
pub fn bare(line: &Line<'_>) -> Option<String> {
    const BESIDE: usize = 3;
    let spans = (0..line.said.len()).filter_map(|from| {
        let range = run(line, from, Place::Certain);
        (range.len() >= 2).then_some(range)
    });
    let Some(longest) = spans.max_by_key(|range| (range.len(), std::cmp::Reverse(range.start))) else { return bare_family(line) };
    // "Do you have usb-c cables": whoever asks for something gives no name.
    if line.said.first().is_some_and(|word| OPENS.contains(&word.text.as_str())) {
        return None;
    }
    (line.said.len() <= longest.len() + BESIDE).then(|| join(line, longest)).flatten()
}

/// "Mulder", "its de boer": a family name, and nothing beside it but what leads up to it.
fn bare_family(line: &Line<'_>) -> Option<String> {
    const MOST_WORDS: usize = 4;
    let leads = |i: usize| LEADS.contains(&line.word(i)) || line.word(i) == "the";
    let begin = (0..line.said.len()).find(|i| !leads(*i))?;
    let whole = begin..line.said.len();
    let told = line.said.len() <= MOST_WORDS && !line.text.contains('?') && whole.clone().all(|i| can_be_name(line, i, Place::Certain));
    told.then(|| family(line, whole)).flatten()
}

/// The words of a name as they were written; a family name alone is read apart.
fn join(line: &Line<'_>, range: Range<usize>) -> Option<String> {
    let told = range.clone().filter(|i| !is_particle(line.word(*i))).count();
    let (first, last) = (line.said.get(range.start)?, line.said.get(range.end.checked_sub(1)?)?);
    (range.len() >= 2 && range.len() <= MOST && told >= 2).then(|| line.text[first.start..last.end].to_owned())
}
