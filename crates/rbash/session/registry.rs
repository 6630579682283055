//! Which sessions there are.

use super::error::SessionError;
use super::handle::{SessionHandle, Shared};
use bash_host::Host;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

/// What a session is called.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(Arc<str>);

impl SessionId {
    /// One that no other session has: 128 bits, of which nobody can guess the others.
    pub(crate) fn unique(host: &dyn Host) -> SessionId {
        static SEED: OnceLock<[u64; 2]> = OnceLock::new();
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let seed = SEED.get_or_init(|| {
            let mut bytes = [0; 16];
            host.random(&mut bytes);
            let (low, high) = bytes.split_at(8);
            [low, high].map(|half| u64::from_ne_bytes(half.try_into().unwrap_or_default()))
        });
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        SessionId(
            format!("{:016x}{:016x}", mixed(seed[0] ^ number), mixed(seed[1].wrapping_add(number))).into(),
        )
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A reversible scrambling, so that different numbers stay different.
fn mixed(number: u64) -> u64 {
    let number = (number ^ number >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ number >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ number >> 31
}

impl From<&str> for SessionId {
    fn from(text: &str) -> SessionId {
        SessionId(text.into())
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// The sessions that are alive. Clones are the same registry.
#[derive(Clone, Default)]
pub struct SessionRegistry(Arc<Mutex<Sessions>>);

/// The live sessions, with the handles of those that have one.
type Sessions = BTreeMap<SessionId, Option<Weak<Shared>>>;

impl SessionRegistry {
    /// An empty one, for sessions that shall not be seen elsewhere.
    pub fn new() -> SessionRegistry {
        SessionRegistry::default()
    }

    /// The one that sessions are in if nothing else is said.
    pub fn global() -> SessionRegistry {
        static GLOBAL: LazyLock<SessionRegistry> = LazyLock::new(SessionRegistry::default);
        GLOBAL.clone()
    }

    /// The ids of all live sessions.
    pub fn list(&self) -> Vec<SessionId> {
        self.lock().keys().cloned().collect()
    }

    /// The handle of a session that has one.
    pub fn get(&self, id: &SessionId) -> Option<SessionHandle> {
        self.lock().get(id)?.as_ref()?.upgrade().map(SessionHandle::from_shared)
    }

    fn lock(&self) -> MutexGuard<'_, Sessions> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn enter(&self, id: SessionId) -> Result<Registration, SessionError> {
        let mut sessions = self.lock();
        if sessions.contains_key(&id) {
            return Err(SessionError::DuplicateId(id.to_string()));
        }
        sessions.insert(id.clone(), None);
        Ok(Registration { registry: self.clone(), id })
    }
}

/// A session's entry, as long as it lives.
pub(crate) struct Registration {
    registry: SessionRegistry,
    pub(crate) id: SessionId,
}

impl Registration {
    pub(crate) fn set_handle(&self, shared: &Arc<Shared>) {
        self.registry.lock().insert(self.id.clone(), Some(Arc::downgrade(shared)));
    }

    pub(crate) fn registry(&self) -> &SessionRegistry {
        &self.registry
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        self.registry.lock().remove(&self.id);
    }
}
