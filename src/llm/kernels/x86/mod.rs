//! Products with AVX-512, and in [`avx2`] with half as wide registers.

mod avx2;
pub mod cached;
mod legacy;
mod q4k;
mod q6k;
mod q8;
mod registers;
mod spread;

use super::Level;
use super::activations::Activations;
use super::format::Format;
use super::matrix::ROWS;
use registers::Sums;

/// Where the sums of rows go: row of the group, column, numbers of the rows from there on.
pub type Put<'a> = dyn FnMut(usize, usize, &[f32]) + 'a;

/// Columns that are taken at once: their sums and numbers fit into the first cache with the weights.
const COLUMNS: usize = 128;
/// The same of a step that only speaks: sums of more would be cleared for nothing before every 16 rows, which took one part in
/// thirty of its time.
const FEW: usize = 8;

/// Whether the processor has what the kernels need.
pub fn has_avx512() -> bool {
    std::is_x86_feature_detected!("avx512f")
        && std::is_x86_feature_detected!("avx512bw")
        && std::is_x86_feature_detected!("avx512dq")
        && std::is_x86_feature_detected!("avx512vl")
        && std::is_x86_feature_detected!("avx512vnni")
        && std::is_x86_feature_detected!("f16c")
        && std::is_x86_feature_detected!("fma")
}

/// Whether the processor has what the kernels and the compiler's wide code need for 256 bits.
pub fn has_avx2() -> bool {
    std::is_x86_feature_detected!("avx2") && std::is_x86_feature_detected!("fma") && std::is_x86_feature_detected!("f16c")
}

/// The same with byte products.
pub fn has_avx_vnni() -> bool {
    has_avx2() && std::is_x86_feature_detected!("avxvnni")
}

/// Multiplies [`ROWS`] rows with every column. `ahead` is what will be read next.
///
/// Only for processors of that level, which is not the portable one.
pub fn rows(level: Level, format: Format, rows: &[u8], ahead: &[u8], columns: &Activations, put: &mut Put<'_>) {
    let has = match level {
        Level::Portable => false,
        Level::Avx2 => has_avx2(),
        Level::AvxVnni => has_avx_vnni(),
        Level::Avx512 => has_avx512(),
    };
    let stride = rows.len() / ROWS;
    assert!(has && rows.len() == stride * ROWS && columns.groups() * 32 == stride / format.bytes() * format.block());
    let work = if columns.columns() <= FEW { parts::<FEW> } else { parts::<COLUMNS> };
    // SAFETY: the processor has the instructions, and the rows are whole, both by the assertion.
    unsafe { work(level, format, rows, ahead, columns, put) }
}

/// The same, of `N` columns at a time.
///
/// # Safety
/// The processor is of that level, and the rows are whole and as wide as the columns.
unsafe fn parts<const N: usize>(level: Level, format: Format, rows: &[u8], ahead: &[u8], columns: &Activations, put: &mut Put<'_>) {
    let stride = rows.len() / ROWS;
    let mut sums = [[0f32; ROWS]; N];
    let mut from = 0;
    while from < columns.columns() {
        let count = N.min(columns.columns() - from);
        let part = Sums { columns, from, sums: &mut sums[..count] };
        // SAFETY: the caller's.
        unsafe {
            match format {
                _ if level != Level::Avx512 => avx2::rows(level == Level::AvxVnni, format, rows, stride, ahead, part),
                Format::Q4K => q4k::rows(rows, stride, ahead, part),
                Format::Q6K => q6k::rows(rows, stride, ahead, part),
                Format::Q8_0 => q8::rows(rows, stride, ahead, part),
                Format::Q4_0 => legacy::rows::<false, false>(rows, stride, ahead, part),
                Format::Q4_1 => legacy::rows::<false, true>(rows, stride, ahead, part),
                Format::Q5_0 => legacy::rows::<true, false>(rows, stride, ahead, part),
                Format::Q5_1 => legacy::rows::<true, true>(rows, stride, ahead, part),
                _ => spread::rows(format, rows, stride, part),
            }
        }
        sums[..count].iter().enumerate().for_each(|(column, sums)| put(0, from + column, sums));
        from += count;
    }
}
