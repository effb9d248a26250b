//! `electromart bench`: what it counts, with the decoder in the program and with a server that does as told.

use std::collections::HashSet;
use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

use serde_json::{Value, json};

use crate::remote::fake::{self, Fake, Heard, Step};
use crate::shop::{program, run, run_json};

/// The fields of a run, as they are promised.
const RUN: &[&str] = &[
    "provider",
    "model",
    "prompt_tokens",
    "output_tokens",
    "concurrency",
    "ttft_ms",
    "prefill_tok_s",
    "decode_tok_s",
    "total_decode_tok_s",
    "turn_ms",
    "peak_rss_mb",
    "unsupported_claim_rate",
    "cost_per_resolved_chat",
];
/// What the shop allows a reply: a request for words has it, and one of a run has not.
const REPLY: u64 = 700;
/// Prices of a million tokens sent and received, and with them the price of a request of 100 and 20.
const PRICES: (f64, f64) = (1_000.0, 2_000.0);
const REQUEST: f64 = (100.0 * PRICES.0 + 20.0 * PRICES.1) / 1e6;

fn bench_at(base: &str, home: &Path, arguments: &[&str]) -> Command {
    let mut command = program();
    command.current_dir(home).args(["bench", "--provider", "remote", "--offline"]).args(arguments);
    command.env("OPENAI_BASE_URL", base).env("OPENAI_MODEL", "fake-1");
    command.env("ELECTROMART_REMOTE_CURRENCY_PER_MTOK_IN", PRICES.0.to_string());
    command.env("ELECTROMART_REMOTE_CURRENCY_PER_MTOK_OUT", PRICES.1.to_string());
    command
}

fn parsed(output: &Output) -> Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("not JSON: {}", String::from_utf8_lossy(&output.stdout)))
}

/// A run has what is promised, and its times are times.
fn check(run: &Value) {
    let fields: Vec<&str> = run.as_object().expect("a run").keys().map(String::as_str).collect();
    assert_eq!(&fields[..RUN.len()], RUN, "{run}");
    for times in [&run["ttft_ms"], &run["turn_ms"]] {
        let [p50, p95, p99] = ["p50", "p95", "p99"].map(|name| times[name].as_f64().expect("a time"));
        assert!(p50 > 0.0 && p50 <= p95 && p95 <= p99, "{run}");
    }
    assert!(run["ttft_ms"]["p50"].as_f64() <= run["turn_ms"]["p50"].as_f64(), "{run}");
    let prefill = run["tokens_in"].as_f64().expect("counted") * 1_000.0 / run["ttft_ms"]["p99"].as_f64().expect("a time");
    assert!(run["prefill_tok_s"].as_f64() >= Some(prefill * 0.99), "{run}");
}

#[test]
fn the_decoder_in_the_program_is_measured_and_makes_no_shop() {
    let home = tempfile::tempdir().expect("a folder");
    let arguments = ["bench", "--provider", "local", "--prompt-tokens", "32,4000", "--output-tokens", "8", "--rounds", "2", "--chats", "2"];
    let report = run_json(home.path(), &arguments);
    for name in ["cpu", "cores", "memory_mb", "vector_extensions", "version"] {
        assert!(report["machine"].get(name).is_some(), "{report}");
    }
    let runs = report["runs"].as_array().expect("runs");
    assert_eq!(runs.len(), 1, "{report}");
    check(&runs[0]);
    assert_eq!((&runs[0]["model"], &runs[0]["answers"], &runs[0]["failed"]), (&json!("electromart-decoder"), &json!(2), &json!(0)));
    let counted = |name: &str| runs[0][name].as_f64().expect("counted");
    // One length is found for all prompts; the words of such short briefs differ much in tokens.
    assert!((16.0..=48.0).contains(&counted("tokens_in")) && (1.0..=8.0).contains(&counted("tokens_out")), "{report}");
    assert!(counted("peak_rss_mb") > 5.0, "{report}");
    assert_eq!(runs[0]["cost_per_resolved_chat"], json!(0.0));
    let skipped = &report["skipped"][0];
    assert_eq!(skipped["prompt_tokens"], 4_000);
    assert!(skipped["reason"].as_str().is_some_and(|reason| reason.contains("more than the model reads")), "{report}");
    let talked = &report["chats"][0];
    assert_eq!((&talked["chats"], &talked["resolved"]), (&json!(2), &json!(2)), "{report}");
    assert!(talked["drafts"].as_u64() > Some(0), "{report}");
    assert_eq!(std::fs::read_dir(home.path()).expect("a folder").count(), 0, "the data folder is left alone");
}

/// Counts a word as a token, and writes as many as it may; as the shop's voice it keeps to the points, but
/// for what it says of the return policy.
fn counting(request: &Value) -> Vec<Step> {
    let most = request["max_tokens"].as_u64().expect("a length");
    if fake::is_plan(request) {
        return fake::say("{}");
    }
    if most == REPLY {
        return fake::say(&if lies(request) { "Everything is free today.".to_owned() } else { fake::obedient(request) });
    }
    let words: usize = contents(request).map(|text| text.split_whitespace().count()).sum();
    // What comes in one packet has no rate.
    let said = (0..most).flat_map(|_| [fake::piece("word "), Step::Wait(Duration::from_millis(2))]);
    let counts = (u32::try_from(words).expect("few"), u32::try_from(most).expect("few"));
    std::iter::once(fake::head()).chain(said).chain(fake::end(counts.0, counts.1)).collect()
}

fn lies(request: &Value) -> bool {
    fake::block(request, "message").iter().any(|line| line.contains("LEVELUP10"))
}

fn contents(request: &Value) -> impl Iterator<Item = &str> {
    request["messages"].as_array().into_iter().flatten().filter_map(|message| message["content"].as_str())
}

#[test]
fn a_server_is_measured_by_what_it_counts_and_what_it_costs() {
    let home = tempfile::tempdir().expect("a folder");
    let server = Fake::start(|request, _| counting(request));
    let arguments = [
        "--prompt-tokens",
        "64,200",
        "--output-tokens",
        "8",
        "--concurrency",
        "1,3",
        "--rounds",
        "2",
        "--warm",
        "--chart",
        "c.svg",
        "--json",
    ];
    let report = parsed(&bench_at(&server.base, home.path(), &arguments).output().expect("it runs"));
    let runs = report["runs"].as_array().expect("runs");
    let told = |run: &Value| ["prompt_tokens", "concurrency", "answers"].map(|name| run[name].as_u64().expect("a number"));
    assert_eq!(runs.iter().map(told).collect::<Vec<_>>(), [[64, 1, 2], [200, 1, 2], [64, 3, 6], [200, 3, 6]], "{report}");
    for run in runs {
        check(run);
        assert_eq!(run["model"], "fake-1");
        assert_eq!((&run["tokens_out"], &run["ended_early"], &run["failed"]), (&json!(8.0), &json!(0), &json!(0)), "{run}");
        let (asked, counted) = (run["prompt_tokens"].as_f64().expect("asked"), run["tokens_in"].as_f64().expect("counted"));
        assert!((asked - counted).abs() <= 2.0, "{run}");
        assert!(run["decode_tok_s"].as_f64() > Some(0.0) && run["warm"]["ratio"].as_f64() > Some(0.0), "{run}");
        assert_eq!(run["peak_rss_mb"], Value::Null);
    }
    assert_eq!(report["skipped"], json!([]));
    let heard = server.heard();
    // No two conversations of a run may share what a server keeps of a prompt: its beginning.
    let begun: Vec<&str> =
        heard.iter().filter(|heard| is_first_turn(heard)).filter_map(|heard| contents(&heard.body).next()?.split(' ').next()).collect();
    assert_eq!(begun.iter().collect::<HashSet<_>>().len(), begun.len());
    // Three rounds with the one that warms up, for each length, of one and of three conversations.
    assert_eq!(begun.len(), 2 * 3 * (1 + 3));
    let talked = &report["chats"][0];
    let voiced = |heard: &&Heard| fake::is_plan(&heard.body) || heard.body["max_tokens"] == REPLY;
    let worded: Vec<&Heard> = heard.iter().filter(|heard| heard.body["max_tokens"] == REPLY && !fake::is_plan(&heard.body)).collect();
    let lied = worded.iter().filter(|heard| lies(&heard.body)).count();
    assert!(lied > 0 && lied < worded.len(), "{lied} of {}", worded.len());
    assert_eq!((&talked["drafts"], &talked["refused"]), (&json!(worded.len()), &json!(lied)), "{report}");
    let rate = talked["unsupported_claim_rate"].as_f64().expect("a rate");
    assert!((rate - lied as f64 / worded.len() as f64).abs() < 1e-9, "{rate}");
    let resolved = talked["resolved"].as_f64().expect("resolved");
    let cost = heard.iter().filter(voiced).count() as f64 * REQUEST / resolved;
    assert!((talked["cost_per_resolved_chat"].as_f64().expect("a cost") - cost).abs() < cost * 0.01, "{report}");
    assert!(resolved > 4.0 && runs.iter().all(|run| run["cost_per_resolved_chat"] == talked["cost_per_resolved_chat"]), "{report}");
    let chart = std::fs::read_to_string(home.path().join("c.svg")).expect("a chart");
    assert_eq!(chart.matches("<circle").count(), 4 * runs.len());
}

/// Whether a request is the first turn of a conversation of a run, rather than a prompt that is only counted.
fn is_first_turn(heard: &Heard) -> bool {
    heard.body["max_tokens"] == 8 && contents(&heard.body).count() == 2
}

#[test]
fn a_table_says_what_was_measured_and_what_a_server_refused() {
    let home = tempfile::tempdir().expect("a folder");
    let server = Fake::start(|request, _| match contents(request).map(str::len).sum::<usize>() > 1_000 {
        true => fake::status(400, "", r#"{"error": {"code": "context_length_exceeded"}}"#),
        false => counting(request),
    });
    let arguments = ["--prompt-tokens", "40,2000", "--output-tokens", "4", "--rounds", "1", "--chats", "0"];
    let output = bench_at(&server.base, home.path(), &arguments).output().expect("it runs");
    let table = String::from_utf8(output.stdout).expect("text");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    for words in ["first token ms", "remote", "fake-1", "left out: remote 2000/4 x1: 2000 tokens of prompt are more than the model reads"] {
        assert_eq!(table.matches(words).count(), if words == "remote" { 2 } else { 1 }, "{words}: {table}");
    }
}

#[test]
fn a_bench_that_cannot_be_made_says_why() {
    let home = tempfile::tempdir().expect("a folder");
    for (arguments, code, said) in [
        (&["--provider", "remote"][..], 1, "there is no remote model"),
        (&["--model", "missing.gguf"], 1, "missing.gguf cannot be used"),
        (&["--provider", "template"], 2, "template cannot be measured"),
        (&["--prompt-tokens", "0"], 2, "0"),
        (&["--prompt-tokens", "64,x"], 2, "x"),
        (&["--chart", "-", "--json"], 2, "standard output"),
        (&["--warm", "serve"], 2, "--warm is an option of `electromart bench` alone"),
        (
            &["--chart", "nowhere/c.svg", "--prompt-tokens", "32", "--output-tokens", "1", "--rounds", "1", "--chats", "0"],
            1,
            "nowhere/c.svg",
        ),
    ] {
        let output = run(home.path(), &[&["bench"], arguments].concat());
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(code) && stderr.contains(said), "{arguments:?}: {:?} {stderr}", output.status);
    }
    for arguments in [&["bench", "--help"][..], &["bench", "serve", "--help"]] {
        let help = run(home.path(), arguments);
        assert!(help.status.success() && String::from_utf8_lossy(&help.stdout).contains("Example: electromart bench "), "{arguments:?}");
    }
}

#[test]
fn an_interrupted_bench_ends_at_once_with_130() {
    let home = tempfile::tempdir().expect("a folder");
    let server = Fake::start(|_, _| vec![Step::Wait(Duration::from_secs(60))]);
    let mut bench = bench_at(&server.base, home.path(), &["--json"]).spawn().expect("it starts");
    let begun = std::time::Instant::now();
    while server.count() == 0 && begun.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(20));
    }
    let process = rustix::process::Pid::from_child(&bench);
    rustix::process::kill_process(process, rustix::process::Signal::INT).expect("it is there");
    assert_eq!(bench.wait().expect("it ends").code(), Some(130));
}
