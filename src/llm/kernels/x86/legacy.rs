//! 16 rows in `Q4_0`, `Q4_1`, `Q5_0` and `Q5_1`: 32 weights of four or five bits under one scale, with or without a minimum.
//!
//! Many files of the smallest models are largely in these: where the width is no multiple of 256, llama.cpp puts `Q5_0` in
//! the place of `Q4_K`.

use std::arch::x86_64::{
    __m512i, _mm512_and_si512, _mm512_loadu_si512, _mm512_mask_add_epi8, _mm512_set1_epi8, _mm512_set1_epi32, _mm512_set4_epi32,
    _mm512_setzero_ps, _mm512_shuffle_epi8, _mm512_srli_epi16, _mm512_sub_ps, _mm512_test_epi8_mask,
};

use super::ROWS;
use super::registers::{Sums, halves_at, prefetch, turned};

/// Sums of 16 rows, `stride` bytes apart, with every column. `HIGH`: a fifth bit; `MINIMUM`: a minimum, else the weights are
/// around zero.
///
/// # Safety
/// `rows` are 16 rows of whole blocks, `stride` bytes each, as wide as the columns.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni,f16c,fma")]
pub unsafe fn rows<const HIGH: bool, const MINIMUM: bool>(rows: &[u8], stride: usize, ahead: &[u8], mut sums: Sums<'_>) {
    // A block: scale, minimum, the fifth bits, the lower four.
    let bits = if MINIMUM { 4 } else { 2 };
    let low = if HIGH { bits + 4 } else { bits };
    let block = low + 16;
    let four = _mm512_set1_epi8(15);
    sums.clear();
    for (group, from) in (0..stride).step_by(block).enumerate() {
        prefetch(ahead, from, block);
        let scale = halves_at(rows, stride, from);
        // SAFETY: the lower four bits are the last 16 bytes of a block, and each row has whole ones.
        let bytes = unsafe { turned(rows.as_ptr().add(from + low), stride) };
        let [a, b, c, d] = bytes;
        let mut q = [a, b, c, d, a, b, c, d];
        for (i, q) in q.iter_mut().enumerate() {
            *q = _mm512_and_si512(if i < 4 { *q } else { _mm512_srli_epi16::<4>(*q) }, four);
        }
        if HIGH {
            add_fifth(&mut q, fifth(rows, stride, from + bits));
        }
        if MINIMUM {
            let below = _mm512_sub_ps(_mm512_setzero_ps(), halves_at(rows, stride, from + 2));
            sums.add(group, &q, scale, below);
        } else if HIGH {
            sums.add_offset::<16>(group, &q, scale);
        } else {
            sums.add_offset::<8>(group, &q, scale);
        }
    }
}

/// The 32 bits at `at` in each row.
#[inline]
#[target_feature(enable = "avx512f")]
fn fifth(rows: &[u8], stride: usize, at: usize) -> __m512i {
    let mut bits = [0u32; ROWS];
    for (row, bits) in bits.iter_mut().enumerate() {
        let at = row * stride + at;
        *bits = u32::from_le_bytes([rows[at], rows[at + 1], rows[at + 2], rows[at + 3]]);
    }
    // SAFETY: 16 times four bytes are 64.
    unsafe { _mm512_loadu_si512(bits.as_ptr().cast()) }
}

/// Adds the fifth bits: bit `n` of a row is that of its weight `n`, which lies in byte `n % 4` of register `n / 4`.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn add_fifth(q: &mut [__m512i; 8], bits: __m512i) {
    let sixteen = _mm512_set1_epi8(16);
    // Of a byte of eight bits, the lower four belong to one register and the upper four to the next.
    let (lower, upper) = (_mm512_set1_epi32(0x0804_0201), _mm512_set1_epi32(0x8040_2010_u32.cast_signed()));
    for (byte, pair) in q.as_chunks_mut::<2>().0.iter_mut().enumerate() {
        #[allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap)] // Of 0 to 3.
        let first = byte as i32 * 0x0101_0101;
        // The byte of each row, four times, in its own lane.
        let places = _mm512_set4_epi32(first + 0x0C0C_0C0C, first + 0x0808_0808, first + 0x0404_0404, first);
        let here = _mm512_shuffle_epi8(bits, places);
        let [one, two] = pair;
        *one = _mm512_mask_add_epi8(*one, _mm512_test_epi8_mask(here, lower), *one, sixteen);
        *two = _mm512_mask_add_epi8(*two, _mm512_test_epi8_mask(here, upper), *two, sixteen);
    }
}
