//! From a message to a product query, and from one query to the next.

use super::Understanding;
use crate::domain::heard::{CategoryNamed, Heard};
use crate::domain::money::Money;
use crate::domain::query::{ProductQuery, Sort};
use crate::domain::text::words;

/// Words of a request that describe no product.
const REQUEST: &[&str] = &[
    "product",
    "model",
    "option",
    "choic",
    "choice",
    "item",
    "thing",
    "stuff",
    "price",
    "budget",
    "cost",
    "cheap",
    "cheaper",
    "cheapest",
    "expensiv",
    "expensive",
    "afford",
    "affordable",
    "best",
    "good",
    "better",
    "great",
    "nice",
    "decent",
    "new",
    "buy",
    "order",
    "purchas",
    "purchase",
    "shop",
    "store",
    "stock",
    "availabl",
    "available",
    "sell",
    "gift",
    "present",
    "today",
    "tomorrow",
    "now",
    "search",
    "browse",
    "brows",
    "list",
    "anyth",
    "anything",
    "someth",
    "something",
    "kind",
    "type",
    "sort",
    "brand",
    "dollar",
    "buck",
    "usd",
    "max",
    "maximum",
    "minimum",
    "under",
    "below",
    "around",
    "between",
    "include",
    "includ",
    "feature",
    "featur",
    "recommend",
    "suggest",
    "compare",
    "compar",
    "need",
    "want",
    "use",
    "us",
    "work",
    "person",
    "people",
    "wife",
    "husband",
    "son",
    "daughter",
    "mom",
    "dad",
    "mother",
    "father",
    "kid",
    "friend",
    "birthday",
    "christma",
    "christmas",
    "home",
    "lot",
    "bit",
    "day",
    "time",
    "more",
    "other",
    "another",
    "els",
    "else",
    "next",
    "few",
    "some",
    "detail",
    "info",
    "pleas",
    "please",
    "thank",
    "instead",
    "only",
    "just",
    "first",
    "second",
    "third",
    "last",
    "one",
    "two",
    "both",
    "them",
    "tell",
    "know",
    "help",
    "choose",
    "pick",
    "lighter",
    "lightest",
    "smaller",
    "bigger",
    "larger",
    "expens",
    "value",
    "money",
    "quality",
    "quick",
    "fast",
    "hold",
    "reach",
    "get",
    "have",
    "fit",
    "suit",
    "suitabl",
    "suitable",
    "interest",
    "interested",
    "market",
    "look",
    "see",
    "show",
    "find",
    "currently",
    "current",
    "at",
    "least",
    "most",
    "than",
    "less",
    "also",
    "mayb",
    "maybe",
    "actual",
    "actually",
    "right",
    "guy",
    "hey",
    "hello",
    "hi",
];

/// The query a message states by itself.
pub fn query(text: &str, heard: &Heard, read: &Understanding) -> ProductQuery {
    let mut query = ProductQuery {
        min_price: read.prices.min,
        max_price: read.prices.max,
        measures: read.measures.measures.clone(),
        said: text.to_owned(),
        ..ProductQuery::default()
    };
    for brand in &heard.brands {
        // A brand that is part of a product's name says nothing beside it.
        let in_name = heard.products.iter().any(|p| p.words.contains(&brand.words.start) && p.coverage > 0.6);
        if in_name {
            continue;
        }
        let list = if is_excluded(heard, brand.words.start) { &mut query.not_brands } else { &mut query.brands };
        if !list.contains(&brand.name) {
            list.push(brand.name.clone());
        }
    }
    for category in &heard.categories {
        if is_excluded(heard, category.words.start) || is_purpose(heard, category) {
            continue;
        }
        query.categories.extend(category.names.iter().cloned());
    }
    let spoken_for = spoken_for(heard, read);
    for (i, word) in heard.words.iter().enumerate() {
        if spoken_for[i] || words::is_function(&word.text) || REQUEST.contains(&word.stem.as_str()) {
            continue;
        }
        let says_something = heard.describing.get(i).copied().unwrap_or(false);
        // Ordinary words count only where products are described by them; unusual ones always do, so
        // that "a toaster" finds nothing rather than everything.
        if !says_something && words::is_common(&word.text) {
            continue;
        }
        if !says_something && !query.categories.is_empty() {
            continue;
        }
        let list = if is_excluded(heard, i) { &mut query.not_terms } else { &mut query.terms };
        if !list.contains(&word.text) {
            list.push(word.text.clone());
        }
    }
    query.sort = sort(heard);
    query.in_stock = heard.words.windows(2).any(|pair| pair[0].text == "in" && pair[1].text == "stock");
    query
}

/// "A monitor for gaming": what a thing is for is no second kind of thing. Its words stay as words.
fn is_purpose(heard: &Heard, category: &CategoryNamed) -> bool {
    let at = category.words.start;
    let after_for = at > 0 && heard.words.get(at - 1).is_some_and(|w| w.text == "for");
    after_for && !category.names.is_empty() && heard.categories.iter().any(|other| other.words.end < at && !other.names.is_empty())
}

/// Words that are part of a category, a brand, a price, a measure or a reference.
fn spoken_for(heard: &Heard, read: &Understanding) -> Vec<bool> {
    let mut spoken_for = vec![false; heard.words.len()];
    let spans = heard.categories.iter().filter(|c| !is_purpose(heard, c)).map(|c| &c.words).chain(heard.brands.iter().map(|b| &b.words));
    for span in spans {
        spoken_for[span.clone()].fill(true);
    }
    for i in read.prices.words.iter().chain(&read.measures.words).chain(&read.reference.words) {
        if let Some(slot) = spoken_for.get_mut(*i) {
            *slot = true;
        }
    }
    spoken_for
}

/// Whether the words before take a word out: "no ASUS", "without a touchscreen", "anything but Apple".
fn is_excluded(heard: &Heard, at: usize) -> bool {
    let word = |back: usize| at.checked_sub(back).and_then(|i| heard.words.get(i)).map_or("", |w| w.text.as_str());
    let excludes = |text: &str| matches!(text, "no" | "not" | "without" | "except" | "excluding" | "besides");
    excludes(word(1))
        || (matches!(word(1), "a" | "an" | "any" | "the" | "from" | "by" | "for") && excludes(word(2)))
        || (word(1) == "but" && matches!(word(2), "anything" | "all" | "everything"))
        || (word(1) == "than" && word(2) == "other")
}

fn sort(heard: &Heard) -> Sort {
    let has = |text: &str| heard.words.iter().any(|w| w.text == text);
    let pair = |a: &str, b: &str| heard.words.windows(2).any(|p| p[0].text == a && p[1].text == b);
    if has("cheapest") || pair("lowest", "price") || pair("least", "expensive") || pair("low", "to") {
        Sort::PriceUp
    } else if pair("most", "expensive") || has("priciest") || has("premium") || pair("high", "end") || has("flagship") {
        Sort::PriceDown
    } else if has("lightest") {
        Sort::WeightUp
    } else {
        Sort::Relevance
    }
}

/// Whether a message only narrows down what is on the table: it bounds or names a property, but no other
/// kind of thing.
pub fn refines(new: &ProductQuery, old: &ProductQuery) -> bool {
    let same_kind = new.categories.is_empty() || new.categories.iter().any(|c| old.categories.contains(c));
    same_kind && (!new.is_empty() || new.in_stock || new.sort != Sort::Relevance || !new.not_terms.is_empty())
}

/// The old query with everything the new one states in its place.
pub fn merge(old: &ProductQuery, new: ProductQuery) -> ProductQuery {
    let mut merged = old.clone();
    if !new.categories.is_empty() {
        merged.categories = new.categories;
    }
    if !new.brands.is_empty() {
        merged.not_brands.retain(|brand| !new.brands.contains(brand));
        merged.brands = new.brands;
    }
    for brand in new.not_brands {
        merged.brands.retain(|own| *own != brand);
        merged.not_brands.push(brand);
    }
    if new.min_price.is_some() || new.max_price.is_some() {
        merged.min_price = new.min_price.or(merged.min_price.filter(|min| new.max_price.is_none_or(|max| min.minor <= max.minor)));
        merged.max_price = new.max_price.or(merged.max_price.filter(|max| new.min_price.is_none_or(|min| max.minor >= min.minor)));
    }
    for measure in new.measures {
        merged.measures.retain(|own| own.unit != measure.unit || own.property != measure.property);
        merged.measures.push(measure);
    }
    for term in new.terms {
        if !merged.terms.contains(&term) {
            merged.terms.push(term);
        }
    }
    merged.not_terms.extend(new.not_terms);
    merged.in_stock |= new.in_stock;
    if new.sort != Sort::Relevance {
        merged.sort = new.sort;
    }
    merged.not_skus.clear();
    merged.said = new.said;
    merged
}

/// The query for something cheaper than the cheapest of `prices`.
pub fn cheaper_than(old: &ProductQuery, prices: impl Iterator<Item = Money>) -> ProductQuery {
    let mut query = old.clone();
    if let Some(least) = prices.min_by_key(|price| price.minor) {
        query.max_price = Some(Money::new(least.minor - 1, least.currency));
        query.min_price = query.min_price.filter(|min| min.minor < least.minor);
    }
    query.sort = Sort::PriceDown;
    query.not_skus.clear();
    query
}

/// The query for something dearer than the dearest of `prices`.
pub fn dearer_than(old: &ProductQuery, prices: impl Iterator<Item = Money>) -> ProductQuery {
    let mut query = old.clone();
    if let Some(most) = prices.max_by_key(|price| price.minor) {
        query.min_price = Some(Money::new(most.minor + 1, most.currency));
        query.max_price = query.max_price.filter(|max| max.minor > most.minor);
    }
    query.sort = Sort::PriceUp;
    query.not_skus.clear();
    query
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::heard::{BrandNamed, CategoryNamed, Word};
    use crate::domain::money::Currency;
    use crate::domain::state::ConversationState;
    use crate::domain::text::token::tokens;
    use crate::domain::text::unit;

    /// A message in a shop of laptops by ASUS and Apple that have touchscreens and RTX graphics.
    fn heard(text: &str) -> Heard {
        let words = Word::from_tokens(unit::merge(tokens(text), text));
        let mut heard = Heard::default();
        for (i, word) in words.iter().enumerate() {
            match word.stem.as_str() {
                "laptop" => heard.categories.push(CategoryNamed { names: vec!["Laptops".into()], words: i..i + 1, exact: true }),
                "asus" => heard.brands.push(BrandNamed { name: "ASUS".into(), words: i..i + 1 }),
                "apple" | "appl" => heard.brands.push(BrandNamed { name: "Apple".into(), words: i..i + 1 }),
                _ => {}
            }
            heard.describing.push(matches!(word.stem.as_str(), "touchscreen" | "rtx" | "black"));
        }
        heard.words = words;
        heard
    }

    fn read(text: &str) -> ProductQuery {
        let heard = heard(text);
        let understanding = Understanding::read(text, &heard, &ConversationState::default(), Currency::USD);
        query(text, &heard, &understanding)
    }

    #[test]
    fn messages_become_queries() {
        let q = read("show me ASUS laptops under 1500 with an RTX card please");
        assert_eq!((q.categories, q.brands, q.max_price.map(|m| m.minor)), (vec!["Laptops".into()], vec!["ASUS".into()], Some(150_000)));
        assert_eq!(q.terms, ["rtx"]);
        let q = read("a laptop for my daughter, not Apple and without a touchscreen");
        assert_eq!((q.not_brands, q.not_terms), (vec!["Apple".to_owned()], vec!["touchscreen".to_owned()]));
        assert_eq!(q.terms, Vec::<String>::new());
        assert_eq!(read("do you sell toasters").terms, ["toasters"]);
        assert_eq!(read("the cheapest laptop").sort, Sort::PriceUp);
    }

    #[test]
    fn a_later_message_refines_an_earlier_one() {
        let first = read("laptops under 1500");
        let second = read("only ASUS");
        assert!(refines(&second, &first));
        let merged = merge(&first, second);
        assert_eq!((merged.brands.len(), merged.max_price.map(|m| m.minor)), (1, Some(150_000)));
        let third = merge(&merged, read("over 1000"));
        assert_eq!((third.min_price.map(|m| m.minor), third.max_price.map(|m| m.minor)), (Some(100_000), Some(150_000)));
        let fourth = merge(&third, read("over 2000"));
        assert_eq!((fourth.min_price.map(|m| m.minor), fourth.max_price), (Some(200_000), None));
        assert!(!refines(&read("hello"), &first));
    }
}
