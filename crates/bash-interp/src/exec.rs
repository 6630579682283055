//! Running commands: one arm for each kind.

mod and_or;
mod arith_for;
pub(crate) mod background;
mod call_builtin;
mod call_function;
mod case_clause;
pub(crate) mod conditional;
mod coproc;
mod external;
pub mod file_test;
mod for_loop;
mod foreground;
mod foreground_job;
mod if_clause;
pub(crate) mod job_table;
mod pipeline;
mod resolve;
mod select_loop;
mod simple;
pub(crate) mod stage;
pub(crate) mod subshell;
mod time;
mod while_loop;
mod xtrace;

pub use external::ExecEnvironment;
pub use resolve::{CommandKindFound, Found, SearchScope};

use crate::exec::subshell::SubshellKind;
use crate::{Flow, Shell};
use bash_parser::ast::{Command, CommandKind, FunctionDefinition, List, ListItem, Pipeline, Stage};
use bash_session::{Status, TrapCondition};
use std::ops::ControlFlow::{Break, Continue};
use std::sync::Arc;

impl Shell {
    /// Runs the and-or lists of a list, one after the other.
    pub fn run_list(&mut self, list: &List) -> Flow {
        self.run_items(&list.items)
    }

    /// Runs a part of a list.
    pub(crate) fn run_items(&mut self, items: &[ListItem]) -> Flow {
        let mut status = Status::SUCCESS;
        for item in items {
            if self.option(bash_session::SetOption::NoExec) {
                return Continue(self.session.status);
            }
            status = if item.background {
                self.start_background(&item.and_or)?
            } else {
                self.run_and_or(&item.and_or)?
            };
        }
        Continue(status)
    }

    /// Runs a list whose failure is no reason for `set -e` or the ERR trap: a condition.
    pub(crate) fn run_condition(&mut self, list: &List) -> Flow {
        self.errexit_ignored += 1;
        let flow = self.run_list(list);
        self.errexit_ignored -= 1;
        flow
    }

    /// Runs one command of a pipeline, with its redirections.
    pub(crate) fn run_command(&mut self, command: &Arc<Command>) -> Flow {
        self.leave_as_told()?;
        let flow = self.run_kind(command);
        self.leave_as_told()?;
        flow
    }

    /// A `break` or `continue` within a substitution of the current shell takes effect before and after a command.
    #[inline]
    fn leave_as_told(&mut self) -> Flow<()> {
        self.leaving.take().map_or(Continue(()), Break)
    }

    fn run_kind(&mut self, command: &Arc<Command>) -> Flow {
        self.safe_point()?;
        self.admit_command()?;
        match &command.kind {
            CommandKind::Simple(simple) => {
                let status = self.run_simple(command, simple)?;
                if self.signals_wait() {
                    self.safe_point()?;
                }
                Continue(status)
            }
            CommandKind::Arith(text) if command.redirects.is_empty() => self.run_arith_command(command, text),
            CommandKind::Subshell(list) => self.run_subshell_command(command, list),
            CommandKind::Function(definition) => self.define_function(definition),
            CommandKind::Coproc(coproc) => self.run_coproc(command, coproc),
            _ if command.redirects.is_empty() => self.nested(|sh| sh.run_compound(command)),
            _ => self.run_redirected_compound(command),
        }
    }

    /// Runs a compound command with redirections.
    #[inline(never)] // Every frame of run_kind would have room for it.
    fn run_redirected_compound(&mut self, command: &Arc<Command>) -> Flow {
        match &command.kind {
            CommandKind::Arith(_) | CommandKind::Conditional(_) => {
                // The ERR trap and the end under `set -e` come while the redirections are in place.
                let is_trapped = self.traps_failures();
                self.with_redirects(command, |sh| {
                    let status = sh.run_compound(command)?;
                    sh.checked(status, is_trapped)
                })
            }
            _ => self.with_redirects(command, |sh| sh.nested(|sh| sh.run_compound(command))),
        }
    }

    /// Runs a compound command whose redirections are in place.
    fn run_compound(&mut self, command: &Arc<Command>) -> Flow {
        match &command.kind {
            CommandKind::Group(list) => self.run_list(list),
            CommandKind::If(clause) => self.run_if(clause),
            CommandKind::While(looped) => self.run_while(looped),
            CommandKind::For(looped) => self.run_for(command, looped),
            CommandKind::ArithFor(looped) => self.run_arith_for(command, looped),
            CommandKind::Select(looped) => self.run_select(command, looped),
            CommandKind::Case(clause) => self.run_case(command, clause),
            CommandKind::Conditional(expression) => self.run_conditional(command, expression),
            CommandKind::Arith(text) => self.run_arith_command(command, text),
            CommandKind::Simple(_)
            | CommandKind::Subshell(_)
            | CommandKind::Function(_)
            | CommandKind::Coproc(_) => self.run_command(command),
        }
    }

    /// `( … )`: the redirections belong to the subshell.
    #[inline(never)]
    fn run_subshell_command(&mut self, command: &Arc<Command>, list: &List) -> Flow {
        self.go_to_line(command.line);
        self.handed_over_death = None;
        if self.has_job_control() && self.host.owns_process() {
            let stage = Stage { command: command.clone() };
            return self.run_as_job(&[stage]);
        }
        let outer = self.input_redirected;
        let status = self.nested(|sh| {
            sh.input_redirected |= crate::redirect::redirects_input(&command.redirects);
            sh.subshell(SubshellKind::Parentheses, |sh| match sh.apply_redirects(&command.redirects)? {
                Some(saved) => {
                    saved.keep(sh);
                    sh.run_list(list)
                }
                None => Continue(Status::FAILURE),
            })
        });
        self.input_redirected = outer;
        let status = status?;
        self.report_subshell(command);
        self.after_foreground()?;
        self.show_failed_subshell(command, status);
        Continue(status)
    }

    /// `BASH_COMMAND` is a subshell only from when it has failed and the ERR trap is about to see it.
    pub(super) fn show_failed_subshell(&mut self, command: &Arc<Command>, status: Status) {
        let seen = !status.is_success() && self.errexit_ignored == 0 && self.running_traps.is_empty();
        if seen && self.session.traps.commands(TrapCondition::Err).is_some() {
            self.command = Some(command.clone());
        }
    }

    /// Runs what a stage or background process consists of: `( … )` needs no further subshell there.
    pub(crate) fn run_in_own_subshell(&mut self, command: &Arc<Command>) -> Flow {
        let list = match &command.kind {
            CommandKind::Subshell(list) => list,
            CommandKind::Group(_) if !command.redirects.is_empty() => {
                return self.run_with_lasting_redirects(command);
            }
            CommandKind::Group(_) | CommandKind::Simple(_) => return self.run_command(command),
            _ => return self.without_exit_trap(|sh| sh.run_command(command)),
        };
        self.session.jobs = Default::default();
        self.input_redirected |= crate::redirect::redirects_input(&command.redirects);
        self.go_to_line(command.line);
        match self.apply_redirects(&command.redirects)? {
            Some(saved) => {
                saved.keep(self);
                self.nested(|sh| sh.run_list(list))
            }
            None => Continue(Status::FAILURE),
        }
    }

    /// Runs what is all of a subshell that ends without its EXIT trap: a loop, `if`, `case`, or a list joined by `&&`.
    pub(super) fn without_exit_trap(&mut self, body: impl FnOnce(&mut Shell) -> Flow) -> Flow {
        let flow = body(self);
        self.session.traps.take(TrapCondition::Exit);
        flow
    }

    /// A group that is all of its subshell: its redirections last until that ends, EXIT trap and all.
    fn run_with_lasting_redirects(&mut self, command: &Arc<Command>) -> Flow {
        self.go_to_line_of_redirects(command);
        self.input_redirected |= crate::redirect::redirects_input(&command.redirects);
        match self.apply_redirects(&command.redirects)? {
            Some(saved) => {
                saved.keep(self);
                self.nested(|sh| sh.run_compound(command))
            }
            None => Continue(Status::FAILURE),
        }
    }

    /// `(( … ))`
    fn run_arith_command(&mut self, command: &Arc<Command>, text: &bash_parser::ast::ArithText) -> Flow {
        if !self.before_command_and_ask(command)? {
            return Continue(Status::SUCCESS);
        }
        let value = self.arith_command(text, xtrace::LeadingBlanks::Shown)?;
        Continue(Status::from_truth(value.is_some_and(|number| number != 0)))
    }

    /// What comes before every command that counts as one: its line, `BASH_COMMAND`, the DEBUG trap.
    #[inline]
    pub(crate) fn before_command(&mut self, command: &Arc<Command>) -> Flow<()> {
        self.go_to_line(command.line);
        if self.running_traps.is_empty() {
            self.command = Some(command.clone());
        }
        self.run_debug_trap()
    }

    /// The same; whether the command shall run (the DEBUG trap may forbid it).
    #[inline]
    pub(crate) fn before_command_and_ask(&mut self, command: &Arc<Command>) -> Flow<bool> {
        self.go_to_line(command.line);
        if self.running_traps.is_empty() {
            self.command = Some(command.clone());
        }
        self.run_debug_trap_and_ask()
    }

    /// What `BASH_COMMAND` shows.
    pub(crate) fn running_command_text(&self) -> Vec<u8> {
        let text = |command: &Arc<Command>| {
            bash_parser::print::compound_head(command)
                .unwrap_or_else(|| bash_parser::print::command_line(command))
        };
        self.command.as_ref().map(text).map(with_marks_quoted).unwrap_or_default()
    }

    /// A function as `declare -f` and `type` print it.
    pub fn printed_function(&self, name: &[u8], definition: &FunctionDefinition) -> Vec<u8> {
        match self.is_posix() {
            true => bash_parser::print::posix_function_definition(name, definition),
            false => bash_parser::print::function_definition(name, definition),
        }
    }
}

/// The bytes 1 and 127 as Bash keeps them in the text of a command: with a byte 1 before.
fn with_marks_quoted(text: Vec<u8>) -> Vec<u8> {
    const MARKS: [u8; 2] = [1, 127];
    if !text.iter().any(|byte| MARKS.contains(byte)) {
        return text;
    }
    text.into_iter()
        .flat_map(|byte| MARKS.contains(&byte).then_some(1).into_iter().chain(std::iter::once(byte)))
        .collect()
}

/// Whether `set -e` and the ERR trap look at this pipeline's own status: compound commands have looked inside.
fn is_checked(pipeline: &Pipeline) -> bool {
    match &*pipeline.stages {
        [] => false,
        [stage] => is_checked_command(&stage.command),
        _ => true,
    }
}

/// The same of a single command.
#[inline]
fn is_checked_command(command: &Command) -> bool {
    match command.kind {
        CommandKind::Simple(_) | CommandKind::Subshell(_) => true,
        CommandKind::Arith(_) | CommandKind::Conditional(_) => command.redirects.is_empty(),
        _ => false,
    }
}
