//! Offsets to line numbers.

/// The line numbers of one unit's text.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lines {
    base: u32,
    /// The offsets at which a further line begins, in order.
    starts: Vec<usize>,
}

impl Lines {
    /// The lines of `text`, the first of which is number `base`.
    pub(crate) fn new(text: &str, base: u32) -> Lines {
        let newlines = memchr::memchr_iter(b'\n', text.as_bytes());
        Lines { base, starts: newlines.map(|at| at + 1).collect() }
    }

    /// The line on which `offset` lies.
    pub(crate) fn line(&self, offset: usize) -> u32 {
        self.base + self.starts.partition_point(|&start| start <= offset) as u32
    }

    /// The line after the last.
    pub(crate) fn end(&self) -> u32 {
        self.base + self.starts.len() as u32
    }

    /// The lines of the text that begins at `offset`.
    pub(crate) fn from(&self, offset: usize) -> Lines {
        let starts = self.starts.iter().filter(|&&start| start > offset).map(|start| start - offset);
        Lines { base: self.line(offset), starts: starts.collect() }
    }

    /// Adds the lines of `more`, which stands at `offset`.
    pub(crate) fn extend(&mut self, offset: usize, more: &str) {
        let newlines = memchr::memchr_iter(b'\n', more.as_bytes());
        self.starts.extend(newlines.map(|at| offset + at + 1));
    }

    /// Accounts for `range` being replaced by a text of `length` bytes that counts for as many lines as it held.
    pub(crate) fn splice(&mut self, range: std::ops::Range<usize>, length: usize) {
        for start in &mut self.starts {
            if *start >= range.end {
                *start = *start - range.len() + length;
            } else if *start > range.start {
                *start = range.start + length;
            }
        }
    }
}
