//! Models on disk: which there are, which one the shop uses, and how they get here.
//!
//! They lie in `DATA/models/`: `NAME.gguf` for each, and `installed.json`, which says of each where it is from, its size and its
//! SHA-256, and which one is in use. A file gets its name only when it is whole, is the one it should be and has a header
//! that can be run here; so what has a name is a model.

mod add;
mod choice;
mod digest;
mod error;
mod hub;
mod manifest;
mod part;
mod pull;
mod record;

use std::fs::File;
use std::io::{BufReader, sink};
use std::path::{Path, PathBuf};

pub use choice::{Choice, EMBEDDED};
pub use digest::Digest;
pub use error::ModelsError;
pub use hub::{Hub, HubError};
pub use manifest::{Entry, Manifest, Pinned};
pub use pull::{Pulled, Step, Watcher};
pub use record::{Installed, Origin, Record};

use error::disk;

/// Longest name of a model.
const LONGEST_NAME: usize = 100;

/// The models of a data folder.
#[derive(Debug, Clone)]
pub struct Models {
    folder: PathBuf,
}

impl Models {
    /// Those of a data folder; nothing is touched yet.
    pub fn of(data_dir: &Path) -> Self {
        Self { folder: data_dir.join("models") }
    }

    /// Where they lie.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where the file of a model lies, or would.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.gguf"))
    }

    /// What is installed and which one is in use.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub fn record(&self) -> Result<Record, ModelsError> {
        Record::read(&self.folder)
    }

    /// Holds an installed file against its record; `passed` is told how many of its bytes were read.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn verify(&self, model: &Installed, passed: &dyn Fn(u64)) -> Result<(), ModelsError> {
        let path = self.file(&model.name);
        let file = File::open(&path).map_err(disk(&path, "opened"))?;
        let (found, sum) = Digest::of(&mut BufReader::new(file), &mut sink(), passed).map_err(disk(&path, "read"))?;
        let damaged = |what: String| Err(ModelsError::Damaged { name: model.name.clone(), what });
        if found != model.size {
            return damaged(format!("{found} bytes instead of {}", model.size));
        }
        if sum == model.sha256 { Ok(()) } else { damaged(format!("the SHA-256 {sum} instead of {}", model.sha256)) }
    }

    /// Removes a model, or what was pulled of it so far.
    ///
    /// # Errors
    /// When it is the one in use (`used` names the one a running server has), or there is none.
    pub fn remove(&self, name: &str, used: Option<&str>) -> Result<(), ModelsError> {
        if !is_name(name) {
            return Err(ModelsError::NotInstalled(name.to_owned()));
        }
        let path = self.file(name);
        let begun = part::remove(&path, name)?;
        Record::change(&self.folder, |record| {
            match record.find(name) {
                Err(_) if begun => return Ok(()),
                found => found?,
            };
            if record.in_use.as_deref() == Some(name) || used == Some(name) {
                return Err(ModelsError::InUse(name.to_owned()));
            }
            match std::fs::remove_file(&path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(disk(&path, "removed")(error)),
                _ => record.models.retain(|model| model.name != name),
            }
            Ok(())
        })
    }

    /// Gives a checked file that is on the disk its place, and notes it.
    fn install(&self, from: &Path, model: &Installed) -> Result<(), ModelsError> {
        let path = self.file(&model.name);
        Record::change(&self.folder, |record| {
            if record.find(&model.name).is_ok_and(|other| other.sha256 != model.sha256) {
                return Err(ModelsError::Taken(model.name.clone()));
            }
            record::put_in_place(from, &path)?;
            record.put(model.clone());
            Ok(())
        })
    }
}

/// Whether a model may be called so: it becomes the name of a file.
fn is_name(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_');
    let fits = !name.is_empty() && name.len() <= LONGEST_NAME && name.bytes().all(plain);
    fits && !name.starts_with(['.', '-']) && !name.to_lowercase().ends_with(".gguf") && name != EMBEDDED
}
