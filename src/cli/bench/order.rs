//! What a bench has done with one model, in this process.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::shop::Demo;
use crate::config::Config;
use crate::domain::agent::Provider;
use crate::eval::inference::chats::{Overheard, Talked, talk};
use crate::eval::inference::figures::Figures;
use crate::eval::inference::prompts::Texts;
use crate::eval::inference::{self, Run, Talk, machine};
use crate::llm::local::LocalModel;
use crate::llm::remote::RemoteModel;
use crate::llm::remote::budget::Budget;
use crate::llm::{ChatModel, Health};

/// Between two looks at whether a model is loaded.
const LOOK: Duration = Duration::from_millis(5);
/// Seconds for a whole answer of a server: slow ones are what is measured.
const PATIENCE_S: u64 = 600;
/// Millionths in one.
const MILLION: f64 = 1_000_000.0;

/// What is to be done.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Order {
    /// A run.
    Time {
        /// Which.
        run: Run,
        /// What prompts are cut from.
        texts: Texts,
        /// Rounds that are counted.
        rounds: u32,
        /// Whether conversations go on for a second turn.
        warm: bool,
    },
    /// Chats with the demo shop, so many at most.
    Talk {
        /// How many.
        most: usize,
    },
}

/// What came of it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Done {
    /// The figures of a run.
    Timed(Box<Figures>),
    /// What came of the chats.
    Talked(Talked),
}

/// A model that is measured.
pub struct Subject {
    model: Arc<dyn ChatModel>,
    /// What it costs; none for a model here.
    budget: Option<Arc<Budget>>,
}

impl Subject {
    /// The model of the configuration in this process, once it is loaded.
    ///
    /// # Errors
    /// In a sentence, why it cannot be used.
    pub async fn local(config: &Config) -> Result<Self, String> {
        let opened = match &config.local.model {
            Some(file) => LocalModel::open(file, &config.local).map_err(|error| format!("{} cannot be used: {error}", file.display())),
            None => LocalModel::embedded().map_err(|error| error.to_string()),
        };
        let model = opened?;
        while model.health() == Health::Loading {
            tokio::time::sleep(LOOK).await;
        }
        match model.problem() {
            Some(problem) => Err(format!("the local model cannot be used: {problem}")),
            None => Ok(Self { model, budget: None }),
        }
    }

    /// The model behind the configured server, which is asked as often at once as `concurrency` says.
    ///
    /// # Errors
    /// In a sentence, why there is none.
    pub fn remote(config: &Config, concurrency: u32) -> Result<Self, String> {
        let mut config = config.clone();
        config.remote.concurrency = config.remote.concurrency.max(concurrency as usize);
        config.remote.timeout_s = config.remote.timeout_s.max(PATIENCE_S);
        let model = RemoteModel::configured(&config).map_err(|error| error.to_string())?;
        let model = model.ok_or("there is no remote model; set OPENAI_BASE_URL or OPENAI_API_KEY, or leave remote out of --provider")?;
        let budget = Some(Arc::clone(model.budget()));
        Ok(Self { model: Arc::new(model), budget })
    }
}

/// Carries an order out.
///
/// # Errors
/// In a sentence, why it cannot be.
pub async fn carry_out(subject: &Subject, config: &Config, order: Order) -> Result<Done, String> {
    match order {
        Order::Time { run, texts, rounds, warm } => {
            let mut figures = inference::time(&subject.model, Talk { run, texts, rounds, warm }).await?;
            figures.peak_rss_mb = machine::peak_memory_mb().filter(|_| run.provider == Provider::Local);
            Ok(Done::Timed(Box::new(figures)))
        }
        Order::Talk { most } => {
            let voice = Overheard::new(Arc::clone(&subject.model));
            // What runs have cost is not the chats'.
            let _ = cost(subject, config);
            let demo = Demo::open(config, Arc::clone(&voice).alone()).await?;
            let talked = talk(&demo.app.gateway, &demo.app.engine.store, &voice, most).await;
            demo.close().await;
            Ok(Done::Talked(talked?.at_cost(cost(subject, config))))
        }
    }
}

/// What a model has cost since this was last asked, in the shop's currency: nothing here, unknown without
/// prices.
fn cost(subject: &Subject, config: &Config) -> Option<f64> {
    let Some(budget) = &subject.budget else { return Some(0.0) };
    let priced = config.remote.currency_per_mtok_in > 0.0 || config.remote.currency_per_mtok_out > 0.0;
    let spent = budget.take_unsaved().map_or(0, |spent| spent.millionths);
    priced.then_some(spent as f64 / MILLION)
}
