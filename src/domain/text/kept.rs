//! What was made of texts that come back turn after turn: the questions of the shop's own entries.

use std::cell::RefCell;
use std::rc::Rc;

use foldhash::HashMap;

/// How many texts are kept on a thread: the questions of some hundred entries. With one more it starts over.
const MOST: usize = 4_096;

/// What a function made of the texts it was given on this thread.
pub struct Kept<V>(RefCell<HashMap<String, Rc<V>>>);

impl<V> Default for Kept<V> {
    fn default() -> Self {
        Self(RefCell::default())
    }
}

impl<V> Kept<V> {
    /// What is kept for a text, or what is made of it now.
    pub fn of(&self, text: &str, make: impl FnOnce(&str) -> V) -> Rc<V> {
        if let Some(kept) = self.0.borrow().get(text) {
            return Rc::clone(kept);
        }
        let made = Rc::new(make(text));
        let mut kept = self.0.borrow_mut();
        if kept.len() >= MOST {
            kept.clear();
        }
        kept.insert(text.to_owned(), Rc::clone(&made));
        made
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_worked_on_once_and_the_room_is_bounded() {
        let kept = Kept::default();
        let made = RefCell::new(0);
        let length = |text: &str| {
            *made.borrow_mut() += 1;
            text.len()
        };
        assert_eq!((*kept.of("one", length), *kept.of("three", length), *kept.of("one", length)), (3, 5, 3));
        assert_eq!(*made.borrow(), 2);
        for i in 0..2 * MOST {
            kept.of(&i.to_string(), length);
        }
        assert!(kept.0.borrow().len() <= MOST);
    }
}
