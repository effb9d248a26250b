//! How a head is turned to mark its position (Su et al., "RoFormer", 2021).

use super::architecture::Pairs;

/// Cosines and sines of a position's angles.
pub type Angles = Vec<(f32, f32)>;

/// How fast the pairs of a head turn.
#[derive(Debug, Clone)]
pub struct Turns {
    pairs: Pairs,
    /// Angle of each pair at position 1.
    speeds: Vec<f32>,
    /// What the cosines and sines are multiplied with.
    length: f32,
}

impl Turns {
    /// For heads whose first `width` numbers turn; each pair's speed is divided by its factor, where there are factors.
    pub fn new(pairs: Pairs, width: usize, base: f32, factors: Option<&[f32]>, length: f32) -> Self {
        let speed = |i: usize| {
            let factor = factors.and_then(|all| all.get(i)).copied().unwrap_or(1.0);
            1.0 / base.powf((2 * i) as f32 / width as f32) / factor
        };
        Self { pairs, speeds: (0..width / 2).map(speed).collect(), length }
    }

    /// The angles at a position.
    pub fn at(&self, position: usize) -> Angles {
        let at = |speed: &f32| {
            let (sin, cos) = (position as f32 * speed).sin_cos();
            (cos * self.length, sin * self.length)
        };
        self.speeds.iter().map(at).collect()
    }

    /// Turns a head.
    pub fn turn(&self, head: &mut [f32], angles: &Angles) {
        match self.pairs {
            Pairs::Neighbours => {
                for (pair, (cos, sin)) in head.as_chunks_mut::<2>().0.iter_mut().zip(angles) {
                    *pair = [pair[0] * cos - pair[1] * sin, pair[0] * sin + pair[1] * cos];
                }
            }
            Pairs::Halves => {
                let (first, second) = head.split_at_mut(self.speeds.len());
                for ((a, b), (cos, sin)) in first.iter_mut().zip(second).zip(angles) {
                    (*a, *b) = (*a * cos - *b * sin, *a * sin + *b * cos);
                }
            }
        }
    }
}
