//! 16 rows in `Q6_K`.

use std::arch::x86_64::{
    __m256, __m256i, _mm256_and_si256, _mm256_cvtepi32_ps, _mm256_mul_ps, _mm256_or_si256, _mm256_set1_epi8, _mm256_setzero_si256,
    _mm256_slli_epi16, _mm256_slli_epi32, _mm256_srai_epi32, _mm256_srli_epi16,
};

use super::super::registers::prefetch;
use super::columns::Sums;
use super::registers::{HALF, halves_at, turned, turned_32};

/// Bytes of a block.
const BLOCK: usize = 210;

/// Sums of 16 rows, `stride` bytes apart, with every column.
///
/// # Safety
/// `rows` are 16 rows of whole blocks, `stride` bytes each, as wide as the columns.
#[target_feature(enable = "avx2,f16c,fma")]
pub unsafe fn rows(rows: &[u8], stride: usize, ahead: &[u8], mut sums: Sums<'_>) {
    for (block, from) in (0..stride).step_by(BLOCK).enumerate() {
        prefetch(ahead, from, BLOCK);
        let first = rows.as_ptr().wrapping_add(from);
        let places = [first, first.wrapping_add(HALF * stride)];
        let units = halves_at(rows, stride, from + BLOCK - 2);
        // SAFETY: a block has 210 bytes, and each row whole ones; the scales are its bytes 192 to 207.
        let scales = unsafe { [turned(places[0].add(192), stride), turned(places[1].add(192), stride)] };
        for part in 0..4 {
            let (half, side) = (part / 2, part % 2);
            let (mut q, mut q_too) = ([[_mm256_setzero_si256(); 2]; 8], [[_mm256_setzero_si256(); 2]; 8]);
            for (which, at) in places.into_iter().enumerate() {
                // SAFETY: as above; two bits of each weight are in its bytes 128 to 191, four in the 128 before.
                let (bytes, high) =
                    unsafe { (turned_32(at.add(64 * half + 32 * side), stride), turned_32(at.add(128 + 32 * half), stride)) };
                for i in 0..8 {
                    [q[i][which], q_too[i][which]] = six_bits(bytes[i], high[i], side);
                }
            }
            let group = 4 * half + side;
            for (group, q) in [(group, &q), (group + 2, &q_too)] {
                let ([first, last], [first_too, last_too]) = (pair(scales[0], group, units[0]), pair(scales[1], group, units[1]));
                sums.add_halves(block * 8 + group, q, [[first, first_too], [last, last_too]]);
            }
        }
    }
}

/// Weights of two groups, of the lower and the upper four bits of bytes and of their two upper bits: those stand at 0, 2, 4
/// and 6 of the high bytes for the four groups.
#[inline]
#[target_feature(enable = "avx2")]
fn six_bits(bytes: __m256i, high: __m256i, side: usize) -> [__m256i; 2] {
    let (low, two) = (_mm256_set1_epi8(15), _mm256_set1_epi8(48));
    let (lower, upper) =
        if side == 0 { (_mm256_slli_epi16::<4>(high), high) } else { (_mm256_slli_epi16::<2>(high), _mm256_srli_epi16::<2>(high)) };
    [
        _mm256_or_si256(_mm256_and_si256(bytes, low), _mm256_and_si256(lower, two)),
        _mm256_or_si256(_mm256_and_si256(_mm256_srli_epi16::<4>(bytes), low), _mm256_and_si256(upper, two)),
    ]
}

/// The scales of the two 16 weights in the `i`th 32.
#[inline]
#[target_feature(enable = "avx2")]
fn pair(scales: [__m256i; 4], i: usize, unit: __m256) -> [__m256; 2] {
    let four = scales[i / 2];
    let (first, second) = if i.is_multiple_of(2) {
        (_mm256_slli_epi32::<24>(four), _mm256_slli_epi32::<16>(four))
    } else {
        (_mm256_slli_epi32::<8>(four), four)
    };
    [
        _mm256_mul_ps(_mm256_cvtepi32_ps(_mm256_srai_epi32::<24>(first)), unit),
        _mm256_mul_ps(_mm256_cvtepi32_ps(_mm256_srai_epi32::<24>(second)), unit),
    ]
}
