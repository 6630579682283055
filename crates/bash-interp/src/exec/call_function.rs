//! Functions: defining them, calling them.

use crate::gate::CommandKind as GateKind;
use crate::limits::HeldBefore;
use crate::{Flow, Shell, Unwind};
use bash_parser::ast::{CommandKind, FunctionDefinition};
use bash_session::{
    CallKind, Function, FunctionAttributes, OuterParams, ScopeKind, Shopt, Status, Text, names,
};
use std::ops::ControlFlow::{Break, Continue};
use std::sync::Arc;

impl Shell {
    /// `name () { … }`
    #[inline(never)]
    pub(super) fn define_function(&mut self, definition: &Arc<FunctionDefinition>) -> Flow {
        self.go_to_line(definition.line);
        if let Some(message) = self.function_name_error(&definition.name) {
            self.function_error(&message);
            self.session.status = Status::FAILURE;
            if self.is_posix() && !self.session.options.interactive {
                return Break(Unwind::Exit(Status::USAGE));
            }
            return Continue(Status::FAILURE);
        }
        let attributes = match self.session.functions.get(&definition.name) {
            Some(function) if function.attributes.readonly => {
                self.function_error(&[&definition.name[..], b": readonly function"].concat());
                self.session.status = Status::FAILURE;
                return Continue(Status::FAILURE);
            }
            Some(function) => function.attributes,
            None => FunctionAttributes::default(),
        };
        let exported = attributes.exported || self.option(bash_session::SetOption::AllExport);
        let attributes = FunctionAttributes { exported, ..attributes };
        if exported {
            self.forget_environment();
        }
        let tree_bytes = self.admit_function(definition)?;
        let source = self.session.calls.source();
        self.session.functions.define(Function {
            name: Text::new(&definition.name),
            definition: definition.clone(),
            source: if source.is_empty() { self.session.params.name.clone() } else { source },
            attributes,
            tree_bytes,
        });
        self.session.status = Status::SUCCESS;
        Continue(Status::SUCCESS)
    }

    /// Outside of functions the line is that up to which Bash has read when a definition runs.
    fn function_error(&mut self, message: &[u8]) {
        if self.session.calls.function_depth() == 0 {
            self.session.line = self.resting_line;
        }
        self.error(message);
    }

    fn function_name_error(&self, name: &[u8]) -> Option<Vec<u8>> {
        let quoted = name.iter().any(|byte| matches!(byte, b'$' | b'\'' | b'"' | b'\\' | b'`'));
        let special =
            self.is_posix() && self.builtins.native(name).is_some_and(|builtin| builtin.class.is_special());
        if special {
            return Some([b"`", name, b"': is a special builtin"].concat());
        }
        let substitution = name.windows(2).any(|pair| pair == b"<(" || pair == b">(");
        (quoted || substitution).then(|| [b"`", name, b"': not a valid identifier"].concat())
    }

    /// Calls a function; `words[0]` is the name it was called by.
    pub fn call_function(&mut self, function: &Arc<Function>, words: Vec<Text>) -> Flow {
        self.nested(|sh| sh.call_function_here(function, words))
    }

    fn call_function_here(&mut self, function: &Arc<Function>, words: Vec<Text>) -> Flow {
        if let Some(status) = self.call_refused(function, &words)? {
            return Continue(status);
        }
        let caller = self.enter_function(function, words)?;
        let flow = self.counting_lines_as_read(|sh| sh.run_function_body(function));
        self.leave_function(caller);
        caught_return(flow)
    }

    /// The status of a call that does not take place.
    #[inline(never)]
    fn call_refused(&mut self, function: &Function, words: &[Text]) -> Flow<Option<Status>> {
        if self.call_too_deep(&function.name)? {
            return Continue(Some(Status::FAILURE));
        }
        if self.gate.is_none() {
            return Continue(None);
        }
        Continue(self.refused(GateKind::Function, &function.name, &words[1..]))
    }

    // This and `leave_function` stay out of `call_function_here`: a deep recursion keeps one frame of that per level.
    #[inline(never)]
    fn enter_function(&mut self, function: &Function, words: Vec<Text>) -> Flow<Caller> {
        let held = self.held();
        self.hold_params()?;
        let params = self.session.params.replace(words);
        let keeps_arguments = self.shopt(Shopt::ExtDebug);
        if keeps_arguments {
            self.session.calls.push_arguments(self.session.params.clone());
        }
        let caller = Caller {
            params,
            keeps_arguments,
            held,
            loop_depth: self.session.loop_depth,
            getopts: self.session.getopts,
            line: self.session.line,
        };
        if self.compatibility() > 43 {
            self.session.loop_depth = 0;
        }
        let (name, source) = (function.name.clone(), function.source.clone());
        self.session.calls.push(CallKind::Function, name, source, caller.line);
        self.session.calls.show_names(true);
        self.session.variables.push_scope(ScopeKind::Function);
        Continue(caller)
    }

    #[inline(never)]
    fn leave_function(&mut self, caller: Caller) {
        self.restore_local_options();
        let watched = self.session.variables.pop_scope();
        self.session.calls.pop();
        self.hide_names_outside_of_functions();
        if caller.keeps_arguments {
            self.session.calls.pop_arguments();
        }
        self.session.params.put_back(caller.params);
        self.no_longer_holding(caller.held);
        self.session.loop_depth = caller.loop_depth;
        self.session.line = caller.line;
        let had_own_index = watched.contains(&names::OPTIND);
        watched.into_iter().for_each(|name| self.after_assignment(name));
        if had_own_index {
            self.session.getopts = caller.getopts;
        }
    }

    /// `FUNCNAME` vanishes when the outermost function ends; not so when `${ …; }` called it, then it stays to be seen.
    fn hide_names_outside_of_functions(&mut self) {
        if self.session.calls.function_depth() == 0 && self.function_like == 0 {
            self.session.calls.show_names(false);
        }
    }

    fn run_function_body(&mut self, function: &Arc<Function>) -> Flow {
        let traps = self.hide_untraced_traps(function.attributes.traced);
        let body = &function.definition.body;
        let body_line = if matches!(body.kind, CommandKind::Group(_)) { body.line } else { 0 };
        let resting_line = std::mem::replace(&mut self.resting_line, body_line);
        let line_of_call = std::mem::replace(&mut self.session.line, body.line);
        let entered = self.run_debug_trap();
        let flow = match entered {
            Continue(()) => match &body.kind {
                CommandKind::Group(list) if body.redirects.is_empty() => {
                    self.safe_point()?;
                    self.admit_command()?;
                    self.run_list(list)
                }
                _ => {
                    self.session.line = line_of_call;
                    self.run_checked_command(body)
                }
            },
            Break(unwind) => Break(unwind),
        };
        let flow = self.after_function(flow);
        self.resting_line = resting_line;
        self.show_hidden_traps(traps);
        flow
    }

    /// The RETURN trap, with the status that the function returns. Without `return` it sees the line of the body.
    fn after_function(&mut self, flow: Flow) -> Flow {
        match &flow {
            Continue(status) => {
                self.session.status = *status;
                self.session.line = self.resting_line;
            }
            Break(Unwind::Return(_)) => {}
            Break(_) => return flow,
        }
        self.run_return_trap()?;
        flow
    }

    /// The running function, if the command that runs is the first of its body: Bash puts its name before complaints
    /// until another command has taken its place.
    pub fn function_just_entered(&self) -> Option<Text> {
        let call = self.session.calls.top().filter(|call| call.kind == CallKind::Function)?;
        let CommandKind::Group(list) = &self.session.functions.get(&call.name)?.definition.body.kind else {
            return None;
        };
        let first = &list.items.first()?.and_or.first.stages.first()?.command;
        self.command.as_ref().is_some_and(|running| Arc::ptr_eq(running, first)).then(|| call.name.clone())
    }

    /// Runs `body` as a function without a name: with locals, and `return` ends it.
    pub(crate) fn run_function_like(&mut self, body: impl FnOnce(&mut Shell) -> Flow) -> Flow {
        self.session.variables.push_scope(ScopeKind::Function);
        self.function_like += 1;
        let flow = body(self);
        self.function_like -= 1;
        self.session.variables.pop_scope();
        caught_return(flow)
    }

    /// Whether `return` has something to return from besides functions and sourced files.
    pub fn can_return(&self) -> bool {
        self.function_like > 0
    }

    #[inline]
    fn call_too_deep(&mut self, name: &[u8]) -> Flow<bool> {
        match self.session.variables.get(*names::FUNCNEST) {
            Some(_) => self.call_deeper_than_allowed(name),
            None => Continue(false),
        }
    }

    fn call_deeper_than_allowed(&mut self, name: &[u8]) -> Flow<bool> {
        let limit = self
            .plain_text(*names::FUNCNEST)
            .and_then(|text| std::str::from_utf8(&text).ok()?.parse::<u32>().ok());
        match limit {
            Some(limit) if limit > 0 && self.session.calls.function_depth() >= limit => {
                let message = format!(": maximum function nesting level exceeded ({limit})");
                self.error([name, message.as_bytes()].concat());
                Break(Unwind::Abandon(Status::FAILURE))
            }
            _ => Continue(false),
        }
    }
}

/// What a function call puts aside and its end puts back.
struct Caller {
    params: OuterParams,
    keeps_arguments: bool,
    held: HeldBefore,
    loop_depth: u32,
    getopts: (usize, i64),
    line: u32,
}

fn caught_return(flow: Flow) -> Flow {
    match flow {
        Break(Unwind::Return(status)) => Continue(status),
        flow => flow,
    }
}
