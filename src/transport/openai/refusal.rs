//! Refusals in the protocol's form: `{"error": {"message", "type", "param", "code"}}`.

use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use serde_json::{Value, json};

use super::super::reply;
use crate::domain::error::{ErrorCode, Rejected};
use crate::llm::ModelError;
use crate::telemetry;

/// When it is worth asking a model again that has too much to do, or is being loaded.
const SOON: Duration = Duration::from_secs(1);

/// Why a request was not served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The HTTP status.
    pub status: StatusCode,
    /// Why, for machines.
    pub code: &'static str,
    /// Why, for people.
    pub message: String,
    /// The field at fault, as a path such as `messages[0].role`.
    pub param: Option<String>,
    retry_after: Option<Duration>,
}

impl Refusal {
    /// One that is about no field.
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), param: None, retry_after: None }
    }

    /// One of the request's content.
    pub fn field(param: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message).about(param)
    }

    /// The same, about a field.
    #[must_use]
    pub fn about(mut self, param: impl Into<String>) -> Self {
        self.param = Some(param.into());
        self
    }

    /// Of a field that has a value it cannot have.
    pub fn value(param: &str, must: &str) -> Self {
        Self::field(param, "invalid_value", format!("{param} must be {must}."))
    }

    /// Of a field this server does not support.
    pub fn unsupported(param: &str) -> Self {
        Self::field(param, "unsupported_parameter", format!("{param} is not supported by this server."))
    }

    /// Without a token that counts.
    pub fn unauthorized(message: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "invalid_api_key", message)
    }

    /// For now: there is too much to do.
    pub fn busy(message: &str) -> Self {
        Self { retry_after: Some(SOON), ..Self::new(StatusCode::SERVICE_UNAVAILABLE, ErrorCode::Busy.name(), message) }
    }

    /// A refusal from below, with the status it has everywhere.
    pub fn of_status(status: StatusCode, rejected: &Rejected) -> Self {
        let code = if rejected.code == ErrorCode::RateLimited { "rate_limit_exceeded" } else { rejected.code.name() };
        Self { retry_after: rejected.retry_after, ..Self::new(status, code, rejected.message.as_str()) }
    }

    /// Why a model did not answer.
    pub fn of_model(error: ModelError) -> Self {
        match error {
            ModelError::Busy | ModelError::Resting => {
                Self::busy("The model has too much to do, or is still being loaded. Please try again.")
            }
            ModelError::TooLong => {
                Self::field("messages", "context_length_exceeded", "The messages are longer than what this model can read.")
            }
            ModelError::Timeout => {
                Self::new(StatusCode::GATEWAY_TIMEOUT, ErrorCode::Timeout.name(), "The model did not come to an end in time.")
            }
            _ => Self::new(StatusCode::INTERNAL_SERVER_ERROR, ErrorCode::Internal.name(), "The model failed on this request."),
        }
    }

    fn kind(&self) -> &'static str {
        match self.status {
            StatusCode::TOO_MANY_REQUESTS => "rate_limit_error",
            status if status.is_server_error() => "server_error",
            _ => "invalid_request_error",
        }
    }

    /// As JSON; counts it, as whoever calls this tells a client.
    pub fn document(&self) -> Value {
        telemetry::error(self.code);
        json!({ "error": { "message": self.message, "type": self.kind(), "param": self.param, "code": self.code } })
    }

    /// As an answer.
    pub fn response(&self) -> Response {
        let mut response = reply::json(self.status, self.document().to_string());
        if let Some(after) = self.retry_after {
            let seconds = after.as_millis().div_ceil(1_000).max(1).to_string();
            if let Ok(value) = HeaderValue::from_str(&seconds) {
                response.headers_mut().insert(header::RETRY_AFTER, value);
            }
        }
        response
    }
}

impl From<Rejected> for Refusal {
    fn from(rejected: Rejected) -> Self {
        Self::of_status(reply::status(rejected.code), &rejected)
    }
}

impl From<ModelError> for Refusal {
    fn from(error: ModelError) -> Self {
        Self::of_model(error)
    }
}
