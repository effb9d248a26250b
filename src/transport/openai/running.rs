//! A completion under way.

use std::sync::Arc;
use std::time::Instant;

use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::task::JoinSet;

use crate::llm::{ChatModel, Ended, ModelError, Prompt, Said};
use crate::telemetry;

/// What the work is called in metrics.
const OPERATION: &str = "completion";
/// Characters of a token, at a guess.
const CHARACTERS: usize = 4;

/// A model at work on a prompt. Dropping this ends the work.
pub struct Running {
    /// The one task. It does not wait for whoever reads the pieces, so that a slow reader keeps no place.
    task: JoinSet<Result<Said, ModelError>>,
    pieces: mpsc::UnboundedReceiver<String>,
    /// How the task ended, once it has.
    end: Option<Result<Said, ModelError>>,
    /// What has come.
    text: String,
    count: u32,
    /// Tokens of the prompt, at a guess.
    guess: u32,
}

/// Measures the work, also where it is broken off.
struct Clock {
    provider: &'static str,
    begun: Instant,
}

impl Drop for Clock {
    fn drop(&mut self) {
        telemetry::model(self.provider, OPERATION, self.begun.elapsed());
    }
}

/// What comes next.
#[derive(Debug, PartialEq)]
pub enum Step {
    /// A piece of the text.
    Piece(String),
    /// The end.
    End(Finished),
}

/// A completion.
#[derive(Debug, PartialEq)]
pub struct Finished {
    /// All of the text.
    pub text: String,
    /// Why it ended here.
    pub ended: Ended,
    /// Tokens of the prompt.
    pub tokens_in: u32,
    /// Tokens of the text.
    pub tokens_out: u32,
}

impl Running {
    /// Sets a model to work; it holds the place for as long.
    pub fn start(model: Arc<dyn ChatModel>, prompt: Prompt, place: OwnedSemaphorePermit) -> Self {
        let characters: usize = prompt.messages.iter().map(|(_, text)| text.chars().count()).sum();
        let guess = u32::try_from(characters.div_ceil(CHARACTERS)).unwrap_or(u32::MAX);
        let (to, pieces) = mpsc::unbounded_channel();
        let mut task = JoinSet::new();
        task.spawn(async move {
            let _place = place;
            let _clock = Clock { provider: model.provider().name(), begun: Instant::now() };
            let said = model.say(&prompt, Some(to)).await;
            if let Err(error) = &said {
                telemetry::model_failure(model.provider().name(), error.name());
            }
            said
        });
        Self { task, pieces, end: None, text: String::new(), count: 0, guess }
    }

    /// The next piece, or the end.
    ///
    /// # Errors
    /// Why the model did not go on.
    pub async fn next(&mut self) -> Result<Step, ModelError> {
        if self.end.is_none() {
            tokio::select! {
                biased;
                Some(piece) = self.pieces.recv() => return Ok(self.take(piece)),
                said = self.task.join_next() => self.end = said.and_then(Result::ok),
            }
        }
        // What was said before the end comes before it.
        if let Ok(piece) = self.pieces.try_recv() {
            return Ok(self.take(piece));
        }
        match self.end.take().unwrap_or(Err(ModelError::Failed)) {
            Ok(Said { text, ended, tokens_in, tokens_out, .. }) => Ok(Step::End(Finished { text, ended, tokens_in, tokens_out })),
            // It would rather end here than go on, which is an end.
            Err(ModelError::Unsure) => {
                let text = std::mem::take(&mut self.text);
                Ok(Step::End(Finished { text, ended: Ended::Stop, tokens_in: self.guess, tokens_out: self.count }))
            }
            Err(error) => Err(error),
        }
    }

    fn take(&mut self, piece: String) -> Step {
        self.text.push_str(&piece);
        self.count = self.count.saturating_add(1);
        Step::Piece(piece)
    }

    /// All of it.
    ///
    /// # Errors
    /// As [`Running::next`].
    pub async fn finish(mut self) -> Result<Finished, ModelError> {
        loop {
            if let Step::End(finished) = self.next().await? {
                return Ok(finished);
            }
        }
    }
}
