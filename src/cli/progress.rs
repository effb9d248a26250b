//! A bar on the terminal for what takes over a second; nothing anywhere else.

use std::io::{IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use parking_lot::Mutex;

/// What takes less is over before a bar is read.
const PATIENCE: Duration = Duration::from_secs(1);
/// Between two drawings.
const PAUSE: Duration = Duration::from_millis(100);
/// Characters of a full bar.
const WIDTH: usize = 30;

/// Characters of the mark in the bar of work whose end cannot be seen.
const MARK: usize = 6;

/// Work of many steps, done by any number of threads.
pub struct Progress {
    what: &'static str,
    done: AtomicUsize,
    /// When it is drawn next; none where nobody sees it.
    next: Option<Mutex<Instant>>,
}

impl Progress {
    /// Work that begins now.
    pub fn new(what: &'static str, quiet: bool) -> Self {
        let seen = !quiet && std::io::stderr().is_terminal();
        Self { what, done: AtomicUsize::new(0), next: seen.then(|| Mutex::new(Instant::now() + PATIENCE)) }
    }

    /// One step more is done, of so many.
    pub fn tick(&self, total: usize) {
        self.at(self.done.fetch_add(1, Ordering::Relaxed) + 1, total);
    }

    /// So many steps are done, of so many.
    pub fn at(&self, done: usize, total: usize) {
        // Whoever finds another thread drawing goes on with the work.
        let Some(mut next) = self.next.as_ref().and_then(Mutex::try_lock) else { return };
        let now = Instant::now();
        if now >= *next {
            *next = now + PAUSE;
            let full = WIDTH * done / total.max(1);
            self.draw(&format!("[{}{}] {done} of {total}", "#".repeat(full), " ".repeat(WIDTH.saturating_sub(full))));
        }
    }

    /// Waits for work that does not tell how far it is, and shows how long it has taken.
    pub async fn during<T>(&self, work: impl Future<Output = T>) -> T {
        let Some(next) = &self.next else { return work.await };
        let (began, mut looks) = (Instant::now(), tokio::time::interval(PAUSE));
        tokio::pin!(work);
        loop {
            tokio::select! {
                biased;
                done = &mut work => return done,
                _ = looks.tick() => if Instant::now() >= *next.lock() {
                    self.draw(&moving(began.elapsed()));
                },
            }
        }
    }

    fn draw(&self, bar: &str) {
        eprint!("\r{} {bar}", self.what);
        let _ = std::io::stderr().flush();
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.next.is_some() {
            eprint!("\r\x1b[K");
        }
    }
}

/// A bar whose mark goes to and fro, and the time in seconds.
fn moving(taken: Duration) -> String {
    let most = WIDTH - MARK;
    let step = usize::try_from(taken.as_millis() / PAUSE.as_millis()).unwrap_or(0) % (2 * most);
    let at = step.min(2 * most - step);
    format!("[{}{}{}] {} s", " ".repeat(at), "#".repeat(MARK), " ".repeat(most - at), taken.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_goes_to_and_fro() {
        let bar = |ms| moving(Duration::from_millis(ms));
        for (ms, at, seconds) in [(0, 1, 0), (1_000, 11, 1), (2_400, 25, 2), (2_500, 24, 2), (4_800, 1, 4), (3_600_000, 1, 3_600)] {
            assert_eq!((bar(ms).find('#'), bar(ms).rfind('#')), (Some(at), Some(at + MARK - 1)), "{ms}: {}", bar(ms));
            assert!(bar(ms).ends_with(&format!("] {seconds} s")) && bar(ms).find(']') == Some(WIDTH + 1), "{}", bar(ms));
        }
    }

    #[tokio::test]
    async fn what_is_waited_for_comes_back_seen_or_not() {
        for next in [None, Some(Mutex::new(Instant::now()))] {
            let progress = Progress { what: "waiting", done: AtomicUsize::new(0), next };
            let work = async {
                tokio::time::sleep(PAUSE * 2).await;
                7
            };
            assert_eq!(progress.during(work).await, 7);
        }
    }
}
