//! Requests on their way: sent once, as they are, and never read beyond what an answer can be.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use async_openai::error::OpenAIError;
use async_openai::middleware::HttpRequestFactory;
use futures_util::StreamExt as _;
use reqwest::header::{HeaderMap, RETRY_AFTER};

/// Bytes of a stream that are read at most: ten times what the longest answer has, 700 pieces of some 300
/// bytes each.
const MOST_STREAM: usize = 2 << 20;
/// Bytes of a line of it that are read at most: a whole answer in one piece, every sign of it escaped. What
/// has no lines is no stream of ours, and looking for their ends again with every piece that comes would
/// take the time of a worker.
const MOST_LINE: usize = 6 * super::MOST_TEXT;
/// Bytes of a refusal that are looked at.
const MOST_REFUSAL: usize = 16 << 10;
/// A server that is busy names seconds, not days.
const LONGEST_REST: Duration = Duration::from_secs(3_600);

/// A server's refusal. Its words are looked at for the names of our own fields and go no further: they may
/// repeat what was sent.
#[derive(Debug, thiserror::Error)]
#[error("refused with status {status}")]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// When it wants to be asked again.
    pub retry_after: Option<Duration>,
    /// Its words.
    pub words: String,
}

/// Sends a request once, as it is. A refusal is turned into a [`Refusal`] before anybody reads its text.
#[derive(Clone)]
pub struct Plain(pub reqwest::Client);

impl tower::Service<HttpRequestFactory> for Plain {
    type Response = reqwest::Response;
    type Error = OpenAIError;
    type Future = Pin<Box<dyn Future<Output = Result<reqwest::Response, OpenAIError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), OpenAIError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: HttpRequestFactory) -> Self::Future {
        let client = self.0.clone();
        Box::pin(async move {
            let response = client.execute(request.build().await?).await?;
            let status = response.status();
            if status.is_success() {
                return Ok(bounded(response));
            }
            let retry_after = retry_after(response.headers());
            let words = words(response).await;
            Err(OpenAIError::Boxed(Box::new(Refusal { status: status.as_u16(), retry_after, words })))
        })
    }
}

/// The response with an end to it.
fn bounded(response: reqwest::Response) -> reqwest::Response {
    let (status, headers) = (response.status(), response.headers().clone());
    let (mut read, mut line) = (0, 0);
    let body = response.bytes_stream().map(move |bytes| {
        let bytes = bytes.map_err(std::io::Error::other)?;
        read += bytes.len();
        line = bytes.iter().rposition(|byte| *byte == b'\n').map_or(line + bytes.len(), |end| bytes.len() - end - 1);
        if read > MOST_STREAM || line > MOST_LINE { Err(std::io::Error::other("longer than any answer")) } else { Ok(bytes) }
    });
    let mut whole = axum::http::Response::new(reqwest::Body::wrap_stream(body));
    *whole.status_mut() = status;
    *whole.headers_mut() = headers;
    reqwest::Response::from(whole)
}

async fn words(response: reqwest::Response) -> String {
    let mut bytes = Vec::new();
    let mut stream = response.bytes_stream();
    while let Some(Ok(more)) = stream.next().await {
        bytes.extend_from_slice(&more);
        if bytes.len() >= MOST_REFUSAL {
            break;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Seconds; the other form, a date, is rare and left alone.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds: u64 = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(LONGEST_REST))
}
