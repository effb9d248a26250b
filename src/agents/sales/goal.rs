//! What is wanted of sales, now that the products of the conversation can be looked at.

use std::sync::Arc;

use super::super::resolve::{self, How};
use super::super::turn::Turn;
use super::super::understanding::form;
use super::super::understanding::references::Extreme;
use super::super::understanding::{needs, qualities, quantity};
use super::{accessories, basket, option, pick, together};
use crate::domain::agent::Agent;
use crate::domain::goal::Goal;
use crate::domain::heard::ProductNamed;
use crate::domain::measure;
use crate::domain::product::Product;
use crate::domain::query::Degree;
use crate::domain::text::colours;

/// What is wanted, now that the products of the conversation can be looked at: "and the gooseneck?" is no
/// narrower search but the last question, asked of another one on the table.
pub fn of(turn: &Turn<'_>) -> Goal {
    plainly(turn).unwrap_or_else(|| by_what_it_says(turn))
}

/// By what can mean nothing else: a sum, the best of a kind, a comparison.
fn plainly(turn: &Turn<'_>) -> Option<Goal> {
    let searches = matches!(turn.goal, Goal::FindProduct | Goal::RefineResults);
    if let Some(goal) = by_kind_or_denial(turn, searches) {
        return Some(goal);
    }
    let priced = turn.read.hints.iter().any(|hint| hint.goal == Goal::PriceQuestion);
    if (searches || turn.goal == Goal::Accessories || turn.goal == Goal::PriceQuestion && !priced) && asks_with(turn) {
        return Some(Goal::ProductQuestion);
    }
    if next_in_price(turn).is_some() && turn.before.focus.query.is_some() {
        // Beside the one in hand, the next one is told by what sets it apart.
        return Some(if turn.before.focus.products.len() == 1 { Goal::CompareProducts } else { Goal::RefineResults });
    }
    if matches!(turn.goal, Goal::ProductQuestion | Goal::FindProduct | Goal::RefineResults | Goal::PriceQuestion)
        && asks_whether_it_is_cheaper(turn)
    {
        return Some(Goal::CompareProducts);
    }
    if searches && judges_what_is_meant(turn) {
        return Some(Goal::ProductQuestion);
    }
    let may_add = matches!(turn.goal, Goal::FindProduct | Goal::RefineResults | Goal::ProductQuestion | Goal::Accessories | Goal::Buy)
        || turn.goal == Goal::Alternatives && basket::swaps(turn);
    if may_add && (basket::is_asked(turn) || together::is_asked(turn)) {
        return Some(Goal::PriceQuestion);
    }
    // "The quietest one you have instead": the best of its kind is wanted, whatever else was talked about.
    let may_mean = matches!(turn.goal, Goal::Alternatives | Goal::RefineResults | Goal::PriceQuestion | Goal::ProductQuestion);
    if may_mean && turn.heard.products.is_empty() && pick::of_all(turn) {
        return Some(Goal::Recommend);
    }
    // "4 of the E27 and 2 of the E14, what's that": counted things are to be paid.
    let counts = |mention: &ProductNamed| quantity::beside(turn.heard, &mention.words, &turn.read.taken).is_some();
    if turn.goal == Goal::CompareProducts && turn.heard.products.len() > 1 && turn.heard.products.iter().any(counts) {
        return Some(Goal::PriceQuestion);
    }
    if matches!(turn.goal, Goal::FindProduct | Goal::Recommend | Goal::ProductQuestion | Goal::RefineResults) && sets_side_by_side(turn) {
        return Some(Goal::CompareProducts);
    }
    // "Does it have a headphone jack, she has old wired ones": what is asked of it is known.
    let of_it = turn.read.reference.extreme.is_none() && turn.heard.categories.is_empty() && turn.heard.products.is_empty();
    let of_it = of_it && !wants_another(turn);
    (turn.goal == Goal::ProductQuestion && turn.heard.property.is_some() && of_it).then_some(turn.goal)
}

/// By a kind that is named beside what it seems to want, and by what is turned down.
fn by_kind_or_denial(turn: &Turn<'_>, searches: bool) -> Option<Goal> {
    // "Do you have a hedge trimmer too": nothing that goes with what is in hand, nor instead of it.
    if matches!(turn.goal, Goal::Alternatives | Goal::BrowseCategories | Goal::Accessories)
        && !turn.read.reference.pronoun
        && needs::lacking(turn.heard).is_some()
    {
        return Some(Goal::FindProduct);
    }
    // "A descaler for it", after coffee machines were shown: the one that is named, not one of those.
    if turn.goal == Goal::RefineResults && names_another(turn) {
        return Some(Goal::FindProduct);
    }
    // "For a MacBook Air", after what a plan costs as a share: what it comes to for that.
    let told_a_price = turn.before.focus.entry.is_some() && matches!(turn.before.goal, Some(Goal::PriceQuestion | Goal::Warranty));
    let of_another = turn.heard.words.first().is_some_and(|word| word.text == "for") && !turn.heard.products.is_empty();
    if told_a_price && of_another && turn.goal.intent().agent() == Agent::Sales {
        return Some(Goal::PriceQuestion);
    }
    // "What can I buy to store more games", "what else have you got to cook with": what it is for is said.
    let brands = turn.heard.words.iter().any(|w| matches!(w.text.as_str(), "brand" | "brands" | "makes" | "maker" | "makers"));
    if turn.goal == Goal::BrowseCategories && !brands && (needs::sold(turn.heard).is_some() || !turn.heard.categories.is_empty()) {
        return Some(Goal::FindProduct);
    }
    // "How much does it use" asks for no price.
    let amount = turn.read.form.asks == form::Asks::HowMuchOf && turn.read.form.subject == form::Subject::Pointed;
    if turn.goal == Goal::PriceQuestion
        && amount
        && turn.read.hints.iter().any(|hint| hint.goal == Goal::ProductQuestion && hint.score >= 5.0)
    {
        return Some(Goal::ProductQuestion);
    }
    // "And a second battery for hers, what does that cost": of another kind than the one in hand.
    if turn.goal == Goal::PriceQuestion && prices_another_kind(turn) {
        return Some(Goal::FindProduct);
    }
    // "She has about 1000 to spend, not Apple please": less of what was searched for.
    let rules_out = turn.heard.brands.iter().any(|brand| needs::is_excluded(turn.heard, brand.words.start));
    if turn.goal == Goal::ProductQuestion && rules_out && turn.before.focus.query.is_some() && turn.before.focus.listed.len() > 1 {
        return Some(Goal::RefineResults);
    }
    // "Which one is better for diving, I go down to 15 meters": of the two that were set side by side.
    let several = turn.before.focus.products.len() > 1;
    let nameless = turn.heard.categories.is_empty() && turn.heard.products.is_empty() && turn.heard.brands.is_empty();
    if searches && several && nameless && turn.read.form.asks == form::Asks::Which && !turn.read.measures.measures.is_empty() {
        return Some(Goal::Recommend);
    }
    let chooses = searches || matches!(turn.goal, Goal::ProductQuestion | Goal::Alternatives | Goal::Recommend | Goal::Buy);
    if chooses && !resolve::turned_down(turn).is_empty() {
        return Some(Goal::RefineResults);
    }
    None
}

/// By what is said of what is in hand or on the table.
fn by_what_it_says(turn: &Turn<'_>) -> Goal {
    const SHORT: usize = 6;
    let searches = matches!(turn.goal, Goal::FindProduct | Goal::RefineResults);
    let of_things = matches!(turn.goal, Goal::ProductQuestion | Goal::FindProduct | Goal::RefineResults | Goal::StockQuestion | Goal::Buy);
    if of_things && accessories::goes_with_it(turn) {
        return Goal::Accessories;
    }
    // "No cable please", of those listed.
    if turn.goal == Goal::ProductQuestion && turn.before.focus.listed.len() > 1 && needs::only_rules_out(turn.heard) {
        return Goal::RefineResults;
    }
    // "Can you add more later": more of what it has, not more of what is on sale.
    if searches && adds_more(turn) {
        return Goal::ProductQuestion;
    }
    // "Ok black. Battery?": another version of what is in hand, and what is asked of that.
    if searches && turn.heard.categories.is_empty() && turn.read.prices.is_empty() && !resolve::variant(turn).is_empty() {
        return if turn.heard.properties.iter().any(|named| *named) { Goal::ProductQuestion } else { Goal::StockQuestion };
    }
    if let Some(goal) = of_a_colour(turn, searches) {
        return goal;
    }
    if (of_things || turn.goal == Goal::PriceQuestion) && basket::asks_with_a_service(turn) {
        return Goal::PriceQuestion;
    }
    // "Actually I want the Katana instead, do you have it": the one that is named, not another.
    if turn.goal == Goal::Alternatives && takes_another(turn) {
        return Goal::StockQuestion;
    }
    // "And if I take two", "two of them please, what's that": what they come to.
    let counted = matches!(turn.goal, Goal::Buy | Goal::StockQuestion) && asks_for_several(turn);
    let sum_of_several = turn.goal != Goal::PriceQuestion && basket::counts_what_is_in_hand(turn);
    if counted || sum_of_several && turn.goal.intent().agent() == Agent::Sales {
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

/// "And with the case?", of earbuds whose records have a "Battery life with case".
fn asks_with(turn: &Turn<'_>) -> bool {
    const SHORT: usize = 9;
    let words = &turn.heard.words;
    let hand = &turn.before.focus.products;
    let Some(with) = words.iter().position(|word| word.text == "with").filter(|_| words.len() <= SHORT && !hand.is_empty()) else {
        return false;
    };
    let Some(what) = words[with..].iter().rfind(|word| word.is_telling()) else { return false };
    let named = format!(" with {} ", what.stem);
    let states = |product: &Arc<Product>| product.specs.iter().any(|spec| format!(" {} ", measure::stems(&spec.name)).contains(&named));
    turn.shown.iter().filter(|product| hand.contains(&product.sku)).any(states)
}

/// What is wanted of the thing in hand in another colour.
fn of_a_colour(turn: &Turn<'_>, searches: bool) -> Option<Goal> {
    // "Do you have it in black": the one in hand, in another colour.
    let of_it = turn.read.reference.pronoun && turn.before.focus.products.len() == 1;
    // "Do you have it in another colour": which it has.
    let colour = turn.heard.words.iter().any(|w| matches!(w.stem.as_str(), "colour" | "color"));
    if (searches || matches!(turn.goal, Goal::StockQuestion | Goal::Alternatives)) && of_it && colour && option::colour_said(turn).is_none()
    {
        return Some(Goal::ProductQuestion);
    }
    // Two versions of it may be in hand.
    let of_them = (turn.read.reference.pronoun || turn.read.reference.plural) && resolve::is_one_thing(turn);
    let coloured = turn.heard.words.iter().any(|w| colours::is_colour(&w.text));
    let of_another = searches && (of_it || of_them) && turn.heard.products.is_empty() && turn.heard.categories.is_empty() && coloured;
    of_another.then_some(Goal::StockQuestion)
}

/// "The next one up", "whats the next one down in price": which way.
pub fn next_in_price(turn: &Turn<'_>) -> Option<std::cmp::Ordering> {
    let text = |i: usize| turn.heard.words.get(i).map_or("", |w| w.text.as_str());
    if let Some(beyond) = beyond_the_table(turn) {
        return Some(beyond);
    }
    let at = (0..turn.heard.words.len()).find(|i| text(*i) == "next")?;
    let behind = if text(at + 1) == "one" { at + 2 } else { at + 1 };
    match text(behind) {
        "up" => Some(std::cmp::Ordering::Greater),
        "down" => Some(std::cmp::Ordering::Less),
        _ => None,
    }
}

/// "What about the more expensive one", where all that was shown costs the same: the next one beyond it.
fn beyond_the_table(turn: &Turn<'_>) -> Option<std::cmp::Ordering> {
    let way = match turn.read.reference.extreme? {
        Extreme::Dearest => std::cmp::Ordering::Greater,
        Extreme::Cheapest => std::cmp::Ordering::Less,
        Extreme::Lightest | Extreme::Heaviest => return None,
    };
    let compares = turn.heard.words.iter().any(|w| matches!(w.text.as_str(), "cheaper" | "pricier" | "dearer" | "more" | "less"));
    let heard = turn.heard;
    let bare = heard.products.is_empty() && heard.brands.is_empty() && heard.categories.is_empty() && turn.read.prices.is_empty();
    let shown = !turn.before.focus.listed.is_empty() || !turn.before.focus.products.is_empty();
    let table = resolve::pointed_at(turn);
    let family = |sku: &String| turn.shown.iter().find(|p| p.sku == *sku).map(|p| p.family().to_owned());
    let hand = turn.before.focus.products.first();
    let itself = table.len() == 1 && turn.before.focus.listed.len() < 2 && hand.is_some_and(|own| family(own) == family(&table[0]));
    (compares && bare && shown && (table.is_empty() || itself)).then_some(way)
}

/// "Is the cheaper one good enough for gaming": asked of what is meant; what it is for is no kind to be searched.
fn judges_what_is_meant(turn: &Turn<'_>) -> bool {
    let text = |i: usize| turn.heard.words.get(i).map_or("", |w| w.text.as_str());
    let form = turn.read.form;
    let asked = form.asks == form::Asks::Whether && form.subject == form::Subject::Pointed && turn.heard.products.is_empty();
    let behind_for = |at: usize| (at.saturating_sub(2)..at).any(|i| text(i) == "for");
    let focus = &turn.before.focus;
    let shown = !focus.products.is_empty() || focus.listed.len() == 1 || turn.read.reference.is_exact() && !focus.listed.is_empty();
    asked && shown && !turn.heard.categories.is_empty() && turn.heard.categories.iter().all(|named| behind_for(named.words.start))
}

/// "Add more later", "can I put more in it".
fn adds_more(turn: &Turn<'_>) -> bool {
    let adds = |w: &str| matches!(w, "add" | "put" | "fit" | "install" | "hold" | "extend" | "upgrade");
    turn.heard.words.windows(2).any(|pair| adds(&pair[0].text) && pair[1].text == "more") && !turn.before.focus.products.is_empty()
}

/// Whether the price is asked of a kind of thing told by its use, which what is in hand is not of.
fn prices_another_kind(turn: &Turn<'_>) -> bool {
    let Some(need) = needs::sold(turn.heard) else { return false };
    let bare = turn.heard.products.is_empty() && turn.heard.categories.is_empty() && !turn.read.reference.is_exact();
    let words = &turn.heard.words;
    let indefinite = words.windows(2).any(|pair| matches!(pair[0].text.as_str(), "a" | "an" | "another") && pair[1].is_telling());
    let focus = &turn.before.focus;
    let shown = focus
        .products
        .iter()
        .chain(&focus.listed)
        .any(|sku| resolve::kind_of(turn, sku).is_some_and(|kind| need.categories.iter().any(|own| own == kind)));
    let summed = words.iter().any(|w| matches!(w.text.as_str(), "total" | "together" | "altogether" | "both" | "all"));
    bare && indefinite && !shown && !summed
}

/// Whether one product is named that is of none of the kinds last looked for.
fn names_another(turn: &Turn<'_>) -> bool {
    const NAMED: f32 = 0.3;
    let Some(query) = &turn.before.focus.query else { return false };
    let listed = &turn.before.focus.listed;
    let kind_differs = |sku: &String| match resolve::kind_of(turn, sku) {
        Some(kind) => !query.categories.iter().any(|own| own == kind) && !listed.contains(sku),
        None => true,
    };
    let wanted =
        |(i, named): &(usize, &ProductNamed)| turn.read.roles.wants_product(*i) && named.coverage >= NAMED && named.skus.len() <= 2;
    !query.categories.is_empty()
        && turn.heard.products.iter().enumerate().filter(wanted).any(|(_, named)| named.skus.iter().all(kind_differs))
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
    let pointing = resolve::pointing_wish(turn);
    let more = turn.read.wishes.iter().find(|wish| wish.quality.degree == Degree::More && pointing != Some(*wish));
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

/// "What about the Switch then, is that cheaper": of another one that is named, beside the one talked about.
pub fn asks_whether_it_is_cheaper(turn: &Turn<'_>) -> bool {
    let heard = turn.heard;
    let text = |i: usize| heard.words.get(i).map_or("", |w| w.text.as_str());
    let named_before = |at: usize| {
        let ends = heard.products.iter().map(|p| p.words.end).chain(heard.brands.iter().map(|b| b.words.end));
        ends.into_iter().any(|end| end <= at)
    };
    let is = |i: usize| matches!(text(i), "is" | "are" | "s" | "isnt" | "thats" | "its" | "would" | "be");
    let than_it =
        |i: usize| (i.saturating_sub(4)..i).any(is) && !matches!(text(i.wrapping_sub(1)), "the" | "anything" | "something" | "one" | "any");
    let dearer = |i: usize| {
        matches!(text(i), "cheaper" | "pricier" | "dearer") || text(i) == "expensive" && matches!(text(i.wrapping_sub(1)), "more" | "less")
    };
    let focus = &turn.before.focus;
    let other = heard.products.iter().any(|p| !p.skus.iter().any(|sku| focus.products.contains(sku))) || !heard.brands.is_empty();
    let shown = !focus.products.is_empty() || !focus.recent.is_empty();
    let code = turn.before.focus.promotion.is_some() && heard.codes.iter().any(|code| code.known);
    // "Is it cheaper, and what would I lose" wants more than the price.
    let more =
        heard.words.iter().any(|w| matches!(w.stem.as_str(), "worth" | "lose" | "why" | "spec" | "better" | "differ" | "difference"));
    shown && other && !code && !more && (1..heard.words.len()).any(|i| dearer(i) && than_it(i) && named_before(i))
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
    // "Enough for there and back" asks for no stock.
    if words.windows(2).any(|pair| pair[0].text == "and" && pair[1].text == "back") {
        return false;
    }
    let ends = words.iter().rev().find(|w| !matches!(w.text.as_str(), "in" | "again" | "yet" | "now"));
    let asked = words.iter().any(|w| matches!(w.text.as_str(), "is" | "are" | "when" | "will"));
    asked && ends.is_some_and(|w| matches!(w.text.as_str(), "back" | "available" | "restocked" | "there"))
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
    let kind = resolve::kind_of(turn, only);
    let searched =
        turn.before.focus.query.as_ref().is_some_and(|query| kind.is_some_and(|kind| query.categories.iter().any(|c| c == kind)));
    wants_cheaper(turn) && !searched && turn.read.prices.is_empty() && turn.heard.categories.is_empty()
}

/// "Cheaper", "less expensive", "that's too much".
pub fn wants_cheaper(turn: &Turn<'_>) -> bool {
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
