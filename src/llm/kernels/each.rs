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

/// Runs a check at each level, on this thread: what a team's other threads do is at the process's level.
pub fn level(check: impl Fn(Level)) {
    for (_, _, level) in levels().into_iter().filter(|(_, has, _)| *has) {
        FORCED.set(Some(level));
        check(level);
    }
    FORCED.set(None);
}
