//! `electromart chat`: a conversation in the terminal.

use std::io::{IsTerminal as _, Write as _};

use tokio::io::{AsyncBufReadExt as _, BufReader};

use super::args::{Chat, Global};
use super::ask::show;
use super::outcome::{Failure, document};
use super::reach::{self, Shop};
use crate::app::commands::Request;
use crate::app::{Fill, Purpose};

/// Talks until the customer has nothing more to say.
pub fn run(global: &Global, args: &Chat) -> Result<(), Failure> {
    let config = reach::prepare(global)?;
    let session = args.session.clone().unwrap_or_else(|| format!("chat-{}", uuid::Uuid::new_v4().simple()));
    reach::block_on(async {
        let shop = Shop::reach(config, Fill::Demo, Purpose::Talk).await?;
        let talked = talk(global, &shop, &session).await;
        shop.close().await;
        talked
    })
}

async fn talk(global: &Global, shop: &Shop, session: &str) -> Result<(), Failure> {
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    let person = std::io::stdin().is_terminal() && !global.json;
    loop {
        if person {
            print!("you: ");
            let _ = std::io::stdout().flush();
        }
        let next = lines.next_line().await.map_err(|error| Failure::Said(format!("the input cannot be read: {error}")))?;
        let Some(text) = next.filter(|text| !text.trim().is_empty()) else { return Ok(()) };
        let request = Request::Ask { text, session: Some(session.to_owned()) };
        match shop.ask(request, &[]).await {
            Ok(reply) if global.json => document(&reply.document),
            Ok(reply) => show(&reply.document),
            // A message that is too long or empty does not end the conversation.
            Err(Failure::Said(sentence)) => eprintln!("electromart: {sentence}"),
            Err(other) => return Err(other),
        }
    }
}
