//! Which model a shop runs in its process.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::error::ModelsError;
use super::record::Record;
use super::{Models, is_name};
use crate::config::Local;
use crate::llm::local::{LocalError, LocalModel};

/// What the decoder in the program is called where one chooses.
pub const EMBEDDED: &str = "embedded";

/// A model to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// The decoder the program carries.
    Embedded,
    /// An installed one, by its name.
    Installed(String),
    /// A file somewhere else.
    File(PathBuf),
}

impl Choice {
    /// What it is called.
    pub fn name(&self) -> String {
        match self {
            Self::Embedded => EMBEDDED.to_owned(),
            Self::Installed(name) => name.clone(),
            Self::File(path) => path.display().to_string(),
        }
    }
}

impl Models {
    /// The model of a shop: what the configuration names, else what was chosen with `electromart models use`, else the embedded
    /// one.
    ///
    /// # Errors
    /// When the configuration names one that is not installed, or the record cannot be read.
    pub fn choice(&self, config: &Local) -> Result<Choice, ModelsError> {
        match &config.model {
            Some(named) => self.named(named),
            None => Ok(self.record()?.in_use.map_or(Choice::Embedded, Choice::Installed)),
        }
    }

    /// What `local.model` means: a path if it looks like one, else a name.
    fn named(&self, named: &Path) -> Result<Choice, ModelsError> {
        match named.to_str() {
            Some(EMBEDDED) => Ok(Choice::Embedded),
            Some(name) if is_name(name) => self.record()?.find(name).map(|model| Choice::Installed(model.name.clone())),
            _ => Ok(Choice::File(named.to_owned())),
        }
    }

    /// Whether there is a model of that name, the embedded one included.
    pub fn knows(&self, name: &str) -> bool {
        name == EMBEDDED || self.record().is_ok_and(|record| record.find(name).is_ok())
    }

    /// The model of a name.
    ///
    /// # Errors
    /// When none is installed.
    pub fn installed(&self, name: &str) -> Result<Choice, ModelsError> {
        if name == EMBEDDED { Ok(Choice::Embedded) } else { self.record()?.find(name).map(|model| Choice::Installed(model.name.clone())) }
    }

    /// Makes a model the shop's from now on.
    ///
    /// # Errors
    /// When it is not installed (any more), or the record cannot be written.
    pub fn choose(&self, choice: &Choice) -> Result<(), ModelsError> {
        Record::change(&self.folder, |record| {
            record.in_use = match choice {
                Choice::Embedded => None,
                Choice::Installed(name) => Some(record.find(name)?.name.clone()),
                Choice::File(path) => return Err(ModelsError::NotInstalled(path.display().to_string())),
            };
            Ok(())
        })
    }

    /// Opens a model; it is loaded in the background.
    ///
    /// # Errors
    /// When it cannot be run here.
    pub fn open(&self, choice: &Choice, config: &Local) -> Result<Arc<LocalModel>, LocalError> {
        match choice {
            Choice::Embedded => LocalModel::embedded(),
            Choice::Installed(name) => LocalModel::open(&self.file(name), config),
            Choice::File(path) => LocalModel::open(path, config),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::record::Installed;
    use super::*;

    #[test]
    fn the_configuration_goes_before_what_was_chosen() {
        let folder = tempfile::tempdir().unwrap();
        let models = Models::of(folder.path());
        let sha256 = "1".repeat(64).parse().unwrap();
        Record::change(models.folder(), |record| {
            for name in ["small", "v1.5"] {
                record.put(Installed { name: name.to_owned(), size: 1, sha256, from: None });
            }
            Ok(())
        })
        .unwrap();
        let installed = |name: &str| Some(Choice::Installed(name.to_owned()));
        let file = |path: &str| Some(Choice::File(PathBuf::from(path)));
        for (named, chosen, expected) in [
            (None, "embedded", Some(Choice::Embedded)),
            (None, "small", installed("small")),
            (Some("embedded"), "small", Some(Choice::Embedded)),
            (Some("v1.5"), "small", installed("v1.5")),
            (Some("small.gguf"), "small", file("small.gguf")),
            (Some("Small.GGUF"), "small", file("Small.GGUF")),
            (Some("./small"), "small", file("./small")),
            (Some("/models/blob"), "small", file("/models/blob")),
            (Some("large"), "small", None),
        ] {
            models.choose(&models.installed(chosen).unwrap()).unwrap();
            let config = Local { model: named.map(PathBuf::from), ..Local::default() };
            assert_eq!(models.choice(&config).ok(), expected, "{named:?} {chosen}");
        }
        assert!(models.choose(&Choice::Installed("large".to_owned())).is_err());
        assert!(models.knows("small") && models.knows("embedded") && !models.knows("large"));
    }
}
