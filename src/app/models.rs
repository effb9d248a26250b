//! The local model of a shop that runs: which one it is, and another in its place while turns go on.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::App;
use super::commands::CommandError;
use crate::config::Config;
use crate::llm::local::LocalModel;
use crate::llm::models::{Choice, Models};
use crate::llm::{ChatModel as _, Health, wants_local};
use crate::telemetry;

/// Between two looks at a model that is being loaded.
const LOOK: Duration = Duration::from_millis(20);
/// Two models are in memory while one takes the other's place; three never are.
static ONE_AT_A_TIME: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// Why what `electromart models use` chooses does not speak in a shop, if so.
pub fn overruled(config: &Config) -> Option<String> {
    if let Some(model) = &config.local.model {
        return Some(format!(
            "local.model = {} goes before it (a flag, ELECTROMART_LOCAL_MODEL or the configuration file)",
            model.display()
        ));
    }
    (!wants_local(config)).then(|| format!("with provider.mode = {} no model in this process speaks", config.provider.mode.name()))
}

/// Which model speaks: the name it is installed under, where that is known.
pub(super) fn state(app: &App) -> Value {
    let models = Models::of(&app.config.server.data_dir);
    let choice = models.choice(&app.config.local).ok().filter(|_| wants_local(&app.config));
    let health = match app.engine.voices.local_health() {
        None => "not_configured",
        Some(Health::Healthy) => "healthy",
        Some(Health::Degraded) => "degraded",
        Some(Health::Loading) => "loading",
    };
    json!({ "in_use": choice.map(|choice| choice.name()), "health": health, "overruled": overruled(&app.config) })
}

/// Makes a model the shop's: loads it while the one before speaks, then gives it its place and notes it.
///
/// # Errors
/// When it is not installed or cannot be run here; the shop then goes on as it was.
pub(super) async fn take(app: &App, name: &str) -> Result<Value, CommandError> {
    let _one = ONE_AT_A_TIME.lock().await;
    let models = Models::of(&app.config.server.data_dir);
    let choice = models.installed(name)?;
    let overruled = overruled(&app.config);
    if overruled.is_none() {
        let model = load(&models, &choice, &app.config).await?;
        models.choose(&choice)?;
        telemetry::local_model(app.engine.voices.local_name().as_deref(), &model.name());
        app.engine.voices.exchange_local(model);
        tracing::info!(name, "another local model speaks from now on");
    } else {
        models.choose(&choice)?;
    }
    Ok(json!({ "name": name, "speaks": overruled.is_none(), "overruled": overruled }))
}

/// Opens a model and waits until it has made its first step.
///
/// # Errors
/// Says why it cannot be run here.
pub async fn load(models: &Models, choice: &Choice, config: &Config) -> Result<Arc<LocalModel>, CommandError> {
    let refused = |why: String| CommandError(format!("{} is not taken into use, and the shop goes on as it was: {why}", choice.name()));
    let (models, chosen, local) = (models.clone(), choice.clone(), config.local.clone());
    let opened = tokio::task::spawn_blocking(move || models.open(&chosen, &local)).await;
    let model = opened.map_err(|_| refused("reading it failed".to_owned()))?.map_err(|error| refused(error.to_string()))?;
    loop {
        match model.health() {
            Health::Healthy => return Ok(model),
            Health::Loading => tokio::time::sleep(LOOK).await,
            Health::Degraded => return Err(refused(model.problem().unwrap_or_else(|| "it failed".to_owned()))),
        }
    }
}
