//! Which products a message means: named in it, pointed at, or still on the table.

mod features;
mod numbers;
mod pointing;
mod variants;

pub use features::{feature, with_feature};
pub use numbers::numbered;
pub use pointing::{pointed as pointed_at, pointing_wish, turned_down};
pub use variants::{is_of as is_option, variant};

use std::sync::Arc;

use features::of_another;
use numbers::{by_number, by_price};
use pointing::pointed;

use super::turn::Turn;
use super::understanding::form::{Asks, Subject};
use super::understanding::needs;
use super::understanding::quantity;
use super::understanding::roles::Role;
use crate::domain::act::ActKind;
use crate::domain::goal::Goal;
use crate::domain::heard::ProductNamed;
use crate::domain::measure;
use crate::domain::product::{Product, SpecValue};
use crate::domain::query::Quality;
use crate::domain::text::stem::stem;
use crate::domain::text::{fold::fold, token::tokens, words};

/// How the products were found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// By name.
    Named,
    /// Pointed at in the list.
    Pointed,
    /// Still on the table.
    Context,
    /// Not at all.
    None,
}

/// The products a message means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meant {
    /// Their SKUs, in the order meant.
    pub skus: Vec<String>,
    /// How they were found.
    pub how: How,
    /// Whether a name fits several products and none of them is on the table.
    pub ambiguous: bool,
}

impl Meant {
    fn new(skus: Vec<String>, how: How) -> Self {
        Self { skus, how, ambiguous: false }
    }

    /// Whether nothing was found.
    pub fn is_none(&self) -> bool {
        self.skus.is_empty()
    }
}

/// The products a message is about, the most exact way first.
pub fn products(turn: &Turn<'_>) -> Meant {
    if let Some(asked) = asked_of_a_maker(turn) {
        return Meant::new(asked, How::Pointed);
    }
    if let Some(named) = named(turn) {
        return named;
    }
    // Two that are named by brand or kind, "the Sonos and the JBL", come before a place in the list.
    for found in
        [pointed(turn), by_number(turn), by_price(turn), by_brand(turn), variant(turn), described(turn), with_feature(turn), by_kind(turn)]
    {
        if !found.is_empty() {
            return Meant::new(found, How::Pointed);
        }
    }
    let focus = &turn.before.focus;
    // A brand that nothing on the table is of means something else: "and is the Garmin in stock?"
    if (0..turn.heard.brands.len()).any(|i| turn.read.roles.wants_brand(i)) {
        return Meant::new(Vec::new(), How::None);
    }
    // "The folding one" where nothing on the table folds means another.
    if turn.heard.property.is_none() && of_another(turn) {
        return Meant::new(Vec::new(), How::None);
    }
    if means_the_newest(turn) {
        return Meant::new(focus.listed.clone(), How::Context);
    }
    // "Two of them" are pieces of the one in hand.
    let pieces = focus.products.len() == 1 && quantity::of_it(turn.heard, &turn.read.taken).is_some();
    if turn.read.reference.plural && focus.listed.len() > 1 && focus.products.len() < 2 && !pieces && !is_a_pair_in_hand(turn) {
        return Meant::new(focus.listed.clone(), How::Context);
    }
    // "Which one has the better camera", of the two talked about last.
    if turn.read.form.asks == Asks::Which && focus.products.len() < 2 && focus.listed.len() < 2 {
        let last = pointing::table(turn);
        if last.len() > 1 {
            return Meant::new(last, How::Context);
        }
    }
    if names_another_kind(turn) {
        return Meant::new(Vec::new(), How::None);
    }
    if !focus.products.is_empty() {
        return Meant::new(focus.products.clone(), How::Context);
    }
    // "Does it do 120 Hz for the PlayStation": of those listed, rather than of what it is for.
    let of_it = turn.read.reference.pronoun && turn.read.form.subject == Subject::Pointed && owned_named(turn).is_some();
    if turn.read.reference.plural || focus.listed.len() == 1 || of_it && !focus.listed.is_empty() {
        return Meant::new(focus.listed.clone(), How::Context);
    }
    // Nothing else is there: a device of the customer's own is what the message is about.
    owned_named(turn).unwrap_or_else(|| Meant::new(Vec::new(), How::None))
}

/// "Does the TCL have enough HDMI for a PS5 and a soundbar": asked of the maker's product on the table, whatever is
/// named behind it.
fn asked_of_a_maker(turn: &Turn<'_>) -> Option<Vec<String>> {
    let form = turn.read.form;
    let asks = matches!(form.asks, Asks::Whether | Asks::HowMuchOf) && form.subject == Subject::Named;
    let first = turn.heard.brands.first()?;
    let before = turn.heard.products.iter().all(|mention| mention.words.start > first.words.end);
    if !asks || !before || turn.heard.products.is_empty() || !turn.read.roles.wants_brand(0) {
        return None;
    }
    let focus = &turn.before.focus;
    let of_it = |sku: &&String| turn.shown.iter().any(|p| p.sku == **sku && p.brand.eq_ignore_ascii_case(&first.name));
    let mut own: Vec<String> = focus.products.iter().chain(&focus.listed).filter(of_it).cloned().collect();
    own.dedup();
    (own.len() == 1).then_some(own)
}

/// "Can I plug them in", of the one pair of headphones in hand: some things are spoken of as several.
fn is_a_pair_in_hand(turn: &Turn<'_>) -> bool {
    const PAIRS: [&str; 8] = ["headphone", "earphone", "earbud", "speaker", "glass", "binocular", "clipper", "scissor"];
    let [only] = turn.before.focus.products.as_slice() else { return false };
    let kind = kind_of(turn, only).map(measure::stems).unwrap_or_default();
    let pair = kind.split(' ').any(|word| PAIRS.contains(&word));
    pair && turn.before.goal != Some(Goal::FindProduct)
}

/// "What does the plug pack cost", with a lamp in hand: a price or stock is asked of the kind that is named.
fn names_another_kind(turn: &Turn<'_>) -> bool {
    let priced = matches!(turn.goal, Goal::PriceQuestion | Goal::StockQuestion);
    let reference = &turn.read.reference;
    let kinds = || turn.heard.categories.iter().enumerate().filter(|(i, c)| turn.read.roles.wants_category(*i) && !c.names.is_empty());
    let other = kinds().next().is_some() && kinds().all(|(_, c)| !c.names.iter().any(|name| is_in_hand(turn, name)));
    priced && !reference.pronoun && !reference.plural && other && !turn.before.focus.products.is_empty()
}

/// "When are they back in", "is that one in stock": of the bags just shown, not of the robot they are for.
fn means_the_newest(turn: &Turn<'_>) -> bool {
    let shown = |kind: &ActKind| matches!(kind, ActKind::AccessoriesIntro | ActKind::AlternativesIntro);
    let listed = &turn.before.focus.listed;
    if listed.is_empty() || !turn.before.last_acts.iter().any(shown) {
        return false;
    }
    let text = |i: usize| turn.heard.words.get(i).map_or("", |w| w.text.as_str());
    let that_one = (1..turn.heard.words.len()).any(|i| text(i) == "one" && matches!(text(i - 1), "that" | "this"));
    let had = matches!(turn.goal, Goal::StockQuestion | Goal::PriceQuestion | Goal::Buy) && listed.len() == 1;
    let accessories = turn.before.last_acts.contains(&ActKind::AccessoriesIntro);
    let of_these = accessories && turn.read.reference.pronoun && turn.goal == Goal::ProductQuestion && only_these_speak(turn);
    of_these || turn.read.reference.plural && accessories || that_one || had && turn.read.reference.pronoun
}

/// "Does it have a kickstand", after a case was shown for the phone: the record of the case speaks of that.
fn only_these_speak(turn: &Turn<'_>) -> bool {
    let focus = &turn.before.focus;
    let said = turn.heard.words.iter().filter(|w| w.is_telling() && w.text.len() > 2);
    let speak = |skus: &[String], stem: &str| turn.shown.iter().filter(|p| skus.contains(&p.sku)).any(|p| features::speaks_of(p, stem));
    focus.listed.len() == 1 && said.into_iter().any(|w| speak(&focus.listed, &w.stem) && !speak(&focus.products, &w.stem))
}

/// The customer's own products in this message, or named before and meant by "my phone".
pub fn owned(turn: &Turn<'_>) -> Vec<String> {
    let mut skus: Vec<String> = mentions(turn, |role| role != Role::Wanted).flat_map(|mention| mention.skus.clone()).collect();
    if skus.is_empty() && turn.heard.words.iter().any(|w| matches!(w.text.as_str(), "my" | "mine" | "his" | "her")) {
        skus.clone_from(&turn.before.focus.owned);
    }
    skus
}

fn mentions<'a>(turn: &'a Turn<'_>, keep: impl Fn(Role) -> bool + 'a) -> impl Iterator<Item = &'a ProductNamed> {
    let role = |i: usize| turn.read.roles.products.get(i).copied().unwrap_or_default();
    turn.heard.products.iter().enumerate().filter(move |(i, _)| keep(role(*i))).map(|(_, mention)| mention)
}

/// Products named and asked about.
fn named(turn: &Turn<'_>) -> Option<Meant> {
    // "Does it mop as well", asked of one thing, is no question for the one called Mop.
    let form = turn.read.form;
    let of_it = form.subject == Subject::Pointed && matches!(form.asks, Asks::Whether | Asks::HowMuchOf | Asks::Property);
    let focus = &turn.before.focus;
    let table = focus.products.len() == 1 || turn.read.reference.is_exact() && focus.listed.len() > 1;
    let table = table || pointing_wish(turn).is_some() && focus.listed.len() > 1;
    // "What about the A36, is that waterproof": what is named before "that" is what it means.
    let pointing =
        turn.heard.words.iter().position(|w| matches!(w.text.as_str(), "it" | "that" | "this" | "they" | "them" | "one" | "those"));
    let behind = |mention: &ProductNamed| pointing.is_some_and(|at| at < mention.words.start);
    let text = |i: usize| turn.heard.words.get(i).map_or("", |w| w.text.as_str());
    // "And the other one, the Polder": what follows with "the" says which one.
    let says_which = |mention: &ProductNamed| mention.words.start > 0 && text(mention.words.start - 1) == "the";
    // "Is there a hose on it".
    let part_of_it = |mention: &ProductNamed| {
        let end = mention.words.end;
        matches!(text(end), "on" | "in" | "with") && matches!(text(end + 1), "it" | "them" | "that") && !focus.listed.is_empty()
    };
    // "Does it come with an HDMI cable".
    let included = |mention: &ProductNamed| {
        let at = (mention.words.start.saturating_sub(2)..mention.words.start).find(|i| matches!(text(*i), "with" | "include" | "includes"));
        let comes = at.is_some_and(|i| text(i) != "with" || i > 0 && matches!(text(i - 1), "come" | "comes" | "supplied" | "delivered"));
        of_it && comes && behind(mention) && !(focus.products.is_empty() && focus.listed.is_empty())
    };
    let little = |mention: &ProductNamed| mention.words.len() == 1 && mention.coverage < 0.5;
    let in_passing = |mention: &&ProductNamed| {
        included(mention)
            || mention.words.len() == 1 && part_of_it(mention)
            || little(mention) && of_it && table && behind(mention) && !says_which(mention)
    };
    let wanted: Vec<&ProductNamed> = mentions(turn, |role| role == Role::Wanted).filter(|mention| !in_passing(mention)).collect();
    (!wanted.is_empty()).then(|| meant_by(turn, &wanted))
}

fn owned_named(turn: &Turn<'_>) -> Option<Meant> {
    let own: Vec<&ProductNamed> = mentions(turn, |role| role != Role::Wanted).collect();
    (!own.is_empty()).then(|| meant_by(turn, &own))
}

/// The products of some mentions. A name that fits several means those on the table, if any are; then
/// those that other words of the message single out ("in silver").
fn meant_by(turn: &Turn<'_>, mentioned: &[&ProductNamed]) -> Meant {
    let on_table = |sku: &String| is_on_table(turn, sku);
    let mut skus: Vec<String> = Vec::new();
    let mut ambiguous = false;
    for mention in mentioned {
        let shown: Vec<&String> = mention.skus.iter().filter(|sku| on_table(sku)).collect();
        let meant: Vec<String> = match (shown.as_slice(), mention.skus.len()) {
            ([], 1) => mention.skus.clone(),
            ([], _) => {
                ambiguous = true;
                mention.skus.clone()
            }
            (shown, _) => {
                let shown: Vec<String> = shown.iter().map(|sku| (*sku).clone()).collect();
                told_apart(turn, &shown).unwrap_or(shown)
            }
        };
        for sku in meant {
            if !skus.contains(&sku) {
                skus.push(sku);
            }
        }
    }
    Meant { skus, how: How::Named, ambiguous }
}

/// Whether a product was shown or talked about, rather than being another version of one that was.
pub fn is_on_table(turn: &Turn<'_>, sku: &String) -> bool {
    let focus = &turn.before.focus;
    [&focus.listed, &focus.products, &focus.recent, &focus.owned].into_iter().any(|skus| skus.contains(sku))
}

/// Whether several products in hand are one in several versions.
pub fn is_one_thing(turn: &Turn<'_>) -> bool {
    let hand = &turn.before.focus.products;
    let mut families = turn.shown.iter().filter(|p| hand.contains(&p.sku)).map(|p| p.family());
    let first = families.next();
    hand.len() > 1 && first.is_some_and(|first| families.all(|own| own == first))
}

/// The kind of thing that a product shown is.
pub fn kind_of<'t>(turn: &'t Turn<'_>, sku: &str) -> Option<&'t str> {
    turn.shown.iter().find(|p| p.sku == sku)?.leaf_category()
}

/// Whether what is in hand is of a category.
pub fn is_in_hand(turn: &Turn<'_>, category: &str) -> bool {
    let hand = &turn.before.focus.products;
    let of_it = |p: &Product| p.category.iter().any(|own| own.eq_ignore_ascii_case(category));
    turn.shown.iter().any(|p| hand.contains(&p.sku) && of_it(p))
}

/// Of some products on the table, those that words of the message single out.
pub fn told_apart(turn: &Turn<'_>, skus: &[String]) -> Option<Vec<String>> {
    let table: Vec<&Arc<Product>> = turn.shown.iter().filter(|p| skus.contains(&p.sku)).collect();
    let found = singled_out(turn, &table);
    (!found.is_empty()).then_some(found)
}

/// The weight of a product in kilograms, from its property of that name.
pub fn weight(product: &Product) -> Option<f64> {
    measure::of_product(product, "weight").filter(|(_, measured)| measured.unit == "kg").map(|(_, measured)| measured.number)
}

/// How products stand by a wish: the specification that says so and its number, best first; `None` where
/// fewer than two can be compared.
pub fn ranking(products: &[Arc<Product>], quality: &Quality) -> Option<Vec<(usize, usize, f64)>> {
    quality.properties.iter().find_map(|property| {
        let stated: Vec<(usize, usize, measure::Measured)> =
            products.iter().enumerate().filter_map(|(i, p)| measure::of_product(p, property).map(|(spec, m)| (i, spec, m))).collect();
        let unit = &stated.first()?.2.unit;
        let mut ranked: Vec<(usize, usize, f64)> =
            stated.iter().filter(|(_, _, m)| m.unit == *unit).map(|(i, spec, m)| (*i, *spec, m.number)).collect();
        if ranked.is_empty() || ranked.len() < 2 && products.len() > 1 {
            return None;
        }
        ranked.sort_by(|a, b| if quality.less { a.2.total_cmp(&b.2) } else { b.2.total_cmp(&a.2) });
        Some(ranked)
    })
}

/// The product of a brand ("the Sonos"): of those on the table, then of those named before.
pub fn by_brand(turn: &Turn<'_>) -> Vec<String> {
    let focus = &turn.before.focus;
    let mut found: Vec<String> = Vec::new();
    for (i, brand) in turn.heard.brands.iter().enumerate() {
        let within = turn.heard.products.iter().any(|p| p.words.contains(&brand.words.start));
        if within || !turn.read.roles.wants_brand(i) || needs::is_excluded(turn.heard, brand.words.start) {
            continue;
        }
        let of_brand =
            |sku: &&String| turn.shown.iter().any(|p| p.sku == **sku && p.brand.eq_ignore_ascii_case(&brand.name) && fits_kind(turn, p));
        let table: Vec<&String> = focus.products.iter().chain(&focus.listed).collect();
        let mut own: Vec<String> = table.into_iter().filter(of_brand).cloned().collect();
        if own.is_empty() {
            own = focus.recent.iter().filter(of_brand).take(1).cloned().collect();
        }
        own.dedup();
        for sku in told_apart(turn, &own).unwrap_or(own) {
            if !found.contains(&sku) {
                found.push(sku);
            }
        }
    }
    found
}

/// Whether a product is of a kind the message names, if it names any.
pub(super) fn fits_kind(turn: &Turn<'_>, product: &Product) -> bool {
    let mut kinds = turn.heard.categories.iter().flat_map(|named| &named.names).peekable();
    kinds.peek().is_none() || kinds.any(|name| product.category.iter().any(|own| own.eq_ignore_ascii_case(name)))
}

/// "The laptop", "that mouse": the one thing of that kind on the table, or else named before.
fn by_kind(turn: &Turn<'_>) -> Vec<String> {
    let focus = &turn.before.focus;
    let text = |i: usize| turn.heard.words.get(i).map_or("", |w| w.text.as_str());
    let definite = turn.heard.categories.iter().any(|c| {
        let before = c.words.start.checked_sub(1).map_or("", |i| text(i));
        matches!(before, "the" | "that" | "this" | "those" | "these") && !c.names.is_empty()
    });
    if !definite {
        return Vec::new();
    }
    let of_kind = |sku: &&String| turn.shown.iter().any(|p| p.sku == **sku && fits_kind(turn, p));
    for table in [&focus.products, &focus.listed, &focus.recent] {
        let found: Vec<String> = table.iter().filter(of_kind).cloned().collect();
        if found.len() == 1 {
            return found;
        }
    }
    Vec::new()
}

/// Products on the table that words of the message single out: "the TUF", "the red one", "the HP".
fn described(turn: &Turn<'_>) -> Vec<String> {
    // "Orange please", "ok black then" say no more than which.
    const BARE: usize = 2;
    let definite = turn.heard.words.iter().any(|w| matches!(w.text.as_str(), "the" | "that" | "this" | "one"));
    let said = turn.heard.words.iter().filter(|w| !words::is_function(&w.text) && w.text != "ok");
    let focus = &turn.before.focus;
    // "Does it come in black too": of the one in hand, not of those that are black.
    let of_it = !definite && focus.products.len() == 1 && turn.heard.words.iter().any(|w| w.text == "it");
    if of_it || !definite && said.count() > BARE {
        return Vec::new();
    }
    let on_table = |p: &&Arc<Product>| focus.listed.contains(&p.sku) || focus.products.contains(&p.sku);
    let table: Vec<&Arc<Product>> = turn.shown.iter().filter(on_table).collect();
    let found = singled_out(turn, &table);
    if !found.is_empty() {
        return found;
    }
    let before: Vec<&Arc<Product>> = turn.shown.iter().filter(|p| focus.recent.contains(&p.sku)).collect();
    let found = singled_out(turn, &before);
    if found.len() == 1 { found } else { Vec::new() }
}

/// Of several products, those whose names, options or colours hold words of the message that others lack.
fn singled_out(turn: &Turn<'_>, table: &[&Arc<Product>]) -> Vec<String> {
    let said: Vec<&str> = turn
        .heard
        .words
        .iter()
        .filter(|w| !words::is_function(&w.text) && w.text.len() > 1 && !words::is_request(&w.text, &w.stem))
        .map(|w| w.stem.as_str())
        .collect();
    if table.len() < 2 || said.is_empty() {
        return Vec::new();
    }
    let told_apart: Vec<&str> = said
        .into_iter()
        .filter(|stem| {
            let having = table.iter().filter(|p| names(p, stem)).count();
            having > 0 && having < table.len()
        })
        .collect();
    if told_apart.is_empty() {
        return Vec::new();
    }
    let score = |p: &Product| told_apart.iter().filter(|stem| names(p, stem)).count();
    let best = table.iter().map(|p| score(p)).max().unwrap_or(0);
    table.iter().filter(|p| score(p) == best).map(|p| p.sku.clone()).collect()
}

/// Whether a word is part of the name of a kind a product is of.
pub fn fits_kind_word(product: &Product, wanted: &str) -> bool {
    product.category.iter().any(|kind| tokens(&fold(kind)).iter().any(|token| stem(&token.text) == wanted))
}

/// Whether a word is part of a product's name, brand, options or colour.
pub fn names(product: &Product, wanted: &str) -> bool {
    let has = |text: &str| tokens(&fold(text)).iter().any(|token| stem(&token.text) == wanted);
    has(&product.name)
        || has(&product.brand)
        || product.options.iter().any(|(_, value)| has(value))
        || product.specs.iter().any(|spec| {
            let colour = spec.name.eq_ignore_ascii_case("colour") || spec.name.eq_ignore_ascii_case("color");
            colour && matches!(&spec.value, SpecValue::Text(text) if has(text))
        })
}
