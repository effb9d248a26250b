//! Metrics and analytics: what a conversation leaves in them, and nothing that leads to a person.

use serde_json::json;

use crate::shop::{Shop, Start, run_json};

#[test]
fn a_conversation_is_counted_and_nobody_is_named() {
    let shop = Shop::start();
    let session = shop.session();
    for text in
        ["show me gaming laptops under 1500", "any promo on the cheapest one?", "where is my order ORD-1007?", "i want to talk to a human"]
    {
        shop.say(&session, text);
    }
    shop.post("/api/chat", &json!({ "text": "" }));
    let metrics = shop.get("/metrics").text();
    for name in [
        "electromart_messages_total{transport=\"rest\",outcome=\"accepted\"} 4",
        "electromart_turns_total{agent=\"sales\",intent=\"sales\",provider=\"local\",outcome=\"replied\"} 1",
        "electromart_turn_duration_seconds_bucket",
        "electromart_queue_messages",
        "electromart_queue_wait_seconds_count",
        "electromart_model_duration_seconds_count{provider=\"local\",operation=\"classify\"}",
        "electromart_store_duration_seconds_count{operation=\"settle\"} 4",
        "electromart_handoffs_total{from=\"sales\",to=\"marketing\"} 1",
        "electromart_escalations_total{reason=\"asked\"} 1",
        "electromart_sentiment_total",
        "electromart_errors_total{code=\"invalid_message\"}",
        "electromart_conversations_total",
        "electromart_build_info",
        "process_resident_memory_bytes",
        "process_cpu_seconds_total",
        "process_open_fds",
    ] {
        assert!(metrics.contains(name), "{name} is missing:\n{metrics}");
    }
    assert!(!metrics.contains(&session.0) && !metrics.contains("127.0.0.1"), "somebody is named");
}

#[test]
fn the_agents_figures_add_up() {
    let home = tempfile::tempdir().expect("a folder");
    let shop = Shop::in_folder(home.path(), &Start::default());
    let session = shop.session();
    for text in ["show me monitors", "what promotions are running?", "how long does shipping take"] {
        shop.say(&session, text);
    }
    let token = run_json(home.path(), &["token", "create", "report", "--data-dir", "data"])["token"].as_str().expect("a token").to_owned();
    let report = shop.get_with("/analytics/agents", &token).json();
    let turns: u64 = report["agents"].as_object().expect("agents").values().filter_map(|agent| agent["turns"].as_u64()).sum();
    assert_eq!((turns, report["total"]["turns"].as_u64()), (3, Some(3)), "{report}");
    for agent in ["sales", "marketing", "logistics"] {
        assert_eq!(report["agents"][agent]["turns"], 1, "{report}");
    }
    let deciders: u64 = report["deciders"].as_object().expect("deciders").values().filter_map(serde_json::Value::as_u64).sum();
    assert_eq!(deciders, 3);
}
