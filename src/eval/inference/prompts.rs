//! Prompts of a given length, cut from what the shop tells its models.
//!
//! The shop is driven with a [`Recorder`] for a voice, which says nothing and notes what it is told. From
//! these texts a prompt is cut, or repeated, to as many words as have the tokens asked for; how many that
//! are is found by asking the model to count ([`fit`]).

use std::sync::Arc;

use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

use crate::domain::agent::Provider;
use crate::llm::{Brief, ChatModel, Constraint, Health, ModelError, Prompt, Role, Saying};

/// What a model that follows instructions is asked for, so that it does not end early.
const AT_LENGTH: &str = "Tell me all of this at length.";
/// Words between the beginnings of two prompts, in the text all are cut from: a prime, so that they come
/// round late.
const APART: usize = 97;

/// What the shop told its models.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Texts {
    /// Rules, facts and points, for models that follow instructions.
    full: Vec<String>,
    /// Message and points, for the decoder the program carries.
    short: Vec<String>,
}

impl Texts {
    /// The texts of recorded prompts; what asks for a plan is left out.
    pub fn of(full: &[Prompt], short: &[Prompt]) -> Self {
        let texts = |prompts: &[Prompt]| -> Vec<String> {
            let worded = prompts.iter().filter(|prompt| !matches!(prompt.constraint, Constraint::Schema { .. }));
            worded.map(|prompt| prompt.messages.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>().join("\n")).collect()
        };
        Self { full: texts(full), short: texts(short) }
    }

    /// What is to be said in the `n`th conversation, as a model is told it: with `mark` before it, and of so
    /// many words.
    pub fn cut(&self, brief: Brief, mark: &str, n: usize, words: usize) -> (Vec<(Role, String)>, Constraint) {
        match brief {
            Brief::Full => {
                let all = self.full.join("\n");
                let all: Vec<&str> = all.split_inclusive(char::is_whitespace).collect();
                let begin = n * APART % all.len().max(1);
                let text: String = all.iter().cycle().skip(begin).take(if all.is_empty() { 0 } else { words }).copied().collect();
                let system = format!("{mark}{n:03x} {}", text.trim_end());
                (vec![(Role::System, system), (Role::User, AT_LENGTH.to_owned())], Constraint::Free)
            }
            Brief::Short => {
                let text = self.short_text(n, words);
                let told = placeholders(&text);
                (vec![(Role::User, text)], Constraint::Placeholders(told))
            }
        }
    }

    /// A recorded brief, with the points of the next ones behind it. The message at its beginning is
    /// another's once all have been used: two conversations share a message at most, not its points.
    fn short_text(&self, n: usize, words: usize) -> String {
        let all = self.short.len().max(1);
        let (first, shift) = (n % all, n / all);
        let message = self.short.get(first).and_then(|brief| brief.lines().next()).unwrap_or_default();
        let points =
            self.short.iter().cycle().skip((first + shift) % all).map(|brief| brief.split_once('\n').map_or("", |(_, points)| points));
        let mut text = message.to_owned();
        let mut there = text.split_whitespace().count();
        for more in points.take(words + 1) {
            if there >= words {
                break;
            }
            there += more.split_whitespace().count();
            text.push('\n');
            text.push_str(more);
        }
        text.split_inclusive(char::is_whitespace).take(words.max(1)).collect::<String>().trim_end().to_owned()
    }

    /// What the customer says next in a conversation that goes on, as short as customers are; for the decoder the program
    /// carries, which says nothing without one, with a point behind it. The same in every conversation.
    pub fn next(&self, brief: Brief) -> (String, Constraint) {
        match brief {
            Brief::Full => ("Say it once more, in other words.".to_owned(), Constraint::Free),
            Brief::Short => {
                let beginning = |brief: &String| brief.lines().take(2).collect::<Vec<_>>().join("\n");
                let text = self.short.iter().map(beginning).min_by_key(String::len).unwrap_or_default();
                let told = placeholders(&text);
                (text, Constraint::Placeholders(told))
            }
        }
    }
}

/// The placeholders of a text, as often as they stand there.
fn placeholders(text: &str) -> Vec<String> {
    let inside = text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name);
    let named = inside.filter(|name| name.strip_prefix('F').is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit())));
    named.map(|name| format!("{{{name}}}")).collect()
}

/// Tries to come nearer to a length.
const TRIES: usize = 5;
/// Of these at most so many that are too long: a server that refuses three in a row is left alone for a while.
const REFUSALS: u32 = 2;
/// Near enough: one token in so many.
const NEAR: u32 = 50;
/// Too far where longer prompts are refused.
const FAR: u32 = 10;

/// The words for which `count` tells about `wanted` tokens.
///
/// Tokens are taken to go straight up with words from the two lengths counted last, beginning with none and
/// a few; a prompt too long for the model is tried at half.
///
/// # Errors
/// Those of `count`; that a prompt is too long only where none near the length was read.
pub async fn fit(wanted: u32, mut count: impl AsyncFnMut(usize) -> Result<u32, ModelError>) -> Result<usize, ModelError> {
    let bare = f64::from(count(0).await?);
    let left = (f64::from(wanted) - bare).max(0.0);
    // English has three words to four tokens; placeholders and marks have more.
    let (mut words, mut best, mut refused) = ((left * 0.6) as usize, None, 0);
    if words == 0 {
        return Ok(0);
    }
    for _ in 0..TRIES {
        let told = match count(words).await {
            Err(ModelError::TooLong) => {
                (words, refused) = ((words / 2).max(1), refused + 1);
                if refused == REFUSALS {
                    break;
                }
                continue;
            }
            told => told?,
        };
        let off = told.abs_diff(wanted);
        if best.is_none_or(|(least, _)| off < least) {
            best = Some((off, words));
        }
        if off <= wanted / NEAR {
            break;
        }
        let each = (f64::from(told) - bare) / words as f64;
        let next = ((left / each).round() as usize).max(1);
        if each <= 0.0 || next == words {
            break;
        }
        words = next;
    }
    // The model reads less than was asked for.
    best.filter(|(off, _)| refused == 0 || *off <= wanted / FAR).map(|(_, words)| words).ok_or(ModelError::TooLong)
}

/// A voice that says nothing and notes what it is told.
pub struct Recorder {
    brief: Brief,
    heard: Mutex<Vec<Prompt>>,
}

impl Recorder {
    /// One that wants to be told this much.
    pub fn new(brief: Brief) -> Arc<Self> {
        Arc::new(Self { brief, heard: Mutex::default() })
    }

    /// What it was told since this was asked last.
    pub fn take(&self) -> Vec<Prompt> {
        std::mem::take(&mut self.heard.lock())
    }

    /// What it was told.
    pub fn heard(&self) -> Vec<Prompt> {
        self.heard.lock().clone()
    }
}

impl ChatModel for Recorder {
    fn name(&self) -> String {
        "recorder".to_owned()
    }

    fn provider(&self) -> Provider {
        Provider::Local
    }

    fn brief(&self) -> Brief {
        self.brief
    }

    fn say<'a>(&'a self, prompt: &'a Prompt, _: Option<mpsc::UnboundedSender<String>>) -> Saying<'a> {
        self.heard.lock().push(prompt.clone());
        Box::pin(std::future::ready(Err(ModelError::Unsure)))
    }

    fn health(&self) -> Health {
        Health::Healthy
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts() -> Texts {
        let full = (0..400).map(|n| format!("word{n} ")).collect();
        let short =
            ["where is it\nOrder {F1} is late.\nIt costs {F18}.", "how much\nIt costs {F18}, not {F19}.", "hello there\nIn stock: {F6}."];
        Texts { full: vec![full], short: short.map(str::to_owned).to_vec() }
    }

    fn words(messages: &[(Role, String)]) -> usize {
        messages.iter().map(|(_, text)| text.split_whitespace().count()).sum()
    }

    #[test]
    fn prompts_have_the_words_asked_for_and_begin_differently() {
        let texts = texts();
        let about = AT_LENGTH.split_whitespace().count() + 1;
        for (brief, wanted, more) in
            [(Brief::Full, 10, about), (Brief::Full, 1_000, about), (Brief::Short, 7, 0), (Brief::Short, 90, 0), (Brief::Full, 0, about)]
        {
            let prompts: Vec<_> = (0..9).map(|n| texts.cut(brief, "a1", n, wanted)).collect();
            for (messages, constraint) in &prompts {
                assert_eq!(words(messages), wanted + more, "{messages:?}");
                let told = placeholders(&messages[0].1);
                let expected = if brief == Brief::Full { Constraint::Free } else { Constraint::Placeholders(told) };
                assert_eq!(constraint, &expected);
            }
            for (at, one) in prompts.iter().enumerate() {
                assert!(prompts[..at].iter().all(|other| other.0 != one.0), "{one:?}");
            }
        }
    }

    #[test]
    fn a_second_turn_is_short_and_has_something_to_say() {
        assert_eq!(
            texts().next(Brief::Short),
            ("hello there\nIn stock: {F6}.".to_owned(), Constraint::Placeholders(vec!["{F6}".to_owned()]))
        );
        assert!(texts().next(Brief::Full).0.split(' ').count() < 10);
    }

    #[test]
    fn placeholders_are_those_of_the_text() {
        assert_eq!(placeholders("It costs {F18}, {F2} and {F18}; {x} {F} {F1"), ["{F18}", "{F2}", "{F18}"]);
    }

    #[tokio::test]
    async fn the_words_of_a_length_are_found() {
        for (wanted, bare, each, most, fits) in [
            (256, 20, 1.3, 4_096, true),
            (1_024, 20, 2.5, 4_096, true),
            // The first guess is too long, the length itself is not.
            (400, 10, 3.0, 512, true),
            (600, 10, 1.3, 512, false),
            (600, 10, 1.3, 600, true),
        ] {
            let tokens = |words: usize| bare + (words as f64 * each) as u32;
            let count = async |words: usize| Ok(tokens(words)).and_then(|n| if n > most { Err(ModelError::TooLong) } else { Ok(n) });
            match fit(wanted, count).await {
                Ok(words) => assert!(fits && tokens(words).abs_diff(wanted) <= wanted / NEAR, "{wanted}: {}", tokens(words)),
                Err(error) => assert!(!fits && error == ModelError::TooLong, "{wanted}: {error}"),
            }
        }
        // What the model adds alone is more than was asked for.
        assert_eq!(fit(16, async |words: usize| Ok(20 + words as u32)).await, Ok(0));
    }
}
