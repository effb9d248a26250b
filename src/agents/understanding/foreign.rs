//! The few questions about an order that are understood in other languages: `assets/nlu/foreign_orders.txt`.
//!
//! A reply in English to "Wann kommt sie an?" is worth more than the advice to ask again in English, where it is known
//! which order is meant. Whatever else is written in another language is declined as before.

use std::sync::LazyLock;

use crate::domain::goal::Goal;

/// A goal with the ways to ask for it, each a run of words.
type Asked = (Goal, Vec<Vec<&'static str>>);

static QUESTIONS: LazyLock<Vec<Asked>> = LazyLock::new(|| {
    let lines = include_str!("../../../assets/nlu/foreign_orders.txt").lines();
    let read = |line: &'static str| {
        let (goal, phrases) = line.split_once(':')?;
        let phrases = phrases.split('|').map(|phrase| phrase.split_whitespace().collect()).collect();
        Some((Goal::from_name(goal.trim())?, phrases))
    };
    lines.filter(|line| !line.starts_with('#')).filter_map(read).collect()
});

/// Most words that a `*` stands for.
const BETWEEN: usize = 3;

/// What a message in another language asks of an order, if it is one of the commonest questions.
pub fn of_an_order(words: &[&str]) -> Option<Goal> {
    QUESTIONS.iter().find(|(_, phrases)| phrases.iter().any(|phrase| holds(words, phrase))).map(|(goal, _)| *goal)
}

fn holds(words: &[&str], phrase: &[&str]) -> bool {
    (0..words.len()).any(|from| follows(&words[from..], phrase))
}

/// Whether words begin with a phrase.
fn follows(words: &[&str], phrase: &[&str]) -> bool {
    match phrase {
        [] => true,
        ["*", rest @ ..] => (0..=BETWEEN.min(words.len())).any(|skipped| follows(&words[skipped..], rest)),
        [first, rest @ ..] => words.first() == Some(first) && follows(&words[1..], rest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::text::token::tokens;

    #[test]
    fn the_commonest_questions_are_understood() {
        for (text, expected) in [
            ("Wann kommt sie an?", Some(Goal::DeliveryDate)),
            ("Wann wird meine Bestellung geliefert?", Some(Goal::DeliveryDate)),
            ("waar blijft mijn pakket", Some(Goal::OrderStatus)),
            ("Guten Tag, wo ist meine Bestellung FV/26-01037?", Some(Goal::OrderStatus)),
            ("Kann ich noch stornieren?", Some(Goal::CancelOrder)),
            ("où est ma commande ?", Some(Goal::OrderStatus)),
            ("kan ik dit terugsturen", Some(Goal::ReturnRequest)),
            ("Was kostet der Versand nach Deutschland?", None),
            ("en wanneer zijn jullie morgen open", None),
        ] {
            let words = tokens(text);
            let words: Vec<&str> = words.iter().map(|t| t.text.as_str()).collect();
            assert_eq!(of_an_order(&words), expected, "{text}");
        }
    }
}
