//! A vocabulary as llguidance sees it: a tree of its tokens, and how text is cut into them.

use std::sync::Arc;

use llguidance::toktrie::{INVALID_TOKEN, TokEnv, TokRxInfo, TokTrie, TokenId, TokenizerEnv};

use super::super::tokenizer::{Class, Tokenizer};
use super::Refused;
use super::checks::{Check, Checks};

/// Most bytes of a token in the tree, which is at most 1,024 deep. Longer ones are runs of one character.
const LONGEST: usize = 256;
/// Most bytes of all tokens: the tree has at most 2^22 nodes. The largest vocabularies in use have two million.
const MOST_BYTES: usize = (1 << 22) - 1;
/// Begins what stands for structure in the tree, and is no byte of any text in UTF-8.
const MARK: u8 = TokTrie::SPECIAL_TOKEN_MARKER;

struct Environment {
    tokenizer: Arc<Tokenizer>,
    trie: TokTrie,
    /// Whether any text can be cut as the model has learnt it.
    complete: bool,
}

impl TokenizerEnv for Environment {
    fn tok_trie(&self) -> &TokTrie {
        &self.trie
    }

    fn tokenize_bytes(&self, text: &[u8]) -> Vec<TokenId> {
        self.trie.tokenize_with_greedy_fallback(text, |text| self.cut(text))
    }

    /// Only then text that must follow is turned into tokens at once.
    fn tokenize_is_canonical(&self) -> bool {
        self.complete
    }
}

impl Environment {
    /// Cuts text as the model's tokenizer does, unless that writes it in another way (as composed characters, say).
    fn cut(&self, text: &str) -> Vec<TokenId> {
        let spells = |ids: &[TokenId]| ids.iter().flat_map(|id| self.trie.token(*id)).eq(text.as_bytes());
        let ids = self.tokenizer.encode_within(text).ok().filter(|ids| spells(ids));
        ids.unwrap_or_else(|| self.trie.greedy_tokenize(text.as_bytes()))
    }
}

/// Makes the tree of the tokens that are text and no structure; the others are never part of an answer of this kind.
pub(super) fn environment(tokenizer: &Arc<Tokenizer>, checks: &Checks) -> Result<TokEnv, Refused> {
    let vocab = &tokenizer.vocab;
    let mut single = [false; 256];
    let words = (0u32..).zip(&vocab.classes).map(|(id, class)| {
        let text = tokenizer.bytes.of(id);
        // Text added to a vocabulary is structure to most models: tags, tools, gaps. The tokenizer never makes one of
        // them out of text either.
        let of_text = checks.of(id) != Check::Never && *class != Class::UserDefined && vocab.stops.binary_search(&id).is_err();
        if !of_text || text.len() > LONGEST || text.contains(&MARK) {
            return Vec::new();
        }
        if let [byte] = text {
            single[usize::from(*byte)] = true;
        }
        text.to_vec()
    });
    let words: Vec<Vec<u8>> = words.collect();
    if words.iter().map(Vec::len).sum::<usize>() > MOST_BYTES {
        return Err(Refused::Vocabulary);
    }
    // Of the others, none stands in UTF-8.
    let complete = (0u8..0xc0).chain(0xc2..=0xf4).all(|byte| single[usize::from(byte)]);
    let size = u32::try_from(words.len()).map_err(|_| Refused::Vocabulary)?;
    let mut trie = TokTrie::from(&TokRxInfo::new(size, INVALID_TOKEN), &words);
    if !vocab.stops.is_empty() {
        trie = trie.with_eos_tokens(&vocab.stops);
    }
    Ok(Arc::new(Environment { tokenizer: Arc::clone(tokenizer), trie, complete }))
}
