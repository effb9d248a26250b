//! What models are told: text that is not ours, as data between marks.

use crate::llm::Role;

/// Characters of an earlier message that are sent along.
const MOST_HISTORY: usize = 600;

/// Text without marks that could end its block or pass for a placeholder, on one line.
pub fn plain(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '<' => '\u{2039}',
            '>' => '\u{203a}',
            '{' => '(',
            '}' => ')',
            '\n' | '\r' | '\t' => ' ',
            c => c,
        })
        .collect()
}

/// Lines between the marks of their name.
pub fn block(name: &str, lines: &[String]) -> String {
    format!("<{name}>\n{}\n</{name}>\n", lines.join("\n"))
}

/// The messages before this one, a line each; `data` makes text fit to be told.
pub fn conversation(history: &[(Role, String)], mut data: impl FnMut(&str) -> String) -> Vec<String> {
    let shortened = |text: &str| -> String { text.chars().take(MOST_HISTORY).collect() };
    history.iter().map(|(role, text)| format!("{}: {}", speaker(*role), data(&shortened(text)))).collect()
}

fn speaker(role: Role) -> &'static str {
    match role {
        Role::User => "customer",
        Role::Assistant | Role::System => "shop",
    }
}
