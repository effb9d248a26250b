//! Sums over 16-bit floats.

use std::arch::x86_64::{
    __m512, _mm_loadu_si128, _mm256_cvtph_ps, _mm256_fmadd_ps, _mm256_loadu_ps, _mm256_loadu_si256, _mm256_set1_ps, _mm256_setzero_ps,
    _mm256_storeu_ps, _mm512_add_ps, _mm512_cvtph_ps, _mm512_fmadd_ps, _mm512_loadu_ps, _mm512_reduce_add_ps, _mm512_set1_ps,
    _mm512_setzero_ps, _mm512_storeu_ps,
};

use super::super::rows::half;

#[inline]
#[target_feature(enable = "avx512f")]
fn floats(x: &[f32; 16]) -> __m512 {
    // SAFETY: 16 floats are 64 bytes.
    unsafe { _mm512_loadu_ps(x.as_ptr()) }
}

#[inline]
#[target_feature(enable = "avx512f")]
fn wide(x: &[u16; 16]) -> __m512 {
    // SAFETY: 16 halves are 32 bytes.
    _mm512_cvtph_ps(unsafe { _mm256_loadu_si256(x.as_ptr().cast()) })
}

/// Sum of the products.
#[target_feature(enable = "avx512f,fma")]
pub fn dot(a: &[f32], b: &[u16]) -> f32 {
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<16>(), b.as_chunks::<16>());
    // Two sums, so that one addition need not wait for the other.
    let mut sums = [_mm512_setzero_ps(); 2];
    for (i, (a, b)) in a.iter().zip(b).enumerate() {
        sums[i % 2] = _mm512_fmadd_ps(floats(a), wide(b), sums[i % 2]);
    }
    let rest: f32 = a_rest.iter().zip(b_rest).map(|(x, y)| x * half(*y)).sum();
    _mm512_reduce_add_ps(_mm512_add_ps(sums[0], sums[1])) + rest
}

/// Adds `factor` times the second to the first.
#[target_feature(enable = "avx512f,fma")]
pub fn add_scaled(to: &mut [f32], from: &[u16], factor: f32) {
    let ((to, to_rest), (from, from_rest)) = (to.as_chunks_mut::<16>(), from.as_chunks::<16>());
    let times = _mm512_set1_ps(factor);
    for (to, from) in to.iter_mut().zip(from) {
        let sum = _mm512_fmadd_ps(wide(from), times, floats(to));
        // SAFETY: 16 floats are 64 bytes.
        unsafe { _mm512_storeu_ps(to.as_mut_ptr(), sum) };
    }
    for (x, y) in to_rest.iter_mut().zip(from_rest) {
        *x += half(*y) * factor;
    }
}

/// Products of queries with keys, two of each at a time: as [`super::super::cached::scores`], for heads of whole registers.
#[target_feature(enable = "avx512f,fma")]
pub fn scores(queries: &[f32], keys: &[u16], head: usize, scale: f32, to: &mut [f32], each: usize) {
    let (queries, keys) = (queries.as_chunks::<16>().0, keys.as_chunks::<16>().0);
    let wide_head = head / 16;
    for (q, queries) in queries.chunks(2 * wide_head).enumerate() {
        for (k, keys) in keys.chunks(2 * wide_head).enumerate() {
            // Where there is one of a kind it stands for the other, too.
            let query = [&queries[..wide_head], &queries[queries.len() - wide_head..]];
            let key = [&keys[..wide_head], &keys[keys.len() - wide_head..]];
            let mut sums = [[_mm512_setzero_ps(); 2]; 2];
            for i in 0..wide_head {
                let wide = [wide(&key[0][i]), wide(&key[1][i])];
                for (query, sums) in query.iter().zip(&mut sums) {
                    let query = floats(&query[i]);
                    sums[0] = _mm512_fmadd_ps(query, wide[0], sums[0]);
                    sums[1] = _mm512_fmadd_ps(query, wide[1], sums[1]);
                }
            }
            for (i, sums) in sums.iter().enumerate().take(queries.len() / wide_head) {
                for (j, sum) in sums.iter().enumerate().take(keys.len() / wide_head) {
                    to[(2 * q + i) * each + 2 * k + j] = _mm512_reduce_add_ps(*sum) * scale;
                }
            }
        }
    }
}

/// Registers of a row that are summed up at once, for two rows.
const BLOCK: usize = 4;

/// Adds values to two rows at a time: as [`super::super::cached::gather`], for heads of whole registers.
#[target_feature(enable = "avx512f,fma")]
pub fn gather(weights: &[f32], each: usize, values: &[u16], head: usize, to: &mut [f32]) {
    let (values, wide_head) = (values.as_chunks::<16>().0, head / 16);
    for (weights, to) in weights.chunks(2 * each).zip(to.chunks_mut(2 * head)) {
        let (to, _) = to.as_chunks_mut::<16>();
        let whole = wide_head - wide_head % BLOCK;
        for from in (0..whole).step_by(BLOCK) {
            gather_part::<BLOCK>(weights, each, values, wide_head, from, to);
        }
        for from in whole..wide_head {
            gather_part::<1>(weights, each, values, wide_head, from, to);
        }
    }
}

/// The same for `N` registers of one row or two, from the `from`th on, whose sums stay in registers.
#[inline]
#[target_feature(enable = "avx512f,fma")]
fn gather_part<const N: usize>(weights: &[f32], each: usize, values: &[[u16; 16]], wide_head: usize, from: usize, to: &mut [[f32; 16]]) {
    // One row alone stands for both.
    let last = to.len() / wide_head - 1;
    let mut sums = [[_mm512_setzero_ps(); N]; 2];
    for (row, sums) in [0, last].into_iter().zip(&mut sums) {
        for (i, sum) in sums.iter_mut().enumerate() {
            *sum = floats(&to[row * wide_head + from + i]);
        }
    }
    for (v, value) in values.chunks_exact(wide_head).enumerate() {
        let weight = [_mm512_set1_ps(weights[v]), _mm512_set1_ps(weights[last * each + v])];
        for (i, value) in value[from..from + N].iter().enumerate() {
            let value = wide(value);
            sums[0][i] = _mm512_fmadd_ps(value, weight[0], sums[0][i]);
            sums[1][i] = _mm512_fmadd_ps(value, weight[1], sums[1][i]);
        }
    }
    for (row, sums) in [0, last].into_iter().zip(&sums) {
        for (i, sum) in sums.iter().enumerate() {
            // SAFETY: 16 floats are 64 bytes.
            unsafe { _mm512_storeu_ps(to[row * wide_head + from + i].as_mut_ptr(), *sum) };
        }
    }
}

/// Sum of the products, 256 bits at a time.
#[target_feature(enable = "avx2,fma,f16c")]
pub fn dot_256(a: &[f32], b: &[u16]) -> f32 {
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<8>(), b.as_chunks::<8>());
    let mut sums = [_mm256_setzero_ps(); 2];
    for (i, (a, b)) in a.iter().zip(b).enumerate() {
        // SAFETY: 8 floats are 32 bytes, 8 halves are 16.
        let (a, b) = unsafe { (_mm256_loadu_ps(a.as_ptr()), _mm256_cvtph_ps(_mm_loadu_si128(b.as_ptr().cast()))) };
        sums[i % 2] = _mm256_fmadd_ps(a, b, sums[i % 2]);
    }
    let mut lanes = [0f32; 16];
    // SAFETY: twice 8 floats are the 16 that are there.
    unsafe {
        _mm256_storeu_ps(lanes.as_mut_ptr(), sums[0]);
        _mm256_storeu_ps(lanes.as_mut_ptr().add(8), sums[1]);
    }
    let rest: f32 = a_rest.iter().zip(b_rest).map(|(x, y)| x * half(*y)).sum();
    lanes.iter().sum::<f32>() + rest
}

/// Adds `factor` times the second to the first, 256 bits at a time.
#[target_feature(enable = "avx2,fma,f16c")]
pub fn add_scaled_256(to: &mut [f32], from: &[u16], factor: f32) {
    let ((to, to_rest), (from, from_rest)) = (to.as_chunks_mut::<8>(), from.as_chunks::<8>());
    let times = _mm256_set1_ps(factor);
    for (to, from) in to.iter_mut().zip(from) {
        // SAFETY: 8 floats are 32 bytes, 8 halves are 16.
        unsafe {
            let wide = _mm256_cvtph_ps(_mm_loadu_si128(from.as_ptr().cast()));
            _mm256_storeu_ps(to.as_mut_ptr(), _mm256_fmadd_ps(wide, times, _mm256_loadu_ps(to.as_ptr())));
        }
    }
    for (x, y) in to_rest.iter_mut().zip(from_rest) {
        *x += half(*y) * factor;
    }
}
