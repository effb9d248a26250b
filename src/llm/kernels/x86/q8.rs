//! 16 rows in `Q8_0`.

use std::arch::x86_64::{_mm512_set1_epi8, _mm512_xor_si512};

use super::registers::{Sums, halves_at, prefetch, turned_32};

/// Bytes of a block.
const BLOCK: usize = 34;

/// Sums of 16 rows, `stride` bytes apart, with every column.
///
/// # Safety
/// `rows` are 16 rows of whole blocks, `stride` bytes each, as wide as the columns.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni,f16c,fma")]
pub unsafe fn rows(rows: &[u8], stride: usize, ahead: &[u8], mut sums: Sums<'_>) {
    let sign = _mm512_set1_epi8(i8::MIN);
    sums.clear();
    for (group, from) in (0..stride).step_by(BLOCK).enumerate() {
        prefetch(ahead, from, BLOCK);
        let scale = halves_at(rows, stride, from);
        // SAFETY: a block has 34 bytes, and each row whole ones.
        let mut q = unsafe { turned_32(rows.as_ptr().add(from + 2), stride) };
        // With the sign bit turned, a byte is 128 more than it was.
        for q in &mut q {
            *q = _mm512_xor_si512(*q, sign);
        }
        sums.add_offset::<128>(group, &q, scale);
    }
}
