//! A whole turn through the gateway and the queue, durable, with the template tier and with the encoder.
//!
//! `cargo bench --bench turn`. Throughput with many clients is `electromart bench serve`.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use electromart::app::commands::{self, Request};
use electromart::app::{App, Fill, Purpose};
use electromart::config::{Config, ProviderMode};

fn turn(criterion: &mut Criterion) {
    let Ok(runtime) = tokio::runtime::Builder::new_multi_thread().enable_all().build() else { return };
    for (name, mode) in [("template", ProviderMode::Template), ("encoder", ProviderMode::Local)] {
        let Ok(folder) = tempfile::tempdir() else { return };
        let mut config = Config::default();
        config.server.data_dir = folder.path().join("data");
        config.provider.mode = mode;
        let Ok(app) = runtime.block_on(App::open(config, Fill::Demo, Purpose::Talk)) else { return };
        runtime.spawn(app.queue.clone().work());
        criterion.bench_function(&format!("a durable turn, {name}"), |b| {
            b.iter(|| {
                let request = Request::Ask { text: "show me gaming laptops under 1500".to_owned(), session: None };
                black_box(runtime.block_on(commands::run(&app, request, &[])).is_ok())
            });
        });
        runtime.block_on(app.close());
    }
}

criterion_group!(benches, turn);
criterion_main!(benches);
