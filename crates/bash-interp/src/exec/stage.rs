//! Stages of a pipeline, and other commands beside the shell, that need neither a thread nor a fork.
//!
//! `echo` and `printf` with words whose expansion runs no command end by themselves, whoever reads from them: they are
//! run at once, and what they write waits in memory. A program is a process of its own anyway: it is started from this
//! thread, in a subshell that lasts until then, and waited for later.

use super::resolve::Found;
use super::subshell::SubshellKind;
use crate::{Args, Capture, Entry, Flow, Shell};
use bash_host::{Child, ChildRef, FileKind, FileRef, Forked, Host, OpenHow, Signal, Wait, WaitStatus};
use bash_parser::ast::{
    Argument, AssignedValue, Assignment, BraceExpr, Command, CommandKind, ParamExpansion, ParamOperator,
    Parameter, Redirect, RedirectOperator, RedirectTarget, SimpleCommand, Subscript, Word, WordPart,
};
use bash_session::{SetOption, Status, Text, TrapCondition};
use std::io;
use std::ops::ControlFlow::Continue;
use std::os::fd::BorrowedFd;
use std::sync::{Arc, OnceLock};

/// What is written into a pipe before anybody reads.
pub(crate) const ROOM_IN_PIPE: usize = 64 * 1024;

/// What came of a command that was run at once.
pub(crate) struct AtOnce {
    pub(crate) status: Status,
    /// The program that it left running.
    pub(crate) program: Option<ChildRef>,
}

impl Shell {
    /// Whether `command` does nothing but write a text: `echo` or `printf`, and nothing runs to expand its words.
    pub(crate) fn only_writes(&mut self, command: &Command) -> bool {
        const WRITERS: [&str; 2] = ["echo", "printf"];
        let Some(simple) = self.plain_command(command) else { return false };
        if !command.redirects.is_empty() || !simple.assignments.is_empty() {
            return false;
        }
        let found = self.resolve_constant(simple);
        matches!(found, Some(Found::Builtin(Entry::Native(builtin))) if WRITERS.contains(&builtin.name))
    }

    /// Whether `command` runs a program, and nothing that could block has to be done before.
    pub(crate) fn only_starts_program(&mut self, command: &Command) -> bool {
        if !self.host.owns_process() || self.session.options.interactive || self.has_job_control() {
            return false;
        }
        let Some(simple) = self.plain_command(command) else { return false };
        if !simple.assignments.iter().all(is_quiet_assignment)
            || !command.redirects.iter().all(|redirect| self.opens_at_once(redirect))
            || self.session.functions.get(b"command_not_found_handle").is_some()
        {
            return false;
        }
        matches!(self.resolve_constant(simple), Some(Found::Program))
    }

    /// A simple command whose words run nothing, unless something looks at each command before it runs.
    fn plain_command<'c>(&self, command: &'c Command) -> Option<&'c SimpleCommand> {
        let CommandKind::Simple(simple) = &command.kind else { return None };
        let is_watched = self.session.traps.commands(TrapCondition::Debug).is_some();
        if is_watched || self.option(SetOption::Keyword) || !simple.words.iter().all(is_quiet_argument) {
            return None;
        }
        Some(simple)
    }

    /// What the command's name stands for, if it is written in full.
    fn resolve_constant(&mut self, simple: &SimpleCommand) -> Option<Found> {
        let Some(Argument::Word(word)) = simple.words.first() else { return None };
        let name = Text::new(word.constant.as_deref().filter(|name| !name.is_empty())?);
        Some(self.resolve(&name))
    }

    /// Whether a redirection is made without waiting for anybody, as for the other end of a FIFO.
    fn opens_at_once(&self, redirect: &Redirect) -> bool {
        use RedirectOperator as Op;
        let word = match &redirect.target {
            RedirectTarget::Word(word) => word,
            RedirectTarget::Document(document) => return document.body.as_ref().is_none_or(is_quiet),
        };
        match redirect.operator {
            Op::HereString => is_quiet(word),
            Op::DuplicateInput | Op::DuplicateOutput => word.constant.is_some(),
            _ => match (word.constant.as_deref(), redirect.operator) {
                (Some(b"/dev/null"), _) => true,
                (Some(path), operator) => match self.metadata(path) {
                    Ok(metadata) => metadata.kind == FileKind::Regular,
                    Err(error) => error.kind() == io::ErrorKind::NotFound && operator != Op::Read,
                },
                (None, _) => false,
            },
        }
    }

    /// Runs a command that only writes: what it wrote, and its status.
    pub(crate) fn text_at_once(
        &mut self,
        kind: SubshellKind,
        command: &Arc<Command>,
        input: Option<FileRef>,
    ) -> Flow<(Vec<u8>, Status)> {
        let capture = Capture::new(self);
        let output = capture.clone();
        let ended = self.run_at_once(kind, command, move |sh| {
            sh.session.subshell_uncounted = true;
            sh.connect_stage(input, Some(output));
        })?;
        Continue((Capture::finish(capture, self.told.as_deref()), ended.status))
    }

    /// Writes what a command has left, for which no pipe had room: its end if nobody reads it is as if it did so now.
    pub(crate) fn write_text(&mut self, command: &Command, text: Vec<u8>, status: Status) -> Flow {
        self.output = text;
        let error = match self.flush() {
            Ok(()) => return Continue(status),
            Err(error) => error,
        };
        let name = match &command.kind {
            CommandKind::Simple(simple) => match simple.words.first() {
                Some(Argument::Word(word)) => word.constant.as_deref().unwrap_or_default(),
                _ => b"",
            },
            _ => b"",
        };
        self.write_failed(&Args { name, words: &[], written: &[] }, &error, Continue(status))
    }

    /// Runs a stage that starts a program.
    pub(super) fn start_program(
        &mut self,
        command: &Arc<Command>,
        input: Option<FileRef>,
        output: FileRef,
    ) -> Flow<AtOnce> {
        self.run_at_once(SubshellKind::PipelineStage, command, |sh| {
            sh.session.subshell_uncounted = true;
            sh.connect_stage(input, Some(output));
            sh.leaves_program = Some(sh.session.subshell_depth);
        })
    }

    /// Starts a program behind a process substitution.
    pub(crate) fn start_substituted_program(
        &mut self,
        command: &Arc<Command>,
        input: Option<FileRef>,
        output: Option<FileRef>,
    ) -> Flow<AtOnce> {
        self.run_at_once(SubshellKind::ProcessSubstitution, command, |sh| {
            sh.connect_stage(input, output);
            sh.leaves_program = Some(sh.session.subshell_depth);
        })
    }

    /// Starts a program in the background, where it reads nothing from the terminal and hears nothing from the keyboard.
    pub(super) fn start_background_program(&mut self, command: &Arc<Command>) -> Flow<AtOnce> {
        self.run_at_once(SubshellKind::PipelineStage, command, |sh| {
            let how = OpenHow { read: true, ..OpenHow::default() };
            if !sh.input_redirected
                && let Ok(null) = sh.host.open(&sh.session.directory.handle, b"/dev/null", how)
            {
                sh.session.descriptors.open(0, null);
            }
            for signal in [Signal::INT, Signal::QUIT] {
                sh.session.traps.ignore_silently(signal);
            }
            sh.leaves_program = Some(sh.session.subshell_depth);
        })
    }

    /// Runs a command in a subshell on this thread; `$?` is left as it was.
    fn run_at_once(
        &mut self,
        kind: SubshellKind,
        command: &Arc<Command>,
        prepare: impl FnOnce(&mut Shell),
    ) -> Flow<AtOnce> {
        let before = self.session.status;
        let outer = self.leaves_program.take();
        let status = self.subshell(kind, |sh| {
            prepare(sh);
            sh.stage_command = Some(command.clone());
            sh.only_command = Some(command.clone());
            sh.run_command(command)
        });
        self.leaves_program = outer;
        self.session.status = before;
        Continue(AtOnce { status: status?, program: self.left_program.take() })
    }

    /// Whether the program about to run is to be left running.
    pub(super) fn leaves_this_program(&self) -> bool {
        self.may_replace && self.leaves_program == Some(self.session.subshell_depth)
    }
}

fn is_quiet_argument(argument: &Argument) -> bool {
    matches!(argument, Argument::Word(word) if is_quiet(word))
}

fn is_quiet_assignment(assignment: &Assignment) -> bool {
    assignment.subscript.is_none()
        && matches!(&assignment.value, AssignedValue::Scalar(word) if is_quiet(word))
}

/// Whether no command runs to expand a word.
fn is_quiet(word: &Word) -> bool {
    word.constant.is_some() || word.parts.iter().all(is_quiet_part)
}

fn is_quiet_part(part: &WordPart) -> bool {
    match part {
        WordPart::Literal(_)
        | WordPart::Escaped(_)
        | WordPart::SingleQuoted(_)
        | WordPart::AnsiQuoted(_)
        | WordPart::Tilde(_) => true,
        WordPart::DoubleQuoted(parts) | WordPart::LocaleQuoted(parts) | WordPart::ExtGlob { parts, .. } => {
            parts.iter().all(is_quiet_part)
        }
        WordPart::Stripped(word) => word.read.iter().all(is_quiet_part),
        WordPart::Param(expansion) => is_quiet_expansion(expansion),
        WordPart::Arith { expr, .. } => is_quiet(&expr.word) && !names_process(&expr.source),
        WordPart::Brace(brace) => match &**brace {
            BraceExpr::List(alternatives) => alternatives.iter().all(|parts| parts.iter().all(is_quiet_part)),
            BraceExpr::Range { .. } => true,
            BraceExpr::Text { .. } => false,
        },
        WordPart::Command(_) | WordPart::Process { .. } => false,
    }
}

fn is_quiet_expansion(expansion: &ParamExpansion) -> bool {
    let quiet_subscript = match expansion.subscript.as_deref() {
        None | Some(Subscript::At | Subscript::Star) => true,
        Some(Subscript::Text { word, .. }) => is_quiet(word),
    };
    // What it is that asks for its process id cannot be told from a name known only later.
    let asks_for_process = expansion.indirect
        || matches!(expansion.parameter, Parameter::Variable(name) if names_process(name.as_bytes()));
    let is_quiet_option = |word: &Option<Box<Word>>| word.as_deref().is_none_or(is_quiet);
    quiet_subscript
        && !asks_for_process
        && match &expansion.operator {
            ParamOperator::Value
            | ParamOperator::Length
            | ParamOperator::NamesWithPrefix { .. }
            | ParamOperator::Keys => true,
            // A prompt runs commands.
            ParamOperator::Transform(letter) => *letter != b'P',
            ParamOperator::Default { word, .. } | ParamOperator::Trim { pattern: word, .. } => is_quiet(word),
            ParamOperator::Replace { pattern, replacement, .. } => {
                is_quiet(pattern) && is_quiet_option(replacement)
            }
            ParamOperator::Slice { offset, length } => {
                is_quiet(&offset.word) && length.as_ref().is_none_or(|length| is_quiet(&length.word))
            }
            ParamOperator::Case { pattern, .. } => is_quiet_option(pattern),
            ParamOperator::Bad(_) => false,
        }
}

/// `BASHPID`, which is different in a process of its own.
fn names_process(text: &[u8]) -> bool {
    text.windows(7).any(|part| part == b"BASHPID")
}

/// The process behind something that has run at once: it exists only if somebody asks for its number.
pub(crate) struct LateProcess {
    host: Arc<dyn Host>,
    status: Status,
    child: OnceLock<Option<ChildRef>>,
}

impl LateProcess {
    pub(crate) fn ended(host: Arc<dyn Host>, status: Status) -> ChildRef {
        Arc::new(LateProcess { host, status, child: OnceLock::new() })
    }

    /// A process that has ended with the status, and that nobody else has to wait for.
    fn child(&self) -> Option<&ChildRef> {
        let make = || match self.host.fork(&[]) {
            Ok(Forked::Parent(child)) => {
                let _ = child.wait(Wait::Exit);
                Some(child)
            }
            Ok(Forked::Child) => self.host.exit(self.status.code()),
            Err(_) => None,
        };
        self.child.get_or_init(make).as_ref()
    }
}

impl Child for LateProcess {
    fn pid(&self) -> i32 {
        // Where there cannot be one, a number that no process has.
        self.child().map_or(0x4000_0000, |child| child.pid())
    }

    fn wait(&self, how: Wait) -> io::Result<Option<WaitStatus>> {
        match self.child.get() {
            Some(Some(child)) => child.wait(how),
            _ => Ok(Some(WaitStatus::Exited(self.status.code()))),
        }
    }

    fn kill(&self, signal: Signal) -> io::Result<()> {
        const ESRCH: i32 = 3;
        self.child().map_or(Err(io::Error::from_raw_os_error(ESRCH)), |child| child.kill(signal))
    }

    fn poll_fd(&self) -> Option<BorrowedFd<'_>> {
        self.child.get()?.as_ref()?.poll_fd()
    }
}

#[cfg(test)]
mod tests {
    use super::is_quiet_argument;
    use bash_parser::ast::CommandKind;
    use bash_parser::{Dialect, NoAliases, Parsed, Parser};

    /// Whether nothing runs to expand the words of a command.
    fn is_quiet(text: &str) -> bool {
        let mut parser = Parser::new(text.as_bytes().to_vec(), 1);
        let Parsed::Command(list) = parser.next(Dialect::default(), &NoAliases) else { return false };
        let command = &list.items[0].and_or.first.stages[0].command;
        let CommandKind::Simple(simple) = &command.kind else { return false };
        simple.words.iter().all(is_quiet_argument)
    }

    #[test]
    fn words_that_run_commands_are_known() {
        for text in ["echo a", "echo $x \"${y:-z}\" {a,b} $((1+x)) ${a[i]//x/y} *.c ~ ${x@Q}"] {
            assert!(is_quiet(text), "{text}");
        }
        for text in ["echo $(x)", "echo \"`x`\"", "echo <(x)", "echo ${y:-$(x)}", "echo $(( $(x) ))"] {
            assert!(!is_quiet(text), "{text}");
        }
        for text in [
            "echo {a,$(x)}",
            "echo ${a[$(x)]}",
            "echo ${x@P}",
            "echo ${x:$(y)}",
            "echo ${ x; }",
            "echo $BASHPID",
        ] {
            assert!(!is_quiet(text), "{text}");
        }
    }
}
