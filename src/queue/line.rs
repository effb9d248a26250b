//! Who is next: a data structure without time, threads or waiting of its own.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use crate::domain::ids::SessionKey;
use crate::turn::driver::Job;

/// Classes of messages, most pressing first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Class {
    /// From staff.
    Staff = 0,
    /// Confirm, choose, cancel.
    Control = 1,
    /// From a session whose last message was urgent.
    Urgent = 2,
    /// Everything else.
    Usual = 3,
}

impl Class {
    const COUNT: usize = 4;

    /// The class of a stored number.
    pub fn from_number(number: u8) -> Self {
        match number {
            0 => Self::Staff,
            1 => Self::Control,
            2 => Self::Urgent,
            _ => Self::Usual,
        }
    }
}

/// After this long a message goes one class up.
const PATIENCE: Duration = Duration::from_secs(10);

/// Messages in order.
#[derive(Debug, Default)]
pub struct Line {
    sessions: HashMap<SessionKey, Session>,
    /// Sessions whose first message may be taken, by its class, in order of arrival.
    ready: [VecDeque<(Instant, u64, SessionKey)>; Class::COUNT],
    arrivals: u64,
    waiting: usize,
}

#[derive(Debug, Default)]
struct Session {
    waiting: VecDeque<Entry>,
    busy: bool,
}

#[derive(Debug)]
struct Entry {
    job: Job,
    class: Class,
    since: Instant,
    arrival: u64,
}

impl Line {
    /// Adds a message behind its session's others; returns how many wait before it in all.
    pub fn push(&mut self, job: Job, class: Class, now: Instant) -> usize {
        let before = self.waiting;
        let key = job.session;
        let arrival = self.arrivals;
        self.arrivals += 1;
        self.waiting += 1;
        let session = self.sessions.entry(key).or_default();
        session.waiting.push_back(Entry { job, class, since: now, arrival });
        if !session.busy && session.waiting.len() == 1 {
            self.ready[class as usize].push_back((now, arrival, key));
        }
        before
    }

    /// How many wait.
    pub fn len(&self) -> usize {
        self.waiting
    }

    /// Whether any may be taken.
    pub fn has_ready(&self) -> bool {
        self.ready.iter().any(|queue| !queue.is_empty())
    }

    /// Takes the next message with how long it waited; its session is busy until released.
    pub fn pop(&mut self, now: Instant) -> Option<(Job, Duration)> {
        let rank = |class: usize, since: Instant, arrival: u64| {
            let raised = usize::from(now.duration_since(since) >= PATIENCE);
            (class.saturating_sub(raised), arrival)
        };
        let class = (0..Class::COUNT)
            .filter_map(|class| self.ready[class].front().map(|(since, arrival, _)| (rank(class, *since, *arrival), class)))
            .min()?
            .1;
        let (_, _, key) = self.ready[class].pop_front()?;
        let session = self.sessions.get_mut(&key)?;
        let entry = session.waiting.pop_front()?;
        session.busy = true;
        self.waiting -= 1;
        Some((entry.job, now.duration_since(entry.since)))
    }

    /// The session's turn has ended: its next message, if any, may be taken.
    pub fn release(&mut self, key: SessionKey) {
        let Some(session) = self.sessions.get_mut(&key) else { return };
        session.busy = false;
        match session.waiting.front() {
            Some(next) => self.ready[next.class as usize].push_back((next.since, next.arrival, key)),
            None => drop(self.sessions.remove(&key)),
        }
        // A session that waited for its own turn may be older than those behind it.
        for queue in &mut self.ready {
            let sorted = queue.iter().zip(queue.iter().skip(1)).all(|(a, b)| a.1 <= b.1);
            if !sorted {
                queue.make_contiguous().sort_by_key(|(_, arrival, _)| *arrival);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::SessionId;
    use crate::domain::message::UserMessage;
    use crate::domain::time::Moment;

    fn job(session: u64, seq: u32) -> Job {
        Job {
            session: SessionKey(session),
            session_id: SessionId::random(),
            seq,
            inbox: 0,
            epoch: 0,
            message: UserMessage { text: String::new(), client_id: None, language: None, tap: None, created_at: Moment(0) },
            address: String::new(),
            request_id: String::new(),
            accepted_at: Moment(0),
            waited: Duration::ZERO,
            replayed: false,
            suspect: false,
        }
    }

    fn next(line: &mut Line, now: Instant) -> Option<(u64, u32)> {
        line.pop(now).map(|(job, _)| (job.session.0, job.seq))
    }

    #[test]
    fn a_session_keeps_its_order_and_others_go_on() {
        let now = Instant::now();
        let mut line = Line::default();
        for (session, seq) in [(1, 1), (1, 2), (2, 1)] {
            line.push(job(session, seq), Class::Usual, now);
        }
        assert_eq!(next(&mut line, now), Some((1, 1)));
        assert_eq!(next(&mut line, now), Some((2, 1)));
        assert_eq!(next(&mut line, now), None, "session 1 is busy");
        line.release(SessionKey(1));
        assert_eq!(next(&mut line, now), Some((1, 2)));
        line.release(SessionKey(1));
        line.release(SessionKey(2));
        assert_eq!((line.len(), line.sessions.len()), (0, 0));
    }

    #[test]
    fn classes_go_first_until_patience_ends() {
        let start = Instant::now();
        let mut line = Line::default();
        line.push(job(1, 1), Class::Usual, start);
        line.push(job(2, 1), Class::Urgent, start);
        line.push(job(3, 1), Class::Staff, start);
        line.push(job(4, 1), Class::Control, start);
        let order: Vec<u64> = std::iter::from_fn(|| next(&mut line, start)).map(|(session, _)| session).collect();
        assert_eq!(order, [3, 4, 2, 1]);
        let later = start + PATIENCE;
        line.push(job(5, 1), Class::Usual, start);
        line.push(job(6, 1), Class::Urgent, later);
        assert_eq!(next(&mut line, later), Some((5, 1)), "waited long enough to go before an urgent one that came later");
    }

    #[test]
    fn the_place_in_the_line_is_told() {
        let now = Instant::now();
        let mut line = Line::default();
        assert_eq!(line.push(job(1, 1), Class::Usual, now), 0);
        assert_eq!(line.push(job(2, 1), Class::Usual, now), 1);
    }
}
