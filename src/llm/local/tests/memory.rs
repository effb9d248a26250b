//! The memory that the manifest tells of is what is asked for before a model is loaded.

use super::super::network::Shape;
use super::super::plan::own_memory;
use crate::llm::models::Manifest;

/// Positions the manifest counts with.
const POSITIONS: u64 = 4_096;

#[test]
fn the_manifest_tells_what_a_model_takes() {
    // `num_hidden_layers`, `num_key_value_heads` and `head_dim` of each repository's `config.json`.
    let shapes = [
        ("qwen2.5-0.5b-instruct", 24, 2, 64),
        ("qwen3-0.6b", 28, 8, 128),
        ("llama-3.2-1b-instruct", 16, 8, 64),
        ("qwen2.5-1.5b-instruct", 28, 2, 128),
        ("qwen3-1.7b", 28, 8, 128),
    ];
    let manifest = Manifest::recommended().unwrap();
    assert_eq!(manifest.models.iter().map(|entry| entry.name.as_str()).collect::<Vec<_>>(), shapes.map(|(name, ..)| name));
    for (entry, (name, layers, kv_heads, head)) in manifest.models.iter().zip(shapes) {
        let needed = own_memory(entry.size.unwrap(), Shape { layers, kv_heads, head }, POSITIONS).unwrap();
        assert_eq!(entry.memory_mb, needed.div_ceil(10_000_000) * 10, "{name}");
    }
}
