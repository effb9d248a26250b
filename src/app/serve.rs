//! Serving: listeners, workers and upkeep, from the first connection to an orderly end.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpListener;

use super::{App, AppError, control, upkeep};
use crate::config::Config;
use crate::transport::tls::Acceptor;
use crate::transport::{self, Face, Shared};
use crate::turn::product_vectors::Pace;

/// Addresses held, before anything is served on them.
pub struct Listeners {
    /// For customers.
    pub public: TcpListener,
    /// For staff, where customers do not come from this machine.
    pub console: Option<TcpListener>,
    /// TLS on both, where there is a certificate.
    tls: Option<Acceptor>,
}

impl Listeners {
    /// Takes the configured addresses.
    ///
    /// # Errors
    /// When one is taken or not ours, or when the certificate cannot be used.
    pub async fn bind(config: &Config) -> Result<Self, AppError> {
        let tls = Acceptor::from_config(&config.server).map_err(AppError::Tls)?;
        let public = listen(config.server.listen.0).await?;
        let console = match config.server.listen.0.ip().is_loopback() {
            true => None,
            false => Some(listen(config.server.console_listen.0).await?),
        };
        Ok(Self { public, console, tls })
    }

    /// Where customers connect.
    ///
    /// # Errors
    /// When the system does not tell.
    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.public.local_addr()
    }
}

/// Makes what the knowledge base and the products are searched by. Customers are served meanwhile.
async fn learn(app: App) {
    if let Err(error) = app.engine.learn_meaning().await {
        tracing::error!(%error, "the knowledge base is searched by words alone");
    }
    if let Err(error) = app.engine.learn_products(Pace::Resting, |_, _| {}).await {
        tracing::error!(%error, "products are searched by words alone");
    }
}

async fn listen(address: SocketAddr) -> Result<TcpListener, AppError> {
    TcpListener::bind(address).await.map_err(|error| AppError::Listen { address, reason: plain(&error) })
}

fn plain(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::AddrInUse => "another program listens there; choose another with --listen".to_owned(),
        std::io::ErrorKind::PermissionDenied => "not allowed; ports below 1024 need more rights".to_owned(),
        _ => error.to_string(),
    }
}

/// Serves until `shutdown`, then ends in order.
///
/// # Errors
/// When the store fails at the start.
pub async fn run(app: App, listeners: Listeners, shutdown: impl Future<Output = ()>) -> Result<(), AppError> {
    let Listeners { public, console, tls } = listeners;
    let restored = app.restore().await?;
    if restored > 0 {
        tracing::info!(messages = restored, "messages accepted before the last end are answered now");
    }
    let parts = transport::Parts {
        gateway: app.gateway.clone(),
        queue: app.queue.clone(),
        config: Arc::clone(&app.config),
        voices: app.engine.voices.clone(),
        encoder: app.engine.encoder.clone(),
        metrics: app.metrics.clone(),
        started: app.started,
    };
    let shared = Shared::new(parts);
    let mut tasks = tokio::task::JoinSet::new();
    tasks.spawn(app.queue.clone().work());
    tasks.spawn(upkeep::work(app.clone()));
    tasks.spawn(learn(app.clone()));
    match control::bind(&app.config.server.data_dir) {
        Ok(listener) => {
            tasks.spawn(control::serve(app.clone(), listener));
        }
        Err(error) => tracing::warn!(%error, "no control socket: commands cannot reach this server"),
    }
    let face = if console.is_some() { Face::Public } else { Face::Both };
    let secure = tls.is_some();
    tasks.spawn(transport::listen::serve(public, shared.clone(), face, tls.clone()));
    if let Some(console) = console {
        tasks.spawn(transport::listen::serve(console, shared.clone(), Face::Console, tls));
    }
    tracing::info!(secure, "serving");
    shutdown.await;
    tracing::info!("ending: running turns are finished, what waits is kept");
    shared.drain();
    app.close().await;
    tasks.shutdown().await;
    let _ = std::fs::remove_file(control::path(&app.config.server.data_dir));
    Ok(())
}
