//! The composition root: every part of the shop put together once, in one place.

pub mod commands;
pub mod control;
pub mod lint;
pub mod models;
mod restore;
mod serve;
pub mod taught;
mod upkeep;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use metrics_exporter_prometheus::PrometheusHandle;

use crate::agents::orchestrator::Thresholds;
use crate::config::{Config, ProviderMode};
use crate::domain::proof::IdentityPolicy;
use crate::domain::shop::Shop;
use crate::domain::ticket::Ticket;
use crate::domain::time::Moment;
use crate::exchange::{self, Context, ImportError};
use crate::gateway::Gateway;
use crate::hub::Hub;
use crate::llm::Voices;
use crate::llm::encoder::Encoder;
use crate::queue::Queue;
use crate::sentiment::Analyzer;
use crate::store::{Store, StoreError};
use crate::telemetry;
use crate::turn::driver::Engine;
use crate::turn::library::Library;
use crate::turn::tickets::TicketNumbers;
pub use serve::{Listeners, run};

/// A failed proof of identity is answered this long after its message was accepted: longer than any
/// answer takes, short enough not to be noticed.
const IDENTITY_PAUSE: Duration = Duration::from_millis(300);

/// Name of the blob that says how the store was first filled.
const ORIGIN: &str = "origin";

/// Why the shop does not start.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The demo shop could not be written.
    #[error("the demo shop could not be set up: {0}")]
    Demo(#[from] ImportError),
    /// The identity policy compiled in cannot be read.
    #[error("the identity policy cannot be read: {0}")]
    Policy(#[from] serde_json::Error),
    /// An address cannot be listened on.
    #[error("cannot listen on {address}: {reason}")]
    Listen {
        /// The address.
        address: std::net::SocketAddr,
        /// Why.
        reason: String,
    },
    /// A certificate or key cannot be used.
    #[error("{0}")]
    Tls(String),
    /// The data folder cannot be made.
    #[error("the data folder {} cannot be used: {reason}", .path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why.
        reason: String,
    },
}

/// What a new data folder is filled with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fill {
    /// The demo shop.
    Demo,
    /// Nothing.
    Empty,
}

/// Whether the shop is opened to talk or only for its records: models are not loaded to print a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Customers are answered.
    Talk,
    /// Records are read and written.
    Records,
}

/// The shop, ready to work: what every verb and every listener drives.
#[derive(Clone)]
pub struct App {
    /// The configuration it runs with.
    pub config: Arc<Config>,
    /// The parts of a turn.
    pub engine: Arc<Engine>,
    /// The queue before it.
    pub queue: Queue,
    /// The door.
    pub gateway: Gateway,
    /// Metrics, when this process gathers them.
    pub metrics: Option<PrometheusHandle>,
    /// When the process began.
    pub started: Instant,
}

impl App {
    /// Opens the data folder and puts the parts together. A new folder is filled first.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn open(config: Config, fill: Fill, purpose: Purpose) -> Result<Self, AppError> {
        let voices = |config: &Config| match purpose {
            Purpose::Talk => crate::llm::voices(config),
            Purpose::Records => Voices::default(),
        };
        Self::open_with(config, fill, purpose, voices).await
    }

    /// The same with voices that are not the configuration's.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn open_with(config: Config, fill: Fill, purpose: Purpose, voices: impl FnOnce(&Config) -> Voices) -> Result<Self, AppError> {
        let started = Instant::now();
        let config = Arc::new(config);
        let folder = &config.server.data_dir;
        prepare_folder(folder)?;
        let store = Store::open(folder)?;
        fill_new(&store, &config, fill).await?;
        let library = Library::default();
        library.load(&store).await?;
        let mut numbers: Vec<String> = Vec::new();
        store.for_each::<Ticket>(|_, ticket| numbers.push(ticket.number)).await?;
        let hub = Hub::default();
        let metrics = telemetry::start_metrics();
        let engine = Arc::new(Engine {
            store: store.clone(),
            library,
            hub: hub.clone(),
            sentiment: Analyzer::embedded(),
            encoder: (purpose == Purpose::Talk).then(|| encoder(&config)).flatten(),
            shop: Arc::new(shop(&config)),
            policy: IdentityPolicy::built_in()?,
            tickets: TicketNumbers::learn(numbers.iter().map(String::as_str)),
            thresholds: Thresholds::from(&config.routing),
            max_handoffs: config.routing.max_handoffs,
            voices: voices(&config),
            history: config.limits.history_messages,
            deadline: Duration::from_secs(config.limits.turn_deadline_s),
            identity_pause: IDENTITY_PAUSE,
        });
        engine.voices.local_name().iter().for_each(|name| telemetry::local_model(None, name));
        engine.recall_meaning().await?;
        taught::recall(&engine).await?;
        if let Some(spent) = store.spent().await? {
            engine.voices.note_spent(spent);
        }
        let queue = Queue::new(Arc::clone(&engine), config.limits.queue_messages, config.limits.workers);
        let gateway = Gateway::new(store, queue.clone(), hub, config.limits.clone());
        Ok(Self { config, engine, queue, gateway, metrics, started })
    }

    /// How values of imported files are read.
    pub fn context(&self) -> Context {
        context(&self.config)
    }

    /// Ends work in order: running turns first, then the store.
    pub async fn close(&self) {
        self.queue.drain(DRAIN).await;
        // What turns have cost that could not be stored with their results.
        if let Some(spent) = self.engine.voices.take_spent()
            && let Err(error) = self.engine.store.add_spent(spent).await
        {
            tracing::warn!(%error, "what the remote model has cost could not be stored");
        }
        if let Err(error) = self.engine.store.close().await {
            tracing::error!(%error, "the store did not close in order");
        }
    }
}

/// How long running turns are waited for at the end; what is left is answered after the next start.
const DRAIN: Duration = Duration::from_secs(10);

fn prepare_folder(folder: &std::path::Path) -> Result<(), AppError> {
    let unusable = |error: std::io::Error| AppError::Folder { path: folder.to_owned(), reason: error.to_string() };
    std::fs::create_dir_all(folder).map_err(unusable)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // Customers' data: nobody else's business. A folder that is not ours to change is used as it is.
        let _ = std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700));
    }
    Ok(())
}

async fn fill_new(store: &Store, config: &Config, fill: Fill) -> Result<(), AppError> {
    if store.blob(ORIGIN).await?.is_some() {
        return Ok(());
    }
    let word: &[u8] = match fill {
        Fill::Demo => {
            let context = context(config);
            let today = context.now.day_in(&context.zone);
            exchange::demo::fill(store, &context, today).await?;
            b"demo"
        }
        Fill::Empty => b"empty",
    };
    store.put_blob(ORIGIN, word.to_vec()).await?;
    Ok(())
}

/// The embedded encoder, unless the shop is to run without any model.
fn encoder(config: &Config) -> Option<Arc<Encoder>> {
    if config.provider.mode == ProviderMode::Template {
        return None;
    }
    match Encoder::embedded() {
        Ok(encoder) => Some(Arc::new(encoder)),
        Err(error) => {
            tracing::error!(%error, "the embedded encoder cannot be used; the rules decide alone");
            None
        }
    }
}

fn shop(config: &Config) -> Shop {
    Shop {
        name: config.shop.name.clone(),
        currency: config.shop.currency,
        locale: config.shop.locale.clone(),
        zone: config.shop.time_zone.0.clone(),
        hours: config.shop.hours.clone(),
    }
}

fn context(config: &Config) -> Context {
    Context {
        currency: config.shop.currency,
        zone: config.shop.time_zone.0.clone(),
        decimal_comma: false,
        month_first: exchange::is_month_first(&config.shop.locale),
        now: Moment::now(),
        relative_to: None,
    }
}
