//! A model ready to speak: several answers at once, each step of the network shared by all.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::super::{ModelError, Prompt, Role, Said};
use super::answer::{Answer, Ended, Making, Watch};
use super::caution::{Caution, Watched};
use super::constraint::{Rule, Rules};
use super::draft::Drafts;
use super::error::LocalError;
use super::kept::Kept;
use super::network::{Cache, Feed, Network, PAGE};
use super::sampler::{Sampler, log_probabilities};
use super::template::Template;
use super::text::Text;
use super::tokenizer::{Part, Tokenizer};

/// Most tokens of a prompt read in one step: for so long a caller who went away, or a deadline, is not noticed.
pub const CHUNK: usize = 128;
/// The same while others of that rank or a higher one are being answered, who wait for their next token meanwhile.
const SHARED_CHUNK: usize = 32;
/// Most tokens guessed ahead for one answer alone.
const AHEAD: usize = 5;
/// And where several share a step.
const SHARED_AHEAD: usize = 2;

/// What turns tokens into text and back.
pub(super) struct Speech {
    pub tokenizer: Arc<Tokenizer>,
    pub template: Template,
    pub rules: Arc<Rules>,
    pub name: String,
    /// Where an answer with placeholders, which is said to a customer, ends rather than going on unsure.
    pub caution: Option<Caution>,
}

impl Speech {
    fn tokens(&self, parts: &[Part]) -> Result<Vec<u32>, Ended> {
        let ids = self.tokenizer.encode(parts).map_err(|_| Ended::Told(ModelError::Failed))?;
        if ids.is_empty() { Err(Ended::Told(ModelError::Failed)) } else { Ok(ids) }
    }
}

/// An answer and who waits for it.
pub(super) struct Talk<T> {
    pub answer: Answer,
    pub watch: Watch,
    /// Whatever the caller wants to find again.
    pub whose: T,
}

/// What came of answers that ended in a step, by their place among the talks, the last first.
pub(super) type Ends = Vec<(usize, Result<Said, Ended>)>;

/// What an answer took that nothing else was done beside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// Tokens of the prompt.
    pub prompt_tokens: usize,
    /// Of these, those that were read for an earlier one.
    pub kept_tokens: usize,
    /// Steps behind the first token.
    pub steps: usize,
    /// From the question to the first token.
    pub first: Duration,
    /// To the end.
    pub whole: Duration,
}

/// A model ready to speak.
pub(super) struct Engine {
    pub network: Box<dyn Network>,
    pub speech: Speech,
    /// Tokens of prompt and answer together.
    pub context: usize,
    /// Positions of all conversations together, those that are kept for later included.
    pub room: usize,
    pub kept: Kept,
}

impl Engine {
    /// A real step, as small as can be: whether the network gives finite scores.
    pub(super) fn probe(&mut self) -> Result<(), LocalError> {
        let begin = [self.speech.tokenizer.vocab.begin.unwrap_or(0)];
        let scores = self.read(&mut Cache::default(), &begin, false)?;
        if scores.iter().all(|s| s.is_finite()) { Ok(()) } else { Err(LocalError::Broken) }
    }

    /// Reads tokens behind those of a cache; the scores are behind the last, or behind all.
    pub(super) fn read(&mut self, cache: &mut Cache, tokens: &[u32], all: bool) -> Result<Vec<f32>, LocalError> {
        let mut feeds = [Feed { cache, tokens, all }];
        self.network.step(&mut feeds)?.pop().ok_or(LocalError::Broken)
    }

    /// Begins an answer, which goes on from what was read for others once it is [resumed](Self::resume).
    pub(super) fn begin(&mut self, prompt: &Prompt) -> Result<Answer, Ended> {
        let written = self.speech.template.write(&prompt.messages, &self.speech.tokenizer);
        let ids = self.speech.tokens(&written.parts)?;
        if ids.len() >= self.context {
            return Err(Ended::Told(ModelError::TooLong));
        }
        let rule = Rule::new(&prompt.constraint, &self.speech.rules).map_err(|refused| {
            tracing::warn!(%refused, model = self.speech.name, "an answer was not begun");
            Ended::Told(ModelError::Form)
        })?;
        let names = prompt.constraint.placeholders();
        let watched = self.speech.caution.zip(names).map(|(caution, names)| Watched::new(caution, names, points(&prompt.messages)));
        // What ends an answer of a plain template may well stand in a document.
        let stops = prompt.stop.iter().map(String::as_str).chain(written.stop.filter(|_| !prompt.constraint.is_form()));
        let making = Making {
            rule,
            watched,
            sampler: Sampler::new(prompt.temperature, prompt.seed.unwrap_or_else(rand::random)),
            text: Text::new(names.is_some(), stops),
            most: (prompt.max_tokens as usize).min(self.context - ids.len()),
            drafts: Drafts::new(self.network.is_shared()),
        };
        Ok(Answer::new(ids, making))
    }

    /// Keeps what an answer read, for the next that begins the same; `reserved` positions are taken by others.
    pub(super) fn keep(&mut self, answer: &mut Answer, reserved: usize) {
        let cache = answer.give();
        if self.network.is_shared() {
            self.kept.keep(cache);
            self.kept.shrink(self.room.saturating_sub(reserved) / PAGE);
        }
    }

    /// Lets an answer go on from what was kept of it, or of others that begin the same: that is not read again.
    pub(super) fn resume(&mut self, answer: &mut Answer) {
        if self.network.is_shared() {
            let cache = self.kept.fork(answer.ids());
            answer.go_on(cache);
        }
    }

    /// One step for all answers: each that speaks gets its next token, and one that reads its prompt goes on reading.
    pub(super) fn step<T>(&mut self, talks: &mut [Talk<T>]) -> Result<Ends, LocalError> {
        let mut ended = Ends::new();
        let alone = talks.len() == 1;
        // Prompts are read one after the other: customers' first, and of these who came first.
        let reading = talks.iter().enumerate().filter(|(_, talk)| talk.answer.is_reading());
        let reader = reading.map(|(i, talk)| (talk.watch.rank, i)).min();
        // Whose next token is not to wait for a long read.
        let mut heeded = talks.iter().filter(|talk| reader.is_none_or(|(rank, _)| talk.watch.rank <= rank));
        let chunk = if !self.network.is_shared() {
            // Such a network reads a prompt from its beginning or not at all.
            usize::MAX
        } else if alone || heeded.all(|talk| talk.answer.is_reading()) {
            CHUNK
        } else {
            SHARED_CHUNK
        };
        let ahead = if alone { AHEAD } else { SHARED_AHEAD };
        let (mut feeds, mut whose) = (Vec::new(), Vec::new());
        for (i, talk) in talks.iter_mut().enumerate() {
            if let Err(end) = talk.watch.check() {
                ended.push((i, Err(end)));
                continue;
            }
            if talk.answer.is_reading() && reader.is_none_or(|(_, first)| first != i) {
                continue;
            }
            feeds.push(talk.answer.feed(chunk, ahead));
            whose.push(i);
        }
        if !feeds.is_empty() {
            let scores = self.network.step(&mut feeds)?;
            for (i, scores) in whose.into_iter().zip(scores) {
                let talk = &mut talks[i];
                match talk.answer.hear(&scores, &self.speech, &talk.watch) {
                    Ok(None) => {}
                    Ok(Some(said)) => ended.push((i, Ok(said))),
                    Err(Ended::Broke(error)) => return Err(error),
                    Err(end) => ended.push((i, Err(end))),
                }
            }
        }
        ended.sort_by_key(|(i, _)| std::cmp::Reverse(*i));
        Ok(ended)
    }

    /// Answers a prompt alone, one token a step, and tells how long that took.
    pub(super) fn time(&mut self, prompt: &Prompt, watch: Watch) -> Result<Timing, Ended> {
        let begun = Instant::now();
        let mut answer = self.begin(prompt)?.without_guesses();
        self.resume(&mut answer);
        let (prompt_tokens, kept_tokens) = answer.lengths();
        let (mut first, mut steps) = (None, 0);
        let mut talks = vec![Talk { answer, watch, whose: () }];
        loop {
            let ended = self.step(&mut talks)?.pop();
            steps += usize::from(first.is_some());
            if first.is_none() && (ended.is_some() || talks.iter().any(|talk| talk.watch.started.load(Ordering::Relaxed))) {
                first = Some(begun.elapsed());
            }
            if let Some((_, end)) = ended {
                let whole = begun.elapsed();
                talks.pop().into_iter().for_each(|mut talk| self.keep(&mut talk.answer, 0));
                return end.map(|_| Timing { prompt_tokens, kept_tokens, steps, first: first.unwrap_or(whole), whole });
            }
        }
    }

    /// How likely each label is as the answer to "what kind of message is this": shares that add up to 1.
    ///
    /// A label's score is the mean logarithm of the probabilities of its tokens, so that long labels are
    /// not at a disadvantage; the shares are the softmax of the scores.
    pub(super) fn route(&mut self, text: &str, labels: &[String], watch: &Watch) -> Result<Vec<f32>, Ended> {
        let ask =
            format!("Sort the message of a shop's customer into one of these kinds: {}. Answer with the kind alone.", labels.join(", "));
        let speech = &self.speech;
        let mut parts = speech.template.write(&[(Role::System, ask), (Role::User, text.to_owned())], &speech.tokenizer).parts;
        let mut all = vec![speech.tokens(&parts)?];
        for label in labels {
            parts.push(Part::Said(label.clone()));
            all.push(speech.tokens(&parts)?);
            parts.pop();
        }
        // The end of the prompt and the beginning of a label may share a token, so what all have in
        // common counts as the prompt, and it ends at least one token before the shortest does.
        let shortest = all.iter().map(Vec::len).min().unwrap_or(0);
        let longest = all.iter().map(Vec::len).max().unwrap_or(0);
        let Some((prompt, rest)) = all.split_first() else { return Ok(Vec::new()) };
        let common = (0..shortest).take_while(|i| rest.iter().all(|ids| ids.get(*i) == prompt.get(*i))).count();
        let common = common.min(rest.iter().map(Vec::len).min().unwrap_or(0).saturating_sub(1));
        if common == 0 {
            return Err(Ended::Told(ModelError::Failed));
        }
        if longest >= self.context {
            return Err(Ended::Told(ModelError::TooLong));
        }
        let (mut read, mut first) = (Cache::default(), Vec::new());
        for chunk in prompt[..common].chunks(if self.network.is_shared() { CHUNK } else { common }) {
            watch.check()?;
            first = self.read(&mut read, chunk, false)?;
        }
        let first = log_probabilities(&first);
        let scores = rest.iter().map(|ids| self.label(&ids[common..], &read, &first, watch)).collect::<Result<Vec<_>, _>>()?;
        shares(&scores).ok_or(Ended::Broke(LocalError::Broken))
    }

    /// The mean logarithm of the probabilities of a label's tokens, behind what was read.
    fn label(&mut self, ids: &[u32], read: &Cache, first: &[f64], watch: &Watch) -> Result<f64, Ended> {
        let of = |all: &[f64], id: u32| all.get(id as usize).copied().unwrap_or(f64::NEG_INFINITY);
        let mut sum = ids.first().map_or(f64::NEG_INFINITY, |id| of(first, *id));
        if let [before @ .., _] = ids
            && !before.is_empty()
        {
            watch.check()?;
            let scores = self.read(&mut read.clone(), before, true)?;
            for (scores, next) in scores.chunks_exact(scores.len() / before.len()).zip(&ids[1..]) {
                sum += of(&log_probabilities(scores), *next);
            }
        }
        Ok(sum / ids.len().max(1) as f64)
    }
}

/// What a brief has decided, behind the customer's message.
fn points(messages: &[(Role, String)]) -> &str {
    messages.last().and_then(|(_, text)| text.split_once('\n')).map_or("", |(_, points)| points)
}

/// Softmax; `None` if a score is no number.
fn shares(scores: &[f64]) -> Option<Vec<f32>> {
    let top = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let parts: Vec<f64> = scores.iter().map(|s| (s - top).exp()).collect();
    let all: f64 = parts.iter().sum();
    #[allow(clippy::cast_possible_truncation)]
    (all.is_finite() && all > 0.0).then(|| parts.iter().map(|p| (p / all) as f32).collect())
}
