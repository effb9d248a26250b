//! Tickets: opened after a yes, read by those they belong to, never twice for the same matter.

use std::sync::Arc;

use super::super::evidence_words;
use super::super::identity::{self, item_name};
use super::super::items;
use super::super::lookup::{Findings, Lookup};
use super::super::say;
use super::super::turn::{Answer, Step, Turn};
use super::offer_once;
use crate::domain::act::{Act, ActKind};
use crate::domain::agent::Agent;
use crate::domain::asks::Slot;
use crate::domain::fact::{FactBook, RecordId};
use crate::domain::goal::Goal;
use crate::domain::order::Order;
use crate::domain::record::Field;
use crate::domain::state::{ConversationState, IdentityLevel, Pending, TicketDraft};
use crate::domain::text::fold::bare;
use crate::domain::text::stem::stem;
use crate::domain::text::token::tokens;
use crate::domain::ticket::{Ticket, TicketStatus};

/// Wishes that a person carries out: each is a matter of its own.
const REQUESTS: &[&str] = &["cancel_order", "change_order", "change_address", "return_request", "exchange_request"];

/// Whether an issue is a wish to be carried out.
pub fn is_request(issue: &str) -> bool {
    REQUESTS.contains(&issue)
}

/// Whether somebody is still to act on it.
fn is_open(ticket: &Ticket) -> bool {
    matches!(ticket.status, TicketStatus::Open | TicketStatus::InProgress)
}

/// Whether a ticket that is still open is about what a draft is about: the same order or thing, and no wish
/// that the other is not.
pub fn same_matter(draft: &TicketDraft, ticket: &Ticket) -> bool {
    let word = |issue: &str| issue.split(['_', ' ']).next().map(str::to_lowercase).unwrap_or_default();
    let same_order = draft.order.is_some() && draft.order.as_deref().map(bare) == ticket.order.as_deref().map(bare);
    // Of two things in one order, each has its own troubles.
    let other_thing = draft.sku.is_some() && ticket.sku.is_some() && draft.sku != ticket.sku;
    let same_order = same_order && (!other_thing || is_request(&draft.issue));
    let same_thing = draft.sku.is_some() && draft.sku == ticket.sku && (draft.order.is_none() || ticket.order.is_none());
    let wishes = is_request(&draft.issue) || is_request(&ticket.issue);
    let kinds_fit = !wishes || word(&draft.issue) == word(&ticket.issue);
    is_open(ticket) && (same_order || same_thing) && kinds_fit
}

/// The ticket there already is for a matter, told instead of opening another.
pub fn there(issue: &str, order: Option<&str>, sku: Option<&str>, found: &Findings, book: &mut FactBook) -> Option<Vec<Act>> {
    let draft =
        TicketDraft { issue: issue.to_owned(), order: order.map(str::to_owned), sku: sku.map(str::to_owned), ..TicketDraft::default() };
    let id =
        found.tickets.iter().flatten().copied().find(|id| say::ticket(book, *id).is_some_and(|ticket| same_matter(&draft, &ticket)))?;
    Some(vec![is_there(id, book)])
}

/// The ticket there already is on something of an order, where it is not known which of its items is meant.
pub fn on_an_item(order: &Order, found: &Findings, book: &mut FactBook) -> Option<Vec<Act>> {
    let of_it = |ticket: &Ticket| {
        let same = ticket.order.as_deref().is_none_or(|number| bare(number) == bare(&order.number));
        is_open(ticket)
            && !is_request(&ticket.issue)
            && same
            && order.items.iter().any(|item| ticket.sku.as_deref() == Some(item.sku.as_str()))
    };
    let id = found.tickets.iter().flatten().copied().find(|id| say::ticket(book, *id).is_some_and(|ticket| of_it(&ticket)))?;
    Some(vec![is_there(id, book)])
}

/// That there is a ticket, and how it stands.
fn is_there(id: RecordId, book: &mut FactBook) -> Act {
    let [number, status, created] = [Field::Number, Field::Status, Field::Created].map(|field| book.field(id, field));
    Act::plain(ActKind::TicketThere).with_some("ticket", number).with_some("status", status).with_some("created", created)
}

/// Offers a ticket; asks for the problem where none was told.
pub fn open(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    const TELLS_SOMETHING: usize = 6;
    if let Some(step) = add(turn, found, book, state) {
        return step;
    }
    let mut answer = Answer::default();
    say::sympathise(turn, &mut answer);
    let refused = turn.before.last_acts.iter().any(|act| {
        matches!(
            act,
            ActKind::ReturnOver | ActKind::ExchangeOver | ActKind::WarrantyOver | ActKind::WarrantyOverSaid | ActKind::BeyondWindow
        )
    });
    let known = state.focus.fault.is_some() || state.focus.order.is_some() || refused;
    let reacts =
        turn.goal == Goal::Complaint && matches!(turn.before.goal, Some(Goal::ReturnPolicy | Goal::ReturnRequest | Goal::Warranty));
    let refused = refused || reacts && turn.before.last_acts.contains(&ActKind::Knowledge);
    let known = known || reacts;
    let told = turn.heard.words.len() > TELLS_SOMETHING || turn.continues || known;
    let numbered = turn.heard.orders.iter().any(|n| n.certain) || identity::claim_of(state).is_some() || found.identity.is_some();
    if numbered && (state.identity.level == IdentityLevel::Anonymous || found.identity.is_some()) {
        // Whose order it is comes first: there may be a ticket for it already.
        if let identity::OrderStep::First(step) = identity::order(turn, found, book, state, Agent::Support) {
            return step;
        }
    }
    if state.identity.level != IdentityLevel::Anonymous && found.tickets.is_none() {
        return Step::Look(vec![Lookup::Tickets]);
    }
    if !told {
        answer.say_plain(ActKind::AskMatter);
        answer.asks.push(Slot::Problem);
        state.pending =
            Some(Pending::Ask { slot: Slot::Problem, goal: turn.goal, agent: Agent::Support, said: turn.text.to_owned(), attempts: 1 });
        return answer.done();
    }
    if refused {
        answer.say_plain(ActKind::RuleStands);
    }
    // What it is about was told before: by the fault looked into, or by the message the question came from.
    let problem = state.focus.fault.as_ref().map(super::steps::told);
    let told = Turn { text: problem.as_deref().unwrap_or(turn.text), continues: false, ..*turn };
    // That a parcel is late stays known.
    state.focus.offered.retain(|matter| matter.starts_with("late_parcel"));
    if asked_for(turn) && state.escalated.is_none() && !refused {
        let issue = if state.focus.fault.is_some() { "technical_fault" } else { turn.goal.name() };
        answer.opens = Some(super::draft(&told, issue, state));
        return answer.done();
    }
    offer_once(&told, turn.goal.name(), found, book, &mut answer, state);
    answer.done()
}

/// "Add to it that I need it by Monday": goes on the ticket on the table, while somebody is still to act on it.
fn add(turn: &Turn<'_>, found: &Findings, book: &FactBook, state: &ConversationState) -> Option<Step> {
    let number = state.focus.ticket.clone().filter(|_| asks_to_add(turn) && !evidence_words::is_question(turn.text))?;
    let Some(ticket) = found.ticket else { return Some(Step::Look(vec![Lookup::Ticket(number)])) };
    let id = ticket.filter(|id| say::ticket(book, *id).is_some_and(|ticket| is_open(&ticket) && !is_of_another(turn, &ticket, state)))?;
    Some(Answer { adds: Some(id), ..Answer::default() }.done())
}

/// Whether a message is about another thing or order than a ticket: "no, not the briefcase, the tablet".
fn is_of_another(turn: &Turn<'_>, ticket: &Ticket, state: &ConversationState) -> bool {
    let named = turn.heard.products.iter().any(|mention| ticket.sku.as_ref().is_some_and(|own| mention.skus.contains(own)));
    let other_thing = !turn.heard.products.is_empty() && !named;
    let order = turn.heard.orders.iter().find(|n| n.certain).map(|n| n.bare.clone()).or_else(|| state.focus.order.as_deref().map(bare));
    let other_order = order.is_some_and(|order| ticket.order.as_deref().is_some_and(|own| bare(own) != order));
    let is_new = |text: &str| matches!(text, "new" | "another" | "separate");
    let new = turn.heard.words.windows(2).any(|pair| is_new(&pair[0].text) && pair[1].stem == "ticket");
    other_thing || other_order || new
}

fn asks_to_add(turn: &Turn<'_>) -> bool {
    turn.read.follow_ups.iter().any(|hint| hint.goal == Goal::OpenTicket && hint.score >= 6.0)
}

/// "Ok, open a ticket please": who asks for one outright need not be asked whether they want it.
fn asked_for(turn: &Turn<'_>) -> bool {
    const OUTRIGHT: f32 = 4.0;
    turn.read.hint(Goal::OpenTicket) >= OUTRIGHT && !evidence_words::asks_whether_there_is(turn.heard)
}

/// How a ticket stands.
pub fn status(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    let named = turn.heard.tickets.first().map(|n| n.bare.clone());
    let anonymous = state.identity.level == IdentityLevel::Anonymous;
    let number = named.clone().or_else(|| state.focus.ticket.clone().filter(|_| anonymous));
    if named.is_some() {
        // A proof given next is a proof for this one.
        state.focus.ticket.clone_from(&named);
    }
    if let (Some(number), None) = (&number, &found.identity) {
        match found.ticket {
            None => return Step::Look(vec![Lookup::Ticket(number.clone())]),
            Some(Some(id)) => return tell(&[id], found, book, state),
            Some(None) => {}
        }
    }
    let unknown = anonymous && found.identity.is_none() && identity::claim_of(state).is_none();
    if unknown && number.is_none() && turn.heard.orders.is_empty() && state.known.order_number.is_none() {
        return ask_number(turn, state);
    }
    if let Some(step) = identity::whose(turn, found, book, state, Agent::Support) {
        return step;
    }
    let (Some(tickets), Some(orders)) = (&found.tickets, &found.orders) else {
        return Step::Look(vec![Lookup::Tickets, Lookup::OrdersOfCustomer]);
    };
    if let Some(step) = said_of_it(turn, tickets, book, state) {
        return step;
    }
    if let Some(step) = read_products(found, tickets, orders, book) {
        return step;
    }
    let number = number.or_else(|| state.focus.ticket.clone().filter(|_| found.identity.is_some()));
    if let Some(number) = number {
        let own = tickets.iter().copied().find(|id| say::ticket(book, *id).is_some_and(|ticket| bare(&ticket.number) == number));
        return match own {
            Some(id) => tell(&[id], found, book, state),
            None => Answer::of(vec![Act::plain(ActKind::TicketUnknown)]).done(),
        };
    }
    match tickets.as_slice() {
        [] => Answer::of(vec![Act::plain(ActKind::NoTickets)]).done(),
        several => {
            let meant = meant(turn, several, book, state);
            if meant.is_empty() {
                let mut answer = Answer::of(vec![Act::plain(ActKind::NoTicketYet)]);
                offer_once(turn, Goal::OpenTicket.name(), found, book, &mut answer, state);
                return answer.done();
            }
            tell(&meant, found, book, state)
        }
    }
}

/// Asks which ticket, by its number or that of the order it is about.
fn ask_number(turn: &Turn<'_>, state: &mut ConversationState) -> Step {
    let mut answer = Answer::of(vec![Act::plain(ActKind::AskTicketNumber)]);
    answer.asks.push(Slot::OrderNumber);
    state.pending =
        Some(Pending::Ask { slot: Slot::OrderNumber, goal: turn.goal, agent: Agent::Support, said: say::question_text(turn), attempts: 1 });
    answer.done()
}

fn read_products(found: &Findings, tickets: &[RecordId], orders: &[RecordId], book: &FactBook) -> Option<Step> {
    if found.products_asked > 0 {
        return None;
    }
    let of_tickets = tickets.iter().filter_map(|id| say::ticket(book, *id)?.sku.clone());
    let of_orders = orders
        .iter()
        .filter_map(|id| say::order(book, *id))
        .flat_map(|order| order.items.iter().map(|i| i.sku.clone()).collect::<Vec<_>>());
    let mut skus: Vec<String> = of_tickets.chain(of_orders).collect();
    skus.sort_unstable();
    skus.dedup();
    (!skus.is_empty()).then(|| Step::Look(vec![Lookup::Products(skus)]))
}

/// The tickets a message means: by the thing it names, by the order talked about, or those still open.
fn meant(turn: &Turn<'_>, tickets: &[RecordId], book: &FactBook, state: &ConversationState) -> Vec<RecordId> {
    let records: Vec<(RecordId, Arc<Ticket>)> = tickets.iter().filter_map(|id| Some((*id, say::ticket(book, *id)?))).collect();
    let said: Vec<&str> = turn.heard.words.iter().map(|w| w.stem.as_str()).collect();
    let by_thing = records.iter().filter(|(_, ticket)| ticket.sku.as_deref().is_some_and(|sku| items::names(turn, sku, book)));
    let by_thing: Vec<RecordId> = by_thing.map(|(id, _)| *id).collect();
    if !by_thing.is_empty() {
        return by_thing;
    }
    let by_words = records.iter().filter(|(_, ticket)| {
        let words = tokens(&ticket.issue.replace('_', " ")).into_iter().map(|t| stem(&t.text));
        words.into_iter().any(|word| word.len() > 3 && said.contains(&word.as_str()))
    });
    let by_words: Vec<RecordId> = by_words.map(|(id, _)| *id).collect();
    if !by_words.is_empty() {
        return by_words;
    }
    let by_order = records.iter().filter(|(_, ticket)| ticket.order.is_some() && ticket.order == state.focus.order);
    let by_order: Vec<RecordId> = by_order.map(|(id, _)| *id).collect();
    if !by_order.is_empty() {
        return by_order;
    }
    // "Is the ticket open now?", of a matter talked about that none of them is on.
    if state.focus.order.is_some() && asks_for_the_ticket(turn) && records.iter().all(|(_, ticket)| is_of_another(turn, ticket, state)) {
        return Vec::new();
    }
    let open: Vec<RecordId> = records.iter().filter(|(_, ticket)| is_open(ticket)).map(|(id, _)| *id).collect();
    if open.is_empty() { tickets.to_vec() } else { open }
}

/// "The ticket", "that ticket": one, of what is talked about.
fn asks_for_the_ticket(turn: &Turn<'_>) -> bool {
    turn.heard.words.windows(2).any(|pair| matches!(pair[0].text.as_str(), "the" | "that" | "this" | "a") && pair[1].stem == "ticket")
}

/// "It's taking far too long", right after the ticket's news: no question, but something to put on it.
fn said_of_it(turn: &Turn<'_>, tickets: &[RecordId], book: &mut FactBook, state: &mut ConversationState) -> Option<Step> {
    let told = turn.before.last_acts.contains(&ActKind::TicketStatus) && turn.heard.tickets.is_empty();
    let number = state.focus.ticket.clone().filter(|_| told && !evidence_words::is_question(turn.text))?;
    let (id, ticket) = tickets.iter().find_map(|id| say::ticket(book, *id).map(|t| (*id, t)).filter(|(_, t)| bare(&t.number) == number))?;
    if !is_open(&ticket) || is_of_another(turn, &ticket, state) {
        return None;
    }
    if asks_to_add(turn) {
        return Some(Answer { adds: Some(id), ..Answer::default() }.done());
    }
    let mut answer = Answer::default();
    say::sympathise(turn, &mut answer);
    answer.say(is_there(id, book));
    let draft = TicketDraft {
        issue: ticket.issue.clone(),
        description: turn.text.to_owned(),
        sku: ticket.sku.clone(),
        order: ticket.order.clone(),
        urgent: turn.sentiment.is_urgent(),
    };
    super::propose(draft, Act::plain(ActKind::OfferToAdd), &mut answer, state);
    Some(answer.done())
}

fn tell(ids: &[RecordId], found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    const SHOWN: usize = 5;
    let skus: Vec<String> = ids.iter().filter_map(|id| say::ticket(book, *id)?.sku.clone()).collect();
    if !skus.is_empty() && found.products_asked == 0 {
        return Step::Look(vec![Lookup::Products(skus)]);
    }
    let mut answer = Answer::default();
    if found.identity.is_some() {
        answer.say_plain(ActKind::IdentityOk);
    }
    for id in ids.iter().take(SHOWN) {
        let facts = [Field::Number, Field::Status, Field::Issue, Field::Created, Field::Resolved].map(|f| book.field(*id, f));
        let [number, status, issue, created, resolved] = facts;
        let thing = say::ticket(book, *id).and_then(|ticket| ticket.sku.clone()).and_then(|sku| item_name(&sku, book));
        let kind = if ids.len() == 1 { ActKind::TicketStatus } else { ActKind::TicketListItem };
        answer.say(
            Act::plain(kind)
                .with_some("ticket", number)
                .with_some("status", status)
                .with_some("thing", thing)
                .with_some("issue", issue)
                .with_some("created", created)
                .with_some("resolved", resolved),
        );
        answer.cards.push(*id);
    }
    if let [only] = ids {
        about(*only, book, &mut answer);
        if let Some(ticket) = say::ticket(book, *only) {
            state.focus.ticket = Some(bare(&ticket.number));
            state.focus.order =
                ticket.order.clone().filter(|_| state.identity.level != IdentityLevel::Anonymous).or(state.focus.order.take());
            if let Some(sku) = &ticket.sku {
                state.focus.products = vec![sku.clone()];
            }
        }
    }
    answer.done()
}

/// What is noted on a ticket: its first sentence, or all of it where the customer asks what it says.
fn about(id: RecordId, book: &mut FactBook, answer: &mut Answer) {
    /// Sentences of a ticket that are told at most.
    const MOST_TOLD: usize = 3;
    let Some(ticket) = say::ticket(book, id) else { return };
    if is_request(&ticket.issue) {
        if is_open(&ticket) {
            answer.say_plain(ActKind::RequestNotYet);
        }
        return;
    }
    // What the customer wrote themselves in this conversation they need not be told.
    if ticket.session.is_some() && ticket.customer.is_none() {
        return;
    }
    // What the customer added themselves is no news to them.
    let own = crate::domain::text::sentence::split(&ticket.description).position(|s| s.starts_with("The customer writes:"));
    let sentences = own.unwrap_or_else(|| crate::domain::text::sentence::split(&ticket.description).count());
    // The news often stands last: "It switches itself off. It is in the workshop."
    for i in (0..sentences.min(MOST_TOLD)).filter_map(|i| u16::try_from(i).ok()) {
        if let Some(note) = book.field(id, Field::Sentence(i)) {
            answer.say(
                Act::plain(if i == 0 { ActKind::TicketNote } else { ActKind::Knowledge })
                    .with(if i == 0 { "note" } else { "sentence" }, note),
            );
        }
    }
}
