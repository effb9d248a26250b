//! How a command reaches the shop: through the running server, or by opening the data folder itself.

use std::collections::BTreeMap;
use std::future::Future;

use super::args::Global;
use super::outcome::Failure;
use super::system;
use crate::app::commands::{self, Request, Response};
use crate::app::{App, Fill, Purpose, control};
use crate::config::{self, Config, Loaded};
use crate::llm::models::Models;
use crate::telemetry::{self, LogFormat};

/// The configuration of a command, with what was odd about it said once.
pub fn configure(global: &Global, more: &[(&str, &str, String)]) -> Result<Config, Failure> {
    let loaded = load(global, more)?;
    if !global.quiet {
        for warning in &loaded.warnings {
            eprintln!("electromart: {}", warning.0);
        }
    }
    Ok(loaded.config)
}

/// The same, silent.
pub fn load(global: &Global, more: &[(&str, &str, String)]) -> Result<Loaded, Failure> {
    let mut flags: Vec<(&str, &str, String)> = Vec::new();
    if let Some(folder) = &global.data_dir {
        flags.push(("server", "data_dir", folder.display().to_string()));
    }
    if let Some(mode) = &global.provider {
        flags.push(("provider", "mode", mode.clone()));
    }
    if global.offline {
        flags.push(("provider", "offline", "true".to_owned()));
    }
    let (file, name) = match &global.model {
        Some(model) if model.to_lowercase().ends_with(".gguf") => (Some(model), None),
        name => (None, name.as_ref()),
    };
    if let Some(file) = file {
        flags.push(("local", "model", file.clone()));
    }
    flags.extend(more.iter().cloned());
    // The environment goes before `.env`, which only adds what is missing.
    let mut environment: BTreeMap<String, String> =
        std::fs::read_to_string(".env").map(|text| config::parse_dotenv(&text)).unwrap_or_default();
    environment.extend(std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))));
    let mut loaded = config::load(global.config.as_deref(), &environment, &flags)?;
    if let Some(name) = name {
        // Whose name it is shows only when it is known where the shop's models lie.
        let config = &mut loaded.config;
        match Models::of(&config.server.data_dir).knows(name) {
            true => config.local.model = Some(name.into()),
            false => config.remote.model.clone_from(name),
        }
    }
    Ok(loaded)
}

/// Starts logging as loud as asked for.
pub fn log(global: &Global, usual: tracing::Level, format: LogFormat) {
    let level = match (global.quiet, global.verbose) {
        (true, _) => tracing::Level::ERROR,
        (false, 0) => usual,
        (false, 1) => tracing::Level::DEBUG,
        (false, _) => tracing::Level::TRACE,
    };
    telemetry::start_logging(level, format);
}

/// What every command but `serve` begins with: quiet logging, the configuration, the models' threads.
pub fn prepare(global: &Global) -> Result<Config, Failure> {
    log(global, tracing::Level::WARN, LogFormat::Readable);
    let config = configure(global, &[])?;
    system::set_model_threads(&config);
    Ok(config)
}

/// The threads a command runs on.
pub fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::Said(format!("the program cannot start its threads: {error}")))
}

/// Runs an asynchronous command; Ctrl-C ends it.
pub fn block_on<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    runtime()?.block_on(async {
        tokio::select! {
            done = work => done,
            _ = tokio::signal::ctrl_c() => Err(Failure::Interrupted),
        }
    })
}

/// A shop a command talks to.
pub enum Shop {
    /// A server that runs.
    Running(Box<Config>),
    /// Opened by this process, with its own worker.
    Own(Box<App>),
}

impl Shop {
    /// Reaches the shop of the data folder; a new folder is filled as told.
    pub async fn reach(config: Config, fill: Fill, purpose: Purpose) -> Result<Self, Failure> {
        let socket = control::path(&config.server.data_dir);
        if tokio::net::UnixStream::connect(&socket).await.is_ok() {
            return Ok(Self::Running(Box::new(config)));
        }
        let app = App::open(config, fill, purpose).await?;
        tokio::spawn(app.queue.clone().work());
        Ok(Self::Own(Box::new(app)))
    }

    /// Has a request done.
    pub async fn ask(&self, request: Request, payload: &[u8]) -> Result<Response, Failure> {
        match self {
            Self::Running(config) => match control::call(&config.server.data_dir, &request, payload).await {
                Some(answer) => Ok(answer?),
                None => Err(Failure::Said("the running server has just ended; try again".to_owned())),
            },
            Self::Own(app) => Ok(commands::run(app, request, payload).await?),
        }
    }

    /// Ends in order.
    pub async fn close(self) {
        if let Self::Own(app) = self {
            app.close().await;
        }
    }
}

/// Reaches the shop, has one request done, and ends.
pub fn once(global: &Global, fill: Fill, request: Request, payload: &[u8]) -> Result<Response, Failure> {
    once_in(prepare(global)?, fill, request, payload)
}

/// The same with a configuration that was read already.
pub fn once_in(config: Config, fill: Fill, request: Request, payload: &[u8]) -> Result<Response, Failure> {
    let purpose = if matches!(request, Request::Ask { .. }) { Purpose::Talk } else { Purpose::Records };
    block_on(async {
        let shop = Shop::reach(config, fill, purpose).await?;
        let answer = shop.ask(request, payload).await;
        shop.close().await;
        answer
    })
}
