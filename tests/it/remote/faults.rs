//! Broken servers: whatever they do, each message is answered, in time, as the shop alone would.

use std::time::{Duration, Instant};

use super::fake::{self, Fake, Step};
use super::{shop_at, speechless, text};

/// A message whose meaning is clear, two that are not (the plan is asked for), and one about an order.
const SAID: [&str; 4] = [
    "do you have the ASUS Gaming V16 in stock",
    "the drums next door are driving me mad",
    "where is my order ORD-1007?",
    "maya.thornton@example.com",
];
/// Longest anybody waits: the model's two seconds and what the turn itself takes, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(6);

type Script = fn(&serde_json::Value, usize) -> Vec<Step>;

fn raw(text: &str) -> Vec<Step> {
    vec![Step::Send(text.as_bytes().to_vec())]
}

fn sse(body: &str) -> Vec<Step> {
    vec![fake::head(), Step::Send(body.as_bytes().to_vec())]
}

fn pause(ms: u64) -> Step {
    Step::Wait(Duration::from_millis(ms))
}

/// A letter every tenth of a second, for ever.
fn trickle() -> Vec<Step> {
    let letters = "Hello there, and welcome to the shop, where everything is as it ".chars().cycle().take(300);
    std::iter::once(fake::head()).chain(letters.flat_map(|c| [fake::piece(&c.to_string()), pause(100)])).collect()
}

const FAULTS: &[(&str, Script)] = &[
    ("unauthorised", |_, _| fake::status(401, "", r#"{"error": {"message": "bad key maya.thornton@example.com"}}"#)),
    ("forbidden", |_, _| fake::status(403, "", "")),
    ("no such model", |_, _| fake::status(404, "", r#"{"error": {"message": "no model"}}"#)),
    ("a bad request", |_, _| fake::status(400, "", r#"{"error": {"message": "no"}}"#)),
    ("busy, for an hour", |_, _| fake::status(429, "retry-after: 3600\r\n", "{}")),
    ("busy, until it suits", |_, _| fake::status(429, "retry-after: soon\r\n", "{}")),
    ("broken", |_, _| fake::status(500, "", "Internal Server Error")),
    ("overloaded", |_, _| fake::status(503, "retry-after: 30\r\n", "")),
    ("sent elsewhere", |_, _| fake::status(302, "location: http://198.51.100.7/v1\r\n", "")),
    ("in circles", |_, _| fake::status(307, "location: /v1/chat/completions\r\n", "")),
    ("nothing at all", |_, _| Vec::new()),
    ("never an answer", |_, _| vec![pause(30_000)]),
    ("slow headers", |_, _| {
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n";
        head.chars().flat_map(|c| [Step::Send(c.to_string().into_bytes()), pause(200)]).collect()
    }),
    ("headers without end", |_, _| {
        let line = || Step::Send(format!("x-more: {}\r\n", "y".repeat(500)).into_bytes());
        std::iter::once(Step::Send(b"HTTP/1.1 200 OK\r\n".to_vec())).chain((0..10_000).map(|_| line())).collect()
    }),
    ("a letter at a time, for ever", |_, _| trickle()),
    ("words without end", |request, _| {
        let again = fake::obedient(request).repeat(20_000 / fake::obedient(request).len().max(1) + 1);
        std::iter::once(fake::head()).chain(fake::pieces(&again)).collect()
    }),
    ("bytes without end", |_, _| std::iter::once(fake::head()).chain((0..400).map(|_| Step::Send(vec![b'x'; 65_536]))).collect()),
    ("empty pieces without end", |_, _| {
        std::iter::once(fake::head()).chain((0..2_000).flat_map(|_| [fake::piece(""), pause(5)])).collect()
    }),
    ("not HTTP", |_, _| raw("220 mail.example.com ESMTP\r\n")),
    ("a web page", |_, _| raw("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 26\r\n\r\n<html>It works!</html>\r\n\r\n")),
    ("an empty page", |_, _| raw("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")),
    ("no JSON", |_, _| sse("data: {not json}\n\ndata: [DONE]\n\n")),
    ("other JSON", |_, _| sse("data: {\"choices\": 7}\n\ndata: [1, 2]\n\ndata: null\n\ndata: [DONE]\n\n")),
    ("no choices", |_, _| sse("data: {\"id\": \"x\", \"choices\": []}\n\ndata: [DONE]\n\n")),
    ("no text", |_, _| std::iter::once(fake::head()).chain(fake::end(1, 0)).collect()),
    ("bytes that are no text", |_, _| vec![fake::head(), Step::Send(b"data: \xff\xfe\x00\x80\n\n".to_vec())]),
    ("an error in the stream", |_, _| sse("data: {\"error\": {\"message\": \"overloaded\", \"type\": \"server_error\"}}\n\n")),
    ("an end without a word why", |request, _| std::iter::once(fake::head()).chain(fake::pieces(&fake::obedient(request))).collect()),
    ("half a piece", |_, _| sse("data: {\"choices\": [{\"index\": 0, \"delta\": {\"content\": \"The AS")),
];

#[test]
fn a_broken_server_costs_nobody_an_answer() {
    let alone = speechless();
    let session = alone.session();
    let expected: Vec<_> = SAID.iter().map(|said| alone.say(&session, said)).collect();
    let run = |name: &str, base: &str| {
        let shop = shop_at(base, &[]);
        let session = shop.session();
        for (said, expected) in SAID.iter().zip(&expected) {
            let begun = Instant::now();
            let reply = shop.say(&session, said);
            assert_eq!(text(&reply), text(expected), "{name}: {said}");
            assert_eq!((&reply["agent"], &reply["acts"]), (&expected["agent"], &expected["acts"]), "{name}: {said}");
            assert!(begun.elapsed() < PATIENCE, "{name}: {said} took {:?}", begun.elapsed());
        }
        assert_eq!(shop.get("/health").status, 200, "{name}");
        assert!(shop.get("/metrics").text().contains("electromart_model_failures_total{provider=\"remote\""), "{name}");
    };
    std::thread::scope(|scope| {
        // A few at a time: most of the time they wait.
        for batch in FAULTS.chunks(5) {
            let threads: Vec<_> = batch.iter().map(|(name, script)| scope.spawn(move || run(name, &Fake::start(*script).base))).collect();
            for thread in threads {
                thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            }
        }
    });
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let nobody = format!("http://{}/v1", listener.local_addr().expect("bound"));
    drop(listener);
    run("nobody there", &nobody);
}

/// A server that is well again is used again.
#[test]
fn a_server_that_recovers_is_heard_again() {
    let fake = Fake::start(|request, before| match before {
        0..2 => fake::status(500, "", ""),
        _ => fake::say(&fake::obedient(request)),
    });
    let shop = super::shop(&fake);
    let reply = shop.say(&shop.session(), SAID[0]);
    assert_eq!((&reply["provider"], fake.count()), (&"remote".into(), 3), "tried again within the turn");
    assert_eq!(shop.get("/health").json()["status"], "healthy");
}
