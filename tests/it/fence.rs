//! A person takes over: from that moment no automatic message can appear.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use electromart::app::App;
use electromart::config::ProviderMode;
use electromart::domain::event::ServerEvent;
use electromart::domain::message::Body;
use electromart::gateway::Held;

use crate::shop::{full, note};
use crate::within::{message, open, origin};

/// Which came first.
#[derive(Default)]
struct Tally {
    replies_first: AtomicUsize,
    fences_first: AtomicUsize,
}

/// One race in a session of its own: messages are accepted, and at some moment the session is fenced.
async fn race(app: &App, number: usize, tally: &Tally) {
    let grant = app.gateway.open().await.expect("a session");
    let held = Held { id: grant.id, key: grant.key };
    let mut watch = app.gateway.watch(&held);
    for text in ["show me gaming laptops under 1500", "any promo on the cheapest one?"] {
        app.gateway.accept(&origin(), &held, message(text)).await.expect("accepted");
    }
    // From before the first turn to after the second: a random moment, more of them early.
    let longest = 1 << rand::random_range(4..15);
    tokio::time::sleep(Duration::from_micros(rand::random_range(0..longest))).await;
    let fenced = app.engine.fence(held.key).await.expect("the store works").expect("the session");
    // What was published until now may lie in the queue of the watcher; nothing provisional may follow.
    while watch.ready().is_some() {}
    let quiet = async {
        while let Some(event) = watch.next().await {
            assert!(!matches!(*event, ServerEvent::Delta { .. }), "race {number}: a sentence was shown after the fence");
            let late = matches!(&*event, ServerEvent::Message(stored) if stored.seq > fenced.last_seq);
            assert!(!late, "race {number}: a message was shown after the fence");
        }
    };
    let _ = tokio::time::timeout(Duration::from_millis(150), quiet).await;
    let stored = app.gateway.messages(&held, 0, 100).await.expect("the store works");
    let newest = stored.last().map_or(0, |message| message.seq);
    assert_eq!(newest, fenced.last_seq, "race {number}: a message was stored after the fence");
    let replies = stored.iter().filter(|message| matches!(message.body, Body::Agent(_))).count();
    assert_eq!(replies + usize::from(fenced.waiting), 2, "race {number}: each message is answered or left to the person");
    let first = if replies == 2 { &tally.replies_first } else { &tally.fences_first };
    first.fetch_add(1, Ordering::Relaxed);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_automatic_message_follows_a_fence() {
    let races = if full() { 10_000 } else { 500 };
    let home = tempfile::tempdir().expect("a folder");
    let app = open(home.path(), ProviderMode::Template).await;
    tokio::spawn(app.queue.clone().work());
    let tally = Tally::default();
    let mut next = 0;
    while next < races {
        let batch = next..(next + 20).min(races);
        next = batch.end;
        futures_util::future::join_all(batch.map(|number| race(&app, number, &tally))).await;
    }
    let (replies, fences) = (tally.replies_first.into_inner(), tally.fences_first.into_inner());
    note(&format!("measured: {races} races of a fence against two turns each; {fences} fences came before the second reply"));
    assert!(replies > 0 && fences > 0, "no race at all: {replies} and {fences}");
    app.close().await;
}

#[tokio::test]
async fn what_waits_when_a_person_takes_over_is_not_answered_after_a_restart() {
    let home = tempfile::tempdir().expect("a folder");
    let app = open(home.path(), ProviderMode::Template).await;
    let mut sessions = Vec::new();
    for _ in 0..2 {
        let grant = app.gateway.open().await.expect("a session");
        let held = Held { id: grant.id, key: grant.key };
        app.gateway.accept(&origin(), &held, message("hello")).await.expect("accepted");
        sessions.push(held);
    }
    let fenced = app.engine.fence(sessions[0].key).await.expect("the store works").expect("the session");
    assert_eq!((fenced.epoch, fenced.last_seq, fenced.waiting), (1, 1, 1));
    let again = app.engine.fence(sessions[0].key).await.expect("the store works").expect("the session");
    assert_eq!((again.epoch, again.waiting), (2, 0));
    app.close().await;
    drop(app);
    let app = open(home.path(), ProviderMode::Template).await;
    assert_eq!(app.restore().await.expect("the store works"), 1, "only the other session's message waits");
    app.close().await;
}
