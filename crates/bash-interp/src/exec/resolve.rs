//! What a command name means: a function, a builtin, a remembered path, a program found by `PATH`.

use crate::{Builtin, Entry, Shell};
use bash_host::{Access, FileKind};
use bash_parser::ast::{Argument, SimpleCommand, Word};
use bash_session::{Function, SetOption, Shopt, Text, names};
use std::borrow::Cow;
use std::sync::Arc;

/// What a command name stands for.
#[derive(Clone)]
pub enum Found {
    /// A function.
    Function(Arc<Function>),
    /// A builtin.
    Builtin(Entry),
    /// A program that must still be searched for, or was not found.
    Program,
    /// A program at this path.
    Path(Text),
}

/// What builtin a word names that is the same each time.
#[derive(Clone, Copy)]
struct ConstantName(Option<&'static Builtin>);

/// The kinds that `type -t` names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommandKindFound {
    /// A function.
    Function,
    /// A builtin.
    Builtin,
    /// A program.
    File,
}

/// Where to search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SearchScope {
    /// Functions too.
    All,
    /// Builtins and programs alone (`command`).
    WithoutFunctions,
}

impl Shell {
    /// What a command name means when a command is run.
    #[inline]
    pub(crate) fn resolve(&mut self, name: &Text) -> Found {
        self.resolve_in(name, SearchScope::All)
    }

    /// The same for the first word of a simple command. What builtin a constant word names is looked up once.
    pub(super) fn resolve_word(&mut self, name: &Text, simple: &SimpleCommand) -> Found {
        if self.is_posix() {
            return self.resolve(name);
        }
        if let Some(function) = self.session.functions.get(name) {
            return Found::Function(function.clone());
        }
        match self.known_builtin(name, simple) {
            Some(builtin) => Found::Builtin(Entry::Native(builtin)),
            None => self.resolve(name),
        }
    }

    /// The builtin that a constant first word names, functions aside. POSIX mode has rules of its own.
    #[inline]
    pub(super) fn known_builtin(&self, name: &Text, simple: &SimpleCommand) -> Option<&'static Builtin> {
        let Some(Argument::Word(word)) = simple.words.first() else { return None };
        if self.builtins.has_hosted() {
            return None;
        }
        let builtin = match word.cache.get::<ConstantName>() {
            Some(known) => known.0,
            None => self.look_up_constant(name, word),
        }?;
        (!self.session.disabled_builtins.contains(&builtin.name)).then_some(builtin)
    }

    #[cold]
    fn look_up_constant(&self, name: &Text, word: &Word) -> Option<&'static Builtin> {
        if word.constant.as_deref() != Some(name) {
            return None;
        }
        word.cache.get_or(|| ConstantName(self.builtins.native(name))).0
    }

    /// The same within a scope.
    pub fn resolve_in(&mut self, name: &Text, scope: SearchScope) -> Found {
        if self.is_posix()
            && let Some(entry) = self.find_builtin(name)
            && matches!(&entry, Entry::Native(builtin) if builtin.class.is_special())
        {
            return Found::Builtin(entry);
        }
        if scope == SearchScope::All
            && let Some(function) = self.session.functions.get(name)
        {
            return Found::Function(function.clone());
        }
        match self.find_builtin(name) {
            Some(entry) => Found::Builtin(entry),
            None => Found::Program,
        }
    }

    /// The enabled builtin called `name`.
    pub fn find_builtin(&self, name: &[u8]) -> Option<Entry> {
        let entry = self.builtins.find(name)?;
        match &entry {
            Entry::Native(builtin) if self.session.disabled_builtins.contains(&builtin.name) => None,
            _ => Some(entry),
        }
    }

    /// A program whose `PATH` has just been changed for it.
    pub(super) fn resolve_again(&mut self, _: &Text, _: Found) -> Found {
        Found::Program
    }

    /// The path to run for a program's name: remembered, or found by `PATH` and then remembered.
    pub(super) fn locate(&mut self, name: &[u8]) -> Option<Text> {
        if name.contains(&b'/') {
            return Some(Text::new(name));
        }
        if let Some(known) = self.session.commands.get(name) {
            let path = known.path.clone();
            let checks = self.shopt(Shopt::CheckHash) || self.is_posix();
            if !checks || self.is_executable(&path) {
                self.session.commands.count_hit(name);
                return Some(path);
            }
        }
        let path = self.search_path(name)?;
        if self.option(SetOption::HashAll) && path.starts_with(b"/") {
            self.session.commands.remember(name, &path, 1);
        }
        Some(path)
    }

    /// The first executable called `name` in `PATH`; failing that, the first file of that name. Without a `PATH`, the
    /// working directory is searched.
    pub fn search_path(&mut self, name: &[u8]) -> Option<Text> {
        let path = self.plain_text(*names::PATH).unwrap_or_else(|| self.session.directory.logical.clone());
        self.search_directories(name, &path)
    }

    /// The same in a given list of directories.
    pub fn search_directories(&mut self, name: &[u8], path: &[u8]) -> Option<Text> {
        let path = self.path_without_tildes(path);
        let candidates = self.all_candidates(name, &path);
        let executable = candidates.clone().find(|candidate| self.is_executable(candidate));
        executable.or_else(|| {
            candidates.into_iter().find(|candidate| {
                self.metadata(candidate).is_ok_and(|metadata| metadata.kind != FileKind::Directory)
            })
        })
    }

    /// Every executable called `name` in `PATH`.
    pub fn search_path_all(&mut self, name: &[u8]) -> Vec<Text> {
        let path = self.plain_text(*names::PATH).unwrap_or_else(|| self.session.directory.logical.clone());
        let path = self.path_without_tildes(&path);
        self.all_candidates(name, &path).filter(|candidate| self.is_executable(candidate)).collect()
    }

    /// A search path whose elements' tildes are expanded; POSIX mode takes them as they are.
    fn path_without_tildes<'p>(&mut self, path: &'p [u8]) -> Cow<'p, [u8]> {
        if !path.contains(&b'~') || self.is_posix() {
            return Cow::Borrowed(path);
        }
        let mut expanded = Vec::new();
        for directory in path.split(|byte| *byte == b':') {
            let end = directory.iter().position(|byte| *byte == b'/').unwrap_or(directory.len());
            match directory[..end].strip_prefix(b"~") {
                Some(prefix) => {
                    expanded.extend_from_slice(&self.expand_tilde(prefix));
                    expanded.extend_from_slice(&directory[end..]);
                }
                None => expanded.extend_from_slice(directory),
            }
            expanded.push(b':');
        }
        expanded.pop();
        Cow::Owned(expanded)
    }

    fn all_candidates<'a>(&self, name: &'a [u8], path: &'a [u8]) -> impl Iterator<Item = Text> + Clone + 'a {
        path.split(|byte| *byte == b':').map(move |directory| match directory {
            b"" => Text::new(&[b"./", name].concat()),
            directory if directory.ends_with(b"/") => Text::new(&[directory, name].concat()),
            directory => Text::new(&[directory, b"/", name].concat()),
        })
    }

    /// Whether a path names a file that can be run.
    pub fn is_executable(&self, path: &[u8]) -> bool {
        self.metadata(path).is_ok_and(|metadata| metadata.kind != FileKind::Directory)
            && self.host.access(&self.session.directory.handle, path, Access::Execute).is_ok()
    }

    /// What a path is, seen from the working directory.
    pub fn metadata(&self, path: &[u8]) -> std::io::Result<bash_host::Metadata> {
        self.host.metadata(&self.session.directory.handle, path)
    }
}
