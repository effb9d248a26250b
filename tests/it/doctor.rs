//! `electromart doctor`: what it says of models that are here and of those that are not.

use std::path::Path;

use serde_json::Value;

use crate::recital;
use crate::shop::run;

/// A manifest of two networks so small that a test can time them, and of one whose sizes nobody has told.
fn manifest(home: &Path) -> String {
    let entry = |name: &str, more: &str| format!("[[model]]\nname = \"{name}\"\nrepository = \"a/b\"\nfile = \"c.gguf\"\n{more}\n");
    let shape = |layers: u32| {
        format!(
            "[model.shape]\narchitecture = \"qwen3\"\nlayers = {layers}\nwidth = 64\nfeed_forward = 128\nheads = 2\nkv_heads = 1\n\
             head_width = 32\nvocabulary = 320\ntied = true\nmix = \"Q8_0\"\ncut = \"qwen2\"\n"
        )
    };
    let path = home.join("manifest.toml");
    let text = [entry("small", &shape(1)), entry("larger", &shape(2)), entry("unknown", "")].concat();
    std::fs::write(&path, text).expect("written");
    path.display().to_string()
}

fn model<'a>(report: &'a Value, name: &str) -> &'a Value {
    let found = report["models"].as_array().into_iter().flatten().find(|model| model["name"] == name);
    found.unwrap_or_else(|| panic!("{name} is not in {report}"))
}

#[test]
fn every_model_is_predicted_and_the_one_in_use_measured() {
    let home = tempfile::tempdir().expect("a folder");
    let (manifest, file) = (manifest(home.path()), recital::file().display().to_string());
    let output = run(home.path(), &["doctor", "--quick", "--json", "--budget", "600", "--manifest", &manifest, "--model", &file]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).expect("one document");
    assert!(report["prompts"].as_str().is_some_and(|prompts| prompts.ends_with("chats with the demo shop")), "{}", report["prompts"]);
    assert!(report["memory_bandwidth_gb_s"].as_f64() > Some(0.0) && report["threads"].as_u64() > Some(0), "{report}");
    for name in ["small", "larger", &file] {
        let Value::Object(predicted) = &model(&report, name)["predicted"] else { panic!("{name}: {report}") };
        for which in ["first_reply", "reply"] {
            let (first, whole) = (predicted[which]["first_word_s"].as_f64(), predicted[which]["whole_s"].as_f64());
            // Told in whole milliseconds, in which such a network says all it has to say.
            assert!(first > Some(0.0) && whole >= first, "{name}: {report}");
        }
        assert!(predicted["decode_tok_s"].as_f64() > Some(0.0) && predicted["prefill_tok_s"].as_f64() > Some(0.0));
        let tokens = &model(&report, name)["tokens"];
        assert!(tokens["prompt"].as_u64() > tokens["kept"].as_u64() && tokens["kept"].as_u64() > Some(100), "{tokens}");
        assert_eq!(tokens["counted"], name == file);
    }
    let (own, used) = (model(&report, "embedded"), model(&report, &file));
    assert!(own["measured"]["first_reply"]["measured"]["whole_s"].as_f64() > Some(0.0) && own["predicted"].is_null(), "{own}");
    for which in ["first_reply", "reply"] {
        let beside = &used["measured"][which];
        assert!(beside["measured"]["first_word_s"].as_f64() > Some(0.0) && beside["off_percent"]["whole"].is_number(), "{used}");
    }
    assert!(
        used["measured"]["first_reply"]["kept_tokens"] == 0.0 && used["measured"]["reply"]["kept_tokens"].as_f64() > Some(100.0),
        "{used}"
    );
    assert!(used["drift_percent"].is_number() && model(&report, "small")["drift_percent"].is_null(), "{used}");
    assert!(used["in_use"] == true && model(&report, "small")["measured"].is_null());
    let unknown = model(&report, "unknown");
    assert!(unknown["predicted"].is_null() && unknown["reason"].as_str().is_some_and(|why| why.contains("no shape")), "{unknown}");
    assert_eq!(report["recommended"], "larger");
    assert!(report["next"].as_str().is_some_and(|next| next.contains("`electromart models pull larger`")), "{report}");
    assert!(!home.path().join("electromart-data").exists(), "nothing is written");
}

#[test]
fn a_shop_is_measured_by_its_own_prompts() {
    let home = tempfile::tempdir().expect("a folder");
    let files = [
        (
            "products",
            "sku,name,category,brand,price,currency,stock,description\nK1,Brew Kettle,Kitchen,Acme,39.00,USD,4,Boils a litre\nT1,Toast Oven,Kitchen,Acme,89.00,USD,0,Toasts\n",
        ),
        ("customers", "id,name,email,phone,address,zip\nC1,Ada King,ada@shop.test,207-555-0100,1 Main Street,04101\n"),
        (
            "orders",
            "order_number,customer_id,status,items,order_date,total,currency,address,zip\n7001,C1,shipped,K1 x 1,2026-11-01,39.00,USD,1 Main Street,04101\n",
        ),
        (
            "promotions",
            "code,name,description,discount_percent,start_date,end_date,active\nKETTLE9,Kettles,9 % off,9,2020-01-01,2099-01-01,true\n",
        ),
    ];
    for (kind, text) in files {
        let file = home.path().join(format!("{kind}.csv"));
        std::fs::write(&file, text).expect("written");
        let output = run(home.path(), &["import", kind, &file.display().to_string()]);
        assert!(output.status.success(), "{kind}: {}", String::from_utf8_lossy(&output.stderr));
    }
    let output = run(home.path(), &["doctor", "--quick", "--json", "--manifest", &manifest(home.path())]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).expect("one document");
    assert!(report["prompts"].as_str().is_some_and(|prompts| prompts.ends_with("chats with this shop")), "{}", report["prompts"]);
    let messages = run(home.path(), &["export", "orders", "-"]);
    assert!(String::from_utf8_lossy(&messages.stdout).contains("7001"), "the shop itself is as it was");
}

#[test]
fn nothing_is_recommended_that_takes_longer_than_the_budget() {
    let home = tempfile::tempdir().expect("a folder");
    let output = run(home.path(), &["doctor", "--quick", "--budget", "0.000001", "--manifest", &manifest(home.path())]);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    for part in ["MODEL", "embedded", "small", "larger", "GB/s", "in the program, which is in use", "embedded, first reply, measured"] {
        assert!(said.contains(part), "{part} is not in {said}");
    }
}

#[test]
fn what_makes_no_sense_is_refused() {
    let home = tempfile::tempdir().expect("a folder");
    std::fs::write(home.path().join("empty.toml"), "nonsense").expect("written");
    for (arguments, code, says) in [
        (&["--budget", "0"][..], 2, "above 0"),
        (&["--budget", "soon"], 2, "above 0"),
        (&["--manifest", "missing.toml"], 1, "missing.toml"),
        (&["--manifest", "empty.toml"], 1, "manifest"),
    ] {
        let output = run(home.path(), &[&["doctor"], arguments].concat());
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(code) && stderr.contains(says), "{arguments:?}: {stderr}");
    }
    let help = run(home.path(), &["doctor", "--help"]);
    assert!(String::from_utf8_lossy(&help.stdout).contains("Example: electromart doctor "));
}
