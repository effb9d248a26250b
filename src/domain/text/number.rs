//! Numbers in words and digits.

/// The number a folded word stands for: digits, or a cardinal up to twenty, tens, hundred.
pub fn cardinal(word: &str) -> Option<u32> {
    if let Ok(number) = word.parse::<u32>() {
        return Some(number);
    }
    Some(match word {
        "zero" => 0,
        "one" | "single" => 1,
        "two" | "couple" => 2,
        "three" => 3,
        "four" => 4,
        "five" => 5,
        "six" => 6,
        "seven" => 7,
        "eight" => 8,
        "nine" => 9,
        "ten" => 10,
        "eleven" => 11,
        "twelve" | "dozen" => 12,
        "thirteen" => 13,
        "fourteen" => 14,
        "fifteen" => 15,
        "sixteen" => 16,
        "seventeen" => 17,
        "eighteen" => 18,
        "nineteen" => 19,
        "twenty" => 20,
        "thirty" => 30,
        "forty" => 40,
        "fifty" => 50,
        "sixty" => 60,
        "seventy" => 70,
        "eighty" => 80,
        "ninety" => 90,
        "hundred" => 100,
        "thousand" => 1000,
        _ => return None,
    })
}

/// The day of a month that an ordinal in digits names: "24th".
pub fn day_of_month(word: &str) -> Option<i8> {
    let digits = ["th", "st", "nd", "rd"].iter().find_map(|end| word.strip_suffix(end))?;
    digits.parse().ok().filter(|day| (1..=31).contains(day))
}

/// The day of a month that a word beside the month's name gives: "24", "24th", "sixth", "thirtieth".
pub fn day_beside_month(word: &str) -> Option<i8> {
    const LATER: [&str; 10] = [
        "eleventh",
        "twelfth",
        "thirteenth",
        "fourteenth",
        "fifteenth",
        "sixteenth",
        "seventeenth",
        "eighteenth",
        "nineteenth",
        "twentieth",
    ];
    let later = || LATER.iter().position(|name| *name == word).and_then(|at| u32::try_from(at + 11).ok());
    let spoken = || if word == "thirtieth" { Some(30) } else { ordinal(word).or_else(later) };
    let number = word.parse().ok().or_else(spoken)?;
    i8::try_from(number).ok().filter(|day| (1..=31).contains(day))
}

/// The place an ordinal names, counted from one: `second`, `2nd`, `#2` are 2.
pub fn ordinal(word: &str) -> Option<u32> {
    Some(match word {
        "first" => 1,
        "second" => 2,
        "third" => 3,
        "fourth" => 4,
        "fifth" => 5,
        "sixth" => 6,
        "seventh" => 7,
        "eighth" => 8,
        "ninth" => 9,
        "tenth" => 10,
        _ => {
            let digits = ["st", "nd", "rd", "th"].iter().find_map(|end| word.strip_suffix(end))?;
            return digits.parse().ok().filter(|n| *n > 0);
        }
    })
}

/// The value of number words read together: `twenty five` 25, `two hundred` 200, `fifteen hundred` 1500.
///
/// Returns the value and how many words it took; `None` when the first word is no number.
pub fn phrase(words: &[&str]) -> Option<(u32, usize)> {
    let mut total: u32 = 0;
    let mut part: u32 = 0;
    let mut used = 0;
    for (i, word) in words.iter().enumerate() {
        if *word == "and" && i > 0 && part >= 100 {
            continue;
        }
        let Some(number) = cardinal(word) else { break };
        match number {
            100 => part = part.max(1).checked_mul(100)?,
            1000 => {
                total = total.checked_add(part.max(1).checked_mul(1000)?)?;
                part = 0;
            }
            n if i == 0 => part = n,
            // "twenty five" adds, "two hundred fifty" adds, "five six" are two numbers.
            n if n < 10 && part.is_multiple_of(10) && part > 0 => part += n,
            n if n < 100 && part.is_multiple_of(100) => part += n,
            _ => break,
        }
        used = i + 1;
    }
    (used > 0).then_some((total.checked_add(part)?, used))
}

/// Digits spoken one by one or in pairs: `one zero zero seven` and `ten oh seven` as `1007`; at least three of them.
pub fn spoken_digits(words: &[&str]) -> Option<(String, usize)> {
    const TEENS: u32 = 20;
    const PAIRS: u32 = 100;
    // "12 34" was typed, not spoken.
    let typed = |word: &str| word.len() > 1 && word.bytes().all(|b| b.is_ascii_digit());
    let spoken = |word: &str| if matches!(word, "oh" | "o") { Some(0) } else { cardinal(word).filter(|n| *n < PAIRS && !typed(word)) };
    let mut digits = String::new();
    let mut used = 0;
    while let Some(number) = words.get(used).and_then(|word| spoken(word)) {
        used += 1;
        // "Thirty five" is a pair, "thirty" and "thirteen" are one each.
        let unit =
            words.get(used).filter(|_| number >= TEENS && number % 10 == 0).and_then(|word| spoken(word)).filter(|n| (1..10).contains(n));
        used += usize::from(unit.is_some());
        digits.push_str(&(number + unit.unwrap_or(0)).to_string());
    }
    (digits.len() >= 3).then_some((digits, used))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn number_words_are_read_together() {
        for (text, expected) in [
            ("two", Some((2, 1))),
            ("twenty five dollars", Some((25, 2))),
            ("two hundred and fifty", Some((250, 4))),
            ("fifteen hundred", Some((1500, 2))),
            ("one thousand five hundred", Some((1500, 4))),
            ("five six", Some((5, 1))),
            ("500", Some((500, 1))),
            ("laptop", None),
        ] {
            let words: Vec<_> = text.split(' ').collect();
            assert_eq!(phrase(&words), expected, "{text}");
        }
    }

    #[test]
    fn ordinals_and_spoken_digits() {
        for (word, place) in [("first", Some(1)), ("2nd", Some(2)), ("11th", Some(11)), ("0th", None), ("one", None)] {
            assert_eq!(ordinal(word), place, "{word}");
        }
        for (word, day) in [("24", Some(24)), ("1st", Some(1)), ("sixth", Some(6)), ("thirtieth", Some(30)), ("32", None), ("mon", None)] {
            assert_eq!(day_beside_month(word), day, "{word}");
        }
        assert_eq!(spoken_digits(&["one", "zero", "oh", "seven", "please"]), Some(("1007".into(), 4)));
        assert_eq!(spoken_digits(&["ten", "oh", "four", "please"]), Some(("1004".into(), 3)));
        assert_eq!(spoken_digits(&["ten", "thirty", "five"]), Some(("1035".into(), 3)));
        assert_eq!(spoken_digits(&["one", "two"]), None);
        assert_eq!(spoken_digits(&["fifteen", "hundred"]), None);
    }
}
