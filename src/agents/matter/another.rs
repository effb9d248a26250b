//! What was asked of one thing, asked of another.

use crate::domain::text::token::tokens;
use crate::domain::text::words::is_function;

/// "That's ridiculous. And earbuds?": what was asked of one thing is asked of another.
pub fn asks_of_another(text: &str) -> bool {
    const FEW: usize = 8;
    text.split(['.', '!', ',']).flat_map(|part| part.split_inclusive('?')).filter(|part| part.ends_with('?')).any(|part| {
        let said = tokens(part);
        let words: Vec<&str> = said.iter().map(|token| token.text.as_str()).collect();
        let rest = match words.as_slice() {
            ["and" | "or", "what" | "how", "about", rest @ ..] | ["what" | "how", "about", rest @ ..] | ["and" | "or", rest @ ..] => rest,
            _ => return false,
        };
        let thing = rest.iter().find(|word| !matches!(**word, "the" | "a" | "an" | "my" | "these" | "those" | "some"));
        words.len() <= FEW && thing.is_some_and(|word| !is_function(word))
    })
}
