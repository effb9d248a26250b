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
    /// Text that ends the answer.
    stop: Option<&'static str>,
    stopped: bool,
}

impl Text {
    pub(super) fn new(placeholders: bool, stop: Option<&'static str>) -> Self {
        Self { open: Vec::new(), text: String::new(), shown: 0, placeholders, stop, stopped: false }
    }

    /// Adds a token; returns what can be shown since the last time. After the text that ends the answer,
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
        if let Some(at) = self.stop.and_then(|stop| self.text.find(stop)) {
            self.text.truncate(at);
            self.stopped = true;
        }
        self.show(self.ready())
    }

    /// Whether the text that ends the answer came.
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

    /// Bytes that no further token can take back: without spaces at the end, and without what may be the
    /// beginning of the text that ends the answer.
    fn ready(&self) -> usize {
        let mut text = self.text.get(..self.whole()).unwrap_or_default();
        if let Some(stop) = self.stop {
            let begun = (1..stop.len()).rev().find(|n| stop.get(..*n).is_some_and(|begin| text.ends_with(begin)));
            text = text.get(..text.len() - begun.unwrap_or(0)).unwrap_or_default();
        }
        text.trim_end().len()
    }

    fn show(&mut self, to: usize) -> Option<String> {
        let piece = self.text.get(self.shown..to).filter(|p| !p.is_empty())?.to_owned();
        self.shown = to;
        Some(piece)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(tokens: &[&[u8]], placeholders: bool, stop: Option<&'static str>) -> (Vec<String>, String) {
        let mut text = Text::new(placeholders, stop);
        let mut pieces: Vec<String> = tokens.iter().filter_map(|t| text.push(t)).collect();
        let (rest, whole) = text.finish();
        pieces.extend(rest);
        assert_eq!(pieces.concat(), whole);
        (pieces, whole)
    }

    #[test]
    fn placeholders_are_shown_whole_or_not_at_all() {
        let (pieces, whole) = run(&[b" It", b" is {", b"F", b"1}", b". ", b"And {F"], true, None);
        assert_eq!(whole, "It is {F1}. And");
        assert_eq!(pieces, ["It", " is", " {F1}", ".", " And"]);
    }

    #[test]
    fn characters_in_several_tokens_come_as_one() {
        let (pieces, whole) = run(&["é".as_bytes().get(..1).unwrap(), b"\xa9!", b"\xff", b"x", b"\xe2\x82"], false, None);
        assert_eq!(whole, "é!\u{fffd}x");
        assert_eq!(pieces, ["é!", "\u{fffd}", "x"]);
    }

    #[test]
    fn the_ending_text_is_never_shown() {
        let (pieces, whole) = run(&[b"Yes", b"\n", b"##", b"# Cust", b"omer"], false, Some("###"));
        assert_eq!((pieces, whole.as_str()), (vec!["Yes".to_owned()], "Yes"));
        assert_eq!(run(&[b"C#", b" and", b" F##"], false, Some("###")).1, "C# and F##");
    }
}
