//! A view of all that a session remembers, at one moment.

use super::Session;
use super::variable::{Variable, valid};
use bash_session::{CallKind, SetOption, Shopt, Status, Text, TrapAction, TrapCondition};

/// What a session was when the view was taken: a copy, cheap since it shares what neither side has changed. It holds no
/// file open.
#[derive(Clone)]
pub struct StateView(Box<bash_session::Session>);

/// One call of the call stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallFrame {
    /// The function, `source` or `main`.
    pub function: Vec<u8>,
    /// The file that its commands come from.
    pub source: Vec<u8>,
    /// The line of the call in the caller.
    pub line: u32,
    /// Whether it is a call of a function.
    pub is_function: bool,
}

/// What a trap does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trap {
    /// The signal is ignored.
    Ignore,
    /// Commands run.
    Run(Vec<u8>),
}

impl StateView {
    pub(crate) fn of(state: &bash_session::Session) -> StateView {
        let mut copy = Box::new(state.clone());
        copy.descriptors = Default::default();
        copy.jobs = Default::default();
        StateView(copy)
    }

    /// The working directory, as the user knows it.
    pub fn cwd(&self) -> &[u8] {
        &self.0.directory.logical
    }

    /// The directory stack, the working directory first.
    pub fn dir_stack(&self) -> Vec<Vec<u8>> {
        let below = self.0.directory.stack.iter();
        [&self.0.directory.logical].into_iter().chain(below).map(|entry| entry.to_vec()).collect()
    }

    /// A variable; of those that the shell computes, without their value.
    pub fn variable(&self, name: &str) -> Option<Variable> {
        let name = valid(name).ok()?;
        self.0.variables.get(name).filter(|cell| cell.is_declared()).map(|cell| Variable::of(name, cell))
    }

    /// All variables.
    pub fn variables(&self) -> Vec<Variable> {
        let all = self.0.variables.iter();
        all.filter(|(_, cell)| cell.is_declared()).map(|(name, cell)| Variable::of(name, cell)).collect()
    }

    /// The functions: names and definitions.
    pub fn functions(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        let text = |function: &bash_session::Function| {
            bash_parser::print::function_definition(&function.name, &function.definition)
        };
        self.0.functions.iter().map(|function| (function.name.to_vec(), text(function))).collect()
    }

    /// The aliases: names and texts.
    pub fn aliases(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        self.0.aliases.iter().map(|(name, text)| (name.to_vec(), text.to_vec())).collect()
    }

    /// Whether an option of `set -o` is on; `None` if there is none of that name.
    pub fn option(&self, name: &str) -> Option<bool> {
        SetOption::with_name(name.as_bytes()).map(|option| self.0.options.has(option))
    }

    /// The same of `shopt`.
    pub fn shopt(&self, name: &str) -> Option<bool> {
        Shopt::with_name(name.as_bytes()).map(|option| self.0.shopt.has(option))
    }

    /// The traps: `EXIT`, `DEBUG` …, or the names of signals.
    pub fn traps(&self) -> Vec<(String, Trap)> {
        let name = |condition: TrapCondition| match condition {
            TrapCondition::Exit => "EXIT".to_string(),
            TrapCondition::Debug => "DEBUG".to_string(),
            TrapCondition::Err => "ERR".to_string(),
            TrapCondition::Return => "RETURN".to_string(),
            TrapCondition::Signal(signal) => bash_session::signal_name(signal).unwrap_or_default(),
        };
        let action = |action: &TrapAction| match action {
            TrapAction::Ignore => Trap::Ignore,
            TrapAction::Run(commands) => Trap::Run(commands.to_vec()),
        };
        self.0.traps.iter().map(|(condition, trap)| (name(condition), action(&trap.action))).collect()
    }

    /// Remembered paths of commands: names, paths, hits.
    pub fn hash(&self) -> Vec<(Vec<u8>, Vec<u8>, u32)> {
        let row = |(name, known): (&Text, &bash_session::HashedCommand)| {
            (name.to_vec(), known.path.to_vec(), known.hits)
        };
        self.0.commands.iter().map(row).collect()
    }

    /// `$0`
    pub fn arg0(&self) -> &[u8] {
        &self.0.params.name
    }

    /// `$1`, `$2` …
    pub fn params(&self) -> Vec<Vec<u8>> {
        self.0.params.as_slice().iter().map(|param| param.to_vec()).collect()
    }

    /// `$?`
    pub fn status(&self) -> Status {
        self.0.status
    }

    /// `$_`
    pub fn last_argument(&self) -> &[u8] {
        &self.0.last_argument
    }

    /// `$!`
    pub fn last_background(&self) -> Option<i32> {
        self.0.last_background
    }

    /// Permission bits taken off new files.
    pub fn umask(&self) -> u32 {
        self.0.umask
    }

    /// The call stack, innermost first.
    pub fn call_stack(&self) -> Vec<CallFrame> {
        let frame = |call: &bash_session::Call| CallFrame {
            function: call.name.to_vec(),
            source: call.source.to_vec(),
            line: call.line,
            is_function: call.kind == CallKind::Function,
        };
        self.0.calls.iter().map(frame).collect()
    }

    /// Whether a function is being called.
    pub fn in_function(&self) -> bool {
        self.0.calls.function_depth() > 0
    }

    /// Whether a loop is being run.
    pub fn in_loop(&self) -> bool {
        self.0.loop_depth > 0
    }

    /// The lines that `history` lists.
    pub fn history(&self) -> Vec<Vec<u8>> {
        self.0.history.entries().iter().map(|entry| entry.text.to_vec()).collect()
    }
}

impl Session {
    /// A view of everything that the session remembers.
    pub fn state(&self) -> StateView {
        StateView::of(&self.shell.session)
    }

    /// The lines that `history` lists. What was run is in [`Session::results`].
    pub fn history(&self) -> Vec<Vec<u8>> {
        self.state().history()
    }

    /// A special parameter: `?`, `$`, `!`, `#`, `0`, `-` or `_`.
    pub fn special(&self, parameter: char) -> Option<Vec<u8>> {
        let state = &self.shell.session;
        Some(match parameter {
            '?' => state.status.code().to_string().into(),
            '$' => state.pid.to_string().into(),
            '!' => state.last_background?.to_string().into(),
            '#' => state.params.count().to_string().into(),
            '0' => state.params.name.to_vec(),
            '-' => state.options.letters().into(),
            '_' => state.last_argument.to_vec(),
            _ => return None,
        })
    }

    /// `$1`, `$2` …
    pub fn params(&self) -> Vec<Vec<u8>> {
        self.shell.session.params.as_slice().iter().map(|param| param.to_vec()).collect()
    }

    /// Sets `$1`, `$2` …
    pub fn set_params<A: AsRef<[u8]>>(&mut self, params: impl IntoIterator<Item = A>) {
        self.shell.session.params.set(params.into_iter().map(|param| Text::new(param.as_ref())).collect());
    }
}
