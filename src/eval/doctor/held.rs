//! How a model that is here really answers, beside what was predicted of it.

use std::time::Duration;

use serde::Serialize;

use super::{Asked, Curve, Times, rounded};
use crate::llm::local::{LocalModel, Timing};
use crate::llm::{ChatModel as _, Health, ModelError, Prompt};

/// How long an answer is waited for: slow models are what is measured.
const PATIENCE: Duration = Duration::from_secs(600);
/// Between two looks at whether a model is loaded.
const LOOK: Duration = Duration::from_millis(5);
/// Replies behind the first.
const FOLLOWING: usize = 3;

/// Replies of a model, measured and predicted.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Held {
    /// The first one since it was loaded.
    pub first_reply: Beside,
    /// Those behind it, in the mean.
    pub reply: Option<Beside>,
}

/// What was measured beside what was predicted for just these lengths.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Beside {
    /// Replies.
    pub replies: usize,
    /// Tokens of their prompts.
    pub prompt_tokens: f64,
    /// Of these, those kept from earlier ones.
    pub kept_tokens: f64,
    /// Steps behind the first token.
    pub steps: f64,
    /// What was measured.
    pub measured: Times,
    /// What was predicted.
    pub predicted: Option<Times>,
    /// How much more was predicted than measured, in per cent.
    pub off_percent: Option<Off>,
}

/// How far a prediction is off, in per cent of what was measured.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Off {
    /// Of the time to the first word.
    pub first_word: f64,
    /// Of the time to the end.
    pub whole: f64,
}

/// Has a model answer what the shop asks, in `most` tokens at most, the most typical prompts first, and holds the prediction
/// against that.
///
/// # Errors
/// In a sentence, why it answers nothing.
pub async fn hold(model: &LocalModel, asked: &[Asked], most: usize, curve: Option<&Curve>) -> Result<Held, String> {
    while model.health() == Health::Loading {
        tokio::time::sleep(LOOK).await;
    }
    if let Some(problem) = model.problem() {
        return Err(problem);
    }
    let most = u32::try_from(most).unwrap_or(u32::MAX);
    let (mut timings, mut failed) = (Vec::new(), ModelError::Unsure);
    for prompt in typical(asked) {
        let prompt = Prompt { max_tokens: most, temperature: 0.0, first_token: PATIENCE, whole: PATIENCE, ..prompt.clone() };
        match model.time(&prompt).await {
            Ok(timing) => timings.push(timing),
            Err(error) => failed = error,
        }
        if timings.len() > FOLLOWING {
            break;
        }
    }
    match timings.split_first() {
        None => Err(failed.to_string()),
        Some((first, rest)) => {
            let reply = (!rest.is_empty()).then(|| Beside::of(rest, curve));
            Ok(Held { first_reply: Beside::of(std::slice::from_ref(first), curve), reply })
        }
    }
}

/// Prompts, those in the middle of all lengths first.
fn typical(asked: &[Asked]) -> Vec<&Prompt> {
    let length = |prompt: &Prompt| prompt.messages.iter().map(|(_, text)| text.len()).sum::<usize>();
    let mut prompts: Vec<&Prompt> = asked.iter().map(|asked| &asked.prompt).collect();
    prompts.sort_by_key(|prompt| length(prompt));
    let middle = prompts.get(prompts.len() / 2).map_or(0, |prompt| length(prompt));
    prompts.sort_by_key(|prompt| length(prompt).abs_diff(middle));
    prompts
}

impl Beside {
    /// Of replies, in the mean.
    fn of(timings: &[Timing], curve: Option<&Curve>) -> Self {
        let mean = |of: &dyn Fn(&Timing) -> f64| rounded(timings.iter().map(of).sum::<f64>() / timings.len().max(1) as f64);
        let measured = Times { first_word_s: mean(&|t| t.first.as_secs_f64()), whole_s: mean(&|t| t.whole.as_secs_f64()) };
        let predicted = curve.map(|curve| {
            let one = |t: &Timing| curve.reply(t.prompt_tokens, t.kept_tokens, t.steps);
            Times { first_word_s: mean(&|t| one(t).first_word_s), whole_s: mean(&|t| one(t).whole_s) }
        });
        let off = |predicted: f64, measured: f64| ((predicted / measured.max(1e-6) - 1.0) * 1_000.0).round() / 10.0;
        Self {
            replies: timings.len(),
            prompt_tokens: mean(&|t| t.prompt_tokens as f64),
            kept_tokens: mean(&|t| t.kept_tokens as f64),
            steps: mean(&|t| t.steps as f64),
            measured,
            predicted,
            off_percent: predicted.map(|predicted| Off {
                first_word: off(predicted.first_word_s, measured.first_word_s),
                whole: off(predicted.whole_s, measured.whole_s),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_stand_beside_what_was_predicted_for_their_lengths() {
        let timing = |prompt_tokens, first, whole| Timing {
            prompt_tokens,
            kept_tokens: 100,
            steps: 10,
            first: Duration::from_millis(first),
            whole: Duration::from_millis(whole),
        };
        let curve = Curve::Whole { prompt: (200, 1.0), one: 0.1 };
        let all = [timing(200, 800, 1_600), timing(400, 1_600, 2_400)];
        let times = |first_word_s, whole_s| Times { first_word_s, whole_s };
        let beside = Beside::of(&all, Some(&curve));
        assert_eq!((beside.replies, beside.prompt_tokens, beside.kept_tokens, beside.steps), (2, 300.0, 100.0, 10.0));
        assert_eq!((beside.measured, beside.predicted), (times(1.2, 2.0), Some(times(1.5, 2.5))));
        assert_eq!(beside.off_percent, Some(Off { first_word: 25.0, whole: 25.0 }));
        assert_eq!(Beside::of(&all[..1], None).off_percent, None);
    }
}
