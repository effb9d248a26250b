//! Routing, as a turn would do it: rules, the conversation, and the model there is.

use jiff::tz::TimeZone;

use super::{Guess, Line};
use crate::agents::orchestrator::{self, Question, Thresholds};
use crate::agents::understanding::Understanding;
use crate::domain::agent::Intent;
use crate::domain::money::Currency;
use crate::domain::state::ConversationState;
use crate::domain::time::Moment;
use crate::llm::encoder::{Encoder, Utterance};
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

impl Router {
    /// A router with the shop's thresholds, with the embedded encoder or by rules alone.
    pub fn new(thresholds: Thresholds, with_encoder: bool) -> Self {
        let encoder = with_encoder.then(Encoder::embedded).and_then(Result::ok);
        Self { shelves: Shelves::default(), analyzer: Analyzer::embedded(), thresholds, encoder }
    }

    /// The intent of a line.
    pub fn guess(&self, line: &Line) -> Guess {
        let heard = self.shelves.recognise(&line.text, Moment::now().day_in(&TimeZone::UTC));
        let state = ConversationState {
            active: line.agent.as_deref().and_then(Intent::from_name).map(Intent::agent),
            ..ConversationState::default()
        };
        let read = Understanding::read(&line.text, &heard, &state, Currency::USD);
        let sentiment = self.analyzer.analyze(&line.text);
        let history: Vec<Utterance<'_>> =
            line.history.iter().map(|said| Utterance { from_customer: said.role == "user", text: &said.text }).collect();
        let scores = self.encoder.as_ref().and_then(|encoder| encoder.score(&line.text, &history).ok());
        let model = scores.as_ref().map(view);
        let question = Question {
            text: &line.text,
            heard: &heard,
            read: &read,
            state: &state,
            sentiment,
            tap: None,
            model: model.as_ref(),
            proposal: None,
        };
        let decision = orchestrator::decide(&question, self.thresholds);
        Guess { label: decision.intent.name(), confidence: decision.confidence }
    }
}
