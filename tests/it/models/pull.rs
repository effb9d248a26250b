//! Pulling: whole and right, or not at all; on from the byte where it stopped; and from nowhere else.

use std::path::Path;
use std::time::Duration;

use serde_json::json;

use super::hub::{Asked, COMMIT, Elsewhere, FILE, Hub, REPOSITORY, Reply, sha256};
use super::{MODEL, models, run, run_json, said, there};

/// Where a download is cut.
const CUT: usize = 700_001;

/// A manifest that knows the hub's file as `tiny`.
fn manifest(home: &Path, pinned: bool) {
    let pins = format!("revision = \"{COMMIT}\"\nsize = {}\nsha256 = \"{}\"\n", MODEL.len(), sha256(MODEL));
    let entry = format!("[[model]]\nname = \"tiny\"\nrepository = \"{REPOSITORY}\"\nfile = \"{FILE}\"\nlicence = \"Apache-2.0\"\n");
    std::fs::write(home.join("m.toml"), if pinned { entry + &pins } else { entry }).expect("written");
}

fn pull<'a>(hub: &'a Hub, more: &[&'a str]) -> Vec<&'a str> {
    [&["--manifest", "m.toml", "pull", "tiny", "--mirror", &hub.base], more].concat()
}

fn from(byte: usize) -> Option<String> {
    Some(format!("bytes={byte}-{}", MODEL.len() - 1))
}

/// A case: what is wrong with the hub, how it ends (what is said where it fails), and the ranges that were asked for.
type Case = (&'static str, Box<dyn Fn(&Asked) -> Reply + Send + Sync>, Result<(), &'static str>, Vec<Option<String>>);

fn first(reply: Reply) -> Box<dyn Fn(&Asked) -> Reply + Send + Sync> {
    Box::new(move |asked| if asked.loads() && asked.before == 0 { reply.clone() } else { Reply::Right })
}

fn then(replies: Vec<Reply>) -> Box<dyn Fn(&Asked) -> Reply + Send + Sync> {
    Box::new(move |asked| if asked.loads() { replies.get(asked.before).cloned().unwrap_or(Reply::Right) } else { Reply::Right })
}

fn file(reply: Reply) -> Box<dyn Fn(&Asked) -> Reply + Send + Sync> {
    Box::new(move |asked| if asked.is_file() { reply.clone() } else { Reply::Right })
}

fn cases(elsewhere: &str) -> Vec<Case> {
    let away = |status| Reply::Status(status, format!("location: {elsewhere}/x.gguf\r\n"));
    let gone = "sends the download on to another server";
    let xet = |elsewhere: &str, cut: Reply| -> Box<dyn Fn(&Asked) -> Reply + Send + Sync> {
        let token = json!({ "accessToken": "x", "exp": 4_000_000_000u64, "casUrl": elsewhere });
        let hash = format!("x-xet-hash: {}\r\nx-linked-size: {}\r\n", "ab".repeat(32), MODEL.len());
        Box::new(move |asked| match asked.method.as_str() {
            "HEAD" => Reply::With(hash.clone()),
            _ if asked.path.contains("xet-read-token") => Reply::Document(token.clone()),
            _ if asked.before == 0 => cut.clone(),
            _ => Reply::Right,
        })
    };
    let busy: Box<dyn Fn(&Asked) -> Reply + Send + Sync> = {
        let times = std::sync::atomic::AtomicUsize::new(0);
        Box::new(move |_| match times.fetch_add(1, std::sync::atomic::Ordering::SeqCst) {
            0 | 2 => Reply::Status(503, String::new()),
            1 => Reply::Status(500, String::new()),
            _ => Reply::Right,
        })
    };
    let inside: Box<dyn Fn(&Asked) -> Reply + Send + Sync> = Box::new(|asked| match asked.path.starts_with("/maker") {
        true => Reply::Status(302, format!("location: /depot{}\r\n", asked.path)),
        false => Reply::Right,
    });
    let linked: Box<dyn Fn(&Asked) -> Reply + Send + Sync> = Box::new(|asked| match (asked.loads(), asked.before) {
        (true, 0) => Reply::Cut(CUT),
        _ => Reply::With(format!("x-linked-size: {}\r\netag: \"another\"\r\n", MODEL.len())),
    });
    vec![
        ("nothing", file(Reply::Right), Ok(()), vec![None]),
        ("a cut", first(Reply::Cut(CUT)), Ok(()), vec![None, from(CUT)]),
        ("a cut before the first byte", first(Reply::Cut(0)), Ok(()), vec![None, None]),
        ("three cuts", then(vec![Reply::Cut(5), Reply::Cut(10), Reply::Cut(CUT)]), Ok(()), vec![None, from(5), from(15), from(15 + CUT)]),
        ("no ranges", then(vec![Reply::Cut(CUT), Reply::Whole]), Ok(()), vec![None, from(CUT)]),
        ("a range that is none", then(vec![Reply::Cut(CUT), Reply::Status(416, String::new())]), Ok(()), vec![None, from(CUT), None]),
        ("a range from elsewhere in the file", then(vec![Reply::Cut(CUT), Reply::Shift]), Ok(()), vec![None, from(CUT), None]),
        ("the whole size beside a range", linked, Ok(()), vec![None, from(CUT)]),
        ("a busy hour", busy, Ok(()), vec![None]),
        ("a redirect within the server", inside, Ok(()), vec![None, None]),
        ("xet", xet(elsewhere, Reply::Right), Ok(()), vec![None]),
        ("xet and a cut", xet(elsewhere, Reply::Cut(CUT)), Ok(()), vec![None, from(CUT)]),
        ("a wrong byte", file(Reply::Flip(1_000_000)), Err("has the SHA-256"), vec![None]),
        (
            "another file in two pieces",
            then(vec![Reply::Cut(CUT), Reply::Flip(CUT), Reply::Flip(3)]),
            Err("has the SHA-256"),
            vec![None, from(CUT), None],
        ),
        ("a longer file", file(Reply::Other([MODEL, b"x"].concat())), Err("bytes instead of"), vec![None]),
        (
            "a shorter file",
            file(Reply::Other(MODEL[..CUT].to_vec())),
            Err("went away"),
            vec![None, from(CUT), None, from(CUT), None, from(CUT), None],
        ),
        ("a redirect to another server", file(away(302)), Err(gone), vec![]),
        ("a permanent one", file(away(308)), Err(gone), vec![]),
        ("a redirect of the download alone", then(vec![away(307)]), Err(gone), vec![None]),
        ("a redirect after a cut", then(vec![Reply::Cut(CUT), away(302)]), Err(gone), vec![None, from(CUT)]),
        ("no such file", file(Reply::Status(404, String::new())), Err("has no file tiny.gguf"), vec![]),
        ("terms", file(Reply::Status(401, String::new())), Err("accepted its terms"), vec![]),
        ("an end", file(Reply::Status(500, String::new())), Err("answered with status 500"), vec![]),
    ]
}

#[test]
fn a_model_is_pulled_whole_and_right_or_not_at_all() {
    let elsewhere = Elsewhere::start();
    // A few at once: all of them together keep two cores so busy that a connection may end before it is looked at, and what
    // came over it is asked for again.
    let next = std::sync::Mutex::new(cases(&elsewhere.base).into_iter());
    let take = || next.lock().expect("cases").next();
    let work = || std::iter::from_fn(take).filter_map(one).collect::<Vec<_>>();
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let runs: Vec<_> = (0..4).map(|_| scope.spawn(work)).collect();
        runs.into_iter().flat_map(|run| run.join().expect("it ends")).collect()
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(elsewhere.met(), 0, "somebody went elsewhere");
}

/// Runs a case; says what is wrong with how it ended.
fn one((name, script, expected, ranges): Case) -> Option<String> {
    let home = tempfile::tempdir().expect("a folder");
    manifest(home.path(), true);
    let hub = Hub::start(MODEL, script);
    let output = run(home.path(), &pull(&hub, &[]));
    let (said, asked) = (said(&output), hub.ranges());
    let ended = match expected {
        Ok(()) => output.status.success() && std::fs::read(home.path().join("data/models/tiny.gguf")).is_ok_and(|bytes| bytes == MODEL),
        Err(part) => output.status.code() == Some(1) && said.contains(part),
    };
    let left = there(home.path());
    let clean = match expected {
        Ok(()) => left == ["tiny.gguf"],
        Err(_) => !left.contains(&"tiny.gguf".to_owned()),
    };
    let noted = home.path().join("data/models/installed.json").exists() == expected.is_ok();
    let fine = ended && clean && noted && asked == ranges;
    (!fine).then(|| format!("{name}: {:?}, {left:?}, {noted}, {asked:?}: {said}", output.status.code()))
}

#[test]
fn a_command_that_was_killed_is_gone_on_with_at_the_byte() {
    let home = tempfile::tempdir().expect("a folder");
    manifest(home.path(), true);
    let hub = Hub::start(MODEL, |asked| if asked.loads() && asked.before == 0 { Reply::Stall(CUT) } else { Reply::Right });
    let mut child = models(home.path(), &pull(&hub, &[])).spawn().expect("it starts");
    let part = home.path().join("data/models/tiny.gguf.part");
    let come = || std::fs::metadata(&part).is_ok_and(|part| part.len() == CUT as u64);
    for _ in 0..400 {
        if come() {
            break;
        }
        std::thread::sleep(Duration::from_millis(25));
    }
    assert!(come());
    let second = run(home.path(), &pull(&hub, &[]));
    assert!(said(&second).contains("another command is pulling"), "{}", said(&second));
    child.kill().expect("killed");
    child.wait().expect("it ended");
    let done = run_json(home.path(), &pull(&hub, &[]));
    assert_eq!((done["had"].as_u64(), hub.ranges()), (Some(CUT as u64), vec![None, from(CUT)]));
    assert_eq!(there(home.path()), ["tiny.gguf"]);
    let again = run_json(home.path(), &pull(&hub, &[]));
    assert_eq!((again["had"].as_u64(), hub.ranges().len()), (Some(MODEL.len() as u64), 2), "what is there is not asked for");
}

#[test]
fn what_the_manifest_does_not_pin_is_pinned_when_it_is_pulled() {
    let home = tempfile::tempdir().expect("a folder");
    manifest(home.path(), false);
    let hub = Hub::start(MODEL, |_| Reply::Right);
    let shown = run(home.path(), &pull(&hub, &[]));
    assert!(shown.status.success() && said(&shown).contains(COMMIT) && said(&shown).contains(&sha256(MODEL)), "{}", said(&shown));
    let list = run_json(home.path(), &["--manifest", "m.toml", "list"]);
    let tiny = &list["models"][1];
    assert_eq!((&tiny["name"], &tiny["installed"], &tiny["in_use"]), (&json!("tiny"), &json!(true), &json!(false)));
    assert_eq!((&tiny["revision"], &tiny["sha256"], &tiny["size"]), (&json!(COMMIT), &json!(sha256(MODEL)), &json!(MODEL.len())));
    assert_eq!(list["in_use"], "embedded");
    assert_eq!(run_json(home.path(), &["verify"]), json!([{ "name": "tiny", "ok": true, "reason": null }]));
    let mut damaged = MODEL.to_vec();
    damaged[MODEL.len() - 1] ^= 1;
    std::fs::write(home.path().join("data/models/tiny.gguf"), damaged).expect("written");
    let verified = run(home.path(), &["verify", "tiny"]);
    assert!(verified.status.code() == Some(1) && said(&verified).contains("is damaged"), "{}", said(&verified));
    run_json(home.path(), &["remove", "tiny"]);
    assert_eq!(there(home.path()), Vec::<String>::new());
    for arguments in [&["verify", "tiny"][..], &["remove", "tiny"], &["use", "tiny"], &["pull", "nonsense"]] {
        assert_eq!(run(home.path(), arguments).status.code(), Some(1), "{arguments:?}");
    }
}

#[test]
fn what_came_of_another_file_is_not_gone_on_with() {
    let home = tempfile::tempdir().expect("a folder");
    manifest(home.path(), false);
    let newer: &'static [u8] = Vec::leak([MODEL, b"newer"].concat());
    let old = Hub::start(MODEL, |asked| match asked.loads() {
        true if asked.before == 0 => Reply::Cut(CUT),
        true => Reply::Status(404, String::new()),
        false => Reply::Right,
    });
    assert_eq!(run(home.path(), &pull(&old, &[])).status.code(), Some(1));
    assert_eq!(there(home.path()), ["tiny.gguf.part", "tiny.gguf.part.json"]);
    let new = Hub::start(newer, |_| Reply::Right);
    let done = run_json(home.path(), &pull(&new, &[]));
    assert_eq!((done["had"].as_u64(), new.ranges()), (Some(0), vec![None]));
    assert_eq!(std::fs::read(home.path().join("data/models/tiny.gguf")).expect("installed"), newer);
    // A manifest that pins another one says so, and does not touch what is there.
    manifest(home.path(), true);
    let taken = run(home.path(), &pull(&new, &[]));
    assert!(said(&taken).contains("another file is installed"), "{}", said(&taken));
}

#[test]
fn a_hub_that_does_not_say_what_it_has_is_not_believed() {
    let sum = sha256(MODEL);
    let file = |lfs: serde_json::Value| json!([{ "type": "file", "oid": "f", "size": MODEL.len(), "path": FILE, "lfs": lfs }]);
    for (tree, says) in [
        (file(json!(null)), "states no SHA-256"),
        (file(json!({ "oid": "12" })), "cannot be understood"),
        (json!([]), "has no file tiny.gguf"),
        (json!({}), "cannot be understood"),
        (file(json!({ "sha256": sum })), ""),
    ] {
        let home = tempfile::tempdir().expect("a folder");
        manifest(home.path(), false);
        let answer = tree.clone();
        let hub =
            Hub::start(MODEL, move |asked| if asked.path.contains("/tree/") { Reply::Document(answer.clone()) } else { Reply::Right });
        let output = run(home.path(), &pull(&hub, &[]));
        assert_eq!(output.status.success(), says.is_empty(), "{tree}: {}", said(&output));
        assert!(said(&output).contains(says), "{tree}: {}", said(&output));
    }
}

#[test]
fn offline_only_this_machine_is_asked() {
    let home = tempfile::tempdir().expect("a folder");
    manifest(home.path(), true);
    for mirror in [&[][..], &["--mirror", "https://hub.shop.test"], &["--mirror", "http://198.51.100.7"]] {
        let output = run(home.path(), &[&["--manifest", "m.toml", "pull", "tiny", "--offline"], mirror].concat());
        assert!(output.status.code() == Some(1) && said(&output).contains("runs offline"), "{mirror:?}: {}", said(&output));
    }
    let hub = Hub::start(MODEL, |_| Reply::Right);
    run_json(home.path(), &pull(&hub, &["--offline"]));
}

#[test]
fn a_token_is_shown_only_when_it_is_given() {
    for (given, expected) in [(Some("hf_secret"), Some("Bearer hf_secret")), (None, None)] {
        let home = tempfile::tempdir().expect("a folder");
        manifest(home.path(), false);
        // Where the hub's other tools keep one.
        std::fs::create_dir_all(home.path().join(".cache/huggingface")).expect("made");
        std::fs::write(home.path().join(".cache/huggingface/token"), "hf_kept").expect("written");
        let hub = Hub::start(MODEL, |_| Reply::Right);
        let mut command = models(home.path(), &["--manifest", "m.toml", "pull", "tiny"]);
        let output = command.env("HF_ENDPOINT", &hub.base).envs(given.map(|token| ("HF_TOKEN", token))).output().expect("it runs");
        assert!(output.status.success(), "{}", said(&output));
        assert!(hub.heard().len() >= 4 && hub.heard().iter().all(|asked| asked.authorization.as_deref() == expected));
    }
}
