//! Whole products with AVX-VNNI: four bytes at a time, straight into 32 bits.

use std::arch::x86_64::{__m256i, _mm256_dpbusd_avx_epi32, _mm256_set1_epi32};

use super::super::super::activations::GROUP;
use super::columns::four;
use super::registers::Quads;

/// Sums of the products of the weights from the `FROM`th four up to the `TO`th with each column's numbers there, added to
/// what they start from.
#[inline]
#[target_feature(enable = "avx2,avxvnni")]
pub fn products<const MOST: i32, const FROM: usize, const TO: usize, const N: usize>(
    q: &Quads,
    columns: &[[i8; GROUP]; N],
    start: [i32; N],
) -> [[__m256i; 2]; N] {
    let mut sums = [[_mm256_set1_epi32(0); 2]; N];
    for (sums, start) in sums.iter_mut().zip(start) {
        *sums = [_mm256_set1_epi32(start); 2];
    }
    for i in FROM..TO {
        for (sums, numbers) in sums.iter_mut().zip(columns) {
            let numbers = four(numbers, i);
            for (sum, q) in sums.iter_mut().zip(q[i]) {
                *sum = _mm256_dpbusd_avx_epi32(*sum, q, numbers);
            }
        }
    }
    sums
}
