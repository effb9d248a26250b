//! What a message is for, as near as it is to what customers say who want something.

use super::goal::Goal;
use super::named::named_enum;

named_enum! {
    /// What is on the table when something is said.
    Situation {
        /// Things of the shop.
        Product = "product",
        /// An order or parcel.
        Order = "order",
        /// A fault being looked into.
        Fault = "fault",
        /// Sending back, damage or the warranty.
        Returns = "returns",
        /// A ticket.
        Ticket = "ticket",
        /// Points and rewards.
        Points = "points",
        /// An offer or a code.
        Offer = "offer",
    }
}

/// Lines that are looked at of each group.
pub const LINES: usize = 3;

/// How near a message is to what customers say who want one thing in some situations.
#[derive(Debug, Clone, PartialEq)]
pub struct Near {
    /// What they want.
    pub goal: Goal,
    /// What is on the table when they say so; none where it is all the same.
    pub situations: &'static [Situation],
    /// The likeness to the nearest lines, falling; at most 1 each.
    pub nearest: [f32; LINES],
}

/// What a message is most likely for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wish {
    /// What.
    pub goal: Goal,
    /// How near the message is to what is said for it, at most 1.
    pub score: f32,
    /// How much nearer than to anything else.
    pub margin: f32,
}

impl Wish {
    /// Whether it is surely this. Measured on lines written apart.
    pub fn is_sure(&self) -> bool {
        const NEAR: f32 = 0.45;
        const APART: f32 = 0.075;
        self.score >= NEAR && self.margin >= APART
    }
}

/// What a message is for, by the groups that fit the situation, best first.
pub fn ranked(near: &[Near], situations: &[Situation]) -> Vec<(Goal, f32)> {
    let fits = |group: &&Near| group.situations.is_empty() || group.situations.iter().any(|own| situations.contains(own));
    let mut goals: Vec<(Goal, Vec<f32>)> = Vec::new();
    for group in near.iter().filter(fits) {
        match goals.iter_mut().find(|(goal, _)| *goal == group.goal) {
            Some((_, likeness)) => likeness.extend(group.nearest),
            None => goals.push((group.goal, group.nearest.to_vec())),
        }
    }
    let mean = |mut likeness: Vec<f32>| {
        likeness.sort_by(|a, b| b.total_cmp(a));
        likeness.iter().take(LINES).sum::<f32>() / LINES as f32
    };
    let mut ranked: Vec<(Goal, f32)> = goals.into_iter().map(|(goal, likeness)| (goal, mean(likeness))).collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    ranked
}

/// The likeliest, with what sets it apart from the next.
pub fn best(near: &[Near], situations: &[Situation]) -> Option<Wish> {
    let ranked = ranked(near, situations);
    let (goal, score) = *ranked.first()?;
    Some(Wish { goal, score, margin: score - ranked.get(1).map_or(0.0, |(_, score)| *score) })
}
