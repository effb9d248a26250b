//! Configuration: flags > environment > `electromart.toml` > defaults.
//!
//! One struct per concern, each declared once with its documentation and default; the example file, the
//! environment variables and the checks are made from that declaration, so they cannot drift apart.

mod load;
mod sections;
mod setting;

pub use load::{ConfigError, Loaded, Warning, example, load, parse_dotenv};
pub use sections::{Config, Limits, Local, Prefer, Privacy, ProviderConfig, ProviderMode, Remote, Routing, Server, ShopConfig};
pub use setting::{Address, Network, Raw as RawSetting, Setting, Share, Zone};
