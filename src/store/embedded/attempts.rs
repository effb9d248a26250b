//! Attempts to show whose an order is: counted before they are looked at, so that none slips through
//! between a check and its count.

use std::time::Duration;

use redb::ReadableTable;

use super::tables::Tables;
use crate::domain::text::fold::bare;
use crate::domain::time::Moment;
use crate::store::codec::{decode, encode};
use crate::store::command::{Attempt, AttemptVerdict, Proven};
use crate::store::error::StoreError;
use crate::store::index_keys;
use crate::store::rows::AttemptRow;

/// How long a failure is remembered.
const REMEMBERED: Duration = Duration::from_secs(24 * 60 * 60);
/// The "address" under which failures from anywhere are counted.
const ANYWHERE: &str = "";

/// Counts an attempt as failed until a result says otherwise, or refuses to look at it.
pub fn count(tables: &mut Tables<'_>, attempt: &Attempt) -> Result<AttemptVerdict, StoreError> {
    let here = load(tables, &attempt.target, &attempt.address, attempt.at)?;
    let anywhere = load(tables, &attempt.target, ANYWHERE, attempt.at)?;
    let rules = attempt.rules;
    let recent = here.failures.iter().filter(|at| attempt.at.since(**at) < rules.lock).count();
    let locked = recent >= usize::from(rules.per_address) || anywhere.failures.len() >= usize::from(rules.per_day);
    if locked {
        return Ok(AttemptVerdict::Locked);
    }
    for (address, mut row) in [(attempt.address.as_str(), here), (ANYWHERE, anywhere)] {
        row.failures.push(attempt.at);
        save(tables, &attempt.target, address, &row)?;
    }
    Ok(AttemptVerdict::Counted)
}

/// Forgives the failures of an address at a target that it has now shown to be its own, and the one
/// that was counted from anywhere.
pub fn forgive(tables: &mut Tables<'_>, proven: &Proven) -> Result<(), StoreError> {
    let key = (proven.target.as_str(), proven.address.as_str());
    tables.attempts.remove(key).map_err(StoreError::io)?;
    let mut anywhere = load(tables, &proven.target, ANYWHERE, proven.at)?;
    if let Some(counted) = anywhere.failures.iter().position(|at| *at == proven.at) {
        anywhere.failures.remove(counted);
    }
    save(tables, &proven.target, ANYWHERE, &anywhere)
}

/// Removes what is known of attempts at an order, however its number was written.
pub fn remove(tables: &mut Tables<'_>, number: &str) -> Result<(), StoreError> {
    let bare = bare(number);
    let spelled = [index_keys::digits(&bare), bare];
    tables.attempts.retain(|(target, _), _| !spelled.iter().any(|own| own == target)).map_err(StoreError::io)
}

/// Removes failures that are no longer remembered; addresses are personal data.
pub fn prune(tables: &mut Tables<'_>, now: Moment) -> Result<(), StoreError> {
    let recent = |row: AttemptRow| row.failures.iter().any(|at| now.since(*at) < REMEMBERED);
    // A row that cannot be read is left for the reader to complain about.
    tables.attempts.retain(|_, bytes| decode(bytes).map_or(true, recent)).map_err(StoreError::io)
}

fn load(tables: &Tables<'_>, target: &str, address: &str, now: Moment) -> Result<AttemptRow, StoreError> {
    let bytes = tables.attempts.get((target, address)).map_err(StoreError::io)?;
    let mut row: AttemptRow = bytes.map(|bytes| decode(bytes.value())).transpose()?.unwrap_or_default();
    row.failures.retain(|at| now.since(*at) < REMEMBERED);
    Ok(row)
}

fn save(tables: &mut Tables<'_>, target: &str, address: &str, row: &AttemptRow) -> Result<(), StoreError> {
    if row.failures.is_empty() {
        tables.attempts.remove((target, address)).map_err(StoreError::io)?;
    } else {
        tables.attempts.insert((target, address), encode(row).as_slice()).map_err(StoreError::io)?;
    }
    Ok(())
}
