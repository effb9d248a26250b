//! What the shop knows of a customer, and where a text says it.

use super::{Found, Kind, compared};
use crate::agents::understanding::contact::{self, Contact};
use crate::domain::asks::Slot;
use crate::domain::customer::Customer;
use crate::domain::fact::FactBook;
use crate::domain::heard::Word;
use crate::domain::order::Order;
use crate::domain::record::Record;
use crate::domain::state::ConversationState;
use crate::domain::text::fold::fold;
use crate::domain::text::token::tokens;
use crate::domain::text::{unit, words};
use crate::retrieval::numbers::NumberShapes;

/// Words of a name or address shorter than this say nothing of anybody.
const TELLING: usize = 2;
/// Parts of an address shorter than this (a state, a floor) are left as they are.
const ADDRESS_PART: usize = 4;
/// Words of a message that says nothing but who somebody is.
const SHORT: usize = 6;
/// Words a number may be written in: `ORD 10 07`.
const PIECES: usize = 4;

/// Values known of the customer of a session.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Compared as words, whatever their case.
    phrases: Vec<(Kind, Vec<String>)>,
    /// Parts of names that are also ordinary words (`May`, `Will`): masked only with a capital.
    capitals: Vec<String>,
    /// Compared by their letters and digits, in up to four pieces.
    numbers: Vec<(Kind, String)>,
}

impl Known {
    /// Everything known: the customer's record, what they have told, and the records of this turn.
    pub fn of(customer: Option<&Customer>, state: &ConversationState, book: &FactBook) -> Self {
        let mut known = Self::default();
        if let Some(customer) = customer {
            known.customer(customer);
        }
        known.told(state);
        for (_, versioned) in book.records() {
            match &versioned.record {
                Record::Order(order) => known.order(order),
                Record::Ticket(ticket) => {
                    known.number(Kind::Ticket, &ticket.number);
                    ticket.contact.iter().for_each(|contact| known.contact(contact));
                    ticket.order.iter().for_each(|order| known.number(Kind::Order, order));
                }
                Record::Customer(customer) => known.customer(customer),
                Record::Product(_) | Record::Promotion(_) | Record::Knowledge(_) => {}
            }
        }
        known
    }

    /// Adds an order somebody of the session may see.
    pub fn order(&mut self, order: &Order) {
        self.number(Kind::Order, &order.number);
        self.address(&order.ship_to.line);
        self.number(Kind::Zip, &order.ship_to.zip);
        for parcel in &order.fulfilments {
            self.number(Kind::Tracking, &parcel.tracking);
        }
        self.last_digits(&order.payment_method);
        order.payments.iter().for_each(|payment| self.last_digits(&payment.method));
    }

    fn customer(&mut self, customer: &Customer) {
        self.name(&customer.name);
        self.phrase(Kind::Email, &customer.email);
        self.phone(&customer.phone);
        for address in &customer.addresses {
            self.address(&address.line);
            self.number(Kind::Zip, &address.zip);
        }
        for method in &customer.payment_methods {
            self.number(Kind::Card, &method.last_four);
        }
    }

    fn told(&mut self, state: &ConversationState) {
        let known = &state.known;
        known.email.iter().for_each(|email| self.phrase(Kind::Email, email));
        known.phone_tail.iter().for_each(|tail| self.number(Kind::Phone, tail));
        known.zip.iter().for_each(|zip| self.number(Kind::Zip, zip));
        known.name.iter().for_each(|name| self.name(name));
        known.contact.iter().for_each(|contact| self.contact(contact));
        let focus = &state.focus;
        for number in known.order_number.iter().chain(&focus.order).chain(&focus.orders) {
            self.number(Kind::Order, number);
        }
        for number in state.escalated.iter().chain(&focus.ticket) {
            self.number(Kind::Ticket, number);
        }
    }

    /// Adds what a message says of whoever wrote it: also where it proved nothing, it is somebody's.
    /// `asked` is what had been asked before it.
    pub fn message(&mut self, text: &str, asked: &[Slot], orders: &NumberShapes, tickets: &NumberShapes) {
        let plain = tokens(text);
        let of_orders = plain.iter().any(|t| matches!(t.text.as_str(), "order" | "orders" | "parcel" | "package" | "number"))
            || asked.iter().any(|slot| matches!(slot, Slot::OrderNumber | Slot::Identity | Slot::TicketNumber));
        for (kind, shapes) in [(Kind::Order, orders), (Kind::Ticket, tickets)] {
            for number in shapes.find(&plain, text).iter().filter(|number| number.certain || of_orders) {
                self.number(kind, &number.bare);
            }
        }
        // Whoever gives an address of mail or what looks like a zip code in a few words gives a name, too.
        let zip = plain.len() <= SHORT && plain.iter().any(|t| t.text.len() == 5 && t.text.bytes().all(|b| b.is_ascii_digit()));
        let asked =
            asked.iter().any(|slot| matches!(slot, Slot::Identity | Slot::Contact | Slot::OrderNumber)) || zip || text.contains('@');
        let said = Word::from_tokens(unit::merge(plain, text));
        self.person(&contact::read(text, &said, &[], asked));
    }

    /// Adds what somebody said of themselves.
    pub fn person(&mut self, contact: &Contact) {
        contact.email.iter().for_each(|email| self.phrase(Kind::Email, email));
        contact.phone.iter().for_each(|phone| self.phone(phone));
        contact.phone_tail.iter().for_each(|tail| self.number(Kind::Phone, tail));
        contact.zip.iter().for_each(|zip| self.number(Kind::Zip, zip));
        contact.name.iter().for_each(|name| self.name(name));
    }

    fn contact(&mut self, contact: &str) {
        if contact.contains('@') { self.phrase(Kind::Email, contact) } else { self.phone(contact) }
    }

    fn name(&mut self, name: &str) {
        self.phrase(Kind::Name, name);
        for part in name.split(|c: char| !c.is_alphanumeric()).filter(|part| part.chars().count() >= TELLING) {
            if words::is_common(&fold(part)) {
                self.capitals.push(fold(part));
            } else {
                self.phrase(Kind::Name, part);
            }
        }
    }

    fn phone(&mut self, phone: &str) {
        let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
        if digits.len() >= 4 {
            self.numbers.push((Kind::Phone, digits[digits.len() - 4..].to_owned()));
            self.numbers.push((Kind::Phone, digits));
        }
    }

    fn address(&mut self, line: &str) {
        self.phrase(Kind::Address, line);
        for part in line.split(',').map(str::trim).filter(|part| part.chars().count() >= ADDRESS_PART) {
            self.phrase(Kind::Address, part);
        }
    }

    fn phrase(&mut self, kind: Kind, text: &str) {
        let parts: Vec<String> = pieces(text).map(|(start, end)| fold(&text[start..end])).collect();
        if !parts.is_empty() && !self.phrases.iter().any(|(own, old)| *own == kind && *old == parts) {
            self.phrases.push((kind, parts));
        }
    }

    fn number(&mut self, kind: Kind, number: &str) {
        let whole = compared(number);
        let digits = whole.bytes().rev().take_while(u8::is_ascii_digit).count();
        let tail = whole[whole.len() - digits..].to_owned();
        // "1007" is as good as "ORD-1007" to whoever knows the shop.
        for form in [tail, whole].into_iter().filter(|form| form.len() >= 3) {
            if !self.numbers.iter().any(|(own, old)| *own == kind && *old == form) {
                self.numbers.push((kind, form));
            }
        }
    }

    /// The digits a card ends in: "Visa ending 4242".
    fn last_digits(&mut self, words: &str) {
        for (start, end) in pieces(words).filter(|(start, end)| end - start == 4) {
            if words[start..end].bytes().all(|b| b.is_ascii_digit()) {
                self.number(Kind::Card, &words[start..end]);
            }
        }
    }

    /// Where a text says something known.
    pub(super) fn find(&self, text: &str) -> Vec<Found> {
        let places: Vec<(usize, usize)> = pieces(text).collect();
        let folded: Vec<String> = places.iter().map(|(start, end)| fold(&text[*start..*end])).collect();
        let mut found = Vec::new();
        for at in 0..places.len() {
            for (kind, phrase) in &self.phrases {
                let fits = folded.len() >= at + phrase.len() && folded[at..at + phrase.len()] == phrase[..];
                if fits {
                    found.push(Found { kind: *kind, start: places[at].0, end: places[at + phrase.len() - 1].1 });
                }
            }
            let capital = text[places[at].0..].starts_with(char::is_uppercase);
            if capital && self.capitals.contains(&folded[at]) {
                found.push(Found { kind: Kind::Name, start: places[at].0, end: places[at].1 });
            }
            self.numbers_at(&places, &folded, at, &mut found);
        }
        found
    }

    fn numbers_at(&self, places: &[(usize, usize)], folded: &[String], at: usize, found: &mut Vec<Found>) {
        let mut joined = String::new();
        for last in at..folded.len().min(at + PIECES) {
            joined.push_str(&folded[last]);
            for (kind, _) in self.numbers.iter().filter(|(_, number)| *number == joined) {
                found.push(Found { kind: *kind, start: places[at].0, end: places[last].1 });
            }
        }
    }
}

/// Runs of letters and digits.
fn pieces(text: &str) -> impl Iterator<Item = (usize, usize)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + text[at..].find(char::is_alphanumeric)?;
        let end = text[start..].find(|c: char| !c.is_alphanumeric()).map_or(text.len(), |n| start + n);
        at = end;
        Some((start, end))
    })
}
