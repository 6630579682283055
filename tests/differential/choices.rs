//! The numbers that decide what a script looks like: drawn from a seed, recorded, and played back changed.
//!
//! A script is a function of its choices. That makes shrinking simple: the shrinker knows nothing of shell syntax, it edits the
//! list of numbers and asks the writer for the script that they stand for. Choice 0 is always the simplest one, and a
//! list that has come to its end gives 0 for ever.

use std::ops::Range;

use fastrand::Rng;

/// Where choices come from, and a record of those made.
pub struct Choices {
    source: Source,
    /// Every choice made so far.
    pub made: Vec<u32>,
    /// What each finished part of the script has consumed.
    pub spans: Vec<Span>,
}

enum Source {
    Random(Rng),
    Replay(std::vec::IntoIter<u32>),
}

/// The choices that wrote one part of the script.
#[derive(Clone, Debug)]
pub struct Span {
    /// The rule of the grammar that was applied.
    pub rule: usize,
    /// Its choices, as positions in the record.
    pub choices: Range<usize>,
}

impl Choices {
    /// Fresh choices; the same seed gives the same ones.
    pub fn from_seed(seed: u64) -> Self {
        Self::new(Source::Random(Rng::with_seed(seed)))
    }

    /// The choices of a record.
    pub fn replay(record: Vec<u32>) -> Self {
        Self::new(Source::Replay(record.into_iter()))
    }

    fn new(source: Source) -> Self {
        Self { source, made: Vec::new(), spans: Vec::new() }
    }

    /// One of the weighted alternatives, by its index. `simplest` decides for the first without asking chance.
    pub fn weighted(&mut self, weights: &[u32], simplest: bool) -> usize {
        let index = match &mut self.source {
            Source::Replay(record) => record.next().unwrap_or(0) as usize,
            Source::Random(_) if simplest => 0,
            Source::Random(rng) => draw(rng, weights),
        };
        let index = index.min(weights.len().saturating_sub(1));
        self.made.push(u32::try_from(index).unwrap_or(0));
        index
    }

    /// A number below `bound`, any as likely as the other.
    pub fn below(&mut self, bound: u32) -> u32 {
        let number = match &mut self.source {
            Source::Replay(record) => record.next().unwrap_or(0).min(bound - 1),
            Source::Random(rng) => rng.u32(..bound),
        };
        self.made.push(number);
        number
    }

    /// Randomness that decides nothing but what is likely, so it is not recorded; none when playing back.
    pub fn mood(&mut self) -> Option<&mut Rng> {
        match &mut self.source {
            Source::Random(rng) => Some(rng),
            Source::Replay(_) => None,
        }
    }
}

fn draw(rng: &mut Rng, weights: &[u32]) -> usize {
    let total: u32 = weights.iter().sum();
    let mut point = rng.u32(..total.max(1));
    for (index, weight) in weights.iter().enumerate() {
        if point < *weight {
            return index;
        }
        point -= weight;
    }
    0
}
