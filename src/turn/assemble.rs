//! The reply as it is stored: words, cards, and the evidence for every claim.

use super::grounding::Grounded;
use crate::domain::fact::{FactBook, FactId, RecordId, Source};
use crate::domain::message::{Basis, Card, CardField, Evidence};
use crate::domain::order::Order;
use crate::domain::product::{Availability, Product, SpecValue};
use crate::domain::record::{Field, Record, RecordKind, RecordRef};
use crate::domain::text::list;
use crate::domain::value::Value;

/// Properties shown on a product's card.
const CARD_PROPERTIES: usize = 4;

/// What a reply rests on and shows.
#[derive(Debug, Default)]
pub struct Proof {
    /// The records named.
    pub records: Vec<RecordRef>,
    /// What every claim rests on.
    pub evidence: Vec<Evidence>,
    /// Cards.
    pub cards: Vec<Card>,
}

/// Gathers evidence, each fact once.
struct Gatherer<'a> {
    book: &'a mut FactBook,
    places: Vec<RecordId>,
    facts: Vec<FactId>,
    proof: Proof,
}

/// The evidence of a reply and the cards beside it.
pub fn prove(grounded: &Grounded, cards: &[RecordId], book: &mut FactBook) -> Proof {
    let mut gatherer = Gatherer { book, places: Vec::new(), facts: Vec::new(), proof: Proof::default() };
    for fact in grounded.facts() {
        gatherer.cite(fact);
    }
    for id in cards {
        if let Some(card) = gatherer.card(*id) {
            gatherer.proof.cards.push(card);
        }
    }
    gatherer.proof
}

impl Gatherer<'_> {
    /// The place of a fact in the evidence, adding it and what it is computed from.
    fn cite(&mut self, id: FactId) -> Option<u16> {
        if let Some(known) = self.facts.iter().position(|own| *own == id) {
            return u16::try_from(known).ok();
        }
        let fact = self.book.fact(id)?.clone();
        let mut name = String::new();
        let basis = match fact.source {
            Source::Record(record, field) => {
                name = self.book.record(record)?.record.field_name(field);
                Basis::Record(self.record(record)?, field)
            }
            Source::Derived(formula, from) => {
                let from = from.into_iter().filter_map(|source| self.cite(source)).collect();
                Basis::Derived(formula, from)
            }
            Source::Said => Basis::Said,
            Source::Shop => Basis::Shop,
        };
        self.facts.push(id);
        self.proof.evidence.push(Evidence { basis, name, value: fact.value });
        u16::try_from(self.facts.len() - 1).ok()
    }

    fn record(&mut self, id: RecordId) -> Option<u16> {
        let known = self.places.iter().position(|own| *own == id);
        let at = match known {
            Some(at) => at,
            None => {
                self.proof.records.push(self.book.record(id)?.reference());
                self.places.push(id);
                self.places.len() - 1
            }
        };
        u16::try_from(at).ok()
    }

    fn line(&mut self, label: &str, id: RecordId, field: Field) -> Option<CardField> {
        let fact = self.book.field(id, field)?;
        let value = self.book.value(fact)?.to_string();
        let evidence = self.cite(fact)?;
        Some(CardField { label: label.to_owned(), value, evidence })
    }

    fn card(&mut self, id: RecordId) -> Option<Card> {
        let record = self.book.record(id)?.record.clone();
        let mut card = Card {
            kind: record.kind(),
            reference: record.id().to_owned(),
            title: String::new(),
            money: None,
            status: None,
            image: None,
            fields: Vec::new(),
        };
        match &record {
            Record::Product(product) => self.product(id, product, &mut card),
            Record::Order(order) => self.order(id, order, &mut card),
            Record::Promotion(promotion) => {
                card.title.clone_from(&promotion.name);
                let today = self.book.today();
                card.status = promotion.runs_on(today).is_ok().then(|| "Running".to_owned());
                for (label, field) in [
                    ("Code", Field::Number),
                    ("Discount", Field::Discount),
                    ("Minimum order", Field::MinimumTotal),
                    ("For", Field::Category),
                    ("Until", Field::End),
                ] {
                    card.fields.extend(self.line(label, id, field));
                }
            }
            Record::Ticket(ticket) => {
                card.title = format!("Ticket {}", ticket.number);
                card.status = Some(ticket.status.name().replace('_', " "));
                for (label, field) in [("Ticket", Field::Number), ("About", Field::Issue), ("Opened", Field::Created)] {
                    card.fields.extend(self.line(label, id, field));
                }
            }
            Record::Knowledge(_) | Record::Customer(_) => return None,
        }
        Some(card)
    }

    fn product(&mut self, id: RecordId, product: &Product, card: &mut Card) {
        card.title.clone_from(&product.name);
        card.image.clone_from(&product.image_url);
        card.money = product.price;
        for field in [Field::Name, Field::Price, Field::Stock] {
            if let Some(fact) = self.book.field(id, field) {
                self.cite(fact);
            }
        }
        card.status = match product.availability() {
            Availability::InStock => Some("In stock".to_owned()),
            Availability::OutOfStock => Some("Out of stock".to_owned()),
            Availability::Unknown => None,
        };
        let main = product.specs.iter().enumerate().filter(|(_, spec)| matches!(spec.value, SpecValue::Text(_)));
        for (i, spec) in main.take(CARD_PROPERTIES) {
            let Ok(index) = u16::try_from(i) else { continue };
            card.fields.extend(self.line(&spec.name, id, Field::Spec(index)));
        }
    }

    fn order(&mut self, id: RecordId, order: &Order, card: &mut Card) {
        card.title = format!("Order {}", order.number);
        card.money = order.total;
        card.status = Some(order.source_status.clone().unwrap_or_else(|| order.status.name().replace('_', " ")));
        for field in [Field::Number, Field::Status, Field::Total] {
            if let Some(fact) = self.book.field(id, field) {
                self.cite(fact);
            }
        }
        let delivery = if order.is_delivered() { "Delivered" } else { "Expected" };
        for (label, field) in [("Ordered", Field::Created), (delivery, Field::Delivery)] {
            card.fields.extend(self.line(label, id, field));
        }
        let items: Vec<String> = order.items.iter().filter_map(|item| self.item(&item.sku)).collect();
        if let (false, Some(number)) = (items.is_empty(), self.book.field(id, Field::Number).and_then(|fact| self.cite(fact))) {
            card.fields.push(CardField { label: "Items".to_owned(), value: list::and(&items), evidence: number });
        }
        for i in 0..order.fulfilments.len() {
            let Ok(index) = u16::try_from(i) else { continue };
            card.fields.extend(self.line("Tracking", id, Field::Tracking(index)));
        }
    }

    /// The name of an item whose product was read in this turn.
    fn item(&mut self, sku: &str) -> Option<String> {
        let id = self.book.find(RecordKind::Product, sku)?;
        let fact = self.book.field(id, Field::Name)?;
        self.cite(fact);
        match self.book.value(fact)? {
            Value::Text(name) => Some(name.clone()),
            _ => None,
        }
    }
}

/// Every record of the turn by the version it had, for the record of the turn.
pub fn all_records(book: &FactBook) -> Vec<RecordRef> {
    book.records().map(|(_, versioned)| versioned.reference()).collect()
}
