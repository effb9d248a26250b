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
            eprint!("\r{} [{}{}] {done} of {total}", self.what, "#".repeat(full), " ".repeat(WIDTH.saturating_sub(full)));
            let _ = std::io::stderr().flush();
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.next.is_some() {
            eprint!("\r\x1b[K");
        }
    }
}
