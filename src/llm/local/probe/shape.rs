//! The sizes of a network, from which one like it can be made up.

use candle_core::quantized::GgmlDType;
use serde::{Deserialize, Serialize};

use super::super::error::LocalError;
use super::super::gguf::Header;
use super::super::network::architecture::Architecture;
use super::super::plan::Plan;
use super::super::tokenizer::Words;

/// Weights of a block in the formats that end in `K`.
const K_BLOCK: u64 = 256;

/// Which format each tensor of a file is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mix {
    /// `Q4_K`, and `Q6_K` where it matters most.
    #[serde(rename = "Q4_K_M")]
    Q4KM,
    /// `Q8_0` throughout.
    #[serde(rename = "Q8_0")]
    Q8_0,
}

/// A network's sizes, as its makers publish them (`config.json`), and how its file keeps them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shape {
    /// Name of its architecture in a GGUF file, such as `qwen3`.
    pub architecture: String,
    /// Layers (`num_hidden_layers`).
    pub layers: u32,
    /// Numbers of a position (`hidden_size`).
    pub width: u32,
    /// Numbers between the two halves of a feed-forward part (`intermediate_size`).
    pub feed_forward: u32,
    /// Heads of queries (`num_attention_heads`).
    pub heads: u32,
    /// Heads of keys and values (`num_key_value_heads`).
    pub kv_heads: u32,
    /// Numbers of a head (`head_dim`).
    pub head_width: u32,
    /// Rows of the table of tokens (`vocab_size`).
    pub vocabulary: u32,
    /// Whether the file keeps one table for tokens that are read and tokens that are scored.
    pub tied: bool,
    /// Which format each tensor is in.
    pub mix: Mix,
    /// How its vocabulary cuts words, by llama.cpp's name for it (`tokenizer.ggml.pre`), such as `qwen2`.
    pub cut: String,
}

impl Shape {
    /// The header that a file of such a network would have, without its vocabulary.
    pub(super) fn header(&self) -> Result<Header, LocalError> {
        let layers = self.layers;
        let [heads, kv_heads, head] = [self.heads, self.kv_heads, self.head_width].map(u64::from);
        let [wide, inner, rows] = [self.width, self.feed_forward, self.vocabulary].map(u64::from);
        let (q, kv) = (heads * head, kv_heads * head);
        let about = Architecture::named(&self.architecture).ok_or_else(|| LocalError::Architecture(self.architecture.clone()))?;
        let mut header = Header::made(
            about.name,
            &[
                ("block_count", layers.into()),
                ("embedding_length", wide),
                ("attention.head_count", heads),
                ("attention.head_count_kv", kv_heads),
                ("attention.key_length", head),
                ("rope.dimension_count", head),
                ("context_length", LONGEST),
            ],
            &[("attention.layer_norm_rms_epsilon", 1e-6), ("rope.freq_base", 1e6)],
        );
        let table = if self.tied { self.better(wide) } else { self.usual(wide) };
        header.put("token_embd.weight".to_owned(), table, &[wide, rows]);
        if !self.tied {
            header.put("output.weight".to_owned(), self.better(wide), &[wide, rows]);
        }
        header.put("output_norm.weight".to_owned(), GgmlDType::F32, &[wide]);
        for layer in 0..layers {
            let mut put = |part: &str, kind: GgmlDType, shape: &[u64]| header.put(format!("blk.{layer}.{part}"), kind, shape);
            let usual = self.usual(wide);
            let better = |width: u64| if has_more_bits(layer, layers) { self.better(width) } else { self.usual(width) };
            if about.fused {
                put("attn_qkv.weight", usual, &[wide, q + 2 * kv]);
                put("ffn_up.weight", usual, &[wide, 2 * inner]);
            } else {
                put("attn_q.weight", usual, &[wide, q]);
                put("attn_k.weight", usual, &[wide, kv]);
                put("attn_v.weight", better(wide), &[wide, kv]);
                put("ffn_gate.weight", usual, &[wide, inner]);
                put("ffn_up.weight", usual, &[wide, inner]);
            }
            put("attn_output.weight", self.usual(q), &[q, wide]);
            put("ffn_down.weight", better(inner), &[inner, wide]);
            let norms = [("attn_norm.weight", true, wide), ("ffn_norm.weight", true, wide)];
            let biases = [("attn_q.bias", about.biases, q), ("attn_k.bias", about.biases, kv), ("attn_v.bias", about.biases, kv)];
            let of_heads = [("attn_q_norm.weight", about.head_norms, head), ("attn_k_norm.weight", about.head_norms, head)];
            let behind = [("post_attention_norm.weight", about.norms_behind, wide), ("post_ffw_norm.weight", about.norms_behind, wide)];
            let all = norms.iter().chain(&biases).chain(&of_heads).chain(&behind).filter(|(_, there, _)| *there);
            all.for_each(|(part, _, width)| put(part, GgmlDType::F32, &[*width]));
        }
        Ok(header)
    }

    /// Whether a network can be made of these sizes.
    pub fn is_whole(&self) -> bool {
        let sizes = [self.layers, self.width, self.feed_forward, self.heads, self.kv_heads, self.head_width, self.vocabulary];
        let sensible =
            sizes.iter().all(|n| (1..=1 << 20).contains(n)) && self.width.is_multiple_of(32) && self.feed_forward.is_multiple_of(32);
        sensible
            && Words::named(&self.cut).is_ok()
            && (u64::from(self.heads) * u64::from(self.head_width)).is_multiple_of(32)
            && self.header().is_ok_and(|file| Plan::read(&file, 16).is_ok())
    }

    /// Weights, but for a second table.
    pub fn parameters(&self) -> u64 {
        let all =
            self.header().map(|file| file.tensors.into_iter().filter(|(name, _)| name != "output.weight").map(|(_, t)| t.elements()).sum());
        all.unwrap_or(0)
    }

    /// Bytes of the weights in the file.
    pub fn bytes(&self) -> u64 {
        self.header().map_or(0, |file| file.tensors.values().map(|t| t.bytes).sum())
    }

    /// The format of most matrices of rows of that width.
    fn usual(&self, width: u64) -> GgmlDType {
        match self.mix {
            Mix::Q8_0 => GgmlDType::Q8_0,
            // What llama.cpp takes where a row is no whole number of blocks (`tensor_type_fallback`).
            Mix::Q4KM if !width.is_multiple_of(K_BLOCK) => GgmlDType::Q5_0,
            Mix::Q4KM => GgmlDType::Q4K,
        }
    }

    /// The format of those that matter most.
    fn better(&self, width: u64) -> GgmlDType {
        match self.mix {
            Mix::Q4KM if width.is_multiple_of(K_BLOCK) => GgmlDType::Q6K,
            Mix::Q4KM | Mix::Q8_0 => GgmlDType::Q8_0,
        }
    }
}

/// Positions of a made-up network: as many as any shop would have it read.
const LONGEST: u64 = 1 << 15;

/// Whether a layer's values and down projection have the better format: the first and last eighth, and every third between
/// (`use_more_bits` of llama.cpp's `llama-quant.cpp`).
fn has_more_bits(layer: u32, layers: u32) -> bool {
    let eighth = layers / 8;
    layer < eighth || layer >= 7 * layers / 8 || (layer - eighth) % 3 == 2
}
