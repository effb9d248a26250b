//! A reply while it is made: sentences of a model are filled, checked and shown one by one.

use super::numbers::placeholder;
use super::plan::{Plan, Point, Saying};
use crate::domain::fact::{FactBook, FactId};
use crate::domain::money::Currency;
use crate::domain::text::sentence;
use crate::turn::grounding::check::{Checker, is_bare_answer};
use crate::turn::grounding::{self, Grounded, GroundedSentence, Promises, Unsupported};
use crate::turn::masking::Mask;

/// A model may take this many times the words of the phrases, and a few more.
const LONGER: usize = 3;
/// Bytes of the few more.
const FURTHER: usize = 300;

/// A reply so far.
pub struct Reply<'a> {
    plan: Plan,
    book: &'a FactBook,
    checker: Checker<'a>,
    grounded: Grounded,
    text: String,
    /// Facts said so far.
    used: Vec<FactId>,
    /// Sentences said so far.
    said: Vec<String>,
    /// Sentences a model worded.
    worded: usize,
    /// Bytes of the longest reply.
    most: usize,
    /// What the placeholders of the last prompt stand for, by their numbers.
    pub facts: Vec<(usize, FactId)>,
    /// Sentences that nothing supported.
    pub blocked: Vec<Unsupported>,
    show: &'a mut (dyn FnMut(&str) + Send),
}

impl<'a> Reply<'a> {
    /// An empty reply to a plan.
    pub fn new(plan: Plan, book: &'a FactBook, promises: &'a Promises, currency: Currency, show: &'a mut (dyn FnMut(&str) + Send)) -> Self {
        let checker = Checker::new(book, promises, &plan.subject(book), currency);
        let most = LONGER * plan.points.iter().map(|point| point.grounded.text().len()).sum::<usize>() + FURTHER;
        Self {
            most,
            plan,
            book,
            checker,
            grounded: Grounded::empty(),
            text: String::new(),
            used: Vec::new(),
            said: Vec::new(),
            worded: 0,
            facts: Vec::new(),
            blocked: Vec::new(),
            show,
        }
    }

    /// The facts of the turn.
    pub fn book(&self) -> &FactBook {
        self.book
    }

    /// What was said so far.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How many sentences a model worded.
    pub fn worded(&self) -> usize {
        self.worded
    }

    /// The points a model may still word: courtesy only while nothing has been said.
    pub fn open(&self) -> Vec<&Point> {
        let first = self.text.is_empty();
        let open = |point: &&Point| match point.saying {
            Saying::Worded => !self.is_said(point),
            Saying::Courtesy => first,
            Saying::Fixed => false,
        };
        let points: Vec<&Point> = self.plan.points.iter().filter(open).collect();
        if points.iter().any(|point| point.saying == Saying::Worded) { points } else { Vec::new() }
    }

    /// The open points up to the first that is not a small model's to word, or that is a line of a list: what can be said
    /// in one go. "So it can no longer be cancelled" stays behind what it follows from, and a list has one form.
    pub fn next(&self) -> Vec<&Point> {
        let open = self.open();
        let begun = |point: &Point| open.iter().any(|own| std::ptr::eq(*own, point));
        let fixed = |point: &Point| point.saying == Saying::Fixed || point.is_beyond_small_models();
        let ends = |point: &Point| point.is_listed() || fixed(point) && !self.is_said(point);
        let from = self.plan.points.iter().position(begun).unwrap_or(0);
        self.plan.points[from..].iter().take_while(|point| !ends(point)).filter(|point| begun(point)).collect()
    }

    /// Whether words with placeholders leave out a fact of what is to be said next.
    pub fn is_cut_short(&self, raw: &str) -> bool {
        let told =
            |fact: FactId| self.facts.iter().any(|(number, own)| self.book.is_same(*own, fact) && raw.contains(&placeholder(*number)));
        !self.next().into_iter().flat_map(Point::told).all(told)
    }

    /// The points the phrases will say after a model.
    pub fn added(&self) -> impl Iterator<Item = &Point> {
        self.plan.points.iter().filter(|point| point.saying == Saying::Fixed && !self.is_said(point))
    }

    fn is_said(&self, point: &Point) -> bool {
        point.is_said(&self.used, &self.said, self.book)
    }

    /// Says by the phrases what comes before anything a model may word.
    pub fn say_lead(&mut self) {
        let first = self.plan.points.iter().position(|point| point.saying == Saying::Worded).unwrap_or(0);
        for i in 0..first {
            if self.plan.points[i].saying == Saying::Fixed {
                self.say_phrase(i);
            }
        }
    }

    /// Says by the phrases whatever has not been said. A reply without any word of a model is said by the
    /// phrases from end to end.
    pub fn say_rest(&mut self) {
        let alone = self.worded == 0;
        for i in 0..self.plan.points.len() {
            let point = &self.plan.points[i];
            let phrase_said = point.parts.iter().all(|(_, said)| *said);
            let wanted = if alone { !phrase_said } else { point.saying != Saying::Courtesy && !self.is_said(point) };
            if wanted {
                self.say_phrase(i);
            }
        }
    }

    fn say_phrase(&mut self, at: usize) {
        let point = &mut self.plan.points[at];
        point.parts.iter_mut().for_each(|(_, said)| *said = true);
        let sentence = point.grounded.clone();
        self.push(sentence);
    }

    /// Takes a sentence of a model: turns placeholders back, checks it, and shows it.
    ///
    /// # Errors
    /// What is unsupported; nothing of that sentence has been shown.
    pub fn take(&mut self, raw: &str, mask: Option<&Mask>) -> Result<(), Unsupported> {
        let line = tidy(raw);
        let fail = |reason: &str| Unsupported { sentence: line.clone(), reason: reason.to_owned() };
        if line.chars().all(|c| !c.is_alphanumeric()) {
            return Ok(());
        }
        if let Some(odd) = line.chars().find(|c| !is_plain(*c)) {
            return Err(fail(&format!("it holds the sign {odd:?}")));
        }
        let (filled, used) = self.fill(&line).ok_or_else(|| fail("it names a fact that was not given"))?;
        let filled = match mask {
            Some(mask) => mask.restore(&filled).map_err(|invented| fail(&invented.to_string()))?,
            None => filled,
        };
        for part in sentence::split(&filled) {
            self.take_part(part, &used)?;
        }
        Ok(())
    }

    fn take_part(&mut self, part: &str, used: &[FactId]) -> Result<(), Unsupported> {
        if let Some(sentence) = self.own_phrase(part) {
            self.checker.heed(sentence.text());
            self.worded += 1;
            self.push(sentence);
            return Ok(());
        }
        // A question nobody waits for an answer to is left out: what is asked, the phrases ask. So is a bare yes.
        if part.trim_end().ends_with('?') || is_bare_answer(part) {
            return Ok(());
        }
        if self.said.iter().any(|said| squeezed(said) == squeezed(part)) {
            return Ok(());
        }
        if self.text.len() + part.len() > self.most {
            return Err(Unsupported { sentence: part.to_owned(), reason: "it goes on and on".to_owned() });
        }
        let in_it = |fact: &&FactId| self.book.value(**fact).is_some_and(|value| part.contains(&value.to_string()));
        let facts: Vec<FactId> = used.iter().filter(in_it).copied().collect();
        let sentence = self.checker.check(part)?.resting_on(&facts);
        self.worded += 1;
        self.push(sentence);
        Ok(())
    }

    /// A sentence that is word for word one of the phrases: true because that phrase is.
    fn own_phrase(&mut self, part: &str) -> Option<GroundedSentence> {
        let wanted = squeezed(part);
        for point in &mut self.plan.points {
            for (own, said) in &mut point.parts {
                if !*said && squeezed(own) == wanted {
                    *said = true;
                    return point.grounded.part(own);
                }
            }
        }
        None
    }

    fn push(&mut self, sentence: GroundedSentence) {
        let between = grounding::separator(&self.text, sentence.text());
        let piece = format!("{between}{}", sentence.text());
        self.text.push_str(&piece);
        (self.show)(&piece);
        self.used.extend(sentence.facts());
        self.said.push(sentence.text().to_owned());
        self.grounded.push(sentence);
    }

    /// The words, and what was left out of them.
    pub fn finish(self) -> (Grounded, Vec<Unsupported>) {
        (self.grounded, self.blocked)
    }

    /// Fills `{F1}` with what the fact says; `None` where it names no fact of the prompt.
    fn fill(&self, line: &str) -> Option<(String, Vec<FactId>)> {
        let mut out = String::new();
        let mut used = Vec::new();
        let mut rest = line;
        while let Some(at) = rest.find('{') {
            out.push_str(&rest[..at]);
            let close = at + rest[at..].find('}')?;
            let number: usize = rest[at + 1..close].trim().strip_prefix(['F', 'f'])?.parse().ok()?;
            let (_, fact) = *self.facts.iter().find(|(own, _)| *own == number)?;
            let value = self.book.value(fact)?.to_string();
            out.push_str(&value);
            used.push(fact);
            rest = &rest[close + 1..];
            // A full stop behind a fact that ends in one is left out.
            if value.ends_with(['.', '!', '?']) && rest.starts_with('.') {
                rest = &rest[1..];
            }
        }
        if rest.contains('}') {
            return None;
        }
        out.push_str(rest);
        Some((out, used))
    }
}

/// A sentence without the marks of Markdown; bullets of any kind become `- `.
fn tidy(raw: &str) -> String {
    let text = raw.replace("**", "").replace("__", "").replace('`', "");
    let text = text.trim().trim_start_matches('#').trim_start();
    let bullet = text.strip_prefix(['*', '•', '–', '-']).filter(|rest| rest.starts_with(' '));
    let text = bullet.map_or_else(|| text.to_owned(), |rest| format!("- {}", rest.trim_start()));
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Letters, digits and the marks of running text. Others may claim something no word check sees.
fn is_plain(c: char) -> bool {
    const MARKS: &str = ".,;:!?'\"()-–—/&%$€£¥₹#@_[]{}…’‘“”°×";
    c.is_alphanumeric() || c == ' ' || MARKS.contains(c)
}

/// A sentence for comparing: one blank between words, no bullet, no capitals.
fn squeezed(text: &str) -> String {
    text.trim_start_matches(['-', ' ']).split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}
