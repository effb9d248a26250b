//! Models on disk: pulled from a hub that cuts, corrupts and redirects, added from a file, chosen while the shop is open.

pub mod hub;
mod pull;
mod switch;

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use crate::shop::program;

/// A model: the decoder of the program, as a file of its own.
pub static MODEL: &[u8] = include_bytes!("../../../models/nano/decoder.gguf");

/// `electromart models` in a folder, with its data folder and nothing of the machine's own settings.
fn models(home: &Path, arguments: &[&str]) -> Command {
    let mut command = program();
    command.current_dir(home).args(["models", "--data-dir", "data"]).args(arguments);
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("HF_")) {
        command.env_remove(name);
    }
    command.env("HOME", home).env("NO_PROXY", "*");
    command
}

fn run(home: &Path, arguments: &[&str]) -> Output {
    models(home, arguments).output().expect("the program runs")
}

/// What it says with `--json`, when it succeeds.
fn run_json(home: &Path, arguments: &[&str]) -> Value {
    let output = run(home, &[arguments, &["--json"]].concat());
    assert!(output.status.success(), "{arguments:?}: {}", said(&output));
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("not JSON: {}", String::from_utf8_lossy(&output.stdout)))
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The names in the folder of models, without what belongs to no model.
fn there(home: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(home.join("data/models")).into_iter().flatten().flatten();
    let mut names: Vec<String> =
        entries.filter_map(|entry| entry.file_name().into_string().ok()).filter(|name| name.contains(".gguf")).collect();
    names.sort();
    names
}
