//! Tells the program what it was built from.

use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=.git/HEAD");
    println!("cargo::rerun-if-changed=models/nano");
    let git = Command::new("git").args(["rev-parse", "--short=12", "HEAD"]).output();
    let commit = git.ok().filter(|done| done.status.success()).and_then(|done| String::from_utf8(done.stdout).ok());
    // Cargo hands these to what `cargo run` starts, where names of settings would be taken for settings.
    println!("cargo::rustc-env=BUILT_FROM_COMMIT={}", commit.as_deref().map_or("unknown", str::trim));
    let target = std::env::var("TARGET").unwrap_or_default();
    println!("cargo::rustc-env=BUILT_FOR_TARGET={target}");
    // Functions that came out the same are kept once: some megabytes. It is an option of LLVM's linker, which Rust
    // brings along for this target.
    if target == "x86_64-unknown-linux-gnu" {
        println!("cargo::rustc-link-arg-bins=-Wl,--icf=all");
    }
    let mut models: Vec<String> = std::fs::read_dir("models/nano")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| name.ends_with(".gguf") || name.ends_with(".bin"))
        .collect();
    models.sort_unstable();
    let models = if models.is_empty() { "none".to_owned() } else { models.join(", ") };
    println!("cargo::rustc-env=BUILT_WITH_MODELS={models}");
}
