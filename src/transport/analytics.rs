//! `/analytics/agents`: how the agents do, from the rows each turn leaves.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use super::caller::Caller;
use super::{Shared, console, reply};
use crate::domain::agent::{Agent, Decider, Intent};
use crate::domain::error::{ErrorCode, Rejected};
use crate::domain::ids::{Seq, SessionKey};
use crate::domain::sentiment::Mood;
use crate::domain::time::Moment;
use crate::gateway::failed;
use crate::store::rows::{AnalyticsRow, Label};

/// The span shown unless the caller says otherwise.
const WEEK: Duration = Duration::from_secs(7 * 86_400);
/// The same customer with the same topic within this span was not helped the first time.
const CAME_BACK: Duration = Duration::from_secs(86_400);

/// `?from=&to=`, RFC 3339.
#[derive(Debug, Default, Deserialize)]
pub struct Span {
    from: Option<String>,
    to: Option<String>,
}

/// `GET /analytics/agents`
pub async fn agents(State(shared): State<Shared>, caller: Caller, Query(span): Query<Span>) -> Response {
    let shown = async {
        console::admit(&shared, &caller, &["read", "admin"]).await?;
        let moment = |text: &Option<String>, otherwise: Moment| match text {
            None => Ok(otherwise),
            Some(text) => Moment::parse(text)
                .ok_or_else(|| Rejected::new(ErrorCode::InvalidMessage, "from and to must be times such as 2026-01-31T00:00:00Z.")),
        };
        let to = moment(&span.to, Moment::now())?;
        let from = moment(&span.from, to.minus(WEEK))?;
        let rows = shared.gateway.store().analytics(from, to).await.map_err(failed)?;
        let labels = shared.gateway.store().backend().labels().await.map_err(failed)?;
        let down = labels.iter().filter(|row| matches!(row.label, Label::Feedback { up: false, .. })).map(|row| (row.session, row.seq));
        Ok(report(from, to, &rows, &down.collect::<Vec<_>>()))
    };
    match shown.await {
        Ok(document) => reply::json(StatusCode::OK, document.to_string()),
        Err(rejected) => reply::refuse(&rejected, &caller),
    }
}

fn report(from: Moment, to: Moment, rows: &[(Moment, AnalyticsRow)], down: &[(SessionKey, Seq)]) -> Value {
    let unresolved = unresolved(rows, down);
    let all: Vec<&AnalyticsRow> = rows.iter().map(|(_, row)| row).collect();
    let agents: BTreeMap<&str, Value> = Agent::ALL
        .iter()
        .map(|agent| {
            let own: Vec<&AnalyticsRow> = all.iter().copied().filter(|row| row.agent == *agent).collect();
            (agent.name(), figures(*agent, &own, &all, &unresolved))
        })
        .filter(|(_, figures)| figures["turns"] != json!(0))
        .collect();
    let mut total = figures_of(&all, &unresolved);
    total["handoffs"] = json!(all.iter().map(|row| row.handoffs.len()).sum::<usize>());
    let deciders: BTreeMap<&str, usize> =
        Decider::ALL.iter().map(|decider| (decider.name(), all.iter().filter(|row| row.decider == *decider).count())).collect();
    json!({ "from": from.to_string(), "to": to.to_string(), "total": total, "agents": agents, "deciders": deciders })
}

fn figures(agent: Agent, own: &[&AnalyticsRow], all: &[&AnalyticsRow], unresolved: &Unresolved) -> Value {
    let count = |which: &dyn Fn(&(Agent, Agent)) -> bool| all.iter().flat_map(|row| &row.handoffs).filter(|pair| which(pair)).count();
    let mut figures = figures_of(own, unresolved);
    figures["routing_share"] = json!(share(own.len(), all.len()));
    figures["handoffs_in"] = json!(count(&|(_, to)| *to == agent));
    figures["handoffs_out"] = json!(count(&|(from, _)| *from == agent));
    figures
}

fn figures_of(rows: &[&AnalyticsRow], unresolved: &Unresolved) -> Value {
    let mut latencies: Vec<u32> = rows.iter().map(|row| row.latency_ms).collect();
    latencies.sort_unstable();
    let at = |quantile: f64| latencies.get(((latencies.len() as f64 * quantile) as usize).min(latencies.len().saturating_sub(1))).copied();
    let confidence: u32 = rows.iter().map(|row| u32::from(row.confidence)).sum();
    let moods: BTreeMap<&str, usize> =
        Mood::ALL.iter().map(|mood| (mood.name(), rows.iter().filter(|row| row.mood == *mood).count())).collect();
    let mut sessions: Vec<SessionKey> = rows.iter().map(|row| row.session).collect();
    sessions.sort_unstable();
    sessions.dedup();
    let resolved = sessions.iter().filter(|session| !unresolved.contains_key(session)).count();
    json!({
        "turns": rows.len(),
        "confidence_mean": if rows.is_empty() { Value::Null } else { json!(f64::from(confidence) / rows.len() as f64 / 100.0) },
        "escalations": rows.iter().filter(|row| row.escalated).count(),
        "latency_ms": { "p50": at(0.5), "p95": at(0.95) },
        "sentiment": moods,
        "resolution_rate": share(resolved, sessions.len()),
    })
}

fn share(part: usize, whole: usize) -> Value {
    if whole == 0 { Value::Null } else { json!(part as f64 / whole as f64) }
}

type Unresolved = HashMap<SessionKey, ()>;

/// Sessions that did not end well: escalated, judged badly, or the customer came back with the same topic.
fn unresolved(rows: &[(Moment, AnalyticsRow)], down: &[(SessionKey, Seq)]) -> Unresolved {
    let mut bad: Unresolved = down.iter().map(|(session, _)| (*session, ())).collect();
    let mut last: HashMap<(&str, Intent), (Moment, SessionKey)> = HashMap::new();
    for (at, row) in rows {
        if row.escalated {
            bad.insert(row.session, ());
        }
        let Some(customer) = row.customer.as_deref() else { continue };
        if let Some((before, session)) = last.insert((customer, row.intent), (*at, row.session))
            && session != row.session
            && at.since(before) <= CAME_BACK
        {
            bad.insert(session, ());
        }
    }
    bad
}
