//! 16 rows in any quantized format: unpacked one by one, then multiplied as the others.
//!
//! For formats that are rarely met: a prompt is read nearly as fast, a single column more slowly.

use std::arch::x86_64::{_mm512_loadu_ps, _mm512_loadu_si512, _mm512_setzero_si512};

use super::super::format::Format;
use super::ROWS;
use super::registers::Sums;

/// Sums of 16 rows, `stride` bytes apart, with every column.
///
/// # Safety
/// The processor has the instructions.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni,f16c,fma")]
pub unsafe fn rows(format: Format, rows: &[u8], stride: usize, mut sums: Sums<'_>) {
    sums.clear();
    for group in 0..sums.columns.groups() {
        let mut spread = [[[0u8; 4]; ROWS]; 8];
        let mut scale = [0f32; ROWS];
        let mut minimum = [0f32; ROWS];
        for (i, row) in rows.chunks_exact(stride).enumerate() {
            // All of these formats have one scale for 32 weights.
            let weights = format.group(row, group);
            (scale[i], minimum[i]) = (weights.scale[0], weights.minimum[0]);
            for (to, four) in spread.iter_mut().zip(weights.q.as_chunks::<4>().0) {
                to[i] = *four;
            }
        }
        let mut q = [_mm512_setzero_si512(); 8];
        for (q, bytes) in q.iter_mut().zip(&spread) {
            // SAFETY: 16 times four bytes are 64.
            *q = unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) };
        }
        // SAFETY: 16 floats are 64 bytes.
        let (scale, minimum) = unsafe { (_mm512_loadu_ps(scale.as_ptr()), _mm512_loadu_ps(minimum.as_ptr())) };
        sums.add(group, &q, scale, minimum);
    }
}
