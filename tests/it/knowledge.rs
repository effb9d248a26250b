//! Finding answers: two shops' knowledge bases, asked in words their entries do not use, and asked what they do not say.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::shop::program;

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Asks the shop of a folder the labelled questions.
fn ask(folder: &Path, provider: &str, questions: &str) -> Value {
    let mut command = program();
    command.current_dir(folder).args(["--provider", provider, "--json", "eval", "knowledge"]).arg(file(questions));
    let done = command.arg("--data-dir").arg(folder.join("data")).output().expect("the program runs");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    serde_json::from_slice(&done.stdout).expect("a report")
}

/// Recall and precision at a threshold.
fn at(report: &Value, threshold: f64) -> (f64, f64) {
    let rows = report["at"].as_array().expect("thresholds");
    let row = rows.iter().find(|row| row["threshold"] == threshold).expect("the threshold");
    (row["recall"].as_f64().expect("a number"), row["precision"].as_f64().expect("a number"))
}

#[test]
fn answers_are_found_in_other_words_and_not_where_there_are_none() {
    let (demo, second) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let mut import = program();
    import.current_dir(second.path()).args(["import", "knowledge"]).arg(file("tests/data/second_shop.csv"));
    let done = import.arg("--data-dir").arg(second.path().join("data")).output().expect("the program runs");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    // A debug build embeds ten times slower; the release build of `tests/run` measures both.
    let tiers: &[&str] = if cfg!(debug_assertions) { &["template"] } else { &["template", "local"] };
    for (folder, questions, words, meaning) in [
        (demo.path(), "models/nano/data/knowledge_eval_1.jsonl", (0.50, 0.72), (0.74, 0.80)),
        (second.path(), "models/nano/data/knowledge_eval_2.jsonl", (0.55, 0.80), (0.70, 0.85)),
    ] {
        for tier in tiers {
            let report = ask(folder, tier, questions);
            let (recall, precision) = at(&report, 0.5);
            let (least_recall, least_precision) = if *tier == "template" { words } else { meaning };
            eprintln!("{questions}, {}: recall {recall:.3}, precision {precision:.3}", report["tier"]);
            assert!(recall >= least_recall && precision >= least_precision, "{questions}, {tier}: {recall} {precision}");
        }
    }
}

/// "Phone keeps dying" shares no telling word with the entry that answers it: only meaning leads to it.
#[test]
fn a_dying_phone_is_one_whose_battery_drains() {
    if cfg!(debug_assertions) {
        return;
    }
    let home = tempfile::tempdir().expect("a folder");
    let questions = home.path().join("q.jsonl");
    std::fs::write(&questions, "{\"text\": \"phone keeps dying\", \"entries\": [\"phone-battery-drains\"]}").expect("written");
    for (tier, right) in [("template", false), ("local", true)] {
        let report = ask(home.path(), tier, &questions.display().to_string());
        assert_eq!(report["lines"][0]["right"], right, "{tier}: {report}");
    }
}
