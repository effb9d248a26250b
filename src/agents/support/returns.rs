//! Sending back: whether and until when, who pays, when the money comes, exchanges, refunds.

use super::super::identity::OrderStep;
use super::super::items;
use super::super::lookup::{Findings, KnowledgeFound, Lookup};
use super::super::turn::{Answer, Step, Turn};
use super::super::understanding::contact::Contact;
use super::super::{evidence_words, identity, policy, say};
use super::claims::{delivered_fact, item_came};
use super::{exchange, money, offer_once, order_or_ask, rights, tickets, wording};
use crate::domain::act::{Act, ActKind};
use crate::domain::agent::Intent;
use crate::domain::fact::{FactBook, FactId, Formula, RecordId};
use crate::domain::goal::Goal;
use crate::domain::order::{Order, OrderStatus};
use crate::domain::record::{Field, RecordKind};
use crate::domain::state::{ConversationState, IdentityLevel, Pending};
use crate::domain::text::places;
use crate::domain::text::stem::stem;
use crate::domain::text::token::tokens;
use crate::domain::value::Value;

/// What about sending back is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Whether and until when.
    Whether,
    /// Who pays for the way back.
    Cost,
    /// When the money comes.
    Money,
    /// How much of it.
    Amount,
    /// Another one instead.
    Exchange,
    /// How it is done.
    How,
    /// What is excluded.
    Excluded,
}

impl Side {
    fn of(turn: &Turn<'_>) -> Self {
        let before = if turn.continues { tokens(turn.said) } else { Vec::new() };
        let before: Vec<String> = before.into_iter().map(|t| t.text).collect();
        let own = turn.heard.words.iter().map(|w| w.text.as_str());
        let said: Vec<&str> = before.iter().map(String::as_str).chain(own).collect();
        let has = |list: &[&str]| said.iter().any(|w| list.contains(w));
        let pair = |a: &[&str], b: &[&str]| said.windows(2).any(|w| a.contains(&w[0]) && b.contains(&w[1]));
        let money = has(&["money", "refund", "refunded"]);
        // "Can I just get a new one?", of what does not work.
        let another = pair(&["new", "another", "different"], &["one", "ones", "pair", "unit"]) || has(&["replacement"]);
        if has(&["exchange", "swap", "exchanged"]) || another && !money && rights::is_faulty(turn.before) {
            Self::Exchange
        } else if pair(&["how"], &["much"]) && has(&["back", "refund", "refunded"]) {
            Self::Amount
        } else if has(&["rather", "instead"]) && !money {
            Self::Exchange
        } else if money && (has(&["when", "long", "days", "take", "takes", "until", "soon"]) || pair(&["how"], &["fast", "quickly"])) {
            Self::Money
        } else if has(&["label", "postage", "pays", "fee", "cost", "costs", "free", "charge"])
            || pair(&["who", "i", "to"], &["pay", "pays"])
        {
            Self::Cost
        } else if pair(&["can", "is", "are", "be"], &["not"])
            || has(&["excluded", "exceptions", "opened", "unsealed", "unpacked", "used", "hygiene"])
        {
            Self::Excluded
        } else if pair(&["how", "where"], &["do", "can", "to", "should"]) && !has(&["long", "many", "much"]) || has(&["steps"]) {
            Self::How
        } else {
            Self::Whether
        }
    }

    /// The plain question about it, and words its answer is likely to hold.
    pub fn plain(self) -> (&'static str, &'static [&'static str]) {
        match self {
            Self::Whether => ("What is your return policy? How many days do I have to return an item?", &["return", "within", "days"]),
            Self::Cost => ("Who pays for the return? Is the return label free?", &["label", "free", "pay"]),
            Self::Money => ("When will I get my refund? How long does a refund take?", &["refund", "within", "days"]),
            Self::Amount => ("Who pays for the return? Is the return label free?", &["deducted", "refund", "label"]),
            Self::Exchange => ("Can I exchange my item? How many days do I have for an exchange?", &["exchange", "within"]),
            Self::How => ("How do I return an item? I want to start a return", &["return", "register", "tell", "start"]),
            Self::Excluded => ("Which items cannot be returned? Can I return it when it is opened?", &["not", "only", "opened", "sealed"]),
        }
    }
}

/// Whether the message is about one order rather than the rules: one is named, on the table, or the
/// customer has shown who they are.
pub fn about_an_order(turn: &Turn<'_>, state: &ConversationState) -> bool {
    turn.heard.orders.iter().any(|n| n.certain)
        || state.focus.order.is_some()
        || state.known.order_number.is_some()
        || turn.read.contact.proves()
        || (turn.continues && turn.read.contact != Contact::default())
        || state.identity.level != IdentityLevel::Anonymous
}

/// Whether, until when and how it can go back.
pub fn returning(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    let side = Side::of(turn);
    if about_an_order(turn, state) && rights::is_faulty(turn.before) && matches!(side, Side::Whether | Side::Exchange) {
        return rights::step(turn, found, book, state);
    }
    if !about_an_order(turn, state) || matches!(side, Side::Cost | Side::How) {
        return rules(turn, found, side, book, state);
    }
    let id = match order_or_ask(turn, found, book, state) {
        OrderStep::First(step) => return step,
        OrderStep::Known(id) => id,
    };
    let Some(order) = say::order(book, id) else { return Answer::default().done() };
    // Of an order that travels apart, the item meant may have come.
    let came = items_meant(turn, id, book).first().cloned().and_then(|sku| Some((item_came(&order, &sku, id, book)?, sku)));
    if let Some((day, sku)) = came.filter(|_| !found.knowledge.is_empty() && matches!(side, Side::Whether | Side::Excluded)) {
        state.focus.products = vec![sku.clone()];
        return of_an_item(turn, found, &sku, day, book, state);
    }
    if found.knowledge.is_empty() {
        let mut lookups = vec![policy::return_lookup(), plain_lookup(side), plain_lookup(Side::Excluded), Lookup::Tickets];
        if side == Side::Exchange {
            lookups.extend(exchange::lookups(turn, &order, state, book));
        }
        return Step::Look(lookups);
    }
    let on_its_way = order.is_open() || order.status == OrderStatus::Shipped;
    if order.is_open() && side == Side::Exchange {
        return Answer::hand_over(Goal::ChangeOrder);
    }
    let of_money = turn.heard.words.iter().any(|w| matches!(w.text.as_str(), "money" | "refund" | "refunded" | "card"));
    if order.is_open() && of_money && order.days_late(book.today(), book.zone()).is_none() {
        return Answer::hand_over(Goal::RefundStatus);
    }
    let refused =
        turn.before.last_acts.iter().any(|act| matches!(act, ActKind::CannotCancel | ActKind::CannotChange | ActKind::CannotMove));
    // "If it is no good, can I send it back?" is asked of later.
    let later = turn.heard.words.iter().any(|w| w.text == "if");
    if on_its_way && !later && !refused && side == Side::Whether && order.days_late(book.today(), book.zone()).is_none() {
        // What has not come yet is called off rather than sent back.
        return Answer::hand_over(Goal::CancelOrder);
    }
    let mut answer = Answer::default();
    answer.cards.push(id);
    if side == Side::Amount {
        return money::amount(turn, found, id, &order, book, answer, state);
    }
    if side == Side::Money {
        return money::told(turn, found, id, &order, book, answer);
    }
    // On its way back already: how that stands is what counts.
    if matches!(order.status, OrderStatus::ReturnRequested | OrderStatus::ExchangeRequested | OrderStatus::Returned) {
        answer.acts.extend(super::super::logistics::status_act(id, book));
        let exchange = order.status == OrderStatus::ExchangeRequested;
        let issue = if exchange { "exchange_request" } else { "return_request" };
        answer.acts.extend(tickets::there(issue, Some(&order.number), None, found, book).into_iter().flatten());
        answer.acts.extend(money::refund_acts(id, &order, book).into_iter().filter(|act| !exchange || act.kind == ActKind::RefundRecorded));
        return answer.done();
    }
    keep_item(turn, &order, state);
    let asked_what = side == Side::Excluded && turn.heard.words.iter().any(|w| matches!(w.text.as_str(), "what" | "which" | "why"));
    if let (true, Some(sentence)) = (asked_what, excluded(turn, found, &order, book, state)) {
        answer.say(Act::plain(ActKind::Knowledge).with("sentence", sentence));
        return answer.done();
    }
    if order.days_late(book.today(), book.zone()).is_some()
        && let Some(step) = late(turn, found, side, id, &order, book, &mut answer, state)
    {
        return step;
    }
    window(turn, found, side, id, &order, book, &mut answer, state);
    answer.done()
}

/// Of an order that is late and not on its way back: that it is not here is the trouble, not the rule, unless the rule is
/// what is asked.
#[allow(clippy::too_many_arguments)]
fn late(
    turn: &Turn<'_>,
    found: &Findings,
    side: Side,
    id: RecordId,
    order: &Order,
    book: &mut FactBook,
    answer: &mut Answer,
    state: &mut ConversationState,
) -> Option<Step> {
    let told = state.focus.offered.iter().any(|matter| matter.starts_with("late_parcel")) || turn.before.goal == Some(Goal::LateParcel);
    let has = |list: &[&str]| turn.heard.words.iter().any(|w| list.contains(&w.text.as_str()));
    let money = has(&["money", "refund"]);
    // "Can I still send the new one back if I don't like it?" asks for the rule, however late it is.
    if has(&["if", "like", "fit", "fits", "need", "ordered"]) && !money && side != Side::Amount {
        return None;
    }
    if (told || money) && matches!(side, Side::Whether | Side::Money) {
        // That it is late was said: what the shop does about it is what is asked now.
        return Some(Answer::hand_over(Goal::LateParcel));
    }
    if side != Side::Whether {
        return None;
    }
    let mut answer = std::mem::take(answer);
    answer.acts.extend(super::super::logistics::date_act(id, order, book));
    offer_once(turn, "refund_of_late_order", found, book, &mut answer, state);
    Some(answer.done())
}

/// Whether and until when one item that has come can go back.
fn of_an_item(turn: &Turn<'_>, found: &Findings, sku: &str, day: FactId, book: &mut FactBook, state: &mut ConversationState) -> Step {
    let mut answer = Answer::default();
    let Some((sentence, window)) = policy::days(found, 0, book, &["return", "exchang"]) else {
        return rules(turn, found, Side::Whether, book, state);
    };
    let deadline = Deadline::of(day, window, book);
    let kind = if deadline.over { ActKind::ItemReturnOver } else { ActKind::ItemReturnUntil };
    answer.say(deadline.act(kind, None).with_some("item", name_of(sku, book)));
    if !deadline.over {
        answer.say(Act::plain(ActKind::Knowledge).with("sentence", sentence));
    }
    answer.done()
}

/// The last day of a window that runs from a day of delivery.
pub struct Deadline {
    delivered: FactId,
    window: FactId,
    until: Option<FactId>,
    /// The days left, while there are any.
    left: Option<FactId>,
    /// Whether it has passed.
    pub over: bool,
}

impl Deadline {
    /// Works it out.
    pub fn of(delivered: FactId, window: FactId, book: &mut FactBook) -> Self {
        let until = book.derive(Formula::Later, &[delivered, window]);
        let left = until.and_then(|until| book.derive(Formula::DaysUntil, &[until]));
        let days = left.and_then(|left| match book.value(left) {
            Some(Value::Days(days)) => Some(*days),
            _ => None,
        });
        let left = left.filter(|_| days.is_some_and(|days| days > 0));
        Self { delivered, window, until, left, over: days.is_some_and(|days| days < 0) }
    }

    /// What is said of it for an order.
    pub fn act(&self, kind: ActKind, order: Option<FactId>) -> Act {
        let act = Act::plain(kind).with_some("order", order).with("delivered", self.delivered);
        act.with_some("until", self.until).with("window", self.window).with_some("left", self.left)
    }
}

/// What the rule says of a question, without any order.
fn plainly(turn: &Turn<'_>, found: &Findings, side: Side, book: &mut FactBook, answer: &mut Answer) {
    if let Some(hit) = say::plain_entry(found, 0) {
        wording::say_answer(turn, side.plain().1, hit.record, book, answer);
    }
}

/// The window applied to the day of delivery, and what is excluded from it.
#[allow(clippy::too_many_arguments)]
fn window(
    turn: &Turn<'_>,
    found: &Findings,
    side: Side,
    id: RecordId,
    order: &Order,
    book: &mut FactBook,
    answer: &mut Answer,
    state: &mut ConversationState,
) {
    let number = book.field(id, Field::Number);
    let words: &[&str] = if side == Side::Exchange { &["exchang"] } else { &["return"] };
    let window = policy::days(found, usize::from(side == Side::Exchange), book, words)
        .or_else(|| policy::days(found, 0, book, &["return", "exchang"]));
    let Some(day) = delivered_fact(order, id, book) else {
        answer.say(Act::plain(ActKind::ReturnNotDelivered).with_some("order", number));
        return plainly(turn, found, side, book, answer);
    };
    let Some((sentence, window)) = window else {
        return plainly(turn, found, side, book, answer);
    };
    let deadline = Deadline::of(day, window, book);
    let over = deadline.over;
    // What cannot be sent back comes before any date: the date alone would mislead.
    let excluded = excluded(turn, found, order, book, state);
    if let Some(sentence) = excluded.filter(|_| side != Side::Exchange) {
        answer.say(Act::plain(ActKind::Knowledge).with("sentence", sentence));
    }
    let kind = match (side, over) {
        (_, false) if excluded.is_some() && side != Side::Exchange => ActKind::RestUntil,
        (Side::Exchange, false) => ActKind::ExchangeUntil,
        (_, false) => ActKind::ReturnUntil,
        (Side::Exchange, true) => ActKind::ExchangeOver,
        (_, true) => ActKind::ReturnOver,
    };
    answer.say(deadline.act(kind, number));
    if side == Side::Exchange && !over {
        exchange::difference(turn, found, order, book, answer, state);
    }
    if !over && excluded.is_none() && side != Side::Exchange {
        answer.say(Act::plain(ActKind::Knowledge).with("sentence", sentence));
    }
    if over {
        let late = say::plain_entry(found, 1).filter(|_| side == Side::Whether);
        let late = late.and_then(|hit| wording::best(&["fault".to_owned()], &["warranty"], hit.record, book).first().copied());
        answer.acts.extend(late.filter(|fact| *fact != sentence).map(|fact| Act::plain(ActKind::Knowledge).with("sentence", fact)));
        return;
    }
    let told = say::question_text(turn);
    let wants = tokens(&told).iter().any(|t| matches!(t.text.as_str(), "want" | "like" | "return" | "send" | "exchange" | "swap"));
    if wants && excluded.is_none() {
        let issue = if side == Side::Exchange { "exchange_request" } else { "return_request" };
        offer_once(turn, issue, found, book, answer, state);
    }
}

/// The sentence that excludes what the customer holds: by what the product's record says it is, or by what
/// they say of it.
fn excluded(turn: &Turn<'_>, found: &Findings, order: &Order, book: &mut FactBook, state: &ConversationState) -> Option<FactId> {
    let sku =
        state.product().map(str::to_owned).or_else(|| order.items.first().filter(|_| order.items.len() == 1).map(|item| item.sku.clone()));
    let mut spoken = wording::stems(&say::question_text(turn));
    if let Some(product) = sku.and_then(|sku| book.find(RecordKind::Product, &sku)).and_then(|id| say::product(book, id)) {
        let texts = product.category.iter().map(String::as_str).chain([product.name.as_str()]);
        spoken.extend(texts.flat_map(tokens).map(|t| stem(&t.text)));
        // What comes with it, not what it can do.
        let held = product
            .specs
            .iter()
            .filter(|spec| ["box", "contents", "included", "includes"].iter().any(|word| spec.name.to_lowercase().contains(word)));
        spoken.extend(held.flat_map(|spec| tokens(&spec.value.text())).map(|t| stem(&t.text)));
    }
    let entries: Vec<KnowledgeFound> = found.knowledge.iter().take(3).flatten().copied().filter(|hit| hit.score >= say::PLAINLY).collect();
    entries.into_iter().find_map(|hit| wording::exclusion(&spoken, hit.record, book))
}

/// Keeps which line of the order is meant: the one named, or the only one.
pub fn keep_item(turn: &Turn<'_>, order: &Order, state: &mut ConversationState) {
    let named = turn.heard.products.iter().flat_map(|m| &m.skus).find(|sku| order.items.iter().any(|item| item.sku == **sku));
    let kept = state.product().filter(|sku| order.items.iter().any(|item| item.sku == **sku)).map(str::to_owned);
    let only = match order.items.as_slice() {
        [item] => Some(item.sku.clone()),
        _ => None,
    };
    if let Some(sku) = named.cloned().or(kept).or(only) {
        state.focus.products = vec![sku];
    }
}

/// Most words of a question that names a thing and little else: "do you take earbuds back".
const SHORT: usize = 7;

pub fn plain_lookup(side: Side) -> Lookup {
    Lookup::Knowledge { text: side.plain().0.to_owned(), procedures: Some(false), limit: 3 }
}

/// The rules for sending back; somebody who wants to send back what they have is asked for the number.
pub fn rules(turn: &Turn<'_>, found: &Findings, side: Side, book: &mut FactBook, state: &mut ConversationState) -> Step {
    if found.knowledge.is_empty() {
        return Step::Look(vec![say::knowledge_lookup(turn), plain_lookup(side), policy::return_lookup()]);
    }
    let mut answer = Answer::default();
    say::sympathise(turn, &mut answer);
    let stated = stated_wait(turn, found, book, &mut answer);
    let own = say::best_entry(found, 0);
    let plain = say::plain_entry(found, 1);
    // Somebody who wants to send something back needs the rule itself; a question may be about a detail.
    // Who pays for the way back is no question of what a delivery costs.
    let of_the_way = matches!(side, Side::Cost | Side::Money) && turn.before.intent == Some(Intent::Support);
    let rule_first = turn.goal == Goal::ReturnRequest && side == Side::Whether || of_the_way;
    let hit = plain.filter(|plain| own.is_none_or(|own| rule_first || own.score < SURE || own.record == plain.record)).or(own);
    let mut spoken = wording::stems(&say::question_text(turn));
    let follows = matches!(turn.before.goal, Some(Goal::ReturnPolicy | Goal::ReturnRequest));
    // "It is opened, but only used once": of the thing that was to go back.
    let opened = wording::stems(turn.text).iter().any(|word| wording::alike(word, "open"));
    if follows && opened && turn.heard.categories.is_empty() && turn.heard.products.is_empty() {
        spoken.extend(thing_before(turn));
    }
    // Of the thing on the table, by what its record says it is.
    if (follows || turn.before.focus.fault.is_some()) && turn.heard.categories.is_empty() && turn.heard.products.is_empty() {
        let meant = turn.shown.iter().filter(|product| turn.before.focus.products.contains(&product.sku));
        spoken.extend(meant.flat_map(|product| wording::stems(&format!("{} {}", product.name, product.category.join(" ")))));
    }
    // Of what is excluded only the sentence that names the thing is said; anything else the rule allows.
    let hits: Vec<KnowledgeFound> = found.knowledge.iter().flatten().copied().filter(|hit| hit.score >= say::PLAINLY).collect();
    // A thing may be named that the shop keeps under another head: a short question names little else.
    let short = turn.heard.words.len() <= SHORT && evidence_words::is_question(turn.text);
    let named = !turn.heard.categories.is_empty() || !turn.heard.products.is_empty() || short || follows && turn.heard.words.len() <= FEW;
    let excluded = hits
        .into_iter()
        .filter(|_| matches!(side, Side::Excluded | Side::Whether))
        .find_map(|hit| wording::exclusion(&spoken, hit.record, book));
    // "And what if I opened it?", said of nothing: what may not be opened is part of the answer.
    let only_opened = !named && wording::only_opened(&wording::stems(turn.text));
    let allowed = policy::days(found, 2, book, &["return", "exchang"]).filter(|_| side == Side::Excluded && !only_opened);
    // What holds for the country or the kind of thing meant comes before what holds for any.
    let faulty = (side == Side::Cost && rights::is_faulty(turn.before)).then(|| rights::label(found, 1, &[], book)).flatten();
    let special = faulty.or_else(|| plain.filter(|_| side == Side::Cost).and_then(|hit| special_cost(turn, hit.record, book)));
    match hit.or_else(|| say::plain_entry(found, 2)) {
        _ if special.is_some() => answer.acts.extend(special.map(|fact| Act::plain(ActKind::Knowledge).with("sentence", fact))),
        _ if excluded.is_some() => answer.acts.extend(excluded.map(|fact| Act::plain(ActKind::Knowledge).with("sentence", fact))),
        _ if allowed.is_some() => answer.acts.extend(allowed.map(|(fact, _)| Act::plain(ActKind::Knowledge).with("sentence", fact))),
        Some(hit) => wording::say_answer(turn, side.plain().1, hit.record, book, &mut answer),
        None if !stated => answer.say_plain(ActKind::NotInRecords),
        None => {}
    }
    if wants_to_return(turn, side)
        && let OrderStep::First(Step::Say(asked)) = order_or_ask(turn, found, book, state)
    {
        // The question comes after the rule, so that an answer stands even when it is not taken up.
        answer.acts.extend(asked.acts.into_iter().filter(|act| act.kind != ActKind::Sympathy));
        answer.asks.extend(asked.asks);
    }
    answer.done()
}

/// Most words of a message that asks the same of another thing.
const FEW: usize = 6;

/// The words for the thing a return was asked for before, where this message names none.
fn thing_before(turn: &Turn<'_>) -> Vec<String> {
    let pending = turn.before.pending.iter().chain(turn.before.parked.iter().map(|parked| &parked.pending));
    let said = pending.filter_map(|pending| match pending {
        Pending::Ask { said, .. } => Some(said.as_str()),
        _ => None,
    });
    said.chain(turn.before.focus.asked.as_deref()).flat_map(wording::stems).collect()
}

/// The sentence on the way back that speaks of the country asked about, or of the kind of thing on the table: a fridge
/// goes to no parcel counter.
fn special_cost(turn: &Turn<'_>, id: RecordId, book: &mut FactBook) -> Option<FactId> {
    let entry = say::entry(book, id)?;
    let sentences = entry.sentences();
    let country = super::super::logistics::country(turn);
    let by_country = country.and_then(|country| {
        let level = |at: &usize| places::speaks_of(country, sentences[*at]);
        (0..sentences.len()).filter(|at| level(at) > 0).max_by_key(|at| (level(at), usize::MAX - at))
    });
    let named =
        |sku: &String| turn.heard.products.iter().any(|mention| mention.skus.contains(sku)) || turn.before.focus.products.contains(sku);
    let kinds: Vec<String> = turn.shown.iter().filter(|product| named(&product.sku)).flat_map(|product| product.category.clone()).collect();
    let by_kind = || sentences.iter().position(|sentence| super::super::logistics::names_a_kind(sentence, &kinds));
    let at = by_country.or_else(by_kind)?;
    book.field(id, Field::Sentence(u16::try_from(at).ok()?))
}

/// From this score on an entry answers the customer's own words beyond doubt.
const SURE: f32 = 0.8;

/// "I want to return my laptop": they have an order and want it done, rather than to know the rules.
fn wants_to_return(turn: &Turn<'_>, side: Side) -> bool {
    let said: Vec<&str> = turn.heard.words.iter().map(|w| w.text.as_str()).collect();
    let mine = said.iter().any(|w| matches!(*w, "my" | "mine"));
    let wants = said.windows(2).any(|w| matches!(w, ["want" | "like" | "need", "to"] | ["please", _]) || matches!(w[0], "returning"));
    let asks = matches!(said.first(), Some(&"can" | &"could" | &"is" | &"what" | &"how" | &"who" | &"when" | &"if"));
    turn.goal == Goal::ReturnRequest && matches!(side, Side::Whether | Side::Exchange) && (mine || wants) && (wants || !asks)
}

/// "Even after 20 days?", "it's been five weeks": the customer's own count against the window.
fn stated_wait(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, answer: &mut Answer) -> bool {
    if crate::domain::text::duration::first(turn.text).is_none() {
        return false;
    }
    let Some((_, window)) = policy::days(found, 2, book, &["return", "exchang"]) else { return false };
    let words = book.said(turn.text);
    let Some(said) = book.derive(Formula::Duration, &[words]) else { return false };
    let (Some(said_days), Some(window_days)) = (policy::length(said, book), policy::length(window, book)) else { return false };
    if said_days == window_days {
        return false;
    }
    let kind = if said_days < window_days { ActKind::WithinWindow } else { ActKind::BeyondWindow };
    answer.say(Act::plain(kind).with("said", said).with("window", window));
    true
}

/// The items of an order a message means: for who answers about one of several.
pub fn items_meant(turn: &Turn<'_>, id: RecordId, book: &FactBook) -> Vec<String> {
    items::meant(turn, &[id], book).into_iter().map(|item| item.sku).collect()
}

/// Names of items, read in this turn.
pub fn name_of(sku: &str, book: &mut FactBook) -> Option<FactId> {
    identity::item_name(sku, book)
}
