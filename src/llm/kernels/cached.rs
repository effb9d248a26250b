//! Attention over keys and values kept as 16-bit floats.

use super::rows::half;

/// Sum of the products of numbers with 16-bit ones.
pub fn dot(a: &[f32], b: &[u16]) -> f32 {
    #[cfg(target_arch = "x86_64")]
    match super::level() {
        // SAFETY (both): the processor has these instructions.
        super::Level::Avx512 => return unsafe { super::x86::cached::dot(a, b) },
        super::Level::Avx2 | super::Level::AvxVnni => return unsafe { super::x86::cached::dot_256(a, b) },
        super::Level::Portable => {}
    }
    a.iter().zip(b).map(|(x, y)| x * half(*y)).sum()
}

/// Adds `factor` times 16-bit numbers to `to`.
pub fn add_scaled(to: &mut [f32], from: &[u16], factor: f32) {
    #[cfg(target_arch = "x86_64")]
    match super::level() {
        // SAFETY (both): the processor has these instructions.
        super::Level::Avx512 => return unsafe { super::x86::cached::add_scaled(to, from, factor) },
        super::Level::Avx2 | super::Level::AvxVnni => return unsafe { super::x86::cached::add_scaled_256(to, from, factor) },
        super::Level::Portable => {}
    }
    for (x, y) in to.iter_mut().zip(from) {
        *x += half(*y) * factor;
    }
}

/// Products of queries, rows of `head` numbers, with keys, times `scale`: of query `q` with key `k` at `to[q * each + k]`.
pub fn scores(queries: &[f32], keys: &[u16], head: usize, scale: f32, to: &mut [f32], each: usize) {
    #[cfg(target_arch = "x86_64")]
    if super::level() == super::Level::Avx512 && head.is_multiple_of(16) {
        // SAFETY: the processor has these instructions.
        return unsafe { super::x86::cached::scores(queries, keys, head, scale, to, each) };
    }
    for (query, to) in queries.chunks_exact(head).zip(to.chunks_mut(each)) {
        for (key, to) in keys.chunks_exact(head).zip(to) {
            *to = dot(query, key) * scale;
        }
    }
}

/// Adds values, rows of `head` numbers, to rows of as many: value `v` times `weights[q * each + v]` to row `q`.
pub fn gather(weights: &[f32], each: usize, values: &[u16], head: usize, to: &mut [f32]) {
    #[cfg(target_arch = "x86_64")]
    if super::level() == super::Level::Avx512 && head.is_multiple_of(16) {
        // SAFETY: the processor has these instructions.
        return unsafe { super::x86::cached::gather(weights, each, values, head, to) };
    }
    for (weights, to) in weights.chunks(each).zip(to.chunks_exact_mut(head)) {
        for (value, weight) in values.chunks_exact(head).zip(weights) {
            add_scaled(to, value, *weight);
        }
    }
}

/// 32-bit floats as 16-bit ones, the nearest, and to even between two.
pub fn halves(from: &[f32], to: &mut [u16]) {
    for (to, x) in to.iter_mut().zip(from) {
        *to = half::f16::from_f32(*x).to_bits();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_over_halves_are_those_over_floats() {
        super::super::each::level(|_| sums_over_halves());
    }

    #[test]
    fn what_is_done_for_several_queries_is_what_is_done_for_each() {
        super::super::each::level(|level| {
            for (queries, rows, head) in [(1, 1, 16), (2, 3, 64), (3, 32, 80), (4, 7, 128), (5, 31, 48), (2, 5, 20)] {
                let numbers = |n: usize, step: f32| (0..n).map(|i| (i as f32 * step).sin()).collect::<Vec<f32>>();
                let (asked, each) = (numbers(queries * head, 0.7), rows + 2);
                let mut kept = vec![0; rows * head];
                halves(&numbers(rows * head, 0.3), &mut kept);
                let mut found = vec![9.0; queries * each];
                scores(&asked, &kept, head, 0.5, &mut found[1..], each);
                let weights = numbers(queries * each, 0.9);
                let mut sums = numbers(queries * head, 0.1);
                let before = sums.clone();
                gather(&weights[1..], each, &kept, head, &mut sums);
                for q in 0..queries {
                    let mut alone = before[q * head..][..head].to_vec();
                    for (r, kept) in kept.chunks_exact(head).enumerate() {
                        let wanted = dot(&asked[q * head..][..head], kept) * 0.5;
                        assert!((found[1 + q * each + r] - wanted).abs() < 1e-5, "{level:?} {queries} {rows} {head}");
                        add_scaled(&mut alone, kept, weights[1 + q * each + r]);
                    }
                    let apart = alone.iter().zip(&sums[q * head..]).map(|(a, b)| (a - b).abs()).fold(0f32, f32::max);
                    assert!(apart < 1e-5, "{level:?} {queries} {rows} {head}: {apart}");
                }
                let touched = found.iter().filter(|x| **x != 9.0).count();
                assert_eq!(touched, queries * rows, "{level:?} {queries} {rows} {head}");
            }
        });
    }

    fn sums_over_halves() {
        for n in [1usize, 7, 16, 64, 80, 128, 131] {
            let a: Vec<f32> = (0..n).map(|i| (i as f32 * 0.7).sin()).collect();
            let b: Vec<f32> = (0..n).map(|i| (i as f32 * 0.3).cos() * 3.0).collect();
            let mut small = vec![0; n];
            halves(&b, &mut small);
            let exact: f64 = a.iter().zip(&small).map(|(x, y)| f64::from(*x) * f64::from(half(*y))).sum();
            assert!((f64::from(dot(&a, &small)) - exact).abs() < 1e-4, "{n}");
            let mut sum = a.clone();
            add_scaled(&mut sum, &small, 0.5);
            for (i, x) in sum.iter().enumerate() {
                assert!((x - (a[i] + 0.5 * half(small[i]))).abs() < 1e-5, "{n} {i}");
                assert!((half(small[i]) - b[i]).abs() <= b[i].abs() / 1024.0 + 1e-7);
            }
        }
    }
}
