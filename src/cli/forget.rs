//! `electromart forget`: removes a person.

use super::args::{Forget, Global};
use super::outcome::{Failure, document, line};
use super::reach;
use crate::app::Fill;
use crate::app::commands::Request;

/// Removes, or says what would be removed.
pub fn run(global: &Global, args: &Forget) -> Result<(), Failure> {
    let request = Request::Forget { what: args.what.clone(), id: args.id.clone(), dry_run: args.dry_run };
    let done = reach::once(global, Fill::Demo, request, &[])?.document;
    if global.json {
        document(&done);
        return Ok(());
    }
    let (word, removed) = if args.dry_run { ("would remove", &done["would_remove"]) } else { ("removed", &done["removed"]) };
    let listed = removed.as_object().into_iter().flatten().filter(|(_, count)| count.as_u64() != Some(0));
    let listed: Vec<String> = listed.map(|(name, count)| format!("{name} {count}")).collect();
    line(&format!("{word}: {}", if listed.is_empty() { "nothing".to_owned() } else { listed.join(", ") }));
    line(&format!(
        "kept: {} orders, {} tickets ({})",
        done["kept"]["orders"],
        done["kept"]["tickets"],
        done["kept"]["note"].as_str().unwrap_or_default()
    ));
    Ok(())
}
