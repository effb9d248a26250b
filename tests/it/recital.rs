//! A model that recites: one small llama whose every token leads to the next of a text, whatever it is asked.
//!
//! So the answer is known, and at a temperature of 0 always the same; above, it strays. The file is
//! `tests/fixtures/recital.gguf`; `ELECTROMART_WRITE=1 cargo test --test it recital` writes it anew.

use std::io::Cursor;
use std::path::{Path, PathBuf};

use candle_core::quantized::gguf_file::{self, Value};
use candle_core::quantized::{GgmlDType, QTensor};
use candle_core::{Device, Tensor};

/// What it says, token by token: a text that is JSON, for those who ask for that.
pub const TOKENS: [&str; 11] = [
    "{\"numbers\": [",
    "\"one\"",
    ", \"two\"",
    ", \"three\"",
    ", \"four\"",
    ", \"five\"",
    ", \"six\"",
    ", \"seven\"",
    ", \"eight\"",
    ", \"nine\"",
    "]}",
];

/// How a conversation is written for it.
const CHATML: &str = "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] \
    + '<|im_end|>' + '\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";
/// Numbers of a row: a place for each token of the text, and one for all others.
const WIDTH: usize = 32;
const HEADS: usize = 2;
const HEAD: usize = WIDTH / HEADS;

/// Where the file is.
pub fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/recital.gguf")
}

/// GPT-2's letter for a byte.
fn letter(byte: u8) -> char {
    let printed = |b: u8| matches!(b, 0x21..=0x7e | 0xa1..=0xac | 0xae..=0xff);
    let code = if printed(byte) { u32::from(byte) } else { 0x100 + (0..byte).filter(|b| !printed(*b)).count() as u32 };
    char::from_u32(code).expect("a letter")
}

/// A token as it stands in a file.
fn written(text: &str) -> String {
    text.bytes().map(letter).collect()
}

/// The file's content.
pub fn bytes() -> Vec<u8> {
    // Every byte, so that any prompt can be read, and the one pair there is; structure; the text.
    let mut tokens: Vec<String> = (0..=255).map(|byte| letter(byte).to_string()).collect();
    tokens.push("th".to_owned());
    let structure = tokens.len();
    tokens.extend(["<|im_start|>", "<|im_end|>"].map(str::to_owned));
    let (end, first) = (tokens.len() - 1, tokens.len());
    tokens.extend(TOKENS.map(written));
    let kinds = (0..tokens.len()).map(|id| Value::I32(if (structure..first).contains(&id) { 3 } else { 1 })).collect();
    let merges = vec![Value::String("t h".to_owned())];
    let text = |text: &str| Value::String(text.to_owned());
    let size = |n: usize| Value::U32(n as u32);
    let metadata = [
        ("general.architecture", text("llama")),
        ("llama.attention.head_count", size(HEADS)),
        ("llama.attention.head_count_kv", size(1)),
        ("llama.block_count", size(1)),
        ("llama.embedding_length", size(WIDTH)),
        ("llama.feed_forward_length", size(WIDTH)),
        ("llama.context_length", size(4_096)),
        ("llama.rope.dimension_count", size(HEAD)),
        ("llama.attention.layer_norm_rms_epsilon", Value::F32(1e-5)),
        ("llama.rope.freq_base", Value::F32(10_000.0)),
        ("tokenizer.ggml.model", text("gpt2")),
        ("tokenizer.ggml.pre", text("qwen2")),
        ("tokenizer.ggml.token_type", Value::Array(kinds)),
        ("tokenizer.ggml.merges", Value::Array(merges)),
        ("tokenizer.ggml.eos_token_id", size(end)),
        ("tokenizer.ggml.add_bos_token", Value::Bool(false)),
        ("tokenizer.chat_template", text(CHATML)),
        ("tokenizer.ggml.tokens", Value::Array(tokens.iter().cloned().map(Value::String).collect())),
    ];
    // A token is read as its place in the text, and what is not of the text as the place before it; what
    // follows is scored by that place. The layer between adds nothing.
    let place = |id: usize| if id < first { 0 } else { id - first + 1 };
    let one = |is: bool| f32::from(u8::from(is));
    let read = |row: usize, column: usize| one(column == place(row));
    let follows = |row: usize, column: usize| match row {
        // It ends behind the text and nowhere else, however far it strays.
        row if row == end => {
            if column == TOKENS.len() {
                1.0
            } else {
                -4.0
            }
        }
        row => one(row >= first && column == place(row) - 1),
    };
    let rows = tokens.len();
    let tensors = [
        ("token_embd.weight", matrix(rows, WIDTH, read)),
        ("output.weight", matrix(rows, WIDTH, follows)),
        ("output_norm.weight", ones()),
        ("blk.0.attn_norm.weight", ones()),
        ("blk.0.ffn_norm.weight", ones()),
        ("blk.0.attn_q.weight", zeros(WIDTH)),
        ("blk.0.attn_k.weight", zeros(HEAD)),
        ("blk.0.attn_v.weight", zeros(HEAD)),
        ("blk.0.attn_output.weight", zeros(WIDTH)),
        ("blk.0.ffn_gate.weight", zeros(WIDTH)),
        ("blk.0.ffn_up.weight", zeros(WIDTH)),
        ("blk.0.ffn_down.weight", zeros(WIDTH)),
    ];
    let metadata: Vec<(&str, &Value)> = metadata.iter().map(|(key, value)| (*key, value)).collect();
    let tensors: Vec<(&str, &QTensor)> = tensors.iter().map(|(key, tensor)| (*key, tensor)).collect();
    let mut out = Cursor::new(Vec::new());
    gguf_file::write(&mut out, &metadata, &tensors).expect("written to memory");
    out.into_inner()
}

fn matrix(rows: usize, columns: usize, number: impl Fn(usize, usize) -> f32) -> QTensor {
    let all = (0..rows * columns).map(|at| number(at / columns, at % columns)).collect();
    let tensor = Tensor::from_vec(all, (rows, columns), &Device::Cpu).expect("a tensor");
    QTensor::quantize(&tensor, GgmlDType::Q8_0).expect("quantized")
}

fn zeros(rows: usize) -> QTensor {
    matrix(rows, WIDTH, |_, _| 0.0)
}

fn ones() -> QTensor {
    let tensor = Tensor::from_vec(vec![1.0f32; WIDTH], WIDTH, &Device::Cpu).expect("a tensor");
    QTensor::quantize(&tensor, GgmlDType::F32).expect("as it is")
}

#[test]
fn the_fixture_is_what_this_file_says() {
    if std::env::var("ELECTROMART_WRITE").is_ok_and(|value| value == "1") {
        std::fs::write(file(), bytes()).expect("written");
    }
    assert!(std::fs::read(file()).is_ok_and(|there| there == bytes()), "write it anew: ELECTROMART_WRITE=1 cargo test --test it recital");
}
