//! Scores of a network of a real model's size beside llama.cpp's, on the same file and behind the same tokens.

use std::fs::File;

use super::super::network::Cache;
use super::super::{Bytes, Threads, assemble, examine};

/// Tokens of the prompt, and the first of them: as `benches/peers/llamacpp.py` reads it.
const PROMPT: std::ops::Range<u32> = 1_000..1_256;
/// How far scores may be apart in the mean, in their own deviations: what goes into a product is rounded to 8 bits on both
/// sides, with scales over 32 numbers here and over 256 there.
const APART: f64 = 0.1;

/// `benches/peers/scores` makes the file and llama.cpp's scores, and names them in the environment.
#[test]
#[ignore = "needs a model file and llama.cpp's scores: benches/peers/scores makes both"]
fn scores_behind_a_prompt_are_those_of_llama_cpp() {
    let (model, theirs) = (std::env::var_os("PEER_MODEL").unwrap(), std::env::var_os("PEER_SCORES").unwrap());
    let (file, plan) = examine(model.as_ref(), 512).unwrap();
    let bytes = Bytes::map(&File::open(model).unwrap()).unwrap();
    let mut engine = assemble("peers", &file, &plan, &bytes, Threads { threads: 2, at_once: 1 }).unwrap();
    let ours = engine.read(&mut Cache::default(), &PROMPT.collect::<Vec<_>>(), false).unwrap();
    let theirs: Vec<f64> =
        std::fs::read(theirs).unwrap().as_chunks::<4>().0.iter().map(|four| f64::from(f32::from_le_bytes(*four))).collect();
    assert_eq!(ours.len(), theirs.len());
    let n = theirs.len() as f64;
    let middle = theirs.iter().sum::<f64>() / n;
    let deviation = (theirs.iter().map(|s| (s - middle).powi(2)).sum::<f64>() / n).sqrt();
    let apart: Vec<f64> = ours.iter().zip(&theirs).map(|(a, b)| (f64::from(*a) - b).abs() / deviation).collect();
    let (mean, most) = (apart.iter().sum::<f64>() / n, apart.iter().copied().fold(0.0, f64::max));
    let best = |scores: &mut dyn Iterator<Item = f64>| scores.enumerate().max_by(|a, b| a.1.total_cmp(&b.1)).map(|(id, _)| id);
    let best = (best(&mut ours.iter().map(|s| f64::from(*s))), best(&mut theirs.iter().copied()));
    eprintln!("scores apart by {mean:.4} deviations in the mean, {most:.4} at most; likeliest {best:?}");
    assert!(mean < APART, "{mean}");
}
