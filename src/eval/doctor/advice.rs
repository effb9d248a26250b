//! Which model a shop should have.

/// A model that could be the shop's.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate<'a> {
    /// What it is called.
    pub name: &'a str,
    /// Its weights: more of them say things better.
    pub parameters: u64,
    /// Whether memory has room for it.
    pub fits: bool,
    /// Seconds to the end of a typical reply, where that is known.
    pub whole_s: Option<f64>,
}

/// The largest model that fits into memory and whose typical reply is there within a budget of seconds; of equals the faster.
pub fn recommend<'a>(candidates: &[Candidate<'a>], budget_s: f64) -> Option<Candidate<'a>> {
    let within = candidates.iter().filter(|one| one.fits && one.whole_s.is_some_and(|seconds| seconds <= budget_s));
    within
        .copied()
        .max_by(|a, b| a.parameters.cmp(&b.parameters).then_with(|| b.whole_s.unwrap_or(0.0).total_cmp(&a.whole_s.unwrap_or(0.0))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_within_budget_and_memory_is_recommended() {
        let model = |name, parameters, fits, whole_s| Candidate { name, parameters, fits, whole_s };
        let all = [
            model("small", 500, true, Some(2.0)),
            model("middle", 1_200, true, Some(5.0)),
            model("same size, faster", 1_200, true, Some(4.5)),
            model("large", 1_700, true, Some(9.0)),
            model("no room", 7_000, false, Some(9.0)),
            model("not known", 9_000, true, None),
        ];
        for (budget, expected) in [
            (10.0, Some("large")),
            (9.0, Some("large")),
            (8.999, Some("same size, faster")),
            (4.6, Some("same size, faster")),
            (4.0, Some("small")),
            (1.0, None),
            (0.0, None),
        ] {
            assert_eq!(recommend(&all, budget).map(|one| one.name), expected, "{budget}");
        }
        assert_eq!(recommend(&[], 10.0), None);
    }
}
