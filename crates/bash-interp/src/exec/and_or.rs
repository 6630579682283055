//! `&&` and `||`, and when a failure counts for `set -e` and the ERR trap.

use crate::{Flow, Shell, Unwind};
use bash_parser::ast::{AndOr, AndOrOperator, Command, Pipeline};
use bash_session::{SetOption, Status, TrapCondition};
use std::ops::ControlFlow::{Break, Continue};
use std::sync::Arc;

impl Shell {
    /// Runs pipelines joined by `&&` and `||`.
    #[inline]
    pub(crate) fn run_and_or(&mut self, and_or: &AndOr) -> Flow {
        let Some((last_operator, last)) =
            and_or.rest.last().map(|(operator, pipeline)| (*operator, pipeline))
        else {
            return match and_or.first.lone_command() {
                Some(command) => self.run_checked_command(command),
                None => self.run_checked(&and_or.first),
            };
        };
        self.errexit_ignored += 1;
        let flow = self.run_all_but_last(and_or);
        self.errexit_ignored -= 1;
        let status = flow?;
        if !applies(last_operator, status) {
            return Continue(status);
        }
        match last.lone_command() {
            Some(command) => self.run_checked_command(command),
            None => self.run_checked(last),
        }
    }

    fn run_all_but_last(&mut self, and_or: &AndOr) -> Flow {
        let mut status = self.run_pipeline(&and_or.first)?;
        for (operator, pipeline) in &and_or.rest[..and_or.rest.len() - 1] {
            if applies(*operator, status) {
                status = self.run_pipeline(pipeline)?;
            }
        }
        Continue(status)
    }

    /// Runs a pipeline whose failure counts.
    fn run_checked(&mut self, pipeline: &Pipeline) -> Flow {
        let is_trapped = self.traps_failures();
        let status = self.run_pipeline(pipeline)?;
        let looks_here = std::mem::take(&mut self.redirect_failed) || super::is_checked(pipeline);
        if pipeline.negated || !looks_here { Continue(status) } else { self.checked(status, is_trapped) }
    }

    /// The same for a pipeline that is no more than a command.
    #[inline]
    pub(super) fn run_checked_command(&mut self, command: &Arc<Command>) -> Flow {
        let is_trapped = self.traps_failures();
        let status = self.run_lone(command)?;
        let looks_here = std::mem::take(&mut self.redirect_failed) || super::is_checked_command(command);
        if looks_here { self.checked(status, is_trapped) } else { Continue(status) }
    }

    /// Whether there is an ERR trap. It counts for a command that was set before that began.
    #[inline]
    pub(super) fn traps_failures(&self) -> bool {
        !self.session.traps.is_empty() && self.session.traps.get(TrapCondition::Err).is_some()
    }

    /// What a failure leads to, unless somebody looks at it: the ERR trap, if there was one, and the end under `set -e`.
    pub(super) fn checked(&mut self, status: Status, is_trapped: bool) -> Flow {
        if status.is_success() || self.errexit_ignored > 0 {
            return Continue(status);
        }
        if is_trapped {
            self.run_err_trap(status)?;
        }
        if self.option(SetOption::ErrExit) {
            return Break(match self.redirected_calls {
                0 => self.exit_within_calls(status),
                // The EXIT trap waits until the innermost of them has its redirections undone.
                _ => Unwind::Exit(status),
            });
        }
        Continue(status)
    }
}

fn applies(operator: AndOrOperator, status: Status) -> bool {
    match operator {
        AndOrOperator::And => status.is_success(),
        AndOrOperator::Or => !status.is_success(),
    }
}
