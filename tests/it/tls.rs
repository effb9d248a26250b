//! Certificates made on the spot, and both ends of a TLS connection.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio_rustls::{TlsAcceptor, TlsConnector};

use crate::http::{self, Answer};

/// An authority that signs certificates.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    /// Its own certificate, PEM.
    pub pem: String,
}

impl Authority {
    pub fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(rcgen::DnType::CommonName, "An authority of the tests");
        let key = KeyPair::generate().expect("a key");
        let pem = params.self_signed(&key).expect("a certificate").pem();
        Self { issuer: Issuer::new(params, key), pem }
    }

    /// A certificate for these names or addresses, and its key, PEM.
    pub fn certificate(&self, names: &[&str]) -> (String, String) {
        let key = KeyPair::generate().expect("a key");
        let params = CertificateParams::new(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()).expect("names");
        (params.signed_by(&key, &self.issuer).expect("a certificate").pem(), key.serialize_pem())
    }

    /// Writes a certificate for these names and its key to `cert.pem` and `key.pem`.
    pub fn write(&self, folder: &Path, names: &[&str]) -> (PathBuf, PathBuf) {
        let (cert, key) = (folder.join("cert.pem"), folder.join("key.pem"));
        let (cert_pem, key_pem) = self.certificate(names);
        std::fs::write(&cert, cert_pem).expect("written");
        std::fs::write(&key, key_pem).expect("written");
        (cert, key)
    }

    /// A server's end with a certificate for these names.
    pub fn acceptor(&self, names: &[&str]) -> TlsAcceptor {
        let (cert, key) = self.certificate(names);
        let chain = vec![CertificateDer::from_pem_slice(cert.as_bytes()).expect("a certificate")];
        let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).expect("a key");
        let builder = ServerConfig::builder_with_provider(Arc::new(default_provider()));
        let config = builder.with_safe_default_protocol_versions().expect("versions").with_no_client_auth().with_single_cert(chain, key);
        TlsAcceptor::from(Arc::new(config.expect("a certificate that fits")))
    }

    /// A connection to a server whose certificate this authority signed; an error for any other.
    pub async fn connect(&self, address: SocketAddr) -> std::io::Result<TlsStream<TcpStream>> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(self.pem.as_bytes()).expect("a certificate")).expect("a root");
        let builder = ClientConfig::builder_with_provider(Arc::new(default_provider()));
        let config = builder.with_safe_default_protocol_versions().expect("versions").with_root_certificates(roots).with_no_client_auth();
        let stream = TcpStream::connect(address).await?;
        TlsConnector::from(Arc::new(config)).connect(ServerName::from(address.ip()), stream).await
    }

    /// Sends a request over TLS and reads the whole answer.
    pub async fn send(&self, address: SocketAddr, method: &str, path: &str, body: &[u8]) -> std::io::Result<Answer> {
        let mut stream = self.connect(address).await?;
        let headers = if body.is_empty() { &[][..] } else { &[("content-type", "application/json")] };
        stream.write_all(&http::head(&address.to_string(), method, path, headers, body.len())).await?;
        stream.write_all(body).await?;
        let mut raw = Vec::new();
        // Some servers close without a word once they have answered.
        let _ = stream.read_to_end(&mut raw).await;
        Ok(http::parse(&raw))
    }
}
