//! Compacting by copying: what is stored goes into a new file, which then takes the old one's place.
//!
//! A database that is compacted in place keeps the bytes of removed rows in pages that are free, or were
//! when the file was cut. A copy holds what is stored and nothing else. It costs a second file for as long
//! as it takes, one to three seconds for every 100 MB; meanwhile reads go on and writes wait.
//!
//! A power cut at any moment leaves the old file or the new one, both whole and saying the same: the new
//! one is on disk before it gets its name, and nothing is written to it before the name is on disk.

use std::fs;
use std::path::Path;

use redb::{Database, Key, ReadTransaction, ReadableDatabase as _, ReadableTable as _, TableDefinition, TableHandle as _, Value};
use redb::{TableError, WriteTransaction};

use super::tables::{
    ANALYTICS, ATTEMPTS, AUDIT, BLOBS, CITED, CLIENT_IDS, INBOX, INDEX, LABELS, MESSAGES, META, RECORDS, REMOVED_KEY, SESSION_IDS,
    SESSIONS, STATES, TOKENS, TURNS, VERSIONS,
};
use super::{DataFile, Shared};
use crate::store::backend::Compacted;
use crate::store::error::StoreError;

/// What is appended to the file's name while it is written.
const UNFINISHED: &str = "redb.new";

/// Removes what a power cut may have left of a copy. The caller holds the data file.
pub fn clean(path: &Path) {
    let _ = fs::remove_file(path.with_extension(UNFINISHED));
}

/// Compacts. With `only_if_removed`, only when something was removed since the last time; `None` says that
/// nothing was.
pub fn compact(shared: &Shared, only_if_removed: bool) -> Result<Option<Compacted>, StoreError> {
    if only_if_removed && !anything_removed(shared)? {
        return Ok(None);
    }
    match &shared.file {
        Some(file) => replace(shared, file).map(Some),
        None => {
            let mut guard = shared.db.write();
            let db = guard.as_mut().ok_or(StoreError::Closed)?;
            db.compact().map_err(StoreError::io)?;
            Ok(Some(Compacted::default()))
        }
    }
}

fn anything_removed(shared: &Shared) -> Result<bool, StoreError> {
    let guard = shared.db.read();
    let read = guard.as_ref().ok_or(StoreError::Closed)?.begin_read().map_err(StoreError::io)?;
    let meta = read.open_table(META).map_err(StoreError::io)?;
    Ok(meta.get(REMOVED_KEY).map_err(StoreError::io)?.is_some_and(|removed| removed.value() > 0))
}

fn replace(shared: &Shared, file: &DataFile) -> Result<Compacted, StoreError> {
    let size = |path: &Path| fs::metadata(path).map_or(0, |meta| meta.len());
    let unfinished = file.path.with_extension(UNFINISHED);
    let before = size(&file.path);
    let copied = copy(shared, file, &unfinished).inspect_err(|_| drop(fs::remove_file(&unfinished)))?;
    let old = {
        // From here to the end of the block readers wait, too: for two calls to the file system.
        let mut current = shared.db.write();
        if current.is_none() {
            return Err(StoreError::Closed);
        }
        fs::rename(&unfinished, &file.path).map_err(StoreError::io)?;
        current.replace(copied)
    };
    // Nothing has been written to the new file yet: should its name be lost now, the old file says the same.
    sync_folder(&file.path)?;
    drop(old);
    Ok(Compacted { before, after: size(&file.path) })
}

fn sync_folder(path: &Path) -> Result<(), StoreError> {
    let Some(folder) = path.parent() else { return Ok(()) };
    let folder = fs::File::open(folder).map_err(StoreError::io)?;
    folder.sync_all().map_err(StoreError::io)
}

/// Everything that is stored, in a new file, on disk.
fn copy(shared: &Shared, file: &DataFile, to: &Path) -> Result<Database, StoreError> {
    let _ = fs::remove_file(to);
    let mut builder = Database::builder();
    builder.set_cache_size(file.cache_bytes);
    let mut new = builder.create(to).map_err(StoreError::io)?;
    {
        let guard = shared.db.read();
        let read = guard.as_ref().ok_or(StoreError::Closed)?.begin_read().map_err(StoreError::io)?;
        let write = new.begin_write().map_err(StoreError::io)?;
        copy_all(&read, &write)?;
        write.open_table(META).map_err(StoreError::io)?.insert(REMOVED_KEY, 0).map_err(StoreError::io)?;
        write.commit().map_err(StoreError::io)?;
    }
    // Cuts the end off: a file grows by doubling. Nothing is written after it, or it would double at once;
    // only a power cut before the next message then makes the next opening walk the file.
    new.compact().map_err(StoreError::io)?;
    Ok(new)
}

/// Copies every table. One that is not known here is an error: it would be lost.
fn copy_all(read: &ReadTransaction, write: &WriteTransaction) -> Result<(), StoreError> {
    let mut copied: Vec<&str> = Vec::new();
    macro_rules! copy {
        ($($table:ident)+) => { $(
            table(read, write, $table)?;
            copied.push($table.name());
        )+ };
    }
    copy!(META SESSIONS SESSION_IDS MESSAGES STATES INBOX CLIENT_IDS TURNS ANALYTICS AUDIT LABELS RECORDS VERSIONS CITED);
    copy!(INDEX ATTEMPTS TOKENS BLOBS);
    for found in read.list_tables().map_err(StoreError::io)? {
        if !copied.contains(&found.name()) {
            return Err(StoreError::Io(format!("the table {} is not known to this program", found.name())));
        }
    }
    Ok(())
}

fn table<K: Key + 'static, V: Value + 'static>(
    read: &ReadTransaction,
    write: &WriteTransaction,
    definition: TableDefinition<'_, K, V>,
) -> Result<(), StoreError> {
    let from = match read.open_table(definition) {
        Ok(from) => from,
        Err(TableError::TableDoesNotExist(_)) => return Ok(()),
        Err(error) => return Err(StoreError::io(error)),
    };
    let mut to = write.open_table(definition).map_err(StoreError::io)?;
    for entry in from.iter().map_err(StoreError::io)? {
        let (key, value) = entry.map_err(StoreError::io)?;
        to.insert(key.value(), value.value()).map_err(StoreError::io)?;
    }
    Ok(())
}
