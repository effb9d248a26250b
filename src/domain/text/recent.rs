//! What was made of the last few texts: one turn asks the same of its message many times over.

use std::cell::RefCell;
use std::collections::VecDeque;

/// How many texts are kept: a turn's message, and those it is put together with.
const KEPT: usize = 8;

/// What a function made of the texts it was last given on this thread.
pub struct Recent<V>(RefCell<VecDeque<(String, V)>>);

impl<V> Default for Recent<V> {
    fn default() -> Self {
        Self(RefCell::default())
    }
}

impl<V: Clone> Recent<V> {
    /// Of no text yet.
    pub const fn new() -> Self {
        Self(RefCell::new(VecDeque::new()))
    }

    /// What is kept for a text, or what is made of it now.
    pub fn of(&self, text: &str, make: impl FnOnce(&str) -> V) -> V {
        if let Some((_, kept)) = self.0.borrow().iter().find(|(own, _)| own == text) {
            return kept.clone();
        }
        let made = make(text);
        let mut kept = self.0.borrow_mut();
        kept.truncate(KEPT - 1);
        kept.push_front((text.to_owned(), made.clone()));
        made
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_worked_on_once_while_it_is_recent() {
        let recent = Recent::new();
        let made = RefCell::new(0);
        let length = |text: &str| {
            *made.borrow_mut() += 1;
            text.len()
        };
        assert_eq!((recent.of("one", length), recent.of("three", length), recent.of("one", length)), (3, 5, 3));
        assert_eq!(*made.borrow(), 2);
        for i in 0..KEPT {
            recent.of(&format!("other {i}"), length);
        }
        assert_eq!(recent.of("one", length), 3);
        assert_eq!(*made.borrow(), 3 + KEPT);
    }
}
