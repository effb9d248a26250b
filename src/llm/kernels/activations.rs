//! Columns that a quantized matrix is multiplied with: 8-bit numbers with a scale for every 32.
//!
//! llama.cpp and candle take one scale for 256 numbers where the weights come in blocks of 256; a scale for every 32 costs
//! a tenth more and loses less.

use super::team::{Apart, Team};
use super::widened;

/// Numbers under one scale.
pub const GROUP: usize = 32;

/// What stands beside 32 numbers of a column.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Scale {
    /// What the 8-bit numbers are multiplied with.
    pub unit: f32,
    /// Sum of the 32 numbers, in real terms.
    pub sum: f32,
    /// Sums of the first and the last 16 numbers, in units.
    pub halves: [i32; 2],
}

/// Columns in 8 bits. What belongs to the same 32 rows of all columns lies together, as a product goes through it.
#[derive(Debug, Default)]
pub struct Activations {
    columns: usize,
    numbers: Vec<[i8; GROUP]>,
    scales: Vec<Scale>,
}

/// Added to a number below 2^22, leaves it rounded to the nearest whole one in the lowest bits.
const ROUNDS: f32 = 12_582_912.0;

widened! {
    /// Brings 32 numbers to 8 bits.
    pub fn quantize(x: &[f32; GROUP], to: &mut [i8; GROUP]) -> Scale {
        // Without its sign a float is as large as its bits are, and whole numbers may be compared in any order: the compiler
        // does sixteen at once, where it would do floats one behind the other.
        let top = f32::from_bits(x.iter().fold(0, |top, x| top.max(x.abs().to_bits())));
        let unit = top / 127.0;
        let inverse = if unit > 0.0 { 1.0 / unit } else { 0.0 };
        let mut halves = [0i32; 2];
        for (half, sum) in halves.iter_mut().enumerate() {
            for i in half * 16..(half + 1) * 16 {
                #[allow(clippy::cast_possible_wrap)]
                let q = ((x[i] * inverse + ROUNDS).to_bits() as i32).wrapping_sub(ROUNDS.to_bits() as i32);
                #[allow(clippy::cast_possible_truncation)] // At most 127 by the choice of the unit.
                let q8 = q as i8;
                to[i] = q8;
                // Before it is narrowed: sums of 8 bits are made one by one.
                *sum = sum.wrapping_add(q);
            }
        }
        Scale { unit, sum: unit * (halves[0] + halves[1]) as f32, halves }
    }
}

/// Groups of columns below which another thread is not worth calling.
const WORTHWHILE: usize = 1 << 10;
/// Groups that a thread takes at once.
const GROUPS: usize = 4;

impl Activations {
    /// Takes columns of `width` numbers each (a multiple of 32), one behind the other.
    pub fn of(columns: &[f32], width: usize, team: &Team) -> Self {
        let n = columns.len() / width;
        let groups = width / GROUP;
        let mut numbers = vec![[0; GROUP]; n * groups];
        let mut scales = vec![Scale::default(); n * groups];
        let (to_numbers, to_scales) = (Apart::new(&mut numbers), Apart::new(&mut scales));
        team.each(groups.div_ceil(GROUPS), n * groups >= WORTHWHILE, |part| {
            for group in part * GROUPS..((part + 1) * GROUPS).min(groups) {
                // SAFETY (both): every group is in one part only, which is done once.
                let (numbers, scales) =
                    unsafe { (to_numbers.part(group * n..(group + 1) * n), to_scales.part(group * n..(group + 1) * n)) };
                for (c, (to, scale)) in numbers.iter_mut().zip(scales).enumerate() {
                    if let Some(x) = columns[c * width + group * GROUP..].first_chunk::<GROUP>() {
                        *scale = quantize(x, to);
                    }
                }
            }
        });
        Self { columns: n, numbers, scales }
    }

    /// How many columns there are.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Groups of 32 rows.
    pub fn groups(&self) -> usize {
        self.numbers.len() / self.columns.max(1)
    }

    /// The 32 numbers of every column in a group of rows, and what stands beside them.
    pub fn group(&self, group: usize) -> (&[[i8; GROUP]], &[Scale]) {
        let at = group * self.columns;
        (&self.numbers[at..at + self.columns], &self.scales[at..at + self.columns])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back_within_half_a_unit() {
        super::super::each::level(|_| within_half_a_unit());
    }

    fn within_half_a_unit() {
        let (width, n) = (96, 3);
        let columns: Vec<f32> = (0..width * n).map(|i| ((i * 37 % 101) as f32 - 50.0) * if i < width { 1e-3 } else { 4.0 }).collect();
        let a = Activations::of(&columns, width, &Team::alone());
        assert_eq!((a.columns(), a.groups()), (n, 3));
        for g in 0..a.groups() {
            let (numbers, scales) = a.group(g);
            for (c, (numbers, scale)) in numbers.iter().zip(scales).enumerate() {
                let x = &columns[c * width + g * GROUP..][..GROUP];
                for (x, q) in x.iter().zip(numbers) {
                    assert!((x - scale.unit * f32::from(*q)).abs() <= scale.unit * 0.501, "{x} {q} {scale:?}");
                }
                let sum: i32 = numbers.iter().map(|q| i32::from(*q)).sum();
                assert_eq!(sum, scale.halves[0] + scale.halves[1]);
                assert!((scale.sum - scale.unit * sum as f32).abs() < 1e-6);
            }
        }
        assert_eq!(Activations::of(&[0.0; 32], 32, &Team::alone()).group(0).1[0], Scale::default());
    }
}
