//! The remote model against a server in this process that behaves as told.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use futures_util::StreamExt as _;
use parking_lot::Mutex;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::*;
use crate::llm::{Constraint, Rank, Role};

/// How the server answers, one behaviour a request; the last one stays.
#[derive(Debug, Clone)]
enum Behaviour {
    /// In pieces, to the end.
    Say(Vec<&'static str>),
    /// In pieces, and then the connection breaks.
    Cut(Vec<&'static str>),
    /// A status with words of its own.
    Status(u16),
    /// Something else than the protocol.
    Garbage,
    /// A pause before it answers.
    Slow(Duration),
    /// To another address.
    Redirect(&'static str),
    /// Refuses with a status and these words whatever names one of these fields; says "Yes." to the rest.
    Picky(u16, &'static [&'static str], &'static str),
    /// Busy, with the seconds to wait.
    Busy(&'static str),
    /// Bytes without end or sense.
    Flood,
}

#[derive(Clone)]
struct Server {
    behaviours: Arc<Mutex<Vec<Behaviour>>>,
    requests: Arc<Mutex<Vec<Value>>>,
    base: String,
}

fn chunk(text: &str) -> Bytes {
    Bytes::from(format!("data: {}\n\n", json!({ "model": "fake-1", "choices": [{ "index": 0, "delta": { "content": text } }] })))
}

fn end() -> Vec<Bytes> {
    let finish = json!({ "choices": [{ "index": 0, "delta": {}, "finish_reason": "stop" }] });
    let usage = json!({ "choices": [], "usage": { "prompt_tokens": 12, "completion_tokens": 3, "total_tokens": 15 } });
    vec![Bytes::from(format!("data: {finish}\n\n")), Bytes::from(format!("data: {usage}\n\n")), Bytes::from("data: [DONE]\n\n")]
}

fn stream(pieces: &[&str], whole: bool) -> Response {
    let mut parts: Vec<Result<Bytes, std::io::Error>> = pieces.iter().map(|text| Ok(chunk(text))).collect();
    if whole {
        parts.extend(end().into_iter().map(Ok));
    } else {
        parts.push(Err(std::io::Error::other("cut")));
    }
    let body = Body::from_stream(futures_util::stream::iter(parts).then(|part| async {
        tokio::time::sleep(Duration::from_millis(1)).await;
        part
    }));
    ([("content-type", "text/event-stream")], body).into_response()
}

async fn answer(State(server): State<Server>, body: Bytes) -> Response {
    let request: Value = serde_json::from_slice(&body).unwrap_or_default();
    server.requests.lock().push(request.clone());
    let behaviour = {
        let mut left = server.behaviours.lock();
        if left.len() > 1 { left.remove(0) } else { left[0].clone() }
    };
    match behaviour {
        Behaviour::Say(pieces) => stream(&pieces, true),
        Behaviour::Cut(pieces) => stream(&pieces, false),
        Behaviour::Status(status) => (StatusCode::from_u16(status).unwrap(), "we read: the customer's secret").into_response(),
        Behaviour::Garbage => ([("content-type", "text/event-stream")], "data: {not json}\n\n").into_response(),
        Behaviour::Slow(pause) => {
            tokio::time::sleep(pause).await;
            stream(&["late"], true)
        }
        Behaviour::Picky(status, fields, words) => {
            let has = |field: &&str| match field.split_once('=') {
                Some((field, kind)) => request[field]["type"] == kind,
                None => request.get(*field).is_some(),
            };
            match fields.iter().any(has) {
                true => (StatusCode::from_u16(status).unwrap(), words).into_response(),
                false => stream(&["Yes."], true),
            }
        }
        Behaviour::Busy(seconds) => (StatusCode::TOO_MANY_REQUESTS, [("retry-after", seconds)], "later").into_response(),
        Behaviour::Flood => {
            let endless = futures_util::stream::repeat_with(|| Ok::<_, std::io::Error>(Bytes::from_static(&[b'x'; 65_536])));
            ([("content-type", "text/event-stream")], Body::from_stream(endless)).into_response()
        }
        Behaviour::Redirect(to) => (StatusCode::TEMPORARY_REDIRECT, [("location", to)]).into_response(),
    }
}

impl Server {
    async fn start(behaviours: &[Behaviour]) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/v1", listener.local_addr().unwrap());
        let server = Self { behaviours: Arc::new(Mutex::new(behaviours.to_vec())), requests: Arc::default(), base };
        let router = Router::new().route("/v1/chat/completions", post(answer)).with_state(server.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        server
    }

    fn model(&self, change: impl FnOnce(&mut Config)) -> RemoteModel {
        let mut config = Config::default();
        config.remote.base_url = Some(self.base.clone());
        config.provider.offline = true;
        change(&mut config);
        RemoteModel::configured(&config).unwrap().unwrap()
    }
}

fn prompt() -> Prompt {
    Prompt {
        rank: Rank::Turn,
        messages: vec![(Role::System, "rules".into()), (Role::User, "hello".into())],
        max_tokens: 50,
        temperature: 0.0,
        seed: Some(7),
        stop: Vec::new(),
        constraint: Constraint::Free,
        first_token: Duration::from_secs(2),
        whole: Duration::from_secs(4),
    }
}

#[tokio::test]
async fn answers_and_failures_are_told_apart() {
    use Behaviour as B;
    for (behaviours, expected, requests) in [
        (vec![B::Say(vec!["Hel", "lo."])], Ok("Hello."), 1),
        (vec![B::Status(500), B::Status(429), B::Say(vec!["Third time."])], Ok("Third time."), 3),
        (vec![B::Status(500)], Err(ModelError::Refused(500)), 3),
        (vec![B::Status(401)], Err(ModelError::Refused(401)), 1),
        (vec![B::Status(413)], Err(ModelError::TooLong), 1),
        (vec![B::Garbage], Err(ModelError::Unreadable), 1),
        (vec![B::Cut(vec!["Half a sen"])], Err(ModelError::Unreachable), 1),
        (vec![B::Cut(vec![]), B::Say(vec!["Again."])], Ok("Again."), 2),
        (vec![B::Say(vec![])], Err(ModelError::Unreadable), 1),
        (vec![B::Redirect("http://198.51.100.1/v1")], Err(ModelError::Refused(307)), 1),
        (vec![B::Flood], Err(ModelError::Unreachable), 3),
        (vec![B::Picky(400, &["model"], "maximum context length is 512 tokens")], Err(ModelError::TooLong), 1),
        // All that may be left out was, and it is still no good.
        (vec![B::Picky(400, &["model"], "no")], Err(ModelError::Refused(400)), 2),
    ] {
        let server = Server::start(&behaviours).await;
        let model = server.model(|_| {});
        let (sender, mut pieces) = mpsc::unbounded_channel();
        let said = model.say(&prompt(), Some(sender)).await;
        assert_eq!(said.as_ref().map(|said| said.text.as_str()), expected.as_ref().map(|text| *text), "{behaviours:?}");
        assert_eq!(server.requests.lock().len(), requests, "{behaviours:?}");
        if let Ok(said) = said {
            let mut heard = String::new();
            while let Ok(piece) = pieces.try_recv() {
                heard.push_str(&piece);
            }
            assert_eq!(heard, said.text);
            assert_eq!((said.tokens_in, said.tokens_out, said.model.as_str()), (12, 3, "fake-1"));
        }
    }
}

#[tokio::test]
async fn nobody_waits_for_a_slow_server_longer_than_agreed() {
    let server = Server::start(&[Behaviour::Slow(Duration::from_secs(5))]).await;
    let model = server.model(|_| {});
    let begun = Instant::now();
    let prompt = Prompt { first_token: Duration::from_millis(200), ..prompt() };
    assert_eq!(model.say(&prompt, None).await, Err(ModelError::Timeout));
    assert!(begun.elapsed() < Duration::from_secs(1));
}

#[tokio::test]
async fn a_server_that_keeps_failing_is_left_alone() {
    let server = Server::start(&[Behaviour::Status(403)]).await;
    let model = server.model(|_| {});
    for _ in 0..3 {
        assert_eq!(model.health(), Health::Healthy);
        assert_eq!(model.say(&prompt(), None).await, Err(ModelError::Refused(403)));
    }
    assert_eq!(model.say(&prompt(), None).await, Err(ModelError::Resting));
    assert_eq!(server.requests.lock().len(), 3);
    assert_eq!(model.health(), Health::Degraded);
}

#[tokio::test]
async fn a_dead_server_is_unreachable() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let mut config = Config::default();
    config.remote.base_url = Some(format!("http://{address}/v1"));
    let model = RemoteModel::configured(&config).unwrap().unwrap();
    assert_eq!(model.say(&prompt(), None).await, Err(ModelError::Unreachable));
}

#[tokio::test]
async fn the_budget_and_the_places_are_kept() {
    let server = Server::start(&[Behaviour::Slow(Duration::from_millis(1_500))]).await;
    let model = Arc::new(server.model(|config| config.remote.concurrency = 1));
    let first = tokio::spawn({
        let model = Arc::clone(&model);
        async move { model.say(&prompt(), None).await.map(|said| said.text) }
    });
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(model.say(&prompt(), None).await, Err(ModelError::Busy));
    assert_eq!(first.await.unwrap(), Ok("late".to_owned()));

    let server = Server::start(&[Behaviour::Say(vec!["Yes."])]).await;
    // 12 tokens in and 3 out cost 15; room for one answer of up to 50 tokens beside it.
    let model = server.model(|config| {
        config.remote.budget_per_day = 70.0;
        config.remote.currency_per_mtok_in = 1_000_000.0;
        config.remote.currency_per_mtok_out = 1_000_000.0;
    });
    assert!(model.say(&prompt(), None).await.is_ok());
    assert!(model.say(&prompt(), None).await.is_err_and(|error| error == ModelError::Budget));
    assert_eq!(server.requests.lock().len(), 1);
}

#[tokio::test]
async fn the_request_is_in_the_protocols_words() {
    let server = Server::start(&[Behaviour::Say(vec!["{}"])]).await;
    let schema = json!({ "type": "object", "properties": {}, "additionalProperties": false });
    let constraint = Constraint::Schema { name: "plan".into(), schema: schema.clone() };
    let plan = Prompt { constraint, stop: vec!["###".into()], ..prompt() };
    let model = server.model(|config| config.remote.model = "some-model".into());
    model.say(&plan, None).await.unwrap();
    model.say(&prompt(), None).await.unwrap();
    let request = server.requests.lock()[0].clone();
    assert_eq!(request["model"], "some-model");
    assert_eq!(request["messages"][0], json!({ "role": "system", "content": "rules" }));
    assert_eq!(request["stream"], true);
    assert_eq!(request["seed"], 7);
    assert_eq!((&request["stop"], server.requests.lock()[1].get("stop")), (&json!(["###"]), None));
    assert_eq!(request["response_format"]["json_schema"]["schema"], schema);
}

/// Other people's servers refuse what they do not know. It is left out, and stays left out.
#[tokio::test]
async fn what_a_server_does_not_know_is_left_out_from_then_on() {
    let schema = Constraint::Schema { name: "plan".into(), schema: json!({ "type": "object" }) };
    let plan = Prompt { constraint: schema, ..prompt() };
    for (status, fields, words, first, kept) in [
        // llama-cpp-python 0.3.36 knows JSON, but no schema by this name, and says so in these words.
        (
            500,
            &["response_format=json_schema"][..],
            r#"{"error":{"message":"1 validation error:\n  {'type': 'literal_error', 'loc': ('body', 'response_format', 'type'), 'msg': \"Input should be 'text' or 'json_object'\", 'input': 'json_schema'","type":"internal_server_error","param":null,"code":null}}"#,
            2,
            json!({ "type": "json_object" }),
        ),
        (400, &["response_format"], "'response_format' is not supported", 3, Value::Null),
        (400, &["stream_options"], "stream_options: unknown field", 2, json!("json_schema")),
        (400, &["max_tokens"], "use 'max_completion_tokens' instead of 'max_tokens'", 2, json!("json_schema")),
        (400, &["temperature", "seed"], "temperature and seed cannot be set", 3, json!("json_schema")),
        (422, &["response_format", "stream_options", "seed"], "unprocessable", 2, Value::Null),
    ] {
        let server = Server::start(&[Behaviour::Picky(status, fields, words)]).await;
        let model = server.model(|_| {});
        for requests in [first, first + 1] {
            assert_eq!(model.say(&plan, None).await.map(|said| said.text), Ok("Yes.".to_owned()), "{words}");
            assert_eq!(server.requests.lock().len(), requests, "{words}");
        }
        let format = server.requests.lock().last().unwrap()["response_format"].clone();
        assert!(format == kept || format["type"] == kept, "{words}: {format}");
        assert_eq!(model.health(), Health::Healthy);
    }
}

/// "Come back in two minutes" is heeded: nobody waits for it, and nobody asks before.
#[tokio::test]
async fn a_busy_server_is_asked_again_when_it_says() {
    let server = Server::start(&[Behaviour::Busy("120")]).await;
    let model = server.model(|_| {});
    let begun = Instant::now();
    assert_eq!(model.say(&prompt(), None).await, Err(ModelError::Refused(429)));
    assert_eq!(model.say(&prompt(), None).await, Err(ModelError::Resting));
    assert!(begun.elapsed() < Duration::from_secs(1) && server.requests.lock().len() == 1);
    let server = Server::start(&[Behaviour::Busy("1"), Behaviour::Say(vec!["Now."])]).await;
    let begun = Instant::now();
    assert_eq!(server.model(|_| {}).say(&prompt(), None).await.map(|said| said.text), Ok("Now.".to_owned()));
    assert!(begun.elapsed() >= Duration::from_secs(1));
}
