//! How sure a small model must be to go on, how often it may say what it was given, and what it says only where it was
//! given it.

use super::tokenizer::Bytes;

/// The least probability of the next token.
#[derive(Debug, Clone, Copy)]
pub(super) struct Caution {
    /// Of a placeholder, and of the end: a wrong one says something else, or leaves something out.
    pub facts: f32,
    /// Of any other.
    pub words: f32,
}

/// How words begin that tell what became of something, or promise something. Having read of many orders, a small model
/// writes "was cancelled" of one that is to be sent back: it says such a word only where its brief does.
const TELLING: [&str; 19] = [
    "cancel",
    "return",
    "exchang",
    "ship",
    "deliver",
    "refund",
    "confirm",
    "expir",
    "warrant",
    "promotion",
    "offer",
    "repair",
    "replac",
    "free",
    "valid",
    "late",
    "paid",
    "stock",
    "payment",
];

/// Caution over one answer, of a model whose vocabulary has a token for every placeholder.
#[derive(Debug)]
pub(super) struct Watched {
    caution: Caution,
    /// Placeholders, and how often each may still be said.
    left: Vec<(Vec<u8>, u32)>,
    /// Of [`TELLING`] those the brief has not.
    untold: Vec<&'static str>,
    /// The word that is being said, in small letters.
    word: String,
}

impl Watched {
    /// Of an answer to `brief` that may say each of `names` as often as it stands there.
    pub(super) fn new(caution: Caution, names: &[String], brief: &str) -> Self {
        let mut left: Vec<(Vec<u8>, u32)> = Vec::new();
        for name in names {
            match left.iter_mut().find(|(own, _)| own == name.as_bytes()) {
                Some((_, count)) => *count += 1,
                None => left.push((name.clone().into_bytes(), 1)),
            }
        }
        let brief = brief.to_lowercase();
        let untold = TELLING.into_iter().filter(|word| !brief.contains(word)).collect();
        Self { caution, left, untold, word: String::new() }
    }

    /// Takes the token chosen; `false` where the answer had better end before it.
    pub(super) fn take(&mut self, scores: &[f32], id: u32, bytes: &Bytes) -> bool {
        let text = bytes.of(id).trim_ascii();
        let ends = bytes.of(id).is_empty();
        let named = text.first() == Some(&b'{');
        let least = if named || ends { self.caution.facts } else { self.caution.words };
        if probability(scores, id) < least {
            return false;
        }
        if !named {
            return !self.tells(&String::from_utf8_lossy(bytes.of(id)));
        }
        self.word.clear();
        let Some((_, left)) = self.left.iter_mut().find(|(name, _)| name == text).filter(|(_, left)| *left > 0) else { return false };
        *left -= 1;
        true
    }

    /// Whether the text, behind what was said, begins a word that nothing in the brief bears out.
    fn tells(&mut self, text: &str) -> bool {
        text.chars().any(|c| {
            if c.is_alphabetic() {
                self.word.extend(c.to_lowercase());
            } else {
                self.word.clear();
            }
            self.untold.iter().any(|word| self.word == *word)
        })
    }
}

/// How likely a token is by the scores of all.
fn probability(scores: &[f32], id: u32) -> f32 {
    let own = scores.get(id as usize).copied().unwrap_or(f32::NEG_INFINITY);
    1.0 / scores.iter().map(|s| (s - own).exp()).sum::<f32>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_said_or_is_unlikely_ends_an_answer() {
        let mut bytes = Bytes::default();
        for token in ["yes", " {F1}", "{F2}", "", " it ship", "s", " re", "funded"] {
            bytes.push(token.as_bytes());
        }
        let names = ["{F1}", "{F2}", "{F1}"].map(str::to_owned);
        // The likelihood of the token as a score beside 0 for all others: ln(p / (1 - p)) for one other.
        let caution = Caution { facts: 0.7, words: 0.3 };
        for (answer, fine) in [
            (vec![(0, 1.0), (1, 5.0), (2, 5.0), (1, 5.0), (3, 5.0)], true),
            (vec![(0, 0.0)], false),
            (vec![(1, 1.0)], false),
            (vec![(2, 5.0), (2, 5.0)], false),
            (vec![(3, 1.0)], false),
            (vec![(4, 5.0), (5, 5.0)], true),
            (vec![(6, 5.0), (7, 5.0)], false),
        ] {
            let mut watched = Watched::new(caution, &names, "Order {F1} has been Shipped.");
            let said = answer.iter().all(|(id, score)| {
                let mut scores = [-9.0; 8];
                scores[..4].fill(0.0);
                scores[*id as usize] = *score;
                watched.take(&scores, *id, &bytes)
            });
            assert_eq!(said, fine, "{answer:?}");
        }
    }
}
