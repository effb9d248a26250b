//! What customers say of themselves: e-mail, telephone, postal code, name.

use crate::domain::heard::Word;
use crate::domain::text::words;

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contact {
    /// An e-mail address.
    pub email: Option<String>,
    /// Last four digits of a telephone number.
    pub phone_tail: Option<String>,
    /// A whole telephone number.
    pub phone: Option<String>,
    /// A postal code.
    pub zip: Option<String>,
    /// A name.
    pub name: Option<String>,
}

impl Contact {
    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Reads a message. When `asked`, bare digits and bare words count as the answer; otherwise only what is
/// announced ("my zip is", "my name is") or cannot be anything else. `taken` marks words that are part of
/// an order number.
pub fn read(text: &str, said: &[Word], taken: &[bool], asked: bool) -> Contact {
    let mut found = Contact { email: email(text), ..Contact::default() };
    let email_span = found.email.as_deref().and_then(|email| text.find(email).map(|at| at..at + email.len()));
    let free = |i: usize| {
        !taken.get(i).copied().unwrap_or(false)
            && email_span.as_ref().is_none_or(|span| said[i].end <= span.start || said[i].start >= span.end)
    };
    phone(text, said, &free, &mut found);
    for (i, word) in said.iter().enumerate() {
        if !free(i) {
            continue;
        }
        let announced = |names: &[&str]| {
            let from = i.saturating_sub(4);
            said[from..i].iter().any(|w| names.contains(&w.text.as_str()))
        };
        let digits = word.text.len() > 2 && word.text.bytes().all(|b| b.is_ascii_digit());
        let behind_zip = i > 0 && said[i - 1].end + 1 == word.start && said[i - 1].text.len() == 5;
        let tail_named = !behind_zip && announced(&["phone", "ending", "ends", "last", "four", "digits", "telephone", "mobile", "cell"]);
        if digits && word.text.len() == 4 && found.phone_tail.is_none() && (tail_named || (asked && !behind_zip)) {
            found.phone_tail = Some(word.text.clone());
        }
        let zip_named = announced(&["zip", "zipcode", "postal", "postcode", "post", "code"]);
        let zip_like = (digits && word.text.len() == 5) || (zip_named && word.text.bytes().any(|b| b.is_ascii_digit()));
        if zip_like && found.zip.is_none() && (zip_named || asked) {
            found.zip = Some(zip_text(text, said, i));
        }
    }
    found.name = announced_name(text, said).or_else(|| asked.then(|| bare_name(text, said, &free, &found)).flatten());
    found
}

/// A postal code, with the second half where it has one (`K1A 0B1`, `04101-1234`).
fn zip_text(text: &str, said: &[Word], at: usize) -> String {
    let mut end = said[at].end;
    if let Some(next) = said.get(at + 1) {
        let halves = said[at].text.len() <= 4
            && said[at].text.bytes().any(|b| b.is_ascii_alphabetic())
            && next.text.len() == 3
            && next.text.bytes().next().is_some_and(|b| b.is_ascii_digit());
        let plus_four = next.start == end + 1 && text.as_bytes()[end] == b'-' && next.text.len() == 4;
        if halves || plus_four {
            end = next.end;
        }
    }
    text[said[at].start..end].to_owned()
}

/// The first e-mail address of a text.
pub fn email(text: &str) -> Option<String> {
    text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '<' | '>' | '(' | ')' | '"' | ':')).find_map(|part| {
        let part = part.trim_matches(|c: char| !c.is_alphanumeric());
        let (local, domain) = part.split_once('@')?;
        let plain = |s: &str| !s.is_empty() && s.chars().all(|c| c.is_alphanumeric() || "._+-".contains(c));
        let dotted = domain.split_once('.').is_some_and(|(host, tld)| !host.is_empty() && tld.len() > 1);
        (plain(local) && plain(domain) && dotted).then(|| part.to_owned())
    })
}

/// A telephone number: seven digits or more in groups, or "ending in 1234".
fn phone(text: &str, said: &[Word], free: &dyn Fn(usize) -> bool, found: &mut Contact) {
    let mut i = 0;
    while i < said.len() {
        let mut digits = String::new();
        let mut j = i;
        let plus_four =
            said[i].text.len() == 5 && said.get(i + 1).is_some_and(|next| next.text.len() == 4 && next.start == said[i].end + 1);
        while !plus_four && j < said.len() && free(j) && said[j].text.bytes().all(|b| b.is_ascii_digit()) {
            let gap = if j == i { "" } else { &text[said[j - 1].end..said[j].start] };
            if !gap.chars().all(|c| " -.()/+".contains(c)) || gap.len() > 3 {
                break;
            }
            digits.push_str(&said[j].text);
            j += 1;
        }
        if (7..=15).contains(&digits.len()) && (j > i + 1 || digits.len() >= 10) {
            found.phone_tail = Some(digits[digits.len() - 4..].to_owned());
            found.phone = Some(text[said[i].start..said[j - 1].end].to_owned());
            return;
        }
        i = j.max(i + 1);
    }
}

/// "my name is Maya Thornton", "this is Maya Thornton", "name: Maya Thornton".
fn announced_name(text: &str, said: &[Word]) -> Option<String> {
    let after = said.iter().enumerate().find_map(|(i, word)| {
        let before = |n: usize| i.checked_sub(n).map_or("", |j| said[j].text.as_str());
        let is_name = word.text == "name" && !matches!(before(1), "user" | "product" | "brand" | "your");
        let this_is = word.text == "is" && before(1) == "this";
        let i_am = word.text == "am" && before(1) == "i";
        let next = said.get(i + 1).map_or("", |w| w.text.as_str());
        if is_name { Some(if matches!(next, "is" | "s") { i + 2 } else { i + 1 }) } else { (this_is || i_am).then_some(i + 1) }
    })?;
    let is_label = said.get(after.wrapping_sub(1)).is_some_and(|w| w.text == "name" || w.text == "is");
    let name: Vec<&str> = said[after.min(said.len())..]
        .iter()
        .take(4)
        .map(|word| &text[word.start..word.end])
        .take_while(|part| {
            let capital = part.chars().next().is_some_and(char::is_uppercase);
            let plain = part.chars().all(|c| c.is_alphabetic() || c == '\'' || c == '-');
            plain && (capital || (is_label && !words::is_common(&part.to_lowercase())))
        })
        .collect();
    (name.len() > 1).then(|| name.join(" "))
}

/// When a name was asked for: the words that are nothing else.
fn bare_name(text: &str, said: &[Word], free: &dyn Fn(usize) -> bool, found: &Contact) -> Option<String> {
    let name: Vec<&str> = said
        .iter()
        .enumerate()
        .filter(|(i, word)| free(*i) && word.text.chars().all(char::is_alphabetic) && word.text.len() > 1)
        .filter(|(_, word)| {
            let capital = text[word.start..word.end].chars().next().is_some_and(char::is_uppercase);
            !words::is_function(&word.text) && (capital || !words::is_common(&word.text))
        })
        .filter(|(_, word)| !matches!(word.text.as_str(), "zip" | "zipcode" | "name" | "code" | "email" | "phone" | "postcode"))
        .map(|(_, word)| &text[word.start..word.end])
        .collect();
    let with_zip_or_alone = found.zip.is_some() || said.len() <= name.len() + 2;
    ((2..=4).contains(&name.len()) && with_zip_or_alone).then(|| name.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::text::token::tokens;

    fn contact(text: &str, asked: bool) -> Contact {
        let words = Word::from_tokens(tokens(text));
        read(text, &words, &vec![false; words.len()], asked)
    }

    #[test]
    fn proofs_are_read_as_people_give_them() {
        let some = |s: &str| Some(s.to_owned());
        for (text, asked, expected) in [
            ("maya.thornton@example.com", true, Contact { email: some("maya.thornton@example.com"), ..Contact::default() }),
            ("it's <maya@example.co.uk>.", false, Contact { email: some("maya@example.co.uk"), ..Contact::default() }),
            ("0142", true, Contact { phone_tail: some("0142"), ..Contact::default() }),
            ("0142", false, Contact::default()),
            ("the last four digits are 0142", false, Contact { phone_tail: some("0142"), ..Contact::default() }),
            ("207-555-0142", false, Contact { phone_tail: some("0142"), phone: some("207-555-0142"), ..Contact::default() }),
            ("(207) 555 0142", false, Contact { phone_tail: some("0142"), phone: some("207) 555 0142"), ..Contact::default() }),
            ("Maya Thornton, 04102", true, Contact { zip: some("04102"), name: some("Maya Thornton"), ..Contact::default() }),
            ("maya thornton 04102", true, Contact { zip: some("04102"), name: some("maya thornton"), ..Contact::default() }),
            (
                "my name is Maya Thornton and my zip is 04102",
                false,
                Contact { zip: some("04102"), name: some("Maya Thornton"), ..Contact::default() },
            ),
            ("postcode K1A 0B1", false, Contact { zip: some("K1A 0B1"), ..Contact::default() }),
            ("zip: 04101-1234", true, Contact { zip: some("04101-1234"), ..Contact::default() }),
            ("where is my order", true, Contact::default()),
            ("I am very angry", false, Contact::default()),
        ] {
            assert_eq!(contact(text, asked), expected, "{text}");
        }
    }
}
