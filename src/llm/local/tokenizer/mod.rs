//! From text to tokens and back, by what a model file says of its tokenizer.

mod bpe;
mod spm;
#[cfg(test)]
mod tests;
mod vocab;

use std::collections::HashMap;

use super::error::LocalError;
use super::gguf::Header;

pub(super) use bpe::Words;
pub(super) use vocab::{Bytes, Class, Vocab};

/// A stretch of a prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    /// Text of the template: the names of special tokens in it become those tokens.
    Template(String),
    /// What somebody said: it is text and nothing else, whatever it looks like.
    Said(String),
}

enum Kind {
    Bpe(Box<bpe::ByteBpe>),
    Spm(spm::Spm),
}

/// A model's tokenizer.
pub(super) struct Tokenizer {
    kind: Kind,
    pub vocab: Vocab,
    pub bytes: Bytes,
    /// Names of structure by their first byte, the longest first.
    structure: HashMap<u8, Vec<(String, u32)>>,
    /// Whether a prompt begins with [`Vocab::begin`].
    begins: bool,
}

impl Tokenizer {
    /// Checks in no time whether [`Tokenizer::read`] can know the kind.
    pub(super) fn check(file: &Header) -> Result<(), LocalError> {
        match file.text("tokenizer.ggml.model") {
            Some("gpt2") => bpe::Cut::named(file.text("tokenizer.ggml.pre").unwrap_or("default")).map(|_| ()),
            Some("llama") => Ok(()),
            Some(other) => {
                let name: String = other.chars().filter(|c| !c.is_control()).take(64).collect();
                Err(LocalError::Tokenizer(format!("its kind, `{name}`, is not known here; gpt2 and llama are")))
            }
            None => Err(LocalError::MissingKey("tokenizer.ggml.model".to_owned())),
        }
    }

    /// Reads a tokenizer; `rows` is how many tokens the network scores.
    pub(super) fn read(file: &Header, rows: u64) -> Result<Self, LocalError> {
        Self::check(file)?;
        let vocab = Vocab::read(file, rows)?;
        let sentence_piece = file.text("tokenizer.ggml.model") == Some("llama");
        let (kind, bytes) = if sentence_piece {
            (Kind::Spm(spm::Spm::read(file, &vocab)?), spm::bytes(&vocab))
        } else {
            (Kind::Bpe(Box::new(bpe::ByteBpe::read(file, &vocab)?)), bpe::bytes(&vocab))
        };
        let mut structure: HashMap<u8, Vec<(String, u32)>> = HashMap::new();
        for (id, name, class) in vocab.iter() {
            if let (Class::Control | Class::UserDefined, Some(first)) = (class, name.bytes().next()) {
                structure.entry(first).or_default().push((name.to_owned(), id));
            }
        }
        for names in structure.values_mut() {
            names.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        }
        let begins = file.flag("tokenizer.ggml.add_bos_token").unwrap_or(sentence_piece);
        Ok(Self { kind, vocab, bytes, structure, begins })
    }

    /// The tokens of a prompt, beginning with the model's own beginning where it was trained so.
    ///
    /// Neighbouring text is encoded together, wherever it comes from, because a model has seen it so; but
    /// special tokens are looked for in each stretch of the template alone, so that nothing said can be,
    /// or help to form, one.
    pub(super) fn encode(&self, parts: &[Part]) -> Result<Vec<u32>, LocalError> {
        let mut out = Vec::new();
        let mut text = String::new();
        for part in parts {
            match part {
                Part::Said(said) => text.push_str(said),
                Part::Template(template) => self.cut(template, &mut text, &mut out)?,
            }
        }
        self.flush(&mut text, &mut out)?;
        if self.begins
            && let Some(begin) = self.vocab.begin
            && out.first() != Some(&begin)
        {
            out.insert(0, begin);
        }
        Ok(out)
    }

    /// Turns the special tokens of a template into tokens, and leaves its last text in `text`.
    fn cut(&self, template: &str, text: &mut String, out: &mut Vec<u32>) -> Result<(), LocalError> {
        let mut rest = template;
        while let Some(c) = rest.chars().next() {
            if let Some((len, id)) = self.special(rest) {
                self.flush(text, out)?;
                out.push(id);
                rest = rest.get(len..).unwrap_or_default();
            } else {
                text.push(c);
                rest = rest.get(c.len_utf8()..).unwrap_or_default();
            }
        }
        Ok(())
    }

    /// The longest special token whose name stands at the beginning; its name's bytes and number.
    fn special(&self, rest: &str) -> Option<(usize, u32)> {
        let names = self.structure.get(&rest.bytes().next()?)?;
        names.iter().find(|(name, _)| rest.starts_with(name)).map(|(name, id)| (name.len(), *id))
    }

    fn flush(&self, text: &mut String, out: &mut Vec<u32>) -> Result<(), LocalError> {
        match &self.kind {
            Kind::Bpe(bpe) if !text.is_empty() => bpe.encode(text, out)?,
            Kind::Bpe(_) => {}
            Kind::Spm(spm) => spm.encode(text, out),
        }
        text.clear();
        Ok(())
    }

    /// The tokens of text in the middle of an answer: nothing is put before it, and none of it is structure.
    pub(super) fn encode_within(&self, text: &str) -> Result<Vec<u32>, LocalError> {
        let mut out = Vec::new();
        match &self.kind {
            Kind::Bpe(bpe) => bpe.encode(text, &mut out)?,
            Kind::Spm(spm) => spm.encode_within(text, &mut out),
        }
        Ok(out)
    }

    /// A template's text without the names of special tokens, in pieces.
    pub(super) fn plain_of<'t>(&self, template: &'t str) -> Vec<&'t str> {
        let (mut out, mut from, mut at) = (Vec::new(), 0, 0);
        while let Some(c) = template.get(at..).and_then(|rest| rest.chars().next()) {
            match self.special(template.get(at..).unwrap_or_default()) {
                Some((len, _)) => {
                    out.extend(template.get(from..at).filter(|t| !t.is_empty()));
                    at += len;
                    from = at;
                }
                None => at += c.len_utf8(),
            }
        }
        out.extend(template.get(from..).filter(|t| !t.is_empty()));
        out
    }

    /// The name of a token, for templates that print it.
    pub(super) fn name(&self, id: Option<u32>) -> &str {
        id.and_then(|id| self.vocab.names.get(id as usize)).map_or("", String::as_str)
    }
}
