//! One turn, asked from the terminal.

use std::net::{IpAddr, Ipv4Addr};

use serde_json::Value;

use super::CommandError;
use crate::app::App;
use crate::domain::event::ServerEvent;
use crate::domain::ids::SessionId;
use crate::domain::message::Body;
use crate::gateway::{Held, Inbound, Origin};
use crate::transport::wire;

/// Sends the text through the gateway and waits for the reply, which is returned as it is on the wire.
///
/// The terminal is the shopkeeper's own: it needs no token for the session it names and is not counted.
pub async fn ask(app: &App, text: String, session: Option<String>) -> Result<Value, CommandError> {
    let grant = match session {
        Some(name) => {
            let id: SessionId =
                name.parse().map_err(|_| CommandError("a session is named with 8 to 64 of A-Z a-z 0-9 _ and -".to_owned()))?;
            app.gateway.open_named(id).await?
        }
        None => app.gateway.open().await?,
    };
    let held = Held { id: grant.id, key: grant.key };
    let origin = Origin {
        transport: "terminal",
        address: IpAddr::V4(Ipv4Addr::LOCALHOST),
        request_id: uuid::Uuid::new_v4().to_string(),
        connection: 0,
    };
    let mut watch = app.gateway.watch(&held);
    let inbound = Inbound::Message { text, client_id: None, language: None };
    let acknowledged = app.gateway.accept(&origin, &held, inbound).await?;
    if let Some(reply) = acknowledged.reply {
        return document(&wire::stored(held.key, &held.id, &reply).body);
    }
    while let Some(event) = watch.next().await {
        match &*event {
            ServerEvent::Message(stored) => {
                if matches!(&stored.body, Body::Agent(reply) if reply.in_reply_to == Some(acknowledged.seq)) {
                    return document(&wire::stored(held.key, &held.id, stored).body);
                }
            }
            ServerEvent::Failed { message, error, .. } if *message == acknowledged.message => return Err(error.clone().into()),
            _ => {}
        }
    }
    Err(CommandError("the shop stopped before it answered".to_owned()))
}

fn document(body: &str) -> Result<Value, CommandError> {
    serde_json::from_str(body).map_err(|error| CommandError(format!("the reply could not be read: {error}")))
}
