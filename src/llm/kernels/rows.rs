//! Steps over rows of numbers. A tensor operation of the library costs more to set up than these cost to do.

use super::widened;

/// Sums of eight lanes at a time, which the compiler turns into vector instructions.
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut lanes = [0f32; 8];
    let (a8, a_rest) = a.as_chunks::<8>();
    let (b8, b_rest) = b.as_chunks::<8>();
    for (x, y) in a8.iter().zip(b8) {
        for i in 0..8 {
            lanes[i] += x[i] * y[i];
        }
    }
    let tail: f32 = a_rest.iter().zip(b_rest).map(|(x, y)| x * y).sum();
    lanes.iter().sum::<f32>() + tail
}

/// Adds `b` to `a`, number by number.
pub fn add(a: &mut [f32], b: &[f32]) {
    for (x, y) in a.iter_mut().zip(b) {
        *x += y;
    }
}

/// Adds `factor` times `b` to `a`, number by number.
pub fn add_scaled(a: &mut [f32], b: &[f32], factor: f32) {
    for (x, y) in a.iter_mut().zip(b) {
        *x += y * factor;
    }
}

widened! {
    /// Probabilities in place of logits; an empty row stays empty.
    pub fn softmax(row: &mut [f32]) {
        let top = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        for x in row.iter_mut() {
            *x = exp(*x - top);
        }
        let inverse = 1.0 / sum(row);
        for x in row.iter_mut() {
            *x *= inverse;
        }
    }
}

widened! {
    /// Multiplies numbers with gates bent by `x / (1 + e^-x)`.
    pub fn silu(gates: &mut [f32], through: &[f32]) {
        for (gate, through) in gates.iter_mut().zip(through) {
            *gate = *gate / (1.0 + exp(-*gate)) * through;
        }
    }
}

widened! {
    /// Multiplies numbers with gates bent by the Gaussian error unit, in its approximation with a hyperbolic tangent
    /// (Hendrycks and Gimpel, "Gaussian error linear units", 2016), here by its equal `x / (1 + e^-2y)`.
    pub fn gelu(gates: &mut [f32], through: &[f32]) {
        for (gate, through) in gates.iter_mut().zip(through) {
            let y = 0.797_884_6 * (*gate + 0.044_715 * *gate * *gate * *gate);
            *gate = *gate / (1.0 + exp(-2.0 * y)) * through;
        }
    }
}

/// Sums of eight lanes at a time.
#[inline(always)]
fn sum(row: &[f32]) -> f32 {
    let (eights, rest) = row.as_chunks::<8>();
    let mut lanes = [0f32; 8];
    for eight in eights {
        for (lane, x) in lanes.iter_mut().zip(eight) {
            *lane += x;
        }
    }
    lanes.iter().sum::<f32>() + rest.iter().sum::<f32>()
}

/// `e^x`, wrong by less than 3 in ten million, in steps that the compiler does for many numbers at once: the power of two
/// nearest below, and the rest by its Taylor series. Below -87 it is 0, above 88 infinite, as near as 32 bits tell.
#[inline(always)]
fn exp(x: f32) -> f32 {
    /// Added to a number below 2^22, leaves it rounded in the lowest bits.
    const ROUNDS: f32 = 12_582_912.0;
    let x = x.clamp(-88.0, 88.5);
    let whole = x * std::f32::consts::LOG2_E + ROUNDS;
    let n = whole - ROUNDS;
    // The logarithm of 2 in two parts, so that the difference keeps its digits.
    let rest = x - n * 0.693_359_4 + n * 2.121_944_4e-4;
    let series = 1.0 + rest * (1.0 + rest * (0.5 + rest * (1.0 / 6.0 + rest * (1.0 / 24.0 + rest * (1.0 / 120.0 + rest / 720.0)))));
    #[allow(clippy::cast_possible_wrap)]
    let power = f32::from_bits((whole.to_bits() << 23).wrapping_add(127 << 23));
    series * power
}

/// A 16-bit float as a 32-bit one.
pub fn half(bits: u16) -> f32 {
    half::f16::from_bits(bits).to_f32()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn softmax_sums_to_one_and_survives_large_numbers() {
        let mut row = [1000.0, 1000.0, -1000.0];
        softmax(&mut row);
        assert!((row[0] - 0.5).abs() < 1e-6 && row[2] == 0.0, "{row:?}");
        softmax(&mut []);
    }

    #[test]
    fn bent_gates_are_those_of_exact_exponentials() {
        for i in -400..400 {
            let x = i as f32 * 0.31;
            let exact = f64::from(x).exp();
            let near = (-87.0..88.0).contains(&x);
            assert!(!near || (f64::from(exp(x)) - exact).abs() <= exact * 3e-7, "{x}: {} {exact}", exp(x));
            let mut gates = [x; 2];
            silu(&mut gates[..1], &[2.0]);
            gelu(&mut gates[1..], &[2.0]);
            let x = f64::from(x);
            let silu = 2.0 * x / (1.0 + (-x).exp());
            let gelu = x * (1.0 + (0.797_884_560_8 * (x + 0.044_715 * x * x * x)).tanh());
            for (ours, exact) in gates.into_iter().zip([silu, gelu]) {
                assert!((f64::from(ours) - exact).abs() <= exact.abs() * 1e-5 + 1e-4, "{x}: {ours} {exact}");
            }
        }
    }

    #[test]
    fn halves_are_read_right() {
        for (bits, x) in
            [(0x0000, 0.0), (0x3C00, 1.0), (0xC000, -2.0), (0x3555, 0.333_251_95), (0x0001, 5.960_464_5e-8), (0x7C00, f32::INFINITY)]
        {
            assert_eq!(half(bits), x);
        }
    }
}
