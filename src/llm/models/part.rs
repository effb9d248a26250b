//! A download as far as it has come: `NAME.gguf.part`, and beside it `NAME.gguf.part.json`, which says of what.
//!
//! The second is written before the first byte of the first, so that a command that goes on later, after a cut, an end or a
//! power cut, knows which file the bytes are of. That they are right shows at the end: the whole file's digest.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{BufReader, Seek as _, SeekFrom, Write as _, sink};
use std::path::{Path, PathBuf};

use super::digest::Digest;
use super::error::{ModelsError, disk};
use super::manifest::Pinned;

/// A file that is being downloaded. While it is open no other command can have it.
pub(super) struct Part {
    file: File,
    path: PathBuf,
    target: PathBuf,
    have: u64,
}

/// The files of a part beside the file it is to become.
pub(super) fn files(target: &Path) -> [PathBuf; 2] {
    ["gguf.part", "gguf.part.json"].map(|ending| target.with_extension("").with_added_extension(ending))
}

impl Part {
    /// Opens the part of a file, with what there is of it already. What there is of another file is thrown away.
    pub(super) fn open(target: &Path, name: &str, of: &Pinned) -> Result<Self, ModelsError> {
        let [path, about] = files(target);
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path).map_err(disk(&path, "opened"))?;
        lock(&file, &path, name)?;
        let mut part = Self { file, path, target: target.to_owned(), have: 0 };
        let before = std::fs::read(&about).ok().and_then(|text| serde_json::from_slice::<Pinned>(&text).ok());
        // The same bytes may be at another commit.
        if before.is_some_and(|before| (before.size, before.sha256) == (of.size, of.sha256)) {
            part.have = part.file.seek(SeekFrom::End(0)).map_err(disk(&part.path, "read"))?;
        }
        if part.have == 0 || part.have > of.size {
            part.clear()?;
        }
        let text = serde_json::to_vec_pretty(of).map_err(|error| disk(&about, "written")(error.into()))?;
        std::fs::write(&about, text).map_err(disk(&about, "written"))?;
        Ok(part)
    }

    /// Bytes there are.
    pub(super) fn have(&self) -> u64 {
        self.have
    }

    /// Where it lies.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Adds the next bytes.
    pub(super) fn append(&mut self, bytes: &[u8]) -> Result<(), ModelsError> {
        self.file.write_all(bytes).map_err(disk(&self.path, "written"))?;
        self.have += bytes.len() as u64;
        Ok(())
    }

    /// Throws away what there is.
    pub(super) fn clear(&mut self) -> Result<(), ModelsError> {
        self.have = 0;
        self.file.set_len(0).and_then(|()| self.file.rewind()).map_err(disk(&self.path, "written"))
    }

    /// The digest of what there is.
    pub(super) fn digest(&mut self, passed: &dyn Fn(u64)) -> Result<Digest, ModelsError> {
        let read = self.file.rewind().and_then(|()| Digest::of(&mut BufReader::new(&self.file), &mut sink(), passed));
        let end = self.file.seek(SeekFrom::End(0));
        read.and_then(|(_, digest)| end.map(|_| digest)).map_err(disk(&self.path, "read"))
    }

    /// Removes what is left of it.
    pub(super) fn discard(self) -> Result<(), ModelsError> {
        remove_files(&self.target).map(drop)
    }

    /// Brings it onto the disk.
    pub(super) fn sync(&self) -> Result<(), ModelsError> {
        self.file.sync_all().map_err(disk(&self.path, "written"))
    }
}

/// Removes the part of a file, if there is one and no other command works on it; says whether there was.
pub(super) fn remove(target: &Path, name: &str) -> Result<bool, ModelsError> {
    let [path, _] = files(target);
    if let Ok(file) = File::open(&path) {
        lock(&file, &path, name)?;
    }
    remove_files(target)
}

fn remove_files(target: &Path) -> Result<bool, ModelsError> {
    let mut removed = false;
    for path in files(target) {
        match std::fs::remove_file(&path) {
            Ok(()) => removed = true,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(disk(&path, "removed")(error)),
        }
    }
    Ok(removed)
}

/// Keeps other commands away from a file until it is closed.
fn lock(file: &File, path: &Path, name: &str) -> Result<(), ModelsError> {
    file.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => ModelsError::Busy(name.to_owned()),
        TryLockError::Error(error) => disk(path, "locked")(error),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_goes_on_only_with_the_same_file() {
        let of = |size: u64, sha256: &str, revision: &str| Pinned {
            repository: "a/b".into(),
            revision: revision.into(),
            file: "c.gguf".into(),
            size,
            sha256: sha256.repeat(64).parse().unwrap(),
        };
        for (then, kept) in [(of(5, "1", "x"), 3), (of(5, "1", "y"), 3), (of(3, "1", "x"), 0), (of(5, "2", "x"), 0)] {
            let folder = tempfile::tempdir().unwrap();
            let target = folder.path().join("m.1.gguf");
            let mut part = Part::open(&target, "m.1", &of(5, "1", "x")).unwrap();
            part.append(b"abc").unwrap();
            assert!(matches!(Part::open(&target, "m.1", &then), Err(ModelsError::Busy(_))), "one command at a time");
            drop(part);
            let mut part = Part::open(&target, "m.1", &then).unwrap();
            assert_eq!(part.have(), kept, "{then:?}");
            part.append(b"de").unwrap();
            let all = std::fs::read(folder.path().join("m.1.gguf.part")).unwrap();
            assert_eq!(all, if kept == 3 { &b"abcde"[..] } else { b"de" });
            assert_eq!(part.digest(&|_| {}).unwrap(), Digest::of(&mut all.as_slice(), &mut sink(), &|_| {}).unwrap().1);
            part.append(b"f").unwrap();
            assert!(std::fs::read(part.path()).unwrap().ends_with(b"def"), "it goes on at the end");
            assert!(matches!(remove(&target, "m.1"), Err(ModelsError::Busy(_))));
            drop(part);
            assert!(remove(&target, "m.1").unwrap() && !remove(&target, "m.1").unwrap());
            assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        }
    }

    #[test]
    fn bytes_without_a_word_of_what_they_are_count_for_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("m.gguf");
        std::fs::write(folder.path().join("m.gguf.part"), "abc").unwrap();
        let of =
            Pinned { repository: "a/b".into(), revision: "x".into(), file: "c".into(), size: 5, sha256: "1".repeat(64).parse().unwrap() };
        assert_eq!(Part::open(&target, "m", &of).unwrap().have(), 0);
    }
}
