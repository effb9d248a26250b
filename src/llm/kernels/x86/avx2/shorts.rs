//! Whole products with AVX2: pairs of bytes in 16 bits, as many of them added there as fit, and then in 32 bits.

use std::arch::x86_64::{
    __m256i, _mm256_add_epi16, _mm256_add_epi32, _mm256_and_si256, _mm256_madd_epi16, _mm256_maddubs_epi16, _mm256_set1_epi8,
    _mm256_set1_epi16, _mm256_set1_epi32, _mm256_setzero_si256, _mm256_srli_epi16,
};

use super::super::super::activations::GROUP;
use super::columns::four;
use super::registers::Quads;

/// How many pairs of products of weights up to `most` with 8-bit numbers can be added in 16 bits.
const fn room(most: i32) -> usize {
    (i16::MAX as i32 / (2 * 127 * most)) as usize
}

/// Sums of the products of the weights from the `FROM`th four up to the `TO`th with each column's numbers there, added to
/// what they start from. Weights are `MOST` at most.
#[inline]
#[target_feature(enable = "avx2")]
pub fn products<const MOST: i32, const FROM: usize, const TO: usize, const N: usize>(
    q: &Quads,
    columns: &[[i8; GROUP]; N],
    start: [i32; N],
) -> [[__m256i; 2]; N] {
    let mut sums = [[_mm256_setzero_si256(); 2]; N];
    for (sums, start) in sums.iter_mut().zip(start) {
        *sums = [_mm256_set1_epi32(start); 2];
    }
    if MOST > 63 {
        // Not even one pair: the upper and the lower four bits apart.
        halves_of_bytes(q, columns, &mut sums);
        return sums;
    }
    let one = _mm256_set1_epi16(1);
    for from in (FROM..TO).step_by(const { room(MOST) }) {
        let mut short = [[_mm256_setzero_si256(); 2]; N];
        for i in from..TO.min(from + const { room(MOST) }) {
            for (short, numbers) in short.iter_mut().zip(columns) {
                let numbers = four(numbers, i);
                for (short, q) in short.iter_mut().zip(q[i]) {
                    *short = _mm256_add_epi16(*short, _mm256_maddubs_epi16(q, numbers));
                }
            }
        }
        for (sum, short) in sums.as_flattened_mut().iter_mut().zip(short.as_flattened()) {
            *sum = _mm256_add_epi32(*sum, _mm256_madd_epi16(*short, one));
        }
    }
    sums
}

/// Adds the products of all 32 weights of up to 8 bits.
#[inline]
#[target_feature(enable = "avx2")]
fn halves_of_bytes<const N: usize>(q: &Quads, columns: &[[i8; GROUP]; N], sums: &mut [[__m256i; 2]; N]) {
    let low = _mm256_set1_epi8(15);
    for half in 0..2 {
        let (mut lower, mut upper) = ([_mm256_setzero_si256(); N], [_mm256_setzero_si256(); N]);
        for (i, q) in q.iter().enumerate() {
            let (q, q_upper) = (_mm256_and_si256(q[half], low), _mm256_and_si256(_mm256_srli_epi16::<4>(q[half]), low));
            for (column, numbers) in columns.iter().enumerate() {
                let numbers = four(numbers, i);
                lower[column] = _mm256_add_epi16(lower[column], _mm256_maddubs_epi16(q, numbers));
                upper[column] = _mm256_add_epi16(upper[column], _mm256_maddubs_epi16(q_upper, numbers));
            }
        }
        for (column, sums) in sums.iter_mut().enumerate() {
            let lower = _mm256_madd_epi16(lower[column], _mm256_set1_epi16(1));
            let both = _mm256_add_epi32(lower, _mm256_madd_epi16(upper[column], _mm256_set1_epi16(16)));
            sums[half] = _mm256_add_epi32(sums[half], both);
        }
    }
}
