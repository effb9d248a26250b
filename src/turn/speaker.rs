//! From acts to checked words: who speaks, and what happens when they say what nothing supports.

use super::grounding::{self, Grounded, Unsupported};
use super::machine::Machine;
use crate::agents::speech;
use crate::domain::agent::Provider;
use crate::store::rows::Draft;

/// Words that may be sent, and how they came about.
#[derive(Debug)]
pub struct Spoken {
    /// The words.
    pub words: Grounded,
    /// Who put them.
    pub provider: Provider,
    /// Which model, where there was one.
    pub model: Option<String>,
    /// What models proposed.
    pub drafts: Vec<Draft>,
    /// Sentences of models that nothing supported.
    pub blocked: Vec<Unsupported>,
}

/// Says the acts of a turn with the shop's own phrases.
pub fn with_templates(machine: &Machine) -> Spoken {
    let outcome = &machine.outcome;
    let draft = speech::realise(&outcome.acts, &outcome.book, machine.manner());
    let (words, failed) = grounding::ground_template(&draft, &outcome.acts, &outcome.book, &machine.promises());
    for sentence in &failed {
        // A phrase that says what its facts do not is a fault of the program.
        tracing::error!(reason = %sentence.reason, "a phrase of the shop failed its own check");
    }
    Spoken { words, provider: Provider::Template, model: None, drafts: Vec::new(), blocked: failed }
}
