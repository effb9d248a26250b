//! What models are told: text that is not ours, as data between marks.

use crate::domain::ids::Seq;
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

/// The number of the first message that is told, of those up to `upto`, where at most `most` are.
///
/// It moves on by several at once: as long as it stays, what is told begins as it did the turn before, and a model that keeps
/// what it has read does not read it again. So of a long conversation between half of `most` and all of them are told.
pub fn first(upto: Seq, most: usize) -> Seq {
    let step = Seq::try_from(most / 2).unwrap_or(Seq::MAX).max(1);
    (upto / step).saturating_sub(1) * step + 1
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_message_told_stays_for_several_turns() {
        for (most, turns, starts) in [(10, 20, 4), (11, 20, 4), (1, 5, 5), (2, 5, 5), (6, 9, 3)] {
            let mut firsts: Vec<Seq> = Vec::new();
            for upto in 0..turns {
                let first = first(upto, most);
                let told = (upto + 1).saturating_sub(first) as usize;
                assert!(told <= most && (told >= most / 2 || first == 1), "{told} of {upto}, at most {most}");
                firsts.push(first);
            }
            firsts.dedup();
            assert!(firsts.is_sorted() && firsts.len() <= starts, "{firsts:?}");
        }
    }
}
