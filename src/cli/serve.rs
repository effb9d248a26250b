//! `electromart serve`: the shop on its address.

use std::net::SocketAddr;

use super::args::{Global, Serve};
use super::outcome::{Failure, line};
use super::{reach, system};
use crate::app::{self, App, Fill, Listeners, Purpose};
use crate::config::Config;
use crate::telemetry::LogFormat;

/// Serves until told to end.
pub fn run(global: &Global, args: &Serve) -> Result<(), Failure> {
    let format = if args.log_json { LogFormat::Json } else { LogFormat::Readable };
    reach::log(global, tracing::Level::INFO, format);
    let flags: Vec<(&str, &str, String)> = args.listen.iter().map(|address| ("server", "listen", address.clone())).collect();
    let config = reach::configure(global, &flags)?;
    system::raise_file_limit();
    system::set_model_threads(&config);
    reach::runtime()?.block_on(async {
        let listeners = Listeners::bind(&config).await?;
        let address = listeners.address().map_err(|error| Failure::Said(error.to_string()))?;
        let app = App::open(config, if args.empty { Fill::Empty } else { Fill::Demo }, Purpose::Talk).await?;
        greet(global, &app, address);
        if args.open {
            open(&url(&app.config, address));
        }
        Ok::<(), Failure>(app::run(app, listeners, told_to_end()).await?)
    })
}

fn url(config: &Config, address: SocketAddr) -> String {
    let scheme = if config.server.tls_cert.is_some() { "https" } else { "http" };
    format!("{scheme}://{address}")
}

fn greet(global: &Global, app: &App, address: SocketAddr) {
    let config = &app.config;
    if global.quiet {
        return;
    }
    line(&format!("{} is open: {}", config.shop.name, url(config, address)));
    line(&format!("  replies by: {}", speakers(app)));
    let staff = if address.ip().is_loopback() { address } else { config.server.console_listen.0 };
    line(&format!("  for staff:  {}/docs and /metrics; tokens with `electromart token create NAME`", url(config, staff)));
    line(&format!("  data:       {}", config.server.data_dir.display()));
    line("  Ctrl-C ends it; nothing that was accepted is lost.");
}

/// Who decides what a message is about, and who puts replies into words.
fn speakers(app: &App) -> String {
    let mut words: Vec<&str> = app.engine.voices.order(false).iter().map(|voice| voice.provider().name()).collect();
    words.push("template");
    let router = if app.engine.encoder.is_some() { "the embedded encoder" } else { "rules alone" };
    format!("{}; routed by {router}", words.join(", then "))
}

/// Ctrl-C, or the system asking.
async fn told_to_end() {
    let interrupted = tokio::signal::ctrl_c();
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut terminated) => {
            tokio::select! {
                _ = interrupted => {}
                _ = terminated.recv() => {}
            }
        }
        Err(_) => {
            let _ = interrupted.await;
        }
    }
}

fn open(url: &str) {
    let opener = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    if std::process::Command::new(opener).arg(url).spawn().is_err() {
        eprintln!("electromart: no browser could be opened; the address is {url}");
    }
}
