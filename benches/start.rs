//! From the start of the process to `/health/ready`: with the demo shop, and after `kill -9`.
//!
//! `cargo bench --bench start`; with `ELECTROMART_BENCH_PRODUCTS=FILE` (a catalogue to import) that shop, too.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use criterion::{BenchmarkGroup, Criterion, criterion_group, criterion_main, measurement::WallTime};

fn program(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_electromart"));
    command.current_dir(folder).stderr(Stdio::null());
    command
}

/// Starts a shop and waits until it takes messages.
fn start(folder: &Path) -> std::io::Result<Child> {
    let mut child = program(folder).args(["serve", "--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).spawn()?;
    let mut first = String::new();
    if let Some(stdout) = child.stdout.take() {
        BufReader::new(stdout).read_line(&mut first)?;
    }
    let address = first.trim().rsplit("//").next().unwrap_or_default().to_owned();
    loop {
        let mut answer = String::new();
        if let Ok(mut stream) = TcpStream::connect(&address) {
            stream.write_all(format!("GET /health/ready HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n").as_bytes())?;
            stream.read_to_string(&mut answer)?;
        }
        if answer.starts_with("HTTP/1.1 200") {
            return Ok(child);
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn end(mut child: Child, hard: bool) {
    if hard {
        let _ = child.kill();
    } else {
        let _ = Command::new("kill").arg(child.id().to_string()).status();
    }
    let _ = child.wait();
}

fn shop(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, folder: &Path) {
    for (how, hard) in [("after an orderly end", false), ("after kill -9", true)] {
        group.bench_function(format!("{name}, {how}"), |b| {
            b.iter_custom(|times| {
                let mut all = Duration::ZERO;
                for _ in 0..times {
                    let begun = Instant::now();
                    let Ok(child) = start(folder) else { continue };
                    all += begun.elapsed();
                    end(child, hard);
                }
                all
            });
        });
    }
}

fn starts(criterion: &mut Criterion) {
    let Ok(home) = tempfile::tempdir() else { return };
    let mut group = criterion.benchmark_group("start to ready");
    group.sample_size(10);
    shop(&mut group, "the demo shop", home.path());
    if let Some(file) = std::env::var_os("ELECTROMART_BENCH_PRODUCTS") {
        let Ok(home) = tempfile::tempdir() else { return };
        let imported = program(home.path()).args(["import", "products"]).arg(file).stdout(Stdio::null()).status();
        if imported.is_ok_and(|status| status.success()) {
            shop(&mut group, "a large catalogue", home.path());
        }
    }
    group.finish();
}

criterion_group!(benches, starts);
criterion_main!(benches);
