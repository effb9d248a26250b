//! The plan call: a remote model is asked what a message is for and what must be looked up, once in a
//! turn and only where rules and encoder are not sure. What it answers is a proposal: code holds every
//! part of it against our types, the agents' charters and the shop's own names, and what does not stand
//! is left out, so that a turn is never worse for having asked.

mod brief;
mod proposed;
#[cfg(test)]
mod tests;

use std::time::{Duration, Instant};

use super::driver::{Engine, Job, Worker};
use super::library::Shelves;
use super::machine::Machine;
use crate::agents::proposal::Proposal;
use crate::domain::time::Moment;
use crate::store::StoreError;
use crate::store::rows::Draft;
use proposed::Ground;

/// What asking for a plan came to.
#[derive(Debug, Default)]
pub struct Asked {
    /// How long the model was waited for.
    pub waited: Duration,
    /// It did not answer.
    pub failed: bool,
    /// What it said, for the record of the turn.
    pub draft: Option<Draft>,
}

impl Engine {
    /// Asks the remote model, if there is one, what the customer wants. The worker's place is free
    /// meanwhile.
    pub(in crate::turn) async fn propose(
        &self,
        job: &Job,
        machine: &Machine,
        shelves: &Shelves,
        worker: &mut Worker,
        asked: &mut Asked,
    ) -> Result<Option<Box<Proposal>>, StoreError> {
        let Some(voice) = self.voices.remote() else { return Ok(None) };
        worker.step_out();
        let mut background = self.background(job, machine, shelves).await?;
        let prompt = brief::prompt(machine, shelves, &mut background);
        let begun = Instant::now();
        let outcome = voice.say(&prompt, None).await;
        asked.waited = begun.elapsed();
        worker.step_in().await;
        let Ok(said) = outcome else {
            asked.failed = true;
            return Ok(None);
        };
        let today = Moment::now().day_in(&self.shop.zone);
        let ground = Ground { mask: &background.mask, shelves, text: &job.message.text, state: machine.before(), today };
        let proposal = proposed::read(&said.text, &ground);
        let unsupported = if proposal.is_none() { vec!["it cannot be followed".to_owned()] } else { Vec::new() };
        asked.draft = Some(Draft { model: said.model, text: said.text, unsupported });
        Ok(proposal.map(Box::new))
    }
}
