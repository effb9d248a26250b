//! The hub: from a session to everyone who watches it.
//!
//! Events are published after their commit. A watcher that cannot keep up loses what is only live
//! (typing, provisional sentences); before it would lose a stored message it is let go, and reads what it
//! missed from the store when it comes back.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;
use tokio::sync::mpsc;

use crate::domain::event::ServerEvent;
use crate::domain::ids::SessionKey;

/// Events a watcher may be behind.
const BACKLOG: usize = 256;
/// Locks the sessions are spread over.
const SHARDS: usize = 32;

/// Sessions and their watchers.
#[derive(Clone, Default)]
pub struct Hub {
    inner: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    shards: [Mutex<HashMap<SessionKey, Topic>>; SHARDS],
    next: AtomicU64,
}

#[derive(Default)]
struct Topic {
    /// Events are shared: a watcher costs a pointer for each place in its queue, not an event.
    watchers: Vec<(u64, mpsc::Sender<Arc<ServerEvent>>)>,
    /// Provisional sentences of an earlier epoch are dropped.
    epoch: u32,
}

impl Topic {
    /// Nobody watches, and there is nothing to remember: few sessions are ever taken over.
    fn is_idle(&self) -> bool {
        self.watchers.is_empty() && self.epoch == 0
    }
}

/// A watcher's end. Dropping it ends the watch.
pub struct Watch {
    hub: Hub,
    session: SessionKey,
    number: u64,
    events: mpsc::Receiver<Arc<ServerEvent>>,
}

impl Watch {
    /// The next event; `None` once the watcher has been let go.
    pub async fn next(&mut self) -> Option<Arc<ServerEvent>> {
        self.events.recv().await
    }

    /// The next event, if one is already there.
    pub fn ready(&mut self) -> Option<Arc<ServerEvent>> {
        self.events.try_recv().ok()
    }

    /// The session watched.
    pub fn session(&self) -> SessionKey {
        self.session
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let mut shard = self.hub.shard(self.session).lock();
        if let Some(topic) = shard.get_mut(&self.session) {
            topic.watchers.retain(|(number, _)| *number != self.number);
            if topic.is_idle() {
                shard.remove(&self.session);
            }
        }
    }
}

impl Hub {
    /// Begins to watch a session.
    pub fn watch(&self, session: SessionKey) -> Watch {
        let (sender, events) = mpsc::channel(BACKLOG);
        let number = self.inner.next.fetch_add(1, Ordering::Relaxed);
        self.shard(session).lock().entry(session).or_default().watchers.push((number, sender));
        Watch { hub: self.clone(), session, number, events }
    }

    /// Tells everyone who watches a session.
    pub fn publish(&self, session: SessionKey, event: &ServerEvent) {
        let mut shard = self.shard(session).lock();
        let Some(topic) = shard.get_mut(&session) else { return };
        if let ServerEvent::Delta { epoch, .. } = event
            && *epoch < topic.epoch
        {
            return;
        }
        let only_live = matches!(event, ServerEvent::Typing { .. } | ServerEvent::Delta { .. } | ServerEvent::Cancel { .. });
        let shared = Arc::new(event.clone());
        topic.watchers.retain(|(_, watcher)| match watcher.try_send(Arc::clone(&shared)) {
            Ok(()) => true,
            Err(mpsc::error::TrySendError::Full(_)) => only_live,
            Err(mpsc::error::TrySendError::Closed(_)) => false,
        });
        if topic.is_idle() {
            shard.remove(&session);
        }
    }

    /// From now on provisional sentences of earlier epochs are dropped, also for those who begin to watch
    /// later: a turn may still be under way.
    pub fn fence(&self, session: SessionKey, epoch: u32) {
        let mut shard = self.shard(session).lock();
        let topic = shard.entry(session).or_default();
        topic.epoch = topic.epoch.max(epoch);
    }

    /// Whether anyone watches a session.
    pub fn is_watched(&self, session: SessionKey) -> bool {
        self.shard(session).lock().get(&session).is_some_and(|topic| !topic.watchers.is_empty())
    }

    fn shard(&self, session: SessionKey) -> &Mutex<HashMap<SessionKey, Topic>> {
        // The lower half of a key is random.
        &self.inner.shards[(session.0 as usize) % SHARDS]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::agent::Agent;
    use crate::domain::event::Stage;
    use crate::domain::ids::MessageId;
    use crate::domain::message::{Body, Notice, NoticeKind, Stored};
    use crate::domain::time::Moment;

    const SESSION: SessionKey = SessionKey(7);

    fn typing() -> ServerEvent {
        ServerEvent::Typing { agent: Agent::Sales, stage: Stage::Writing }
    }

    fn stored(seq: u32) -> ServerEvent {
        let notice = Notice { kind: NoticeKind::Handoff, from: None, to: None, reason: String::new(), created_at: Moment(0) };
        ServerEvent::Message(Arc::new(Stored { seq, body: Body::Notice(notice) }))
    }

    #[tokio::test]
    async fn everyone_who_watches_is_told() {
        let hub = Hub::default();
        let (mut a, mut b) = (hub.watch(SESSION), hub.watch(SESSION));
        hub.publish(SESSION, &typing());
        hub.publish(SessionKey(8), &typing());
        assert!(a.next().await.is_some() && b.next().await.is_some());
        assert!(a.ready().is_none());
        drop((a, b));
        assert!(!hub.is_watched(SESSION));
    }

    #[tokio::test]
    async fn a_slow_watcher_loses_what_is_live_and_is_let_go_before_it_loses_a_message() {
        let hub = Hub::default();
        let mut slow = hub.watch(SESSION);
        for _ in 0..BACKLOG + 10 {
            hub.publish(SESSION, &typing());
        }
        assert!(hub.is_watched(SESSION));
        hub.publish(SESSION, &stored(1));
        assert!(!hub.is_watched(SESSION));
        let mut received = 0;
        while slow.next().await.is_some() {
            received += 1;
        }
        assert_eq!(received, BACKLOG);
    }

    #[tokio::test]
    async fn sentences_of_an_earlier_epoch_are_dropped() {
        let hub = Hub::default();
        let mut watch = hub.watch(SESSION);
        let delta = |epoch| ServerEvent::Delta { message: MessageId::reply_to(SESSION, 1), index: 0, text: "x".into(), epoch };
        hub.fence(SESSION, 2);
        hub.publish(SESSION, &delta(1));
        assert!(watch.ready().is_none());
        hub.publish(SESSION, &delta(2));
        assert!(watch.ready().is_some());
        drop(watch);
        assert!(!hub.is_watched(SESSION));
        let mut later = hub.watch(SESSION);
        hub.publish(SESSION, &delta(1));
        assert!(later.ready().is_none(), "a turn that began before the fence still speaks to whoever comes after it");
    }
}
