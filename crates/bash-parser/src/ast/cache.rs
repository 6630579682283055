//! A place in a node for what the shell computes from it once.

use once_cell::race::OnceBox;
use std::any::Any;
use std::fmt;
use std::sync::Arc;

/// Holds one value of any type, computed at first use. Cloning a node keeps what was computed.
///
/// Most nodes compute nothing, so an empty cache is as small as can be.
#[derive(Default)]
pub struct Cache(OnceBox<Arc<dyn Any + Send + Sync>>);

impl Cache {
    /// An empty cache.
    pub const fn new() -> Cache {
        Cache(OnceBox::new())
    }

    /// The cached value, made by `compute` if this is the first use.
    ///
    /// A cache is always asked for one type; asked for another, it computes afresh and keeps nothing.
    pub fn get_or<T: Send + Sync + 'static>(&self, compute: impl FnOnce() -> T) -> Arc<T> {
        if let Some(value) = self.0.get() {
            if let Ok(value) = Arc::clone(value).downcast::<T>() {
                return value;
            }
            return Arc::new(compute());
        }
        let value = Arc::new(compute());
        let _ = self.0.set(Box::new(value.clone()));
        value
    }

    /// The cached value, if there is one of this type.
    pub fn get<T: Send + Sync + 'static>(&self) -> Option<&T> {
        self.0.get().and_then(|value| value.downcast_ref())
    }
}

impl Clone for Cache {
    fn clone(&self) -> Cache {
        match self.0.get() {
            Some(value) => Cache(OnceBox::with_value(Box::new(value.clone()))),
            None => Cache::new(),
        }
    }
}

impl fmt::Debug for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.get().is_some() { "Cache(full)" } else { "Cache" })
    }
}

/// A cache is no part of what a node means.
impl PartialEq for Cache {
    fn eq(&self, _: &Cache) -> bool {
        true
    }
}
impl Eq for Cache {}
