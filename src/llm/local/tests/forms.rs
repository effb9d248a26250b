//! Documents and choices keep their form, whatever the weights and however tokens cut text.

use std::sync::Arc;

use candle_core::quantized::GgmlDType;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use super::super::answer::Ended;
use super::super::constraint::{Refused, Rule, Rules, check};
use super::files::{ARCHITECTURES, Model};
use super::guard::say;
use super::schema::{any_schema, valid};
use super::voice::{prompt, run, watch};
use crate::llm::{Constraint, ModelError};

fn schema(schema: &Value) -> Constraint {
    Constraint::Schema { name: "it".to_owned(), schema: schema.clone() }
}

fn choice(texts: &[&str]) -> Constraint {
    Constraint::Choice(texts.iter().map(|text| (*text).to_owned()).collect())
}

/// The rules of both kinds of tokenizer.
pub(super) fn both() -> [Arc<Rules>; 2] {
    ["llama", "qwen3"].map(|architecture| Model::new(architecture, GgmlDType::F32, 1).engine().speech.rules)
}

fn runner(cases: u32) -> TestRunner {
    TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() })
}

/// Whole numbers that look random.
struct Luck(u64);

impl Luck {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n
    }
}

/// Takes allowed tokens by luck until the answer ends, or `most` were taken: the tokens, and whether it ended. What else
/// a rule tells is held against what it allows on the way.
pub(super) fn walk(rule: &mut Rule, rules: &Rules, seed: u64, most: usize) -> (Vec<u32>, bool) {
    let (mut luck, mut taken) = (Luck(seed), Vec::new());
    while taken.len() < most {
        let forced = rule.forced();
        let may: Vec<u32> = (0..rules.tokens() as u32 + 8).filter(|id| rule.allows(*id)).collect();
        if let Some(first) = forced.first() {
            assert_eq!(may, [*first]);
            let mut ahead = rule.clone();
            for id in &forced {
                assert!(ahead.allows(*id) && !ahead.may_end());
                ahead.take(*id);
            }
            assert_eq!(rule.fitting(&forced), forced.len());
        }
        let stops: Vec<u32> = may.iter().copied().filter(|id| rules.stops(*id)).collect();
        assert_eq!(!stops.is_empty(), rule.may_end(), "the end is offered exactly where it may come");
        assert!(!rule.ended() || may == stops);
        assert!(!may.is_empty(), "stuck behind {taken:?}");
        let id = may[luck.below(may.len())];
        if rules.stops(id) {
            return (taken, true);
        }
        assert_eq!(rule.fitting(&[id, u32::MAX]), 1);
        taken.push(id);
        // A clone that goes another way is not felt.
        let mut other = rule.clone();
        other.take(may[luck.below(may.len())]);
        rule.take(id);
    }
    (taken, false)
}

#[test]
fn any_document_is_one_of_its_schema() {
    let engines = ["llama", "qwen3"].map(|architecture| Model::new(architecture, GgmlDType::F32, 1).engine());
    let ended = std::cell::Cell::new(0);
    let all = (any_schema(), any::<u64>(), 0usize..2);
    let run = runner(64).run(&all, |(wanted, seed, which)| {
        let engine = &engines[which];
        let mut rule = Rule::new(&schema(&wanted), &engine.speech.rules).unwrap();
        let (taken, whole) = walk(&mut rule, &engine.speech.rules, seed, 300);
        let bytes: Vec<u8> = taken.iter().flat_map(|id| engine.speech.tokenizer.bytes.of(*id)).copied().collect();
        if whole {
            let text = String::from_utf8(bytes).unwrap();
            let value = serde_json::from_str(&text).unwrap();
            prop_assert!(valid(&wanted, &value), "{wanted} {text}");
            ended.set(ended.get() + 1);
        }
        Ok(())
    });
    run.unwrap();
    assert!(ended.get() > 40, "{}", ended.get());
}

#[test]
fn any_choice_is_one_of_the_set() {
    let engines = ["llama", "qwen3"].map(|architecture| Model::new(architecture, GgmlDType::F32, 1).engine());
    let texts = prop::collection::hash_set("[a-z\"\\\\|/ {}0-9äλ😀-]{0,8}[a-z!\u{7f}\"'0-9é]", 1..12);
    let all = (texts, any::<u64>(), 0usize..2);
    let run = runner(64).run(&all, |(texts, seed, which)| {
        let engine = &engines[which];
        let texts: Vec<String> = texts.into_iter().collect();
        let mut rule = Rule::new(&Constraint::Choice(texts.clone()), &engine.speech.rules).unwrap();
        let (taken, whole) = walk(&mut rule, &engine.speech.rules, seed, 100);
        let bytes: Vec<u8> = taken.iter().flat_map(|id| engine.speech.tokenizer.bytes.of(*id)).copied().collect();
        let said = String::from_utf8(bytes).unwrap();
        prop_assert!(whole && texts.iter().any(|text| text.trim() == said), "{said:?} of {texts:?}");
        Ok(())
    });
    run.unwrap();
}

#[test]
fn models_of_random_weights_keep_the_form() {
    let goals: Vec<String> = (0..40).map(|n| format!("goal_{n}")).collect();
    let plan = json!({
        "type": "object", "additionalProperties": false, "required": ["goal", "words", "sure", "count", "kinds"],
        "properties": {
            "goal": { "type": "string", "enum": goals },
            "words": { "type": "string", "maxLength": 12 },
            "sure": { "type": "boolean" },
            "count": { "type": "integer", "minimum": 1, "maximum": 400 },
            "kinds": { "type": "array", "maxItems": 3, "items": { "enum": ["Galaxy S24", "TV 55\"", "the {F1}"] } },
        },
    });
    let kinds = ["sales", "support", "sales support", "the", "12", "{F1}."];
    for architecture in ARCHITECTURES {
        let mut engine = Model::new(architecture, GgmlDType::Q8_0, 7).engine();
        for seed in 0..6 {
            let mut p = prompt("which one?");
            (p.temperature, p.seed, p.max_tokens) = (0.5 * (seed % 4) as f32, Some(seed), 300);
            p.constraint = schema(&plan);
            let said = say(&mut engine, &p);
            let value = serde_json::from_str(&said.text).unwrap_or_else(|e| panic!("{e}: {said:?}"));
            assert!(valid(&plan, &value), "{value}");
            p.constraint = choice(&kinds);
            let said = say(&mut engine, &p).text;
            assert!(kinds.contains(&said.as_str()), "{said}");
            // And the model is as free as before.
            p.constraint = Constraint::Free;
            assert!(say(&mut engine, &p).tokens_out > 0);
        }
    }
}

#[test]
fn nothing_of_structure_is_part_of_a_document() {
    for rules in both() {
        let mut rule = Rule::new(&schema(&json!({ "type": "string" })), &rules).unwrap();
        let text = |rule: &mut Rule| (0..rules.tokens() as u32).filter(|id| rule.allows(*id)).collect::<Vec<u32>>();
        let opening = text(&mut rule);
        // A quotation mark alone, in one or two tokens.
        assert!((1..=2).contains(&opening.len()), "{opening:?}");
        rule.take(opening[0]);
        let within = text(&mut rule);
        assert!(within.len() > 90 && !within.iter().any(|id| rules.stops(*id)));
        assert!(!rule.allows(u32::MAX) && !rule.allows(rules.tokens() as u32));
    }
    let engine = Model::new("qwen3", GgmlDType::F32, 1).engine();
    let named = |name: &str| engine.speech.tokenizer.vocab.names.iter().position(|n| n == name).unwrap() as u32;
    let mut rule = Rule::new(&schema(&json!({ "type": "string" })), &engine.speech.rules).unwrap();
    rule.take(named("\""));
    for structure in ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<think>", "[PAD299]"] {
        assert!(!rule.allows(named(structure)), "{structure}");
    }
    assert!(rule.allows(named("Ġthe")) && rule.allows(named("<")));
}

#[test]
fn what_must_follow_is_known_at_once() {
    let engine = Model::new("qwen3", GgmlDType::F32, 1).engine();
    let wanted = json!({ "type": "object", "properties": { "the the": { "type": "boolean" } }, "required": ["the the"], "additionalProperties": false });
    let mut rule = Rule::new(&schema(&wanted), &engine.speech.rules).unwrap();
    let forced = rule.forced();
    let text: Vec<u8> = forced.iter().flat_map(|id| engine.speech.tokenizer.bytes.of(*id)).copied().collect();
    assert_eq!(String::from_utf8(text).unwrap(), "{\"the the\": ");
    // In the tokens the model has learnt such text in.
    assert_eq!(forced, engine.speech.tokenizer.encode_within("{\"the the\": ").unwrap());
    assert!(forced.len() < 12);
}

#[test]
fn what_cannot_be_kept_is_refused_with_a_reason() {
    let mut deep = json!({ "type": "null" });
    for _ in 0..500 {
        deep = json!([deep]);
    }
    let deep = json!({ "type": "object", "x": deep });
    let product = |n: usize| {
        json!({ "anyOf": [
        { "properties": { format!("a{n}"): { "type": "string" } } }, { "properties": { format!("b{n}"): { "type": "null" } } },
    ] })
    };
    let rules = both();
    let many: Vec<String> = (0..60_000).map(|n| format!("text {n}")).collect();
    for (constraint, told) in [
        (schema(&json!(true)), "no JSON object"),
        (schema(&json!({ "type": "objet" })), "objet"),
        (schema(&json!({ "not": { "type": "null" } })), "not"),
        (schema(&json!({ "type": "integer", "minimum": 5, "maximum": 3 })), "minimum"),
        (schema(&json!({ "$ref": "https://example.com/schema" })), "$ref"),
        (schema(&json!({ "$ref": "#/$defs/none" })), "not found"),
        (schema(&json!({ "type": "string", "pattern": "(" })), ""),
        (schema(&json!({ "allOf": (0..20).map(product).collect::<Vec<_>>() })), "too large"),
        (schema(&json!({ "enum": ["x".repeat(300_000)] })), "longer than"),
        (schema(&deep), "levels deep"),
        (choice(&[]), "at least one"),
        (choice(&["a", " "]), "at least one"),
        (Constraint::Choice(many), "too many"),
    ] {
        let refused = check(&constraint).unwrap_err();
        assert!(refused.to_string().contains(told) && !refused.to_string().contains('\n'), "{refused}");
        assert_eq!(Rule::new(&constraint, &rules[0]).unwrap_err(), refused);
    }
    let mut engine = Model::new("qwen2", GgmlDType::F32, 2).engine();
    let mut p = prompt("x");
    p.constraint = schema(&json!({ "type": "objet" }));
    assert!(matches!(run(&mut engine, &p, watch(&p)), Err(Ended::Told(ModelError::Form))));
    // The model still answers.
    p.constraint = choice(&["yes"]);
    assert_eq!(say(&mut engine, &p).text, "yes");
}

#[test]
fn what_a_schema_says_of_writing_is_not_followed() {
    let wanted = json!({
        "type": "array", "items": { "type": "null" }, "minItems": 2, "maxItems": 2,
        "x-guidance": { "item_separator": ";", "whitespace_pattern": "x*", "lenient": true },
    });
    let rules = both();
    let mut rule = Rule::new(&schema(&wanted), &rules[1]).unwrap();
    let (taken, whole) = walk(&mut rule, &rules[1], 1, 50);
    let engine = Model::new("qwen3", GgmlDType::F32, 1).engine();
    let text: Vec<u8> = taken.iter().flat_map(|id| engine.speech.tokenizer.bytes.of(*id)).copied().collect();
    assert_eq!((String::from_utf8(text).unwrap().as_str(), whole), ("[null, null]", true));
}

#[test]
fn thousands_of_names_can_be_chosen_from() {
    let names: Vec<String> = (0..5_000).map(|n| format!("Brand{} Model {} Pro {n}", n % 70, n % 13)).collect();
    let rules = both();
    for constraint in [
        Constraint::Choice(names.clone()),
        schema(&json!({ "type": "object", "required": ["products"], "additionalProperties": false,
            "properties": { "products": { "type": "array", "maxItems": 2, "items": { "enum": names } } } })),
    ] {
        for seed in 0..2 {
            let (_, whole) = walk(&mut Rule::new(&constraint, &rules[1]).unwrap(), &rules[1], seed, 200);
            assert!(whole);
        }
    }
    assert_eq!(check(&Constraint::Choice(names)), Ok::<(), Refused>(()));
}
