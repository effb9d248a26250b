//! Lists in running text.

/// `a`, `a and b`, `a, b and c`.
pub fn and<S: AsRef<str>>(items: &[S]) -> String {
    joined(items, " and ")
}

/// `a`, `a or b`, `a, b or c`.
pub fn or<S: AsRef<str>>(items: &[S]) -> String {
    joined(items, " or ")
}

fn joined<S: AsRef<str>>(items: &[S], last: &str) -> String {
    match items {
        [] => String::new(),
        [only] => only.as_ref().to_owned(),
        [most @ .., end] => {
            let most: Vec<&str> = most.iter().map(AsRef::as_ref).collect();
            format!("{}{last}{}", most.join(", "), end.as_ref())
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn lists_read_as_english() {
        assert_eq!(super::and::<&str>(&[]), "");
        assert_eq!(super::and(&["a"]), "a");
        assert_eq!(super::and(&["a", "b"]), "a and b");
        assert_eq!(super::or(&["a", "b", "c"]), "a, b or c");
    }
}
