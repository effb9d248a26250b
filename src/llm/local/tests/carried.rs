//! The decoder the program carries: its pieces and its scores beside llama.cpp's, which loads the same file.

use serde::Deserialize;

use super::super::network::Cache;
use super::super::tokenizer::Part;
use super::super::{DECODER, Threads, assemble, checked};
use crate::llm::kernels::matrix::Bytes;

/// Written by `models/nano/train/decoder/fixtures.py` and, the scores, by `llamacpp.py --write`; `tests/run --full` makes
/// them anew and compares.
const REFERENCE: &str = include_str!("../fixtures/reference.jsonl");
/// Scores (logits) may be apart by this much in the mean: what goes into a product is rounded to 8 bits here.
const APART: f64 = 0.1;
/// And by this much at most.
const FARTHEST: f64 = 1.0;

#[derive(Deserialize)]
struct Reference {
    text: String,
    ids: Vec<u32>,
    scores: Vec<(usize, f64)>,
}

#[test]
fn its_pieces_and_scores_are_those_of_llama_cpp() {
    let (file, plan) = checked(DECODER, DECODER.len() as u64, usize::MAX).unwrap();
    let mut engine = assemble("decoder", &file, &plan, &Bytes::Carried(DECODER), Threads { threads: 1, at_once: 1 }).unwrap();
    let (mut sum, mut count, mut farthest) = (0.0, 0.0, 0.0f64);
    for line in REFERENCE.lines() {
        let reference: Reference = serde_json::from_str(line).unwrap();
        let ids = engine.speech.tokenizer.encode(&[Part::Template(reference.text.clone())]).unwrap();
        assert_eq!(ids, reference.ids, "{}", reference.text);
        let scores = engine.read(&mut Cache::default(), &ids, false).unwrap();
        for (id, theirs) in &reference.scores {
            let apart = (f64::from(scores[*id]) - theirs).abs();
            (sum, count, farthest) = (sum + apart, count + 1.0, farthest.max(apart));
        }
        let best = |all: &mut dyn Iterator<Item = (usize, f64)>| all.max_by(|a, b| a.1.total_cmp(&b.1)).map(|(id, _)| id);
        let ours = best(&mut scores.iter().enumerate().map(|(id, s)| (id, f64::from(*s))));
        assert_eq!(ours, best(&mut reference.scores.iter().copied()), "{}", reference.text);
    }
    eprintln!("scores apart by {:.4} in the mean, {farthest:.4} at most", sum / count);
    assert!(count > 0.0 && sum / count < APART && farthest < FARTHEST, "{} {farthest}", sum / count);
}
