//! Reads numbers out of a byte slice, checking every length.

/// Why a model file was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadModel {
    /// The file does not begin with the magic bytes.
    Magic,
    /// The version or a size is not one that this code was written for.
    Shape,
    /// The contents do not match the checksum.
    Checksum,
    /// The file ends too early or too late.
    Length,
}

/// The bytes not yet read.
pub struct Reader<'a>(pub &'a [u8]);

impl<'a> Reader<'a> {
    /// The next `count` bytes.
    pub fn bytes(&mut self, count: usize) -> Result<&'a [u8], BadModel> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(BadModel::Length)?;
        self.0 = rest;
        Ok(taken)
    }

    /// A little-endian number of 32 bits.
    pub fn u32(&mut self) -> Result<u32, BadModel> {
        self.words(1)?.first().copied().ok_or(BadModel::Length)
    }

    /// `count` little-endian numbers of 32 bits.
    pub fn words(&mut self, count: usize) -> Result<Vec<u32>, BadModel> {
        let bytes = self.bytes(count.checked_mul(4).ok_or(BadModel::Length)?)?;
        Ok(bytes.as_chunks::<4>().0.iter().map(|word| u32::from_le_bytes(*word)).collect())
    }

    /// `count` little-endian floats.
    pub fn floats(&mut self, count: usize) -> Result<Vec<f32>, BadModel> {
        Ok(self.words(count)?.into_iter().map(f32::from_bits).collect())
    }

    /// A row of `N` floats.
    pub fn row<const N: usize>(&mut self) -> Result<[f32; N], BadModel> {
        self.floats(N)?.try_into().map_err(|_| BadModel::Length)
    }

    /// `count` rows of `N` floats.
    pub fn rows<const N: usize>(&mut self, count: usize) -> Result<Vec<[f32; N]>, BadModel> {
        (0..count).map(|_| self.row()).collect()
    }

    /// `count` rows of `N` signed bytes, as they lie in the file.
    pub fn small_rows<const N: usize>(&mut self, count: usize) -> Result<&'a [[u8; N]], BadModel> {
        let bytes = self.bytes(count.checked_mul(N).ok_or(BadModel::Length)?)?;
        Ok(bytes.as_chunks::<N>().0)
    }
}

/// FNV-1a of 64 bits over little-endian words of four bytes, the last one padded with zeros.
pub fn checksum(bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<4>();
    let mut last = [0; 4];
    for (to, from) in last.iter_mut().zip(rest) {
        *to = *from;
    }
    let last = (!rest.is_empty()).then_some(last);
    words
        .iter()
        .copied()
        .chain(last)
        .fold(0xCBF2_9CE4_8422_2325, |value, word| (value ^ u64::from(u32::from_le_bytes(word))).wrapping_mul(0x0100_0000_01B3))
}
