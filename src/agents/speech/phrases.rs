//! The phrases: `assets/speech/en.txt`, read once. The file explains its own syntax.

use std::sync::LazyLock;

use foldhash::HashMap;

use super::draft::Case;
use crate::domain::act::{Act, ActKind};
use crate::domain::sentiment::Mood;

static BUILT_IN: LazyLock<Phrases> = LazyLock::new(|| Phrases::parse(include_str!("../../../assets/speech/en.txt")).unwrap_or_default());

/// All phrases of a language.
#[derive(Debug, Default)]
pub struct Phrases {
    usual: HashMap<ActKind, Vec<Variant>>,
    upset: HashMap<ActKind, Vec<Variant>>,
    again: HashMap<ActKind, Vec<Variant>>,
}

/// Which form of an act's phrases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Usual,
    Upset,
    Again,
}

/// One way to say an act.
#[derive(Debug, Clone, PartialEq)]
pub struct Variant {
    /// What it is made of.
    pub parts: Vec<Part>,
}

/// A piece of a phrase.
#[derive(Debug, Clone, PartialEq)]
pub enum Part {
    /// Words.
    Text(String),
    /// A fact, or several as a list.
    Fact {
        /// Which.
        name: String,
        /// How it is fitted in.
        case: Case,
    },
    /// Several facts with another word before the last.
    List {
        /// Which.
        name: String,
        /// The word.
        last: String,
    },
    /// Two lists in step.
    Pairs {
        /// The first of each pair.
        first: String,
        /// The second of each pair.
        second: String,
        /// What stands between them.
        between: &'static str,
    },
    /// One word for one, another for more.
    Plural {
        /// The number.
        name: String,
        /// For one.
        one: String,
        /// For any other.
        many: String,
    },
    /// Left out when a fact inside is missing.
    Maybe(Vec<Part>),
}

/// A line of the file that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct PhraseError {
    /// Counted from 1.
    pub line: usize,
    /// What is wrong.
    pub reason: String,
}

impl Part {
    /// Whether the act has every fact this part needs.
    pub fn has_facts(&self, act: &Act) -> bool {
        match self {
            Self::Text(_) | Self::Maybe(_) => true,
            Self::Fact { name, .. } | Self::List { name, .. } | Self::Plural { name, .. } => act.arg(name).is_some(),
            Self::Pairs { first, second, .. } => act.arg(first).is_some() && act.arg(second).is_some(),
        }
    }
}

impl Phrases {
    /// The phrases compiled into the program. A test reads the file, so they are never empty.
    pub fn built_in() -> &'static Self {
        &BUILT_IN
    }

    /// Reads a file of phrases.
    ///
    /// # Errors
    /// The first line that cannot be read.
    pub fn parse(text: &str) -> Result<Self, PhraseError> {
        let mut phrases = Self::default();
        let mut section: Option<(ActKind, Form)> = None;
        for (i, line) in text.lines().enumerate() {
            let wrong = |reason: String| PhraseError { line: i + 1, reason };
            let comment = line.starts_with("# ") || line == "#";
            if line.trim().is_empty() || comment {
                continue;
            }
            if let Some(header) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).filter(|h| is_header(h)) {
                let (name, form) = match header.rsplit_once(' ') {
                    Some((name, "upset")) => (name, Form::Upset),
                    Some((name, "again")) => (name, Form::Again),
                    _ => (header, Form::Usual),
                };
                let kind = ActKind::from_name(name).ok_or_else(|| wrong(format!("no act {name}")))?;
                section = Some((kind, form));
                continue;
            }
            let (kind, form) = section.ok_or_else(|| wrong("a phrase before any act".to_owned()))?;
            let parts = parts(&line.replace("\\n", "\n")).map_err(wrong)?;
            let table = match form {
                Form::Usual => &mut phrases.usual,
                Form::Upset => &mut phrases.upset,
                Form::Again => &mut phrases.again,
            };
            table.entry(kind).or_default().push(Variant { parts });
        }
        Ok(phrases)
    }

    /// The variant for an act: one whose facts are all there, taking turns. `again`: the sentence before was
    /// about the same product, so that "it" will do.
    pub fn pick(&self, act: &Act, mood: Mood, again: bool, turn: usize) -> Option<&Variant> {
        let unhappy = matches!(mood, Mood::Negative | Mood::VeryNegative);
        let upset = if unhappy { self.upset.get(&act.kind) } else { None };
        let again = if again { self.again.get(&act.kind) } else { None };
        let variants = again.or(upset).or_else(|| self.usual.get(&act.kind))?;
        // Fuller variants first: one that says all there is beats one that leaves something out.
        let fitting: Vec<&Variant> = variants.iter().filter(|v| v.parts.iter().all(|part| part.has_facts(act))).collect();
        let most = fitting.iter().map(|v| v.needs()).max()?;
        let fullest: Vec<&&Variant> = fitting.iter().filter(|v| v.needs() == most).collect();
        fullest.get(turn % fullest.len()).map(|v| **v)
    }

    /// Every act that has a phrase.
    pub fn acts(&self) -> impl Iterator<Item = ActKind> + '_ {
        self.usual.keys().copied()
    }

    /// Every variant with its act.
    pub fn variants(&self) -> impl Iterator<Item = (ActKind, &Variant)> {
        let all = self.usual.iter().chain(&self.upset).chain(&self.again);
        all.flat_map(|(kind, variants)| variants.iter().map(move |variant| (*kind, variant)))
    }
}

impl Variant {
    /// How many facts it cannot do without.
    fn needs(&self) -> usize {
        self.parts.iter().filter(|part| !matches!(part, Part::Text(_) | Part::Maybe(_))).count()
    }
}

fn is_header(text: &str) -> bool {
    !text.contains(['{', '[']) && text.chars().all(|c| c.is_ascii_lowercase() || c == '_' || c == ' ')
}

fn parts(text: &str) -> Result<Vec<Part>, String> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '[']) {
        if at > 0 {
            out.push(Part::Text(rest[..at].to_owned()));
        }
        let (close, inner_from) = (if rest.as_bytes()[at] == b'{' { '}' } else { ']' }, at + 1);
        let end = rest[inner_from..].find(close).ok_or_else(|| format!("no closing {close}"))? + inner_from;
        let inner = &rest[inner_from..end];
        out.push(if close == '}' { hole(inner)? } else { Part::Maybe(parts(inner)?) });
        rest = &rest[end + 1..];
    }
    if !rest.is_empty() {
        out.push(Part::Text(rest.to_owned()));
    }
    Ok(out)
}

fn hole(inner: &str) -> Result<Part, String> {
    if let Some((name, words)) = inner.split_once('#') {
        let (one, many) = words.split_once('#').ok_or_else(|| format!("{{{inner}}} needs two words"))?;
        return Ok(Part::Plural { name: name.to_owned(), one: one.to_owned(), many: many.to_owned() });
    }
    for (mark, between) in [(':', ": "), ('*', " x ")] {
        if let Some((first, second)) = inner.split_once(mark) {
            return Ok(Part::Pairs { first: first.to_owned(), second: second.to_owned(), between });
        }
    }
    if let Some((name, last)) = inner.split_once('|') {
        return Ok(Part::List { name: name.to_owned(), last: last.to_owned() });
    }
    let marks = [('~', Case::Lower), ('^', Case::Inside), ('!', Case::Bare)];
    let marked = marks.into_iter().find_map(|(mark, case)| Some((inner.strip_suffix(mark)?, case)));
    let (name, case) = marked.unwrap_or((inner, Case::AsItIs));
    let plain = !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    if plain { Ok(Part::Fact { name: name.to_owned(), case }) } else { Err(format!("no name in {{{inner}}}")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_act_has_a_phrase_and_no_phrase_states_anything() {
        let phrases = Phrases::parse(include_str!("../../../assets/speech/en.txt")).unwrap();
        for kind in ActKind::ALL {
            assert!(phrases.usual.contains_key(kind), "{kind} has no phrase");
        }
        for (kind, variant) in phrases.variants() {
            for part in &variant.parts {
                let texts: Vec<&str> = match part {
                    Part::Text(text) => vec![text],
                    Part::Maybe(inner) => {
                        inner.iter().filter_map(|p| if let Part::Text(t) = p { Some(t.as_str()) } else { None }).collect()
                    }
                    _ => Vec::new(),
                };
                for text in texts {
                    assert!(!text.contains(|c: char| c.is_ascii_digit() || c == '$' || c == '%'), "{kind}: {text}");
                }
            }
        }
    }

    #[test]
    fn mistakes_in_the_file_are_named() {
        for (text, reason) in [
            ("[nothing_like_it]\n", "line 1: no act nothing_like_it"),
            ("hello\n", "line 1: a phrase before any act"),
            ("[greet]\n{name\n", "line 2: no closing }"),
            ("[greet]\n{n#one}\n", "line 2: {n#one} needs two words"),
            ("[greet]\n{}\n", "line 2: no name in {}"),
        ] {
            assert_eq!(Phrases::parse(text).unwrap_err().to_string(), reason);
        }
    }
}
