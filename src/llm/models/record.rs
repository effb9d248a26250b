//! What is installed: the folder's own record, and how it is changed.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::digest::Digest;
use super::error::{ModelsError, disk};

/// The record's file.
const RECORD: &str = "installed.json";
/// Held while the record is changed.
const LOCK: &str = "lock";
/// The form of the record; a later one is not guessed at.
const FORM: u32 = 1;

/// What the folder holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The form it is written in.
    form: u32,
    /// The shop's model from now on; none leaves the embedded one.
    pub in_use: Option<String>,
    /// What is installed, in the order of the names.
    pub models: Vec<Installed>,
}

/// An installed model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Installed {
    /// What it is called here; its file is `NAME.gguf`.
    pub name: String,
    /// Bytes of the file.
    pub size: u64,
    /// SHA-256 of the file.
    pub sha256: Digest,
    /// Where it was pulled from; none for what came from a stick.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Origin>,
}

/// Where a model was pulled from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Origin {
    /// The repository: `owner/name`.
    pub repository: String,
    /// The commit.
    pub revision: String,
    /// The file in the repository.
    pub file: String,
    /// Its licence, as the manifest has it.
    pub licence: String,
}

impl Default for Record {
    fn default() -> Self {
        Self { form: FORM, in_use: None, models: Vec::new() }
    }
}

impl Record {
    /// The model of a name.
    ///
    /// # Errors
    /// When none is installed.
    pub fn find(&self, name: &str) -> Result<&Installed, ModelsError> {
        self.models.iter().find(|model| model.name == name).ok_or_else(|| ModelsError::NotInstalled(name.to_owned()))
    }

    /// Notes a model in the place of any of its name.
    pub(super) fn put(&mut self, model: Installed) {
        self.models.retain(|other| other.name != model.name);
        self.models.push(model);
        self.models.sort_by(|a, b| a.name.cmp(&b.name));
    }

    /// Reads the record of a folder; one that is not there is empty.
    pub(super) fn read(folder: &Path) -> Result<Self, ModelsError> {
        let path = folder.join(RECORD);
        let text = match std::fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(disk(&path, "read")(error)),
        };
        let wrong = |reason: String| ModelsError::Record { path: path.clone(), reason };
        let record: Self = serde_json::from_slice(&text).map_err(|error| wrong(error.to_string()))?;
        if record.form == FORM { Ok(record) } else { Err(wrong(format!("it has the form {}, and this version knows {FORM}", record.form))) }
    }

    /// Changes the record of a folder, one command after the other; what `change` refuses changes nothing.
    pub(super) fn change<T>(folder: &Path, change: impl FnOnce(&mut Self) -> Result<T, ModelsError>) -> Result<T, ModelsError> {
        make_folder(folder)?;
        let path = folder.join(LOCK);
        let lock = File::create(&path).map_err(disk(&path, "written"))?;
        lock.lock().map_err(disk(&path, "locked"))?;
        let mut record = Self::read(folder)?;
        let before = record.clone();
        let done = change(&mut record)?;
        if record != before {
            record.write(folder)?;
        }
        Ok(done)
    }

    fn write(&self, folder: &Path) -> Result<(), ModelsError> {
        let (path, new) = (folder.join(RECORD), folder.join("installed.json.new"));
        let text = serde_json::to_vec_pretty(self).map_err(|error| disk(&path, "written")(error.into()))?;
        let written = File::create(&new).and_then(|mut file| file.write_all(&text).and_then(|()| file.sync_all()));
        written.map_err(disk(&new, "written"))?;
        put_in_place(&new, &path)
    }
}

/// Makes the folder, for the shop's owner alone.
pub(super) fn make_folder(folder: &Path) -> Result<(), ModelsError> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(disk(folder, "made"))
}

/// Gives a file that is on the disk its name, for good: a power cut leaves the old one or the new one.
pub(super) fn put_in_place(from: &Path, to: &Path) -> Result<(), ModelsError> {
    std::fs::rename(from, to).map_err(disk(to, "written"))?;
    let folder = to.parent().unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(disk(folder, "written"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_kept_and_a_foreign_one_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("models");
        assert_eq!(Record::read(&folder).unwrap(), Record::default());
        let sha256 = "74a4da8c9fdbcd15bd1f6d01d621410d31c6fc00986f5eb687824e7b93d7a9db".parse().unwrap();
        let model = |name: &str| Installed { name: name.to_owned(), size: 7, sha256, from: None };
        for name in ["b", "a", "b"] {
            Record::change(&folder, |record| {
                record.put(model(name));
                record.in_use = Some(name.to_owned());
                Ok(())
            })
            .unwrap();
        }
        let refused = Record::change(&folder, |record| {
            record.models.clear();
            Err::<(), _>(ModelsError::NotInstalled("c".to_owned()))
        });
        assert!(refused.is_err());
        let record = Record::read(&folder).unwrap();
        assert_eq!(record.models, [model("a"), model("b")]);
        assert_eq!(record.in_use.as_deref(), Some("b"));
        for (text, says) in [("{", "EOF"), ("{\"form\":2,\"in_use\":null,\"models\":[]}", "form 2")] {
            std::fs::write(folder.join(RECORD), text).unwrap();
            let said = Record::read(&folder).unwrap_err().to_string();
            assert!(said.contains(says), "{said}");
        }
    }
}
