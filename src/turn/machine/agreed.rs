//! "Yes please. And who pays for the label?": an agreement with more behind it. It is carried out as a bare yes is; what
//! else is told goes along with it, and what else is asked is answered after it.

use super::Machine;
use crate::agents::evidence_words;
use crate::agents::support::is_request;
use crate::agents::understanding::Understanding;
use crate::agents::understanding::affirm::{self, Answer};
use crate::domain::heard::{Heard, Word};
use crate::domain::state::{ActionKind, IdentityLevel, Pending};

/// Words that go on behind an agreement.
const JOINS: [&str; 3] = ["and", "also", "plus"];
/// Words that may stand before an agreement.
const PLEASED: [&str; 6] = ["nice", "good", "cool", "thanks", "alright", "oh"];

impl Machine {
    /// Takes an agreement apart from what stands behind it; says whether there is one with anything behind it.
    pub(super) fn take_yes_apart(&mut self, heard: &Heard) -> bool {
        let start = &self.start;
        let Some(Pending::Confirm(action)) = &start.state.pending else { return false };
        let ActionKind::OpenTicket(draft) = &action.kind;
        let Some(at) = end_of_yes(&start.text, &heard.words) else { return false };
        let (yes, rest) = start.text.split_at(at);
        let rest = rest.trim_start_matches([' ', ',', '.', ';', '!']).trim();
        let behind: Vec<&Word> = heard.words.iter().filter(|word| word.start >= at).collect();
        // "Yes, but only the screen": no consent to what is written out word for word.
        let limited = behind.iter().take(if is_request(&draft.issue) { usize::MAX } else { 2 }).any(|word| affirm::limits(&word.text));
        // Who somebody is belongs to all of it.
        let contact = Understanding::read(&start.text, heard, &start.state, start.shop.currency).contact;
        let proves = !contact.is_empty() && start.state.identity.level == IdentityLevel::Anonymous;
        if behind.len() < 2 || limited || proves || heard.foreign {
            return false;
        }
        let asks = evidence_words::is_question(rest);
        self.told_with_yes = Some(rest.to_owned());
        self.rest = Some(asks.then(|| rest.to_owned()).into_iter().collect());
        self.several = true;
        self.start.text = yes.trim().to_owned();
        true
    }
}

/// Where an agreement ends that has something behind it: the longest beginning that is nothing but a yes, up to the end
/// of a sentence, a comma, or a word that goes on.
fn end_of_yes(text: &str, words: &[Word]) -> Option<usize> {
    let mut ends = words.windows(2).enumerate().filter(|(_, pair)| {
        let between = text.get(pair[0].end..pair[1].start).unwrap_or_default();
        between.contains(['.', '!', ',', ';', '\n']) || JOINS.contains(&pair[1].text.as_str())
    });
    // "Nice. Ok, open one then."
    let greeted = words.iter().take_while(|word| PLEASED.contains(&word.text.as_str())).count();
    let agrees = |count: usize| affirm::read(words.get(greeted..count).unwrap_or_default()) == Some(Answer::Yes);
    ends.rfind(|(i, _)| agrees(i + 1)).map(|(_, pair)| pair[0].end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::text::token::tokens;

    #[test]
    fn an_agreement_ends_where_more_begins() {
        for (text, yes) in [
            ("yes please. and who pays for the label?", Some("yes please")),
            ("Yes, and tell them I would rather have the money", Some("Yes")),
            ("ok, open one then. how much is the diagnosis", Some("ok, open one then")),
            ("sure and where is my parcel", Some("sure")),
            ("nice. ok open one then. and what does it cost?", Some("nice. ok open one then")),
            ("yes please", None),
            ("yes but not today", None),
            ("no. and who pays?", None),
            ("where is it, and when does it come", None),
        ] {
            let words = Word::from_tokens(tokens(text));
            assert_eq!(end_of_yes(text, &words).map(|at| &text[..at]), yes, "{text}");
        }
    }
}
