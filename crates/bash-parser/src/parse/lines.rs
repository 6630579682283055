//! Offsets to line numbers.

/// From here on it pays to ask what the processor can do, which costs a start of the shell more than a search.
const LONG: usize = 1 << 16;

/// How many newlines a text holds.
pub fn count_newlines(text: &[u8]) -> usize {
    match text.len() < LONG {
        true => text.iter().filter(|byte| **byte == b'\n').count(),
        false => memchr::memchr_iter(b'\n', text).count(),
    }
}

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
        let mut lines = Lines { base, starts: Vec::new() };
        lines.extend(0, text);
        lines
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
        let start = |at| offset + at + 1;
        if more.len() < LONG {
            let newlines = more.bytes().enumerate().filter(|&(_, byte)| byte == b'\n');
            self.starts.extend(newlines.map(|(at, _)| start(at)));
        } else {
            self.starts.extend(memchr::memchr_iter(b'\n', more.as_bytes()).map(start));
        }
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
