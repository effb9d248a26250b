//! Whatever is said is answered, and always the same: conversations nobody prepared, in the words of many writers.

use std::path::Path;
use std::time::Duration;

use electromart::app::App;
use electromart::config::ProviderMode;
use electromart::domain::event::ServerEvent;
use electromart::domain::message::Body;
use electromart::gateway::Held;
use serde_json::Value;

use crate::shop::{Shop, Start, full, note};
use crate::within::{message, open, origin};

/// Starts at which a message may be worked on before it is closed, with the one that closes it.
const STARTS: usize = 4;

/// The written conversations, each as the lines of its customer.
fn conversations() -> Vec<Vec<String>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/nano/data");
    let mut files: Vec<_> = std::fs::read_dir(folder).expect("data").flatten().map(|entry| entry.path()).collect();
    files.sort();
    let mut found: Vec<Vec<String>> = Vec::new();
    for path in files.iter().filter(|path| path.to_string_lossy().contains("utterances_")) {
        let mut before = Value::Null;
        for line in std::fs::read_to_string(path).expect("a file").lines() {
            let line: Value = serde_json::from_str(line).expect("a line of JSON");
            let text = line["text"].as_str().expect("a text").to_owned();
            match found.last_mut().filter(|_| !line["conversation"].is_null() && line["conversation"] == before) {
                Some(conversation) => conversation.push(text),
                None => found.push(vec![text]),
            }
            before = line["conversation"].clone();
        }
    }
    found
}

/// A message with the names of the goals it has.
type Labelled = (String, Vec<String>);

/// What was said in the conversations of `models/nano/data/goals_eval.jsonl` and of `goals_eval_2.jsonl`, with the names of the goals
/// it was said for. Their writers' lines are none that the rules or the encoder were made from.
fn understood(file: &str) -> Vec<Vec<Labelled>> {
    let mut found: Vec<(u64, Vec<Labelled>)> = Vec::new();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/nano/data").join(file);
    for line in std::fs::read_to_string(path).expect("a file").lines() {
        let line: Value = serde_json::from_str(line).expect("a line of JSON");
        let goals = std::iter::once(&line["goal"]).chain(line["also"].as_array().into_iter().flatten());
        let goals = goals.filter_map(Value::as_str).map(str::to_owned).collect();
        let (number, said) = (line["conversation"].as_u64().expect("a number"), (line["text"].as_str().expect("a text").to_owned(), goals));
        match found.last_mut().filter(|(own, _)| *own == number) {
            Some((_, lines)) => lines.push(said),
            None => found.push((number, vec![said])),
        }
    }
    found.into_iter().map(|(_, lines)| lines).collect()
}

/// The share of those messages whose goal must be found.
const UNDERSTOOD: f32 = 0.8;
/// Where nothing is optimised the encoder takes its time: one conversation in so many is played there.
const ONE_IN: usize = if cfg!(debug_assertions) { 6 } else { 1 };

/// Says something: the message's place in its session, where something is said to it in words.
async fn answer(app: &App, held: &Held, text: &str) -> Result<u32, String> {
    let mut watch = app.gateway.watch(held);
    let accepted = app.gateway.accept(&origin(), held, message(text)).await.map_err(|error| format!("{text}: {error:?}"))?;
    let said = async {
        while let Some(event) = watch.next().await {
            match &*event {
                ServerEvent::Message(stored) => {
                    if let Body::Agent(reply) = &stored.body {
                        return if reply.text.trim().is_empty() { Err(format!("{text}: nothing said")) } else { Ok(accepted.seq) };
                    }
                }
                ServerEvent::Failed { error, .. } => return Err(format!("{text}: {error:?}")),
                _ => {}
            }
        }
        Err(format!("{text}: no more events"))
    };
    tokio::time::timeout(Duration::from_secs(30), said).await.unwrap_or_else(|_| Err(format!("{text}: no answer")))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_message_of_strangers_is_answered() {
    let home = tempfile::tempdir().expect("a folder");
    // With the encoder it takes minutes.
    let app = open(home.path(), if full() { ProviderMode::Auto } else { ProviderMode::Template }).await;
    tokio::spawn(app.queue.clone().work());
    let conversations = conversations();
    let messages: usize = conversations.iter().map(Vec::len).sum();
    assert!(conversations.len() > 5_000 && messages > 10_000, "{} conversations, {messages} messages", conversations.len());
    let mut wrong = Vec::new();
    for part in conversations.chunks(16) {
        let talk = async |lines: &Vec<String>| {
            let grant = app.gateway.open().await.expect("a session");
            let held = Held { id: grant.id, key: grant.key };
            let mut wrong = Vec::new();
            for text in lines {
                wrong.extend(answer(&app, &held, text).await.err());
            }
            wrong
        };
        wrong.extend(futures_util::future::join_all(part.iter().map(talk)).await.into_iter().flatten());
    }
    note(&format!("answered: {messages} messages of {} conversations", conversations.len()));
    assert!(wrong.is_empty(), "{} of {messages}: {:#?}", wrong.len(), &wrong[..wrong.len().min(20)]);
    app.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn strangers_are_understood_in_their_conversations() {
    let home = tempfile::tempdir().expect("a folder");
    let app = open(home.path(), ProviderMode::Auto).await;
    tokio::spawn(app.queue.clone().work());
    for file in ["goals_eval.jsonl", "goals_eval_2.jsonl"] {
        let (mut right, mut count, mut wrong) = (0.0_f32, 0.0_f32, Vec::new());
        for conversation in understood(file).iter().step_by(ONE_IN) {
            let grant = app.gateway.open().await.expect("a session");
            let held = Held { id: grant.id, key: grant.key };
            for (text, goals) in conversation {
                let seq = answer(&app, &held, text).await.expect("an answer");
                let turn = app.engine.store.turn(held.key, seq).await.expect("the store works").expect("a turn");
                let goal = turn.goal.map_or("", |goal| goal.name());
                count += 1.0;
                if goals.iter().any(|wanted| wanted == goal) {
                    right += 1.0;
                } else {
                    wrong.push(format!("{text}: {goal}, not {goals:?}"));
                }
            }
        }
        note(&format!("understood: {right} of {count} messages of conversations left out, {file}"));
        assert!(right / count >= UNDERSTOOD, "{right} of {count} right, wrong: {wrong:#?}");
    }
    app.close().await;
}

/// One written conversation in so many is said to two shops in the short form.
const COMPARED: usize = 8;

/// Two programs lay out their tables by seeds of their own: no reply may depend on it.
#[test]
fn the_same_records_say_the_same() {
    let start = Start { settings: &[("ELECTROMART_PROVIDER_MODE", "template")], ..Start::default() };
    let shops = [Shop::with(&start), Shop::with(&start)];
    let (mut count, mut wrong) = (0, Vec::new());
    for conversation in conversations().iter().step_by(if full() { 1 } else { COMPARED }) {
        let sessions = shops.each_ref().map(Shop::session);
        for text in conversation {
            let [one, other] = [0, 1].map(|at| shops[at].say(&sessions[at], text)["text"].clone());
            count += 1;
            if one != other {
                wrong.push(format!("{text}\n  {one}\n  {other}"));
            }
        }
    }
    note(&format!("said the same by two shops: {count} replies"));
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_that_end_the_program_at_every_start_are_closed() {
    let home = tempfile::tempdir().expect("a folder");
    let app = open(home.path(), ProviderMode::Template).await;
    let workers = app.config.limits.workers;
    // More than are worked on at once: those behind never had their turn, and ended nothing.
    let mut waiting = Vec::new();
    for _ in 0..workers + 2 {
        let grant = app.gateway.open().await.expect("a session");
        let held = Held { id: grant.id, key: grant.key };
        app.gateway.accept(&origin(), &held, message("hello")).await.expect("accepted");
        waiting.push(held);
    }
    app.close().await;
    drop(app);
    // Nothing takes the messages up: for the store that is the same as a program that ended with them.
    for start in 1..=STARTS {
        let app = open(home.path(), ProviderMode::Template).await;
        let watches: Vec<_> = waiting.iter().map(|held| app.gateway.watch(held)).collect();
        assert_eq!(app.restore().await.expect("the store works"), waiting.len(), "start {start}");
        if start == STARTS {
            tokio::spawn(app.queue.clone().work());
            for (number, mut watch) in watches.into_iter().enumerate() {
                let ended = async {
                    loop {
                        match &*watch.next().await.expect("an event") {
                            ServerEvent::Failed { error, .. } => return Some(error.code.name()),
                            ServerEvent::Message(stored) if matches!(stored.body, Body::Agent(_)) => return None,
                            _ => {}
                        }
                    }
                };
                let code = tokio::time::timeout(Duration::from_secs(10), ended).await.expect("ended in time");
                assert_eq!(code, (number < workers).then_some("internal"), "message {number}");
            }
        }
        app.close().await;
        drop(app);
    }
    let app = open(home.path(), ProviderMode::Template).await;
    assert_eq!(app.restore().await.expect("the store works"), 0, "they are gone");
    app.close().await;
}
