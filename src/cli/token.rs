//! `electromart token`: API tokens.

use super::args::{Global, Token, TokenVerb};
use super::outcome::{Failure, document, line};
use super::reach;
use crate::app::Fill;
use crate::app::commands::Request;

/// Makes, lists or takes back.
pub fn run(global: &Global, args: &Token) -> Result<(), Failure> {
    let request = match &args.what {
        TokenVerb::Create { name, scope, days } => Request::TokenCreate { name: name.clone(), scope: scope.clone(), days: *days },
        TokenVerb::List => Request::TokenList,
        TokenVerb::Revoke { id } => Request::TokenRevoke { id: id.clone() },
    };
    let done = reach::once(global, Fill::Demo, request, &[])?.document;
    if global.json {
        document(&done);
        return Ok(());
    }
    match &args.what {
        TokenVerb::Create { .. } => {
            line(done["token"].as_str().unwrap_or_default());
            eprintln!("Keep it now: it is not shown again. It ends {}.", done["expires_at"].as_str().unwrap_or_default());
        }
        TokenVerb::List => {
            for token in done.as_array().into_iter().flatten() {
                let text = |name: &str| token[name].as_str().unwrap_or("-").to_owned();
                let state = if token["revoked_at"].is_null() { "valid until" } else { "taken back, was valid until" };
                line(&format!("{}  {}  {}  {state} {}", text("id"), text("scope"), text("name"), text("expires_at")));
            }
        }
        TokenVerb::Revoke { id } => line(&format!("{id} was taken back")),
    }
    Ok(())
}
