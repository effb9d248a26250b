//! The sections of the configuration.

use std::path::PathBuf;

use super::setting::{Address, Network, Raw, Setting, Share, Zone, words};
use crate::domain::money::Currency;

/// What is known of one key.
pub(super) struct KeyInfo {
    /// Name within its section.
    pub name: &'static str,
    /// Its documentation, line by line.
    pub docs: &'static [&'static str],
    /// What is accepted.
    pub accepted: &'static str,
    /// The default, as it would stand in the file.
    pub default: String,
}

/// A section: reads its keys by name.
pub(super) trait Section: Default {
    /// Name in the file.
    const NAME: &'static str;
    /// What is known of its keys.
    fn keys() -> Vec<KeyInfo>;
    /// Sets a key; `Err` holds what is accepted, `None` means there is no such key.
    fn set(&mut self, key: &str, raw: &Raw) -> Option<Result<(), &'static str>>;
}

macro_rules! section {
    ($(#[doc = $about:literal])* $name:ident in $file:literal {
        $($(#[doc = $doc:literal])+ $key:ident: $type:ty = $default:expr,)+
    }) => {
        $(#[doc = $about])*
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name {
            $($(#[doc = $doc])+ pub $key: $type,)+
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $($key: $default,)+ }
            }
        }

        impl Section for $name {
            const NAME: &'static str = $file;

            fn keys() -> Vec<KeyInfo> {
                let defaults = Self::default();
                vec![$(KeyInfo {
                    name: stringify!($key),
                    docs: &[$($doc),+],
                    accepted: <$type as Setting>::ACCEPTED,
                    default: defaults.$key.show(),
                },)+]
            }

            fn set(&mut self, key: &str, raw: &Raw) -> Option<Result<(), &'static str>> {
                match key {
                    $(stringify!($key) => Some(match <$type as Setting>::read(raw) {
                        Some(value) => {
                            self.$key = value;
                            Ok(())
                        }
                        None => Err(<$type as Setting>::ACCEPTED),
                    }),)+
                    _ => None,
                }
            }
        }
    };
}

/// A socket address known to be well formed.
const fn loopback(port: u16) -> Address {
    Address(std::net::SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), port))
}

section! {
    /// Where the shop is served.
    Server in "server" {
        /// Address customers connect to.
        listen: Address = loopback(8080),
        /// Address of the staff side (metrics, documentation, analytics) when `listen` is not a
        /// loopback address; otherwise `listen` serves both.
        console_listen: Address = loopback(8081),
        /// How customers' browsers name this server, such as `https://chat.shop.example`; its host is
        /// accepted in the Host header and its origin as our own.
        public_url: Option<String> = None,
        /// Further host names accepted in the Host header. Addresses and localhost always are.
        allowed_hosts: Vec<String> = Vec::new(),
        /// Proxies whose X-Forwarded-For is believed.
        trusted_proxies: Vec<Network> = Vec::new(),
        /// Other origins whose pages may call this server; * is refused.
        cors_origins: Vec<String> = Vec::new(),
        /// Certificate chain (PEM). With tls_key, the listeners speak HTTPS; both are read again when
        /// they change.
        tls_cert: Option<PathBuf> = None,
        /// Private key (PEM) of the certificate.
        tls_key: Option<PathBuf> = None,
        /// Folder of the shop's data.
        data_dir: PathBuf = PathBuf::from("electromart-data"),
    }
}

section! {
    /// How much is taken, from whom, and for how long it is kept waiting.
    Limits in "limits" {
        /// Longest message, in Unicode characters after trimming.
        message_chars: usize = 1_000,
        /// Requests a minute from one address (IPv6: one /64); 0 switches the limit off.
        requests_per_minute: u32 = 100,
        /// Addresses remembered for that limit.
        rate_limit_addresses: usize = 10_000,
        /// Messages waiting in the queue, all sessions together.
        queue_messages: usize = 1_000,
        /// Messages waiting in one session.
        session_waiting: u16 = 20,
        /// Turns worked on at once.
        workers: usize = 5,
        /// Seconds from acceptance to the answer, or to saying that there will be none.
        turn_deadline_s: u64 = 120,
        /// Seconds within which the same text without an id counts as sent twice by mistake.
        duplicate_window_s: u64 = 30,
        /// Hours a session lives after its last message.
        session_ttl_h: u64 = 24,
        /// Most messages of a conversation that a model is given; of a long one, between half as many and all of these.
        history_messages: usize = 10,
        /// Networks shared by many customers, such as the shop's own Wi-Fi: counted per session there.
        shared_networks: Vec<Network> = Vec::new(),
        /// Largest frame, message or body, in KiB.
        frame_kib: usize = 64,
        /// Seconds without a sign of life after which a connection is closed.
        ping_timeout_s: u64 = 45,
        /// Connections at once.
        connections: usize = 25_000,
    }
}

section! {
    /// How messages find their agent.
    Routing in "routing" {
        /// From this confidence on an agent answers without asking what was meant.
        threshold: Share = Share(0.85),
        /// How far the best meaning must be ahead of the second.
        margin: Share = Share(0.2),
        /// Most changes of agent within one turn.
        max_handoffs: usize = 3,
    }
}

words! {
    /// Who puts replies into words.
    ProviderMode {
        /// Remote if configured, then local, then template.
        Auto = "auto",
        /// The remote model first.
        Remote = "remote",
        /// The model in this process.
        Local = "local",
        /// No model at all.
        Template = "template"
    } accepted "auto, remote, local or template"
}

words! {
    /// Which model goes first where there are both.
    Prefer {
        /// The remote one.
        Remote = "remote",
        /// The local one, where it can.
        Local = "local"
    } accepted "remote or local"
}

section! {
    /// Which models are used.
    ProviderConfig in "provider" {
        /// auto, remote, local or template.
        mode: ProviderMode = ProviderMode::Auto,
        /// remote, or local: turns whose meaning is clear then stay in this process, and the remote model
        /// gets the rest.
        prefer: Prefer = Prefer::Remote,
        /// Open no connection to any address but loopback.
        offline: bool = false,
    }
}

section! {
    /// The remote model. Its key is read from OPENAI_API_KEY and never from a file.
    Remote in "remote" {
        /// Base address of an OpenAI-compatible server (also OPENAI_BASE_URL).
        base_url: Option<String> = None,
        /// Name of the model there (also OPENAI_MODEL).
        model: String = "gpt-4o-mini".to_owned(),
        /// Seconds for a whole answer.
        timeout_s: u64 = 30,
        /// Turns that may wait for it at once.
        concurrency: usize = 64,
        /// Most money spent on it in a day, in the shop's currency; 0 means no limit.
        budget_per_day: f64 = 0.0,
        /// Price of a million tokens sent.
        currency_per_mtok_in: f64 = 0.0,
        /// Price of a million tokens received.
        currency_per_mtok_out: f64 = 0.0,
    }
}

section! {
    /// The model in this process.
    Local in "local" {
        /// A GGUF file, the name of an installed model (`electromart models list`), or embedded; without
        /// it, the one chosen with `electromart models use`, else the embedded one.
        model: Option<PathBuf> = None,
        /// Threads for it; 0 means as many as there are cores.
        threads: usize = 0,
        /// Longest text it is given, in tokens.
        context_tokens: usize = 4_096,
        /// Conversations whose state it keeps.
        max_sessions: usize = 8,
    }
}

section! {
    /// The shop itself.
    ShopConfig in "shop" {
        /// Name customers see.
        name: String = "ElectroMart".to_owned(),
        /// Currency of prices that name none.
        currency: Currency = Currency::USD,
        /// Language and region.
        locale: String = "en-US".to_owned(),
        /// Where the shop's day begins and ends.
        time_zone: Zone = Zone(jiff::tz::TimeZone::get("America/New_York").unwrap_or(jiff::tz::TimeZone::UTC)),
        /// Opening hours in words; without them the knowledge base answers.
        hours: Option<String> = None,
        /// Offer voice input also where the browser sends the sound to its maker's servers.
        cloud_voice: bool = false,
    }
}

section! {
    /// How long conversations are kept.
    Privacy in "privacy" {
        /// Days after which a conversation is removed.
        keep_conversations_days: u64 = 90,
        /// Days after which the record of how a reply was made is removed.
        keep_turn_records_days: u64 = 30,
    }
}

/// The whole configuration.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Config {
    /// `[server]`
    pub server: Server,
    /// `[limits]`
    pub limits: Limits,
    /// `[routing]`
    pub routing: Routing,
    /// `[provider]`
    pub provider: ProviderConfig,
    /// `[remote]`
    pub remote: Remote,
    /// `[local]`
    pub local: Local,
    /// `[shop]`
    pub shop: ShopConfig,
    /// `[privacy]`
    pub privacy: Privacy,
    /// Key of the remote model; from the environment only.
    pub openai_api_key: Option<Secret>,
}

/// Text that is never shown.
#[derive(Clone, PartialEq)]
pub struct Secret(pub String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(secret)")
    }
}

impl Config {
    /// Sets `section.key`; `None` when there is no such key.
    pub(super) fn set(&mut self, section: &str, key: &str, raw: &Raw) -> Option<Result<(), &'static str>> {
        match section {
            Server::NAME => self.server.set(key, raw),
            Limits::NAME => self.limits.set(key, raw),
            Routing::NAME => self.routing.set(key, raw),
            ProviderConfig::NAME => self.provider.set(key, raw),
            Remote::NAME => self.remote.set(key, raw),
            Local::NAME => self.local.set(key, raw),
            ShopConfig::NAME => self.shop.set(key, raw),
            Privacy::NAME => self.privacy.set(key, raw),
            _ => None,
        }
    }

    /// Every section with its keys, in the order of the example file.
    pub(super) fn sections() -> Vec<(&'static str, Vec<KeyInfo>)> {
        vec![
            (Server::NAME, Server::keys()),
            (Limits::NAME, Limits::keys()),
            (Routing::NAME, Routing::keys()),
            (ProviderConfig::NAME, ProviderConfig::keys()),
            (Remote::NAME, Remote::keys()),
            (Local::NAME, Local::keys()),
            (ShopConfig::NAME, ShopConfig::keys()),
            (Privacy::NAME, Privacy::keys()),
        ]
    }
}
