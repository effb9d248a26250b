//! Pulling a model: from the hub into the folder, checked before anything can use it.

use std::time::Duration;

use super::Models;
use super::digest::Digest;
use super::error::{ModelsError, disk};
use super::hub::{Hub, HubError};
use super::manifest::{Entry, Pinned};
use super::part::Part;
use super::record::{Installed, Origin, make_folder};
use crate::llm::local::LocalModel;

/// Attempts in a row that may bring not a single byte that was not there before.
const ATTEMPTS: u32 = 6;
/// Before the second attempt in a row; doubled before each further one.
const PAUSE: Duration = Duration::from_millis(300);
/// Bytes in a megabyte, as shops that sell disks count them.
const MB: u64 = 1_000_000;

/// How a pull goes on, for whoever watches.
#[derive(Debug, Clone)]
pub enum Step<'a> {
    /// It is known which file it will be; so many bytes of it are there from before.
    Found(&'a Pinned, u64),
    /// So many bytes are there, of so many.
    Loaded(u64, u64),
    /// It was cut, and is tried again.
    Again(&'a HubError),
    /// So many bytes were checked, of so many.
    Checked(u64, u64),
}

/// What a pull did.
#[derive(Debug, Clone, PartialEq)]
pub struct Pulled {
    /// The model as it is installed.
    pub model: Installed,
    /// Bytes that were there when it began; all of them when it was installed before.
    pub had: u64,
}

/// Whoever watches a pull.
pub type Watcher<'a> = &'a (dyn Fn(Step<'_>) + Send + Sync);

impl Models {
    /// Pulls a model of the manifest. What an earlier attempt brought is gone on with.
    ///
    /// # Errors
    /// When it cannot be had whole, or is not the file it should be. What came so far stays, unless it is wrong.
    pub async fn pull(&self, entry: &Entry, hub: &Hub, watch: Watcher<'_>) -> Result<Pulled, ModelsError> {
        if let Some(had) = self.has(entry)? {
            return Ok(Pulled { had: had.size, model: had });
        }
        let pinned = match entry.pinned() {
            Some(pinned) => pinned,
            None => agree(entry, retried(watch, || hub.pin(entry)).await?)?,
        };
        make_folder(&self.folder)?;
        let mut part = Part::open(&self.file(&entry.name), &entry.name, &pinned)?;
        let had = part.have();
        watch(Step::Found(&pinned, had));
        self.has_room(pinned.size.saturating_sub(had))?;
        let pieces = load(&mut part, hub, &pinned, watch).await?;
        let mut found = check(&mut part, &pinned, watch)?;
        // What was put together from pieces is given a second chance.
        if found != pinned.sha256 && (had > 0 || pieces > 1) {
            part.clear()?;
            load(&mut part, hub, &pinned, watch).await?;
            found = check(&mut part, &pinned, watch)?;
        }
        if found != pinned.sha256 {
            part.discard()?;
            return Err(ModelsError::Sum { name: entry.name.clone(), wanted: pinned.sha256, found });
        }
        if let Err(error) = LocalModel::check(part.path()) {
            part.discard()?;
            return Err(error.into());
        }
        part.sync()?;
        let model = Installed {
            name: entry.name.clone(),
            size: pinned.size,
            sha256: pinned.sha256,
            from: Some(Origin {
                repository: pinned.repository,
                revision: pinned.revision,
                file: pinned.file,
                licence: entry.licence.clone(),
            }),
        };
        self.install(part.path(), &model)?;
        part.discard()?;
        Ok(Pulled { model, had })
    }

    /// The model an entry means, if it is installed.
    fn has(&self, entry: &Entry) -> Result<Option<Installed>, ModelsError> {
        let Some(model) = self.record()?.models.into_iter().find(|model| model.name == entry.name) else { return Ok(None) };
        if entry.sha256.is_some_and(|sha256| sha256 != model.sha256) {
            return Err(ModelsError::Taken(model.name));
        }
        let whole = std::fs::metadata(self.file(&model.name)).is_ok_and(|file| file.len() == model.size);
        Ok(whole.then_some(model))
    }

    /// Whether so many bytes more fit onto the disk.
    fn has_room(&self, bytes: u64) -> Result<(), ModelsError> {
        let room = rustix::fs::statvfs(&self.folder).map_err(|error| disk(&self.folder, "looked at")(error.into()))?;
        let free = room.f_bavail.saturating_mul(room.f_frsize);
        if bytes <= free { Ok(()) } else { Err(ModelsError::Space { needed_mb: bytes.div_ceil(MB), free_mb: free / MB }) }
    }
}

/// The hub's pins, if they are those the entry has.
fn agree(entry: &Entry, pinned: Pinned) -> Result<Pinned, ModelsError> {
    let same = entry.size.is_none_or(|size| size == pinned.size) && entry.sha256.is_none_or(|sum| sum == pinned.sha256);
    if same { Ok(pinned) } else { Err(ModelsError::Pins(entry.name.clone())) }
}

/// Does something until it succeeds, or fails for good.
async fn retried<T, F: Future<Output = Result<T, HubError>>>(watch: Watcher<'_>, work: impl Fn() -> F) -> Result<T, HubError> {
    let mut failed = 0;
    loop {
        match work().await {
            Err(error) if error.passes() && failed + 1 < ATTEMPTS => {
                watch(Step::Again(&error));
                tokio::time::sleep(PAUSE * 2u32.pow(failed)).await;
                failed += 1;
            }
            done => return done,
        }
    }
}

/// Downloads what is missing, going on after each cut; returns in how many pieces it came.
async fn load(part: &mut Part, hub: &Hub, pinned: &Pinned, watch: Watcher<'_>) -> Result<u32, ModelsError> {
    let (mut failed, mut most, mut pieces) = (0, part.have(), 0);
    while part.have() < pinned.size {
        pieces += 1;
        let error = match attempt(part, hub, pinned, watch).await {
            Ok(()) => continue,
            Err(ModelsError::Hub(error)) if error.passes() => error,
            Err(error) => return Err(error),
        };
        // A server that has nothing from there on has another file, or none of its ranges.
        if error.out_of_range() {
            part.clear()?;
        }
        failed = if part.have() > most { 0 } else { failed + 1 };
        most = most.max(part.have());
        if failed == ATTEMPTS {
            return Err(error.into());
        }
        watch(Step::Again(&error));
        tokio::time::sleep(PAUSE * 2u32.pow(failed.saturating_sub(1))).await;
    }
    Ok(pieces)
}

/// Downloads until the file is whole or the connection ends.
async fn attempt(part: &mut Part, hub: &Hub, pinned: &Pinned, watch: Watcher<'_>) -> Result<(), ModelsError> {
    let mut body = hub.open(pinned, part.have()).await?;
    if body.begins != part.have() {
        part.clear()?;
    }
    while let Some(piece) = body.next().await {
        let piece = piece?;
        let found = part.have() + piece.len() as u64;
        if found > pinned.size {
            part.clear()?;
            return Err(ModelsError::Size { name: pinned.file.clone(), wanted: pinned.size, found });
        }
        part.append(&piece)?;
        watch(Step::Loaded(part.have(), pinned.size));
    }
    if part.have() == pinned.size { Ok(()) } else { Err(HubError::Unreachable(hub.host()).into()) }
}

fn check(part: &mut Part, pinned: &Pinned, watch: Watcher<'_>) -> Result<Digest, ModelsError> {
    part.digest(&|passed| watch(Step::Checked(passed, pinned.size)))
}
