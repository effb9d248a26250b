//! 16 rows in `Q4_0` or `Q4_1`: the lower halves of 16 bytes are the first 16 weights, the upper ones the last.

use std::arch::x86_64::{
    _mm256_and_si256, _mm256_mul_ps, _mm256_set1_epi8, _mm256_set1_ps, _mm256_setzero_ps, _mm256_setzero_si256, _mm256_srli_epi16,
    _mm256_sub_ps,
};

use super::super::registers::prefetch;
use super::columns::Sums;
use super::registers::{HALF, halves_at, turned};

/// Sums of 16 rows, `stride` bytes apart, with every column.
///
/// # Safety
/// `rows` are 16 rows of whole blocks, `stride` bytes each, as wide as the columns; in `Q4_1` if there is a `MINIMUM`.
#[target_feature(enable = "avx2,f16c,fma")]
pub unsafe fn rows<const MINIMUM: bool>(rows: &[u8], stride: usize, ahead: &[u8], mut sums: Sums<'_>) {
    let head = if MINIMUM { 4 } else { 2 };
    let size = head + 16;
    let low = _mm256_set1_epi8(15);
    for (group, from) in (0..stride).step_by(size).enumerate() {
        prefetch(ahead, from, size);
        let scale = halves_at(rows, stride, from);
        let minimum = if MINIMUM {
            // It is added there, and taken off here.
            let [a, b] = halves_at(rows, stride, from + 2);
            [_mm256_sub_ps(_mm256_setzero_ps(), a), _mm256_sub_ps(_mm256_setzero_ps(), b)]
        } else {
            let eight = _mm256_set1_ps(8.0);
            [_mm256_mul_ps(scale[0], eight), _mm256_mul_ps(scale[1], eight)]
        };
        let mut q = [[_mm256_setzero_si256(); 2]; 8];
        for (half, from) in [from, HALF * stride + from].into_iter().enumerate() {
            // SAFETY: a block has `size` bytes, and each row whole ones.
            let bytes = unsafe { turned(rows.as_ptr().add(from + head), stride) };
            for (i, bytes) in bytes.into_iter().enumerate() {
                q[i][half] = _mm256_and_si256(bytes, low);
                q[i + 4][half] = _mm256_and_si256(_mm256_srli_epi16::<4>(bytes), low);
            }
        }
        sums.add::<15>(group, &q, scale, minimum);
    }
}
