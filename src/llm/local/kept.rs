//! What was read before, to go on from: the instructions every conversation begins with, and the conversations themselves.

use std::collections::HashSet;

use super::network::Cache;

/// Caches of earlier answers, the last used first. What they hold together is bounded.
#[derive(Default)]
pub(super) struct Kept {
    caches: Vec<Cache>,
}

impl Kept {
    /// A cache of the beginning of `ids`, as much of it as was ever read; the last token is left to be read, for its scores.
    pub(super) fn fork(&mut self, ids: &[u32]) -> Cache {
        let most = ids.len().saturating_sub(1);
        let common = |cache: &Cache| cache.tokens().iter().zip(&ids[..most]).take_while(|(a, b)| a == b).count();
        // Of equals the one used last.
        let best = self.caches.iter().enumerate().map(|(i, cache)| (common(cache), i)).rev().max_by_key(|(n, _)| *n);
        let Some((len, at)) = best.filter(|(n, _)| *n > 0) else { return Cache::default() };
        let used = self.caches.remove(at);
        let mut fork = used.clone();
        fork.truncate(len);
        self.caches.insert(0, used);
        fork
    }

    /// Keeps a cache. Those it goes on from are in it.
    pub(super) fn keep(&mut self, cache: Cache) {
        self.caches.retain(|old| !cache.tokens().starts_with(old.tokens()));
        self.caches.insert(0, cache);
    }

    /// Forgets what was not used for longest, until the rest takes at most this many pages.
    pub(super) fn shrink(&mut self, pages: usize) {
        while !self.caches.is_empty() && self.pages() > pages {
            self.caches.pop();
        }
    }

    /// Pages of all caches; those that several share count once.
    fn pages(&self) -> usize {
        self.caches.iter().flat_map(Cache::places).collect::<HashSet<_>>().len()
    }
}

#[cfg(test)]
mod tests {
    use super::super::network::{PAGE, Shape};
    use super::*;

    #[test]
    fn the_longest_beginning_is_found_and_the_oldest_forgotten() {
        let shape = Shape { layers: 1, kv_heads: 1, head: 2 };
        let cache = |from: u32, len: usize| {
            let mut cache = Cache::default();
            cache.add(&(from..from + len as u32).collect::<Vec<_>>(), shape);
            cache
        };
        let mut kept = Kept::default();
        kept.keep(cache(0, 3 * PAGE));
        kept.keep(cache(1000, PAGE));
        let ids: Vec<u32> = (0..50).chain([7, 8]).collect();
        assert_eq!(kept.fork(&ids).len(), 50);
        assert_eq!(kept.fork(&ids[..40]).len(), 39, "the last is read again");
        assert_eq!(kept.fork(&[5, 6]).len(), 0);
        // A longer one takes the place of its own beginning.
        let mut longer = kept.fork(&(0..200).collect::<Vec<_>>());
        longer.add(&[9; PAGE], shape);
        kept.keep(longer);
        assert_eq!((kept.caches.len(), kept.pages()), (2, 5));
        kept.shrink(4);
        assert_eq!((kept.caches.len(), kept.pages()), (1, 4));
        assert_eq!(kept.fork(&ids).len(), 50);
        kept.shrink(0);
        assert_eq!(kept.fork(&ids).len(), 0);
    }
}
