//! A shop without doors, driven from within the process.

use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;

use electromart::app::{App, Fill, Purpose};
use electromart::config::{Config, ProviderMode};
use electromart::gateway::{Inbound, Origin};

/// The demo shop of a folder.
pub async fn open(folder: &Path, mode: ProviderMode) -> App {
    let mut config = Config::default();
    config.server.data_dir = folder.join("data");
    config.provider.mode = mode;
    config.limits.requests_per_minute = 0;
    App::open(config, Fill::Demo, Purpose::Talk).await.expect("a shop")
}

/// Where messages come from.
pub fn origin() -> Origin {
    Origin { transport: "ws", address: IpAddr::V4(Ipv4Addr::LOCALHOST), request_id: "within".to_owned(), connection: 0 }
}

/// A message of a customer.
pub fn message(text: &str) -> Inbound {
    Inbound::Message { text: text.to_owned(), client_id: None, language: None }
}
