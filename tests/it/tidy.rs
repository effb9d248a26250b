//! The shape of the code: arrows between layers point down, files and functions stay small.

use std::path::{Path, PathBuf};

/// Layers from the design, lowest first. A module may use those below it, and its own children.
const LAYERS: &[&[&str]] = &[
    &["domain", "config", "telemetry"],
    &["sentiment", "retrieval", "llm", "store", "hub", "agents", "actions"],
    &["turn"],
    &["queue", "exchange"],
    &["gateway"],
    &["transport"],
    &["app", "eval"],
    &["cli"],
];
/// Modules of a layer that may use others of it.
const BESIDE: &[(&str, &[&str])] = &[
    // Configuration is made of domain types; logging names them.
    ("config", &["domain"]),
    ("telemetry", &["domain"]),
    // Agents read what retrieval offers; nothing looks the other way.
    ("agents", &["retrieval"]),
];
const MOST_LINES: usize = 500;
const MOST_FUNCTION_LINES: usize = 80;

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    files(&root, &mut found);
    found.sort();
    let name = |path: &PathBuf| path.strip_prefix(&root).expect("below src").display().to_string();
    found.iter().map(|path| (name(path), std::fs::read_to_string(path).expect("text"))).collect()
}

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&module))
}

/// The file without its tests, which may use anything.
fn product(text: &str) -> &str {
    text.split("\n#[cfg(test)]\nmod tests {").next().unwrap_or(text)
}

#[test]
fn arrows_between_layers_point_down() {
    let mut wrong = Vec::new();
    for (name, text) in sources() {
        let module = name.split(['/', '.']).next().unwrap_or_default();
        // Tests may use anything, also in files of their own.
        if matches!(module, "lib" | "main") || name.contains("/tests") {
            continue;
        }
        let own = layer(module).unwrap_or_else(|| panic!("{module} has no layer; give it one here"));
        for used in product(&text).match_indices("crate::").map(|(at, _)| &text[at + 7..]) {
            let used: String = used.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            let Some(other) = layer(&used) else { continue };
            let beside = BESIDE.iter().any(|(from, to)| *from == module && to.contains(&used.as_str()));
            if used != module && !beside && other >= own {
                wrong.push(format!("{name} uses {used}"));
            }
        }
    }
    wrong.dedup();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn files_and_functions_stay_small() {
    let mut large = Vec::new();
    for (name, text) in sources() {
        let lines = text.lines().count();
        if lines > MOST_LINES {
            large.push(format!("{name}: {lines} lines"));
        }
        for (begin, length) in functions(&text) {
            if length > MOST_FUNCTION_LINES {
                large.push(format!("{name}:{begin}: a function of {length} lines"));
            }
        }
    }
    assert!(large.is_empty(), "{large:#?}");
}

/// Where functions begin and how many lines they have, by their indentation (the files are formatted).
fn functions(text: &str) -> Vec<(usize, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (i, line) in lines.iter().enumerate() {
        let indent = line.len() - line.trim_start().len();
        let is_function = ["fn ", "pub fn ", "async fn ", "pub async fn ", "pub(super) fn ", "pub(crate) fn ", "const fn "]
            .iter()
            .any(|start| line.trim_start().starts_with(start));
        if !is_function || line.trim_end().ends_with(';') || line.trim_end().ends_with('}') {
            continue;
        }
        let end = lines[i..].iter().position(|other| other.len() == indent + 1 && other.trim_start() == "}");
        found.extend(end.map(|end| (i + 1, end + 1)));
    }
    found
}

#[test]
fn the_program_itself_is_small() {
    let main = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/main.rs")).expect("main.rs");
    assert!(main.lines().count() <= 50);
}
