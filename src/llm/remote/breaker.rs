//! The circuit breaker: a server that keeps failing is left alone for a while, so that no customer waits
//! for it, and then tried with one request.

use std::time::{Duration, Instant};

use parking_lot::Mutex;

use crate::llm::ModelError;

/// Failures in a row after which it opens.
const FAILURES: u32 = 3;
/// How long it stays open.
const REST: Duration = Duration::from_secs(30);

/// Counts failures and decides who may try.
#[derive(Debug)]
pub struct Breaker {
    state: Mutex<State>,
    rest: Duration,
}

#[derive(Debug, Default)]
struct State {
    failures: u32,
    open_until: Option<Instant>,
    probing: bool,
}

/// Leave to try once. Dropped without a verdict (the turn ended) it counts as neither.
#[derive(Debug)]
pub struct Attempt<'a> {
    breaker: &'a Breaker,
    decided: bool,
}

impl Default for Breaker {
    fn default() -> Self {
        Self::resting(REST)
    }
}

impl Breaker {
    /// A breaker that stays open for `rest`.
    pub fn resting(rest: Duration) -> Self {
        Self { state: Mutex::new(State::default()), rest }
    }

    /// Asks for leave to try.
    ///
    /// # Errors
    /// [`ModelError::Resting`] while it is open, or half open with another try under way.
    pub fn enter(&self) -> Result<Attempt<'_>, ModelError> {
        let mut state = self.state.lock();
        if let Some(until) = state.open_until {
            if Instant::now() < until || state.probing {
                return Err(ModelError::Resting);
            }
            state.probing = true;
        }
        Ok(Attempt { breaker: self, decided: false })
    }

    /// Whether requests are let through without restriction.
    pub fn is_closed(&self) -> bool {
        self.state.lock().open_until.is_none()
    }
}

impl Attempt<'_> {
    /// It went well: everyone may try again.
    pub fn succeeded(mut self) {
        self.decided = true;
        *self.breaker.state.lock() = State::default();
    }

    /// The server said for how long it wants to be left alone.
    pub fn told_to_rest(mut self, rest: Duration) {
        self.decided = true;
        let mut state = self.breaker.state.lock();
        state.probing = false;
        state.failures = state.failures.max(FAILURES);
        state.open_until = Some(Instant::now() + rest);
    }

    /// It failed.
    pub fn failed(mut self) {
        self.decided = true;
        let mut state = self.breaker.state.lock();
        state.failures = state.failures.saturating_add(1);
        state.probing = false;
        if state.failures >= FAILURES {
            state.open_until = Some(Instant::now() + self.breaker.rest);
        }
    }
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        if !self.decided {
            self.breaker.state.lock().probing = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_opens_after_three_failures_and_lets_one_try() {
        let breaker = Breaker::resting(Duration::from_millis(20));
        for _ in 0..2 {
            breaker.enter().unwrap().failed();
        }
        breaker.enter().unwrap().succeeded();
        for _ in 0..3 {
            assert!(breaker.is_closed());
            breaker.enter().unwrap().failed();
        }
        assert!(!breaker.is_closed());
        assert_eq!(breaker.enter().err(), Some(ModelError::Resting));
        std::thread::sleep(Duration::from_millis(25));
        let probe = breaker.enter().unwrap();
        assert_eq!(breaker.enter().err(), Some(ModelError::Resting), "one at a time");
        drop(probe);
        breaker.enter().unwrap().failed();
        assert_eq!(breaker.enter().err(), Some(ModelError::Resting), "one failure is enough now");
        std::thread::sleep(Duration::from_millis(25));
        breaker.enter().unwrap().succeeded();
        assert!(breaker.is_closed());
    }
}
