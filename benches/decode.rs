//! What the decoder needs for a reply, and how many pieces a second it makes.
//!
//! `CANDLE_NUM_THREADS=1 cargo bench --bench decode` shows one core.

use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use electromart::llm::local::LocalModel;
use electromart::llm::{ChatModel, Constraint, Health, Prompt, Role};

/// Lists take the longest to say.
const BRIEF: &str = "any offers just now?\nThese promotions are running:\n- {F1}: {F2} off {F3}, until {F4}\n- {F5}: {F6} off on orders of at \
                     least {F7}, until {F8}\n- {F9}: {F10} off {F11} on orders of at least {F12}, until {F13}\n- {F14}: {F15} off, until {F16}";

fn decode(criterion: &mut Criterion) {
    let Ok(model) = LocalModel::embedded() else { return };
    let begun = Instant::now();
    while model.health() == Health::Loading && begun.elapsed() < Duration::from_secs(10) {
        std::thread::sleep(Duration::from_millis(1));
    }
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_time().build() else { return };
    let ask = |tokens: u32| Prompt {
        messages: vec![(Role::User, BRIEF.to_owned())],
        max_tokens: tokens,
        temperature: 0.0,
        seed: None,
        constraint: Constraint::Free,
        first_token: Duration::from_secs(5),
        whole: Duration::from_secs(5),
    };
    let mut group = criterion.benchmark_group("decoder");
    for tokens in [1, 65] {
        let prompt = ask(tokens);
        group.throughput(Throughput::Elements(tokens.into()));
        group.bench_function(format!("{tokens} pieces"), |b| b.iter(|| runtime.block_on(model.say(&prompt, None))));
    }
    group.finish();
}

criterion_group!(benches, decode);
criterion_main!(benches);
