//! One run: conversations with a model, timed.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{Barrier, mpsc};
use tokio::task::JoinSet;

use super::Run;
use super::figures::Figures;
use super::prompts::{Texts, fit};
use crate::domain::agent::Provider;
use crate::llm::{Brief, ChatModel, Constraint, ModelError, Prompt, Rank, Role};

/// How long an answer is waited for: slow models are what is measured.
const PATIENCE: Duration = Duration::from_secs(600);

/// Prompts that are counted for a length, where each is cut from other sentences.
const SAMPLES: usize = 4;
/// Tokens by which two texts put together may differ from both apart: words grow together at the seams, and servers count the
/// end of an answer or do not.
const SEAMS: u32 = 2;

/// A run and what it takes to make it.
#[derive(Debug, Clone)]
pub struct Talk {
    /// The run.
    pub run: Run,
    /// What prompts are cut from.
    pub texts: Texts,
    /// Rounds that are counted.
    pub rounds: u32,
    /// Whether each conversation goes on for a second turn.
    pub warm: bool,
}

/// An answer, and when it came.
#[derive(Debug, Clone)]
pub struct Heard {
    /// Number of the conversation.
    pub number: usize,
    /// When it was asked for.
    pub asked: Instant,
    /// When its first piece came.
    pub first: Option<Instant>,
    /// When it ended.
    pub end: Instant,
    /// Tokens of the prompt.
    pub tokens_in: Option<u32>,
    /// Tokens of the answer; pieces, where the model broke off.
    pub tokens_out: u32,
    /// The words.
    pub text: String,
    /// Whether it is a second turn that has the first one's answer in other tokens than those it was said in.
    pub read_anew: Option<bool>,
}

/// What a round came to.
#[derive(Debug, Default)]
pub struct Round {
    /// First turns.
    pub first: Vec<Heard>,
    /// Second turns, each behind the first it went on from.
    pub second: Vec<(Heard, Heard)>,
    /// Why others were not answered.
    pub failed: Vec<ModelError>,
}

/// Makes a run.
///
/// # Errors
/// In a sentence, where the prompt does not fit or nothing was answered.
pub async fn time(model: &Arc<dyn ChatModel>, talk: Talk) -> Result<Figures, String> {
    let (run, brief) = (talk.run, model.brief());
    let mark = format!("{:08x}", rand::random::<u32>());
    let mut asker = Asker { talk, brief, mark, words: 0, between: None };
    let words = fit(run.prompt_tokens, async |words| asker.typical(&**model, words).await).await;
    asker.words = words.map_err(|error| sentence(error, &run))?;
    asker.between = if asker.talk.warm { asker.between(&**model).await } else { None };
    let asker = Arc::new(asker);
    let mut rounds = Vec::new();
    for number in 0..=asker.talk.rounds {
        let round = asker.round(model, number as usize).await;
        // The first one warms up.
        if number > 0 {
            rounds.push(round);
        }
    }
    asker.count_broken_off(&**model, &mut rounds).await;
    if rounds.iter().flat_map(|round| &round.first).any(|heard| heard.first.is_some()) {
        return Ok(Figures::of(&run, model.name(), &rounds));
    }
    let failed = rounds.iter().flat_map(|round| &round.failed).next().copied();
    Err(sentence(failed.unwrap_or(ModelError::Unsure), &run))
}

fn sentence(error: ModelError, run: &Run) -> String {
    match error {
        ModelError::TooLong => format!("{} tokens of prompt are more than the model reads", run.prompt_tokens),
        ModelError::Unsure => "the model is not sure how to begin an answer to such a prompt, and was heard no further".to_owned(),
        other => other.to_string(),
    }
}

/// Who asks: the same in every conversation of a run.
struct Asker {
    talk: Talk,
    brief: Brief,
    /// Begins every prompt of this run.
    mark: String,
    /// Words a prompt is cut to.
    words: usize,
    /// Tokens that a second turn has beside the first and its answer, where second turns are made and counted.
    between: Option<u32>,
}

impl Asker {
    /// Tokens of the `number`th prompt, cut to so many words.
    async fn count(&self, model: &dyn ChatModel, number: usize, words: usize) -> Result<u32, ModelError> {
        let (messages, constraint) = self.talk.texts.cut(self.brief, &self.mark, number, words);
        Ok(model.say(&asking(messages, constraint, least(model)), None).await?.tokens_in)
    }

    /// Tokens of a prompt of so many words, in the mean of a few where each is cut from other sentences. These are none of
    /// those that are timed, of which nothing may have been read before.
    async fn typical(&self, model: &dyn ChatModel, words: usize) -> Result<u32, ModelError> {
        let Run { concurrency, .. } = self.talk.run;
        let (first, samples) = match self.brief {
            Brief::Full => (0, 1),
            Brief::Short => ((self.talk.rounds as usize + 1) * concurrency as usize, SAMPLES),
        };
        let mut all = 0;
        for number in first..first + samples {
            all += self.count(model, number, words).await?;
        }
        Ok(all.div_ceil(samples as u32))
    }

    /// What a second turn behind an answer without a word has more than the first.
    async fn between(&self, model: &dyn ChatModel) -> Option<u32> {
        let first = self.count(model, 0, self.words).await.ok()?;
        let (messages, _) = self.talk.texts.cut(self.brief, &self.mark, 0, self.words);
        let (messages, constraint) = self.goes_on(messages, "");
        let least = least(model);
        model.say(&asking(messages, constraint, least), None).await.ok()?.tokens_in.checked_sub(first)
    }

    /// A conversation with its answer and what the customer says next.
    fn goes_on(&self, mut messages: Vec<(Role, String)>, answer: &str) -> (Vec<(Role, String)>, Constraint) {
        let (next, constraint) = self.talk.texts.next(self.brief);
        messages.extend([(Role::Assistant, answer.to_owned()), (Role::User, next)]);
        (messages, constraint)
    }

    /// As many conversations at once as the run asks for.
    async fn round(self: &Arc<Self>, model: &Arc<dyn ChatModel>, number: usize) -> Round {
        let at_once = self.talk.run.concurrency as usize;
        let start = Arc::new(Barrier::new(at_once));
        let mut talking = JoinSet::new();
        for place in 0..at_once {
            let (asker, model, start) = (Arc::clone(self), Arc::clone(model), Arc::clone(&start));
            talking.spawn(async move {
                start.wait().await;
                asker.converse(&*model, number * at_once + place).await
            });
        }
        let mut round = Round::default();
        while let Some(done) = talking.join_next().await {
            let (first, second) = match done.unwrap_or(Err(ModelError::Failed)) {
                Ok(turns) => turns,
                Err(error) => {
                    round.failed.push(error);
                    continue;
                }
            };
            match second {
                Some(Ok(second)) => round.second.push((first.clone(), second)),
                Some(Err(error)) => round.failed.push(error),
                None => {}
            }
            round.first.push(first);
        }
        round
    }

    /// One conversation: a turn, and with `warm` another that goes on from it.
    async fn converse(&self, model: &dyn ChatModel, number: usize) -> Result<(Heard, Option<Result<Heard, ModelError>>), ModelError> {
        let most = self.talk.run.output_tokens;
        let (messages, constraint) = self.talk.texts.cut(self.brief, &self.mark, number, self.words);
        let first = hear(model, &asking(messages.clone(), constraint, most), number).await?;
        if !self.talk.warm {
            return Ok((first, None));
        }
        let (messages, constraint) = self.goes_on(messages, &first.text);
        let second = hear(model, &asking(messages, constraint, most), number).await;
        let second = second.map(|second| Heard { read_anew: self.is_read_anew(&first, &second), ..second });
        Ok((first, Some(second)))
    }

    /// Whether the answer, given back as text, is other tokens than those that were said; `None` where tokens are not counted.
    fn is_read_anew(&self, first: &Heard, second: &Heard) -> Option<bool> {
        let expected = first.tokens_in? + first.tokens_out + self.between?;
        Some(second.tokens_in?.abs_diff(expected) > SEAMS)
    }

    /// Has the prompts counted whose answers broke off before the model told how long they were.
    async fn count_broken_off(&self, model: &dyn ChatModel, rounds: &mut [Round]) {
        for heard in rounds.iter_mut().flat_map(|round| &mut round.first) {
            if heard.tokens_in.is_none() && heard.first.is_some() {
                heard.tokens_in = self.count(model, heard.number, self.words).await.ok();
            }
        }
    }
}

/// The fewest tokens that can be asked for: a model here reads a prompt and may stay silent, a server has to say something
/// that can be read.
fn least(model: &dyn ChatModel) -> u32 {
    if model.provider() == Provider::Local { 0 } else { 4 }
}

fn asking(messages: Vec<(Role, String)>, constraint: Constraint, max_tokens: u32) -> Prompt {
    let (rank, first_token, whole) = (Rank::Turn, PATIENCE, PATIENCE);
    Prompt { messages, rank, max_tokens, temperature: 0.0, seed: None, stop: Vec::new(), constraint, first_token, whole }
}

/// Hears an answer to its end; where the model is not sure how to go on, to there.
async fn hear(model: &dyn ChatModel, prompt: &Prompt, number: usize) -> Result<Heard, ModelError> {
    let (sender, mut pieces) = mpsc::unbounded_channel();
    let asked = Instant::now();
    let mut saying = model.say(prompt, Some(sender));
    let (mut first, mut count, mut text) = (None, 0, String::new());
    let mut take = |piece: String| {
        first.get_or_insert_with(Instant::now);
        count += 1;
        text.push_str(&piece);
    };
    let outcome = loop {
        tokio::select! {
            biased;
            Some(piece) = pieces.recv() => take(piece),
            outcome = &mut saying => break outcome,
        }
    };
    let end = Instant::now();
    drop(saying);
    while let Ok(piece) = pieces.try_recv() {
        take(piece);
    }
    let (tokens_in, tokens_out) = match outcome {
        Ok(said) => (Some(said.tokens_in), said.tokens_out),
        Err(ModelError::Unsure) => (None, count),
        Err(error) => return Err(error),
    };
    Ok(Heard { number, asked, first: first.map(|first| first.min(end)), end, tokens_in, tokens_out, text, read_anew: None })
}
