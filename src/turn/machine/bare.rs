//! An entry that answers its own question with "Yes, without appointment" answers "how late can I come" without the yes.

use super::Machine;
use crate::agents::speech::bare;
use crate::domain::act::ActKind;
use crate::domain::heard::Word;

impl Machine {
    /// Leaves out the "yes" of entries where something else is asked than what they are the answer to.
    pub(super) fn leave_yes_out(&mut self) {
        let follows = self.start.state.focus.entry.as_deref();
        let goes_on = self.heard.answered.as_ref().is_some_and(|answered| Some(answered.entry.as_str()) == follows);
        if self.several || asks_yes_or_no(&self.heard.words) && !goes_on {
            return;
        }
        let outcome = &mut self.outcome;
        for act in outcome.acts.iter_mut().filter(|act| act.kind == ActKind::Knowledge) {
            let said = act.one("sentence").and_then(|fact| outcome.book.value(fact)).map(ToString::to_string);
            if said.is_some_and(|said| bare(&said) != said) {
                act.kind = ActKind::KnowledgeBare;
            }
        }
    }
}

/// Whether a message asks for a yes or a no.
pub(super) fn asks_yes_or_no(words: &[Word]) -> bool {
    const OTHERWISE: [&str; 9] = ["how", "what", "whats", "when", "where", "which", "who", "why", "till"];
    !words.iter().any(|word| OTHERWISE.contains(&word.text.as_str()))
}
