//! The product that every processor can do: 32 weights of a row at a time. It is for processors without kernels,
//! and for rows that do not make up a group.

use super::activations::Activations;
use super::cached;
use super::format::Format;
use super::rows::dot;
use super::widened;

widened! {
    /// Sums of a row with every column, into `to`.
    pub fn row(format: Format, row: &[u8], columns: &Activations, to: &mut [f32]) {
        to.fill(0.0);
        for g in 0..columns.groups() {
            let weights = format.group(row, g);
            let q = weights.q.map(i16::from);
            let (numbers, scales) = columns.group(g);
            for ((numbers, scale), to) in numbers.iter().zip(scales).zip(to.iter_mut()) {
                let sum = |half: usize| -> i32 { (half * 16..(half + 1) * 16).map(|i| i32::from(q[i]) * i32::from(numbers[i])).sum() };
                for half in 0..2 {
                    let parts = weights.scale[half] * sum(half) as f32 - weights.minimum[half] * scale.halves[half] as f32;
                    *to += scale.unit * parts;
                }
            }
        }
    }
}

/// Sums of a row that is not quantized with every column of `width` numbers, into `to`.
pub fn float_row(format: Format, row: &[u8], columns: &[f32], width: usize, to: &mut [f32]) {
    if format == Format::F16 {
        // There are instructions for sums over these.
        let weights: Vec<u16> = row.as_chunks().0.iter().map(|bytes| u16::from_le_bytes(*bytes)).collect();
        for (column, to) in columns.chunks_exact(width).zip(to) {
            *to = cached::dot(column, &weights);
        }
        return;
    }
    let mut weights = vec![0.0; width];
    format.row(row, &mut weights);
    for (column, to) in columns.chunks_exact(width).zip(to) {
        *to = dot(&weights, column);
    }
}
