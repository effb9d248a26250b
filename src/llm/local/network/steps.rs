//! The steps between products, over rows of several positions.

use rayon::prelude::*;

use super::super::super::kernels::rows::{dot, gelu, silu};
use super::architecture::Bend;

/// Numbers below which one thread is faster than several.
const WORTHWHILE: usize = 1 << 15;

/// Does something with every row of `width` numbers.
pub fn each_row(rows: &mut [f32], width: usize, work: impl Fn(usize, &mut [f32]) + Sync) {
    if rows.len() < WORTHWHILE || rayon::current_num_threads() == 1 {
        rows.chunks_exact_mut(width).enumerate().for_each(|(i, row)| work(i, row));
    } else {
        rows.par_chunks_exact_mut(width).enumerate().with_min_len(4).for_each(|(i, row)| work(i, row));
    }
}

/// Brings a row to a mean square of 1, then multiplies it number by number.
pub fn norm(row: &mut [f32], scale: &[f32], epsilon: f32) {
    let inverse = 1.0 / (dot(row, row) / row.len() as f32 + epsilon).sqrt();
    for (x, s) in row.iter_mut().zip(scale) {
        *x *= inverse * s;
    }
}

/// Rows brought to a mean square of 1.
pub fn normed(rows: &[f32], scale: &[f32], epsilon: f32) -> Vec<f32> {
    let mut out = rows.to_vec();
    each_row(&mut out, scale.len(), |_, row| norm(row, scale, epsilon));
    out
}

/// Multiplies what the gates let through with the bent gates.
pub fn gate(gates: &mut [f32], through: &[f32], width: usize, bend: Bend) {
    each_row(gates, width, |i, gates| {
        let through = &through[i * width..][..width];
        match bend {
            Bend::Silu => silu(gates, through),
            Bend::Gelu => gelu(gates, through),
        }
    });
}
