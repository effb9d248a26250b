//! One answer on its way: what is to be read next, and what is chosen from the scores.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use super::super::{Ended as Reason, ModelError, Rank, Said};
use super::caution::Watched;
use super::constraint::Rule;
use super::draft::Drafts;
use super::engine::Speech;
use super::error::LocalError;
use super::network::{Cache, Feed};
use super::sampler::Sampler;
use super::text::Text;

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
    pub rank: Rank,
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

/// What an answer is made with.
pub(super) struct Making {
    pub rule: Rule,
    pub watched: Option<Watched>,
    pub sampler: Sampler,
    pub text: Text,
    /// Most tokens of it.
    pub most: usize,
    pub drafts: Drafts,
}

/// An answer on its way.
pub(super) struct Answer {
    cache: Cache,
    /// The prompt, and behind it what was chosen.
    ids: Vec<u32>,
    /// Tokens of the prompt.
    asked: usize,
    making: Making,
    /// What is being read.
    fed: Vec<u32>,
}

impl Answer {
    /// An answer to a prompt (at least one token), of which nothing is read yet.
    pub(super) fn new(ids: Vec<u32>, making: Making) -> Self {
        Self { asked: ids.len(), ids, cache: Cache::default(), making, fed: Vec::new() }
    }

    /// The same, with one token a step.
    pub(super) fn without_guesses(mut self) -> Self {
        self.making.drafts = Drafts::new(false);
        self
    }

    /// Tokens of the prompt, and how many of them were read already.
    pub(super) fn lengths(&self) -> (usize, usize) {
        (self.asked, self.cache.len())
    }

    /// Whether the prompt is still being read, or what was put aside is read again.
    pub(super) fn is_reading(&self) -> bool {
        self.cache.len() + 1 < self.ids.len()
    }

    /// The prompt, and what was chosen behind it.
    pub(super) fn ids(&self) -> &[u32] {
        &self.ids
    }

    /// Positions it may come to take.
    pub(super) fn reach(&self) -> usize {
        self.asked + self.making.most
    }

    /// What it read and said, for whoever goes on from there. What is not read any more is read again before it goes on.
    pub(super) fn give(&mut self) -> Cache {
        std::mem::take(&mut self.cache)
    }

    /// Goes on behind what was read of it, which is less than all.
    pub(super) fn go_on(&mut self, cache: Cache) {
        self.cache = cache;
    }

    /// What to read next: at most `most` tokens of the prompt, or the last token with at most `ahead` guessed behind it.
    pub(super) fn feed(&mut self, most: usize, ahead: usize) -> Feed<'_> {
        let from = self.cache.len();
        let to = self.ids.len().min(from.saturating_add(most.max(1)));
        self.fed.clear();
        self.fed.extend_from_slice(&self.ids[from..to]);
        // Guesses stand behind a single token.
        if from + 1 == to && to == self.ids.len() {
            let left = self.making.most.saturating_sub(self.ids.len() - self.asked + 1);
            self.fed.extend_from_slice(self.making.drafts.next(&self.ids, self.asked, ahead.min(left)));
        }
        let all = self.fed.len() > to - from;
        Feed { cache: &mut self.cache, tokens: &self.fed, all }
    }

    /// Chooses from the scores behind what was read. `Some` when the answer is whole.
    pub(super) fn hear(&mut self, scores: &[f32], speech: &Speech, watch: &Watch) -> Result<Option<Said>, Ended> {
        if self.cache.len() < self.ids.len() {
            return Ok(None);
        }
        let rows = scores.len() / (self.cache.len() + 1 - self.ids.len()).max(1);
        let mut chosen = 0;
        for scores in scores.chunks_exact(rows.max(1)) {
            if self.ids.len() - self.asked >= self.making.most {
                return Ok(Some(self.finish(Reason::Length, speech, watch)));
            }
            let Making { sampler, rule, .. } = &mut self.making;
            let Some(next) = sampler.pick(scores, |id| rule.allows(id)) else {
                let readable = scores.iter().any(|s| s.is_finite());
                return Err(if readable { Ended::Told(ModelError::Unreadable) } else { Ended::Broke(LocalError::Broken) });
            };
            if self.making.watched.as_mut().is_some_and(|watched| !watched.take(scores, next, &speech.tokenizer.bytes)) {
                return Err(Ended::Told(ModelError::Unsure));
            }
            if speech.rules.stops(next) {
                return Ok(Some(self.finish(Reason::Stop, speech, watch)));
            }
            let guessed = self.take(next, speech, watch);
            if self.making.text.stopped() || self.making.rule.ended() {
                return Ok(Some(self.finish(Reason::Stop, speech, watch)));
            }
            if self.ids.len() - self.asked == self.making.most {
                return Ok(Some(self.finish(Reason::Length, speech, watch)));
            }
            if !guessed {
                break;
            }
            chosen += 1;
        }
        self.making.drafts.came_true(chosen);
        // What was guessed and did not come true is forgotten.
        self.cache.truncate(self.ids.len() - 1);
        Ok(None)
    }

    /// Adds a token; whether it was the one that was guessed.
    fn take(&mut self, next: u32, speech: &Speech, watch: &Watch) -> bool {
        let at = self.ids.len();
        self.ids.push(next);
        watch.started.store(true, Ordering::Relaxed);
        self.making.rule.take(next);
        watch.piece(self.making.text.push(speech.tokenizer.bytes.of(next)));
        self.cache.tokens().get(at) == Some(&next)
    }

    fn finish(&mut self, ended: Reason, speech: &Speech, watch: &Watch) -> Said {
        self.cache.truncate(self.ids.len());
        let text = std::mem::replace(&mut self.making.text, Text::new(false, []));
        let (rest, text) = text.finish();
        watch.piece(rest);
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Said { text, tokens_in: count(self.asked), tokens_out: count(self.ids.len() - self.asked), model: speech.name.clone(), ended }
    }
}
