//! The model file: checked on reading, tables left where they lie.
//!
//! Little-endian, in this order: magic; seven u32 (version, words, then the five sizes below); u64 checksum
//! of all that follows; urgency shift and very-negative threshold (f32); sorted keys of the words (u32);
//! scales of the vectors and of the hashed features (f32); capitals, convolution, dense and output layers
//! with their offsets (f32, one row for each input); word vectors, the last one for unknown words, and
//! hashed features (i8). `models/nano/train/sentiment/export.py` writes it.

use super::reader::{BadModel, Reader, checksum};

/// The first eight bytes of the file.
const MAGIC: &[u8] = b"EMSENTIM";
/// The version of the layout.
const VERSION: u32 = 1;
/// Numbers in a word vector.
pub const DIM: usize = 48;
/// Outputs of the convolution.
pub const WIDTH: usize = 64;
/// Words the convolution sees at once.
pub const WINDOW: usize = 3;
/// Outputs of the dense layer.
pub const DENSE: usize = 48;
/// Numbers about the whole text.
pub const SIGNALS: usize = 8;
/// Hashed features; a power of two.
pub const BUCKETS: usize = 1 << 15;
/// The four moods and urgency.
pub const OUT: usize = 5;
/// Inputs of the dense layer: greatest and mean of the convolution, mean vector, signals.
pub const POOLED: usize = 2 * WIDTH + DIM + SIGNALS;

/// A layer: one row of weights for each input, and the offsets.
#[derive(Debug)]
pub struct Layer<const N: usize> {
    /// Weights by input.
    pub rows: Vec<[f32; N]>,
    /// What each output starts from.
    pub offset: [f32; N],
}

/// A readable model.
#[derive(Debug)]
pub struct Model {
    /// Added to the urgency logit, so that the best operating point lies at [`crate::domain::sentiment::URGENT`].
    pub urgency_shift: f32,
    /// From this probability on a displeased text is very negative.
    pub very_negative: f32,
    keys: Vec<u32>,
    vector_scale: [f32; DIM],
    /// What one step of each hashed feature is worth.
    pub hashed_scale: [f32; OUT],
    /// Added to the vector of a word in capitals.
    pub capitals: [f32; DIM],
    /// The convolution.
    pub conv: Layer<WIDTH>,
    /// The dense layer.
    pub dense: Layer<DENSE>,
    /// The output layer.
    pub out: Layer<OUT>,
    vectors: &'static [[u8; DIM]],
    hashed: &'static [[u8; OUT]],
}

fn layer<const N: usize>(reader: &mut Reader<'_>, inputs: usize) -> Result<Layer<N>, BadModel> {
    Ok(Layer { rows: reader.rows(inputs)?, offset: reader.row()? })
}

impl Model {
    /// Reads and checks a model file.
    pub fn parse(file: &'static [u8]) -> Result<Self, BadModel> {
        let mut reader = Reader(file);
        if reader.bytes(MAGIC.len())? != MAGIC {
            return Err(BadModel::Magic);
        }
        let [version, words] = [reader.u32()?, reader.u32()?];
        let sizes = reader.words(5)?;
        let known = [DIM, WIDTH, DENSE, BUCKETS, SIGNALS];
        if version != VERSION || !sizes.iter().map(|size| *size as usize).eq(known) {
            return Err(BadModel::Shape);
        }
        let [low, high] = [reader.u32()?, reader.u32()?];
        if checksum(reader.0) != u64::from(low) | (u64::from(high) << 32) {
            return Err(BadModel::Checksum);
        }
        let [urgency_shift, very_negative] = reader.row()?;
        let words = words as usize;
        let model = Self {
            urgency_shift,
            very_negative,
            keys: reader.words(words)?,
            vector_scale: reader.row()?,
            hashed_scale: reader.row()?,
            capitals: reader.row()?,
            conv: layer(&mut reader, WINDOW * DIM)?,
            dense: layer(&mut reader, POOLED)?,
            out: layer(&mut reader, DENSE)?,
            vectors: reader.small_rows(words.saturating_add(1))?,
            hashed: reader.small_rows(BUCKETS)?,
        };
        if reader.0.is_empty() { Ok(model) } else { Err(BadModel::Length) }
    }

    /// The row of a word by its hash, if the model knows the word.
    pub fn find(&self, key: u32) -> Option<usize> {
        self.keys.binary_search(&key).ok()
    }

    /// The vector of a row; without a row, that of unknown words.
    pub fn vector(&self, row: Option<usize>) -> [f32; DIM] {
        let mut vector = self.vector_scale;
        if let Some(small) = self.vectors.get(row.unwrap_or(self.keys.len())) {
            for (to, from) in vector.iter_mut().zip(small) {
                *to *= f32::from(from.cast_signed());
            }
        }
        vector
    }

    /// The steps of a hashed feature.
    pub fn hashed(&self, hash: u32) -> [i32; OUT] {
        let bucket = hash as usize % BUCKETS;
        self.hashed.get(bucket).map_or([0; OUT], |steps| steps.map(|step| i32::from(step.cast_signed())))
    }
}
