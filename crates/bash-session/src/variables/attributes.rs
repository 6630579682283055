//! The attributes of a variable (`declare -aAilnrtux`).

bitflags::bitflags! {
    /// What `declare` can say of a variable.
    #[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
    pub struct Attributes: u16 {
        /// It exists, though it may have no value.
        const DECLARED = 1;
        /// `-a`
        const INDEXED = 1 << 1;
        /// `-A`
        const ASSOCIATIVE = 1 << 2;
        /// `-i`
        const INTEGER = 1 << 3;
        /// `-l`
        const LOWERCASE = 1 << 4;
        /// `-n`
        const NAMEREF = 1 << 5;
        /// `-r`
        const READONLY = 1 << 6;
        /// `-t`
        const TRACE = 1 << 7;
        /// `-u`
        const UPPERCASE = 1 << 8;
        /// `-x`
        const EXPORT = 1 << 9;
        /// `-c`
        const CAPITALIZE = 1 << 10;
        /// Made by `local` in the current function call.
        const LOCAL = 1 << 11;
        /// The shell computes its value at each look-up (`RANDOM`, `SECONDS`, …).
        const DYNAMIC = 1 << 12;
        /// Assigning it has an effect beyond its value (`IFS`, `PATH`, …).
        const WATCHED = 1 << 13;
        /// Comes from a temporary assignment before a command.
        const TEMPORARY = 1 << 14;
        /// Assignments have no effect and unset is refused, without a message (`FUNCNAME`, `GROUPS`).
        const NO_ASSIGN = 1 << 15;
    }
}

impl Attributes {
    /// Either kind of array.
    pub const ARRAY: Attributes = Attributes::INDEXED.union(Attributes::ASSOCIATIVE);
    /// Those that change a value as it is assigned.
    pub const TRANSFORMING: Attributes = Attributes::INTEGER
        .union(Attributes::LOWERCASE)
        .union(Attributes::UPPERCASE)
        .union(Attributes::CAPITALIZE);
    /// Those that an assignment must look at.
    pub const GUARDED: Attributes = Attributes::TRANSFORMING
        .union(Attributes::ARRAY)
        .union(Attributes::READONLY)
        .union(Attributes::NAMEREF)
        .union(Attributes::DYNAMIC)
        .union(Attributes::WATCHED)
        .union(Attributes::NO_ASSIGN);

    /// The letters after `declare -`, in Bash's order; `-` if there are none.
    pub fn letters(self) -> String {
        const LETTERS: [(Attributes, char); 10] = [
            (Attributes::INDEXED, 'a'),
            (Attributes::ASSOCIATIVE, 'A'),
            (Attributes::INTEGER, 'i'),
            (Attributes::NAMEREF, 'n'),
            (Attributes::READONLY, 'r'),
            (Attributes::TRACE, 't'),
            (Attributes::EXPORT, 'x'),
            (Attributes::CAPITALIZE, 'c'),
            (Attributes::LOWERCASE, 'l'),
            (Attributes::UPPERCASE, 'u'),
        ];
        let letters: String =
            LETTERS.iter().filter(|(flag, _)| self.contains(*flag)).map(|(_, letter)| letter).collect();
        if letters.is_empty() { "-".to_string() } else { letters }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_come_in_the_order_of_declare() {
        let some = Attributes::EXPORT | Attributes::INTEGER | Attributes::READONLY | Attributes::INDEXED;
        assert_eq!(some.letters(), "airx");
        assert_eq!(Attributes::DECLARED.letters(), "-");
    }
}
