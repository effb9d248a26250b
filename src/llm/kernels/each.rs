//! Checks at every level that the processor has, in one process.

use std::cell::Cell;

use super::{Level, levels};

thread_local! {
    static FORCED: Cell<Option<Level>> = const { Cell::new(None) };
}

/// The level a check asks for.
pub fn of_this_thread() -> Option<Level> {
    FORCED.get()
}

/// Runs a check at each level. Products find a pool of one thread, whose level is the one that is asked for.
pub fn level(check: impl Fn(Level) + Sync) {
    for (_, _, level) in levels().into_iter().filter(|(_, has, _)| *has) {
        let start = move |_| FORCED.set(Some(level));
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).start_handler(start).build().unwrap();
        pool.install(|| check(level));
    }
}
