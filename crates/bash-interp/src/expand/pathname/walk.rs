//! Walking directories along a divided pattern.

use super::Component;
use crate::Shell;
use crate::pattern::{LeadingPeriod, Pattern, PatternOptions};
use bash_host::{Entry, FileKind};
use bash_session::Shopt;

/// A walk that collects paths.
pub(super) struct Walk<'a> {
    shell: &'a Shell,
    /// `*` matches names that begin with a period.
    hidden_too: bool,
    /// A pattern may match `.` and `..`.
    dots_too: bool,
    paths: Vec<Vec<u8>>,
}

/// Whether a pattern has already been matched on the way to a path.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Literal,
    Matched,
}

impl<'a> Walk<'a> {
    pub(super) fn new(shell: &'a Shell, hidden_too: bool) -> Walk<'a> {
        Walk { shell, hidden_too, dots_too: !shell.shopt(Shopt::GlobSkipDots), paths: Vec::new() }
    }

    /// Collects all paths that the components match.
    pub(super) fn run(&mut self, components: &[Component]) {
        let mut work = vec![(Vec::new(), components, Way::Literal)];
        while let Some((path, components, way)) = work.pop() {
            if !self.shell.admits_path(self.paths.len() + work.len()) {
                return;
            }
            let Some((component, rest)) = components.split_first() else {
                self.paths.push(path);
                continue;
            };
            match component {
                Component::Literal { name, slashes } => {
                    let path = [&path[..], name, slashes].concat();
                    if !rest.is_empty() {
                        work.push((path, rest, way));
                    } else if self.exists(&path) {
                        self.paths.push(path);
                    }
                }
                Component::Names { pattern, slashes } => {
                    for path in self.matching(&path, pattern, slashes) {
                        work.push((path, rest, Way::Matched));
                    }
                }
                Component::Directories { slashes, repeated } if rest.is_empty() => {
                    self.collect_tree(&path, slashes, if *repeated { Way::Matched } else { way });
                }
                Component::Directories { .. } => {
                    for path in self.directories_below(path) {
                        work.push((path, rest, Way::Matched));
                    }
                }
            }
        }
    }

    pub(super) fn into_paths(self) -> Vec<Vec<u8>> {
        self.paths
    }

    /// The names in a directory that a pattern matches; with slashes to follow only directories.
    fn matching(&self, directory: &[u8], pattern: &Pattern, slashes: &[u8]) -> Vec<Vec<u8>> {
        if let Some(name) = pattern.as_literal() {
            let path = [directory, name, slashes].concat();
            return if self.exists(&path) { vec![path] } else { Vec::new() };
        }
        let mut paths = Vec::new();
        let mut entries = self.entries(directory);
        entries.retain(|entry| pattern.matches(&entry.name));
        entries.extend(self.dots(pattern));
        for entry in entries {
            let mut path = [directory, &entry.name].concat();
            if slashes.is_empty() {
                paths.push(path);
            } else if self.is_directory(&path, entry.kind) {
                path.extend_from_slice(slashes);
                paths.push(path);
            }
        }
        paths
    }

    /// `.` and `..` where a pattern names their period.
    fn dots(&self, pattern: &Pattern) -> Vec<Entry> {
        if !self.dots_too {
            return Vec::new();
        }
        let options = PatternOptions { leading_period: LeadingPeriod::Explicit, ..pattern.options() };
        let explicit = Pattern::compile(pattern.text(), options);
        let names = [&b"."[..], b".."].into_iter().filter(|name| explicit.matches(name));
        names.map(|name| Entry { name: name.to_vec(), kind: FileKind::Directory }).collect()
    }

    /// `**` at the end: everything below a directory, or with slashes to follow all directories.
    fn collect_tree(&mut self, base: &[u8], slashes: &[u8], way: Way) {
        if !base.is_empty() && self.is_directory(base, FileKind::Unknown) {
            let shown = if slashes.is_empty() && way == Way::Matched { without_slashes(base) } else { base };
            self.paths.push(shown.to_vec());
        }
        let mut work = vec![base.to_vec()];
        while let Some(directory) = work.pop() {
            for entry in self.visible_entries(&directory) {
                let path = [&directory[..], &entry.name].concat();
                if slashes.is_empty() {
                    self.paths.push(path.clone());
                } else if self.is_directory(&path, entry.kind) {
                    self.paths.push([&path[..], b"/"].concat());
                }
                if self.is_real_directory(&path, entry.kind) {
                    work.push([&path[..], b"/"].concat());
                }
            }
        }
    }

    /// A directory and all below it, symbolic links not followed.
    fn directories_below(&self, base: Vec<u8>) -> Vec<Vec<u8>> {
        let mut found = vec![base];
        let mut next = 0;
        while let Some(directory) = found.get(next).cloned() {
            next += 1;
            for entry in self.visible_entries(&directory) {
                let path = [&directory[..], &entry.name].concat();
                if self.is_real_directory(&path, entry.kind) {
                    found.push([&path[..], b"/"].concat());
                }
            }
        }
        found
    }

    fn visible_entries(&self, directory: &[u8]) -> Vec<Entry> {
        let mut entries = self.entries(directory);
        entries.retain(|entry| self.hidden_too || !entry.name.starts_with(b"."));
        entries
    }

    /// What cannot be read counts as empty.
    fn entries(&self, directory: &[u8]) -> Vec<Entry> {
        let path = if directory.is_empty() { b"." } else { directory };
        let entries = self.shell.host.read_directory(&self.shell.session.directory.handle, path);
        let mut entries = entries.unwrap_or_default();
        entries.retain(|entry| !entry.is_dots());
        entries
    }

    fn exists(&self, path: &[u8]) -> bool {
        self.shell.host.symlink_metadata(&self.shell.session.directory.handle, path).is_ok()
    }

    fn is_directory(&self, path: &[u8], kind: FileKind) -> bool {
        match kind {
            FileKind::Directory => true,
            FileKind::Symlink | FileKind::Unknown => {
                self.shell.metadata(path).is_ok_and(|metadata| metadata.kind == FileKind::Directory)
            }
            _ => false,
        }
    }

    fn is_real_directory(&self, path: &[u8], kind: FileKind) -> bool {
        match kind {
            FileKind::Directory => true,
            FileKind::Unknown => self
                .shell
                .host
                .symlink_metadata(&self.shell.session.directory.handle, path)
                .is_ok_and(|metadata| metadata.kind == FileKind::Directory),
            _ => false,
        }
    }
}

fn without_slashes(path: &[u8]) -> &[u8] {
    let end = path.iter().rposition(|byte| *byte != b'/').map_or(path.len().min(1), |last| last + 1);
    &path[..end]
}
