//! From a conversation to the prompt a model was trained on.
//!
//! A model file brings a chat template (Jinja). It is run on marks in place of what was said, and the
//! texts are put between its parts afterwards: so nothing said is ever read as template, and the
//! tokenizer can tell the two apart ([`Part`]).

mod jinja;
#[cfg(test)]
mod tests;

use minijinja::Environment;

use super::super::Role;
use super::gguf::Header;
use super::tokenizer::{Part, Tokenizer};

/// Begins and ends a mark; a private-use character that no template writes.
const MARK: char = '\u{e0f1}';
/// Begins every heading of the plain template, and so ends an answer that runs into the next.
const HEADING: &str = "###";

/// A prompt in parts.
#[derive(Debug)]
pub(super) struct Written {
    pub parts: Vec<Part>,
    /// Text that ends the answer, where no token does.
    pub stop: Option<&'static str>,
}

/// A model's chat template, or the plain one where it has none that works.
pub(super) struct Template {
    own: Option<Environment<'static>>,
    begin: String,
    end: String,
}

impl Template {
    /// Takes the template of a model file.
    pub(super) fn read(file: &Header, tokenizer: &Tokenizer) -> Self {
        let own = file.text("tokenizer.chat_template").and_then(|source| match jinja::environment(source) {
            Ok(environment) => Some(environment),
            Err(error) => {
                tracing::warn!(%error, "the model's chat template cannot be read; a plain one is used");
                None
            }
        });
        let begin = tokenizer.name(tokenizer.vocab.begin).to_owned();
        Self { own, begin, end: tokenizer.name(tokenizer.vocab.end).to_owned() }
    }

    /// Writes a conversation as a prompt that ends where the model's answer begins.
    pub(super) fn write(&self, messages: &[(Role, String)], tokenizer: &Tokenizer) -> Written {
        let as_is: Vec<(Role, String)> = messages.iter().map(|(r, t)| (*r, t.trim().to_owned())).collect();
        let own =
            self.own.as_ref().and_then(|own| self.run(own, &as_is, tokenizer).or_else(|| self.run(own, &alternating(&as_is), tokenizer)));
        match own {
            Some(parts) => Written { parts, stop: None },
            None => Written { parts: plain(&as_is, tokenizer), stop: Some(HEADING) },
        }
    }

    /// The parts of a prompt by the model's own template; `None` when it fails, or loses or repeats what
    /// was said.
    fn run(&self, own: &Environment<'_>, messages: &[(Role, String)], tokenizer: &Tokenizer) -> Option<Vec<Part>> {
        let marks = (0..messages.len()).map(|n| format!("{MARK}{n}{MARK}"));
        let marked: Vec<(&str, String)> = messages.iter().map(|(role, _)| name(*role)).zip(marks).collect();
        let text = match jinja::render(own, &marked, &self.begin, &self.end) {
            Ok(text) => text,
            Err(error) => {
                tracing::debug!(kind = %error.kind(), "the model's chat template failed");
                return None;
            }
        };
        let mut parts = Vec::new();
        let mut used = vec![false; messages.len()];
        // Between marks: template, number, template, number, ..., template.
        for (i, piece) in text.split(MARK).enumerate() {
            if i % 2 == 0 {
                parts.push(Part::Template(piece.to_owned()));
                continue;
            }
            let n: usize = piece.parse().ok()?;
            if std::mem::replace(used.get_mut(n)?, true) {
                return None;
            }
            parts.push(Part::Said(messages.get(n)?.1.clone()));
        }
        if parts.len() % 2 == 0 || used.contains(&false) {
            return None;
        }
        disarm(&mut parts, tokenizer);
        Some(parts)
    }
}

fn name(role: Role) -> &'static str {
    match role {
        Role::System => "system",
        Role::User => "user",
        Role::Assistant => "assistant",
    }
}

/// The same conversation for templates that know no instructions, or want user and assistant in turn:
/// instructions go before what the user says next, and what one says in a row becomes one message.
fn alternating(messages: &[(Role, String)]) -> Vec<(Role, String)> {
    let mut out: Vec<(Role, String)> = Vec::new();
    for (role, text) in messages {
        let role = if *role == Role::System { Role::User } else { *role };
        match out.last_mut() {
            Some((last, before)) if *last == role => {
                before.push_str("\n\n");
                before.push_str(text);
            }
            None if role == Role::Assistant => {}
            _ => out.push((role, text.clone())),
        }
    }
    out
}

/// A prompt for models without a template: headings and texts.
fn plain(messages: &[(Role, String)], tokenizer: &Tokenizer) -> Vec<Part> {
    let mut parts = Vec::new();
    for (role, text) in messages {
        let heading = match role {
            Role::System => "Instructions",
            Role::User => "Customer",
            Role::Assistant => "Shop",
        };
        parts.push(Part::Template(format!("{HEADING} {heading}\n")));
        parts.push(Part::Said(text.clone()));
        parts.push(Part::Template("\n\n".to_owned()));
    }
    parts.push(Part::Template(format!("{HEADING} Shop\n")));
    disarm(&mut parts, tokenizer);
    parts
}

/// Breaks up, in what was said, those delimiters of the template that are plain text to the tokenizer,
/// such as `[INST]` of Llama 2: the first of their characters is set apart by a space.
fn disarm(parts: &mut [Part], tokenizer: &Tokenizer) {
    let mut delimiters: Vec<String> = Vec::new();
    for part in parts.iter() {
        let Part::Template(text) = part else { continue };
        let plain = tokenizer.plain_of(text);
        // What stands right before something said announces it, as `USER:` does.
        let last = plain.last().and_then(|p| p.split_whitespace().last()).filter(|w| w.ends_with(':'));
        let marks = plain.iter().flat_map(|p| p.split_whitespace());
        let marks = marks.filter(|w| w.contains(['<', '>', '[', ']', '|', '#']));
        for word in marks.chain(last).filter(|w| w.chars().nth(1).is_some()) {
            if !delimiters.iter().any(|d| d == word) {
                delimiters.push(word.to_owned());
            }
        }
    }
    delimiters.sort_by_key(|d| std::cmp::Reverse(d.len()));
    for part in parts {
        let Part::Said(text) = part else { continue };
        for delimiter in &delimiters {
            // Only spaces are put in, and no delimiter has one: breaking one up cannot make another.
            if text.contains(delimiter.as_str()) {
                let first = delimiter.chars().next().map_or(0, char::len_utf8);
                let (head, tail) = delimiter.split_at(first);
                *text = text.replace(delimiter.as_str(), &format!("{head} {tail}"));
            }
        }
    }
}
