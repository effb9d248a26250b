//! Everyday colours and the names makers give to their shades: "purple" is what a phone in Iris is.

/// An everyday colour, then shades of it as products are called.
const SHADES: &[(&str, &str)] = &[
    ("purple violet", "iris lavender lilac violet plum mauve amethyst orchid aubergine purple"),
    ("black dark", "obsidian midnight onyx jet ebony charcoal black"),
    ("white light", "starlight ivory porcelain snow pearl chalk alpine white"),
    ("grey gray", "graphite charcoal anthracite slate titanium steel gray grey"),
    ("silver", "aluminium aluminum platinum titanium chrome silver"),
    ("blue", "navy azure cobalt ocean sky denim indigo ultramarine sapphire blue"),
    ("green", "sage olive mint forest moss emerald pine teal green"),
    ("turquoise", "teal aqua mint cyan turquoise"),
    ("red", "burgundy bordeaux crimson scarlet ruby cherry maroon red"),
    ("pink rose", "rose peony blush coral pink"),
    ("beige", "sand cream linen oat stone taupe beige"),
    ("brown wood wooden", "walnut oak cognac tan mocha chestnut bronze brown"),
    ("yellow", "lemon mustard sun yellow"),
    ("orange", "apricot amber copper tangerine orange"),
    ("gold golden", "champagne gold"),
];

/// Whether a word for a colour means a shade, both folded: itself, or an everyday word for it.
pub fn means(said: &str, shade: &str) -> bool {
    let of = |list: &str, word: &str| list.split(' ').any(|own| own == word);
    said == shade || SHADES.iter().any(|(everyday, shades)| of(everyday, said) && of(shades, shade))
}

/// Whether a word is an everyday colour.
pub fn is_colour(word: &str) -> bool {
    SHADES.iter().any(|(everyday, _)| everyday.split(' ').next() == Some(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everyday_colours_mean_the_shades_of_makers() {
        for (said, shade, expected) in [
            ("purple", "iris", true),
            ("black", "obsidian", true),
            ("teal", "teal", true),
            ("red", "iris", false),
            ("iris", "purple", false),
        ] {
            assert_eq!(means(said, shade), expected, "{said} {shade}");
        }
    }
}
