//! The one HTTP client of the process: everything that dials out goes through it.
//!
//! The binary is linked statically against glibc, whose resolver needs parts of the machine it was built
//! on, so names are looked up by hickory. Certificates are checked against the machine's own roots and
//! against Mozilla's, which are compiled in for machines that have none.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto::aws_lc_rs};

/// A connection that is not there by then counts as refused.
const CONNECT: Duration = Duration::from_secs(5);
/// Redirects followed in a row.
const REDIRECTS: usize = 3;

/// Why there is no client, or why it may not be used for an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// The address is no address of an HTTP server.
    #[error("remote.base_url is not an http or https address; write it like https://api.example.com/v1")]
    Address,
    /// Only loopback may be dialled.
    #[error("remote.base_url is not on this machine, and the shop runs offline; the remote model is left out")]
    Offline,
    /// The client could not be put together.
    #[error("no encrypted connections can be made on this machine; the remote model is left out")]
    Tls,
}

/// Makes the client. With `offline` it resolves no name but `localhost`, uses no proxy, and
/// [`address`] lets no other machine through.
///
/// # Errors
/// When TLS cannot be set up.
pub fn client(offline: bool) -> Result<reqwest::Client, ClientError> {
    builder(offline, &[])?.build().map_err(|_| ClientError::Tls)
}

/// The same before it is built, for who has more to ask of it. Encrypted redirects to hosts of these `domains` are
/// followed, too.
///
/// # Errors
/// When TLS cannot be set up.
pub fn builder(offline: bool, domains: &'static [&'static str]) -> Result<reqwest::ClientBuilder, ClientError> {
    let builder = reqwest::Client::builder()
        .connect_timeout(CONNECT)
        .redirect(Policy::custom(move |attempt| {
            let leads = |first: &Url| same_origin(first, attempt.url()) || lies_in(attempt.url(), domains);
            let allowed = attempt.previous().first().is_some_and(leads);
            if allowed && attempt.previous().len() <= REDIRECTS { attempt.follow() } else { attempt.stop() }
        }))
        .tls_backend_preconfigured(tls()?);
    Ok(if offline { builder.no_proxy().dns_resolver(Arc::new(OnlyLoopback)) } else { builder })
}

/// Reads the address of a server, and refuses it where it may not be dialled: before any look-up.
///
/// # Errors
/// When it is no address, or lies on another machine while the shop runs offline.
pub fn address(text: &str, offline: bool) -> Result<Url, ClientError> {
    let url = Url::parse(text.trim()).map_err(|_| ClientError::Address)?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
        return Err(ClientError::Address);
    }
    if offline && !is_loopback(&url) { Err(ClientError::Offline) } else { Ok(url) }
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    match host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>() {
        Ok(ip) => ip.is_loopback(),
        Err(_) => is_local_name(host),
    }
}

/// `localhost` and names below it never leave the machine (RFC 6761, 6.3).
fn is_local_name(host: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    host == "localhost" || host.ends_with(".localhost")
}

fn same_origin(a: &Url, b: &Url) -> bool {
    a.scheme() == b.scheme() && a.host_str() == b.host_str() && a.port_or_known_default() == b.port_or_known_default()
}

/// Whether an encrypted address is of one of these domains or of a name below them.
fn lies_in(url: &Url, domains: &[&str]) -> bool {
    let host = url.host_str().unwrap_or_default();
    let below = |domain: &&str| host.strip_suffix(*domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    url.scheme() == "https" && domains.iter().any(below)
}

/// Resolves `localhost` to this machine and nothing else to anything.
struct OnlyLoopback;

impl Resolve for OnlyLoopback {
    fn resolve(&self, name: Name) -> Resolving {
        let local = is_local_name(name.as_str());
        Box::pin(async move {
            if !local {
                return Err("names are not looked up offline".into());
            }
            let here = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
            Ok(Box::new(here.into_iter().map(|ip| SocketAddr::new(ip, 0))) as Addrs)
        })
    }
}

fn tls() -> Result<ClientConfig, ClientError> {
    let mut roots = RootCertStore::empty();
    // A machine without a certificate store, or with a broken one, still has Mozilla's roots.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    let builder = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()));
    let builder = builder.with_safe_default_protocol_versions().map_err(|_| ClientError::Tls)?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offline_only_this_machine_may_be_dialled() {
        for (text, offline, expected) in [
            ("https://api.openai.com/v1", false, Ok(())),
            ("https://api.openai.com/v1", true, Err(ClientError::Offline)),
            ("http://127.0.0.1:9/v1", true, Ok(())),
            ("http://127.8.0.1", true, Ok(())),
            ("http://[::1]:9/v1", true, Ok(())),
            ("http://localhost:9/v1", true, Ok(())),
            ("http://LOCALHOST.:9/v1", true, Ok(())),
            ("http://localhost.example.com/v1", true, Err(ClientError::Offline)),
            ("http://10.0.0.1/v1", true, Err(ClientError::Offline)),
            ("http://0.0.0.0/v1", true, Err(ClientError::Offline)),
            ("http://127.0.0.1@example.com/v1", true, Err(ClientError::Offline)),
            ("http://[::ffff:10.0.0.1]/", true, Err(ClientError::Offline)),
            ("ftp://localhost/", false, Err(ClientError::Address)),
            ("api.openai.com/v1", false, Err(ClientError::Address)),
            ("", false, Err(ClientError::Address)),
        ] {
            assert_eq!(address(text, offline).map(|_| ()), expected, "{text}");
        }
    }

    #[test]
    fn a_domain_is_itself_and_what_lies_below_it() {
        for (url, inside) in [
            ("https://huggingface.co/a", true),
            ("https://cdn-lfs.huggingface.co/a", true),
            ("https://us.aws.cdn.hf.co/a", true),
            ("http://huggingface.co/a", false),
            ("https://nothuggingface.co/a", false),
            ("https://huggingface.co.example.com/a", false),
            ("https://huggingface.co@example.com/a", false),
        ] {
            assert_eq!(lies_in(&Url::parse(url).unwrap(), &["huggingface.co", "hf.co"]), inside, "{url}");
        }
    }

    #[tokio::test]
    async fn offline_no_name_is_looked_up() {
        let name = |text: &str| text.parse::<Name>().unwrap();
        assert!(OnlyLoopback.resolve(name("example.com")).await.is_err());
        let found: Vec<SocketAddr> = OnlyLoopback.resolve(name("localhost")).await.unwrap().collect();
        assert!(found.iter().all(|a| a.ip().is_loopback()) && found.len() == 2);
    }
}
