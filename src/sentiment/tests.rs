//! The analyzer against the recipe's own scores, and against the messages a shop knows.

use std::time::Instant;

use serde::Deserialize;

use super::{Analyzer, FILE, MODEL, Model};
use crate::domain::sentiment::{Mood, Sentiment};

/// A text with the scores the Python recipe gives it (`export.py`, `write_fixtures`).
#[derive(Deserialize)]
struct Fixture {
    text: String,
    label: Mood,
    polarity: f32,
    subjectivity: f32,
    urgency: f32,
}

/// How far Rust and Python may differ: floats are summed in another order.
const TOLERANCE: f32 = 1e-3;

#[test]
fn agrees_with_the_recipe() {
    let analyzer = Analyzer::embedded();
    for line in include_str!("fixtures.jsonl").lines() {
        let want: Fixture = serde_json::from_str(line).expect("a fixture is one record");
        let have = analyzer.analyze(&want.text);
        let near = |a: f32, b: f32| (a - b).abs() <= TOLERANCE;
        let same = have.label == want.label
            && near(have.polarity, want.polarity)
            && near(have.subjectivity, want.subjectivity)
            && near(have.urgency, want.urgency);
        assert!(same, "{:?}: {have:?}, the recipe says {line}", want.text);
    }
}

/// What a message must come out as.
enum Want {
    /// Neutral and not urgent.
    Plain,
    /// Positive and not urgent.
    Pleased,
    /// Negative, but no call for a person.
    Displeased,
    /// Very negative.
    Furious,
    /// Urgent, whatever the mood.
    Urgent,
    /// Neither very negative nor urgent.
    Calm,
}

fn check(want: Want, texts: &[&str]) {
    let analyzer = Analyzer::embedded();
    for text in texts {
        let have = analyzer.analyze(text);
        let ok = match want {
            Want::Plain => have.label == Mood::Neutral && !have.is_urgent(),
            Want::Pleased => have.label == Mood::Positive && !have.is_urgent(),
            Want::Displeased => have.label == Mood::Negative,
            Want::Furious => have.label == Mood::VeryNegative,
            Want::Urgent => have.is_urgent(),
            Want::Calm => have.label != Mood::VeryNegative && !have.is_urgent(),
        };
        assert!(ok, "{text:?}: {have:?}");
    }
}

#[test]
fn plain_questions_are_neutral() {
    check(
        Want::Plain,
        &[
            "show me gaming laptops under 1500",
            "only ASUS",
            "where is my order ORD-1007?",
            "What is the difference between the S24 and the Pixel 8?",
            "do you have the 65 inch version in stock?",
            "I want to return an item, how does it work?",
            "how long does delivery to Leeds take",
            "which payment methods do you accept?",
            "when does the shop open on Saturday",
            "add the second one to my basket",
            "compare them",
            "yes",
        ],
    );
}

#[test]
fn thanks_are_positive() {
    check(Want::Pleased, &["I love it, thank you so much!", "Great service, very happy with my new phone", "👍 awesome"]);
}

#[test]
fn complaints_are_negative_without_a_person() {
    check(
        Want::Displeased,
        &[
            "this is unacceptable",
            "it arrived broken",
            "my headphones stopped working after two days",
            "the screen is cracked and I am disappointed",
        ],
    );
}

#[test]
fn calm_complaints_call_nobody() {
    check(
        Want::Calm,
        &[
            "my order is late",
            "I am very disappointed",
            "the kettle does not turn on",
            "where can I file a complaint?",
            "I want a refund",
            "talk to a human",
            "please help me choose a power bank",
            "do you sell the Fire tablet?",
            "is it in stock right now?",
        ],
    );
}

#[test]
fn fury_is_very_negative() {
    check(
        Want::Furious,
        &[
            "worst shop ever, disgusting, you are thieves",
            "You are liars and crooks. My lawyer will be in touch.",
            "THIS IS THE WORST COMPANY EVER. YOU SCAMMERS STOLE MY MONEY!!!",
            "fuck you and your useless shop, I'm filing a chargeback",
        ],
    );
}

#[test]
fn what_presses_is_urgent() {
    check(
        Want::Urgent,
        &[
            "URGENT please help, the charger is on fire",
            "the battery is smoking right now what do I do",
            "I need an answer in the next ten minutes, I'm at the till",
            "someone is in my account spending my money right now",
        ],
    );
}

#[test]
fn one_loud_word_presses() {
    check(Want::Urgent, &["URGENT! my card was stolen and someone is shopping with it", "EMERGENCY, the power bank is burning"]);
}

#[test]
fn odd_texts_are_calm() {
    let emoji = "\u{1f600}".repeat(1_000);
    let long = "word ".repeat(50_000);
    let stretched = "a".repeat(100_000);
    check(
        Want::Calm,
        &[
            "",
            " \n\t",
            "\0",
            "!!!",
            "???",
            "xqzjv wqkx",
            "1007",
            "\0\0\0 \u{202e}abc",
            "\u{5e9}\u{5dc}\u{5d5}\u{5dd} \u{645}\u{631}\u{62d}\u{628}\u{627}",
            "\u{feff}\u{200d}\u{fe0f}",
            "@",
            ":",
            ":-",
            "http://",
            "'''",
            &emoji,
            &long,
            &stretched,
        ],
    );
}

#[test]
fn every_score_stays_in_its_range() {
    let analyzer = Analyzer::embedded();
    for line in include_str!("fixtures.jsonl").lines() {
        let Sentiment { polarity, subjectivity, urgency, .. } = analyzer.analyze(line);
        assert!((-1.0..=1.0).contains(&polarity), "{line}");
        assert!((0.0..=1.0).contains(&subjectivity), "{line}");
        assert!((0.0..=1.0).contains(&urgency), "{line}");
    }
}

#[test]
fn the_carried_file_is_readable_and_damage_is_seen() {
    assert!(MODEL.is_some());
    for end in [0, 4, 8, 40, 100, FILE.len() - 1] {
        assert!(Model::parse(&FILE[..end]).is_err(), "cut at {end}");
    }
    let mut damaged = FILE.to_vec();
    damaged[FILE.len() / 2] ^= 1;
    assert!(Model::parse(damaged.leak()).is_err());
}

/// Not a goal by itself (that is 50 µs, optimized, on a quiet core), but a stop for accidents.
#[test]
fn a_message_takes_no_time() {
    let analyzer = Analyzer::embedded();
    let start = Instant::now();
    for _ in 0..100 {
        std::hint::black_box(analyzer.analyze("my headphones stopped working after two days, can I send them back?"));
    }
    assert!(start.elapsed().as_millis() < 2_000);
}
