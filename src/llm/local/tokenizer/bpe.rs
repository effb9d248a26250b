//! Byte-level byte-pair encoding, as GPT-2 introduced it.
//!
//! Each byte is written as one printable character, text is cut into words by an expression that depends
//! on the model's family, and within a word pairs are merged by rank. The merging is the `tokenizers`
//! crate's.

use std::collections::HashMap;

use tokenizers::Tokenizer;
use tokenizers::models::bpe::{BPE, Vocab as Ids};
use tokenizers::normalizers::NFC;
use tokenizers::pre_tokenizers::PreTokenizerWrapper;
use tokenizers::pre_tokenizers::byte_level::ByteLevel;
use tokenizers::pre_tokenizers::digits::Digits;
use tokenizers::pre_tokenizers::sequence::Sequence;
use tokenizers::pre_tokenizers::split::{Split, SplitPattern};
use tokenizers::tokenizer::SplitDelimiterBehavior;
use tokenizers::{OffsetReferential, OffsetType, PreTokenizedString, PreTokenizer as _};

use super::super::error::LocalError;
use super::super::gguf::Header;
use super::vocab::{Bytes, Class, Vocab};

/// How text is cut into words before merging.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
    Gpt2,
    Llama3,
    Qwen2,
    /// As GPT-2, with every digit apart.
    Digits,
}

/// Of Llama 3's `tokenizer.json`: numbers in threes.
const LLAMA3: &str = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
/// Of Qwen 2's: every digit apart.
const QWEN2: &str = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

impl Cut {
    /// By the name llama.cpp gave it in `tokenizer.ggml.pre`.
    pub(super) fn named(pre: &str) -> Result<Self, LocalError> {
        Ok(match pre {
            "default" | "gpt-2" | "gpt2" => Self::Gpt2,
            "llama-bpe" | "llama3" | "llama-v3" => Self::Llama3,
            "qwen2" | "deepseek-r1-qwen" => Self::Qwen2,
            "smollm" => Self::Digits,
            other => {
                let name: String = other.chars().filter(|c| !c.is_control()).take(64).collect();
                return Err(LocalError::Tokenizer(format!("its way of cutting words, `{name}`, is not known here")));
            }
        })
    }

    fn build(self) -> Result<PreTokenizerWrapper, LocalError> {
        let by = |expression: &str| -> Result<PreTokenizerWrapper, LocalError> {
            let cut = Split::new(SplitPattern::Regex(expression.to_owned()), SplitDelimiterBehavior::Isolated, false);
            let cut = cut.map_err(|e| LocalError::Tokenizer(e.to_string()))?;
            Ok(Sequence::new(vec![cut.into(), ByteLevel::new(false, false, false).into()]).into())
        };
        Ok(match self {
            Self::Gpt2 => ByteLevel::new(false, false, true).into(),
            Self::Digits => Sequence::new(vec![Digits::new(true).into(), ByteLevel::new(false, false, true).into()]).into(),
            Self::Llama3 => by(LLAMA3)?,
            Self::Qwen2 => by(QWEN2)?,
        })
    }
}

/// A text cut into words of a family, none of which any merge crosses.
pub(in super::super) struct Words(PreTokenizerWrapper);

impl Words {
    /// By the name llama.cpp gave the family.
    pub(in super::super) fn named(pre: &str) -> Result<Self, LocalError> {
        Ok(Self(Cut::named(pre)?.build()?))
    }

    /// The words of a text.
    pub(in super::super) fn of<'a>(&self, text: &'a str) -> Result<Vec<&'a str>, LocalError> {
        let mut cut = PreTokenizedString::from(text);
        self.0.pre_tokenize(&mut cut).map_err(|e| LocalError::Tokenizer(e.to_string()))?;
        let words = cut.get_splits(OffsetReferential::Original, OffsetType::Byte);
        Ok(words.into_iter().filter_map(|(_, (from, to), _)| text.get(from..to)).collect())
    }
}

/// An encoder of the kind `gpt2`.
pub(super) struct ByteBpe(Tokenizer);

impl ByteBpe {
    /// Reads tokens and merges.
    pub(super) fn read(file: &Header, vocab: &Vocab) -> Result<Self, LocalError> {
        let cut = Cut::named(file.text("tokenizer.ggml.pre").unwrap_or("default"))?;
        let key = "tokenizer.ggml.merges";
        let merges = file.texts(key).ok_or_else(|| LocalError::MissingKey(key.to_owned()))?;
        // Structure is left out: no text of a customer may become it.
        let ids: Ids = vocab.iter().filter(|(_, _, class)| *class == Class::Normal).map(|(id, name, _)| (name.to_owned(), id)).collect();
        if alphabet().iter().any(|c| !ids.contains_key(&String::from(*c))) {
            return Err(LocalError::Tokenizer("some bytes have no token".to_owned()));
        }
        let pairs = merges.iter().map(|line| {
            // The parts hold no spaces, but a part may begin with the space's own character.
            let (left, right) = line.split_once(' ').unwrap_or((line, ""));
            (left.to_owned(), right.to_owned())
        });
        let pairs: Vec<(String, String)> = pairs.collect();
        if pairs.iter().any(|(left, right)| !ids.contains_key(&format!("{left}{right}"))) {
            return Err(LocalError::Tokenizer("a merge makes no token".to_owned()));
        }
        let bpe = BPE::builder().vocab_and_merges(ids, pairs).ignore_merges(cut == Cut::Llama3).build();
        let mut tokenizer = Tokenizer::new(bpe.map_err(|e| LocalError::Tokenizer(e.to_string()))?);
        if cut == Cut::Qwen2 {
            tokenizer.with_normalizer(Some(NFC)).map_err(|e| LocalError::Tokenizer(e.to_string()))?;
        }
        tokenizer.with_pre_tokenizer(Some(cut.build()?));
        Ok(Self(tokenizer))
    }

    /// The tokens of a text, which may be any.
    pub(super) fn encode(&self, text: &str, out: &mut Vec<u32>) -> Result<(), LocalError> {
        let encoding = self.0.encode_fast(text, false).map_err(|e| LocalError::Tokenizer(e.to_string()))?;
        out.extend_from_slice(encoding.get_ids());
        Ok(())
    }
}

/// The bytes each token stands for.
pub(super) fn bytes(vocab: &Vocab) -> Bytes {
    let back: HashMap<char, u8> = alphabet().into_iter().zip(0u8..=255).collect();
    let mut out = Bytes::default();
    let mut raw = Vec::new();
    for (_, name, class) in vocab.iter() {
        raw.clear();
        match class {
            Class::Normal => {
                for c in name.chars() {
                    match back.get(&c) {
                        Some(byte) => raw.push(*byte),
                        None => raw.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
                    }
                }
            }
            Class::UserDefined => raw.extend_from_slice(name.as_bytes()),
            Class::Byte | Class::Control | Class::Unknown | Class::Unused => {}
        }
        out.push(&raw);
    }
    out
}

/// The character that stands for each byte: itself where it is printable and no space, else one from
/// U+0100 on (`bytes_to_unicode` of GPT-2's `encoder.py`).
fn alphabet() -> Vec<char> {
    let mut next = 0x100;
    (0u32..256)
        .map(|byte| {
            let printable = matches!(byte, 0x21..=0x7e | 0xa1..=0xac | 0xae..=0xff);
            let code = if printable {
                byte
            } else {
                next += 1;
                next - 1
            };
            char::from_u32(code).unwrap_or_default()
        })
        .collect()
}
