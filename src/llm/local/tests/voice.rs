//! What models say: the same for the same seed, within its limits, and to nobody who has left.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use candle_core::quantized::GgmlDType;

use super::super::LocalError;
use super::super::answer::{Ended, Watch};
use super::super::engine::{Engine, Talk};
use super::super::network::{Feed, Network};
use super::files::{ARCHITECTURES, Model};
use super::guard::say;
use crate::llm::{self, Constraint, ModelError, Prompt, Rank, Role, Said};

pub(super) fn prompt(text: &str) -> Prompt {
    Prompt {
        messages: vec![(Role::System, "You help.".into()), (Role::User, text.into())],
        rank: Rank::Turn,
        max_tokens: 16,
        temperature: 0.0,
        seed: Some(1),
        stop: Vec::new(),
        constraint: Constraint::Free,
        first_token: Duration::from_secs(10),
        whole: Duration::from_secs(60),
    }
}

/// What the thread does with one answer.
pub(super) fn run(engine: &mut Engine, prompt: &Prompt, watch: Watch) -> Result<Said, Ended> {
    watch.check()?;
    let mut answer = engine.begin(prompt)?;
    engine.resume(&mut answer);
    let mut talks = vec![Talk { answer, watch, whose: () }];
    loop {
        if let Some((_, end)) = engine.step(&mut talks)?.pop() {
            talks.iter_mut().for_each(|talk| engine.keep(&mut talk.answer, 0));
            return end;
        }
    }
}

pub(super) fn watch(prompt: &Prompt) -> Watch {
    Watch {
        rank: prompt.rank,
        began: Instant::now(),
        first_token: prompt.first_token,
        whole: prompt.whole,
        started: Arc::new(AtomicBool::new(false)),
        pieces: None,
        gone: Box::new(|| false),
    }
}

#[test]
fn every_architecture_speaks_whole_and_quantized() {
    for architecture in ARCHITECTURES {
        for kind in [GgmlDType::F32, GgmlDType::Q8_0, GgmlDType::F16] {
            let mut engine = Model::new(architecture, kind, 4).engine();
            engine.probe().unwrap();
            let said = say(&mut engine, &prompt("hello there"));
            assert!(said.tokens_in > 5 && said.tokens_out <= 16, "{architecture} {kind:?} {said:?}");
        }
    }
}

#[test]
fn the_same_seed_says_the_same() {
    for architecture in ARCHITECTURES {
        let model = Model::new(architecture, GgmlDType::Q8_0, 8);
        let (mut one, mut two) = (model.engine(), model.engine());
        let mut p = prompt("tell me");
        p.temperature = 1.0;
        let first = say(&mut one, &p);
        // Something else in between leaves no trace.
        say(&mut one, &prompt("another conversation, somewhat longer than the first"));
        assert_eq!(first, say(&mut one, &p));
        assert_eq!(first, say(&mut two, &p));
        p.seed = Some(2);
        assert_ne!(first, say(&mut one, &p));
    }
}

#[test]
fn an_answer_ends_before_its_stop_or_where_there_is_no_more_room() {
    let mut engine = Model::new("qwen3", GgmlDType::F32, 8).engine();
    let mut p = prompt("tell me");
    p.temperature = 1.0;
    let whole = say(&mut engine, &p);
    assert_eq!((whole.ended, whole.tokens_out), (llm::Ended::Length, 16), "{whole:?}");
    let last = whole.text.chars().last().unwrap().to_string();
    p.stop = vec!["never said".to_owned(), last.clone()];
    let said = say(&mut engine, &p);
    assert_eq!((said.ended, said.text.as_str()), (llm::Ended::Stop, whole.text.split(&last).next().unwrap().trim_end()));
}

#[test]
fn a_prompt_beyond_the_context_is_too_long() {
    let mut engine = Model::new("qwen3", GgmlDType::F32, 1).engine();
    assert_eq!(engine.context, 512);
    let p = prompt(&"word ".repeat(300));
    assert!(matches!(run(&mut engine, &p, watch(&p)), Err(Ended::Told(ModelError::TooLong))));
    // And an answer ends where the context does.
    let mut p = prompt(&"w ".repeat(220));
    (p.max_tokens, p.temperature) = (500, 1.0);
    let said = say(&mut engine, &p);
    assert!(said.tokens_in + said.tokens_out <= 512, "{said:?}");
}

#[test]
fn routing_gives_shares() {
    for architecture in ARCHITECTURES {
        let mut engine = Model::new(architecture, GgmlDType::F32, 9).engine();
        let labels: Vec<String> = ["sales", "support", "a", "the", "general"].iter().map(|l| (*l).to_owned()).collect();
        let p = prompt("");
        let shares = engine.route("where is my order?", &labels, &watch(&p)).unwrap();
        assert_eq!(shares.len(), 5);
        assert!((shares.iter().sum::<f32>() - 1.0).abs() < 1e-5 && shares.iter().all(|s| *s > 0.0));
        // The order of labels in the list is part of the prompt, that of scoring is not.
        assert_eq!(shares, engine.route("where is my order?", &labels, &watch(&p)).unwrap());
        // Each label alone must score as it does among the others.
        let two = engine.route("x", &["support".to_owned(), "support".to_owned()], &watch(&p)).unwrap();
        assert!((two[0] - two[1]).abs() < 1e-6, "{two:?}");
    }
}

/// A network that counts its steps, and ends what it is told to end at one of them.
struct Counting {
    inner: Box<dyn Network>,
    steps: Arc<AtomicUsize>,
}

impl Network for Counting {
    fn step(&mut self, feeds: &mut [Feed<'_>]) -> Result<Vec<Vec<f32>>, LocalError> {
        self.steps.fetch_add(1, Ordering::SeqCst);
        self.inner.step(feeds)
    }
}

fn counting(model: &Model) -> (Engine, Arc<AtomicUsize>) {
    let steps = Arc::new(AtomicUsize::new(0));
    let mut engine = model.engine();
    let inner = std::mem::replace(&mut engine.network, Box::new(Nothing));
    engine.network = Box::new(Counting { inner, steps: Arc::clone(&steps) });
    (engine, steps)
}

struct Nothing;

impl Network for Nothing {
    fn step(&mut self, _: &mut [Feed<'_>]) -> Result<Vec<Vec<f32>>, LocalError> {
        Err(LocalError::Broken)
    }
}

#[test]
fn who_leaves_ends_the_work_within_a_step() {
    let (mut engine, steps) = counting(&Model::new("qwen2", GgmlDType::F32, 3));
    let mut p = prompt("tell me a long story");
    (p.max_tokens, p.temperature) = (400, 1.0);
    for leave_after in [1, 3, 7] {
        let before = steps.load(Ordering::SeqCst);
        let seen = Arc::clone(&steps);
        let gone = Box::new(move || seen.load(Ordering::SeqCst) >= before + leave_after);
        let end = run(&mut engine, &p, Watch { gone, ..watch(&p) });
        assert!(matches!(end, Err(Ended::Left)));
        assert_eq!(steps.load(Ordering::SeqCst) - before, leave_after);
    }
    // Nobody reads the pieces any more.
    let (to, from) = tokio::sync::mpsc::unbounded_channel();
    drop(from);
    let before = steps.load(Ordering::SeqCst);
    assert!(matches!(run(&mut engine, &p, Watch { pieces: Some(to), ..watch(&p) }), Err(Ended::Left)));
    assert_eq!(steps.load(Ordering::SeqCst), before);
}
