//! What a network has read of one conversation: the keys and values of every position.
//!
//! They lie in pages that copies of a cache share until one of them writes (as the blocks of Kwon et al., "Efficient memory
//! management for large language model serving with PagedAttention", 2023, but found by reference counts): the instructions
//! that all conversations begin with are in memory once.

use std::sync::Arc;

/// Positions in a page.
pub const PAGE: usize = 32;

/// The sizes of what is kept of a position.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Shape {
    pub layers: usize,
    pub kv_heads: usize,
    /// Numbers in a head.
    pub head: usize,
}

impl Shape {
    /// 16-bit numbers in a page.
    fn page(self) -> usize {
        self.layers * 2 * self.kv_heads * self.head * PAGE
    }

    /// Where in a page the keys (`which` 0) or values (1) of a head in a layer begin.
    fn at(self, layer: usize, which: usize, head: usize) -> usize {
        ((layer * 2 + which) * self.kv_heads + head) * self.head * PAGE
    }

    /// Bytes of a position.
    pub fn position_bytes(self) -> usize {
        self.page() / PAGE * 2
    }
}

/// Keys and values of [`PAGE`] positions: for every layer, keys and then values, head by head, position by position.
#[derive(Debug, Clone)]
pub struct Page(Vec<u16>);

impl Page {
    /// The keys of a head in a layer: `head` numbers for each position.
    pub fn keys(&self, kept: Shape, layer: usize, head: usize) -> &[u16] {
        self.part(kept, kept.at(layer, 0, head))
    }

    /// The values.
    pub fn values(&self, kept: Shape, layer: usize, head: usize) -> &[u16] {
        self.part(kept, kept.at(layer, 1, head))
    }

    fn part(&self, kept: Shape, at: usize) -> &[u16] {
        &self.0[at..at + kept.head * PAGE]
    }
}

/// What was read of a conversation.
#[derive(Debug, Clone, Default)]
pub struct Cache {
    tokens: Vec<u32>,
    pages: Vec<Arc<Page>>,
}

impl Cache {
    /// The tokens that were read.
    pub fn tokens(&self) -> &[u32] {
        &self.tokens
    }

    /// How many they are.
    pub fn len(&self) -> usize {
        self.tokens.len()
    }

    /// Forgets what stands behind the first `len` tokens.
    pub fn truncate(&mut self, len: usize) {
        self.tokens.truncate(len);
        self.pages.truncate(self.tokens.len().div_ceil(PAGE));
    }

    /// Notes tokens, and sets room aside for what is kept of them.
    pub fn add(&mut self, tokens: &[u32], kept: Shape) {
        self.tokens.extend_from_slice(tokens);
        while self.pages.len() * PAGE < self.tokens.len() && kept.page() > 0 {
            self.pages.push(Arc::new(Page(vec![0; kept.page()])));
        }
    }

    /// Where each of the pages lies: what copies share has one place.
    pub fn places(&self) -> impl Iterator<Item = *const Page> {
        self.pages.iter().map(Arc::as_ptr)
    }

    /// The pages, first positions first.
    pub fn pages(&self) -> &[Arc<Page>] {
        &self.pages
    }

    /// Where the keys (`which` 0) or values (1) of a head at a position are to be put. A page that other caches share is
    /// copied first.
    pub fn place(&mut self, kept: Shape, layer: usize, which: usize, head: usize, position: usize) -> Option<&mut [u16]> {
        let page = Arc::make_mut(self.pages.get_mut(position / PAGE)?);
        let at = kept.at(layer, which, head) + position % PAGE * kept.head;
        page.0.get_mut(at..at + kept.head)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_share_pages_until_one_writes() {
        let kept = Shape { layers: 2, kv_heads: 2, head: 4 };
        let mut one = Cache::default();
        one.add(&[7; 40], kept);
        one.place(kept, 1, 0, 1, 35).unwrap().copy_from_slice(&[1, 2, 3, 4]);
        let mut two = one.clone();
        two.truncate(36);
        assert!(one.places().eq(two.places()));
        two.place(kept, 1, 0, 1, 35).unwrap().copy_from_slice(&[5, 6, 7, 8]);
        let shared = one.places().zip(two.places()).filter(|(a, b)| a == b).count();
        assert_eq!((shared, one.pages().len(), two.len()), (1, 2, 36));
        let keys = |cache: &Cache| cache.pages()[1].keys(kept, 1, 1)[3 * 4..4 * 4].to_vec();
        assert_eq!((keys(&one), keys(&two)), (vec![1, 2, 3, 4], vec![5, 6, 7, 8]));
        two.truncate(32);
        assert_eq!((two.pages().len(), two.place(kept, 0, 0, 0, 32).is_none()), (1, true));
    }
}
