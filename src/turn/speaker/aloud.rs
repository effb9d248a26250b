//! A turn's words by a model: what it is told, who is asked, and its sentences on their way to the page.

use std::time::{Duration, Instant};

use super::{Background, Spoken, is_clear, is_for_models, with_models};
use crate::domain::agent::Provider;
use crate::domain::asks::Slot;
use crate::domain::customer::Customer;
use crate::domain::event::ServerEvent;
use crate::domain::ids::MessageId;
use crate::domain::message::Body;
use crate::domain::order::Order;
use crate::domain::time::Moment;
use crate::llm::{Brief, Role};
use crate::store::{Index, StoreError};
use crate::turn::driver::{Engine, Job, Worker};
use crate::turn::library::Shelves;
use crate::turn::machine::Machine;
use crate::turn::masking::{Known, Mask};
use crate::turn::plan::Asked;
use crate::turn::told;

/// Orders of a customer whose numbers, addresses and parcels are masked for a remote model.
const ORDERS_HIDDEN: usize = 200;
/// Kept of a turn's deadline for checking and storing, whatever a model does.
const RESERVE: Duration = Duration::from_secs(2);

impl Engine {
    /// Puts the acts into words by a model; `None` where there is none, or nothing for it to word. The
    /// worker's place is given back first, for what follows mostly waits. A turn that writes records, or
    /// whose proof of identity failed, is left to the phrases: nothing of it may be seen before its time.
    pub(in crate::turn) async fn speak_with_models(
        &self,
        job: &Job,
        machine: &Machine,
        shelves: &Shelves,
        worker: &mut Worker,
        asked: &Asked,
    ) -> Result<Option<Spoken>, StoreError> {
        let mut voices = self.voices.order(is_clear(machine));
        // Whoever did not answer when asked for a plan is not waited for again.
        voices.retain(|voice| !asked.failed || voice.provider() != Provider::Remote);
        let outcome = &machine.outcome;
        if voices.is_empty() || !outcome.writes.is_empty() || outcome.identity_failed || !is_for_models(machine) {
            return Ok(None);
        }
        worker.step_out();
        // What was said before, and whose it was, is looked up for those who are told of it.
        let mut background = match voices.iter().any(|voice| voice.brief() == Brief::Full) {
            true => self.background(job, machine, shelves).await?,
            false => self.told(job, Vec::new(), Known::default(), shelves),
        };
        background.waited = asked.waited;
        let (message, epoch) = (MessageId::reply_to(job.session, job.seq), job.epoch);
        let mut index = 0;
        let mut show = |text: &str| {
            self.hub.publish(job.session, &ServerEvent::Delta { message, index, text: text.to_owned(), epoch });
            index += 1;
        };
        Ok(Some(with_models(machine, &mut background, &voices, &mut show).await))
    }

    /// What a model is told beside the acts, and the mask that keeps it from knowing whose they are.
    pub(in crate::turn) async fn background(&self, job: &Job, machine: &Machine, shelves: &Shelves) -> Result<Background, StoreError> {
        let upto = job.seq.saturating_sub(1);
        let stored = self.store.history(job.session, upto, self.history).await?;
        let first = told::first(upto, self.history);
        let outcome = &machine.outcome;
        let customer = match &outcome.state.identity.customer {
            Some(id) => self.store.get::<Customer>(id).await?.map(|(_, customer)| customer),
            None => None,
        };
        let mut known = Known::of(customer.as_deref(), &outcome.state, &outcome.book);
        if let Some(customer) = &customer {
            let numbers = self.store.find(Index::OrderByCustomer, &customer.id, ORDERS_HIDDEN).await?;
            for number in numbers {
                if let Some((_, order)) = self.store.get::<Order>(&number).await? {
                    known.order(&order);
                }
            }
        }
        known.person(machine.contact());
        let mut asked: Vec<Slot> = Vec::new();
        let mut history = Vec::new();
        for message in stored {
            let told = match message.body {
                Body::User(message) => {
                    known.message(&message.text, &asked, &shelves.orders, &shelves.tickets);
                    asked.clear();
                    Some((Role::User, message.text))
                }
                Body::Agent(message) => {
                    asked.clone_from(&message.asks);
                    Some((Role::Assistant, message.text))
                }
                Body::Notice(_) => None,
            };
            history.extend(told.filter(|_| message.seq >= first));
        }
        known.message(&job.message.text, &asked, &shelves.orders, &shelves.tickets);
        Ok(self.told(job, history, known, shelves))
    }

    /// What a model is told, with what is known of whose it is.
    fn told(&self, job: &Job, history: Vec<(Role, String)>, known: Known, shelves: &Shelves) -> Background {
        let left = self.deadline.saturating_sub(Moment::now().since(job.accepted_at)).saturating_sub(RESERVE);
        Background {
            history,
            message: job.message.text.clone(),
            mask: Mask::new(job.session_id.as_str(), known, shelves.orders.clone(), shelves.tickets.clone()),
            currency: self.shop.currency,
            until: Instant::now() + left,
            waited: Duration::ZERO,
        }
    }
}
