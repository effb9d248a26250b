//! `/v1` at the door: the real program with a model whose words are known.

mod embeddings;
mod fence;
mod refused;
mod said;

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use crate::http::Answer;
use crate::recital;
use crate::shop::{Shop, Start, run_json};

const CHAT: &str = "/v1/chat/completions";

/// A shop with the reciting model, and a token for it.
struct Desk {
    shop: Shop,
    key: String,
    home: tempfile::TempDir,
}

impl Desk {
    fn open() -> Self {
        Self::with(&[])
    }

    fn with(settings: &[(&str, &str)]) -> Self {
        let file = recital::file();
        Self::start(&Start { settings, flags: &["--model", file.to_str().expect("text")], log: None })
    }

    fn start(start: &Start<'_>) -> Self {
        let home = tempfile::tempdir().expect("a folder");
        let shop = Shop::in_folder(home.path(), start);
        for _ in 0..400 {
            let state = shop.get("/health").json()["checks"]["local_model"]["status"].clone();
            if state != "loading" {
                break;
            }
            std::thread::sleep(Duration::from_millis(25));
        }
        let key = token(home.path(), "inference");
        Self { shop, key, home }
    }

    fn post(&self, path: &str, body: &Value) -> Answer {
        self.shop.post_with(path, &self.key, body)
    }

    /// Asks the reciting model, which takes the likeliest words unless told otherwise.
    fn ask(&self, fields: &Value) -> Answer {
        self.post(CHAT, &question(fields))
    }
}

fn token(home: &Path, scope: &str) -> String {
    let made = run_json(home, &["token", "create", "api", "--scope", scope, "--data-dir", "data"]);
    made["token"].as_str().expect("a token").to_owned()
}

/// A request with further fields.
fn question(fields: &Value) -> Value {
    let mut body = json!({ "model": "recital", "temperature": 0, "messages": [{ "role": "user", "content": "hello" }] });
    for (name, value) in fields.as_object().expect("fields") {
        body[name] = value.clone();
    }
    body
}

/// What a refusal says: status, code, param.
fn refusal(answer: &Answer) -> (u16, String, String) {
    let document = answer.json();
    let error = &document["error"];
    assert!(error["message"].as_str().is_some_and(|text| !text.is_empty()) && error["type"].is_string(), "{document}");
    assert!(answer.header("x-request-id").is_some_and(|id| !id.is_empty()));
    let text = |name: &str| error[name].as_str().unwrap_or("-").to_owned();
    (answer.status, text("code"), text("param"))
}
