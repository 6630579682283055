//! The shell: a session, the world, the commands it can call, and where the two meet.

use crate::{Flow, Registry, Unwind};
use bash_host::{FileRef, Host};
use bash_session::{Session, SetOption, Shopt, Status, Text};
use std::io;
use std::ops::ControlFlow;
use std::sync::Arc;

/// Whether the process belongs to the shell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ownership {
    /// A binary: the shell may fork and exec.
    Process,
    /// A library in somebody else's process.
    Embedded,
}

/// A shell that can run commands.
pub struct Shell {
    /// What it remembers: what a subshell copies.
    pub session: Session,
    /// What lies outside.
    pub host: Arc<dyn Host>,
    /// What can be called by name.
    pub builtins: Registry,
    /// Output of the running builtin that was not written yet.
    pub(crate) output: Vec<u8>,
    /// `set -e` has no say in the running command (it is a condition, or behind `!`).
    pub(crate) errexit_ignored: u32,
    /// How many of the running function calls have redirections of their own.
    pub(crate) redirected_calls: u32,
    /// Where in the nesting of same-thread subshells this process began; a subshell no deeper ends by ending the process.
    pub(crate) process_depth: u32,
    /// The process was forked for a part of the script: its end is `exit`, not a return to the caller.
    pub(crate) forked: bool,
    /// A trap's commands are running: which conditions.
    pub(crate) running_traps: Vec<bash_session::TrapCondition>,
    /// Processes behind `>(…)` and `<(…)` of the running command.
    pub(crate) substitutions: crate::expand::process::Pending,
    /// How deep functions, substitutions, `eval` and `source` are nested.
    pub(crate) depth: u32,
    /// How many arithmetic expressions are being evaluated, one for the sake of the other.
    pub(crate) arith_level: u32,
    /// The environment block for children, and the versions of variables and functions that it was made from.
    pub(crate) environment: Option<([u64; 2], Arc<Vec<std::ffi::CString>>)>,
    /// How often the exported functions have changed.
    pub(crate) export_changes: u64,
    /// How deep `eval`, `source`, traps and substitutions are nested, as `set -x` shows it.
    pub(crate) trace_level: u32,
    /// The command that runs (`BASH_COMMAND`).
    pub(crate) command: Option<Arc<bash_parser::ast::Command>>,
    /// Something wrote an error while the last command substitution of an assignment ran: its status.
    pub(crate) substitution_status: Option<Status>,
    /// How many `${ …; }` are being run, which `return` may end.
    pub(crate) function_like: u32,
    /// `exec` has made the redirections of the running command last.
    pub keep_redirects: bool,
    /// The signal by which the process will end.
    pub dying_by: Option<bash_host::Signal>,
    /// The command whose arithmetic runs, as its messages name it (`((`, `let`).
    pub(crate) arith_caller: Option<std::borrow::Cow<'static, [u8]>>,
    /// The builtin that runs, as messages about names name it.
    pub(crate) running_builtin: Option<&'static str>,
    /// A special builtin has failed in the way that ends a POSIX shell.
    pub(crate) special_failure: Option<crate::builtin::SpecialFailure>,
    /// The running builtin does not fail where its output cannot be written.
    pub(crate) succeeds_unwritten: bool,
    /// Assignments stand before the running builtin itself, which its listings do not show.
    pub(crate) has_own_temporaries: bool,
    /// The redirections of a compound command failed: its own failure, which `set -e` and the ERR trap look at.
    pub(crate) redirect_failed: bool,
    /// Compiled expressions of `=~`.
    pub(crate) regexes:
        crate::regex::RegexCache<crate::exec::conditional::RegexKey, bash_host::real::PosixRegex>,
    /// Signals taken from the host that wait for their traps.
    pub(crate) pending: bash_host::SignalSet,
    /// Signals that this process catches for the shell.
    pub(crate) caught: bash_host::SignalSet,
    /// Signals that would end the process are caught, because an EXIT trap is set.
    pub(crate) catches_fatal_signals: bool,
    /// In a process that belongs to somebody else: whether this thread was told to end.
    pub(crate) told: Option<Arc<crate::embedded::Told>>,
    /// The same of the whole session, of which the runs are parts.
    pub(crate) session_told: Option<Arc<crate::embedded::Told>>,
    /// What it has used of its limits, if it has any.
    pub(crate) metered: Option<Box<crate::limits::Metered>>,
    /// Who is asked whether a command may run.
    pub(crate) gate: Option<Arc<dyn crate::gate::Gate>>,
    /// The signal that the run was ended by, once it was acted on.
    pub(crate) cancelled_by: Option<bash_host::Signal>,
    /// Runs beside the shell on a thread of its own, to which no signals come.
    pub(crate) concurrent: bool,
    /// Inside a command substitution: nobody is told of killed commands.
    pub(crate) in_substitution: bool,
    /// How the last command of the foreground was killed, if it was.
    pub(crate) last_killed: Option<crate::exec::job_table::Killed>,
    /// The same of the process that carried out the rest of a subshell.
    pub(crate) handed_over_death: Option<crate::exec::job_table::Killed>,
    /// A child of the foreground was interrupted from the keyboard.
    pub(crate) interrupted_child: bool,
    /// The command that is a stage of a pipeline by itself.
    pub(crate) stage_command: Option<Arc<bash_parser::ast::Command>>,
    /// The command that is all that this process has to do.
    pub(crate) only_command: Option<Arc<bash_parser::ast::Command>>,
    /// The program about to run may take the place of this process.
    pub(crate) may_replace: bool,
    /// In the subshell at this depth, the program that is its only command is started and left running.
    pub(crate) leaves_program: Option<u32>,
    /// The program that was.
    pub(crate) left_program: Option<bash_host::ChildRef>,
    /// The process that `$!` names, if it need not exist before somebody asks.
    pub(crate) late_background: Option<bash_host::ChildRef>,
    /// The process group that the background processes being started join.
    pub(crate) job_group: Option<i32>,
    /// This process is a job of a shell with job control.
    pub(crate) monitored: bool,
    /// How the command that just ended was killed, while nobody was told.
    pub(crate) unreported: Option<crate::exec::job_table::Killed>,
    /// The last program that ran in the foreground.
    pub(crate) last_child: i32,
    /// Children that have ended, less the runs of the trap on SIGCHLD.
    pub(crate) ended_children: i32,
    /// The terminal that jobs of the foreground get.
    pub(crate) job_terminal: Option<crate::terminal::JobTerminal>,
    /// The number of the command line at which stopped jobs kept the shell from leaving.
    pub(crate) exit_refused: Option<u32>,
    /// The line that errors of compound commands' redirections name: the last one of the command line being run, or
    /// that where the running function's body begins.
    pub(crate) resting_line: u32,
    /// The command line that was run last was discarded for a mistake in the head of a compound command: its line, from
    /// which the next ones are counted.
    pub discarded_at: Option<u32>,
    /// What is added to the line numbers of the tree that runs: see [`Shell::counting_lines_from_here`].
    pub(crate) line_shift: u32,
    /// `break` or `continue` was run by a substitution in the current shell: it takes effect after the command that the
    /// substitution is part of.
    pub(crate) leaving: Option<Unwind>,
    /// The shell is ending by `exit` or `set -e`, where it stands.
    pub(crate) leaves_in_place: bool,
    /// The `break` or `continue` that is leaving a loop stood behind `!`.
    pub(crate) leaving_negated: bool,
    /// The status of the last DEBUG trap.
    pub(crate) debug_status: Status,
    /// How many functions were being called when the running trap began.
    pub(crate) trap_depth: u32,
    /// `$?` when the running trap began.
    pub(crate) trap_status: Status,
    /// Standard input was redirected for a compound command around the running one.
    pub(crate) input_redirected: bool,
    /// A trap has ended the running `wait`.
    pub(crate) wait_interrupted: bool,
    /// The last process substitution, which `wait` may wait for.
    pub(crate) last_substitution: Option<bash_host::ChildRef>,
    /// The message catalogues that `$"…"` is looked up in.
    pub(crate) translations: Option<crate::translate::Loaded>,
    /// What reading with a history needs.
    pub(crate) reading: crate::history::Reading,
    /// Compiled patterns of words with expansions.
    pub(crate) patterns: crate::expand::pattern::RecentPatterns,
    /// Parsed texts of `eval`, traps and the like.
    pub(crate) parsed: crate::read_eval::ParseCache,
}

impl Shell {
    /// A shell over a session.
    pub fn new(session: Session, host: Arc<dyn Host>, builtins: Registry) -> Shell {
        Shell {
            told: None,
            session_told: (!host.owns_process()).then(Arc::default),
            metered: None,
            gate: None,
            cancelled_by: None,
            session,
            host,
            builtins,
            output: Vec::new(),
            errexit_ignored: 0,
            redirected_calls: 0,
            process_depth: 0,
            forked: false,
            running_traps: Vec::new(),
            substitutions: Default::default(),
            depth: 0,
            arith_level: 0,
            environment: None,
            export_changes: 0,
            trace_level: 0,
            command: None,
            substitution_status: None,
            function_like: 0,
            keep_redirects: false,
            dying_by: None,
            arith_caller: None,
            running_builtin: None,
            special_failure: None,
            succeeds_unwritten: false,
            has_own_temporaries: false,
            redirect_failed: false,
            regexes: Default::default(),
            pending: bash_host::SignalSet::EMPTY,
            caught: bash_host::SignalSet::EMPTY,
            catches_fatal_signals: false,
            concurrent: false,
            in_substitution: false,
            last_killed: None,
            handed_over_death: None,
            interrupted_child: false,
            stage_command: None,
            only_command: None,
            may_replace: false,
            leaves_program: None,
            left_program: None,
            late_background: None,
            job_group: None,
            monitored: false,
            unreported: None,
            last_child: 0,
            ended_children: 0,
            job_terminal: None,
            exit_refused: None,
            resting_line: 0,
            discarded_at: None,
            line_shift: 0,
            leaving: None,
            leaves_in_place: false,
            leaving_negated: false,
            debug_status: Status::SUCCESS,
            trap_depth: 0,
            trap_status: Status::SUCCESS,
            input_redirected: false,
            wait_interrupted: false,
            last_substitution: None,
            translations: None,
            reading: Default::default(),
            patterns: Default::default(),
            parsed: Default::default(),
        }
    }

    /// A shell for a concurrent part of a command: a copy of the session on another thread or in another process.
    pub(crate) fn copy(&mut self) -> io::Result<Shell> {
        let metered = self.meter_for_thread()?;
        self.session.variables.share();
        let mut copy = Shell::new(self.session.clone(), self.host.clone(), self.builtins.clone());
        copy.errexit_ignored = self.errexit_ignored;
        copy.depth = self.depth;
        copy.trace_level = self.trace_level;
        copy.environment = self.environment.clone();
        copy.process_depth = self.process_depth;
        copy.forked = self.forked;
        copy.caught = self.caught;
        copy.in_substitution = self.in_substitution;
        copy.function_like = self.function_like;
        copy.resting_line = self.resting_line;
        copy.line_shift = self.line_shift;
        copy.input_redirected = self.input_redirected;
        copy.told = self.told.as_ref().map(|told| crate::embedded::Told::within(Some(told.clone())));
        copy.session_told = None;
        copy.gate = self.gate.clone();
        copy.late_background = self.late_background.clone();
        copy.concurrent = true;
        copy.metered = metered;
        self.share_with_copy(&mut copy);
        Ok(copy)
    }

    /// Makes `$!` name a process.
    pub(crate) fn set_background(&mut self, pid: i32) {
        self.session.last_background = Some(pid);
        self.late_background = None;
    }

    /// `$!`
    pub(crate) fn background_pid(&self) -> Option<i32> {
        self.late_background.as_ref().map(|process| process.pid()).or(self.session.last_background)
    }

    /// The open file of a descriptor number.
    pub fn descriptor(&mut self, number: i32) -> Option<FileRef> {
        self.session.descriptors.get(number, &*self.host)
    }

    /// Adds to the output of the running builtin. It is written when the builtin ends, in one go.
    #[inline]
    pub fn print(&mut self, text: impl AsRef<[u8]>) {
        self.output.extend_from_slice(text.as_ref());
        if self.output.len() >= 64 * 1024 {
            let _ = self.flush();
        }
    }

    /// Writes what [`Shell::print`] collected to standard output.
    pub fn flush(&mut self) -> io::Result<()> {
        if self.output.is_empty() {
            return Ok(());
        }
        let text = std::mem::take(&mut self.output);
        let result = match self.descriptor(1) {
            Some(file) => file.write_all(&text),
            None => Err(io::Error::from_raw_os_error(9)),
        };
        self.output = text;
        self.output.clear();
        result
    }

    /// Whether a `set` option is on.
    #[inline]
    pub fn option(&self, option: SetOption) -> bool {
        self.session.options.has(option)
    }

    /// Whether a `shopt` option is on.
    #[inline]
    pub fn shopt(&self, option: Shopt) -> bool {
        self.session.shopt.has(option)
    }

    /// A file as `BASH_SOURCE` shows it.
    pub fn source_to_show(&self, file: &Text) -> Text {
        if !self.shopt(Shopt::BashSourceFullpath) {
            return file.clone();
        }
        let path = self.host.canonical_path(&self.session.directory.handle, file);
        path.map_or_else(|_| file.clone(), Text::from)
    }

    /// Whether the process is the shell's own.
    pub fn ownership(&self) -> Ownership {
        if self.host.owns_process() { Ownership::Process } else { Ownership::Embedded }
    }

    /// The line of the tree that runs becomes the current one.
    #[inline]
    pub(crate) fn go_to_line(&mut self, line: u32) {
        self.session.line = line.wrapping_add(self.line_shift);
    }

    /// Runs a tree whose lines are counted from the current one; where it was read they were counted from `first`.
    pub(crate) fn counting_lines_from_here<T>(&mut self, first: u32, run: impl FnOnce(&mut Shell) -> T) -> T {
        let shift = self.session.line.wrapping_sub(first);
        self.with_line_shift(shift, run)
    }

    /// Runs a tree whose lines are what they are.
    pub(crate) fn counting_lines_as_read<T>(&mut self, run: impl FnOnce(&mut Shell) -> T) -> T {
        self.with_line_shift(0, run)
    }

    fn with_line_shift<T>(&mut self, shift: u32, run: impl FnOnce(&mut Shell) -> T) -> T {
        let outer = std::mem::replace(&mut self.line_shift, shift);
        let result = run(self);
        self.line_shift = outer;
        result
    }

    /// An error that discards the command line.
    pub fn discard<T>(&mut self) -> Flow<T> {
        ControlFlow::Break(Unwind::Discard(Status::FAILURE))
    }

    /// An error in a word or an assignment: it discards the command line, or ends a POSIX script.
    pub(crate) fn discard_or_end<T>(&mut self) -> Flow<T> {
        let discarded = self.discard();
        self.end_if_posix(discarded)
    }

    /// The same; under errexit it ends any script.
    pub(crate) fn discard_unless_errexit<T>(&mut self) -> Flow<T> {
        match self.option(SetOption::ErrExit) {
            true => ControlFlow::Break(Unwind::Exit(Status::FAILURE)),
            false => self.discard_or_end(),
        }
    }

    /// What would discard the command line ends a POSIX script.
    pub(crate) fn end_if_posix<T>(&self, flow: Flow<T>) -> Flow<T> {
        match flow {
            ControlFlow::Break(Unwind::Discard(_))
                if self.is_posix() && !self.session.options.interactive =>
            {
                ControlFlow::Break(Unwind::Exit(self.fatal_expansion_status()))
            }
            flow => flow,
        }
    }

    /// Runs `work` one level deeper, on more stack if need be. Too deep is an error that ends the shell.
    pub(crate) fn nested<T>(&mut self, work: impl FnOnce(&mut Shell) -> Flow<T>) -> Flow<T> {
        const RED_ZONE: usize = 192 * 1024;
        const STACK: usize = 16 * 1024 * 1024;
        const SHALLOW: u32 = 8;
        const LIMIT: u32 = 400_000;
        // Each of these holds a text, or a copy of what it may change, besides the stack.
        const HEAVY_LIMIT: u32 = 10_000;
        let heavy = self.trace_level.max(self.session.subshell_depth);
        if self.depth >= LIMIT || heavy >= HEAVY_LIMIT {
            self.error("maximum nesting level exceeded");
            return ControlFlow::Break(Unwind::Exit(Status::USAGE));
        }
        self.admit_level()?;
        self.depth += 1;
        // A few levels fit on any stack: asking how much of it is left costs a start of the shell something.
        let is_enough = |left| left >= RED_ZONE;
        let result = if self.depth < SHALLOW || stacker::remaining_stack().is_some_and(is_enough) {
            work(self)
        } else {
            stacker::grow(STACK, || {
                bash_host::stack_in_huge_pages(stacker::remaining_stack().unwrap_or_default());
                work(self)
            })
        };
        self.depth -= 1;
        result
    }
}
