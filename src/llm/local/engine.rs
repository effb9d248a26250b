//! One conversation at a time: read the prompt, choose token after token.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use super::super::{Constraint, Ended as Reason, ModelError, Prompt, Role, Said};
use super::caution::{Caution, Watched};
use super::constraint::{Checks, Guard, State};
use super::error::LocalError;
use super::network::Network;
use super::sampler::{Sampler, log_probabilities};
use super::template::Template;
use super::text::Text;
use super::tokenizer::{Part, Tokenizer};

/// Most tokens of a prompt read in one step: for so long a caller who went away, or a deadline, is not
/// noticed. On a Qwen3-0.6B (Q4_K) steps of 128 read at 0.88 times the speed of steps of 256, and steps of
/// 64 at 0.75 times.
const STEP: usize = 128;

/// Why an answer did not come to its end.
#[derive(Debug)]
pub(super) enum Ended {
    /// The caller is told.
    Told(ModelError),
    /// Nobody waits for it any more.
    Left,
    /// The network failed.
    Broke(LocalError),
}

impl From<LocalError> for Ended {
    fn from(error: LocalError) -> Self {
        Self::Broke(error)
    }
}

/// Who waits for an answer, and how long.
pub(super) struct Watch {
    pub began: Instant,
    pub first_token: Duration,
    pub whole: Duration,
    /// Set when the first token is there.
    pub started: Arc<AtomicBool>,
    pub pieces: Option<mpsc::UnboundedSender<String>>,
    /// Whether the caller has gone away.
    pub gone: Box<dyn Fn() -> bool + Send>,
}

impl Watch {
    /// Ends the work that nobody waits for.
    pub(super) fn check(&self) -> Result<(), Ended> {
        if (self.gone)() || self.pieces.as_ref().is_some_and(mpsc::UnboundedSender::is_closed) {
            return Err(Ended::Left);
        }
        let waited = self.began.elapsed();
        let late = !self.started.load(Ordering::Relaxed) && waited > self.first_token;
        if late || waited > self.whole { Err(Ended::Told(ModelError::Timeout)) } else { Ok(()) }
    }

    fn piece(&self, piece: Option<String>) {
        if let (Some(to), Some(piece)) = (&self.pieces, piece) {
            // That the other end is gone shows at the next check.
            let _ = to.send(piece);
        }
    }
}

/// A model ready to speak.
pub(super) struct Engine {
    pub network: Box<dyn Network>,
    pub tokenizer: Tokenizer,
    pub template: Template,
    pub checks: Checks,
    /// Tokens of prompt and answer together.
    pub context: usize,
    pub name: String,
    /// Where an answer with placeholders, which is said to a customer, ends rather than going on unsure.
    pub caution: Option<Caution>,
}

impl Engine {
    /// A real step, as small as can be: whether the network gives finite scores.
    pub(super) fn probe(&mut self) -> Result<(), LocalError> {
        let scores = self.network.read(&[self.tokenizer.vocab.begin.unwrap_or(0)], 0)?;
        if scores.iter().all(|s| s.is_finite()) { Ok(()) } else { Err(LocalError::Broken) }
    }

    /// Answers a prompt.
    pub(super) fn say(&mut self, prompt: &Prompt, watch: &Watch) -> Result<Said, Ended> {
        let written = self.template.write(&prompt.messages, &self.tokenizer);
        let ids = self.tokens(&written.parts)?;
        if ids.len() >= self.context {
            return Err(Ended::Told(ModelError::TooLong));
        }
        let guard = match &prompt.constraint {
            Constraint::Placeholders(names) => Some(Guard::new(names, &self.checks)),
            // A schema is for the caller to check; the text comes free.
            Constraint::Free | Constraint::Schema { .. } => None,
        };
        let mut watched = match (self.caution, &prompt.constraint) {
            (Some(caution), Constraint::Placeholders(names)) => Some(Watched::new(caution, names, points(&prompt.messages))),
            _ => None,
        };
        let seed = prompt.seed.unwrap_or_else(rand::random);
        let mut sampler = Sampler::new(prompt.temperature, seed);
        let mut scores = self.prefill(&ids, watch)?;
        let mut text = Text::new(guard.is_some(), prompt.stop.iter().map(String::as_str).chain(written.stop));
        let (mut state, mut made, mut ended) = (State::START, 0usize, Reason::Length);
        let most = (prompt.max_tokens as usize).min(self.context - ids.len());
        while made < most {
            watch.check()?;
            let Some(next) = self.choose(&mut sampler, &scores, guard.as_ref(), state) else {
                let readable = scores.iter().any(|s| s.is_finite());
                let told = Ended::Told(ModelError::Unreadable);
                return Err(if readable { told } else { Ended::Broke(LocalError::Broken) });
            };
            if watched.as_mut().is_some_and(|watched| !watched.take(&scores, next, &self.tokenizer.bytes)) {
                return Err(Ended::Told(ModelError::Unsure));
            }
            if self.stops(next) {
                ended = Reason::Stop;
                break;
            }
            made += 1;
            watch.started.store(true, Ordering::Relaxed);
            let (tokenizer, checks) = (&self.tokenizer, &self.checks);
            state = guard.as_ref().and_then(|g| g.after(state, next, checks, &tokenizer.bytes)).unwrap_or(state);
            watch.piece(text.push(tokenizer.bytes.of(next)));
            if text.stopped() {
                ended = Reason::Stop;
                break;
            }
            if made == most {
                break;
            }
            scores = self.network.read(&[next], ids.len() + made - 1)?;
        }
        let (rest, text) = text.finish();
        watch.piece(rest);
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Ok(Said { text, tokens_in: count(ids.len()), tokens_out: count(made), model: self.name.clone(), ended })
    }

    fn stops(&self, id: u32) -> bool {
        self.tokenizer.vocab.stops.binary_search(&id).is_ok()
    }

    fn choose(&self, sampler: &mut Sampler, scores: &[f32], guard: Option<&Guard>, state: State) -> Option<u32> {
        sampler.pick(scores, |id| match guard {
            _ if self.stops(id) => matches!(state, State::Outside { .. }),
            Some(guard) => guard.after(state, id, &self.checks, &self.tokenizer.bytes).is_some(),
            None => self.checks.is_text(id),
        })
    }

    fn tokens(&self, parts: &[Part]) -> Result<Vec<u32>, Ended> {
        let ids = self.tokenizer.encode(parts).map_err(|_| Ended::Told(ModelError::Failed))?;
        if ids.is_empty() { Err(Ended::Told(ModelError::Failed)) } else { Ok(ids) }
    }

    /// Reads a prompt (at least one token) from its beginning.
    ///
    /// In steps of powers of two, the largest first: candle's llama and qwen2 keep an attention mask for
    /// every pair of step and position they meet, for ever, and this bounds how many there are. And its
    /// qwen3 takes a step of a single token only after all larger ones.
    fn prefill(&mut self, ids: &[u32], watch: &Watch) -> Result<Vec<f32>, Ended> {
        let (mut at, mut scores) = (0, Vec::new());
        while at < ids.len() {
            watch.check()?;
            let left = ids.len() - at;
            let step = if left >= STEP { STEP } else { 1 << left.ilog2() };
            scores = self.network.read(ids.get(at..at + step).unwrap_or_default(), at)?;
            at += step;
        }
        Ok(scores)
    }

    /// How likely each label is as the answer to "what kind of message is this": shares that add up to 1.
    ///
    /// A label's score is the mean logarithm of the probabilities of its tokens, so that long labels are
    /// not at a disadvantage; the shares are the softmax of the scores.
    pub(super) fn route(&mut self, text: &str, labels: &[String], watch: &Watch) -> Result<Vec<f32>, Ended> {
        let ask =
            format!("Sort the message of a shop's customer into one of these kinds: {}. Answer with the kind alone.", labels.join(", "));
        let mut parts = self.template.write(&[(Role::System, ask), (Role::User, text.to_owned())], &self.tokenizer).parts;
        let mut all = vec![self.tokens(&parts)?];
        for label in labels {
            parts.push(Part::Said(label.clone()));
            all.push(self.tokens(&parts)?);
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
        let prompt = prompt.get(..common).unwrap_or_default();
        let first = log_probabilities(&self.prefill(prompt, watch)?);
        let (mut scores, mut clean) = (Vec::new(), true);
        for ids in rest {
            let label = ids.get(common..).unwrap_or_default();
            if label.len() > 1 && !std::mem::take(&mut clean) {
                self.prefill(prompt, watch)?;
            }
            scores.push(self.label(label, common, &first, watch)?);
        }
        shares(&scores).ok_or(Ended::Broke(LocalError::Broken))
    }

    /// The mean logarithm of the probabilities of a label's tokens, of which the first stands at `at`.
    fn label(&mut self, ids: &[u32], at: usize, first: &[f64], watch: &Watch) -> Result<f64, Ended> {
        let of = |all: &[f64], id: u32| all.get(id as usize).copied().unwrap_or(f64::NEG_INFINITY);
        let mut sum = ids.first().map_or(f64::NEG_INFINITY, |id| of(first, *id));
        for (i, pair) in ids.windows(2).enumerate() {
            if let [read, next] = pair {
                watch.check()?;
                sum += of(&log_probabilities(&self.network.read(&[*read], at + i)?), *next);
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
