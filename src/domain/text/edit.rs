//! Spelling distance.

/// The number of insertions, deletions, substitutions and swaps of neighbours between two words, or
/// `None` when there are more than `limit`.
///
/// Optimal string alignment (the restricted Damerau-Levenshtein distance), by rows over bytes: folded
/// words are ASCII nearly always, and a multi-byte letter merely costs more than one.
pub fn distance(a: &str, b: &str, limit: usize) -> Option<usize> {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len().abs_diff(b.len()) > limit {
        return None;
    }
    if a.len() > MAX_WORD || b.len() > MAX_WORD {
        return (a == b).then_some(0);
    }
    let mut two_ago = [0_usize; MAX_WORD + 1];
    let mut last = [0_usize; MAX_WORD + 1];
    let mut row = [0_usize; MAX_WORD + 1];
    for (j, cell) in last.iter_mut().enumerate().take(b.len() + 1) {
        *cell = j;
    }
    for i in 1..=a.len() {
        row[0] = i;
        let mut least = i;
        for j in 1..=b.len() {
            let substitution = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = substitution.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(two_ago[j - 2] + 1);
            }
            row[j] = best;
            least = least.min(best);
        }
        if least > limit {
            return None;
        }
        two_ago = last;
        last = row;
    }
    (last[b.len()] <= limit).then_some(last[b.len()])
}

/// Longest word compared letter by letter; beyond it only equal words match.
const MAX_WORD: usize = 32;

/// How many slips a word of this length may have: none below four letters, one up to seven, then two.
pub fn tolerance(letters: usize) -> usize {
    match letters {
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_counted() {
        for (a, b, expected) in [
            ("laptop", "laptop", Some(0)),
            ("laptop", "latpop", Some(1)),
            ("laptop", "lapto", Some(1)),
            ("headphones", "hedfones", None),
            ("headphones", "headfones", Some(2)),
            ("samsung", "smasugn", Some(2)),
            ("", "ab", Some(2)),
            ("abc", "abcdef", None),
        ] {
            assert_eq!(distance(a, b, 2), expected, "{a} {b}");
        }
    }
}
