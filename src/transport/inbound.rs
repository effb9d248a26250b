//! Events of clients, read leniently in form and strictly in type.

use serde_json::{Map, Value};

use crate::domain::error::{ErrorCode, Rejected};
use crate::domain::ids::Seq;
use crate::gateway::Inbound;

/// An event of a client.
#[derive(Debug, Clone)]
pub enum ClientEvent {
    /// Something for the gateway, with the session it names, if any.
    Inbound {
        /// What.
        inbound: Inbound,
        /// The session named in it.
        session: Option<Named>,
    },
    /// Go on with a session.
    Resume {
        /// Which.
        session: Named,
        /// What the client has seen.
        last_seq: Seq,
    },
    /// A judgement of a reply.
    Feedback {
        /// The reply.
        message_id: String,
        /// Thumb up.
        up: bool,
        /// Words.
        text: Option<String>,
    },
    /// The customer is typing.
    Typing,
}

/// A session named in an event, with what proves it.
#[derive(Debug, Clone)]
pub struct Named {
    /// Its public name.
    pub id: String,
    /// Its token.
    pub token: Option<String>,
}

fn invalid(message: &str) -> Rejected {
    Rejected::new(ErrorCode::InvalidMessage, message)
}

/// The client's own name of a message, for errors about events that cannot be read further.
pub fn client_id(body: &Value) -> Option<String> {
    body.get("client_message_id")?.as_str().filter(|id| id.len() <= 256).map(str::to_owned)
}

/// Reads the event of a name.
///
/// # Errors
/// `invalid_message`, saying what is wrong.
pub fn read(name: &str, body: &Value) -> Result<ClientEvent, Rejected> {
    let empty = Map::new();
    let body = match body {
        Value::Object(body) => body,
        Value::Null => &empty,
        Value::String(text) if name == "user_message" => {
            let inbound = Inbound::Message { text: text.clone(), client_id: None, language: None };
            return Ok(ClientEvent::Inbound { inbound, session: None });
        }
        _ => return Err(invalid("The event needs an object.")),
    };
    let session = named(body)?;
    match name {
        "user_message" => {
            // The first version of the client says `message`.
            let text = text_field(body, "text")?.or(text_field(body, "message")?).ok_or_else(|| invalid("The message has no text."))?;
            let inbound =
                Inbound::Message { text, client_id: text_field(body, "client_message_id")?, language: text_field(body, "language")? };
            Ok(ClientEvent::Inbound { inbound, session })
        }
        "confirm" => {
            let action_id = text_field(body, "action_id")?.ok_or_else(|| invalid("confirm needs action_id."))?;
            let yes = body.get("yes").and_then(Value::as_bool).ok_or_else(|| invalid("confirm needs yes: true or false."))?;
            let inbound = Inbound::Confirm { action_id, yes, client_id: text_field(body, "client_message_id")? };
            Ok(ClientEvent::Inbound { inbound, session })
        }
        "choose" => {
            let message_id = text_field(body, "message_id")?.ok_or_else(|| invalid("choose needs message_id."))?;
            let option = text_field(body, "option")?.ok_or_else(|| invalid("choose needs option."))?;
            let inbound = Inbound::Choose { message_id, option, client_id: text_field(body, "client_message_id")? };
            Ok(ClientEvent::Inbound { inbound, session })
        }
        "resume" => {
            let session = session.ok_or_else(|| invalid("resume needs session_id and token."))?;
            let last_seq = match body.get("last_seq") {
                None | Some(Value::Null) => 0,
                Some(value) => {
                    value.as_u64().and_then(|n| Seq::try_from(n).ok()).ok_or_else(|| invalid("last_seq must be a whole number."))?
                }
            };
            Ok(ClientEvent::Resume { session, last_seq })
        }
        "feedback" => {
            let message_id = text_field(body, "message_id")?.ok_or_else(|| invalid("feedback needs message_id."))?;
            let up = match body.get("rating").and_then(Value::as_str) {
                Some("up") => true,
                Some("down") => false,
                _ => return Err(invalid("feedback needs rating: up or down.")),
            };
            Ok(ClientEvent::Feedback { message_id, up, text: text_field(body, "text")? })
        }
        "typing" => Ok(ClientEvent::Typing),
        _ => Err(invalid("There is no event of that name.")),
    }
}

fn named(body: &Map<String, Value>) -> Result<Option<Named>, Rejected> {
    let Some(id) = text_field(body, "session_id")? else { return Ok(None) };
    Ok(Some(Named { id, token: text_field(body, "token")? }))
}

fn text_field(body: &Map<String, Value>, name: &str) -> Result<Option<String>, Rejected> {
    match body.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(invalid(&format!("{name} must be text."))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn events_are_read_or_refused_with_a_reason() {
        for (name, body, ok) in [
            ("user_message", json!({"text": "hi"}), true),
            ("user_message", json!({"message": "hi"}), true),
            ("user_message", json!("hi"), true),
            ("user_message", json!({"text": 5}), false),
            ("user_message", json!({}), false),
            ("user_message", json!([1]), false),
            ("confirm", json!({"action_id": "a", "yes": true}), true),
            ("confirm", json!({"action_id": "a", "yes": "true"}), false),
            ("choose", json!({"message_id": "m", "option": "sales"}), true),
            ("choose", json!({"option": "sales"}), false),
            ("resume", json!({"session_id": "s", "token": "t", "last_seq": 3}), true),
            ("resume", json!({"session_id": "s", "last_seq": -3}), false),
            ("resume", json!({"last_seq": 3}), false),
            ("feedback", json!({"message_id": "m", "rating": "up"}), true),
            ("feedback", json!({"message_id": "m", "rating": "5 stars"}), false),
            ("typing", json!(null), true),
            ("nonsense", json!({}), false),
        ] {
            assert_eq!(read(name, &body).is_ok(), ok, "{name} {body}");
        }
    }

    proptest::proptest! {
        /// Whatever JSON a client sends under whatever name: an event, or a reason.
        #[test]
        fn any_body_is_read_or_refused(name in "(user_message|confirm|choose|resume|feedback|typing|\\PC{0,8})", body in "\\PC{0,80}", field in "(text|session_id|last_seq|client_message_id|rating|yes)", number in proptest::prelude::any::<f64>()) {
            for body in [json!(body), json!({ &field: body }), json!({ &field: number }), json!([body]), json!({ &field: { &field: [body] } })] {
                let _ = client_id(&body);
                if let Err(rejected) = read(&name, &body) {
                    proptest::prop_assert_eq!(rejected.code, ErrorCode::InvalidMessage);
                }
            }
        }
    }
}
