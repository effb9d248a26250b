//! The whole shop with a model as its voice: a few scripted chats, each message through the door.
//!
//! What the model writes is a draft. The check of replies holds every sentence of it against the records; a
//! draft with a sentence that nothing bears out, or that leaves a fact out, counts as refused, and nothing
//! refused is said to the customer. A chat is resolved when every message was answered and no person was
//! called.

use std::collections::HashSet;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

use crate::domain::agent::Provider;
use crate::domain::event::ServerEvent;
use crate::domain::message::{AgentMessage, Body};
use crate::eval::score::ratio;
use crate::gateway::{Gateway, Held, Inbound, Origin};
use crate::llm::{Brief, ChatModel, Constraint, Health, Prompt, Saying, Voices};
use crate::store::{Store, StoreError};

/// The chats.
const CHATS: &str = include_str!("chats.txt");

/// What customers say, chat by chat.
pub fn chats() -> Vec<Vec<&'static str>> {
    let lines = CHATS.lines().filter(|line| !line.starts_with('#')).collect::<Vec<_>>();
    lines.split(|line| line.is_empty()).map(<[&str]>::to_vec).filter(|chat| !chat.is_empty()).collect()
}

/// What came of the chats.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Talked {
    /// Where the model is.
    pub provider: Provider,
    /// Its name.
    pub model: String,
    /// Chats begun.
    pub chats: usize,
    /// Of these, those that needed no person.
    pub resolved: usize,
    /// What the model wrote for customers.
    pub drafts: usize,
    /// Of these, those the check refused.
    pub refused: usize,
    /// Refused of all drafts; none where there were none.
    pub unsupported_claim_rate: Option<f64>,
    /// In the shop's currency; none without prices, or where none was resolved.
    pub cost_per_resolved_chat: Option<f64>,
}

/// A model as the shop's voice, overheard: what it was asked for beside words for customers is told apart.
pub struct Overheard {
    model: Arc<dyn ChatModel>,
    plans: Mutex<HashSet<String>>,
}

impl Overheard {
    /// Listens to a model.
    pub fn new(model: Arc<dyn ChatModel>) -> Arc<Self> {
        Arc::new(Self { model, plans: Mutex::default() })
    }

    /// The only voice of a shop.
    pub fn alone(self: Arc<Self>) -> Voices {
        match self.provider() {
            Provider::Remote => Voices::of(Some(self), None, false),
            _ => Voices::of(None, Some(self), false),
        }
    }
}

impl ChatModel for Overheard {
    fn name(&self) -> String {
        self.model.name()
    }

    fn provider(&self) -> Provider {
        self.model.provider()
    }

    fn brief(&self) -> Brief {
        self.model.brief()
    }

    fn say<'a>(&'a self, prompt: &'a Prompt, pieces: Option<mpsc::UnboundedSender<String>>) -> Saying<'a> {
        Box::pin(async move {
            let said = self.model.say(prompt, pieces).await;
            if let (Ok(said), Constraint::Schema { .. }) = (&said, &prompt.constraint) {
                self.plans.lock().insert(said.text.clone());
            }
            said
        })
    }

    fn health(&self) -> Health {
        self.model.health()
    }
}

/// Holds the first `most` chats with the shop behind a door, whose voice is `voice` alone.
///
/// # Errors
/// In a sentence, when the shop's store fails.
pub async fn talk(door: &Gateway, store: &Store, voice: &Overheard, most: usize) -> Result<Talked, String> {
    let mut talked = Talked {
        provider: voice.provider(),
        model: voice.name(),
        chats: 0,
        resolved: 0,
        drafts: 0,
        refused: 0,
        unsupported_claim_rate: None,
        cost_per_resolved_chat: None,
    };
    for chat in chats().iter().take(most) {
        let said = hold(door, chat).await?;
        let plans = voice.plans.lock().clone();
        let drafts = drafts(store, &said).await.map_err(|error| error.to_string())?;
        for (_, refused) in drafts.iter().filter(|(text, _)| !text.is_empty() && !plans.contains(text)) {
            talked.drafts += 1;
            talked.refused += usize::from(*refused);
        }
        talked.chats += 1;
        talked.resolved += usize::from(said.resolved);
    }
    talked.unsupported_claim_rate = (talked.drafts > 0).then(|| ratio(talked.refused, talked.drafts));
    Ok(talked)
}

impl Talked {
    /// With what all of it cost.
    #[must_use]
    pub fn at_cost(mut self, cost: Option<f64>) -> Self {
        self.cost_per_resolved_chat = cost.filter(|_| self.resolved > 0).map(|cost| cost / self.resolved as f64);
        self
    }
}

/// A chat that was held.
pub struct Chat {
    session: Held,
    /// The newest message of the session.
    last: u32,
    resolved: bool,
}

/// Says the lines of a chat, one after the other.
///
/// # Errors
/// In a sentence, when no session can be opened.
pub async fn hold(door: &Gateway, lines: &[&str]) -> Result<Chat, String> {
    hold_and_hear(door, lines, &mut |_| {}).await
}

/// The same; each reply is heard before the next line is said.
///
/// # Errors
/// As [`hold`].
pub async fn hold_and_hear(door: &Gateway, lines: &[&str], hear: &mut (dyn FnMut(&AgentMessage) + Send)) -> Result<Chat, String> {
    let grant = door.open().await.map_err(|error| error.message)?;
    let mut chat = Chat { session: Held { id: grant.id, key: grant.key }, last: 0, resolved: true };
    for line in lines {
        match say(door, &chat.session, line).await {
            Some((seq, reply)) => {
                chat.last = seq;
                chat.resolved &= !reply.escalated;
                hear(&reply);
            }
            None => chat.resolved = false,
        }
    }
    Ok(chat)
}

/// Says a line and waits for the reply; `None` when there is none.
async fn say(door: &Gateway, session: &Held, line: &str) -> Option<(u32, AgentMessage)> {
    let origin = Origin {
        transport: "terminal",
        address: IpAddr::V4(Ipv4Addr::LOCALHOST),
        request_id: uuid::Uuid::new_v4().to_string(),
        connection: 0,
    };
    let mut watch = door.watch(session);
    let inbound = Inbound::Message { text: line.to_owned(), client_id: None, language: None };
    let accepted = door.accept(&origin, session, inbound).await.ok()?;
    while let Some(event) = watch.next().await {
        match &*event {
            ServerEvent::Message(stored) => match &stored.body {
                Body::Agent(reply) if reply.in_reply_to == Some(accepted.seq) => return Some((stored.seq, (**reply).clone())),
                _ => {}
            },
            ServerEvent::Failed { message, .. } if *message == accepted.message => return None,
            _ => {}
        }
    }
    None
}

/// What models wrote in a chat, and whether it was refused.
async fn drafts(store: &Store, chat: &Chat) -> Result<Vec<(String, bool)>, StoreError> {
    let mut all = Vec::new();
    for seq in 1..=chat.last {
        if let Some(turn) = store.turn(chat.session.key, seq).await? {
            all.extend(turn.drafts.into_iter().map(|draft| (draft.text, !draft.unsupported.is_empty())));
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_chats_and_each_says_something() {
        let chats = chats();
        assert!(
            chats.len() >= 6 && chats.iter().all(|chat| chat.len() > 1 && chat.iter().all(|line| !line.trim().is_empty())),
            "{chats:?}"
        );
    }

    #[test]
    fn a_cost_is_shared_by_the_chats_that_needed_no_person() {
        let talked = |resolved| Talked {
            provider: Provider::Remote,
            model: "m".to_owned(),
            chats: 6,
            resolved,
            drafts: 4,
            refused: 1,
            unsupported_claim_rate: Some(0.25),
            cost_per_resolved_chat: None,
        };
        for (resolved, cost, expected) in [(4, Some(1.0), Some(0.25)), (4, Some(0.0), Some(0.0)), (4, None, None), (0, Some(1.0), None)] {
            assert_eq!(talked(resolved).at_cost(cost).cost_per_resolved_chat, expected);
        }
    }
}
