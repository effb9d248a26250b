//! From the times of a few steps to the time of a reply.

use std::time::{Duration, Instant};

use serde::Serialize;

use super::{Lengths, median, rounded};
use crate::llm::local::probe::Probe;
use crate::llm::local::{LocalError, PROMPT_STEP};

/// Tokens of a step such as the last of a prompt, which is seldom a whole one.
const SMALL_STEP: usize = 32;
/// Rounds; medians count.
const ROUNDS: usize = 3;
/// No round is begun when those before took longer.
const PATIENCE: Duration = Duration::from_secs(5);
/// Single tokens of a round.
const SINGLES: usize = 12;

/// When a reply is there, in seconds from the question.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Times {
    /// Its first word.
    pub first_word_s: f64,
    /// All of it.
    pub whole_s: f64,
}

/// What steps of a network take, in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Curve {
    /// Of one that takes a prompt in steps, and goes on from what was read before.
    Steps {
        /// A whole step at the beginning.
        first: f64,
        /// The same behind so many tokens.
        later: (usize, f64),
        /// A small step behind as many.
        small: f64,
        /// One token behind so many.
        one: (usize, f64),
    },
    /// Of one that reads every prompt at once and from its beginning.
    Whole {
        /// A prompt of so many tokens.
        prompt: (usize, f64),
        /// One token behind it.
        one: f64,
    },
}

impl Curve {
    /// Times steps as they are made for a prompt of so many tokens; `quick` makes one round.
    ///
    /// # Errors
    /// When the network breaks, or does not read as many.
    pub fn measure(probe: &mut Probe, prompt: usize, quick: bool) -> Result<Self, LocalError> {
        let begun = Instant::now();
        // The first step finds nothing in memory where it will be.
        probe.begin(0)?;
        probe.read(1)?;
        let mut timed = Timed::default();
        while timed.rounds == 0 || !quick && timed.rounds < ROUNDS && begun.elapsed() < PATIENCE {
            timed.round(probe, prompt)?;
        }
        let Timed { first, later, small, one, .. } = timed;
        let [first, later, small, one] = [first, later, small, one].map(|times| median(times).as_secs_f64());
        Ok(if probe.is_shared() {
            let behind = behind(prompt);
            Self::Steps { first, later: (behind, later), small, one: (behind, one) }
        } else {
            Self::Whole { prompt: (prompt, first), one }
        })
    }

    /// When a reply is there: to a prompt of so many tokens, of which so many are kept from earlier ones, with so many steps
    /// behind its first token.
    pub fn reply(&self, prompt: usize, kept: usize, steps: usize) -> Times {
        let first = match self {
            Self::Whole { prompt: (tokens, whole), .. } => whole * prompt as f64 / (*tokens).max(1) as f64,
            Self::Steps { .. } => {
                let starts = (kept.min(prompt.saturating_sub(1))..prompt).step_by(PROMPT_STEP);
                starts.map(|from| self.step(from, PROMPT_STEP.min(prompt - from))).sum()
            }
        };
        // They lie evenly around the one in their middle.
        let whole = first + steps as f64 * self.step(prompt + steps / 2, 1);
        Times { first_word_s: rounded(first), whole_s: rounded(whole) }
    }

    /// Tokens of a prompt read in a second.
    pub fn prefill_tok_s(&self, prompt: usize) -> f64 {
        rounded(prompt as f64 / self.reply(prompt, 0, 0).first_word_s.max(f64::MIN_POSITIVE))
    }

    /// Tokens written in a second behind a prompt.
    pub fn decode_tok_s(&self, prompt: usize) -> f64 {
        rounded(1.0 / self.step(prompt, 1).max(f64::MIN_POSITIVE))
    }

    /// How much longer a first reply takes by the times of `after`, in per cent: the same steps of the same network, timed
    /// again later, tell how far the machine itself has become slower.
    pub fn drift_percent(&self, after: &Self, lengths: &Lengths) -> f64 {
        let [before, after] = [self, after].map(|curve| curve.reply(lengths.prompt, 0, lengths.reply).whole_s);
        ((after / before.max(1e-6) - 1.0) * 1_000.0).round() / 10.0
    }

    /// A step of so many tokens behind others.
    ///
    /// What a token takes grows with the tokens before it, by the same for each; beside that a step takes what lies between
    /// one token, a small step and a whole one.
    fn step(&self, behind: usize, tokens: usize) -> f64 {
        let (first, later, small, one) = match *self {
            Self::Whole { one, .. } => return one * tokens as f64,
            Self::Steps { first, later, small, one } => (first, later, small, one),
        };
        let [whole_step, small_step, n] = [PROMPT_STEP, SMALL_STEP, tokens].map(|n| n as f64);
        let growth = ((later.1 - first) / (whole_step * later.0.max(1) as f64)).max(0.0);
        let one = one.1 - growth * one.0 as f64;
        let small = small - growth * small_step * later.0 as f64;
        let between = |(a, at_a): (f64, f64), (b, at_b): (f64, f64)| at_a + (at_b - at_a) * (n - a) / (b - a);
        let flat =
            if tokens <= SMALL_STEP { between((1.0, one), (small_step, small)) } else { between((small_step, small), (whole_step, first)) };
        flat.max(0.0) + growth * n * behind as f64
    }
}

/// The times of rounds.
#[derive(Default)]
struct Timed {
    rounds: usize,
    first: Vec<Duration>,
    later: Vec<Duration>,
    small: Vec<Duration>,
    one: Vec<Duration>,
}

impl Timed {
    fn round(&mut self, probe: &mut Probe, prompt: usize) -> Result<(), LocalError> {
        let behind = behind(prompt);
        if probe.is_shared() {
            let all = [(&mut self.first, 0, PROMPT_STEP), (&mut self.later, behind, PROMPT_STEP), (&mut self.small, behind, SMALL_STEP)];
            for (times, behind, tokens) in all {
                probe.begin(behind)?;
                times.push(probe.read(tokens)?);
            }
            probe.begin(behind)?;
        } else {
            probe.begin(0)?;
            self.first.push(probe.read(prompt)?);
        }
        for _ in 0..SINGLES {
            self.one.push(probe.read(1)?);
        }
        self.rounds += 1;
        Ok(())
    }
}

/// Where steps are timed that do not stand at the beginning: at the end of a prompt.
fn behind(prompt: usize) -> usize {
    prompt.saturating_sub(PROMPT_STEP).max(PROMPT_STEP)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A millisecond for a step and one for each of its tokens, and a microsecond for each token that each has before it.
    fn takes(behind: usize, tokens: usize) -> f64 {
        1e-3 + 1e-3 * tokens as f64 + 1e-6 * (tokens * behind) as f64
    }

    fn steps(behind: usize) -> Curve {
        let (whole, small) = (PROMPT_STEP, SMALL_STEP);
        Curve::Steps {
            first: takes(0, whole),
            later: (behind, takes(behind, whole)),
            small: takes(behind, small),
            one: (behind, takes(behind, 1)),
        }
    }

    #[test]
    fn a_reply_takes_what_its_steps_take() {
        for (prompt, kept, answered) in
            [(500, 0, 40), (500, 120, 40), (500, 499, 0), (500, 900, 3), (128, 0, 0), (129, 0, 1), (1_000, 300, 1)]
        {
            let mut at: usize = kept.min(prompt - 1);
            let mut first = 0.0;
            while at < prompt {
                let tokens = (prompt - at).min(PROMPT_STEP);
                first += takes(at, tokens);
                at += tokens;
            }
            let whole = first + (0..answered).map(|n| takes(prompt + n, 1)).sum::<f64>();
            let times = steps(600).reply(prompt, kept, answered);
            let near = |a: f64, b: f64| (a - b).abs() < 1.5e-3;
            assert!(near(times.first_word_s, first) && near(times.whole_s, whole), "{prompt} {kept} {answered}: {times:?} {first} {whole}");
        }
        assert!((steps(600).decode_tok_s(600) - 1.0 / takes(600, 1)).abs() < 0.01);
    }

    #[test]
    fn what_reads_a_prompt_at_once_keeps_nothing() {
        let curve = Curve::Whole { prompt: (400, 2.0), one: 0.1 };
        for (prompt, kept, steps, first_word_s, whole_s) in [(400, 0, 10, 2.0, 3.0), (400, 300, 10, 2.0, 3.0), (200, 0, 0, 1.0, 1.0)] {
            assert_eq!(curve.reply(prompt, kept, steps), Times { first_word_s, whole_s });
        }
        assert_eq!((curve.prefill_tok_s(400), curve.decode_tok_s(400)), (200.0, 10.0));
    }

    #[test]
    fn a_machine_that_became_slower_is_told_by_the_same_steps() {
        let lengths = Lengths { prompt: 400, kept: 100, reply: 10, counted: true };
        let curve = |times: f64| Curve::Whole { prompt: (400, 2.0 * times), one: 0.1 * times };
        for (before, after, drift) in [(1.0, 1.0, 0.0), (1.0, 1.5, 50.0), (2.0, 1.0, -50.0)] {
            assert_eq!(curve(before).drift_percent(&curve(after), &lengths), drift);
        }
    }

    #[test]
    fn noise_makes_no_step_shorter_than_nothing() {
        // Later steps that were faster than the first, and a small one that was faster than a single token.
        let curve = Curve::Steps { first: 0.2, later: (500, 0.1), small: 0.01, one: (500, 0.02) };
        let times = curve.reply(700, 100, 20);
        assert!(times.first_word_s > 0.0 && times.whole_s >= times.first_word_s, "{times:?}");
    }
}
