//! The answer as it grows, and how much of it may be shown already.

/// Puts the bytes of tokens together.
#[derive(Debug)]
pub(super) struct Text {
    /// Bytes of a character that is not finished.
    open: Vec<u8>,
    text: String,
    /// Bytes of `text` that were handed out.
    shown: usize,
    /// Whether a placeholder is only shown once it is whole.
    placeholders: bool,
    /// Texts that end the answer.
    stops: Vec<String>,
    stopped: bool,
}

impl Text {
    pub(super) fn new<'a>(placeholders: bool, stops: impl IntoIterator<Item = &'a str>) -> Self {
        let stops = stops.into_iter().filter(|stop| !stop.is_empty()).map(str::to_owned).collect();
        Self { open: Vec::new(), text: String::new(), shown: 0, placeholders, stops, stopped: false }
    }

    /// Adds a token; returns what can be shown since the last time. After a text that ends the answer,
    /// nothing is added.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Option<String> {
        if self.stopped {
            return None;
        }
        self.open.extend_from_slice(bytes);
        self.take_characters();
        if self.text.chars().next().is_some_and(char::is_whitespace) {
            self.text = self.text.trim_start().to_owned();
        }
        if let Some(at) = self.end() {
            self.text.truncate(at);
            self.stopped = true;
        }
        self.show(self.ready())
    }

    /// Whether a text that ends the answer came.
    pub(super) fn stopped(&self) -> bool {
        self.stopped
    }

    /// Ends the answer: the rest to show, and the whole.
    pub(super) fn finish(mut self) -> (Option<String>, String) {
        self.text.truncate(self.whole());
        let end = self.text.trim_end().len();
        let rest = self.show(end);
        self.text.truncate(end);
        (rest, self.text)
    }

    fn take_characters(&mut self) {
        loop {
            match std::str::from_utf8(&self.open) {
                Ok(all) => {
                    self.text.push_str(all);
                    self.open.clear();
                    return;
                }
                Err(e) => {
                    let good = e.valid_up_to();
                    self.text.push_str(&String::from_utf8_lossy(self.open.get(..good).unwrap_or_default()));
                    let Some(bad) = e.error_len() else {
                        self.open.drain(..good);
                        return;
                    };
                    self.text.push(char::REPLACEMENT_CHARACTER);
                    self.open.drain(..good + bad);
                }
            }
        }
    }

    /// Bytes of the text without a placeholder that is not finished.
    fn whole(&self) -> usize {
        let open = self.text.rfind('{').filter(|_| self.placeholders);
        open.filter(|at| !self.text.get(*at..).is_some_and(|rest| rest.contains('}'))).unwrap_or(self.text.len())
    }

    /// Where the answer ends: before the text, of those that end it, which was complete first. So it does
    /// not matter how tokens cut what was said.
    fn end(&self) -> Option<usize> {
        // None begins in what was shown: its beginning would have been held back.
        let rest = self.text.get(self.shown..)?;
        let found = self.stops.iter().filter_map(|stop| rest.find(stop.as_str()).map(|at| (at + stop.len(), at)));
        found.min().map(|(_, at)| self.shown + at)
    }

    /// Bytes that no further token can take back: without spaces at the end, and without what may be the
    /// beginning of a text that ends the answer.
    fn ready(&self) -> usize {
        let text = self.text.get(..self.whole()).unwrap_or_default();
        let begun = self.stops.iter().map(|stop| begun(text, stop)).max().unwrap_or(0);
        text.get(..text.len() - begun).unwrap_or_default().trim_end().len()
    }

    fn show(&mut self, to: usize) -> Option<String> {
        let piece = self.text.get(self.shown..to).filter(|p| !p.is_empty())?.to_owned();
        self.shown = to;
        Some(piece)
    }
}

/// Bytes at the end of a text with which another may begin.
fn begun(text: &str, stop: &str) -> usize {
    let most = stop.len().saturating_sub(1).min(text.len());
    (1..=most).rev().find(|n| stop.get(..*n).is_some_and(|begin| text.ends_with(begin))).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(tokens: &[&[u8]], placeholders: bool, stops: &[&str]) -> (Vec<String>, String) {
        let mut text = Text::new(placeholders, stops.iter().copied());
        let mut pieces: Vec<String> = tokens.iter().filter_map(|t| text.push(t)).collect();
        let (rest, whole) = text.finish();
        pieces.extend(rest);
        assert_eq!(pieces.concat(), whole);
        (pieces, whole)
    }

    #[test]
    fn placeholders_are_shown_whole_or_not_at_all() {
        let (pieces, whole) = run(&[b" It", b" is {", b"F", b"1}", b". ", b"And {F"], true, &[]);
        assert_eq!(whole, "It is {F1}. And");
        assert_eq!(pieces, ["It", " is", " {F1}", ".", " And"]);
    }

    #[test]
    fn characters_in_several_tokens_come_as_one() {
        let (pieces, whole) = run(&["é".as_bytes().get(..1).unwrap(), b"\xa9!", b"\xff", b"x", b"\xe2\x82"], false, &[]);
        assert_eq!(whole, "é!\u{fffd}x");
        assert_eq!(pieces, ["é!", "\u{fffd}", "x"]);
    }

    #[test]
    fn the_ending_text_is_never_shown() {
        let (pieces, whole) = run(&[b"Yes", b"\n", b"##", b"# Cust", b"omer"], false, &["###"]);
        assert_eq!((pieces, whole.as_str()), (vec!["Yes".to_owned()], "Yes"));
        assert_eq!(run(&[b"C#", b" and", b" F##"], false, &["###"]).1, "C# and F##");
    }

    /// However tokens cut a text, it ends at the same place, and nothing behind that place was shown before.
    #[test]
    fn answers_end_before_the_text_that_is_complete_first() {
        for (said, stops, expected) in [
            ("one, two, three", &[", three", "two"][..], "one,"),
            ("xabcde", &["abcd", "c"], "xab"),
            ("xabcde", &["abcz", "bcd"], "xa"),
            ("aaab", &["aab"], "a"),
            ("aab end", &["b", "ab"], "a"),
            ("nothing", &["zz", ""], "nothing"),
            ("né né!", &["né!"], "né"),
            ("a\n\nb", &["\n\n"], "a"),
            ("begun: th", &["the"], "begun: th"),
        ] {
            let bytes = said.as_bytes();
            for cuts in 0..1u32 << (bytes.len() - 1) {
                let mut tokens = vec![Vec::new()];
                for (at, byte) in bytes.iter().enumerate() {
                    if at > 0 && cuts & (1 << (at - 1)) != 0 {
                        tokens.push(Vec::new());
                    }
                    tokens.last_mut().unwrap().push(*byte);
                }
                let tokens: Vec<&[u8]> = tokens.iter().map(Vec::as_slice).collect();
                assert_eq!(run(&tokens, false, stops).1, expected, "{said} {stops:?} {cuts:b}");
            }
        }
    }
}
