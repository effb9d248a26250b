//! The networks of candle-transformers 0.11.1: what our decoder has no description or no product for.
//!
//! Each holds one conversation within itself, which cannot be cut back, and reads a step of a single token only after all
//! larger ones.

use std::collections::HashMap;
use std::io::Cursor;

use candle_core::quantized::gguf_file::{Content, TensorInfo, Value, VersionedMagic};
use candle_core::{DType, Device, Shape, Tensor};
use candle_transformers::models::{
    quantized_gemma3, quantized_glm4, quantized_lfm2, quantized_llama, quantized_phi, quantized_phi3, quantized_qwen2, quantized_qwen3,
};

use super::super::error::LocalError;
use super::super::gguf::Header;
use super::super::plan::{Family, Plan};
use super::{Feed, Network};

/// Most positions of the library's llama and phi2, which keep tables of that length (`MAX_SEQ_LEN`).
const TABLE_POSITIONS: u64 = 4_096;
/// Most tokens in a step: the library's llama and qwen2 keep a mask for every pair of step and position, for ever, and steps
/// of powers of two bound how many there are.
const STEP: usize = 128;

/// The architectures that only the library runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Library {
    Lfm2,
    Glm4,
    Phi2,
}

impl Library {
    /// The architecture of a name in a GGUF file.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Lfm2, Self::Glm4, Self::Phi2].into_iter().find(|library| library.name() == name)
    }

    /// Its name in a GGUF file.
    fn name(self) -> &'static str {
        match self {
            Self::Lfm2 => "lfm2",
            Self::Glm4 => "glm4",
            Self::Phi2 => "phi2",
        }
    }

    /// Most positions of a conversation.
    pub fn positions(self) -> u64 {
        if self == Self::Phi2 { TABLE_POSITIONS } else { u64::MAX }
    }
}

enum Inner {
    Llama(quantized_llama::ModelWeights),
    Qwen2(quantized_qwen2::ModelWeights),
    Qwen3(quantized_qwen3::ModelWeights),
    Gemma3(quantized_gemma3::ModelWeights),
    Phi3(quantized_phi3::ModelWeights),
    Lfm2(quantized_lfm2::ModelWeights),
    Glm4(quantized_glm4::ModelWeights),
    Phi2(quantized_phi::ModelWeights),
}

/// A network of the library, with the conversation it holds.
pub(in super::super) struct Candle {
    inner: Inner,
    /// What it has read.
    read: Vec<u32>,
}

impl Candle {
    /// Loads the weights a plan was made for.
    ///
    /// Of the architectures that a plan checks whole, the library is given none of the file's own metadata: only sizes that
    /// were checked, and tensors that lie in the file.
    pub fn load(plan: &Plan, file: &Header, bytes: &[u8]) -> Result<Self, LocalError> {
        let from = &mut Cursor::new(bytes);
        let device = &Device::Cpu;
        let name = match plan.family {
            Family::Own(about) => about.name,
            Family::Library(library) => library.name(),
        };
        let checked = || content(name, plan, file);
        let inner = match name {
            "llama" if plan.context > TABLE_POSITIONS => {
                return Err(LocalError::Variety(format!("at most {TABLE_POSITIONS} context_tokens, with weights of this kind")));
            }
            "llama" => Inner::Llama(quantized_llama::ModelWeights::from_gguf(checked(), from, device)?),
            "qwen2" => Inner::Qwen2(quantized_qwen2::ModelWeights::from_gguf(checked(), from, device)?),
            "qwen3" => Inner::Qwen3(quantized_qwen3::ModelWeights::from_gguf(checked(), from, device)?),
            "gemma3" => Inner::Gemma3(quantized_gemma3::ModelWeights::from_gguf(Content::read(from)?, from, device)?),
            "phi3" => Inner::Phi3(quantized_phi3::ModelWeights::from_gguf(false, Content::read(from)?, from, device)?),
            "lfm2" => Inner::Lfm2(quantized_lfm2::ModelWeights::from_gguf(Content::read(from)?, from, device)?),
            "glm4" => Inner::Glm4(quantized_glm4::ModelWeights::from_gguf(Content::read(from)?, from, device, DType::F32)?),
            _ => Inner::Phi2(quantized_phi::ModelWeights::from_gguf(Content::read(from)?, from, device)?),
        };
        Ok(Self { inner, read: Vec::new() })
    }

    /// Reads tokens behind those read before; forgets them first where there are none.
    fn forward(&mut self, tokens: &[u32]) -> Result<Tensor, LocalError> {
        let at = self.read.len();
        let input = Tensor::new(tokens, &Device::Cpu)?.unsqueeze(0)?;
        if at == 0 {
            match &mut self.inner {
                Inner::Llama(m) => m.clear_kv_cache(),
                Inner::Qwen2(m) => m.clear_kv_cache(),
                Inner::Qwen3(m) => m.clear_kv_cache(),
                // These begin anew at position 0 by themselves.
                Inner::Gemma3(_) | Inner::Phi3(_) | Inner::Lfm2(_) | Inner::Glm4(_) | Inner::Phi2(_) => {}
            }
        }
        let scores = match &mut self.inner {
            Inner::Llama(m) => m.forward(&input, at),
            Inner::Qwen2(m) => m.forward(&input, at),
            Inner::Qwen3(m) => m.forward(&input, at),
            Inner::Gemma3(m) => m.forward(&input, at),
            Inner::Phi3(m) => m.forward(&input, at),
            Inner::Lfm2(m) => m.forward(&input, at),
            Inner::Glm4(m) => m.forward(&input, at),
            Inner::Phi2(m) => m.forward(&input, at),
        };
        self.read.extend_from_slice(tokens);
        Ok(scores?)
    }

    /// Reads what is to stand behind what was read; only the scores behind the last token are kept.
    ///
    /// The mask of a step of several tokens behind others is wrong in some of the library's networks (gemma3: of another
    /// type; qwen3: after a step of one token), so that such a step is only made where it is known to be right.
    fn read(&mut self, tokens: &[u32]) -> Result<Vec<f32>, LocalError> {
        if tokens.len() > 1 && !self.read.is_empty() {
            let all = [std::mem::take(&mut self.read).as_slice(), tokens].concat();
            return self.read(&all);
        }
        let halved = matches!(self.inner, Inner::Llama(_) | Inner::Qwen2(_) | Inner::Qwen3(_));
        let (mut at, mut scores) = (0, None);
        while at < tokens.len() {
            let left = tokens.len() - at;
            let step = match halved {
                true if left >= STEP => STEP,
                true => 1 << left.ilog2(),
                false => left,
            };
            scores = Some(self.forward(&tokens[at..at + step])?);
            at += step;
        }
        Ok(scores.ok_or(LocalError::Broken)?.flatten_all()?.to_vec1()?)
    }
}

impl Network for Candle {
    fn step(&mut self, feeds: &mut [Feed<'_>]) -> Result<Vec<Vec<f32>>, LocalError> {
        let mut out = Vec::new();
        for feed in feeds {
            let before = feed.cache.tokens();
            if before != self.read {
                // Another conversation, or one that was cut back: read again from its beginning.
                self.read.clear();
                let before = before.to_vec();
                if !before.is_empty() {
                    self.read(&before)?;
                }
            }
            let mut scores = Vec::new();
            for tokens in feed.tokens.chunks(if feed.all { 1 } else { feed.tokens.len().max(1) }) {
                scores.extend(self.read(tokens)?);
            }
            feed.cache.add(feed.tokens, super::Shape::default());
            out.push(scores);
        }
        Ok(out)
    }

    fn is_shared(&self) -> bool {
        false
    }
}

/// What candle reads of a file, from what was checked of it.
#[allow(clippy::cast_possible_truncation)] // Plan::read keeps every size far below 2^32.
fn content(name: &str, plan: &Plan, file: &Header) -> Content {
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
