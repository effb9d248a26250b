//! 16 rows in `Q6_K`.

use std::arch::x86_64::{
    __m512, __m512i, _mm512_and_si512, _mm512_cvtepi32_ps, _mm512_mul_ps, _mm512_or_si512, _mm512_set1_epi8, _mm512_slli_epi16,
    _mm512_slli_epi32, _mm512_srai_epi32, _mm512_srli_epi16,
};

use super::registers::{Sums, halves_at, prefetch, turned, turned_32};

/// Bytes of a block.
const BLOCK: usize = 210;

/// Sums of 16 rows, `stride` bytes apart, with every column.
///
/// # Safety
/// `rows` are 16 rows of whole blocks, `stride` bytes each, as wide as the columns.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni,f16c,fma")]
pub unsafe fn rows(rows: &[u8], stride: usize, ahead: &[u8], mut sums: Sums<'_>) {
    let (low, two) = (_mm512_set1_epi8(15), _mm512_set1_epi8(48));
    sums.clear();
    for (block, from) in (0..stride).step_by(BLOCK).enumerate() {
        prefetch(ahead, from, BLOCK);
        let at = rows.as_ptr().wrapping_add(from);
        let unit = halves_at(rows, stride, from + BLOCK - 2);
        // SAFETY: a block has 210 bytes, and each row whole ones; the scales are its bytes 192 to 207.
        let scales = unsafe { turned(at.add(192), stride) };
        for half in 0..2 {
            // SAFETY: as above; two bits of each weight are in its bytes 128 to 191, four in the 128 before.
            let high = unsafe { turned_32(at.add(128 + 32 * half), stride) };
            for side in 0..2 {
                // SAFETY: as above.
                let bytes = unsafe { turned_32(at.add(64 * half + 32 * side), stride) };
                let group = 4 * half + side;
                let mut first = [bytes[0]; 8];
                let mut last = [bytes[0]; 8];
                for i in 0..8 {
                    // The two bits stand at 0, 2, 4 and 6 of the high bytes for the four groups; here at 4.
                    let (lower, upper) = if side == 0 {
                        (_mm512_slli_epi16::<4>(high[i]), high[i])
                    } else {
                        (_mm512_slli_epi16::<2>(high[i]), _mm512_srli_epi16::<2>(high[i]))
                    };
                    first[i] = _mm512_or_si512(_mm512_and_si512(bytes[i], low), _mm512_and_si512(lower, two));
                    last[i] = _mm512_or_si512(_mm512_and_si512(_mm512_srli_epi16::<4>(bytes[i]), low), _mm512_and_si512(upper, two));
                }
                sums.add_halves::<32>(block * 8 + group, &first, pair(scales, group, unit));
                sums.add_halves::<32>(block * 8 + group + 2, &last, pair(scales, group + 2, unit));
            }
        }
    }
}

/// The scales of the two 16 weights in the `i`th 32.
#[inline]
#[target_feature(enable = "avx512f")]
fn pair(scales: [__m512i; 4], i: usize, unit: __m512) -> [__m512; 2] {
    let four = scales[i / 2];
    let (first, second) = if i.is_multiple_of(2) {
        (_mm512_slli_epi32::<24>(four), _mm512_slli_epi32::<16>(four))
    } else {
        (_mm512_slli_epi32::<8>(four), four)
    };
    [
        _mm512_mul_ps(_mm512_cvtepi32_ps(_mm512_srai_epi32::<24>(first)), unit),
        _mm512_mul_ps(_mm512_cvtepi32_ps(_mm512_srai_epi32::<24>(second)), unit),
    ]
}
