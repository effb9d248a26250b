//! BERT on candle-core's `QMatMul`: piece numbers to one row of numbers each.

use std::borrow::Cow;

use super::super::kernels::product::{Q8_BYTES, Q8_ELEMENTS, add_blocks};
use super::super::kernels::rows::add;
use super::error::EncoderError;
use super::gguf::{Gguf, Q8_0};
use super::input::{Input, MAX_POSITIONS};
use super::linear::Linear;
use super::math::{attention, gelu, layer_norm};

/// Widest network accepted; the published family ends at 1,024 and 4,096.
const MAX_WIDTH: usize = 4096;
/// Deepest network accepted; the published family ends at 24.
const MAX_LAYERS: u64 = 48;

/// A table of `Q8_0` rows, read where it lies: turned into 32-bit floats row by row as asked, for
/// the whole table would be 47 MB.
struct Table {
    bytes: Cow<'static, [u8]>,
    row_bytes: usize,
}

impl Table {
    fn add_row(&self, index: usize, to: &mut [f32]) -> Option<()> {
        add_blocks(self.bytes.get(index * self.row_bytes..(index + 1) * self.row_bytes)?, to);
        Some(())
    }
}

struct Norm {
    scale: Vec<f32>,
    shift: Vec<f32>,
}

impl Norm {
    fn read(file: &Gguf<'_>, name: &str, width: usize) -> Result<Self, EncoderError> {
        let part = |end: &str| file.floats(&format!("{name}.{end}"), &[width]);
        Ok(Self { scale: part("weight")?, shift: part("bias")? })
    }
}

struct Layer {
    qkv: Linear,
    output: Linear,
    attention_norm: Norm,
    up: Linear,
    down: Linear,
    output_norm: Norm,
}

/// The network without its heads.
pub(super) struct Model {
    words: Table,
    positions: Table,
    segments: Vec<f32>,
    norm: Norm,
    layers: Vec<Layer>,
    /// Layers that stand in the place of as many last ones where a message is read for what it is for, rather than
    /// for where it lies among others; none where the same layers do both.
    reading: Vec<Layer>,
    /// Numbers in a row.
    pub width: usize,
    heads: usize,
    epsilon: f32,
}

/// What a forward pass is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Top {
    /// Where a text lies among others.
    Vector,
    /// What a message is for.
    Reading,
}

/// What the network says of an input.
#[derive(Clone)]
pub(super) struct Hidden {
    /// The row of `[CLS]`.
    pub cls: Vec<f32>,
    /// The mean of all rows.
    pub mean: Vec<f32>,
}

impl Model {
    /// Reads the trunk. With bytes that live as long as the program the word table is not copied.
    pub(super) fn read<'a>(
        file: &Gguf<'a>,
        vocabulary: usize,
        keep: impl Fn(&'a [u8]) -> Cow<'static, [u8]>,
    ) -> Result<Self, EncoderError> {
        let number = |key: &str| file.integer(&format!("bert.{key}"));
        let bad = |what: &str| EncoderError::Malformed(what.to_owned());
        let dimension = |key: &str| {
            let n = usize::try_from(number(key)?).unwrap_or(usize::MAX);
            if n == 0 || n > MAX_WIDTH || !n.is_multiple_of(Q8_ELEMENTS) {
                return Err(EncoderError::Malformed(format!("bert.{key} is {n}")));
            }
            Ok(n)
        };
        let (width, inner) = (dimension("embedding_length")?, dimension("feed_forward_length")?);
        let heads = usize::try_from(number("attention.head_count")?).unwrap_or(0);
        if heads == 0 || !width.is_multiple_of(heads) {
            return Err(bad("bert.attention.head_count"));
        }
        let blocks = number("block_count")?;
        let own = file.integer_if("electromart.reading_layers")?.unwrap_or(0);
        if own > blocks {
            return Err(bad("electromart.reading_layers"));
        }
        let positions = usize::try_from(number("context_length")?).unwrap_or(usize::MAX);
        if blocks > MAX_LAYERS || positions < MAX_POSITIONS {
            return Err(bad("bert.block_count or bert.context_length"));
        }
        let table = |name: &str, rows: usize| {
            let bytes = keep(file.tensor(name, &[width, rows], Q8_0)?);
            Ok::<_, EncoderError>(Table { bytes, row_bytes: width / Q8_ELEMENTS * Q8_BYTES })
        };
        Ok(Self {
            words: table("token_embd.weight", vocabulary)?,
            positions: table("position_embd.weight", positions)?,
            segments: file.floats("token_types.weight", &[width, 2])?,
            norm: Norm::read(file, "token_embd_norm", width)?,
            layers: (0..blocks).map(|i| Layer::read(file, "blk", i, width, inner)).collect::<Result<_, _>>()?,
            reading: (blocks - own..blocks).map(|i| Layer::read(file, "electromart.reading", i, width, inner)).collect::<Result<_, _>>()?,
            width,
            heads,
            epsilon: file.float("bert.attention.layer_norm_epsilon")?,
        })
    }

    /// Runs one input through the network.
    pub(super) fn forward(&self, input: &Input, top: Top) -> Result<Hidden, EncoderError> {
        let x = self.base(input)?;
        self.top(x, input, top)
    }

    /// Runs one input through the network for both ends: what it is for, and where it lies.
    pub(super) fn both(&self, input: &Input) -> Result<(Hidden, Hidden), EncoderError> {
        let x = self.base(input)?;
        if self.reading.is_empty() {
            let seen = self.top(x, input, Top::Vector)?;
            return Ok((seen.clone(), seen));
        }
        Ok((self.top(x.clone(), input, Top::Reading)?, self.top(x, input, Top::Vector)?))
    }

    /// The layers that both ends share.
    fn base(&self, input: &Input) -> Result<Vec<f32>, EncoderError> {
        let mut x = self.embeddings(input).ok_or_else(|| EncoderError::Malformed("a piece beyond the table".into()))?;
        for layer in &self.layers[..self.layers.len() - self.reading.len()] {
            self.layer(layer, &mut x, input.ids.len())?;
        }
        Ok(x)
    }

    fn top(&self, mut x: Vec<f32>, input: &Input, top: Top) -> Result<Hidden, EncoderError> {
        let n = input.ids.len();
        let own = &self.layers[self.layers.len() - self.reading.len()..];
        for layer in if top == Top::Reading && !self.reading.is_empty() { &self.reading } else { own } {
            self.layer(layer, &mut x, n)?;
        }
        let mut mean = vec![0f32; self.width];
        for row in x.chunks_exact(self.width) {
            add(&mut mean, row);
        }
        for v in &mut mean {
            *v /= n as f32;
        }
        x.truncate(self.width);
        Ok(Hidden { cls: x, mean })
    }

    /// `None` if a piece lies beyond the table.
    fn embeddings(&self, input: &Input) -> Option<Vec<f32>> {
        let mut x = vec![0f32; input.ids.len() * self.width];
        let (first, second) = self.segments.split_at(self.width);
        for (i, (row, id)) in x.chunks_exact_mut(self.width).zip(&input.ids).enumerate() {
            row.copy_from_slice(if i < input.first_segment { first } else { second });
            self.words.add_row(usize::try_from(*id).ok()?, row)?;
            self.positions.add_row(i, row)?;
            layer_norm(row, &self.norm.scale, &self.norm.shift, self.epsilon);
        }
        Some(x)
    }

    fn layer(&self, layer: &Layer, x: &mut [f32], n: usize) -> Result<(), EncoderError> {
        let width = self.width;
        let qkv = layer.qkv.forward(widened(x, width, layer.qkv.stride))?;
        let mut seen = vec![0f32; n * layer.output.stride];
        attention(&qkv, n, width, self.heads, &mut seen, layer.output.stride);
        add(x, &layer.output.forward(seen)?);
        self.normalise(x, &layer.attention_norm);

        let mut wide = layer.up.forward(widened(x, width, layer.up.stride))?;
        gelu(&mut wide);
        let inner = wide.len() / n.max(1);
        if inner != layer.down.stride {
            wide = widened(&wide, inner, layer.down.stride);
        }
        add(x, &layer.down.forward(wide)?);
        self.normalise(x, &layer.output_norm);
        Ok(())
    }

    fn normalise(&self, x: &mut [f32], norm: &Norm) {
        for row in x.chunks_exact_mut(self.width) {
            layer_norm(row, &norm.scale, &norm.shift, self.epsilon);
        }
    }
}

impl Layer {
    fn read(file: &Gguf<'_>, family: &str, index: u64, width: usize, inner: usize) -> Result<Self, EncoderError> {
        let name = |part: &str| format!("{family}.{index}.{part}");
        let one = |part: &str, inputs, outputs| Linear::stacked(file, &[name(part)], inputs, outputs);
        let three = ["attn_q", "attn_k", "attn_v"].map(name);
        Ok(Self {
            qkv: Linear::stacked(file, &three, width, width)?,
            output: one("attn_output", width, width)?,
            attention_norm: Norm::read(file, &name("attn_output_norm"), width)?,
            up: one("ffn_up", width, inner)?,
            down: one("ffn_down", inner, width)?,
            output_norm: Norm::read(file, &name("layer_output_norm"), width)?,
        })
    }
}

/// Rows of `width` numbers, with zeros behind them up to `stride`.
fn widened(rows: &[f32], width: usize, stride: usize) -> Vec<f32> {
    let mut out = vec![0f32; rows.len() / width * stride];
    for (to, from) in out.chunks_exact_mut(stride).zip(rows.chunks_exact(width)) {
        to[..width].copy_from_slice(from);
    }
    out
}
