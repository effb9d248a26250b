//! A rule with a limit, told to somebody who says how it is with them: "mine is 6 years old" is answered yes or no first.

use super::bare::asks_yes_or_no;
use crate::agents::say;
use crate::domain::act::{Act, ActKind};
use crate::domain::fact::{FactBook, FactId, Source};
use crate::domain::heard::Word;
use crate::domain::record::Field;
use crate::domain::text::limit;
use crate::retrieval::KnowledgeIndex;

/// Puts first the rule that what was told is held against, with a yes or a no.
pub(super) fn hold(acts: &mut Vec<Act>, text: &str, words: &[Word], limited: bool, book: &mut FactBook) {
    let rules = acts.iter().all(|act| matches!(act.kind, ActKind::Knowledge | ActKind::Sympathy));
    if !rules || !asks_yes_or_no(words) {
        return;
    }
    let year = book.today().date().year();
    let kind =
        |sentence: &str| limit::holds(sentence, text, year).map(|inside| if inside { ActKind::LimitHolds } else { ActKind::LimitPassed });
    let said = |act: &Act| Some(book.value(act.one("sentence")?)?.to_string());
    let sentences: Vec<Option<String>> = acts.iter().map(said).collect();
    // "Klarna for 89 euro": the limit of another way to pay says nothing.
    let of_it = |sentence: &&str| KnowledgeIndex::is_of(sentence, text, sentences.iter().flatten().map(String::as_str));
    let verdict = |sentence: &Option<String>| sentence.as_deref().filter(of_it).and_then(kind);
    if let Some((at, kind)) = sentences.iter().enumerate().find_map(|(at, sentence)| Some((at, verdict(sentence)?))) {
        let rule = acts.remove(at);
        let place = acts.iter().take_while(|act| act.kind == ActKind::Sympathy).count();
        // What is held against the rule is answered by it, and by nothing else the entry says.
        if limited {
            acts.truncate(place);
        }
        acts.insert(place, Act { kind, ..rule });
        return;
    }
    let quoted = acts.iter().find_map(|act| act.one("sentence")).filter(|_| limited);
    if let Some((sentence, kind)) = quoted.and_then(|fact| beside(fact, &kind, book)) {
        *acts = vec![Act::plain(kind).with("sentence", sentence)];
    }
}

/// The sentence beside a quoted one, in the same entry, that states the limit.
fn beside(quoted: FactId, kind: &dyn Fn(&str) -> Option<ActKind>, book: &mut FactBook) -> Option<(FactId, ActKind)> {
    let Source::Record(record, _) = book.fact(quoted)?.source else { return None };
    let entry = say::entry(book, record)?;
    let (at, kind) = entry.sentences().iter().enumerate().find_map(|(at, sentence)| Some((at, kind(sentence)?)))?;
    Some((book.field(record, Field::Sentence(u16::try_from(at).ok()?))?, kind))
}
