//! 16 rows in `Q8_0`.

use std::arch::x86_64::{_mm256_set1_epi8, _mm256_setzero_si256, _mm256_xor_si256};

use super::super::registers::prefetch;
use super::columns::Sums;
use super::registers::{HALF, halves_at, turned_32};

/// Bytes of a block.
const BLOCK: usize = 34;

/// Sums of 16 rows, `stride` bytes apart, with every column.
///
/// # Safety
/// `rows` are 16 rows of whole blocks, `stride` bytes each, as wide as the columns.
#[target_feature(enable = "avx2,f16c,fma")]
pub unsafe fn rows(rows: &[u8], stride: usize, ahead: &[u8], mut sums: Sums<'_>) {
    let sign = _mm256_set1_epi8(i8::MIN);
    for (group, from) in (0..stride).step_by(BLOCK).enumerate() {
        prefetch(ahead, from, BLOCK);
        let scale = halves_at(rows, stride, from);
        let mut q = [[_mm256_setzero_si256(); 2]; 8];
        for half in 0..2 {
            // SAFETY: a block has 34 bytes, and each row whole ones.
            let bytes = unsafe { turned_32(rows.as_ptr().add(half * HALF * stride + from + 2), stride) };
            for (q, bytes) in q.iter_mut().zip(bytes) {
                // With the sign bit turned, a byte is 128 more than it was.
                q[half] = _mm256_xor_si256(bytes, sign);
            }
        }
        sums.add_offset(group, &q, scale);
    }
}
