//! Damage, warranty and repair: the shop's rules applied to the order's dates, or to what the customer says.

use super::super::identity::OrderStep;
use super::super::lookup::{Findings, Lookup};
use super::super::turn::{Answer, Step, Turn};
use super::super::{policy, resolve, say};
use super::returns::{items_meant, keep_item, name_of};
use super::{diagnosis, offer_once, order_or_ask, wording};
use crate::domain::act::{Act, ActKind};
use crate::domain::fact::{FactBook, FactId, Formula, RecordId};
use crate::domain::goal::Goal;
use crate::domain::order::{Order, OrderStatus};
use crate::domain::record::{Field, RecordKind};
use crate::domain::state::{ConversationState, IdentityLevel};
use crate::domain::text::duration;
use crate::domain::text::stem::stem;
use crate::domain::text::token::tokens;
use crate::domain::value::Value;

/// Whether an order is named, on the table, or the customer known.
fn has_an_order(turn: &Turn<'_>, state: &ConversationState) -> bool {
    turn.heard.orders.iter().any(|n| n.certain)
        || turn.read.contact.proves() && !turn.heard.orders.is_empty()
        || state.focus.order.is_some()
        || state.known.order_number.is_some()
        || state.identity.level != IdentityLevel::Anonymous
}

/// It came broken, or something else came.
pub fn damage(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    // The rule is worth more than a question: it comes first, and the order's number after it.
    if !has_an_order(turn, state) && !turn.continues {
        return damage_rule(turn, found, book, state);
    }
    let id = match order_or_ask(turn, found, book, state) {
        OrderStep::First(step) => return step,
        OrderStep::Known(id) => id,
    };
    if found.knowledge.is_empty() {
        return Step::Look(vec![say::knowledge_lookup(turn), plain_damage(turn), policy::damaged_parcel_lookup(), Lookup::Tickets]);
    }
    let Some(order) = say::order(book, id) else { return Answer::default().done() };
    let mut answer = Answer::default();
    if is_hypothetical(turn) {
        return if_faulty(turn, found, id, &order, book);
    }
    // What was reported is known: a further question is answered by the sentence that speaks of it.
    let reported = turn.before.goal == Some(Goal::DamagedOrWrongItem) && turn.before.identity.customer.is_some();
    if reported
        && turn.heard.orders.is_empty()
        && let Some(hit) = damage_entry(found)
    {
        let wants = turn.heard.words.iter().any(|w| matches!(w.text.as_str(), "new" | "replacement" | "money" | "refund"));
        let hints: &[&str] = if wants { &["replacement", "refund", "new"] } else { &[] };
        wording::say_answer(turn, hints, hit.record, book, &mut answer);
        return answer.done();
    }
    if turn.before.last_acts.iter().all(|act| *act != ActKind::Sympathy) {
        answer.say_plain(ActKind::Sympathy);
    }
    let number = book.field(id, Field::Number);
    let delivered = delivered_fact(&order, id, book);
    let ago = delivered.and_then(|day| book.derive(Formula::DaysSince, &[day]));
    answer.say(Act::plain(ActKind::DamageReport).with_some("order", number).with_some("delivered", delivered).with_some("ago", ago));
    let window = policy::days(found, 1, book, &["damag", "arriv", "wrong"]);
    let over = window.zip(ago).is_some_and(|((_, window), ago)| longer(ago, window, book));
    match (over, window) {
        (true, Some((sentence, window))) => {
            answer.say(Act::plain(ActKind::Knowledge).with("sentence", sentence));
            answer.say(Act::plain(ActKind::DamageLate).with_some("ago", ago).with("window", window));
        }
        _ => {
            if let Some(hit) = damage_entry(found) {
                let seen = turn.before.focus.entry.as_deref().is_some_and(|id| say::entry(book, hit.record).is_some_and(|e| e.id == id));
                if seen {
                    wording::say_answer(turn, &["replacement", "refund", "new"], hit.record, book, &mut answer);
                } else {
                    say::say_entry(book, hit.record, &mut answer);
                }
            }
        }
    }
    answer.cards.push(id);
    keep_item(turn, &order, state);
    offer_once(turn, "damaged_or_wrong_item", found, book, &mut answer, state);
    answer.done()
}

/// The plainest question about what came wrong.
fn plain_damage(turn: &Turn<'_>) -> Lookup {
    let text = say::question_text(turn);
    let said = wording::stems(&text);
    let has = |list: &[&str]| said.iter().any(|word| list.contains(&word.as_str()));
    let asked = |text: &str| Lookup::Knowledge { text: text.to_owned(), procedures: Some(false), limit: 4 };
    if has(&["wrong", "different"]) {
        asked("I got the wrong item")
    } else if has(&["miss", "missing", "incomplet", "incomplete", "lack"]) || text.contains("without") {
        asked("An item is missing from the box")
    } else {
        policy::damage_lookup()
    }
}

/// The entry on damage: by the customer's own words, or by the plainest question about it.
fn damage_entry(found: &Findings) -> Option<super::super::lookup::KnowledgeFound> {
    /// Own words that hardly leave a doubt: "wrong colour in the box".
    const OWN: f32 = 0.7;
    say::best_entry(found, 0)
        .filter(|hit| hit.score >= OWN)
        .or_else(|| (1..3).find_map(|i| say::plain_entry(found, i)).or_else(|| say::best_entry(found, 0)))
}

/// What the shop does about damage, and the question which order it is.
fn damage_rule(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    if found.knowledge.is_empty() {
        return Step::Look(vec![say::knowledge_lookup(turn), plain_damage(turn), policy::damaged_parcel_lookup()]);
    }
    let mut answer = Answer::default();
    let hypothetical = is_hypothetical(turn);
    if !hypothetical {
        answer.say_plain(ActKind::Sympathy);
    }
    if let Some(hit) = damage_entry(found) {
        say::say_entry(book, hit.record, &mut answer);
        state.focus.entry = say::entry(book, hit.record).map(|entry| entry.id.clone());
    }
    if !hypothetical && let OrderStep::First(Step::Say(asked)) = order_or_ask(turn, found, book, state) {
        answer.acts.extend(asked.acts.into_iter().filter(|act| act.kind != ActKind::Sympathy));
        answer.asks.extend(asked.asks);
    }
    answer.done()
}

/// "What if it were faulty?": asked in case, nothing has happened.
pub fn is_hypothetical(turn: &Turn<'_>) -> bool {
    turn.heard.words.iter().any(|w| matches!(w.text.as_str(), "if" | "policy" | "would" | "suppose"))
}

/// What holds for an order if something were wrong with it: the rule on damage while its time runs, the
/// warranty after that.
fn if_faulty(turn: &Turn<'_>, found: &Findings, id: RecordId, order: &Order, book: &mut FactBook) -> Step {
    if found.knowledge.len() < 4 {
        return Step::Look(vec![
            policy::warranty_lookup(),
            Lookup::Knowledge { text: "Do I pay postage if the product is broken?".to_owned(), procedures: Some(false), limit: 2 },
        ]);
    }
    let mut answer = Answer::default();
    let delivered = delivered_fact(order, id, book);
    let ago = delivered.and_then(|day| book.derive(Formula::DaysSince, &[day]));
    let window = policy::days(found, 1, book, &["damag", "arriv", "wrong"]);
    let within = window.zip(ago).is_some_and(|((_, window), ago)| !longer(ago, window, book));
    if within && let Some(hit) = say::plain_entry(found, 1) {
        say::say_entry(book, hit.record, &mut answer);
        return answer.done();
    }
    let general = policy::months(found, 3, book, &["warrant", "guarante", "cover"]);
    if let Some(day) = delivered {
        for sku in order.items.iter().map(|item| item.sku.clone()) {
            let Some(product) = book.find(RecordKind::Product, &sku) else { continue };
            let term = own_warranty(product, book).or_else(|| general.map(|(_, months)| months));
            let until = term.and_then(|term| book.derive(Formula::Later, &[day, term]));
            answer.acts.extend(until_act(name_of(&sku, book), until, term, book));
        }
    }
    if let Some(hit) = say::plain_entry(found, 4) {
        wording::say_answer(turn, &["faulty", "free"], hit.record, book, &mut answer);
    }
    if answer.acts.is_empty() {
        rules(found, 1, book, &mut answer);
    }
    answer.done()
}

/// Whether one length of time is longer than another.
fn longer(a: FactId, b: FactId, book: &FactBook) -> bool {
    match (book.value(a), book.value(b)) {
        (Some(Value::Days(a)), Some(Value::Days(b))) => a > b,
        _ => false,
    }
}

/// Whether a message asks what the warranty covers rather than how long it lasts.
fn asks_what_is_covered(turn: &Turn<'_>) -> bool {
    let said: Vec<&str> = turn.heard.words.iter().map(|w| w.text.as_str()).collect();
    let covers =
        said.iter().any(|w| matches!(*w, "cover" | "covers" | "covered" | "include" | "includes" | "included" | "warranty" | "guarantee"));
    let cause = names_a_cause(&said);
    // "What if the backlight dies?"
    let supposed = said.windows(2).any(|w| matches!(w, ["what" | "and", "if"]));
    let what = supposed
        || said.windows(3).any(|w| matches!(w, ["what", "does" | "is", ..]))
            && said.iter().any(|w| matches!(*w, "cover" | "covered" | "include" | "included"));
    let of_it = covers && told_cause(turn).is_some();
    covers && (cause || what) || of_it || supposed && !diagnosis::troubles(turn.text).is_empty()
}

/// Whether words name a cause of damage that a warranty may or may not cover.
fn names_a_cause(said: &[&str]) -> bool {
    const CAUSES: &str = "water liquid liquids drop drops dropped fall wear limescale scratches accident accidents accidental theft damage fell fallen worn battery batteries spill spilled crack cracks cracked rust lightning parts labour labor splashed shattered smashed broken soaked coffee wet";
    said.iter().any(|word| CAUSES.split(' ').any(|cause| cause == *word))
}

/// "Does the warranty cover that?", of a damage just told of: how it was told.
fn told_cause<'t>(turn: &'t Turn<'_>) -> Option<&'t str> {
    let points = turn.heard.words.iter().any(|w| matches!(w.text.as_str(), "that" | "it" | "this" | "i" | "one"));
    let fault = turn.before.focus.fault.as_ref();
    let told = fault.into_iter().flat_map(|fault| fault.reports.iter().rev().chain([&fault.problem]));
    let mut told = told.map(String::as_str).chain(turn.before.focus.asked.as_deref().filter(|_| fault.is_none()));
    let names = |told: &&str| {
        let words = tokens(told);
        let said: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
        names_a_cause(&said)
    };
    if points { told.find(names) } else { None }
}

/// Until when it is under warranty, and what that covers.
pub fn warranty(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    if asks_what_is_covered(turn) {
        return cover(turn, found, book);
    }
    let proves_it = turn.continues && !turn.read.contact.is_empty();
    if !has_an_order(turn, state) && !proves_it {
        return warranty_of_product(turn, found, book, state);
    }
    let id = match order_or_ask(turn, found, book, state) {
        OrderStep::First(step) => return step,
        OrderStep::Known(id) => id,
    };
    let Some(order) = say::order(book, id) else { return Answer::default().done() };
    if found.knowledge.is_empty() {
        return Step::Look(vec![policy::warranty_lookup()]);
    }
    let mut answer = Answer::default();
    let general = policy::months(found, 0, book, &["warrant", "guarante", "cover"]);
    match delivered_fact(&order, id, book) {
        None => {
            let number = book.field(id, Field::Number);
            answer.say(Act::plain(ActKind::WarrantyNotBegun).with_some("order", number));
            rules(found, 0, book, &mut answer);
        }
        Some(day) => {
            let meant = items_meant(turn, id, book);
            let skus: Vec<String> = if meant.is_empty() { order.items.iter().map(|item| item.sku.clone()).collect() } else { meant };
            for sku in skus {
                let Some(product) = book.find(RecordKind::Product, &sku) else { continue };
                let term = own_warranty(product, book).or_else(|| general.map(|(_, months)| months));
                let until = term.and_then(|term| book.derive(Formula::Later, &[day, term]));
                answer.acts.extend(until_act(name_of(&sku, book), until, term, book));
            }
        }
    }
    if answer.acts.is_empty() {
        rules(found, 0, book, &mut answer);
    }
    answer.cards.push(id);
    keep_item(turn, &order, state);
    answer.done()
}

pub fn until_act(name: Option<FactId>, until: Option<FactId>, term: Option<FactId>, book: &FactBook) -> Option<Act> {
    let over = until.and_then(|fact| book.value(fact)).is_some_and(|v| matches!(v, Value::Day(end) if *end < book.today()));
    let kind = if over { ActKind::WarrantyOver } else { ActKind::WarrantyUntil };
    until.is_some().then(|| Act::plain(kind).with_some("product", name).with_some("until", until).with_some("term", term))
}

/// The sentence on what is covered.
fn cover(turn: &Turn<'_>, found: &Findings, book: &mut FactBook) -> Step {
    if found.knowledge.is_empty() {
        let text = "What does the warranty cover? What does the warranty not cover?".to_owned();
        return Step::Look(vec![say::knowledge_lookup(turn), Lookup::Knowledge { text, procedures: Some(false), limit: 4 }]);
    }
    let told = told_cause(turn).unwrap_or_default();
    let asked = wording::stems(&format!("{} {told}", say::question_text(turn)));
    let mut answer = Answer::default();
    // Any entry on the matter may hold the sentence that names the cause; the best sentence of them all is said.
    let mut hits: Vec<RecordId> = found.knowledge.iter().flatten().filter(|hit| hit.score >= say::PLAINLY).map(|hit| hit.record).collect();
    hits.dedup();
    let about = |id: &RecordId, book: &FactBook| {
        say::entry(book, *id).map_or(0, |entry| {
            let cause = asked
                .iter()
                .filter(|word| !matches!(word.as_str(), "warranty" | "cover" | "guarante" | "guarantee" | "includ" | "include"));
            let worth = |sentence: &&str| {
                let own = wording::stems(sentence);
                let of_cover = own.iter().any(|s| wording::alike(s, "cover") || wording::alike(s, "warranty"));
                usize::from(of_cover) + 2 * cause.clone().filter(|w| own.iter().any(|s| wording::alike(w, s))).count()
            };
            entry.sentences().iter().map(worth).max().unwrap_or(0)
        })
    };
    let best = hits.iter().copied().max_by_key(|id| (about(id, book), usize::MAX - hits.iter().position(|h| h == id).unwrap_or(0)));
    match best {
        Some(id) => {
            for sentence in wording::best(&asked, &["cover", "warranty"], id, book) {
                answer.say(Act::plain(ActKind::Knowledge).with("sentence", sentence));
            }
        }
        None => answer.say_plain(ActKind::NotInRecords),
    }
    answer.done()
}

/// "And the warranty on those?", after an answer on used machines: the sentence of that answer's entry.
fn of_what_was_told(turn: &Turn<'_>, found: &Findings, book: &mut FactBook) -> Option<FactId> {
    let joined = turn.heard.answered.as_ref().filter(|answered| answered.joined.is_some() && turn.heard.products.is_empty())?;
    let told = turn.before.focus.entry.as_deref().filter(|entry| *entry == joined.entry)?;
    let record = found.knowledge.first()?.iter().map(|hit| hit.record).find(|id| say::entry(book, *id).is_some_and(|e| e.id == told))?;
    let entry = say::entry(book, record)?;
    let of_warranty = |text: &&str| wording::stems(text).iter().any(|s| matches!(s.as_str(), "warranty" | "guarante" | "guarantee"));
    let at = entry.sentences().iter().position(of_warranty)?;
    book.field(record, Field::Sentence(u16::try_from(at).ok()?))
}

/// How much of the message an entry speaks of that is asked for by name.
const WHOLLY: f32 = 0.9;

/// The term of a product, counted from the day the customer says where they say one.
fn warranty_of_product(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    if found.knowledge.is_empty() {
        let meant = resolve::products(turn).skus;
        let extends = turn
            .heard
            .words
            .iter()
            .any(|w| matches!(w.stem.as_str(), "extend" | "longer" | "plan" | "protection" | "insuranc" | "insurance"));
        let own = if extends { policy::extension_lookup() } else { say::knowledge_lookup(turn) };
        let mut lookups = vec![own, policy::warranty_lookup()];
        if extends {
            return Step::Look(lookups);
        }
        if !meant.is_empty() {
            lookups.push(Lookup::Products(meant.into_iter().take(2).collect()));
        }
        return Step::Look(lookups);
    }
    let mut answer = Answer::default();
    if turn.heard.words.iter().any(|w| matches!(w.stem.as_str(), "extend" | "plan" | "protection" | "insuranc" | "insurance"))
        && let Some(hit) = say::best_entry(found, 0)
    {
        say::say_entry(book, hit.record, &mut answer);
        return answer.done();
    }
    // "What is the plus plan?" asks for what one entry alone is about.
    let named = say::best_entry(found, 0).filter(|hit| hit.alone && hit.covers >= WHOLLY && found.products.is_empty());
    if let Some(hit) = named.filter(|_| say::is_answered(turn)) {
        say::say_entry(book, hit, &mut answer);
        return answer.done();
    }
    if let Some(sentence) = of_what_was_told(turn, found, book) {
        return Answer::of(vec![Act::plain(ActKind::Knowledge).with("sentence", sentence)]).done();
    }
    let general = policy::months(found, 1, book, &["warrant", "guarante", "cover"]);
    let bought = bought_ago(turn, book);
    let known = (!found.products.is_empty()).then(|| found.products.clone());
    for id in known.clone().unwrap_or_default() {
        let name = say::name(book, id);
        let spec = warranty_spec(id, book);
        let term = own_warranty(id, book).or_else(|| general.map(|(_, months)| months));
        match (bought, term) {
            (Some(day), Some(term)) => answer.acts.extend(said_act(name, day, term, book)),
            _ => {
                if let Some(spec) = spec {
                    answer.say(Act::plain(ActKind::WarrantyTerm).with_some("product", name).with("term", spec));
                }
            }
        }
        answer.cards.push(id);
    }
    match (known, bought, general) {
        (None, Some(day), Some((sentence, term))) => {
            answer.acts.extend(said_act(None, day, term, book));
            answer.say(Act::plain(ActKind::Knowledge).with("sentence", sentence));
        }
        (_, _, Some((sentence, _))) if answer.acts.is_empty() => answer.say(Act::plain(ActKind::Knowledge).with("sentence", sentence)),
        _ if answer.acts.is_empty() => {
            let hit = say::best_entry(found, 0).or_else(|| say::plain_entry(found, 1));
            match hit {
                Some(hit) => wording::say_answer(turn, &["warranty", "months"], hit.record, book, &mut answer),
                None => answer.say_plain(ActKind::NotInRecords),
            }
        }
        _ => {}
    }
    // Who speaks of their own thing may want the exact day.
    let mine = turn.heard.words.iter().any(|w| matches!(w.text.as_str(), "my" | "still"));
    if mine
        && bought.is_none()
        && let OrderStep::First(Step::Say(asked)) = order_or_ask(turn, found, book, state)
    {
        answer.acts.extend(asked.acts.into_iter().filter(|act| act.kind != ActKind::Sympathy));
        answer.asks.extend(asked.asks);
    }
    answer.done()
}

/// The day that lies as far back as the customer says: "bought 8 months ago", "I've had it two years".
fn bought_ago(turn: &Turn<'_>, book: &mut FactBook) -> Option<FactId> {
    let said: Vec<&str> = turn.heard.words.iter().map(|w| w.text.as_str()).collect();
    let past = said.iter().any(|w| matches!(*w, "ago" | "bought" | "had" | "have" | "purchased" | "old" | "got" | "since" | "after"));
    duration::first(turn.text).filter(|_| past)?;
    let words = book.said(turn.text);
    let length = book.derive(Formula::Duration, &[words])?;
    book.derive(Formula::Ago, &[length])
}

fn said_act(name: Option<FactId>, day: FactId, term: FactId, book: &mut FactBook) -> Option<Act> {
    let until = book.derive(Formula::Later, &[day, term])?;
    let over = matches!(book.value(until), Some(Value::Day(end)) if *end < book.today());
    let kind = if over { ActKind::WarrantyOverSaid } else { ActKind::WarrantyUntilSaid };
    Some(Act::plain(kind).with_some("product", name).with("until", until).with("term", term))
}

/// The shop's words on a matter, or that there are none.
fn rules(found: &Findings, which: usize, book: &mut FactBook, answer: &mut Answer) {
    match say::plain_entry(found, which) {
        Some(hit) => say::say_entry(book, hit.record, answer),
        None if answer.acts.is_empty() => answer.say_plain(ActKind::NotInRecords),
        None => {}
    }
}

fn warranty_spec(id: RecordId, book: &mut FactBook) -> Option<FactId> {
    let product = say::product(book, id)?;
    let index = product.specs.iter().position(|spec| {
        let name = spec.name.to_lowercase();
        name.contains("warranty") || name.contains("guarantee")
    })?;
    book.field(id, Field::Spec(u16::try_from(index).ok()?))
}

pub fn own_warranty(id: RecordId, book: &mut FactBook) -> Option<FactId> {
    let spec = warranty_spec(id, book)?;
    book.derive(Formula::Duration, &[spec])
}

/// What a repair costs and how long it takes.
pub fn repair(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    let own = turn.heard.products.first().and_then(|mention| mention.skus.first().cloned()).or_else(|| state.product().map(str::to_owned));
    if let Some(sku) = own.clone().filter(|_| found.products_asked == 0) {
        return Step::Look(vec![Lookup::Products(vec![sku])]);
    }
    if found.knowledge.is_empty() {
        let asked = |text: &str| Lookup::Knowledge { text: text.to_owned(), procedures: Some(false), limit: 2 };
        let plain = ["How much does a repair cost?", "How long does a repair take?", "How do I book a repair?"].map(asked);
        return Step::Look(std::iter::once(say::knowledge_lookup(turn)).chain(plain).collect());
    }
    let said: Vec<&str> = turn.heard.words.iter().map(|w| w.text.as_str()).collect();
    let price =
        said.iter().any(|w| matches!(*w, "cost" | "costs" | "price" | "much" | "pay" | "pays" | "fee" | "charge" | "expensive" | "free"));
    let time = said.iter().any(|w| matches!(*w, "long" | "when" | "days" | "weeks" | "take" | "takes" | "ready"));
    let by_words = say::best_entry(found, 0).filter(|hit| hit.score >= 0.6 && !hit.procedure);
    // What takes how long in this shop says nothing of repairs where it does not speak of them.
    let of_time = || say::plain_entry(found, 2).filter(|hit| !hit.lacks && speaks_of_repairs(hit.record, book));
    let of_any = || [1, 2, 3].into_iter().find_map(|which| say::plain_entry(found, which)).or(by_words);
    let Some(hit) = (if time && !price { of_time() } else { of_any() }) else {
        return Answer::of(vec![Act::plain(ActKind::NotInRecords)]).done();
    };
    let mut answer = Answer::default();
    // "Who pays for the mechanic?": how long the maker does is half of the answer.
    let id = own.filter(|_| price).and_then(|sku| book.find(RecordKind::Product, &sku));
    if let Some((id, term)) = id.and_then(|id| Some((id, warranty_spec(id, book)?))) {
        let name = say::name(book, id);
        answer.say(Act::plain(ActKind::WarrantyTerm).with_some("product", name).with("term", term));
    }
    match (price, time) {
        (true, false) => wording::say_answer(turn, &["cost", "fee", "visit"], hit.record, book, &mut answer),
        (false, true) => wording::say_answer(turn, &["take", "days"], hit.record, book, &mut answer),
        _ => say::say_entry(book, hit.record, &mut answer),
    }
    answer.done()
}

fn speaks_of_repairs(record: RecordId, book: &FactBook) -> bool {
    say::entry(book, record).is_some_and(|entry| entry.questions.iter().any(|question| wording::stems(question).contains(&stem("repair"))))
}

/// The day an order was delivered, as a fact: the order's own date once it is delivered.
pub fn delivered_fact(order: &Order, id: RecordId, book: &mut FactBook) -> Option<FactId> {
    let delivered = order.is_delivered() || order.status == OrderStatus::Returned;
    if !delivered {
        return None;
    }
    book.field(id, Field::Delivery).or_else(|| {
        let parcel = order.fulfilments.iter().position(|f| f.delivered.is_some())?;
        book.field(id, Field::ParcelDelivered(u16::try_from(parcel).ok()?))
    })
}
