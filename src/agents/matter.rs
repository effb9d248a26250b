//! What is under way: a fault being looked into, an order on the table, a proof of identity, a question of
//! ours that a digression left open. It has a claim on the next message before words alone are weighed.

mod another;
mod beside;

use another::asks_of_another;
use beside::{abroad, cost_of_a_change};

use super::evidence;
use super::evidence_words::{self, Report};
use super::orchestrator::{Decision, Question, Route, by_words, settled};
use super::support::{asks_for_a_part, faults_told, works_wrongly};
use super::understanding::affirm::{self, Answer};
use super::understanding::needs;
use crate::domain::agent::{Agent, Intent};
use crate::domain::asks::Slot;
use crate::domain::goal::Goal;
use crate::domain::message::Choice;
use crate::domain::state::{Action, ActionKind, IdentityLevel, Pending};
use crate::domain::text::duration;
use crate::domain::text::token::tokens;

/// Replies after which a question left open is no longer answered by whatever fits it.
const REMEMBERED: u32 = 6;

/// What the conversation itself makes of a message, if anything.
pub fn claim(question: &Question<'_>) -> Option<Decision> {
    parked(question)
        .or_else(|| tells_more(question))
        .or_else(|| cost_of_a_change(question))
        .or_else(|| others(question))
        .or_else(|| abroad(question))
        .or_else(|| how_to(question))
        .or_else(|| certain(question))
        .or_else(|| fault(question))
        .or_else(|| identity_given(question))
        .or_else(|| follow_up(question))
        .or_else(|| fault_told(question))
}

fn words<'a>(question: &Question<'a>) -> Vec<&'a str> {
    question.heard.words.iter().map(|w| w.text.as_str()).collect()
}

/// How strongly the rules see a matter outside of support and orders.
fn elsewhere(question: &Question<'_>) -> f32 {
    let other = question.read.hints.iter().filter(|hint| {
        !matches!(hint.goal.intent(), Intent::Support | Intent::Orders)
            && !matches!(hint.goal, Goal::Affirm | Goal::Deny | Goal::Greeting | Goal::Thanks | Goal::OutOfScope)
    });
    other.map(|hint| hint.score).fold(0.0, f32::max)
}

/// A question of ours from before a digression.
fn parked(question: &Question<'_>) -> Option<Decision> {
    let parked = question.state.parked.as_ref()?;
    if question.state.replies.saturating_sub(parked.asked_at) > REMEMBERED {
        return None;
    }
    match &parked.pending {
        Pending::Ask { slot: slot @ (Slot::Identity | Slot::OrderNumber | Slot::Wish), goal, agent, .. } => {
            let gives = match slot {
                Slot::Wish => false,
                slot => {
                    evidence::gives(question, *slot).any
                        && (question.read.contact.proves() || question.heard.orders.iter().any(|n| n.certain))
                }
            };
            let trouble = trouble(question);
            gives.then(|| {
                settled(
                    Route::Agent(trouble.map_or(*agent, |goal| goal.intent().agent())),
                    trouble.unwrap_or(*goal),
                    "gives what was asked for before",
                )
            })
        }
        Pending::Confirm(action) => {
            // A yes long after the question must say what it is to.
            let said = words(question);
            let things = things_of(action);
            let meant = said.iter().any(|w| *w == "ticket" || things.contains(w));
            // Which product was meant was asked in between; "ok lets do the swap" goes back to the swap.
            let free = matches!(question.state.pending, None | Some(Pending::Ask { slot: Slot::Product | Slot::Item, .. }));
            let yes = meant && agrees(question, action) == Some(Answer::Yes) && free;
            yes.then(|| settled(Route::Confirm(true), action_goal(question, action.agent), "answers the action proposed before"))
        }
        _ => None,
    }
}

/// "Today. It's the drill and the box": more about the damage or the order asked about, where its number was asked for.
fn tells_more(question: &Question<'_>) -> Option<Decision> {
    const FEW: usize = 14;
    const CLEAR: f32 = 4.0;
    let Question { heard, read, state, text, .. } = *question;
    let Some(Pending::Ask { slot: Slot::OrderNumber, goal, agent, attempts, .. }) = &state.pending else { return None };
    let other = read.hints.iter().any(|hint| hint.score >= CLEAR && hint.goal != *goal);
    let late = starts_within(question, &[&["too", "late"], &["in", "time"], &["still", "ok"]]);
    let asks = evidence_words::is_question(text) && !late;
    let tells = !heard.words.is_empty() && heard.words.len() <= FEW && !asks && read.answer.is_none();
    // "The mixer one. Which colour did I order?"
    let asks_of_it = starts_within(question, &[&["did", "i", "order"], &["did", "i", "buy"], &["have", "i", "ordered"]]);
    let more = tells && *goal == Goal::DamagedOrWrongItem || asks_of_it;
    (more && !other && (asks_of_it || *attempts < 3))
        .then(|| settled(Route::Agent(*agent), *goal, "tells more of what a number was asked for"))
}

/// "How do I descale, my machine asks for it": a procedure of the shop says how, and no answer does better.
fn how_to(question: &Question<'_>) -> Option<Decision> {
    const LIKELY: f32 = 0.5;
    const CLEAR: f32 = 4.0;
    let Question { heard, read, .. } = *question;
    let guided = heard.guided.as_ref().filter(|guided| guided.score >= LIKELY)?;
    let better = heard.answered.as_ref().is_some_and(|answered| answered.score >= guided.score);
    let asks = starts(question, &[&["how", "do", "i"], &["how", "can", "i"], &["how", "to"], &["how", "should", "i"]]);
    let other = read.hints.iter().any(|hint| hint.score >= CLEAR && !matches!(hint.goal, Goal::Troubleshoot | Goal::SetupHelp));
    (asks && !better && !other).then(|| by_words(Goal::Troubleshoot, "a procedure says how"))
}

/// Whether one of the phrases stands anywhere in a message.
fn starts_within(question: &Question<'_>, phrases: &[&[&str]]) -> bool {
    let said = words(question);
    phrases.iter().any(|phrase| said.windows(phrase.len()).any(|run| run == *phrase))
}

/// Words by which a wish is named.
fn things_of(action: &Action) -> &'static [&'static str] {
    let ActionKind::OpenTicket(draft) = &action.kind;
    match draft.issue.as_str() {
        "cancel_order" => &["cancel", "order", "my", "the", "cancelled"],
        "change_order" => &["change", "order", "my", "the"],
        "change_address" => &["change", "address", "my", "the"],
        "return_request" => &["return", "send", "back", "my", "the"],
        "exchange_request" => &["exchange", "swap", "my", "the"],
        _ => &["ticket"],
    }
}

/// What a message answers to a proposed action, its own words for the action left aside.
pub fn agrees(question: &Question<'_>, action: &Action) -> Option<Answer> {
    /// Words around a number or a name given along with the yes.
    const GIVEN: &[&str] = &["order", "number", "my", "name", "email", "mail", "zip", "phone", "and", "with", "under", "ord", "one", "its"];
    let plain = |answer: &Answer| *answer != Answer::YesBut;
    let contact = &question.read.contact;
    let gives = contact.proves() || contact.name.is_some() || !question.heard.orders.is_empty();
    let given: Vec<String> = [&contact.email, &contact.name, &contact.zip, &contact.phone]
        .into_iter()
        .flatten()
        .flat_map(|text| tokens(text))
        .map(|t| t.text)
        .collect();
    let numbers: Vec<(usize, usize)> = question.heard.orders.iter().chain(&question.heard.tickets).map(|n| (n.start, n.end)).collect();
    let beside = |word: &crate::domain::heard::Word| {
        let numbered = numbers.iter().any(|(from, to)| *from <= word.start && word.end <= *to);
        gives && (numbered || GIVEN.contains(&word.text.as_str()) || given.contains(&word.text))
    };
    let words: Vec<_> = question.heard.words.iter().filter(|word| !beside(word)).cloned().collect();
    affirm::read_about(&words, things_of(action)).or(question.read.answer).filter(plain)
}

fn action_goal(question: &Question<'_>, agent: Agent) -> Goal {
    question.state.goal.filter(|goal| goal.intent().agent() == agent).unwrap_or(Goal::OpenTicket)
}

/// A trouble with an order that the message itself names.
fn trouble(question: &Question<'_>) -> Option<Goal> {
    const TROUBLE: [Goal; 8] = [
        Goal::Warranty,
        Goal::DamagedOrWrongItem,
        Goal::ReturnRequest,
        Goal::RefundStatus,
        Goal::TicketStatus,
        Goal::CancelOrder,
        Goal::ChangeOrder,
        Goal::ChangeAddress,
    ];
    question.read.hints.iter().find(|hint| hint.score >= 4.0 && TROUBLE.contains(&hint.goal)).map(|hint| hint.goal)
}

/// What the words alone settle, though a model that looks at the whole message may waver: one matter of
/// support or orders named outright, and none beside it.
fn certain(question: &Question<'_>) -> Option<Decision> {
    const OUTRIGHT: [Goal; 9] = [
        Goal::DamagedOrWrongItem,
        Goal::Repair,
        Goal::TicketStatus,
        Goal::Warranty,
        Goal::RefundStatus,
        Goal::ReturnPolicy,
        Goal::CancelOrder,
        Goal::ChangeAddress,
        Goal::MissingParcel,
    ];
    let hints = &question.read.hints;
    let outright = |goal: Goal| hints.iter().find(|hint| hint.goal == goal && hint.score >= 5.0);
    let best = hints.first().filter(|hint| hint.score >= 5.0 && OUTRIGHT.contains(&hint.goal))?;
    // "Any news on my repair?" asks for the ticket, not for what repairs cost.
    let best = outright(Goal::TicketStatus).filter(|_| best.goal == Goal::Repair).unwrap_or(best);
    let second = hints
        .iter()
        .skip(1)
        .filter(|hint| hint.goal.intent() != best.goal.intent() && hint.goal != Goal::OutOfScope)
        // "My parcel arrived smashed": the parcel is what is damaged.
        .filter(|hint| !(best.goal == Goal::DamagedOrWrongItem && hint.goal == Goal::OrderStatus))
        .map(|hint| hint.score)
        .fold(0.0_f32, f32::max);
    let under_way =
        question.state.focus.fault.is_some() && evidence_words::report(question.heard, question.read, question.text) != Report::Question;
    (second < 4.0 && !under_way).then(|| by_words(best.goal, "named outright"))
}

/// What is somebody else's is declined by the agent that would show it.
fn others(question: &Question<'_>) -> Option<Decision> {
    let known = &question.state.known;
    let contact = &question.read.contact;
    let number = question.heard.orders.iter().find(|n| n.certain).map(|n| n.bare.as_str());
    let given = [contact.email.as_deref(), contact.phone_tail.as_deref(), number];
    let of_others = given.into_iter().flatten().any(|value| known.of_others.iter().any(|other| other == value));
    let declined = !known.mourning && (question.read.others || of_others);
    declined.then(|| by_words(Goal::OrderStatus, "asks for somebody else's order"))
}

/// What is said of a fault, or says nothing.
const OF_FAULTS: [Goal; 8] = [
    Goal::Troubleshoot,
    Goal::SetupHelp,
    Goal::DamagedOrWrongItem,
    Goal::Affirm,
    Goal::Deny,
    Goal::OutOfScope,
    Goal::BotQuestion,
    Goal::SmallTalk,
];
/// What somebody wants instead of trying on.
const WISHES: [Goal; 12] = [
    Goal::OpenTicket,
    Goal::ReturnRequest,
    Goal::RefundStatus,
    Goal::CancelOrder,
    Goal::TicketStatus,
    Goal::Warranty,
    Goal::Repair,
    Goal::Goodbye,
    Goal::CodeCheck,
    Goal::Buy,
    Goal::StoreHours,
    Goal::MyOrders,
];

/// "How long does it take", of a step: only what is plainly about a delivery is not.
fn asks_how_long(question: &Question<'_>) -> bool {
    const ELSEWHERE: [&str; 11] =
        ["delivery", "deliver", "shipping", "ship", "arrive", "refund", "repair", "warranty", "guarantee", "parcel", "order"];
    starts(question, &[&["how", "long"], &["how", "much", "space"], &["how", "far"]])
        && question.heard.words.len() <= 7
        && !words(question).iter().any(|word| ELSEWHERE.contains(word))
}

/// A fault under way: reports go to it, questions that are plainly about something else do not.
fn fault(question: &Question<'_>) -> Option<Decision> {
    let Question { heard, read, state, text, .. } = *question;
    state.focus.fault.as_ref()?;
    let helped = |pending: &Pending| matches!(pending, Pending::Ask { slot: Slot::Helped, .. } | Pending::Confirm(_));
    let open = state.pending.as_ref().is_some_and(helped)
        || state.parked.as_ref().is_some_and(|p| helped(&p.pending))
        || state.goal == Some(Goal::Troubleshoot)
        || asks_how_long(question);
    if !open || heard.words.is_empty() {
        return None;
    }
    if read.best_hint().is_some_and(|hint| hint.goal == Goal::Repair && hint.score >= 5.0) {
        return Some(by_words(Goal::Repair, "what the repair costs"));
    }
    if asks_for_a_part(&heard.words) && heard.products.is_empty() {
        return Some(settled(Route::Agent(Agent::Support), Goal::Troubleshoot, "a part for what does not work"));
    }
    // What somebody wants instead of another step, said of what does not work.
    let turns_away = read.follow_ups.first().is_some_and(|hint| {
        let wants = matches!(hint.goal, Goal::ReturnRequest | Goal::ReturnPolicy | Goal::RefundStatus | Goal::Warranty | Goal::Repair);
        let of_the_order = matches!(hint.goal, Goal::OrderStatus | Goal::DeliveryDate)
            && (evidence_words::is_question(text) || starts(question, &[&["where"], &["what", "is", "with"], &["my"], &["is"]]));
        hint.score >= 5.0 && (wants || of_the_order)
    });
    let report = evidence_words::report(heard, read, text);
    if turns_away && report != Report::Solved {
        return None;
    }
    let best =
        |goals: &dyn Fn(Goal) -> bool| read.hints.iter().filter(|hint| goals(hint.goal)).map(|hint| hint.score).fold(0.0_f32, f32::max);
    // "The cable is fine, I swapped it" tells of a step.
    let swapped = words(question).iter().any(|w| matches!(*w, "swapped" | "exchanged" | "replaced"));
    let wish = best(&|goal| WISHES.contains(&goal) && !(swapped && goal == Goal::ReturnRequest));
    let numbered = heard.orders.iter().any(|n| n.certain) || read.contact.email.is_some();
    let sells = starts(question, &[&["do", "you", "sell"], &["do", "you", "have"], &["do", "you", "carry"], &["do", "you", "stock"]])
        || starts_within(question, &[&["you", "sell"], &["u", "sell"], &["you", "stock"], &["u", "have"]]);
    let goes_on = match report {
        _ if read.hint(Goal::OpenTicket) >= 4.0 || sells => false,
        Report::Solved | Report::Explain | Report::Waits => true,
        // The report of a step may speak of chargers and cables without wanting to buy any.
        Report::Failed | Report::Told => {
            let wants_to_buy = starts(
                question,
                &[&["i", "want"], &["i", "need"], &["looking", "for"], &["show", "me"], &["do", "you"], &["i", "would", "like"]],
            ) && read.hint(Goal::FindProduct) >= 3.0;
            let courtesy = read.hint(Goal::Thanks) >= 4.0 && report == Report::Told && heard.words.len() <= 5;
            // Words for another matter of the shop's outright, and none for a step: "forgot my password too".
            let elsewhere = best(&|goal| {
                matches!(goal, Goal::AccountProblem | Goal::PaymentProblem | Goal::Invoice)
                    || matches!(goal.intent(), Intent::General | Intent::Marketing) && !OF_FAULTS.contains(&goal)
            });
            // "This is a joke", and nothing of the step.
            let protests = read.hint(Goal::Complaint) >= 5.0 && report == Report::Told;
            wish < 4.0
                && !protests
                && elsewhere < 5.0
                && !wants_to_buy
                && !courtesy
                && (!numbered || heard.words.len() > 8 && report == Report::Failed)
        }
        Report::Question => {
            let stronger = best(&|goal| !OF_FAULTS.contains(&goal) && goal != Goal::ProductQuestion);
            let of_a_product = !heard.products.is_empty() && read.hint(Goal::ProductQuestion) >= 3.0;
            (stronger < 4.0 || asks_how_long(question)) && !of_a_product && !numbered
        }
    };
    goes_on.then(|| settled(Route::Agent(Agent::Support), Goal::Troubleshoot, "goes on with the fault"))
}

/// Whether a message begins with one of the phrases, a filler before it or not.
fn starts(question: &Question<'_>, phrases: &[&[&str]]) -> bool {
    let said = words(question);
    let begin =
        said.iter().take_while(|w| matches!(**w, "ok" | "okay" | "and" | "so" | "well" | "but" | "also" | "then" | "hi" | "hello")).count();
    phrases.iter().any(|phrase| said[begin..].starts_with(phrase))
}

/// Details that prove whose an order is, given without being asked for.
fn identity_given(question: &Question<'_>) -> Option<Decision> {
    let Question { heard, read, state, text, .. } = *question;
    if state.identity.level != IdentityLevel::Anonymous
        || !read.contact.proves()
        || matches!(state.pending, Some(Pending::Ask { slot: Slot::Contact, .. }))
    {
        return None;
    }
    let numbered = state.known.order_number.is_some() || !heard.orders.is_empty() || !heard.tickets.is_empty();
    let about = |goal: Goal| matches!(goal.intent(), Intent::Orders | Intent::Support);
    let under_way = state.goal.is_some_and(about);
    let other = elsewhere(question);
    if other >= 4.0 || !(numbered || under_way) || !faults_told(question.text).is_empty() {
        return None;
    }
    let hinted = trouble(question).or_else(|| read.best_hint().filter(|hint| hint.score >= 4.0 && about(hint.goal)).map(|hint| hint.goal));
    // "Order is 1007, maya@example.com", said in the middle of a matter: the number's own words name no other.
    let asks = evidence_words::is_question(text) || words(question).iter().any(|w| matches!(*w, "where" | "wheres" | "when" | "track"));
    let hinted = hinted.filter(|goal| asks || !matches!(goal, Goal::OrderStatus | Goal::Tracking | Goal::MyOrders | Goal::DeliveryDate));
    let before = state.goal.filter(|goal| {
        about(*goal)
            && !matches!(
                goal,
                Goal::Troubleshoot | Goal::ShippingPolicy | Goal::Pickup | Goal::SetupHelp | Goal::Complaint | Goal::OpenTicket
            )
    });
    let ticket = (!heard.tickets.is_empty()).then_some(Goal::TicketStatus);
    // A fault looked into is taken up again, now that it is known what it is of.
    let fault = (state.focus.fault.is_some() || state.goal == Some(Goal::Troubleshoot)).then_some(Goal::Troubleshoot);
    // A question just answered by the rule is answered by the order now; a fault is told of by its own.
    let asked_before = before.filter(|goal| matches!(goal, Goal::Warranty | Goal::RefundStatus | Goal::TicketStatus));
    let goal = hinted.or(ticket).or(asked_before).or(fault).or(before).unwrap_or(Goal::OrderStatus);
    Some(by_words(goal, "gives what proves whose it is"))
}

/// What is said of an order, a ticket or a rule on the table, in few words.
fn follow_up(question: &Question<'_>) -> Option<Decision> {
    const FEW: usize = 16;
    const SETTLES: f32 = 5.0;
    let Question { heard, read, state, text, .. } = *question;
    if heard.words.len() > FEW || heard.codes.iter().any(|code| code.known) {
        return None;
    }
    let goal = |goal: Goal| Some(by_words(goal, "about what is on the table"));
    // "Got it five weeks ago", said after a rule: its time is counted from there.
    let of_rules = matches!(state.goal, Some(Goal::ReturnRequest | Goal::ReturnPolicy | Goal::Warranty));
    if of_rules && duration::first(text).is_some() && !evidence_words::is_question(text) && elsewhere(question) < 4.0 {
        return goal(if state.goal == Some(Goal::Warranty) { Goal::Warranty } else { Goal::ReturnRequest });
    }
    if matches!(state.goal, Some(Goal::ReturnRequest | Goal::ReturnPolicy)) && asks_of_another(text) && elsewhere(question) < 4.0 {
        return goal(Goal::ReturnPolicy);
    }
    // "It's taking far too long", of a ticket just shown: no parcel is late.
    let waits = read.hint(Goal::LateParcel) > 0.0 && heard.products.is_empty() && heard.orders.is_empty();
    if state.goal == Some(Goal::TicketStatus) && state.focus.ticket.is_some() && waits {
        return goal(Goal::TicketStatus);
    }
    let best = read.follow_ups.first()?;
    let named = heard.orders.iter().any(|n| n.certain);
    let kept = match best.goal {
        // An order named is that order, and what belongs to another part of the shop is no follow-up.
        Goal::MyOrders => !named,
        Goal::FindProduct => false,
        Goal::Complaint if state.goal == Some(Goal::TicketStatus) => !evidence_words::is_question(text),
        Goal::Alternatives => state.product().is_some(),
        Goal::MissingParcel => read.answer.is_none(),
        // "And my washer shakes like hell": a thing that came is not asked for.
        Goal::OrderStatus if works_wrongly(text) || read.hint(Goal::DamagedOrWrongItem) >= 3.0 => false,
        // "The machine is 8 months old": of what does not work.
        Goal::Repair => state.focus.fault.is_some() || heard.products.is_empty() && heard.categories.is_empty(),
        _ => true,
    };
    let near = read.hints.iter().filter(|hint| hint.goal != best.goal && matches!(hint.goal.intent(), Intent::Orders | Intent::Support));
    let near = near.map(|hint| hint.score).fold(0.0_f32, f32::max);
    let settles = best.score > near || best.score >= SETTLES && near < SETTLES;
    let other = elsewhere(question);
    let stronger = best.score > other || best.score >= SETTLES && best.score >= other;
    (kept && settles && stronger).then(|| by_words(best.goal, "about what is on the table"))
}

/// A thing the customer has, and what is wrong with it, in whatever words.
fn fault_told(question: &Question<'_>) -> Option<Decision> {
    let Question { heard, read, state, text, .. } = *question;
    if faults_told(text).is_empty() || read.mourning {
        return None;
    }
    let said = words(question);
    let has = |list: &[&str]| said.iter().any(|w| list.contains(w));
    let tells = starts(question, &[&["the"], &["this"], &["it"]]) && !evidence_words::is_question(text);
    let owns = tells
        || has(&["my", "our", "mine", "ours"])
        || said.windows(2).any(|w| matches!(w, ["i" | "we", "bought" | "got" | "purchased" | "have"]))
        || said
            .windows(3)
            .any(|w| matches!(w, ["i" | "we", "also" | "have" | "just" | "recently", "bought" | "got" | "purchased" | "have"]));
    let own = has(&["my", "our"]) && !has(&["order", "money", "card", "account", "address", "email"]);
    let numbered = heard.orders.iter().any(|n| n.certain) && read.contact.proves();
    let owns = owns || numbered;
    let thing = own || numbered || tells || !heard.categories.is_empty() || !heard.products.is_empty() || has(&["it", "mine"]);
    let arrived = !works_wrongly(text) && has(&["arrived", "parcel", "package", "delivered", "delivery", "box", "courier", "shipping"]);
    let other = read.hints.iter().filter(|hint| {
        !matches!(
            hint.goal,
            Goal::Troubleshoot
                | Goal::SetupHelp
                | Goal::ProductQuestion
                | Goal::FindProduct
                // "It doesn't find its way any more" narrows nothing down.
                | Goal::RefineResults
                | Goal::DamagedOrWrongItem
                | Goal::Complaint
                | Goal::Deny
                | Goal::Affirm
        )
    });
    // "My order 1001, sanne@example.com. It knocks when it spins": the order is only named for the fault.
    let other = other.filter(|hint| !(numbered && matches!(hint.goal, Goal::OrderStatus | Goal::MyOrders | Goal::Greeting)));
    let strongest = other.map(|hint| hint.score).fold(0.0_f32, f32::max);
    // "Something for my ears to sleep" asks for a thing and has none.
    let looks_for = starts(question, &[&["something"], &["anything"], &["need", "something"], &["i", "need", "something"]]);
    // "The walls in our cellar are mouldy": what is wrong is with nothing the shop sells, and it has something for it.
    let needs = heard.products.is_empty() && heard.categories.is_empty() && needs::tells_clearly(heard);
    // "It always wakes the baby, is there one that isn't so loud": another is asked for.
    let another = said.windows(3).any(|w| matches!(w, ["is", "there", "one" | "any" | "something" | "anything"]));
    let buys = looks_for || needs || another || read.hint(Goal::FindProduct) >= 4.0 || read.hint(Goal::Recommend) >= 4.0;
    let asked = matches!(state.pending, Some(Pending::Ask { slot: Slot::Problem, .. }));
    let told = owns && thing && !arrived && strongest < 4.0 && !buys || asked && strongest < 4.5;
    told.then(|| Decision { continues: asked, ..by_words(Goal::Troubleshoot, "a thing and what is wrong with it") })
}

/// The meanings between which nobody need be asked: the words speak for an order or a trouble, only not for
/// which of the two.
pub fn is_plain(question: &Question<'_>, options: &[Choice]) -> bool {
    let near = |option: &Choice| matches!(Intent::from_name(&option.id), Some(Intent::Support | Intent::Orders));
    let clear =
        question.read.best_hint().is_some_and(|hint| hint.score >= 3.5 && matches!(hint.goal.intent(), Intent::Support | Intent::Orders));
    options.len() >= 2 && options.iter().take(2).all(near) && clear
}
