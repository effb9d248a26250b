//! Whose it is: who is asking, and which of their orders is meant.
//!
//! An order is shown to a session that gave its number together with what the policy asks for. Wrong,
//! unknown and locked get the same answer; the check itself is the driver's.

mod asking;

use super::items;
use super::lookup::{Claim, Findings, Lookup, NumberOf, Verdict};
use super::say;
use super::turn::{Answer, Step, Turn};
use super::understanding::Understanding;
use crate::domain::act::{Act, ActKind};
use crate::domain::agent::Agent;
use crate::domain::asks::Slot;
use crate::domain::fact::{FactBook, RecordId};
use crate::domain::goal::Goal;
use crate::domain::heard::Heard;
use crate::domain::order::Order;
use crate::domain::record::Field;
use crate::domain::state::{ConversationState, IdentityLevel, Known};
use crate::domain::text::fold::bare;

pub use asking::has_no_number;
use asking::{ask, ask_number, ask_proof, failed};

/// The way to an order.
pub enum OrderStep {
    /// It is known and may be shown.
    Known(RecordId),
    /// Something must be looked up or asked first.
    First(Step),
}

/// A person's name is no product, however like one it sounds.
pub fn leave_names(heard: &mut Heard, read: &Understanding, text: &str) {
    let Some(at) = read.contact.name.as_deref().and_then(|name| text.find(name).map(|at| at..at + name.len())) else { return };
    let words = &heard.words;
    let inside = |range: &std::ops::Range<usize>| {
        words.get(range.clone()).is_some_and(|words| words.iter().all(|w| at.start <= w.start && w.end <= at.end))
    };
    heard.products.retain(|mention| !inside(&mention.words));
    heard.brands.retain(|mention| !inside(&mention.words));
    heard.categories.retain(|mention| !inside(&mention.words));
}

/// Keeps what a message says of the customer, whoever answers it, so that nothing is asked twice.
pub fn note(heard: &Heard, read: &Understanding, state: &mut ConversationState) {
    let contact = &read.contact;
    let known = &mut state.known;
    known.mourning |= read.mourning;
    // Bare digits beside a proof, called an order, are its number too.
    let called = contact.email.is_some() && heard.words.iter().any(|w| w.text == "order");
    let number = heard.orders.iter().find(|n| n.certain).or_else(|| heard.orders.first().filter(|_| called)).map(|n| n.bare.clone());
    if read.others && !known.mourning {
        let theirs = [&contact.email, &contact.phone_tail, &contact.zip].into_iter().flatten().cloned().chain(number);
        known.of_others.extend(theirs);
        return;
    }
    let mut news = false;
    let mut keep = |slot: &mut Option<String>, value: &Option<String>| {
        if value.is_some() && slot != value {
            slot.clone_from(value);
            news = true;
        }
    };
    keep(&mut known.email, &contact.email);
    keep(&mut known.phone_tail, &contact.phone_tail);
    keep(&mut known.name, &contact.name);
    keep(&mut known.zip, &contact.zip);
    if contact.zip.is_none() && known.name.is_some() && known.zip.is_none() {
        // Four digits behind a name may be a short postal code as well.
        keep(&mut known.zip, &contact.phone_tail);
    }
    if state.identity.level == IdentityLevel::Anonymous {
        keep(&mut known.order_number, &number);
    }
    known.refused &= !news;
}

/// Finds the order a message is about and makes sure it may be shown.
pub fn order(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState, agent: Agent) -> OrderStep {
    match whose(turn, found, book, state, agent) {
        Some(step) => OrderStep::First(step),
        None => choose(turn, found, book, state, agent),
    }
}

/// Makes sure the session belongs to a customer; `None` once it does.
pub fn whose(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState, agent: Agent) -> Option<Step> {
    let said = named_order(turn, &state.known);
    if is_somebody_elses(turn, said.as_deref(), &state.known) {
        return Some(Answer::of(vec![Act::plain(ActKind::NotTheirs)]).done());
    }
    match &found.identity {
        Some(Verdict::Proven { customer, order }) => {
            state.identity.level = IdentityLevel::Identified;
            state.identity.customer = Some(customer.clone());
            state.known.order_number = None;
            if order.is_some() {
                state.focus.order.clone_from(order);
            }
            return None;
        }
        Some(Verdict::NotProven) => return Some(failed(turn, state, agent)),
        None if state.identity.level != IdentityLevel::Anonymous => return None,
        None => {}
    }
    let (number, of) = number(turn, said, state);
    let Some(number) = number else {
        return Some(ask_number(turn, book, state, agent));
    };
    if of == NumberOf::Order {
        state.known.order_number = Some(number.clone());
    }
    match claim(&state.known, &number, of) {
        Some(claim) if !state.known.refused => Some(Step::Look(vec![Lookup::Identity(claim)])),
        _ => Some(ask_proof(turn, state, agent)),
    }
}

/// Whether the customer says that what is asked for is another person's.
fn is_somebody_elses(turn: &Turn<'_>, number: Option<&str>, known: &Known) -> bool {
    if known.mourning {
        return false;
    }
    let contact = &turn.read.contact;
    let given = [contact.email.as_deref(), contact.phone_tail.as_deref(), number].into_iter().flatten();
    turn.read.others || given.into_iter().any(|value| known.of_others.iter().any(|other| other == value))
}

/// The number to show somebody's business by: of the order or ticket just named, or named before.
fn number(turn: &Turn<'_>, said: Option<String>, state: &ConversationState) -> (Option<String>, NumberOf) {
    let ticket = turn.heard.tickets.first().map(|n| n.bare.clone()).or_else(|| state.focus.ticket.clone());
    let order = said.or_else(|| state.known.order_number.clone());
    let of_ticket = ticket.is_some() && (order.is_none() || turn.goal == Goal::TicketStatus && turn.heard.orders.is_empty());
    if of_ticket { (ticket, NumberOf::Ticket) } else { (order, NumberOf::Order) }
}

/// The order number in a message: one that can be nothing else, or any when an order is talked about.
fn named_order(turn: &Turn<'_>, known: &Known) -> Option<String> {
    let certain = turn.heard.orders.iter().find(|n| n.certain);
    // Where the number is known, bare digits beside a proof are those of a card or a house: "6650, that's my card".
    if certain.is_none() && known.order_number.is_some() && turn.read.contact.proves() {
        return None;
    }
    // Digits that were just given as a telephone or postal code are no order number.
    certain.or_else(|| turn.heard.orders.iter().find(|n| !turn.read.contact.has_digits(&n.bare))).map(|n| n.bare.clone())
}

/// What can be claimed with what is known, if it is enough to try: the driver holds it against the policy.
fn claim(known: &Known, number: &str, of: NumberOf) -> Option<Claim> {
    let enough = known.email.is_some() || known.phone_tail.is_some() || (known.zip.is_some() && known.name.is_some());
    enough.then(|| Claim {
        number: number.to_owned(),
        of,
        email: known.email.clone(),
        phone_tail: known.phone_tail.clone(),
        zip: known.zip.clone(),
        name: known.name.clone(),
    })
}

/// What an anonymous customer has said that may show whose an order is, if it was not refused before.
pub fn claim_of(state: &ConversationState) -> Option<Claim> {
    let known = &state.known;
    let number = known.order_number.as_deref().filter(|_| !known.refused)?;
    claim(known, number, NumberOf::Order)
}

/// The order of a known customer that a message is about: the one named, the one on the table unless the
/// words single out what is not in it, or one of all of them.
fn choose(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState, agent: Agent) -> OrderStep {
    let named = turn.heard.orders.iter().find(|n| n.certain).map(|n| n.bare.clone());
    let proven = matches!(&found.identity, Some(Verdict::Proven { order: Some(_), .. }));
    // "And 1026?": bare digits that may be another of theirs come before the one on the table.
    let another = named.is_none() && found.identity.is_none() && turn.heard.orders.iter().any(|n| !on_the_table(state, &n.bare));
    if found.orders.is_none() && !another {
        let number = named.clone().or_else(|| state.focus.order.as_deref().map(bare).filter(|_| proven || !asks_for_others(turn)));
        if let Some(number) = number {
            match found.order {
                None => return OrderStep::First(Step::Look(vec![Lookup::Order(number)])),
                Some(Some(id)) => {
                    if let Some(step) = read_items(found, &[id], book) {
                        return OrderStep::First(step);
                    }
                    let meant = items::meant(turn, &[id], book);
                    let suited = say::order(book, id).is_some_and(|order| suits(turn.goal, &order, book));
                    let elsewhere = items::names_a_thing(turn) || !suited && items::tells(turn);
                    if named.is_some() || proven || !meant.is_empty() || !elsewhere {
                        let only = if let [item] = meant.as_slice() { Some(item.sku.clone()) } else { None };
                        return known(id, only, book, state);
                    }
                }
                // Not theirs or not there: the same words as for a failed proof.
                Some(None) if named.is_some() => return OrderStep::First(failed(turn, state, agent)),
                Some(None) => state.focus.order = None,
            }
        }
    }
    let Some(orders) = found.orders.clone() else { return OrderStep::First(Step::Look(vec![Lookup::OrdersOfCustomer])) };
    if let Some(step) = read_more_items(found, &orders, book) {
        return OrderStep::First(step);
    }
    let uncertain = turn.heard.orders.iter().find_map(|n| by_number(&orders, &n.bare, book));
    if let Some(id) = uncertain.or_else(|| pointed(turn).and_then(|number| by_number(&orders, &number, book))) {
        return known(id, None, book, state);
    }
    let focus = state.focus.order.as_ref().and_then(|number| by_number(&orders, &bare(number), book));
    if let Some(item) = pick(turn, &orders, focus, book) {
        return known(item.order, Some(item.sku), book, state);
    }
    if let Some(id) = focus.or_else(|| fitting(turn, &orders, book)) {
        return known(id, None, book, state);
    }
    let mut step = which(turn, &orders, book, state, agent);
    if let (Step::Say(answer), true) = (&mut step, found.identity.is_some()) {
        answer.acts.insert(0, Act::plain(ActKind::IdentityOk));
    }
    OrderStep::First(step)
}

/// Whether digits are those of the order on the table.
fn on_the_table(state: &ConversationState, digits: &str) -> bool {
    state.focus.order.as_deref().is_some_and(|number| bare(number).ends_with(digits))
}

/// "And the other one?": not the order on the table.
fn asks_for_others(turn: &Turn<'_>) -> bool {
    let places = !turn.before.focus.orders.is_empty() && (!turn.read.reference.places.is_empty() || turn.read.reference.last);
    places || turn.heard.words.iter().any(|w| matches!(w.text.as_str(), "other" | "others" | "another"))
}

/// The items of all orders, where those of one were read before. What is gone is not asked for for ever.
fn read_more_items(found: &Findings, orders: &[RecordId], book: &FactBook) -> Option<Step> {
    const TIMES: u8 = 2;
    let read = |sku: &str| book.find(crate::domain::record::RecordKind::Product, sku).is_some();
    let unread = |id: &RecordId| say::order(book, *id).is_some_and(|order| order.items.iter().any(|item| !read(&item.sku)));
    (found.products_asked < TIMES && orders.iter().any(unread)).then(|| items_lookup(orders, book)).flatten()
}

/// The look-up of what is in the orders, unless it was made.
pub fn read_items(found: &Findings, orders: &[RecordId], book: &FactBook) -> Option<Step> {
    if found.products_asked > 0 { None } else { items_lookup(orders, book) }
}

fn items_lookup(orders: &[RecordId], book: &FactBook) -> Option<Step> {
    let mut skus: Vec<String> = Vec::new();
    for item in orders.iter().filter_map(|id| say::order(book, *id)).flat_map(|order| order.items.clone()) {
        if !skus.contains(&item.sku) {
            skus.push(item.sku);
        }
    }
    (!skus.is_empty()).then(|| Step::Look(vec![Lookup::Products(skus)]))
}

/// The order of a number, written in full, in digits, or as that of one of its parcels.
fn by_number(orders: &[RecordId], number: &str, book: &FactBook) -> Option<RecordId> {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    orders.iter().copied().find(|id| {
        say::order(book, *id).is_some_and(|order| {
            let own = bare(&order.number);
            own == number || digits(&own) == number || order.fulfilments.iter().any(|parcel| bare(&parcel.tracking) == number)
        })
    })
}

/// The item a message singles out: in the order talked about if it is there, else in the order that its
/// purpose fits, else in the newest.
fn pick(turn: &Turn<'_>, orders: &[RecordId], focus: Option<RecordId>, book: &FactBook) -> Option<items::Item> {
    let meant = items::meant(turn, orders, book);
    let here = meant.iter().find(|item| Some(item.order) == focus);
    let suits = |item: &&items::Item| say::order(book, item.order).is_some_and(|order| suits(turn.goal, &order, book));
    here.or_else(|| meant.iter().find(suits)).or_else(|| meant.first()).cloned()
}

/// Whether an order is one that a goal can be about.
fn suits(goal: Goal, order: &Order, book: &FactBook) -> bool {
    match goal {
        Goal::LateParcel => order.days_late(book.today(), book.zone()).is_some(),
        Goal::CancelOrder | Goal::ChangeOrder | Goal::ChangeAddress => order.is_open(),
        Goal::OrderStatus | Goal::Tracking | Goal::DeliveryDate | Goal::Pickup => {
            order.promised_day(book.zone()).is_some() || order.is_open()
        }
        _ => order.is_delivered() || order.status == crate::domain::order::OrderStatus::Returned,
    }
}

/// The only order there is, the only one the purpose of the message fits, or the newest where that is said.
fn fitting(turn: &Turn<'_>, orders: &[RecordId], book: &FactBook) -> Option<RecordId> {
    if let [only] = orders {
        return Some(*only);
    }
    let newest = turn.heard.words.windows(2).any(|w| {
        matches!(w[0].text.as_str(), "last" | "latest" | "newest" | "recent") && matches!(w[1].text.as_str(), "order" | "purchase" | "one")
    });
    if newest {
        return orders.first().copied();
    }
    // "Where is my parcel?": one that has left and not come.
    let asks_where = matches!(turn.goal, Goal::Tracking | Goal::LateParcel | Goal::MissingParcel)
        || turn.goal == Goal::OrderStatus
            && tokens_of(turn).iter().any(|w| matches!(w.as_str(), "where" | "wheres" | "parcel" | "package" | "stuff"));
    let mut away =
        orders.iter().filter(|id| say::order(book, **id).is_some_and(|order| order.status == crate::domain::order::OrderStatus::Shipped));
    if asks_where && let (Some(only), None) = (away.next(), away.next()) {
        return Some(*only);
    }
    let mut fit = orders.iter().filter(|id| say::order(book, **id).is_some_and(|order| suits(turn.goal, &order, book)));
    fit.next().copied().filter(|_| fit.next().is_none())
}

/// The words of a message and of the one it continues.
fn tokens_of(turn: &Turn<'_>) -> Vec<String> {
    crate::domain::text::token::tokens(&say::question_text(turn)).into_iter().map(|t| t.text).collect()
}

/// An order pointed at in the list just shown.
fn pointed(turn: &Turn<'_>) -> Option<String> {
    let orders = &turn.before.focus.orders;
    let reference = &turn.read.reference;
    let place = reference.places.first().copied().or_else(|| reference.last.then_some(orders.len()))?;
    // "The second parcel" is no second order.
    let of_parcels = turn.heard.words.iter().any(|w| matches!(w.stem.as_str(), "parcel" | "packag" | "package" | "box" | "shipment"));
    orders.get(place.checked_sub(1)?).filter(|_| !of_parcels).map(|number| bare(number))
}

fn known(id: RecordId, sku: Option<String>, book: &FactBook, state: &mut ConversationState) -> OrderStep {
    if let Some(order) = say::order(book, id) {
        state.focus.order = Some(order.number.clone());
        match (sku, order.items.as_slice()) {
            (Some(sku), _) => state.focus.products = vec![sku],
            (None, [item]) => state.focus.products = vec![item.sku.clone()],
            (None, _) => {}
        }
    }
    OrderStep::Known(id)
}

/// Lists the customer's orders and asks which one.
fn which(turn: &Turn<'_>, orders: &[RecordId], book: &mut FactBook, state: &mut ConversationState, agent: Agent) -> Step {
    if orders.is_empty() {
        return Answer::of(vec![Act::plain(ActKind::NoOrders)]).done();
    }
    let mut answer = Answer::default();
    list_orders(orders, book, &mut answer, state);
    ask(turn, state, agent, Slot::OrderNumber, Act::plain(ActKind::AskWhichOrder), answer)
}

/// Lists orders, newest first, and keeps their order for "the second one".
pub fn list_orders(orders: &[RecordId], book: &mut FactBook, answer: &mut Answer, state: &mut ConversationState) {
    const LISTED: usize = 6;
    let shown: Vec<RecordId> = orders.iter().copied().take(LISTED).collect();
    for id in &shown {
        let facts = [Field::Number, Field::Status, Field::Created].map(|field| book.field(*id, field));
        let [number, status, ordered] = facts;
        let names = say::order(book, *id).map(|order| order.items.iter().filter_map(|item| item_name(&item.sku, book)).collect::<Vec<_>>());
        let mut act =
            Act::plain(ActKind::OrderListItem).with_some("order", number).with_some("status", status).with_some("ordered", ordered);
        if let Some(names) = names.filter(|names| !names.is_empty()) {
            act = act.with_many("names", names);
        }
        answer.say(act);
        answer.cards.push(*id);
    }
    state.focus.orders = shown.iter().filter_map(|id| say::order(book, *id)).map(|o| o.number.clone()).collect();
}

/// The name of an item, where its product was read in this turn.
pub fn item_name(sku: &str, book: &mut FactBook) -> Option<crate::domain::fact::FactId> {
    let id = book.find(crate::domain::record::RecordKind::Product, sku)?;
    say::name(book, id)
}
