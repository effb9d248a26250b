//! From acts to checked words: who speaks, and what happens when they say what nothing supports.
//!
//! A model words only what has facts behind it. What is asked, promised or denied, and whatever the state
//! of the conversation leans on, is said by the shop's own phrases. Models are asked one after another
//! inside one deadline; whatever none of them says, the phrases say.

mod aloud;
mod brief;
mod numbers;
mod plan;
mod reply;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use super::grounding::{self, Grounded, Unsupported};
use super::machine::Machine;
use super::masking::Mask;
use crate::agents::speech;
use crate::domain::agent::Provider;
use crate::domain::money::Currency;
use crate::domain::text::sentence;
use crate::llm::{Brief, ChatModel, ModelError, Prompt, Role};
use crate::store::rows::Draft;
use plan::Plan;
use reply::Reply;

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

/// What models are told beside the acts.
#[derive(Debug)]
pub struct Background {
    /// The last messages before this one, oldest first.
    pub history: Vec<(Role, String)>,
    /// The message answered.
    pub message: String,
    /// What a remote model is not to know.
    pub mask: Mask,
    /// The shop's currency.
    pub currency: Currency,
    /// When the words must be there.
    pub until: Instant,
    /// How long this turn has waited for a remote model already.
    pub waited: Duration,
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

/// Whether a turn has anything a model may put into words.
pub fn is_for_models(machine: &Machine) -> bool {
    plan::is_for_models(&machine.outcome.acts)
}

/// Whether the meaning of a turn was clear and the shop's phrases have words for all of its acts.
pub fn is_clear(machine: &Machine) -> bool {
    let outcome = &machine.outcome;
    machine.is_sure() && speech::realise(&outcome.acts, &outcome.book, machine.manner()).sentences.len() == outcome.acts.len()
}

/// Says the acts of a turn with the first of `voices` that answers. Each sentence is handed to `show` as
/// soon as it is checked, with what stands between it and the one before: the reply begins with exactly
/// these pieces.
pub async fn with_models(
    machine: &Machine,
    background: &mut Background,
    voices: &[Arc<dyn ChatModel>],
    show: &mut (dyn FnMut(&str) + Send),
) -> Spoken {
    let promises = machine.promises();
    let plan = Plan::new(machine, &promises);
    let mut reply = Reply::new(plan, &machine.outcome.book, &promises, background.currency, show);
    let mut drafts: Vec<Draft> = Vec::new();
    let mut spoke: Option<(Provider, String)> = None;
    reply.say_lead();
    'voices: for voice in voices {
        // A short brief asks for nothing else the second time.
        let tries: &[bool] = if voice.brief() == Brief::Short { &[false] } else { &[false, true] };
        for &constrained in tries {
            let before = reply.worded();
            let prompt = brief::prompt(&reply, background, &**voice, constrained);
            let Some((prompt, facts)) = prompt else { break 'voices };
            reply.facts = facts;
            let heard = match voice.brief() {
                Brief::Full => listen(&**voice, &prompt, background, &mut reply).await,
                Brief::Short => hear_out(&**voice, &prompt, &mut reply).await,
            };
            if reply.worded() > before {
                spoke = Some((voice.provider(), heard.model.clone()));
            }
            drafts.push(Draft {
                model: heard.model,
                text: heard.text,
                unsupported: heard.unsupported.iter().map(|u| u.sentence.clone()).collect(),
            });
            let refused = !heard.unsupported.is_empty();
            reply.blocked.extend(heard.unsupported);
            match (heard.error, refused) {
                // Said to its end: what it left out is said by the phrases.
                (None, false) => break 'voices,
                // It said what is not so: once more, closer to the phrases, and then by the phrases.
                (_, true) if constrained || tries.len() == 1 => break 'voices,
                (_, true) => {}
                // It broke off after it had begun: the phrases go on from there.
                (Some(_), false) if reply.worded() > 0 => break 'voices,
                (Some(_), false) => continue 'voices,
            }
        }
    }
    reply.say_rest();
    let (words, blocked) = reply.finish();
    let (provider, model) = spoke.map_or((Provider::Template, None), |(provider, model)| (provider, Some(model)));
    Spoken { words, provider, model, drafts, blocked }
}

/// Bytes of a sentence that are waited for: longer ones are none.
const LONGEST_SENTENCE: usize = 1_000;

/// What was heard of a model.
struct Heard {
    model: String,
    text: String,
    unsupported: Vec<Unsupported>,
    error: Option<ModelError>,
}

/// Lets a model speak, sentence by sentence, until it ends or says what is not so.
async fn listen(voice: &dyn ChatModel, prompt: &Prompt, background: &Background, reply: &mut Reply<'_>) -> Heard {
    let mask = (voice.provider() == Provider::Remote).then_some(&background.mask);
    let mut heard = Heard { model: voice.name(), text: String::new(), unsupported: Vec::new(), error: None };
    let (sender, mut pieces) = mpsc::unbounded_channel();
    let mut saying = voice.say(prompt, Some(sender));
    let mut taken = 0;
    let outcome = loop {
        tokio::select! {
            biased;
            Some(piece) = pieces.recv() => {
                heard.text.push_str(&piece);
                let taking = take_sentences(&heard.text, &mut taken, false, mask, reply);
                let endless = heard.text.len() - taken > LONGEST_SENTENCE;
                let endless = endless.then(|| Unsupported { sentence: heard.text[taken..].to_owned(), reason: "it has no end".to_owned() });
                if let Some(unsupported) = taking.err().or(endless) {
                    heard.unsupported.push(unsupported);
                    return heard;
                }
            }
            outcome = &mut saying => break outcome,
        }
    };
    drop(saying);
    while let Ok(piece) = pieces.try_recv() {
        heard.text.push_str(&piece);
    }
    match outcome {
        Ok(said) => {
            if heard.text.is_empty() {
                heard.text = said.text;
            }
            heard.model = said.model;
        }
        Err(error) => heard.error = Some(error),
    }
    // What broke off in the middle of a sentence is no sentence.
    let ended = heard.error.is_none();
    if let Err(unsupported) = take_sentences(&heard.text, &mut taken, ended, mask, reply) {
        heard.unsupported.push(unsupported);
    }
    heard
}

/// Lets a model that says a few sentences in a few milliseconds come to its end, and takes them where they leave nothing
/// out: the phrases would say the whole again behind what it told in part.
async fn hear_out(voice: &dyn ChatModel, prompt: &Prompt, reply: &mut Reply<'_>) -> Heard {
    let mut heard = Heard { model: voice.name(), text: String::new(), unsupported: Vec::new(), error: None };
    match voice.say(prompt, None).await {
        Ok(said) => (heard.model, heard.text) = (said.model, said.text),
        Err(error) => {
            heard.error = Some(error);
            return heard;
        }
    }
    let whole = match reply.is_cut_short(&heard.text) {
        true => Err(Unsupported { sentence: heard.text.clone(), reason: "it leaves a fact out".to_owned() }),
        false => take_sentences(&heard.text, &mut 0, true, None, reply),
    };
    heard.unsupported.extend(whole.err());
    heard
}

/// Hands over the sentences that are whole; with `ended` the last one, too.
fn take_sentences(text: &str, taken: &mut usize, ended: bool, mask: Option<&Mask>, reply: &mut Reply<'_>) -> Result<(), Unsupported> {
    while let Some(end) = sentence::complete(&text[*taken..]) {
        let whole = &text[*taken..*taken + end];
        *taken += end;
        reply.take(whole, mask)?;
    }
    if ended {
        let last = text[*taken..].trim();
        *taken = text.len();
        // A last sentence without an end was cut off by the limit of tokens; behind a colon stands a list of the phrases.
        if last.starts_with('-') || last.ends_with(['.', '!', '?', ':', '"', ')', '\u{201d}', '}', ']']) {
            reply.take(last, mask)?;
        }
    }
    Ok(())
}

/// How long a model may take: first words and whole answer, by what it is, within what is left. What a
/// remote model is asked in one turn, it answers within one such time.
pub(super) fn patience(provider: Provider, background: &Background) -> (Duration, Duration) {
    let (first, whole) = match provider {
        Provider::Local => (Duration::from_secs(10), Duration::from_secs(60)),
        _ => (Duration::from_secs(8), Duration::from_secs(30).saturating_sub(background.waited)),
    };
    let left = background.until.saturating_duration_since(Instant::now()).min(whole);
    (first.min(left), left)
}
