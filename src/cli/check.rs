//! `electromart check`: configuration, knowledge and the policy for actions.

use serde_json::{Value, json};

use super::args::{Check, Global};
use super::outcome::{Failure, document, line};
use super::reach::{self, Shop};
use crate::app::commands::Request;
use crate::app::{Fill, Purpose, lint};
use crate::config;

/// Checks and says what is odd; exits 1 when something is wrong.
pub fn run(global: &Global, args: &Check) -> Result<(), Failure> {
    if args.example {
        line(config::example().trim_end());
        return Ok(());
    }
    let loaded = reach::load(global, &[])?;
    let mut findings: Vec<lint::Finding> = loaded
        .warnings
        .iter()
        .map(|warning| lint::Finding { serious: false, about: "configuration".to_owned(), says: warning.0.clone() })
        .collect();
    let has_data = loaded.config.server.data_dir.join(crate::store::embedded::FILE).exists()
        || crate::app::control::path(&loaded.config.server.data_dir).exists();
    let source = loaded.file.as_ref().map_or("defaults and environment".to_owned(), |file| file.display().to_string());
    let (entries, policy) = if has_data {
        let config = loaded.config.clone();
        let (knowledge, policy) = reach::block_on(async {
            let shop = Shop::reach(config, Fill::Demo, Purpose::Records).await?;
            let export = |kind: &str| Request::Export { kind: kind.to_owned(), name: String::new() };
            let (knowledge, policy) = (shop.ask(export("knowledge"), &[]).await, shop.ask(export("policy"), &[]).await);
            shop.close().await;
            Ok((knowledge?, policy?))
        })?;
        (serde_json::from_slice(&knowledge.payload).unwrap_or_default(), Some(policy.payload))
    } else {
        (Vec::new(), None)
    };
    findings.extend(lint::knowledge(&entries));
    findings.extend(policy.and_then(|text| lint::policy(&String::from_utf8_lossy(&text))));
    report(global, &source, entries.len(), &findings);
    if findings.iter().any(|finding| finding.serious) { Err(Failure::Silent) } else { Ok(()) }
}

fn report(global: &Global, source: &str, entries: usize, findings: &[lint::Finding]) {
    if global.json {
        let listed: Vec<Value> =
            findings.iter().map(|finding| json!({ "serious": finding.serious, "about": finding.about, "says": finding.says })).collect();
        document(&json!({ "configuration": source, "knowledge_entries": entries, "findings": listed }));
        return;
    }
    line(&format!("configuration: {source}"));
    line(&format!("knowledge: {entries} entries"));
    for finding in findings {
        let word = if finding.serious { "wrong" } else { "odd" };
        line(&format!("  {word}: {}: {}", finding.about, finding.says));
    }
    if findings.is_empty() {
        line("nothing to complain about");
    }
}
