//! 16 rows in `Q4_K`, and in `Q5_K`, which has a fifth bit of each weight besides.

use std::arch::x86_64::{
    __m256, __m256i, _mm_cvtsi32_si128, _mm256_and_si256, _mm256_cvtepi32_ps, _mm256_mul_ps, _mm256_or_si256, _mm256_set1_epi8,
    _mm256_set1_epi32, _mm256_setzero_si256, _mm256_slli_epi16, _mm256_srl_epi16, _mm256_srl_epi32, _mm256_srli_epi16, _mm256_srli_epi32,
};

use super::super::registers::prefetch;
use super::columns::Sums;
use super::registers::{HALF, lower_halves, turned, turned_32};

/// Bytes of a block's head.
const HEAD: usize = 16;
/// Bytes with the lower four bits of a block's weights.
const FOURS: usize = 128;
/// Bytes with the fifth bits: bit `i` of a byte belongs to the `i`th 32 weights.
const FIFTHS: usize = 32;

/// Sums of 16 rows, `stride` bytes apart, with every column.
///
/// # Safety
/// `rows` are 16 rows of whole blocks, `stride` bytes each, as wide as the columns; in `Q5_K` if there is a `FIFTH` bit.
#[target_feature(enable = "avx2,f16c,fma")]
pub unsafe fn rows<const FIFTH: bool>(rows: &[u8], stride: usize, ahead: &[u8], mut sums: Sums<'_>) {
    let fifths = if FIFTH { FIFTHS } else { 0 };
    let size = HEAD + fifths + FOURS;
    let low = _mm256_set1_epi8(15);
    for (block, from) in (0..stride).step_by(size).enumerate() {
        prefetch(ahead, from, size);
        let first = rows.as_ptr().wrapping_add(from);
        let halves = [first, first.wrapping_add(HALF * stride)];
        // SAFETY: a block has `size` bytes, and each row whole ones.
        let heads = unsafe { [turned(halves[0], stride), turned(halves[1], stride)] };
        let factors = [Factors::of(heads[0]), Factors::of(heads[1])];
        let mut bits = [[_mm256_setzero_si256(); 8]; 2];
        if FIFTH {
            // SAFETY: as above.
            bits = unsafe { [turned_32(halves[0].add(HEAD), stride), turned_32(halves[1].add(HEAD), stride)] };
        }
        for pair in 0..4 {
            let (mut lower, mut upper) = ([[_mm256_setzero_si256(); 2]; 8], [[_mm256_setzero_si256(); 2]; 8]);
            for (half, at) in halves.into_iter().enumerate() {
                // SAFETY: as above.
                let bytes = unsafe { turned_32(at.add(HEAD + fifths + 32 * pair), stride) };
                for (i, bytes) in bytes.into_iter().enumerate() {
                    lower[i][half] = _mm256_and_si256(bytes, low);
                    upper[i][half] = _mm256_and_si256(_mm256_srli_epi16::<4>(bytes), low);
                }
                if FIFTH {
                    for (i, bits) in bits[half].into_iter().enumerate() {
                        lower[i][half] = _mm256_or_si256(lower[i][half], fifth(bits, 2 * pair));
                        upper[i][half] = _mm256_or_si256(upper[i][half], fifth(bits, 2 * pair + 1));
                    }
                }
            }
            for (side, q) in [lower, upper].iter().enumerate() {
                let group = 2 * pair + side;
                let ((scale, minimum), (scale_too, minimum_too)) = (factors[0].get(group), factors[1].get(group));
                let (scale, minimum) = ([scale, scale_too], [minimum, minimum_too]);
                if FIFTH {
                    sums.add::<31>(block * 8 + group, q, scale, minimum);
                } else {
                    sums.add::<15>(block * 8 + group, q, scale, minimum);
                }
            }
        }
    }
}

/// Bit `i` of each byte, as the fifth.
#[inline]
#[target_feature(enable = "avx2")]
fn fifth(bytes: __m256i, i: usize) -> __m256i {
    #[allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap)] // Of 0 to 7.
    let by = _mm_cvtsi32_si128(i as i32);
    _mm256_slli_epi16::<4>(_mm256_and_si256(_mm256_srl_epi16(bytes, by), _mm256_set1_epi8(1)))
}

/// The head of a block in 8 rows: two 16-bit scales, and 6-bit factors of eight scales and minima.
struct Factors {
    scale: __m256,
    minimum: __m256,
    /// The 12 bytes of factors.
    bytes: [__m256i; 3],
}

impl Factors {
    #[inline]
    #[target_feature(enable = "avx2,f16c")]
    fn of(head: [__m256i; 4]) -> Self {
        let [both, bytes @ ..] = head;
        Self { scale: lower_halves(both), minimum: lower_halves(_mm256_srli_epi32::<16>(both)), bytes }
    }

    /// Scale and minimum of the `i`th 32 weights.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn get(&self, i: usize) -> (__m256, __m256) {
        let [a, b, c] = self.bytes;
        #[allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap)] // Of 0 to 7.
        let by = _mm_cvtsi32_si128((i % 4 * 8) as i32);
        let (a, b, c) = (_mm256_srl_epi32(a, by), _mm256_srl_epi32(b, by), _mm256_srl_epi32(c, by));
        let (six, four, two) = (_mm256_set1_epi32(63), _mm256_set1_epi32(15), _mm256_set1_epi32(48));
        let (s, m) = if i < 4 {
            (_mm256_and_si256(a, six), _mm256_and_si256(b, six))
        } else {
            // The upper two bits of a byte of the first eight, above a half of one of the last four.
            let (top_a, top_b) = (_mm256_and_si256(_mm256_srli_epi32::<2>(a), two), _mm256_and_si256(_mm256_srli_epi32::<2>(b), two));
            (_mm256_or_si256(_mm256_and_si256(c, four), top_a), _mm256_or_si256(_mm256_and_si256(_mm256_srli_epi32::<4>(c), four), top_b))
        };
        (_mm256_mul_ps(_mm256_cvtepi32_ps(s), self.scale), _mm256_mul_ps(_mm256_cvtepi32_ps(m), self.minimum))
    }
}
