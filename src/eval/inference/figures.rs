//! What a run came to.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::Run;
use super::drive::{Heard, Round};
use crate::domain::agent::Provider;
use crate::eval::score::micros;

/// The figures of a run, in the order of the report. What cannot be told is none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// Where the model is.
    pub provider: Provider,
    /// Its name.
    pub model: String,
    /// Tokens the prompt was to have.
    pub prompt_tokens: u32,
    /// Most tokens of an answer.
    pub output_tokens: u32,
    /// Conversations at once.
    pub concurrency: u32,
    /// Time to first token, in milliseconds.
    pub ttft_ms: Spread,
    /// Tokens of a prompt for each second up to the first token of the answer.
    pub prefill_tok_s: Option<f64>,
    /// Tokens a second of one conversation, behind its first.
    pub decode_tok_s: Option<f64>,
    /// Tokens a second of all conversations together.
    pub total_decode_tok_s: Option<f64>,
    /// From the question to the end of the answer, in milliseconds; of answers that began.
    pub turn_ms: Spread,
    /// The most memory that the process of the model had, in megabytes (10^6 bytes); none for a server.
    pub peak_rss_mb: Option<f64>,
    /// Drafts of whole chats that the check of replies refused, as a share of all ([`super::chats`]).
    pub unsupported_claim_rate: Option<f64>,
    /// What a chat cost that needed no person, in the shop's currency; none without prices.
    pub cost_per_resolved_chat: Option<f64>,
    /// Tokens prompts really had, in the median.
    pub tokens_in: Option<f64>,
    /// Tokens answers really had, in the median.
    pub tokens_out: Option<f64>,
    /// Answers counted.
    pub answers: usize,
    /// Of these, those shorter than asked for.
    pub ended_early: usize,
    /// Questions that were not answered.
    pub failed: usize,
    /// Second turns of the same conversations, where they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warm: Option<Warm>,
}

/// Second turns.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Warm {
    /// Time to first token, in milliseconds.
    pub ttft_ms: Spread,
    /// This over the time to first token of the first turn, in the median of the conversations.
    pub ratio: Option<f64>,
    /// Answers that, given back as text, are other tokens than those that were said, so that they are read anew: nothing
    /// kept helps there. Trained models say few such; one of random weights says hardly any other.
    pub read_anew: usize,
    /// Second turns of which that could be told.
    pub told: usize,
}

/// Quantiles.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// The median.
    pub p50: Option<f64>,
    /// Of 95 in 100 no more.
    pub p95: Option<f64>,
    /// Of 99 in 100 no more.
    pub p99: Option<f64>,
}

impl Spread {
    /// Of times, in milliseconds.
    pub fn of(times: impl Iterator<Item = Duration>) -> Self {
        let mut times: Vec<Duration> = times.collect();
        times.sort_unstable();
        let at = |quantile| (!times.is_empty()).then(|| rounded(micros(&times, quantile) / 1_000.0));
        Self { p50: at(0.5), p95: at(0.95), p99: at(0.99) }
    }
}

impl Figures {
    /// What the rounds of a run came to.
    pub(super) fn of(run: &Run, model: String, rounds: &[Round]) -> Self {
        let heard = || rounds.iter().flat_map(|round| &round.first);
        let second: Vec<_> = rounds.iter().flat_map(|round| &round.second).collect();
        let warm = (!second.is_empty()).then(|| Warm {
            ttft_ms: Spread::of(second.iter().filter_map(|(_, second)| waited(second))),
            read_anew: second.iter().filter(|(_, second)| second.read_anew == Some(true)).count(),
            told: second.iter().filter(|(_, second)| second.read_anew.is_some()).count(),
            ratio: median(second.iter().filter_map(|(first, second)| Some(waited(second)?.as_secs_f64() / waited(first)?.as_secs_f64()))),
        });
        Self {
            provider: run.provider,
            model,
            prompt_tokens: run.prompt_tokens,
            output_tokens: run.output_tokens,
            concurrency: run.concurrency,
            ttft_ms: Spread::of(heard().filter_map(waited)),
            prefill_tok_s: median(heard().filter_map(|heard| rate(heard.tokens_in?, waited(heard)?))),
            decode_tok_s: median(heard().filter_map(decoded)),
            total_decode_tok_s: median(rounds.iter().filter_map(|round| decoded_together(&round.first))),
            turn_ms: Spread::of(heard().filter(|heard| heard.first.is_some()).map(|heard| heard.end - heard.asked)),
            peak_rss_mb: None,
            unsupported_claim_rate: None,
            cost_per_resolved_chat: None,
            tokens_in: median(heard().filter_map(|heard| heard.tokens_in.map(f64::from))),
            tokens_out: median(heard().map(|heard| f64::from(heard.tokens_out))),
            answers: heard().count(),
            ended_early: heard().filter(|heard| heard.tokens_out < run.output_tokens).count(),
            failed: rounds.iter().map(|round| round.failed.len()).sum(),
            warm,
        }
    }

    /// The run they are of.
    pub fn run(&self) -> Run {
        let Self { provider, prompt_tokens, output_tokens, concurrency, .. } = *self;
        Run { provider, prompt_tokens, output_tokens, concurrency }
    }
}

/// Time to first token.
fn waited(heard: &Heard) -> Option<Duration> {
    heard.first.map(|first| first - heard.asked)
}

/// Tokens a second behind the first one.
fn decoded(heard: &Heard) -> Option<f64> {
    rate(heard.tokens_out.checked_sub(1).filter(|n| *n > 0)?, heard.end - heard.first?)
}

/// The same of conversations that went on at once.
fn decoded_together(heard: &[Heard]) -> Option<f64> {
    let begun: Vec<(&Heard, Instant)> = heard.iter().filter_map(|heard| Some((heard, heard.first?))).collect();
    let first = begun.iter().map(|(_, first)| *first).min()?;
    let end = begun.iter().map(|(heard, _)| heard.end).max()?;
    let tokens: u32 = begun.iter().map(|(heard, _)| heard.tokens_out.saturating_sub(1)).sum();
    rate(Some(tokens).filter(|n| *n > 0)?, end - first)
}

fn rate(tokens: u32, time: Duration) -> Option<f64> {
    (!time.is_zero()).then(|| rounded(f64::from(tokens) / time.as_secs_f64()))
}

/// The middle one; of an even number the upper of the two.
fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().map(rounded)
}

/// To a thousandth: more is noise.
fn rounded(value: f64) -> f64 {
    (value * 1_000.0).round() / 1_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A conversation by its times in milliseconds, and its tokens.
    fn heard(begun: Instant, times: [u64; 3], tokens: [u32; 2]) -> Heard {
        let [asked, first, end] = times.map(|ms| begun + Duration::from_millis(ms));
        Heard {
            number: 0,
            asked,
            first: Some(first),
            end,
            tokens_in: Some(tokens[0]),
            tokens_out: tokens[1],
            text: String::new(),
            read_anew: None,
        }
    }

    fn run(output_tokens: u32, concurrency: u32) -> Run {
        Run { provider: Provider::Local, prompt_tokens: 100, output_tokens, concurrency }
    }

    #[test]
    fn one_conversation_at_a_time_decodes_as_all_together() {
        let begun = Instant::now();
        let rounds: Vec<Round> = [([0, 500, 1_500], [100, 11]), ([0, 250, 1_250], [100, 21]), ([0, 1_000, 2_000], [100, 6])]
            .map(|(times, tokens)| Round { first: vec![heard(begun, times, tokens)], ..Round::default() })
            .into();
        let figures = Figures::of(&run(11, 1), "m".to_owned(), &rounds);
        assert_eq!((figures.ttft_ms.p50, figures.ttft_ms.p99), (Some(500.0), Some(1_000.0)));
        assert_eq!((figures.prefill_tok_s, figures.decode_tok_s, figures.total_decode_tok_s), (Some(200.0), Some(10.0), Some(10.0)));
        assert_eq!((figures.turn_ms.p50, figures.turn_ms.p95), (Some(1_500.0), Some(2_000.0)));
        assert_eq!((figures.answers, figures.ended_early, figures.failed, figures.warm), (3, 1, 0, None));
        assert_eq!((figures.tokens_in, figures.tokens_out), (Some(100.0), Some(11.0)));
    }

    #[test]
    fn conversations_at_once_are_counted_together_over_the_time_of_all() {
        let begun = Instant::now();
        // One after the other: the second waits until the first has ended, and reads its prompt then.
        let waiting = vec![heard(begun, [0, 1_000, 2_000], [100, 11]), heard(begun, [0, 3_000, 4_000], [100, 11])];
        // Side by side, each at half the speed.
        let beside = vec![heard(begun, [0, 1_000, 3_000], [100, 11]), heard(begun, [0, 1_000, 3_000], [100, 11])];
        for (first, each, together) in [(waiting, 10.0, 6.667), (beside, 5.0, 10.0)] {
            let rounds = [Round { first, failed: vec![crate::llm::ModelError::Busy], ..Round::default() }];
            let figures = Figures::of(&run(11, 2), "m".to_owned(), &rounds);
            assert_eq!((figures.decode_tok_s, figures.total_decode_tok_s, figures.failed), (Some(each), Some(together), 1));
        }
    }

    #[test]
    fn what_was_not_said_has_no_rate() {
        let begun = Instant::now();
        let silent = Heard { first: None, tokens_in: None, ..heard(begun, [0, 0, 5], [0, 0]) };
        let figures = Figures::of(&run(8, 1), "m".to_owned(), &[Round { first: vec![silent], ..Round::default() }]);
        assert_eq!((figures.ttft_ms, figures.prefill_tok_s, figures.decode_tok_s), (Spread::default(), None, None));
        assert_eq!((figures.total_decode_tok_s, figures.ended_early, figures.turn_ms.p50), (None, 1, None));
        let one = Figures::of(&run(8, 1), "m".to_owned(), &[Round { first: vec![heard(begun, [0, 5, 9], [50, 1])], ..Round::default() }]);
        assert_eq!((one.decode_tok_s, one.total_decode_tok_s, one.prefill_tok_s), (None, None, Some(10_000.0)));
    }

    #[test]
    fn second_turns_stand_beside_their_first() {
        let begun = Instant::now();
        let pair = |first: u64, second: u64| (heard(begun, [0, first, first + 9], [9, 9]), heard(begun, [0, second, second + 9], [9, 9]));
        let mut second = vec![pair(400, 100), pair(1_000, 300), pair(200, 40)];
        (second[0].1.read_anew, second[2].1.read_anew) = (Some(true), Some(false));
        let rounds = [Round { first: second.iter().map(|(first, _)| first.clone()).collect(), second, failed: Vec::new() }];
        let warm = Figures::of(&run(9, 3), "m".to_owned(), &rounds).warm.unwrap();
        assert_eq!((warm.ttft_ms.p50, warm.ratio, warm.read_anew, warm.told), (Some(100.0), Some(0.25), 1, 2));
    }
}
