//! Digits in names of the shop's records, and nowhere else.

use candle_core::quantized::GgmlDType;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::super::constraint::Rule;
use super::files::{ARCHITECTURES, Model};
use super::forms::{both, walk};
use super::guard::say;
use super::voice::prompt;
use crate::llm::Constraint;

fn named(placeholders: &[&str], names: &[&str]) -> Constraint {
    let owned = |all: &[&str]| all.iter().map(|text| (*text).to_owned()).collect();
    Constraint::Named { placeholders: owned(placeholders), names: owned(names) }
}

/// Whether a text of single bytes is allowed to its last, and may end there.
fn said(text: &str, constraint: &Constraint) -> bool {
    let engine = Model::new("llama", GgmlDType::F32, 1).engine();
    let mut rule = Rule::new(constraint, &engine.speech.rules).unwrap();
    text.bytes().all(|byte| {
        // Behind the first three tokens, one for every byte.
        let id = u32::from(byte) + 3;
        let allowed = rule.allows(id);
        rule.take(id);
        allowed
    }) && rule.may_end()
}

#[test]
fn a_name_is_spelled_whole_or_without_its_digits() {
    let constraint = named(&["F1"], &["Galaxy S24", "Galaxy S24 Ultra 5G", "V16", "4K Cable", "Größe m² 2", "Dell XPS"]);
    for (text, right) in [
        ("The Galaxy S24 is here.", true),
        ("Galaxy S24", true),
        ("The Galaxy S24, the V16 (and \"V16\").", true),
        ("A Galaxy S24 Ultra 5G!", true),
        ("A Galaxy S24 Ultra, too", true),
        ("A Galaxy S24 costs {F1}.", true),
        ("Galaxy S", true),
        ("A 4K Cable. Größe m² 2", true),
        ("Dell XPS and no number", true),
        ("A Galaxy S2", false),
        ("A Galaxy S25", false),
        ("A Galaxy S24x", false),
        ("A Galaxy S24-2", false),
        ("A Galaxy S24 2", false),
        ("A Galaxy S24 Ultra 5", false),
        ("A Galaxy S24 Ultra 5H", false),
        ("A Galaxy S24.5", false),
        ("XGalaxy S24", false),
        ("Pro-V16", false),
        ("4 days", false),
        ("{F1}V16", false),
        ("m²", false),
        ("galaxy s24", false),
        ("Dell XPS 13", false),
    ] {
        assert_eq!(said(text, &constraint), right, "{text}");
    }
    // Without names it is the ban as it was.
    assert!(!said("A Galaxy S24", &named(&["F1"], &[])) && said("A {F1}", &named(&["{F1}"], &[])));
}

/// Takes names out, the longest first; what is left may hold no digit.
fn without(text: &str, names: &[&str]) -> String {
    let mut names: Vec<&str> = names.to_vec();
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    names.iter().fold(text.to_owned(), |text, name| text.replace(name, ""))
}

#[test]
fn models_of_random_weights_say_no_number_of_their_own() {
    let names = ["1", "12 the", "F1 is 2", "a12"];
    let mut spelled = 0;
    for architecture in ARCHITECTURES {
        let mut engine = Model::new(architecture, GgmlDType::F32, 11).engine();
        for seed in 0..40 {
            let mut p = prompt("how much is it?");
            (p.temperature, p.seed, p.max_tokens) = (1.5, Some(seed), 24);
            p.constraint = named(&["F1"], &names);
            let said = say(&mut engine, &p);
            let text = said.text.replace("{F1}", "");
            spelled += usize::from(text.chars().any(|c| c.is_ascii_digit()));
            // An answer cut off at its most tokens may end within a name.
            if said.tokens_out < 24 {
                assert!(!without(&text, &names).chars().any(char::is_numeric), "{said:?}");
            }
        }
    }
    assert!(spelled > 5, "{spelled}");
}

#[test]
fn any_name_that_was_begun_can_be_finished() {
    let rules = both();
    let engines = ["llama", "qwen3"].map(|architecture| Model::new(architecture, GgmlDType::F32, 1).engine());
    let names = prop::collection::vec("[a-cF]{0,2} ?[12é٣]{1,2}[ a-c1-2.]{0,4}", 0..6);
    let mut runner = TestRunner::new(Config { cases: 64, failure_persistence: None, ..Config::default() });
    let run = runner.run(&(names, any::<u64>(), 0usize..2), |(names, seed, which)| {
        let constraint = Constraint::Named { placeholders: vec!["{F1}".to_owned()], names: names.clone() };
        let mut rule = Rule::new(&constraint, &rules[which]).unwrap();
        // Never stuck: the walk checks that something may always follow.
        let (taken, ended) = walk(&mut rule, &rules[which], seed, 200);
        let text: Vec<u8> = taken.iter().flat_map(|id| engines[which].speech.tokenizer.bytes.of(*id)).copied().collect();
        let text = String::from_utf8_lossy(&text).replace("{F1}", "");
        let names: Vec<&str> = names.iter().map(|name| name.trim()).collect();
        prop_assert!(!ended || !without(&text, &names).chars().any(char::is_numeric), "{text:?} {names:?}");
        Ok(())
    });
    run.unwrap();
}
