//! The shop with a remote model at its door: the real program against servers that behave as told.

mod budget;
mod cuts;
pub mod fake;
mod faults;
mod liar;
mod plans;
mod privacy;

use crate::conversation::{alone, conversations, speechless, talk_all, text};
use crate::shop::{Shop, Start};
use fake::Fake;

/// A shop that words its replies by the model at `base` and gives it this long, or else by its phrases.
fn shop_at(base: &str, settings: &[(&str, &str)]) -> Shop {
    let mut all = vec![("OPENAI_BASE_URL", base), ("ELECTROMART_REMOTE_TIMEOUT_S", "2"), ("ELECTROMART_PROVIDER_MODE", "remote")];
    all.extend_from_slice(settings);
    Shop::with(&Start { settings: &all, flags: &["--offline"], ..Start::default() })
}

fn shop(fake: &Fake) -> Shop {
    shop_at(&fake.base, &[])
}
