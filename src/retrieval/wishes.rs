//! What messages are for, by what customers say: from everyday words to a goal.
//!
//! `assets/nlu/wishes.txt` lists for every goal what customers say who have it, in the situation they say it in: "where
//! is the rest" asks for an order where one is on the table, and for nothing in particular where none is. A message is
//! held against all lines by sentence vector. What the conversation is about is not known here: the likeness to each
//! group is handed on, and whoever knows the situation picks among those that fit it.

use std::sync::{LazyLock, OnceLock};

use super::phrasebook::{self, Phrasebook, list};
use crate::domain::goal::Goal;
use crate::domain::wish::{Near, Situation};

/// The vectors of the lines, made when they were written.
static MADE: &[u8] = include_bytes!("../../assets/nlu/wishes.vectors");
static WISHES: LazyLock<Vec<Group>> = LazyLock::new(|| parse(include_str!("../../assets/nlu/wishes.txt")));

/// Lines of one goal, said in the same situations.
struct Group {
    goal: Goal,
    /// None where they mean it always.
    situations: Vec<Situation>,
    lines: Vec<&'static str>,
}

fn parse(text: &'static str) -> Vec<Group> {
    let group = |(head, said): (&'static str, &'static str)| {
        let (goal, situations) = head.split_once('|').unwrap_or((head, ""));
        let situations = list(situations, ',').into_iter().filter_map(Situation::from_name).collect();
        Some(Group { goal: Goal::from_name(goal.trim())?, situations, lines: list(said, ';') })
    };
    phrasebook::lines(text).filter_map(group).collect()
}

/// Every text that a message is held against.
pub fn texts() -> impl Iterator<Item = &'static str> {
    WISHES.iter().flat_map(|group| group.lines.iter().copied())
}

/// What a message is held against, where the program brings vectors of this model.
pub fn of_model(model: &str) -> Option<&'static Phrasebook> {
    static KEPT: OnceLock<Option<Phrasebook>> = OnceLock::new();
    phrasebook::brought(&KEPT, MADE, model, WISHES.iter().map(|group| group.lines.iter().copied()))
}

/// How near a message is to each group of lines, by its sentence vector; groups it has nothing of are left out.
pub fn near(book: &Phrasebook, vector: &[f32]) -> Vec<Near> {
    const LEAST: f32 = 0.25;
    let nearest = book.nearest(vector);
    let groups = WISHES.iter().zip(nearest).filter(|(_, nearest)| nearest[0] >= LEAST);
    groups.map(|(group, nearest)| Near { goal: group.goal, situations: &group.situations, nearest }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_book_can_be_read() {
        let text = include_str!("../../assets/nlu/wishes.txt");
        let named = |part: &str| list_of(part).iter().all(|name| Situation::from_name(name).is_some());
        for (head, said) in phrasebook::lines(text) {
            let (goal, situations) = head.split_once('|').unwrap_or((head, ""));
            assert!(Goal::from_name(goal.trim()).is_some() && named(situations) && !said.trim().is_empty(), "{head}");
        }
        for goal in Goal::ALL {
            assert!(WISHES.iter().any(|group| group.goal == *goal), "nothing said by who wants {goal}");
        }
    }

    fn list_of(text: &str) -> Vec<&str> {
        text.split(',').map(str::trim).filter(|part| !part.is_empty()).collect()
    }
}
