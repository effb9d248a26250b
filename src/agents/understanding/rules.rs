//! The rules that say what a message is for: patterns of words, as data.
//!
//! `assets/nlu/rules.txt` explains its own syntax. Here the file is read once, every pattern is filed
//! under the words that can begin it, and a message tries only those.

use std::sync::LazyLock;

use foldhash::HashMap;

use crate::domain::goal::Goal;
use crate::domain::text::stem::stem;

/// Most words a gap may skip.
const GAP: usize = 6;
/// What a match is worth when the words before it deny it ("I do not want a refund").
const DENIED: f32 = 0.35;

/// Something recognised in a message, as rules name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tag {
    /// A product of the shop.
    Product,
    /// A category of the shop.
    Category,
    /// A brand of the shop.
    Brand,
    /// An order number.
    Order,
    /// A ticket number.
    Ticket,
    /// A promotion code.
    Code,
    /// An amount of money.
    Price,
    /// A number with a unit.
    Measure,
    /// A place in a list.
    Ordinal,
    /// An e-mail address.
    Email,
    /// Any number.
    Number,
}

impl Tag {
    fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "product" => Self::Product,
            "category" => Self::Category,
            "brand" => Self::Brand,
            "order" => Self::Order,
            "ticket" => Self::Ticket,
            "code" => Self::Code,
            "price" => Self::Price,
            "measure" => Self::Measure,
            "ordinal" => Self::Ordinal,
            "email" => Self::Email,
            "number" => Self::Number,
            _ => return None,
        })
    }
}

/// A message as the rules see it.
#[derive(Debug, Default)]
pub struct Line<'a> {
    /// Stems, in order.
    pub stems: Vec<&'a str>,
    /// What begins at each word, and how many words it takes.
    pub tags: Vec<Vec<(Tag, usize)>>,
    /// Which sentence each word stands in; gaps do not cross sentences.
    pub sentences: Vec<u16>,
}

/// One element of a pattern.
#[derive(Debug, Clone, PartialEq)]
enum Element {
    /// Any of these words, by number, or something recognised as any of these.
    Any(Vec<u32>, Vec<Tag>),
    Gap,
    Start,
    End,
    Optional(Box<Element>),
}

#[derive(Debug)]
struct Pattern {
    goal: Goal,
    weight: f32,
    elements: Vec<Element>,
    /// Whether it denies something itself, so that a "not" before it changes nothing.
    denies: bool,
}

/// A message as patterns compare it.
struct Said<'l> {
    line: &'l Line<'l>,
    /// The number of each word; [`STRANGE`] for one that stands in no pattern.
    words: Vec<u32>,
}

/// The number of a word that stands in no pattern.
const STRANGE: u32 = u32::MAX;

/// All rules, filed by what can begin them.
#[derive(Debug, Default)]
pub struct Rules {
    patterns: Vec<Pattern>,
    /// Numbers of the words that stand in any pattern: patterns compare numbers, not letters.
    numbers: HashMap<String, u32>,
    by_word: HashMap<u32, Vec<usize>>,
    by_tag: HashMap<Tag, Vec<usize>>,
}

/// How strongly the rules speak for a goal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hint {
    /// The goal.
    pub goal: Goal,
    /// From 0; 5 and more can hardly mean anything else.
    pub score: f32,
    /// Where the strongest pattern begins, as a word index.
    pub at: usize,
}

/// A line of the rules file that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct RuleError {
    /// Counted from 1.
    pub line: usize,
    /// What is wrong.
    pub reason: String,
}

static BUILT_IN: LazyLock<Rules> = LazyLock::new(|| Rules::parse(include_str!("../../../assets/nlu/rules.txt")).unwrap_or_default());

impl Rules {
    /// The rules compiled into the program. A test reads the file, so it is never empty here.
    pub fn built_in() -> &'static Self {
        &BUILT_IN
    }

    /// Reads a rules file.
    ///
    /// # Errors
    /// The first line that cannot be read.
    pub fn parse(text: &str) -> Result<Self, RuleError> {
        let mut rules = Self::default();
        let mut classes: HashMap<&str, Vec<&str>> = HashMap::default();
        let mut goal = None;
        for (i, line) in text.lines().enumerate() {
            let wrong = |reason: String| RuleError { line: i + 1, reason };
            let line = line.trim();
            if line.is_empty() || line == "#" || line.starts_with("# ") {
                continue;
            }
            if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                goal = Some(Goal::from_name(name).ok_or_else(|| wrong(format!("no goal {name}")))?);
            } else if let Some((name, words)) = line.strip_prefix('@').and_then(|rest| rest.split_once(" = ")) {
                classes.insert(name, words.split_whitespace().collect());
            } else {
                let goal = goal.ok_or_else(|| wrong("a pattern before any goal".to_owned()))?;
                let (weight, pattern) = line.split_once(' ').ok_or_else(|| wrong("no pattern".to_owned()))?;
                let weight: f32 = weight.parse().map_err(|_| wrong(format!("no weight {weight}")))?;
                let elements: Vec<Element> =
                    pattern.split_whitespace().map(|part| rules.element(part, &classes).map_err(wrong)).collect::<Result<_, _>>()?;
                let denies = rules.denies(&elements);
                rules.file(Pattern { goal, weight, denies, elements }).map_err(wrong)?;
            }
        }
        Ok(rules)
    }

    fn file(&mut self, pattern: Pattern) -> Result<(), String> {
        let number = self.patterns.len();
        let first = pattern.elements.iter().find(|e| **e != Element::Start);
        match first {
            Some(Element::Any(words, tags)) => {
                for word in words {
                    self.by_word.entry(*word).or_default().push(number);
                }
                for tag in tags {
                    self.by_tag.entry(*tag).or_default().push(number);
                }
            }
            _ => return Err("a pattern begins with a word, a class or a tag".to_owned()),
        }
        self.patterns.push(pattern);
        Ok(())
    }

    fn number(&mut self, word: &str) -> u32 {
        let next = self.numbers.len() as u32;
        *self.numbers.entry(stem(word)).or_insert(next)
    }

    fn element(&mut self, part: &str, classes: &HashMap<&str, Vec<&str>>) -> Result<Element, String> {
        if let Some(inner) = part.strip_suffix('?') {
            return Ok(Element::Optional(Box::new(self.element(inner, classes)?)));
        }
        match part {
            "..." => return Ok(Element::Gap),
            "^" => return Ok(Element::Start),
            "$" => return Ok(Element::End),
            _ => {}
        }
        let mut words = Vec::new();
        let mut tags = Vec::new();
        for word in part.split('|') {
            if let Some(tag) = word.strip_prefix('#') {
                tags.push(Tag::from_name(tag).ok_or_else(|| format!("no tag #{tag}"))?);
                continue;
            }
            match word.strip_prefix('@') {
                Some(class) => {
                    let class = classes.get(class).ok_or_else(|| format!("no class @{class}"))?;
                    words.extend(class.iter().map(|word| self.number(word)));
                }
                None if word.is_empty() => return Err(format!("an empty word in {part}")),
                None => words.push(self.number(word)),
            }
        }
        Ok(Element::Any(words, tags))
    }

    fn denies(&self, elements: &[Element]) -> bool {
        let negative = |number: &u32| NEGATIVES.iter().any(|word| self.numbers.get(*word) == Some(number));
        elements.iter().any(|element| match element {
            Element::Any(words, _) => words.iter().any(negative),
            Element::Optional(inner) => self.denies(std::slice::from_ref(inner)),
            _ => false,
        })
    }

    /// How strongly each goal is spoken for; strongest first, none that is not spoken for.
    pub fn hints(&self, line: &Line<'_>) -> Vec<Hint> {
        let mut found: Vec<Hint> = Vec::new();
        let words = line.stems.iter().map(|stem| self.numbers.get(in_full(stem)).copied().unwrap_or(STRANGE)).collect();
        let said = Said { line, words };
        for at in 0..line.stems.len() {
            let by_word = self.by_word.get(&said.words[at]).into_iter().flatten();
            let by_tag = line.tags[at].iter().filter_map(|(tag, _)| self.by_tag.get(tag)).flatten();
            for &number in by_word.chain(by_tag) {
                let pattern = &self.patterns[number];
                if !matches(&pattern.elements, &said, at) {
                    continue;
                }
                let denied = !pattern.denies && is_denied(line, at);
                let worth = if denied { pattern.weight * DENIED } else { pattern.weight };
                note(&mut found, pattern.goal, worth, at);
            }
        }
        found.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.goal.cmp(&b.goal)));
        found
    }
}

/// "Do u sell" is "do you sell".
fn in_full(stem: &str) -> &str {
    if matches!(stem, "u" | "ya") { "you" } else { stem }
}

/// The strongest pattern counts in full, every further one a little.
fn note(found: &mut Vec<Hint>, goal: Goal, worth: f32, at: usize) {
    const FURTHER: f32 = 0.12;
    match found.iter_mut().find(|hint| hint.goal == goal) {
        Some(hint) if worth > hint.score => {
            hint.score = worth + hint.score * FURTHER;
            hint.at = at;
        }
        Some(hint) => hint.score += worth * FURTHER,
        None => found.push(Hint { goal, score: worth, at }),
    }
}

/// Stems that deny.
const NEGATIVES: [&str; 5] = ["not", "never", "without", "no", "nor"];

fn is_negative(word: &str) -> bool {
    NEGATIVES.contains(&word)
}

/// Whether the few words before a match take it back: "do not want a refund", "instead of a refund".
fn is_denied(line: &Line<'_>, at: usize) -> bool {
    const REACH: usize = 4;
    // "The TV didn't, is it lost?": a question begins here, and what was denied before it is over.
    if matches!(
        line.stems[at],
        "is" | "are" | "was" | "can" | "could" | "do" | "doe" | "does" | "what" | "when" | "where" | "how" | "who" | "which"
    ) {
        return false;
    }
    let from = at.saturating_sub(REACH);
    (from..at).any(|i| {
        let same_sentence = line.sentences[i] == line.sentences[at];
        let takes_back = is_negative(line.stems[i]) || (line.stems[i] == "instead" && i + 1 < at);
        // "not sure whether ...", "why not", "can not find": these deny something else.
        let of_something_else = line.stems.get(i + 1).is_some_and(|next| {
            matches!(*next, "sur" | "sure" | "know" | "find" | "see" | "only" | "just" | "long" | "understand" | "really")
        });
        // "Is that not under warranty?", "isn't it ...": asked so, it is supposed rather than denied.
        let before = |back: usize| i.checked_sub(back).and_then(|at| line.stems.get(at)).copied().unwrap_or_default();
        let is = |word: &str| matches!(word, "is" | "are" | "was" | "should" | "does" | "do");
        let it = |word: &str| matches!(word, "it" | "that" | "thi" | "this" | "they" | "there");
        let supposed = is(before(2)) && it(before(1)) || is(before(1)) && line.stems.get(i + 1).is_some_and(|next| it(next)) && i <= 2;
        let question = before(1) == "why" || supposed;
        // "Do not cancel it, just change the address": what was denied is over.
        let over = line.stems.get(i + 2..at).is_some_and(|between| between.iter().any(|word| matches!(*word, "just" | "rather" | "but")));
        let over = over || at > i + 1 && matches!(line.stems[at], "just" | "rather" | "but");
        same_sentence && takes_back && !of_something_else && !question && !over
    })
}

/// Whether the elements match from word `at` on.
fn matches(elements: &[Element], said: &Said<'_>, at: usize) -> bool {
    let Some((first, rest)) = elements.split_first() else { return true };
    match first {
        Element::Start => at == 0 && matches(rest, said, at),
        Element::End => at == said.words.len() && matches(rest, said, at),
        Element::Gap => (0..=GAP).any(|skip| {
            let to = at + skip;
            let reachable = to <= said.words.len() && (skip == 0 || same_sentence(said.line, at, to - 1));
            reachable && matches(rest, said, to)
        }),
        Element::Optional(inner) => takes(inner, rest, said, at) || matches(rest, said, at),
        element => takes(element, rest, said, at),
    }
}

/// Whether an element takes a word at a place, or several that are recognised as one thing, so that the rest matches.
fn takes(element: &Element, rest: &[Element], said: &Said<'_>, at: usize) -> bool {
    let Element::Any(words, tags) = element else { return false };
    let hit = said.words.get(at).is_some_and(|word| words.contains(word));
    let here = said.line.tags.get(at).map_or(&[][..], Vec::as_slice);
    hit && matches(rest, said, at + 1) || here.iter().any(|(tag, used)| tags.contains(tag) && matches(rest, said, at + used))
}

fn same_sentence(line: &Line<'_>, from: usize, to: usize) -> bool {
    match (line.sentences.get(from.saturating_sub(1)), line.sentences.get(to)) {
        (Some(a), Some(b)) => a == b,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `[tag:words]` marks something recognised.
    fn check(rules: &Rules, text: &str) -> Vec<(Goal, f32)> {
        let mut stems = Vec::new();
        let mut tags = Vec::new();
        for part in text.split(' ') {
            let (tag, word) = match part.split_once(':') {
                Some((tag, word)) => (Tag::from_name(tag), word),
                None => (None, part),
            };
            stems.push(stem(word));
            tags.push(tag.map(|tag| (tag, 1)).into_iter().collect());
        }
        let sentences = vec![0; stems.len()];
        let stems = stems.iter().map(String::as_str).collect();
        rules.hints(&Line { stems, tags, sentences }).into_iter().map(|h| (h.goal, h.score)).collect()
    }

    #[test]
    fn the_built_in_rules_can_be_read() {
        let rules = Rules::parse(include_str!("../../../assets/nlu/rules.txt")).unwrap();
        assert!(rules.patterns.len() > 500);
    }

    #[test]
    fn patterns_match_as_their_syntax_says() {
        let rules = Rules::parse(
            "@p = order parcel\n[order_status]\n5 where ... @p\n[buy]\n4 take the? #ordinal\n[greeting]\n3 ^ hi $\n[return_request]\n5 refund\n",
        )
        .unwrap();
        for (text, expected) in [
            ("where is my red parcel", vec![(Goal::OrderStatus, 5.0)]),
            ("where a b c d e f g h parcels", vec![]),
            ("i take ordinal:second", vec![(Goal::Buy, 4.0)]),
            ("take the ordinal:second", vec![(Goal::Buy, 4.0)]),
            ("hi", vec![(Goal::Greeting, 3.0)]),
            ("hi there", vec![]),
            ("refunds", vec![(Goal::ReturnRequest, 5.0)]),
            ("do not want a refund", vec![(Goal::ReturnRequest, 5.0 * DENIED)]),
        ] {
            assert_eq!(check(&rules, text), expected, "{text}");
        }
    }

    #[test]
    fn mistakes_in_the_file_are_named() {
        for (text, reason) in [
            ("[nothing]\n", "line 1: no goal nothing"),
            ("3 x\n", "line 1: a pattern before any goal"),
            ("[buy]\nx y\n", "line 2: no weight x"),
            ("[buy]\n3 @none\n", "line 2: no class @none"),
            ("[buy]\n3 #none\n", "line 2: no tag #none"),
            ("[buy]\n3 a? b\n", "line 2: a pattern begins with a word, a class or a tag"),
        ] {
            assert_eq!(Rules::parse(text).unwrap_err().to_string(), reason);
        }
    }
}
