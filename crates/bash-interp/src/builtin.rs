//! What a builtin command is: one record with its name, texts and function.
//!
//! The type lives here, below the commands, so that the executor can call them; the list of them lives above, in
//! `bash-builtins`, and is handed in as a [`Registry`].

use crate::{Flow, Shell, flow};
use bash_parser::ast::Assignment;
use bash_session::{Status, Text};
use std::sync::Arc;

/// A builtin command.
pub struct Builtin {
    /// The name it is called by.
    pub name: &'static str,
    /// Its usage line, as `help` shows it.
    pub synopsis: &'static str,
    /// Its help text below the usage line: the first line is the summary.
    pub help: &'static str,
    /// What is special about it.
    pub class: Class,
    /// What it does.
    pub run: fn(&mut Shell, &Args<'_>) -> Flow,
}

impl Builtin {
    /// What `help` tells: the usage line, then the text below it, indented.
    pub fn help_text(&self) -> String {
        help_text(self.name, self.synopsis, self.help)
    }

    /// Whether `--help` as its first argument asks for the help text. Not where any word is an operand, nor where something
    /// else is said first.
    pub(crate) fn gives_help(&self) -> bool {
        !matches!(self.name, ":" | "[" | "bind" | "echo" | "false" | "test" | "true")
    }
}

/// A topic as `help` shows it.
pub fn help_text(name: &str, synopsis: &str, text: &str) -> String {
    let body: String = text.split('\n').map(|line| format!("    {line}\n")).collect();
    format!("{name}: {synopsis}\n{body}")
}

/// Makes an array assignment that is an argument of a declaration command. The arguments are those before it.
pub type AssignArray = fn(&mut Shell, &Args<'_>, &Assignment) -> Flow<()>;

/// The classes of builtins.
#[derive(Clone, Copy, Debug)]
pub enum Class {
    /// An ordinary one.
    Regular,
    /// A POSIX special builtin: found before functions in POSIX mode, its errors end a POSIX script, assignments before
    /// it last.
    Special,
    /// Takes assignments as arguments (`declare`, `local`, …). Those of arrays are made while its words are expanded,
    /// before it runs: all that it gets to see is the name.
    Declaration(AssignArray),
    /// Special, and takes assignments as arguments (`export`, `readonly`).
    SpecialDeclaration(AssignArray),
}

impl Class {
    /// Whether POSIX calls it special.
    pub fn is_special(self) -> bool {
        matches!(self, Class::Special | Class::SpecialDeclaration(_))
    }

    /// How array assignments among the arguments are made, if it takes any.
    pub(crate) fn assigns_arrays(self) -> Option<AssignArray> {
        match self {
            Class::Declaration(assign) | Class::SpecialDeclaration(assign) => Some(assign),
            Class::Regular | Class::Special => None,
        }
    }
}

/// A command that the embedding program adds.
pub struct HostedCommand {
    /// Its usage line.
    pub synopsis: String,
    /// Its help text, whose first line is the summary.
    pub help: String,
    /// What it does.
    pub run: Box<Run>,
}

/// The function behind a command that the embedding program adds.
pub type Run = dyn Fn(&mut Shell, &Args<'_>) -> Flow + Send + Sync;

/// See [`HostedCommand`].
pub type Hosted = Arc<HostedCommand>;

/// Finds a command of the embedding program for a name that means nothing else.
pub type Resolver = Arc<dyn Fn(&[u8]) -> Option<Hosted> + Send + Sync>;

/// What a registered name stands for.
#[derive(Clone)]
pub enum Entry {
    /// A builtin of Bash.
    Native(&'static Builtin),
    /// A command of the embedding program.
    Hosted(Hosted),
}

/// The commands that can be called by name.
#[derive(Clone)]
pub struct Registry {
    natives: &'static [&'static Builtin],
    hosted: Arc<std::collections::BTreeMap<Vec<u8>, Hosted>>,
    resolver: Option<Resolver>,
}

impl Registry {
    /// A registry of `natives`, which are sorted by name.
    pub fn new(natives: &'static [&'static Builtin]) -> Registry {
        Registry { natives, hosted: Arc::default(), resolver: None }
    }

    /// Adds a command of the embedding program. It comes before a builtin of the same name.
    pub fn add(&mut self, name: &[u8], hosted: Hosted) {
        Arc::make_mut(&mut self.hosted).insert(name.to_vec(), hosted);
    }

    /// Takes a command of the embedding program away; whether it was there.
    pub fn remove(&mut self, name: &[u8]) -> bool {
        Arc::make_mut(&mut self.hosted).remove(name).is_some()
    }

    /// The commands of the embedding program, sorted by name.
    pub fn hosted(&self) -> impl Iterator<Item = (&[u8], &Hosted)> {
        self.hosted.iter().map(|(name, hosted)| (&name[..], hosted))
    }

    /// Sets who is asked for names that mean nothing else.
    pub fn set_resolver(&mut self, resolver: Resolver) {
        self.resolver = Some(resolver);
    }

    /// A command for a name that means nothing else.
    pub(crate) fn resolve_unknown(&self, name: &[u8]) -> Option<Hosted> {
        self.resolver.as_ref().and_then(|resolver| resolver(name))
    }

    /// Whether the embedding program has added commands, or may.
    pub fn has_hosted(&self) -> bool {
        !self.hosted.is_empty() || self.resolver.is_some()
    }

    /// The command called `name`.
    pub fn find(&self, name: &[u8]) -> Option<Entry> {
        if !self.hosted.is_empty()
            && let Some(hosted) = self.hosted.get(name)
        {
            return Some(Entry::Hosted(hosted.clone()));
        }
        self.native(name).map(Entry::Native)
    }

    /// The builtin of Bash called `name`.
    pub fn native(&self, name: &[u8]) -> Option<&'static Builtin> {
        let at = self.natives.binary_search_by(|builtin| builtin.name.as_bytes().cmp(name)).ok()?;
        Some(self.natives[at])
    }

    /// All builtins of Bash, sorted by name.
    pub fn natives(&self) -> &'static [&'static Builtin] {
        self.natives
    }
}

/// The arguments of a builtin, expanded.
pub struct Args<'a> {
    /// The name it was called by (`typeset` for `declare`, `[` for `test`).
    pub name: &'a [u8],
    /// The arguments. Of an array assignment given to a declaration command, which has been made, stands here the name.
    pub words: &'a [Text],
    /// For those, and for names with a subscript: the position in `words` and how the argument was written.
    pub written: &'a [(usize, Written)],
}

/// How an argument was written, where that makes a difference beyond its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// As an array assignment.
    Array,
    /// As `name[subscript]`, not quoted as a whole: its subscript has been expanded as one.
    Element,
}

impl<'a> Args<'a> {
    /// Whether `word`, one of `words`, was written as an array assignment.
    pub fn is_array(&self, word: &[u8]) -> bool {
        self.is_written(word, Written::Array)
    }

    /// Whether `word`, one of `words` or the argument of an option, was written as `name[subscript]`.
    pub fn is_element(&self, word: &[u8]) -> bool {
        self.is_written(word, Written::Element)
    }

    fn is_written(&self, word: &[u8], how: Written) -> bool {
        let is_word = |at: usize| self.words.get(at).is_some_and(|known| std::ptr::eq(&known[..], word));
        self.written.iter().any(|(at, written)| *written == how && is_word(*at))
    }

    /// Reads options the way Bash's own `internal_getopt` does: clusters, `--`, and `letters` in which `:` after a
    /// letter means that it takes an argument. A first letter `+` allows `+x` as well as `-x`.
    pub fn options(&self, letters: &'static str) -> OptionReader<'a> {
        let (plus, letters) = match letters.strip_prefix('+') {
            Some(rest) => (true, rest),
            None => (false, letters),
        };
        OptionReader { words: self.words, letters: letters.as_bytes(), plus, word: 0, offset: 0 }
    }
}

/// Goes through the options of a builtin; see [`Args::options`].
pub struct OptionReader<'a> {
    words: &'a [Text],
    letters: &'static [u8],
    plus: bool,
    word: usize,
    offset: usize,
}

/// One option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptionLetter<'a> {
    /// `-x`, with its argument if it takes one.
    On(u8, Option<&'a [u8]>),
    /// `+x`
    Off(u8),
    /// A letter that is not allowed, with its sign: `-z`.
    Invalid([u8; 2]),
    /// A letter whose argument is missing.
    MissingArgument(u8),
    /// `--help`
    Help,
}

impl<'a> OptionReader<'a> {
    /// The position in `words` of the first operand, once the options are through.
    pub fn operands_at(&self) -> usize {
        self.word
    }

    /// The operands after the options.
    pub fn operands(&self) -> &'a [Text] {
        &self.words[self.word.min(self.words.len())..]
    }

    fn finish_word(&mut self) {
        self.word += 1;
        self.offset = 0;
    }
}

impl<'a> Iterator for OptionReader<'a> {
    type Item = OptionLetter<'a>;

    fn next(&mut self) -> Option<OptionLetter<'a>> {
        let word: &'a [u8] = self.words.get(self.word)?;
        if self.offset == 0 {
            match word {
                b"--" => {
                    self.word += 1;
                    return None;
                }
                b"--help" => {
                    self.word += 1;
                    return Some(OptionLetter::Help);
                }
                [b'-', _, ..] => self.offset = 1,
                [b'+', _, ..] if self.plus => self.offset = 1,
                _ => return None,
            }
        }
        let (sign, letter) = (word[0], word[self.offset]);
        self.offset += 1;
        let known = self.letters.iter().position(|known| *known == letter && letter != b':');
        let Some(known) = known else {
            if self.offset == word.len() {
                self.finish_word();
            }
            return Some(OptionLetter::Invalid([sign, letter]));
        };
        let takes_argument = self.letters.get(known + 1) == Some(&b':') && sign == b'-';
        if !takes_argument {
            if self.offset == word.len() {
                self.finish_word();
            }
            return Some(if sign == b'+' {
                OptionLetter::Off(letter)
            } else {
                OptionLetter::On(letter, None)
            });
        }
        let rest = &word[self.offset..];
        self.finish_word();
        if !rest.is_empty() {
            return Some(OptionLetter::On(letter, Some(rest)));
        }
        match self.words.get(self.word) {
            Some(argument) => {
                self.word += 1;
                Some(OptionLetter::On(letter, Some(argument)))
            }
            None => Some(OptionLetter::MissingArgument(letter)),
        }
    }
}

impl Shell {
    /// Complains about a wrong option (`-z: invalid option` and the usage line, or a missing argument): status 2.
    pub fn wrong_option(&mut self, args: &Args<'_>, option: OptionLetter<'_>) -> Flow {
        match option {
            OptionLetter::Invalid(text) => {
                self.builtin_error(args.name, [&text[..], b": invalid option"].concat());
            }
            OptionLetter::MissingArgument(letter) => {
                self.builtin_error(
                    args.name,
                    [b"-", &[letter][..], b": option requires an argument"].concat(),
                );
            }
            OptionLetter::Help => return self.show_help(args),
            OptionLetter::On(..) | OptionLetter::Off(_) => {}
        }
        self.usage(args)
    }

    /// Prints the help text of a builtin: status 2.
    pub(crate) fn show_help(&mut self, args: &Args<'_>) -> Flow {
        if let Some(builtin) = self.builtins.native(args.name) {
            self.print(builtin.help_text());
        }
        self.fail_special(Status::USAGE)
    }

    /// Prints the usage line of a builtin: status 2.
    pub fn usage(&mut self, args: &Args<'_>) -> Flow {
        if let Some(builtin) = self.builtins.native(args.name) {
            let line = [args.name, b": usage: ", builtin.synopsis.as_bytes(), b"\n"].concat();
            self.write_error(&line);
        }
        self.fail_special(Status::USAGE)
    }

    /// How a special builtin ends that failed in a way that ends a POSIX shell (unless `command` called it, or its status
    /// is looked at).
    pub fn fail_special(&mut self, status: Status) -> Flow {
        self.special_failure = Some(SpecialFailure::Checked);
        flow::done(status)
    }

    /// The same where nothing keeps the shell from ending (but `command`).
    pub fn fail_special_for_good(&mut self, status: Status) -> Flow {
        self.special_failure = Some(SpecialFailure::Final);
        flow::done(status)
    }
}

/// How a special builtin has failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SpecialFailure {
    /// It ends a POSIX shell where `set -e` would do so.
    Checked,
    /// It ends a POSIX shell.
    Final,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &[&str], letters: &'static str) -> (Vec<String>, usize) {
        let words: Vec<Text> = words.iter().map(|word| Text::from(*word)).collect();
        let args = Args { name: b"x", words: &words, written: &[] };
        let mut reader = args.options(letters);
        let seen = reader.by_ref().map(|option| format!("{option:?}")).collect();
        (seen, reader.operands_at())
    }

    #[test]
    fn options_may_be_clustered_and_carry_arguments() {
        let (seen, operands) = read(&["-ab", "-ovalue", "-o", "other", "--", "-a"], "abo:");
        assert_eq!(seen.len(), 4);
        assert_eq!(seen[2], format!("{:?}", OptionLetter::On(b'o', Some(b"value"))));
        assert_eq!(operands, 5);
    }

    #[test]
    fn a_lone_dash_and_a_plus_are_operands() {
        assert_eq!(read(&["-", "-a"], "a").1, 0);
        assert_eq!(read(&["+a"], "a").1, 0);
        assert_eq!(read(&["+a"], "+a"), (vec![format!("{:?}", OptionLetter::Off(b'a'))], 1));
    }
}
