//! Misspelt words: the nearest word of a vocabulary.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

use crate::domain::text::edit;

/// The words a misspelling may have meant.
///
/// Looking one up goes through all of them, but only past a test of one machine word each: two spellings
/// at distance `d` differ in at most `2 d` of their letters, counted as a set.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Vocabulary {
    words: Vec<String>,
    letters: Vec<u32>,
    /// How often each is used; the more usual of two equally near words wins.
    uses: Vec<u32>,
}

/// Shortest word that is corrected; shorter ones have too many neighbours.
const SHORTEST: usize = 4;

impl Vocabulary {
    /// From words with their number of uses. Words with digits and short ones are left out.
    pub fn new<'a>(words: impl Iterator<Item = (&'a str, u32)>) -> Self {
        let mut vocabulary = Self::default();
        for (word, uses) in words {
            if word.len() >= SHORTEST && word.bytes().all(|b| b.is_ascii_lowercase()) {
                vocabulary.words.push(word.to_owned());
                vocabulary.letters.push(letters(word));
                vocabulary.uses.push(uses);
            }
        }
        vocabulary
    }

    /// The nearest word within the tolerance for its length.
    pub fn nearest(&self, word: &str) -> Option<&str> {
        let limit = edit::tolerance(word.len());
        if word.len() < SHORTEST || limit == 0 || !word.bytes().all(|b| b.is_ascii_lowercase()) {
            return None;
        }
        let own = letters(word);
        let most = u32::try_from(2 * limit).unwrap_or(0);
        let mut best: Option<(usize, Reverse<u32>, &str)> = None;
        for (i, candidate) in self.letters.iter().enumerate() {
            if (candidate ^ own).count_ones() > most {
                continue;
            }
            let Some(distance) = edit::distance(word, &self.words[i], limit) else { continue };
            // A first letter is rarely mistyped.
            let first = usize::from(self.words[i].as_bytes()[0] != word.as_bytes()[0]);
            // Whatever order the words came in, the same one is found: equals go by the alphabet.
            let rank = (distance + first, Reverse(self.uses[i]), self.words[i].as_str());
            if best.is_none_or(|best| rank < best) {
                best = Some(rank);
            }
        }
        best.map(|(_, _, word)| word)
    }
}

/// The set of letters of a word.
fn letters(word: &str) -> u32 {
    word.bytes().filter(u8::is_ascii_lowercase).fold(0, |set, b| set | 1 << (b - b'a'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_found() {
        let words = [("laptop", 9), ("lenovo", 5), ("headphone", 4), ("zephyrus", 1), ("macbook", 2), ("samsung", 3)];
        let vocabulary = Vocabulary::new(words.into_iter());
        for (typed, meant) in [
            ("lapotp", Some("laptop")),
            ("lenvo", Some("lenovo")),
            ("hedphone", Some("headphone")),
            ("zephyrous", Some("zephyrus")),
            ("samsnug", Some("samsung")),
            ("mackbook", Some("macbook")),
            ("phone", None),
            ("lap", None),
        ] {
            assert_eq!(vocabulary.nearest(typed), meant, "{typed}");
        }
    }

    #[test]
    fn the_order_of_the_words_says_nothing() {
        let words = [("silent", 2), ("sizing", 2), ("siding", 2)];
        let backwards = Vocabulary::new(words.into_iter().rev());
        let forwards = Vocabulary::new(words.into_iter());
        for typed in ["sixing", "sidling", "silding"] {
            assert_eq!(forwards.nearest(typed), backwards.nearest(typed), "{typed}");
        }
        assert_eq!(forwards.nearest("sixing"), Some("siding"));
    }
}
