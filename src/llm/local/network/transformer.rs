//! The decoder: every architecture of [`super::architecture`], several conversations in a step.

use super::super::super::kernels::cached::halves;
use super::super::super::kernels::matrix::{Columns, Matrix, products};
use super::super::super::kernels::rows::add;
use super::super::super::kernels::team::Team;
use super::super::error::LocalError;
use super::architecture::Architecture;
use super::attention::{Asking, Attention};
use super::cache::Shape;
use super::steps::{each_row, gate, norm, normed};
use super::turns::{Angles, Turns};
use super::{Feed, Network};

/// The weights of a layer.
pub(super) struct Layer {
    pub attention_norm: Vec<f32>,
    /// Queries, keys and values.
    pub qkv: [Matrix; 3],
    pub biases: Option<[Vec<f32>; 3]>,
    /// Of the heads of queries and of keys.
    pub head_norms: Option<[Vec<f32>; 2]>,
    pub attention_output: Matrix,
    /// Behind attention and behind feed-forward.
    pub norms_behind: Option<[Vec<f32>; 2]>,
    pub ffn_norm: Vec<f32>,
    /// The gate, and what it lets through.
    pub gate: [Matrix; 2],
    pub down: Matrix,
    /// Positions that are seen, the own one included; all without.
    pub window: Option<usize>,
    /// Which of [`Transformer::turns`].
    pub turns: usize,
}

/// A network, without any conversation.
pub(in super::super) struct Transformer {
    pub(in super::super) about: &'static Architecture,
    pub(super) kept: Shape,
    pub(super) heads: usize,
    /// What a product of a query with a key is multiplied with.
    pub(super) scale: f32,
    pub(super) epsilon: f32,
    /// Most positions of a conversation.
    pub(super) context: usize,
    /// Of layers that see everything, and of those that see what is near.
    pub(super) turns: Vec<Turns>,
    /// A row for every token.
    pub(super) table: Matrix,
    pub(super) layers: Vec<Layer>,
    pub(super) norm: Vec<f32>,
    pub(super) output: Matrix,
    /// Who does its products.
    pub(super) team: Team,
}

/// A row of a step: its conversation, its position there, and its angles.
struct Row {
    feed: usize,
    position: usize,
    angles: Vec<Angles>,
}

impl Transformer {
    fn width(&self) -> usize {
        self.table.width
    }

    /// The tokens' rows of the table.
    fn embedded(&self, feeds: &[Feed<'_>]) -> Result<Vec<f32>, LocalError> {
        let width = self.width();
        let count: usize = feeds.iter().map(|feed| feed.tokens.len()).sum();
        let mut rows = vec![0.0; count * width];
        let tokens = feeds.iter().flat_map(|feed| feed.tokens);
        for (token, row) in tokens.zip(rows.chunks_exact_mut(width)) {
            if *token as usize >= self.table.rows || !self.table.row(*token as usize, row) {
                return Err(LocalError::Broken);
            }
        }
        if self.about.scaled_rows {
            let scale = (width as f32).sqrt();
            rows.iter_mut().for_each(|x| *x *= scale);
        }
        Ok(rows)
    }

    /// Where each row of a step stands. Sets room aside for all of them.
    fn placed(&self, feeds: &mut [Feed<'_>]) -> Result<Vec<Row>, LocalError> {
        let mut rows = Vec::new();
        for (feed, tokens) in feeds.iter_mut().enumerate() {
            let from = tokens.cache.len();
            if tokens.tokens.is_empty() || from + tokens.tokens.len() > self.context {
                return Err(LocalError::Broken);
            }
            tokens.cache.add(tokens.tokens, self.kept);
            rows.extend((from..tokens.cache.len()).map(|position| {
                let angles = self.turns.iter().map(|turns| turns.at(position)).collect();
                Row { feed, position, angles }
            }));
        }
        Ok(rows)
    }

    /// Queries of all rows; their keys and values are put into the caches.
    fn look(&self, n: usize, x: &[f32], rows: &[Row], feeds: &mut [Feed<'_>]) -> Vec<f32> {
        let (layer, kept) = (&self.layers[n], self.kept);
        let (q_width, kv_width) = (self.heads * kept.head, kept.kv_heads * kept.head);
        let x = normed(x, &layer.attention_norm, self.epsilon, &self.team);
        let mut q = vec![0.0; rows.len() * q_width];
        let (mut k, mut v) = (vec![0.0; rows.len() * kv_width], vec![0.0; rows.len() * kv_width]);
        let [wq, wk, wv] = &layer.qkv;
        products(&mut [(wq, &mut q), (wk, &mut k), (wv, &mut v)], &Columns::new(&x, self.width()), &self.team);
        if let Some([bq, bk, bv]) = &layer.biases {
            q.chunks_exact_mut(q_width).for_each(|row| add(row, bq));
            k.chunks_exact_mut(kv_width).for_each(|row| add(row, bk));
            v.chunks_exact_mut(kv_width).for_each(|row| add(row, bv));
        }
        let turns = &self.turns[layer.turns];
        let heads = |row: &mut [f32], angles: &Angles, norms: Option<&Vec<f32>>| {
            for head in row.chunks_exact_mut(kept.head) {
                if let Some(scale) = norms {
                    norm(head, scale, self.epsilon);
                }
                turns.turn(head, angles);
            }
        };
        let norms = layer.head_norms.as_ref();
        each_row(&mut q, q_width, &self.team, |i, row| heads(row, &rows[i].angles[layer.turns], norms.map(|[q, _]| q)));
        each_row(&mut k, kv_width, &self.team, |i, row| heads(row, &rows[i].angles[layer.turns], norms.map(|[_, k]| k)));
        for (i, row) in rows.iter().enumerate() {
            for (which, from) in [&k, &v].into_iter().enumerate() {
                for (head, numbers) in from[i * kv_width..][..kv_width].chunks_exact(kept.head).enumerate() {
                    if let Some(place) = feeds[row.feed].cache.place(kept, n, which, head, row.position) {
                        halves(numbers, place);
                    }
                }
            }
        }
        q
    }

    fn attention(&self, n: usize, x: &[f32], rows: &[Row], feeds: &mut [Feed<'_>]) -> Vec<f32> {
        let layer = &self.layers[n];
        let queries = self.look(n, x, rows, feeds);
        let attention = Attention { kept: self.kept, layer: n, heads: self.heads, scale: self.scale, window: layer.window };
        let asking: Vec<Asking<'_>> =
            rows.iter().map(|row| Asking { pages: feeds[row.feed].cache.pages(), position: row.position }).collect();
        let mut gathered = vec![0.0; queries.len()];
        attention.gather(&queries, &asking, &mut gathered, &self.team);
        let mut out = layer.attention_output.times(&Columns::new(&gathered, self.heads * self.kept.head), &self.team);
        self.norm_behind(&mut out, layer.norms_behind.as_ref().map(|[attention, _]| attention));
        out
    }

    fn feed_forward(&self, layer: &Layer, x: &[f32]) -> Vec<f32> {
        let x = normed(x, &layer.ffn_norm, self.epsilon, &self.team);
        let [gates, through] = &layer.gate;
        let count = x.len() / self.width();
        let (mut g, mut u) = (vec![0.0; count * gates.rows], vec![0.0; count * through.rows]);
        products(&mut [(gates, &mut g), (through, &mut u)], &Columns::new(&x, self.width()), &self.team);
        gate(&mut g, &u, gates.rows, self.about.bend, &self.team);
        let mut out = layer.down.times(&Columns::new(&g, gates.rows), &self.team);
        self.norm_behind(&mut out, layer.norms_behind.as_ref().map(|[_, feed_forward]| feed_forward));
        out
    }

    fn norm_behind(&self, rows: &mut [f32], scale: Option<&Vec<f32>>) {
        if let Some(scale) = scale {
            each_row(rows, scale.len(), &self.team, |_, row| norm(row, scale, self.epsilon));
        }
    }

    /// The scores that each conversation wants.
    fn scores(&self, x: &[f32], feeds: &[Feed<'_>]) -> Vec<Vec<f32>> {
        let width = self.width();
        let (mut wanted, mut counts, mut at) = (Vec::new(), Vec::new(), 0);
        for feed in feeds {
            let end = at + feed.tokens.len();
            let from = if feed.all { at } else { end - 1 };
            wanted.extend_from_slice(&x[from * width..end * width]);
            counts.push(end - from);
            at = end;
        }
        let wanted = normed(&wanted, &self.norm, self.epsilon, &self.team);
        let mut all = self.output.times(&Columns::new(&wanted, width), &self.team);
        // From behind, so that what is split off is copied once.
        let mut out: Vec<Vec<f32>> = counts.iter().rev().map(|count| all.split_off(all.len() - count * self.output.rows)).collect();
        out.reverse();
        out
    }
}

impl Network for Transformer {
    fn step(&mut self, feeds: &mut [Feed<'_>]) -> Result<Vec<Vec<f32>>, LocalError> {
        let mut x = self.embedded(feeds)?;
        let rows = self.placed(feeds)?;
        for n in 0..self.layers.len() {
            let gathered = self.attention(n, &x, &rows, feeds);
            add(&mut x, &gathered);
            let worked = self.feed_forward(&self.layers[n], &x);
            add(&mut x, &worked);
        }
        Ok(self.scores(&x, feeds))
    }

    fn position_bytes(&self) -> usize {
        self.kept.position_bytes()
    }
}
