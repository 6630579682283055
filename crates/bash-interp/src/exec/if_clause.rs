//! `if`.

use crate::{Flow, Shell};
use bash_parser::ast::IfClause;
use bash_session::Status;
use std::ops::ControlFlow::Continue;

impl Shell {
    /// Runs the body of the first arm whose condition succeeds.
    pub(super) fn run_if(&mut self, clause: &IfClause) -> Flow {
        for (condition, body) in &clause.arms {
            if self.run_condition(condition)?.is_success() {
                return self.run_list(body);
            }
        }
        match &clause.otherwise {
            Some(body) => self.run_list(body),
            None => {
                self.session.status = Status::SUCCESS;
                Continue(Status::SUCCESS)
            }
        }
    }
}
