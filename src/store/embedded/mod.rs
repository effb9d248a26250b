//! The embedded backend: one redb file, one writer thread, reads on the caller's thread.
//!
//! The only module that knows redb.

mod attempts;
mod expire;
mod forget;
mod read;
mod records;
mod rewrite;
mod sessions;
mod tables;
mod turns;
mod writer;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::{Sender, channel};

use parking_lot::{Mutex, RwLock};
use redb::{Database, DatabaseError, ReadableDatabase as _};

use super::error::StoreError;
use tables::{FORMAT, FORMAT_KEY, META};
use writer::Job;

/// Name of the data file in the data folder.
pub const FILE: &str = "electromart.redb";
/// Holds the number of the process that has the data file.
const PID_FILE: &str = "electromart.pid";

/// How the file is opened.
#[derive(Debug, Clone, Copy)]
pub struct EmbeddedOptions {
    /// Save the allocator with every commit, so that opening after a crash need not walk the file.
    pub quick_repair: bool,
    /// Memory for pages, in bytes.
    pub cache_bytes: usize,
}

impl Default for EmbeddedOptions {
    /// Quick repair on: `benches/store.rs` measures what it costs. 64 MiB hold the pages of some 10,000
    /// live sessions and the catalogue of a shop of 20,000 products.
    fn default() -> Self {
        Self { quick_repair: true, cache_bytes: 64 << 20 }
    }
}

/// The file on disk.
struct DataFile {
    path: PathBuf,
    cache_bytes: usize,
}

/// What the writer and the readers share.
struct Shared {
    /// Taken for writing only to change the file or close.
    db: RwLock<Option<Database>>,
    /// Where it is, unless on storage of its own kind.
    file: Option<DataFile>,
    quick_repair: bool,
    writable: AtomicBool,
}

/// The embedded backend.
pub struct Embedded {
    shared: Arc<Shared>,
    jobs: Mutex<Option<Sender<Job>>>,
    pid_file: Option<PathBuf>,
}

impl Embedded {
    /// Opens the data file in `folder`, making both where they are missing.
    ///
    /// # Errors
    /// When another process has it, when it is damaged, or written by a later version.
    pub fn open(folder: &Path, options: EmbeddedOptions) -> Result<Self, StoreError> {
        fs::create_dir_all(folder).map_err(|error| StoreError::Io(format!("the folder {} cannot be made: {error}", folder.display())))?;
        let path = folder.join(FILE);
        let pid_path = folder.join(PID_FILE);
        // A damaged file may make the database panic; that is its way of saying so.
        let opened = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| open_file(&path, options.cache_bytes)));
        let db = match opened {
            Ok(Ok(db)) => db,
            Ok(Err(DatabaseError::DatabaseAlreadyOpen)) => {
                return Err(StoreError::InUse { path, pid: read_pid(&pid_path) });
            }
            Ok(Err(error)) => return Err(open_error(path, &error)),
            Err(_) => return Err(damaged(path, "its pages do not fit together")),
        };
        check_format(&db, &path)?;
        rewrite::clean(&path);
        if let Ok(mut file) = fs::File::create(&pid_path) {
            // Only a help for the message above: not being able to write it is no failure.
            let _ = write!(file, "{}", std::process::id());
        }
        let file = DataFile { path, cache_bytes: options.cache_bytes };
        Ok(Self::start(db, options.quick_repair, Some(file), Some(pid_path)))
    }

    /// Opens a store on any storage, such as memory or a disk that fails on purpose.
    ///
    /// # Errors
    /// When the storage holds no store that can be opened.
    pub fn open_on(storage: impl redb::StorageBackend, options: EmbeddedOptions) -> Result<Self, StoreError> {
        let mut builder = Database::builder();
        builder.set_cache_size(options.cache_bytes);
        let db = builder.create_with_backend(storage).map_err(StoreError::io)?;
        check_format(&db, Path::new("(storage)"))?;
        Ok(Self::start(db, options.quick_repair, None, None))
    }

    fn start(db: Database, quick_repair: bool, file: Option<DataFile>, pid_file: Option<PathBuf>) -> Self {
        let shared = Arc::new(Shared { db: RwLock::new(Some(db)), file, quick_repair, writable: AtomicBool::new(true) });
        let (jobs, queue) = channel();
        let writer = Arc::clone(&shared);
        let spawned = std::thread::Builder::new().name("store-writer".into()).spawn(move || writer::run(&writer, &queue));
        // Without its thread every write is refused as closed, which is what the caller then reports.
        let jobs = spawned.is_ok().then_some(jobs);
        Self { shared, jobs: Mutex::new(jobs), pid_file }
    }

    fn send(&self, job: Job) -> Result<(), StoreError> {
        let jobs = self.jobs.lock();
        jobs.as_ref().ok_or(StoreError::Closed)?.send(job).map_err(|_| StoreError::Closed)
    }
}

impl Drop for Embedded {
    fn drop(&mut self) {
        if let Some(path) = &self.pid_file {
            let _ = fs::remove_file(path);
        }
    }
}

/// Opens the file of a path, and makes sure that it still is: the process that held it may have put
/// another in its place between the opening and the lock.
fn open_file(path: &Path, cache_bytes: usize) -> Result<Database, DatabaseError> {
    let mut builder = Database::builder();
    builder.set_cache_size(cache_bytes);
    loop {
        let file = fs::OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
        let held = file.metadata()?;
        let db = builder.create_with_backend(redb::backends::FileBackend::new(file)?)?;
        if same_file(&held, path) {
            return Ok(db);
        }
    }
}

#[cfg(unix)]
fn same_file(held: &fs::Metadata, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    fs::metadata(path).is_ok_and(|found| (found.dev(), found.ino()) == (held.dev(), held.ino()))
}

#[cfg(not(unix))]
fn same_file(_: &fs::Metadata, _: &Path) -> bool {
    true
}

fn read_pid(path: &Path) -> Option<u32> {
    fs::read_to_string(path).ok()?.trim().parse().ok()
}

fn open_error(path: PathBuf, error: &DatabaseError) -> StoreError {
    match error {
        DatabaseError::Storage(redb::StorageError::Io(io)) if io.kind() != std::io::ErrorKind::InvalidData => {
            StoreError::Io(format!("{} cannot be opened: {io}", path.display()))
        }
        DatabaseError::UpgradeRequired(_) => damaged(path, "its database format is too old"),
        other => damaged(path, &other.to_string()),
    }
}

fn damaged(path: PathBuf, reason: &str) -> StoreError {
    StoreError::DamagedFile { path, reason: reason.to_owned() }
}

/// Marks a new file as ours; refuses one from a later version or of another program.
fn check_format(db: &Database, path: &Path) -> Result<(), StoreError> {
    let read = db.begin_read().map_err(StoreError::io)?;
    let found = match read.open_table(META) {
        Ok(meta) => meta.get(FORMAT_KEY).map_err(StoreError::io)?.map(|format| format.value()),
        Err(redb::TableError::TableDoesNotExist(_)) => None,
        Err(error) => return Err(damaged(path.to_owned(), &error.to_string())),
    };
    match found {
        Some(FORMAT) => Ok(()),
        Some(found) => Err(StoreError::NewerFile {
            path: path.to_owned(),
            found: u32::try_from(found).unwrap_or(u32::MAX),
            known: u32::try_from(FORMAT).unwrap_or(u32::MAX),
        }),
        None if read.list_tables().map_err(StoreError::io)?.next().is_some() => {
            Err(damaged(path.to_owned(), "it holds the data of another program"))
        }
        None => {
            let write = db.begin_write().map_err(StoreError::io)?;
            {
                tables::Tables::open(&write)?;
                let mut meta = write.open_table(META).map_err(StoreError::io)?;
                meta.insert(FORMAT_KEY, FORMAT).map_err(StoreError::io)?;
            }
            write.commit().map_err(StoreError::io)
        }
    }
}
