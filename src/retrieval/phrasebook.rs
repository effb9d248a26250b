//! What customers say, in groups that stand for one thing each; a message is held against all of them by sentence
//! vector. The groups come with the program, in `assets/nlu`, with their vectors made when they were written.

use std::sync::OnceLock;

use super::vectors::{self, Matrix, Vectors};

/// A list in a phrasebook's file.
pub(super) fn list(text: &'static str, by: char) -> Vec<&'static str> {
    text.split(by).map(str::trim).filter(|part| !part.is_empty()).collect()
}

/// The lines of a phrasebook's file, as what stands before and after the sign `=`.
pub(super) fn lines(text: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).filter_map(|line| line.split_once('='))
}

/// What the program brings: a phrasebook whose vectors were made when it was written, where they are of this model.
/// It is read once, into `kept`.
pub(super) fn brought<'a, G: Iterator<Item = &'a str>>(
    kept: &'static OnceLock<Option<Phrasebook>>,
    made: &[u8],
    model: &str,
    groups: impl Iterator<Item = G>,
) -> Option<&'static Phrasebook> {
    let read = || Vectors::read(made, model).map(|made| Phrasebook::new(model, &made, groups));
    kept.get_or_init(read).as_ref().filter(|own| own.model == model)
}

/// Vectors of phrases in groups.
pub struct Phrasebook {
    model: String,
    matrix: Matrix,
    /// The group of each phrase.
    owners: Vec<usize>,
    groups: usize,
}

impl Phrasebook {
    /// Of phrases in groups, with the vectors made by a model.
    fn new<'a, G: Iterator<Item = &'a str>>(model: &str, made: &Vectors, groups: impl Iterator<Item = G>) -> Self {
        let (mut keys, mut owners, mut count) = (Vec::new(), Vec::new(), 0);
        for group in groups {
            for phrase in group {
                keys.push(vectors::key(phrase));
                owners.push(count);
            }
            count += 1;
        }
        Self { model: model.to_owned(), matrix: Matrix::of(&keys, made), owners, groups: count }
    }

    /// Whether every phrase has its vector.
    pub fn is_whole(&self) -> bool {
        self.matrix.there() == self.owners.len()
    }

    /// How near a message is to the nearest phrases of each group, falling; below zero where there are fewer.
    pub(super) fn nearest<const N: usize>(&self, vector: &[f32]) -> Vec<[f32; N]> {
        let Some(likeness) = self.matrix.likeness(vector) else { return Vec::new() };
        let mut nearest = vec![[-1.0; N]; self.groups];
        for (owner, like) in self.owners.iter().zip(likeness) {
            let own = &mut nearest[*owner];
            if let Some(place) = own.iter().position(|other| *other < like) {
                own[place..].rotate_right(1);
                own[place] = like;
            }
        }
        nearest
    }

    /// The nearest group from a likeness on, where it is none of those that stand for nothing, with its likeness and how
    /// much nearer it is than any of those.
    pub(super) fn told(&self, vector: &[f32], least: f32, is_nothing: impl Fn(usize) -> bool) -> Option<(usize, f32, f32)> {
        let ranked = self.ranked(vector);
        let (nearest, score) = *ranked.first().filter(|(group, score)| *score >= least && !is_nothing(*group))?;
        let nothing = ranked.iter().find(|(group, _)| is_nothing(*group)).map_or(0.0, |(_, score)| *score);
        Some((nearest, score, score - nothing))
    }

    /// How near a message is to each group, by the group's nearest phrase; nearest first.
    pub(super) fn ranked(&self, vector: &[f32]) -> Vec<(usize, f32)> {
        let Some(likeness) = self.matrix.likeness(vector) else { return Vec::new() };
        let mut best = vec![f32::MIN; self.groups];
        for (owner, like) in self.owners.iter().zip(likeness) {
            best[*owner] = best[*owner].max(like);
        }
        let mut ranked: Vec<(usize, f32)> = best.into_iter().enumerate().collect();
        ranked.sort_by(|a, b| b.1.total_cmp(&a.1));
        ranked
    }
}
