//! What it takes to find the answer to a question in the demo shop's knowledge base: by words, by meaning, and all that
//! is recognised in a message.
//!
//! `cargo bench --bench knowledge`; `CANDLE_NUM_THREADS=1` shows the encoder on one core.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use electromart::app::{App, Fill, Purpose};
use electromart::config::Config;
use electromart::domain::time::Day;
use electromart::retrieval::knowledge::Question;

const MESSAGE: &str = "who pays for the postage if i want to send the headphones back";

fn knowledge(criterion: &mut Criterion) {
    let Ok(runtime) = tokio::runtime::Builder::new_multi_thread().enable_all().build() else { return };
    let Ok(folder) = tempfile::tempdir() else { return };
    let mut config = Config::default();
    config.server.data_dir = folder.path().join("data");
    let Ok(app) = runtime.block_on(App::open(config, Fill::Demo, Purpose::Talk)) else { return };
    let shelves = app.engine.library.shelves();
    let Some(today) = Day::parse("2026-11-22") else { return };
    let by_words = Question { text: MESSAGE, vector: None, today, procedures: None };
    criterion.bench_function("an answer by words", |b| b.iter(|| shelves.knowledge.find(black_box(&by_words), 3)));
    criterion.bench_function("everything recognised in a message", |b| b.iter(|| shelves.recognise(black_box(MESSAGE), today)));
    if let Some(vector) = app.engine.encoder.as_deref().and_then(|encoder| encoder.embed(MESSAGE).ok()) {
        let by_meaning = Question { vector: Some(&vector), ..by_words };
        criterion.bench_function("an answer by words and meaning", |b| b.iter(|| shelves.knowledge.find(black_box(&by_meaning), 3)));
    }
    runtime.block_on(app.close());
}

criterion_group!(benches, knowledge);
criterion_main!(benches);
