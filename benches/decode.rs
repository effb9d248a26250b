//! What the decoder needs for a reply, and how many pieces a second it makes.
//!
//! `CANDLE_NUM_THREADS=1 cargo bench --bench decode` shows one core.

use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use electromart::llm::local::LocalModel;
use electromart::llm::{ChatModel, Constraint, Health, Prompt, Rank, Role};

/// A brief that it is sure of: what it is not, it ends before its end.
const BRIEF: &str = "where is it\nThank you, that matches.\nOrder {F1} has been shipped.\nIn it: {F6} and {F7}.\n\
                     It was promised for {F25} and is {F30} late. I'm sorry about that.";
const FACTS: [&str; 5] = ["{F1}", "{F6}", "{F7}", "{F25}", "{F30}"];

fn decode(criterion: &mut Criterion) {
    let Ok(model) = LocalModel::embedded() else { return };
    let begun = Instant::now();
    while model.health() == Health::Loading && begun.elapsed() < Duration::from_secs(10) {
        std::thread::sleep(Duration::from_millis(1));
    }
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_time().build() else { return };
    let ask = |tokens: u32| Prompt {
        rank: Rank::Turn,
        messages: vec![(Role::User, BRIEF.to_owned())],
        max_tokens: tokens,
        temperature: 0.0,
        seed: None,
        stop: Vec::new(),
        constraint: Constraint::Placeholders(FACTS.map(str::to_owned).to_vec()),
        first_token: Duration::from_secs(5),
        whole: Duration::from_secs(5),
    };
    let Ok(said) = runtime.block_on(model.say(&ask(100), None)) else { return eprintln!("the decoder is not sure of the brief") };
    let mut group = criterion.benchmark_group("decoder");
    for tokens in [1, said.tokens_out] {
        let prompt = ask(tokens);
        group.throughput(Throughput::Elements(tokens.into()));
        group.bench_function(format!("{tokens} pieces"), |b| b.iter(|| runtime.block_on(model.say(&prompt, None))));
    }
    group.finish();
}

criterion_group!(benches, decode);
criterion_main!(benches);
