//! What it takes to understand one message: mood, intent, the shop's names.
//!
//! `cargo bench --bench understand`; `CANDLE_NUM_THREADS=1` shows the encoder on one core.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use electromart::agents::understanding::Understanding;
use electromart::domain::money::Currency;
use electromart::domain::state::ConversationState;
use electromart::domain::time::Day;
use electromart::llm::encoder::{Encoder, Utterance};
use electromart::sentiment::Analyzer;
use electromart::turn::library::Shelves;

const MESSAGE: &str = "show me gaming laptops under 1500 that are light";

fn understand(criterion: &mut Criterion) {
    let analyzer = Analyzer::embedded();
    criterion.bench_function("sentiment and urgency", |b| b.iter(|| analyzer.analyze(black_box(MESSAGE))));

    if let Ok(encoder) = Encoder::embedded() {
        criterion.bench_function("encoder, one message", |b| b.iter(|| encoder.score(black_box(MESSAGE), &[])));
        let history = [
            Utterance { from_customer: true, text: "hello, I need a computer for my daughter" },
            Utterance { from_customer: false, text: "What will she use it for?" },
        ];
        criterion.bench_function("encoder, with two lines before", |b| b.iter(|| encoder.score(black_box(MESSAGE), &history)));
        criterion.bench_function("encoder, sentence vector", |b| b.iter(|| encoder.embed(black_box(MESSAGE))));
    }

    let shelves = Shelves::default();
    let state = ConversationState::default();
    if let Some(today) = Day::parse("2026-11-22") {
        criterion.bench_function("rules", |b| {
            b.iter(|| {
                let heard = shelves.recognise(black_box(MESSAGE), today);
                Understanding::read(MESSAGE, &heard, &state, Currency::USD)
            });
        });
    }
}

criterion_group!(benches, understand);
criterion_main!(benches);
