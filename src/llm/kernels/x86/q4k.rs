//! 16 rows in `Q4_K`.

use std::arch::x86_64::{
    __m512, __m512i, _mm_cvtsi32_si128, _mm512_and_si512, _mm512_cvtepi32_epi16, _mm512_cvtepi32_ps, _mm512_cvtph_ps, _mm512_mul_ps,
    _mm512_or_si512, _mm512_set1_epi8, _mm512_set1_epi32, _mm512_srl_epi32, _mm512_srli_epi16, _mm512_srli_epi32,
};

use super::registers::{Sums, prefetch, turned, turned_32};

/// Bytes of a block.
const BLOCK: usize = 144;

/// Sums of 16 rows, `stride` bytes apart, with every column.
///
/// # Safety
/// `rows` are 16 rows of whole blocks, `stride` bytes each, as wide as the columns.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni,f16c,fma")]
pub unsafe fn rows(rows: &[u8], stride: usize, ahead: &[u8], mut sums: Sums<'_>) {
    let low = _mm512_set1_epi8(15);
    sums.clear();
    for (block, at) in (0..stride).step_by(BLOCK).enumerate() {
        prefetch(ahead, at, BLOCK);
        let at = rows.as_ptr().wrapping_add(at);
        // SAFETY: a block has 144 bytes, and each row whole ones.
        let factors = Factors::of(unsafe { turned(at, stride) });
        for pair in 0..4 {
            // SAFETY: as above.
            let bytes = unsafe { turned_32(at.add(16 + 32 * pair), stride) };
            let (scale, minimum) = factors.get(2 * pair);
            // Loops and not `map`: a closure with vector instructions is not inlined into a function without.
            let mut q = bytes;
            for (q, bytes) in q.iter_mut().zip(&bytes) {
                *q = _mm512_and_si512(*bytes, low);
            }
            sums.add(block * 8 + 2 * pair, &q, scale, minimum);
            for (q, bytes) in q.iter_mut().zip(&bytes) {
                *q = _mm512_and_si512(_mm512_srli_epi16::<4>(*bytes), low);
            }
            let (scale, minimum) = factors.get(2 * pair + 1);
            sums.add(block * 8 + 2 * pair + 1, &q, scale, minimum);
        }
    }
}

/// The head of a block in 16 rows: two 16-bit scales, and 6-bit factors of eight scales and minima.
struct Factors {
    scale: __m512,
    minimum: __m512,
    /// The 12 bytes of factors.
    bytes: [__m512i; 3],
}

impl Factors {
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,f16c")]
    fn of(head: [__m512i; 4]) -> Self {
        let [both, bytes @ ..] = head;
        let scale = _mm512_cvtph_ps(_mm512_cvtepi32_epi16(both));
        let minimum = _mm512_cvtph_ps(_mm512_cvtepi32_epi16(_mm512_srli_epi32::<16>(both)));
        Self { scale, minimum, bytes }
    }

    /// Scale and minimum of the `i`th 32 weights.
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn get(&self, i: usize) -> (__m512, __m512) {
        let [a, b, c] = self.bytes;
        #[allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap)] // Of 0 to 7.
        let by = _mm_cvtsi32_si128((i % 4 * 8) as i32);
        let (a, b, c) = (_mm512_srl_epi32(a, by), _mm512_srl_epi32(b, by), _mm512_srl_epi32(c, by));
        let (six, four, two) = (_mm512_set1_epi32(63), _mm512_set1_epi32(15), _mm512_set1_epi32(48));
        let (s, m) = if i < 4 {
            (_mm512_and_si512(a, six), _mm512_and_si512(b, six))
        } else {
            // The upper two bits of a byte of the first eight, above a half of one of the last four.
            let (top_a, top_b) = (_mm512_and_si512(_mm512_srli_epi32::<2>(a), two), _mm512_and_si512(_mm512_srli_epi32::<2>(b), two));
            (_mm512_or_si512(_mm512_and_si512(c, four), top_a), _mm512_or_si512(_mm512_and_si512(_mm512_srli_epi32::<4>(c), four), top_b))
        };
        (_mm512_mul_ps(_mm512_cvtepi32_ps(s), self.scale), _mm512_mul_ps(_mm512_cvtepi32_ps(m), self.minimum))
    }
}
