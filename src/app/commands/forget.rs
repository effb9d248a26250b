//! Removing a person: what goes, what the shop must keep, and what was done.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::CommandError;
use crate::app::App;
use crate::domain::action::OrderChange;
use crate::domain::customer::Customer;
use crate::domain::ids::{SessionId, SessionKey};
use crate::domain::order::{Address, Order};
use crate::domain::ticket::Ticket;
use crate::domain::time::Moment;
use crate::store::command::{Forget, Guard, RecordWrite};
use crate::store::rows::AuditRow;
use crate::store::{Index, ShopRecord, Store};

/// What stands where a person's words or name stood.
const BLANK: &str = "(removed)";
/// Most orders of one customer that are looked at.
const MANY: usize = 100_000;

/// What is about to be removed.
#[derive(Default)]
struct Plan {
    sessions: Vec<SessionKey>,
    writes: Vec<RecordWrite>,
    orders: usize,
    tickets: usize,
    customer: bool,
}

/// Removes a session or a customer, or says what that would remove.
pub async fn forget(app: &App, what: &str, id: &str, dry_run: bool) -> Result<Value, CommandError> {
    let plan = match what {
        "session" => session(app, id).await?,
        "customer" => customer(app, id).await?,
        _ => return Err(CommandError(format!("{what} cannot be forgotten; use session or customer"))),
    };
    let mut messages = 0;
    for key in &plan.sessions {
        messages += app.engine.store.session(*key).await?.map_or(0, |row| row.last_seq);
    }
    let kept = json!({
        "orders": plan.orders,
        "tickets": plan.tickets,
        "note": "orders, tickets and audit rows stay for the shop's books, without name, address, contact or words",
    });
    if dry_run {
        return Ok(json!({
            "dry_run": true,
            "would_remove": { "sessions": plan.sessions.len(), "messages": messages, "customer": plan.customer },
            "kept": kept,
        }));
    }
    let audit = AuditRow {
        at: Moment::now(),
        actor: "terminal".to_owned(),
        action: format!("{what}.forget"),
        session: None,
        record: None,
        note: String::new(),
    };
    let removed = app.engine.store.forget(Forget { sessions: plan.sessions, writes: plan.writes, audit }).await?;
    let file = app.engine.store.backend().compact(true).await.map_err(|error| {
        CommandError(format!(
            "everything was removed, but the data file could not be written anew, so that its free space may still hold some of it; \
             the running shop tries again every day: {error}"
        ))
    })?;
    let file = file.map(|file| json!({ "bytes_before": file.before, "bytes_after": file.after }));
    Ok(json!({ "dry_run": false, "removed": removed, "customer": plan.customer, "kept": kept, "compacted": file.is_some(), "file": file }))
}

async fn session(app: &App, id: &str) -> Result<Plan, CommandError> {
    let unknown = || CommandError(format!("there is no session {id}"));
    let parsed: SessionId = id.parse().map_err(|_| unknown())?;
    let (key, _) = app.engine.store.session_by_id(&parsed).await?.ok_or_else(unknown)?;
    let mut plan = Plan { sessions: vec![key], ..Plan::default() };
    blank_tickets(&app.engine.store, &mut plan, |ticket| ticket.session.as_deref() == Some(id)).await?;
    Ok(plan)
}

/// Adds the tickets that are the person's.
async fn blank_tickets(store: &Store, plan: &mut Plan, theirs: impl Fn(&Ticket) -> bool) -> Result<(), CommandError> {
    let mut found: Vec<Ticket> = Vec::new();
    store
        .for_each::<Ticket>(|_, ticket| {
            if theirs(&ticket) {
                found.push(ticket);
            }
        })
        .await?;
    plan.tickets = found.len();
    plan.writes.extend(found.into_iter().map(blank_ticket));
    Ok(())
}

async fn customer(app: &App, id: &str) -> Result<Plan, CommandError> {
    let store = &app.engine.store;
    let (_, known) = store.get::<Customer>(id).await?.ok_or_else(|| CommandError(format!("there is no customer {id}")))?;
    let mut plan = Plan { sessions: store.backend().sessions_of(id).await?, customer: true, ..Plan::default() };
    plan.writes.push(blank_customer(&known).write(Guard::Any));
    for number in store.find(Index::OrderByCustomer, id, MANY).await? {
        if let Some((_, order)) = store.get::<Order>(&number).await? {
            let mut order = (*order).clone();
            let blank = Address { line: BLANK.to_owned(), zip: String::new() };
            for event in &mut order.history {
                if let OrderChange::ShippingChanged { before } = &mut event.change {
                    *before = blank.clone();
                }
            }
            order.ship_to = blank;
            plan.writes.push(order.write(Guard::Any));
            plan.orders += 1;
        }
    }
    // Also those opened in their sessions before it was known who they are.
    let mut names: HashSet<String> = HashSet::new();
    for key in &plan.sessions {
        names.extend(store.session(*key).await?.map(|row| row.id.to_string()));
    }
    let theirs = |ticket: &Ticket| ticket.customer.as_deref() == Some(id) || ticket.session.as_ref().is_some_and(|s| names.contains(s));
    blank_tickets(store, &mut plan, theirs).await?;
    Ok(plan)
}

fn blank_customer(known: &Customer) -> Customer {
    Customer {
        id: known.id.clone(),
        name: BLANK.to_owned(),
        email: String::new(),
        phone: String::new(),
        addresses: Vec::new(),
        payment_methods: Vec::new(),
        consents: Vec::new(),
        created_at: known.created_at,
        updated_at: Moment::now(),
        history: Vec::new(),
    }
}

fn blank_ticket(ticket: Ticket) -> RecordWrite {
    let blank = Ticket { description: BLANK.to_owned(), contact: None, session: None, updated_at: Moment::now(), ..ticket };
    blank.write(Guard::Any)
}
