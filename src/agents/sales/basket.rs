//! What several things come to together, where not all of them are named: "two of those plus the Bud Air", "the
//! MacBook + a sleeve", "and with a mouse under 30?".

use std::ops::Range;

use super::super::lookup::{Findings, Lookup};
use super::super::resolve;
use super::super::say;
use super::super::turn::{Answer, Step, Turn, chip};
use super::super::understanding::form::Asks;
use super::super::understanding::needs;
use super::super::understanding::quantity;
use super::super::understanding::roles::Role;
use super::price;
use crate::domain::act::{Act, ActKind};
use crate::domain::fact::{FactBook, FactId, Formula, RecordId};
use crate::domain::heard::CategoryNamed;
use crate::domain::knowledge::Domain;
use crate::domain::measure;
use crate::domain::product::{Availability, Product};
use crate::domain::query::{Degree, ProductQuery, Sort};
use crate::domain::state::{ConversationState, Pieces};

/// Things pointed at that are priced together.
const MOST: usize = 4;
/// Candidates for a kind of thing.
const CANDIDATES: usize = 8;

/// A thing to be priced with others.
#[derive(Debug, Clone, PartialEq)]
enum Part {
    /// One of these products: what a name means, or what is on the table.
    Of(Vec<String>, u32),
    /// A kind of thing: its category among those heard.
    Kind(usize, u32),
    /// What goes with the thing in hand, by the words for it: "with the 256 card".
    Fitting(Range<usize>),
}

/// Whether a message asks what things come to, and not all of them are named in it.
pub fn is_asked(turn: &Turn<'_>) -> bool {
    let parts = parts(turn);
    let named = turn.heard.products.iter().enumerate().filter(|(i, _)| joins(turn, *i)).count();
    if swapped(turn).is_some() {
        return true;
    }
    parts.len() > 1 && parts.len() > named && is_joined(turn) && asks_the_sum(turn) && turn.read.form.asks != Asks::HowMuchOf
}

/// "TV plus the mounting, how much is that together": what is in hand and a service the shop tells the price of.
pub fn asks_with_a_service(turn: &Turn<'_>) -> bool {
    let hand = &turn.before.focus.products;
    let own = |name: &String| resolve::is_in_hand(turn, name);
    let other = |part: &Part| match part {
        Part::Of(skus, _) => !skus.iter().any(|sku| hand.contains(sku)),
        Part::Kind(at, _) => !turn.heard.categories[*at].names.iter().any(own),
        Part::Fitting(_) => true,
    };
    let service =
        turn.heard.answered.as_ref().is_some_and(|answered| answered.score >= say::ANSWERS && answered.domain != Domain::Marketing);
    let joiner = |text: &str| matches!(text, "and" | "plus" | "with" | "together" | "including");
    let joined = turn.heard.words.iter().any(|w| joiner(&w.text)) || turn.text.contains('+');
    service && !hand.is_empty() && asks_the_sum(turn) && joined && !parts(turn).iter().any(other)
}

/// "Two of them please, what's that": pieces of the thing in hand, or all that is meant, and what they come to.
pub fn counts_what_is_in_hand(turn: &Turn<'_>) -> bool {
    let pieces = turn.before.focus.products.len() == 1 && quantity::of_it(turn.heard, &turn.read.taken).is_some_and(|count| count > 1);
    let asks =
        turn.heard.words.windows(2).any(|pair| matches!((pair[0].text.as_str(), pair[1].text.as_str()), ("whats" | "is" | "s", "that")));
    let together = turn.heard.words.iter().any(|w| matches!(w.text.as_str(), "together" | "altogether" | "total"));
    turn.heard.products.is_empty() && (pieces && (asks || asks_the_sum(turn)) || together && turn.heard.words.len() <= 6)
}

/// Whether anything is joined to anything.
fn is_joined(turn: &Turn<'_>) -> bool {
    let joins = |text: &str| matches!(text, "and" | "plus" | "with" | "add" | "adding" | "n" | "together");
    turn.heard.words.iter().any(|w| joins(&w.text)) || turn.text.contains(['+', ',', '&'])
}

/// "How much", "total", "what would I pay".
pub fn asks_the_sum(turn: &Turn<'_>) -> bool {
    let words = &turn.heard.words;
    let has = |i: usize, texts: &[&str]| words.get(i).is_some_and(|w| texts.contains(&w.text.as_str()));
    let sum = ["total", "together", "altogether", "alltogether", "sum", "both", "damage", "price", "cost", "costs", "pay"];
    (0..words.len()).any(|i| {
        has(i, &sum)
            || has(i, &["how"]) && has(i + 1, &["much"])
            || has(i, &["come", "comes", "add", "adds"]) && has(i + 1, &["to", "up"])
            || has(i, &["would", "will"]) && has(i + 1, &["that", "it"]) && has(i + 2, &["be", "make", "come"])
    })
}

fn joins(turn: &Turn<'_>, mention: usize) -> bool {
    turn.read.roles.products.get(mention).copied().unwrap_or_default() != Role::Owned
}

/// The things a message joins: what is on the table, what it names, kinds of thing.
fn parts(turn: &Turn<'_>) -> Vec<Part> {
    let heard = turn.heard;
    let taken = &turn.read.taken;
    if let Some(parts) = swapped(turn) {
        return parts;
    }
    let mut parts = Vec::new();
    let exact = turn.read.reference.is_exact() && !(turn.read.reference.all && heard.products.len() > 1);
    let pointed = if exact && !is_of_a_kind(turn) { resolve::pointed_at(turn) } else { Vec::new() };
    if !pointed.is_empty() && pointed.len() <= MOST {
        let count = quantity::of_it(heard, taken).filter(|_| pointed.len() == 1).unwrap_or(1);
        parts.extend(pointed.into_iter().map(|sku| Part::Of(vec![sku], count)));
    } else if joins_the_table(turn) {
        let focus = &turn.before.focus;
        let count = quantity::of_it(heard, taken).unwrap_or(1);
        // "The gooseneck one then, together with a toaster": it takes the place of its like.
        let replaced = focus.products.len() == 1 && count == 1 && names_its_like(turn, &focus.products[0]);
        let alone = focus.products.len() < 2 && focus.basket.len() < 2 || count > 1;
        if alone && !replaced {
            // "Black then, plus a case for it": in the colour just chosen.
            let chosen = resolve::variant(turn);
            let meant = if let [only] = chosen.as_slice() { vec![only.clone()] } else { focus.products.clone() };
            parts.extend(meant.into_iter().take(1).map(|sku| Part::Of(vec![sku], count)));
        } else if !alone {
            parts.extend(focus.basket.iter().map(|piece| Part::Of(vec![piece.sku.clone()], piece.count)));
        }
    }
    for (i, mention) in heard.products.iter().enumerate().filter(|(i, _)| joins(turn, *i)) {
        let again = heard.products[..i].iter().any(|earlier| earlier.skus == mention.skus);
        if !again {
            parts.push(Part::Of(mention.skus.clone(), quantity::beside(heard, &mention.words, taken).unwrap_or(1)));
        }
    }
    for (i, named) in heard.categories.iter().enumerate() {
        // "Quiet 1 headphones" is one thing; "shipping" none.
        let adjoin = |left: usize, right: usize| left > 0 && left == right && heard.words[right].start <= heard.words[left - 1].end + 1;
        let near = |p: &std::ops::Range<usize>| {
            let inside = p.start < named.words.end && named.words.start < p.end;
            inside || adjoin(p.end, named.words.start) || named.words.end == p.start && adjoin(named.words.end, p.start)
        };
        let beside = heard.products.iter().any(|p| near(&p.words));
        let definite = |at: usize| matches!(heard.words[at].text.as_str(), "the" | "that" | "this" | "those" | "these" | "my");
        let of_the_table =
            named.words.start.checked_sub(1).is_some_and(definite) && named.names.iter().any(|n| resolve::is_in_hand(turn, n));
        // "Hooking it up" is done with a thing, and is none.
        let deed = heard.words.get(named.words.end).is_some_and(|next| matches!(next.text.as_str(), "it" | "that" | "them" | "up"));
        if !beside && !of_the_table && !deed && !named.names.is_empty() {
            parts.push(Part::Kind(i, quantity::before(heard, named.words.start, taken).unwrap_or(1)));
        }
    }
    if let ([Part::Of(..)], Some(words)) = (parts.as_slice(), fitting_words(turn)) {
        parts.push(Part::Fitting(words));
    }
    parts
}

/// "The cheapest turntable with the smallest speakers": the most of a kind points at nothing on the table.
fn is_of_a_kind(turn: &Turn<'_>) -> bool {
    let heard = turn.heard;
    let before_a_kind = |i: &usize| heard.categories.iter().any(|named| named.words.start == *i + 1);
    turn.read.reference.extreme.is_some() && turn.read.reference.words.iter().any(before_a_kind)
}

/// The words behind "with the", "plus a" that name nothing the shop has a kind for, but that some record is described by.
fn fitting_words(turn: &Turn<'_>) -> Option<Range<usize>> {
    const LONGEST: usize = 4;
    let words = &turn.heard.words;
    let text = |i: usize| words.get(i).map_or("", |w| w.text.as_str());
    let article = |i: usize| matches!(text(i), "the" | "a" | "an" | "that" | "one" | "some");
    let joiner = (0..words.len()).find(|i| matches!(text(*i), "with" | "plus" | "add" | "adding" | "and") && article(i + 1))?;
    let from = joiner + 2;
    let says = |i: &usize| words[*i].is_telling() && !matches!(text(*i), "whats" | "total" | "together" | "cost" | "price" | "pay");
    let end = (from..words.len().min(from + LONGEST)).find(|i| !says(i)).unwrap_or(words.len().min(from + LONGEST));
    let known = |i: usize| turn.heard.describing.get(i) == Some(&true) || turn.heard.mentioned.get(i) == Some(&true);
    (from < end && !turn.before.focus.products.is_empty() && (from..end).any(known)).then_some(from..end)
}

/// Whether a product of the same kind is named as what is wanted.
fn names_its_like(turn: &Turn<'_>, sku: &str) -> bool {
    let kind = |sku: &str| resolve::kind_of(turn, sku);
    let named = turn.heard.products.iter().enumerate().filter(|(i, _)| joins(turn, *i)).flat_map(|(_, mention)| &mention.skus);
    kind(sku).is_some() && named.into_iter().any(|other| other != sku && kind(other) == kind(sku))
}

/// Whether one of the things priced together is to be another.
pub fn swaps(turn: &Turn<'_>) -> bool {
    swapped(turn).is_some()
}

/// "What if I take the one with Bluetooth instead": what was priced together, with one thing in the place of its like.
fn swapped(turn: &Turn<'_>) -> Option<Vec<Part>> {
    let basket = &turn.before.focus.basket;
    let instead = turn.heard.words.iter().any(|w| w.text == "instead");
    if !instead || basket.len() < 2 {
        return None;
    }
    let kind = |sku: &str| resolve::kind_of(turn, sku);
    // "The bigger speakers instead": another of a kind that is there.
    let of_kind = |named: &CategoryNamed| {
        let at = basket.iter().position(|piece| kind(&piece.sku).is_some_and(|own| named.names.iter().any(|name| name == own)))?;
        turn.read.wishes.iter().any(|wish| wish.words.end == named.words.start).then_some(at)
    };
    let other = turn.heard.categories.iter().enumerate().find_map(|(i, named)| of_kind(named).map(|at| (i, at)));
    if let Some((named, at)) = other {
        let piece =
            |i: usize| if i == at { Part::Kind(named, basket[i].count) } else { Part::Of(vec![basket[i].sku.clone()], basket[i].count) };
        return Some((0..basket.len()).map(piece).collect());
    }
    let meant = resolve::products(turn).skus;
    let [new] = meant.as_slice() else { return None };
    let own = kind(new)?;
    let at = basket.iter().position(|piece| piece.sku != *new && kind(&piece.sku) == Some(own))?;
    let sku = |i: usize| if i == at { new.clone() } else { basket[i].sku.clone() };
    Some((0..basket.len()).map(|i| Part::Of(vec![sku(i)], basket[i].count)).collect())
}

/// "Those", "with a mouse", "and the case": joined to what is on the table.
fn joins_the_table(turn: &Turn<'_>) -> bool {
    const OPENING: &[&str] =
        &["and", "ok", "okay", "fine", "so", "good", "great", "how", "much", "what", "is", "the", "total", "cool", "alright"];
    let words = &turn.heard.words;
    let joiner = |w: &str| matches!(w, "with" | "plus" | "add" | "adding");
    let opens = words.iter().find(|w| !OPENING.contains(&w.text.as_str()) || joiner(&w.text)).is_some_and(|w| joiner(&w.text));
    let joined = words.iter().any(|w| joiner(&w.text) || w.text == "and") || turn.text.contains('+');
    let reference = &turn.read.reference;
    !turn.before.focus.products.is_empty() && (opens || joined && (reference.pronoun || reference.plural) && points_at_it(turn))
}

/// "That plus a case", "two of those", but not "what would that be".
fn points_at_it(turn: &Turn<'_>) -> bool {
    let text = |i: usize| turn.heard.words.get(i).map_or("", |w| w.text.as_str());
    (0..turn.heard.words.len()).any(|i| {
        let points = matches!(text(i), "it" | "that" | "this" | "them" | "those" | "these");
        let verb = matches!(text(i + 1), "be" | "cost" | "come" | "make" | "is")
            || i > 0 && matches!(text(i - 1), "would" | "will" | "does" | "for" | "fits");
        points && (!verb || matches!(text(i + 1), "and" | "plus" | "with"))
    })
}

/// What the things come to; `None` where they cannot all be found.
pub fn step(turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Option<Step> {
    let parts = parts(turn);
    if found.products_asked == 0 {
        return Some(Step::Look(lookups(turn, &parts)));
    }
    let items: Option<Vec<(RecordId, u32)>> = parts.iter().map(|part| chosen(turn, part, found, book)).collect();
    let items = once_each(items?);
    if items.len() < 2 {
        return None;
    }
    let mut answer = Answer::default();
    let totals: Vec<FactId> = items.iter().filter_map(|(id, count)| price::say_price(book, *id, *count, &mut answer)).collect();
    if totals.len() == items.len() {
        let names = items.iter().filter_map(|(id, _)| say::name(book, *id)).collect();
        let sum = book.derive(Formula::Sum, &totals)?;
        answer.say(Act::plain(ActKind::BasketTotal).with_many("names", names).with("total", sum));
    }
    for (id, _) in &items {
        if say::product(book, *id).is_some_and(|p| p.availability() == Availability::OutOfStock) {
            answer.acts.extend(say::stock(book, *id));
        }
        answer.cards.push(*id);
    }
    state.focus.basket =
        items.iter().filter_map(|(id, count)| Some(Pieces { sku: say::product(book, *id)?.sku.clone(), count: *count })).collect();
    state.focus.products = state.focus.basket.iter().map(|piece| piece.sku.clone()).collect();
    answer.options.push(chip("promo", "Any promotion on it?"));
    Some(answer.done())
}

/// Each thing once: what is on the table may be named by its kind as well.
fn once_each(items: Vec<(RecordId, u32)>) -> Vec<(RecordId, u32)> {
    let mut once: Vec<(RecordId, u32)> = Vec::new();
    for (id, count) in items {
        match once.iter_mut().find(|(own, _)| *own == id) {
            Some((_, own)) => *own = (*own).max(count),
            None => once.push((id, count)),
        }
    }
    once
}

/// Everything named and on the table, and for a kind of thing what fits the first of them, or else any.
fn lookups(turn: &Turn<'_>, parts: &[Part]) -> Vec<Lookup> {
    let skus: Vec<String> = parts.iter().flat_map(|part| if let Part::Of(skus, _) = part { skus.clone() } else { Vec::new() }).collect();
    let mut lookups = vec![Lookup::Products(skus.clone())];
    for part in parts {
        if let (Part::Fitting(span), Some(sku)) = (part, skus.first()) {
            let words = turn.heard.words[span.clone()].iter().map(|w| w.text.clone()).collect();
            lookups.push(Lookup::Accessories { sku: sku.clone(), words, limit: CANDIDATES });
        }
    }
    for (n, at) in kinds(parts).enumerate() {
        let words = || turn.heard.categories[at].words.clone().map(|i| turn.heard.words[i].text.clone()).collect();
        if let (0, Some(sku)) = (n, skus.first()) {
            lookups.push(Lookup::Accessories { sku: sku.clone(), words: words(), limit: CANDIDATES });
        }
        lookups.push(Lookup::Search { query: query(turn, at), limit: CANDIDATES });
    }
    lookups
}

fn kinds(parts: &[Part]) -> impl Iterator<Item = usize> + '_ {
    parts.iter().filter_map(|part| if let Part::Kind(at, _) = part { Some(*at) } else { None })
}

/// The kind, of the maker named right before it, within the bounds on the price.
fn query(turn: &Turn<'_>, at: usize) -> ProductQuery {
    let named = &turn.heard.categories[at];
    let brands = turn.heard.brands.iter().filter(|brand| brand.words.end == named.words.start).map(|brand| brand.name.clone()).collect();
    let terms = named.words.clone().map(|i| turn.heard.words[i].text.clone()).collect();
    ProductQuery { categories: named.names.clone(), terms, brands, sort: Sort::PriceUp, ..ProductQuery::default() }
}

/// The product a part stands for: of several, one that is there and costs least; of a kind, what fits best.
fn chosen(turn: &Turn<'_>, part: &Part, found: &Findings, book: &FactBook) -> Option<(RecordId, u32)> {
    let is_there = |id: &RecordId| say::product(book, *id).is_some_and(|p| p.availability() != Availability::OutOfStock);
    let minor = |id: &RecordId| say::product(book, *id).and_then(|p| p.price).map_or(i64::MAX, |price| price.minor);
    match part {
        Part::Of(skus, count) => {
            let own = found.products.iter().copied().filter(|id| say::product(book, *id).is_some_and(|p| skus.contains(&p.sku)));
            own.min_by_key(|id| (!is_there(id), minor(id))).map(|id| (id, *count))
        }
        Part::Fitting(span) => {
            let numbers = turn.heard.words[span.clone()].iter().filter(|w| w.text.starts_with(|c: char| c.is_ascii_digit()));
            let numbers: Vec<&str> = numbers.map(|w| w.text.trim_end_matches(char::is_alphabetic)).collect();
            let has = |id: &RecordId| say::product(book, *id).is_some_and(|p| numbers.iter().all(|n| resolve::numbered(&p, n)));
            let fitting = found.accessories.iter().flatten().copied().filter(has);
            fitting.min_by_key(|id| (!is_there(id), minor(id))).map(|id| (id, 1))
        }
        Part::Kind(at, count) => {
            let query = query(turn, *at);
            let fits = |id: &&RecordId| {
                let brand = say::product(book, **id).is_some_and(|p| query.brands.is_empty() || query.brands.contains(&p.brand));
                brand && within(turn, minor(id))
            };
            let own = found
                .searches
                .iter()
                .filter(|search| search.complete && search.query.categories == query.categories)
                .flat_map(|search| &search.products);
            let called = |id: &RecordId| {
                let words = &turn.heard.categories[*at].words;
                let says = |p: &Product| turn.heard.words[words.clone()].iter().any(|word| is_called(p, &word.stem));
                say::product(book, *id).is_some_and(|p| says(&p))
            };
            let fitting = || found.accessories.iter().flatten().filter(|id| fits(id) && is_there(id));
            let candidates: Vec<&RecordId> = own.filter(fits).collect();
            let most = most_of(turn, *at, &candidates, book);
            // Of a shelf of cases and chargers, what is called as it was said comes first.
            let best = candidates.iter().copied().min_by_key(|id| (!called(id), !is_there(id), minor(id)));
            let by_name =
                fitting().find(|id| called(id)).or(best.filter(|id| called(id) && fitting().next().is_none_or(|own| !called(own))));
            most.or(by_name).or_else(|| fitting().next()).or(best).map(|id| (*id, *count))
        }
    }
}

/// "The biggest speakers": of a kind the one that has most of what the word before it is for.
fn most_of<'a>(turn: &Turn<'_>, at: usize, candidates: &[&'a RecordId], book: &FactBook) -> Option<&'a RecordId> {
    let start = turn.heard.categories[at].words.start;
    let wish = turn.read.wishes.iter().find(|wish| wish.words.end == start && wish.quality.degree > Degree::Wish)?;
    // "The bigger ones instead": another than is there.
    let there = |id: &RecordId| say::product(book, *id).is_some_and(|p| turn.before.focus.basket.iter().any(|piece| piece.sku == p.sku));
    let candidates: Vec<&RecordId> = candidates.iter().copied().filter(|id| wish.quality.degree == Degree::Most || !there(id)).collect();
    if needs::is_price(&wish.quality) {
        let priced = |id: &&&RecordId| say::product(book, ***id).and_then(|p| p.price).map(|price| price.minor);
        let with_price = candidates.iter().filter(|id| priced(id).is_some());
        return if wish.quality.less { with_price.min_by_key(priced) } else { with_price.max_by_key(priced) }.copied();
    }
    let products: Vec<_> = candidates.iter().filter_map(|id| say::product(book, **id)).collect();
    if let Some((first, _, _)) = resolve::ranking(&products, &wish.quality).and_then(|ranked| ranked.first().copied()) {
        return candidates.get(first).copied();
    }
    // Of things that state no size, the bigger one costs more.
    let priced = |id: &&&RecordId| say::product(book, ***id).and_then(|p| p.price).map_or(0, |price| price.minor);
    let of = candidates.iter();
    if wish.quality.less { of.min_by_key(priced) } else { of.max_by_key(priced) }.copied()
}

/// Whether a product is called by a word or another one for it, in its name or by its type.
fn is_called(product: &Product, word: &str) -> bool {
    let kind = product.spec("type").map(|spec| spec.value.text()).unwrap_or_default();
    measure::says(&measure::stems(&format!("{} {kind}", product.name)), word)
}

/// Whether a price is within the bounds of the message.
fn within(turn: &Turn<'_>, minor: i64) -> bool {
    let prices = &turn.read.prices;
    prices.max.is_none_or(|max| minor <= max.minor) && prices.min.is_none_or(|min| minor >= min.minor)
}
