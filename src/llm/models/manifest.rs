//! The models that are recommended, and where each comes from.

use serde::{Deserialize, Serialize};

use super::digest::Digest;
use super::error::ModelsError;
use super::is_name;
use crate::llm::local::probe::Shape;

/// The manifest the program carries.
const RECOMMENDED: &str = include_str!("../../../models/manifest.toml");
/// The revision of an entry that pins none.
const MAIN: &str = "main";

/// A list of models that can be pulled.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The models, in the order they are shown in.
    #[serde(rename = "model", default)]
    pub models: Vec<Entry>,
}

/// A model that can be pulled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// What it is called here.
    pub name: String,
    /// Its repository on the hub: `owner/name`.
    pub repository: String,
    /// The file in the repository.
    pub file: String,
    /// The commit the file is taken from, or a branch or tag; without one, `main`.
    pub revision: Option<String>,
    /// Bytes of the file.
    pub size: Option<u64>,
    /// SHA-256 of the file.
    pub sha256: Option<Digest>,
    /// Its licence.
    #[serde(default)]
    pub licence: String,
    /// Number of parameters, as its makers write it.
    #[serde(default)]
    pub parameters: String,
    /// Memory it takes, in millions of bytes, about; 0 where nobody knows.
    #[serde(default)]
    pub memory_mb: u64,
    /// The sizes of its network; without them `electromart doctor` says nothing of it before it is installed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shape: Option<Shape>,
}

/// A file on the hub, down to the byte.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pinned {
    /// Its repository: `owner/name`.
    pub repository: String,
    /// The commit.
    pub revision: String,
    /// The file in the repository.
    pub file: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256.
    pub sha256: Digest,
}

impl Manifest {
    /// The one the program carries.
    ///
    /// # Errors
    /// None with the file of this repository; a test holds it.
    pub fn recommended() -> Result<Self, ModelsError> {
        Self::read(RECOMMENDED)
    }

    /// Reads a manifest (TOML).
    ///
    /// # Errors
    /// When it is no manifest, or an entry makes no sense.
    pub fn read(text: &str) -> Result<Self, ModelsError> {
        let manifest: Self = toml::from_str(text).map_err(|error| ModelsError::Manifest(error.message().to_owned()))?;
        for (at, entry) in manifest.models.iter().enumerate() {
            entry.check().map_err(|what| ModelsError::Manifest(format!("{}: {what}", entry.name)))?;
            if manifest.models.iter().take(at).any(|other| other.name == entry.name) {
                return Err(ModelsError::Manifest(format!("{} stands in it twice", entry.name)));
            }
        }
        Ok(manifest)
    }

    /// The model of a name.
    ///
    /// # Errors
    /// When there is none; the names there are are told.
    pub fn find(&self, name: &str) -> Result<&Entry, ModelsError> {
        let known = || self.models.iter().map(|entry| entry.name.as_str()).collect::<Vec<_>>().join(", ");
        self.models.iter().find(|entry| entry.name == name).ok_or_else(|| ModelsError::Unknown { name: name.to_owned(), known: known() })
    }
}

impl Entry {
    /// The revision to ask the hub for.
    pub fn revision(&self) -> &str {
        self.revision.as_deref().unwrap_or(MAIN)
    }

    /// The pins, where the entry has all of them and its revision is a commit.
    pub fn pinned(&self) -> Option<Pinned> {
        let revision = self.revision.as_deref().filter(|revision| is_commit(revision))?;
        Some(self.at(revision, self.size?, self.sha256?))
    }

    /// The entry's file at a commit.
    pub fn at(&self, revision: &str, size: u64, sha256: Digest) -> Pinned {
        Pinned { repository: self.repository.clone(), revision: revision.to_owned(), file: self.file.clone(), size, sha256 }
    }

    fn check(&self) -> Result<(), &'static str> {
        let part = |text: &str| !text.is_empty() && !text.starts_with('.') && text.bytes().all(is_plain);
        let repository = self.repository.split_once('/').is_some_and(|(owner, name)| part(owner) && part(name));
        let revision = self.revision.as_deref().is_none_or(|text| !text.is_empty() && text.bytes().all(|b| is_plain(b) || b == b'/'));
        let file = self.file.split('/').all(part) && self.file.to_lowercase().ends_with(".gguf");
        let faults = [
            (!is_name(&self.name), "a name has letters, digits, dots, dashes and underscores, and is not `embedded`"),
            (!repository, "its repository is not `owner/name`"),
            (!file, "its file is no path of a GGUF file"),
            (!revision, "its revision makes no sense"),
            (self.size == Some(0), "its size cannot be 0"),
            (self.shape.as_ref().is_some_and(|shape| !shape.is_whole()), "no network has such a shape"),
        ];
        faults.into_iter().find(|(wrong, _)| *wrong).map_or(Ok(()), |(_, what)| Err(what))
    }
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_')
}

/// Whether a revision is a commit: what it names never changes.
pub(super) fn is_commit(revision: &str) -> bool {
    revision.len() == 40 && revision.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_recommended_model_is_pinned() {
        let manifest = Manifest::recommended().unwrap();
        assert!(manifest.models.len() > 3);
        for entry in &manifest.models {
            assert!(entry.pinned().is_some() && entry.memory_mb > 0, "{entry:?}");
            assert!(!entry.licence.is_empty() && !entry.parameters.is_empty(), "{entry:?}");
        }
    }

    #[test]
    fn a_manifest_that_makes_no_sense_is_refused() {
        let entry = |name: &str, repository: &str, file: &str, more: &str| {
            format!("[[model]]\nname = \"{name}\"\nrepository = \"{repository}\"\nfile = \"{file}\"\n{more}\n")
        };
        let fine = entry("a", "b/c", "d.gguf", "");
        assert_eq!(Manifest::read(&fine).unwrap().find("a").unwrap().revision(), "main");
        for (text, says) in [
            (entry("a", "b/c", "d.gguf", "sha256 = \"12\""), "no SHA-256"),
            (entry("a", "b/c", "d.gguf", "size = -1"), "u64"),
            (entry("a", "b/c", "d.gguf", "size = 0"), "size"),
            (entry("a", "b/c", "d.gguf", "colour = 1"), "colour"),
            (entry("a", "b/c", "d.gguf", "revision = \"../x y\""), "revision"),
            (entry("../a", "b/c", "d.gguf", ""), "a name"),
            (entry("embedded", "b/c", "d.gguf", ""), "a name"),
            (entry("a", "b", "d.gguf", ""), "owner/name"),
            (entry("a", "b/../c", "d.gguf", ""), "owner/name"),
            (entry("a", "b/c", "../d.gguf", ""), "GGUF"),
            (entry("a", "b/c", "d.bin", ""), "GGUF"),
            (format!("{fine}{fine}"), "twice"),
            ("nonsense".to_owned(), "manifest"),
        ] {
            let said = Manifest::read(&text).unwrap_err().to_string();
            assert!(said.contains(says), "{said} lacks {says}");
        }
        let said = Manifest::read(&fine).unwrap().find("b").unwrap_err().to_string();
        assert!(said.contains('b') && said.contains("a"), "{said}");
    }

    #[test]
    fn only_a_whole_set_of_pins_counts() {
        let commit = "9217f5db79a29953eb74d5343926648285ec7e67";
        let sum = "74a4da8c9fdbcd15bd1f6d01d621410d31c6fc00986f5eb687824e7b93d7a9db".parse().unwrap();
        let entry = |revision: Option<&str>, size, sha256| Entry {
            name: "a".into(),
            repository: "b/c".into(),
            file: "d.gguf".into(),
            revision: revision.map(str::to_owned),
            size,
            sha256,
            licence: String::new(),
            parameters: String::new(),
            memory_mb: 0,
            shape: None,
        };
        for (revision, size, sha256, pinned) in [
            (Some(commit), Some(1), Some(sum), true),
            (Some("main"), Some(1), Some(sum), false),
            (None, Some(1), Some(sum), false),
            (Some(commit), None, Some(sum), false),
            (Some(commit), Some(1), None, false),
        ] {
            assert_eq!(entry(revision, size, sha256).pinned().is_some(), pinned, "{revision:?} {size:?} {sha256:?}");
        }
    }
}
