//! Where customers come from other machines, the endpoint is on the staff's address alone.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process::Stdio;

use super::token;
use crate::http;
use crate::shop::{Shop, program};

#[test]
fn it_is_not_there_for_the_public() {
    let home = tempfile::tempdir().expect("a folder");
    // A port that is free now; the console's address is not printed, so it has to be named.
    let console = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr()).expect("a port");
    let mut command = program();
    command.current_dir(home.path()).args(["serve", "--listen", "0.0.0.0:0", "--data-dir", "data"]);
    command.env("ELECTROMART_SERVER_CONSOLE_LISTEN", console.to_string()).env("ELECTROMART_LIMITS_REQUESTS_PER_MINUTE", "0");
    let shop = Shop::of(command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts"));
    let public = SocketAddr::from((Ipv4Addr::LOCALHOST, shop.address.port()));
    let bearer = format!("Bearer {}", token(home.path(), "inference"));
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    for (method, path) in
        [("GET", "/v1/models"), ("GET", "/v1/models/electromart-decoder"), ("POST", "/v1/chat/completions"), ("POST", "/v1/embeddings")]
    {
        assert_eq!(http::send(public, method, path, &headers, b"{}").status, 404, "{path}");
        assert_ne!(http::send(console, method, path, &headers, b"{}").status, 404, "{path}");
    }
    assert_eq!(http::send(public, "GET", "/metrics", &[], b"").status, 404);
}
