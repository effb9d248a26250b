//! A matrix as it lies in a file, and its product with columns.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use super::activations::{Activations, GROUP};
use super::format::Format;
use super::portable;
use super::team::{Apart, Team};
use memmap2::Mmap;

/// Rows that are multiplied at once.
pub const ROWS: usize = 16;
/// Multiplications below which one thread does a product faster than several: some ten microseconds' worth.
const WORTHWHILE: usize = 1 << 20;
/// Bytes of weights one thread takes at a time: some ten microseconds of reading.
const TASK_BYTES: usize = 1 << 17;

/// Where weights lie.
#[derive(Clone)]
pub enum Bytes {
    /// In a file that is mapped into memory.
    Mapped(Arc<Mmap>, Range<usize>),
    /// In the program itself.
    Carried(&'static [u8]),
    /// In memory.
    Owned(Arc<[u8]>),
}

impl Bytes {
    /// Maps a file into memory.
    ///
    /// Whoever shortens the file while it is mapped ends the process: models that are to be kept belong into the shop's own
    /// folder (`electromart models add`), where they are replaced and never written to.
    ///
    /// # Errors
    /// What the system says.
    pub fn map(file: &std::fs::File) -> std::io::Result<Self> {
        // SAFETY: the bytes are only read, and checked as they are; a file that changes gives other scores.
        let map = unsafe { Mmap::map(file)? };
        let range = 0..map.len();
        Ok(Self::Mapped(Arc::new(map), range))
    }

    /// The part from `from` on, `len` bytes long; `None` if it does not lie within.
    pub fn part(&self, from: usize, len: usize) -> Option<Self> {
        let end = from.checked_add(len)?;
        Some(match self {
            Self::Mapped(map, range) => {
                let (from, end) = (range.start.checked_add(from)?, range.start.checked_add(end)?);
                if end > range.end {
                    return None;
                }
                Self::Mapped(Arc::clone(map), from..end)
            }
            Self::Carried(all) => Self::Carried(all.get(from..end)?),
            Self::Owned(all) => Self::Owned(all.get(from..end)?.into()),
        })
    }

    /// The bytes.
    pub fn get(&self) -> &[u8] {
        match self {
            Self::Mapped(map, range) => &map[range.clone()],
            Self::Carried(all) => all,
            Self::Owned(all) => all,
        }
    }
}

/// A matrix of `rows` rows of `width` weights.
#[derive(Clone)]
pub struct Matrix {
    format: Format,
    bytes: Bytes,
    pub rows: usize,
    pub width: usize,
}

/// Columns to be multiplied, one behind the other; they are brought to 8 bits at most once.
pub struct Columns<'a> {
    numbers: &'a [f32],
    width: usize,
    quantized: OnceLock<Activations>,
}

impl<'a> Columns<'a> {
    /// Columns of `width` numbers each.
    pub fn new(numbers: &'a [f32], width: usize) -> Self {
        Self { numbers, width, quantized: OnceLock::new() }
    }

    fn count(&self) -> usize {
        self.numbers.len() / self.width
    }

    fn quantized(&self, team: &Team) -> &Activations {
        self.quantized.get_or_init(|| Activations::of(self.numbers, self.width, team))
    }
}

/// Where a product goes: the rows of every column.
struct Target<'a> {
    to: Apart<'a, f32>,
    rows: usize,
}

impl Target<'_> {
    /// Writes numbers of column `column` from row `row` on.
    ///
    /// # Safety
    /// No other thread writes these rows.
    unsafe fn put(&self, column: usize, row: usize, numbers: &[f32]) {
        let at = column * self.rows + row;
        // SAFETY: the caller's.
        unsafe { self.to.part(at..at + numbers.len()) }.copy_from_slice(numbers);
    }
}

impl Matrix {
    /// A matrix of the weights in `bytes`; `None` if they are not as many as that, or not in whole blocks.
    pub fn new(format: Format, bytes: Bytes, rows: usize, width: usize) -> Option<Self> {
        let whole = width.is_multiple_of(format.block()) && (format.is_float() || width.is_multiple_of(GROUP));
        let fits = format.row_bytes(width).checked_mul(rows) == Some(bytes.get().len());
        (whole && fits).then_some(Self { format, bytes, rows, width })
    }

    /// A row as 32-bit floats; `false` if there is none of that number.
    pub fn row(&self, row: usize, to: &mut [f32]) -> bool {
        let bytes = self.format.row_bytes(self.width);
        let found = self.bytes.get().get(row * bytes..(row + 1) * bytes);
        found.is_some_and(|row| {
            self.format.row(row, to);
            true
        })
    }

    /// The product with the columns: a column of as many numbers as there are rows for each.
    pub fn times(&self, columns: &Columns<'_>, team: &Team) -> Vec<f32> {
        let mut out = vec![0.0; self.rows * columns.count()];
        products(&mut [(self, out.as_mut_slice())], columns, team);
        out
    }

    /// Does a range of groups of [`ROWS`] rows; `quantized` are the columns in 8 bits, unless these are floats.
    ///
    /// # Safety
    /// No other thread does the same groups, and the target has this matrix's rows and all columns.
    unsafe fn part(&self, groups: Range<usize>, columns: &Columns<'_>, quantized: Option<&Activations>, target: &Target<'_>) {
        let (row_bytes, bytes, count) = (self.format.row_bytes(self.width), self.bytes.get(), columns.count());
        let quantized = quantized.filter(|_| !self.format.is_float());
        for group in groups {
            let (first, last) = (group * ROWS, ((group + 1) * ROWS).min(self.rows));
            let rows = &bytes[first * row_bytes..last * row_bytes];
            // SAFETY (both): these rows are this thread's, by the caller.
            let mut put = |row: usize, column: usize, numbers: &[f32]| unsafe { target.put(column, first + row, numbers) };
            #[cfg(target_arch = "x86_64")]
            if let Some(quantized) = quantized
                && super::is_fast()
                && last - first == ROWS
            {
                let ahead = bytes.get(last * row_bytes..).unwrap_or_default();
                super::x86::rows(super::level(), self.format, rows, ahead, quantized, &mut put);
                continue;
            }
            let mut sums = vec![0.0; count];
            for (i, row) in rows.chunks_exact(row_bytes).enumerate() {
                match quantized {
                    Some(quantized) => portable::row(self.format, row, quantized, &mut sums),
                    None => portable::float_row(self.format, row, columns.numbers, self.width, &mut sums),
                }
                sums.iter().enumerate().for_each(|(column, sum)| put(i, column, &[*sum]));
            }
        }
    }
}

/// The products of several matrices with the same columns.
pub fn products(all: &mut [(&Matrix, &mut [f32])], columns: &Columns<'_>, team: &Team) {
    let count = columns.count();
    if count == 0 {
        return;
    }
    // Here, where all threads are free to help.
    let quantized = all.iter().any(|(matrix, _)| !matrix.format.is_float()).then(|| columns.quantized(team));
    let mut tasks = Vec::new();
    let mut work = 0;
    let targets: Vec<(&Matrix, Target<'_>)> = all
        .iter_mut()
        .enumerate()
        .map(|(which, (matrix, out))| {
            assert!(matrix.width == columns.width && out.len() == matrix.rows * count);
            work += matrix.rows * matrix.width * count;
            let groups = matrix.rows.div_ceil(ROWS);
            let step = (TASK_BYTES / matrix.format.row_bytes(matrix.width * ROWS)).max(1);
            tasks.extend((0..groups).step_by(step).map(|from| (which, from..(from + step).min(groups))));
            (*matrix, Target { to: Apart::new(out), rows: matrix.rows })
        })
        .collect();
    team.each(tasks.len(), work >= WORTHWHILE, |task| {
        let (which, groups) = &tasks[task];
        let (matrix, target) = &targets[*which];
        // SAFETY: every group of rows is in one task only, and a target is that of its matrix.
        unsafe { matrix.part(groups.clone(), columns, quantized, target) };
    });
}

#[cfg(test)]
mod tests {
    use candle_core::quantized::QTensor;
    use candle_core::{Device, Tensor};

    use super::super::each;
    use super::super::format::KINDS;
    use super::*;

    /// Numbers that look random and are the same every time.
    fn numbers(n: usize, seed: u32) -> Vec<f32> {
        let mut state = seed;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / (1 << 24) as f32 - 0.5
        };
        (0..n).map(|_| next() + next()).collect()
    }

    #[test]
    fn products_are_those_of_32_bit_floats_and_a_column_the_same_in_any_company() {
        let team = Team::new(3).unwrap();
        for kind in KINDS {
            for (rows, width, count) in [(16, 256, 1), (35, 512, 3), (64, 1024, 130)] {
                let tensor = Tensor::from_vec(numbers(rows * width, 7), (rows, width), &Device::Cpu).unwrap();
                let quantized = QTensor::quantize(&tensor, kind).unwrap();
                let exact: Vec<f32> = quantized.dequantize(&Device::Cpu).unwrap().flatten_all().unwrap().to_vec1().unwrap();
                let bytes = Bytes::Owned(quantized.data().unwrap().into());
                let matrix = Matrix::new(Format::of(kind).unwrap(), bytes, rows, width).unwrap();
                // 8 bits of a number below 1 are wrong by 1/254 at most, at random.
                let tolerance = (width as f32).sqrt() * 0.006;
                let columns = numbers(count * width, 3);
                each::level(|level| check(&matrix, &exact, &columns, tolerance, &format!("{level:?} {kind:?}")));
                let columns = Columns::new(&columns, width);
                assert_eq!(matrix.times(&columns, &team), matrix.times(&columns, &Team::alone()), "{kind:?}: by several threads");
            }
        }
    }

    /// The largest weights with the largest numbers of either sign: what is added in 16 bits must fit there.
    #[test]
    fn the_largest_products_fit() {
        for kind in KINDS {
            let format = Format::of(kind).unwrap();
            let (rows, width) = (16, 512);
            let mut bytes = vec![0xFF; format.row_bytes(width) * rows];
            for block in bytes.chunks_exact_mut(format.bytes()) {
                // Every 16-bit float is 1/16, wherever its format has it; in floats of their own that is every number.
                let halves: &[usize] = match format {
                    Format::Q6K => &[208],
                    Format::Q4K | Format::Q5K | Format::Q4_1 | Format::Q5_1 => &[0, 2],
                    Format::F32 => continue,
                    _ => &[0],
                };
                halves.iter().for_each(|at| block[*at..at + 2].copy_from_slice(&[0x00, 0x2C]));
            }
            if format == Format::F32 {
                bytes.fill(0);
            }
            let matrix = Matrix::new(format, Bytes::Owned(bytes.into()), rows, width).unwrap();
            let mut exact = vec![0.0; rows * width];
            for (row, to) in exact.chunks_exact_mut(width).enumerate() {
                assert!(matrix.row(row, to));
            }
            for sign in [1.0, -1.0] {
                let tops = vec![sign; 5 * width];
                let largest = exact.iter().fold(0f32, |top, x| top.max(x.abs()));
                let tolerance = largest * width as f32 * 1e-5;
                each::level(|level| check(&matrix, &exact, &tops, tolerance, &format!("{level:?} {kind:?} {sign}")));
            }
        }
    }

    /// Compares a product with that of the exact weights, and each column with itself alone.
    fn check(matrix: &Matrix, exact: &[f32], columns: &[f32], tolerance: f32, what: &str) {
        let (rows, width) = (matrix.rows, matrix.width);
        let alone = Team::alone();
        let out = matrix.times(&Columns::new(columns, width), &alone);
        for (column, sums) in columns.chunks_exact(width).zip(out.chunks_exact(rows)) {
            for (row, sum) in exact.chunks_exact(width).zip(sums) {
                let wanted: f32 = row.iter().zip(column).map(|(a, b)| a * b).sum();
                assert!((wanted - sum).abs() <= tolerance, "{what} {rows}x{width}: {wanted} {sum}");
            }
            assert_eq!(matrix.times(&Columns::new(column, width), &alone), sums, "{what}: alone and in company");
        }
    }

    #[test]
    fn a_matrix_is_as_many_bytes_as_its_weights_need() {
        let bytes = |n: usize| Bytes::Owned(vec![0; n].into());
        assert!(Matrix::new(Format::Q8_0, bytes(34 * 2 * 3), 3, 64).is_some());
        assert!(Matrix::new(Format::Q8_0, bytes(34 * 2 * 3 - 1), 3, 64).is_none());
        assert!(Matrix::new(Format::Q4K, bytes(144), 1, 64).is_none());
        assert!(bytes(4).part(2, 3).is_none() && bytes(4).part(usize::MAX, 2).is_none());
    }
}
