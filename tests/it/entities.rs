//! What messages name: read by the demo shop from labelled lines, kind by kind.

use std::path::Path;

use crate::shop::run_json;

/// The least F1 of each kind on `models/nano/data/entities_eval.jsonl`, a little below what was measured.
const FLOORS: &[(&str, f64)] = &[
    ("code", 0.94),
    ("date", 0.81),
    ("email", 0.93),
    ("order", 0.87),
    ("phone", 0.87),
    ("price", 0.71),
    ("product", 0.82),
    ("quantity", 0.64),
];

#[test]
fn what_messages_name_is_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let lines = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/nano/data/entities_eval.jsonl");
    let report = run_json(folder.path(), &["--provider", "template", "eval", "entities", lines.to_str().expect("a path")]);
    assert_eq!(report["n"], 500);
    for (kind, least) in FLOORS {
        let f1 = report["per_kind"][kind]["f1"].as_f64().expect("a figure");
        eprintln!("{kind}: {}", report["per_kind"][kind]);
        assert!(f1 >= *least, "{kind}: {f1}");
    }
}
