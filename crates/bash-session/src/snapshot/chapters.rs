//! The chapters of a snapshot that are small structs of their own, and how a session's fields get into them and back.

use super::SnapshotError;
use super::functions::StoredFunctions;
use super::stored::{Damage, Input, Read, Stored, stored_fields};
use super::variables::StoredVariables;
use crate::*;
use bash_host::{Limit, Resource};
use bash_parser::quote::Charset;
use std::sync::Arc;
use std::time::Duration;

/// `$0`, the name of the shell, and `$1` and so on.
#[derive(Clone)]
pub(crate) struct Parameters {
    name: Text,
    shell_name: Text,
    list: Vec<Text>,
}

stored_fields!(Parameters { name, shell_name, list });

/// `set` and `shopt` options, restricted mode, and the version to behave like.
#[derive(Clone)]
pub(crate) struct ShellOptions {
    pub(crate) set: Vec<(Text, bool)>,
    pub(crate) shopt: Vec<(Text, bool)>,
    restricted: bool,
    compatibility: u32,
    /// Characters are UTF-8: so it stays when a locale does not exist.
    utf8: bool,
}

stored_fields!(ShellOptions { set, shopt, restricted, compatibility, utf8 });

/// What new processes and files start from.
#[derive(Clone)]
pub(crate) struct Surroundings {
    pub(crate) directory: Text,
    stack: Arc<Vec<Text>>,
    umask: u32,
    limits: Arc<Vec<(Resource, Limit)>>,
    /// Entries of the environment whose names are no names of variables.
    environment: Arc<Vec<Vec<u8>>>,
}

stored_fields!(Surroundings { directory, stack, umask, limits, environment });

/// What the last command left behind.
#[derive(Clone)]
pub(crate) struct LastCommand {
    status: Status,
    pipe_status: Vec<Status>,
    background: Option<i32>,
    argument: Text,
    /// `\#` in prompts.
    number: u32,
}

stored_fields!(LastCommand { status, pipe_status, background, argument, number } if LastCommand::is_possible);

impl LastCommand {
    /// Whether a shell could have counted so far.
    fn is_possible(&self) -> bool {
        self.number < u32::MAX / 2
    }
}

/// Numbers that go on.
#[derive(Clone)]
pub(crate) struct Counters {
    /// The state behind `RANDOM`.
    random: u32,
    /// `SECONDS`
    seconds: i64,
    /// Where `getopts` stands.
    getopts: (usize, i64),
    /// What an assignment to `BASH_SUBSHELL` has made of 0.
    subshell_offset: i64,
}

stored_fields!(Counters { random, seconds, getopts, subshell_offset });

/// Builtins that are turned off.
pub(crate) type DisabledBuiltins = Vec<Text>;

impl Stored for Resource {
    fn write(&self, out: &mut Vec<u8>) {
        Resource::ALL.iter().position(|known| known == self).unwrap_or(Resource::ALL.len()).write(out);
    }

    fn read(input: &mut Input<'_>) -> Read<Resource> {
        Resource::ALL.get(usize::read(input)?).copied().ok_or(Damage)
    }
}

stored_fields!(Limit { soft, hard });

/// Everything in a session that a snapshot holds.
pub(super) struct Chapters {
    pub(super) variables: StoredVariables,
    pub(super) parameters: Parameters,
    pub(super) functions: StoredFunctions,
    pub(super) aliases: Aliases,
    pub(super) options: ShellOptions,
    pub(super) traps: Traps,
    pub(super) surroundings: Surroundings,
    pub(super) commands: RememberedCommands,
    pub(super) completions: Completions,
    pub(super) disabled_builtins: DisabledBuiltins,
    pub(super) history: History,
    pub(super) last_command: LastCommand,
    pub(super) counters: Counters,
}

impl Chapters {
    /// Takes the fields of a session apart, so that a new one is not forgotten.
    pub(super) fn of(session: &Session, now: Duration) -> Result<Chapters, SnapshotError> {
        at_rest(session)?;
        let (functions, shell_options) = (StoredFunctions::of(session), ShellOptions::of(session));
        let Session {
            variables,
            params,
            shell_name,
            history,
            command_number,
            aliases,
            traps,
            directory,
            umask,
            limits,
            commands,
            completions,
            disabled_builtins,
            status,
            pipe_status,
            last_background,
            last_argument,
            random,
            seconds_start,
            seconds_base,
            getopts,
            subshell_offset,
            foreign_environment,
            // Read by the chapters above.
            functions: _,
            options: _,
            shopt: _,
            compatibility: _,
            charset: _,
            // Reported as left out, where they hold something.
            descriptors: _,
            jobs: _,
            readline: _,
            // Of the process, or of its start.
            pid: _,
            started: _,
            // Of the command that runs: between two of them there is nothing.
            running_completion: _,
            calls: _,
            line: _,
            subshell_depth: _,
            subshell_uncounted: _,
            random_depth: _,
            loop_depth: _,
            local_options: _,
            // These follow from the options and variables.
            job_control: _,
            translates: _,
            numeric: _,
            collation: _,
            exported_functions: _,
        } = session;
        let elapsed = now.as_secs() as i64 - seconds_start.as_secs() as i64;
        Ok(Chapters {
            variables: StoredVariables::of(variables),
            parameters: Parameters {
                name: params.name.clone(),
                shell_name: shell_name.clone(),
                list: params.as_slice().to_vec(),
            },
            functions,
            aliases: aliases.clone(),
            options: shell_options,
            traps: traps.clone(),
            surroundings: Surroundings {
                directory: directory.logical.clone(),
                stack: directory.stack.clone(),
                umask: *umask,
                limits: limits.clone(),
                environment: foreign_environment.clone(),
            },
            commands: commands.clone(),
            completions: completions.clone(),
            disabled_builtins: disabled_builtins.iter().map(|name| Text::from(*name)).collect(),
            history: history.clone(),
            last_command: LastCommand {
                status: *status,
                pipe_status: pipe_status.as_slice().to_vec(),
                background: *last_background,
                argument: last_argument.clone(),
                number: *command_number,
            },
            counters: Counters {
                random: *random,
                seconds: seconds_base.wrapping_add(elapsed),
                getopts: *getopts,
                subshell_offset: *subshell_offset,
            },
        })
    }

    /// Puts everything but the directory into a new session. What follows from variables and options is left to the shell.
    pub(super) fn put_into(&self, session: &mut Session, now: Duration) {
        self.variables.put_into(&mut session.variables);
        session.params = Params::new(self.parameters.name.clone(), self.parameters.list.clone());
        session.shell_name = self.parameters.shell_name.clone();
        session.functions = self.functions.functions.clone();
        session.exported_functions += 1;
        session.aliases = self.aliases.clone();
        self.options.put_into(session);
        session.traps = self.traps.clone();
        session.directory.stack = self.surroundings.stack.clone();
        session.umask = self.surroundings.umask & 0o777;
        session.limits = self.surroundings.limits.clone();
        session.foreign_environment = self.surroundings.environment.clone();
        session.commands = self.commands.clone();
        session.completions = self.completions.clone();
        session.history = self.history.clone();
        session.status = self.last_command.status;
        session.pipe_status = PipeStatus::Many(self.last_command.pipe_status.clone().into());
        session.last_background = self.last_command.background;
        session.last_argument = self.last_command.argument.clone();
        session.random = self.counters.random;
        (session.seconds_start, session.seconds_base) = (now, self.counters.seconds);
        session.getopts = self.counters.getopts;
        session.command_number = self.last_command.number;
        session.subshell_offset = self.counters.subshell_offset;
    }
}

impl ShellOptions {
    fn of(session: &Session) -> ShellOptions {
        let Session { options, shopt, compatibility, charset, .. } = session;
        let set = SetOption::ALL.iter().map(|option| (Text::from(option.name()), options.has(*option)));
        let shopt = Shopt::ALL.iter().map(|option| (Text::from(option.name()), shopt.has(*option)));
        ShellOptions {
            set: set.collect(),
            shopt: shopt.collect(),
            restricted: options.restricted,
            compatibility: u32::from(*compatibility),
            utf8: *charset == Charset::Utf8,
        }
    }

    /// Options of another version that this one does not know are left alone.
    fn put_into(&self, session: &mut Session) {
        for (name, on) in &self.set {
            if let Some(option) = SetOption::with_name(name) {
                session.options.set(option, *on);
            }
        }
        for (name, on) in &self.shopt {
            if let Some(option) = Shopt::with_name(name) {
                session.shopt.set(option, *on);
            }
        }
        session.options.restricted = self.restricted;
        session.charset = if self.utf8 { Charset::Utf8 } else { Charset::C };
        session.compatibility = u8::try_from(self.compatibility).unwrap_or(session.compatibility);
    }
}

/// Whether the session is between two commands of its own.
fn at_rest(session: &Session) -> Result<(), SnapshotError> {
    if session.subshell_depth > 0 {
        return Err(SnapshotError::InSubshell);
    }
    if session.calls.function_depth() > 0 {
        return Err(SnapshotError::InFunction);
    }
    if session.variables.scope_depth() > 0 {
        return Err(SnapshotError::TemporaryVariables);
    }
    Ok(())
}
