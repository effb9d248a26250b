//! Refusals as HTTP answers.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::caller::Caller;
use super::wire::WireError;
use crate::domain::error::{ErrorCode, Rejected};
use crate::telemetry;

/// The status of a code.
pub fn status(code: ErrorCode) -> StatusCode {
    match code {
        ErrorCode::InvalidMessage | ErrorCode::InvalidSession => StatusCode::BAD_REQUEST,
        ErrorCode::Unauthorized => StatusCode::UNAUTHORIZED,
        ErrorCode::Forbidden => StatusCode::FORBIDDEN,
        ErrorCode::NotFound => StatusCode::NOT_FOUND,
        ErrorCode::Conflict => StatusCode::CONFLICT,
        ErrorCode::SessionExpired => StatusCode::GONE,
        ErrorCode::PayloadTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ErrorCode::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ErrorCode::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        ErrorCode::Busy => StatusCode::SERVICE_UNAVAILABLE,
        ErrorCode::Timeout => StatusCode::GATEWAY_TIMEOUT,
        ErrorCode::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// A refusal as it is answered.
pub fn refuse(rejected: &Rejected, caller: &Caller) -> Response {
    refuse_with(status(rejected.code), &WireError::new(rejected, &caller.request_id), rejected)
}

/// A refusal with a status of its own and what it is about.
pub fn refuse_with(status: StatusCode, error: &WireError<'_>, rejected: &Rejected) -> Response {
    telemetry::error(rejected.code.name());
    let mut response = json(status, error.callback());
    if let Some(after) = rejected.retry_after {
        let seconds = after.as_millis().div_ceil(1_000).max(1).to_string();
        if let Ok(value) = HeaderValue::from_str(&seconds) {
            response.headers_mut().insert(header::RETRY_AFTER, value);
        }
    }
    response
}

/// A JSON document that is already text.
pub fn json(status: StatusCode, document: String) -> Response {
    let json = HeaderValue::from_static("application/json");
    let store = HeaderValue::from_static("no-store");
    let mut response = Response::new(Body::from(document));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response.headers_mut().insert(header::CACHE_CONTROL, store);
    response
}

/// There is nothing at that address.
pub async fn not_found(caller: Caller) -> Response {
    refuse(&Rejected::new(ErrorCode::NotFound, "There is nothing at this address."), &caller)
}

/// There is something, but not for that method.
pub async fn method_not_allowed(caller: Caller) -> Response {
    let rejected = Rejected::new(ErrorCode::NotFound, "This address does not take that method.");
    refuse_with(StatusCode::METHOD_NOT_ALLOWED, &WireError::new(&rejected, &caller.request_id), &rejected).into_response()
}
