//! Labels customers gave: an unclear message, what was said before it, and the meaning they tapped.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::domain::agent::Intent;
use crate::domain::ids::{Seq, SessionKey};
use crate::domain::message::{Body, Stored};
use crate::store::rows::Label;
use crate::store::{Store, StoreError};

/// Messages before the labelled one, as many as the encoder reads.
const HISTORY: usize = 2;

/// A line of JSON for every message whose meaning was tapped, by session and place in it: `{text, label, history}`, as
/// `electromart train intents` reads it. Of two taps about the same message the later counts.
///
/// # Errors
/// When the store fails.
pub async fn labels(store: &Store) -> Result<String, StoreError> {
    let mut tapped: BTreeMap<(SessionKey, Seq), Intent> = BTreeMap::new();
    for row in store.backend().labels().await? {
        if let Label::Intent(intent) = row.label {
            tapped.insert((row.session, row.seq), intent);
        }
    }
    let mut lines = String::new();
    for ((session, seq), intent) in tapped {
        let mut said = store.history(session, seq, HISTORY + 1).await?;
        let about = said.pop().filter(|stored| stored.seq == seq);
        if let Some(Body::User(message)) = about.map(|stored| stored.body)
            && message.tap.is_none()
        {
            let history: Vec<Value> = said.iter().filter_map(line).collect();
            lines += &format!("{}\n", json!({ "text": message.text, "label": intent.name(), "history": history }));
        }
    }
    Ok(lines)
}

fn line(stored: &Stored) -> Option<Value> {
    match &stored.body {
        Body::User(message) => Some(json!({ "role": "user", "text": message.text })),
        Body::Agent(message) => Some(json!({ "role": "agent", "text": message.text })),
        Body::Notice(_) => None,
    }
}
