//! TLS from a certificate and key in files, read again when they change.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use parking_lot::Mutex;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::server::TlsStream;

use crate::config::Server;

/// How often the files' times are looked at, at most.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Takes TLS connections.
#[derive(Clone)]
pub struct Acceptor {
    inner: Arc<Inner>,
}

struct Inner {
    cert: PathBuf,
    key: PathBuf,
    current: Mutex<Current>,
}

struct Current {
    acceptor: TlsAcceptor,
    times: Times,
    looked: Instant,
}

type Times = (Option<SystemTime>, Option<SystemTime>);

impl Acceptor {
    /// From the configuration; `None` where it names no certificate.
    ///
    /// # Errors
    /// In one sentence, when certificate or key cannot be used.
    pub fn from_config(server: &Server) -> Result<Option<Self>, String> {
        let (Some(cert), Some(key)) = (&server.tls_cert, &server.tls_key) else { return Ok(None) };
        let current = Mutex::new(Current { acceptor: load(cert, key)?, times: times(cert, key), looked: Instant::now() });
        Ok(Some(Self { inner: Arc::new(Inner { cert: cert.clone(), key: key.clone(), current }) }))
    }

    /// Shakes hands with a client.
    ///
    /// # Errors
    /// When the client does not.
    pub async fn accept(&self, stream: TcpStream) -> std::io::Result<TlsStream<TcpStream>> {
        let acceptor = self.current();
        acceptor.accept(stream).await
    }

    fn current(&self) -> TlsAcceptor {
        let mut current = self.inner.current.lock();
        if current.looked.elapsed() >= LOOK_EVERY {
            current.looked = Instant::now();
            let times = times(&self.inner.cert, &self.inner.key);
            if times != current.times {
                match load(&self.inner.cert, &self.inner.key) {
                    Ok(acceptor) => {
                        current.acceptor = acceptor;
                        current.times = times;
                        tracing::info!("the certificate was read again");
                    }
                    // Half-written files are common here; the old certificate goes on until they fit.
                    Err(reason) => tracing::warn!(reason, "the changed certificate cannot be used yet"),
                }
            }
        }
        current.acceptor.clone()
    }
}

fn times(cert: &Path, key: &Path) -> Times {
    let time = |path: &Path| std::fs::metadata(path).and_then(|meta| meta.modified()).ok();
    (time(cert), time(key))
}

fn load(cert: &Path, key: &Path) -> Result<TlsAcceptor, String> {
    let unusable = |path: &Path, reason: &dyn std::fmt::Display| format!("{} cannot be used for TLS: {reason}", path.display());
    let chain: Vec<CertificateDer<'static>> =
        CertificateDer::pem_file_iter(cert).and_then(Iterator::collect).map_err(|error| unusable(cert, &error))?;
    let secret = PrivateKeyDer::from_pem_file(key).map_err(|error| unusable(key, &error))?;
    let provider = Arc::new(tokio_rustls::rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| unusable(cert, &error))?
        .with_no_client_auth()
        .with_single_cert(chain, secret)
        .map_err(|error| unusable(cert, &error))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}
