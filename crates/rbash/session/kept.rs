//! How much of an output is kept in memory, and where the rest goes.

use super::outcome::{LeftOut, Stream};
use bash_host::FileRef;
use std::collections::VecDeque;

/// How much of the output an [`crate::Outcome`] holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Capture {
    /// All of it.
    #[default]
    All,
    /// Nothing: sinks are all that sees it.
    Nothing,
    /// The beginning and the end of each stream.
    HeadTail {
        /// So many bytes of the beginning.
        head: usize,
        /// So many of the end.
        tail: usize,
        /// A file, relative to the session's directory, that gets the whole output of both streams as soon as something
        /// has to be left out.
        spill: Option<Vec<u8>>,
    },
}

/// What is kept of both streams.
#[derive(Default)]
pub(super) struct Kept {
    limits: Option<(usize, usize)>,
    nothing: bool,
    heads: [Vec<u8>; 2],
    tails: [VecDeque<u8>; 2],
    left_out: [Option<LeftOut>; 2],
    /// Stream and length of each piece, as long as nothing is left out.
    order: Vec<(Stream, usize)>,
    spill: Spill,
}

/// The file that takes what memory does not.
#[derive(Default)]
pub(super) enum Spill {
    #[default]
    None,
    /// To be made when first needed.
    Later(Box<dyn FnOnce() -> Option<FileRef> + Send>),
    Open(FileRef),
}

/// What [`Kept::take`] gives: both streams, their order and what is missing.
pub(super) type Taken = ([Vec<u8>; 2], Vec<(Stream, usize)>, [Option<LeftOut>; 2]);

impl Kept {
    pub(super) fn new(capture: &Capture, spill: Spill) -> Kept {
        let limits = match capture {
            Capture::HeadTail { head, tail, .. } => Some((*head, *tail)),
            _ => None,
        };
        Kept { limits, nothing: *capture == Capture::Nothing, spill, ..Kept::default() }
    }

    pub(super) fn push(&mut self, stream: Stream, chunk: &[u8]) {
        if self.nothing || chunk.is_empty() {
            return;
        }
        let Some((head, tail)) = self.limits else { return self.keep(stream, chunk) };
        let at = stream.index();
        if let Spill::Open(file) = &self.spill {
            let _ = file.write_all(chunk);
        } else if self.heads[at].len() + self.tails[at].len() + chunk.len() > head + tail {
            self.begin_spill(stream, chunk);
        }
        let room = head.saturating_sub(self.heads[at].len()).min(chunk.len());
        if self.tails[at].is_empty() {
            self.keep(stream, &chunk[..room]);
        }
        let rest = if self.tails[at].is_empty() { &chunk[room..] } else { chunk };
        self.append_to_tail(at, rest, tail);
        if !rest.is_empty() {
            self.order.push((stream, rest.len()));
        }
    }

    fn keep(&mut self, stream: Stream, chunk: &[u8]) {
        if chunk.is_empty() {
            return;
        }
        self.heads[stream.index()].extend_from_slice(chunk);
        match self.order.last_mut() {
            Some((last, length)) if *last == stream => *length += chunk.len(),
            _ => self.order.push((stream, chunk.len())),
        }
    }

    fn append_to_tail(&mut self, at: usize, chunk: &[u8], limit: usize) {
        let tail = &mut self.tails[at];
        tail.extend(chunk);
        let too_many = tail.len().saturating_sub(limit);
        if too_many > 0 {
            tail.drain(..too_many);
            let left_out = self.left_out[at].get_or_insert(LeftOut { at: self.heads[at].len(), bytes: 0 });
            left_out.bytes += too_many as u64;
        }
    }

    /// The file gets what was kept so far, in order, and then this.
    fn begin_spill(&mut self, stream: Stream, chunk: &[u8]) {
        let Spill::Later(open) = std::mem::take(&mut self.spill) else { return };
        let Some(file) = open() else { return };
        for (stream, piece) in self.pieces() {
            let _ = (stream, file.write_all(&piece));
        }
        let _ = (stream, file.write_all(chunk));
        self.spill = Spill::Open(file);
    }

    fn pieces(&self) -> Vec<(Stream, Vec<u8>)> {
        let whole =
            [0, 1].map(|at| self.heads[at].iter().chain(&self.tails[at]).copied().collect::<Vec<u8>>());
        let mut places = [0, 0];
        let mut pieces = Vec::new();
        for (stream, length) in &self.order {
            let start = &mut places[stream.index()];
            if let Some(piece) = whole[stream.index()].get(*start..*start + length) {
                pieces.push((*stream, piece.to_vec()));
            }
            *start += length;
        }
        pieces
    }

    /// What one stream has from `offset` on. Offsets count all bytes written; what was left out is skipped.
    pub(super) fn since(&self, stream: Stream, offset: u64) -> (Vec<u8>, u64) {
        let at = stream.index();
        let (head, tail) = (&self.heads[at], &self.tails[at]);
        let gap = self.left_out[at].map_or(0, |left_out| left_out.bytes);
        let tail_start = head.len() as u64 + gap;
        let end = tail_start + tail.len() as u64;
        let from = |start: u64, length: usize| offset.saturating_sub(start).min(length as u64) as usize;
        let mut text = head[from(0, head.len())..].to_vec();
        text.extend(tail.iter().skip(from(tail_start, tail.len())));
        (text, end.max(offset))
    }

    pub(super) fn take(&mut self) -> Taken {
        let (mut heads, tails) = (std::mem::take(&mut self.heads), std::mem::take(&mut self.tails));
        for (head, tail) in heads.iter_mut().zip(tails) {
            head.extend(tail);
        }
        self.spill = match std::mem::take(&mut self.spill) {
            later @ Spill::Later(_) => later,
            Spill::None | Spill::Open(_) => Spill::None,
        };
        (heads, std::mem::take(&mut self.order), std::mem::take(&mut self.left_out))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(pieces: &[&[u8]]) -> Kept {
        let capture = Capture::HeadTail { head: 4, tail: 3, spill: None };
        let mut kept = Kept::new(&capture, Spill::None);
        pieces.iter().for_each(|piece| kept.push(Stream::Stdout, piece));
        kept
    }

    #[test]
    fn beginning_and_end_are_kept() {
        let ([out, _], order, left_out) = kept(&[b"abcdefghij"]).take();
        assert_eq!(out, b"abcdhij");
        assert_eq!(left_out[0], Some(LeftOut { at: 4, bytes: 3 }));
        assert_eq!(order, [(Stream::Stdout, 4), (Stream::Stdout, 6)]);
        let ([out, _], _, left_out) = kept(&[b"ab", b"cd", b"ef", b"g"]).take();
        assert_eq!((&out[..], left_out[0]), (&b"abcdefg"[..], None));
        let ([out, _], _, left_out) = kept(&[b"a", b"bcde", b"fgh", b"i", b"jklmnop"]).take();
        assert_eq!((&out[..], left_out[0].map(|gap| gap.bytes)), (&b"abcdnop"[..], Some(9)));
    }

    #[test]
    fn reading_by_offset_skips_what_is_gone() {
        let kept = kept(&[b"abcdefghij"]);
        assert_eq!(kept.since(Stream::Stdout, 0), (b"abcdhij".to_vec(), 10));
        assert_eq!(kept.since(Stream::Stdout, 2), (b"cdhij".to_vec(), 10));
        assert_eq!(kept.since(Stream::Stdout, 5), (b"hij".to_vec(), 10));
        assert_eq!(kept.since(Stream::Stdout, 9), (b"j".to_vec(), 10));
        assert_eq!(kept.since(Stream::Stdout, 10), (Vec::new(), 10));
    }
}
