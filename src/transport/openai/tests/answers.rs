//! Answers of a scripted model: whole, streamed, failing, and left alone.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::response::Response;
use futures_util::StreamExt as _;
use serde_json::{Value, json};
use tokio::sync::{Semaphore, mpsc};

use super::super::answer::{Head, whole};
use super::super::chat;
use super::super::fields::Fields;
use super::super::refusal::Refusal;
use super::super::running::Running;
use super::super::stream;
use crate::domain::agent::Provider;
use crate::llm::{ChatModel, Constraint, Ended, Health, ModelError, Prompt, Said, Saying};

/// Says these pieces and ends so; with `None` it never ends.
#[derive(Clone)]
struct Scripted {
    pieces: &'static [&'static str],
    end: Option<Result<Ended, ModelError>>,
}

impl ChatModel for Scripted {
    fn name(&self) -> String {
        "scripted".to_owned()
    }

    fn provider(&self) -> Provider {
        Provider::Local
    }

    fn say<'a>(&'a self, _: &'a Prompt, pieces: Option<mpsc::UnboundedSender<String>>) -> Saying<'a> {
        Box::pin(async move {
            for piece in self.pieces {
                tokio::task::yield_now().await;
                let _ = pieces.as_ref().map(|to| to.send((*piece).to_owned()));
            }
            let ended = match self.end {
                Some(end) => end?,
                None => std::future::pending().await,
            };
            Ok(Said { text: self.pieces.concat(), tokens_in: 3, tokens_out: 9, model: self.name(), ended })
        })
    }

    fn health(&self) -> Health {
        Health::Healthy
    }
}

const JSON: Constraint = Constraint::Schema { name: String::new(), schema: Value::Null };

/// A completion under way, and the one place there is.
fn running(model: &Scripted) -> (Running, Arc<Semaphore>) {
    let body = json!({ "messages": [{ "role": "user", "content": "eight ch" }] });
    let prompt = chat::read(Fields::of(body.as_object().unwrap())).unwrap().prompt;
    let places = Arc::new(Semaphore::new(1));
    let place = Arc::clone(&places).try_acquire_owned().unwrap();
    (Running::start(Arc::new(model.clone()), prompt, place), places)
}

async fn body(response: Response) -> String {
    String::from_utf8(to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec()).unwrap()
}

/// The data of the events.
async fn events(answer: Result<Response, Refusal>) -> Result<Vec<String>, Refusal> {
    Ok(body(answer?).await.split_terminator("\n\n").map(|event| event.strip_prefix("data: ").unwrap().to_owned()).collect())
}

#[tokio::test]
async fn an_answer_is_the_same_whole_and_streamed() {
    for (model, constraint, content, reason, used) in [
        (Scripted { pieces: &["a", "b", " c"], end: Some(Ok(Ended::Stop)) }, Constraint::Free, "ab c", "stop", (3, 9)),
        (Scripted { pieces: &["a"], end: Some(Ok(Ended::Length)) }, Constraint::Free, "a", "length", (3, 9)),
        (Scripted { pieces: &[], end: Some(Ok(Ended::Stop)) }, Constraint::Free, "", "stop", (3, 9)),
        // What it is not sure of it leaves out; tokens are guessed.
        (Scripted { pieces: &["a", "b"], end: Some(Err(ModelError::Unsure)) }, Constraint::Free, "ab", "stop", (2, 2)),
        (Scripted { pieces: &["{}"], end: Some(Ok(Ended::Stop)) }, JSON, "{}", "stop", (3, 9)),
        (Scripted { pieces: &["{"], end: Some(Ok(Ended::Length)) }, JSON, "{", "length", (3, 9)),
    ] {
        let usage = json!({ "prompt_tokens": used.0, "completion_tokens": used.1, "total_tokens": used.0 + used.1 });
        let all: Value = serde_json::from_str(&body(whole(running(&model).0, &Head::new("m"), &constraint).await.unwrap()).await).unwrap();
        let choice = &all["choices"][0];
        assert_eq!((choice["message"]["content"].as_str(), choice["finish_reason"].as_str()), (Some(content), Some(reason)));
        assert_eq!((&all["usage"], all["object"].as_str(), all["model"].as_str()), (&usage, Some("chat.completion"), Some("m")));
        for wanted in [false, true] {
            let mut events = events(stream::answer(running(&model).0, Head::new("m"), constraint.clone(), wanted).await).await.unwrap();
            assert_eq!(events.pop().as_deref(), Some("[DONE]"));
            let mut chunks: Vec<Value> = events.iter().map(|event| serde_json::from_str(event).unwrap()).collect();
            assert!(chunks.iter().all(|chunk| chunk["object"] == "chat.completion.chunk" && chunk["id"] == chunks[0]["id"]));
            if wanted {
                let last = chunks.pop().unwrap();
                assert_eq!((&last["choices"], &last["usage"]), (&json!([]), &usage));
            }
            assert!(chunks.iter().all(|chunk| chunk.get("usage").is_some_and(Value::is_null) == wanted));
            assert_eq!(chunks[0]["choices"][0]["delta"]["role"], "assistant");
            let said: String = chunks.iter().filter_map(|chunk| chunk["choices"][0]["delta"]["content"].as_str()).collect();
            let reasons: Vec<&Value> = chunks.iter().map(|chunk| &chunk["choices"][0]["finish_reason"]).filter(|r| !r.is_null()).collect();
            assert_eq!((said.as_str(), reasons), (content, vec![&json!(reason)]));
        }
    }
}

#[tokio::test]
async fn a_failure_is_a_refusal_before_the_first_word_and_an_event_after_it() {
    for (error, status, code) in [
        (ModelError::Busy, 503, "busy"),
        (ModelError::TooLong, 400, "context_length_exceeded"),
        (ModelError::Timeout, 504, "timeout"),
        (ModelError::Failed, 500, "internal"),
    ] {
        let silent = Scripted { pieces: &[], end: Some(Err(error)) };
        let begun = Scripted { pieces: &["a"], end: Some(Err(error)) };
        for model in [&silent, &begun] {
            let refused = whole(running(model).0, &Head::new("m"), &Constraint::Free).await.unwrap_err();
            assert_eq!((refused.status.as_u16(), refused.code), (status, code));
        }
        let refused = stream::answer(running(&silent).0, Head::new("m"), Constraint::Free, false).await.unwrap_err();
        assert_eq!((refused.status.as_u16(), refused.code), (status, code));
        let events = events(stream::answer(running(&begun).0, Head::new("m"), Constraint::Free, false).await).await.unwrap();
        let last: Value = serde_json::from_str(events.last().unwrap()).unwrap();
        assert_eq!((events.len(), last["error"]["code"].as_str()), (3, Some(code)));
    }
}

#[tokio::test]
async fn what_is_no_json_is_not_passed_off_as_such() {
    let model = Scripted { pieces: &["{\"a\": ", "oh"], end: Some(Ok(Ended::Stop)) };
    let refused = whole(running(&model).0, &Head::new("m"), &JSON).await.unwrap_err();
    assert_eq!((refused.status.as_u16(), refused.code, refused.param.as_deref()), (500, "invalid_output", Some("response_format")));
    let events = events(stream::answer(running(&model).0, Head::new("m"), JSON, false).await).await.unwrap();
    assert!(events.last().unwrap().contains("invalid_output"), "{events:?}");
}

#[tokio::test]
async fn who_leaves_ends_the_work_and_who_reads_slowly_keeps_no_place() {
    let endless = Scripted { pieces: &["a"], end: None };
    let (work, places) = running(&endless);
    let answer = stream::answer(work, Head::new("m"), Constraint::Free, false).await.unwrap();
    let mut stream = Body::into_data_stream(answer.into_body());
    assert!(stream.next().await.is_some());
    assert_eq!(places.available_permits(), 0);
    drop(stream);
    tokio::time::timeout(Duration::from_secs(5), places.acquire()).await.unwrap().unwrap().forget();
    let (unread, places) = running(&Scripted { pieces: &["a", "b"], end: Some(Ok(Ended::Stop)) });
    tokio::time::timeout(Duration::from_secs(5), places.acquire()).await.unwrap().unwrap().forget();
    assert_eq!(unread.finish().await.unwrap().text, "ab");
}
