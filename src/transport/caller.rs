//! Who calls: address, request id, and the token sent along.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};

use crate::config::Network;
use crate::gateway::Origin;

/// The other end of the connection, put into each request by the listener.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub SocketAddr);

/// Holds a connection's place for as long as it lives, also after an upgrade.
#[derive(Debug, Clone)]
pub struct Place {
    _permit: std::sync::Arc<tokio::sync::OwnedSemaphorePermit>,
}

impl Place {
    /// A place that is given back when its last holder is gone.
    pub fn new(permit: tokio::sync::OwnedSemaphorePermit) -> Self {
        Self { _permit: std::sync::Arc::new(permit) }
    }
}

/// Who calls.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The client's address, seen through trusted proxies.
    pub address: IpAddr,
    /// Name of the request in answers and in the log.
    pub request_id: String,
    /// The token sent as `Authorization: Bearer`.
    pub bearer: Option<String>,
}

impl Caller {
    /// As the gateway knows a caller.
    pub fn origin(&self, transport: &'static str) -> Origin {
        Origin { transport, address: self.address, request_id: self.request_id.clone(), connection: 0 }
    }
}

impl Caller {
    /// The caller of a request that the guard has let through.
    pub fn of(parts: &Parts) -> Self {
        parts.extensions.get::<Self>().cloned().unwrap_or_else(|| Self {
            address: IpAddr::V4(Ipv4Addr::UNSPECIFIED),
            request_id: request_id(&parts.headers),
            bearer: None,
        })
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(parts))
    }
}

/// The caller of a request.
pub fn read(headers: &HeaderMap, peer: Option<Peer>, trusted: &[Network]) -> Caller {
    let address = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| client_address(headers, peer.0.ip().to_canonical(), trusted));
    Caller { address, request_id: request_id(headers), bearer: bearer(headers) }
}

/// The right-most hop that is not one of our own proxies; the peer itself unless it is one.
fn client_address(headers: &HeaderMap, peer: IpAddr, trusted: &[Network]) -> IpAddr {
    let ours = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    if !ours(peer) {
        return peer;
    }
    let hops: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .collect();
    let mut address = peer;
    for hop in hops.iter().rev() {
        let Ok(next) = hop.parse::<IpAddr>() else { break };
        address = next.to_canonical();
        if !ours(address) {
            break;
        }
    }
    address
}

/// Longest name of a request that is taken over.
const REQUEST_ID_MAX: usize = 64;

fn request_id(headers: &HeaderMap) -> String {
    let given = headers.get("x-request-id").and_then(|value| value.to_str().ok());
    let fits = |id: &&str| {
        (1..=REQUEST_ID_MAX).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
    };
    given.filter(fits).map_or_else(|| uuid::Uuid::new_v4().to_string(), str::to_owned)
}

fn bearer(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{RawSetting, Setting as _};

    #[test]
    fn forwarded_addresses_are_believed_only_from_our_proxies() {
        let network = |text: &str| Network::read(&RawSetting::Text(text.to_owned())).unwrap();
        let trusted = [network("10.0.0.0/8")];
        for (peer, forwarded, expected) in [
            ("10.0.0.1", Some("203.0.113.9"), "203.0.113.9"),
            ("10.0.0.1", Some("1.2.3.4, 203.0.113.9, 10.0.0.2"), "203.0.113.9"),
            ("10.0.0.1", Some("nonsense"), "10.0.0.1"),
            ("10.0.0.1", None, "10.0.0.1"),
            ("198.51.100.7", Some("203.0.113.9"), "198.51.100.7"),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(value) = forwarded {
                headers.insert("x-forwarded-for", value.parse().unwrap());
            }
            let seen = client_address(&headers, peer.parse().unwrap(), &trusted);
            assert_eq!(seen, expected.parse::<IpAddr>().unwrap(), "{peer} {forwarded:?}");
        }
    }

    #[test]
    fn a_request_keeps_its_name_only_if_it_is_harmless() {
        for (given, kept) in [("abc-1.2_Z", true), ("", false), ("a b", false), ("\u{e9}", false), (&"x".repeat(65), false)] {
            let mut headers = HeaderMap::new();
            if let Ok(value) = axum::http::HeaderValue::from_bytes(given.as_bytes()) {
                headers.insert("x-request-id", value);
            }
            assert_eq!(request_id(&headers) == given, kept, "{given}");
        }
    }
}
