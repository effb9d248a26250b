//! Sales: finding, comparing, describing, recommending.

mod accessories;
mod asked;
mod basket;
mod buy;
mod compare;
mod find;
mod fit;
mod meant;
mod pick;
mod price;
mod question;
mod stock;
mod subject;
mod wider;

use super::lookup::{Findings, Lookup};
use super::resolve::{self, How};
use super::say;
use super::turn::{Answer, Colleague, Step, Turn, chip};
use super::understanding::form;
use super::understanding::references::Extreme;
use super::understanding::{qualities, quantity};
use crate::domain::act::{Act, ActKind};
use crate::domain::agent::Agent;
use crate::domain::asks::Slot;
use crate::domain::fact::{FactBook, RecordId};
use crate::domain::goal::Goal;
use crate::domain::heard::{ProductNamed, Word};
use crate::domain::query::Degree;
use crate::domain::state::{ConversationState, Pending};

/// The sales agent.
pub struct Sales;

impl Colleague for Sales {
    fn agent(&self) -> Agent {
        Agent::Sales
    }

    fn step(&self, turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
        let step = answer(turn, found, book, state);
        if matches!(step, Step::Say(_)) {
            remember(turn, state);
        }
        step
    }
}

fn answer(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    let turn = &Turn { goal: goal(turn), ..*turn };
    if let Some(step) = another_model(turn, found, book, state) {
        return step;
    }
    match turn.goal {
        Goal::FindProduct | Goal::RefineResults => find::step(turn, found, book, state),
        Goal::CompareProducts => compare::step(turn, found, book, state),
        Goal::ProductQuestion => question::step(turn, found, book, state),
        Goal::PriceQuestion => price::step(turn, found, book, state),
        Goal::StockQuestion => stock::step(turn, found, book, state),
        Goal::Recommend => pick::step(turn, found, book, state),
        Goal::Alternatives => alternatives(turn, found, book, state),
        Goal::Accessories => accessories::step(turn, found, book, state),
        Goal::BrowseCategories => assortment(turn, found, book),
        Goal::Buy => buy::step(turn, found, book, state),
        goal if goal.intent().agent() == Agent::Sales => say::from_knowledge(turn, found, book),
        goal => Answer::hand_over(goal),
    }
}

/// A model the shop does not have, by the name of one it has: said so first, before those it has are shown. Nothing is
/// shown for one the customer owns: what fits the one need not fit the other.
fn another_model(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Option<Step> {
    const SHOWN: usize = 3;
    let asked = matches!(
        turn.goal,
        Goal::FindProduct
            | Goal::RefineResults
            | Goal::ProductQuestion
            | Goal::PriceQuestion
            | Goal::StockQuestion
            | Goal::Buy
            | Goal::Recommend
            | Goal::Accessories
    );
    let (i, named) = turn.heard.products.iter().enumerate().find(|(_, named)| asked && named.other_model.is_some())?;
    let at = named.other_model.clone()?;
    let wanted = turn.read.roles.wants_product(i) && turn.goal != Goal::Accessories;
    if wanted && found.products.is_empty() {
        return Some(Step::Look(vec![Lookup::Products(named.skus.iter().take(SHOWN).cloned().collect())]));
    }
    let words = &turn.heard.words;
    let telling = |w: &Word| w.is_telling();
    let from = if wanted { at.start } else { words.iter().position(telling).unwrap_or(at.start).min(at.start) };
    let said = book.said(turn.text.get(words[from].start..words[at.end - 1].end)?);
    let mut answer = Answer::of(vec![Act::plain(ActKind::FoundNone).with("words", said)]);
    if wanted {
        answer.say_plain(ActKind::FoundNearest);
        say::list(book, &found.products, &mut answer);
        state.focus.listed = say::skus(book, &found.products);
        state.focus.products.clone_from(&state.focus.listed);
    }
    Some(answer.done())
}

/// What is wanted, now that the products of the conversation can be looked at: "and the gooseneck?" is no
/// narrower search but the last question, asked of another one on the table.
fn goal(turn: &Turn<'_>) -> Goal {
    const SHORT: usize = 6;
    let searches = matches!(turn.goal, Goal::FindProduct | Goal::RefineResults);
    let may_add = matches!(turn.goal, Goal::FindProduct | Goal::RefineResults | Goal::ProductQuestion | Goal::Accessories | Goal::Buy);
    if may_add && basket::is_asked(turn) {
        return Goal::PriceQuestion;
    }
    // "The quietest one you have instead": the best of its kind is wanted, whatever else was talked about.
    let may_mean = matches!(turn.goal, Goal::Alternatives | Goal::RefineResults | Goal::PriceQuestion | Goal::ProductQuestion);
    if may_mean && turn.heard.products.is_empty() && pick::of_all(turn) {
        return Goal::Recommend;
    }
    // "4 of the E27 and 2 of the E14, what's that": counted things are to be paid.
    let counts = |mention: &ProductNamed| quantity::beside(turn.heard, &mention.words, &turn.read.taken).is_some();
    if turn.goal == Goal::CompareProducts && turn.heard.products.len() > 1 && turn.heard.products.iter().any(counts) {
        return Goal::PriceQuestion;
    }
    if matches!(turn.goal, Goal::FindProduct | Goal::Recommend | Goal::ProductQuestion | Goal::RefineResults) && sets_side_by_side(turn) {
        return Goal::CompareProducts;
    }
    // "Does it have a headphone jack, she has old wired ones": what is asked of it is known.
    let of_it = turn.read.reference.extreme.is_none() && turn.heard.categories.is_empty() && turn.heard.products.is_empty();
    if turn.goal == Goal::ProductQuestion && turn.heard.property.is_some() && of_it {
        return turn.goal;
    }
    let of_things = matches!(turn.goal, Goal::ProductQuestion | Goal::FindProduct | Goal::RefineResults | Goal::StockQuestion | Goal::Buy);
    if of_things && accessories::goes_with_it(turn) {
        return Goal::Accessories;
    }
    // "Can you add more later": more of what it has, not more of what is on sale.
    if searches && adds_more(turn) {
        return Goal::ProductQuestion;
    }
    // "Ok black. Battery?": another version of what is in hand, and what is asked of that.
    if searches && turn.heard.categories.is_empty() && turn.read.prices.is_empty() && !resolve::variant(turn).is_empty() {
        return if turn.heard.properties.iter().any(|named| *named) { Goal::ProductQuestion } else { Goal::StockQuestion };
    }
    if (of_things || turn.goal == Goal::PriceQuestion) && basket::asks_with_a_service(turn) {
        return Goal::PriceQuestion;
    }
    // "Actually I want the Katana instead, do you have it": the one that is named, not another.
    if turn.goal == Goal::Alternatives && takes_another(turn) {
        return Goal::StockQuestion;
    }
    // "And if I take two": what they come to.
    if matches!(turn.goal, Goal::Buy | Goal::StockQuestion) && asks_for_several(turn) {
        return Goal::PriceQuestion;
    }
    if turn.goal == Goal::ProductQuestion && wants_another(turn) {
        return Goal::RefineResults;
    }
    // "Got the cheaper one in stock?"
    let stock = turn.read.best_hint().is_some_and(|hint| hint.goal == Goal::StockQuestion && hint.score >= 5.0);
    if (stock || asks_whether_it_is_back(turn)) && turn.goal == Goal::ProductQuestion {
        return Goal::StockQuestion;
    }
    // "Which of the two would you give a beginner": of several that are meant, one is asked for.
    if matches!(turn.goal, Goal::ProductQuestion | Goal::FindProduct) && asks_our_choice(turn) {
        return Goal::Recommend;
    }
    // "The cheapest with more than 50 min" chooses, of those that meet the bound.
    let bounded = !turn.read.measures.measures.is_empty() && turn.heard.products.is_empty();
    let chooses = matches!(turn.read.reference.extreme, Some(Extreme::Cheapest | Extreme::Dearest));
    if bounded && chooses && matches!(turn.goal, Goal::ProductQuestion | Goal::PriceQuestion | Goal::RefineResults) {
        return Goal::Recommend;
    }
    if searches && too_dear_of_another_kind(turn) {
        return Goal::Alternatives;
    }
    if (searches || turn.goal == Goal::Alternatives) && points_at_one(turn) {
        return last_question(turn);
    }
    let definite = turn.heard.words.iter().any(|w| matches!(w.text.as_str(), "the" | "that"));
    let narrows = turn.heard.words.iter().any(|w| matches!(w.text.as_str(), "only" | "just" | "ones"));
    let bare = !narrows && turn.heard.categories.is_empty() && turn.read.prices.is_empty() && turn.read.wishes.is_empty();
    if !(searches && definite && bare) || turn.heard.words.len() > SHORT {
        return turn.goal;
    }
    let meant = resolve::products(turn);
    if meant.how != How::Pointed || meant.skus.len() != 1 {
        return turn.goal;
    }
    last_question(turn)
}

/// "Add more later", "can I put more in it".
fn adds_more(turn: &Turn<'_>) -> bool {
    let adds = |w: &str| matches!(w, "add" | "put" | "fit" | "install" | "hold" | "extend" | "upgrade");
    turn.heard.words.windows(2).any(|pair| adds(&pair[0].text) && pair[1].text == "more") && !turn.before.focus.products.is_empty()
}

/// A product named as what is wanted "instead" of what was talked about.
fn takes_another(turn: &Turn<'_>) -> bool {
    let instead = turn.heard.words.iter().position(|w| w.text == "instead");
    let of = |at: usize| turn.heard.words.get(at + 1).is_some_and(|w| w.text == "of");
    let mut named = turn.heard.products.iter().enumerate().filter(|(i, _)| turn.read.roles.wants_product(*i));
    instead.is_some_and(|at| !of(at) && named.any(|(_, mention)| mention.words.end <= at))
}

/// "And if I take two of them".
fn asks_for_several(turn: &Turn<'_>) -> bool {
    let begins = turn.heard.words.windows(2).any(|pair| {
        matches!((pair[0].text.as_str(), pair[1].text.as_str()), ("if", "i" | "we" | "you") | ("what" | "how", "if" | "about"))
    });
    begins && !turn.before.focus.products.is_empty() && quantity::of_it(turn.heard, &turn.read.taken).is_some_and(|count| count > 1)
}

/// "Is it lighter than the Pixel", "the Polder, is it heavier?", "Samsung or LG TV".
fn sets_side_by_side(turn: &Turn<'_>) -> bool {
    let heard = turn.heard;
    let more = turn.read.wishes.iter().find(|wish| wish.quality.degree == Degree::More);
    let than = more.is_some_and(|wish| heard.words.get(wish.words.end).is_some_and(|w| w.text == "than"));
    let named = !heard.products.is_empty() || !heard.brands.is_empty();
    let other = heard.products.iter().any(|mention| !mention.skus.iter().any(|sku| turn.before.focus.products.contains(sku)));
    let whether = more.is_some() && turn.read.form.asks == form::Asks::Whether && other && !turn.before.focus.products.is_empty();
    let or = heard.brands.windows(2).any(|pair| {
        let between = &heard.words[pair[0].words.end..pair[1].words.start.max(pair[0].words.end)];
        matches!(between, [only] if matches!(only.text.as_str(), "or" | "vs" | "versus"))
    });
    // "How loud is it compared to the Prima 100", "and the A36 is cheaper, right?"
    let against = heard
        .words
        .windows(2)
        .any(|pair| matches!((pair[0].text.as_str(), pair[1].text.as_str()), ("compared", "to" | "with") | ("next", "to") | ("unlike", _)));
    let states =
        more.is_some_and(|wish| wish.words.start > 0 && matches!(heard.words[wish.words.start - 1].text.as_str(), "is" | "are" | "be"));
    let stated = states && other && !turn.before.focus.products.is_empty();
    (than || against) && named || whether || stated || or && heard.products.is_empty() && !heard.categories.is_empty()
}

/// "Is there a bigger one": another than the one talked about.
fn wants_another(turn: &Turn<'_>) -> bool {
    let before = |at: usize| at.checked_sub(1).map_or("", |i| turn.heard.words[i].text.as_str());
    let more = |wish: &qualities::Wished| {
        wish.quality.degree == Degree::More && matches!(before(wish.words.start), "a" | "any" | "something" | "anything")
    };
    turn.heard.products.is_empty() && turn.read.wishes.iter().any(more)
}

/// "Is the Garmin back", "are they available again".
fn asks_whether_it_is_back(turn: &Turn<'_>) -> bool {
    let words = &turn.heard.words;
    let ends = words.iter().rev().find(|w| !matches!(w.text.as_str(), "in" | "again" | "yet" | "now"));
    let asked = words.iter().any(|w| matches!(w.text.as_str(), "is" | "are" | "when" | "will"));
    asked && ends.is_some_and(|w| matches!(w.text.as_str(), "back" | "available" | "restocked"))
}

/// "Which of them would you take", "which one should I get", of several on the table.
fn asks_our_choice(turn: &Turn<'_>) -> bool {
    let has = |words: &[&str]| turn.heard.words.iter().any(|w| words.contains(&w.text.as_str()));
    let focus = &turn.before.focus;
    let several = focus.products.len() > 1 || focus.listed.len() > 1 || focus.recent.len() > 1;
    let who = has(&["you", "u", "ya", "i", "we"]);
    several && turn.read.form.asks == form::Asks::Which && who && has(&["would", "should", "recommend", "choose", "pick", "prefer"])
}

/// "That's too much", of a product that no search led to: something cheaper of its own kind.
fn too_dear_of_another_kind(turn: &Turn<'_>) -> bool {
    let [only] = turn.before.focus.products.as_slice() else { return false };
    let kind = turn.shown.iter().find(|p| p.sku == *only).and_then(|p| p.leaf_category());
    let searched =
        turn.before.focus.query.as_ref().is_some_and(|query| kind.is_some_and(|kind| query.categories.iter().any(|c| c == kind)));
    wants_cheaper(turn) && !searched && turn.read.prices.is_empty() && turn.heard.categories.is_empty()
}

/// "Cheaper", "less expensive", "that's too much".
fn wants_cheaper(turn: &Turn<'_>) -> bool {
    let has = |words: &[&str]| turn.heard.words.iter().any(|w| words.contains(&w.text.as_str()));
    let dear = &["expensive", "pricey", "dear", "steep", "costly"];
    has(&["cheaper", "cheap"]) || has(&["too"]) && (has(dear) || has(&["much"])) || has(&["less"]) && has(dear) || has(&["budget"])
}

/// "And the small one?", "no, the other one": one of those on the table, and nothing to search by.
fn points_at_one(turn: &Turn<'_>) -> bool {
    let text = |i: usize| turn.heard.words.get(i).map_or("", |w| w.text.as_str());
    let asks_all = turn.heard.words.iter().any(|w| matches!(w.text.as_str(), "show" | "list" | "all" | "see" | "any"));
    let definite = |at: usize| at > 0 && matches!(text(at - 1), "the" | "that" | "this") && !asks_all;
    let kinds = &turn.heard.categories;
    let kind_points = !kinds.is_empty() && kinds.iter().all(|named| definite(named.words.start));
    let points = turn.read.reference.is_exact() || resolve::pointing_wish(turn).is_some() || kind_points;
    // "The cheapest one with Wi-Fi 7" is looked for, where nothing on the table has that.
    if turn.read.reference.extreme.is_some() && !resolve::feature(turn).is_empty() {
        return false;
    }
    let bounds = !turn.read.prices.is_empty() || !turn.read.measures.measures.is_empty();
    if !points || bounds || !kinds.is_empty() && !kind_points || !turn.heard.products.is_empty() {
        return false;
    }
    let meant = resolve::products(turn);
    meant.how == How::Pointed && meant.skus.len() == 1
}

/// What was asked last, where it can be asked of another product as it stands.
fn last_question(turn: &Turn<'_>) -> Goal {
    match turn.before.goal {
        Some(goal @ (Goal::PriceQuestion | Goal::StockQuestion)) => goal,
        _ => Goal::ProductQuestion,
    }
}

/// Keeps what was named or shown, and what the customer owns, for later messages.
fn remember(turn: &Turn<'_>, state: &mut ConversationState) {
    // The newest first: what is talked about, what was before, and a list only when it is new.
    let new_list: &[String] = if state.focus.listed == turn.before.focus.listed { &[] } else { &state.focus.listed };
    let shown = state.focus.products.iter().chain(&turn.before.focus.products).chain(new_list).cloned().collect::<Vec<_>>();
    let named =
        turn.heard.products.iter().filter(|mention| mention.skus.len() <= 2).flat_map(|mention| mention.skus.iter().take(1).cloned());
    state.focus.note(shown.into_iter().chain(named));
    let owned: Vec<String> = turn
        .heard
        .products
        .iter()
        .enumerate()
        .filter(|(i, _)| !turn.read.roles.wants_product(*i))
        .flat_map(|(_, mention)| mention.skus.iter().take(2).cloned())
        .collect();
    if !owned.is_empty() {
        state.focus.owned = owned;
    }
}

/// Asks which product is meant; of those on the table, if there are any.
pub(super) fn ask_product(turn: &Turn<'_>, state: &mut ConversationState, choices: &[String]) -> Step {
    let kind = if choices.len() > 1 { ActKind::AskWhichProduct } else { ActKind::AskProduct };
    let mut answer = Answer::of(vec![Act::plain(kind)]);
    answer.asks.push(Slot::Product);
    answer.reasked = matches!(&state.pending, Some(Pending::Ask { slot: Slot::Product, .. })) && turn.continues;
    state.pending =
        Some(Pending::Ask { slot: Slot::Product, goal: turn.goal, agent: Agent::Sales, said: say::question_text(turn), attempts: 1 });
    answer.done()
}

/// Others shown at once, and how many are looked at for cheaper ones.
const OTHERS: usize = 3;
const AMONG: usize = 12;

/// Something else of the same kind.
fn alternatives(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    let meant = resolve::products(turn);
    let Some(sku) = meant.skus.first().cloned() else { return find::step(turn, found, book, state) };
    let Some(others) = &found.alternatives else {
        let limit = if wants_cheaper(turn) { AMONG } else { OTHERS };
        return Step::Look(vec![Lookup::Products(vec![sku.clone()]), Lookup::Alternatives { sku, limit }]);
    };
    let mut answer = Answer::default();
    let name = found.products.first().and_then(|id| say::name(book, *id));
    let own = found.products.first().and_then(|id| say::product(book, *id)).and_then(|product| product.price);
    let cheaper = wants_cheaper(turn) || turn.heard.words.iter().any(|w| w.text == "less");
    let fits = |id: &RecordId| {
        !cheaper || say::product(book, *id).and_then(|p| p.price).zip(own).is_some_and(|(price, own)| price.minor < own.minor)
    };
    let others: Vec<RecordId> = others.iter().copied().filter(fits).take(OTHERS).collect();
    if others.is_empty() {
        answer.say(Act::plain(ActKind::NoAlternatives).with_some("product", name));
    } else {
        answer.say(Act::plain(ActKind::AlternativesIntro).with_some("product", name));
        say::list(book, &others, &mut answer);
        state.focus.listed = say::skus(book, &others);
        state.focus.products.clear();
        answer.options.push(chip("compare", "Compare the first two"));
    }
    answer.done()
}

/// What the shop sells at all.
fn assortment(turn: &Turn<'_>, found: &Findings, book: &mut FactBook) -> Step {
    if found.categories.is_empty() && found.brands.is_empty() {
        return Step::Look(vec![Lookup::Assortment]);
    }
    let mut answer = Answer::default();
    let brands_wanted = turn.heard.words.iter().any(|w| w.stem == "brand" || w.stem == "maker" || w.text == "makes");
    let mut named: Vec<&str> = if brands_wanted {
        found.brands.iter().map(String::as_str).collect()
    } else {
        found.categories.iter().map(|(name, _)| name.as_str()).collect()
    };
    named.truncate(if brands_wanted { 24 } else { 18 });
    let facts = named.iter().map(|name| book.shop(name)).collect();
    let kind = if brands_wanted { ActKind::Brands } else { ActKind::Categories };
    answer.say(Act::plain(kind).with_many("names", facts));
    for name in named.iter().take(3).filter(|_| !brands_wanted) {
        answer.options.push(chip("say", name));
    }
    answer.done()
}
