//! The networks of candle-transformers behind one small trait.

use std::collections::HashMap;
use std::io::{Read, Seek};

use candle_core::quantized::gguf_file::{Content, TensorInfo, Value, VersionedMagic};
use candle_core::{Device, Shape, Tensor};
use candle_transformers::models::{quantized_llama, quantized_qwen2, quantized_qwen3};

use super::error::LocalError;
use super::gguf::Header;
use super::plan::{Architecture, Plan};

/// A network with room for one conversation.
pub(super) trait Network {
    /// Reads `tokens` (at least one), of which the first stands at position `at`, and returns the scores
    /// (logits) of what may follow the last, one for each row of the vocabulary.
    ///
    /// With `at` 0 a new conversation begins. Between, positions must follow on each other.
    fn read(&mut self, tokens: &[u32], at: usize) -> Result<Vec<f32>, LocalError>;
}

/// The networks that candle-transformers 0.11.1 has.
pub(super) enum Candle {
    Llama(quantized_llama::ModelWeights),
    Qwen2(quantized_qwen2::ModelWeights),
    Qwen3(quantized_qwen3::ModelWeights),
}

impl Candle {
    /// Loads the weights a plan was made for.
    ///
    /// candle is given none of the file's own metadata: only sizes that were checked, and tensors that
    /// lie in the file.
    pub(super) fn load(plan: &Plan, file: &Header, from: &mut (impl Read + Seek)) -> Result<Self, LocalError> {
        let content = content(plan, file);
        let device = &Device::Cpu;
        Ok(match plan.architecture {
            Architecture::Llama => Self::Llama(quantized_llama::ModelWeights::from_gguf(content, from, device)?),
            Architecture::Qwen2 => Self::Qwen2(quantized_qwen2::ModelWeights::from_gguf(content, from, device)?),
            Architecture::Qwen3 => Self::Qwen3(quantized_qwen3::ModelWeights::from_gguf(content, from, device)?),
        })
    }
}

impl Network for Candle {
    fn read(&mut self, tokens: &[u32], at: usize) -> Result<Vec<f32>, LocalError> {
        let input = Tensor::new(tokens, &Device::Cpu)?.unsqueeze(0)?;
        let logits = match self {
            Self::Llama(m) => {
                if at == 0 {
                    m.clear_kv_cache();
                }
                m.forward(&input, at)?
            }
            Self::Qwen2(m) => {
                if at == 0 {
                    m.clear_kv_cache();
                }
                m.forward(&input, at)?
            }
            Self::Qwen3(m) => {
                if at == 0 {
                    m.clear_kv_cache();
                }
                m.forward(&input, at)?
            }
        };
        Ok(logits.flatten_all()?.to_vec1()?)
    }
}

/// What candle reads of a file, from what was checked of it.
#[allow(clippy::cast_possible_truncation)] // Plan::read keeps every size far below 2^32.
fn content(plan: &Plan, file: &Header) -> Content {
    let name = plan.architecture.name();
    let sizes = [
        ("attention.head_count", plan.heads),
        ("attention.head_count_kv", plan.kv_heads),
        ("attention.key_length", plan.head_width),
        ("block_count", plan.layers),
        ("embedding_length", plan.width),
        // candle lays out its tables for this many positions: as many as are used, not as many as the
        // file boasts.
        ("context_length", plan.context),
        ("rope.dimension_count", plan.head_width),
    ];
    let mut metadata: HashMap<String, Value> = sizes.into_iter().map(|(key, n)| (format!("{name}.{key}"), Value::U32(n as u32))).collect();
    metadata.insert("general.architecture".to_owned(), Value::String(name.to_owned()));
    // Number 0 is 32-bit floats. Without it candle's qwen3 computes its positions in 16-bit floats, which
    // hold no whole numbers beyond 2,048 exactly.
    metadata.insert("general.dtype".to_owned(), Value::U32(0));
    metadata.insert(format!("{name}.attention.layer_norm_rms_epsilon"), Value::F32(plan.epsilon));
    metadata.insert(format!("{name}.rope.freq_base"), Value::F32(plan.rope_base));
    let tensors = file.tensors.iter().map(|(name, t)| {
        let dims: Vec<usize> = t.shape.iter().rev().map(|n| *n as usize).collect();
        (name.clone(), TensorInfo { ggml_dtype: t.kind, shape: Shape::from(dims), offset: t.offset })
    });
    Content { magic: VersionedMagic::GgufV3, metadata, tensor_infos: tensors.collect(), tensor_data_offset: file.data }
}
