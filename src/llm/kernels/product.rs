//! Rows times a matrix in `Q8_0`, by candle-core's kernels.

use std::borrow::Cow;

use candle_core::quantized::{GgmlDType, QMatMul, QStorage, QTensor};
use candle_core::{Device, Module, Result, Tensor};

use super::rows::half;

/// Numbers in a block of `Q8_0`.
pub const Q8_ELEMENTS: usize = 32;
/// Bytes in one: a 16-bit float and a signed byte for each number.
pub const Q8_BYTES: usize = 2 + Q8_ELEMENTS;

/// Adds the numbers of blocks to as many of `to`.
pub fn add_blocks(blocks: &[u8], to: &mut [f32]) {
    for (block, out) in blocks.as_chunks::<Q8_BYTES>().0.iter().zip(to.chunks_exact_mut(Q8_ELEMENTS)) {
        let scale = half(u16::from_le_bytes([block[0], block[1]]));
        for (x, q) in out.iter_mut().zip(&block[2..]) {
            *x += scale * f32::from(q.cast_signed());
        }
    }
}

/// `y = W x` with `W` in `Q8_0`.
pub struct Product {
    weight: QMatMul,
    /// Numbers in a row given to [`Product::of`]: those of the matrix, and zeros up to the width
    /// the library's fast kernels want.
    pub stride: usize,
}

/// The row width at which the library multiplies fastest.
///
/// candle-core's int8 dot-product kernels (AVX-512 VNNI, AVX-VNNI) take `Q8_0` only in rows of a
/// multiple of 256; 384 is none, and the plain path is several times slower than zeros to 512.
fn fast_width(width: usize) -> usize {
    #[cfg(target_arch = "x86_64")]
    if std::is_x86_feature_detected!("avx512vnni") || std::is_x86_feature_detected!("avxvnni") {
        return width.next_multiple_of(256);
    }
    width
}

impl Product {
    /// Stacks matrices of `inputs` columns, each given by the blocks of its rows.
    ///
    /// # Errors
    /// What the library says of them.
    pub fn stacked(matrices: &[&[u8]], inputs: usize) -> Result<Self> {
        let stride = fast_width(inputs);
        let (own, row_bytes) = (inputs / Q8_ELEMENTS * Q8_BYTES, stride / Q8_ELEMENTS * Q8_BYTES);
        let rows: usize = matrices.iter().map(|blocks| blocks.len() / own).sum();
        // One byte more, so that the blocks can begin at an even address.
        let mut bytes = vec![0u8; rows * row_bytes + 1];
        let from = bytes.as_ptr().align_offset(2).min(1);
        let sources = matrices.iter().flat_map(|blocks| blocks.chunks_exact(own));
        for (source, row) in sources.zip(bytes[from..].chunks_exact_mut(row_bytes)) {
            row[..own].copy_from_slice(source);
        }
        let data = Cow::Borrowed(&bytes[from..from + rows * row_bytes]);
        let storage = QStorage::from_data(data, &Device::Cpu, GgmlDType::Q8_0)?;
        let weight = QMatMul::from_qtensor(QTensor::new(storage, (rows, stride))?)?;
        Ok(Self { weight, stride })
    }

    /// Rows of `stride` numbers in, rows of as many as the matrix has out.
    ///
    /// # Errors
    /// What the library says.
    pub fn of(&self, rows: Vec<f32>) -> Result<Vec<f32>> {
        let n = rows.len() / self.stride;
        let input = Tensor::from_vec(rows, (n, self.stride), &Device::Cpu)?;
        self.weight.forward(&input)?.flatten_all()?.to_vec1::<f32>()
    }
}
