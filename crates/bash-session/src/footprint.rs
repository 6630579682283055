//! How much memory a session takes, as far as a script can make it grow.

use crate::{Session, Text};

impl Session {
    /// About how many bytes this session holds: variables, parameters, functions, aliases, traps, history, directories,
    /// here-documents. Of variables, what it shares with copies of itself counts by its part.
    ///
    /// It looks through everything, so it is nothing to ask for often.
    pub fn footprint(&self) -> u64 {
        self.variables.footprint() as u64
            + self.footprint_of_checkpoint()
            + self.descriptors.held_bytes() as u64
    }

    /// What a checkpoint may keep of it beside variables, at most.
    pub fn footprint_of_checkpoint(&self) -> u64 {
        let chapters = [
            self.params.own_bytes(),
            self.functions.own_bytes(),
            self.aliases.own_bytes(),
            self.traps.own_bytes(),
            self.history.own_bytes(),
            self.commands.own_bytes(),
            self.directory.stack.iter().map(Text::with_place).sum(),
        ];
        chapters.iter().sum::<usize>() as u64
    }
}

/// About how many bytes the tree of a text takes: more for what ends a command than for what ends a word.
pub fn tree_bytes(text: &[u8]) -> u64 {
    let bytes = |byte: &u8| match byte {
        b';' | b'\n' | b'&' | b'|' | b'(' => 512,
        b' ' | b'\t' | b'$' | b'`' | b'"' | b'\'' | b'{' => 128,
        _ => 4,
    };
    text.iter().map(bytes).sum()
}
