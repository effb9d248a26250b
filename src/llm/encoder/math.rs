//! The small steps of BERT between the matrix products, on plain slices: a message is a dozen rows of 384 numbers.

use super::super::kernels::rows::{add_scaled, dot, softmax};

fn sum(a: &[f32]) -> f32 {
    let mut lanes = [0f32; 8];
    let (a8, rest) = a.as_chunks::<8>();
    for x in a8 {
        for i in 0..8 {
            lanes[i] += x[i];
        }
    }
    lanes.iter().sum::<f32>() + rest.iter().sum::<f32>()
}

/// Mean 0 and variance 1 over the row, then scaled and moved.
pub(super) fn layer_norm(row: &mut [f32], scale: &[f32], shift: &[f32], epsilon: f32) {
    let width = row.len() as f32;
    let mean = sum(row) / width;
    for x in row.iter_mut() {
        *x -= mean;
    }
    let inverse = 1.0 / (dot(row, row) / width + epsilon).sqrt();
    for ((x, s), t) in row.iter_mut().zip(scale).zip(shift) {
        *x = *x * inverse * s + t;
    }
}

/// `x * P(x < X)` for a normal X, the form BERT was trained with.
pub(super) fn gelu(row: &mut [f32]) {
    for x in row {
        *x *= 0.5 * (1.0 + erf(*x * std::f32::consts::FRAC_1_SQRT_2));
    }
}

/// The error function within 1e-6 (checked in the tests), without a branch or a call, so that rows
/// of it become vector instructions; `libm`'s costs more than all the rest of this file.
///
/// Odd polynomial over even polynomial on [-4, 4], with the coefficients of XLA's
/// `EmitErfF32`/Eigen's `perf_impl` (Apache-2.0).
fn erf(x: f32) -> f32 {
    let x = x.clamp(-4.0, 4.0);
    let s = x * x;
    let mut p = -2.726_142_3e-10;
    for c in [2.770_681_4e-8, -2.101_024e-6, -5.692_506_5e-5, -7.349_906_4e-4, -2.954_6e-3, -1.609_603_3e-2] {
        p = p * s + c;
    }
    let mut q = -1.456_607_2e-5;
    for c in [-2.133_740_5e-4, -1.682_827e-3, -7.373_329e-3, -1.426_473_9e-2] {
        q = q * s + c;
    }
    x * p / q
}

/// Self-attention of `n` rows that hold query, key and value side by side (`3 * width` numbers);
/// every row sees every row. Writes `width` numbers at the start of each row of `out`, whose rows
/// are `stride` apart.
pub(super) fn attention(qkv: &[f32], n: usize, width: usize, heads: usize, out: &mut [f32], stride: usize) {
    let size = width / heads;
    let scale = 1.0 / (size as f32).sqrt();
    let row = |i: usize, part: usize, head: usize| {
        let from = i * 3 * width + part * width + head * size;
        &qkv[from..from + size]
    };
    let mut weights = vec![0f32; n];
    // The keys of a head, turned, so that the weights of all rows grow side by side.
    let mut keys = vec![0f32; size * n];
    for head in 0..heads {
        for j in 0..n {
            for (column, k) in keys.chunks_exact_mut(n).zip(row(j, 1, head)) {
                column[j] = k * scale;
            }
        }
        for i in 0..n {
            weights.fill(0.0);
            for (column, q) in keys.chunks_exact(n).zip(row(i, 0, head)) {
                add_scaled(&mut weights, column, *q);
            }
            softmax(&mut weights);
            let to = &mut out[i * stride + head * size..][..size];
            to.fill(0.0);
            for (j, w) in weights.iter().enumerate() {
                add_scaled(to, row(j, 2, head), *w);
            }
        }
    }
}

/// The row scaled to length 1; a row of zeros stays.
pub(super) fn unit(mut row: Vec<f32>) -> Vec<f32> {
    let length = dot(&row, &row).sqrt();
    if length > 0.0 {
        for x in &mut row {
            *x /= length;
        }
    }
    row
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn erf_is_near_the_tables() {
        for (x, y) in
            [(0.0, 0.0), (0.1, 0.112_462_92), (0.5, 0.520_499_9), (1.0, 0.842_700_8), (2.0, 0.995_322_3), (3.5, 0.999_999_3), (9.0, 1.0)]
        {
            assert!((erf(x) - y).abs() < 1e-6, "{x}");
            assert!((erf(-x) + y).abs() < 1e-6, "-{x}");
        }
    }
}
