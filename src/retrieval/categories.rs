//! Categories: from the words customers use to the shop's own.

use foldhash::{HashMap, HashSet};
use serde::{Deserialize, Serialize};

use super::analysis;
use crate::domain::product::Product;
use crate::domain::text::words;

/// How a phrase names a category; better ways first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
enum Way {
    /// By its name.
    Exact,
    /// By one of the things it is named after: "hubs" for "Docks and Hubs".
    Part,
    /// By what it holds, which is also listed as another word for it: "dryer" for "Tumble Dryers", though there
    /// are hair dryers too.
    Known,
    /// By what it holds: "camera" for "Mirrorless Cameras".
    Head,
    /// By another word for one of these.
    Synonym,
}

/// "Something to watch Netflix": right behind "to" it is what one does, unless that goes with the word before.
fn is_verb(stems: &[&str], at: usize) -> bool {
    let taking = |stem: &str| {
        ["compar", "simil", "next", "switch", "back", "chang", "move", "go", "relat", "down"].iter().any(|own| stem.starts_with(own))
    };
    at > 0 && stems[at - 1] == "to" && at + 1 < stems.len() && !(at > 1 && taking(stems[at - 2]))
}

/// How far apart the words of a name may stand in a message.
const SCATTERED: usize = 4;

/// The categories of a catalogue.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Categories {
    /// Name of each category, at whatever depth.
    names: Vec<String>,
    /// Products per category.
    sizes: Vec<u32>,
    /// The category each lies in, where it lies in one.
    parents: Vec<Option<u16>>,
    /// Stemmed phrase to the categories it names.
    phrases: HashMap<String, Vec<(Way, u16)>>,
    /// Longest phrase, in words.
    longest: usize,
    /// Phrases of several words by their last one, for names whose words stand apart.
    by_head: HashMap<String, Vec<String>>,
}

/// A category named in a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The categories, any of which may be meant.
    pub categories: Vec<u16>,
    /// The words that name it, as a range.
    pub words: std::ops::Range<usize>,
    /// Whether the whole name of a kind of thing was used, rather than of a shelf with several kinds.
    pub exact: bool,
}

impl Categories {
    /// Learns the categories of all products.
    pub fn learn<'a>(products: impl Iterator<Item = &'a Product>) -> Self {
        let mut found = Self::default();
        let mut numbers: HashMap<String, u16> = HashMap::default();
        for product in products {
            let mut seen = HashSet::default();
            let mut parent = None;
            for name in &product.category {
                let next = u16::try_from(found.names.len()).unwrap_or(u16::MAX);
                let number = *numbers.entry(name.to_lowercase()).or_insert_with(|| {
                    found.names.push(name.clone());
                    found.sizes.push(0);
                    found.parents.push(parent);
                    next
                });
                parent = Some(number);
                if seen.insert(number) {
                    found.sizes[usize::from(number)] += 1;
                }
            }
        }
        for number in 0..found.names.len() {
            found.learn_phrases(number);
        }
        let mut longer: Vec<&String> = found.phrases.keys().filter(|phrase| phrase.contains(' ')).collect();
        longer.sort_unstable();
        for phrase in longer {
            let head = phrase.rsplit(' ').next().unwrap_or_default();
            found.by_head.entry(head.to_owned()).or_default().push(phrase.clone());
        }
        found
    }

    fn learn_phrases(&mut self, number: usize) {
        let category = u16::try_from(number).unwrap_or(u16::MAX);
        let stems = |text: &str| analysis::words(text).into_iter().map(|w| w.stem).collect::<Vec<_>>();
        let whole: Vec<String> = stems(&self.names[number]).into_iter().filter(|t| t != "and").collect();
        self.add(&whole, Way::Exact, category);
        let lower = self.names[number].to_lowercase();
        let parts: Vec<Vec<String>> = lower.split(" and ").flat_map(|part| part.split(['&', '/', ','])).map(stems).collect();
        if parts.len() > 1 {
            for part in &parts {
                self.add(part, Way::Part, category);
            }
        }
        for part in &parts {
            if let [_, .., head] = part.as_slice() {
                self.add(std::slice::from_ref(head), Way::Head, category);
            }
        }
    }

    fn add(&mut self, stems: &[String], way: Way, category: u16) {
        if stems.is_empty() {
            return;
        }
        let phrase = stems.join(" ");
        let mut insert = |phrase: &str, way| {
            self.longest = self.longest.max(phrase.split(' ').count());
            let entries = self.phrases.entry(phrase.to_owned()).or_default();
            match entries.iter_mut().find(|(_, known)| *known == category) {
                Some((own, _)) if way == Way::Head && *own == Way::Synonym => *own = Way::Known,
                Some(_) => {}
                None => entries.push((way, category)),
            }
        };
        insert(&phrase, way);
        for synonym in words::synonyms(&phrase) {
            insert(synonym, Way::Synonym);
        }
        // "gaming notebook" for "gaming laptop": the last word may be another word for the same thing.
        if let Some((head, first)) = stems.split_last().filter(|(_, first)| !first.is_empty()) {
            for synonym in words::synonyms(head) {
                insert(&format!("{} {synonym}", first.join(" ")), Way::Synonym);
            }
        }
    }

    /// The categories named by stemmed words, longest phrases first, none overlapping. An "and" inside a
    /// name may be said or not.
    pub fn named(&self, stems: &[&str]) -> Vec<Named> {
        let places: Vec<usize> = (0..stems.len()).filter(|i| stems[*i] != "and").collect();
        let mut found = Vec::new();
        let mut at = 0;
        while at < places.len() {
            let longest = self.longest.min(places.len() - at);
            let hit = (1..=longest)
                .rev()
                .filter(|length| *length > 1 || !is_adjective(stems, places[at]) && !is_verb(stems, places[at]))
                .find_map(|length| {
                    let span = &places[at..at + length];
                    let phrase = span.iter().map(|i| stems[*i]).collect::<Vec<_>>().join(" ");
                    let entries = self.phrases.get(&phrase)?;
                    let best = entries.iter().map(|(way, _)| *way).min()?;
                    let mut categories: Vec<u16> = entries.iter().filter(|(way, _)| *way == best).map(|(_, c)| *c).collect();
                    // "Phones" is a shelf that also holds cases; whoever says it wants the phones on it.
                    if let [only] = categories[..] {
                        let inside = |c: u16| self.parents.get(usize::from(c)).copied().flatten() == Some(only);
                        let meant: Vec<u16> =
                            entries.iter().filter(|(way, c)| *way == Way::Synonym && inside(*c)).map(|(_, c)| *c).collect();
                        if !meant.is_empty() {
                            categories = meant;
                        }
                    }
                    let words = span[0]..span[length - 1] + 1;
                    let exact = best <= Way::Part && categories.iter().any(|c| !self.is_shelf(*c));
                    Some((length, Named { categories, words, exact }))
                });
            match hit {
                Some((length, named)) => {
                    at += length;
                    found.push(named);
                }
                None => at += 1,
            }
        }
        self.keep_inside(&mut found);
        self.join_scattered(stems, &mut found);
        found
    }

    /// Of all sorts of machines "coffee machine" means those among the coffee things.
    fn keep_inside(&self, found: &mut [Named]) {
        for i in 1..found.len() {
            let (before, rest) = found.split_at_mut(i);
            let (outer, inner) = (&before[i - 1], &mut rest[0]);
            if outer.words.end != inner.words.start || inner.exact {
                continue;
            }
            let inside: Vec<u16> =
                inner.categories.iter().copied().filter(|c| outer.categories.iter().any(|o| self.lies_in(*c, *o))).collect();
            if !inside.is_empty() {
                inner.categories = inside;
            }
        }
    }

    /// Whether other categories lie in it: "Home" and "Hair" are where things are, rather than what they are.
    fn is_shelf(&self, category: u16) -> bool {
        self.parents.contains(&Some(category))
    }

    /// A category by its name, and those it lies in, from the inside out.
    pub fn above<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        let own = self.names.iter().position(|own| own == name).and_then(|at| u16::try_from(at).ok());
        let around = std::iter::successors(own, |category| self.parents.get(usize::from(*category)).copied().flatten());
        around.filter_map(|category| self.names.get(usize::from(category)).map(String::as_str))
    }

    fn lies_in(&self, category: u16, outer: u16) -> bool {
        let parent = |c: u16| self.parents.get(usize::from(c)).copied().flatten();
        std::iter::successors(parent(category), |c| parent(*c)).any(|c| c == outer)
    }

    /// "A laptop for gaming" names Gaming Laptops: where all words of a longer name were said, though not
    /// side by side, they mean that category, not each its own.
    fn join_scattered(&self, stems: &[&str], found: &mut Vec<Named>) {
        let near = stems.iter().filter_map(|stem| self.by_head.get(*stem)).flatten();
        let longer = near.filter_map(|phrase| self.phrases.get_key_value(phrase)).filter_map(|(phrase, entries)| {
            let places: Option<Vec<usize>> = phrase.split(' ').map(|word| stems.iter().position(|stem| *stem == word)).collect();
            let places = places?;
            let (first, last) = (*places.iter().min()?, *places.iter().max()?);
            let named = found.iter().filter(|named| places.iter().any(|place| named.words.contains(place))).count();
            let apart = last - first >= places.len() && last - first <= SCATTERED && named > 0;
            let best = entries.iter().map(|(way, _)| *way).min()?;
            apart.then(|| {
                (
                    places.len(),
                    std::cmp::Reverse(best),
                    places,
                    entries.iter().filter(|(way, _)| *way == best).map(|(_, c)| *c).collect::<Vec<_>>(),
                )
            })
        });
        let Some((_, _, places, categories)) = longer.max_by(|a, b| (a.0, a.1, &a.3).cmp(&(b.0, b.1, &b.3))) else { return };
        found.retain(|named| !places.iter().any(|place| named.words.contains(place)));
        for (i, place) in places.iter().enumerate() {
            let categories = if i == 0 { categories.clone() } else { Vec::new() };
            found.push(Named { categories, words: *place..place + 1, exact: true });
        }
        found.sort_by_key(|named| named.words.start);
    }

    /// The name of a category.
    pub fn name(&self, category: u16) -> Option<&str> {
        self.names.get(usize::from(category)).map(String::as_str)
    }

    /// The number of a category by its name, whatever its case.
    pub fn number(&self, name: &str) -> Option<u16> {
        let at = self.names.iter().position(|own| own.eq_ignore_ascii_case(name))?;
        u16::try_from(at).ok()
    }

    /// All names with the number of products in each.
    pub fn all(&self) -> impl Iterator<Item = (&str, u32)> {
        self.names.iter().map(String::as_str).zip(self.sizes.iter().copied())
    }
}

/// "Something light" and "it must be light" ask for no lamp.
fn is_adjective(stems: &[&str], at: usize) -> bool {
    const BEFORE: [&str; 11] = ["something", "someth", "anything", "anyth", "very", "veri", "too", "so", "is", "be", "realli"];
    let before = at.checked_sub(1).is_some_and(|before| BEFORE.contains(&stems[before]));
    // "Mum wants the light one".
    stems[at] == "light" && (before || stems.get(at + 1) == Some(&"one"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::product::tests::sample;

    fn categories() -> Categories {
        let products: Vec<Product> = [
            &["Computers", "Laptops", "Gaming Laptops"][..],
            &["Accessories", "Docks and Hubs"],
            &["Cameras", "Mirrorless Cameras"],
            &["Audio", "Headphones"],
            &["Phones", "Smartphones"],
            &["Wine Coolers"],
            &["Laundry", "Tumble Dryers"],
            &["Hair", "Hair Dryers"],
        ]
        .into_iter()
        .map(|path| Product { category: path.iter().map(|s| (*s).to_owned()).collect(), ..sample("A", "x", 1, None) })
        .collect();
        Categories::learn(products.iter())
    }

    #[test]
    fn customers_words_lead_to_the_shops_categories() {
        let categories = categories();
        for (words, expected) in [
            ("gaming laptop", vec!["Gaming Laptops"]),
            ("gaming notebooks", vec!["Gaming Laptops"]),
            ("usb hub", vec!["Docks and Hubs"]),
            ("docks and hubs", vec!["Docks and Hubs"]),
            ("mirrorless camera", vec!["Mirrorless Cameras"]),
            ("a headset please", vec!["Headphones"]),
            ("a smart phone", vec!["Smartphones"]),
            ("cellphone", vec!["Phones", "Smartphones"]),
            ("wine cooler", vec!["Wine Coolers"]),
            ("toaster", vec![]),
            ("something to phone home with", vec![]),
            ("switch to phones with keys", vec!["Smartphones"]),
            ("dryers", vec!["Tumble Dryers"]),
            ("hair dryer", vec!["Hair Dryers"]),
            ("a laptop for gaming", vec!["Gaming Laptops"]),
            ("a camera and a headset", vec!["Cameras", "Headphones"]),
        ] {
            let words_said = analysis::words(words);
            let stems: Vec<&str> = words_said.iter().map(|w| w.stem.as_str()).collect();
            let named = categories.named(&stems);
            let names: Vec<&str> = named.iter().flat_map(|n| &n.categories).filter_map(|c| categories.name(*c)).collect();
            assert_eq!(names, expected, "{words}");
        }
    }
}
