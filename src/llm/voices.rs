//! The voices of the shop: which models may put a reply into words, and in which order.

use std::sync::Arc;

use parking_lot::RwLock;

use super::models::{Choice, Models};
use super::remote::RemoteModel;
use super::remote::budget::Budget;
use super::{ChatModel, Health};
use crate::config::{Config, Prefer, ProviderMode};
use crate::domain::spend::Spend;

/// The models at hand. Without any, the templates speak.
#[derive(Clone, Default)]
pub struct Voices {
    remote: Option<Arc<dyn ChatModel>>,
    /// A place that all who hold these voices share: another model may take it while turns go on.
    local: Arc<RwLock<Option<Arc<dyn ChatModel>>>>,
    prefer_local: bool,
    budget: Option<Arc<Budget>>,
}

/// The voices the configuration asks for. A remote model that cannot be used is left out with a warning:
/// the shop answers without it.
pub fn voices(config: &Config) -> Voices {
    let provider = &config.provider;
    let wants_remote = matches!(provider.mode, ProviderMode::Auto | ProviderMode::Remote);
    let remote = if wants_remote { RemoteModel::configured(config) } else { Ok(None) };
    let remote = remote.unwrap_or_else(|error| {
        tracing::warn!(%error, "the remote model is not used");
        None
    });
    if provider.mode == ProviderMode::Remote && remote.is_none() {
        tracing::warn!("provider.mode is remote, but there is no remote model; set OPENAI_API_KEY or remote.base_url");
    }
    let priced = config.remote.currency_per_mtok_in > 0.0 || config.remote.currency_per_mtok_out > 0.0;
    if remote.is_some() && config.remote.budget_per_day > 0.0 && !priced {
        tracing::warn!(
            "remote.budget_per_day has no effect without prices; set remote.currency_per_mtok_in and remote.currency_per_mtok_out"
        );
    }
    let local = local(config);
    // `mode = remote` is the plainer word: remote goes first, whatever is preferred.
    let prefer_local = provider.mode != ProviderMode::Remote && provider.prefer == Prefer::Local;
    let budget = remote.as_ref().map(|model| Arc::clone(model.budget()));
    let remote = remote.map(|model| Arc::new(model) as Arc<dyn ChatModel>);
    Voices { remote, local: Arc::new(RwLock::new(local)), prefer_local, budget }
}

/// The local model the configuration asks for; it is still being loaded. One that cannot be used is left out with a
/// warning; where it was chosen and not configured, the one in the program speaks in its place.
fn local(config: &Config) -> Option<Arc<dyn ChatModel>> {
    if !wants_local(config) {
        return None;
    }
    let models = Models::of(&config.server.data_dir);
    let opened = models.choice(&config.local).map(|choice| models.open(&choice, &config.local));
    let problem = match opened {
        Ok(Ok(model)) => return Some(model),
        Ok(Err(error)) => error.to_string(),
        Err(error) => error.to_string(),
    };
    tracing::warn!(error = problem, "the local model is not used");
    let fallback = config.local.model.is_none().then(|| models.open(&Choice::Embedded, &config.local));
    fallback.and_then(Result::ok).map(|model| model as Arc<dyn ChatModel>)
}

/// Whether a model in this process may speak at all.
pub fn wants_local(config: &Config) -> bool {
    matches!(config.provider.mode, ProviderMode::Auto | ProviderMode::Local)
}

impl Voices {
    /// Voices that are there already; `prefer_local` as `provider.prefer` says.
    pub fn of(remote: Option<Arc<dyn ChatModel>>, local: Option<Arc<dyn ChatModel>>, prefer_local: bool) -> Self {
        Self { remote, local: Arc::new(RwLock::new(local)), prefer_local, budget: None }
    }

    /// Who is asked for a turn, first one first. With `provider.prefer = "local"` turns whose meaning is
    /// clear and whose acts the shop's phrases cover stay in this process: a model here words them, or the
    /// phrases do, and nothing of them is sent anywhere. The remote model gets the rest.
    pub fn order(&self, clear: bool) -> Vec<Arc<dyn ChatModel>> {
        let stays = self.prefer_local && clear;
        self.remote.iter().filter(|_| !stays).chain(self.local.read().iter()).cloned().collect()
    }

    /// Gives the local model's place to another. Turns under way end with the one they have.
    pub fn exchange_local(&self, model: Arc<dyn ChatModel>) {
        *self.local.write() = Some(model);
    }

    /// The remote model, where there is one.
    pub fn remote(&self) -> Option<&Arc<dyn ChatModel>> {
        self.remote.as_ref()
    }

    /// The model in this process, where there is one.
    pub fn local(&self) -> Option<Arc<dyn ChatModel>> {
        self.local.read().clone()
    }

    /// Whether there is no model at all.
    pub fn is_empty(&self) -> bool {
        self.remote.is_none() && self.local.read().is_none()
    }

    /// What the remote model has cost since this was last asked, to be stored.
    pub fn take_spent(&self) -> Option<Spend> {
        self.budget.as_ref()?.take_unsaved()
    }

    /// Takes back what could not be stored.
    pub fn give_back_spent(&self, spent: Spend) {
        self.budget.iter().for_each(|budget| budget.give_back(spent));
    }

    /// Counts in what was spent before this process began.
    pub fn note_spent(&self, spent: Spend) {
        self.budget.iter().for_each(|budget| budget.note(spent));
    }

    /// How the remote model is, where there is one.
    pub fn remote_health(&self) -> Option<Health> {
        self.remote.as_ref().map(|model| model.health())
    }

    /// How the model in this process is, where there is one.
    pub fn local_health(&self) -> Option<Health> {
        self.local.read().as_ref().map(|model| model.health())
    }

    /// What the model in this process is called, where there is one.
    pub fn local_name(&self) -> Option<String> {
        self.local.read().as_ref().map(|model| model.name())
    }
}

impl std::fmt::Debug for Voices {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let remote = self.remote.as_ref().map(|model| model.name());
        f.debug_struct("Voices").field("remote", &remote).field("local", &self.local_name()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_voice_is_there_when_it_is_configured_and_allowed() {
        for (mode, base, offline, remote) in [
            (ProviderMode::Auto, None, false, false),
            (ProviderMode::Auto, Some("http://127.0.0.1:9/v1"), false, true),
            (ProviderMode::Auto, Some("http://127.0.0.1:9/v1"), true, true),
            (ProviderMode::Remote, Some("https://api.example.com/v1"), true, false),
            (ProviderMode::Remote, Some("nonsense"), false, false),
            (ProviderMode::Local, Some("http://127.0.0.1:9/v1"), false, false),
            (ProviderMode::Template, Some("http://127.0.0.1:9/v1"), false, false),
        ] {
            let mut config = Config::default();
            config.provider.mode = mode;
            config.provider.offline = offline;
            config.remote.base_url = base.map(str::to_owned);
            assert_eq!(voices(&config).remote_health().is_some(), remote, "{base:?} {offline}");
        }
    }
}
