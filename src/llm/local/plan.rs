//! The sizes of a network, checked against every tensor before anything is loaded.

use super::error::LocalError;
use super::gguf::Header;

/// Positions for which candle-transformers' llama keeps its rotary tables (`MAX_SEQ_LEN`).
const LLAMA_POSITIONS: u64 = 4_096;
/// Positions for which candle-transformers' qwen3 sets memory aside when it is loaded.
const QWEN3_POSITIONS: u64 = 4_096;
/// Bytes in a MiB.
const MIB: u64 = 1 << 20;

/// The architectures that are run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Architecture {
    Llama,
    Qwen2,
    Qwen3,
}

impl Architecture {
    /// Its name in a GGUF file.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Llama => "llama",
            Self::Qwen2 => "qwen2",
            Self::Qwen3 => "qwen3",
        }
    }
}

/// The sizes of a network. Every tensor it needs is in the file with the shape they ask for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Plan {
    pub architecture: Architecture,
    pub layers: u64,
    /// Length of the vector of one position.
    pub width: u64,
    pub heads: u64,
    /// Heads of keys and values, each shared by `heads / kv_heads` others.
    pub kv_heads: u64,
    pub head_width: u64,
    /// Rows of the embedding table, which may be more than there are tokens.
    pub rows: u64,
    /// Tokens of prompt and answer together.
    pub context: u64,
    pub epsilon: f32,
    /// Base of the rotary position encoding.
    pub rope_base: f32,
    /// Memory for weights, working copies and the longest conversation, in bytes.
    pub memory: u64,
}

impl Plan {
    /// Reads the sizes and checks the tensors; `context_tokens` is the most the configuration allows.
    pub(super) fn read(file: &Header, context_tokens: usize) -> Result<Self, LocalError> {
        let architecture = match text(file, "general.architecture")? {
            "llama" => Architecture::Llama,
            "qwen2" => Architecture::Qwen2,
            "qwen3" => Architecture::Qwen3,
            other => {
                return Err(LocalError::Architecture(other.chars().filter(|c| !c.is_control()).take(64).collect()));
            }
        };
        let name = architecture.name();
        let size = |key: &str, most: u64| size(file, &format!("{name}.{key}"), most);
        if file.integer(&format!("{name}.expert_count")).unwrap_or(0) > 1 {
            return Err(LocalError::Variety("a mixture of experts".to_owned()));
        }
        let width = size("embedding_length", 1 << 16)?;
        let heads = size("attention.head_count", 1 << 10)?;
        let kv_heads = size("attention.head_count_kv", 1 << 10)?;
        let head_width = match architecture {
            Architecture::Qwen3 => size("attention.key_length", 1 << 10)?,
            Architecture::Llama | Architecture::Qwen2 => width / heads,
        };
        let whole = |ok: bool, what: &str| {
            if ok { Ok(()) } else { Err(LocalError::Malformed(format!("{what} do not divide evenly"))) }
        };
        whole(heads.is_multiple_of(kv_heads), "its heads")?;
        whole(head_width > 0 && head_width.is_multiple_of(2), "the parts of a head")?;
        whole(architecture == Architecture::Qwen3 || heads * head_width == width, "its width and heads")?;
        let told = |key: &str| file.integer(&format!("{name}.{key}"));
        if told("rope.dimension_count").is_some_and(|n| n != head_width)
            || told("attention.key_length").is_some_and(|n| n != head_width)
            || told("attention.value_length").is_some_and(|n| n != head_width)
        {
            return Err(LocalError::Variety("heads that are turned in part".to_owned()));
        }
        let trained = size("context_length", 1 << 24)?;
        let most = if architecture == Architecture::Llama { LLAMA_POSITIONS } else { u64::MAX };
        let layers = size("block_count", 1 << 9)?;
        let mut plan = Self {
            architecture,
            layers,
            width,
            heads,
            kv_heads,
            head_width,
            rows: rows(file)?,
            context: trained.min(most).min(context_tokens.max(16) as u64),
            epsilon: positive(file, &format!("{name}.attention.layer_norm_rms_epsilon"))?,
            rope_base: match file.float(&format!("{name}.rope.freq_base")) {
                None => 10_000.0,
                Some(base) if base >= 1.0 => base,
                Some(_) => return Err(LocalError::Malformed("the base of its positions makes no sense".to_owned())),
            },
            memory: 0,
        };
        let weights = plan.check_tensors(file)?;
        plan.memory = plan.memory_needed(weights)?;
        Ok(plan)
    }

    /// Checks the shape of every tensor the network reads; returns their bytes, as candle keeps them.
    fn check_tensors(&self, file: &Header) -> Result<u64, LocalError> {
        let (width, q, kv) = (self.width, self.heads * self.head_width, self.kv_heads * self.head_width);
        let mut bytes = 0u64;
        let mut check = |name: String, wanted: &[u64]| -> Result<(), LocalError> {
            bytes = bytes.saturating_add(tensor(file, name, wanted)?);
            Ok(())
        };
        check("token_embd.weight".to_owned(), &[width, self.rows])?;
        check("output_norm.weight".to_owned(), &[width])?;
        if file.tensors.contains_key("output.weight") {
            check("output.weight".to_owned(), &[width, self.rows])?;
        }
        for layer in 0..self.layers {
            let gate = format!("blk.{layer}.ffn_gate.weight");
            let inner = file.tensors.get(&gate).and_then(|t| t.shape.get(1)).copied().unwrap_or(0);
            check(gate, &[width, inner])?;
            let mut part = |name: &str, wanted: &[u64]| check(format!("blk.{layer}.{name}"), wanted);
            part("ffn_up.weight", &[width, inner])?;
            part("ffn_down.weight", &[inner, width])?;
            part("ffn_norm.weight", &[width])?;
            part("attn_norm.weight", &[width])?;
            part("attn_q.weight", &[width, q])?;
            part("attn_k.weight", &[width, kv])?;
            part("attn_v.weight", &[width, kv])?;
            part("attn_output.weight", &[q, width])?;
            match self.architecture {
                Architecture::Llama => {}
                Architecture::Qwen2 => {
                    part("attn_q.bias", &[q])?;
                    part("attn_k.bias", &[kv])?;
                    part("attn_v.bias", &[kv])?;
                }
                Architecture::Qwen3 => {
                    part("attn_q_norm.weight", &[self.head_width])?;
                    part("attn_k_norm.weight", &[self.head_width])?;
                }
            }
        }
        Ok(bytes)
    }

    /// Bytes of memory: weights as candle keeps them, the embedding table as 32-bit floats, and keys and
    /// values of the longest conversation, of which candle holds two copies. One of qwen3's has room for
    /// 4,096 positions from the start and grows by doubling.
    fn memory_needed(&self, weights: u64) -> Result<u64, LocalError> {
        let table = self.width.checked_mul(self.rows).and_then(|n| n.checked_mul(4));
        let position = self.layers * self.kv_heads * self.head_width * 2 * 4;
        let second = match self.architecture {
            Architecture::Qwen3 => self.context.max(QWEN3_POSITIONS).next_power_of_two(),
            Architecture::Llama | Architecture::Qwen2 => self.context,
        };
        let kept = position.checked_mul(self.context + second);
        table
            .zip(kept)
            .and_then(|(table, kept)| table.checked_add(kept)?.checked_add(weights))
            .ok_or_else(|| LocalError::Size { what: "its memory".to_owned(), found: u64::MAX })
    }

    /// Refuses a network that does not fit into what the system can give.
    pub(super) fn fits(&self, available: Option<u64>) -> Result<(), LocalError> {
        match available {
            Some(free) if self.memory > free => {
                Err(LocalError::Memory { needed_mib: self.memory.div_ceil(MIB), available_mib: free / MIB })
            }
            _ => Ok(()),
        }
    }
}

/// Bytes of memory the system can give without swapping (`MemAvailable` of `/proc/meminfo`); `None` where
/// it does not say.
pub(super) fn available_memory() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|l| l.strip_prefix("MemAvailable:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

fn text<'a>(file: &'a Header, key: &str) -> Result<&'a str, LocalError> {
    file.text(key).ok_or_else(|| LocalError::MissingKey(key.to_owned()))
}

fn size(file: &Header, key: &str, most: u64) -> Result<u64, LocalError> {
    match file.integer(key) {
        None => Err(LocalError::MissingKey(key.to_owned())),
        Some(n) if n == 0 || n > most => Err(LocalError::Size { what: format!("`{key}`"), found: n }),
        Some(n) => Ok(n),
    }
}

fn positive(file: &Header, key: &str) -> Result<f32, LocalError> {
    match file.float(key) {
        Some(x) if x > 0.0 && x < 1.0 => Ok(x),
        Some(_) => Err(LocalError::Malformed(format!("`{key}` is not between 0 and 1"))),
        None => Err(LocalError::MissingKey(key.to_owned())),
    }
}

/// Rows of the embedding table; at most a million, four times the largest vocabulary in use.
fn rows(file: &Header) -> Result<u64, LocalError> {
    let table = file.tensors.get("token_embd.weight");
    let table = table.ok_or_else(|| LocalError::MissingTensor("token_embd.weight".to_owned()))?;
    match table.shape.get(1) {
        Some(n) if *n <= 1 << 20 => Ok(*n),
        n => Err(LocalError::Size { what: "the size of the vocabulary".to_owned(), found: n.copied().unwrap_or(0) }),
    }
}

/// Checks one tensor's shape; returns the bytes candle keeps for it.
fn tensor(file: &Header, name: String, wanted: &[u64]) -> Result<u64, LocalError> {
    let Some(found) = file.tensors.get(&name) else {
        return Err(LocalError::MissingTensor(name));
    };
    if found.shape != wanted {
        return Err(LocalError::Shape { name, found: found.shape.clone(), wanted: wanted.to_vec() });
    }
    // Unquantized weights become 32-bit floats; quantized ones are kept twice, as they are and laid out
    // for the processor.
    Ok(if found.kind.block_size() == 1 { found.elements().saturating_mul(4) } else { found.bytes.saturating_mul(2) })
}
