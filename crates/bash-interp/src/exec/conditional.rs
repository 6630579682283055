//! `[[ … ]]`.

use crate::{Flow, Shell};
use bash_parser::ast::{Command, ConditionalExpr};
use bash_session::Status;
use std::ops::ControlFlow::Continue;
use std::sync::Arc;

impl Shell {
    /// Runs a conditional command.
    pub(super) fn run_conditional(&mut self, command: &Arc<Command>, _expression: &ConditionalExpr) -> Flow {
        self.before_command(command)?;
        self.error("[[: not available");
        Continue(Status::USAGE)
    }
}
