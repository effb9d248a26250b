//! Threads that do the parts of a product together.
//!
//! A token takes a hundred and more products, one behind the other, of some hundred microseconds each: threads that are
//! woken for every one of them are late for most. Here those who wait look for work for a while before they sleep, so that
//! between the products of a step nobody has to be woken. Parts are taken one by one, so that a thread that the system
//! takes away does not hold up more than the part it is at.

use std::any::Any;
use std::hint::spin_loop;
use std::marker::PhantomData;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU64, AtomicUsize, Ordering};
use std::thread::{JoinHandle, park, yield_now};

use parking_lot::Mutex;

/// Looks for work before a thread lets others run, and before it sleeps: some 50 and some 200 microseconds.
const SPINS: u32 = 1_000;
const LOOKS: u32 = 1_200;
/// Bits of [`Shared::word`] for a number of parts.
const BITS: u32 = 20;
/// Most parts at once: as many as the bits hold, less one for every thread that may come too late.
const MOST: usize = (1 << BITS) - (1 << 10);

/// What is done with a part.
type Work<'a> = &'a (dyn Fn(usize) + Sync);

/// Threads that work together; they end with it.
pub struct Team {
    shared: Arc<Shared>,
    helpers: Vec<JoinHandle<()>>,
    /// Held by who leads: one piece of work at a time.
    leads: Mutex<()>,
}

/// What the threads of a team see of each other.
#[derive(Default)]
struct Shared {
    /// How many parts there are and which is the next, in 20 bits each.
    word: AtomicU64,
    /// The work, while there are parts that are not done.
    work: AtomicPtr<Work<'static>>,
    done: AtomicUsize,
    /// Helpers that sleep or are about to.
    asleep: AtomicUsize,
    /// The first panic within a part.
    broke: Mutex<Option<Box<dyn Any + Send>>>,
    over: AtomicBool,
}

impl Shared {
    /// Takes the next part.
    fn take(&self) -> Option<usize> {
        let split = |word: u64| ((word >> BITS) as usize, (word & ((1 << BITS) - 1)) as usize);
        let (parts, next) = split(self.word.load(Ordering::SeqCst));
        if next >= parts {
            return None;
        }
        // Another may have been faster, or have begun something new: what counts is what is taken.
        let (parts, next) = split(self.word.fetch_add(1, Ordering::SeqCst));
        (next < parts).then_some(next)
    }

    /// Does a part that was taken.
    fn run(&self, part: usize) {
        // SAFETY: whoever leads stays in `Team::each`, where the work lives, until every part that was taken is done.
        let work = unsafe { &*self.work.load(Ordering::Acquire) };
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| work(part))) {
            self.broke.lock().get_or_insert(panic);
        }
        self.done.fetch_add(1, Ordering::Release);
    }

    /// A helper's life.
    fn help(&self) {
        let mut looks = 0;
        while !self.over.load(Ordering::Acquire) {
            if let Some(part) = self.take() {
                self.run(part);
                looks = 0;
                continue;
            }
            looks += 1;
            if looks < SPINS {
                spin_loop();
            } else if looks < LOOKS {
                yield_now();
            } else {
                self.asleep.fetch_add(1, Ordering::SeqCst);
                // Who begins something from here on sees that somebody sleeps; what began before is looked for once more.
                if let Some(part) = self.take() {
                    self.run(part);
                } else if !self.over.load(Ordering::SeqCst) {
                    park();
                }
                self.asleep.fetch_sub(1, Ordering::SeqCst);
                looks = 0;
            }
        }
    }
}

impl Team {
    /// A team of so many threads, whoever leads included.
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn new(threads: usize) -> std::io::Result<Self> {
        let mut team = Self::alone();
        for n in 1..threads {
            let shared = Arc::clone(&team.shared);
            let thread = std::thread::Builder::new().name(format!("local-model-{n}"));
            team.helpers.push(thread.spawn(move || shared.help())?);
        }
        Ok(team)
    }

    /// Whoever leads, alone.
    pub fn alone() -> Self {
        Self { shared: Arc::default(), helpers: Vec::new(), leads: Mutex::default() }
    }

    /// Does `work` with every number below `parts`, in any order, each once, and returns when all are done. `worthwhile`
    /// says whether that takes so long that other threads are worth calling: some ten microseconds.
    ///
    /// # Panics
    /// When the work does, with the same payload, after all parts are done.
    pub fn each(&self, parts: usize, worthwhile: bool, work: impl Fn(usize) + Sync) {
        if self.helpers.is_empty() || parts < 2 || !worthwhile {
            (0..parts).for_each(work);
            return;
        }
        let _lead = self.leads.lock();
        for from in (0..parts).step_by(MOST) {
            self.share(MOST.min(parts - from), &|part| work(from + part));
        }
    }

    /// Does something with every `width` of `all`, which are counted; the last may be fewer.
    ///
    /// # Panics
    /// As [`Team::each`].
    pub fn each_of<T: Send>(&self, all: &mut [T], width: usize, worthwhile: bool, work: impl Fn(usize, &mut [T]) + Sync) {
        let (len, width) = (all.len(), width.max(1));
        let apart = Apart::new(all);
        self.each(len.div_ceil(width), worthwhile, |i| {
            // SAFETY: every part is done once, and no two overlap.
            work(i, unsafe { apart.part(i * width..((i + 1) * width).min(len)) });
        });
    }

    fn share(&self, parts: usize, work: Work<'_>) {
        let shared = &*self.shared;
        shared.done.store(0, Ordering::Relaxed);
        shared.work.store((&raw const work).cast_mut().cast(), Ordering::Release);
        shared.word.store((parts as u64) << BITS, Ordering::SeqCst);
        if shared.asleep.load(Ordering::SeqCst) > 0 {
            self.helpers.iter().for_each(|helper| helper.thread().unpark());
        }
        while let Some(part) = shared.take() {
            shared.run(part);
        }
        let mut looks = 0;
        while shared.done.load(Ordering::Acquire) < parts {
            looks += 1;
            if looks < SPINS {
                spin_loop();
            } else {
                yield_now();
            }
        }
        if let Some(panic) = shared.broke.lock().take() {
            resume_unwind(panic);
        }
    }
}

impl Drop for Team {
    fn drop(&mut self) {
        self.shared.over.store(true, Ordering::SeqCst);
        for helper in self.helpers.drain(..) {
            helper.thread().unpark();
            // A helper's panics are caught and told to who leads.
            let _ = helper.join();
        }
    }
}

/// A slice whose parts are written by several threads.
pub struct Apart<'a, T> {
    all: *mut T,
    len: usize,
    borrowed: PhantomData<&'a mut [T]>,
}

// SAFETY: threads reach the numbers only through `Apart::part`, whose caller keeps them apart.
unsafe impl<T: Send> Sync for Apart<'_, T> {}

impl<'a, T> Apart<'a, T> {
    /// Of the whole of a slice.
    pub fn new(all: &'a mut [T]) -> Self {
        Self { all: all.as_mut_ptr(), len: all.len(), borrowed: PhantomData }
    }

    /// A part to write to.
    ///
    /// # Safety
    /// Nobody else has any of it meanwhile.
    #[allow(clippy::mut_from_ref)] // What the type is for.
    pub unsafe fn part(&self, range: Range<usize>) -> &mut [T] {
        assert!(range.start <= range.end && range.end <= self.len);
        // SAFETY: within the slice it was made of, by the assertion; the caller keeps other threads away.
        unsafe { std::slice::from_raw_parts_mut(self.all.add(range.start), range.len()) }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU32;

    use super::*;

    #[test]
    fn every_part_is_done_once_by_however_many() {
        for threads in [1, 2, 3, 8] {
            let team = Team::new(threads).unwrap();
            for parts in [0, 1, 2, 7, 100, 3000] {
                // Many, so that some begin while a helper is about to sleep, and some after it did.
                for round in 0..200 {
                    let mut done = vec![0u32; parts];
                    team.each_of(&mut done, 1, true, |i, n| n[0] += i as u32 + 1);
                    assert!(done.iter().enumerate().all(|(i, n)| *n == i as u32 + 1), "{threads} {parts}");
                    if round % 50 == 0 {
                        std::thread::sleep(std::time::Duration::from_millis(1));
                    }
                }
            }
        }
    }

    #[test]
    fn more_parts_than_fit_at_once_are_done_too() {
        let team = Team::new(2).unwrap();
        let sum = AtomicU64::new(0);
        let parts = MOST + 5;
        team.each(parts, true, |i| {
            sum.fetch_add(i as u64, Ordering::Relaxed);
        });
        assert_eq!(sum.into_inner(), (parts as u64 - 1) * parts as u64 / 2);
    }

    #[test]
    fn a_panic_reaches_who_leads_and_the_team_goes_on() {
        for threads in [1, 2, 4] {
            let team = Team::new(threads).unwrap();
            for bad in [0, 5, 99] {
                let done = AtomicU32::new(0);
                let told = catch_unwind(AssertUnwindSafe(|| {
                    team.each(100, true, |i| {
                        done.fetch_add(1, Ordering::Relaxed);
                        assert!(i != bad, "part {bad}");
                    });
                }));
                assert_eq!(told.unwrap_err().downcast_ref::<String>(), Some(&format!("part {bad}")));
                team.each(3, true, |_| {
                    done.fetch_add(1, Ordering::Relaxed);
                });
                assert!(threads == 1 || done.into_inner() == 103);
            }
        }
    }

    #[test]
    fn several_leaders_take_turns() {
        let team = Team::new(3).unwrap();
        let sum = AtomicU32::new(0);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..100 {
                        team.each(10, true, |_| {
                            sum.fetch_add(1, Ordering::Relaxed);
                        });
                    }
                });
            }
        });
        assert_eq!(sum.into_inner(), 4_000);
    }
}
