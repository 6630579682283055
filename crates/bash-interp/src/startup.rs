//! What a new shell knows before its first command: the variables that it sets itself, and those of the environment.

use crate::Shell;
use bash_host::FileKind;
use bash_parser::ast::FunctionDefinition;
use bash_parser::{Name, NoAliases, Parsed, Parser};
use bash_session::{Attributes, IndexedArray, SetOption, Text, Value, names};
use std::sync::Arc;

/// What the shell takes from the process's environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Import {
    /// Variables, functions and options, as a program does.
    Everything,
    /// Variables alone: a program that is restricted or privileged.
    Variables,
    /// Nothing, as a library should.
    Nothing,
}

/// Where completion ends a word.
const WORD_BREAKS: &str = " \t\n\"'@><=;|&(:";

/// The version that scripts see.
const VERSION: [&str; 3] = ["5", "3", "0"];

/// What new sessions of one process have in common, as long as they import nothing: everything but the directory.
pub struct Defaults {
    variables: bash_session::Variables,
    charset: bash_parser::quote::Charset,
    process: (i32, bash_host::Ids),
}

impl Shell {
    /// What this shell, which has just been set up without importing anything, has in common with the next ones.
    pub fn defaults(&self) -> Defaults {
        Defaults {
            variables: self.session.variables.clone(),
            charset: self.session.charset,
            process: (self.host.pid(), self.host.ids()),
        }
    }

    /// Sets a new session up as [`Shell::initialise`] does without importing anything, for less. Whether it could: not in
    /// another process than that of the defaults, and not as another user.
    pub fn initialise_as(&mut self, defaults: &Defaults) -> bool {
        if defaults.process != (self.host.pid(), self.host.ids()) {
            return false;
        }
        self.session.variables = defaults.variables.clone();
        self.session.charset = defaults.charset;
        self.session.variables.set(*names::PWD, Value::Unset);
        self.set_directory();
        true
    }

    /// Sets a new session up.
    pub fn initialise(&mut self, import: Import) {
        let host = self.host.clone();
        self.set_up(import, |sh| host.visit_environment(&mut |entry| sh.import_entry(import, entry)));
    }

    /// The same with an environment of the caller's choice.
    pub fn initialise_from(&mut self, environment: &[Vec<u8>], import: Import) {
        self.set_up(import, |sh| environment.iter().for_each(|entry| sh.import_entry(import, entry)));
    }

    fn set_up(&mut self, import: Import, import_environment: impl FnOnce(&mut Shell)) {
        if import != Import::Nothing {
            self.catch_interrupts();
        }
        crate::variables::initialise_dynamic(&mut self.session);
        crate::assign::initialise_watched(&mut self.session);
        if import != Import::Nothing {
            self.session.last_argument = self.session.shell_name.clone();
            import_environment(self);
        }
        self.set_defaults();
        self.set_directory();
        self.set_identity();
        self.set_version();
        self.set_level();
        self.start_locale();
        self.follow_text_domain();
        if self.session.variables.get(*names::POSIXLY_CORRECT).is_some_and(|cell| cell.is_set()) {
            self.session.options.set(SetOption::Posix, true);
        }
        if self.session.variables.get(*names::BASH_COMPAT).is_some_and(|cell| cell.is_set()) {
            self.after_compatibility();
        }
    }

    /// Takes one variable over from an environment, `NAME=value`, into a shell that has been set up already. Readonly ones
    /// stay as they are.
    pub fn import_variable(&mut self, entry: &[u8]) {
        let name = entry.split(|byte| *byte == b'=').next().and_then(Name::from_bytes);
        let cell = name.and_then(|name| self.session.variables.get(name));
        if cell.is_some_and(|cell| cell.attributes.contains(Attributes::READONLY)) {
            return;
        }
        self.import_entry(Import::Variables, entry);
        if let Some(name) = name.filter(|name| {
            self.session
                .variables
                .get(*name)
                .is_some_and(|cell| cell.attributes.contains(Attributes::WATCHED))
        }) {
            self.after_assignment(name);
        }
    }

    fn import_entry(&mut self, import: Import, entry: &[u8]) {
        let Some(equals) = entry.iter().position(|byte| *byte == b'=') else { return };
        let (name, value) = (&entry[..equals], &entry[equals + 1..]);
        if let Some(function) = name.strip_prefix(b"BASH_FUNC_").and_then(|rest| rest.strip_suffix(b"%%"))
            && value.starts_with(b"() {")
        {
            if import == Import::Everything {
                self.import_function(function, entry, value);
            }
            return;
        }
        let Some(name) = Name::from_bytes(name) else {
            return Arc::make_mut(&mut self.session.foreign_environment).push(entry.to_vec());
        };
        match name.as_str() {
            "SHELLOPTS" | "BASHOPTS" if import == Import::Everything => {
                return self.import_options(name, value);
            }
            "_" => {
                self.session.last_argument = Text::new(value);
                return;
            }
            "IFS" | "SHELLOPTS" | "BASHOPTS" | "PPID" | "UID" | "EUID" | "BASHPID" => return,
            "BASH_ARGV0" => self.session.params.name = Text::new(value),
            _ => {}
        }
        let cell = self.session.variables.cell(name);
        if !cell.attributes.contains(Attributes::DYNAMIC) {
            cell.value = Value::Text(Text::new(value));
        }
        self.session.variables.change_attributes(name, Attributes::EXPORT, Attributes::empty());
    }

    /// The options that a parent shell handed over in `SHELLOPTS` or `BASHOPTS`.
    fn import_options(&mut self, name: Name, value: &[u8]) {
        for word in value.split(|byte| *byte == b':') {
            if name == *names::SHELLOPTS
                && let Some(option) = SetOption::with_name(word)
            {
                self.set_option(option, true);
            } else if name == *names::BASHOPTS
                && let Some(option) = bash_session::Shopt::with_name(word)
            {
                self.set_shopt(option, true);
            }
        }
        self.show_options();
        self.session.variables.change_attributes(name, Attributes::EXPORT, Attributes::empty());
    }

    /// `BASH_FUNC_name%%=() { … }`: exactly one function definition. What is refused stays in the environment as it is.
    fn import_function(&mut self, name: &[u8], entry: &[u8], value: &[u8]) {
        self.refuse_special_name(name);
        let allowed = !name.contains(&b'/') && (!self.is_posix() || bash_parser::is_identifier(name));
        if let Some(definition) = allowed.then(|| self.imported_definition(name, value)).flatten() {
            return self.session.functions.define(bash_session::Function {
                tree_bytes: 0,
                name: Text::new(name),
                definition,
                source: "environment".into(),
                attributes: bash_session::FunctionAttributes { exported: true, ..Default::default() },
            });
        }
        Arc::make_mut(&mut self.session.foreign_environment).push(entry.to_vec());
        let shell = self.session.params.name.clone();
        self.write_error(
            &[&shell[..], b": error importing function definition for `", name, b"'\n"].concat(),
        );
    }

    /// In POSIX mode the shell does not start with a function that would hide a special builtin.
    fn refuse_special_name(&mut self, name: &[u8]) {
        let is_special = self.builtins.native(name).is_some_and(|builtin| builtin.class.is_special());
        if self.is_posix() && is_special {
            let shell = self.session.params.name.clone();
            self.write_error(&[&shell[..], b": `", name, b"': is a special builtin\n"].concat());
            self.host.exit(2)
        }
    }

    fn imported_definition(&mut self, name: &[u8], value: &[u8]) -> Option<Arc<FunctionDefinition>> {
        let mut parser = Parser::new([name, b" ", value].concat(), 0);
        let list = match parser.next(self.dialect(), &NoAliases) {
            Parsed::Command(list) => list,
            Parsed::Error(error) => {
                self.report_parse_error(&error, Some(&String::from_utf8_lossy(name)));
                return None;
            }
            Parsed::End | Parsed::Incomplete => return None,
        };
        let definition = list.only_function().filter(|definition| definition.name[..] == *name).cloned();
        if definition.is_none() {
            let shell = self.session.params.name.clone();
            self.write_error(
                &[&shell[..], b": warning: ", name, b": ignoring function definition attempt\n"].concat(),
            );
        }
        definition
    }

    fn set_defaults(&mut self) {
        self.session.variables.set(*names::IFS, " \t\n");
        self.session.variables.set(*names::OPTIND, Value::Integer(1));
        self.session.variables.change_attributes(*names::OPTIND, Attributes::INTEGER, Attributes::empty());
        for (name, value) in [
            (*names::PS4, "+ "),
            (*names::OPTERR, "1"),
            (*names::TERM, "dumb"),
            (*names::COMP_WORDBREAKS, WORD_BREAKS),
        ] {
            if self.session.variables.get(name).is_none() {
                self.session.variables.set(name, value);
            }
        }
        if self.plain_text(*names::PATH).is_none() {
            self.session
                .variables
                .set(*names::PATH, "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:.");
        }
    }

    fn set_identity(&mut self) {
        let ids = self.host.ids();
        for (name, id) in [(*names::UID, ids.uid), (*names::EUID, ids.effective_uid)] {
            self.session.variables.set(name, Value::Integer(i64::from(id)));
            self.set_readonly_integer(name);
        }
        self.session.variables.set(*names::PPID, Value::Integer(i64::from(self.host.parent_pid())));
        self.set_readonly_integer(*names::PPID);
        if self.session.variables.get(*names::HOSTNAME).is_none() {
            let host_name = self.host.host_name();
            self.session.variables.set(*names::HOSTNAME, host_name);
        }
        for (name, value) in [
            (*names::HOSTTYPE, std::env::consts::ARCH),
            (*names::OSTYPE, if cfg!(target_os = "macos") { "darwin" } else { "linux-gnu" }),
        ] {
            self.session.variables.set(name, value);
        }
        let machine = format!("{}-pc-linux-gnu", std::env::consts::ARCH);
        self.session.variables.set(*names::MACHTYPE, machine.as_str());
        if let Some(program) = self.own_path() {
            self.session.variables.set(*names::BASH, program);
        }
        if self.plain_text(*names::SHELL).is_none()
            && let Some(shell) = self.host.login_shell()
        {
            self.session.variables.set(*names::SHELL, shell);
        }
    }

    /// `BASH`: the name that this program was called by, as a path.
    fn own_path(&mut self) -> Option<Text> {
        let name = self.session.shell_name.clone();
        if !self.host.owns_process() {
            return self.host.program_path().map(Text::from);
        }
        if name.starts_with(b"/") {
            return Some(name);
        }
        if name.contains(&b'/') {
            let below = name.strip_prefix(b"./").unwrap_or(&name);
            return Some([&self.session.directory.logical[..], b"/", below].concat().into());
        }
        let found = if name.starts_with(b"-") { None } else { self.search_path(&name) };
        found.or_else(|| self.host.login_shell().map(Text::from))
    }

    fn set_readonly_integer(&mut self, name: Name) {
        let attributes = Attributes::READONLY | Attributes::INTEGER;
        self.session.variables.change_attributes(name, attributes, Attributes::EXPORT);
    }

    fn set_version(&mut self) {
        let version = format!("{}.{}.{}(1)-release", VERSION[0], VERSION[1], VERSION[2]);
        self.session.variables.set(*names::BASH_VERSION, version.as_str());
        self.session.variables.set(*names::RBASH_VERSION, env!("CARGO_PKG_VERSION"));
        let machine = self.plain_text(*names::MACHTYPE).unwrap_or_default();
        let info = ["5", "3", "0", "1", "release"].map(Text::from);
        let info: IndexedArray = info.into_iter().chain([machine]).collect();
        self.session.variables.set(*names::BASH_VERSINFO, info);
        let attributes = Attributes::READONLY | Attributes::INDEXED;
        self.session.variables.change_attributes(*names::BASH_VERSINFO, attributes, Attributes::empty());
    }

    /// `PWD` is taken over if it names the working directory.
    fn set_directory(&mut self) {
        let physical = self.host.directory_path(&self.session.directory.handle).unwrap_or_default();
        let inherited = self.plain_text(*names::PWD).filter(|path| path.starts_with(b"/"));
        let is_here = |path: &Text| {
            let (there, here) = (self.metadata(path), self.metadata(b"."));
            matches!((there, here), (Ok(there), Ok(here)) if (there.device, there.inode) == (here.device, here.inode))
        };
        let logical = inherited.filter(is_here).unwrap_or_else(|| physical.into());
        self.session.directory.logical = logical.clone();
        let exported = Attributes::EXPORT;
        self.session.variables.set(*names::PWD, logical);
        self.session.variables.change_attributes(*names::PWD, exported, Attributes::empty());
        self.session.variables.change_attributes(*names::OLDPWD, exported, Attributes::empty());
        let usable =
            |path: &Text| self.metadata(path).is_ok_and(|metadata| metadata.kind == FileKind::Directory);
        if self.plain_text(*names::OLDPWD).is_some_and(|path| !usable(&path)) {
            self.session.variables.set(*names::OLDPWD, Value::Unset);
        }
    }

    fn set_level(&mut self) {
        let level = self
            .plain_text(*names::SHLVL)
            .and_then(|text| std::str::from_utf8(&text).ok()?.trim().parse().ok());
        let level: i64 = level.unwrap_or(0);
        let level = match level.saturating_add(1) {
            ..0 => 0,
            level @ 0..1000 => level,
            level => {
                let message = format!(": warning: shell level ({level}) too high, resetting to 1\n");
                self.write_error(&[&self.error_name()[..], message.as_bytes()].concat());
                1
            }
        };
        self.session.variables.set(*names::SHLVL, Text::from_integer(level));
        self.session.variables.change_attributes(*names::SHLVL, Attributes::EXPORT, Attributes::empty());
    }
}
