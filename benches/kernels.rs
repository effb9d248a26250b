//! Products of quantized matrices with columns, in every format there is a kernel for: one column, as when a token is
//! written, and 128, as when a prompt is read.
//!
//! `cargo bench --bench kernels`; `taskset -c 0` before it shows one core, `ELECTROMART_KERNELS=avx2` or `portable` what
//! other processors run. One column is told in bytes of weights a second, many in multiplications.

use std::hint::black_box;

use candle_core::quantized::{GgmlDType, QTensor};
use candle_core::{Device, Tensor};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use electromart::llm::kernels::format::{Format, KINDS};
use electromart::llm::kernels::matrix::{Bytes, Columns, Matrix};
use electromart::llm::kernels::team::Team;

/// A feed-forward matrix of Qwen3-0.6B.
const ROWS: usize = 3_072;
const WIDTH: usize = 1_024;
/// Matrices that are gone through, so that weights come from memory as in a network and not from the caches.
const MEGABYTES: usize = 384;
/// Columns of a product.
const COLUMNS: [usize; 2] = [1, 128];

/// Numbers that look random and are the same every time.
fn numbers(n: usize) -> Vec<f32> {
    let mut state = 1u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 24) as f32 - 0.5
    };
    (0..n).map(|_| next()).collect()
}

/// As many matrices of a format as are more than the caches hold.
fn matrices(kind: GgmlDType) -> Option<Vec<Matrix>> {
    let tensor = Tensor::from_vec(numbers(ROWS * WIDTH), (ROWS, WIDTH), &Device::Cpu).ok()?;
    let quantized = QTensor::quantize(&tensor, kind).ok()?;
    let bytes = quantized.data().ok()?;
    let count = (MEGABYTES << 20).div_ceil(bytes.len());
    (0..count).map(|_| Matrix::new(Format::of(kind)?, Bytes::Owned(bytes.as_ref().into()), ROWS, WIDTH)).collect()
}

fn products(criterion: &mut Criterion) {
    let Ok(team) = Team::new(std::thread::available_parallelism().map_or(1, usize::from)) else { return eprintln!("no threads") };
    for count in COLUMNS {
        let columns = numbers(WIDTH * count);
        let mut group = criterion.benchmark_group(format!("{ROWS}x{WIDTH} by {count}"));
        group.sample_size(20);
        for kind in KINDS {
            let Some(all) = matrices(kind) else { return eprintln!("{kind:?} cannot be made") };
            let bytes = ROWS * WIDTH / kind.block_size() * kind.type_size();
            group.throughput(match count {
                1 => Throughput::Bytes(bytes as u64),
                _ => Throughput::Elements((ROWS * WIDTH * count) as u64),
            });
            let mut next = all.iter().cycle();
            group.bench_function(BenchmarkId::from_parameter(format!("{kind:?}")), |b| {
                b.iter(|| next.next().map(|matrix| matrix.times(&Columns::new(black_box(&columns), WIDTH), &team)));
            });
        }
        group.finish();
    }
}

criterion_group!(benches, products);
criterion_main!(benches);
