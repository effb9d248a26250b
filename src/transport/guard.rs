//! What stands around every request: its name, whose pages may send it, and what browsers may do with the
//! answer.

use std::collections::HashSet;
use std::net::IpAddr;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use tower_http::cors::CorsLayer;

use super::caller::{self, Caller, Peer};
use super::reply;
use super::wire::WireError;
use super::{Shared, openai};
use crate::config::Server;
use crate::domain::error::{ErrorCode, Rejected};

/// What our own pages may load and do.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                      connect-src 'self' ws: wss:; manifest-src 'self'; base-uri 'none'; form-action 'self'; \
                      frame-ancestors 'none'";
/// Where Engine.IO lives; its polls carry plain text.
pub const SOCKET_IO: &str = "/socket.io/";

/// Names this server goes by, and other sites that may call it.
pub struct Sites {
    hosts: HashSet<String>,
    origins: HashSet<String>,
}

impl Sites {
    /// From the configuration.
    pub fn new(server: &Server) -> Self {
        let mut hosts: HashSet<String> = server.allowed_hosts.iter().map(|host| host.to_lowercase()).collect();
        let mut origins: HashSet<String> = server.cors_origins.iter().map(|origin| plain_origin(origin)).collect();
        if let Some(url) = &server.public_url {
            let origin = plain_origin(url);
            if let Some((_, authority)) = origin.split_once("://") {
                hosts.insert(host_of(authority).to_lowercase());
            }
            origins.insert(origin);
        }
        hosts.insert("localhost".to_owned());
        Self { hosts, origins }
    }

    fn knows_host(&self, authority: &str) -> bool {
        let host = host_of(authority);
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        bare.parse::<IpAddr>().is_ok() || self.hosts.contains(&host.to_lowercase())
    }

    /// Whether pages of an origin may send requests that change something.
    fn allows_origin(&self, origin: &str, own_authority: &str) -> bool {
        let origin = plain_origin(origin);
        let own = origin
            .split_once("://")
            .is_some_and(|(scheme, authority)| matches!(scheme, "http" | "https") && authority.eq_ignore_ascii_case(own_authority));
        own || self.origins.contains(&origin)
    }
}

/// `scheme://host:port` of an address, in lower case.
fn plain_origin(url: &str) -> String {
    let lower = url.trim().to_lowercase();
    match lower.split_once("://") {
        Some((scheme, rest)) => format!("{scheme}://{}", rest.split('/').next().unwrap_or_default()),
        None => lower,
    }
}

/// The host of `host:port`.
fn host_of(authority: &str) -> &str {
    if authority.starts_with('[') {
        return authority.split_inclusive(']').next().unwrap_or(authority);
    }
    authority.rsplit_once(':').map_or(authority, |(host, _)| host)
}

/// Puts the guard around the routes.
pub fn around(routes: Router, shared: Shared) -> Router {
    let cors = cors(&shared.config.server);
    let guarded = routes.layer(middleware::from_fn_with_state(shared, check));
    match cors {
        Some(cors) => guarded.layer(cors),
        None => guarded,
    }
}

/// What other sites' pages may do; nothing unless the shop names them. Never with cookies.
fn cors(server: &Server) -> Option<CorsLayer> {
    let origins: Vec<HeaderValue> = server.cors_origins.iter().filter_map(|origin| plain_origin(origin).parse().ok()).collect();
    (!origins.is_empty()).then(|| {
        CorsLayer::new()
            .allow_origin(origins)
            .allow_methods([Method::GET, Method::POST])
            .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE, HeaderName::from_static("last-event-id")])
            .expose_headers([HeaderName::from_static("x-request-id"), header::RETRY_AFTER])
    })
}

async fn check(State(shared): State<Shared>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<Peer>().copied();
    let caller = caller::read(request.headers(), peer, &shared.config.server.trusted_proxies);
    let request_id = caller.request_id.clone();
    let mut response = match refusal(shared.sites(), &request) {
        Some((status, rejected)) if openai::owns(request.uri().path()) => openai::refuse(status, &rejected),
        Some((status, rejected)) => reply::refuse_with(status, &WireError::new(&rejected, &request_id), &rejected),
        None => {
            request.extensions_mut().insert::<Caller>(caller);
            next.run(request).await
        }
    };
    protect(response.headers_mut(), &request_id);
    response
}

fn refusal(sites: &Sites, request: &Request) -> Option<(StatusCode, Rejected)> {
    let header = |name: HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok());
    let authority = header(header::HOST).or_else(|| request.uri().authority().map(axum::http::uri::Authority::as_str));
    let Some(authority) = authority.filter(|authority| sites.knows_host(authority)) else {
        let rejected = Rejected::new(ErrorCode::Forbidden, "This server does not go by that name.");
        return Some((StatusCode::MISDIRECTED_REQUEST, rejected));
    };
    let path = request.uri().path();
    let changes = request.method() == Method::POST || path == "/ws" || path.starts_with(SOCKET_IO);
    if changes && request.headers().contains_key(header::ORIGIN) {
        let allowed = header(header::ORIGIN).is_some_and(|origin| sites.allows_origin(origin, authority));
        if !allowed {
            let rejected = Rejected::new(ErrorCode::Forbidden, "Pages of that site may not call this shop.");
            return Some((StatusCode::FORBIDDEN, rejected));
        }
    }
    if request.method() == Method::POST && !path.starts_with(SOCKET_IO) {
        let kind = header(header::CONTENT_TYPE).unwrap_or_default();
        let essence = kind.split(';').next().unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case("application/json") {
            let rejected = Rejected::new(ErrorCode::UnsupportedMediaType, "Send the body as application/json.");
            return Some((StatusCode::UNSUPPORTED_MEDIA_TYPE, rejected));
        }
    }
    None
}

fn protect(headers: &mut HeaderMap, request_id: &str) {
    let fixed = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Ok(value) = HeaderValue::from_str(request_id) {
        headers.insert(HeaderName::from_static("x-request-id"), value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_and_origins_are_ours_or_named() {
        let server = Server {
            allowed_hosts: vec!["Kiosk.Local".into()],
            public_url: Some("https://chat.shop.example/help".into()),
            cors_origins: vec!["https://www.shop.example".into()],
            ..Server::default()
        };
        let sites = Sites::new(&server);
        for (host, known) in [
            ("127.0.0.1:8080", true),
            ("[::1]:8080", true),
            ("localhost", true),
            ("kiosk.local:8080", true),
            ("chat.shop.example", true),
            ("evil.example", false),
            ("localhost.evil.example", false),
            ("", false),
        ] {
            assert_eq!(sites.knows_host(host), known, "{host}");
        }
        for (origin, own, allowed) in [
            ("http://127.0.0.1:8080", "127.0.0.1:8080", true),
            ("http://127.0.0.1:9999", "127.0.0.1:8080", false),
            ("https://www.shop.example", "127.0.0.1:8080", true),
            ("https://chat.shop.example", "10.0.0.1", true),
            ("null", "127.0.0.1:8080", false),
            ("https://evil.example", "127.0.0.1:8080", false),
            ("file://127.0.0.1:8080", "127.0.0.1:8080", false),
        ] {
            assert_eq!(sites.allows_origin(origin, own), allowed, "{origin}");
        }
    }
}
