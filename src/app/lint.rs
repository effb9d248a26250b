//! What is odd or wrong about a knowledge base, before a customer meets it.

use std::collections::HashMap;

use serde_json::Value;

use crate::domain::policy::ActionPolicy;

/// Something odd or wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Wrong rather than odd.
    pub serious: bool,
    /// What it is about.
    pub about: String,
    /// What is the matter and what to do.
    pub says: String,
}

/// An answer longer than this is not read on a phone.
const LONG_ANSWER: usize = 1_200;

/// Looks at the policy for actions: one that was taken by an earlier program may be none for this one.
pub fn policy(text: &str) -> Option<Finding> {
    let error = ActionPolicy::parse(text).err()?;
    Some(Finding { serious: true, about: "policy for actions".to_owned(), says: format!("{error}; correct it and import it again") })
}

/// Looks at exported knowledge entries.
pub fn knowledge(entries: &[Value]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut asked: HashMap<String, String> = HashMap::new();
    for entry in entries {
        let text = |name: &str| entry[name].as_str().unwrap_or_default().trim().to_owned();
        let id = text("id");
        let mut say = |serious: bool, says: String| findings.push(Finding { serious, about: id.clone(), says });
        let questions: Vec<&str> = entry["questions"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        if text("answer").is_empty() {
            say(true, "it has no answer; write one or remove the entry".to_owned());
        }
        if questions.is_empty() {
            say(false, "it has no questions, so it is found by its tags and answer alone; add how customers ask".to_owned());
        }
        if text("answer").chars().count() > LONG_ANSWER {
            say(false, format!("the answer is longer than {LONG_ANSWER} characters; split it"));
        }
        if !text("valid_from").is_empty() && !text("valid_until").is_empty() && text("valid_from") > text("valid_until") {
            say(true, "it ends before it begins; correct valid_from or valid_until".to_owned());
        }
        for question in questions {
            let plain = crate::domain::text::fold::fold(question);
            match asked.get(&plain) {
                Some(other) if *other != id => {
                    say(false, format!("{question:?} is also a question of {other}; customers get only one of the two"))
                }
                _ => drop(asked.insert(plain, id.clone())),
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_policy_that_is_none_is_wrong() {
        assert_eq!(policy(ActionPolicy::built_in_text()), None);
        assert!(policy("{}").is_some_and(|finding| finding.serious && finding.says.contains("arrival")));
    }

    #[test]
    fn what_would_confuse_a_customer_is_named() {
        let fine = json!({"id": "a", "questions": ["Do you ship?"], "answer": "Yes."});
        for (entries, serious, odd) in [
            (vec![fine.clone()], 0, 0),
            (vec![json!({"id": "a", "questions": ["x"], "answer": " "})], 1, 0),
            (vec![json!({"id": "a", "questions": [], "answer": "Yes."})], 0, 1),
            (vec![fine.clone(), json!({"id": "b", "questions": ["do you SHIP?"], "answer": "No."})], 0, 1),
            (vec![json!({"id": "a", "questions": ["x"], "answer": "y", "valid_from": "2026-02-01", "valid_until": "2026-01-01"})], 1, 0),
        ] {
            let findings = knowledge(&entries);
            let wrong = findings.iter().filter(|finding| finding.serious).count();
            assert_eq!((wrong, findings.len() - wrong), (serious, odd), "{findings:?}");
        }
    }
}
