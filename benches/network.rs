//! Steps of the networks that can be pulled: a prompt that is read, and tokens that are written behind it.
//!
//! `cargo bench --bench network`; `ELECTROMART_BENCH_MODEL=NAME` takes one of the manifest alone. Nothing is downloaded: a
//! network of the same sizes and formats is made up, as `electromart doctor` does it.

use std::time::Duration;

use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use electromart::config::Local;
use electromart::llm::local::probe::{Outline, Probe, Shape, beyond_caches};
use electromart::llm::local::{LocalError, PROMPT_STEP};
use electromart::llm::models::Manifest;

/// Tokens of a prompt, about those of a shop's.
const PROMPT: usize = 512;
/// Tokens written before the conversation begins anew.
const REPLY: usize = 64;

/// Reads a step of a prompt, behind as many tokens as are told.
fn prefill(group: &mut BenchmarkGroup<'_, criterion::measurement::WallTime>, probe: &mut Probe, behind: usize) {
    group.throughput(Throughput::Elements(PROMPT_STEP as u64));
    group.bench_function(format!("prefill, {PROMPT_STEP} tokens behind {behind}"), |b| {
        b.iter_custom(|times| {
            let step = |_| probe.begin(behind).and_then(|()| probe.read(PROMPT_STEP)).unwrap_or_default();
            (0..times).map(step).sum::<Duration>()
        });
    });
}

fn decode(group: &mut BenchmarkGroup<'_, criterion::measurement::WallTime>, probe: &mut Probe) {
    group.throughput(Throughput::Elements(1));
    group.bench_function(format!("decode, a token behind {PROMPT}"), |b| {
        b.iter_custom(|times| {
            let mut spent = Duration::ZERO;
            for n in 0..times {
                if n % REPLY as u64 == 0 && probe.begin(PROMPT).is_err() {
                    break;
                }
                spent += probe.read(1).unwrap_or_default();
            }
            spent
        });
    });
}

fn steps(criterion: &mut Criterion, name: &str, shape: &Shape) -> Result<(), LocalError> {
    let config = Local::default();
    let mut probe = Probe::new(&Outline::of_shape(shape, &config)?, beyond_caches(), &config)?;
    probe.begin(0)?;
    probe.read(1)?;
    let mut group = criterion.benchmark_group(name);
    group.sample_size(10);
    // What reads a prompt at once only does so from its beginning.
    let behind = if probe.is_shared() { &[0, PROMPT][..] } else { &[0] };
    behind.iter().for_each(|behind| prefill(&mut group, &mut probe, *behind));
    decode(&mut group, &mut probe);
    group.finish();
    Ok(())
}

fn networks(criterion: &mut Criterion) {
    let Ok(manifest) = Manifest::recommended() else { return };
    let wanted = std::env::var("ELECTROMART_BENCH_MODEL").ok();
    for entry in manifest.models.iter().filter(|entry| wanted.as_ref().is_none_or(|name| *name == entry.name)) {
        let Some(shape) = &entry.shape else { continue };
        if let Err(error) = steps(criterion, &entry.name, shape) {
            eprintln!("{}: {error}", entry.name);
        }
    }
}

criterion_group!(benches, networks);
criterion_main!(benches);
