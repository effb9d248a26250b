//! Folding: what may differ between two spellings of the same word.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Lower case, no accents, straight quotes, no trade marks.
///
/// The result is for comparing, never for showing.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    // Marks go before the decomposition, which would spell "\u{2122}" as the letters "TM".
    text.chars().filter(|c| !is_silent(*c)).nfkd().filter(|c| !is_combining_mark(*c)).flat_map(fold_char).collect()
}

/// Characters that carry no meaning: trade marks, soft hyphens, zero-width marks.
fn is_silent(c: char) -> bool {
    matches!(c, '\u{ae}' | '\u{2122}' | '\u{a9}' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{fe0f}')
}

/// One character in its plain form and lower case.
fn fold_char(c: char) -> impl Iterator<Item = char> {
    let plain = match c {
        '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2032}' | '`' | '\u{b4}' => '\'',
        '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{2033}' => '"',
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        '\u{df}' => 's',
        // Letters that no decomposition takes apart: a customer writes "Yildiz" where the record has a dotless i.
        '\u{131}' => 'i',
        '\u{f8}' | '\u{d8}' => 'o',
        '\u{142}' | '\u{141}' => 'l',
        '\u{111}' | '\u{110}' | '\u{f0}' | '\u{d0}' => 'd',
        other => other,
    };
    plain.to_lowercase()
}

/// Letters and digits only, folded: `ORD-1007` and `ord 1007` both become `ord1007`.
pub fn bare(text: &str) -> String {
    fold(text).chars().filter(|c| c.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_meet() {
        for (a, b) in [
            ("Café", "cafe"),
            ("don\u{2019}t", "don't"),
            ("Core\u{2122} i7\u{ae}", "core i7"),
            ("Wi\u{2011}Fi", "wi-fi"),
            ("ﬁne", "fine"),
            ("ÜBER", "uber"),
            ("Yıldız", "yildiz"),
            ("Łukasz Sørensen", "lukasz sorensen"),
        ] {
            assert_eq!(fold(a), b);
        }
        assert_eq!(bare("#ORD-1007 "), "ord1007");
    }
}
