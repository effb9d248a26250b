//! How fast memory is read.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::super::super::kernels::team::Team;
use super::super::plan::available_memory;

/// Bytes read where the caches are small.
const LEAST: u64 = 512 << 20;
/// Times the last cache that is read, so that what is left in it from the round before does not count.
const CACHES: u64 = 4;
/// The last cache of a processor that does not tell.
const USUAL_CACHE: u64 = 64 << 20;
/// Numbers a thread takes at a time.
const PART: usize = 1 << 17;

/// Bytes that are far more than the processor's caches hold, and at most a quarter of the memory that is free.
pub fn beyond_caches() -> u64 {
    let far = LEAST.max(CACHES * last_cache());
    available_memory().map_or(far, |free| far.min(free / 4))
}

/// Bytes of memory read in a second by so many threads, in the median of some rounds (at least one).
///
/// # Errors
/// When there are no threads to be had.
pub fn bandwidth(threads: usize, rounds: usize) -> std::io::Result<f64> {
    let team = Team::new(threads)?;
    let numbers = usize::try_from(beyond_caches() / 8).unwrap_or(PART).max(PART);
    let mut buffer = vec![0u64; numbers];
    team.each_of(&mut buffer, PART, true, |n, part| part.fill(n as u64 + 1));
    let read = || {
        let begun = Instant::now();
        let sum = AtomicU64::new(0);
        team.each(numbers.div_ceil(PART), true, |n| {
            let part = &buffer[n * PART..((n + 1) * PART).min(numbers)];
            sum.fetch_add(part.iter().fold(0u64, |sum, n| sum.wrapping_add(*n)), Ordering::Relaxed);
        });
        std::hint::black_box(sum);
        begun.elapsed()
    };
    let mut times: Vec<Duration> = (0..rounds.max(1)).map(|_| read()).collect();
    times.sort_unstable();
    Ok(numbers as f64 * 8.0 / times[times.len() / 2].as_secs_f64().max(f64::MIN_POSITIVE))
}

/// Bytes of the processor's last cache, as the system tells.
fn last_cache() -> u64 {
    let sizes = (0..8).filter_map(|n| std::fs::read_to_string(format!("/sys/devices/system/cpu/cpu0/cache/index{n}/size")).ok());
    sizes.filter_map(|text| kib(text.trim())).max().unwrap_or(USUAL_CACHE)
}

/// `32768K` in bytes.
fn kib(text: &str) -> Option<u64> {
    text.strip_suffix('K')?.parse::<u64>().ok()?.checked_mul(1_024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_of_caches_are_read() {
        for (text, bytes) in [("32K", Some(32_768)), ("266240K", Some(272_629_760)), ("2M", None), ("", None)] {
            assert_eq!(kib(text), bytes, "{text}");
        }
        assert!(last_cache() > 1 << 15 && beyond_caches() > 0);
    }
}
