//! A quantized matrix with its bias.

use super::super::kernels::product::Product;
use super::super::kernels::rows::add;
use super::error::EncoderError;
use super::gguf::{Gguf, Q8_0};

/// `y = W x + b` with `W` in `Q8_0`.
pub(super) struct Linear {
    product: Product,
    bias: Vec<f32>,
    /// Numbers in a row given to [`Linear::forward`]; see [`Product::stride`].
    pub stride: usize,
}

impl Linear {
    /// Stacks matrices of `outputs` rows and `inputs` columns each (`name.weight`, `name.bias`).
    pub(super) fn stacked(file: &Gguf<'_>, names: &[String], inputs: usize, outputs: usize) -> Result<Self, EncoderError> {
        let (mut matrices, mut bias) = (Vec::with_capacity(names.len()), Vec::with_capacity(outputs * names.len()));
        for name in names {
            matrices.push(file.tensor(&format!("{name}.weight"), &[inputs, outputs], Q8_0)?);
            bias.extend(file.floats(&format!("{name}.bias"), &[outputs])?);
        }
        let product = Product::stacked(&matrices, inputs)?;
        Ok(Self { stride: product.stride, product, bias })
    }

    /// Rows of `stride` numbers in, rows of as many as there are outputs out.
    pub(super) fn forward(&self, rows: Vec<f32>) -> Result<Vec<f32>, EncoderError> {
        let mut out = self.product.of(rows)?;
        for row in out.chunks_exact_mut(self.bias.len()) {
            add(row, &self.bias);
        }
        Ok(out)
    }
}
