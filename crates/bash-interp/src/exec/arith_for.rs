//! `for (( init; condition; step ))`.

use super::while_loop::Turn;
use super::xtrace::LeadingBlanks;
use crate::{Flow, Shell, Unwind};
use bash_parser::ast::{ArithForLoop, ArithText, Command};
use bash_session::Status;
use std::ops::ControlFlow::{Break, Continue};
use std::sync::Arc;

impl Shell {
    /// Runs the body as long as the condition is not 0.
    pub(super) fn run_arith_for(&mut self, command: &Arc<Command>, looped: &ArithForLoop) -> Flow {
        if self.loop_arith(command, &looped.init, 0)?.is_none() {
            return Continue(Status::FAILURE);
        }
        self.in_loop(|sh| {
            let mut status = Status::SUCCESS;
            loop {
                match sh.loop_arith(command, &looped.condition, 1)? {
                    None => return Continue(Status::FAILURE),
                    Some(0) => break,
                    Some(_) => {}
                }
                match sh.run_turn(&looped.body)? {
                    Turn::Next(next) => status = next,
                    Turn::Last(last) => return Continue(last),
                }
                sh.safe_point()?;
                if sh.loop_arith(command, &looped.step, 0)?.is_none() {
                    return Continue(Status::FAILURE);
                }
            }
            sh.session.status = status;
            Continue(status)
        })
    }

    /// One of the three expressions; `None` after a mistake, which ends the loop.
    fn loop_arith(&mut self, command: &Arc<Command>, text: &ArithText, empty: i64) -> Flow<Option<i64>> {
        if text.source.is_empty() {
            if self.option(bash_session::SetOption::XTrace) {
                self.trace_line(b"(( 1 ))")?;
            }
            return Continue(Some(empty));
        }
        self.before_command(command)?;
        let outer = self.arith_caller.replace(b"((");
        let flow = self.traced_arith(text, LeadingBlanks::Dropped);
        self.arith_caller = outer;
        match flow {
            Continue(number) => Continue(Some(number)),
            Break(Unwind::Discard(_)) => Continue(None),
            Break(unwind) => Break(unwind),
        }
    }
}
