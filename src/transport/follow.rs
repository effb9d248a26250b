//! Following a session: what is stored from a message on, then what happens, without loss or repeats.

use std::collections::VecDeque;

use super::Shared;
use super::wire::{self, WireEvent};
use crate::domain::error::Rejected;
use crate::domain::event::ServerEvent;
use crate::domain::ids::Seq;
use crate::gateway::Held;
use crate::hub::Watch;

/// Messages read from the store at once.
const PAGE: usize = 200;

/// A follower of a session. Waiting for its next event may be broken off at any time: what was read and
/// not taken is kept.
pub struct Follower {
    shared: Shared,
    /// The session followed.
    pub held: Held,
    watch: Watch,
    /// The connection that follows, which is not told what it said itself; 0 is told everything.
    connection: u64,
    /// The next stored message to be sent; every lower one was.
    next: Seq,
    /// There may be stored messages that were not read.
    behind: bool,
    queued: VecDeque<WireEvent>,
}

impl Follower {
    /// Follows a session from the message after `seen` on. Watching begins here, before the store is
    /// read, so nothing falls in between.
    pub fn new(shared: Shared, held: Held, connection: u64, seen: Seq) -> Self {
        let watch = shared.gateway.watch(&held);
        Self { shared, held, watch, connection, next: seen.saturating_add(1), behind: true, queued: VecDeque::new() }
    }

    /// Follows a session that has no messages yet.
    pub fn of_new(shared: Shared, held: Held, connection: u64) -> Self {
        Self { behind: false, ..Self::new(shared, held, connection, 0) }
    }

    /// Everything that is stored and was not sent.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn stored(&mut self) -> Result<Vec<WireEvent>, Rejected> {
        while self.behind {
            self.read().await?;
        }
        Ok(self.queued.drain(..).collect())
    }

    /// The next event; waits for it.
    ///
    /// # Errors
    /// When the store fails; asked again, it is tried again.
    pub async fn next(&mut self) -> Result<WireEvent, Rejected> {
        loop {
            if let Some(event) = self.queued.pop_front() {
                return Ok(event);
            }
            if self.behind {
                self.read().await?;
                continue;
            }
            match self.watch.next().await {
                Some(event) => self.take(&event),
                None => {
                    // The hub let a slow connection go: what it missed is read from the store.
                    self.watch = self.shared.gateway.watch(&self.held);
                    self.behind = true;
                }
            }
        }
    }

    async fn read(&mut self) -> Result<(), Rejected> {
        let page = self.shared.gateway.messages(&self.held, self.next - 1, PAGE).await?;
        self.behind = page.len() == PAGE;
        for stored in &page {
            self.queued.push_back(wire::stored(self.held.key, &self.held.id, stored));
            self.next = stored.seq + 1;
        }
        Ok(())
    }

    fn take(&mut self, event: &ServerEvent) {
        if let ServerEvent::Message(stored) | ServerEvent::Said { stored, .. } = event {
            if stored.seq != self.next {
                // Two commits may be published in the other order; the store has them in theirs.
                self.behind |= stored.seq > self.next;
                return;
            }
            self.next = stored.seq + 1;
        }
        self.queued.extend(wire::event(self.held.key, &self.held.id, event, self.connection));
    }
}
