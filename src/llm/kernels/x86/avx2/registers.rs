//! Bytes of 16 rows turned into registers.

use std::arch::x86_64::{
    __m128i, __m256, __m256i, _mm_loadu_si128, _mm_packus_epi32, _mm256_and_si256, _mm256_castsi128_si256, _mm256_castsi256_si128,
    _mm256_cvtph_ps, _mm256_extracti128_si256, _mm256_inserti128_si256, _mm256_set1_epi32, _mm256_unpackhi_epi32, _mm256_unpackhi_epi64,
    _mm256_unpacklo_epi32, _mm256_unpacklo_epi64,
};

use super::super::ROWS;

/// Rows in a register.
pub const HALF: usize = ROWS / 2;

/// 32 weights of 16 rows: the `i`th has the `i`th four bytes of the first eight rows, and of the last eight.
pub type Quads = [[__m256i; 2]; 8];

/// A number for each of 16 rows.
pub type Each = [__m256; 2];

/// 16 bytes of each of 8 rows `stride` apart, turned: register `i` has the `i`th four bytes of all rows.
///
/// # Safety
/// 16 bytes can be read from `at` and 7 strides behind it.
#[inline]
#[target_feature(enable = "avx2")]
pub unsafe fn turned(at: *const u8, stride: usize) -> [__m256i; 4] {
    // The `i`th register has rows i and 4 + i in its two lanes.
    let lanes = |i: usize| {
        // SAFETY: the caller's.
        unsafe {
            let row = |n: usize| _mm_loadu_si128(at.add((i + 4 * n) * stride).cast());
            _mm256_inserti128_si256::<1>(_mm256_castsi128_si256(row(0)), row(1))
        }
    };
    let [a, b, c, d] = [lanes(0), lanes(1), lanes(2), lanes(3)];
    let (ab, cd) = (_mm256_unpacklo_epi32(a, b), _mm256_unpacklo_epi32(c, d));
    let (ab_high, cd_high) = (_mm256_unpackhi_epi32(a, b), _mm256_unpackhi_epi32(c, d));
    [
        _mm256_unpacklo_epi64(ab, cd),
        _mm256_unpackhi_epi64(ab, cd),
        _mm256_unpacklo_epi64(ab_high, cd_high),
        _mm256_unpackhi_epi64(ab_high, cd_high),
    ]
}

/// 32 bytes of each of 8 rows.
///
/// # Safety
/// As for [`turned`], with 32 bytes.
#[inline]
#[target_feature(enable = "avx2")]
pub unsafe fn turned_32(at: *const u8, stride: usize) -> [__m256i; 8] {
    // SAFETY: the caller's.
    let ([a, b, c, d], [e, f, g, h]) = unsafe { (turned(at, stride), turned(at.add(16), stride)) };
    [a, b, c, d, e, f, g, h]
}

/// 16-bit floats in the lower halves of eight numbers, as 32-bit ones.
#[inline]
#[target_feature(enable = "avx2,f16c")]
pub fn lower_halves(x: __m256i) -> __m256 {
    let x = _mm256_and_si256(x, _mm256_set1_epi32(0xFFFF));
    _mm256_cvtph_ps(_mm_packus_epi32(_mm256_castsi256_si128(x), _mm256_extracti128_si256::<1>(x)))
}

/// The 16-bit floats at a place of each of 16 rows, as 32-bit ones.
#[inline]
#[target_feature(enable = "avx2,f16c")]
pub fn halves_at(rows: &[u8], stride: usize, at: usize) -> Each {
    let mut halves = [[0u16; HALF]; 2];
    for (half, to) in halves.iter_mut().enumerate() {
        for (row, to) in to.iter_mut().enumerate() {
            let at = (half * HALF + row) * stride + at;
            *to = u16::from_le_bytes([rows[at], rows[at + 1]]);
        }
    }
    // SAFETY: 8 halves are 16 bytes.
    let load = |x: &[u16; HALF]| -> __m128i { unsafe { _mm_loadu_si128(x.as_ptr().cast()) } };
    [_mm256_cvtph_ps(load(&halves[0])), _mm256_cvtph_ps(load(&halves[1]))]
}
