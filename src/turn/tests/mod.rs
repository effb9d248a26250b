//! The demo shop, driven without a store of messages: each message is worked out and what would be said
//! is looked at.

mod needs;
mod properties;
pub mod scripted;
mod services;
mod wishes;

use std::sync::Arc;
use std::time::Duration;

use crate::agents::orchestrator::Thresholds;
use crate::domain::ids::{SessionId, SessionKey};
use crate::domain::message::UserMessage;
use crate::domain::money::Currency;
use crate::domain::proof::IdentityPolicy;
use crate::domain::shop::Shop;
use crate::domain::state::ConversationState;
use crate::domain::time::Moment;
use crate::exchange::{self, Context};
use crate::hub::Hub;
use crate::llm::{Role, Voices};
use crate::sentiment::Analyzer;
use crate::store::Store;
use crate::turn::driver::{Engine, Job, Worker};
use crate::turn::library::Library;
use crate::turn::machine::Machine;
use crate::turn::plan::Asked;
use crate::turn::speaker::{self, Background};
use crate::turn::tickets::TicketNumbers;

/// A shop on a disk of its own.
pub struct Demo {
    _folder: tempfile::TempDir,
    pub engine: Engine,
}

/// One message with what the turn came to.
pub struct Worked {
    pub message: String,
    pub job: Job,
    pub history: Vec<(Role, String)>,
    pub machine: Machine,
    pub asked: Asked,
}

impl Demo {
    pub async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let zone = jiff::tz::TimeZone::get("America/New_York").unwrap();
        let now = Moment::now();
        let context = Context { zone: zone.clone(), ..Context::american(now) };
        exchange::demo::fill(&store, &context, now.day_in(&zone)).await.unwrap();
        let library = Library::default();
        library.load(&store).await.unwrap();
        let shop = Shop { name: "ElectroMart".into(), currency: Currency::USD, locale: "en-US".into(), zone, hours: None };
        let engine = Engine {
            store,
            library,
            hub: Hub::default(),
            sentiment: Analyzer::embedded(),
            encoder: None,
            shop: Arc::new(shop),
            policy: IdentityPolicy::built_in().unwrap(),
            tickets: TicketNumbers::learn(["TCK-1001"].into_iter()),
            thresholds: Thresholds { confidence: 0.85, margin: 0.2 },
            max_handoffs: 3,
            voices: Voices::default(),
            history: 10,
            deadline: Duration::from_secs(120),
            identity_pause: Duration::ZERO,
        };
        Self { _folder: folder, engine }
    }

    /// Works out a conversation, message by message.
    pub async fn talk(&self, messages: &[&str]) -> Vec<Worked> {
        let mut state = ConversationState::default();
        let mut history = Vec::new();
        let mut worked = Vec::new();
        for text in messages {
            let message = UserMessage { text: (*text).to_owned(), client_id: None, language: None, tap: None, created_at: Moment::now() };
            let job = Job {
                session: SessionKey(7),
                session_id: SessionId::random(),
                seq: 1,
                inbox: 1,
                epoch: 0,
                message,
                address: String::new(),
                request_id: String::new(),
                accepted_at: Moment::now(),
                waited: Duration::ZERO,
                replayed: false,
                suspect: false,
            };
            let (mut worker, mut asked) = (Worker::default(), Asked::default());
            let shelves = self.engine.library.shelves();
            let machine = self.engine.work_out(&job, &state, &shelves, &mut worker, &mut asked).await.unwrap();
            state = machine.outcome.state.clone();
            let said = speaker::with_templates(&machine).words.text();
            worked.push(Worked { message: (*text).to_owned(), job, history: history.clone(), machine: *machine, asked });
            history.extend([(Role::User, (*text).to_owned()), (Role::Assistant, said)]);
        }
        worked
    }

    /// Every conversation of the file.
    pub async fn dialogues(&self) -> Vec<Worked> {
        let mut all = Vec::new();
        for dialogue in include_str!("dialogues.txt").split("\n\n") {
            let lines: Vec<&str> = dialogue.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).collect();
            all.extend(self.talk(&lines).await);
        }
        all
    }

    /// What the engine would tell a model of a turn.
    pub async fn background(&self, worked: &Worked) -> Background {
        let shelves = self.engine.library.shelves();
        let background = self.engine.background(&worked.job, &worked.machine, &shelves).await.unwrap();
        Background { history: worked.history.clone(), ..background }
    }
}
