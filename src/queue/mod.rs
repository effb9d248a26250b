//! The queue: first in, first out within a session; classes across sessions; a few turns at once.
//!
//! Room is reserved before a message is made durable, so that an accepted message always has its place.
//! A worker's place is held while a turn computes and given back while it waits for a disk or a model;
//! the session stays busy until its turn has ended, so its order always holds.

mod line;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use tokio::sync::{Notify, Semaphore};

use crate::domain::ids::SessionKey;
use crate::telemetry;
use crate::turn::driver::{Engine, Job, Worker};
pub use line::Class;
use line::Line;

/// The queue and its workers.
#[derive(Clone)]
pub struct Queue {
    inner: Arc<Inner>,
}

struct Inner {
    engine: Arc<Engine>,
    line: Mutex<Line>,
    /// Messages that wait, and those whose room is reserved.
    reserved: AtomicUsize,
    capacity: usize,
    arrived: Notify,
    workers: Arc<Semaphore>,
    running: AtomicUsize,
    ended: Notify,
    draining: AtomicBool,
}

/// Room in the queue, reserved for one message.
pub struct Slot {
    queue: Queue,
    used: bool,
}

impl Slot {
    /// Puts the message in its place; returns how many wait before it.
    pub fn submit(mut self, job: Job, class: Class) -> usize {
        self.used = true;
        self.queue.push(job, class)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        if !self.used {
            self.queue.inner.reserved.fetch_sub(1, Ordering::AcqRel);
        }
    }
}

impl Queue {
    /// A queue for `capacity` messages that works on `workers` turns at once.
    pub fn new(engine: Arc<Engine>, capacity: usize, workers: usize) -> Self {
        let inner = Inner {
            engine,
            line: Mutex::new(Line::default()),
            reserved: AtomicUsize::new(0),
            capacity,
            arrived: Notify::new(),
            workers: Arc::new(Semaphore::new(workers)),
            running: AtomicUsize::new(0),
            ended: Notify::new(),
            draining: AtomicBool::new(false),
        };
        Self { inner: Arc::new(inner) }
    }

    /// Reserves room, or says that there is none. A twentieth of the queue is kept for staff.
    pub fn reserve(&self, class: Class) -> Option<Slot> {
        let kept = if class == Class::Staff { 0 } else { (self.inner.capacity / 20).min(self.inner.capacity - 1) };
        let room = self.inner.capacity - kept;
        let taken = self.inner.reserved.fetch_update(Ordering::AcqRel, Ordering::Acquire, |n| (n < room).then_some(n + 1));
        taken.ok().map(|_| Slot { queue: self.clone(), used: false })
    }

    /// Puts in a message found at boot: it was accepted before, so it needs no room.
    pub fn restore(&self, job: Job, class: Class) {
        self.inner.reserved.fetch_add(1, Ordering::AcqRel);
        self.push(job, class);
    }

    fn push(&self, job: Job, class: Class) -> usize {
        let before = {
            let mut line = self.inner.line.lock();
            let before = line.push(job, class, Instant::now());
            telemetry::queue_length(line.len());
            before
        };
        self.inner.arrived.notify_one();
        before
    }

    /// How many messages wait.
    pub fn len(&self) -> usize {
        self.inner.line.lock().len()
    }

    /// Whether none waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether messages are still taken up.
    pub fn is_draining(&self) -> bool {
        self.inner.draining.load(Ordering::Acquire)
    }

    /// Works until told to drain.
    pub async fn work(self) {
        loop {
            let arrived = self.inner.arrived.notified();
            if self.is_draining() {
                return;
            }
            let next = self.inner.line.lock().has_ready();
            if !next {
                arrived.await;
                continue;
            }
            let Ok(permit) = Arc::clone(&self.inner.workers).acquire_owned().await else { return };
            let next = {
                let mut line = self.inner.line.lock();
                let next = line.pop(Instant::now());
                telemetry::queue_length(line.len());
                next
            };
            let Some((job, waited)) = next else { continue };
            telemetry::queue_wait(waited);
            self.start(Job { waited, ..job }, Worker::new(permit));
        }
    }

    fn start(&self, job: Job, worker: Worker) {
        self.inner.reserved.fetch_sub(1, Ordering::AcqRel);
        self.inner.running.fetch_add(1, Ordering::AcqRel);
        let queue = self.clone();
        tokio::spawn(async move {
            let session = job.session;
            // The guard frees the session also when the turn panics; the message then stays in the
            // inbox and is taken up again at the next start.
            let _guard = Running { queue: &queue, session };
            queue.inner.engine.run(&job, worker).await;
        });
    }

    /// Stops taking up messages and waits for running turns, at most `patience`. What still waits is in
    /// the store's inbox and is answered after the next start.
    pub async fn drain(&self, patience: Duration) {
        self.inner.draining.store(true, Ordering::Release);
        self.inner.arrived.notify_waiters();
        self.inner.arrived.notify_one();
        let idle = async {
            loop {
                let ended = self.inner.ended.notified();
                if self.inner.running.load(Ordering::Acquire) == 0 {
                    return;
                }
                ended.await;
            }
        };
        let _ = tokio::time::timeout(patience, idle).await;
    }
}

/// A turn under way; dropping it lets the session's next message through.
struct Running<'a> {
    queue: &'a Queue,
    session: SessionKey,
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.queue.inner.line.lock().release(self.session);
        self.queue.inner.running.fetch_sub(1, Ordering::AcqRel);
        self.queue.inner.arrived.notify_one();
        self.queue.inner.ended.notify_waiters();
    }
}
