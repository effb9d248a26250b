//! Whether a message is written in another language than English, by its small words.
//!
//! Messages are short, and full of names that are no language: statistics over letters guess wrongly for most of
//! them. Small words do not: two or three of one language and hardly any of English settle it. What the lists know is
//! in `assets/nlu/languages.txt`.

use std::sync::LazyLock;

use foldhash::HashMap;

use super::words;

/// Of each word, the languages it belongs to, as bits.
static WORDS: LazyLock<HashMap<&'static str, u32>> = LazyLock::new(|| {
    let lines = include_str!("../../../assets/nlu/languages.txt").lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let mut words: HashMap<&'static str, u32> = HashMap::default();
    for (line, number) in lines.zip(0..) {
        for word in line.split(' ').skip(1).filter(|word| !word.is_empty()) {
            *words.entry(word).or_default() |= 1 << number;
        }
    }
    words
});

/// Languages there are lists of, at most.
const LANGUAGES: usize = 32;

/// Whether a message is mostly in another language. `words` are folded; names of the shop's things are left out of
/// them by whoever knows them.
pub fn is_foreign(text: &str, words: &[&str]) -> bool {
    if other_script(text) {
        return true;
    }
    let mut hits = [0_usize; LANGUAGES];
    let (mut english, mut foreign_only) = (0, 0);
    let letters: Vec<&&str> = words.iter().filter(|word| word.chars().all(char::is_alphabetic)).collect();
    for word in &letters {
        let of = languages(word);
        let ours = words::is_common(word);
        english += usize::from(ours);
        foreign_only += usize::from(of != 0 && !ours);
        for (language, count) in hits.iter_mut().enumerate() {
            *count += usize::from(of >> language & 1 == 1);
        }
    }
    let most = hits.into_iter().max().unwrap_or_default();
    // Words that are English too count for both; those of one language must outweigh the English ones.
    let outweighed = foreign_only > 0 && most >= 2 && most > english && foreign_only * 4 >= letters.len();
    // "Hola", "tienen auriculares": one word tells when next to nothing else is said.
    let tells = |word: &str| word.len() >= 4 && languages(word) != 0 && !words::is_common(word);
    let alone = foreign_only == 1 && english == 0 && letters.len() <= 3 && letters.iter().any(|word| tells(word));
    let opens = foreign_only == 1 && english <= 1 && (2..=4).contains(&letters.len()) && tells(letters[0]);
    outweighed || alone || opens
}

/// The languages of a folded word, as bits. A few letters have no accent that folding could take off.
fn languages(word: &str) -> u32 {
    if word.is_ascii() {
        return WORDS.get(word).copied().unwrap_or_default();
    }
    let plain: String = word
        .chars()
        .map(|c| match c {
            'ı' => 'i',
            'ł' => 'l',
            'ø' => 'o',
            'đ' => 'd',
            c => c,
        })
        .collect();
    WORDS.get(plain.as_str()).copied().unwrap_or_default()
}

/// Most letters of a script that English does not use.
fn other_script(text: &str) -> bool {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let other = text
        .chars()
        .filter(|c| c.is_alphabetic() && !matches!(*c, '\u{0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' | '\u{ff21}'..='\u{ff5a}'))
        .count();
    letters > 0 && other * 2 > letters
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::text::token::tokens;

    fn foreign(text: &str) -> bool {
        let words = tokens(text);
        is_foreign(text, &words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>())
    }

    #[test]
    fn other_languages_are_told_from_english() {
        let missed: Vec<&str> = include_str!("language_foreign.txt").lines().filter(|text| !foreign(text)).collect();
        assert!(missed.is_empty(), "{missed:#?}");
    }

    #[test]
    fn english_is_english_whatever_it_names() {
        let mistaken: Vec<&str> = include_str!("language_english.txt").lines().filter(|text| foreign(text)).collect();
        assert!(mistaken.is_empty(), "{mistaken:#?}");
    }
}
