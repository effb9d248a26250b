//! What only staff and this machine may see: metrics, analytics, the documentation of the interface.

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::get;
use subtle::ConstantTimeEq as _;

use super::caller::Caller;
use super::{Shared, analytics, openapi, pages, reply};
use crate::domain::error::{ErrorCode, Rejected};
use crate::domain::time::Moment;
use crate::gateway;
use crate::telemetry;

/// The routes of the staff's side.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/metrics", get(metrics))
        .route("/analytics/agents", get(analytics::agents))
        .route("/openapi.json", get(openapi::document))
        .route("/docs", get(pages::docs))
}

/// The scope of a token; `None` unless it is a living one.
pub async fn scope(shared: &Shared, token: &str) -> Option<String> {
    if !token.starts_with("emt_") {
        return None;
    }
    let hash = gateway::hash(token);
    let now = Moment::now();
    let tokens = shared.gateway.store().backend().tokens().await.ok()?;
    let living = tokens.into_iter().find(|row| {
        let same: bool = row.hash.ct_eq(&hash).into();
        same && row.revoked_at.is_none() && row.expires_at > now
    });
    living.map(|row| row.scope)
}

/// Whether a token is a living one with one of the scopes.
pub async fn is_staff(shared: &Shared, token: &str, scopes: &[&str]) -> bool {
    scope(shared, token).await.is_some_and(|scope| scopes.contains(&scope.as_str()))
}

/// Lets staff through.
///
/// # Errors
/// `unauthorized` without a token, `forbidden` with one that does not fit; too many requests.
pub async fn admit(shared: &Shared, caller: &Caller, scopes: &[&str]) -> Result<(), Rejected> {
    shared.gateway.count(&caller.origin("rest"), None)?;
    let Some(token) = caller.bearer.as_deref() else {
        return Err(Rejected::new(ErrorCode::Unauthorized, "This needs a staff token: electromart token create NAME."));
    };
    if is_staff(shared, token, scopes).await {
        return Ok(());
    }
    Err(Rejected::new(ErrorCode::Forbidden, "This token does not allow that."))
}

/// `GET /metrics`
async fn metrics(State(shared): State<Shared>, caller: Caller) -> Response {
    if !caller.address.is_loopback()
        && let Err(rejected) = admit(&shared, &caller, &["read", "admin"]).await
    {
        return reply::refuse(&rejected, &caller);
    }
    let Some(handle) = &shared.metrics else {
        return reply::refuse(&Rejected::new(ErrorCode::NotFound, "No metrics are gathered."), &caller);
    };
    telemetry::process();
    telemetry::queue_length(shared.queue.len());
    handle.run_upkeep();
    let mut response = reply::json(StatusCode::OK, handle.render());
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8"));
    response
}
