//! Sentence vectors of the shop's texts: made once, kept beside the records, compared with one another.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Numbers of a vector that are kept as one byte each.
const FULL: f32 = 127.0;
/// What 1.0 is in the vector that is compared with those that are kept.
const ONE: f32 = 4096.0;

/// Vectors of texts, as they are stored. Those of another model are worth nothing.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Vectors {
    /// Names the model that made them.
    model: String,
    /// Numbers in a vector.
    width: u32,
    /// Names of the texts, ascending.
    keys: Vec<u64>,
    /// Of each vector, what one step of its bytes is worth.
    steps: Vec<f32>,
    /// The vectors, one after the other.
    values: Vec<i8>,
}

/// The name of a text among vectors.
pub fn key(text: &str) -> u64 {
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().take(8).fold(0, |key, byte| key << 8 | u64::from(*byte))
}

impl Vectors {
    /// No vectors yet, of a model.
    pub fn of_model(model: &str) -> Self {
        Self { model: model.to_owned(), ..Self::default() }
    }

    /// The stored form, read; `None` when it is damaged or of another model.
    pub fn read(bytes: &[u8], model: &str) -> Option<Self> {
        let found: Self = postcard::from_bytes(bytes).ok()?;
        let whole = found.keys.len() == found.steps.len() && found.values.len() == found.keys.len() * found.width as usize;
        let ordered = found.keys.windows(2).all(|pair| pair[0] < pair[1]);
        (found.model == model && whole && ordered).then_some(found)
    }

    /// The stored form.
    pub fn bytes(&self) -> Vec<u8> {
        postcard::to_stdvec(self).unwrap_or_default()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Whether the vector of a text is there.
    pub fn has(&self, key: u64) -> bool {
        self.keys.binary_search(&key).is_ok()
    }

    /// Adds vectors, in any order; one of another width than the first is left out.
    pub fn add(&mut self, new: Vec<(u64, Vec<f32>)>) {
        let mut rows: Vec<(u64, f32, Vec<i8>)> = Vec::with_capacity(self.len() + new.len());
        for (key, vector) in new {
            if self.width == 0 {
                self.width = u32::try_from(vector.len()).unwrap_or(0);
            }
            if vector.len() != self.width as usize || self.has(key) {
                continue;
            }
            let largest = vector.iter().fold(0.0_f32, |most, x| most.max(x.abs())).max(f32::MIN_POSITIVE);
            let step = largest / FULL;
            rows.push((key, step, vector.iter().map(|x| (x / step).round() as i8).collect()));
        }
        let width = self.width as usize;
        let old = self.keys.iter().zip(&self.steps).zip(self.values.chunks_exact(width.max(1)));
        rows.extend(old.map(|((key, step), row)| (*key, *step, row.to_vec())));
        rows.sort_by_key(|(key, ..)| *key);
        rows.dedup_by_key(|(key, ..)| *key);
        self.keys = rows.iter().map(|(key, ..)| *key).collect();
        self.steps = rows.iter().map(|(_, step, _)| *step).collect();
        self.values = rows.into_iter().flat_map(|(.., row)| row).collect();
    }

    /// Keeps only the vectors of these texts.
    pub fn keep(&mut self, wanted: impl Fn(u64) -> bool) {
        let width = self.width as usize;
        let kept: Vec<usize> = (0..self.keys.len()).filter(|i| wanted(self.keys[*i])).collect();
        self.values = kept.iter().flat_map(|i| self.values[i * width..(i + 1) * width].to_vec()).collect();
        self.steps = kept.iter().map(|i| self.steps[*i]).collect();
        self.keys = kept.into_iter().map(|i| self.keys[i]).collect();
    }

    /// The vector of a text, with what one step of its bytes is worth.
    fn row(&self, key: u64) -> Option<(f32, &[i8])> {
        let at = self.keys.binary_search(&key).ok()?;
        let width = self.width as usize;
        Some((*self.steps.get(at)?, self.values.get(at * width..(at + 1) * width)?))
    }
}

/// Vectors of a row of texts, side by side, for comparing one with all of them: exact, by going through them all.
/// As small as they are stored: of 384 numbers, 388 bytes a text.
#[derive(Debug, Clone, Default)]
pub struct Matrix {
    width: usize,
    /// Of each row, what one step of its bytes is worth; nothing where there is no vector.
    steps: Vec<f32>,
    /// A row of zeros where there is no vector.
    values: Vec<i8>,
}

impl Matrix {
    /// The vectors of texts, in their order.
    pub fn of(keys: &[u64], vectors: &Vectors) -> Self {
        Self::of_parts(keys, |_| vectors)
    }

    /// The vectors of texts, in their order, where they lie in several parts.
    pub fn of_parts<'a>(keys: &[u64], part: impl Fn(u64) -> &'a Vectors) -> Self {
        let width = keys.iter().map(|key| part(*key).width as usize).max().unwrap_or_default();
        let mut matrix = Self { width, steps: Vec::with_capacity(keys.len()), values: Vec::with_capacity(keys.len() * width) };
        for key in keys {
            let (step, row) = part(*key).row(*key).filter(|(_, row)| row.len() == width).unwrap_or_default();
            matrix.steps.push(step);
            matrix.values.extend(row);
            matrix.values.resize(matrix.steps.len() * width, 0);
        }
        matrix
    }

    /// How many of the rows have a vector.
    pub fn there(&self) -> usize {
        self.steps.iter().filter(|step| **step > 0.0).count()
    }

    /// Whether a row has a vector.
    pub fn has(&self, row: usize) -> bool {
        self.steps.get(row).is_some_and(|step| *step > 0.0)
    }

    /// How alike a vector is to each row, -1 to 1; `None` where it is no vector of these.
    pub fn likeness(&self, vector: &[f32]) -> Option<Vec<f32>> {
        if self.width == 0 || vector.len() != self.width || self.there() == 0 {
            return None;
        }
        let one = whole(vector);
        let rows = self.values.chunks_exact(self.width).zip(&self.steps);
        Some(rows.map(|(row, step)| alike(row, *step, &one)).collect())
    }

    /// How alike a vector is to the likest of some rows; `None` where none of them has a vector of its kind.
    pub fn likest(&self, vector: &[f32], rows: impl Iterator<Item = usize>) -> Option<f32> {
        if vector.len() != self.width {
            return None;
        }
        let one = whole(vector);
        let values = |row: usize| self.values.get(row * self.width..(row + 1) * self.width);
        let alike = |row: usize| Some(alike(values(row)?, *self.steps.get(row)?, &one));
        rows.filter(|row| self.has(*row)).filter_map(alike).max_by(f32::total_cmp)
    }
}

/// How alike a row, with what one step of its bytes is worth, is to a vector in steps of [`ONE`].
fn alike(row: &[i8], step: f32, one: &[i16]) -> f32 {
    dot(row, one) as f32 * step / ONE
}

/// A vector in steps of [`ONE`].
fn whole(vector: &[f32]) -> Vec<i16> {
    vector.iter().map(|x| (x * ONE).round().clamp(-ONE, ONE) as i16).collect()
}

/// Whole numbers add up in any order, so the compiler makes vector instructions of the plain sum.
fn dot(a: &[i8], b: &[i16]) -> i32 {
    a.iter().zip(b).map(|(x, y)| i32::from(*x) * i32::from(*y)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(values: &[f32]) -> Vec<f32> {
        let length = values.iter().map(|x| x * x).sum::<f32>().sqrt();
        values.iter().map(|x| x / length).collect()
    }

    #[test]
    fn vectors_outlive_their_file_and_compare_as_before() {
        let (a, b) = (unit(&[1.0, 2.0, -3.0, 0.5]), unit(&[2.0, 1.0, 0.1, -1.0]));
        let mut vectors = Vectors::of_model("m");
        vectors.add(vec![(9, a.clone()), (3, b.clone())]);
        vectors.add(vec![(5, unit(&[0.0, 0.0, 1.0, 0.0])), (9, b.clone()), (7, vec![1.0])]);
        assert_eq!(vectors.len(), 3, "one is there already, one is of another width");
        let again = Vectors::read(&vectors.bytes(), "m").unwrap();
        assert_eq!(again, vectors);
        assert_eq!(Vectors::read(&vectors.bytes(), "other"), None);
        assert_eq!(Vectors::read(b"rubbish", "m"), None);
        let matrix = Matrix::of(&[3, 4, 9], &again);
        let likeness = matrix.likeness(&a).unwrap();
        let exact: f32 = a.iter().zip(&b).map(|(x, y)| x * y).sum();
        for (found, expected) in likeness.iter().zip([exact, 0.0, 1.0]) {
            assert!((found - expected).abs() < 0.01, "{likeness:?}");
        }
        assert_eq!((matrix.there(), matrix.likeness(&[1.0])), (2, None));
        for (rows, expected) in [(vec![0, 1, 2], Some(likeness[2])), (vec![0, 1], Some(likeness[0])), (vec![1, 9], None)] {
            assert_eq!(matrix.likest(&a, rows.into_iter()), expected);
        }
        assert_eq!(matrix.likest(&[1.0], 0..3), None);
        let mut fewer = again.clone();
        fewer.keep(|key| key == 9);
        assert_eq!((fewer.len(), fewer.has(9), fewer.has(3)), (1, true, false));
    }
}
