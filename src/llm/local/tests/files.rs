//! Tiny models: two layers, 64 wide, random weights.

use std::io::Cursor;

use candle_core::quantized::gguf_file::{self, Value};
use candle_core::quantized::{GgmlDType, QTensor};
use candle_core::{Device, Tensor};

use super::super::engine::Engine;
use super::super::{LocalError, Threads, assemble, checked};
use crate::llm::kernels::matrix::Bytes;

pub(super) const ARCHITECTURES: [&str; 5] = ["llama", "qwen2", "qwen3", "phi3", "gemma3"];

const CHATML: &str = "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] \
    + '<|im_end|>' + '\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

/// A model file under construction.
pub(super) struct Model {
    pub metadata: Vec<(String, Value)>,
    pub tensors: Vec<(String, QTensor)>,
}

fn texts(all: &[String]) -> Value {
    Value::Array(all.iter().cloned().map(Value::String).collect())
}

fn kinds(all: &[i32]) -> Value {
    Value::Array(all.iter().copied().map(Value::I32).collect())
}

/// Numbers that look random and are the same every time.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f32 / (1u64 << 24) as f32 - 0.5
    }
}

/// GPT-2's characters for bytes.
fn byte_letters() -> Vec<String> {
    let mut next = 0x100;
    (0u32..256)
        .map(|b| {
            let code = if matches!(b, 0x21..=0x7e | 0xa1..=0xac | 0xae..=0xff) {
                b
            } else {
                next += 1;
                next - 1
            };
            char::from_u32(code).unwrap().to_string()
        })
        .collect()
}

fn byte_level() -> Vec<(&'static str, Value)> {
    let mut tokens = byte_letters();
    // Pairs that put digits, braces and words into one token, as real vocabularies do.
    let merges = [
        "t h", "th e", "Ġ th", "Ġth e", "1 2", "Ġ 1", "F 1", "{ F", "{F 1", "1 }", "F1 }", "a {", "Ġ {", "} .", "Ù £", "e r", "Ġ i", "Ġi s",
    ];
    tokens.extend(merges.iter().map(|m| m.replace(' ', "")));
    let mut types = vec![1; tokens.len()];
    for special in ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<think>"] {
        tokens.push(special.to_owned());
        types.push(if special == "<think>" { 4 } else { 3 });
    }
    // Rows of the network without a use.
    while tokens.len() < 300 {
        tokens.push(format!("[PAD{}]", tokens.len()));
        types.push(5);
    }
    let end = tokens.iter().position(|t| t == "<|im_end|>").unwrap() as u32;
    let merges: Vec<String> = merges.iter().map(|m| (*m).to_owned()).collect();
    vec![
        ("tokenizer.ggml.model", Value::String("gpt2".into())),
        ("tokenizer.ggml.pre", Value::String("qwen2".into())),
        ("tokenizer.ggml.tokens", texts(&tokens)),
        ("tokenizer.ggml.token_type", kinds(&types)),
        ("tokenizer.ggml.merges", texts(&merges)),
        ("tokenizer.ggml.eos_token_id", Value::U32(end)),
        ("tokenizer.chat_template", Value::String(CHATML.into())),
    ]
}

fn sentence_piece() -> Vec<(&'static str, Value)> {
    let mut tokens: Vec<String> = ["<unk>", "<s>", "</s>"].iter().map(|t| (*t).to_owned()).collect();
    let mut types = vec![2, 3, 3];
    for byte in 0..256 {
        tokens.push(format!("<0x{byte:02X}>"));
        types.push(6);
    }
    for piece in ["▁", "▁the", "▁is", "a", "b", "c", "1", "2", "▁1", "{", "}", "F", "{F", "F1", "1}", "▁{F1}", ".", "٣", "s1", "#"]
    {
        tokens.push(piece.to_owned());
        types.push(1);
    }
    let scores = (0..tokens.len()).map(|i| Value::F32(-(i as f32))).collect();
    vec![
        ("tokenizer.ggml.model", Value::String("llama".into())),
        ("tokenizer.ggml.tokens", texts(&tokens)),
        ("tokenizer.ggml.token_type", kinds(&types)),
        ("tokenizer.ggml.scores", Value::Array(scores)),
        ("tokenizer.ggml.bos_token_id", Value::U32(1)),
        ("tokenizer.ggml.eos_token_id", Value::U32(2)),
        ("tokenizer.ggml.unknown_token_id", Value::U32(0)),
    ]
}

impl Model {
    /// A model of an architecture: llama with SentencePiece and no template, the others with byte-level
    /// pairs and ChatML.
    pub(super) fn new(architecture: &str, kind: GgmlDType, seed: u64) -> Self {
        let (width, inner, heads, kv_heads, head) = (64usize, 128usize, 4usize, 2usize, 16usize);
        let tokenizer = if architecture == "llama" { sentence_piece() } else { byte_level() };
        let rows = if architecture == "llama" { 288 } else { 304 };
        let mut metadata = vec![("general.architecture".to_owned(), Value::String(architecture.to_owned()))];
        for (key, n) in [
            ("attention.head_count", heads),
            ("attention.head_count_kv", kv_heads),
            ("attention.key_length", head),
            ("block_count", 2),
            ("embedding_length", width),
            ("feed_forward_length", inner),
            ("context_length", 512),
            ("rope.dimension_count", head),
        ] {
            metadata.push((format!("{architecture}.{key}"), Value::U32(n as u32)));
        }
        if architecture == "gemma3" {
            // Shorter than the conversations of the tests.
            metadata.push(("gemma3.attention.sliding_window".to_owned(), Value::U32(8)));
            metadata.push(("gemma3.attention.value_length".to_owned(), Value::U32(head as u32)));
        }
        metadata.push((format!("{architecture}.attention.layer_norm_rms_epsilon"), Value::F32(1e-5)));
        metadata.push((format!("{architecture}.rope.freq_base"), Value::F32(10_000.0)));
        metadata.extend(tokenizer.into_iter().map(|(k, v)| (k.to_owned(), v)));

        let mut shapes = vec![
            ("token_embd.weight".to_owned(), vec![rows, width]),
            ("output_norm.weight".to_owned(), vec![width]),
            ("output.weight".to_owned(), vec![rows, width]),
        ];
        let (q, kv) = (heads * head, kv_heads * head);
        for layer in 0..2 {
            let parts: &[(&str, Vec<usize>)] = if architecture == "phi3" {
                &[("attn_qkv.weight", vec![q + 2 * kv, width]), ("ffn_up.weight", vec![2 * inner, width])]
            } else {
                &[
                    ("attn_q.weight", vec![q, width]),
                    ("attn_k.weight", vec![kv, width]),
                    ("attn_v.weight", vec![kv, width]),
                    ("ffn_gate.weight", vec![inner, width]),
                    ("ffn_up.weight", vec![inner, width]),
                ]
            };
            let all: &[(&str, Vec<usize>)] = &[
                ("attn_output.weight", vec![width, q]),
                ("ffn_down.weight", vec![width, inner]),
                ("attn_norm.weight", vec![width]),
                ("ffn_norm.weight", vec![width]),
            ];
            let more: &[(&str, Vec<usize>)] = match architecture {
                "qwen2" => &[("attn_q.bias", vec![q]), ("attn_k.bias", vec![kv]), ("attn_v.bias", vec![kv])],
                "qwen3" => &[("attn_q_norm.weight", vec![head]), ("attn_k_norm.weight", vec![head])],
                "gemma3" => &[
                    ("attn_q_norm.weight", vec![head]),
                    ("attn_k_norm.weight", vec![head]),
                    ("post_attention_norm.weight", vec![width]),
                    ("post_ffw_norm.weight", vec![width]),
                ],
                _ => &[],
            };
            shapes.extend(parts.iter().chain(all).chain(more).map(|(name, shape)| (format!("blk.{layer}.{name}"), shape.clone())));
        }
        let mut numbers = Numbers(seed);
        let tensors = shapes.into_iter().map(|(name, shape)| {
            let data: Vec<f32> = (0..shape.iter().product()).map(|_| numbers.next()).collect();
            let tensor = Tensor::from_vec(data, shape.clone(), &Device::Cpu).unwrap();
            let kind = if shape.len() == 2 { kind } else { GgmlDType::F32 };
            (name, QTensor::quantize(&tensor, kind).unwrap())
        });
        let tensors = tensors.collect();
        Self { metadata, tensors }
    }

    /// Gives a key another value, or takes it away.
    pub(super) fn with(mut self, key: &str, value: Option<Value>) -> Self {
        self.metadata.retain(|(k, _)| k != key);
        self.metadata.extend(value.map(|v| (key.to_owned(), v)));
        self
    }

    /// The bytes of the file.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let metadata: Vec<_> = self.metadata.iter().map(|(k, v)| (k.as_str(), v)).collect();
        let tensors: Vec<_> = self.tensors.iter().map(|(k, t)| (k.as_str(), t)).collect();
        let mut out = Cursor::new(Vec::new());
        gguf_file::write(&mut out, &metadata, &tensors).unwrap();
        out.into_inner()
    }

    pub(super) fn engine(&self) -> Engine {
        open(&self.bytes()).unwrap()
    }
}

/// All that opening a file does, from memory.
pub(super) fn open(bytes: &[u8]) -> Result<Engine, LocalError> {
    let (file, plan) = checked(bytes, bytes.len() as u64, 4_096)?;
    assemble("test", &file, &plan, &Bytes::Owned(bytes.into()), Threads { threads: 2, at_once: 4 })
}
