//! What an answer may say next, token by token.
//!
//! [`Rules`] are made once for a vocabulary, a [`Rule`] for every answer. Two parts keep it: for running text an
//! automaton of our own over bytes (`prose`), which allocates nothing; for documents and choices a grammar (`grammar`,
//! on llguidance), whose tree of tokens is made when the first is asked for.

mod checks;
mod environment;
mod grammar;
mod prose;
mod tree;

use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use super::super::Constraint;
use super::error::LocalError;
use super::gguf::Header;
use super::tokenizer::Tokenizer;
use checks::{Check, Checks};
use grammar::{Grammar, Grammars};
use prose::{Prose, State};

/// Why an answer cannot be held to a form. Each reads as one plain sentence, for who asked for it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The schema makes no sense, cannot be met, is too large, or has a part that is not kept here.
    #[error("the JSON schema cannot be kept: {0}")]
    Schema(String),
    /// No text to choose, or one without a letter.
    #[error("a choice needs at least one text, and none of them empty")]
    NoChoice,
    /// More than can be prepared for an answer.
    #[error("there are too many texts to choose from: offer fewer or shorter ones")]
    TooManyChoices,
    /// It is larger than any in use.
    #[error("the model's vocabulary is too large for answers of a fixed form")]
    Vocabulary,
}

/// Whether a model can hold its answer to a constraint, whatever its vocabulary: for who takes one from outside.
///
/// # Errors
/// Says what is wrong with a schema or a choice.
pub fn check(constraint: &Constraint) -> Result<(), Refused> {
    match constraint {
        Constraint::Schema { schema, .. } => grammar::check(grammar::of_schema(schema)?),
        Constraint::Choice(texts) => grammar::check(grammar::of_choice(texts)?),
        Constraint::Free | Constraint::Placeholders(_) | Constraint::Named { .. } => Ok(()),
    }
}

/// What is known of a vocabulary, whatever the answer.
pub struct Rules {
    tokenizer: Arc<Tokenizer>,
    checks: Checks,
    grammars: OnceLock<Result<Grammars, Refused>>,
}

impl std::fmt::Debug for Rules {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rules").field("tokens", &self.tokens()).finish_non_exhaustive()
    }
}

impl Rules {
    /// Of a model's own vocabulary.
    pub(super) fn new(tokenizer: Arc<Tokenizer>) -> Arc<Self> {
        let checks = Checks::new(&tokenizer.vocab, &tokenizer.bytes);
        Arc::new(Self { tokenizer, checks, grammars: OnceLock::new() })
    }

    /// Of the vocabulary in a model file, without the model: for measuring.
    ///
    /// # Errors
    /// Says in one sentence what is wrong with the file.
    pub fn open(path: &Path) -> Result<Arc<Self>, LocalError> {
        let file = File::open(path)?;
        let len = file.metadata()?.len();
        let header = Header::read(BufReader::new(file), len)?;
        Ok(Self::new(Arc::new(Tokenizer::read(&header, u64::MAX)?)))
    }

    /// Tokens of the vocabulary.
    pub fn tokens(&self) -> usize {
        self.tokenizer.vocab.len()
    }

    /// Whether a token ends an answer.
    pub fn stops(&self, id: u32) -> bool {
        self.tokenizer.vocab.stops.binary_search(&id).is_ok()
    }

    fn grammars(&self) -> Result<&Grammars, Refused> {
        self.grammars.get_or_init(|| Grammars::new(&self.tokenizer, &self.checks)).as_ref().map_err(Clone::clone)
    }
}

/// What is kept.
#[derive(Clone)]
enum Kept {
    /// That it is text.
    Text,
    /// What [`Prose`] says, and where in it the answer is.
    Prose(Arc<Prose>, State),
    Grammar(Box<Grammar>),
}

/// What one answer may say next.
///
/// A clone goes on by itself, so that a draft can be tried and given up: in running text it costs nothing to speak of,
/// in a grammar a few microseconds.
#[derive(Clone)]
pub struct Rule {
    rules: Arc<Rules>,
    kept: Kept,
}

impl std::fmt::Debug for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let kept = match self.kept {
            Kept::Text => "text",
            Kept::Prose(..) => "prose",
            Kept::Grammar(_) => "grammar",
        };
        f.debug_struct("Rule").field("kept", &kept).finish_non_exhaustive()
    }
}

impl Rule {
    /// The beginning of an answer. A grammar takes one or two milliseconds, and with the first of a vocabulary the time
    /// to sort its tokens: half a second for 150,000 of them.
    ///
    /// # Errors
    /// Says what is wrong with a schema or a choice.
    pub fn new(constraint: &Constraint, rules: &Arc<Rules>) -> Result<Self, Refused> {
        let prose =
            |placeholders: &[String], names: &[String]| Kept::Prose(Arc::new(Prose::new(placeholders, names, &rules.checks)), State::START);
        let grammar = |form| Ok(Kept::Grammar(Box::new(rules.grammars()?.begin(form)?)));
        let kept = match constraint {
            Constraint::Free => Kept::Text,
            Constraint::Placeholders(placeholders) => prose(placeholders, &[]),
            Constraint::Named { placeholders, names } => prose(placeholders, names),
            Constraint::Schema { schema, .. } => grammar(grammar::of_schema(schema)?)?,
            Constraint::Choice(texts) => grammar(grammar::of_choice(texts)?)?,
        };
        Ok(Self { rules: Arc::clone(rules), kept })
    }

    /// Whether a token may follow; one that ends an answer may where [`Rule::may_end`].
    ///
    /// The first question behind a token of a grammar costs the set of all that may follow, the others next to nothing.
    pub fn allows(&mut self, id: u32) -> bool {
        if self.rules.stops(id) {
            return self.may_end();
        }
        let Rules { tokenizer, checks, .. } = &*self.rules;
        match &mut self.kept {
            Kept::Text => checks.of(id) != Check::Never,
            Kept::Prose(prose, state) => prose.allows(*state, id, checks, &tokenizer.bytes),
            Kept::Grammar(grammar) => grammar.allows(id),
        }
    }

    /// Takes the token that follows: one that is allowed and does not end the answer.
    pub fn take(&mut self, id: u32) {
        let Rules { tokenizer, checks, .. } = &*self.rules;
        match &mut self.kept {
            Kept::Text => {}
            Kept::Prose(prose, state) => *state = prose.after(*state, id, checks, &tokenizer.bytes),
            Kept::Grammar(grammar) => grammar.take(id),
        }
    }

    /// Whether the answer may end here.
    pub fn may_end(&mut self) -> bool {
        match &mut self.kept {
            Kept::Text => true,
            Kept::Prose(prose, state) => prose.may_end(*state),
            Kept::Grammar(grammar) => grammar.may_end(),
        }
    }

    /// Whether the answer is whole and nothing can follow, so that its end need not be waited for.
    pub fn ended(&self) -> bool {
        matches!(&self.kept, Kept::Grammar(grammar) if grammar.ended())
    }

    /// The tokens that must follow, whatever the model says: of each, [`Rule::allows`] allows it and no other. They can be
    /// taken without reading a score, and read by the network in one step.
    pub fn forced(&mut self) -> Vec<u32> {
        match &mut self.kept {
            Kept::Grammar(grammar) => grammar.forced(),
            Kept::Text | Kept::Prose(..) => Vec::new(),
        }
    }

    /// How many of a draft's tokens may follow, one after the other. In a grammar it may be fewer: where text must follow,
    /// a draft may cut it in another way than [`Rule::forced`], which is found only when its turn comes.
    pub fn fitting(&mut self, draft: &[u32]) -> usize {
        let rules = Arc::clone(&self.rules);
        let draft = draft.split(|id| rules.stops(*id)).next().unwrap_or_default();
        if let Kept::Grammar(grammar) = &mut self.kept {
            return grammar.fitting(draft);
        }
        let mut tried = self.clone();
        let fits = |id: &&u32| {
            let fits = tried.allows(**id);
            tried.take(**id);
            fits
        };
        draft.iter().take_while(fits).count()
    }
}
