//! Sentences written without looking at the check: an honest figure for both kinds of mistake.

use super::checker::check;
use crate::turn::tests::{Demo, Worked};

#[tokio::test]
async fn sentences_written_apart_are_told_apart() {
    let demo = Demo::open().await;
    let (mut truths, mut blocked, mut lies, mut passed) = (0, Vec::new(), 0, Vec::new());
    let mut worked: Option<Worked> = None;
    for line in include_str!("heldout.txt").lines() {
        if let Some(messages) = line.strip_prefix("> ") {
            let messages: Vec<&str> = messages.split(" / ").collect();
            worked = demo.talk(&messages).await.pop();
        }
        let Some(worked) = &worked else { continue };
        if let Some(truth) = line.strip_prefix("+ ") {
            truths += 1;
            if let Err(unsupported) = check(worked, truth) {
                blocked.push(format!("{}: {truth} ({})", worked.message, unsupported.reason));
            }
        } else if let Some(lie) = line.strip_prefix("- ") {
            lies += 1;
            if check(worked, lie).is_ok() {
                passed.push(format!("{}: {lie}", worked.message));
            }
        }
    }
    println!("apart: {} of {lies} lies let through, {} of {truths} truths blocked", passed.len(), blocked.len());
    for line in passed.iter().chain(&blocked) {
        println!("  {line}");
    }
    assert_eq!(passed, Vec::<String>::new());
    assert!(blocked.len() * 10 <= truths);
}
