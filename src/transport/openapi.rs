//! The REST contract as an OpenAPI document.

use axum::http::StatusCode;
use axum::response::Response;

use super::reply;

/// The document; a test holds it against the routes.
const DOCUMENT: &str = include_str!("../../assets/openapi.json");

/// `GET /openapi.json`
pub async fn document() -> Response {
    reply::json(StatusCode::OK, DOCUMENT.to_owned())
}
