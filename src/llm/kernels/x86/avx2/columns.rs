//! Weights in the first cache multiplied with columns, some side by side and the rest alone: of both the sums of each column
//! are the same bits.

use std::arch::x86_64::{
    __m256, __m256i, _mm256_cvtepi32_ps, _mm256_fmadd_ps, _mm256_fnmadd_ps, _mm256_loadu_ps, _mm256_mul_ps, _mm256_set1_epi32,
    _mm256_set1_ps, _mm256_setzero_ps, _mm256_storeu_ps,
};

use super::super::super::activations::{GROUP, Scale};
use super::super::ROWS;
use super::super::registers;
use super::registers::{Each, HALF, Quads};
use super::{bytes, shorts};

/// Columns that are taken side by side: their sums, the weights and the numbers fit into 16 registers.
const SIDE_BY_SIDE: usize = 3;

/// Columns in work, and what their products are made with.
pub struct Sums<'a> {
    part: registers::Sums<'a>,
    byte_products: bool,
}

/// Columns side by side.
struct Tile<'a, const N: usize> {
    numbers: &'a [[i8; GROUP]; N],
    beside: &'a [Scale; N],
    /// Of 16 rows with each.
    sums: &'a mut [[f32; ROWS]; N],
}

impl<'a> Sums<'a> {
    /// The sums of nothing.
    ///
    /// # Safety
    /// The processor has AVX2 and FMA, and AVX-VNNI if there are to be `byte_products`.
    pub unsafe fn new(part: registers::Sums<'a>, byte_products: bool) -> Self {
        part.sums.fill([0.0; ROWS]);
        Self { part, byte_products }
    }

    /// Groups of 32 places.
    pub fn groups(&self) -> usize {
        self.part.columns.groups()
    }

    /// Adds the products of 32 weights in 16 rows, `scale * q - minimum` with `q` up to `MOST`.
    #[inline]
    pub fn add<const MOST: i32>(&mut self, group: usize, q: &Quads, scale: Each, minimum: Each) {
        // SAFETY (both): the processor has the instructions, by `new`.
        if self.byte_products {
            unsafe { with_bytes::add::<MOST>(&mut self.part, group, q, scale, minimum) };
        } else {
            unsafe { with_shorts::add::<MOST>(&mut self.part, group, q, scale, minimum) };
        }
    }

    /// The same for `scale * (q - 128)`, with the offset taken off in whole numbers.
    #[inline]
    pub fn add_offset(&mut self, group: usize, q: &Quads, scale: Each) {
        // SAFETY (both): as above.
        if self.byte_products {
            unsafe { with_bytes::add_offset(&mut self.part, group, q, scale) };
        } else {
            unsafe { with_shorts::add_offset(&mut self.part, group, q, scale) };
        }
    }

    /// The same for `scale * (q - 32)` with `q` up to 63, and a scale for each 16 of the 32.
    #[inline]
    pub fn add_halves(&mut self, group: usize, q: &Quads, scales: [Each; 2]) {
        // SAFETY (both): as above.
        if self.byte_products {
            unsafe { with_bytes::add_halves(&mut self.part, group, q, scales) };
        } else {
            unsafe { with_shorts::add_halves(&mut self.part, group, q, scales) };
        }
    }
}

/// The columns of a part, some side by side, and the rest.
#[inline]
fn tiles<'a>(
    part: &'a mut registers::Sums<'_>,
    group: usize,
) -> (impl Iterator<Item = Tile<'a, SIDE_BY_SIDE>>, impl Iterator<Item = Tile<'a, 1>>) {
    let (numbers, scales) = part.columns.group(group);
    let range = part.from..part.from + part.sums.len();
    let (numbers, numbers_rest) = numbers[range.clone()].as_chunks();
    let (scales, scales_rest) = scales[range].as_chunks();
    let (sums, sums_rest) = part.sums.as_chunks_mut();
    let several = numbers.iter().zip(scales).zip(sums);
    let ones = numbers_rest.as_chunks().0.iter().zip(scales_rest.as_chunks().0).zip(sums_rest.as_chunks_mut().0);
    (
        several.map(|((numbers, beside), sums)| Tile { numbers, beside, sums }),
        ones.map(|((numbers, beside), sums)| Tile { numbers, beside, sums }),
    )
}

/// The `i`th four numbers of a column, for every row.
#[inline]
#[target_feature(enable = "avx2")]
pub fn four(numbers: &[i8; GROUP], i: usize) -> __m256i {
    _mm256_set1_epi32(i32::from_le_bytes(numbers.as_chunks::<4>().0[i].map(i8::cast_unsigned)))
}

#[inline]
#[target_feature(enable = "avx2")]
fn load(sums: &[f32; ROWS], half: usize) -> __m256 {
    let eight: &[f32; HALF] = &sums.as_chunks().0[half];
    // SAFETY: 8 floats are 32 bytes.
    unsafe { _mm256_loadu_ps(eight.as_ptr()) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn store(sums: &mut [f32; ROWS], half: usize, x: __m256) {
    let eight: &mut [f32; HALF] = &mut sums.as_chunks_mut().0[half];
    // SAFETY: 8 floats are 32 bytes.
    unsafe { _mm256_storeu_ps(eight.as_mut_ptr(), x) };
}

/// The sums in 32-bit floats around whole products, which are made with the instructions that are named.
macro_rules! sums {
    ($name:ident, $features:literal, $products:ident) => {
        mod $name {
            use super::*;

            #[target_feature(enable = $features)]
            pub fn add<const MOST: i32>(part: &mut registers::Sums<'_>, group: usize, q: &Quads, scale: Each, minimum: Each) {
                let (several, ones) = tiles(part, group);
                for tile in several {
                    add_tile::<MOST, SIDE_BY_SIDE>(tile, q, scale, minimum);
                }
                for tile in ones {
                    add_tile::<MOST, 1>(tile, q, scale, minimum);
                }
            }

            #[inline]
            #[target_feature(enable = $features)]
            fn add_tile<const MOST: i32, const N: usize>(tile: Tile<'_, N>, q: &Quads, scale: Each, minimum: Each) {
                let whole = $products::products::<MOST, 0, 8, N>(q, tile.numbers, [0; N]);
                for ((whole, beside), sums) in whole.iter().zip(tile.beside).zip(tile.sums) {
                    let (unit, sum) = (_mm256_set1_ps(beside.unit), _mm256_set1_ps(beside.sum));
                    for half in 0..2 {
                        let whole = _mm256_cvtepi32_ps(whole[half]);
                        let with = _mm256_fmadd_ps(whole, _mm256_mul_ps(scale[half], unit), load(sums, half));
                        store(sums, half, _mm256_fnmadd_ps(minimum[half], sum, with));
                    }
                }
            }

            #[target_feature(enable = $features)]
            pub fn add_offset(part: &mut registers::Sums<'_>, group: usize, q: &Quads, scale: Each) {
                let (several, ones) = tiles(part, group);
                for tile in several {
                    add_offset_tile::<SIDE_BY_SIDE>(tile, q, scale);
                }
                for tile in ones {
                    add_offset_tile::<1>(tile, q, scale);
                }
            }

            #[inline]
            #[target_feature(enable = $features)]
            fn add_offset_tile<const N: usize>(tile: Tile<'_, N>, q: &Quads, scale: Each) {
                let mut less = [0; N];
                for (less, beside) in less.iter_mut().zip(tile.beside) {
                    *less = -128 * (beside.halves[0] + beside.halves[1]);
                }
                let whole = $products::products::<255, 0, 8, N>(q, tile.numbers, less);
                for ((whole, beside), sums) in whole.iter().zip(tile.beside).zip(tile.sums) {
                    let unit = _mm256_set1_ps(beside.unit);
                    for half in 0..2 {
                        let whole = _mm256_cvtepi32_ps(whole[half]);
                        store(sums, half, _mm256_fmadd_ps(whole, _mm256_mul_ps(scale[half], unit), load(sums, half)));
                    }
                }
            }

            #[target_feature(enable = $features)]
            pub fn add_halves(part: &mut registers::Sums<'_>, group: usize, q: &Quads, scales: [Each; 2]) {
                let (several, ones) = tiles(part, group);
                for tile in several {
                    add_halves_tile::<SIDE_BY_SIDE>(tile, q, scales);
                }
                for tile in ones {
                    add_halves_tile::<1>(tile, q, scales);
                }
            }

            #[inline]
            #[target_feature(enable = $features)]
            fn add_halves_tile<const N: usize>(tile: Tile<'_, N>, q: &Quads, [first, last]: [Each; 2]) {
                let mut less = [[0; N]; 2];
                for (i, beside) in tile.beside.iter().enumerate() {
                    (less[0][i], less[1][i]) = (-32 * beside.halves[0], -32 * beside.halves[1]);
                }
                let mut scaled = [[_mm256_setzero_ps(); 2]; N];
                let whole = $products::products::<63, 0, 4, N>(q, tile.numbers, less[0]);
                for (scaled, whole) in scaled.iter_mut().zip(&whole) {
                    for half in 0..2 {
                        scaled[half] = _mm256_mul_ps(_mm256_cvtepi32_ps(whole[half]), first[half]);
                    }
                }
                let whole = $products::products::<63, 4, 8, N>(q, tile.numbers, less[1]);
                for (i, sums) in tile.sums.iter_mut().enumerate() {
                    let unit = _mm256_set1_ps(tile.beside[i].unit);
                    for half in 0..2 {
                        let both = _mm256_fmadd_ps(_mm256_cvtepi32_ps(whole[i][half]), last[half], scaled[i][half]);
                        store(sums, half, _mm256_fmadd_ps(both, unit, load(sums, half)));
                    }
                }
            }
        }
    };
}

sums!(with_bytes, "avx2,avxvnni,fma", bytes);
sums!(with_shorts, "avx2,fma", shorts);
