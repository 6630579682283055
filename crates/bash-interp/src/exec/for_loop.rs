//! `for name in words`.

use super::while_loop::Turn;
use crate::{Flow, Shell, Unwind};
use bash_parser::Name;
use bash_parser::ast::{Command, ForLoop, Word};
use bash_session::{Attributes, Status, Text};
use std::ops::ControlFlow::{Break, Continue};
use std::sync::Arc;

impl Shell {
    /// Runs the body once for each field of the words.
    pub(super) fn run_for(&mut self, command: &Arc<Command>, looped: &ForLoop) -> Flow {
        self.go_to_line(command.line);
        let Some(name) = looped.name else { return self.invalid_loop_variable(&looped.variable) };
        let items = self.loop_items(looped.words.as_deref())?;
        let held = self.held();
        self.hold_words(&items)?;
        let flow = self.in_compound_with_head(|sh| sh.run_turns(command, looped, name, items));
        self.no_longer_holding(held);
        flow
    }

    fn run_turns(&mut self, command: &Arc<Command>, looped: &ForLoop, name: Name, items: Vec<Text>) -> Flow {
        self.in_loop(|sh| {
            let mut status = Status::SUCCESS;
            for item in items {
                match sh.before_command_and_ask(command) {
                    Continue(true) => {}
                    Continue(false) => {
                        status = sh.debug_status;
                        continue;
                    }
                    // The DEBUG trap leaves the loop.
                    Break(unwind) => match sh.caught(unwind)? {
                        Turn::Next(next) => {
                            status = next;
                            continue;
                        }
                        Turn::Last(last) => return Continue(last),
                    },
                }
                sh.trace_head(command)?;
                if let Some(status) = sh.assign_loop_variable(name, item)? {
                    return Continue(status);
                }
                match sh.run_turn(&looped.body)? {
                    Turn::Next(next) => status = next,
                    Turn::Last(last) => return Continue(last),
                }
                sh.safe_point()?;
            }
            sh.session.status = status;
            Continue(status)
        })
    }

    /// The fields that a loop goes through.
    pub(super) fn loop_items(&mut self, words: Option<&[Word]>) -> Flow<Vec<Text>> {
        let Some(words) = words else { return Continue(self.session.params.as_slice().to_vec()) };
        let mut items = Vec::with_capacity(words.len());
        // `break` in a substitution is one in this loop.
        self.session.loop_depth += 1;
        let flow = words.iter().try_for_each(|word| self.expand_fields(word, &mut items));
        self.session.loop_depth -= 1;
        self.note_line_of_head(flow)?;
        Continue(items)
    }

    /// A mistake in the words that stand at the head of a compound command: if that discards the command line, Bash
    /// counts the lines that it reads next from here.
    pub(super) fn note_line_of_head<T>(&mut self, flow: Flow<T>) -> Flow<T> {
        if flow.is_break() {
            self.discarded_at = Some(self.session.line);
        }
        flow
    }

    /// What a compound command does behind its head: a mistake there leaves the count of lines alone.
    pub(super) fn in_compound_with_head(&mut self, body: impl FnOnce(&mut Shell) -> Flow) -> Flow {
        let flow = body(self);
        if flow.is_break() {
            self.discarded_at = None;
        }
        flow
    }

    /// A loop variable that is a name reference is made to refer to each word in turn. A variable that cannot be
    /// assigned ends the loop with this status.
    pub(super) fn assign_loop_variable(&mut self, name: Name, item: Text) -> Flow<Option<Status>> {
        let cell = self.session.variables.get(name);
        let is_reference = cell.is_some_and(|cell| cell.attributes.contains(Attributes::NAMEREF));
        if !is_reference {
            return self.assign_chosen(name, item);
        }
        if Name::from_bytes(item.split(|byte| *byte == b'[').next().unwrap_or_default()).is_none() {
            self.error([b"`", &item[..], b"': not a valid identifier"].concat());
            return Continue(Some(Status::FAILURE));
        }
        self.session.variables.set(name, item);
        Continue(None)
    }

    /// The same for `select`, which assigns to what a name reference refers to.
    pub(super) fn assign_chosen(&mut self, name: Name, item: Text) -> Flow<Option<Status>> {
        let flow = self.assign(name, item);
        match self.end_if_posix(flow) {
            Break(Unwind::Discard(status)) => Continue(Some(status)),
            Break(unwind) => Break(unwind),
            Continue(()) => Continue(None),
        }
    }

    /// `for 1x in …`: ends a POSIX script.
    pub(super) fn invalid_loop_variable(&mut self, variable: &[u8]) -> Flow {
        self.error([b"`", variable, b"': not a valid identifier"].concat());
        if self.is_posix() && !self.session.options.interactive {
            return Break(Unwind::Exit(Status::USAGE));
        }
        self.session.status = Status::FAILURE;
        Continue(Status::FAILURE)
    }
}
