//! Programs: finding them, handing them to the host, waiting for them; 126 and 127.

use super::resolve::Found;
use crate::gate::Refused;
use crate::{Flow, Shell, Unwind};
use bash_host::{ChildRef, FileKind, ProcessGroup, SpawnRequest};
use bash_session::{JobControl, Status, Text, names};
use std::ffi::CString;
use std::io;
use std::ops::ControlFlow::{Break, Continue};
use std::sync::Arc;

/// What environment a program gets from `exec`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExecEnvironment {
    /// The exported variables.
    Exported,
    /// Nothing (`exec -c`).
    Empty,
}

impl Shell {
    /// Runs a program in the foreground.
    pub(super) fn run_external(&mut self, found: &Found, words: &[Text]) -> Flow {
        if self.session.options.interactive && self.is_directory_to_enter(words) {
            return self.enter_directory(words);
        }
        let path = match found {
            Found::Path(path) => Some(path.clone()),
            _ if self.refuses_slash(&words[0]) => return Continue(Status::FAILURE),
            _ => self.locate(&words[0]),
        };
        let Some(path) = path else { return self.command_not_found(words) };
        let leaves = self.leaves_this_program();
        if self.ends_with_this_command() {
            return self.replace_process(&path, words);
        }
        let group = self.group_for_program();
        match self.spawn(&path, words, group) {
            Ok(child) if leaves => {
                self.left_program = Some(child);
                Continue(Status::SUCCESS)
            }
            Ok(child) => self.wait_foreground(child),
            Err(error) => self.cannot_run(&path, words, &error),
        }
    }

    /// `autocd`: whether a directory was named instead of a command.
    fn is_directory_to_enter(&self, words: &[Text]) -> bool {
        let is_directory = |path: &Text| {
            self.metadata(path).is_ok_and(|metadata| metadata.kind == bash_host::FileKind::Directory)
        };
        self.shopt(bash_session::Shopt::AutoCd) && words.first().is_some_and(is_directory)
    }

    fn enter_directory(&mut self, words: &[Text]) -> Flow {
        let command: Vec<Text> =
            ["cd".into(), "--".into()].into_iter().chain(words.iter().cloned()).collect();
        self.write_error(&[&command.join(&b' ')[..], b"\n"].concat());
        self.run_words(&command, super::SearchScope::All)
    }

    /// Whether this process has nothing left to do after the running command, so that it may become it.
    fn ends_with_this_command(&mut self) -> bool {
        std::mem::take(&mut self.may_replace)
            && self.forked
            && self.session.subshell_depth == self.process_depth
            && self.session.traps.commands(bash_session::TrapCondition::Exit).is_none()
            && self.substitutions.descriptors.is_empty()
    }

    /// Starts a program.
    pub(crate) fn spawn(&mut self, path: &[u8], words: &[Text], group: ProcessGroup) -> io::Result<ChildRef> {
        if self.gate.is_some()
            && let Some(refused) = self.refused_program(path, words)
        {
            return Err(io::Error::other(refused));
        }
        self.admit_program()?;
        let arguments = c_strings(words)?;
        self.with_request(path, &arguments, group, |sh, request| sh.host.spawn(request))
    }

    /// Becomes a program (`exec`). Returns only if that fails.
    pub fn replace_process(&mut self, path: &[u8], words: &[Text]) -> Flow {
        if let Some(refused) = self.refused_program(path, words) {
            return self.cannot_run(path, words, &io::Error::other(refused));
        }
        let arguments = match c_strings(words) {
            Ok(arguments) => arguments,
            Err(error) => return self.cannot_run(path, words, &error),
        };
        let error = self
            .with_request(path, &arguments, ProcessGroup::Inherit, |sh, request| sh.host.replace(request));
        self.cannot_run(path, words, &error)
    }

    /// `exec`: the program takes the place of the (sub)shell. Where that is no process of its own, the program is run
    /// and the subshell ends with it.
    pub fn exec(&mut self, path: &[u8], words: &[Text], environment: ExecEnvironment) -> Flow {
        let _ = self.flush();
        let level = self.lower_level();
        if environment == ExecEnvironment::Empty {
            self.environment = Some((self.environment_version(), Arc::default()));
        }
        let process = self.host.owns_process() && self.session.subshell_depth <= self.process_depth;
        let flow = if process { self.replace_process(path, words) } else { self.run_in_place(path, words) };
        self.environment = None;
        self.session.variables.set(*names::SHLVL, level);
        match flow {
            Continue(status) => self.failed_exec(status),
            flow => flow,
        }
    }

    /// Runs a program that a subshell on this thread wants to become.
    fn run_in_place(&mut self, path: &[u8], words: &[Text]) -> Flow {
        let group = self.group_for_program();
        let status = match self.spawn(path, words, group) {
            Ok(child) => self.wait_foreground(child)?,
            Err(error) => return self.cannot_run(path, words, &error),
        };
        if self.session.subshell_depth > self.process_depth {
            self.session.traps.reset(bash_session::TrapCondition::Exit);
        }
        Break(Unwind::Exit(status))
    }

    /// The shell that ends counts no more in `SHLVL`; the value that it had.
    fn lower_level(&mut self) -> Text {
        let text = self.plain_text(*names::SHLVL).unwrap_or_default();
        if let Some(level) = std::str::from_utf8(&text).ok().and_then(|text| text.parse::<i64>().ok()) {
            self.session.variables.set(*names::SHLVL, Text::from_integer(level.saturating_sub(1)));
        }
        text
    }

    /// Runs a command whose words are expanded, without redirections and assignments of its own.
    pub fn run_words(&mut self, words: &[Text], scope: super::SearchScope) -> Flow {
        match self.resolve_in(&words[0], scope) {
            Found::Function(function) => self.nested(|sh| sh.call_function(&function, words.to_vec())),
            Found::Builtin(entry) => {
                self.call_builtin(&entry, &crate::Args { name: &words[0], words: &words[1..], written: &[] })
            }
            found => self.run_external(&found, words),
        }
    }

    /// `%1` as a command: `fg %1`.
    pub(super) fn run_job_spec(&mut self, words: &[Text]) -> Flow {
        match self.find_builtin(b"fg") {
            Some(entry) => self.call_builtin(&entry, &crate::Args { name: b"fg", words, written: &[] }),
            None => self.command_not_found(words),
        }
    }

    /// Runs the program at `path`.
    pub fn run_program(&mut self, path: &Text, words: &[Text]) -> Flow {
        self.run_external(&Found::Path(path.clone()), words)
    }

    /// Calls `use_it` with everything that a new process needs to know.
    fn with_request<T>(
        &mut self,
        path: &[u8],
        arguments: &[CString],
        group: ProcessGroup,
        use_it: impl FnOnce(&mut Shell, &SpawnRequest<'_>) -> T,
    ) -> T {
        let environment = self.environment_for(path);
        let (descriptors, closed) = self.session.descriptors.for_child();
        for (_, file) in &descriptors {
            file.settle();
        }
        let directory = self.session.directory.handle.clone();
        let limits = self.limits_for_program();
        let terminal = if group == ProcessGroup::New { self.terminal_for_jobs() } else { None };
        let request = SpawnRequest {
            program: path,
            arguments,
            environment: &environment,
            directory: &directory,
            descriptors: &descriptors,
            closed: &closed,
            group,
            terminal: terminal.as_ref(),
            umask: self.session.umask,
            limits: &limits,
            ignored: self.session.traps.ignored(),
        };
        use_it(self, &request)
    }

    /// The environment of children: exported variables and functions. Kept until one of them changes.
    pub(crate) fn environment_block(&mut self) -> Arc<Vec<CString>> {
        let version = self.environment_version();
        if let Some((known, block)) = &self.environment
            && *known == version
        {
            return block.clone();
        }
        let mut block = Vec::new();
        for (name, cell) in self.session.variables.exported() {
            if !cell.is_array()
                && let Some(text) = cell.value.text()
            {
                block.extend(CString::new([name.as_bytes(), b"=", &text[..]].concat()));
            }
        }
        for function in self.session.functions.iter().filter(|function| function.attributes.exported) {
            block.extend(CString::new(exported_function(&function.name, &function.definition)));
        }
        block.extend(
            self.session.foreign_environment.iter().filter_map(|entry| CString::new(entry.clone()).ok()),
        );
        block.push(c"_=".into());
        let block = Arc::new(block);
        self.environment = Some((version, block.clone()));
        block
    }

    /// The environment of one program, whose path is in `_`.
    fn environment_for(&mut self, path: &[u8]) -> Arc<Vec<CString>> {
        drop(self.environment_block());
        let Some((_, block)) = &mut self.environment else { return Arc::default() };
        if block.last().is_some_and(|last| last.as_bytes().starts_with(b"_="))
            && let Ok(entry) = CString::new([b"_=", path].concat())
            && let Some(last) = Arc::make_mut(block).last_mut()
        {
            *last = entry;
        }
        block.clone()
    }

    fn environment_version(&self) -> [u64; 2] {
        [self.session.variables.environment_version(), self.session.exported_functions]
    }

    /// A changed function may change what children see.
    pub fn forget_environment(&mut self) {
        self.export_changes += 1;
        self.session.exported_functions = self.export_changes;
        self.environment = None;
    }

    /// `name: command not found`, unless a function wants to handle it.
    fn command_not_found(&mut self, words: &[Text]) -> Flow {
        if let Some(hosted) = self.builtins.resolve_unknown(&words[0]) {
            let args = crate::Args { name: &words[0], words: &words[1..], written: &[] };
            return self.call_builtin(&crate::Entry::Hosted(hosted), &args);
        }
        if let Some(handler) = self.session.functions.get(b"command_not_found_handle").cloned() {
            let mut call = vec![Text::from("command_not_found_handle")];
            call.extend(words.iter().cloned());
            return self
                .subshell(super::subshell::SubshellKind::Parentheses, |sh| sh.call_function(&handler, call));
        }
        let name = &words[0];
        let shown = match bash_parser::quote::needs_ansi_c(name, self.session.charset) {
            true => bash_parser::quote::ansi_c_quote(name, self.session.charset),
            false => name.to_vec(),
        };
        self.error([&shown[..], b": command not found"].concat());
        Continue(Status::NOT_FOUND)
    }

    /// Why a program could not be started: a directory, no permission, or a text that is a script without `#!`.
    fn cannot_run(&mut self, path: &[u8], words: &[Text], error: &io::Error) -> Flow {
        const ENOEXEC: i32 = 8;
        const ENOENT: i32 = 2;
        if let Some(Refused(reason)) = error.get_ref().and_then(|error| error.downcast_ref::<Refused>()) {
            self.tell_refused(path, reason);
            return Continue(Status::CANNOT_EXECUTE);
        }
        if error.raw_os_error() == Some(ENOEXEC) {
            return self.run_as_script(path, words);
        }
        if self.metadata(path).is_ok_and(|metadata| metadata.kind == FileKind::Directory) {
            self.error([path, b": Is a directory"].concat());
            return Continue(Status::CANNOT_EXECUTE);
        }
        if error.raw_os_error() == Some(ENOENT)
            && let Some(interpreter) = self.missing_interpreter(path)
        {
            let name = self.error_name();
            let rest = b": bad interpreter: No such file or directory\n";
            self.write_error(&[&name[..], b": ", path, b": ", &interpreter[..], rest].concat());
            return Continue(Status::CANNOT_EXECUTE);
        }
        self.system_error(path, error);
        let missing = error.raw_os_error() == Some(ENOENT);
        Continue(if missing { Status::NOT_FOUND } else { Status::CANNOT_EXECUTE })
    }

    /// The program named after `#!` in a file that exists itself.
    fn missing_interpreter(&self, path: &[u8]) -> Option<Vec<u8>> {
        let text = self.host.read_file(&self.session.directory.handle, path).ok()?;
        let line = text.strip_prefix(b"#!")?.split(|byte| *byte == b'\n').next()?;
        let name = line.split(|byte| matches!(byte, b' ' | b'\t')).find(|word| !word.is_empty())?;
        Some(name.to_vec())
    }

    /// A file without `#!` is a script for this shell.
    fn run_as_script(&mut self, path: &[u8], words: &[Text]) -> Flow {
        let text = match self.host.read_file(&self.session.directory.handle, path) {
            Ok(text) => text,
            Err(error) => {
                self.system_error(path, &error);
                return Continue(Status::CANNOT_EXECUTE);
            }
        };
        if crate::exec::external::is_binary(&text) {
            self.error([path, b": cannot execute binary file: Exec format error"].concat());
            return Continue(Status::CANNOT_EXECUTE);
        }
        let Some(program) = self.host.program_path().filter(|_| self.host.owns_process()) else {
            self.error([path, b": cannot execute: required file not found"].concat());
            return Continue(Status::CANNOT_EXECUTE);
        };
        let mut call = vec![words[0].clone(), Text::new(path)];
        call.extend(words[1..].iter().cloned());
        let group = self.group_for_program();
        match self.spawn(&program, &call, group) {
            Ok(child) => self.wait_foreground(child),
            Err(error) => {
                self.system_error(path, &error);
                Continue(Status::CANNOT_EXECUTE)
            }
        }
    }

    /// Whether a failed `exec` ends the shell.
    pub fn failed_exec(&mut self, status: Status) -> Flow {
        if self.session.options.interactive || self.shopt(bash_session::Shopt::ExecFail) {
            return Continue(status);
        }
        Break(Unwind::Exit(status))
    }

    /// Whether job control is on.
    pub fn has_job_control(&self) -> bool {
        self.session.job_control == JobControl::On
    }
}

/// Whether a file's beginning says that it is no text: a NUL byte in its first line.
pub fn is_binary(text: &[u8]) -> bool {
    let sample = &text[..text.len().min(128)];
    let line = sample.split(|byte| *byte == b'\n').next().unwrap_or_default();
    line.contains(&0)
}

fn c_strings(words: &[Text]) -> io::Result<Vec<CString>> {
    words
        .iter()
        .map(|word| CString::new(word.to_vec()).map_err(|_| io::ErrorKind::InvalidInput.into()))
        .collect()
}

/// `BASH_FUNC_name%%=() { … }`
fn exported_function(name: &[u8], definition: &bash_parser::ast::FunctionDefinition) -> Vec<u8> {
    [b"BASH_FUNC_", name, b"%%=", &bash_parser::print::exported_function(definition)[..]].concat()
}
