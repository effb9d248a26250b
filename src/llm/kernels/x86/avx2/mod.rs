//! Products 256 bits at a time: 16 rows as two times eight.
//!
//! Weights of 32 places are unpacked into the first cache ([`registers::Quads`]) and multiplied from there with every
//! column ([`columns`]): with 16 registers there is room for the sums of some columns, or for the weights, and not for
//! both.

mod bytes;
mod columns;
mod q4;
mod q4k;
mod q6k;
mod q8;
mod registers;
mod shorts;
mod spread;

use super::super::format::Format;
use super::registers::Sums as Part;
use columns::Sums;

/// Sums of 16 rows, `stride` bytes apart, with every column.
///
/// # Safety
/// The processor has AVX2, FMA and F16C, and AVX-VNNI if there are to be `byte_products`; `rows` are 16 rows of whole
/// blocks, `stride` bytes each, as wide as the columns.
pub unsafe fn rows(byte_products: bool, format: Format, rows: &[u8], stride: usize, ahead: &[u8], part: Part<'_>) {
    // SAFETY: the caller's.
    unsafe {
        let sums = Sums::new(part, byte_products);
        match format {
            Format::Q4K => q4k::rows::<false>(rows, stride, ahead, sums),
            Format::Q5K => q4k::rows::<true>(rows, stride, ahead, sums),
            Format::Q4_0 => q4::rows::<false>(rows, stride, ahead, sums),
            Format::Q4_1 => q4::rows::<true>(rows, stride, ahead, sums),
            Format::Q6K => q6k::rows(rows, stride, ahead, sums),
            Format::Q8_0 => q8::rows(rows, stride, ahead, sums),
            _ => spread::rows(format, rows, stride, sums),
        }
    }
}
