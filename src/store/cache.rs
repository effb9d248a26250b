//! Decoded rows that are read again and again: records of the shop, states of live sessions.
//!
//! One process owns the data, so a cache is right as long as every write goes through it. A reader that
//! was overtaken by a write must not put the old value back: it remembers the generation it started
//! from, and a changed generation voids what it read.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use quick_cache::sync::Cache;

use crate::domain::ids::SessionKey;
use crate::domain::record::{Record, RecordKind, Version};
use crate::domain::state::ConversationState;

/// Records kept: the demo shop many times over, the popular part of a large catalogue.
const RECORDS: usize = 4_096;
/// States kept: more sessions than talk within the same minute.
const STATES: usize = 8_192;

/// All caches of a store.
#[derive(Default)]
pub struct Caches {
    /// Records of the shop.
    pub records: RecordCache,
    /// Conversation states.
    pub states: StateCache,
}

impl Caches {
    /// Empties everything.
    pub fn clear(&self) {
        self.records.clear();
        self.states.clear();
    }
}

/// Records by kind and identifier.
pub struct RecordCache {
    entries: Cache<(RecordKind, u64), (Box<str>, Version, Record)>,
    hasher: RandomState,
    generation: AtomicU64,
}

impl Default for RecordCache {
    fn default() -> Self {
        Self { entries: Cache::new(RECORDS), hasher: RandomState::new(), generation: AtomicU64::new(0) }
    }
}

impl RecordCache {
    /// To be taken before a read whose result will be inserted.
    pub fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    /// A record.
    pub fn get(&self, kind: RecordKind, id: &str) -> Option<(Version, Record)> {
        let (own, version, record) = self.entries.get(&self.key(kind, id))?;
        // Two identifiers may share a hash; only the right one counts.
        (*own == *id).then_some((version, record))
    }

    /// Adds a record read at `generation`, unless something was written since.
    pub fn insert(&self, generation: u64, version: Version, record: Record) {
        if self.generation() == generation {
            let key = self.key(record.kind(), record.id());
            self.entries.insert(key, (record.id().into(), version, record));
        }
    }

    /// Drops what was written.
    pub fn forget(&self, written: &[(RecordKind, String)]) {
        if written.is_empty() {
            return;
        }
        self.generation.fetch_add(1, Ordering::AcqRel);
        for (kind, id) in written {
            self.entries.remove(&self.key(*kind, id));
        }
    }

    fn clear(&self) {
        self.generation.fetch_add(1, Ordering::AcqRel);
        self.entries.clear();
    }

    fn key(&self, kind: RecordKind, id: &str) -> (RecordKind, u64) {
        (kind, self.hasher.hash_one(id))
    }
}

/// States by session. A session's turns follow one another, so a state has one writer at a time.
pub struct StateCache {
    entries: Cache<SessionKey, Arc<ConversationState>>,
}

impl Default for StateCache {
    fn default() -> Self {
        Self { entries: Cache::new(STATES) }
    }
}

impl StateCache {
    /// A state.
    pub fn get(&self, session: SessionKey) -> Option<Arc<ConversationState>> {
        self.entries.get(&session)
    }

    /// Adds or replaces a state.
    pub fn insert(&self, session: SessionKey, state: Arc<ConversationState>) {
        self.entries.insert(session, state);
    }

    /// Drops a state.
    pub fn remove(&self, session: SessionKey) {
        self.entries.remove(&session);
    }

    /// Drops every state.
    pub fn clear(&self) {
        self.entries.clear();
    }
}
