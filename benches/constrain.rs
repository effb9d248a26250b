//! What it costs a token to hold an answer to its form, in a vocabulary of 150,000 tokens.
//!
//! Each figure is the time to choose the best of random scores among the tokens that may follow and to take it; what
//! `free` takes is the choosing alone. `ELECTROMART_BENCH_VOCABULARY=FILE cargo bench --bench constrain` takes the
//! vocabulary of a GGUF file; otherwise it is one of made-up words.

use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use candle_core::quantized::gguf_file::{self, Value};
use criterion::{Criterion, criterion_group, criterion_main};
use electromart::llm::Constraint;
use electromart::llm::local::{Rule, Rules};
use serde_json::json;

/// Tokens of the vocabulary of made-up words.
const TOKENS: usize = 150_000;
/// Tokens after which an answer begins anew.
const ANSWER: u32 = 200;

/// Numbers that look random and are the same every time.
struct Luck(u64);

impl Luck {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n
    }
}

/// A word of one to five syllables, some with a space before it, some with marks or digits.
fn word(luck: &mut Luck) -> String {
    const PARTS: [&str; 24] = [
        "ka", "ro", "the", "in", "st", "er", "on", "al", "qu", "ing", "pre", "so", "b", "é", "ü", "ли", "の", "-", ".", ",", "\"", "1",
        "24", "_",
    ];
    let mut word = if luck.below(2) == 0 { "\u{2581}".to_owned() } else { String::new() };
    for _ in 0..=luck.below(5) {
        word.push_str(PARTS[luck.below(PARTS.len())]);
    }
    word
}

/// A file with nothing but a vocabulary.
fn made_up() -> Result<(tempfile::TempDir, PathBuf), Box<dyn Error>> {
    let mut names: Vec<String> = ["<unk>", "<s>", "</s>"].map(str::to_owned).to_vec();
    names.extend((0..256).map(|byte| format!("<0x{byte:02X}>")));
    let mut known: std::collections::HashSet<String> = names.iter().cloned().collect();
    let ascii = (0x20u8..0x7f).map(|byte| char::from(byte).to_string());
    names.extend(ascii.filter(|name| known.insert(name.clone())));
    let mut luck = Luck(1);
    while names.len() < TOKENS {
        let name = word(&mut luck);
        if known.insert(name.clone()) {
            names.push(name);
        }
    }
    let kind = |n: usize| {
        Value::I32(if n < 3 {
            3
        } else if n < 259 {
            6
        } else {
            1
        })
    };
    let kinds = (0..names.len()).map(kind).collect();
    let scores = (0..names.len()).map(|n| Value::F32(-(n as f32))).collect();
    let metadata = [
        ("tokenizer.ggml.model", Value::String("llama".to_owned())),
        ("tokenizer.ggml.tokens", Value::Array(names.into_iter().map(Value::String).collect())),
        ("tokenizer.ggml.token_type", Value::Array(kinds)),
        ("tokenizer.ggml.scores", Value::Array(scores)),
        ("tokenizer.ggml.eos_token_id", Value::U32(2)),
    ];
    let metadata: Vec<(&str, &Value)> = metadata.iter().map(|(key, value)| (*key, value)).collect();
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("vocabulary.gguf");
    gguf_file::write(&mut std::fs::File::create(&path)?, &metadata, &[])?;
    Ok((folder, path))
}

fn forms() -> Vec<(&'static str, Constraint)> {
    let names = || json!({ "type": "array", "items": { "type": "string" } });
    let goals: Vec<String> = (0..60).map(|n| format!("goal_number_{n}")).collect();
    let plan = json!({
        "type": "object", "additionalProperties": false, "required": ["goal", "products", "brands", "action"],
        "properties": {
            "goal": { "enum": goals }, "products": names(), "brands": names(),
            "action": { "type": "string", "enum": ["none", "open_ticket"] },
        },
    });
    let bounded = json!({ "type": "string", "maxLength": 400 });
    let schema = |schema| Constraint::Schema { name: "it".to_owned(), schema };
    let placeholders: Vec<String> = (1..30).map(|n| format!("{{F{n}}}")).collect();
    let records: Vec<String> = (0..40).map(|n| format!("Brand Model {n} Pro")).collect();
    let kinds = ["sales", "support", "marketing", "orders", "general"].map(str::to_owned).to_vec();
    vec![
        ("free", Constraint::Free),
        ("placeholders", Constraint::Placeholders(placeholders.clone())),
        ("names", Constraint::Named { placeholders, names: records }),
        ("choice", Constraint::Choice(kinds)),
        ("schema", schema(plan)),
        ("bounded string", schema(bounded)),
    ]
}

/// The token with the best score among those that may follow, as the engine finds it.
fn best(scores: &[f32], rule: &mut Rule) -> Option<u32> {
    let mut best: Option<(u32, f32)> = None;
    for (id, score) in (0u32..).zip(scores.iter().copied()) {
        if best.is_none_or(|(_, b)| score > b) && rule.allows(id) {
            best = Some((id, score));
        }
    }
    best.map(|(id, _)| id)
}

fn constrain(criterion: &mut Criterion) {
    let file = match std::env::var_os("ELECTROMART_BENCH_VOCABULARY") {
        Some(path) => Ok((None, PathBuf::from(path))),
        None => made_up().map(|(folder, path)| (Some(folder), path)),
    };
    let rules: Arc<Rules> = match file.and_then(|(_folder, path)| Ok(Rules::open(&path)?)) {
        Ok(rules) => rules,
        Err(error) => return eprintln!("{error}"),
    };
    let mut luck = Luck(2);
    let scores: Vec<f32> = (0..rules.tokens() * 2).map(|_| luck.below(1 << 24) as f32).collect();
    let mut group = criterion.benchmark_group(format!("{} tokens", rules.tokens()));
    for (name, constraint) in forms() {
        let begun = Instant::now();
        let fresh = match Rule::new(&constraint, &rules) {
            Ok(fresh) => fresh,
            Err(refused) => return eprintln!("{refused}"),
        };
        eprintln!("{name}: begun in {:?}", begun.elapsed());
        group.bench_function(name, |b| {
            b.iter_custom(|times| {
                let (mut spent, mut rule, mut taken) = (Duration::ZERO, fresh.clone(), 0);
                for _ in 0..times {
                    let at = luck.below(rules.tokens());
                    let begun = Instant::now();
                    let next = best(&scores[at..at + rules.tokens()], &mut rule).filter(|id| !rules.stops(*id));
                    if let Some(id) = next {
                        rule.take(id);
                    }
                    spent += begun.elapsed();
                    taken += 1;
                    if next.is_none() || rule.ended() || taken == ANSWER {
                        (rule, taken) = (fresh.clone(), 0);
                    }
                }
                spent
            });
        });
    }
    group.finish();
}

criterion_group!(benches, constrain);
criterion_main!(benches);
