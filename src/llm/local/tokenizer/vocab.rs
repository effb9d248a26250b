//! The tokens a model knows: what each is for and which bytes it stands for.

use super::super::error::LocalError;
use super::super::gguf::Header;

/// What a token is for (`llama_token_type` of llama.cpp).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Class {
    /// A piece of text.
    Normal,
    /// Stands for text that has no other token.
    Unknown,
    /// Structure, such as the beginning of a message; has no text.
    Control,
    /// Text added to the vocabulary after training; structure too, as far as templates go.
    UserDefined,
    /// A gap in the numbering.
    Unused,
    /// One byte.
    Byte,
}

impl Class {
    fn of(number: i64) -> Result<Self, LocalError> {
        Ok(match number {
            1 => Self::Normal,
            2 => Self::Unknown,
            3 => Self::Control,
            4 => Self::UserDefined,
            5 => Self::Unused,
            6 => Self::Byte,
            _ => return Err(LocalError::Tokenizer(format!("there is no token type {number}"))),
        })
    }
}

/// The tokens of a model, by number.
#[derive(Debug)]
pub(in super::super) struct Vocab {
    pub names: Vec<String>,
    pub classes: Vec<Class>,
    /// Put before a prompt, where the model was trained so.
    pub begin: Option<u32>,
    pub end: Option<u32>,
    pub unknown: Option<u32>,
    /// Tokens that end an answer.
    pub stops: Vec<u32>,
}

/// Names of tokens that end an answer in the models of these architectures, whatever their file says.
const STOPS: &[&str] = &["</s>", "<|im_end|>", "<|endoftext|>", "<|eot_id|>", "<|eom_id|>", "<|end_of_text|>", "<|end|>"];

impl Vocab {
    /// Reads the tokens; `rows` is how many the network scores, of which the last may have no token.
    pub(super) fn read(file: &Header, rows: u64) -> Result<Self, LocalError> {
        let key = "tokenizer.ggml.tokens";
        let names = file.texts(key).ok_or_else(|| LocalError::MissingKey(key.to_owned()))?.to_vec();
        if names.is_empty() || names.len() as u64 > rows {
            return Err(LocalError::Tokenizer(format!("it has {} tokens for {rows} rows of the network", names.len())));
        }
        let classes = match file.integers("tokenizer.ggml.token_type") {
            None => vec![Class::Normal; names.len()],
            Some(kinds) if kinds.len() == names.len() => kinds.iter().map(|n| Class::of(*n)).collect::<Result<_, _>>()?,
            Some(_) => return Err(LocalError::Tokenizer("not every token has a type".to_owned())),
        };
        let named = |key: &str| match file.integer(&format!("tokenizer.ggml.{key}_token_id")) {
            Some(id) if id < names.len() as u64 => u32::try_from(id).ok(),
            // Some files write -1 or the size of the vocabulary for "none".
            _ => None,
        };
        let (begin, end, unknown) = (named("bos"), named("eos"), named("unknown").or_else(|| named("unk")));
        let mut stops: Vec<u32> = [end, named("eot"), named("eom")].into_iter().flatten().collect();
        for (id, (name, class)) in (0u32..).zip(names.iter().zip(&classes)) {
            let structure = matches!(class, Class::Control | Class::UserDefined);
            if structure && STOPS.contains(&name.as_str()) {
                stops.push(id);
            }
        }
        stops.sort_unstable();
        stops.dedup();
        Ok(Self { names, classes, begin, end, unknown, stops })
    }

    /// Number of tokens.
    pub(in super::super) fn len(&self) -> usize {
        self.names.len()
    }

    /// Tokens in order, with their numbers.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, &str, Class)> {
        (0u32..).zip(self.names.iter().zip(&self.classes)).map(|(id, (name, class))| (id, name.as_str(), *class))
    }
}

/// The bytes of each token, one after another in one piece of memory.
#[derive(Debug, Default)]
pub(in super::super) struct Bytes {
    all: Vec<u8>,
    ends: Vec<u32>,
}

impl Bytes {
    /// Adds those of the next token.
    pub(in super::super) fn push(&mut self, bytes: &[u8]) {
        self.all.extend_from_slice(bytes);
        // The header as a whole is far below 4 GiB.
        self.ends.push(u32::try_from(self.all.len()).unwrap_or(u32::MAX));
    }

    /// Those of a token; none for structure and for numbers that are no token.
    pub(in super::super) fn of(&self, id: u32) -> &[u8] {
        let at = id as usize;
        let from = at.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let to = self.ends.get(at).copied().unwrap_or(from);
        self.all.get(from as usize..to as usize).unwrap_or_default()
    }
}
