//! A model behind an OpenAI-compatible server.
//!
//! Nothing a server says is logged or returned but the text of its answer: its error messages may repeat
//! what was sent to it. Retries happen here and only before the first word, because what was streamed
//! cannot be taken back.

mod breaker;
pub mod budget;
mod dialect;
mod sending;
#[cfg(test)]
mod tests;
mod wire;

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use async_openai::config::OpenAIConfig;
use async_openai::error::OpenAIError;
use futures_util::{Stream, StreamExt as _};
use tokio::sync::{Semaphore, mpsc};
use tokio::time::{Instant, timeout, timeout_at};

use super::client::{self, ClientError};
use super::{ChatModel, Constraint, Ended, Health, ModelError, Prompt, Said, Saying};
use crate::config::Config;
use crate::domain::agent::Provider;
use breaker::Breaker;
use budget::{Budget, Reserved};
use dialect::{Dialect, Learnt};
use sending::{Plain, Refusal};
use wire::{Chunk, Usage};

/// The server used when only a key is configured.
const OPENAI: &str = "https://api.openai.com/v1";
/// Further tries after the first.
const RETRIES: u32 = 2;
/// The pause before the first retry; it doubles, and half of it is left to chance so that many turns do
/// not come back at once.
const PAUSE: Duration = Duration::from_millis(200);
/// How long a turn waits for a place among `remote.concurrency`; then it is said otherwise.
const QUEUE: Duration = Duration::from_secs(1);
/// Longest answer taken, in bytes: many times what any reply needs.
const MOST_TEXT: usize = 64 * 1024;

/// The remote model.
pub struct RemoteModel {
    client: async_openai::Client<OpenAIConfig>,
    model: String,
    places: Semaphore,
    breaker: Breaker,
    budget: Arc<Budget>,
    whole: Duration,
    dialect: Learnt,
}

type Chunks = Pin<Box<dyn Stream<Item = Result<Chunk, OpenAIError>> + Send>>;

/// An answer as far as it has come. Whatever ends it, what it cost is counted.
struct Partial<'a> {
    text: String,
    usage: Option<Usage>,
    model: Option<String>,
    ended: Option<Ended>,
    /// Tokens of the prompt, at a guess.
    prompt: u32,
    reserved: Reserved<'a>,
}

impl RemoteModel {
    /// The model the configuration names; `None` when it names neither a server nor a key.
    ///
    /// # Errors
    /// When the server may not be dialled or no client can be made.
    pub fn configured(config: &Config) -> Result<Option<Self>, ClientError> {
        let remote = &config.remote;
        if remote.base_url.is_none() && config.openai_api_key.is_none() {
            return Ok(None);
        }
        let offline = config.provider.offline;
        let base = remote.base_url.as_deref().unwrap_or(OPENAI);
        client::address(base, offline)?;
        let http = client::client(offline)?;
        let key = config.openai_api_key.as_ref().map_or("", |key| key.0.as_str());
        let settings = OpenAIConfig::new().with_api_base(base.trim().trim_end_matches('/')).with_api_key(key);
        let client = async_openai::Client::build(http.clone(), settings).with_http_service(Plain(http));
        Ok(Some(Self {
            client,
            model: remote.model.clone(),
            places: Semaphore::new(remote.concurrency.max(1)),
            breaker: Breaker::default(),
            budget: Arc::new(Budget::new(
                remote.budget_per_day,
                remote.currency_per_mtok_in,
                remote.currency_per_mtok_out,
                config.shop.time_zone.0.clone(),
            )),
            whole: Duration::from_secs(remote.timeout_s.max(1)),
            dialect: Learnt::default(),
        }))
    }

    /// The day's budget.
    pub fn budget(&self) -> &Arc<Budget> {
        &self.budget
    }

    async fn answer(&self, prompt: &Prompt, pieces: Option<&mpsc::UnboundedSender<String>>) -> Result<Said, ModelError> {
        let wait = QUEUE.min(prompt.first_token);
        let _place = timeout(wait, self.places.acquire()).await.map_err(|_| ModelError::Busy)?.map_err(|_| ModelError::Busy)?;
        let guess = wire::guess_prompt(prompt);
        let reserved = self.budget.reserve(guess, prompt.max_tokens)?;
        let attempt = self.breaker.enter()?;
        let mut partial = Partial { text: String::new(), usage: None, model: None, ended: None, prompt: guess, reserved };
        let whole = prompt.whole.min(self.whole);
        let outcome = timeout(whole, self.attempts(prompt, pieces, &mut partial)).await.unwrap_or(Err(ModelError::Timeout.into()));
        match outcome {
            Ok(()) => attempt.succeeded(),
            Err(Failure { error, rest: Some(rest), .. }) => {
                attempt.told_to_rest(rest);
                return Err(error);
            }
            Err(Failure { error, .. }) => {
                attempt.failed();
                return Err(error);
            }
        }
        let (tokens_in, tokens_out) = partial.used();
        let model = partial.model.take().filter(|name| !name.is_empty()).unwrap_or_else(|| self.model.clone());
        let ended = partial.ended.unwrap_or(Ended::Stop);
        Ok(Said { text: std::mem::take(&mut partial.text), tokens_in, tokens_out, model, ended })
    }

    /// Tries until the first word is there, then reads to the end.
    async fn attempts(
        &self,
        prompt: &Prompt,
        pieces: Option<&mpsc::UnboundedSender<String>>,
        partial: &mut Partial<'_>,
    ) -> Result<(), Failure> {
        let deadline = Instant::now() + prompt.first_token;
        let mut tried = 0;
        let mut dialect = self.dialect.get();
        let mut chunks = loop {
            let begun = self.begin(prompt, dialect, pieces, partial);
            let failure = match timeout_at(deadline, begun).await.unwrap_or(Err(ModelError::Timeout.into())) {
                Ok(chunks) => break chunks,
                Err(failure) => failure,
            };
            if let Some(simpler) = failure.simpler(dialect, prompt) {
                dialect = simpler;
                continue;
            }
            let pause = PAUSE.saturating_mul(1 << tried).mul_f64(0.5 + rand::random::<f64>() / 2.0).max(failure.rest.unwrap_or_default());
            if tried == RETRIES || !passes(failure.error) || Instant::now() + pause >= deadline {
                return Err(failure);
            }
            tried += 1;
            tokio::time::sleep(pause).await;
        };
        while let Some(chunk) = chunks.next().await {
            partial.take(chunk.map_err(Failure::of)?, pieces)?;
        }
        match (partial.ended.is_some(), partial.text.trim().is_empty()) {
            (true, false) => Ok(()),
            (true, true) => Err(ModelError::Unreadable.into()),
            // A stream that ends without saying why was cut.
            (false, _) => Err(ModelError::Unreachable.into()),
        }
    }

    /// Sends the request and waits for the first word (or an end without one).
    async fn begin(
        &self,
        prompt: &Prompt,
        dialect: Dialect,
        pieces: Option<&mpsc::UnboundedSender<String>>,
        partial: &mut Partial<'_>,
    ) -> Result<Chunks, Failure> {
        let body = wire::request(&self.model, prompt, dialect);
        let mut chunks: Chunks = self.client.chat().create_stream_byot(body).await.map_err(Failure::of)?;
        while partial.text.is_empty() && partial.ended.is_none() {
            match chunks.next().await {
                Some(chunk) => {
                    let chunk = chunk.map_err(Failure::of)?;
                    // Whatever becomes of the answer, the request was understood.
                    self.dialect.keep(dialect);
                    partial.take(chunk, pieces)?;
                }
                None => return Err(ModelError::Unreachable.into()),
            }
        }
        Ok(chunks)
    }
}

impl Partial<'_> {
    /// Tokens read and written: the server's count, or a guess.
    fn used(&self) -> (u32, u32) {
        let guess = || (self.prompt, wire::guess_tokens(&self.text));
        self.usage.map_or_else(guess, |usage| (usage.prompt_tokens, usage.completion_tokens))
    }

    fn take(&mut self, chunk: Chunk, pieces: Option<&mpsc::UnboundedSender<String>>) -> Result<(), ModelError> {
        self.usage = chunk.usage.or(self.usage);
        self.model = chunk.model.or_else(|| self.model.take());
        if self.usage.is_some() || self.reserved.used.is_some() {
            self.reserved.used = Some(self.used());
        }
        let Some(choice) = chunk.choices.into_iter().next() else { return Ok(()) };
        let ended = choice.finish_reason.map(|reason| if reason == "length" { Ended::Length } else { Ended::Stop });
        self.ended = ended.or(self.ended);
        let Some(text) = choice.delta.content.filter(|text| !text.is_empty()) else { return Ok(()) };
        if self.text.len() + text.len() > MOST_TEXT {
            return Err(ModelError::Unreadable);
        }
        self.text.push_str(&text);
        self.reserved.used = Some(self.used());
        if let Some(pieces) = pieces {
            // Nobody listens any more: the caller drops this future next.
            let _ = pieces.send(text);
        }
        Ok(())
    }
}

/// Whether an error may be gone a moment later.
fn passes(error: ModelError) -> bool {
    matches!(error, ModelError::Unreachable | ModelError::Refused(429 | 500..=599))
}

/// What went wrong, in our own words, and what the server's refusal says for the next try.
#[derive(Debug)]
struct Failure {
    error: ModelError,
    /// How long the server wants to be left alone.
    rest: Option<Duration>,
    /// Words of a refusal that may name a part of the request.
    words: Option<String>,
}

impl From<ModelError> for Failure {
    fn from(error: ModelError) -> Self {
        Self { error, rest: None, words: None }
    }
}

impl Failure {
    fn of(error: OpenAIError) -> Self {
        match error {
            OpenAIError::Boxed(error) => match error.downcast::<Refusal>() {
                Ok(refusal) => Self::refused(*refusal),
                Err(_) => ModelError::Unreachable.into(),
            },
            OpenAIError::Reqwest(error) if error.is_timeout() => ModelError::Timeout.into(),
            OpenAIError::JSONDeserialize(..) | OpenAIError::InvalidArgument(_) => ModelError::Unreadable.into(),
            _ => ModelError::Unreachable.into(),
        }
    }

    fn refused(refusal: Refusal) -> Self {
        let words = refusal.words.to_lowercase();
        let too_long = ["context_length", "context length", "maximum context", "context window"].iter().any(|sign| words.contains(sign));
        match refusal.status {
            413 => ModelError::TooLong.into(),
            400 | 422 if too_long => ModelError::TooLong.into(),
            status @ (400 | 415 | 422 | 501) => Self { error: ModelError::Refused(status), rest: None, words: Some(words) },
            // llama-cpp-python answers a field it does not know as a failure of its own.
            status @ 500 => Self { error: ModelError::Refused(status), rest: refusal.retry_after, words: Some(words) },
            status => Self { error: ModelError::Refused(status), rest: refusal.retry_after, words: None },
        }
    }

    /// The dialect to try after a refusal of the request itself.
    fn simpler(&self, dialect: Dialect, prompt: &Prompt) -> Option<Dialect> {
        let blindly = self.error != ModelError::Refused(500);
        dialect.after(self.words.as_deref()?, blindly, |part| wire::uses(prompt, part))
    }
}

impl ChatModel for RemoteModel {
    fn name(&self) -> String {
        self.model.clone()
    }

    fn provider(&self) -> Provider {
        Provider::Remote
    }

    fn say<'a>(&'a self, prompt: &'a Prompt, pieces: Option<mpsc::UnboundedSender<String>>) -> Saying<'a> {
        Box::pin(async move {
            let begun = Instant::now();
            let outcome = self.answer(prompt, pieces.as_ref()).await;
            let operation = if matches!(prompt.constraint, Constraint::Schema { .. }) { "plan" } else { "chat" };
            crate::telemetry::model(Provider::Remote.name(), operation, begun.elapsed());
            if let Err(error) = &outcome {
                crate::telemetry::model_failure(Provider::Remote.name(), error.name());
                tracing::warn!(reason = error.name(), "the remote model did not answer");
            }
            outcome
        })
    }

    fn health(&self) -> Health {
        if self.breaker.is_closed() && !self.budget.is_spent() { Health::Healthy } else { Health::Degraded }
    }
}
