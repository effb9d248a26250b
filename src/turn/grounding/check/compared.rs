//! Comparisons: which is cheaper, lighter, the same, as the records have it.

use super::{Checker, Sentence, explain};
use crate::domain::product::{Availability, Product};
use crate::domain::record::{Record, RecordKind};
use crate::turn::grounding::claims;
use crate::turn::grounding::words::{Slot, is_negation};

/// Comparisons a record can bear out.
const MEASURED: &str = "cheaper cheapest expensive pricier dearer lighter lightest heavier heaviest priciest dearest";
/// Comparisons no field measures.
const VAGUE: &str = "faster fastest better best bigger biggest larger largest smaller smallest stronger strongest brighter brightest \
    louder quieter quietest longer longest shorter thinner thinnest newer newest slower worse worst superior highest lowest higher \
    lower greater greatest sharper nicer nicest finest top";

fn has(list: &str, word: &str) -> bool {
    list.split_whitespace().any(|own| own == word)
}

impl Checker<'_> {
    pub(super) fn comparison(&self, sentence: &mut Sentence<'_>) -> Result<(), String> {
        for at in 0..sentence.words.len() {
            let text = sentence.words[at].text.clone();
            if sentence.words[at].explained {
                continue;
            }
            let text = if text == "lowest" && self.speaks_of_price(sentence) { "cheapest".to_owned() } else { text };
            if text == "longer" && at > 0 && sentence.words[at - 1].text == "no" {
                // "No longer valid" compares nothing.
                sentence.words[at].explained = true;
                continue;
            }
            if has(VAGUE, &text) && !self.said_by_the_shop(sentence) {
                return Err(format!("nothing bears out \"{text}\""));
            }
            if !has(MEASURED, &text) {
                continue;
            }
            let less = at > 0 && matches!(sentence.words[at - 1].text.as_str(), "less" | "least");
            let comparing =
                text != "expensive" || at > 0 && matches!(sentence.words[at - 1].text.as_str(), "more" | "most" | "less" | "least");
            let products = self.compared(sentence, at);
            let Some((subject, other)) = products.filter(|_| comparing) else {
                return Err(format!("nothing bears out \"{text}\""));
            };
            let other = self.in_stock_if_said(other, sentence);
            let word = if less { "cheaper" } else { text.as_str() };
            let negated = (at.saturating_sub(4)..at).any(|i| is_negation(&sentence.words[i].text));
            let holds = claims::comparison_holds(word, &subject, &other, &self.entities, self.book);
            if !holds || negated {
                return Err(format!("the records do not bear out \"{text}\""));
            }
            explain(sentence, at..at + 1, Slot::Comparison, Vec::new());
        }
        Ok(())
    }

    /// The subject of a comparison and what it is compared with.
    fn compared(&self, sentence: &Sentence<'_>, at: usize) -> Option<(Vec<usize>, Vec<usize>)> {
        let is_product = |i: &usize| self.entities.all[*i].kind == RecordKind::Product;
        let subject: Vec<usize> = sentence.scope.at(at).iter().copied().filter(is_product).collect();
        let subject: Vec<usize> = subject.into_iter().take(1).collect();
        let mentioned: Vec<usize> = sentence.mentioned.iter().copied().filter(|i| is_product(i) && !subject.contains(i)).collect();
        let others = if mentioned.is_empty() {
            (0..self.entities.all.len()).filter(|i| is_product(i) && !subject.contains(i)).collect()
        } else {
            mentioned
        };
        (!subject.is_empty() && !others.is_empty()).then_some((subject, others))
    }

    /// Whether the subject of a difference really costs more (or less) than what is named behind it.
    pub(super) fn differs(&self, sentence: &Sentence<'_>, at: usize, word: &str) -> bool {
        let before: Vec<usize> = sentence.mentions.iter().filter(|m| m.to <= at).flat_map(|m| m.entities.clone()).collect();
        let behind: Vec<usize> = sentence.mentions.iter().filter(|m| m.from > at).flat_map(|m| m.entities.clone()).collect();
        let subject = if before.is_empty() { sentence.scope.last.clone() } else { before };
        claims::comparison_holds(word, &subject, &behind, &self.entities, self.book)
    }

    fn speaks_of_price(&self, sentence: &Sentence<'_>) -> bool {
        sentence.words.iter().any(|w| matches!(w.text.as_str(), "price" | "priced" | "cost"))
    }

    /// "Of those in stock": what is out of stock is not compared with.
    fn in_stock_if_said(&self, others: Vec<usize>, sentence: &Sentence<'_>) -> Vec<usize> {
        let said = sentence.words.windows(2).any(|w| w[0].text == "in" && w[1].text == "stock")
            || sentence.words.iter().any(|w| w.text == "available");
        if !said {
            return others;
        }
        others.into_iter().filter(|i| self.product(*i).is_some_and(|p| p.availability() != Availability::OutOfStock)).collect()
    }

    fn product(&self, entity: usize) -> Option<&Product> {
        match &self.book.record(self.entities.all.get(entity)?.record)?.record {
            Record::Product(product) => Some(product),
            _ => None,
        }
    }

    /// "The same price", "the same memory": true of every product in scope, two of them at least.
    pub(super) fn are_the_same(&self, sentence: &Sentence<'_>, at: usize) -> bool {
        let mut scope = sentence.scope.at(at).to_vec();
        scope.extend(sentence.mentioned.iter().filter(|i| !scope.contains(i)).copied().collect::<Vec<_>>());
        let products: Vec<&Product> = scope.iter().filter_map(|i| self.product(*i)).collect();
        let Some((first, rest)) = products.split_first().filter(|(_, rest)| !rest.is_empty()) else { return false };
        if self.speaks_of_price(sentence) {
            return first.price.is_some() && rest.iter().all(|p| p.price == first.price);
        }
        let named = first.specs.iter().filter(|spec| {
            let name = crate::turn::grounding::scope::stems(&spec.name);
            name.iter().all(|part| sentence.words.iter().any(|w| w.stem == *part))
        });
        let mut any = false;
        for spec in named {
            any = true;
            if !rest.iter().all(|p| p.spec(&spec.name).is_some_and(|own| own.value == spec.value)) {
                return false;
            }
        }
        any
    }
}
