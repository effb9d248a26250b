//! A small llama in `Q8_0`, such as the decoder the program carries.
//!
//! In a network of two million numbers the steps between the products take longer than the products, if each is an
//! operation of the tensor library: candle-transformers' llama made a few hundred tokens a second of it on one core.
//! Here they are loops over plain rows, and what belongs together is one product.

use std::io::{Read, Seek, SeekFrom};

use candle_core::quantized::GgmlDType;

use super::super::kernels::product::{Product, Q8_BYTES, Q8_ELEMENTS, add_blocks};
use super::super::kernels::rows::{add, add_scaled, dot, softmax};
use super::error::LocalError;
use super::gguf::Header;
use super::network::Network;
use super::plan::{Architecture, Plan};

/// The widest that counts as small: beyond, the products take the time.
const WIDEST: u64 = 512;

struct Layer {
    attention_norm: Vec<f32>,
    /// Queries, keys and values.
    qkv: Product,
    attention_output: Product,
    ffn_norm: Vec<f32>,
    gate_and_up: Product,
    down: Product,
    /// Keys of all positions read so far, and their values.
    keys: Vec<f32>,
    values: Vec<f32>,
}

/// The network with room for one conversation.
pub(super) struct Small {
    width: usize,
    heads: usize,
    kv_heads: usize,
    head: usize,
    inner: usize,
    context: usize,
    epsilon: f32,
    /// Cosine and sine by which the pairs of a head are turned, position by position.
    turns: Vec<(f32, f32)>,
    /// A row for every piece.
    table: Vec<f32>,
    layers: Vec<Layer>,
    norm: Vec<f32>,
    output: Product,
}

/// Whether a file is for this network: a narrow llama with every matrix in `Q8_0` and in whole blocks.
pub(super) fn suits(plan: &Plan, file: &Header) -> bool {
    let used = |name: &str| name.starts_with("blk.") || matches!(name, "token_embd.weight" | "output.weight" | "output_norm.weight");
    let narrow = plan.architecture == Architecture::Llama && plan.width <= WIDEST;
    narrow
        && file.tensors.iter().filter(|(name, _)| used(name)).all(|(_, tensor)| match tensor.shape.as_slice() {
            [_] => tensor.kind == GgmlDType::F32,
            [columns, _] => tensor.kind == GgmlDType::Q8_0 && columns.is_multiple_of(Q8_ELEMENTS as u64),
            _ => false,
        })
}

/// Reads the bytes of tensors.
struct Bytes<'a, R> {
    file: &'a Header,
    from: &'a mut R,
}

impl<R: Read + Seek> Bytes<'_, R> {
    fn of(&mut self, name: &str) -> Result<Vec<u8>, LocalError> {
        let stored = self.file.tensors.get(name).ok_or_else(|| LocalError::MissingTensor(name.to_owned()))?;
        self.from.seek(SeekFrom::Start(self.file.data + stored.offset))?;
        let mut bytes = vec![0; usize::try_from(stored.bytes).unwrap_or(0)];
        self.from.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    fn floats(&mut self, name: &str) -> Result<Vec<f32>, LocalError> {
        Ok(self.of(name)?.as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b)).collect())
    }

    fn product(&mut self, names: &[String], inputs: usize) -> Result<Product, LocalError> {
        let matrices = names.iter().map(|name| self.of(name)).collect::<Result<Vec<_>, _>>()?;
        let matrices: Vec<&[u8]> = matrices.iter().map(Vec::as_slice).collect();
        Ok(Product::stacked(&matrices, inputs)?)
    }
}

impl Small {
    /// Loads a file that [`suits`].
    pub(super) fn load(plan: &Plan, file: &Header, from: &mut (impl Read + Seek)) -> Result<Self, LocalError> {
        let size = |n: u64| usize::try_from(n).unwrap_or(0);
        let (width, heads, kv_heads, head) = (size(plan.width), size(plan.heads), size(plan.kv_heads), size(plan.head_width));
        let inner = file.tensors.get("blk.0.ffn_gate.weight").and_then(|t| t.shape.get(1)).map_or(0, |n| size(*n));
        let mut bytes = Bytes { file, from };
        let mut layers = Vec::new();
        for i in 0..plan.layers {
            let names = |parts: &[&str]| -> Vec<String> { parts.iter().map(|part| format!("blk.{i}.{part}.weight")).collect() };
            layers.push(Layer {
                attention_norm: bytes.floats(&format!("blk.{i}.attn_norm.weight"))?,
                qkv: bytes.product(&names(&["attn_q", "attn_k", "attn_v"]), width)?,
                attention_output: bytes.product(&names(&["attn_output"]), heads * head)?,
                ffn_norm: bytes.floats(&format!("blk.{i}.ffn_norm.weight"))?,
                gate_and_up: bytes.product(&names(&["ffn_gate", "ffn_up"]), width)?,
                down: bytes.product(&names(&["ffn_down"]), inner)?,
                keys: Vec::new(),
                values: Vec::new(),
            });
        }
        let rows = bytes.of("token_embd.weight")?;
        let own = file.tensors.contains_key("output.weight").then(|| bytes.of("output.weight")).transpose()?;
        let output = Product::stacked(&[own.as_deref().unwrap_or(&rows)], width)?;
        let context = size(plan.context);
        Ok(Self {
            width,
            heads,
            kv_heads,
            head,
            inner,
            context,
            epsilon: plan.epsilon,
            turns: turns(context, head, plan.rope_base),
            table: floats_of(&rows),
            layers,
            norm: bytes.floats("output_norm.weight")?,
            output,
        })
    }

    /// Rows scaled to a mean square of 1 and by `scale`, each with zeros up to `stride`.
    fn normed(&self, rows: &[f32], scale: &[f32], stride: usize) -> Vec<f32> {
        let mut out = vec![0.0; rows.len() / self.width * stride];
        for (row, to) in rows.chunks_exact(self.width).zip(out.chunks_exact_mut(stride)) {
            let inverse = 1.0 / (dot(row, row) / self.width as f32 + self.epsilon).sqrt();
            for ((to, x), s) in to.iter_mut().zip(row).zip(scale) {
                *to = x * inverse * s;
            }
        }
        out
    }

    /// Turns the heads of a row to its position.
    fn turn(&self, row: &mut [f32], position: usize) {
        let half = self.head / 2;
        let turns = &self.turns[position * half..][..half];
        for head in row.chunks_exact_mut(self.head) {
            for (pair, (cos, sin)) in head.as_chunks_mut::<2>().0.iter_mut().zip(turns) {
                *pair = [pair[0] * cos - pair[1] * sin, pair[0] * sin + pair[1] * cos];
            }
        }
    }

    /// What a row of queries gathers from the positions up to its own.
    fn attend(&self, queries: &[f32], keys: &[f32], values: &[f32], to: &mut [f32]) {
        let (kv, scale) = (self.kv_heads * self.head, 1.0 / (self.head as f32).sqrt());
        let mut weights = vec![0.0; keys.len() / kv];
        for (n, (query, to)) in queries.chunks_exact(self.head).zip(to.chunks_exact_mut(self.head)).enumerate() {
            let at = n / (self.heads / self.kv_heads) * self.head;
            for (weight, key) in weights.iter_mut().zip(keys.chunks_exact(kv)) {
                *weight = dot(query, &key[at..at + self.head]) * scale;
            }
            softmax(&mut weights);
            for (weight, value) in weights.iter().zip(values.chunks_exact(kv)) {
                add_scaled(to, &value[at..at + self.head], *weight);
            }
        }
    }

    /// The attention of a layer over new rows, which stand from position `at` on.
    fn attention(&self, layer: &mut Layer, rows: &[f32], at: usize) -> Result<Vec<f32>, LocalError> {
        let (q, kv) = (self.heads * self.head, self.kv_heads * self.head);
        let mut qkv = layer.qkv.of(self.normed(rows, &layer.attention_norm, layer.qkv.stride))?;
        layer.keys.truncate(at * kv);
        layer.values.truncate(at * kv);
        for (i, row) in qkv.chunks_exact_mut(q + 2 * kv).enumerate() {
            self.turn(&mut row[..q + kv], at + i);
            layer.keys.extend_from_slice(&row[q..q + kv]);
            layer.values.extend_from_slice(&row[q + kv..]);
        }
        let stride = layer.attention_output.stride;
        let mut out = vec![0.0; rows.len() / self.width * stride];
        for (i, (row, to)) in qkv.chunks_exact(q + 2 * kv).zip(out.chunks_exact_mut(stride)).enumerate() {
            let seen = (at + i + 1) * kv;
            self.attend(&row[..q], &layer.keys[..seen], &layer.values[..seen], &mut to[..q]);
        }
        Ok(layer.attention_output.of(out)?)
    }

    fn feed_forward(&self, layer: &Layer, rows: &[f32]) -> Result<Vec<f32>, LocalError> {
        let both = layer.gate_and_up.of(self.normed(rows, &layer.ffn_norm, layer.gate_and_up.stride))?;
        let stride = layer.down.stride;
        let mut out = vec![0.0; rows.len() / self.width * stride];
        for (row, to) in both.chunks_exact(2 * self.inner).zip(out.chunks_exact_mut(stride)) {
            let (gate, up) = row.split_at(self.inner);
            for ((to, g), u) in to.iter_mut().zip(gate).zip(up) {
                *to = g / (1.0 + (-g).exp()) * u;
            }
        }
        Ok(layer.down.of(out)?)
    }

    fn run(&self, layers: &mut [Layer], tokens: &[u32], at: usize) -> Result<Vec<f32>, LocalError> {
        let mut rows = Vec::with_capacity(tokens.len() * self.width);
        for token in tokens {
            let from = *token as usize * self.width;
            rows.extend_from_slice(self.table.get(from..from + self.width).ok_or(LocalError::Broken)?);
        }
        for layer in layers {
            let gathered = self.attention(layer, &rows, at)?;
            add(&mut rows, &gathered);
            let worked = self.feed_forward(layer, &rows)?;
            add(&mut rows, &worked);
        }
        let last = rows.len().saturating_sub(self.width);
        Ok(self.output.of(self.normed(&rows[last..], &self.norm, self.output.stride))?)
    }
}

impl Network for Small {
    fn read(&mut self, tokens: &[u32], at: usize) -> Result<Vec<f32>, LocalError> {
        if tokens.is_empty() || at + tokens.len() > self.context {
            return Err(LocalError::Broken);
        }
        let mut layers = std::mem::take(&mut self.layers);
        let scores = self.run(&mut layers, tokens, at);
        self.layers = layers;
        scores
    }
}

/// Cosine and sine of the angle of every pair of a head at every position (Su et al., "RoFormer", 2021).
fn turns(context: usize, head: usize, base: f32) -> Vec<(f32, f32)> {
    let angle = |position: usize, pair: usize| position as f32 / base.powf((2 * pair) as f32 / head as f32);
    (0..context).flat_map(|position| (0..head / 2).map(move |pair| angle(position, pair))).map(|a| (a.cos(), a.sin())).collect()
}

/// `Q8_0` as 32-bit floats.
fn floats_of(blocks: &[u8]) -> Vec<f32> {
    let mut out = vec![0.0; blocks.len() / Q8_BYTES * Q8_ELEMENTS];
    add_blocks(blocks, &mut out);
    out
}
