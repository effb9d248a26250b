//! Promises: what we have done or will do, held against the rows this turn writes.

use super::{Checker, Sentence};
use crate::turn::grounding::lexicon;
use crate::turn::grounding::words::Slot;

/// Stems of what a shop does for its customers.
const DEEDS: &str = "\
    refund cancell credit ship send sent deliver cancel replac exchang repair reserv hold held book schedul call email \
    contact escalat forward pass open creat updat chang extend waiv compensat guarante promis ensur appli apply \
    process issu arrang notifi notify report submit add remov confirm upgrad reimburs return expedit priorit look \
    investigat fix resolv order charg reply respond answer transfer connect approv grant give paid pay log rais \
    fil";

/// Words that promise in the present.
const PROMISING: &[&str] = &["guarantee", "promise", "ensure", "assure"];

impl Checker<'_> {
    /// Past or future deeds of ours: only what a row of this turn keeps.
    pub(super) fn promised(&self, sentence: &mut Sentence<'_>) -> Result<(), String> {
        let texts: Vec<&str> = sentence.words.iter().map(|w| w.text.as_str()).collect();
        let question = sentence.text.trim_end().ends_with('?');
        for (i, word) in sentence.words.iter().enumerate() {
            let finished = word.text.ends_with("ed") && !lexicon::is_harmless(&word.text, &word.stem);
            let deed = finished
                || PROMISING.contains(&texts[i])
                || DEEDS.split_whitespace().any(|d| word.stem == d || word.stem.strip_suffix('e') == Some(d));
            // "Your order", "a reply": a thing, not a deed.
            let noun = i > 0 && matches!(texts[i - 1], "your" | "the" | "an" | "a" | "this" | "that" | "our" | "my" | "of");
            let thing = noun
                && matches!(texts[i], "order" | "orders" | "call" | "email" | "return" | "answer" | "reply" | "log" | "book" | "report");
            let named = matches!(word.slot, Slot::Mention(_));
            if !deed || thing || question || named {
                continue;
            }
            let before = &texts[i.saturating_sub(5)..i];
            let first_person = before.iter().any(|w| is_us(w));
            let done = before.iter().any(|w| matches!(*w, "have" | "has" | "had" | "been" | "already" | "just" | "was" | "were"));
            let will = before.iter().any(|w| matches!(*w, "will" | "shall" | "going" | "gonna"));
            let can = before.iter().any(|w| matches!(*w, "can" | "could" | "may" | "would" | "to" | "if" | "not"));
            let past = texts[i].ends_with("ed") || matches!(texts[i], "sent" | "held" | "paid" | "given" | "gave");
            let past = past && !finished;
            // A verb that is no deed of a shop's counts only right behind the person who does it.
            let near = sentence.words[i.saturating_sub(5)..i].iter().any(|w| w.part == word.part && is_us(&w.text));
            let first_person = first_person && (near || !finished);
            let promise = (first_person && (done || will || past)) && !(can && !done && !will);
            // "We guarantee" promises by being said.
            let performs = near && !noun && PROMISING.contains(&texts[i]);
            let promise = promise || performs;
            let habit = !done && self.said_by_the_shop(sentence);
            if promise && !self.kept(&texts, i) && !habit {
                return Err(format!("it promises \"{}\" and no row keeps it", texts[i]));
            }
        }
        Ok(())
    }

    /// Whether a deed is the ticket this turn writes.
    fn kept(&self, texts: &[&str], at: usize) -> bool {
        let about_ticket = texts.iter().any(|w| w.starts_with("ticket"));
        let deed = matches!(
            texts[at],
            "opened"
                | "open"
                | "created"
                | "create"
                | "raised"
                | "logged"
                | "passed"
                | "pass"
                | "forwarded"
                | "look"
                | "reported"
                | "submitted"
                | "filed"
                | "escalated"
                | "added"
                | "issued"
        );
        about_ticket && deed && !self.promises.is_empty()
    }
}

/// Whether a word means us.
fn is_us(word: &str) -> bool {
    matches!(word, "i" | "we" | "our" | "us" | "team" | "colleague" | "colleagues" | "somebody" | "someone")
}
