//! Finding products by need, and narrowing down.

use super::super::lookup::{Findings, Lookup, SearchFound};
use super::super::resolve;
use super::super::say;
use super::super::table;
use super::super::turn::{Answer, Step, Turn, chip};
use super::super::understanding::form::{Asks, Subject};
use super::super::understanding::{needs, quantity};
use super::{accessories, goal, pick, price, stock, subject, wider};
use crate::domain::act::{Act, ActKind};
use crate::domain::agent::Agent;
use crate::domain::asks::Slot;
use crate::domain::fact::{FactBook, Formula, RecordId};
use crate::domain::goal::Goal;
use crate::domain::heard::{ProductNamed, Word};
use crate::domain::measure;
use crate::domain::product::Availability;
use crate::domain::query::{Bound, Degree, Hinted, Measure, ProductQuery, Sort};
use crate::domain::record::Field;
use crate::domain::state::{ConversationState, Pending};
use crate::domain::text;

/// Products shown at once.
const SHOWN: usize = 5;
/// Of those that only come near.
const NEAREST: usize = 3;

/// Finds or narrows down.
pub fn step(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    if turn.passed_on {
        return search(turn, found, book, state);
    }
    // "Do you have the iPhone 16?" names a product: it is asked for, not searched for.
    let named =
        turn.heard.products.iter().enumerate().any(|(i, p)| p.coverage >= 0.3 && p.skus.len() <= 2 && turn.read.roles.wants_product(i));
    let counted = |mention: &ProductNamed| quantity::before(turn.heard, mention.words.start, &turn.read.taken).is_some();
    // "I need 12 bulbs and a hub": what it comes to is worth more than what is there.
    if named && turn.goal == Goal::FindProduct && turn.heard.products.len() > 1 && turn.heard.products.iter().any(counted) {
        return price::step(turn, found, book, state);
    }
    if named && turn.goal == Goal::FindProduct {
        return stock::step(turn, found, book, state);
    }
    if accessories::is_asked(turn) && found.searches.is_empty() && found.accessories.as_ref().is_none_or(|fitting| !fitting.is_empty()) {
        return accessories::step(turn, found, book, state);
    }
    search(turn, found, book, state)
}

/// Searches for what the message describes.
pub fn search(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    let query = wanted(turn);
    let needless = turn.goal != Goal::RefineResults && query.categories.is_empty() && needs::is_for_nothing_here(turn.heard);
    if needless || needs::lacking(turn.heard).is_some() {
        return nothing(turn, found, book, state);
    }
    // "And does it come in black", said of nothing: not everything there is in black.
    let focus = &turn.before.focus;
    let nothing_there = focus.products.is_empty() && focus.listed.is_empty() && focus.recent.is_empty();
    let says_it = turn.read.reference.pronoun && matches!(turn.read.form.subject, Subject::Pointed);
    if says_it && nothing_there && query.categories.is_empty() && query.brands.is_empty() && needs::sold(turn.heard).is_none() {
        return super::ask_product(turn, state, &[]);
    }
    // An order of everything there is helps nobody: "the one with the biggest tank" waits for a kind of thing.
    let of_all = !query.names_a_thing() && query.brands.is_empty() && query.quality.is_some() && query.max_price.is_none();
    let ordered = query.sort != Sort::Relevance || query.quality.is_some() && !of_all;
    // A price alone bounds everything there is: nobody is helped by the cheapest five of a whole shop.
    let nameless = !query.names_a_thing() && query.brands.is_empty() && query.measures.is_empty();
    let only_priced = nameless && !ordered;
    // "Cheaper", said of nothing: not of everything there is.
    let of_nothing = nameless && turn.goal == Goal::RefineResults;
    if of_nothing && turn.before.focus.query.is_none()
        || query.is_empty() && !query.in_stock && query.not_skus.is_empty() && !ordered
        || only_priced && turn.before.focus.query.is_none()
    {
        return without_a_thing(turn, found, book, state);
    }
    // "The biggest TV you have" asks for one, not for a list.
    let most = turn.read.wishes.iter().any(|wish| wish.quality.degree == Degree::Most);
    let for_the_most = !turn.passed_on && most && query.names_a_thing() && !names_several(turn);
    if for_the_most && found.searches.iter().all(|search| !search.products.is_empty()) {
        let turn = Turn { goal: Goal::Recommend, ..*turn };
        return pick::step(&turn, found, book, state);
    }
    let Some(first) = found.searches.first() else { return Step::Look(vec![Lookup::Search { query, limit: SHOWN }]) };
    if is_by_chance(turn, first) || is_far(turn, first) && !names_its_kind(turn, first) {
        return nothing(turn, found, book, state);
    }
    let lacking = first.products.is_empty() || !first.complete;
    let dearer = wider::at_any_price(turn, &first.query).filter(|_| lacking);
    match (found.searches.as_slice(), dearer) {
        ([_], None) if !lacking => some(turn, found, book, state),
        ([_], Some(query)) => Step::Look(vec![Lookup::Search { query, limit: NEAREST }]),
        ([_, whole], Some(_)) if whole.complete && !whole.products.is_empty() => beyond_the_price(whole, book, state),
        ([first, ..], _) if !first.products.is_empty() => some(turn, found, book, state),
        ([first, tried @ ..], dearer) => {
            let tried = tried.get(usize::from(dearer.is_some())..).unwrap_or_default();
            let met = tried.iter().any(|search| !search.products.is_empty());
            match std::iter::successors(wider::relaxed(&first.query), wider::relaxed).nth(tried.len()).filter(|_| !met) {
                Some(query) => Step::Look(vec![Lookup::Search { query, limit: NEAREST }]),
                // "Anything cheaper", where nothing else is of the maker or the colour: others of the kind.
                None if !turn.passed_on && goal::wants_cheaper(turn) && turn.before.focus.products.len() == 1 => {
                    super::alternatives(turn, found, book, state)
                }
                None => nothing(turn, found, book, state),
            }
        }
        ([], _) => nothing(turn, found, book, state),
    }
}

/// Whether products were found by words some record happens to have, while the message names no kind of thing, no maker
/// and no model, and tells of something else besides: "prepaid visa cards" finds a memory card.
///
/// Of 125 such searches of written conversations that a reader looked at, 108 had found nothing that serves.
fn is_by_chance(turn: &Turn<'_>, search: &SearchFound) -> bool {
    let query = &search.query;
    let by_need = needs::sold(turn.heard).is_some_and(|need| need.terms == query.terms);
    let kind = !query.categories.is_empty() || !query.brands.is_empty() || by_need;
    let named = turn.heard.products.iter().any(|product| product.coverage >= 0.3);
    !kind && !named && needs::left_out(turn.heard, turn.read, query) > 0
}

/// Whether what was found is far from what is asked for, though of a kind it names: "a plant light for my lemon tree".
fn is_far(turn: &Turn<'_>, search: &SearchFound) -> bool {
    /// Of 95 searches with a kind that a reader looked at, 45 lay below, seven of which found what serves.
    const NEAR: f32 = 0.3;
    const BESIDE: usize = 2;
    search.likest.is_some_and(|likest| likest < NEAR) && needs::left_out(turn.heard, turn.read, &search.query) >= BESIDE
}

/// Whether the message has the name of the kind that was searched, rather than a need or a word like it.
fn names_its_kind(turn: &Turn<'_>, search: &SearchFound) -> bool {
    let kinds = &search.query.categories;
    turn.heard.categories.iter().any(|named| named.exact && named.names.iter().any(|name| kinds.contains(name)))
}

/// Everything wished for is there, only not for so little: that is said, and what it costs shown.
fn beyond_the_price(search: &SearchFound, book: &mut FactBook, state: &mut ConversationState) -> Step {
    let mut answer = Answer::of(vec![Act::plain(ActKind::FoundDearer)]);
    list(search, book, &mut answer);
    keep(search, book, state);
    answer.done()
}

/// The query this message states, in the light of the one before.
fn wanted(turn: &Turn<'_>) -> ProductQuery {
    let mut new = subject::of_the_same_maker(turn, needs::query(turn.text, turn.heard, turn.read));
    if turn.continues && !turn.said.is_empty() {
        new.said = format!("{} {}", turn.said, turn.text);
    }
    let of_need = || needs::by_need(turn.text, turn.heard, turn.read);
    let turned_down = resolve::turned_down(turn);
    if !turned_down.is_empty() {
        return wider::without(turn, turned_down, &new);
    }
    let Some(old) = &turn.before.focus.query else { return of_need().unwrap_or_else(|| needs::by_words(new)) };
    // Bounds without a thing narrow down what is on the table; "the dearest thing in your shop" does not.
    let bounds = !turn.read.prices.is_empty() || !turn.read.measures.measures.is_empty() || !turn.read.wishes.is_empty();
    let has_no_thing = !new.names_a_thing() && new.brands.is_empty() && bounds;
    if turn.goal != Goal::RefineResults
        && let Some(new) = of_need()
    {
        return new;
    }
    if turn.goal != Goal::RefineResults && !has_no_thing || of_the_whole_shop(turn) {
        return needs::by_words(new);
    }
    let has = |word: &str| turn.heard.words.iter().any(|w| w.text == word);
    let prices = || {
        let table = if turn.before.focus.products.is_empty() { &turn.before.focus.listed } else { &turn.before.focus.products };
        turn.shown.iter().filter(|p| table.contains(&p.sku)).filter_map(|p| p.price)
    };
    match super::goal::next_in_price(turn) {
        Some(std::cmp::Ordering::Greater) => return needs::dearer_than(&wider::of_the_kind(turn, old), prices()),
        Some(_) => return needs::cheaper_than(&wider::of_the_kind(turn, old), prices()),
        None => {}
    }
    let bounded = !turn.read.prices.is_empty();
    let too_dear = has("too") && (has("expensive") || has("pricey") || has("dear") || has("much"));
    if !bounded && (has("cheaper") || too_dear || has("less") && has("expensive")) {
        return needs::cheaper_than(&needs::merge(old, new), prices());
    }
    if !bounded && (has("pricier") || has("better") || (has("more") && has("expensive"))) && new.is_empty() {
        return needs::dearer_than(old, prices());
    }
    // "What else mops": another than those shown, whatever more is said of it; "more storage" is no other.
    let others = has("others") || has("else") || has("other") || has("another");
    let same_kind = new.categories.iter().all(|kind| old.categories.contains(kind));
    let more = (has("more") || has("next")) && !new.names_a_thing() || others && same_kind;
    if more && new.brands.is_empty() {
        let mut query = ProductQuery { in_stock: old.in_stock || new.in_stock, ..needs::merge(old, new) };
        query.not_skus.extend(turn.before.focus.listed.iter().chain(&turn.before.focus.products).cloned());
        return query;
    }
    beyond(turn, needs::merge(old, new))
}

/// "Something quieter": than what is on the table, by its own number.
fn beyond(turn: &Turn<'_>, mut query: ProductQuery) -> ProductQuery {
    let more =
        turn.read.wishes.iter().map(|wish| &wish.quality).find(|quality| quality.degree == Degree::More && !needs::is_price(quality));
    let focus = &turn.before.focus;
    let table = if focus.products.is_empty() { &focus.listed } else { &focus.products };
    let on_table = |sku: &str| table.iter().any(|own| own == sku);
    if let Some(quality) = more {
        for property in &quality.properties {
            let stated: Vec<measure::Measured> =
                turn.shown.iter().filter(|p| on_table(&p.sku)).filter_map(|p| measure::of_product(p, property)).map(|(_, m)| m).collect();
            let best = if quality.less {
                stated.iter().min_by(|a, b| a.number.total_cmp(&b.number))
            } else {
                stated.iter().max_by(|a, b| a.number.total_cmp(&b.number))
            };
            let Some(best) = best else { continue };
            let (bound, number) = if quality.less { (Bound::AtMost, best.number * 0.99) } else { (Bound::AtLeast, best.number * 1.01) };
            query.measures.retain(|own| own.property.as_ref() != Some(property));
            query.measures.push(Measure { property: Some(property.clone()), bound, number, unit: best.unit.clone() });
            break;
        }
    }
    query
}

/// Whether the kind is named in the plural: "the cheapest laptops" asks for a list.
fn names_several(turn: &Turn<'_>) -> bool {
    turn.heard.categories.iter().any(|c| turn.heard.words[c.words.end - 1].text.ends_with('s') && c.words.len() == 1)
}

/// "In your shop", "you sell": of everything, not of what is on the table.
fn of_the_whole_shop(turn: &Turn<'_>) -> bool {
    turn.heard.words.windows(2).any(|pair| {
        matches!(
            (pair[0].text.as_str(), pair[1].text.as_str()),
            ("your" | "the" | "whole", "shop" | "store" | "catalogue" | "catalog") | ("you" | "u", "sell")
        )
    })
}

/// Something was found.
pub fn some(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    let Some(search) = found.searches.first() else { return Answer::default().done() };
    let mut answer = Answer::default();
    let shown = &search.products;
    let total = u32::try_from(search.total).unwrap_or(u32::MAX);
    let count = book.derive(Formula::Matches(total), &[]);
    // "Do you sell the heatsink" is no question for things that merely mention one.
    let only_mentioned =
        search.query.categories.is_empty() && search.query.brands.is_empty() && !search.named && turn.read.form.asks == Asks::Have;
    // "Do you have one with a milk carafe" asks for what has it.
    let only_mentioned = only_mentioned && resolve::feature(turn).is_empty();
    // What the shop has an answer to is no thing to be found by its words: "second hand stuff".
    if only_mentioned && let Some(step) = known(turn, found, book) {
        return step;
    }
    let unchecked = unchecked(turn, search).filter(|_| !only_mentioned);
    let kind = match (search.complete && !only_mentioned, search.total, search.total > shown.len()) {
        (false, _, _) if only_mentioned => ActKind::FoundNone,
        (false, _, _) => ActKind::FoundClosest,
        _ if is_far(turn, search) => ActKind::FoundClosest,
        (true, 1, _) => ActKind::FoundOne,
        _ if unchecked.is_some() => ActKind::FoundUnchecked,
        (true, _, _) if search.hinted == Hinted::Ranked && search.ordered_by.is_none() => ActKind::FoundRanked,
        (true, _, true) => ActKind::FoundMore,
        _ => ActKind::Found,
    };
    let some_only = kind != ActKind::FoundUnchecked || search.total > shown.len();
    let listed = book.derive(Formula::Matches(u32::try_from(shown.len()).unwrap_or(0)), &[]).filter(|_| some_only);
    let words = only_mentioned.then(|| search.query.terms.join(" ")).or(unchecked).map(|words| book.said(&words));
    answer.say(Act::plain(kind).with_some("count", count).with_some("shown", listed).with_some("words", words));
    // What only speaks of it in passing has nothing to do with it.
    if only_mentioned && !search.stated {
        return answer.done();
    }
    if only_mentioned {
        answer.say_plain(ActKind::FoundNearest);
    }
    list(search, book, &mut answer);
    if let (1, Some(only)) = (search.total, shown.first()) {
        answer.acts.extend(say::stock(book, *only).filter(|act| act.kind != ActKind::OutOfStock));
    }
    remember(found, book, state);
    if shown.len() > 1 {
        answer.options.push(chip("compare", "Compare the first two"));
        let bounded = search.query.max_price.is_some() || turn.goal == Goal::RefineResults || search.query.sort == Sort::PriceUp;
        if !bounded {
            answer.options.push(chip("cheaper", "Show me cheaper ones"));
        }
        if search.total > shown.len() {
            answer.options.push(chip("more", "Show me more"));
        }
    }
    answer.done()
}

/// The shop's own answer, where it is likely to have one.
fn known(turn: &Turn<'_>, found: &Findings, book: &mut FactBook) -> Option<Step> {
    const LIKELY: f32 = 0.6;
    turn.heard.answered.as_ref().filter(|answered| answered.score >= LIKELY && !table::compares_warranty(turn.read))?;
    if found.knowledge.is_empty() {
        return Some(Step::Look(vec![say::knowledge_lookup(turn)]));
    }
    let hit = say::best_entry(found, 0)?;
    let mut answer = Answer::default();
    say::say_entry(book, hit, &mut answer);
    Some(answer.done())
}

/// What a thing should be good for ("a drill for steel") where nothing of the message but the kind could be
/// looked for: none of the kind is known to fit.
pub fn unchecked(turn: &Turn<'_>, search: &SearchFound) -> Option<String> {
    const LONGEST: usize = 4;
    let bare = ProductQuery {
        categories: search.query.categories.clone(),
        hints: search.query.hints.clone(),
        said: search.query.said.clone(),
        ..ProductQuery::default()
    };
    if search.query != bare || search.hinted != Hinted::No {
        return None;
    }
    let words = &turn.heard.words;
    let kind = turn.heard.categories.last()?.words.end;
    let from = (kind..words.len()).find(|i| words[*i].text == "for")? + 1;
    let gap = |i: &usize| words.get(*i).zip(words.get(*i - 1)).is_some_and(|(word, last)| word.start > last.end + 1);
    let ends = |i: &usize| gap(i) || matches!(words[*i].text.as_str(), "and" | "or" | "but" | "please" | "with" | "that" | "in" | "at");
    let end = (from + 1..words.len()).find(ends).unwrap_or(words.len());
    let phrase = words.get(from..end).filter(|phrase| phrase.len() <= LONGEST)?;
    // Whom it is for is no demand on it.
    let person = matches!(phrase.first()?.text.as_str(), "my" | "our" | "his" | "her" | "me" | "us" | "him" | "them" | "a" | "an" | "the");
    let telling = |w: &Word| !text::words::is_function(&w.text) && !text::words::is_request(&w.text, &w.stem) && w.text.len() > 2;
    (!person && phrase.iter().any(telling)).then(|| turn.text.get(phrase[0].start..phrase[phrase.len() - 1].end).map(str::to_owned))?
}

/// The list, each with what it is in order of: after "the longest battery" the hours are shown.
fn list(search: &SearchFound, book: &mut FactBook, answer: &mut Answer) {
    for id in &search.products {
        let ordered = search.ordered_by.as_ref().and_then(|property| item_with(book, *id, property));
        if let Some(act) = ordered.or_else(|| say::list_item(book, *id)) {
            answer.say(act);
            answer.cards.push(*id);
        }
    }
}

fn item_with(book: &mut FactBook, id: RecordId, property: &str) -> Option<Act> {
    let product = say::product(book, id)?;
    let (spec, _) = measure::of_product(&product, property)?;
    let (name, spec, value) = say::stated(book, id, spec)?;
    let out = product.availability() == Availability::OutOfStock;
    let kind = if out { ActKind::ListItemWithOut } else { ActKind::ListItemWith };
    let price = book.field(id, Field::Price);
    Some(Act::plain(kind).with("product", name).with("spec", spec).with("value", value).with_some("price", price))
}

/// Nothing fits; the nearest is shown, where there is any.
fn nothing(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    let mut answer = Answer::default();
    let asked = found.searches.first();
    let cheaper = turn.goal == Goal::RefineResults && turn.read.prices.is_empty() && turn.heard.words.iter().any(|w| w.text == "cheaper");
    let others = resolve::turned_down(turn).is_empty() && asked.is_some_and(|search| !search.query.not_skus.is_empty());
    if cheaper || others {
        answer.say_plain(ActKind::NoMore);
        return answer.done();
    }
    let nearest = found.searches.iter().skip(1).rfind(|search| !search.products.is_empty());
    // A need in words nobody sells by may still be a question the shop has answered.
    if nearest.is_none() || say::is_answered(turn) {
        if found.knowledge.is_empty() {
            let alike = asked.and_then(|search| by_meaning(turn, &search.query)).filter(|_| nearest.is_none());
            return Step::Look([say::knowledge_lookup(turn), Lookup::Assortment].into_iter().chain(alike).collect());
        }
        if let Some(hit) = say::best_entry(found, 0) {
            say::say_entry(book, hit, &mut answer);
            // Advice is no list: "a TV for a sunny room, 650 at most" wants to see some.
            if nearest.is_none() || turn.heard.categories.is_empty() {
                return answer.done();
            }
        }
    }
    let unknown = asked.map(|search| search.unknown.as_slice()).unwrap_or_default();
    let of_need = || needs::kind_said(turn.heard).filter(|_| needs::is_for_nothing_here(turn.heard));
    let lacking = needs::lacking(turn.heard).or_else(of_need).and_then(|span| {
        let words = &turn.heard.words[span];
        turn.text.get(words.first()?.start..words.last()?.end).map(str::to_owned)
    });
    let words = lacking.or_else(|| (!unknown.is_empty()).then(|| unknown.join(" "))).map(|words| book.said(&words));
    if let Some(nearest) = nearest.or_else(|| alike(found)) {
        return nearest_of(nearest, answer, book, state);
    }
    answer.say(Act::plain(ActKind::FoundNone).with_some("words", words));
    let names: Vec<_> = found.categories.iter().take(12).map(|(name, _)| book.shop(name)).collect();
    if !names.is_empty() {
        answer.say(Act::plain(ActKind::Categories).with_many("names", names));
    }
    answer.done()
}

/// What no word has found may be found by its meaning: a thing that is described, not one that is named and that nobody
/// sells here.
fn by_meaning(turn: &Turn<'_>, query: &ProductQuery) -> Option<Lookup> {
    const FEWEST: usize = 3;
    let described = turn.heard.words.iter().filter(|word| word.is_telling()).count() >= FEWEST;
    let sold = needs::lacking(turn.heard).is_none() && !needs::is_for_nothing_here(turn.heard);
    let query = ProductQuery { said: turn.text.to_owned(), ..query.clone() };
    (described && sold).then_some(Lookup::Alike { query, limit: NEAREST })
}

/// What is alike, where anything is.
fn alike(found: &Findings) -> Option<&SearchFound> {
    found.alike.as_ref().filter(|alike| !alike.products.is_empty())
}

/// Nothing is known to fit: what comes nearest is shown.
fn nearest_of(search: &SearchFound, mut answer: Answer, book: &mut FactBook, state: &mut ConversationState) -> Step {
    answer.say_plain(ActKind::FoundClosest);
    list(search, book, &mut answer);
    keep(search, book, state);
    answer.done()
}

/// Keeps what was shown instead of what was looked for.
fn keep(search: &SearchFound, book: &FactBook, state: &mut ConversationState) {
    state.focus.listed = say::skus(book, &search.products);
    state.focus.products.clear();
    // What was found by its meaning was looked for by nothing that a later message could narrow down, but its kind.
    let query = if search.query.is_empty() { topic(search, book) } else { search.query.clone() };
    state.focus.query = Some(query).filter(|query| !query.is_empty());
}

/// The message names no kind of thing: it is answered from the knowledge base, or shown what is alike, or asked what is
/// needed.
fn without_a_thing(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step {
    if found.knowledge.is_empty() {
        let alike = by_meaning(turn, &ProductQuery::default());
        return Step::Look([say::knowledge_lookup(turn), Lookup::Assortment].into_iter().chain(alike).collect());
    }
    let mut answer = Answer::default();
    if let Some(hit) = say::best_entry(found, 0) {
        say::say_entry(book, hit, &mut answer);
        return answer.done();
    }
    if let Some(alike) = alike(found) {
        return nearest_of(alike, answer, book, state);
    }
    answer.say_plain(ActKind::AskNeed);
    answer.asks.push(Slot::Need);
    for (name, _) in found.categories.iter().take(3) {
        answer.options.push(chip("say", name));
    }
    state.pending =
        Some(Pending::Ask { slot: Slot::Need, goal: Goal::FindProduct, agent: Agent::Sales, said: turn.text.to_owned(), attempts: 1 });
    answer.done()
}

/// Keeps the search and its results for what comes next.
pub fn remember(found: &Findings, book: &FactBook, state: &mut ConversationState) {
    let Some(search) = found.searches.first() else { return };
    let query = topic(search, book);
    state.focus.listed = say::skus(book, &search.products);
    state.focus.products = if search.products.len() == 1 { state.focus.listed.clone() } else { Vec::new() };
    state.focus.query = Some(query);
}

/// Results that all lie in one category make it the topic, so that "only Sony" stays within it.
fn topic(search: &SearchFound, book: &FactBook) -> ProductQuery {
    let mut query = search.query.clone();
    if query.categories.is_empty() {
        let products: Vec<_> = search.products.iter().filter_map(|id| say::product(book, *id)).collect();
        let first = products.first().and_then(|p| p.leaf_category().map(str::to_owned));
        query.categories.extend(first.filter(|leaf| products.iter().all(|p| p.leaf_category() == Some(leaf))));
    }
    query
}
