//! The steps between products, over rows of several positions.

use super::super::super::kernels::rows::{dot, gelu, silu};
use super::super::super::kernels::team::Team;
use super::architecture::Bend;

/// Numbers below which one thread is faster than several.
const WORTHWHILE: usize = 1 << 15;

/// Rows that a thread takes at once.
const ROWS: usize = 4;

/// Does something with every row of `width` numbers.
pub fn each_row(rows: &mut [f32], width: usize, team: &Team, work: impl Fn(usize, &mut [f32]) + Sync) {
    let worthwhile = rows.len() >= WORTHWHILE;
    team.each_of(rows, width * ROWS, worthwhile, |part, rows| {
        rows.chunks_exact_mut(width).enumerate().for_each(|(i, row)| work(part * ROWS + i, row));
    });
}

/// Brings a row to a mean square of 1, then multiplies it number by number.
pub fn norm(row: &mut [f32], scale: &[f32], epsilon: f32) {
    let inverse = 1.0 / (dot(row, row) / row.len() as f32 + epsilon).sqrt();
    for (x, s) in row.iter_mut().zip(scale) {
        *x *= inverse * s;
    }
}

/// Rows brought to a mean square of 1.
pub fn normed(rows: &[f32], scale: &[f32], epsilon: f32, team: &Team) -> Vec<f32> {
    let mut out = rows.to_vec();
    each_row(&mut out, scale.len(), team, |_, row| norm(row, scale, epsilon));
    out
}

/// Multiplies what the gates let through with the bent gates.
pub fn gate(gates: &mut [f32], through: &[f32], width: usize, bend: Bend, team: &Team) {
    each_row(gates, width, team, |i, gates| {
        let through = &through[i * width..][..width];
        match bend {
            Bend::Silu => silu(gates, through),
            Bend::Gelu => gelu(gates, through),
        }
    });
}
