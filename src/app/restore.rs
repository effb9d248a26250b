//! Messages accepted before the last end: they are queued again, in their order.
//!
//! A message whose turn ends the whole program would end it again at every start. So starts are counted at which a
//! message waited where its turn would begin at once, before it is queued, and one found there too often is closed with
//! an error instead: the shop opens, whatever the message was. What waits behind has ended nothing, and is not counted.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::App;
use crate::domain::message::Body;
use crate::domain::time::Moment;
use crate::queue::Class;
use crate::store::StoreError;
use crate::store::command::Waiting;
use crate::turn::driver::Job;

/// Starts that a message may wait through; at the next it is closed. More than a power cut or two come to, few enough
/// that nobody has to know what to do.
const STARTS: u32 = 3;

impl App {
    /// Puts messages that were accepted before the last end back in the queue, in their order.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn restore(&self) -> Result<usize, StoreError> {
        let waiting = self.engine.store.inbox().await?;
        let at_once = first_in_line(&waiting, self.config.limits.workers);
        let starts = self.count_starts(&waiting, &at_once).await?;
        let now = Moment::now();
        let mut restored = 0;
        for (inbox, entry) in waiting {
            let session = self.engine.store.session(entry.session).await?;
            let message = self.engine.store.message(entry.session, entry.seq).await?;
            let (Some(row), Some(Body::User(message))) = (session, message.map(|stored| stored.body)) else { continue };
            let class = Class::from_number(entry.class);
            // A message from a session that has ended is closed with a time-out, not answered late.
            let ended = now.since(entry.accepted_at) > Duration::from_secs(self.config.limits.session_ttl_h * 3_600);
            let suspect = starts.get(&inbox).is_some_and(|starts| *starts > STARTS);
            if suspect {
                tracing::error!(session = %row.id, starts = STARTS, "a message ended the program again and again, and is closed unanswered");
            }
            let job = Job {
                session: entry.session,
                session_id: row.id,
                seq: entry.seq,
                inbox,
                epoch: row.epoch,
                message,
                address: String::new(),
                request_id: "restored".to_owned(),
                accepted_at: if ended { entry.accepted_at } else { now },
                waited: Duration::ZERO,
                replayed: true,
                suspect,
            };
            self.queue.restore(job, class);
            restored += 1;
        }
        Ok(restored)
    }

    /// Counts this start for the messages whose turns begin at once; durable before any of them is tried.
    async fn count_starts(&self, waiting: &[Waiting], at_once: &BTreeSet<u64>) -> Result<BTreeMap<u64, u32>, StoreError> {
        let before = self.engine.store.starts().await?;
        let count = |inbox: u64| before.get(&inbox).copied().unwrap_or(0) + u32::from(at_once.contains(&inbox));
        let counts = waiting.iter().map(|(inbox, _)| (*inbox, count(*inbox)));
        let starts: BTreeMap<u64, u32> = counts.filter(|(_, count)| *count > 0).collect();
        if starts != before {
            self.engine.store.put_starts(&starts).await?;
        }
        Ok(starts)
    }
}

/// The messages that `workers` turns begin with: the first of its session each, the most pressing first.
fn first_in_line(waiting: &[Waiting], workers: usize) -> BTreeSet<u64> {
    let mut sessions = BTreeSet::new();
    let mut first: Vec<(u8, u64)> =
        waiting.iter().filter(|(_, entry)| sessions.insert(entry.session)).map(|(inbox, entry)| (entry.class, *inbox)).collect();
    first.sort_unstable();
    first.into_iter().take(workers).map(|(_, inbox)| inbox).collect()
}
