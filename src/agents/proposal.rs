//! What a capable model makes of a message the rules and the encoder were not sure about, as far as code
//! lets it stand.

use crate::domain::goal::Goal;
use crate::domain::heard::Heard;

/// A proposal that passed every check: a goal of ours, names that are the shop's or the customer's.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// What the message is for.
    pub goal: Goal,
    /// Names, numbers and words for a search, recognised by the shop's own indexes.
    pub named: Heard,
    /// The question in plainer words, to look an answer up by. It is never shown to anybody.
    pub question: Option<String>,
}

/// Whether a model may propose a goal. A yes or no means what was asked before it, and a person is called
/// only by words that cannot mean anything else.
pub fn may_be_proposed(goal: Goal) -> bool {
    !matches!(goal, Goal::Affirm | Goal::Deny | Goal::HumanRequest)
}
