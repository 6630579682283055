//! Variables whose value the shell computes at each look-up.

use crate::exec::job_table::Killed;
use crate::{Flow, Shell, Unwind};
use bash_host::{Forked, Signal, Wait, WaitStatus};
use bash_parser::Name;
use bash_session::{
    AssociativeArray, Attributes, IndexedArray, Session, SetOption, Status, Text, Value, names,
};
use std::ops::ControlFlow::{Break, Continue};

/// Marks the computed variables of a new session.
pub(crate) fn initialise(session: &mut Session) {
    let scalars = [
        *names::BASHPID,
        *names::BASH_ARGV0,
        *names::BASH_COMMAND,
        *names::BASH_MONOSECONDS,
        *names::BASH_SUBSHELL,
        *names::EPOCHREALTIME,
        *names::EPOCHSECONDS,
        *names::HISTCMD,
        *names::LINENO,
        *names::RANDOM,
        *names::SECONDS,
        *names::SRANDOM,
        *names::UNDERSCORE,
    ];
    for name in scalars {
        session.variables.change_attributes(name, Attributes::DYNAMIC, Attributes::empty());
    }
    for name in [*names::RANDOM, *names::SRANDOM, *names::HISTCMD, *names::BASHPID] {
        session.variables.change_attributes(name, Attributes::INTEGER, Attributes::empty());
    }
    session.variables.change_attributes(*names::BASHPID, Attributes::NO_ASSIGN, Attributes::empty());
    for name in [*names::DIRSTACK, *names::PIPESTATUS] {
        session.variables.change_attributes(
            name,
            Attributes::DYNAMIC | Attributes::INDEXED,
            Attributes::empty(),
        );
    }
    let silent = Attributes::DYNAMIC | Attributes::INDEXED | Attributes::NO_ASSIGN;
    for name in
        [*names::GROUPS, *names::BASH_SOURCE, *names::BASH_LINENO, *names::BASH_ARGC, *names::BASH_ARGV]
    {
        session.variables.change_attributes(name, silent, Attributes::empty());
    }
    session.variables.change_attributes(*names::FUNCNAME, silent, Attributes::empty());
    for name in [*names::BASH_CMDS, *names::BASH_ALIASES] {
        let table = Attributes::DYNAMIC | Attributes::ASSOCIATIVE;
        session.variables.change_attributes(name, table, Attributes::empty());
    }
}

impl Shell {
    /// The present value of a computed variable.
    pub(super) fn dynamic_value(&mut self, name: Name) -> Flow<Value> {
        Continue(match name.as_str() {
            "BASHPID" => Value::Integer(i64::from(self.process_of_this_shell()?)),
            "BASH_ARGV0" => self.session.params.name.clone().into(),
            "BASH_COMMAND" => self.running_command_text().into(),
            "BASH_MONOSECONDS" => Value::Integer(self.host.monotonic().as_secs() as i64),
            "BASH_SUBSHELL" => {
                let depth = i64::from(self.session.subshell_depth);
                let uncounted = i64::from(self.session.subshell_uncounted);
                Value::Integer(depth.wrapping_add(self.session.subshell_offset).wrapping_sub(uncounted))
            }
            "EPOCHREALTIME" => {
                let now = self.host.now();
                let micros = format!("{:06}", now.subsec_micros());
                let text =
                    [now.as_secs().to_string().as_bytes(), self.decimal_point(), micros.as_bytes()].concat();
                Text::from(text).into()
            }
            "EPOCHSECONDS" => Value::Integer(self.host.now().as_secs() as i64),
            "HISTCMD" => {
                let history = &self.session.history;
                let number = if self.option(SetOption::History) { history.next_number() - 1 } else { 0 };
                Value::Integer(number as i64)
            }
            "LINENO" => Value::Integer(i64::from(self.session.line)),
            "RANDOM" => Value::Integer(i64::from(self.next_random())),
            "SRANDOM" => Value::Integer(i64::from(self.secure_random())),
            "SECONDS" => {
                // From now on, assignments are evaluated.
                let integer = Attributes::INTEGER;
                self.session.variables.change_attributes(name, integer, Attributes::empty());
                Value::Integer(self.seconds())
            }
            "DIRSTACK" => self.directory_stack().into(),
            "GROUPS" => {
                let (own, others) = (self.host.ids().gid, self.host.groups());
                let own = (others.first() != Some(&own)).then_some(own);
                let others = others.into_iter().filter(|group| Some(*group) != own);
                let groups = own.into_iter().chain(others).map(|group| Text::from_integer(i64::from(group)));
                groups.collect::<IndexedArray>().into()
            }
            "FUNCNAME" | "BASH_SOURCE" | "BASH_LINENO" | "PIPESTATUS" | "_" => {
                self.kept_value(name).unwrap_or_default()
            }
            "BASH_ARGC" | "BASH_ARGV" => self.call_arguments(name),
            "BASH_CMDS" => {
                let mut table = AssociativeArray::with_buckets(256);
                for (name, command) in self.session.commands.iter() {
                    table.set(name.clone(), command.path.clone());
                }
                table.into()
            }
            "BASH_ALIASES" => {
                let mut table = AssociativeArray::with_buckets(64);
                for (name, text) in self.session.aliases.iter() {
                    table.set(name.clone(), text.clone());
                }
                table.into()
            }
            _ => Value::Unset,
        })
    }

    /// Those that nothing has to be computed for: the stack of calls, `PIPESTATUS` and `_`.
    pub(super) fn kept_value(&self, name: Name) -> Option<Value> {
        match name.as_str() {
            "_" => Some(self.session.last_argument.clone().into()),
            "PIPESTATUS" => {
                let statuses = self.session.pipe_status.as_slice().iter();
                let codes = statuses.map(|status| Text::from_integer(i64::from(status.code())));
                Some(codes.collect::<IndexedArray>().into())
            }
            "FUNCNAME" => Some(self.function_names()),
            "BASH_SOURCE" => {
                let calls = self.session.calls.iter().filter(|call| !call.source.is_empty());
                Some(array_or_unset(calls.map(|call| call.source.clone()).collect()))
            }
            "BASH_LINENO" => {
                let calls = self.session.calls.iter();
                Some(array_or_unset(calls.map(|call| Text::from_integer(i64::from(call.line))).collect()))
            }
            _ => None,
        }
    }

    /// The next number of Bash's own generator (Park and Miller's, both halves of the state folded).
    pub fn next_random(&mut self) -> u32 {
        if self.session.random_depth != self.session.subshell_depth {
            self.session.random_depth = self.session.subshell_depth;
            self.session.random = self.secure_random();
        }
        let seed = if self.session.random == 0 { 123_459_876 } else { self.session.random };
        let (high, low) = ((seed / 127_773) as i32, (seed % 127_773) as i32);
        let next = 16_807i32.wrapping_mul(low).wrapping_sub(2_836i32.wrapping_mul(high));
        self.session.random = if next < 0 { next.wrapping_add(0x7fff_ffff) as u32 } else { next as u32 };
        let high = if self.compatibility() > 50 { self.session.random >> 16 } else { 0 };
        (high ^ (self.session.random & 0xffff)) & 0x7fff
    }

    fn secure_random(&mut self) -> u32 {
        let mut bytes = [0; 4];
        self.host.random(&mut bytes);
        u32::from_ne_bytes(bytes)
    }

    fn seconds(&self) -> i64 {
        let passed = self.host.now().as_secs() as i64 - self.session.seconds_start.as_secs() as i64;
        passed.wrapping_add(self.session.seconds_base)
    }

    /// `DIRSTACK`: the working directory, then the stack.
    pub fn directory_stack(&self) -> IndexedArray {
        let stack = self.session.directory.stack.iter().cloned();
        std::iter::once(self.session.directory.logical.clone()).chain(stack).collect()
    }

    fn function_names(&self) -> Value {
        if !self.session.calls.names_are_shown() {
            return Value::Unset;
        }
        self.names_of_calls()
    }

    /// What `FUNCNAME` holds even while it cannot be seen.
    pub(crate) fn names_of_calls(&self) -> Value {
        array_or_unset(self.session.calls.iter().map(|call| call.name.clone()).collect())
    }

    fn call_arguments(&mut self, name: Name) -> Value {
        if self.compatibility() <= 44 {
            self.session.calls.begin_arguments(&bash_session::Params::default());
        } else if self.session.calls.function_depth() == 0 {
            self.session.calls.begin_arguments(&self.session.params);
        }
        let mut array = IndexedArray::new();
        for params in self.session.calls.arguments().iter().rev() {
            if name == *names::BASH_ARGC {
                array.push(Text::from_integer(params.count() as i64));
            } else {
                params.as_slice().iter().rev().for_each(|text| array.push(text.clone()));
            }
        }
        array.into()
    }

    /// The process id of this (sub)shell. A subshell that has run on its parent's thread so far becomes a process of its
    /// own at this moment, where that is possible: its id is about to be used.
    pub fn process_of_this_shell(&mut self) -> Flow<i32> {
        if self.session.subshell_depth <= self.process_depth || !self.host.owns_process() {
            return Continue(self.host.pid());
        }
        match self.fork_process(&[]) {
            Ok(Forked::Child) => {
                self.process_depth = self.session.subshell_depth;
                Continue(self.host.pid())
            }
            Ok(Forked::Parent(child)) => {
                let ended = child.wait(Wait::Exit).ok().flatten();
                self.handed_over_death = match ended {
                    Some(WaitStatus::Signaled { signal, core }) => {
                        Some(Killed { pid: child.pid(), signal, core })
                    }
                    _ => None,
                };
                self.interrupted_child |=
                    self.handed_over_death.is_some_and(|killed| killed.signal == Signal::INT);
                Break(Unwind::HandedOver(Status::new(ended.map_or(1, |status| status.code()))))
            }
            Err(_) => Continue(self.host.pid()),
        }
    }
}

fn array_or_unset(array: IndexedArray) -> Value {
    if array.is_empty() { Value::Unset } else { array.into() }
}
