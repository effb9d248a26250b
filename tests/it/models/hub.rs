//! A hub for tests: it knows one repository with one file, and answers well or badly, as a script tells it.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// The repository.
pub const REPOSITORY: &str = "maker/tiny-GGUF";
/// Its file.
pub const FILE: &str = "tiny.gguf";
/// Its commit.
pub const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

/// What the hub was asked.
#[derive(Debug, Clone)]
pub struct Asked {
    pub method: String,
    pub path: String,
    pub range: Option<String>,
    pub authorization: Option<String>,
    /// Files that were sent before.
    pub before: usize,
}

impl Asked {
    pub fn is_file(&self) -> bool {
        self.path.contains("/resolve/")
    }

    /// A GET of the file.
    pub fn loads(&self) -> bool {
        self.method == "GET" && self.is_file()
    }
}

/// How it answers.
#[derive(Debug, Clone)]
pub enum Reply {
    /// As it should.
    Right,
    /// As it should, with more headers.
    With(String),
    /// So many bytes of the body, then an end.
    Cut(usize),
    /// So many bytes of the body, then nothing.
    Stall(usize),
    /// A byte is another one.
    Flip(usize),
    /// Bytes from one further on than asked for.
    Shift,
    /// All of the file, whatever the range.
    Whole,
    /// This as the file.
    Other(Vec<u8>),
    /// A status, with headers and no body.
    Status(u16, String),
    /// This document.
    Document(Value),
}

pub struct Hub {
    pub base: String,
    heard: Arc<Mutex<Vec<Asked>>>,
}

type Script = dyn Fn(&Asked) -> Reply + Send + Sync;

impl Hub {
    pub fn start(file: &'static [u8], script: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("bound"));
        let heard: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let (seen, script): (_, Arc<Script>) = (Arc::clone(&heard), Arc::new(script));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (seen, script) = (Arc::clone(&seen), Arc::clone(&script));
                std::thread::spawn(move || answer(stream, file, &seen, &*script));
            }
        });
        Self { base, heard }
    }

    pub fn heard(&self) -> Vec<Asked> {
        self.heard.lock().expect("a list").clone()
    }

    /// The ranges its file was asked for in.
    pub fn ranges(&self) -> Vec<Option<String>> {
        self.heard().into_iter().filter(Asked::loads).map(|asked| asked.range).collect()
    }
}

/// A server nobody may connect to; it counts those who do.
pub struct Elsewhere {
    pub base: String,
    met: Arc<AtomicUsize>,
}

impl Elsewhere {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("bound"));
        let met = Arc::<AtomicUsize>::default();
        let count = Arc::clone(&met);
        std::thread::spawn(move || {
            for _ in listener.incoming() {
                count.fetch_add(1, Ordering::SeqCst);
            }
        });
        Self { base, met }
    }

    pub fn met(&self) -> usize {
        self.met.load(Ordering::SeqCst)
    }
}

pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn answer(mut stream: TcpStream, file: &[u8], heard: &Mutex<Vec<Asked>>, script: &Script) {
    let Some(mut asked) = read(&mut stream) else { return };
    {
        let mut heard = heard.lock().expect("a list");
        asked.before = heard.iter().filter(|asked| asked.loads()).count();
        heard.push(asked.clone());
    }
    let reply = script(&asked);
    let (status, headers, body) = match (&reply, asked.is_file()) {
        (Reply::Status(status, headers), _) => (*status, headers.clone(), Vec::new()),
        (Reply::Document(document), _) => (200, String::new(), document.to_string().into_bytes()),
        (_, false) => (200, String::new(), about(&asked.path, file).to_string().into_bytes()),
        (_, true) => content(&asked, file, &reply),
    };
    let mut answer = format!("HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {}\r\n{headers}\r\n", body.len()).into_bytes();
    if asked.method != "HEAD" {
        let sent = match reply {
            Reply::Cut(most) | Reply::Stall(most) => most.min(body.len()),
            _ => body.len(),
        };
        answer.extend_from_slice(&body[..sent]);
    }
    let _ = stream.write_all(&answer).and_then(|()| stream.flush());
    if matches!(reply, Reply::Stall(_)) && asked.method == "GET" {
        // Until the other side goes away.
        let _ = stream.read(&mut [0]);
    }
}

/// The file as it is asked for: status, headers and body.
fn content(asked: &Asked, file: &[u8], reply: &Reply) -> (u16, String, Vec<u8>) {
    let mut file = match reply {
        Reply::Other(other) => other.clone(),
        _ => file.to_vec(),
    };
    if let Reply::Flip(at) = reply {
        file[*at] ^= 1;
    }
    let more = if let Reply::With(headers) = reply { headers.clone() } else { String::new() };
    let from = asked.range.as_deref().and_then(|range| range.strip_prefix("bytes=")?.split('-').next()?.parse::<usize>().ok());
    match from.filter(|_| !matches!(reply, Reply::Whole)) {
        None => (200, more, file),
        Some(from) if from >= file.len() => (416, format!("content-range: bytes */{}\r\n", file.len()), Vec::new()),
        Some(from) => {
            let headers = format!("{more}content-range: bytes {from}-{}/{}\r\n", file.len() - 1, file.len());
            let mut body = file.split_off(from);
            if matches!(reply, Reply::Shift) {
                body.rotate_left(1);
            }
            (206, headers, body)
        }
    }
}

/// What the API says.
fn about(path: &str, file: &[u8]) -> Value {
    if path.contains("/tree/") {
        let lfs = json!({ "oid": sha256(file), "size": file.len(), "pointerSize": 134 });
        return json!([
            { "type": "directory", "oid": "d0", "size": 0, "path": "more" },
            { "type": "file", "oid": "f0", "size": 5, "path": "README.md" },
            { "type": "file", "oid": "f1", "size": file.len(), "lfs": lfs, "path": FILE },
        ]);
    }
    json!({ "id": REPOSITORY, "sha": COMMIT })
}

fn read(stream: &mut TcpStream) -> Option<Asked> {
    let (mut raw, mut piece) = (Vec::new(), [0; 4096]);
    while !raw.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut piece).ok()? {
            0 => return None,
            length => raw.extend_from_slice(&piece[..length]),
        }
    }
    let head = String::from_utf8_lossy(&raw).into_owned();
    let header = |name: &str| {
        let found = head.lines().find_map(|line| line.split_once(':').filter(|(own, _)| own.eq_ignore_ascii_case(name)));
        found.map(|(_, value)| value.trim().to_owned())
    };
    let mut first = head.lines().next()?.split(' ').map(str::to_owned);
    Some(Asked { method: first.next()?, path: first.next()?, range: header("range"), authorization: header("authorization"), before: 0 })
}
