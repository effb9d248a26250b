//! Requests a minute: by address, by session where many share one address.
//!
//! The generic cell rate algorithm (ITU-T I.371) with one number a key: a burst of a minute's worth is
//! allowed, after that requests come back one by one. The last addresses are remembered, the rest start
//! afresh.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use lru::LruCache;
use parking_lot::Mutex;

use crate::config::Network;
use crate::domain::ids::SessionKey;

/// The limiter.
pub struct RateLimiter {
    /// Time a single request takes off the allowance; none when the limit is off.
    cost: Option<Duration>,
    cells: Mutex<LruCache<Key, Instant>>,
    shared: Vec<Network>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Key {
    Address(IpAddr),
    Session(SessionKey),
}

/// The allowance: as many requests at once as a minute brings.
const MINUTE: Duration = Duration::from_secs(60);

impl RateLimiter {
    /// `per_minute` requests for each of the last `remembered` addresses; 0 switches the limit off.
    pub fn new(per_minute: u32, remembered: usize, shared: Vec<Network>) -> Self {
        let most = std::num::NonZeroUsize::new(remembered).unwrap_or(std::num::NonZeroUsize::MIN);
        Self { cost: MINUTE.checked_div(per_minute), cells: Mutex::new(LruCache::new(most)), shared }
    }

    /// Whether many customers share the address, so that it is counted per session.
    pub fn is_shared(&self, address: IpAddr) -> bool {
        self.shared.iter().any(|network| network.contains(address))
    }

    /// Counts a request; `Err` holds how long to wait.
    pub fn count(&self, address: IpAddr, session: Option<SessionKey>, now: Instant) -> Result<(), Duration> {
        let Some(cost) = self.cost else { return Ok(()) };
        let key = match session.filter(|_| self.is_shared(address)) {
            Some(session) => Key::Session(session),
            None => Key::Address(counted_as(address)),
        };
        let mut cells = self.cells.lock();
        let due = cells.get(&key).copied().unwrap_or(now).max(now);
        let next = due + cost;
        let ahead = next - now;
        if ahead > MINUTE {
            return Err(ahead - MINUTE);
        }
        cells.put(key, next);
        Ok(())
    }
}

/// IPv6 addresses are counted by their /64, which is what one customer has.
fn counted_as(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6((u128::from(v6) & !u128::from(u64::MAX)).into()),
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{RawSetting, Setting as _};

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_minute_brings_as_many_as_it_says() {
        let limiter = RateLimiter::new(100, 10, Vec::new());
        let start = Instant::now();
        let one = address("10.0.0.1");
        for i in 0..100 {
            assert_eq!(limiter.count(one, None, start), Ok(()), "request {i}");
        }
        let wait = limiter.count(one, None, start).unwrap_err();
        assert!(wait > Duration::ZERO && wait <= Duration::from_secs(1), "{wait:?}");
        assert_eq!(limiter.count(address("10.0.0.2"), None, start), Ok(()), "another address");
        assert_eq!(limiter.count(one, None, start + wait), Ok(()), "after the wait one more");
        assert!(limiter.count(one, None, start + wait).is_err());
    }

    #[test]
    fn neighbours_in_a_64_count_as_one_and_sessions_on_a_shared_network_apart() {
        let shared = Network::read(&RawSetting::Text("192.168.0.0/16".into())).unwrap();
        let limiter = RateLimiter::new(1, 10, vec![shared]);
        let now = Instant::now();
        assert!(limiter.count(address("2001:db8::1"), None, now).is_ok());
        assert!(limiter.count(address("2001:db8::2"), None, now).is_err());
        assert!(limiter.count(address("2001:db8:0:1::1"), None, now).is_ok());
        let wifi = address("192.168.1.1");
        assert!(limiter.count(wifi, Some(SessionKey(1)), now).is_ok());
        assert!(limiter.count(wifi, Some(SessionKey(2)), now).is_ok());
        assert!(limiter.count(wifi, Some(SessionKey(1)), now).is_err());
        assert!(RateLimiter::new(0, 10, Vec::new()).count(wifi, None, now).is_ok(), "0 switches it off");
    }

    #[test]
    fn only_the_last_addresses_are_remembered() {
        let limiter = RateLimiter::new(1, 2, Vec::new());
        let now = Instant::now();
        for last in 1..=3 {
            assert!(limiter.count(address(&format!("10.0.0.{last}")), None, now).is_ok());
        }
        assert!(limiter.count(address("10.0.0.1"), None, now).is_ok(), "forgotten by now");
        assert!(limiter.count(address("10.0.0.3"), None, now).is_err(), "still known");
    }
}
