//! Opening hours: the shop's own words, worked out for the day that is asked about.

use super::lookup::{Findings, Lookup};
use super::say;
use super::turn::{Answer, Step, Turn};
use super::understanding::day::{self, AskedDay};
use crate::domain::act::{Act, ActKind};
use crate::domain::fact::{FactBook, FactId, Formula};
use crate::domain::goal::Goal;
use crate::domain::heard::Word;
use crate::domain::hours::{Clock, Plan, Schedule};
use crate::domain::record::Field;
use crate::domain::state::ConversationState;
use crate::domain::time::Day;
use crate::domain::value::Value;

/// The hours as far as the shop's words tell them.
struct Hours {
    schedule: Schedule,
    words: Vec<FactId>,
}

/// When the shop is open: on the day asked about, or at all.
pub fn step(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    if found.hours.is_none() {
        return Step::Look(vec![Lookup::Hours, say::knowledge_lookup(turn), usual_lookup()]);
    }
    let hours = hours(turn, found, book);
    let mut answer = Answer::default();
    let asked = day_meant(turn, &hours, book);
    state.focus.day = asked.map(|asked| asked.day);
    let told = asked.is_some_and(|asked| tell(turn, asked, &hours, book, &mut answer));
    if told {
        return answer.done();
    }
    // The words of the shop; first what the day asked about is known by, then its hours at all.
    let beside = |hit: &super::lookup::KnowledgeFound| !found.hours.iter().flatten().any(|id| *id == hit.record);
    let own = say::best_entry(found, 0).filter(|hit| asked.is_some() || turn.shop.hours.is_none() || beside(hit));
    match (own, &turn.shop.hours) {
        (Some(hit), _) => say::say_entry(book, hit, &mut answer),
        (None, Some(configured)) => {
            let sentence = book.shop(configured);
            answer.say(Act::plain(ActKind::Knowledge).with("sentence", sentence));
        }
        (None, None) => match say::best_entry(found, 1) {
            Some(hit) => say::say_entry(book, hit.record, &mut answer),
            None => answer.say_plain(ActKind::NotInRecords),
        },
    }
    // Whoever asks for the hours in general should not stand at a closed door today.
    let today = book.today();
    if hours.schedule.is_special(today) && asked.is_none() {
        closed_or_open(today, &hours, book, &mut answer, ActKind::ClosedHours, ActKind::OpenHours);
    }
    answer.done()
}

/// Whether and how an order can be fetched; first that it cannot on a day the shop is closed.
pub fn pickup(turn: &Turn<'_>, found: &Findings, book: &mut FactBook) -> Step {
    if found.hours.is_none() {
        return Step::Look(std::iter::once(Lookup::Hours).chain(say::lookups(turn)).collect());
    }
    let mut answer = Answer::default();
    let hours = hours(turn, found, book);
    // "Can I collect it?" asks about no day; only whoever means one is told that it is the wrong one.
    let asked = named(turn, &hours, book);
    // "How late can I come by on Saturday?" asks for the hours.
    let of_hours = say::best_entry(found, 0).is_some_and(|hit| found.hours.iter().flatten().any(|id| *id == hit.record));
    if asked.filter(|_| of_hours).is_some_and(|asked| tell(turn, asked, &hours, book, &mut answer)) {
        return answer.done();
    }
    let day = asked.map(|asked| asked.day);
    if let Some(day) = day.filter(|day| is_over(*day, &hours, book)) {
        closed(day, &hours, book, &mut answer, ActKind::ClosedHours);
    }
    say::known(turn, found, book, &mut answer);
    answer.done()
}

/// The day asked about: the one named, the next of those named in general ("on Sundays"), or the one that was just spoken
/// of ("what time do you close", after "are you open on Sunday?").
fn day_meant(turn: &Turn<'_>, hours: &Hours, book: &FactBook) -> Option<AskedDay> {
    const IN_GENERAL: [&str; 9] = ["usually", "normally", "generally", "hours", "times", "week", "weekdays", "days", "always"];
    let words = &turn.heard.words;
    let general = words.iter().any(|word| IN_GENERAL.contains(&word.text.as_str()));
    let spoken_of = turn.before.focus.day.filter(|_| turn.before.goal == Some(Goal::StoreHours) && !general);
    let spoken_of = spoken_of.map(|day| if is_day_after(words) { day.plus_days(1) } else { day });
    let usual = || day::every(words, book.today()).into_iter().find(|day| !hours.schedule.is_special(*day));
    named(turn, hours, book).or_else(|| usual().or(spoken_of).map(AskedDay::plain))
}

/// The day named. "On Friday", said when this Friday's hours are over, is the next one.
fn named(turn: &Turn<'_>, hours: &Hours, book: &FactBook) -> Option<AskedDay> {
    const WEEK: i32 = 7;
    let asked = day::asked(&turn.heard.words, book.today())?;
    let past = asked.weekday && matches!(hours.schedule.on(asked.day), Some(Plan::Open(..))) && is_over(asked.day, hours, book);
    Some(if past { AskedDay { day: asked.day.plus_days(WEEK), ..asked } } else { asked })
}

/// "And the day after?", of a day just spoken of.
pub fn is_day_after(words: &[Word]) -> bool {
    words.windows(2).any(|pair| matches!((pair[0].text.as_str(), pair[1].text.as_str()), ("day", "after") | ("next" | "following", "day")))
}

fn usual_lookup() -> Lookup {
    Lookup::Knowledge { text: "What are your opening hours?".to_owned(), procedures: Some(false), limit: 1 }
}

fn hours(turn: &Turn<'_>, found: &Findings, book: &mut FactBook) -> Hours {
    let mut words: Vec<FactId> = turn.shop.hours.iter().map(|configured| book.shop(configured)).collect();
    for id in found.hours.iter().flatten() {
        let count = say::entry(book, *id).map_or(0, |entry| entry.sentences().len());
        let places = (0..count).filter_map(|i| u16::try_from(i).ok());
        words.extend(places.filter_map(|place| book.field(*id, Field::Sentence(place))).collect::<Vec<_>>());
    }
    Hours { schedule: book.schedule(&words), words }
}

/// Answers for one day, if the shop's words tell its hours.
fn tell(turn: &Turn<'_>, asked: AskedDay, hours: &Hours, book: &mut FactBook, answer: &mut Answer) -> bool {
    let Some(plan) = hours.schedule.on(asked.day) else { return false };
    // A holiday nobody has written a rule for: the shop's own words may say more than its week does.
    if asked.holiday && !hours.schedule.is_special(asked.day) {
        return false;
    }
    let wants_yes = turn.heard.words.iter().any(|word| word.text == "open") && asks_yes_or_no(turn);
    let now = book.clock();
    let open_now = now.is_some_and(|now| matches!(plan, Plan::Open(from, until) if from <= now && now < until));
    let over = asked.day == book.today() && matches!((plan, now), (Plan::Open(_, until), Some(now)) if now >= until);
    if asked.now && wants_yes || over {
        if open_now {
            answer.say(act(ActKind::OpenNow, asked.day, hours, book));
        } else if plan == Plan::Closed {
            closed(asked.day, hours, book, answer, ActKind::ClosedDay);
        } else {
            answer.say(act(ActKind::ClosedNow, asked.day, hours, book));
            let before = matches!((plan, now), (Plan::Open(from, _), Some(now)) if now < from);
            let next = if before { Some(asked.day) } else { hours.schedule.next_open(asked.day) };
            answer.acts.extend(next.map(|day| act(ActKind::OpensNext, day, hours, book)));
        }
        return true;
    }
    let (closed_kind, open_kind) =
        if wants_yes { (ActKind::ClosedDay, ActKind::OpenDay) } else { (ActKind::ClosedHours, ActKind::OpenHours) };
    closed_or_open(asked.day, hours, book, answer, closed_kind, open_kind);
    true
}

/// "Are you open", rather than "when", "how late" or "until what time".
fn asks_yes_or_no(turn: &Turn<'_>) -> bool {
    !turn
        .heard
        .words
        .iter()
        .any(|word| matches!(word.text.as_str(), "when" | "what" | "how" | "until" | "till" | "which" | "hours" | "times"))
}

fn closed_or_open(day: Day, hours: &Hours, book: &mut FactBook, answer: &mut Answer, closed_kind: ActKind, open_kind: ActKind) {
    match hours.schedule.on(day) {
        Some(Plan::Open(..)) => answer.say(act(open_kind, day, hours, book)),
        Some(Plan::Closed) => closed(day, hours, book, answer, closed_kind),
        None => {}
    }
}

/// Closed, why, and when it opens again.
fn closed(day: Day, hours: &Hours, book: &mut FactBook, answer: &mut Answer, kind: ActKind) {
    let over = matches!(hours.schedule.on(day), Some(Plan::Open(..)));
    if over {
        answer.say(act(ActKind::ClosedNow, day, hours, book));
    } else {
        let date = ahead(day, book);
        let holiday = date.filter(|_| hours.schedule.is_special(day)).and_then(|date| book.derive(Formula::HolidayName, &[date]));
        answer.say(act(kind, day, hours, book).with_some("holiday", holiday));
    }
    answer.acts.extend(hours.schedule.next_open(day).map(|next| act(ActKind::OpensNext, next, hours, book)));
}

/// Whether nobody can come on a day any more.
fn is_over(day: Day, hours: &Hours, book: &FactBook) -> bool {
    let now: Option<Clock> = book.clock().filter(|_| day == book.today());
    match hours.schedule.on(day) {
        Some(Plan::Closed) => true,
        Some(Plan::Open(_, until)) => now.is_some_and(|now| now >= until),
        None => false,
    }
}

fn ahead(day: Day, book: &mut FactBook) -> Option<FactId> {
    let days = day.days_since(book.today());
    let known = book.facts().find(|(_, fact)| fact.value == Value::Day(day)).map(|(id, _)| id);
    known.or_else(|| book.derive(Formula::DayAhead(days), &[]))
}

/// An act about a day, with its hours and the words they are read from.
fn act(kind: ActKind, day: Day, hours: &Hours, book: &mut FactBook) -> Act {
    let Some(date) = ahead(day, book) else { return Act::plain(kind) };
    let sources: Vec<FactId> = std::iter::once(date).chain(hours.words.iter().copied()).collect();
    let spoken = book.derive(Formula::SpokenDay, &[date]);
    let (from, until) = (book.derive(Formula::Opens, &sources), book.derive(Formula::Closes, &sources));
    Act::plain(kind)
        .with("date", date)
        .with_many("words", hours.words.clone())
        .with_some("day", spoken)
        .with_some("from", from)
        .with_some("until", until)
}
