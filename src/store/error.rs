//! What can go wrong with the store.

use std::path::PathBuf;

/// A failure of the store, for the log and the person at the terminal; customers never see it.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// Another process has the file.
    #[error("the shop's data in {} is in use by another electromart{}; stop it first, or let it do the work", .path.display(), holder(.pid))]
    InUse {
        /// The file.
        path: PathBuf,
        /// The process, when it left its number.
        pid: Option<u32>,
    },
    /// Written by a later version of the program.
    #[error("{} was written by a later version of electromart (data format {found}, this program knows up to {known}); update the program", .path.display())]
    NewerFile {
        /// The file.
        path: PathBuf,
        /// Version found.
        found: u32,
        /// Newest version known.
        known: u32,
    },
    /// Not a store, or damaged.
    #[error("{} is damaged or not a store of electromart ({reason}); it was left untouched: restore a backup or move it away", .path.display())]
    DamagedFile {
        /// The file.
        path: PathBuf,
        /// What was found.
        reason: String,
    },
    /// One row of a later version.
    #[error("a {what} was written in encoding {found}, this program knows up to {known}")]
    NewerEncoding {
        /// The kind of row.
        what: &'static str,
        /// Version found.
        found: u8,
        /// Newest version known.
        known: u8,
    },
    /// One row that cannot be read.
    #[error("a {what} in the store cannot be read")]
    Damaged {
        /// The kind of row.
        what: &'static str,
    },
    /// The disk or the database refused.
    #[error("the store could not be read or written: {0}")]
    Io(String),
    /// The store was closed.
    #[error("the store is closed")]
    Closed,
}

fn holder(pid: &Option<u32>) -> String {
    pid.map(|pid| format!(" (process {pid})")).unwrap_or_default()
}

impl StoreError {
    /// Wraps any error of the database.
    pub(super) fn io(error: impl std::fmt::Display) -> Self {
        Self::Io(error.to_string())
    }
}
