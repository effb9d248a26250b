//! Tokens guessed ahead: what stood behind the same words before.
//!
//! Replies quote: names of products, sentences of the shop's rules, what the customer wrote. Where the last tokens stood in
//! the prompt already, what followed them there is read along with them, and as much of it is kept as would have been
//! chosen anyway: the answer is the same, in fewer steps (Saxena, "Prompt lookup decoding", 2023; the acceptance by exact
//! match is that of Leviathan et al., "Fast inference from transformers via speculative decoding", 2023, for a draft
//! without probabilities).

/// How many tokens must have stood there before; the longer ones are looked for first.
const BEFORE: [usize; 2] = [3, 2];
/// Guesses in a row without a hit after which none is made for a while.
const MISSES: u32 = 3;
/// Tokens until the next guess after those.
const REST: u32 = 12;

/// The guesses over one answer.
#[derive(Debug, Default)]
pub(super) struct Drafts {
    on: bool,
    last: Vec<u32>,
    misses: u32,
    rest: u32,
}

impl Drafts {
    /// None at all, where they are not `on`.
    pub(super) fn new(on: bool) -> Self {
        Self { on, ..Self::default() }
    }

    /// Guesses at most `most` tokens behind `ids`, of which the first `asked` are the prompt.
    pub(super) fn next(&mut self, ids: &[u32], asked: usize, most: usize) -> &[u32] {
        self.last.clear();
        self.rest = self.rest.saturating_sub(1);
        // The first token comes from the prompt itself.
        if self.on && self.rest == 0 && most > 0 && ids.len() > asked {
            let found = BEFORE.iter().find_map(|before| behind(ids, *before, most));
            self.last.extend_from_slice(found.unwrap_or_default());
        }
        &self.last
    }

    /// Notes how many of the last guess were right.
    pub(super) fn came_true(&mut self, count: usize) {
        if self.last.is_empty() {
            return;
        }
        self.misses = if count == 0 { self.misses + 1 } else { 0 };
        if self.misses >= MISSES {
            (self.misses, self.rest) = (0, REST);
        }
    }
}

/// What stood behind the last `before` tokens the last time they stood anywhere before.
fn behind(ids: &[u32], before: usize, most: usize) -> Option<&[u32]> {
    let end = ids.len().checked_sub(before)?;
    let last = &ids[end..];
    let at = (0..end).rev().find(|at| ids[*at..].starts_with(last))?;
    let from = at + before;
    Some(&ids[from..ids.len().min(from + most)]).filter(|found| !found.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_followed_before_is_guessed_and_misses_make_it_rest() {
        let mut drafts = Drafts::new(true);
        for (ids, most, wanted) in [
            (&[1, 2, 3, 4, 5, 9, 2, 3, 4][..], 2, &[5, 9][..]),
            (&[1, 2, 3, 4, 5, 9, 2, 3, 4], 0, &[]),
            (&[7, 3, 4, 8, 6, 3, 4], 4, &[8, 6, 3, 4]),
            (&[3, 4, 1, 3, 4, 2, 3, 4], 1, &[2]),
            (&[1, 2, 3], 4, &[]),
            (&[5, 5, 5], 4, &[5]),
        ] {
            assert_eq!(drafts.next(ids, 1, most), wanted, "{ids:?}");
        }
        let ids = [1, 2, 3, 1, 2];
        assert!(drafts.next(&ids, 5, 4).is_empty(), "nothing was said yet");
        for _ in 0..MISSES {
            assert_eq!(drafts.next(&ids, 1, 4), [3, 1, 2]);
            drafts.came_true(0);
        }
        let rested = (0..REST).filter(|_| drafts.next(&ids, 1, 4).is_empty()).count() as u32;
        assert_eq!(rested, REST - 1);
        assert!(Drafts::new(false).next(&ids, 1, 4).is_empty());
    }
}
