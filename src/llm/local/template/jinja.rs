//! Running chat templates: the small part of Python they expect.
//!
//! Templates are written for Hugging Face's `apply_chat_template`, that is for Jinja2 with
//! `trim_blocks`, `lstrip_blocks`, loop controls, `raise_exception`, `strftime_now` and Python's own
//! methods of strings and dictionaries.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Value, ValueKind, from_args};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, State};

/// Longest template, in bytes.
const MAX_SOURCE: usize = 256 * 1024;
/// Steps of one run; conversations of some dozen messages take a few thousand.
const STEPS: u64 = 200_000;
const NAME: &str = "chat";

/// Compiles a template.
pub(super) fn environment(source: &str) -> Result<Environment<'static>, Error> {
    if source.len() > MAX_SOURCE {
        return Err(Error::new(ErrorKind::SyntaxError, "the template is too long"));
    }
    let mut env = Environment::new();
    env.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    env.set_auto_escape_callback(|_| AutoEscape::None);
    env.set_fuel(Some(STEPS));
    env.set_unknown_method_callback(method);
    env.add_function("raise_exception", |message: String| -> Result<Value, Error> {
        Err(Error::new(ErrorKind::InvalidOperation, message))
    });
    env.add_function("strftime_now", |format: String| -> Result<String, Error> {
        jiff::fmt::strtime::format(&format, &jiff::Zoned::now()).map_err(|e| Error::new(ErrorKind::InvalidOperation, e.to_string()))
    });
    // A template may not be undone by a filter that is missing here: minijinja's `tojson` is Jinja's.
    env.add_template_owned(NAME, source.to_owned())?;
    Ok(env)
}

/// Runs a template on `(role, content)` messages, up to where the assistant's answer begins.
pub(super) fn render(env: &Environment<'_>, messages: &[(&str, String)], begin: &str, end: &str) -> Result<String, Error> {
    let messages: Vec<Value> = messages
        .iter()
        .map(|(role, text)| Value::from_pairs([("role", Value::from(*role)), ("content", Value::from(text.clone()))]))
        .collect();
    env.get_template(NAME)?.render(Value::from_pairs([
        ("messages", Value::from(messages)),
        ("add_generation_prompt", Value::from(true)),
        ("enable_thinking", Value::from(false)),
        ("bos_token", Value::from(begin)),
        ("eos_token", Value::from(end)),
        ("tools", Value::from(())),
    ]))
}

/// Python's methods of strings and dictionaries, as far as templates use them.
fn method(state: &mut State<'_, '_>, value: &Value, name: &str, args: &[Value]) -> Result<Value, Error> {
    if let Some(text) = value.as_str() {
        return text_method(text, name, args);
    }
    if value.kind() != ValueKind::Map {
        return Err(ErrorKind::UnknownMethod.into());
    }
    match name {
        "items" => {
            let () = from_args(args)?;
            state.apply_filter("items", std::slice::from_ref(value))
        }
        "keys" => {
            let () = from_args(args)?;
            state.apply_filter("list", std::slice::from_ref(value))
        }
        "get" => {
            let (key, default): (Value, Option<Value>) = from_args(args)?;
            let found = value.get_item(&key)?;
            Ok(if found.is_undefined() { default.unwrap_or_else(|| Value::from(())) } else { found })
        }
        _ => Err(ErrorKind::UnknownMethod.into()),
    }
}

fn text_method(text: &str, name: &str, args: &[Value]) -> Result<Value, Error> {
    let strip = |from_start: bool, from_end: bool| -> Result<Value, Error> {
        let (chars,): (Option<String>,) = from_args(args)?;
        let cut = |c: char| chars.as_ref().map_or(c.is_whitespace(), |set| set.contains(c));
        let text = if from_start { text.trim_start_matches(cut) } else { text };
        Ok(Value::from(if from_end { text.trim_end_matches(cut) } else { text }))
    };
    match name {
        "strip" => strip(true, true),
        "lstrip" => strip(true, false),
        "rstrip" => strip(false, true),
        "upper" => from_args(args).map(|()| Value::from(text.to_uppercase())),
        "lower" => from_args(args).map(|()| Value::from(text.to_lowercase())),
        "title" | "capitalize" => {
            let () = from_args(args)?;
            let mut start = true;
            let out = text.chars().flat_map(|c| {
                let first = std::mem::replace(&mut start, name == "title" && !c.is_alphabetic());
                if first { c.to_uppercase().collect::<Vec<_>>() } else { c.to_lowercase().collect() }
            });
            Ok(Value::from(out.collect::<String>()))
        }
        "startswith" => from_args(args).map(|(with,): (String,)| Value::from(text.starts_with(&with))),
        "endswith" => from_args(args).map(|(with,): (String,)| Value::from(text.ends_with(&with))),
        "replace" => {
            let (old, new): (String, String) = from_args(args)?;
            Ok(Value::from(text.replace(&old, &new)))
        }
        "find" => from_args(args).map(|(what,): (String,)| {
            let at = text.find(&what).map(|byte| text.get(..byte).unwrap_or_default().chars().count());
            Value::from(at.and_then(|n| i64::try_from(n).ok()).unwrap_or(-1))
        }),
        "split" => {
            let (by, most): (Option<String>, Option<usize>) = from_args(args)?;
            let parts: Vec<Value> = match (by, most) {
                (None, _) => text.split_whitespace().map(Value::from).collect(),
                (Some(by), _) if by.is_empty() => {
                    return Err(Error::new(ErrorKind::InvalidOperation, "empty separator"));
                }
                (Some(by), None) => text.split(by.as_str()).map(Value::from).collect(),
                (Some(by), Some(n)) => text.splitn(n.saturating_add(1), by.as_str()).map(Value::from).collect(),
            };
            Ok(Value::from(parts))
        }
        _ => Err(ErrorKind::UnknownMethod.into()),
    }
}
