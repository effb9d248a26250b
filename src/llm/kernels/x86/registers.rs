//! What the kernels share: bytes of 16 rows turned into registers, and registers multiplied with columns.

use std::arch::x86_64::{
    __m512, __m512i, _MM_HINT_T0, _mm_loadu_si128, _mm_prefetch, _mm256_loadu_si256, _mm512_add_epi32, _mm512_castsi128_si512,
    _mm512_cvtepi32_ps, _mm512_cvtph_ps, _mm512_dpbusd_epi32, _mm512_fmadd_ps, _mm512_fnmadd_ps, _mm512_inserti32x4, _mm512_loadu_ps,
    _mm512_mul_ps, _mm512_set1_epi32, _mm512_set1_ps, _mm512_setzero_ps, _mm512_storeu_ps, _mm512_unpackhi_epi32, _mm512_unpackhi_epi64,
    _mm512_unpacklo_epi32, _mm512_unpacklo_epi64,
};

use super::super::activations::{Activations, Scale};
use super::ROWS;

/// Columns in work, and the sums of 16 rows with each.
pub struct Sums<'a> {
    pub columns: &'a Activations,
    /// The first of the columns.
    pub from: usize,
    pub sums: &'a mut [[f32; ROWS]],
}

impl Sums<'_> {
    /// The sums of nothing.
    #[target_feature(enable = "avx512f")]
    pub fn clear(&mut self) {
        let zero = _mm512_setzero_ps();
        for sums in &mut *self.sums {
            // SAFETY: 16 floats are 64 bytes.
            unsafe { _mm512_storeu_ps(sums.as_mut_ptr(), zero) };
        }
    }

    /// The columns' numbers of a group of 32, with what stands beside them and the sums so far.
    #[inline]
    fn group(&mut self, group: usize) -> impl Iterator<Item = (&[i8; 32], &Scale, &mut [f32; ROWS])> {
        let (numbers, scales) = self.columns.group(group);
        let range = self.from..self.from + self.sums.len();
        numbers[range.clone()].iter().zip(&scales[range]).zip(&mut *self.sums).map(|((n, s), sums)| (n, s, sums))
    }

    /// Adds the products of 32 weights in 16 rows: `scale * q - minimum`, both by row.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni,fma")]
    pub fn add(&mut self, group: usize, q: &[__m512i; 8], scale: __m512, minimum: __m512) {
        for (numbers, beside, sums) in self.group(group) {
            let whole = _mm512_cvtepi32_ps(products(q, numbers, _mm512_set1_epi32(0)));
            // SAFETY: 16 floats are 64 bytes.
            let before = unsafe { _mm512_loadu_ps(sums.as_ptr()) };
            let with = _mm512_fmadd_ps(whole, _mm512_mul_ps(scale, _mm512_set1_ps(beside.unit)), before);
            let after = _mm512_fnmadd_ps(minimum, _mm512_set1_ps(beside.sum), with);
            // SAFETY: as above.
            unsafe { _mm512_storeu_ps(sums.as_mut_ptr(), after) };
        }
    }

    /// The same for `scale * (q - offset)`, with the offset taken off in whole numbers.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni,fma")]
    pub fn add_offset<const OFFSET: i32>(&mut self, group: usize, q: &[__m512i; 8], scale: __m512) {
        for (numbers, beside, sums) in self.group(group) {
            let less = -OFFSET * (beside.halves[0] + beside.halves[1]);
            let whole = _mm512_cvtepi32_ps(products(q, numbers, _mm512_set1_epi32(less)));
            // SAFETY: 16 floats are 64 bytes.
            let before = unsafe { _mm512_loadu_ps(sums.as_ptr()) };
            let after = _mm512_fmadd_ps(whole, _mm512_mul_ps(scale, _mm512_set1_ps(beside.unit)), before);
            // SAFETY: as above.
            unsafe { _mm512_storeu_ps(sums.as_mut_ptr(), after) };
        }
    }

    /// The same with a scale for each 16 of the 32.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni,fma")]
    pub fn add_halves<const OFFSET: i32>(&mut self, group: usize, q: &[__m512i; 8], scales: [__m512; 2]) {
        let ([first @ .., _, _, _, _], [_, _, _, _, last @ ..]) = (q, q);
        for (numbers, beside, sums) in self.group(group) {
            let (a, b) = numbers.split_at(16);
            let (less, less_too) = (_mm512_set1_epi32(-OFFSET * beside.halves[0]), _mm512_set1_epi32(-OFFSET * beside.halves[1]));
            let unit = _mm512_set1_ps(beside.unit);
            let a = _mm512_cvtepi32_ps(products(first, a, less));
            let b = _mm512_cvtepi32_ps(products(last, b, less_too));
            // SAFETY: 16 floats are 64 bytes.
            let before = unsafe { _mm512_loadu_ps(sums.as_ptr()) };
            let both = _mm512_fmadd_ps(b, scales[1], _mm512_mul_ps(a, scales[0]));
            // SAFETY: as above.
            unsafe { _mm512_storeu_ps(sums.as_mut_ptr(), _mm512_fmadd_ps(both, unit, before)) };
        }
    }
}

/// Adds to `from` the products of registers of four weights by row with as many numbers of a column.
#[inline]
#[target_feature(enable = "avx512f,avx512vnni")]
fn products<const N: usize>(q: &[__m512i; N], numbers: &[i8], from: __m512i) -> __m512i {
    // A product waits five cycles for the one before it, and there is less else to do meanwhile the fewer columns there are:
    // of eight in a row, two chains of four are up to a sixth faster.
    let mut sums = [from, _mm512_set1_epi32(0)];
    for (i, (q, four)) in q.iter().zip(numbers.as_chunks::<4>().0).enumerate() {
        let four = i32::from_le_bytes(four.map(i8::cast_unsigned));
        sums[i / 4] = _mm512_dpbusd_epi32(sums[i / 4], *q, _mm512_set1_epi32(four));
    }
    if N > 4 { _mm512_add_epi32(sums[0], sums[1]) } else { sums[0] }
}

/// 16 bytes of each of 16 rows `stride` apart, turned: register `i` has the `i`th four bytes of all rows.
///
/// # Safety
/// 16 bytes can be read from `at` and 15 strides behind it.
#[inline]
#[target_feature(enable = "avx512f")]
pub unsafe fn turned(at: *const u8, stride: usize) -> [__m512i; 4] {
    // The `i`th register has rows i, 4 + i, 8 + i and 12 + i in its four lanes.
    let lanes = |i: usize| {
        // SAFETY: the caller's.
        unsafe {
            let row = |n: usize| _mm_loadu_si128(at.add((i + 4 * n) * stride).cast());
            let first = _mm512_castsi128_si512(row(0));
            let second = _mm512_inserti32x4::<1>(first, row(1));
            let third = _mm512_inserti32x4::<2>(second, row(2));
            _mm512_inserti32x4::<3>(third, row(3))
        }
    };
    let [a, b, c, d] = [lanes(0), lanes(1), lanes(2), lanes(3)];
    let (ab, cd) = (_mm512_unpacklo_epi32(a, b), _mm512_unpacklo_epi32(c, d));
    let (ab_high, cd_high) = (_mm512_unpackhi_epi32(a, b), _mm512_unpackhi_epi32(c, d));
    [
        _mm512_unpacklo_epi64(ab, cd),
        _mm512_unpackhi_epi64(ab, cd),
        _mm512_unpacklo_epi64(ab_high, cd_high),
        _mm512_unpackhi_epi64(ab_high, cd_high),
    ]
}

/// 32 bytes of each row.
///
/// # Safety
/// As for [`turned`], with 32 bytes.
#[inline]
#[target_feature(enable = "avx512f")]
pub unsafe fn turned_32(at: *const u8, stride: usize) -> [__m512i; 8] {
    // SAFETY: the caller's.
    let ([a, b, c, d], [e, f, g, h]) = unsafe { (turned(at, stride), turned(at.add(16), stride)) };
    [a, b, c, d, e, f, g, h]
}

/// The 16-bit float at a place of each of 16 rows, as a 32-bit one.
#[inline]
#[target_feature(enable = "avx512f")]
pub fn halves_at(rows: &[u8], stride: usize, at: usize) -> __m512 {
    assert!(at + 2 + (ROWS - 1) * stride <= rows.len());
    let mut halves = [0u16; ROWS];
    for (row, half) in halves.iter_mut().enumerate() {
        // SAFETY: two bytes there lie within the rows, by the assertion, which is one for all sixteen.
        *half = unsafe { rows.as_ptr().add(row * stride + at).cast::<u16>().read_unaligned() };
    }
    // SAFETY: 16 halves are 32 bytes.
    _mm512_cvtph_ps(unsafe { _mm256_loadu_si256(halves.as_ptr().cast()) })
}

/// Asks for what will be read soon: of the rows `ahead`, as many bytes as a block of 16 rows has, from where the block at
/// `from` in each row stands.
#[inline]
#[target_feature(enable = "sse")]
pub fn prefetch(ahead: &[u8], from: usize, block: usize) {
    let [from, end] = [from * ROWS, (from + block) * ROWS].map(|at| at.min(ahead.len()));
    for line in ahead[from..end].chunks(64) {
        _mm_prefetch::<_MM_HINT_T0>(line.as_ptr().cast());
    }
}
