//! Cuts a text into tokens, exactly as `models/nano/train/sentiment/tokens.py` does.
//!
//! Letters are plain ranges of code points and digits are ASCII, so that both sides agree whatever tables
//! of Unicode they carry.

/// No more characters than this are read, so that no text is slow.
const MAX_CHARS: usize = 4_000;
/// No more tokens than this are kept.
const MAX_TOKENS: usize = 160;
/// The mouths of a smile and of a frown, in lower case.
const SMILES: &str = ")dp3]*";
const FROWNS: &str = "(/\\|[<";

/// One token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token<'a> {
    /// Lower-case word, mark, emoji, or a stand-in such as `<num>`.
    pub text: &'a str,
    /// A word of two letters or more, all capitals.
    pub capitals: bool,
}

/// The tokens of a text, in one buffer.
#[derive(Debug, Default)]
pub struct Tokens {
    buffer: String,
    /// Where each token ends in the buffer, and whether it is in capitals.
    ends: Vec<(usize, bool)>,
}

impl Tokens {
    /// The tokens of a text.
    pub fn of(text: &str) -> Self {
        let raw: Vec<char> = text.chars().take(MAX_CHARS).collect();
        let low: Vec<char> = raw.iter().map(|c| fold(*c)).collect();
        let mut tokens = Self { buffer: String::with_capacity(text.len().min(MAX_CHARS)), ends: Vec::with_capacity(32) };
        let mut at = 0;
        while at < low.len() && tokens.len() < MAX_TOKENS {
            at = tokens.take(&raw, &low, at).max(at + 1);
        }
        tokens
    }

    /// How many tokens there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// The tokens in their order.
    pub fn iter(&self) -> impl Iterator<Item = Token<'_>> {
        let mut start = 0;
        self.ends.iter().map(move |&(end, capitals)| {
            let text = self.buffer.get(start..end).unwrap_or_default();
            start = end;
            Token { text, capitals }
        })
    }

    fn close(&mut self, capitals: bool) {
        self.ends.push((self.buffer.len(), capitals));
    }

    fn push(&mut self, text: &str) {
        self.buffer.push_str(text);
        self.close(false);
    }

    /// Reads the token that starts at `at`, if one does; answers where to go on.
    fn take(&mut self, raw: &[char], low: &[char], at: usize) -> usize {
        let Some(&first) = low.get(at) else { return at };
        if let Some((token, end)) = emoticon(low, at) {
            self.push(token);
            return end;
        }
        match first {
            _ if is_letter(first) => self.word(raw, low, at),
            '0'..='9' => {
                self.push("<num>");
                number_end(low, at)
            }
            '@' if at_is(low, at + 1, is_name) => {
                self.push("<user>");
                run(low, at + 1, is_name)
            }
            '!' | '?' | '.' => {
                let end = run(low, at, |c| c == first);
                self.buffer.push(first);
                if end - at > 1 {
                    self.buffer.push(first);
                }
                self.close(false);
                end
            }
            '\u{2026}' => {
                self.push("..");
                at + 1
            }
            ',' | ';' | ':' | '\n' | '\u{2013}' | '\u{2014}' => {
                self.push(",");
                at + 1
            }
            '\u{2190}'.. if !is_silent(first) => {
                self.buffer.push(first);
                self.close(false);
                at + 1
            }
            _ => at + 1,
        }
    }

    fn word(&mut self, raw: &[char], low: &[char], at: usize) -> usize {
        let mut end = at;
        while at_is(low, end, is_letter) || (at_is(low, end, |c| c == '\'') && at_is(low, end + 1, is_letter)) {
            end += 1;
        }
        let before = self.buffer.len();
        self.buffer.extend(low.get(at..end).unwrap_or_default());
        let word = self.buffer.get(before..).unwrap_or_default();
        if matches!(word, "http" | "https" | "www") && at_is(low, end, |c| matches!(c, ':' | '.')) {
            self.buffer.truncate(before);
            self.push("<url>");
            return run(low, at, |c| !is_space(c));
        }
        let letters = || raw.get(at..end).unwrap_or_default().iter().copied().filter(|c| is_letter(*c));
        let capitals = letters().all(|c| fold(c) != c) && letters().nth(1).is_some();
        self.close(capitals);
        end
    }
}

/// One character in lower case; a curly apostrophe becomes a straight one.
fn fold(c: char) -> char {
    match c {
        '\u{2019}' | '\u{2018}' | '\u{02bc}' => '\'',
        _ if c.is_ascii() => c.to_ascii_lowercase(),
        _ => {
            let mut lower = c.to_lowercase();
            match (lower.next(), lower.next()) {
                (Some(one), None) => one,
                _ => c,
            }
        }
    }
}

/// ASCII letters and the alphabets below the symbols.
pub fn is_letter(c: char) -> bool {
    c.is_ascii_alphabetic() || (('\u{c0}'..='\u{1fff}').contains(&c) && c != '\u{d7}' && c != '\u{f7}')
}

fn is_name(c: char) -> bool {
    is_letter(c) || c.is_ascii_digit() || c == '_'
}

/// Control characters, the space and its wider kin.
fn is_space(c: char) -> bool {
    c <= ' ' || matches!(c, '\u{a0}' | '\u{3000}' | '\u{2000}'..='\u{200b}')
}

/// Characters that only style the one before: joiners, variation selectors, skin tones.
fn is_silent(c: char) -> bool {
    matches!(c, '\u{200d}' | '\u{fe00}'..='\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}')
}

fn at_is(low: &[char], at: usize, test: impl Fn(char) -> bool) -> bool {
    low.get(at).is_some_and(|c| test(*c))
}

/// Where the characters from `at` on stop passing the test.
fn run(low: &[char], at: usize, test: impl Fn(char) -> bool) -> usize {
    at + low.iter().skip(at).take_while(|c| test(**c)).count()
}

fn number_end(low: &[char], at: usize) -> usize {
    let digit = |c: char| c.is_ascii_digit();
    let mut end = at;
    while at_is(low, end, digit) || (at_is(low, end, |c| ".,:".contains(c)) && at_is(low, end + 1, digit)) {
        end += 1;
    }
    end
}

/// The emoticon that starts here and where it ends.
fn emoticon(low: &[char], at: usize) -> Option<(&'static str, usize)> {
    if !at_is(low, at, |c| matches!(c, ':' | ';' | '=')) {
        return None;
    }
    let mouth = if at_is(low, at + 1, |c| matches!(c, '-' | '\'')) { at + 2 } else { at + 1 };
    if at_is(low, mouth + 1, is_name) {
        return None;
    }
    let found = *low.get(mouth)?;
    let token = if SMILES.contains(found) {
        "<smile>"
    } else if FROWNS.contains(found) {
        "<frown>"
    } else {
        return None;
    };
    Some((token, mouth + 1))
}
