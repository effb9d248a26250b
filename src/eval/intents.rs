//! Routing, as a turn would do it: rules, the conversation, and the model there is.

use jiff::tz::TimeZone;

use super::{Guess, Line};
use crate::agents::orchestrator::{self, Question, Thresholds};
use crate::agents::understanding::Understanding;
use crate::domain::agent::Intent;
use crate::domain::heard::Heard;
use crate::domain::money::Currency;
use crate::domain::sentiment::Sentiment;
use crate::domain::state::ConversationState;
use crate::domain::time::Moment;
use crate::llm::encoder::{Encoder, Scores, Utterance};
use crate::sentiment::Analyzer;
use crate::turn::driver::view;
use crate::turn::library::Shelves;

/// Routes lines without a shop: no catalogue, no orders.
pub struct Router {
    shelves: Shelves,
    analyzer: Analyzer,
    thresholds: Thresholds,
    encoder: Option<Encoder>,
}

/// A line with what does not depend on the encoder.
pub struct Prepared<'a> {
    line: &'a Line,
    heard: Heard,
    state: ConversationState,
    read: Understanding,
    sentiment: Sentiment,
}

impl Router {
    /// A router with the shop's thresholds, by an encoder or by rules alone.
    pub fn new(thresholds: Thresholds, encoder: Option<Encoder>) -> Self {
        Self { shelves: Shelves::default(), analyzer: Analyzer::embedded(), thresholds, encoder }
    }

    /// The intent of a line.
    pub fn guess(&self, line: &Line) -> Guess {
        let scores = self.encoder.as_ref().and_then(|encoder| encoder.score(&line.text, &history(line)).ok());
        self.decide(&self.prepare(line), scores.as_ref())
    }

    /// Hears a line by everything but the encoder.
    pub fn prepare<'a>(&self, line: &'a Line) -> Prepared<'a> {
        let heard = self.shelves.recognise(&line.text, Moment::now().day_in(&TimeZone::UTC));
        let state = ConversationState {
            active: line.agent.as_deref().and_then(Intent::from_name).map(Intent::agent),
            ..ConversationState::default()
        };
        let read = Understanding::read(&line.text, &heard, &state, Currency::USD);
        Prepared { line, heard, state, read, sentiment: self.analyzer.analyze(&line.text) }
    }

    /// The intent of a prepared line, with the scores given for it.
    pub fn decide(&self, prepared: &Prepared<'_>, scores: Option<&Scores>) -> Guess {
        let Prepared { line, heard, state, read, sentiment } = prepared;
        let model = scores.map(view);
        let question =
            Question { text: &line.text, heard, read, state, sentiment: *sentiment, tap: None, model: model.as_ref(), proposal: None };
        let decision = orchestrator::decide(&question, self.thresholds);
        Guess { label: decision.intent.name(), confidence: decision.confidence }
    }
}

/// What was said before a line, as the encoder takes it.
pub fn history(line: &Line) -> Vec<Utterance<'_>> {
    line.history.iter().map(|said| Utterance { from_customer: said.role == "user", text: &said.text }).collect()
}
