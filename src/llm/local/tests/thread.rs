//! The model on its thread: loading, waiting, leaving, breaking.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use candle_core::quantized::GgmlDType;

use super::super::network::{Feed, Network};
use super::super::{LocalError, LocalModel, Threads};
use super::files::Model;
use super::voice::prompt;
use crate::config::Local;
use crate::domain::agent::Provider;
use crate::llm::{Brief, ChatModel as _, Health, ModelError};

const THREADS: Threads = Threads { threads: 2, at_once: 2 };

pub(super) async fn ready(model: &LocalModel) {
    while model.health() == Health::Loading {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

#[tokio::test]
async fn a_file_is_opened_loaded_and_speaks() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tiny-q8.gguf");
    std::fs::write(&path, Model::new("qwen3", GgmlDType::Q8_0, 1).bytes()).unwrap();
    let model = LocalModel::open(&path, &Local::default()).unwrap();
    assert_eq!((model.name().as_str(), model.provider(), model.context_tokens()), ("tiny-q8", Provider::Local, 512));
    ready(&model).await;
    assert_eq!((model.health(), model.problem()), (Health::Healthy, None));
    model.probe(Duration::from_secs(5)).await.unwrap();
    let (to, mut from) = tokio::sync::mpsc::unbounded_channel();
    let mut p = prompt("hello");
    p.temperature = 1.0;
    let said = model.say(&p, Some(to)).await.unwrap();
    assert_eq!(said.model, "tiny-q8");
    let mut pieces = String::new();
    while let Some(piece) = from.recv().await {
        pieces.push_str(&piece);
    }
    assert_eq!(pieces, said.text);
    let shares = model.route("hi", &["sales", "support"], Duration::from_secs(5)).await.unwrap();
    assert_eq!(shares.len(), 2);
}

#[test]
fn a_missing_or_damaged_file_is_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.gguf");
    assert!(matches!(LocalModel::open(&path, &Local::default()), Err(LocalError::Read(_))));
    let whole = Model::new("llama", GgmlDType::Q8_0, 1).bytes();
    std::fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    assert!(matches!(LocalModel::open(&path, &Local::default()), Err(LocalError::Truncated(_))));
}

/// A network that fails at chosen steps, over all times it is loaded.
struct Failing {
    inner: Box<dyn Network>,
    steps: Arc<AtomicUsize>,
    panics_at: &'static [usize],
    slow: Duration,
}

impl Network for Failing {
    fn step(&mut self, feeds: &mut [Feed<'_>]) -> Result<Vec<Vec<f32>>, LocalError> {
        std::thread::sleep(self.slow);
        let step = self.steps.fetch_add(1, Ordering::SeqCst);
        assert!(!self.panics_at.contains(&step), "on purpose");
        self.inner.step(feeds)
    }
}

fn failing(panics_at: &'static [usize], slow: Duration) -> (Arc<LocalModel>, Arc<AtomicUsize>) {
    let bytes = Model::new("qwen2", GgmlDType::F32, 1).bytes();
    let (steps, loads) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let counted = Arc::clone(&loads);
    let load = move || {
        counted.fetch_add(1, Ordering::SeqCst);
        let mut engine = super::files::open(&bytes)?;
        let inner = std::mem::replace(&mut engine.network, Box::new(Closed));
        engine.network = Box::new(Failing { inner, steps: Arc::clone(&steps), panics_at, slow });
        Ok(engine)
    };
    (LocalModel::start("test".to_owned(), Brief::Full, 512, THREADS.at_once, Box::new(load)).unwrap(), loads)
}

pub(super) struct Closed;

impl Network for Closed {
    fn step(&mut self, _: &mut [Feed<'_>]) -> Result<Vec<Vec<f32>>, LocalError> {
        Err(LocalError::Broken)
    }
}

#[tokio::test]
async fn a_model_that_panics_is_loaded_again_once() {
    // Step 0 is the probe after loading; the second step of the first answer panics, then the reload
    // is probed, and a later answer panics again.
    let (model, loads) = failing(&[2, 5], Duration::ZERO);
    assert_eq!(model.say(&prompt("a"), None).await.unwrap_err(), ModelError::Busy);
    ready(&model).await;
    let p = prompt("hello");
    assert_eq!(model.say(&p, None).await.unwrap_err(), ModelError::Failed);
    model.probe(Duration::from_secs(5)).await.unwrap();
    assert_eq!((model.health(), loads.load(Ordering::SeqCst)), (Health::Healthy, 2));
    assert_eq!(model.say(&p, None).await.unwrap_err(), ModelError::Failed);
    // The next answer comes after the thread has settled.
    assert_eq!(model.say(&p, None).await.unwrap_err(), ModelError::Failed);
    assert_eq!((model.health(), loads.load(Ordering::SeqCst)), (Health::Degraded, 2));
    assert_eq!(model.problem().as_deref(), Some("a step of the model panicked"));
}

#[tokio::test]
async fn a_model_that_cannot_be_loaded_says_so() {
    let load = || Err(LocalError::Variety("luck".to_owned()));
    let model = LocalModel::start("test".to_owned(), Brief::Full, 512, THREADS.at_once, Box::new(load)).unwrap();
    ready(&model).await;
    assert_eq!(model.health(), Health::Degraded);
    assert_eq!(model.say(&prompt("a"), None).await.unwrap_err(), ModelError::Failed);
    assert!(model.problem().unwrap().contains("luck"));
}

#[tokio::test]
async fn a_slow_model_is_late_and_the_queue_is_bounded() {
    let (model, _) = failing(&[], Duration::from_millis(40));
    ready(&model).await;
    let mut p = prompt("hello");
    (p.first_token, p.max_tokens, p.temperature) = (Duration::from_millis(10), 64, 1.0);
    let began = std::time::Instant::now();
    assert_eq!(model.say(&p, None).await.unwrap_err(), ModelError::Timeout);
    (p.first_token, p.whole) = (Duration::from_secs(9), Duration::from_millis(300));
    assert_eq!(model.say(&p, None).await.unwrap_err(), ModelError::Timeout);
    assert!(began.elapsed() < Duration::from_secs(2));
    p.whole = Duration::from_secs(9);
    let mut answers: Vec<_> = (0..super::super::WAITING + THREADS.at_once + 4).map(|_| Box::pin(model.say(&p, None))).collect();
    let mut busy = 0;
    for answer in &mut answers {
        if let Ok(Err(ModelError::Busy)) = tokio::time::timeout(Duration::from_millis(1), answer).await {
            busy += 1;
        }
    }
    assert!(busy >= 2, "{busy}");
    // All of them leave: the thread passes over their jobs and is free within a step.
    drop(answers);
    tokio::time::sleep(Duration::from_millis(400)).await;
    model.probe(Duration::from_secs(2)).await.unwrap();
}

/// A network that notes how many conversations shared a step at most.
struct Shared {
    inner: Box<dyn Network>,
    most: Arc<AtomicUsize>,
}

impl Network for Shared {
    fn step(&mut self, feeds: &mut [Feed<'_>]) -> Result<Vec<Vec<f32>>, LocalError> {
        std::thread::sleep(Duration::from_millis(2));
        self.most.fetch_max(feeds.len(), Ordering::SeqCst);
        self.inner.step(feeds)
    }
}

#[tokio::test]
async fn who_finds_no_room_waits_and_is_answered_all_the_same() {
    let bytes = Model::new("qwen2", GgmlDType::F32, 1).bytes();
    for (room, together) in [(1, 1), (10_000, 2)] {
        let most = Arc::new(AtomicUsize::new(0));
        let (noted, bytes) = (Arc::clone(&most), bytes.clone());
        let load = move || {
            let mut engine = super::files::open(&bytes)?;
            let inner = std::mem::replace(&mut engine.network, Box::new(Closed));
            (engine.network, engine.room) = (Box::new(Shared { inner, most: Arc::clone(&noted) }), room);
            Ok(engine)
        };
        let model = LocalModel::start("test".to_owned(), Brief::Full, 512, THREADS.at_once, Box::new(load)).unwrap();
        ready(&model).await;
        let p = prompt("hello");
        // One of them leaves while it waits, and is in nobody's way.
        let leaves = tokio::time::timeout(Duration::from_millis(8), model.say(&p, None));
        let (first, left, last) = tokio::join!(model.say(&p, None), leaves, model.say(&p, None));
        assert!(left.is_err() || left.unwrap().is_ok());
        assert_eq!(first.unwrap().text, last.unwrap().text);
        assert_eq!(most.load(Ordering::SeqCst), together, "room for {room}");
    }
}
