//! `$0` and the positional parameters.

use crate::Text;
use std::sync::Arc;

/// `$0`, `$1`, …
#[derive(Clone, Debug, Default)]
pub struct Params {
    /// `$0`
    pub name: Text,
    list: Arc<Vec<Text>>,
    start: usize,
    replaced: bool,
}

/// The positional parameters of a caller, while a call lasts.
#[derive(Debug)]
pub struct OuterParams {
    list: Arc<Vec<Text>>,
    start: usize,
    replaced: bool,
}

impl Params {
    /// Parameters with this `$0` and these values.
    pub fn new(name: Text, list: Vec<Text>) -> Params {
        Params { name, list: Arc::new(list), start: 0, replaced: false }
    }

    /// Begins a call: `words[0]` is the name of what is called, the others become the parameters. `$0` stays.
    pub fn replace(&mut self, words: Vec<Text>) -> OuterParams {
        OuterParams {
            list: std::mem::replace(&mut self.list, Arc::new(words)),
            start: std::mem::replace(&mut self.start, 1),
            replaced: std::mem::take(&mut self.replaced),
        }
    }

    /// Ends a call: the parameters are those that [`Params::replace`] gave. `$0` stays.
    pub fn put_back(&mut self, outer: OuterParams) {
        self.list = outer.list;
        self.start = outer.start;
        self.replaced = outer.replaced;
    }

    /// `$1` and so on.
    pub fn as_slice(&self) -> &[Text] {
        self.list.get(self.start..).unwrap_or(&[])
    }

    /// The bytes that they take.
    pub(crate) fn own_bytes(&self) -> usize {
        self.list.iter().map(Text::with_place).sum()
    }

    /// `$N` for N ≥ 1.
    #[inline]
    pub fn get(&self, number: usize) -> Option<&Text> {
        self.as_slice().get(number.checked_sub(1)?)
    }

    /// `$#`
    pub fn count(&self) -> usize {
        self.as_slice().len()
    }

    /// Replaces all of them; `$0` stays.
    pub fn set(&mut self, list: Vec<Text>) {
        self.list = Arc::new(list);
        self.start = 0;
        self.replaced = true;
    }

    /// Whether [`Params::set`] was called since they were made, or since the last question.
    pub fn take_replaced(&mut self) -> bool {
        std::mem::take(&mut self.replaced)
    }

    /// Drops the first `count`; not more than there are.
    pub fn shift(&mut self, count: usize) {
        self.start = (self.start + count).min(self.list.len());
    }
}
