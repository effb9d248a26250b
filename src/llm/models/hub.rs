//! The hub models are pulled from: Hugging Face's, or a mirror that speaks its protocol.
//!
//! Downloads are streamed by hf-hub over this program's own client. That client follows a redirect within the hub's own domains, and
//! where a mirror is named none to another server, so that not a byte comes from anywhere else. Two things hf-hub does not
//! tell are overheard where the client looks at each answer ([`Overheard`]):
//!
//! - whether the server kept to the range it was asked for (206) or sends the whole file (200);
//! - whether the file is kept in Xet. hf-hub then takes it in chunks, from a host that a first answer names, by a client of
//!   its own. Before that it asks for leave, at `.../xet-read-token/...`; it is stopped there, and the file is asked for
//!   plainly, which the protocol offers for every file.
//!
//! hf-hub also makes a second client at once, which no download uses, with no other certificates than the machine's: where
//! there are none it cannot be made, and every file is asked for plainly.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use hf_hub::{HFClient, HFError};
use reqwest::header::{AUTHORIZATION, RANGE};
use reqwest::{Method, StatusCode, Url};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::digest::Digest;
use super::manifest::{Entry, Pinned, is_commit};
use crate::llm::client::{self, ClientError};

/// The hub without a mirror.
const HUGGING_FACE: &str = "https://huggingface.co";
/// Where the hub itself sends downloads on to.
const ITS_DOMAINS: &[&str] = &["huggingface.co", "hf.co"];
/// A server that sends nothing for so long has gone away.
const SILENCE: Duration = Duration::from_secs(30);
/// What hf-hub asks for before it uses Xet.
const XET: &str = "/xet-read-token/";

/// Why the hub did not give what it was asked for. Nothing of its own words is in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HubError {
    /// The address is none.
    #[error("`{0}` is not an http or https address; write it like https://hub.example.com (--mirror URL, or HF_ENDPOINT)")]
    Address(String),
    /// Another machine, while offline.
    #[error("models are pulled from {0}, and the shop runs offline; bring the file another way (`electromart models add FILE`)")]
    Offline(String),
    /// No client can be made.
    #[error("no encrypted connections can be made on this machine: {0}")]
    Tls(String),
    /// The file would come from elsewhere.
    #[error("{0} sends the download on to another server, and no byte is taken from there; name a server that has the files itself")]
    Elsewhere(String),
    /// It has no such repository, revision or file.
    #[error("{host} has no {what}")]
    Missing {
        /// The server.
        host: String,
        /// What it lacks.
        what: String,
    },
    /// It wants to know who asks.
    #[error("{0} gives this file only to those who accepted its terms: do so on its page, and set HF_TOKEN")]
    Forbidden(String),
    /// It refused or failed.
    #[error("{host} answered with status {status}")]
    Status {
        /// The server.
        host: String,
        /// The HTTP status.
        status: u16,
    },
    /// The connection could not be made, or broke.
    #[error("{0} cannot be reached, or went away; `electromart models pull` goes on where it stopped")]
    Unreachable(String),
    /// The answer makes no sense.
    #[error("the answer of {0} cannot be understood")]
    Unreadable(String),
    /// There is nothing to hold the file against.
    #[error("{0} states no SHA-256 for this file; use a manifest that pins it (--manifest FILE)")]
    NoSum(String),
}

impl HubError {
    /// Whether it may be better in a moment.
    pub(super) fn passes(&self) -> bool {
        match self {
            Self::Unreachable(_) => true,
            Self::Status { status, .. } => matches!(status, 408 | 416 | 429 | 500..=599),
            _ => false,
        }
    }

    /// Whether the server denies that there is anything in the range it was asked for.
    pub(super) fn out_of_range(&self) -> bool {
        matches!(self, Self::Status { status: 416, .. })
    }
}

/// What the client notes of each answer.
#[derive(Debug, Default)]
struct Overheard {
    /// Status of the last answer to a GET.
    status: AtomicU16,
    /// Xet was asked for.
    xet: AtomicBool,
    wake: tokio::sync::Notify,
}

impl Overheard {
    /// Waits until hf-hub turns to Xet.
    async fn turns_to_xet(&self) {
        while !self.xet.load(Ordering::Acquire) {
            self.wake.notified().await;
        }
    }

    /// Notes an answer; says whether it is to be asked for once more, which keeps hf-hub from reading it.
    fn hear(&self, method: &Method, path: &str, status: Option<StatusCode>) -> bool {
        if path.contains(XET) {
            self.xet.store(true, Ordering::Release);
            self.wake.notify_one();
            return true;
        }
        if method == Method::GET {
            self.status.store(status.map_or(0, |status| status.as_u16()), Ordering::Release);
        }
        false
    }
}

/// A file, from a byte on.
pub(super) struct Body {
    /// Where it begins: at the byte asked for, or, where the server does not know ranges, at the first.
    pub begins: u64,
    pieces: std::pin::Pin<Box<dyn Stream<Item = Result<Bytes, HubError>> + Send>>,
}

impl Body {
    /// The next piece; `None` at the end.
    pub(super) async fn next(&mut self) -> Option<Result<Bytes, HubError>> {
        self.pieces.next().await
    }
}

/// The hub.
pub struct Hub {
    /// None where the machine has no certificates.
    hub: Option<HFClient>,
    http: reqwest::Client,
    endpoint: Url,
    heard: Arc<Overheard>,
    token: Option<String>,
}

impl std::fmt::Debug for Hub {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hub").field("endpoint", &self.endpoint.as_str()).finish_non_exhaustive()
    }
}

/// The file as the hub lists it.
#[derive(Deserialize)]
struct Listed {
    size: u64,
    lfs: Option<Lfs>,
}

/// The digest goes by two names in the hub's own answers.
#[derive(Deserialize)]
struct Lfs {
    oid: Option<Digest>,
    sha256: Option<Digest>,
}

impl Hub {
    /// The hub, or the `mirror` in its place. `token` is shown to it, where there is one.
    ///
    /// # Errors
    /// When the mirror's address is none, when it lies on another machine and the shop runs `offline`, or when no client can be
    /// made.
    pub fn new(mirror: Option<&str>, token: Option<String>, offline: bool) -> Result<Self, HubError> {
        let text = mirror.unwrap_or(HUGGING_FACE).trim().trim_end_matches('/');
        let endpoint = client::address(text, offline).map_err(|error| match error {
            ClientError::Offline => HubError::Offline(host(text)),
            _ => HubError::Address(text.to_owned()),
        })?;
        let domains = if text == HUGGING_FACE { ITS_DOMAINS } else { &[] };
        let heard = Arc::new(Overheard::default());
        let noted = Arc::clone(&heard);
        let listen = reqwest::retry::for_host(endpoint.host_str().unwrap_or_default().to_owned()).no_budget().classify_fn(move |answer| {
            let again = noted.hear(answer.method(), answer.uri().path(), answer.status());
            if again { answer.retryable() } else { answer.success() }
        });
        let builder = client::builder(offline, domains).map_err(|error| HubError::Tls(error.to_string()))?;
        let http = builder.read_timeout(SILENCE).retry(listen).build().map_err(|error| HubError::Tls(error.to_string()))?;
        // Without a token hf-hub would look for one in the home folder and send it to any mirror; one that cannot stand in a
        // header is not sent.
        let shown = token.clone().unwrap_or_else(|| "\n".to_owned());
        let hub = HFClient::builder().client(http.clone()).endpoint(text).token(shown).cache_enabled(false).retry_max_attempts(0).build();
        let hub = hub.inspect_err(|error| tracing::debug!(%error, "files are asked for without hf-hub")).ok();
        Ok(Self { hub, http, endpoint, heard, token })
    }

    /// Its name, for people.
    pub fn host(&self) -> String {
        host(self.endpoint.as_str())
    }

    /// Asks for the commit, the size and the digest of an entry's file as they are now.
    ///
    /// # Errors
    /// When it does not know the file, or cannot be asked.
    pub async fn pin(&self, entry: &Entry) -> Result<Pinned, HubError> {
        #[derive(Deserialize)]
        struct Commit {
            sha: String,
        }
        let missing = |what: String| HubError::Missing { host: self.host(), what };
        let repository: Vec<&str> = entry.repository.split('/').collect();
        let about = ["api", "models"].into_iter().chain(repository.iter().copied());
        let what = format!("model {} at {}", entry.repository, entry.revision());
        let asked = self.url(about.clone().chain(["revision", entry.revision()]))?;
        let Commit { sha } = self.ask(asked, &what).await?;
        if !is_commit(&sha) {
            return Err(HubError::Unreadable(self.host()));
        }
        let folders = entry.file.split('/').rev().skip(1).collect::<Vec<_>>().into_iter().rev();
        let what = format!("file {} in {}", entry.file, entry.repository);
        let listed: Vec<serde_json::Value> = self.ask(self.url(about.chain(["tree", &sha]).chain(folders))?, &what).await?;
        let listed = listed.into_iter().find(|listed| listed["path"] == entry.file.as_str()).ok_or_else(|| missing(what))?;
        let listed: Listed = serde_json::from_value(listed).map_err(|_| HubError::Unreadable(self.host()))?;
        let sum = listed.lfs.and_then(|lfs| lfs.oid.or(lfs.sha256)).ok_or_else(|| HubError::NoSum(self.host()))?;
        Ok(entry.at(&sha, listed.size, sum))
    }

    /// Begins to download a file, from the byte `from` on.
    ///
    /// # Errors
    /// When it cannot be had, or not just now.
    pub(super) async fn open(&self, file: &Pinned, from: u64) -> Result<Body, HubError> {
        self.heard.xet.store(false, Ordering::Release);
        let Some(hub) = &self.hub else { return self.open_plainly(file, from).await };
        let range = (from > 0).then_some(from..file.size);
        let (owner, name) = hf_hub::split_id(&file.repository);
        let repository = hub.model(owner, name);
        let asked = repository.download_file_stream().filename(&file.file).revision(&file.revision).maybe_range(range).send();
        let pieces = tokio::select! {
            biased;
            () = self.heard.turns_to_xet() => return self.open_plainly(file, from).await,
            answer = asked => answer.map_err(|error| self.explain(error, file))?.1,
        };
        let host = self.host();
        Ok(self.body(from, pieces.map(move |piece| piece.map_err(|_| HubError::Unreachable(host.clone())))))
    }

    async fn open_plainly(&self, file: &Pinned, from: u64) -> Result<Body, HubError> {
        let path = file.repository.split('/').chain(["resolve", &file.revision]).chain(file.file.split('/'));
        let mut request = self.http.get(self.url(path)?);
        if from > 0 {
            request = request.header(RANGE, format!("bytes={from}-{}", file.size.saturating_sub(1)));
        }
        let answer = self.send(request, &file.file).await?;
        let host = self.host();
        Ok(self.body(from, answer.bytes_stream().map(move |piece| piece.map_err(|_| HubError::Unreachable(host.clone())))))
    }

    fn body(&self, from: u64, pieces: impl Stream<Item = Result<Bytes, HubError>> + Send + 'static) -> Body {
        let kept = self.heard.status.load(Ordering::Acquire) == StatusCode::PARTIAL_CONTENT.as_u16();
        Body { begins: if kept { from } else { 0 }, pieces: Box::pin(pieces) }
    }

    async fn ask<T: DeserializeOwned>(&self, url: Url, what: &str) -> Result<T, HubError> {
        let answer = self.send(self.http.get(url), what).await?;
        answer
            .json()
            .await
            .map_err(|error| if error.is_decode() { HubError::Unreadable(self.host()) } else { HubError::Unreachable(self.host()) })
    }

    async fn send(&self, request: reqwest::RequestBuilder, what: &str) -> Result<reqwest::Response, HubError> {
        let request = match &self.token {
            Some(token) => request.header(AUTHORIZATION, format!("Bearer {token}")),
            None => request,
        };
        let answer = request.send().await.map_err(|_| HubError::Unreachable(self.host()))?;
        if answer.status().is_success() { Ok(answer) } else { Err(self.refused(answer.status(), what)) }
    }

    /// What an error of hf-hub means.
    fn explain(&self, error: HFError, file: &Pinned) -> HubError {
        match error {
            HFError::Http { context } | HFError::AuthRequired { context } | HFError::Forbidden { context } => {
                self.refused(context.status, &file.file)
            }
            HFError::RateLimited { context, .. } | HFError::Conflict { context } => self.refused(context.status, &file.file),
            HFError::EntryNotFound { .. } | HFError::RepoNotFound { .. } | HFError::RevisionNotFound { .. } => {
                self.refused(StatusCode::NOT_FOUND, &format!("file {} of {} at {}", file.file, file.repository, file.revision))
            }
            HFError::Request { .. } => HubError::Unreachable(self.host()),
            _ => HubError::Unreadable(self.host()),
        }
    }

    fn refused(&self, status: StatusCode, what: &str) -> HubError {
        let host = self.host();
        match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => HubError::Forbidden(host),
            StatusCode::NOT_FOUND => HubError::Missing { host, what: what.to_owned() },
            status if status.is_redirection() => HubError::Elsewhere(host),
            status => HubError::Status { host, status: status.as_u16() },
        }
    }

    /// An address below the endpoint.
    fn url<'a>(&self, path: impl IntoIterator<Item = &'a str>) -> Result<Url, HubError> {
        let mut url = self.endpoint.clone();
        url.path_segments_mut().map_err(|()| HubError::Address(self.endpoint.to_string()))?.pop_if_empty().extend(path);
        Ok(url)
    }
}

/// The host of an address, with its port where it has one.
fn host(address: &str) -> String {
    let url = Url::parse(address).ok();
    let host = url.as_ref().and_then(Url::host_str).unwrap_or(address);
    match url.as_ref().and_then(Url::port) {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hub_is_this_machine_or_none_when_offline() {
        for (mirror, offline, expected) in [
            (None, true, Some("huggingface.co, and the shop runs offline")),
            (Some("https://hub.example.com"), true, Some("hub.example.com, and the shop runs offline")),
            (Some("http://127.0.0.1:9/"), true, None),
            (Some("http://127.0.0.1:9/hub"), false, None),
            (Some("ftp://hub.example.com"), false, Some("not an http or https address")),
            (Some("hub.example.com"), false, Some("not an http or https address")),
        ] {
            let said = Hub::new(mirror, None, offline).err().map(|error| error.to_string());
            let fits = match (&said, expected) {
                (Some(said), Some(part)) => said.contains(part),
                (None, None) => true,
                _ => false,
            };
            assert!(fits, "{mirror:?} {offline}: {said:?}");
        }
    }

    #[test]
    fn a_mirror_may_lie_below_a_path() {
        let hub = Hub::new(Some("http://127.0.0.1:9/some/hub/"), None, true).unwrap();
        assert_eq!(hub.url(["a", "b c"]).unwrap().as_str(), "http://127.0.0.1:9/some/hub/a/b%20c");
        assert_eq!(hub.host(), "127.0.0.1:9");
    }
}
