//! TLS at the door: the same shop, encrypted.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::shop::{Shop, Start, program};
use crate::socket::{Protocol, Socket};
use crate::tls::Authority;

fn path(path: &Path) -> &str {
    path.to_str().expect("a path that is text")
}

fn secure_shop(folder: &Path, authority: &Authority) -> Shop {
    let (cert, key) = authority.write(folder, &["127.0.0.1"]);
    let settings = [("ELECTROMART_SERVER_TLS_CERT", path(&cert)), ("ELECTROMART_SERVER_TLS_KEY", path(&key))];
    Shop::in_folder(folder, &Start { settings: &settings, ..Start::default() })
}

async fn talk(shop: &Shop, authority: &Authority) {
    let health = authority.send(shop.address, "GET", "/health/ready", b"").await.expect("an answer");
    assert_eq!(health.status, 200);
    let body = json!({ "text": "hello" }).to_string();
    let reply = authority.send(shop.address, "POST", "/api/chat", body.as_bytes()).await.expect("an answer");
    assert_eq!((reply.status, reply.json()["agent"].as_str()), (200, Some("general")), "{}", reply.text());
    for protocol in [Protocol::Ws, Protocol::SocketIo] {
        let stream = authority.connect(shop.address).await.expect("a TLS connection");
        let mut socket = Socket::over(stream, &shop.address.to_string(), protocol).await.expect("upgrades");
        socket.until("session").await;
        socket.say("show me gaming laptops under 1500").await.expect("sends");
        assert_eq!(socket.until("agent_message").await["agent"], "sales", "{protocol:?}");
    }
}

#[tokio::test]
async fn https_and_wss_are_answered_and_plain_http_harms_nobody() {
    let home = tempfile::tempdir().expect("a folder");
    let authority = Authority::new();
    let shop = secure_shop(home.path(), &authority);
    talk(&shop, &authority).await;
    let stranger = Authority::new();
    assert!(stranger.connect(shop.address).await.is_err(), "a client that does not know the authority goes away");
    // Clients that say nothing, or something else than TLS, take no more than their own connection.
    let mut silent = Vec::new();
    for _ in 0..50 {
        silent.push(TcpStream::connect(shop.address).await.expect("connects"));
    }
    for said in [&b"GET / HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n"[..], b"\x16\x03\x01\xff\xff", b"\0\0\0\0", b"\x16"] {
        let mut plain = TcpStream::connect(shop.address).await.expect("connects");
        plain.write_all(said).await.expect("writes");
        plain.shutdown().await.expect("ends");
        let mut heard = Vec::new();
        let _ = plain.read_to_end(&mut heard).await;
        assert!(!String::from_utf8_lossy(&heard).contains("HTTP/"), "{said:?} was answered in the clear");
    }
    talk(&shop, &authority).await;
}

#[tokio::test]
async fn a_changed_certificate_is_used_without_a_restart() {
    let home = tempfile::tempdir().expect("a folder");
    let (first, second) = (Authority::new(), Authority::new());
    let shop = secure_shop(home.path(), &first);
    talk(&shop, &first).await;
    let stream = first.connect(shop.address).await.expect("a TLS connection");
    let mut open = Socket::over(stream, &shop.address.to_string(), Protocol::Ws).await.expect("upgrades");
    open.until("session").await;
    // Half a file, as a copy under way leaves it: the old certificate goes on.
    std::fs::write(home.path().join("cert.pem"), "-----BEGIN CERTIFICATE-----\nMIIB").expect("written");
    tokio::time::sleep(Duration::from_secs(6)).await;
    talk(&shop, &first).await;
    second.write(home.path(), &["127.0.0.1"]);
    let begun = Instant::now();
    while second.connect(shop.address).await.is_err() {
        assert!(begun.elapsed() < Duration::from_secs(20), "the new certificate is not used");
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    talk(&shop, &second).await;
    assert!(first.connect(shop.address).await.is_err());
    open.say("hello").await.expect("a connection made before goes on");
    open.until("agent_message").await;
}

#[test]
fn a_bad_certificate_is_one_plain_sentence() {
    let home = tempfile::tempdir().expect("a folder");
    let authority = Authority::new();
    let (cert, key) = authority.write(home.path(), &["127.0.0.1"]);
    let other = home.path().join("other.pem");
    std::fs::write(&other, authority.certificate(&["127.0.0.1"]).1).expect("written");
    let garbage = home.path().join("garbage.pem");
    std::fs::write(&garbage, b"\xff\xfe not a certificate").expect("written");
    let missing = home.path().join("missing.pem");
    for (given_cert, given_key, named) in [
        (Some(&missing), Some(&key), "missing.pem"),
        (Some(&cert), Some(&missing), "missing.pem"),
        (Some(&garbage), Some(&key), "garbage.pem"),
        (Some(&cert), Some(&garbage), "garbage.pem"),
        (Some(&key), Some(&key), "key.pem"),
        (Some(&cert), Some(&cert), "cert.pem"),
        (Some(&cert), Some(&other), "cert.pem"),
        (Some(&cert), None, "server.tls_key"),
        (None, Some(&key), "server.tls_cert"),
    ] {
        let mut command = program();
        command.current_dir(home.path()).args(["serve", "--listen", "127.0.0.1:0", "--data-dir", "data"]);
        for (name, value) in [("ELECTROMART_SERVER_TLS_CERT", given_cert), ("ELECTROMART_SERVER_TLS_KEY", given_key)] {
            command.envs(value.map(|value| (name, value)));
        }
        let output = command.output().expect("the program runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let case = format!("{given_cert:?} with {given_key:?}: {said}");
        assert_eq!(output.status.code(), Some(1), "{case}");
        assert!(said.starts_with("electromart: ") && said.trim().lines().count() == 1 && said.contains(named), "{case}");
        assert!(output.stdout.is_empty(), "it says that it is open: {case}");
        assert!(!home.path().join("data").exists(), "it made a shop first: {case}");
    }
}
