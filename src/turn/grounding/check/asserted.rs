//! What words assert of a record: stock, status, validity.

use super::{Checker, Sentence, explain};
use crate::domain::fact::{FactId, RecordId, Source};
use crate::domain::order::{Order, OrderStatus};
use crate::domain::product::Availability;
use crate::domain::promotion::category_leaf;
use crate::domain::record::{Field, Record, RecordKind};
use crate::domain::value::Value;
use crate::turn::grounding::scope::{Mention, stems};
use crate::turn::grounding::words::{Slot, Word, is_negation};

impl Checker<'_> {
    /// Words that assert something of a record: stock, status, validity, comparison.
    pub(super) fn assertions(&self, sentence: &mut Sentence<'_>) -> Result<(), String> {
        self.stock(sentence)?;
        self.status(sentence)?;
        self.validity(sentence)?;
        self.comparison(sentence)
    }

    fn stock(&self, sentence: &mut Sentence<'_>) -> Result<(), String> {
        if sentence.text.trim_end().ends_with('?') {
            return Ok(());
        }
        for at in 0..sentence.words.len() {
            let text = |i: usize| sentence.words.get(i).map_or("", |w| w.text.as_str());
            let before = |n: usize| at.checked_sub(n).map_or("", |i| text(i));
            let available = match text(at) {
                "stock" if before(1) == "in" => Some(true),
                "stock" if before(1) == "of" => Some(false),
                "available" | "availability" => Some(true),
                "unavailable" => Some(false),
                "out" if before(1) == "sold" => Some(false),
                _ => None,
            };
            let Some(available) = available else { continue };
            let negated = (at.saturating_sub(4)..at).any(|i| is_negation(text(i)) && sentence.words[i].clause == sentence.words[at].clause);
            let wanted = available != negated;
            let products: Vec<RecordId> =
                self.records(sentence, at).into_iter().filter(|r| self.kind(*r) == Some(RecordKind::Product)).collect();
            let general = products.is_empty() && self.said_by_the_shop(sentence);
            let true_of_all = !products.is_empty()
                && products.iter().all(|r| match self.book.record(*r).map(|v| &v.record) {
                    Some(Record::Product(p)) => match p.availability() {
                        Availability::InStock => wanted,
                        Availability::OutOfStock => !wanted,
                        Availability::Unknown => false,
                    },
                    _ => false,
                });
            if !true_of_all && !general {
                return Err("the stock in the records is otherwise".to_owned());
            }
            let facts: Vec<FactId> = self.field_facts(&products, Field::Stock);
            explain(sentence, at..at + 1, Slot::Stock, facts);
            for i in at.saturating_sub(4)..at {
                if is_negation(&sentence.words[i].text) || matches!(sentence.words[i].text.as_str(), "out" | "sold" | "of" | "in") {
                    sentence.words[i].explained = true;
                }
            }
        }
        Ok(())
    }

    fn field_facts(&self, records: &[RecordId], field: Field) -> Vec<FactId> {
        self.book
            .facts()
            .filter(|(_, f)| matches!(f.source, crate::domain::fact::Source::Record(r, own) if own == field && records.contains(&r)))
            .map(|(id, _)| id)
            .collect()
    }

    fn status(&self, sentence: &mut Sentence<'_>) -> Result<(), String> {
        if sentence.text.trim_end().ends_with('?') {
            return Ok(());
        }
        for at in 0..sentence.words.len() {
            let mut orders: Vec<RecordId> =
                self.records(sentence, at).into_iter().filter(|r| self.kind(*r) == Some(RecordKind::Order)).collect();
            if orders.is_empty() {
                orders.extend(sentence.order);
            }
            if orders.is_empty() || sentence.words[at].explained {
                continue;
            }
            let Some(claimed) = status_word(&sentence.words, at) else { continue };
            let clause = sentence.words[at].clause;
            let negated = (at.saturating_sub(4)..at).any(|i| is_negation(&sentence.words[i].text) && sentence.words[i].clause == clause);
            let holds = orders.iter().all(|r| match self.book.record(*r).map(|v| &v.record) {
                Some(Record::Order(order)) => {
                    claimed.iter().any(|c| *c == order.status) != negated || (!negated && parcel_says(order, &sentence.words[at].stem))
                }
                _ => false,
            });
            if !holds && !self.said_by_the_shop(sentence) {
                return Err("the status in the records is otherwise".to_owned());
            }
            let facts = self.field_facts(&orders, Field::Status);
            explain(sentence, at..at + 1, Slot::Status, facts);
            if sentence.words[at].text == "requested" {
                for word in &mut sentence.words[at.saturating_sub(4)..at] {
                    word.explained |= matches!(word.stem.as_str(), "return" | "exchange" | "exchang");
                }
            }
            if negated {
                for i in at.saturating_sub(4)..at {
                    sentence.words[i].explained |= is_negation(&sentence.words[i].text);
                }
            }
        }
        Ok(())
    }

    /// "Valid", "expired", "active", "applies": true of the promotion in scope.
    fn validity(&self, sentence: &mut Sentence<'_>) -> Result<(), String> {
        for at in 0..sentence.words.len() {
            let promotions: Vec<RecordId> =
                self.records(sentence, at).into_iter().filter(|r| self.kind(*r) == Some(RecordKind::Promotion)).collect();
            if promotions.is_empty() || sentence.text.trim_end().ends_with('?') {
                continue;
            }
            let valid = match sentence.words[at].stem.as_str() {
                "off" if at > 0 && matches!(sentence.words[at - 1].stem.as_str(), "switch" | "turn") => false,
                "valid" | "activ" | "active" | "appli" | "apply" | "work" | "run" | "us" | "use" | "off" | "get" | "save" | "sav" => true,
                "expir" | "expire" | "invalid" | "over" | "inactive" => false,
                _ => continue,
            };
            // "Will be valid from Friday" says that it is not now.
            let ahead =
                (at.saturating_sub(3)..at).any(|i| sentence.words[i].text == "will") && sentence.words.iter().any(|w| w.slot == Slot::Day);
            let negated = ahead || (at.saturating_sub(4)..at).any(|i| is_negation(&sentence.words[i].text));
            let never = (at.saturating_sub(4)..at).any(|i| sentence.words[i].text == "never");
            let wanted = valid != negated;
            let today = self.book.today();
            let holds = promotions.iter().all(|r| match self.book.record(*r).map(|v| &v.record) {
                Some(Record::Promotion(p)) if never && !valid => p.end.is_none(),
                Some(Record::Promotion(p)) => {
                    let applies = p.runs_on(today).is_ok() && !self.names_another_kind(p, sentence);
                    applies == wanted || (!wanted && self.does_not_cover(p, sentence))
                }
                _ => false,
            });
            if !holds {
                return Err("the promotion's dates say otherwise".to_owned());
            }
            if wanted && self.covers_nothing(&promotions, sentence) {
                return Err("the promotion is not for that".to_owned());
            }
            explain(sentence, at..at + 1, Slot::Validity, Vec::new());
            for i in at.saturating_sub(4)..at {
                let word = &mut sentence.words[i];
                word.explained |= is_negation(&word.text) || matches!(word.stem.as_str(), "switch" | "turn");
            }
        }
        self.one_promotion_at_a_time(sentence)
    }

    /// One promotion's name beside another's code claims that they are the same.
    fn one_promotion_at_a_time(&self, sentence: &Sentence<'_>) -> Result<(), String> {
        let promotions: Vec<&Mention> =
            sentence.mentions.iter().filter(|m| m.entities.iter().all(|i| self.entities.all[*i].kind == RecordKind::Promotion)).collect();
        for pair in promotions.windows(2) {
            let same = pair[0].entities.iter().any(|i| pair[1].entities.contains(i));
            let between = &sentence.words[pair[0].to..pair[1].from];
            let listed = between.iter().any(|w| matches!(w.text.as_str(), "and" | "or" | "but" | "while" | "whereas"));
            if !same && !listed {
                return Err("it gives one promotion the code of another".to_owned());
            }
        }
        Ok(())
    }

    fn products_mentioned(&self, sentence: &Sentence<'_>) -> Vec<RecordId> {
        sentence.mentioned.iter().map(|i| self.entities.all[*i].record).filter(|r| self.kind(*r) == Some(RecordKind::Product)).collect()
    }

    /// A promotion said to hold for a product of another category.
    fn covers_nothing(&self, promotions: &[RecordId], sentence: &Sentence<'_>) -> bool {
        let products = self.products_mentioned(sentence);
        promotions.iter().any(|p| {
            let Some(Record::Promotion(promotion)) = self.book.record(*p).map(|v| &v.record) else { return true };
            products.iter().any(|id| match self.book.record(*id).map(|v| &v.record) {
                Some(Record::Product(product)) => {
                    !promotion.covers(product) || product.price.is_some_and(|price| !promotion.reaches_minimum(price))
                }
                _ => true,
            })
        })
    }

    /// Whether the sentence names a category of the shop that the promotion is not for.
    fn names_another_kind(&self, promotion: &crate::domain::promotion::Promotion, sentence: &Sentence<'_>) -> bool {
        let text = sentence.text.to_lowercase();
        let own: Vec<String> = promotion.categories.iter().map(|path| category_leaf(path).to_lowercase()).collect();
        let named = self.book.facts().filter_map(|(_, fact)| match (&fact.source, &fact.value) {
            (Source::Shop, Value::Text(name)) => Some(name.to_lowercase()),
            _ => None,
        });
        !own.is_empty()
            && named
                .filter(|name| text.contains(name.as_str()))
                .any(|name| !own.iter().any(|own| own.contains(&name) || name.contains(own)))
    }

    fn does_not_cover(&self, promotion: &crate::domain::promotion::Promotion, sentence: &Sentence<'_>) -> bool {
        self.products_mentioned(sentence).iter().any(|id| match self.book.record(*id).map(|v| &v.record) {
            Some(Record::Product(product)) => {
                !promotion.covers(product) || product.price.is_some_and(|price| !promotion.reaches_minimum(price))
            }
            _ => false,
        })
    }
}

/// The statuses a word claims, where it claims one.
fn status_word(words: &[Word], at: usize) -> Option<Vec<OrderStatus>> {
    let next = words.get(at + 1).map_or("", |w| w.text.as_str());
    Some(match words[at].text.as_str() {
        "pending" | "waiting" => vec![OrderStatus::Pending],
        "confirmed" if at > 1 && words[at - 1].text == "be" && words[at - 2].text == "to" => vec![OrderStatus::Pending],
        "requested" => match words[at.saturating_sub(4)..at].iter().find_map(|w| match w.stem.as_str() {
            "return" => Some(OrderStatus::ReturnRequested),
            "exchange" | "exchang" => Some(OrderStatus::ExchangeRequested),
            _ => None,
        }) {
            Some(status) => vec![status],
            None => return None,
        },
        "confirmed" | "prepared" | "preparing" | "processing" => vec![OrderStatus::Confirmed],
        "shipped" | "dispatched" => vec![OrderStatus::Shipped, OrderStatus::Delivered],
        "transit" => vec![OrderStatus::Shipped],
        "way" if at > 0 && matches!(words[at - 1].text.as_str(), "its" | "the") => vec![OrderStatus::Shipped],
        "delivered" | "arrived" => vec![OrderStatus::Delivered],
        "cancelled" | "canceled" => vec![OrderStatus::Cancelled],
        "returned" if next != "until" && next != "by" => vec![OrderStatus::Returned],
        _ => return None,
    })
}

fn parcel_says(order: &Order, stem: &str) -> bool {
    order.fulfilments.iter().any(|f| stems(&f.status).iter().any(|s| s == stem))
}
