//! The accept loop: connections are limited, slow ones are closed, TLS when there is a certificate.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tower::ServiceExt as _;

use super::caller::{Peer, Place};
use super::tls::Acceptor;
use super::{Face, Shared, router};

/// A client that sends its headers slower than this is not one.
const HEADERS: Duration = Duration::from_secs(20);
/// The same for a TLS handshake.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// After the system refuses a connection (usually: no more files), before the next attempt.
const BREATH: Duration = Duration::from_millis(50);
/// Room for a request's headers, in bytes.
const HEADER_ROOM: usize = 32 * 1024;

/// Serves a listener until dropped.
pub async fn serve(listener: TcpListener, shared: Shared, face: Face, tls: Option<Acceptor>) {
    let routes = router(shared.clone(), face);
    let places = Arc::new(Semaphore::new(shared.config.limits.connections));
    loop {
        let Ok(permit) = Arc::clone(&places).acquire_owned().await else { return };
        let (stream, peer) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(kind = ?error.kind(), "a connection was not accepted");
                tokio::time::sleep(BREATH).await;
                continue;
            }
        };
        let _ = stream.set_nodelay(true);
        let (routes, tls, place) = (routes.clone(), tls.clone(), Place::new(permit));
        tokio::spawn(async move { connection(stream, peer, routes, tls, place).await });
    }
}

async fn connection(stream: TcpStream, peer: SocketAddr, routes: Router, tls: Option<Acceptor>, place: Place) {
    match tls {
        None => http(stream, peer, routes, place).await,
        Some(tls) => match tokio::time::timeout(HANDSHAKE, tls.accept(stream)).await {
            Ok(Ok(stream)) => http(stream, peer, routes, place).await,
            _ => tracing::debug!("a TLS handshake failed"),
        },
    }
}

async fn http(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, peer: SocketAddr, routes: Router, place: Place) {
    let service = hyper::service::service_fn(move |mut request: hyper::Request<hyper::body::Incoming>| {
        request.extensions_mut().insert(Peer(peer));
        request.extensions_mut().insert(place.clone());
        let routes = routes.clone();
        async move { Ok::<_, Infallible>(routes.oneshot(request.map(axum::body::Body::new)).await.unwrap_or_else(|never| match never {})) }
    });
    let mut server = http1::Builder::new();
    server.timer(TokioTimer::new()).header_read_timeout(HEADERS).max_buf_size(HEADER_ROOM);
    // An error here is a client that went away or does not speak HTTP.
    let _ = server.serve_connection(TokioIo::new(stream), service).with_upgrades().await;
}
