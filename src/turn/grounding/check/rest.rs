//! The words that are left: each must be stated by what it is said of, be part of a statement of the
//! shop, deny what a record denies, or claim nothing.

use super::{Checker, Sentence};
use crate::domain::fact::{FactId, Formula, RecordId, Source};
use crate::domain::record::{Field, Record, RecordKind};
use crate::turn::grounding::scope::stems;
use crate::turn::grounding::words::is_negation;
use crate::turn::grounding::{claims, knowledge, lexicon};

impl Checker<'_> {
    pub(super) fn states_word(&self, sentence: &Sentence<'_>, at: usize) -> bool {
        let scope = sentence.scope.at(at);
        let stem = &sentence.words[at].stem;
        let states = |i: &usize| self.entities.all[*i].states.contains(stem);
        let of_the_order = || self.entities.all.iter().any(|e| Some(e.record) == self.only_order() && e.states.contains(stem));
        !scope.is_empty() && scope.iter().all(states) || of_the_order()
    }

    /// Denials and all other words.
    pub(super) fn rest(&self, sentence: &mut Sentence<'_>) -> Result<(), String> {
        let open = sentence.words.iter().any(|w| !w.explained && !lexicon::is_harmless(&w.text, &w.stem));
        let negated = sentence.words.iter().any(|w| !w.explained && is_negation(&w.text));
        let weighty = (0..sentence.words.len()).find(|at| self.weighs(sentence, *at));
        let borne_out = sentence.words.iter().any(|w| w.explained);
        if !open && !negated && weighty.is_none() && borne_out {
            return Ok(());
        }
        if !open && !borne_out && lexicon::is_courtesy(&sentence.words) {
            return Ok(());
        }
        if let Some((record, field)) = self.statements.supporting(&sentence.words) {
            sentence.facts.extend(knowledge::fact(self.book, record, field));
            return Ok(());
        }
        if let Some(at) = weighty {
            return Err(format!("nothing bears out \"{}\"", sentence.words[at].text));
        }
        if negated {
            return self.denial(sentence);
        }
        let stated = self.words_stated(sentence)?;
        // What is said of promotions has been held against those that run.
        let promotes = sentence.words.iter().any(|w| lexicon::is_of_promotions(&w.text)) && sentence.text.trim_end().ends_with(':');
        if !borne_out && stated == 0 && !promotes {
            return Err("it says nothing that a record bears out".to_owned());
        }
        self.cite_properties(sentence);
        Ok(())
    }

    /// Every word that says something must be stated by what it is said of; returns how many are.
    fn words_stated(&self, sentence: &Sentence<'_>) -> Result<usize, String> {
        let question = sentence.text.trim_end().ends_with('?');
        let mut stated = usize::from(question);
        for (at, word) in sentence.words.iter().enumerate() {
            if word.explained || lexicon::is_harmless(&word.text, &word.stem) {
                continue;
            }
            let in_question =
                question && (self.statements.knows(&word.stem) || self.entities.all.iter().any(|e| e.states.contains(&word.stem)));
            if !self.states_word(sentence, at) && !in_question && !self.synonym_stated(sentence, at) {
                return Err(format!("nothing states \"{}\"", word.text));
            }
            if !in_question && !self.fits_its_property(sentence, at) {
                return Err(format!("\"{}\" is stated of another property", word.text));
            }
            stated += 1;
        }
        Ok(stated)
    }

    /// Whether a word stands beside the name of a property that holds it, where it stands beside one.
    fn fits_its_property(&self, sentence: &Sentence<'_>, at: usize) -> bool {
        self.records(sentence, at).iter().all(|record| match self.book.record(*record).map(|v| &v.record) {
            Some(Record::Product(product)) => claims::word_fits(product, &sentence.words, at),
            _ => true,
        })
    }

    /// Whether a word that is harmless beside a fact claims something here that none bears out.
    fn weighs(&self, sentence: &Sentence<'_>, at: usize) -> bool {
        let words = &sentence.words;
        let word = &words[at];
        if word.explained {
            return false;
        }
        let text = |i: Option<usize>| i.and_then(|i| words.get(i)).map_or("", |w| w.text.as_str());
        let list = sentence.text.trim_end().ends_with(':');
        let (before, after) = (text(at.checked_sub(1)), text(Some(at + 1)));
        match word.text.as_str() {
            "offers" | "offer" if !is_noun(before, after) => false,
            _ if lexicon::is_of_promotions(&word.text) => !self.promotes(sentence),
            "same" | "identical" => !self.are_the_same(sentence, at),
            "free" => !(before == "feel" || before == "feels"),
            "all" | "both" => sentence.scope.at(at).len() < 2,
            "more" | "less" | "most" | "least" => !(at > 0 && words[at - 1].explained || words.get(at + 1).is_some_and(|w| w.explained)),
            // "I found three that fit:", "It needs an order of $50": the count, the list, the sum say what.
            "fit" | "fits" | "match" | "matches" | "matching" | "needs" | "need" => !words.iter().any(|w| w.explained) && !list,
            "similar" | "nearest" | "closest" => !list,
            "great" | "good" | "nice" | "lovely" | "perfect" | "wonderful" => at > 0,
            "one" => before == "number",
            _ => lexicon::is_weighty(&word.text),
        }
    }

    /// Whether a promotion that runs is spoken of, or this sentence says what one takes off.
    fn promotes(&self, sentence: &Sentence<'_>) -> bool {
        let runs = |id: &RecordId| matches!(self.book.record(*id).map(|v| &v.record), Some(Record::Promotion(p)) if p.runs_on(self.book.today()).is_ok());
        let is_promotion = |i: &usize| self.entities.all[*i].kind == RecordKind::Promotion;
        let mentioned: Vec<usize> = sentence.mentioned.iter().filter(|i| is_promotion(i)).copied().collect();
        // What is said of a promotion that was named is checked where its validity is.
        let saved = sentence.facts.iter().any(|id| {
            matches!(
                self.book.fact(*id).map(|f| &f.source),
                Some(Source::Derived(Formula::Saving | Formula::After | Formula::AfterPart, _) | Source::Record(_, Field::Discount))
            )
        });
        let about = sentence.scope.last.iter().any(is_promotion);
        let list = sentence.text.trim_end().ends_with(':') && sentence.mentioned.is_empty() && self.book.records().any(|(id, _)| runs(&id));
        !mentioned.is_empty() || saved || about || list
    }

    fn synonym_stated(&self, sentence: &Sentence<'_>, at: usize) -> bool {
        let scope = sentence.scope.at(at);
        let synonyms = crate::domain::text::words::synonyms(&sentence.words[at].stem);
        !scope.is_empty()
            && scope.iter().all(|i| {
                let states = &self.entities.all[*i].states;
                // Single words only: "water resistance" finds waterproof things, but does not say waterproof.
                synonyms.iter().any(|other| !other.contains(' ') && states.contains(other))
            })
    }

    /// "It has no touchscreen": true where the record says no; anything else denied is unsupported.
    fn denial(&self, sentence: &mut Sentence<'_>) -> Result<(), String> {
        const IDIOMS: &[(&str, &str)] = &[("no", "problem"), ("not", "hesitate"), ("no", "worries"), ("not", "sure"), ("no", "trouble")];
        let texts: Vec<&str> = sentence.words.iter().map(|w| w.text.as_str()).collect();
        let idiom = IDIOMS.iter().any(|(a, b)| texts.windows(2).any(|p| p == [*a, *b]));
        let mut denied_something = false;
        for at in 0..sentence.words.len() {
            let word = &sentence.words[at];
            if word.explained || lexicon::is_harmless(&word.text, &word.stem) || is_negation(&word.text) {
                continue;
            }
            let scope = sentence.scope.at(at);
            let denied = !scope.is_empty() && scope.iter().all(|i| self.entities.all[*i].denies.contains(&word.stem));
            if !denied {
                return Err(format!("nothing denies \"{}\"", word.text));
            }
            denied_something = true;
        }
        (denied_something || idiom).then_some(()).ok_or_else(|| "it denies something no record denies".to_owned())
    }

    /// The properties whose words a sentence uses become part of its evidence.
    fn cite_properties(&self, sentence: &mut Sentence<'_>) {
        let records: Vec<RecordId> = (0..sentence.words.len()).flat_map(|at| self.records(sentence, at)).collect();
        let facts: Vec<FactId> = self
            .book
            .facts()
            .filter(|(_, fact)| {
                let Source::Record(record, Field::Spec(_) | Field::Description) = fact.source else { return false };
                let text = fact.value.to_string();
                let own = stems(&text);
                records.contains(&record)
                    && sentence.words.iter().any(|w| w.text.len() > 2 && own.contains(&w.stem) && !lexicon::is_harmless(&w.text, &w.stem))
            })
            .map(|(id, _)| id)
            .collect();
        sentence.facts.extend(facts);
    }
}

/// Whether "offer" is a thing rather than what a product does.
fn is_noun(before: &str, after: &str) -> bool {
    matches!(before, "on" | "an" | "the" | "this" | "these" | "our" | "special" | "current" | "any" | "no" | "with" | "")
        || matches!(after, "" | "is" | "are" | "ends" | "runs" | "for" | "on")
}
