//! The wire: events and messages as JSON, the same on every transport.

use serde::Serialize;
use serde_json::value::RawValue;

use crate::domain::act::ActKind;
use crate::domain::agent::Intent;
use crate::domain::asks::Slot;
use crate::domain::error::Rejected;
use crate::domain::event::{ServerEvent, SessionGrant};
use crate::domain::ids::{EvidenceId, MessageId, Seq, SessionId, SessionKey};
use crate::domain::message::{AgentMessage, Basis, Body, Card, Evidence, Notice, NoticeKind, Stored, UserMessage};
use crate::domain::money::Money;
use crate::domain::sentiment::Sentiment;
use crate::gateway::Acknowledged;

/// An event ready to be sent: its name and its body as JSON.
#[derive(Debug, Clone)]
pub struct WireEvent {
    /// Its name.
    pub name: &'static str,
    /// Its body: a JSON object.
    pub body: String,
    /// Its sequence number, where it is stored.
    pub seq: Option<Seq>,
}

/// Room for most replies, in bytes.
const MESSAGE: usize = 2_048;
/// Room for most other events.
const NOTE: usize = 256;

impl WireEvent {
    fn new(name: &'static str, body: &impl Serialize, seq: Option<Seq>) -> Self {
        // Bodies are made of strings and numbers: writing them to memory does not fail.
        let mut written = Vec::with_capacity(if seq.is_some() { MESSAGE } else { NOTE });
        let written = serde_json::to_writer(&mut written, body).ok().and_then(|()| String::from_utf8(written).ok());
        Self { name, body: written.unwrap_or_else(|| "{}".to_owned()), seq }
    }

    /// As a frame of `/ws`: `{"type": NAME, ...}`.
    pub fn frame(&self) -> String {
        let inner = self.body.trim_start_matches('{');
        let comma = if inner == "}" { "" } else { "," };
        format!("{{\"type\":\"{}\"{comma}{inner}", self.name)
    }
}

/// An amount of money.
#[derive(Serialize)]
struct WireMoney {
    minor: i64,
    currency: String,
    text: String,
}

impl From<Money> for WireMoney {
    fn from(money: Money) -> Self {
        Self { minor: money.minor, currency: money.currency.code().to_owned(), text: money.to_string() }
    }
}

#[derive(Serialize)]
struct WireSentiment {
    label: &'static str,
    polarity: f32,
    subjectivity: f32,
    urgency: f32,
}

impl From<Sentiment> for WireSentiment {
    fn from(s: Sentiment) -> Self {
        let round = |x: f32| (x * 1000.0).round() / 1000.0;
        Self { label: s.label.name(), polarity: round(s.polarity), subjectivity: round(s.subjectivity), urgency: round(s.urgency) }
    }
}

#[derive(Serialize)]
struct WireCard<'a> {
    kind: &'static str,
    #[serde(rename = "ref")]
    reference: &'a str,
    title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    money: Option<WireMoney>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<&'a str>,
    fields: Vec<WireCardField<'a>>,
}

#[derive(Serialize)]
struct WireCardField<'a> {
    label: &'a str,
    value: &'a str,
    evidence: String,
}

#[derive(Serialize)]
struct WireOption<'a> {
    id: &'a str,
    label: &'a str,
}

#[derive(Serialize)]
struct WireAction<'a> {
    action_id: &'a str,
    summary: &'a str,
}

/// One piece of evidence.
#[derive(Serialize)]
pub struct WireEvidence<'a> {
    /// Its identifier.
    pub id: String,
    /// Kind of the record, or `derived`, `said`, `shop`.
    pub kind: &'static str,
    /// Identifier of the record, or how it was computed.
    #[serde(rename = "ref")]
    pub reference: std::borrow::Cow<'a, str>,
    /// Which field of the record.
    pub field: &'a str,
    /// What it says.
    pub value: String,
}

/// A reply, as `agent_message` and in lists of messages.
#[derive(Serialize)]
struct WireAgent<'a> {
    message_id: String,
    in_reply_to: Option<String>,
    seq: Seq,
    session_id: &'a str,
    role: &'static str,
    agent: &'static str,
    text: &'a str,
    intent: Option<&'static str>,
    confidence: Option<f32>,
    sentiment: Option<WireSentiment>,
    provider: &'static str,
    cards: Vec<WireCard<'a>>,
    options: Vec<WireOption<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pending_action: Option<WireAction<'a>>,
    evidence: Vec<WireEvidence<'a>>,
    acts: Vec<&'static str>,
    asks: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ticket: Option<&'a str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    escalated: bool,
    latency_ms: u32,
    created_at: String,
    /// Only beside the answer to a call that opened a session.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<&'a str>,
}

#[derive(Serialize)]
struct WireUser<'a> {
    message_id: String,
    seq: Seq,
    session_id: &'a str,
    role: &'static str,
    text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_message_id: Option<&'a str>,
    created_at: String,
}

#[derive(Serialize)]
struct WireNotice<'a> {
    message_id: String,
    seq: Seq,
    session_id: &'a str,
    role: &'static str,
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<&'static str>,
    reason: &'a str,
    created_at: String,
}

/// The identifier of a stored message.
pub fn message_id(session: SessionKey, stored: &Stored) -> MessageId {
    match &stored.body {
        Body::Agent(reply) => match reply.in_reply_to {
            Some(seq) => MessageId::reply_to(session, seq),
            None => MessageId::at(session, stored.seq),
        },
        _ => MessageId::at(session, stored.seq),
    }
}

/// A stored message as an event: `agent_message`, `user_message`, `agent_handoff` or `notice`.
pub fn stored(session: SessionKey, id: &SessionId, stored: &Stored) -> WireEvent {
    stored_with_token(session, id, stored, None)
}

/// The same, with the token of a session that was opened for it.
pub fn stored_with_token(session: SessionKey, id: &SessionId, message: &Stored, token: Option<&str>) -> WireEvent {
    let own = message_id(session, message);
    let seq = Some(message.seq);
    match &message.body {
        Body::User(user) => WireEvent::new("user_message", &wire_user(own, message.seq, id, user), seq),
        Body::Agent(reply) => WireEvent::new("agent_message", &wire_agent(own, session, message.seq, id, reply, token), seq),
        Body::Notice(notice) => {
            let name = if notice.kind == NoticeKind::Handoff { "agent_handoff" } else { "notice" };
            WireEvent::new(name, &wire_notice(own, message.seq, id, notice), seq)
        }
    }
}

fn wire_user<'a>(own: MessageId, seq: Seq, id: &'a SessionId, user: &'a UserMessage) -> WireUser<'a> {
    WireUser {
        message_id: own.to_string(),
        seq,
        session_id: id.as_str(),
        role: "user",
        text: &user.text,
        client_message_id: user.client_id.as_deref(),
        created_at: user.created_at.to_string(),
    }
}

fn wire_notice<'a>(own: MessageId, seq: Seq, id: &'a SessionId, notice: &'a Notice) -> WireNotice<'a> {
    WireNotice {
        message_id: own.to_string(),
        seq,
        session_id: id.as_str(),
        role: "system",
        kind: notice.kind.name(),
        from: notice.from.map(crate::domain::agent::Agent::name),
        to: notice.to.map(crate::domain::agent::Agent::name),
        reason: &notice.reason,
        created_at: notice.created_at.to_string(),
    }
}

fn wire_agent<'a>(
    own: MessageId,
    session: SessionKey,
    seq: Seq,
    id: &'a SessionId,
    reply: &'a AgentMessage,
    token: Option<&'a str>,
) -> WireAgent<'a> {
    let evidence_id = |index: u16| EvidenceId { message: own, index }.to_string();
    let card = |card: &'a Card| WireCard {
        kind: card.kind.name(),
        reference: &card.reference,
        title: &card.title,
        money: card.money.map(WireMoney::from),
        status: card.status.as_deref(),
        image: card.image.as_deref(),
        fields: card
            .fields
            .iter()
            .map(|field| WireCardField { label: &field.label, value: &field.value, evidence: evidence_id(field.evidence) })
            .collect(),
    };
    WireAgent {
        message_id: own.to_string(),
        in_reply_to: reply.in_reply_to.map(|seq| MessageId::at(session, seq).to_string()),
        seq,
        session_id: id.as_str(),
        role: "agent",
        agent: reply.agent.name(),
        text: &reply.text,
        intent: reply.intent.map(Intent::name),
        confidence: reply.confidence.map(|c| (c * 10_000.0).round() / 10_000.0),
        sentiment: reply.sentiment.map(WireSentiment::from),
        provider: reply.provider.name(),
        cards: reply.cards.iter().map(card).collect(),
        options: reply.options.iter().map(|o| WireOption { id: &o.id, label: &o.label }).collect(),
        pending_action: reply.pending_action.as_ref().map(|a| WireAction { action_id: &a.action_id, summary: &a.summary }),
        evidence: reply.evidence.iter().zip(0_u16..).map(|(e, i)| wire_evidence(e, evidence_id(i), reply)).collect(),
        acts: reply.acts.iter().map(|a| ActKind::name(*a)).collect(),
        asks: reply.asks.iter().map(|s| Slot::name(*s)).collect(),
        ticket: reply.ticket.as_deref(),
        escalated: reply.escalated,
        latency_ms: reply.latency_ms,
        created_at: reply.created_at.to_string(),
        token,
    }
}

/// One piece of evidence of a reply.
pub fn wire_evidence<'a>(evidence: &'a Evidence, id: String, reply: &'a AgentMessage) -> WireEvidence<'a> {
    let (kind, reference) = match &evidence.basis {
        Basis::Record(place, _) => match reply.records.get(usize::from(*place)) {
            Some(record) => (record.kind.name(), record.id.as_str().into()),
            None => ("record", "".into()),
        },
        Basis::Derived(formula, _) => ("derived", format!("{formula:?}").to_lowercase().into()),
        Basis::Said => ("said", "customer".into()),
        Basis::Shop => ("shop", "configuration".into()),
    };
    WireEvidence { id, kind, reference, field: &evidence.name, value: evidence.value.to_string() }
}

/// The answer to an accepted message.
pub fn ack(acknowledged: &Acknowledged, token: Option<&SessionGrant>) -> WireEvent {
    #[derive(Serialize)]
    struct Ack<'a> {
        client_message_id: Option<&'a str>,
        message_id: String,
        seq: Seq,
        position: usize,
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        duplicate: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        session_id: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        token: Option<&'a str>,
    }
    let body = Ack {
        client_message_id: acknowledged.client_id.as_deref(),
        message_id: acknowledged.message.to_string(),
        seq: acknowledged.seq,
        position: acknowledged.position,
        duplicate: acknowledged.duplicate,
        session_id: token.map(|grant| grant.id.as_str()),
        token: token.and_then(|grant| grant.token.as_deref()),
    };
    WireEvent::new("ack", &body, None)
}

/// A session as its holder gets to know it.
pub fn session(grant: &SessionGrant) -> WireEvent {
    #[derive(Serialize)]
    struct Session<'a> {
        session_id: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        token: Option<&'a str>,
        last_seq: Seq,
    }
    let body = Session { session_id: grant.id.as_str(), token: grant.token.as_deref(), last_seq: grant.last_seq };
    WireEvent::new("session", &body, None)
}

/// A refusal, with what it was about.
#[derive(Serialize)]
pub struct WireError<'a> {
    code: &'static str,
    message: &'a str,
    request_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_message_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_ms: Option<u64>,
}

impl<'a> WireError<'a> {
    /// A refusal of a request.
    pub fn new(rejected: &'a Rejected, request_id: &'a str) -> Self {
        let retry_after_ms = rejected.retry_after.map(|after| u64::try_from(after.as_millis()).unwrap_or(u64::MAX).max(1));
        Self {
            code: rejected.code.name(),
            message: &rejected.message,
            request_id,
            client_message_id: None,
            message_id: None,
            retry_after_ms,
        }
    }

    /// About a message of the client.
    #[must_use]
    pub fn about(mut self, client_id: Option<&'a str>, message: Option<MessageId>) -> Self {
        self.client_message_id = client_id;
        self.message_id = message.map(|id| id.to_string());
        self
    }

    /// As an event.
    pub fn event(&self) -> WireEvent {
        WireEvent::new("error", self, None)
    }

    /// As the answer of a callback: `{"error": {...}}`.
    pub fn callback(&self) -> String {
        serde_json::json!({ "error": self }).to_string()
    }
}

/// An event of the hub as it is sent; `None` for what this connection said itself.
pub fn event(session: SessionKey, id: &SessionId, event: &ServerEvent, connection: u64) -> Option<WireEvent> {
    #[derive(Serialize)]
    struct Typing {
        agent: &'static str,
        stage: &'static str,
    }
    #[derive(Serialize)]
    struct Delta<'a> {
        message_id: String,
        index: u32,
        text: &'a str,
    }
    #[derive(Serialize)]
    struct Cancel {
        message_id: String,
        reason: &'static str,
    }
    Some(match event {
        ServerEvent::Typing { agent, stage } => WireEvent::new("typing", &Typing { agent: agent.name(), stage: stage.name() }, None),
        ServerEvent::Delta { message, index, text, .. } => {
            WireEvent::new("agent_delta", &Delta { message_id: message.to_string(), index: *index, text }, None)
        }
        ServerEvent::Cancel { message, reason } => {
            WireEvent::new("agent_cancel", &Cancel { message_id: message.to_string(), reason: reason.name() }, None)
        }
        ServerEvent::Message(message) => stored(session, id, message),
        ServerEvent::Said { origin, .. } if *origin == connection && connection != 0 => return None,
        ServerEvent::Said { stored: message, .. } => stored(session, id, message),
        ServerEvent::Failed { message, client_id, error } => {
            let request_id = message.to_string();
            WireError::new(error, &request_id).about(client_id.as_deref(), Some(*message)).event()
        }
    })
}

/// A list of messages as `{"messages": [...]}`.
pub fn messages(session: SessionKey, id: &SessionId, list: &[Stored]) -> String {
    #[derive(Serialize)]
    struct Messages {
        messages: Vec<Box<RawValue>>,
    }
    let messages = list.iter().filter_map(|message| RawValue::from_string(stored(session, id, message).body).ok()).collect();
    serde_json::to_string(&Messages { messages }).unwrap_or_else(|_| "{\"messages\":[]}".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_the_body_with_its_type() {
        let event = WireEvent { name: "ack", body: "{\"seq\":1}".into(), seq: None };
        assert_eq!(event.frame(), "{\"type\":\"ack\",\"seq\":1}");
        let empty = WireEvent { name: "typing", body: "{}".into(), seq: None };
        assert_eq!(empty.frame(), "{\"type\":\"typing\"}");
    }
}
