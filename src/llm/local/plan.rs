//! The sizes of a network, checked against every tensor before anything is loaded.

use super::error::LocalError;
use super::gguf::Header;
use super::network::architecture::Architecture;
use super::network::{Library, Shape, suits};

/// Bytes in a MiB.
const MIB: u64 = 1 << 20;
/// Layers of the one Gemma 3 (27B) whose attention is scaled by its width instead of its heads' (llama.cpp,
/// `llama-model.cpp`).
const GEMMA3_27B_LAYERS: u64 = 62;
/// Memory for the steps themselves: a chunk of a prompt, and the scores of a few tokens.
const STEPS: u64 = 64 * MIB;

/// Who runs a network.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Family {
    /// Our own decoder.
    Own(&'static Architecture),
    /// candle-transformers.
    Library(Library),
}

/// The sizes of a network. Every tensor that our decoder needs is in the file with the shape they ask for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Plan {
    pub family: Family,
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
    /// Numbers of a head that turn with its position.
    pub rope_width: u64,
    /// Base of the rotary position encoding.
    pub rope_base: f32,
    /// By how much closer together positions are read.
    pub rope_scale: f32,
    /// What the cosines and sines of positions are multiplied with.
    pub rope_length: f32,
    /// What a product of a query with a key is multiplied with.
    pub attention_scale: f32,
    /// Positions seen by layers that see only what is near.
    pub window: Option<u64>,
    /// The names of the tensors of the network.
    pub tensors: Vec<String>,
    /// Memory for weights, working copies and the longest conversation, in bytes.
    pub memory: u64,
}

impl Plan {
    /// Reads the sizes and checks the tensors; `context_tokens` is the most the configuration allows.
    pub(super) fn read(file: &Header, context_tokens: usize) -> Result<Self, LocalError> {
        let name = text(file, "general.architecture")?;
        if let Some(library) = Library::named(name) {
            return Self::of_library(library, name, file, context_tokens);
        }
        let Some(about) = Architecture::named(name) else {
            return Err(LocalError::Architecture(name.chars().filter(|c| !c.is_control()).take(64).collect()));
        };
        let size = |key: &str, most: u64| size(file, &format!("{name}.{key}"), most);
        let told = |key: &str| file.integer(&format!("{name}.{key}"));
        if told("expert_count").unwrap_or(0) > 1 {
            return Err(LocalError::Variety("a mixture of experts".to_owned()));
        }
        let width = size("embedding_length", 1 << 16)?;
        let heads = size("attention.head_count", 1 << 10)?;
        let kv_heads = size("attention.head_count_kv", 1 << 10)?;
        let head_width = if told("attention.key_length").is_some() { size("attention.key_length", 1 << 10)? } else { width / heads };
        let rope_width = told("rope.dimension_count").unwrap_or(head_width);
        whole(heads.is_multiple_of(kv_heads), "its heads")?;
        whole(head_width > 0 && rope_width > 0 && rope_width <= head_width && rope_width.is_multiple_of(2), "the parts of a head")?;
        if told("attention.value_length").is_some_and(|n| n != head_width) {
            return Err(LocalError::Variety("values of another size than keys".to_owned()));
        }
        let layers = size("block_count", 1 << 9)?;
        let window = told("attention.sliding_window").filter(|n| *n > 0);
        let longest = longest(about, file, size("context_length", 1 << 24)?, window);
        let across = if about.near.is_some() && layers == GEMMA3_27B_LAYERS { width / heads } else { head_width };
        let mut plan = Self {
            family: Family::Own(about),
            layers,
            width,
            heads,
            kv_heads,
            head_width,
            rows: rows(file)?,
            context: longest.min(context_tokens.max(16) as u64),
            epsilon: positive(file, &format!("{name}.attention.layer_norm_rms_epsilon"))?,
            rope_width,
            rope_base: match file.float(&format!("{name}.rope.freq_base")) {
                None => 10_000.0,
                Some(base) if base >= 1.0 => base,
                Some(_) => return Err(LocalError::Malformed("the base of its positions makes no sense".to_owned())),
            },
            rope_scale: scaling(file, name)?,
            rope_length: file.float(&format!("{name}.rope.scaling.attn_factor")).filter(|x| *x > 0.0).unwrap_or(1.0),
            attention_scale: 1.0 / (across as f32).sqrt(),
            window,
            tensors: Vec::new(),
            memory: 0,
        };
        let weights = plan.check_tensors(about, file)?;
        plan.memory = own_memory(weights, plan.kept(), plan.context)
            .ok_or_else(|| LocalError::Size { what: "its memory".to_owned(), found: u64::MAX })?;
        if !suits(&plan, file) {
            plan.memory = plan.memory.max(library_memory(file, weights));
        }
        Ok(plan)
    }

    /// A network of candle-transformers, which checks its own sizes: what is kept here is what the rest asks for.
    fn of_library(library: Library, name: &str, file: &Header, context_tokens: usize) -> Result<Self, LocalError> {
        let trained = size(file, &format!("{name}.context_length"), 1 << 24)?;
        let weights = file.tensors.values().fold(0u64, |sum, t| sum.saturating_add(t.bytes));
        Ok(Self {
            family: Family::Library(library),
            layers: size(file, &format!("{name}.block_count"), 1 << 9)?,
            width: size(file, &format!("{name}.embedding_length"), 1 << 16)?,
            heads: 1,
            kv_heads: 1,
            head_width: 1,
            rows: rows(file)?,
            context: trained.min(library.positions()).min(context_tokens.max(16) as u64),
            epsilon: 0.0,
            rope_width: 0,
            rope_base: 0.0,
            rope_scale: 1.0,
            rope_length: 1.0,
            attention_scale: 1.0,
            window: None,
            tensors: Vec::new(),
            memory: library_memory(file, weights),
        })
    }

    /// Checks the shape of every tensor the network reads; returns their bytes.
    fn check_tensors(&mut self, about: &Architecture, file: &Header) -> Result<u64, LocalError> {
        let (width, q, kv) = (self.width, self.heads * self.head_width, self.kv_heads * self.head_width);
        let (rows, layers, head) = (self.rows, self.layers, self.head_width);
        let mut bytes = 0u64;
        let mut check = |name: String, wanted: &[u64]| -> Result<(), LocalError> {
            bytes = bytes.saturating_add(tensor(file, name.clone(), wanted)?);
            self.tensors.push(name);
            Ok(())
        };
        check("token_embd.weight".to_owned(), &[width, rows])?;
        check("output_norm.weight".to_owned(), &[width])?;
        if file.tensors.contains_key("output.weight") {
            check("output.weight".to_owned(), &[width, rows])?;
        }
        for layer in 0..layers {
            let down = format!("blk.{layer}.ffn_down.weight");
            let inner = file.tensors.get(&down).and_then(|t| t.shape.first()).copied().unwrap_or(0);
            check(down, &[inner, width])?;
            let mut part = |name: &str, wanted: &[u64]| check(format!("blk.{layer}.{name}"), wanted);
            part("attn_norm.weight", &[width])?;
            part("ffn_norm.weight", &[width])?;
            part("attn_output.weight", &[q, width])?;
            if about.fused {
                part("attn_qkv.weight", &[width, q + 2 * kv])?;
                part("ffn_up.weight", &[width, 2 * inner])?;
            } else {
                part("attn_q.weight", &[width, q])?;
                part("attn_k.weight", &[width, kv])?;
                part("attn_v.weight", &[width, kv])?;
                part("ffn_gate.weight", &[width, inner])?;
                part("ffn_up.weight", &[width, inner])?;
            }
            if about.biases {
                part("attn_q.bias", &[q])?;
                part("attn_k.bias", &[kv])?;
                part("attn_v.bias", &[kv])?;
            }
            if about.head_norms {
                part("attn_q_norm.weight", &[head])?;
                part("attn_k_norm.weight", &[head])?;
            }
            if about.norms_behind {
                part("post_attention_norm.weight", &[width])?;
                part("post_ffw_norm.weight", &[width])?;
            }
        }
        for factors in ["rope_freqs.weight", "rope_factors_short.weight"] {
            if file.tensors.contains_key(factors) {
                check(factors.to_owned(), &[self.rope_width / 2])?;
            }
        }
        Ok(bytes)
    }

    /// What is kept of a position where our decoder runs it.
    pub(super) fn kept(&self) -> Shape {
        let number = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
        Shape { layers: number(self.layers), kv_heads: number(self.kv_heads), head: number(self.head_width) }
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

/// Bytes of memory where our decoder runs a network: the weights, which are mapped, a conversation of so many positions, and
/// the steps.
pub(super) fn own_memory(weights: u64, shape: Shape, positions: u64) -> Option<u64> {
    (shape.position_bytes() as u64).checked_mul(positions)?.checked_add(weights)?.checked_add(STEPS)
}

/// Bytes of memory where candle-transformers runs a network: it keeps the weights as they are and laid out for the processor,
/// and the table as 32-bit floats.
fn library_memory(file: &Header, weights: u64) -> u64 {
    let table = file.tensors.get("token_embd.weight").map_or(0, |t| t.elements().saturating_mul(4));
    weights.saturating_mul(2).saturating_add(table)
}

/// Positions that a network can be run over as it was taught.
///
/// A window over all layers (phi3) is never reached if no conversation is longer. And beyond the length it was first
/// trained on, phi3 would take other factors for its positions.
fn longest(about: &Architecture, file: &Header, trained: u64, window: Option<u64>) -> u64 {
    if about.near.is_some() || !about.fused {
        return trained;
    }
    let first = file.integer(&format!("{}.rope.scaling.original_context_length", about.name));
    trained.min(window.unwrap_or(u64::MAX)).min(first.unwrap_or(u64::MAX)).max(1)
}

/// By how much closer together positions are to be read.
fn scaling(file: &Header, name: &str) -> Result<f32, LocalError> {
    let key = |part: &str| format!("{name}.rope.scaling.{part}");
    match file.text(&key("type")) {
        None | Some("none" | "longrope") => Ok(1.0),
        Some("linear") => Ok(file.float(&key("factor")).filter(|x| *x >= 1.0).unwrap_or(1.0)),
        Some(other) => Err(LocalError::Variety(format!("positions stretched by `{}`", other.chars().take(32).collect::<String>()))),
    }
}

fn whole(ok: bool, what: &str) -> Result<(), LocalError> {
    if ok { Ok(()) } else { Err(LocalError::Malformed(format!("{what} do not divide evenly"))) }
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

/// Checks one tensor's shape; returns its bytes.
fn tensor(file: &Header, name: String, wanted: &[u64]) -> Result<u64, LocalError> {
    let Some(found) = file.tensors.get(&name) else {
        return Err(LocalError::MissingTensor(name));
    };
    if found.shape != wanted {
        return Err(LocalError::Shape { name, found: found.shape.clone(), wanted: wanted.to_vec() });
    }
    Ok(found.bytes)
}
