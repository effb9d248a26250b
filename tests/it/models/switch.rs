//! Choosing: what `models use` names speaks without a restart and after one, and what cannot speak is refused.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{MODEL, run, run_json, said};
use crate::shop::{Shop, Start};

/// Writes a file and adds it under its name.
fn add(home: &Path, name: &str) {
    let file = format!("{name}.gguf");
    std::fs::write(home.join(&file), MODEL).expect("written");
    assert_eq!(run_json(home, &["add", &file])["name"], name);
}

/// The local model a shop says it has, once it is loaded.
fn speaks(shop: &Shop) -> Value {
    let begun = Instant::now();
    loop {
        let check = shop.get("/health").json()["checks"]["local_model"].clone();
        if check["status"] != "loading" || begun.elapsed() > Duration::from_secs(30) {
            return check["model"].clone();
        }
        std::thread::sleep(Duration::from_millis(25));
    }
}

fn metric(shop: &Shop, name: &str) -> Option<String> {
    let line = format!("electromart_local_model_info{{model=\"{name}\"}} ");
    shop.get("/metrics").text().lines().find_map(|other| other.strip_prefix(&line).map(str::to_owned))
}

#[test]
fn another_model_speaks_without_a_restart_and_after_one() {
    let home = tempfile::tempdir().expect("a folder");
    let shop = Shop::in_folder(home.path(), &Start::default());
    let session = shop.session();
    add(home.path(), "one");
    add(home.path(), "two");
    assert_eq!(speaks(&shop), "electromart-decoder");
    for name in ["one", "two"] {
        assert_eq!(run_json(home.path(), &["use", name]), json!({ "name": name, "speaks": true, "overruled": null }));
        assert_eq!((speaks(&shop), metric(&shop, name).as_deref()), (json!(name), Some("1")));
        assert!(shop.say(&session, "do you have headphones under 100?")["cards"].as_array().is_some_and(|cards| !cards.is_empty()));
    }
    assert_eq!(metric(&shop, "one").as_deref(), Some("0"));
    let removed = run(home.path(), &["remove", "two"]);
    assert!(removed.status.code() == Some(1) && said(&removed).contains("is in use"), "{}", said(&removed));
    assert!(shop.stop());
    let shop = Shop::in_folder(home.path(), &Start::default());
    assert_eq!(speaks(&shop), "two");
    run_json(home.path(), &["use", "embedded"]);
    assert_eq!(speaks(&shop), "electromart-decoder");
    run_json(home.path(), &["remove", "two"]);
    assert!(shop.stop());
    assert_eq!(speaks(&Shop::in_folder(home.path(), &Start::default())), "electromart-decoder");
}

#[test]
fn what_cannot_speak_is_refused_and_the_shop_goes_on() {
    let home = tempfile::tempdir().expect("a folder");
    let shop = Shop::in_folder(home.path(), &Start::default());
    add(home.path(), "one");
    run_json(home.path(), &["use", "one"]);
    for (bytes, says) in [(&MODEL[..MODEL.len() / 2], "ends early"), (b"nonsense", "not a GGUF")] {
        std::fs::write(home.path().join("bad.gguf"), bytes).expect("written");
        let added = run(home.path(), &["add", "bad.gguf"]);
        assert!(added.status.code() == Some(1) && said(&added).contains(says), "{}", said(&added));
        // One that was right when it was installed.
        add(home.path(), "two");
        std::fs::write(home.path().join("data/models/two.gguf"), bytes).expect("written");
        let used = run(home.path(), &["use", "two"]);
        assert!(used.status.code() == Some(1) && said(&used).contains(says), "{}", said(&used));
        assert_eq!(speaks(&shop), "one");
        assert_eq!(shop.say(&shop.session(), "hello")["agent"], "general");
        run_json(home.path(), &["remove", "two"]);
    }
    // It was damaged while the shop was closed: the one in the program speaks in its place.
    assert!(shop.stop());
    std::fs::write(home.path().join("data/models/one.gguf"), b"nonsense").expect("written");
    assert_eq!(speaks(&Shop::in_folder(home.path(), &Start::default())), "electromart-decoder");
}

#[test]
fn what_is_configured_goes_before_what_was_chosen() {
    let home = tempfile::tempdir().expect("a folder");
    for name in ["one", "two"] {
        add(home.path(), name);
    }
    assert_eq!(run_json(home.path(), &["use", "two"])["overruled"], Value::Null);
    let file = home.path().join("one.gguf").display().to_string();
    for (flags, settings, expected, says) in [
        (&["--model", "one"][..], &[][..], json!("one"), Some("local.model = one")),
        (&["--model", &file], &[], json!("one"), Some("local.model = /")),
        (&["--model", "embedded"], &[], json!("electromart-decoder"), Some("local.model = embedded")),
        (&[], &[("ELECTROMART_LOCAL_MODEL", "one")], json!("one"), Some("local.model = one")),
        (&[], &[("ELECTROMART_LOCAL_MODEL", "three")], Value::Null, Some("local.model = three")),
        (&["--provider", "template"], &[], Value::Null, Some("provider.mode = template")),
        (&["--model", "gpt-9"], &[], json!("two"), None),
    ] {
        let shop = Shop::in_folder(home.path(), &Start { flags, settings, log: None });
        assert_eq!(speaks(&shop), expected, "{flags:?} {settings:?}");
        let used = run_json(home.path(), &["use", "two"]);
        let why = used["overruled"].as_str();
        assert_eq!(used["speaks"], json!(says.is_none()), "{used}");
        assert!(why.is_some() == says.is_some() && why.is_none_or(|why| says.is_some_and(|says| why.contains(says))), "{used}");
        assert_eq!(speaks(&shop), expected, "{flags:?} {settings:?}");
    }
}

#[test]
fn a_model_comes_from_standard_input_too() {
    let home = tempfile::tempdir().expect("a folder");
    let piped = |arguments: &[&str]| {
        let mut child = super::models(home.path(), arguments)
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut to = child.stdin.take().expect("piped");
        std::thread::spawn(move || std::io::Write::write_all(&mut to, MODEL));
        child.wait().expect("it ends").code()
    };
    assert_eq!(piped(&["add", "-"]), Some(2));
    assert_eq!(piped(&["add", "-", "--name", "piped"]), Some(0));
    assert_eq!(run_json(home.path(), &["verify"])[0]["name"], "piped");
    for arguments in [&["add", "missing.gguf"][..], &["add", "/dev/null", "--name", "a/b"], &["remove", "embedded"]] {
        assert_eq!(run(home.path(), arguments).status.code(), Some(1), "{arguments:?}");
    }
}
