//! A light stemmer: plural and verb endings of English, nothing that changes a word's meaning.
//!
//! Search and rules compare stems, so "laptops" finds "Laptop" and "returned" finds "return". The rules
//! are those of Harman's S-stemmer ("How effective is suffixing?", JASIS 42(1), 1991) with `-ing` and
//! `-ed` added, and never touch a token with a digit or of fewer than four letters.

/// The stem of a folded word.
pub fn stem(word: &str) -> String {
    // Abbreviations take a plural too; "gas", "bus" and "gps" are none.
    match word {
        "tvs" => return "tv".to_owned(),
        "pcs" => return "pc".to_owned(),
        _ => {}
    }
    if word.len() < 4 || !word.bytes().all(|b| b.is_ascii_lowercase()) {
        return word.to_owned();
    }
    let singular = plural(word);
    verb(&singular)
}

fn plural(word: &str) -> String {
    if let Some(base) = word.strip_suffix("ies")
        && base.len() > 2
        && !base.ends_with(['a', 'e'])
    {
        return format!("{base}y");
    }
    if let Some(base) = word.strip_suffix("es") {
        let sibilant = base.ends_with("ch") || base.ends_with("sh") || base.ends_with("ss") || base.ends_with('x');
        if sibilant {
            return base.to_owned();
        }
    }
    match word.strip_suffix('s') {
        Some(base) if base.len() > 2 && !base.ends_with(['s', 'u', 'i']) => base.to_owned(),
        _ => word.to_owned(),
    }
}

fn verb(word: &str) -> String {
    for ending in ["ing", "ed"] {
        let Some(base) = word.strip_suffix(ending) else { continue };
        let has_vowel = base.bytes().any(|b| b"aeiouy".contains(&b));
        if base.len() < 3 || !has_vowel {
            continue;
        }
        return undouble(base);
    }
    match word.strip_suffix('e') {
        Some(base) if base.len() > 3 => base.to_owned(),
        _ => word.to_owned(),
    }
}

/// `shipp` as `ship`; `call`, `pass`, `buzz` keep theirs.
fn undouble(base: &str) -> String {
    let bytes = base.as_bytes();
    let n = bytes.len();
    let doubled = n > 3 && bytes[n - 1] == bytes[n - 2] && !b"lsz".contains(&bytes[n - 1]);
    let base = if doubled { &base[..n - 1] } else { base };
    match base.strip_suffix('e') {
        Some(short) if short.len() > 3 => short.to_owned(),
        _ => base.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_word_share_a_stem() {
        for forms in [
            &["laptop", "laptops"][..],
            &["battery", "batteries"],
            &["watch", "watches"],
            &["return", "returns", "returned", "returning"],
            &["ship", "ships", "shipped", "shipping"],
            &["charge", "charges", "charged", "charging"],
            &["cable", "cables"],
            &["box", "boxes"],
            &["call", "calls", "called", "calling"],
        ] {
            let stems: Vec<_> = forms.iter().map(|form| stem(form)).collect();
            assert!(stems.windows(2).all(|pair| pair[0] == pair[1]), "{forms:?} -> {stems:?}");
        }
    }

    #[test]
    fn other_words_stay_apart() {
        for word in ["bus", "asus", "gps", "usb3s", "this", "red", "king", "ring", "press", "1080s"] {
            assert_eq!(stem(word), word);
        }
        assert_ne!(stem("ship"), stem("shop"));
    }
}
