//! Choosing the next token, the same for the same seed on every machine and in every version.

/// Tokens are taken, likeliest first, until they have this much of the probability (Holtzman et al., "The
/// curious case of neural text degeneration", 2019).
const TOP_P: f64 = 0.95;
/// Scores this many temperatures below the best are passed over at once: their probability is below
/// e^-20, a 500-millionth of the best's.
const REACH: f64 = 20.0;

/// Chooses tokens by temperature.
#[derive(Debug)]
pub(super) struct Sampler {
    temperature: f64,
    state: u64,
}

impl Sampler {
    /// `temperature` 0 (or one that makes no sense) always takes the likeliest.
    pub(super) fn new(temperature: f32, seed: u64) -> Self {
        let temperature = if temperature.is_finite() && temperature > 1e-3 { temperature.min(4.0).into() } else { 0.0 };
        Self { temperature, state: seed }
    }

    /// A number from 0 to 1, without 1. SplitMix64: Steele, Lea and Flood, "Fast splittable pseudorandom
    /// number generators" (2014).
    fn uniform(&mut self) -> f64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        // 53 bits are what a double holds.
        (z >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Chooses among the tokens that are allowed; `None` if there are none with a finite score.
    ///
    /// `allowed` is asked only about tokens that could be chosen.
    pub(super) fn pick(&mut self, scores: &[f32], mut allowed: impl FnMut(u32) -> bool) -> Option<u32> {
        let mut best: Option<(u32, f32)> = None;
        for (id, score) in (0u32..).zip(scores.iter().copied()) {
            if score.is_finite() && best.is_none_or(|(_, b)| score > b) && allowed(id) {
                best = Some((id, score));
            }
        }
        let (likeliest, top) = best?;
        if self.temperature == 0.0 {
            return Some(likeliest);
        }
        let weight = |score: f32| (f64::from(score) - f64::from(top)) / self.temperature;
        let mut near: Vec<(u32, f64)> = (0u32..)
            .zip(scores.iter().copied())
            .filter(|(id, s)| s.is_finite() && *s <= top && weight(*s) > -REACH && allowed(*id))
            .map(|(id, s)| (id, weight(s).exp()))
            .collect();
        near.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let all: f64 = near.iter().map(|(_, p)| p).sum();
        let mut kept = 0.0;
        let whole = near.iter().position(|(_, p)| {
            kept += p;
            kept >= TOP_P * all
        });
        near.truncate(whole.map_or(near.len(), |last| last + 1));
        let mut left = self.uniform() * near.iter().map(|(_, p)| p).sum::<f64>();
        for (id, p) in &near {
            left -= p;
            if left < 0.0 {
                return Some(*id);
            }
        }
        near.last().map(|(id, _)| *id)
    }
}

/// Natural logarithms of the probabilities of all tokens.
pub(super) fn log_probabilities(scores: &[f32]) -> Vec<f64> {
    let top = scores.iter().copied().filter(|s| s.is_finite()).fold(f32::NEG_INFINITY, f32::max);
    let all: f64 = scores.iter().filter(|s| s.is_finite()).map(|s| (f64::from(*s) - f64::from(top)).exp()).sum();
    scores.iter().map(|s| f64::from(*s) - f64::from(top) - all.ln()).collect()
}
