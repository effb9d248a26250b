//! Packets of the Socket.IO protocol, version 5.
//!
//! `TYPE [NAMESPACE,] [ACK ID] [JSON]`, as described at <https://socket.io/docs/v4/socket-io-protocol/>.
//! Binary packets (5 and 6) are not understood.

use std::time::Duration;

use serde_json::Value;

/// A packet of a client.
#[derive(Debug, Clone, PartialEq)]
pub enum Packet {
    /// Opens the namespace, perhaps with `auth`.
    Connect {
        /// Which namespace; ours is `/`.
        namespace: String,
        /// What the client shows.
        auth: Value,
    },
    /// Leaves the namespace.
    Disconnect,
    /// An event.
    Event {
        /// Its name.
        name: String,
        /// Its first argument.
        body: Value,
        /// The callback waiting for an answer.
        callback: Option<u64>,
    },
    /// The answer to a callback of ours; we have none.
    Ack,
}

/// Why a packet cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(pub &'static str);

/// Reads a packet.
///
/// # Errors
/// When it is no packet of the protocol, or a binary one.
pub fn read(text: &str) -> Result<Packet, Unreadable> {
    let mut chars = text.chars();
    let kind = chars.next().ok_or(Unreadable("The packet is empty."))?;
    let (namespace, rest) = namespace(chars.as_str());
    match kind {
        '0' => {
            let auth =
                if rest.is_empty() { Value::Null } else { serde_json::from_str(rest).map_err(|_| Unreadable("auth is not JSON."))? };
            Ok(Packet::Connect { namespace: namespace.to_owned(), auth })
        }
        '1' => Ok(Packet::Disconnect),
        '2' => event(rest),
        '3' => Ok(Packet::Ack),
        '5' | '6' => Err(Unreadable("Binary events are not understood; send JSON.")),
        _ => Err(Unreadable("There is no packet of that type.")),
    }
}

fn namespace(text: &str) -> (&str, &str) {
    if !text.starts_with('/') {
        return ("/", text);
    }
    let (name, rest) = text.split_once(',').unwrap_or((text, ""));
    (name.split('?').next().unwrap_or(name), rest)
}

fn event(rest: &str) -> Result<Packet, Unreadable> {
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (number, json) = rest.split_at(digits);
    let callback = match number {
        "" => None,
        number => Some(number.parse().map_err(|_| Unreadable("The callback's number is too large."))?),
    };
    let Ok(Value::Array(mut items)) = serde_json::from_str(json) else {
        return Err(Unreadable("The event is not a JSON list."));
    };
    let mut items = items.drain(..);
    let Some(Value::String(name)) = items.next() else { return Err(Unreadable("The event has no name.")) };
    Ok(Packet::Event { name, body: items.next().unwrap_or(Value::Null), callback })
}

/// The first packet of an Engine.IO connection over a WebSocket.
pub fn open(interval: Duration, patience: Duration, most_bytes: usize) -> String {
    let body = serde_json::json!({
        "sid": uuid::Uuid::new_v4().simple().to_string(),
        "upgrades": [],
        "pingInterval": u64::try_from(interval.as_millis()).unwrap_or(u64::MAX),
        "pingTimeout": u64::try_from(patience.as_millis()).unwrap_or(u64::MAX),
        "maxPayload": most_bytes,
    });
    format!("0{body}")
}

/// The answer to a connection: the client's name in the protocol.
pub fn connected(sid: &str) -> String {
    format!("0{{\"sid\":\"{sid}\"}}")
}

/// A connection refused: `message` and `data` reach the client's `connect_error`.
pub fn refused(namespace: &str, message: &str, code: &str) -> String {
    let body = serde_json::json!({ "message": message, "data": { "code": code } });
    if namespace == "/" { format!("4{body}") } else { format!("4{namespace},{body}") }
}

/// An event; `body` is JSON.
pub fn emit(name: &str, body: &str) -> String {
    // Put together with room for all of it: a reply is some kilobytes.
    let mut packet = String::with_capacity(name.len() + body.len() + 6);
    for part in ["2[\"", name, "\",", body, "]"] {
        packet.push_str(part);
    }
    packet
}

/// The answer to a callback; `body` is JSON.
pub fn answer(callback: u64, body: &str) -> String {
    format!("3{callback}[{body}]")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn packets_are_read_or_refused() {
        let connect = |namespace: &str, auth: Value| Ok(Packet::Connect { namespace: namespace.into(), auth });
        let event = |name: &str, body: Value, callback| Ok(Packet::Event { name: name.into(), body, callback });
        for (text, expected) in [
            ("0", connect("/", Value::Null)),
            ("0{\"a\":1}", connect("/", json!({"a": 1}))),
            ("0/admin,", connect("/admin", Value::Null)),
            ("0/admin?x=1,{}", connect("/admin", json!({}))),
            ("1", Ok(Packet::Disconnect)),
            ("2[\"typing\"]", event("typing", Value::Null, None)),
            ("2[\"user_message\",{\"text\":\"12[\"}]", event("user_message", json!({"text": "12["}), None)),
            ("212[\"a\",1,2]", event("a", json!(1), Some(12))),
            ("2/,3[\"a\"]", event("a", Value::Null, Some(3))),
            ("31[]", Ok(Packet::Ack)),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
        for text in [
            "",
            "9",
            "0{",
            "2",
            "2{}",
            "2[]",
            "2[1]",
            "299999999999999999999999[\"a\"]",
            "51-[\"a\",{\"_placeholder\":true,\"num\":0}]",
            "é",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    proptest::proptest! {
        /// Whatever a client sends: a packet, or a reason.
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,60}", kind in "[0-9]?", namespace in "(/[a-z]{0,4}\\??[a-z]{0,3},?)?", number in "[0-9]{0,25}") {
            let _ = read(&text);
            let _ = read(&format!("{kind}{namespace}{number}{text}"));
        }

        /// What is sent as an event arrives as it was.
        #[test]
        fn events_arrive_as_they_were(name in "\\PC{0,12}", said in "\\PC{0,40}", callback in proptest::option::of(proptest::prelude::any::<u64>())) {
            let number = callback.map(|number: u64| number.to_string()).unwrap_or_default();
            let packet = format!("2{number}{}", json!([name, { "text": said }]));
            proptest::prop_assert_eq!(read(&packet), Ok(Packet::Event { name, body: json!({ "text": said }), callback }));
        }
    }
}
