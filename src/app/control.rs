//! The control socket: how a command reaches the server that has the shop's data open.
//!
//! One exchange a connection. Each side sends a line of JSON, followed by as many bytes of payload as the
//! line announces. The socket lies in the data folder and is for its owner alone.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{UnixListener, UnixStream};

use super::App;
use super::commands::{self, CommandError, Request, Response};

/// Longest line.
const MOST_LINE: u64 = 16 * 1024 * 1024;
/// Largest file sent along.
const MOST_PAYLOAD: u64 = 2 * 1024 * 1024 * 1024;
/// How long a caller may take to say what it wants.
const PATIENCE: Duration = Duration::from_secs(30);

/// A request with the size of what follows it.
#[derive(Serialize, Deserialize)]
struct Call {
    request: Request,
    payload: u64,
}

/// An answer with the size of what follows it.
#[derive(Serialize, Deserialize)]
struct Answer {
    #[serde(default)]
    document: Value,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    payload: u64,
}

/// Where the socket of a data folder lies.
pub fn path(folder: &Path) -> PathBuf {
    folder.join("electromart.sock")
}

/// Takes the socket's place. What a server that was killed has left is removed: this process has the
/// store, so no other serves.
///
/// # Errors
/// When the socket cannot be made.
pub fn bind(folder: &Path) -> std::io::Result<UnixListener> {
    let path = path(folder);
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(&path)?;
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
    Ok(listener)
}

/// Answers callers until dropped.
pub async fn serve(app: App, listener: UnixListener) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let app = app.clone();
                tokio::spawn(async move {
                    if let Err(error) = answer(&app, stream).await {
                        tracing::debug!(kind = ?error.kind(), "a caller of the control socket went away");
                    }
                });
            }
            Err(error) => {
                tracing::warn!(kind = ?error.kind(), "the control socket did not accept a caller");
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
    }
}

async fn answer(app: &App, stream: UnixStream) -> std::io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut read = BufReader::new(read);
    let (call, payload): (Call, Vec<u8>) = tokio::time::timeout(PATIENCE, receive(&mut read, |call: &Call| call.payload))
        .await
        .map_err(|_| std::io::Error::from(std::io::ErrorKind::TimedOut))??;
    let outcome = commands::run(app, call.request, &payload).await;
    let (answer, payload) = match outcome {
        Ok(Response { document, payload }) => (Answer { document, error: None, payload: payload.len() as u64 }, payload),
        Err(CommandError(error)) => (Answer { document: Value::Null, error: Some(error), payload: 0 }, Vec::new()),
    };
    send(&mut write, &answer, &payload).await
}

/// Lets the running server do a request; `None` when no server runs there.
///
/// # Errors
/// What the server answers, or that it went away.
pub async fn call(folder: &Path, request: &Request, payload: &[u8]) -> Option<Result<Response, CommandError>> {
    let stream = UnixStream::connect(path(folder)).await.ok()?;
    Some(
        exchange(stream, request, payload)
            .await
            .unwrap_or_else(|error| Err(CommandError(format!("the running server did not answer: {error}")))),
    )
}

async fn exchange(stream: UnixStream, request: &Request, payload: &[u8]) -> std::io::Result<Result<Response, CommandError>> {
    let (read, mut write) = stream.into_split();
    send(&mut write, &Call { request: request.clone(), payload: payload.len() as u64 }, payload).await?;
    let (answer, payload): (Answer, Vec<u8>) = receive(&mut BufReader::new(read), |answer: &Answer| answer.payload).await?;
    Ok(match answer.error {
        Some(error) => Err(CommandError(error)),
        None => Ok(Response { document: answer.document, payload }),
    })
}

async fn send<T: Serialize>(write: &mut (impl tokio::io::AsyncWrite + Unpin), head: &T, payload: &[u8]) -> std::io::Result<()> {
    let mut line = serde_json::to_vec(head)?;
    line.push(b'\n');
    write.write_all(&line).await?;
    write.write_all(payload).await?;
    write.flush().await
}

async fn receive<T: for<'de> Deserialize<'de>>(
    read: &mut (impl tokio::io::AsyncBufRead + Unpin),
    payload_of: impl Fn(&T) -> u64,
) -> std::io::Result<(T, Vec<u8>)> {
    let mut line = Vec::new();
    (&mut *read).take(MOST_LINE).read_until(b'\n', &mut line).await?;
    let head: T = serde_json::from_slice(&line)?;
    let length = payload_of(&head);
    if length > MOST_PAYLOAD {
        return Err(std::io::Error::from(std::io::ErrorKind::InvalidData));
    }
    let mut payload = Vec::new();
    read.take(length).read_to_end(&mut payload).await?;
    if payload.len() as u64 != length {
        return Err(std::io::Error::from(std::io::ErrorKind::UnexpectedEof));
    }
    Ok((head, payload))
}
