//! `&&` and `||`, and when a failure counts for `set -e` and the ERR trap.

use crate::{Flow, Shell, Unwind};
use bash_parser::ast::{AndOr, AndOrOperator, Pipeline};
use bash_session::{SetOption, Status};
use std::ops::ControlFlow::{Break, Continue};

impl Shell {
    /// Runs pipelines joined by `&&` and `||`.
    #[inline]
    pub(crate) fn run_and_or(&mut self, and_or: &AndOr) -> Flow {
        let Some((last_operator, last)) =
            and_or.rest.last().map(|(operator, pipeline)| (*operator, pipeline))
        else {
            return self.run_checked(&and_or.first);
        };
        self.errexit_ignored += 1;
        let flow = self.run_all_but_last(and_or);
        self.errexit_ignored -= 1;
        let status = flow?;
        if applies(last_operator, status) { self.run_checked(last) } else { Continue(status) }
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
        let status = self.run_pipeline(pipeline)?;
        let looks_here = std::mem::take(&mut self.redirect_failed) || super::is_checked(pipeline);
        if status.is_success() || pipeline.negated || self.errexit_ignored > 0 || !looks_here {
            return Continue(status);
        }
        self.run_err_trap(status)?;
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
