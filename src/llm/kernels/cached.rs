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
