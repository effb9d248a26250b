//! Logging and metric names. No message text, personal data, prompt, token or query string is ever passed
//! to anything here.

use std::time::Duration;

use metrics::{counter, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use crate::domain::agent::{Agent, Intent, Provider};
use crate::domain::sentiment::Mood;

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Readable,
    /// One JSON document a line.
    Json,
}

/// Starts logging to standard error; a second call does nothing.
///
/// Only our own lines are written: libraries may log what they like, and some log what they send.
pub fn start_logging(level: tracing::Level, format: LogFormat) {
    use tracing_subscriber::layer::SubscriberExt as _;
    use tracing_subscriber::util::SubscriberInitExt as _;
    let own = tracing_subscriber::filter::Targets::new().with_target("electromart", level);
    let layer = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_target(false);
    let registry = tracing_subscriber::registry();
    let _ = match format {
        LogFormat::Json => registry.with(tracing_subscriber::Layer::with_filter(layer.json().flatten_event(true), own)).try_init(),
        LogFormat::Readable => {
            let colour = std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty()) && std::io::IsTerminal::is_terminal(&std::io::stderr());
            registry.with(tracing_subscriber::Layer::with_filter(layer.with_ansi(colour), own)).try_init()
        }
    };
}

/// Bounds of histograms of seconds: from a template's reply to a remote model's deadline.
const SECONDS: &[f64] = &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0];

/// Starts gathering metrics; `None` when the process gathers them already.
pub fn start_metrics() -> Option<PrometheusHandle> {
    let builder = PrometheusBuilder::new().set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), SECONDS).ok()?;
    let recorder = builder.build_recorder();
    let handle = recorder.handle();
    metrics::set_global_recorder(recorder).ok()?;
    let version = env!("CARGO_PKG_VERSION");
    gauge!("electromart_build_info", "version" => version).set(1.0);
    Some(handle)
}

/// A connection opened (`1.0`) or closed (`-1.0`).
pub fn connections(transport: &'static str, change: f64) {
    gauge!("electromart_connections", "transport" => transport).increment(change);
}

/// A message came in and was taken, or was refused with a code.
pub fn message(transport: &'static str, outcome: &'static str) {
    counter!("electromart_messages_total", "transport" => transport, "outcome" => outcome).increment(1);
}

/// A turn ended.
pub fn turn(agent: Agent, intent: Intent, provider: Provider, outcome: &'static str, took: Duration) {
    let labels = [("agent", agent.name()), ("intent", intent.name()), ("provider", provider.name()), ("outcome", outcome)];
    counter!("electromart_turns_total", &labels).increment(1);
    histogram!("electromart_turn_duration_seconds", "agent" => agent.name(), "provider" => provider.name()).record(took.as_secs_f64());
}

/// Messages that wait.
pub fn queue_length(messages: usize) {
    gauge!("electromart_queue_messages").set(messages as f64);
}

/// How long a message waited for a worker.
pub fn queue_wait(waited: Duration) {
    histogram!("electromart_queue_wait_seconds").record(waited.as_secs_f64());
}

/// A model worked.
pub fn model(provider: &'static str, operation: &'static str, took: Duration) {
    histogram!("electromart_model_duration_seconds", "provider" => provider, "operation" => operation).record(took.as_secs_f64());
}

/// A model failed.
pub fn model_failure(provider: &'static str, reason: &'static str) {
    counter!("electromart_model_failures_total", "provider" => provider, "reason" => reason).increment(1);
}

/// A model in this process speaks from now on, in the place of another.
pub fn local_model(before: Option<&str>, name: &str) {
    before.into_iter().for_each(|before| gauge!("electromart_local_model_info", "model" => before.to_owned()).set(0.0));
    gauge!("electromart_local_model_info", "model" => name.to_owned()).set(1.0);
}

/// The store worked.
pub fn store(operation: &'static str, took: Duration) {
    histogram!("electromart_store_duration_seconds", "operation" => operation).record(took.as_secs_f64());
}

/// An agent handed over.
pub fn handoff(from: Agent, to: Agent) {
    counter!("electromart_handoffs_total", "from" => from.name(), "to" => to.name()).increment(1);
}

/// A person was called.
pub fn escalation(reason: &'static str) {
    counter!("electromart_escalations_total", "reason" => reason).increment(1);
}

/// A message's mood.
pub fn mood(mood: Mood) {
    counter!("electromart_sentiment_total", "label" => mood.name()).increment(1);
}

/// A client was told of an error.
pub fn error(code: &'static str) {
    counter!("electromart_errors_total", "code" => code).increment(1);
}

/// A session was opened.
pub fn conversation() {
    counter!("electromart_conversations_total").increment(1);
}

/// Brings the figures of the process up to date: processor time, memory, open files.
///
/// Read from `/proc`; where there is none they are left out.
pub fn process() {
    let read = |name: &str| std::fs::read_to_string(format!("/proc/self/{name}")).ok();
    if let Some(status) = read("status") {
        let kib = |field: &str| {
            let line = status.lines().find(|line| line.starts_with(field))?;
            line.split_whitespace().nth(1)?.parse::<f64>().ok()
        };
        if let Some(resident) = kib("VmRSS:") {
            gauge!("process_resident_memory_bytes").set(resident * 1024.0);
        }
        if let Some(virtual_size) = kib("VmSize:") {
            gauge!("process_virtual_memory_bytes").set(virtual_size * 1024.0);
        }
        if let Some(threads) = kib("Threads:") {
            gauge!("process_threads").set(threads);
        }
    }
    if let Some(seconds) = read("stat").as_deref().and_then(processor_seconds) {
        gauge!("process_cpu_seconds_total").set(seconds);
    }
    if let Ok(files) = std::fs::read_dir("/proc/self/fd") {
        gauge!("process_open_fds").set(files.count() as f64);
    }
}

/// Clock ticks in a second: fixed at 100 for programs on Linux (`getconf CLK_TCK`).
const TICKS: f64 = 100.0;

/// User and system time out of `/proc/self/stat` (proc(5): fields 14 and 15).
fn processor_seconds(stat: &str) -> Option<f64> {
    let after_name = stat.rsplit_once(')')?.1;
    let mut fields = after_name.split_whitespace().skip(11);
    let user: f64 = fields.next()?.parse().ok()?;
    let system: f64 = fields.next()?.parse().ok()?;
    Some((user + system) / TICKS)
}
