//! How quantized weights lie in a GGUF file, and how 32 of them are unpacked.
//!
//! Layouts: ggml's `ggml-common.h` and `ggml-quants.c`. All are blocks of whole bytes in which a weight is
//! `scale * q - minimum` with a small whole number `q`, and 16 or 32 weights share the scale and the minimum.

mod k;
mod legacy;

use candle_core::quantized::GgmlDType;

/// 32 weights: `scale[i / 16] * q[i] - minimum[i / 16]`.
#[derive(Debug, Clone, Copy)]
pub struct Group {
    /// 0 to 255.
    pub q: [u8; 32],
    pub scale: [f32; 2],
    pub minimum: [f32; 2],
}

/// A format of weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Q4_0,
    Q4_1,
    Q5_0,
    Q5_1,
    Q8_0,
    Q4K,
    Q5K,
    Q6K,
    /// Not quantized.
    F32,
    F16,
    Bf16,
}

impl Format {
    /// The format of a GGML type; `None` for those without a kernel here.
    pub fn of(kind: GgmlDType) -> Option<Self> {
        Some(match kind {
            GgmlDType::Q4_0 => Self::Q4_0,
            GgmlDType::Q4_1 => Self::Q4_1,
            GgmlDType::Q5_0 => Self::Q5_0,
            GgmlDType::Q5_1 => Self::Q5_1,
            GgmlDType::Q8_0 => Self::Q8_0,
            GgmlDType::Q4K => Self::Q4K,
            GgmlDType::Q5K => Self::Q5K,
            GgmlDType::Q6K => Self::Q6K,
            GgmlDType::F32 => Self::F32,
            GgmlDType::F16 => Self::F16,
            GgmlDType::BF16 => Self::Bf16,
            _ => return None,
        })
    }

    /// Weights in a block.
    pub fn block(self) -> usize {
        match self {
            Self::Q4_0 | Self::Q4_1 | Self::Q5_0 | Self::Q5_1 | Self::Q8_0 => 32,
            Self::Q4K | Self::Q5K | Self::Q6K => 256,
            Self::F32 | Self::F16 | Self::Bf16 => 1,
        }
    }

    /// Bytes of a block.
    pub fn bytes(self) -> usize {
        match self {
            Self::Q4_0 => 18,
            Self::Q4_1 => 20,
            Self::Q5_0 => 22,
            Self::Q5_1 => 24,
            Self::Q8_0 => 34,
            Self::Q4K => 144,
            Self::Q5K => 176,
            Self::Q6K => 210,
            Self::F32 => 4,
            Self::F16 | Self::Bf16 => 2,
        }
    }

    /// Bytes of a row of `width` weights, which are whole blocks.
    pub fn row_bytes(self, width: usize) -> usize {
        width / self.block() * self.bytes()
    }

    /// Whether weights are kept as numbers of their own, without blocks.
    pub fn is_float(self) -> bool {
        self.block() == 1
    }

    /// The weights from `32 * group` on of a row in a quantized format.
    pub fn group(self, row: &[u8], group: usize) -> Group {
        let per_block = self.block() / 32;
        let block = &row[group / per_block.max(1) * self.bytes()..];
        let part = group % per_block.max(1);
        match self {
            Self::Q4_0 => legacy::q4_0(block),
            Self::Q4_1 => legacy::q4_1(block),
            Self::Q5_0 => legacy::q5_0(block),
            Self::Q5_1 => legacy::q5_1(block),
            Self::Q8_0 => legacy::q8_0(block),
            Self::Q4K => k::q4(block, part),
            Self::Q5K => k::q5(block, part),
            Self::Q6K => k::q6(block, part),
            Self::F32 | Self::F16 | Self::Bf16 => Group { q: [0; 32], scale: [0.0; 2], minimum: [0.0; 2] },
        }
    }

    /// A whole row as 32-bit floats.
    pub fn row(self, row: &[u8], to: &mut [f32]) {
        match self {
            Self::F32 => to.iter_mut().zip(row.as_chunks::<4>().0).for_each(|(to, b)| *to = f32::from_le_bytes(*b)),
            Self::F16 => to.iter_mut().zip(row.as_chunks::<2>().0).for_each(|(to, b)| *to = super::rows::half(u16::from_le_bytes(*b))),
            Self::Bf16 => {
                to.iter_mut().zip(row.as_chunks::<2>().0).for_each(|(to, b)| *to = f32::from_bits(u32::from(u16::from_le_bytes(*b)) << 16));
            }
            _ => {
                for (g, to) in to.as_chunks_mut::<32>().0.iter_mut().enumerate() {
                    let group = self.group(row, g);
                    for (i, to) in to.iter_mut().enumerate() {
                        *to = group.scale[i / 16] * f32::from(group.q[i]) - group.minimum[i / 16];
                    }
                }
            }
        }
    }
}

/// The 16-bit float at a place of a block, as a 32-bit one.
fn half_at(block: &[u8], at: usize) -> f32 {
    super::rows::half(u16::from_le_bytes([block[at], block[at + 1]]))
}

/// The types there is a format for.
pub const KINDS: [GgmlDType; 11] = [
    GgmlDType::Q4_0,
    GgmlDType::Q4_1,
    GgmlDType::Q5_0,
    GgmlDType::Q5_1,
    GgmlDType::Q8_0,
    GgmlDType::Q4K,
    GgmlDType::Q5K,
    GgmlDType::Q6K,
    GgmlDType::F32,
    GgmlDType::F16,
    GgmlDType::BF16,
];

#[cfg(test)]
mod tests {
    use candle_core::quantized::QTensor;
    use candle_core::{Device, Tensor};

    use super::*;

    #[test]
    fn every_format_is_read_as_the_tensor_library_reads_it() {
        let width = 512;
        let numbers: Vec<f32> = (0..2 * width).map(|i| ((i * 7919 % 1009) as f32 / 504.5 - 1.0) * (1.0 + (i % 5) as f32)).collect();
        let tensor = Tensor::from_vec(numbers, (2, width), &Device::Cpu).unwrap();
        for kind in KINDS {
            let quantized = QTensor::quantize(&tensor, kind).unwrap();
            let theirs: Vec<f32> = quantized.dequantize(&Device::Cpu).unwrap().flatten_all().unwrap().to_vec1().unwrap();
            let format = Format::of(kind).unwrap();
            assert_eq!((format.block(), format.bytes()), (kind.block_size(), kind.type_size()));
            let bytes = quantized.data().unwrap();
            let mut ours = vec![0.0; 2 * width];
            for (row, to) in bytes.chunks_exact(format.row_bytes(width)).zip(ours.chunks_exact_mut(width)) {
                format.row(row, to);
            }
            for (ours, theirs) in ours.iter().zip(&theirs) {
                assert!((ours - theirs).abs() <= theirs.abs() * 1e-5 + 1e-6, "{kind:?}: {ours} {theirs}");
            }
        }
    }
}
