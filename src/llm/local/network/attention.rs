//! What a position gathers from those before it.

use std::sync::Arc;

use super::super::super::kernels::cached;
use super::super::super::kernels::rows::softmax;
use super::super::super::kernels::team::Team;
use super::cache::{PAGE, Page, Shape};

/// Multiplications below which one thread is faster than several.
const WORTHWHILE: usize = 1 << 17;

/// Attention in one layer.
pub struct Attention {
    pub kept: Shape,
    pub layer: usize,
    /// Heads of queries.
    pub heads: usize,
    /// What a product of a query with a key is multiplied with.
    pub scale: f32,
    /// How many positions are seen, the own one included; all of them without.
    pub window: Option<usize>,
}

/// A row of queries, at its position in a conversation.
#[derive(Clone, Copy)]
pub struct Asking<'a> {
    pub pages: &'a [Arc<Page>],
    pub position: usize,
}

impl Attention {
    /// Gathers for rows of queries, each in its own conversation, into rows of the same size.
    pub fn gather(&self, queries: &[f32], asking: &[Asking<'_>], to: &mut [f32], team: &Team) {
        // Heads that share keys and values are done together.
        let part = self.heads / self.kept.kv_heads * self.kept.head;
        let work: usize = asking.iter().map(|a| (a.position + 1) * self.heads * self.kept.head * 2).sum();
        team.each_of(to, part, work >= WORTHWHILE, |i, to| {
            self.heads_of(i % self.kept.kv_heads, &queries[i * part..][..part], asking[i / self.kept.kv_heads], to);
        });
    }

    /// The heads of queries that share the `kv_head`th keys and values.
    fn heads_of(&self, kv_head: usize, queries: &[f32], asking: Asking<'_>, to: &mut [f32]) {
        let (head, seen) = (self.kept.head, asking.position + 1);
        let first = seen - self.window.map_or(seen, |window| window.min(seen));
        // Pages from the first position that is seen, with the positions of each.
        let pages = || {
            asking.pages.iter().enumerate().skip(first / PAGE).take_while(move |(n, _)| n * PAGE < seen).map(move |(n, page)| {
                let from = first.saturating_sub(n * PAGE) * head;
                (page, from..(seen - n * PAGE).min(PAGE) * head)
            })
        };
        let (each, mut at) = (seen - first, 0);
        let mut scores = vec![0.0; queries.len() / head * each];
        for (page, range) in pages() {
            let keys = &page.keys(self.kept, self.layer, kv_head)[range];
            cached::scores(queries, keys, head, self.scale, &mut scores[at..], each);
            at += keys.len() / head;
        }
        scores.chunks_exact_mut(each).for_each(softmax);
        to.fill(0.0);
        at = 0;
        for (page, range) in pages() {
            let values = &page.values(self.kept, self.layer, kv_head)[range];
            cached::gather(&scores[at..], each, values, head, to);
            at += values.len() / head;
        }
    }
}
