//! JSON documents of a schema, and choices, by llguidance.
//!
//! It keeps a parser beside the text and tells for every step which tokens can follow, as a set of bits. On the
//! 151,936 tokens of Qwen 2, a set took 45 microseconds in the mean over a plan, half of them 2, and the first within
//! a free string 4 milliseconds; a string whose length is bounded takes 0.3 milliseconds a token.

use std::sync::Arc;

use llguidance::api::{GrammarInit, ParserLimits, TopLevelGrammar};
use llguidance::panic_utils::catch_unwind;
use llguidance::toktrie::{InferenceCapabilities, SimpleVob};
use llguidance::{Matcher, ParserFactory};
use serde_json::{Value, json};

use super::super::tokenizer::Tokenizer;
use super::Refused;
use super::checks::Checks;
use super::environment::environment;

/// Tokens are sorted by these beforehand: where a string may go on with any of a kind, the kind is allowed as a whole.
/// More kinds make the first step of a bounded string faster and take another 20 MB.
const KINDS: [&str; 2] = [r#"[^"\\\x00-\x1F\x7F]{1,30}"#, r#"[^"\\\x00-\x1F\x7F]+"#];
/// Most bytes of a schema or of all choices, written out.
const MOST_BYTES: usize = 1 << 18;
/// Most values within each other in a schema: two for every level of objects.
const DEEPEST: usize = 64;
/// Most states of the lexer, of one to two kilobytes each. A string of at most 4,000 characters needs about as many.
const MOST_STATES: usize = 20_000;
/// Characters of what the library says of a schema.
const MOST_TOLD: usize = 160;

fn limits() -> ParserLimits {
    // The others are its own: about 20 ms to prepare a grammar and 15 ms for a step.
    ParserLimits { max_lexer_states: MOST_STATES, verbose_errors: false, ..ParserLimits::default() }
}

/// Makes grammars for one vocabulary.
pub(super) struct Grammars(ParserFactory);

impl Grammars {
    /// Takes half a second and about 30 MB for a vocabulary of 150,000 tokens.
    pub(super) fn new(tokenizer: &Arc<Tokenizer>, checks: &Checks) -> Result<Self, Refused> {
        let tokens = environment(tokenizer, checks)?;
        // Text that must follow is offered as tokens where the vocabulary can spell all there is.
        let able = InferenceCapabilities { ff_tokens: tokens.tokenize_is_canonical(), ..InferenceCapabilities::default() };
        let factory = ParserFactory::new(&tokens, able, &KINDS.map(str::to_owned));
        let mut factory = factory.map_err(|_| Refused::Vocabulary)?;
        factory.quiet();
        *factory.limits_mut() = limits();
        Ok(Self(factory))
    }

    /// The beginning of an answer of this form.
    pub(super) fn begin(&self, form: TopLevelGrammar) -> Result<Grammar, Refused> {
        let parser = self.0.create_parser(form).map_err(|e| refused(&e))?;
        let size = self.0.tok_env().tok_trie().vocab_size();
        Ok(Grammar { matcher: Matcher::new(Ok(parser)), size, mask: Mask::Unknown })
    }
}

/// The form of a document of this schema, after looking at its size; whether it can be kept shows when it begins.
///
/// A document is written on one line, with a space behind commas and colons, as models have seen it most.
pub(super) fn of_schema(schema: &Value) -> Result<TopLevelGrammar, Refused> {
    if !schema.is_object() {
        return Err(Refused::Schema("it is no JSON object".to_owned()));
    }
    if depth(schema) > DEEPEST {
        return Err(Refused::Schema(format!("it is more than {DEEPEST} levels deep")));
    }
    if schema.to_string().len() > MOST_BYTES {
        return Err(Refused::Schema(format!("it is longer than {MOST_BYTES} bytes")));
    }
    let mut schema = schema.clone();
    // The library takes its options from here; they are ours and not those of who wrote the schema.
    schema["x-guidance"] = json!({ "whitespace_flexible": false, "item_separator": ", ", "key_separator": ": " });
    Ok(TopLevelGrammar::from_json_schema(schema))
}

/// The form of an answer that is one of these texts.
pub(super) fn of_choice(texts: &[String]) -> Result<TopLevelGrammar, Refused> {
    let quoted: Vec<String> = texts.iter().map(|text| quoted(text.trim())).collect();
    if texts.is_empty() || texts.iter().any(|text| text.trim().is_empty()) {
        return Err(Refused::NoChoice);
    }
    if quoted.iter().map(String::len).sum::<usize>() > MOST_BYTES {
        return Err(Refused::TooManyChoices);
    }
    Ok(TopLevelGrammar::from_lark(format!("start: TEXT\nTEXT: {}\n", quoted.join(" | "))))
}

/// A text as a grammar writes it: by number all that could mean something there.
fn quoted(text: &str) -> String {
    let mut out = "\"".to_owned();
    for c in text.chars() {
        if c.is_alphanumeric() {
            out.push(c);
        } else {
            out.extend(c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")));
        }
    }
    out + "\""
}

/// Whether the form can be kept with any vocabulary that can spell it.
pub(super) fn check(form: TopLevelGrammar) -> Result<(), Refused> {
    let checked = catch_unwind(|| GrammarInit::Serialized(form).to_internal(None, limits()));
    checked.map(|_| ()).map_err(|e| refused(&e))
}

/// What the library says in its first line; the others tell where in its own code.
fn refused(error: &impl std::fmt::Display) -> Refused {
    let told = error.to_string();
    let line: String = told.lines().next().unwrap_or_default().chars().filter(|c| !c.is_control()).take(MOST_TOLD).collect();
    Refused::Schema(line)
}

/// How many values lie within each other. The recursion ends below the depth that is asked for.
fn depth(value: &Value) -> usize {
    fn below(value: &Value, left: usize) -> usize {
        let Some(left) = left.checked_sub(1) else { return 1 };
        let deepest = match value {
            Value::Array(all) => all.iter().map(|value| below(value, left)).max(),
            Value::Object(all) => all.values().map(|value| below(value, left)).max(),
            _ => None,
        };
        1 + deepest.unwrap_or(0)
    }
    below(value, DEEPEST + 1)
}

/// The tokens that may follow.
#[derive(Clone)]
enum Mask {
    /// Not asked for since the last token.
    Unknown,
    Known(SimpleVob),
    /// No token of text can.
    Nothing,
}

/// One answer under way.
#[derive(Clone)]
pub(super) struct Grammar {
    matcher: Matcher,
    /// Tokens of the vocabulary.
    size: usize,
    mask: Mask,
}

impl Grammar {
    /// Whether a token of text may follow.
    pub(super) fn allows(&mut self, id: u32) -> bool {
        if matches!(self.mask, Mask::Unknown) {
            self.mask = self.find();
        }
        match &self.mask {
            Mask::Known(set) => (id as usize) < self.size && set.is_allowed(id),
            Mask::Unknown | Mask::Nothing => false,
        }
    }

    fn find(&mut self) -> Mask {
        if self.matcher.is_stopped() {
            return Mask::Nothing;
        }
        self.matcher.compute_mask().map_or_else(
            |error| {
                tracing::debug!(%error, "an answer cannot go on in its form");
                Mask::Nothing
            },
            Mask::Known,
        )
    }

    /// Takes a token that may follow.
    pub(super) fn take(&mut self, id: u32) {
        // An error stays: from then on, nothing is allowed.
        if let Err(error) = self.matcher.consume_token(id) {
            tracing::debug!(%error, "an answer left its form");
        }
        self.mask = Mask::Unknown;
    }

    /// Whether the answer may end here.
    pub(super) fn may_end(&mut self) -> bool {
        !self.matcher.is_error() && (self.matcher.is_stopped() || self.matcher.is_accepting().unwrap_or(false))
    }

    /// Whether nothing can follow any more.
    pub(super) fn ended(&self) -> bool {
        self.matcher.is_stopped() && !self.matcher.is_error()
    }

    /// The tokens that must follow.
    pub(super) fn forced(&mut self) -> Vec<u32> {
        if self.matcher.is_stopped() { Vec::new() } else { self.matcher.compute_ff_tokens() }
    }

    /// How many of these tokens can follow, one after the other, at most.
    pub(super) fn fitting(&mut self, ids: &[u32]) -> usize {
        let known = ids.iter().take_while(|id| (**id as usize) < self.size).count();
        let ids = ids.get(..known).unwrap_or_default();
        if self.matcher.is_stopped() { 0 } else { self.matcher.validate_tokens(ids).unwrap_or(0) }
    }
}
