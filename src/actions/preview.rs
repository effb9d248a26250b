//! What an action would change.

use crate::domain::action::Request;
use crate::domain::action::Shown;
use crate::domain::record::{Record, RecordRef, Version};

/// What an action would change: what a person is shown, and the records to write.
#[derive(Debug, Clone, PartialEq)]
pub struct Preview {
    /// What was asked for.
    pub request: Request,
    /// What a person is shown.
    pub shown: Shown,
    /// Every record it rests on, as it would be.
    pub records: Vec<Touched>,
}

/// A record an action rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct Touched {
    /// The version it was read at: what is written is refused when it is another by then. `None` for a record that
    /// is new: it is refused when there is one by then.
    pub version: Option<Version>,
    /// The record as it would be.
    pub record: Record,
    /// Why it changes, for the audit trail; `None` when it was only read and stays as it is.
    pub note: Option<String>,
}

impl Preview {
    /// The records it rests on, at the versions that were read.
    pub fn read(&self) -> impl Iterator<Item = RecordRef> + '_ {
        self.records.iter().filter_map(|touched| {
            let version = touched.version?;
            Some(RecordRef { kind: touched.record.kind(), id: touched.record.id().to_owned(), version })
        })
    }
}
