//! The world outside, as far as a shop may meet it: a name server and a model behind an OpenAI-compatible
//! address, both on loopback.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// An address of this machine that nobody else is likely to use: all of 127/8 is loopback.
pub fn some_loopback() -> Ipv4Addr {
    let number = std::process::id().wrapping_mul(2_654_435_761).rotate_left(7) ^ rand::random::<u32>();
    Ipv4Addr::new(127, 64 + (number >> 24) as u8 % 64, (number >> 8) as u8, (number as u8).clamp(1, 254))
}

/// A name server that knows one name.
pub struct NameServer {
    pub asked: Arc<Mutex<Vec<String>>>,
}

impl NameServer {
    /// Answers on port 53 of an address; `None` where that is not allowed.
    pub fn start(at: Ipv4Addr, name: &str, address: Ipv4Addr) -> Option<Self> {
        let socket = UdpSocket::bind((at, 53)).ok()?;
        let (asked, known) = (Arc::<Mutex<Vec<String>>>::default(), name.to_owned());
        let heard = Arc::clone(&asked);
        std::thread::spawn(move || {
            let mut query = [0; 512];
            while let Ok((length, from)) = socket.recv_from(&mut query) {
                if let Some((name, answer)) = reply(&query[..length], &known, address) {
                    heard.lock().expect("a list").push(name);
                    let _ = socket.send_to(&answer, from);
                }
            }
        });
        Some(Self { asked })
    }
}

/// The answer to a query (RFC 1035, 4): one A record for the known name, none of another type, and
/// "no such name" for others.
fn reply(query: &[u8], known: &str, address: Ipv4Addr) -> Option<(String, Vec<u8>)> {
    let mut labels = Vec::new();
    let mut at = 12;
    loop {
        let length = usize::from(*query.get(at)?);
        at += 1;
        if length == 0 {
            break;
        }
        labels.push(String::from_utf8_lossy(query.get(at..at + length)?).to_lowercase());
        at += length;
    }
    let question = query.get(12..at + 4)?;
    let name = labels.join(".");
    let is_a = question[question.len() - 4..question.len() - 2] == [0, 1];
    let found = name == known;
    let mut answer = query[..2].to_vec();
    let records = u8::from(found && is_a);
    answer.extend([0x85, if found { 0x80 } else { 0x83 }, 0, 1, 0, records, 0, 0, 0, 0]);
    answer.extend(question);
    if records == 1 {
        answer.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4]);
        answer.extend(address.octets());
    }
    Some((name, answer))
}

/// A model that repeats what it is told to say.
pub struct Model {
    pub address: SocketAddr,
    /// The requests it was sent.
    pub requests: Arc<Mutex<Vec<Value>>>,
}

impl Model {
    pub async fn start(at: IpAddr, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind((at, 0)).await.expect("an address");
        let address = listener.local_addr().expect("an address");
        let requests = Arc::<Mutex<Vec<Value>>>::default();
        let heard = Arc::clone(&requests);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (tls, heard) = (tls.clone(), Arc::clone(&heard));
                tokio::spawn(async move {
                    match tls {
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(stream).await {
                                serve(stream, &heard).await;
                            }
                        }
                        None => serve(stream, &heard).await,
                    }
                });
            }
        });
        Self { address, requests }
    }
}

async fn serve(mut stream: impl AsyncRead + AsyncWrite + Unpin, heard: &Mutex<Vec<Value>>) {
    let mut raw = Vec::new();
    let body = loop {
        if let Some(body) = whole(&raw) {
            break body;
        }
        let mut piece = [0; 4096];
        match stream.read(&mut piece).await {
            Ok(0) | Err(_) => return,
            Ok(length) => raw.extend_from_slice(&piece[..length]),
        }
    };
    let prompt = body["messages"].as_array().and_then(|all| all.last()).and_then(|last| last["content"].as_str()).unwrap_or_default();
    let say = prompt.split_once("<say>\n").and_then(|(_, rest)| rest.split_once("\n</say>")).map_or("", |(say, _)| say);
    let said = json!({ "model": "scripted", "choices": [{ "index": 0, "delta": { "content": say } }] });
    let end = json!({ "choices": [{ "index": 0, "delta": {}, "finish_reason": "stop" }] });
    heard.lock().expect("a list").push(body);
    let answer = format!("data: {said}\n\ndata: {end}\n\ndata: [DONE]\n\n");
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n";
    let _ = stream.write_all(format!("{head}content-length: {}\r\n\r\n{answer}", answer.len()).as_bytes()).await;
    let _ = stream.shutdown().await;
}

/// The body of a request, once all of it is there.
fn whole(raw: &[u8]) -> Option<Value> {
    let end = raw.windows(4).position(|w| w == b"\r\n\r\n")? + 4;
    let head = String::from_utf8_lossy(&raw[..end]).to_lowercase();
    let length: usize = head.lines().find_map(|line| line.strip_prefix("content-length:"))?.trim().parse().ok()?;
    let body = raw.get(end..end + length)?;
    Some(serde_json::from_slice(body).unwrap_or_default())
}
