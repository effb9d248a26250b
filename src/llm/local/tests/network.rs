//! Our decoder: its scores beside candle-transformers' on the same file, and the same whatever shares a step with it.

use candle_core::quantized::GgmlDType;
use candle_core::quantized::gguf_file::Value;
use proptest::prelude::*;

use super::super::network::architecture::{Architecture, Bend};
use super::super::network::{Cache, Candle, Feed, Network, Transformer};
use super::super::plan::Family;
use super::super::{DECODER, checked};
use super::files::{ARCHITECTURES, Model};
use crate::llm::kernels::matrix::Bytes;
use crate::llm::kernels::team::Team;

/// What others say in the same step.
const BESIDE: [u32; 4] = [11, 12, 13, 14];

fn ours(bytes: &[u8]) -> Transformer {
    let (file, plan) = checked(bytes, bytes.len() as u64, 512).unwrap();
    let Family::Own(about) = plan.family else { panic!("ours") };
    Transformer::load(about, &plan, &file, &Bytes::Owned(bytes.into()), Team::new(2).unwrap()).unwrap()
}

fn theirs(bytes: &[u8]) -> Candle {
    let (file, plan) = checked(bytes, bytes.len() as u64, 512).unwrap();
    Candle::load(&plan, &file, bytes).unwrap()
}

fn read(network: &mut dyn Network, cache: &mut Cache, tokens: &[u32]) -> Vec<f32> {
    network.step(&mut [Feed { cache, tokens, all: false }]).unwrap().remove(0)
}

fn tokens(n: u32) -> Vec<u32> {
    (0..n).map(|i| i * 7 % 200 + 5).collect()
}

/// Mean distance, in deviations of the scores.
fn apart(a: &[f32], b: &[f32]) -> f32 {
    let mean = |x: &mut dyn Iterator<Item = f32>| x.sum::<f32>() / a.len() as f32;
    let (middle, distance) = (mean(&mut b.iter().copied()), mean(&mut a.iter().zip(b).map(|(a, b)| (a - b).abs())));
    distance / mean(&mut b.iter().map(|x| (x - middle).powi(2))).sqrt()
}

#[test]
fn scores_are_those_of_the_library() {
    // Keys and values are kept in 16 bits, and what goes into a product with quantized weights is rounded to 8.
    for (kind, most) in [(GgmlDType::F32, 2e-3), (GgmlDType::F16, 2e-3), (GgmlDType::Q8_0, 0.02), (GgmlDType::Q4_0, 0.02)] {
        for architecture in ARCHITECTURES {
            let model = Model::new(architecture, kind, 5);
            let (mut network, mut tested) = (ours(&model.bytes()), model);
            if architecture == "gemma3" {
                // As the library has it, which is neither llama.cpp's way nor that of the authors: a window of one position
                // more than is written, and the gates of the others.
                tested = tested.with("gemma3.attention.sliding_window", Some(Value::U32(7)));
                network.about = Box::leak(Box::new(Architecture { bend: Bend::Silu, ..*network.about }));
            }
            let whole = read(&mut network, &mut Cache::default(), &tokens(40));
            let library = read(&mut theirs(&tested.bytes()), &mut Cache::default(), &tokens(40));
            assert!(apart(&whole, &library) < most, "{architecture} {kind:?}: {}", apart(&whole, &library));
        }
    }
    let whole = read(&mut ours(DECODER), &mut Cache::default(), &tokens(24));
    let library = read(&mut theirs(DECODER), &mut Cache::default(), &tokens(24));
    assert!(apart(&whole, &library) < 0.02, "the decoder: {}", apart(&whole, &library));
}

#[test]
fn factors_of_slow_turns_are_applied() {
    let plain = Model::new("llama", GgmlDType::F32, 5);
    let mut slowed = Model::new("llama", GgmlDType::F32, 5);
    let factors = candle_core::Tensor::new(&[1f32, 1.0, 1.0, 4.0, 8.0, 8.0, 8.0, 8.0], &candle_core::Device::Cpu).unwrap();
    slowed.tensors.push(("rope_freqs.weight".to_owned(), candle_core::quantized::QTensor::quantize(&factors, GgmlDType::F32).unwrap()));
    let scores = |model: &Model| read(&mut ours(&model.bytes()), &mut Cache::default(), &tokens(40));
    assert!(apart(&scores(&slowed), &scores(&plain)) > 0.01);
    // Factors of one change nothing.
    let ones = candle_core::Tensor::ones(8, candle_core::DType::F32, &candle_core::Device::Cpu).unwrap();
    if let Some((_, factors)) = slowed.tensors.last_mut() {
        *factors = candle_core::quantized::QTensor::quantize(&ones, GgmlDType::F32).unwrap();
    }
    assert_eq!(scores(&slowed), scores(&plain));
}

#[test]
fn the_library_goes_on_with_whatever_conversation_it_is_given() {
    let bytes = Model::new("qwen3", GgmlDType::F32, 5).bytes();
    let (mut library, all) = (theirs(&bytes), tokens(20));
    let whole = read(&mut library, &mut Cache::default(), &all);
    let (mut one, mut other) = (Cache::default(), Cache::default());
    read(&mut library, &mut one, &all[..9]);
    read(&mut library, &mut other, &[1, 2, 3]);
    let resumed = read(&mut library, &mut one, &all[9..]);
    assert!(apart(&resumed, &whole) < 1e-4, "{}", apart(&resumed, &whole));
    assert!(!library.is_shared());
}

#[test]
fn nonsense_is_refused() {
    let bytes = Model::new("qwen2", GgmlDType::Q8_0, 1).with("qwen2.context_length", Some(Value::U32(64))).bytes();
    for tokens in [vec![], vec![u32::MAX], vec![1; 65]] {
        let mut cache = Cache::default();
        let feed = Feed { cache: &mut cache, tokens: &tokens, all: false };
        assert!(ours(&bytes).step(&mut [feed]).is_err(), "{}", tokens.len());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// In whatever steps, beside whatever others, from a copy or after having been cut back: the same bits.
    #[test]
    fn scores_depend_on_nothing_but_the_conversation(
        which in 0usize..5,
        steps in prop::collection::vec(1usize..40, 1..6),
        others in 0usize..4,
        wrong in 0usize..40,
    ) {
        let bytes = Model::new(ARCHITECTURES[which], GgmlDType::Q8_0, 9).bytes();
        let mut network = ours(&bytes);
        let all = tokens(steps.iter().sum::<usize>() as u32);
        let whole = read(&mut network, &mut Cache::default(), &all);
        let (mut cache, mut last, mut at) = (Cache::default(), Vec::new(), 0);
        let mut beside = vec![Cache::default(); others];
        for step in steps {
            // Something that is taken back, in a copy that shares the pages.
            let mut copy = cache.clone();
            if wrong > 0 {
                read(&mut network, &mut copy, &vec![3; wrong]);
                copy.truncate(at);
            }
            cache = copy;
            let mut feeds = vec![Feed { cache: &mut cache, tokens: &all[at..at + step], all: true }];
            feeds.extend(beside.iter_mut().enumerate().map(|(i, cache)| Feed { cache, tokens: &BESIDE[i..=i], all: false }));
            let rows = network.step(&mut feeds).unwrap().remove(0);
            last = rows[rows.len() / step * (step - 1)..].to_vec();
            at += step;
        }
        prop_assert_eq!(whole, last);
    }
}
