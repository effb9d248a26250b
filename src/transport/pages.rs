//! The pages and what they load, compiled into the program.

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use rust_embed::RustEmbed;
use tower_http::compression::CompressionLayer;

use super::Shared;
use super::caller::Caller;
use super::reply;

#[derive(RustEmbed)]
#[folder = "assets/web"]
struct Web;

/// The routes of the pages.
pub fn routes() -> Router<Shared> {
    Router::new().route("/", get(chat)).route("/assets/{*path}", get(asset)).layer(CompressionLayer::new())
}

async fn chat(headers: HeaderMap, caller: Caller) -> Response {
    file("index.html", &headers).map_or(reply::not_found(caller).await, |page| page)
}

/// The documentation of the interface.
pub async fn docs(headers: HeaderMap, caller: Caller) -> Response {
    file("docs.html", &headers).map_or(reply::not_found(caller).await, |page| page)
}

async fn asset(Path(path): Path<String>, headers: HeaderMap, caller: Caller) -> Response {
    file(&path, &headers).map_or(reply::not_found(caller).await, |page| page)
}

fn file(path: &str, headers: &HeaderMap) -> Option<Response> {
    let file = Web::get(path)?;
    let digest = file.metadata.sha256_hash();
    let tag = format!("\"{}\"", digest.iter().take(12).map(|byte| format!("{byte:02x}")).collect::<String>());
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()) == Some(tag.as_str());
    let mut response = if known { StatusCode::NOT_MODIFIED.into_response() } else { file.data.into_response() };
    let own = response.headers_mut();
    own.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind(path)));
    // The name of a file stays while its content changes with the program: always asked for, rarely sent.
    own.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if let Ok(value) = HeaderValue::from_str(&tag) {
        own.insert(header::ETAG, value);
    }
    Some(response)
}

fn kind(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "webmanifest" => "application/manifest+json",
        _ => "application/octet-stream",
    }
}
