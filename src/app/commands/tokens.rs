//! API tokens: made, listed, taken back.

use std::time::Duration;

use serde_json::{Value, json};

use super::CommandError;
use crate::app::App;
use crate::domain::time::Moment;
use crate::gateway::Token;
use crate::store::rows::TokenRow;

/// Scopes a token can have.
const SCOPES: &[&str] = &["read", "admin", "inference"];
/// Days in ten years: longer is a mistake.
const MOST_DAYS: u32 = 3_650;

/// Makes a token; the secret is shown this once.
pub async fn create(app: &App, name: String, scope: String, days: u32) -> Result<Value, CommandError> {
    if !SCOPES.contains(&scope.as_str()) {
        return Err(CommandError(format!("{scope} is no scope; use read, admin or inference")));
    }
    if days == 0 || days > MOST_DAYS {
        return Err(CommandError(format!("a token is valid for 1 to {MOST_DAYS} days")));
    }
    if name.trim().is_empty() || name.len() > 100 {
        return Err(CommandError("a token needs a name of at most 100 bytes".to_owned()));
    }
    let token = Token::staff();
    let now = Moment::now();
    let id = format!("tok_{:08x}", rand::random::<u32>());
    let row = TokenRow {
        id: id.clone(),
        name,
        scope,
        hash: token.hash(),
        created_at: now,
        expires_at: now.plus(Duration::from_secs(u64::from(days) * 86_400)),
        revoked_at: None,
    };
    let expires_at = row.expires_at.to_string();
    app.engine.store.put_token(row).await?;
    Ok(json!({ "id": id, "token": token.secret(), "expires_at": expires_at }))
}

/// Lists tokens without their secrets, which nobody has.
pub async fn list(app: &App) -> Result<Value, CommandError> {
    let tokens = app.engine.store.backend().tokens().await?;
    let shown = tokens.iter().map(|token| {
        json!({
            "id": token.id,
            "name": token.name,
            "scope": token.scope,
            "created_at": token.created_at.to_string(),
            "expires_at": token.expires_at.to_string(),
            "revoked_at": token.revoked_at.map(|at| at.to_string()),
        })
    });
    Ok(Value::Array(shown.collect()))
}

/// Takes a token back.
pub async fn revoke(app: &App, id: &str) -> Result<Value, CommandError> {
    let tokens = app.engine.store.backend().tokens().await?;
    let found = tokens.into_iter().find(|token| token.id == id);
    let mut token = found.ok_or_else(|| CommandError(format!("there is no token {id}; `electromart token list` shows them")))?;
    token.revoked_at.get_or_insert(Moment::now());
    app.engine.store.put_token(token).await?;
    Ok(json!({ "id": id, "revoked": true }))
}
