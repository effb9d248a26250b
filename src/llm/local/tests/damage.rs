//! Files that are cut, changed or lie: refused in one sentence, without a panic or a large allocation.

use std::panic::{AssertUnwindSafe, catch_unwind};

use candle_core::quantized::GgmlDType;
use candle_core::quantized::gguf_file::Value;
use proptest::prelude::*;

use super::super::plan::Plan;
use super::super::{LocalError, checked};
use super::files::{ARCHITECTURES, Model, open};

fn refusal(model: &Model) -> String {
    open(&model.bytes()).err().map(|e| e.to_string()).expect("it must be refused")
}

#[test]
fn a_file_cut_anywhere_is_refused() {
    for architecture in ARCHITECTURES {
        let whole = Model::new(architecture, GgmlDType::Q8_0, 1).bytes();
        // The writer pads the last tensor; what matters ends before.
        let mut seed = 7u64;
        for _ in 0..50 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let at = (seed >> 33) as usize % (whole.len() - 64);
            let error = checked(&whole[..at], at as u64, 4_096).expect_err("cut").to_string();
            assert!(!error.contains('\n') && error.len() < 200, "{error}");
        }
    }
}

#[test]
fn each_refusal_says_why() {
    let model = || Model::new("qwen3", GgmlDType::Q8_0, 1);
    let text = |t: &str| Some(Value::String(t.to_owned()));
    let unknown = refusal(&model().with("general.architecture", text("mamba")));
    assert_eq!(
        unknown,
        "the model is of the kind `mamba`, which is not known here; llama, qwen2, qwen3, gemma3, phi3, lfm2, glm4 and phi2 are"
    );
    assert!(refusal(&model().with("general.architecture", None)).contains("lacks `general.architecture`"));
    assert!(refusal(&model().with("qwen3.block_count", None)).contains("`qwen3.block_count`"));
    assert!(refusal(&model().with("qwen3.block_count", Some(Value::U32(u32::MAX)))).contains("4294967295"));
    assert!(refusal(&model().with("qwen3.block_count", Some(Value::U32(3)))).contains("blk.2.ffn_down.weight"));
    assert!(refusal(&model().with("qwen3.embedding_length", Some(Value::U32(128)))).contains("token_embd.weight"));
    assert!(refusal(&model().with("qwen3.attention.head_count_kv", Some(Value::U32(3)))).contains("divide"));
    assert!(refusal(&model().with("tokenizer.ggml.tokens", None)).contains("tokenizer.ggml.tokens"));
    assert!(refusal(&model().with("tokenizer.ggml.model", text("bert"))).contains("bert"));
    assert!(refusal(&model().with("qwen3.attention.layer_norm_rms_epsilon", Some(Value::F32(f32::NAN)))).contains("epsilon"));
    assert!(matches!(open(b"<html>not found</html>").err(), Some(LocalError::NotGguf)));
    assert!(matches!(open(b"").err(), Some(LocalError::NotGguf)));
    let mut missing = model();
    missing.tensors.retain(|(name, _)| name != "blk.1.attn_q_norm.weight");
    assert!(refusal(&missing).contains("blk.1.attn_q_norm.weight"));
}

#[test]
fn counts_beyond_the_file_are_refused_before_anything_is_set_aside() {
    for (tensors, keys) in [(u64::MAX, 1), (1, u64::MAX), (1 << 40, 1 << 40), (60_000, 1)] {
        let mut bytes = b"GGUF\x03\0\0\0".to_vec();
        bytes.extend(u64::to_le_bytes(tensors));
        bytes.extend(u64::to_le_bytes(keys));
        bytes.extend([0; 64]);
        assert!(checked(&bytes[..], bytes.len() as u64, 4_096).is_err());
    }
}

#[test]
fn a_model_that_does_not_fit_into_memory_is_refused() {
    let bytes = Model::new("llama", GgmlDType::Q8_0, 1).bytes();
    let (_, plan) = checked(&bytes[..], bytes.len() as u64, 4_096).unwrap();
    assert!(plan.memory > bytes.len() as u64);
    assert!(plan.fits(Some(plan.memory)).is_ok() && plan.fits(None).is_ok());
    let error = Plan::fits(&plan, Some(plan.memory - 1)).unwrap_err();
    assert!(matches!(error, LocalError::Memory { .. }), "{error}");
    assert!(super::super::plan::available_memory().is_none_or(|free| free > 1 << 20));
}

#[test]
fn a_context_as_large_as_a_file_may_boast_costs_nothing() {
    let model = Model::new("qwen2", GgmlDType::F32, 1).with("qwen2.context_length", Some(Value::U32(1 << 24)));
    assert_eq!(model.engine().context, 4_096);
    let absurd = Model::new("qwen2", GgmlDType::F32, 1).with("qwen2.context_length", Some(Value::U32(u32::MAX)));
    assert!(refusal(&absurd).contains("context_length"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever byte is wrong: an error, or a model that can make a step; never a panic.
    #[test]
    fn flipped_bytes_do_no_harm(
        which in 0usize..5,
        flips in prop::collection::vec((any::<prop::sample::Index>(), 1u8..=255, any::<bool>()), 1..8),
    ) {
        static FILES: std::sync::OnceLock<Vec<(Vec<u8>, usize)>> = std::sync::OnceLock::new();
        let files = FILES.get_or_init(|| ARCHITECTURES.map(|a| {
            let bytes = Model::new(a, GgmlDType::Q8_0, 3).bytes();
            let (file, _) = checked(&bytes[..], bytes.len() as u64, 4_096).unwrap();
            (bytes, file.data as usize)
        }).to_vec());
        let (mut bytes, header) = files[which].clone();
        for (at, change, anywhere) in flips {
            // Mostly in the header, where the numbers are.
            let at = at.index(if anywhere { bytes.len() } else { header });
            bytes[at] ^= change;
        }
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            if let Ok(mut engine) = open(&bytes) {
                let _ = engine.probe();
            }
        }));
        prop_assert!(outcome.is_ok());
    }
    /// Bytes of any kind, also after a beginning that is right.
    #[test]
    fn any_bytes_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..200), counts in prop::option::of((0u64..4, 0u64..4))) {
        let mut file = Vec::new();
        if let Some((tensors, keys)) = counts {
            file.extend(b"GGUF\x03\0\0\0");
            file.extend(tensors.to_le_bytes());
            file.extend(keys.to_le_bytes());
        }
        file.extend(bytes);
        prop_assert!(checked(&file[..], file.len() as u64, 4_096).is_err());
    }
}
