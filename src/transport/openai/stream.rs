//! A completion as it comes: server-sent events of chunks, then `[DONE]`.

use std::collections::VecDeque;

use axum::body::Bytes;
use axum::response::Response;
use futures_util::stream;
use serde_json::{Value, json};

use super::super::sse;
use super::answer::{self, Head};
use super::refusal::Refusal;
use super::running::{Finished, Running, Step};
use crate::llm::Constraint;

/// Answers with a stream, which begins with the first piece of the text: what fails before is refused as any
/// other request is. What fails later is told as the last event, in the place of `[DONE]`.
///
/// # Errors
/// Why there is no text.
pub async fn answer(running: Running, head: Head, constraint: Constraint, usage: bool) -> Result<Response, Refusal> {
    let mut chunks = Chunks { running, head, constraint, usage, queued: VecDeque::new(), over: false };
    chunks.queue_choice(json!({ "role": "assistant", "content": "" }), None);
    let first = chunks.step().await?;
    chunks.queue(first);
    Ok(sse::response(stream::unfold(chunks, |mut chunks| async move {
        let bytes = chunks.next().await?;
        Some((bytes, chunks))
    })))
}

struct Chunks {
    running: Running,
    head: Head,
    constraint: Constraint,
    usage: bool,
    queued: VecDeque<Bytes>,
    over: bool,
}

impl Chunks {
    async fn next(&mut self) -> Option<Bytes> {
        if self.queued.is_empty() && !self.over {
            match self.step().await {
                Ok(step) => self.queue(step),
                Err(refusal) => {
                    self.over = true;
                    self.queued.push_back(event(&refusal.document()));
                }
            }
        }
        self.queued.pop_front()
    }

    async fn step(&mut self) -> Result<Step, Refusal> {
        let step = self.running.next().await?;
        if let Step::End(finished) = &step {
            answer::check(finished, &self.constraint)?;
        }
        Ok(step)
    }

    fn queue(&mut self, step: Step) {
        match step {
            Step::Piece(text) => self.queue_choice(json!({ "content": text }), None),
            Step::End(finished) => self.queue_end(&finished),
        }
    }

    fn queue_choice(&mut self, delta: Value, reason: Option<&str>) {
        let mut chunk = self.head.chunk(json!([{ "index": 0, "delta": delta, "logprobs": null, "finish_reason": reason }]));
        if self.usage {
            chunk["usage"] = Value::Null;
        }
        self.queued.push_back(event(&chunk));
    }

    fn queue_end(&mut self, finished: &Finished) {
        self.over = true;
        self.queue_choice(json!({}), Some(answer::reason(finished.ended)));
        if self.usage {
            let mut chunk = self.head.chunk(json!([]));
            chunk["usage"] = answer::usage(finished);
            self.queued.push_back(event(&chunk));
        }
        self.queued.push_back(Bytes::from_static(b"data: [DONE]\n\n"));
    }
}

fn event(data: &Value) -> Bytes {
    Bytes::from(format!("data: {data}\n\n"))
}
