//! A server that speaks the OpenAI protocol, well or badly, as a script tells it.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

/// What the server does next with a connection; after the last step it closes it.
#[derive(Clone)]
pub enum Step {
    Send(Vec<u8>),
    Wait(Duration),
}

/// A request as it came over the wire.
#[derive(Clone)]
pub struct Heard {
    /// Everything, head and body.
    pub raw: String,
    /// The body.
    pub body: Value,
}

/// The server. It runs until the test ends.
pub struct Fake {
    pub base: String,
    heard: Arc<Mutex<Vec<Heard>>>,
}

impl Fake {
    /// `script` is called with the body of each request and how many there were before it.
    pub fn start(script: impl Fn(&Value, usize) -> Vec<Step> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let base = format!("http://{}/v1", listener.local_addr().expect("bound"));
        let heard: Arc<Mutex<Vec<Heard>>> = Arc::default();
        let (seen, script) = (Arc::clone(&heard), Arc::new(script));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (seen, script) = (Arc::clone(&seen), Arc::clone(&script));
                std::thread::spawn(move || serve(stream, &seen, &*script));
            }
        });
        Self { base, heard }
    }

    /// Everything it was sent so far.
    pub fn heard(&self) -> Vec<Heard> {
        self.heard.lock().expect("a list").clone()
    }

    pub fn count(&self) -> usize {
        self.heard.lock().expect("a list").len()
    }
}

fn serve(mut stream: TcpStream, heard: &Mutex<Vec<Heard>>, script: &(impl Fn(&Value, usize) -> Vec<Step> + ?Sized)) {
    let Some(request) = read(&mut stream) else { return };
    let before = {
        let mut heard = heard.lock().expect("a list");
        heard.push(request.clone());
        heard.len() - 1
    };
    for step in script(&request.body, before) {
        match step {
            Step::Send(bytes) => {
                if stream.write_all(&bytes).and_then(|()| stream.flush()).is_err() {
                    return;
                }
            }
            Step::Wait(pause) => std::thread::sleep(pause),
        }
    }
}

fn read(stream: &mut TcpStream) -> Option<Heard> {
    let mut raw = Vec::new();
    let mut buffer = [0; 4096];
    let head = loop {
        if let Some(end) = raw.windows(4).position(|w| w == b"\r\n\r\n") {
            break end + 4;
        }
        match stream.read(&mut buffer).ok()? {
            0 => return None,
            n => raw.extend_from_slice(&buffer[..n]),
        }
    };
    let text = String::from_utf8_lossy(&raw[..head]).to_lowercase();
    let length = text.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse::<usize>().ok()).unwrap_or(0);
    while raw.len() < head + length {
        match stream.read(&mut buffer).ok()? {
            0 => return None,
            n => raw.extend_from_slice(&buffer[..n]),
        }
    }
    let body = serde_json::from_slice(&raw[head..]).unwrap_or(Value::Null);
    Some(Heard { raw: String::from_utf8_lossy(&raw).into_owned(), body })
}

/// A status with a body and further headers.
pub fn status(code: u16, headers: &str, body: &str) -> Vec<Step> {
    vec![Step::Send(
        format!("HTTP/1.1 {code} X\r\nconnection: close\r\ncontent-length: {}\r\n{headers}\r\n{body}", body.len()).into_bytes(),
    )]
}

/// The head of a stream that ends with its connection.
pub fn head() -> Step {
    Step::Send(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: text/event-stream\r\n\r\n".to_vec())
}

fn event(data: &Value) -> Step {
    Step::Send(format!("data: {data}\n\n").into_bytes())
}

/// A piece of the text.
pub fn piece(text: &str) -> Step {
    event(
        &json!({ "id": "x", "object": "chat.completion.chunk", "model": "fake-1", "choices": [{ "index": 0, "delta": { "content": text } }] }),
    )
}

/// The end of the text, with the tokens used.
pub fn end(tokens_in: u32, tokens_out: u32) -> Vec<Step> {
    let usage = json!({ "prompt_tokens": tokens_in, "completion_tokens": tokens_out, "total_tokens": tokens_in + tokens_out });
    vec![
        event(&json!({ "choices": [{ "index": 0, "delta": {}, "finish_reason": "stop" }] })),
        event(&json!({ "choices": [], "usage": usage })),
        Step::Send(b"data: [DONE]\n\n".to_vec()),
    ]
}

/// A text in pieces of a few letters, whole.
pub fn say(text: &str) -> Vec<Step> {
    say_for(text, 100, 20)
}

/// The same for a price.
pub fn say_for(text: &str, tokens_in: u32, tokens_out: u32) -> Vec<Step> {
    std::iter::once(head()).chain(pieces(text)).chain(end(tokens_in, tokens_out)).collect()
}

/// A text in pieces of a few letters.
pub fn pieces(text: &str) -> Vec<Step> {
    let letters: Vec<char> = text.chars().collect();
    letters.chunks(7).map(|chunk| piece(&chunk.iter().collect::<String>())).collect()
}

/// Whether a request asks for a plan rather than for words.
pub fn is_plan(request: &Value) -> bool {
    request["messages"][0]["content"].as_str().is_some_and(|rules| rules.contains("Answer with one JSON object"))
}

/// The lines of a block of the prompt.
pub fn block(request: &Value, name: &str) -> Vec<String> {
    let body = request["messages"].as_array().and_then(|all| all.last()).and_then(|last| last["content"].as_str()).unwrap_or_default();
    let inside = body.split_once(&format!("<{name}>\n")).and_then(|(_, rest)| rest.split_once(&format!("\n</{name}>")));
    inside.map(|(inside, _)| inside.lines().map(str::to_owned).collect()).unwrap_or_default()
}

/// What a model that keeps to the points says; asked for a plan, it has none.
pub fn obedient(request: &Value) -> String {
    if is_plan(request) { "{}".to_owned() } else { block(request, "say").join("\n") }
}
