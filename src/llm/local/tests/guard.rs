//! Digits stay within placeholders, whatever the weights and however tokens cut text.

use candle_core::quantized::GgmlDType;

use super::super::answer::{Ended, Watch};
use super::super::constraint::Rule;
use super::super::engine::Engine;
use super::files::{ARCHITECTURES, Model};
use super::voice::{prompt, run, watch};
use crate::llm::{Constraint, ModelError, Prompt, Said};

pub(super) fn say(engine: &mut Engine, prompt: &Prompt) -> Said {
    run(engine, prompt, watch(prompt)).unwrap()
}

/// Takes placeholders out; what is left may hold no digit and no brace.
fn outside(text: &str, names: &[&str]) -> String {
    names.iter().fold(text.to_owned(), |text, name| text.replace(&format!("{{{name}}}"), ""))
}

#[test]
fn no_digit_outside_a_placeholder_in_two_hundred_answers() {
    let names = ["F1", "F12", "price"];
    let (mut placeholders, mut digits_when_free) = (0, 0);
    for architecture in ARCHITECTURES {
        let mut engine = Model::new(architecture, GgmlDType::F32, 11).engine();
        for seed in 0..70 {
            let mut p = prompt("how much is it?");
            (p.temperature, p.seed, p.max_tokens) = (1.5, Some(seed), 24);
            p.constraint = Constraint::Placeholders(names.iter().map(|n| (*n).to_owned()).collect());
            let said = say(&mut engine, &p).text;
            let rest = outside(&said, &names);
            assert!(!rest.contains(['{', '}']) && !rest.chars().any(char::is_numeric), "{said:?}");
            placeholders += usize::from(rest != said);
            if seed % 7 == 0 {
                p.constraint = Constraint::Free;
                digits_when_free += usize::from(say(&mut engine, &p).text.chars().any(char::is_numeric));
            }
        }
    }
    // The test would mean nothing if neither ever came up.
    assert!(placeholders > 10 && digits_when_free > 15, "{placeholders} {digits_when_free}");
}

#[test]
fn without_placeholders_none_is_begun() {
    let mut engine = Model::new("qwen2", GgmlDType::F32, 5).engine();
    for seed in 0..50 {
        let mut p = prompt("hello");
        (p.temperature, p.seed, p.constraint) = (1.5, Some(seed), Constraint::Placeholders(Vec::new()));
        let said = say(&mut engine, &p).text;
        assert!(!said.contains(['{', '}']) && !said.chars().any(char::is_numeric), "{said:?}");
    }
}

#[test]
fn the_automaton_reads_bytes() {
    let engine = Model::new("qwen3", GgmlDType::F32, 1).engine();
    let placeholders = Constraint::Placeholders(vec!["{F1}".to_owned(), "F12".to_owned()]);
    // Whether the text may end behind these tokens; `None` where one of them may not follow.
    let run = |tokens: &[&str]| {
        let mut rule = Rule::new(&placeholders, &engine.speech.rules).unwrap();
        for name in tokens {
            let id = engine.speech.tokenizer.vocab.names.iter().position(|n| n == name).unwrap() as u32;
            if !rule.allows(id) {
                return None;
            }
            rule.take(id);
        }
        Some(rule.may_end())
    };
    let outside = |tokens: &[&str]| run(tokens) == Some(true);
    assert!(outside(&["Ġthe", "{F1", "}"]) && outside(&["a{", "F1}"]) && outside(&["{", "F", "1", "2", "}", "a"]));
    assert!(outside(&["{F", "1", "}."]) && run(&["{F"]) == Some(false));
    for forbidden in [
        &["1"][..],
        &["12"],
        &["Ġ1"],
        &["}"],
        &["{", "}"],
        &["{", "2"],
        &["{F", "}"],
        &["{F1", "1"],
        &["{", "{"],
        &["{F1", "}", "1"],
        &["{F1", "the"],
        // The Arabic digit three: as one token, and in two.
        &["Ù£"],
        &["Ù", "£"],
        // Structure is no text.
        &["<|im_start|>"],
        &["<think>"],
        &["[PAD299]"],
    ] {
        assert_eq!(run(forbidden), None, "{forbidden:?}");
    }
    // Half a digit, then something else: shown as a replacement mark, and no digit.
    assert!(outside(&["Ù", "a"]));
}

#[test]
fn an_answer_may_not_end_within_a_placeholder() {
    let mut engine = Model::new("qwen2", GgmlDType::F32, 2).engine();
    for max_tokens in 1..12 {
        let mut p = prompt("x");
        (p.temperature, p.seed, p.max_tokens) = (2.0, Some(9), max_tokens);
        p.constraint = Constraint::Placeholders(vec!["F1".to_owned()]);
        let said = say(&mut engine, &p);
        assert!(!outside(&said.text, &["F1"]).contains('{'), "{said:?}");
        assert!(said.tokens_out <= max_tokens);
    }
}

#[test]
fn late_work_is_not_begun() {
    let mut engine = Model::new("qwen2", GgmlDType::F32, 2).engine();
    let p = prompt("x");
    let late = Watch { first_token: std::time::Duration::ZERO, ..watch(&p) };
    let end = run(&mut engine, &p, late);
    assert!(matches!(end, Err(Ended::Told(ModelError::Timeout))));
}
