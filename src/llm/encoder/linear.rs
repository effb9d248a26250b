//! A quantized matrix with its bias.

use std::borrow::Cow;

use candle_core::quantized::{GgmlDType, QMatMul, QStorage, QTensor};
use candle_core::{Device, Module, Tensor};

use super::error::EncoderError;
use super::gguf::{Gguf, Q8_0, Q8_BYTES, Q8_ELEMENTS};

/// `y = W x + b` with `W` in `Q8_0`.
pub(super) struct Linear {
    weight: QMatMul,
    bias: Vec<f32>,
    /// Numbers in a row given to [`Linear::forward`]: those of the file, and zeros up to the width
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

impl Linear {
    /// Stacks matrices of `outputs` rows and `inputs` columns each (`name.weight`, `name.bias`).
    pub(super) fn stacked(file: &Gguf<'_>, names: &[String], inputs: usize, outputs: usize) -> Result<Self, EncoderError> {
        let stride = fast_width(inputs);
        let row_bytes = stride / Q8_ELEMENTS * Q8_BYTES;
        let rows = outputs * names.len();
        // One byte more, so that the blocks can begin at an even address.
        let mut bytes = vec![0u8; rows * row_bytes + 1];
        let from = bytes.as_ptr().align_offset(2).min(1);
        let mut to = bytes[from..].chunks_exact_mut(row_bytes);
        let mut bias = Vec::with_capacity(rows);
        for name in names {
            let stored = file.tensor(&format!("{name}.weight"), &[inputs, outputs], Q8_0)?;
            for (source, row) in stored.chunks_exact(inputs / Q8_ELEMENTS * Q8_BYTES).zip(&mut to) {
                row[..source.len()].copy_from_slice(source);
            }
            bias.extend(file.floats(&format!("{name}.bias"), &[outputs])?);
        }
        let data = Cow::Borrowed(&bytes[from..from + rows * row_bytes]);
        let storage = QStorage::from_data(data, &Device::Cpu, GgmlDType::Q8_0)?;
        let weight = QMatMul::from_qtensor(QTensor::new(storage, (rows, stride))?)?;
        Ok(Self { weight, bias, stride })
    }

    /// Rows of `stride` numbers in, rows of as many as there are outputs out.
    pub(super) fn forward(&self, rows: Vec<f32>) -> Result<Vec<f32>, EncoderError> {
        let n = rows.len() / self.stride;
        let input = Tensor::from_vec(rows, (n, self.stride), &Device::Cpu)?;
        let mut out = self.weight.forward(&input)?.flatten_all()?.to_vec1::<f32>()?;
        for row in out.chunks_exact_mut(self.bias.len()) {
            super::math::add(row, &self.bias);
        }
        Ok(out)
    }
}
