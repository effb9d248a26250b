//! A model from a stick, or from anywhere the shop's owner has it.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::digest::Digest;
use super::error::{ModelsError, disk};
use super::record::{Installed, make_folder};
use super::{Models, is_name};
use crate::llm::local::LocalModel;

/// A copy that is not a model yet; it goes away with the command that made it.
struct Copy(PathBuf);

impl Drop for Copy {
    fn drop(&mut self) {
        // After the installation there is nothing left of that name.
        let _ = std::fs::remove_file(&self.0);
    }
}

impl Models {
    /// The name a file gets without another.
    pub fn name_of(path: &Path) -> String {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let ending = name.len().saturating_sub(".gguf".len());
        let plain = name.get(ending..).is_some_and(|end| end.eq_ignore_ascii_case(".gguf"));
        if plain { name.get(..ending).unwrap_or_default().to_owned() } else { name.into_owned() }
    }

    /// Installs a copy of what `from` holds. It is the copy that is checked, so that what a stick says the second time it is read
    /// does not matter.
    ///
    /// # Errors
    /// When it is no model that runs here, the name is none or taken, or the disk fails.
    pub fn add(&self, from: &mut impl Read, name: &str, passed: &dyn Fn(u64)) -> Result<Installed, ModelsError> {
        if !is_name(name) {
            return Err(ModelsError::Name(name.to_owned()));
        }
        make_folder(&self.folder)?;
        let copy = Copy(self.folder.join(format!("{name}.gguf.{}.new", std::process::id())));
        let mut file = File::create(&copy.0).map_err(disk(&copy.0, "written"))?;
        let copied = Digest::of(from, &mut file, passed).and_then(|done| file.sync_all().map(|()| done));
        let (size, sha256) = copied.map_err(disk(&copy.0, "written"))?;
        LocalModel::check(&copy.0)?;
        let model = Installed { name: name.to_owned(), size, sha256, from: None };
        self.install(&copy.0, &model)?;
        Ok(model)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static DECODER: &[u8] = include_bytes!("../../../models/nano/decoder.gguf");

    #[test]
    fn a_file_is_installed_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let models = Models::of(folder.path());
        let there = || {
            let mut names: Vec<String> =
                std::fs::read_dir(models.folder()).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
            names.retain(|name| name.contains(".gguf"));
            names
        };
        let mut other = DECODER.to_vec();
        *other.last_mut().unwrap() ^= 1;
        for (bytes, name, says) in [
            (&DECODER[..DECODER.len() - 1], "a", Some("ends early")),
            (b"something else", "a", Some("not a GGUF")),
            (DECODER, "../a", Some("cannot be a model's name")),
            (DECODER, "a", None),
            (DECODER, "a", None),
            (other.as_slice(), "a", Some("another file is installed")),
        ] {
            let said = models.add(&mut &*bytes, name, &|_| {}).err().map(|error| error.to_string());
            assert_eq!(said.is_some(), says.is_some(), "{said:?}");
            assert!(said.is_none_or(|said| says.is_some_and(|says| said.contains(says))));
        }
        assert_eq!(there(), ["a.gguf"]);
        let model = models.record().unwrap().find("a").unwrap().clone();
        models.verify(&model, &|_| {}).unwrap();
        for (damaged, says) in [(other.as_slice(), "SHA-256"), (&DECODER[1..], "bytes")] {
            std::fs::write(models.file("a"), damaged).unwrap();
            assert!(models.verify(&model, &|_| {}).unwrap_err().to_string().contains(says));
        }
        assert!(models.remove("a", Some("a")).is_err());
        models.remove("a", None).unwrap();
        assert!(models.remove("a", None).is_err() && models.remove("../a", None).is_err());
        assert_eq!(there(), Vec::<String>::new());
    }

    #[test]
    fn a_file_is_called_as_it_was() {
        for (path, name) in [("/stick/Qwen3-0.6B-Q8_0.gguf", "Qwen3-0.6B-Q8_0"), ("x.GGUF", "x"), ("blob", "blob"), ("-", "-")] {
            assert_eq!(Models::name_of(Path::new(path)), name);
        }
    }
}
