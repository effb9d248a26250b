//! What can go wrong with models on disk. Each reads as one plain sentence, for the shop's owner.

use std::io;
use std::path::{Path, PathBuf};

use super::digest::Digest;
use super::hub::HubError;
use crate::llm::local::LocalError;

/// Why something was not done with a model.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModelsError {
    /// The disk.
    #[error("{} cannot be {what}: {reason}", .path.display())]
    Disk {
        /// The file or folder.
        path: PathBuf,
        /// What was tried.
        what: &'static str,
        /// What the system says.
        reason: io::Error,
    },
    /// The folder's own record makes no sense.
    #[error("{} cannot be understood ({reason}); move it away and add the models again", .path.display())]
    Record {
        /// The record.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// A manifest makes no sense.
    #[error("the manifest of models cannot be used: {0}")]
    Manifest(String),
    /// A name that is no name.
    #[error("`{0}` cannot be a model's name; use letters, digits, dots, dashes and underscores, and not `embedded` (--name NAME)")]
    Name(String),
    /// A name nobody knows.
    #[error("`{name}` is not in the manifest; it has {known}")]
    Unknown {
        /// The name.
        name: String,
        /// Those there are.
        known: String,
    },
    /// A name under which nothing is installed.
    #[error("no model `{0}` is installed; `electromart models list` shows what there is")]
    NotInstalled(String),
    /// The name is taken by another file.
    #[error("another file is installed as `{0}`; remove it first (`electromart models remove {0}`), or choose another name (--name)")]
    Taken(String),
    /// It is in use.
    #[error("`{0}` is in use; choose another first (`electromart models use embedded`)")]
    InUse(String),
    /// Another command works on it.
    #[error("another command is pulling `{0}` just now; wait for it, or end it")]
    Busy(String),
    /// Not enough room.
    #[error("the disk has {free_mb} MB free, and {needed_mb} MB more are needed; make room, or choose a smaller model")]
    Space {
        /// Still to be written, in millions of bytes.
        needed_mb: u64,
        /// There, in millions of bytes.
        free_mb: u64,
    },
    /// The file has another size than it should.
    #[error("the file of `{name}` has {found} bytes instead of {wanted}; nothing was installed")]
    Size {
        /// The model.
        name: String,
        /// As pinned.
        wanted: u64,
        /// As found.
        found: u64,
    },
    /// The file is another one than it should be.
    #[error("the file of `{name}` has the SHA-256 {found} instead of {wanted}; nothing was installed")]
    Sum {
        /// The model.
        name: String,
        /// As pinned.
        wanted: Digest,
        /// As found.
        found: Digest,
    },
    /// An installed file is not as it was.
    #[error("the file of `{name}` is damaged, with {what}; remove it and get it again")]
    Damaged {
        /// The model.
        name: String,
        /// What is wrong.
        what: String,
    },
    /// The manifest pins another file than the hub has.
    #[error("the hub has another file for `{0}` than the manifest pins; nothing was installed")]
    Pins(String),
    /// The hub.
    #[error(transparent)]
    Hub(#[from] HubError),
    /// The file is no model that runs here.
    #[error(transparent)]
    Model(#[from] LocalError),
}

/// Says what was tried with a file when the system refuses.
pub(super) fn disk<'a>(path: &'a Path, what: &'static str) -> impl FnOnce(io::Error) -> ModelsError + 'a {
    move |reason| ModelsError::Disk { path: path.to_owned(), what, reason }
}
