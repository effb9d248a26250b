//! What is done once a day: what has outlived its time is removed.

use std::time::{Duration, Instant};

use super::App;
use crate::domain::time::Moment;
use crate::store::StoreError;
use crate::store::command::{Expire, Expired};

/// Between two rounds.
const EVERY: Duration = Duration::from_secs(24 * 3_600);
/// After the start, so that it does not stand in the way of it.
const FIRST: Duration = Duration::from_secs(60);
/// Sessions removed in one write.
const AT_ONCE: usize = 200;
/// Between two looks whether the shop is quiet.
const LOOK: Duration = Duration::from_secs(5);
/// Looks in a row at which nothing may wait.
const QUIET_LOOKS: u32 = 3;
/// After this long it is done all the same.
const PATIENCE: Duration = Duration::from_secs(6 * 3_600);
/// Between two writes, for the turns that wait.
const BREATH: Duration = Duration::from_millis(50);

/// Cleans up now and then, until dropped.
pub async fn work(app: App) {
    tokio::time::sleep(FIRST).await;
    loop {
        match clean_up(&app).await {
            Ok(done) => tracing::info!(sessions = done.sessions, turns = done.turns, versions = done.versions, "cleaned up"),
            Err(error) => tracing::warn!(%error, "cleaning up failed; it is tried again tomorrow"),
        }
        // What was removed must not lie in the file's free space for ever. Messages wait while the file is
        // written anew, so it is done when there are few.
        wait_for_quiet(&app).await;
        match app.engine.store.backend().compact(true).await {
            Ok(Some(file)) => tracing::info!(before = file.before, after = file.after, "the data file was written anew"),
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, "the data file could not be written anew; it is tried again tomorrow"),
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// Waits until no message has waited at a few looks in a row; in a shop that is never quiet, some hours.
async fn wait_for_quiet(app: &App) {
    let begun = Instant::now();
    let mut quiet = 0;
    while quiet < QUIET_LOOKS && begun.elapsed() < PATIENCE {
        tokio::time::sleep(LOOK).await;
        quiet = if app.queue.is_empty() { quiet + 1 } else { 0 };
    }
}

async fn clean_up(app: &App) -> Result<Expired, StoreError> {
    let now = Moment::now();
    let days = |days: u64| now.minus(Duration::from_secs(days * 86_400));
    let privacy = &app.config.privacy;
    let mut total = Expired::default();
    loop {
        let expire = Expire {
            now,
            sessions_before: days(privacy.keep_conversations_days),
            turns_before: days(privacy.keep_turn_records_days),
            limit: AT_ONCE,
        };
        let done = app.engine.store.expire(expire).await?;
        total.sessions += done.sessions;
        total.turns += done.turns;
        total.versions += done.versions;
        if !done.more {
            return Ok(total);
        }
        tokio::time::sleep(BREATH).await;
    }
}
