//! Measures in a search: which property a number bounds, and which one a wish is about.

use super::catalogue::Catalogue;
use super::facets::PEOPLE;
use crate::domain::measure::{SIDES, in_base_unit, says};
use crate::domain::query::{Bound, Measure, Quality};

/// Heights of people, in millimetres.
const TALL: std::ops::RangeInclusive<f64> = 600.0..=2300.0;

/// A bound with the property it is about.
pub struct Bounded {
    /// Stems of the property's name.
    property: String,
    unit: String,
    number: f64,
    bound: Bound,
    /// How far from the number still counts as that much.
    tolerance: f64,
    /// The same upwards: "45 cm deep" is met by 42, not by 46.
    above: f64,
}

/// A property with what its values are counted in.
pub struct Ordering {
    /// Stems of the property's name.
    pub property: String,
    unit: String,
    less: bool,
}

impl Catalogue {
    /// The property a bound is about, among some products.
    ///
    /// A named property is taken at its word. Otherwise it is the one whose values the number lies among:
    /// "at least 9 kg" of washing machines that hold 6 to 11 kg and weigh 60 to 80 is what they hold.
    pub fn resolve(&self, measure: &Measure, docs: &[u32]) -> Option<Bounded> {
        let (mut number, mut unit) = in_base_unit(measure.number, &measure.unit);
        let mut ranges = self.ranges(docs, unit);
        // "Narrower than 18 inches", where the records count widths in centimetres.
        let side = measure.property.as_deref().filter(|property| SIDES.contains(property));
        if let (Some(side), "in") = (side, unit)
            && !ranges.iter().any(|range| says(&range.property, side))
        {
            (number, unit) = (number * INCH, "mm");
            ranges = self.ranges(docs, unit);
        }
        if let Some(wanted) = &measure.property
            && ranges.iter().any(|range| says(&range.property, wanted))
        {
            ranges.retain(|range| says(&range.property, wanted));
        }
        let among = |range: &Range| number >= range.low * 0.8 && number <= range.high * 1.25;
        // 35 km lie among no ranges from 60 to 100 km, but much nearer to them than to the size of a frame.
        let apart = |range: &Range| ((number.max(1e-6) / ((range.low + range.high) / 2.0).max(1e-6)).log10().abs()) as i64;
        let best = ranges.iter().max_by_key(|range| (among(range), std::cmp::Reverse(apart(range)), range.products))?;
        let (bound, mut tolerance) = tolerant(measure.bound, unit, number);
        let mut above = tolerance;
        if bound == Bound::About && measure.property.as_deref().is_some_and(|property| SIDES.contains(&property)) {
            (tolerance, above) = (number * 0.15, number * 0.005);
        }
        Some(Bounded { property: best.property.clone(), unit: unit.to_owned(), number, bound, tolerance, above })
    }

    /// Whether a product meets a bound.
    pub fn meets(&self, doc: u32, wanted: &Bounded) -> bool {
        self.facets.measures(doc).any(|(property, unit, have)| {
            property == wanted.property
                && unit == wanted.unit
                && match wanted.bound {
                    Bound::AtLeast => have >= wanted.number - wanted.tolerance,
                    Bound::AtMost => have <= wanted.number + wanted.tolerance,
                    Bound::About => (-wanted.tolerance..=wanted.above).contains(&(have - wanted.number)),
                }
        })
    }

    /// Drops products that do not meet the measures of a query; what each is about is seen among the products
    /// themselves.
    pub fn keep_measured(&self, measures: &[Measure], docs: &mut Vec<u32>) {
        for measure in measures {
            if measure.unit == PEOPLE {
                // Few records say for how many; those that say for fewer are out.
                docs.retain(|doc| self.facets.measures(*doc).all(|(_, unit, most)| unit != PEOPLE || most >= measure.number));
                continue;
            }
            let (number, unit) = in_base_unit(measure.number, &measure.unit);
            let within = |doc: &u32| self.facets.spans(*doc).any(|(own, least, most)| own == unit && least <= number && number <= most);
            // A body height, a temperature: what is stated as a span fits what lies in it.
            if measure.bound == Bound::About && measure.property.is_none() && docs.iter().any(within) {
                // One for somebody so tall may come in frames for others, and state no height itself.
                let tall = unit == "mm" && TALL.contains(&number);
                let states = |doc: &u32| self.facets.spans(*doc).any(|(own, _, most)| own == unit && TALL.contains(&most));
                docs.retain(|doc| within(doc) || tall && !states(doc));
                continue;
            }
            match self.resolve(measure, docs) {
                Some(bounded) => docs.retain(|doc| self.meets(*doc, &bounded)),
                None => docs.clear(),
            }
        }
    }

    /// The property a wish orders some products by: the first that at least two of them state.
    pub fn ordering(&self, quality: &Quality, docs: &[u32]) -> Option<Ordering> {
        quality.properties.iter().find_map(|wanted| {
            let mut counts: Vec<(String, String, usize)> = Vec::new();
            for doc in docs {
                let mut seen = false;
                for (property, unit, _) in self.facets.measures(*doc) {
                    if seen || !says(property, wanted) {
                        continue;
                    }
                    seen = true;
                    match counts.iter_mut().find(|(p, u, _)| p == property && u == unit) {
                        Some((_, _, count)) => *count += 1,
                        None => counts.push((property.to_owned(), unit.to_owned(), 1)),
                    }
                }
            }
            let least = docs.len().min(2);
            let (property, unit, _) = counts.into_iter().filter(|(_, _, count)| *count >= least).max_by_key(|(_, _, count)| *count)?;
            Some(Ordering { property, unit, less: quality.less })
        })
    }

    /// What a product has of the property, greater for better; `None` where it states nothing.
    pub fn standing(&self, doc: u32, ordering: &Ordering) -> Option<f64> {
        let own = self.facets.measures(doc).find(|(property, unit, _)| *property == ordering.property && *unit == ordering.unit);
        own.map(|(_, _, number)| if ordering.less { -number } else { number })
    }

    /// For each property counted in a unit, the span of its values among some products.
    fn ranges(&self, docs: &[u32], unit: &str) -> Vec<Range> {
        let mut found: Vec<Range> = Vec::new();
        for doc in docs {
            for (property, own, number) in self.facets.measures(*doc).filter(|(_, own, _)| *own == unit) {
                let _ = own;
                match found.iter_mut().find(|range| range.property == property) {
                    Some(range) => {
                        range.low = range.low.min(number);
                        range.high = range.high.max(number);
                        range.products += 1;
                    }
                    None => found.push(Range { property: property.to_owned(), low: number, high: number, products: 1 }),
                }
            }
        }
        found
    }
}

/// In millimetres, the compared form of lengths.
const KILOMETRE: f64 = 1e6;
/// An inch in the same; inches alone name a class of screens and are kept as they are.
const INCH: f64 = 25.4;

struct Range {
    property: String,
    low: f64,
    high: f64,
    products: usize,
}

/// How a bound is meant: "100 W" is that much or more, "15 inch" a class of screens, "2 m" roughly so much.
fn tolerant(bound: Bound, unit: &str, number: f64) -> (Bound, f64) {
    match (bound, unit) {
        (Bound::AtLeast | Bound::AtMost, _) => (bound, number * 0.005),
        (Bound::About, "in") => (bound, 0.65),
        (Bound::About, "w" | "hz" | "h" | "mah" | "lm" | "mbps" | "rpm" | "nm" | "mp" | "fps") => (Bound::AtLeast, number * 0.005),
        // "I ride 35 km a day" is served by whatever goes as far.
        (Bound::About, "mm") if number >= KILOMETRE => (Bound::AtLeast, number * 0.005),
        // Who has a room of 45 square metres is served by what does for 60.
        (Bound::About, "m2") => (Bound::AtLeast, number * 0.005),
        (Bound::About, "mm" | "kg" | "l") => (bound, number * 0.12),
        (Bound::About, _) => (bound, number * 0.02),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::product::tests::sample;
    use crate::domain::product::{Product, Spec, SpecValue};
    use crate::domain::query::Degree;

    fn machine(sku: &str, specs: &[(&str, &str)]) -> Product {
        let spec = |(name, text): &(&str, &str)| Spec { name: (*name).into(), value: SpecValue::from_text(text) };
        Product { specs: specs.iter().map(spec).collect(), ..sample(sku, sku, 1, Some(1)) }
    }

    fn shelf() -> Catalogue {
        Catalogue::build(&[
            machine(
                "A",
                &[("Capacity", "7 kg"), ("Weight", "62 kg"), ("Noise level", "69 dB"), ("Memory", "16 GB DDR5"), ("Storage", "1 TB SSD")],
            ),
            machine(
                "B",
                &[("Capacity", "9 kg"), ("Weight", "71 kg"), ("Noise level", "76 dB"), ("Memory", "32 GB"), ("Storage", "512 GB")],
            ),
        ])
    }

    #[test]
    fn a_number_bounds_the_property_it_lies_among() {
        let shelf = shelf();
        for (property, bound, number, unit, fitting) in [
            (None, Bound::AtLeast, 9.0, "kg", vec![1]),
            (None, Bound::AtMost, 65.0, "kg", vec![0]),
            (Some("weight"), Bound::AtLeast, 9.0, "kg", vec![0, 1]),
            (None, Bound::About, 16.0, "gb", vec![0]),
            (Some("ram"), Bound::AtLeast, 32.0, "gb", vec![1]),
            (None, Bound::AtLeast, 1.0, "tb", vec![0]),
            (None, Bound::AtLeast, 1.0, "lm", vec![]),
        ] {
            let measure = Measure { property: property.map(str::to_owned), bound, number, unit: unit.into() };
            let bounded = shelf.resolve(&measure, &[0, 1]);
            let found: Vec<u32> = [0, 1].into_iter().filter(|doc| bounded.as_ref().is_some_and(|b| shelf.meets(*doc, b))).collect();
            assert_eq!(found, fitting, "{measure:?}");
        }
    }

    #[test]
    fn a_wish_orders_by_the_first_property_that_is_stated() {
        let shelf = shelf();
        let quality = Quality { properties: vec!["volume".into(), "nois".into()], less: true, degree: Degree::Most };
        let ordering = shelf.ordering(&quality, &[0, 1]).unwrap();
        assert_eq!(ordering.property, "nois level");
        assert!(shelf.standing(0, &ordering) > shelf.standing(1, &ordering));
    }
}
