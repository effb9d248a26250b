//! 16 rows in any quantized format: unpacked one by one, then multiplied as the others.
//!
//! For formats that are rarely met: a prompt is read nearly as fast, a single column more slowly.

use std::arch::x86_64::{_mm256_loadu_ps, _mm256_loadu_si256, _mm256_setzero_si256};

use super::super::super::format::Format;
use super::columns::Sums;
use super::registers::HALF;

/// Sums of 16 rows, `stride` bytes apart, with every column.
#[target_feature(enable = "avx2,f16c,fma")]
pub fn rows(format: Format, rows: &[u8], stride: usize, mut sums: Sums<'_>) {
    for group in 0..sums.groups() {
        let mut spread = [[[[0u8; 4]; HALF]; 2]; 8];
        let mut scale = [[0f32; HALF]; 2];
        let mut minimum = [[0f32; HALF]; 2];
        for (i, row) in rows.chunks_exact(stride).enumerate() {
            // All of these formats have one scale for 32 weights.
            let weights = format.group(row, group);
            let (half, i) = (i / HALF, i % HALF);
            (scale[half][i], minimum[half][i]) = (weights.scale[0], weights.minimum[0]);
            for (to, four) in spread.iter_mut().zip(weights.q.as_chunks::<4>().0) {
                to[half][i] = *four;
            }
        }
        let mut q = [[_mm256_setzero_si256(); 2]; 8];
        for (q, bytes) in q.as_flattened_mut().iter_mut().zip(spread.as_flattened()) {
            // SAFETY: 8 times four bytes are 32.
            *q = unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) };
        }
        // SAFETY: 8 floats are 32 bytes.
        let load = |x: &[f32; HALF]| unsafe { _mm256_loadu_ps(x.as_ptr()) };
        // Weights of five bits, or fewer.
        sums.add::<31>(group, &q, [load(&scale[0]), load(&scale[1])], [load(&minimum[0]), load(&minimum[1])]);
    }
}
