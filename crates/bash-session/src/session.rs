//! The session: all chapters together, and its two ways of being several at once.

use crate::*;
use bash_host::{Host, Limit, Resource};
use bash_parser::quote::Charset;
use std::sync::Arc;
use std::time::Duration;

/// Everything a shell remembers.
#[derive(Clone)]
pub struct Session {
    /// Variables and scopes.
    pub variables: Variables,
    /// `$0`, `$1` …
    pub params: Params,
    /// The name that the shell was called by; it outlives changes of `$0`.
    pub shell_name: Text,
    /// The history.
    pub history: History,
    /// The number of the command line being run, `\\#` in prompts.
    pub command_number: u32,
    /// Functions.
    pub functions: Functions,
    /// Aliases.
    pub aliases: Aliases,
    /// `set` options and the way the shell was called.
    pub options: Options,
    /// `shopt` options.
    pub shopt: ShoptOptions,
    /// Traps.
    pub traps: Traps,
    /// Where it is.
    pub directory: WorkingDirectory,
    /// Permission bits taken off new files.
    pub umask: u32,
    /// Resource limits set by `ulimit`, applied to each child.
    pub limits: Arc<Vec<(Resource, Limit)>>,
    /// The version to behave like (`BASH_COMPAT`): 53 is 5.3.
    pub compatibility: u8,
    /// Open files.
    pub descriptors: Descriptors,
    /// Remembered command paths.
    pub commands: RememberedCommands,
    /// Completion specifications.
    pub completions: Completions,
    /// The options of the completion whose function runs, as bits.
    pub running_completion: Option<u16>,
    /// Keys and variables of the line editor.
    pub readline: readline::Readline,
    /// Builtins turned off by `enable -n`.
    pub disabled_builtins: Arc<Vec<&'static str>>,
    /// Background and stopped jobs.
    pub jobs: Jobs,
    /// Whether jobs have process groups of their own: what `set -m` means to this very (sub)shell.
    pub job_control: JobControl,
    /// The call stack.
    pub calls: Calls,
    /// `$?`
    pub status: Status,
    /// `PIPESTATUS`
    pub pipe_status: PipeStatus,
    /// `$!`
    pub last_background: Option<i32>,
    /// `$_`
    pub last_argument: Text,
    /// `$$`
    pub pid: i32,
    /// How many subshells enclose what runs.
    pub subshell_depth: u32,
    /// `BASH_SUBSHELL`, which can be assigned to, less the depth.
    pub subshell_offset: i64,
    /// The innermost subshell is a simple command as a stage of a pipeline, whose words are expanded: not counted yet.
    pub subshell_uncounted: bool,
    /// The line of the command that runs.
    pub line: u32,
    /// The state behind `RANDOM`.
    pub random: u32,
    /// The subshell depth at which it was seeded: a subshell starts a sequence of its own.
    pub random_depth: u32,
    /// Wall-clock start, moved by assignments to `SECONDS`.
    pub seconds_start: Duration,
    /// The number last assigned to `SECONDS`.
    pub seconds_base: i64,
    /// When the shell started (`printf '%(%s)T' -2`).
    pub started: Duration,
    /// Where `getopts` stands inside a cluster of options: the offset, and the `OPTIND` it belongs to.
    pub getopts: (usize, i64),
    /// Entries of the environment whose names are no names of variables: children get them as they are.
    pub foreign_environment: Arc<Vec<Vec<u8>>>,
    /// Another number after each change of what functions are exported.
    pub exported_functions: u64,
    /// `TEXTDOMAIN` is set: `$"…"` may be translated.
    pub translates: bool,
    /// What characters are, by `LC_ALL`, `LC_CTYPE` and `LANG`.
    pub charset: Charset,
    /// How numbers are written, by `LC_ALL`, `LC_NUMERIC` and `LANG`; `None`: as in C.
    pub numeric: Option<&'static dyn bash_host::Locale>,
    /// The order of strings, by `LC_ALL`, `LC_COLLATE` and `LANG`; `None`: as in C.
    pub collation: Option<&'static dyn bash_host::Locale>,
    /// Loops around the running command (`break`, `continue`).
    pub loop_depth: u32,
    /// Options kept by `local -`, each with the scope depth of its function.
    pub local_options: Vec<(usize, Options)>,
}

/// The statuses of the last pipeline's commands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PipeStatus {
    /// One command.
    One(Status),
    /// Several.
    Many(Arc<[Status]>),
}

impl PipeStatus {
    /// The statuses in order.
    pub fn as_slice(&self) -> &[Status] {
        match self {
            PipeStatus::One(status) => std::slice::from_ref(status),
            PipeStatus::Many(list) => list,
        }
    }
}

/// What a same-thread subshell goes back to; see [`Session::checkpoint`].
#[must_use]
pub struct Checkpoint {
    mark: Mark,
    saved: Box<Session>,
}

impl Session {
    /// A session in the world of `host`, with nothing imported from it.
    pub fn new(host: &dyn Host) -> std::io::Result<Session> {
        let now = host.now();
        Ok(Session {
            variables: Variables::default(),
            params: Params::default(),
            shell_name: Text::EMPTY,
            history: History::default(),
            command_number: 1,
            functions: Functions::default(),
            aliases: Aliases::default(),
            options: Options::default(),
            shopt: ShoptOptions::default(),
            traps: Traps::default(),
            directory: WorkingDirectory {
                handle: host.current_directory()?,
                logical: Text::EMPTY,
                stack: Arc::default(),
            },
            umask: host.initial_umask(),
            limits: Arc::default(),
            compatibility: 53,
            descriptors: Descriptors::default(),
            commands: RememberedCommands::default(),
            completions: Completions::default(),
            running_completion: None,
            readline: readline::Readline::default(),
            disabled_builtins: Arc::default(),
            jobs: Jobs::default(),
            job_control: JobControl::Off,
            calls: Calls::default(),
            status: Status::SUCCESS,
            pipe_status: PipeStatus::Many(Arc::default()),
            last_background: None,
            last_argument: Text::EMPTY,
            pid: host.pid(),
            subshell_depth: 0,
            subshell_offset: 0,
            subshell_uncounted: false,
            line: 0,
            random: now.subsec_nanos() ^ (now.as_secs() as u32) ^ (host.pid() as u32).rotate_left(16),
            random_depth: 0,
            seconds_start: now,
            seconds_base: 0,
            started: now,
            getopts: (0, 0),
            foreign_environment: Arc::default(),
            exported_functions: 0,
            translates: false,
            charset: Charset::C,
            numeric: None,
            collation: None,
            loop_depth: 0,
            local_options: Vec::new(),
        })
    }

    /// Remembers the whole session, for a subshell on the same thread. Costs about as much as copying the struct.
    pub fn checkpoint(&mut self) -> Checkpoint {
        let mark = self.variables.mark();
        let variables = std::mem::take(&mut self.variables);
        let saved = Box::new(self.clone());
        self.variables = variables;
        Checkpoint { mark, saved }
    }

    /// Goes back to a checkpoint: nothing that happened since is left.
    pub fn roll_back(&mut self, checkpoint: Checkpoint) {
        let mut variables = std::mem::take(&mut self.variables);
        variables.roll_back(checkpoint.mark);
        *self = *checkpoint.saved;
        self.variables = variables;
    }
}
