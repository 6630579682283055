//! `for (( init; condition; step ))`.

use super::while_loop::Turn;
use super::xtrace::LeadingBlanks;
use crate::{Flow, Shell};
use bash_parser::ast::{ArithForLoop, ArithText, Cache, Command, CommandKind};
use bash_session::{Status, TrapCondition};
use std::ops::ControlFlow::Continue;
use std::sync::Arc;

impl Shell {
    /// Runs the body as long as the condition is not 0.
    pub(super) fn run_arith_for(&mut self, command: &Arc<Command>, looped: &ArithForLoop) -> Flow {
        let init = self.loop_arith(command, &looped.init, 0);
        if self.note_line_of_head(init)?.is_none() {
            return Continue(Status::FAILURE);
        }
        self.in_compound_with_head(|sh| sh.run_arith_turns(command, looped))
    }

    fn run_arith_turns(&mut self, command: &Arc<Command>, looped: &ArithForLoop) -> Flow {
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

    /// The DEBUG trap before one of the three expressions, which `BASH_COMMAND` shows by itself; whether to evaluate it.
    fn before_loop_arith(&mut self, command: &Arc<Command>, text: &ArithText) -> Flow<bool> {
        if self.session.traps.commands(TrapCondition::Debug).is_none() {
            return self.before_command_and_ask(command);
        }
        let source: &[u8] = text.source.trim_ascii_start();
        let source = if source.is_empty() { b"1" } else { source }.into();
        let shown = CommandKind::Arith(ArithText { source, ..text.clone() }.into());
        let shown =
            Command { kind: shown, redirects: Box::default(), line: command.line, cache: Cache::default() };
        self.before_command_and_ask(&Arc::new(shown))
    }

    /// One of the three expressions; `None` after a mistake, which ends the loop.
    fn loop_arith(&mut self, command: &Arc<Command>, text: &ArithText, empty: i64) -> Flow<Option<i64>> {
        if !self.before_loop_arith(command, text)? {
            return Continue(Some(0));
        }
        if text.source.is_empty() {
            if self.option(bash_session::SetOption::XTrace) {
                self.trace_line(b"(( 1 ))")?;
            }
            return Continue(Some(empty));
        }
        self.arith_command(text, LeadingBlanks::Dropped)
    }
}
