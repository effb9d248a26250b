//! The small words in and around the names of people.

/// Small words inside a name.
const PARTICLES: &[&str] =
    &["de", "van", "der", "den", "von", "da", "di", "dos", "du", "la", "le", "el", "al", "bin", "ter", "ten", "af", "av", "zu"];
/// What is said of a person beside the name.
const TITLES: &[&str] = &["mr", "mrs", "ms", "mx", "dr", "jr", "sr", "family"];

/// Whether a word in lower case only joins the parts of a name.
pub fn is_particle(word: &str) -> bool {
    PARTICLES.contains(&word)
}

/// Whether a word in lower case is a title.
pub fn is_title(word: &str) -> bool {
    TITLES.contains(&word)
}
