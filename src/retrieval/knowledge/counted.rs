//! What a question shares with every text and entry, counted in memory that the next question uses again: some
//! ten kilobytes that would be asked of the allocator, touched and given back several times a turn.

use std::cell::RefCell;

/// Counts of one question.
#[derive(Default)]
pub(super) struct Counted {
    /// Of each text: the weight it shares with the question.
    pub shared: Vec<f32>,
    /// The same, of telling words alone.
    pub telling: Vec<f32>,
    /// How many words of the question each text has, small ones too.
    pub common: Vec<u16>,
    /// The last word of the question each text was found to have.
    pub text_seen: Vec<u32>,
    /// Of each entry: the weight of telling words it shares, wherever they stand.
    pub evidence: Vec<f32>,
    /// Of each entry: whether it shares any word with the question.
    pub touched: Vec<bool>,
    /// The last telling word of the question each entry was found to have.
    pub entry_seen: Vec<u32>,
}

thread_local! {
    static SPARE: RefCell<Option<Counted>> = const { RefCell::new(None) };
}

impl Counted {
    /// Nothing counted yet.
    pub fn new(texts: usize, entries: usize) -> Self {
        let mut counted = SPARE.take().unwrap_or_default();
        renew(&mut counted.shared, texts, 0.0);
        renew(&mut counted.telling, texts, 0.0);
        renew(&mut counted.common, texts, 0);
        renew(&mut counted.text_seen, texts, u32::MAX);
        renew(&mut counted.evidence, entries, 0.0);
        renew(&mut counted.touched, entries, false);
        renew(&mut counted.entry_seen, entries, u32::MAX);
        counted
    }

    /// Hands the memory on to the next question.
    pub fn give_back(self) {
        SPARE.set(Some(self));
    }
}

fn renew<T: Clone>(counts: &mut Vec<T>, length: usize, value: T) {
    counts.clear();
    counts.resize(length, value);
}
