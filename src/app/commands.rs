//! What the terminal asks of a shop: done by the running server when there is one, by the command's own
//! process otherwise, with this same code.

mod ask;
mod forget;
mod tokens;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::taught::{self, Fits};
use super::{App, models};
use crate::config::Config;
use crate::domain::error::Rejected;
use crate::domain::record::RecordKind;
use crate::exchange::export::{self, Form};
use crate::exchange::{self, ImportError, Options, policy, tau2};
use crate::llm::models::ModelsError;
use crate::store::StoreError;
use crate::turn::product_vectors::Pace;

/// A request of the terminal.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "snake_case")]
pub enum Request {
    /// One turn.
    Ask {
        /// The message.
        text: String,
        /// The session, named by the caller; a new one otherwise.
        session: Option<String>,
    },
    /// Imports the payload.
    Import {
        /// Kind of records.
        kind: String,
        /// Only say what would happen.
        dry_run: bool,
        /// Nothing when a row is rejected.
        strict: bool,
    },
    /// Exports records into the payload.
    Export {
        /// Kind of records.
        kind: String,
        /// Name of the file, for its form.
        name: String,
    },
    /// Exports the knowledge base as the files of a folder.
    ExportKnowledge,
    /// Removes a person.
    Forget {
        /// `session` or `customer`.
        what: String,
        /// Which.
        id: String,
        /// Only say what would happen.
        dry_run: bool,
    },
    /// What the routing head was taught, in the payload of the answer.
    RoutingFits,
    /// Takes the fits of the payload into use after those there are.
    RoutingTake,
    /// Takes the last fit away.
    RoutingUndo,
    /// Which local model speaks.
    ModelState,
    /// Makes an installed model the shop's.
    ModelUse {
        /// Its name, or `embedded`.
        name: String,
    },
    /// Makes an API token.
    TokenCreate {
        /// What the shopkeeper calls it.
        name: String,
        /// `read`, `admin` or `inference`.
        scope: String,
        /// Days it is valid.
        days: u32,
    },
    /// Lists API tokens.
    TokenList,
    /// Takes an API token back.
    TokenRevoke {
        /// Which.
        id: String,
    },
}

/// The answer: a JSON document and, for exports, bytes.
#[derive(Debug, Clone, Default)]
pub struct Response {
    /// The document.
    pub document: Value,
    /// The file.
    pub payload: Vec<u8>,
}

/// Why a request was not done: one plain sentence.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub struct CommandError(pub String);

impl From<StoreError> for CommandError {
    fn from(error: StoreError) -> Self {
        Self(error.to_string())
    }
}

impl From<ImportError> for CommandError {
    fn from(error: ImportError) -> Self {
        Self(error.to_string())
    }
}

impl From<ModelsError> for CommandError {
    fn from(error: ModelsError) -> Self {
        Self(error.to_string())
    }
}

impl From<Rejected> for CommandError {
    fn from(rejected: Rejected) -> Self {
        Self(rejected.message)
    }
}

/// Does what the terminal asks.
///
/// # Errors
/// In one plain sentence.
pub async fn run(app: &App, request: Request, payload: &[u8]) -> Result<Response, CommandError> {
    let document = match request {
        Request::Ask { text, session } => ask::ask(app, text, session).await?,
        Request::Import { kind, dry_run, strict } => import(app, &kind, payload, Options { dry_run, strict }).await?,
        Request::Export { kind, name } => {
            let (form, packed) = export::form_of(&name);
            let payload = match kind.as_str() {
                "labels" if form == Form::Csv => return Err(CommandError("labels have no table; name the file .jsonl".to_owned())),
                "labels" => export::labels(&app.engine.store, packed).await?,
                policy::KIND => policy::export(&app.engine.store).await?,
                _ => export::export(&app.engine.store, known(&kind)?, form, packed).await?,
            };
            return Ok(Response { document: Value::Null, payload });
        }
        Request::ExportKnowledge => {
            let files = export::knowledge_files(&app.engine.store).await?;
            Value::Object(files.into_iter().map(|(name, text)| (name, Value::String(text))).collect())
        }
        Request::Forget { what, id, dry_run } => forget::forget(app, &what, &id, dry_run).await?,
        Request::RoutingFits => {
            let payload = Fits::of(&app.engine.store).await?.bytes();
            return Ok(Response { document: Value::Null, payload });
        }
        Request::RoutingTake => {
            taught::take(&app.engine, Fits::read(payload)?).await?;
            Value::Null
        }
        Request::RoutingUndo => json!({ "undone": true, "left": taught::undo(&app.engine).await? }),
        Request::ModelState => models::state(app),
        Request::ModelUse { name } => models::take(app, &name).await?,
        Request::TokenCreate { name, scope, days } => tokens::create(app, name, scope, days).await?,
        Request::TokenList => tokens::list(app).await?,
        Request::TokenRevoke { id } => tokens::revoke(app, &id).await?,
    };
    Ok(Response { document, payload: Vec::new() })
}

fn known(kind: &str) -> Result<RecordKind, CommandError> {
    exchange::kind(kind).ok_or_else(|| {
        CommandError(format!(
            "{kind} is no kind of record; use products, orders, customers, promotions, knowledge, tickets, policy or, to import, tau2"
        ))
    })
}

/// What an import would do in a shop that has no data folder yet, and does not get one by being asked.
///
/// # Errors
/// In one plain sentence.
pub fn rehearse_import(config: &Config, kind: &str, bytes: &[u8]) -> Result<Response, CommandError> {
    let context = super::context(config);
    let report = match kind {
        tau2::KIND => tau2::rehearse(bytes, &context)?,
        policy::KIND => policy::rehearse(bytes, &context).map_err(ImportError::from)?,
        _ => exchange::import::rehearse(known(kind)?, bytes, &context)?,
    };
    Ok(Response { document: written(&report)?, payload: Vec::new() })
}

fn written(report: &exchange::Report) -> Result<Value, CommandError> {
    serde_json::to_value(report).map_err(|_| CommandError("the report could not be written".to_owned()))
}

async fn import(app: &App, kind: &str, bytes: &[u8], options: Options) -> Result<Value, CommandError> {
    let store = &app.engine.store;
    let (report, kinds) = match kind {
        tau2::KIND => {
            let report = tau2::import(store, bytes, &app.context(), options).await?;
            (report, vec![RecordKind::Product, RecordKind::Customer, RecordKind::Order])
        }
        policy::KIND => (policy::import(store, bytes, &app.context(), options).await?, Vec::new()),
        _ => {
            let kind = known(kind)?;
            (exchange::import::import(store, kind, bytes, &app.context(), options).await?, vec![kind])
        }
    };
    if report.applied {
        app.engine.library.refresh(store, &kinds).await?;
        // Nobody waits for it: until it is done, words find what is new.
        let engine = std::sync::Arc::clone(&app.engine);
        match kinds.first() {
            Some(RecordKind::Knowledge) => drop(tokio::spawn(async move { engine.learn_meaning().await })),
            Some(RecordKind::Product) => drop(tokio::spawn(async move { engine.learn_products(Pace::Resting, |_, _| {}).await })),
            _ => {}
        }
    }
    written(&report)
}
