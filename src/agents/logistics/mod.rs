//! Logistics: where an order is, when it comes, what can still be changed.

mod abroad;
mod aspect;
mod changes;
mod due;
mod status;
mod wishes;

use super::evidence_words;
use super::identity::{self, OrderStep};
use super::items;
use super::lookup::{Findings, Lookup};
use super::support;
use super::turn::{Answer, Colleague, Step, Turn, chip};
use super::{hours, say};
use crate::domain::act::{Act, ActKind};
use crate::domain::agent::{Agent, Intent};
use crate::domain::fact::{FactBook, RecordId};
use crate::domain::goal::Goal;
use crate::domain::order::{Order, OrderStatus};
use crate::domain::record::Field;
use crate::domain::state::{ConversationState, IdentityLevel};
use crate::domain::text::fold::bare;
use crate::domain::text::token::tokens;
use aspect::Aspect;

pub use abroad::{country, names_a_kind};
pub use status::{date_act, status_act};

/// The logistics agent.
pub struct Logistics;

impl Colleague for Logistics {
    fn agent(&self) -> Agent {
        Agent::Logistics
    }

    fn step(&self, turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
        match turn.goal {
            Goal::OrderStatus | Goal::Tracking | Goal::LateParcel => order(turn, found, book, state),
            Goal::DeliveryDate => delivery_date(turn, found, book, state),
            Goal::MissingParcel => missing(turn, found, book, state),
            // "My order 00420, please" is one of them.
            Goal::MyOrders if turn.heard.orders.is_empty() || turn.continues => my_orders(turn, found, book, state),
            Goal::MyOrders => order(turn, found, book, state),
            Goal::CancelOrder | Goal::ChangeOrder | Goal::ChangeAddress => changes::step(turn, found, book, state),
            Goal::Pickup if is_at_the_carrier(turn, state) => order(turn, found, book, state),
            Goal::Pickup => hours::pickup(turn, found, book),
            Goal::ShippingPolicy if asks_whether_days_do(turn) => delivery_date(turn, found, book, state),
            Goal::ShippingPolicy => abroad::step(turn, found, book, state).unwrap_or_else(|| say::from_knowledge(turn, found, book)),
            goal if goal.intent().agent() == Agent::Logistics => say::from_knowledge(turn, found, book),
            goal => Answer::hand_over(goal),
        }
    }
}

/// Whether a message is about an order the customer has, rather than about ordering.
pub(super) fn about_own(turn: &Turn<'_>, state: &ConversationState) -> bool {
    let known = state.focus.order.is_some()
        || state.known.order_number.is_some()
        || state.identity.level != IdentityLevel::Anonymous
        || !turn.heard.orders.is_empty();
    let said: Vec<&str> = turn.heard.words.iter().map(|w| w.text.as_str()).collect();
    let owned = said.windows(2).any(|w| {
        w[0] == "my" && matches!(w[1], "order" | "orders" | "parcel" | "package" | "delivery" | "purchase" | "stuff" | "shipment")
            || matches!(w[0], "i" | "we" | "have" | "already") && matches!(w[1], "ordered" | "bought" | "purchased")
    });
    // "It" is an order only where one was talked about.
    let spoken_of = matches!(turn.before.intent, Some(Intent::Orders | Intent::Support));
    let it = said.iter().any(|w| matches!(*w, "it" | "they" | "them" | "mine" | "parcel" | "package"));
    // "When does the fridge come?": a thing that is on its way to them.
    let comes = said.iter().any(|w| matches!(*w, "come" | "comes" | "coming" | "arrive" | "arrives" | "arriving" | "here" | "delivered"));
    let owned = owned || comes && said.windows(2).any(|w| matches!(w, ["does" | "will" | "is" | "when" | "where", "the" | "my"]));
    let if_ordered = said.windows(2).any(|w| matches!(w, ["if" | "when", "i" | "we"]) || matches!(w, ["would", "it" | "that" | "they"]));
    turn.continues || owned || (known || it && spoken_of) && !if_ordered
}

/// "Can I pick it up at the depot?", said of a parcel on its way: not in the shop.
fn is_at_the_carrier(turn: &Turn<'_>, state: &ConversationState) -> bool {
    let known = state.identity.level != IdentityLevel::Anonymous && state.focus.order.is_some();
    let has = |list: &[&str]| turn.heard.words.iter().any(|w| list.contains(&w.text.as_str()) || list.contains(&w.stem.as_str()));
    // "Can I go and pick it up there?", after the carrier's news of the parcel.
    let told = turn.before.last_acts.iter().any(|act| matches!(act, ActKind::ParcelNote | ActKind::Parcel));
    known && (has(&["depot", "carrier", "courier", "station"]) || told && has(&["there"]) && !has(&["store", "shop"]))
}

/// Where one order stands.
fn order(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    let id = match identity::order(turn, found, book, state, Agent::Logistics) {
        OrderStep::First(step) => return step,
        OrderStep::Known(id) => id,
    };
    if let Some(step) = support::tickets_first(found) {
        return step;
    }
    let Some(order) = say::order(book, id) else { return Answer::default().done() };
    let side = aspect::of(turn);
    if let Some(step) = needs_words(turn, found, side, &order) {
        return step;
    }
    let mut answer = Answer::default();
    if found.identity.is_some() {
        answer.say_plain(if turn.read.mourning { ActKind::Condolence } else { ActKind::IdentityOk });
    }
    tell(turn, found, side, id, &order, book, &mut answer);
    answer.cards.push(id);
    let missing = items::asks_for_the_rest(turn).then(|| items::missing(turn, id, book)).filter(|missing| !missing.is_empty());
    let meant = missing.unwrap_or_else(|| items::meant(turn, &[id], book));
    state.focus.products = match meant.as_slice() {
        [only] => vec![only.sku.clone()],
        several if several.len() > 1 => several.iter().map(|item| item.sku.clone()).collect(),
        _ => order.items.iter().map(|item| item.sku.clone()).collect(),
    };
    // What has come is not late, whatever else of the order is.
    let came = answer.acts.iter().any(|act| act.kind == ActKind::ItemDelivered);
    if order.days_late(book.today(), book.zone()).is_some() && !came && side != Aspect::Depot {
        // What is wanted instead is news to those who have the ticket.
        let wishes = |text: &str| matches!(text, "money" | "refund" | "refunded" | "new" | "another" | "replacement");
        let wished = turn.heard.words.iter().any(|word| wishes(&word.text));
        support::offer_once(turn, if wished { "wish_on_late_parcel" } else { "late_parcel" }, found, book, &mut answer, state);
    } else if order.is_delivered() && side == Aspect::Whole {
        answer.options.push(chip("return", "Can I still return it?"));
        answer.options.push(chip("damaged", "It arrived damaged"));
    }
    answer.done()
}

/// The shop's own words that a side of an order needs.
fn needs_words(turn: &Turn<'_>, found: &Findings, side: Aspect, order: &Order) -> Option<Step> {
    if !found.knowledge.is_empty() {
        return None;
    }
    let asked = |text: &str| Lookup::Knowledge { text: text.to_owned(), procedures: Some(false), limit: 2 };
    match side {
        Aspect::Lost => Some(Step::Look(vec![asked("My parcel is lost. How long does a trace take?")])),
        Aspect::Next => {
            let both = ["My parcel is late. The parcel did not arrive", "My parcel is lost. How long does a trace take?"];
            Some(Step::Look(both.map(asked).to_vec()))
        }
        Aspect::Home | Aspect::Depot => Some(Step::Look(vec![asked("Do I have to sign for my parcel? Nobody is at home to sign.")])),
        // Of what was called off before it left, the rule on cancelling says whether money was taken.
        Aspect::Payment if order.status == OrderStatus::Cancelled => {
            Some(Step::Look(vec![asked("Is my card charged for an order that is cancelled before it ships?")]))
        }
        Aspect::Payment if turn.heard.words.iter().any(|w| w.stem == "charg") => {
            Some(Step::Look(vec![asked("When is my card charged? Is my card billed before the order ships?")]))
        }
        _ => None,
    }
}

fn tell(turn: &Turn<'_>, found: &Findings, side: Aspect, id: RecordId, order: &Order, book: &mut FactBook, answer: &mut Answer) {
    let mut meant = items::meant(turn, &[id], book);
    if !meant.is_empty() && items::asks_for_the_rest(turn) {
        let missing = items::missing(turn, id, book);
        // "Only got the record player, where's the rest": several things, in the parcels that have not come.
        if missing.len() > 1 && missing.iter().all(|item| !items::has_come(order, &item.sku)) {
            return status::coming(id, order, book, answer);
        }
        meant = Some(missing).filter(|missing| missing.len() == 1).unwrap_or(meant);
    }
    // "And the tracking number of that one?": of the item just told of.
    let points = turn.heard.words.iter().any(|w| matches!(w.text.as_str(), "that" | "it" | "this" | "one"));
    if let (true, true, [only]) = (meant.is_empty() && points, order.is_split(), turn.before.focus.products.as_slice()) {
        let came = items::has_come(order, only);
        meant.extend(items::in_order(only, id, order).filter(|_| side != Aspect::When || !came));
    }
    let dated = side == Aspect::When && (due::asks_the_hour(turn) || due::verdict(turn, id, order, book).is_some());
    match (side, meant.as_slice()) {
        _ if dated => when(turn, id, order, book, answer),
        (Aspect::Whole | Aspect::When | Aspect::Tracking, [item]) if order.is_split() => status::item(id, order, &item.sku, book, answer),
        (Aspect::Whole, _) => status::whole(id, order, book, answer),
        (Aspect::When, _) => when(turn, id, order, book, answer),
        (Aspect::Tracking, _) if order.fulfilments.is_empty() => {
            answer.acts.extend(status::status_act(id, book));
            answer.say_plain(ActKind::NoTracking);
        }
        (Aspect::Tracking, _) => {
            if found.identity.is_some() {
                answer.acts.extend(status::status_act(id, book));
            }
            status::parcels(id, order, true, book, answer);
        }
        (Aspect::Contents, _) => status::contents(id, order, book, answer),
        (Aspect::Parcel(place), _) => one_parcel(place, id, order, book, answer),
        (Aspect::Payment, _) => {
            // "What did I order again, and what was the total": both are told.
            if aspect::asks_what_is_in_it(turn) {
                status::contents(id, order, book, answer);
            }
            payment(found, id, order, book, answer);
        }
        (Aspect::Address, _) => {
            let [address, zip] = [Field::ShipAddress, Field::ShipZip].map(|field| book.field(id, field));
            answer.say(
                Act::plain(if address.is_some() { ActKind::ShipsTo } else { ActKind::NoAddress })
                    .with_some("address", address)
                    .with_some("zip", zip),
            );
        }
        (Aspect::Next, _) => {
            // What is done about it, rather than what the customer may look at.
            const DONE: &[&str] = &["trace", "investigation", "investigate", "search", "replacement", "refund"];
            let hits = [0, 1].map(|which| say::plain_entry(found, which));
            let done = hits.iter().flatten().find_map(|hit| support::speaking_of(DONE, hit.record, book));
            match (done, hits[0]) {
                (Some(fact), _) => answer.say(Act::plain(ActKind::Knowledge).with("sentence", fact)),
                (None, Some(hit)) => say::say_entry(book, hit.record, answer),
                (None, None) => status::whole(id, order, book, answer),
            }
        }
        (Aspect::Lost, _) => lost(found, id, order, book, answer),
        (Aspect::Depot, _) => {
            status::parcels(id, order, false, book, answer);
            if let Some(hit) = say::plain_entry(found, 0) {
                support::say_hinted(&["pick", "point", "carrier", "collect"], hit.record, book, answer);
            }
        }
        (Aspect::Home, _) => at_home(found, id, order, book, answer),
    }
}

/// When it comes: a yes or no where a day was named, and no list of parcels that the last reply told.
fn when(turn: &Turn<'_>, id: RecordId, order: &Order, book: &mut FactBook, answer: &mut Answer) {
    let told = turn.before.last_acts.iter().any(|act| matches!(act, ActKind::Parcel | ActKind::ParcelTracking));
    let same = turn.before.focus.order.as_deref().is_some_and(|number| bare(number) == bare(&order.number));
    if let Some(verdict) = due::verdict(turn, id, order, book) {
        // "And 1015, is that one coming on Sunday": which order it is about is said where it is another one.
        answer.acts.extend(status::status_act(id, book).filter(|_| !same));
        answer.say(verdict);
        return;
    }
    if due::asks_the_hour(turn) && order.promised_day(book.zone()).is_some() {
        answer.acts.extend(status::out_for_delivery(id, order, book).or_else(|| status::date_act(id, order, book)));
        let coming = (0..order.fulfilments.len()).filter(|i| order.fulfilments[*i].delivered.is_none());
        let notes: Vec<_> = coming.filter_map(|i| book.field(id, Field::ParcelNote(u16::try_from(i).ok()?))).collect();
        let hour = notes.into_iter().find(|note| book.value(*note).is_some_and(|value| due::tells_the_hour(&value.to_string())));
        answer.say(match hour {
            Some(note) => Act::plain(ActKind::ParcelNote).with("note", note),
            None => Act::plain(ActKind::HourUnknown),
        });
        return;
    }
    if same && told && order.status == OrderStatus::Shipped {
        answer.acts.extend(status::out_for_delivery(id, order, book).or_else(|| status::date_act(id, order, book)));
    } else {
        status::when(id, order, book, answer);
    }
}

fn one_parcel(place: usize, id: RecordId, order: &Order, book: &mut FactBook, answer: &mut Answer) {
    let coming = order.fulfilments.iter().position(|parcel| parcel.delivered.is_none());
    let at = if place == 0 { coming } else { place.checked_sub(1).filter(|at| *at < order.fulfilments.len()) };
    match at {
        Some(at) if order.is_split() => {
            status::parcel(id, order, at, true, book, answer);
            if order.fulfilments.get(at).is_some_and(|parcel| parcel.delivered.is_none()) {
                answer.acts.extend(status::date_act(id, order, book));
            }
        }
        _ => {
            let count = book.derive(crate::domain::fact::Formula::Matches(u32::try_from(order.fulfilments.len()).unwrap_or(0)), &[]);
            if order.fulfilments.len() == 1 {
                answer.say(Act::plain(ActKind::OneParcel).with_some("count", count));
            }
            status::whole(id, order, book, answer);
        }
    }
}

/// What it cost, how it was paid, and what went back.
fn payment(found: &Findings, id: RecordId, order: &Order, book: &mut FactBook, answer: &mut Answer) {
    // Only what speaks of charging: the nearest entry may be about something else.
    let hits: Vec<RecordId> = say::plainly(found.knowledge.iter().flatten().filter(|_| order.is_open())).collect();
    let charged = hits.into_iter().find_map(|id| say::sentence_where(id, book, |text| begins_with(text, CHARGED)));
    // When it is charged, and whether it has come to that.
    let stands = charged.is_some().then(|| status::status_act(id, book)).flatten();
    answer.acts.extend(charged.map(|fact| Act::plain(ActKind::Knowledge).with("sentence", fact)).into_iter().chain(stands));
    let refunds = support::refund_acts(id, order, book);
    // Nothing left the shop and nothing went back: the rule for that is the answer, and no sum.
    let never_left = order.status == OrderStatus::Cancelled && order.fulfilments.is_empty();
    let hits: Vec<RecordId> = say::plainly(found.knowledge.iter().flatten().filter(|_| never_left)).collect();
    let rule = hits.into_iter().find_map(|id| say::sentence_where(id, book, says_not_charged));
    if let Some(sentence) = rule.filter(|_| refunds.iter().all(|act| act.kind != ActKind::RefundRecorded)) {
        answer.say(Act::plain(ActKind::Knowledge).with("sentence", sentence));
        answer.acts.extend(status::status_act(id, book));
        answer.acts.extend(refunds);
        return;
    }
    let [total, method] = [Field::Total, Field::PaymentMethod].map(|field| book.field(id, field));
    let kind = match (total, method) {
        (Some(_), _) => ActKind::OrderTotal,
        (None, Some(_)) => ActKind::PaidWith,
        (None, None) => ActKind::NotInRecords,
    };
    answer.say(Act::plain(kind).with_some("total", total).with_some("method", method));
    answer.acts.extend(refunds.into_iter().filter(|act| act.kind == ActKind::RefundRecorded));
}

/// "A card is not charged for an order that is cancelled before it ships."
fn says_not_charged(text: &str) -> bool {
    begins_with(text, CHARGED) && begins_with(text, &["cancel"])
}

/// How words of taking money begin.
const CHARGED: &[&str] = &["charged", "debit", "billed"];

/// Whether any word of a text begins so.
fn begins_with(text: &str, list: &[&str]) -> bool {
    tokens(text).iter().any(|word| list.iter().any(|begin| word.text.starts_with(begin)))
}

/// "Is it lost?": what the records say of it, and what the shop does then.
fn lost(found: &Findings, id: RecordId, order: &Order, book: &mut FactBook, answer: &mut Answer) {
    if order.status == OrderStatus::Shipped {
        let news = (0..order.fulfilments.len()).rev().filter_map(|i| u16::try_from(i).ok()).find_map(|i| {
            let arrived = order.fulfilments.get(usize::from(i)).is_some_and(|parcel| parcel.delivered.is_some());
            (!arrived).then(|| book.field(id, Field::ParcelNote(i)).or_else(|| book.field(id, Field::ParcelStatus(i)))).flatten()
        });
        answer.say(Act::plain(ActKind::NotKnownLost).with_some("news", news));
        answer.acts.extend(status::date_act(id, order, book));
    } else {
        status::when(id, order, book, answer);
    }
    if let Some(hit) = say::plain_entry(found, 0) {
        support::say_hinted(&["trace", "investigation", "search", "replacement", "refund"], hit.record, book, answer);
    }
}

/// "Is 3 days enough before Christmas": how long it takes answers, not where to the shop delivers.
fn asks_whether_days_do(turn: &Turn<'_>) -> bool {
    let words = &turn.heard.words;
    let days =
        words.windows(2).any(|pair| pair[0].text.bytes().all(|b| b.is_ascii_digit()) && matches!(pair[1].text.as_str(), "days" | "day"));
    days && words.iter().any(|word| matches!(word.text.as_str(), "enough" | "before"))
}

/// Whether somebody must be there, in the carrier's and the shop's words.
fn at_home(found: &Findings, id: RecordId, order: &Order, book: &mut FactBook, answer: &mut Answer) {
    let signs = |parcel: &crate::domain::order::Fulfilment| parcel.note.to_lowercase().contains("sign");
    if let Some(index) = order.fulfilments.iter().position(signs).and_then(|i| u16::try_from(i).ok())
        && let Some(note) = book.field(id, Field::ParcelNote(index))
    {
        answer.say(Act::plain(ActKind::ParcelNote).with("note", note));
    }
    if let Some(hit) = say::plain_entry(found, 0) {
        say::say_entry(book, hit.record, answer);
    }
    if answer.acts.iter().all(|act| act.kind == ActKind::IdentityOk) {
        answer.say_plain(ActKind::NotInRecords);
        answer.acts.extend(status::date_act(id, order, book));
    }
}

/// When it comes: of an order, if one is meant; otherwise how long delivery takes.
fn delivery_date(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    if about_own(turn, state) {
        return order(turn, found, book, state);
    }
    if let Some(step) = abroad::step(turn, found, book, state) {
        return step;
    }
    if found.knowledge.is_empty() {
        let plain = Lookup::Knowledge { text: "How long does delivery take?".to_owned(), procedures: Some(false), limit: 1 };
        return Step::Look(vec![say::knowledge_lookup(turn), plain]);
    }
    let mut answer = Answer::default();
    match say::best_entry(found, 0).or_else(|| say::plain_entry(found, 1)) {
        Some(hit) => say::say_entry(book, hit, &mut answer),
        None => answer.say_plain(ActKind::NotInRecords),
    }
    answer.done()
}

/// Said to be delivered, but not there.
fn missing(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    let id = match identity::order(turn, found, book, state, Agent::Logistics) {
        OrderStep::First(step) => return step,
        OrderStep::Known(id) => id,
    };
    let Some(order) = say::order(book, id) else { return Answer::default().done() };
    if found.knowledge.is_empty() {
        let asked = |text: &str| Lookup::Knowledge { text: text.to_owned(), procedures: Some(false), limit: 2 };
        let lost = ["Tracking says delivered but I did not get it", "The parcel did not arrive. Parcel lost"].map(asked);
        return Step::Look(lost.into_iter().chain([Lookup::Tickets]).collect());
    }
    let mut answer = Answer::default();
    // Told before: a further question is answered by the sentence that speaks of it.
    let asks = turn.before.goal == Some(Goal::MissingParcel) && evidence_words::is_question(turn.text) && found.identity.is_none();
    if asks
        && !items::names_a_thing(turn)
        && let Some(hit) = [0, 1].into_iter().filter_map(|which| say::plain_entry(found, which)).max_by(|a, b| a.score.total_cmp(&b.score))
    {
        support::say_asked(turn, hit.record, book, &mut answer);
        return answer.done();
    }
    if turn.before.last_acts.iter().all(|act| *act != ActKind::Sympathy) {
        answer.say_plain(ActKind::Sympathy);
    }
    let meant = items::missing(turn, id, book);
    state.focus.products = meant.iter().map(|item| item.sku.clone()).collect();
    // One item of several is missing: most often it travels in a parcel of its own.
    match meant.as_slice() {
        [item] if order.is_split() => status::item(id, &order, &item.sku, book, &mut answer),
        _ if order.is_split() => status::parcels(id, &order, true, book, &mut answer),
        _ if order.status == OrderStatus::Shipped => status::when(id, &order, book, &mut answer),
        _ => {
            answer.acts.extend(status_act(id, book));
            let note =
                (0..order.fulfilments.len()).filter_map(|i| u16::try_from(i).ok()).find_map(|i| book.field(id, Field::ParcelNote(i)));
            answer.acts.extend(note.map(|note| Act::plain(ActKind::ParcelNote).with("note", note)));
        }
    }
    let coming = order.fulfilments.iter().any(|parcel| parcel.delivered.is_none()) && order.days_late(book.today(), book.zone()).is_none();
    answer.cards.push(id);
    if coming {
        return answer.done();
    }
    let again = turn.before.goal == Some(Goal::MissingParcel) && turn.before.last_acts.contains(&ActKind::TicketOffer);
    if again {
        // It was told before; what is left is that somebody looks for it.
        let mut answer = Answer::default();
        state.focus.offered.clear();
        support::offer_once(turn, "missing_parcel", found, book, &mut answer, state);
        return answer.done();
    }
    let best = [0, 1].into_iter().filter_map(|which| say::plain_entry(found, which)).max_by(|a, b| a.score.total_cmp(&b.score));
    if let Some(hit) = best {
        say::say_entry(book, hit.record, &mut answer);
    }
    support::offer_once(turn, "missing_parcel", found, book, &mut answer, state);
    answer.done()
}

/// The orders of the customer: all, or those beside the one talked about.
fn my_orders(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    if let Some(step) = identity::whose(turn, found, book, state, Agent::Logistics) {
        return step;
    }
    let Some(orders) = &found.orders else { return Step::Look(vec![Lookup::OrdersOfCustomer]) };
    if let Some(step) = identity::read_items(found, orders, book) {
        return step;
    }
    let said: Vec<&str> = turn.heard.words.iter().map(|w| w.text.as_str()).collect();
    let others = said.iter().any(|w| matches!(*w, "other" | "others" | "else" | "rest")) && found.identity.is_none();
    let open = said.windows(2).any(|w| matches!(w, ["on", "order"] | ["still", "coming"] | ["not", "delivered"] | ["its", "way"]))
        || said.iter().any(|w| matches!(*w, "open" | "outstanding" | "pending" | "coming"));
    let current = state.focus.order.clone();
    let wanted: Vec<RecordId> = orders
        .iter()
        .copied()
        .filter(|id| {
            say::order(book, *id).is_some_and(|order| {
                let another = !others || current.as_ref().is_none_or(|number| bare(number) != bare(&order.number));
                another && (!open || order.is_open() || order.status == OrderStatus::Shipped)
            })
        })
        .collect();
    let mut answer = Answer::default();
    match wanted.as_slice() {
        same if others && current.is_none() && same.len() == orders.len() && !state.focus.orders.is_empty() => {
            answer.say_plain(ActKind::NoOtherOrders)
        }
        [] => answer.say_plain(if others || open { ActKind::NoOtherOrders } else { ActKind::NoOrders }),
        [only] if others => {
            let Some(order) = say::order(book, *only) else { return answer.done() };
            status::whole(*only, &order, book, &mut answer);
            answer.cards.push(*only);
            state.focus.order = Some(order.number.clone());
            state.focus.products = order.items.iter().map(|item| item.sku.clone()).collect();
        }
        several => {
            answer.say_plain(if others { ActKind::OtherOrdersIntro } else { ActKind::OrdersIntro });
            identity::list_orders(several, book, &mut answer, state);
            state.focus.order = None;
        }
    }
    answer.done()
}
