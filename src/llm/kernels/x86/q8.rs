//! 16 rows in `Q8_0`.

use std::arch::x86_64::{_mm256_loadu_si256, _mm512_cvtph_ps, _mm512_set1_epi8, _mm512_xor_si512};

use super::ROWS;
use super::registers::{Sums, prefetch, turned_32};

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
        prefetch(ahead.get(from * ROWS..).map_or(&[], |ahead| &ahead[..ahead.len().min(BLOCK * ROWS)]));
        let mut halves = [0u16; ROWS];
        for (row, half) in halves.iter_mut().enumerate() {
            let at = row * stride + from;
            *half = u16::from_le_bytes([rows[at], rows[at + 1]]);
        }
        // SAFETY: 16 halves are 32 bytes.
        let scale = _mm512_cvtph_ps(unsafe { _mm256_loadu_si256(halves.as_ptr().cast()) });
        // SAFETY: a block has 34 bytes, and each row whole ones.
        let mut q = unsafe { turned_32(rows.as_ptr().add(from + 2), stride) };
        // With the sign bit turned, a byte is 128 more than it was.
        for q in &mut q {
            *q = _mm512_xor_si512(*q, sign);
        }
        sums.add_offset::<128>(group, &q, scale);
    }
}
