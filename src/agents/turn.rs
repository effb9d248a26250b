//! What an agent is given, and what it gives back.

use std::sync::Arc;

use super::lookup::{Findings, Lookup};
use super::understanding::Understanding;
use crate::domain::act::{Act, ActKind};
use crate::domain::agent::Agent;
use crate::domain::asks::Slot;
use crate::domain::fact::{FactBook, RecordId};
use crate::domain::goal::Goal;
use crate::domain::heard::Heard;
use crate::domain::message::Choice;
use crate::domain::product::Product;
use crate::domain::sentiment::Sentiment;
use crate::domain::shop::Shop;
use crate::domain::state::{Action, ConversationState, TicketDraft};

/// One message in its conversation, as an agent sees it.
#[derive(Debug, Clone, Copy)]
pub struct Turn<'a> {
    /// What the customer wrote.
    pub text: &'a str,
    /// What was recognised in it.
    pub heard: &'a Heard,
    /// What it says.
    pub read: &'a Understanding,
    /// What it is for.
    pub goal: Goal,
    /// Whether it gives what was asked for, rather than beginning something.
    pub continues: bool,
    /// Whether one part of an agent passed it on to another that may pass things on as well: so it ends there.
    pub passed_on: bool,
    /// What the message that set the goal said, where this one only continues it.
    pub said: &'a str,
    /// The conversation before this message.
    pub before: &'a ConversationState,
    /// The products of the conversation: those last listed, meant by "it", named before, and owned.
    pub shown: &'a [Arc<Product>],
    /// The mood of the message.
    pub sentiment: Sentiment,
    /// The shop.
    pub shop: &'a Shop,
}

impl Turn<'_> {
    /// The turn as the part of an agent gets it that must not send it on again.
    pub fn pass_on(&self) -> Self {
        Self { passed_on: true, ..*self }
    }
}

/// What an agent does next.
#[derive(Debug)]
pub enum Step {
    /// It needs to know more.
    Look(Vec<Lookup>),
    /// It has its answer.
    Say(Box<Answer>),
}

/// What an agent answers with.
#[derive(Debug, Default)]
pub struct Answer {
    /// What is said, in order.
    pub acts: Vec<Act>,
    /// Records shown beside it.
    pub cards: Vec<RecordId>,
    /// Chips below it.
    pub options: Vec<Choice>,
    /// What it waits for.
    pub asks: Vec<Slot>,
    /// An action that waits for a yes.
    pub proposes: Option<Action>,
    /// A ticket the customer asked for outright: it waits for no second yes.
    pub opens: Option<TicketDraft>,
    /// The ticket on the table, to which the message is added.
    pub adds: Option<RecordId>,
    /// How the sender of the ticket just looked up can be reached, to be added to it.
    pub amends: Option<String>,
    /// Another agent that should answer instead or as well.
    pub handoff: Option<Handoff>,
    /// Something already known was asked for again.
    pub reasked: bool,
}

/// A change of agent, typed: never a string in a model's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handoff {
    /// Who should answer.
    pub to: Agent,
    /// What for.
    pub goal: Goal,
    /// Why, for the notice and the record.
    pub reason: HandoffReason,
}

/// Why an agent hands over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HandoffReason {
    /// The message turned out to be another agent's business.
    OtherBusiness,
    /// The message asks for a second thing.
    AlsoAsked,
}

impl HandoffReason {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::OtherBusiness => "the question belongs to another colleague",
            Self::AlsoAsked => "the message also asked for something else",
        }
    }
}

impl Answer {
    /// An answer of these acts.
    pub fn of(acts: Vec<Act>) -> Self {
        Self { acts, ..Self::default() }
    }

    /// Adds an act.
    pub fn say(&mut self, act: Act) {
        self.acts.push(act);
    }

    /// Adds an act without arguments.
    pub fn say_plain(&mut self, kind: ActKind) {
        self.acts.push(Act::plain(kind));
    }

    /// The answer, ready to be returned.
    pub fn done(self) -> Step {
        Step::Say(Box::new(self))
    }

    /// Hands the message over without a word.
    pub fn hand_over(goal: Goal) -> Step {
        let to = goal.intent().agent();
        let handoff = Some(Handoff { to, goal, reason: HandoffReason::OtherBusiness });
        Self { handoff, ..Self::default() }.done()
    }
}

/// A chip that says what is on it.
pub fn chip(id: &str, label: &str) -> Choice {
    Choice { id: id.to_owned(), label: label.to_owned() }
}

/// An agent: looks until it knows enough, then answers. Pure.
pub trait Colleague: Sync {
    /// Who it is.
    fn agent(&self) -> Agent;

    /// The next step, given everything found so far. May change the state that will be kept.
    fn step(&self, turn: &Turn<'_>, found: &Findings, book: &mut FactBook, state: &mut ConversationState) -> Step;
}
