//! Sentences.

/// Splits running text into sentences, trimmed, none empty.
///
/// A sentence ends at a line break, or at `.`, `!`, `?` followed by space and something that can begin
/// one. A point inside a number, after a single letter or after a common abbreviation ends nothing.
pub fn split(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        loop {
            rest = rest.trim_start();
            if rest.is_empty() {
                return None;
            }
            let end = end_of_first(rest);
            let (sentence, tail) = rest.split_at(end);
            rest = tail;
            let sentence = sentence.trim();
            if !sentence.is_empty() {
                return Some(sentence);
            }
        }
    })
}

/// Whether `text` already holds a whole sentence with something behind it, and where that sentence ends.
///
/// For streams: until this says so, more of the sentence may come.
pub fn complete(text: &str) -> Option<usize> {
    let end = end_of_first(text);
    (end < text.len()).then_some(end)
}

const ABBREVIATIONS: [&str; 16] =
    ["e.g", "i.e", "etc", "approx", "no", "nr", "mr", "mrs", "ms", "dr", "vs", "st", "inc", "ltd", "co", "max"];

fn end_of_first(text: &str) -> usize {
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '\n' => return at + 1,
            '.' | '!' | '?' | '\u{2026}' => {
                let mut end = at + c.len_utf8();
                while let Some(&(next, mark)) = chars.peek() {
                    if !matches!(mark, '.' | '!' | '?' | '"' | '\'' | ')' | '\u{201d}' | '\u{2019}') {
                        break;
                    }
                    chars.next();
                    end = next + mark.len_utf8();
                }
                if ends_here(&text[..at], c, &text[end..]) {
                    return end;
                }
            }
            _ => {}
        }
    }
    text.len()
}

fn ends_here(before: &str, mark: char, after: &str) -> bool {
    let mut following = after.chars();
    match following.next() {
        None | Some('\n') => return true,
        Some(c) if !c.is_whitespace() => return false,
        Some(_) => {}
    }
    if mark != '.' {
        return true;
    }
    let word = before.rsplit(|c: char| c.is_whitespace() || c == '(').next().unwrap_or("");
    // "1. Do this" is a numbered line, "J. Smith" a name.
    let numbered = !word.is_empty() && word.len() <= 2 && word.bytes().all(|b| b.is_ascii_digit());
    let initial = word.chars().count() == 1 && word.chars().all(char::is_alphabetic) && word != "I";
    let abbreviation = ABBREVIATIONS.contains(&word.to_lowercase().as_str());
    let starts_line = before.rsplit('\n').next().is_some_and(|line| line.trim() == word);
    !((numbered && starts_line) || initial || abbreviation)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_end_where_a_reader_would_say() {
        for (text, expected) in [
            ("One. Two! Three?", vec!["One.", "Two!", "Three?"]),
            ("It costs $1,299.00. Yes.", vec!["It costs $1,299.00.", "Yes."]),
            ("Version 2.5 is out.", vec!["Version 2.5 is out."]),
            ("Use e.g. a cable. Done", vec!["Use e.g. a cable.", "Done"]),
            ("1. First\n2. Second", vec!["1. First", "2. Second"]),
            ("He said \"no.\" Then left.", vec!["He said \"no.\"", "Then left."]),
            ("Wait... what?", vec!["Wait...", "what?"]),
            ("  \n\n", vec![]),
            ("See shop.example for it.", vec!["See shop.example for it."]),
            ("We have 12. They are red.", vec!["We have 12.", "They are red."]),
        ] {
            assert_eq!(split(text).collect::<Vec<_>>(), expected, "{text}");
        }
    }

    #[test]
    fn a_stream_waits_for_the_next_sentence_to_begin() {
        assert_eq!(complete("It costs $1"), None);
        assert_eq!(complete("It costs $1,299.00."), None);
        assert_eq!(complete("Done. N"), Some(5));
    }
}
