//! `while` and `until`, and what `break` and `continue` mean to a loop.

use crate::{Flow, Shell, Unwind};
use bash_parser::ast::{List, WhileLoop};
use bash_session::Status;
use std::ops::ControlFlow::{Break, Continue};

/// How a turn of a loop ended.
pub(super) enum Turn {
    /// The loop goes on.
    Next(Status),
    /// The loop ends.
    Last(Status),
}

impl Shell {
    /// Runs the body as long as the condition holds.
    pub(super) fn run_while(&mut self, looped: &WhileLoop) -> Flow {
        self.in_loop(|sh| {
            let mut status = Status::SUCCESS;
            loop {
                match sh.loop_condition(looped, &mut status)? {
                    Turn::Last(broken) => return Continue(broken),
                    Turn::Next(condition) if condition.is_success() == looped.until => {
                        sh.session.status = status;
                        return Continue(status);
                    }
                    Turn::Next(_) => {}
                }
                match sh.run_turn(&looped.body)? {
                    Turn::Next(next) => status = next,
                    Turn::Last(last) => return Continue(last),
                }
                sh.safe_point()?;
            }
        })
    }

    /// A condition; `break` in it ends the loop, `continue` tests again: that is a turn, `turn` its status.
    fn loop_condition(&mut self, looped: &WhileLoop, turn: &mut Status) -> Flow<Turn> {
        loop {
            match self.run_condition(&looped.condition) {
                Continue(status) => return Continue(Turn::Next(status)),
                Break(Unwind::LeaveLoops(status)) if self.session.loop_depth <= 1 => {
                    return Continue(Turn::Last(status));
                }
                Break(unwind) => match self.caught(unwind)? {
                    // The status of `break` or `continue` is that of the condition, too.
                    Turn::Next(status) if status.is_success() == looped.until => {
                        return Continue(Turn::Last(Status::SUCCESS));
                    }
                    Turn::Next(status) => *turn = status,
                    Turn::Last(_) if !looped.until => return Continue(Turn::Last(Status::SUCCESS)),
                    last => return Continue(last),
                },
            }
        }
    }

    /// Runs a loop's body once.
    pub(super) fn run_turn(&mut self, body: &List) -> Flow<Turn> {
        match self.run_list(body) {
            Continue(status) => Continue(Turn::Next(status)),
            Break(Unwind::LeaveLoops(status)) if self.session.loop_depth <= 1 => Continue(Turn::Last(status)),
            Break(unwind) => self.caught(unwind),
        }
    }

    /// What an unwinding means to the innermost loop. A `!` before the `break` is heard.
    pub(super) fn caught(&mut self, unwind: Unwind) -> Flow<Turn> {
        match unwind {
            Unwind::Break(1) => {
                Continue(Turn::Last(Status::from_truth(!std::mem::take(&mut self.leaving_negated))))
            }
            Unwind::Break(levels) => Break(Unwind::Break(levels - 1)),
            Unwind::Continue(1) => {
                Continue(Turn::Next(Status::from_truth(!std::mem::take(&mut self.leaving_negated))))
            }
            Unwind::Continue(levels) => Break(Unwind::Continue(levels - 1)),
            other => Break(other),
        }
    }

    /// A wrong argument of `break` or `continue` leaves every loop with a failure.
    pub fn leave_all_loops<T>(&mut self) -> Flow<T> {
        Break(Unwind::LeaveLoops(Status::FAILURE))
    }

    /// Runs a loop.
    pub(super) fn in_loop(&mut self, looped: impl FnOnce(&mut Shell) -> Flow) -> Flow {
        self.session.loop_depth += 1;
        let flow = looped(self);
        self.session.loop_depth = self.session.loop_depth.saturating_sub(1);
        flow
    }
}
