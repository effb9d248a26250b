//! Who waits for a place at the model: by rank, and of one rank who came first.

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, TryRecvError};

use tokio::sync::OwnedSemaphorePermit;

use super::super::Rank;
use super::worker::{Job, Spoken};

/// Who waits.
pub(super) enum Waiting {
    /// A job that holds one of the places in the queue.
    Asked { job: Job, _place: OwnedSemaphorePermit },
    /// An answer that is begun, and has no room beside the others or was put aside for one.
    Begun(Box<Spoken>),
}

impl Waiting {
    fn rank(&self) -> Rank {
        match self {
            Self::Asked { job, .. } => job.rank(),
            Self::Begun(talk) => talk.watch.rank,
        }
    }

    fn is_left(&self) -> bool {
        match self {
            Self::Asked { job, .. } => job.is_left(),
            Self::Begun(talk) => (talk.watch.gone)(),
        }
    }
}

/// Those who wait, in order.
#[derive(Default)]
pub(super) struct Line {
    waiting: VecDeque<Waiting>,
}

impl Line {
    /// Takes in who has come, and lets go who has left. Where nobody waits and the thread is `idle`, the next one is waited
    /// for; `false` when none can come.
    pub(super) fn fill(&mut self, jobs: &Receiver<Waiting>, idle: bool) -> bool {
        self.waiting.retain(|waiting| !waiting.is_left());
        if idle && self.waiting.is_empty() {
            let Ok(first) = jobs.recv() else { return false };
            self.add(first);
        }
        loop {
            match jobs.try_recv() {
                Ok(next) => self.add(next),
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => return true,
            }
        }
    }

    /// The first, if whoever has its rank `may` be served now.
    pub(super) fn take(&mut self, may: impl FnOnce(Rank) -> bool) -> Option<Waiting> {
        self.waiting.pop_front_if(|first| may(first.rank()))
    }

    /// Behind those of its rank.
    fn add(&mut self, next: Waiting) {
        let at = self.waiting.partition_point(|other| other.rank() <= next.rank());
        self.waiting.insert(at, next);
    }

    /// Before those of its rank: it was served already.
    pub(super) fn put_back(&mut self, talk: Spoken) {
        let at = self.waiting.partition_point(|other| other.rank() < talk.watch.rank);
        self.waiting.insert(at, Waiting::Begun(Box::new(talk)));
    }

    /// The answers that are begun, which then wait no longer.
    pub(super) fn begun(&mut self) -> VecDeque<Waiting> {
        let (begun, asked) = self.waiting.drain(..).partition(|waiting| matches!(waiting, Waiting::Begun(_)));
        self.waiting = asked;
        begun
    }

    /// All of them, who then wait no longer.
    pub(super) fn empty(&mut self) -> impl Iterator<Item = Waiting> {
        self.waiting.drain(..)
    }
}
