//! Sessions: opened, proven with a token, ended.

use std::time::Duration;

use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::domain::error::Rejected;
use crate::domain::event::SessionGrant;
use crate::domain::ids::{SessionId, SessionKey};
use crate::domain::time::Moment;
use crate::store::command::OpenSession;
use crate::store::{Store, StoreError};
use crate::telemetry;

/// A secret: 256 random bits, shown once as 64 hexadecimal digits, kept only as its SHA-256.
pub struct Token(String);

impl Token {
    /// A fresh one.
    pub fn random() -> Self {
        let bytes: [u8; 32] = rand::random();
        Self(bytes.iter().map(|b| format!("{b:02x}")).collect())
    }

    /// A fresh one for staff and scripts, marked so that it is recognised where it does not belong.
    pub fn staff() -> Self {
        Self(format!("emt_{}", Self::random().0))
    }

    /// The secret itself.
    pub fn secret(&self) -> &str {
        &self.0
    }

    /// What is kept of it.
    pub fn hash(&self) -> [u8; 32] {
        hash(&self.0)
    }
}

/// SHA-256 of a secret.
pub fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// Opens a session under a random name.
pub async fn open(store: &Store) -> Result<SessionGrant, StoreError> {
    open_as(store, SessionId::random(), None).await
}

/// Opens a session under a chosen name, or continues the living one.
pub async fn open_named(store: &Store, id: SessionId, ttl: Duration) -> Result<SessionGrant, StoreError> {
    open_as(store, id, Some(ttl)).await
}

async fn open_as(store: &Store, id: SessionId, or_continue: Option<Duration>) -> Result<SessionGrant, StoreError> {
    let token = Token::random();
    let now = Moment::now();
    let seconds = u32::try_from(now.unix_seconds()).unwrap_or(u32::MAX);
    let open = OpenSession { id, key: SessionKey::new(seconds, rand::random()), token_hash: token.hash(), at: now, or_continue };
    let opened = store.open_session(open).await?;
    if !opened.continued {
        telemetry::conversation();
    }
    let token = (!opened.continued).then_some(token.0);
    Ok(SessionGrant { id: opened.row.id, key: opened.key, token, last_seq: opened.row.last_seq })
}

/// The session of a name, if the token fits. Unknown name and wrong token take the same way.
pub async fn authenticate(store: &Store, id: &str, token: &str, ttl: Duration, now: Moment) -> Result<SessionGrant, Rejected> {
    let found = match id.parse::<SessionId>() {
        Ok(id) => store.session_by_id(&id).await.map_err(super::failed)?,
        Err(_) => None,
    };
    let expected = found.as_ref().map_or([0; 32], |(_, row)| row.token_hash);
    let fits: bool = hash(token).ct_eq(&expected).into();
    let Some((key, row)) = found.filter(|_| fits) else { return Err(Rejected::invalid_session()) };
    if row.closed || now.since(row.last_at) > ttl {
        return Err(super::expired());
    }
    Ok(SessionGrant { id: row.id, key, token: None, last_seq: row.last_seq })
}
