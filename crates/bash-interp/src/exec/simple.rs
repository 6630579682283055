//! A simple command: expand, look up, assign, redirect, run.
//!
//! 1. The words are expanded; assignments before them wait.
//! 2. Without a command name, the assignments change the shell, and the redirections are made and undone.
//! 3. Otherwise the name decides: a function, a builtin, or a program found by `PATH`. Its assignments hold for it alone.
//! 4. The redirections are in place while it runs.

use super::resolve::Found;
use crate::assign::AssignMode;
use crate::builtin::SpecialFailure;
use crate::expand::Expanded;
use crate::redirect::{SavedDescriptors, redirects_input};
use crate::{Args, Builtin, Entry, Flow, Shell, Unwind, Written};
use bash_parser::Name;
use bash_parser::ast::{
    Argument, ArrayElement, AssignedValue, Assignment, Command, CommandKind, DescriptorTarget, Redirect,
    RedirectTarget, SimpleCommand, Word, WordPart,
};
use bash_session::{Attributes, Function, ScopeKind, SetOption, Status, Text, Value, names};
use std::ops::ControlFlow::{Break, Continue};
use std::sync::Arc;

impl Shell {
    /// Runs a simple command.
    pub(super) fn run_simple(&mut self, command: &Arc<Command>, simple: &SimpleCommand) -> Flow {
        if !self.before_command_and_ask(command)? {
            return Continue(self.session.status);
        }
        let substitutions = self.substitutions.descriptors.len();
        let flow = self.run_expanded(command, simple);
        if flow.is_break() {
            self.discarded_at = None;
        }
        if self.unreported.is_some() {
            self.report_unreported(command);
        }
        if self.substitutions.descriptors.len() > substitutions {
            self.close_substitutions(substitutions);
        }
        flow
    }

    #[inline]
    fn run_expanded(&mut self, command: &Arc<Command>, simple: &SimpleCommand) -> Flow {
        self.substitution_status = None;
        if self.option(SetOption::Keyword)
            && let Some(simple) = with_all_assignments(simple)
        {
            return self.run_collected(command, &simple);
        }
        self.run_collected(command, simple)
    }

    #[inline]
    fn run_collected(&mut self, command: &Arc<Command>, simple: &SimpleCommand) -> Flow {
        if simple.words.is_empty() {
            return self.run_assignments(command, simple);
        }
        let mut expanded = self.expand_arguments(&simple.words)?;
        if expanded.words.is_empty() {
            return self.run_assignments(command, simple);
        }
        let plain = self.plain_target(command, simple, &expanded);
        if plain.is_some() {
            self.session.subshell_uncounted = false;
        }
        let flow = match plain {
            Some(Plain::Builtin(builtin)) => self.run_plain_builtin(command, builtin, &expanded.words),
            Some(Plain::Function(function)) => self.run_function(&function, &mut expanded.words),
            None => self.run_named(command, simple, &mut expanded),
        };
        if stays_last_argument(&flow)
            && let Some(last) = expanded.words.pop()
        {
            self.session.last_argument = last;
        }
        let status = flow?;
        self.session.status = status;
        Continue(status)
    }

    /// What a command calls that consists of words alone, while nobody watches what is called.
    #[inline]
    fn plain_target(&self, command: &Command, simple: &SimpleCommand, expanded: &Expanded) -> Option<Plain> {
        let is_plain = simple.assignments.is_empty()
            && command.redirects.is_empty()
            && expanded.written.is_empty()
            && self.gate.is_none()
            && !self.is_posix()
            && !self.option(SetOption::XTrace);
        let name = expanded.words.first().filter(|_| is_plain)?;
        match self.session.functions.get(name) {
            Some(function) => Some(Plain::Function(function.clone())),
            None => self.known_builtin(name, simple).map(Plain::Builtin),
        }
    }

    /// Runs such a builtin: what [`Shell::run_named`] comes to.
    #[inline]
    fn run_plain_builtin(
        &mut self,
        command: &Arc<Command>,
        builtin: &'static Builtin,
        words: &[Text],
    ) -> Flow {
        self.has_own_temporaries = false;
        self.may_replace = self.only_command.as_ref().is_some_and(|only| Arc::ptr_eq(only, command));
        let flow = self.call_native(builtin, &Args { name: &words[0], words: &words[1..], written: &[] });
        match self.special_failure {
            None => flow,
            Some(_) => self.after_special(&Entry::Native(builtin), flow),
        }
    }

    /// Redirections without a command. One that would store a descriptor in a variable, or change standard input,
    /// happens in a subshell.
    fn try_redirects(&mut self, command: &Command) -> Flow<Tried> {
        if command.redirects.is_empty() {
            return Continue(Tried::Here);
        }
        if command.redirects.iter().any(stores_descriptor) || redirects_input(&command.redirects) {
            let status = self.subshell(super::subshell::SubshellKind::Parentheses, |sh| {
                let applied = match sh.apply_redirects(&command.redirects) {
                    Break(Unwind::Discard(_) | Unwind::Abandon(_)) => return Continue(Status::FAILURE),
                    flow => flow?,
                };
                Continue(Status::from_truth(applied.map(|saved| sh.undo_redirects(saved)).is_some()))
            })?;
            return Continue(if status.is_success() { Tried::InSubshell } else { Tried::Failed });
        }
        let applied = self.apply_redirects(&command.redirects)?;
        Continue(applied.map_or(Tried::Failed, |saved| {
            self.undo_redirects(saved);
            Tried::Here
        }))
    }

    /// A command without a name.
    #[inline(never)]
    fn run_assignments(&mut self, command: &Arc<Command>, simple: &SimpleCommand) -> Flow {
        for assignment in &simple.assignments {
            self.assign_word(assignment)?;
        }
        self.session.last_argument = Text::EMPTY;
        let status = match self.try_redirects(command)? {
            Tried::Failed => return Continue(Status::FAILURE),
            Tried::InSubshell => Status::SUCCESS,
            Tried::Here => self.substitution_status.take().unwrap_or(Status::SUCCESS),
        };
        self.session.status = status;
        Continue(status)
    }

    /// A command with a name.
    #[inline(never)]
    fn run_named(&mut self, command: &Arc<Command>, simple: &SimpleCommand, expanded: &mut Expanded) -> Flow {
        let name = &expanded.words[0];
        let found = if name.starts_with(b"%") && !self.is_stage_command() {
            return self.run_job_spec(&expanded.words);
        } else {
            self.resolve_word(name, simple)
        };
        self.has_own_temporaries = false;
        if simple.assignments.is_empty() {
            self.trace_words(expanded)?;
            return self.run_found(command, found, expanded);
        }
        if self.assignments_persist(&found) {
            for assignment in &simple.assignments {
                if assignment.subscript.is_some() {
                    self.assign_temporarily(assignment, &found)?;
                }
                self.session.variables.reveal_under_temporary(assignment.name);
                self.assign_word(assignment)?;
                let exported = Attributes::EXPORT;
                self.session.variables.change_attributes(assignment.name, exported, Attributes::empty());
            }
            self.trace_words(expanded)?;
            return self.run_found(command, found, expanded);
        }
        let companions = self.posix_companions_at_stake(&simple.assignments);
        self.session.variables.push_scope(ScopeKind::Temporary);
        let flow = self.run_with_assignments(command, simple, found, expanded);
        self.session.variables.pop_scope();
        self.after_temporary(&simple.assignments);
        if let Some(companions) = companions.filter(|_| !self.is_posix()) {
            self.set_posix_companions(companions);
            self.show_options();
        }
        flow
    }

    fn run_with_assignments(
        &mut self,
        command: &Arc<Command>,
        simple: &SimpleCommand,
        found: Found,
        expanded: &mut Expanded,
    ) -> Flow {
        for assignment in &simple.assignments {
            self.assign_temporarily(assignment, &found)?;
        }
        // PATH=… command: the new PATH counts.
        let found = match found {
            Found::Program | Found::Path(_) => self.resolve_again(&expanded.words[0], found),
            found => found,
        };
        self.trace_words(expanded)?;
        self.has_own_temporaries = matches!(found, Found::Builtin(_));
        let flow = self.run_found(command, found, expanded);
        self.has_own_temporaries = false;
        flow
    }

    /// `POSIXLY_CORRECT=y command` brings POSIX mode for that time; afterwards what it turned on is as before.
    fn posix_companions_at_stake(&self, assignments: &[Assignment]) -> Option<[bool; 5]> {
        let is_named = |assignment: &Assignment| assignment.name == *names::POSIXLY_CORRECT;
        (!self.is_posix() && assignments.iter().any(is_named)).then(|| self.posix_companions())
    }

    /// `name=value` before a command: a variable of its own for the time of the command, exported.
    fn assign_temporarily(&mut self, assignment: &Assignment, found: &Found) -> Flow<()> {
        if assignment.subscript.is_some() {
            let mut text = Vec::new();
            bash_parser::print::assignment(assignment, &mut text);
            let place = text.split(|byte| *byte == b'=').next().unwrap_or_default();
            let place = place.strip_suffix(b"+").unwrap_or(place);
            self.error([b"`", place, b"': not a valid identifier"].concat());
            return match found {
                _ if !self.is_posix() || self.session.options.interactive => Continue(()),
                Found::Builtin(Entry::Native(builtin)) if builtin.class.is_special() => {
                    Break(Unwind::Exit(Status::FAILURE))
                }
                _ => self.discard(),
            };
        }
        let word = match &assignment.value {
            AssignedValue::Scalar(word) => word,
            AssignedValue::Array(elements) => {
                return self.assign_array_text_temporarily(assignment, elements);
            }
        };
        let value = self.expand_assigned(word)?;
        self.trace_assignment(assignment, &Value::Text(value.clone()))?;
        let name = match self.session.variables.resolve(assignment.name) {
            bash_session::Lookup::Plain(target) => target,
            _ => assignment.name,
        };
        let outer = self.session.variables.get(name).cloned();
        let attributes = outer.as_ref().map_or(Attributes::empty(), |cell| cell.attributes);
        if attributes.contains(Attributes::READONLY) {
            return self.refuse_temporary(name);
        }
        // The environment holds text: only `+=` adds as the attribute of the variable wants it.
        let kept = match assignment.append {
            true => attributes & (Attributes::INTEGER | Attributes::WATCHED),
            false => attributes & Attributes::WATCHED,
        };
        // What a program is given does not change how this shell behaves.
        let for_program = matches!(found, Found::Program | Found::Path(_));
        let cell = self.session.variables.make_temporary(name);
        cell.attributes |= Attributes::DECLARED | kept;
        if for_program && is_mode(name) {
            cell.attributes -= Attributes::WATCHED;
        }
        if let Some(outer) = outer
            && assignment.append
        {
            cell.value = outer.value;
        }
        let target = crate::AssignTarget::Whole(name);
        self.assign_to(&target, value, AssignMode::from_append(assignment.append))?;
        self.session.variables.change_attributes(name, Attributes::EXPORT, Attributes::INTEGER);
        Continue(())
    }

    fn refuse_temporary(&mut self, name: Name) -> Flow<()> {
        self.error([name.as_bytes(), b": readonly variable"].concat());
        match self.is_posix() && !self.session.options.interactive {
            true => self.discard(),
            false => Continue(()),
        }
    }

    /// `a=(1 2) command`: the environment holds no arrays, so the command gets the text between and with the parentheses.
    fn assign_array_text_temporarily(
        &mut self,
        assignment: &Assignment,
        elements: &[ArrayElement],
    ) -> Flow<()> {
        if self.variable(assignment.name).is_some_and(|cell| cell.attributes.contains(Attributes::READONLY)) {
            return self.refuse_temporary(assignment.name);
        }
        let mut source = Vec::new();
        for element in elements {
            source.push(if source.is_empty() { b'(' } else { b' ' });
            source.extend_from_slice(&self.expand_whole(element)?);
        }
        source.extend_from_slice(if source.is_empty() { b"()" } else { b")" });
        if assignment.append
            && let Some(old) = self.text(assignment.name)?
        {
            source.splice(..0, old.iter().copied());
        }
        self.trace_plain_assignment(assignment.name, &source)?;
        let cell = self.session.variables.make_temporary(assignment.name);
        cell.value = source.into();
        cell.attributes |= Attributes::DECLARED;
        self.session.variables.change_attributes(assignment.name, Attributes::EXPORT, Attributes::empty());
        Continue(())
    }

    /// Variables that the shell looks at have their old values again.
    fn after_temporary(&mut self, assignments: &[Assignment]) {
        for assignment in assignments {
            let watched = self.session.variables.get(assignment.name);
            if watched.is_none_or(|cell| cell.attributes.contains(Attributes::WATCHED)) {
                self.after_assignment(assignment.name);
            }
        }
    }

    /// POSIX: assignments before a special builtin last.
    fn assignments_persist(&self, found: &Found) -> bool {
        match found {
            Found::Builtin(Entry::Native(builtin)) => self.is_posix() && builtin.class.is_special(),
            _ => false,
        }
    }

    #[inline]
    fn run_found(&mut self, command: &Arc<Command>, found: Found, expanded: &mut Expanded) -> Flow {
        if !matches!(found, Found::Program | Found::Path(_)) {
            self.session.subshell_uncounted = false;
        }
        if command.redirects.is_empty() {
            self.may_replace = self.only_command.as_ref().is_some_and(|only| Arc::ptr_eq(only, command));
            return self.run_target(found, expanded);
        }
        self.run_with_redirects(command, found, expanded)
    }

    fn run_with_redirects(&mut self, command: &Arc<Command>, found: Found, expanded: &mut Expanded) -> Flow {
        let concerns_variables =
            |redirect: &Redirect| has_expansions(redirect) || stores_descriptor(redirect);
        if !self.is_program(&found, &expanded.words) {
            return self.run_redirected(command, found, expanded, Lifetime::OfShell);
        }
        if command.redirects.iter().any(concerns_variables) {
            // The redirections of a program are its own process's affair: what they assign is lost.
            let mark = self.session.variables.mark();
            let flow = self.run_redirected(command, found, expanded, Lifetime::OfCommand);
            self.session.variables.roll_back(mark);
            return flow;
        }
        self.run_redirected(command, found, expanded, Lifetime::OfCommand)
    }

    /// Whether a process of its own runs: a program, also behind `command`.
    fn is_program(&self, found: &Found, words: &[Text]) -> bool {
        match found {
            Found::Program | Found::Path(_) => true,
            Found::Builtin(Entry::Native(builtin)) if builtin.name == "command" => {
                let is_option = |word: &&Text| matches!(&word[..], b"-p" | b"--");
                let operand = words[1..].iter().find(|word| !is_option(word));
                operand.is_some_and(|name| !name.starts_with(b"-") && self.find_builtin(name).is_none())
            }
            _ => false,
        }
    }

    fn run_redirected(
        &mut self,
        command: &Arc<Command>,
        found: Found,
        expanded: &mut Expanded,
        new_descriptors: Lifetime,
    ) -> Flow {
        let special = matches!(&found, Found::Builtin(Entry::Native(builtin)) if builtin.class.is_special());
        let builtin = match &found {
            Found::Builtin(Entry::Native(builtin)) => Some(builtin.name),
            _ => None,
        };
        let outer = std::mem::replace(&mut self.running_builtin, builtin);
        let redirected = self.redirect_without_temporaries(command);
        self.running_builtin = outer;
        let redirected = match redirected {
            // A program's redirections are expanded in its own process, which is all that an error there ends.
            Break(Unwind::Exit(status) | Unwind::Discard(status) | Unwind::Abandon(status))
                if matches!(found, Found::Program | Found::Path(_)) =>
            {
                return Continue(status);
            }
            flow => flow?,
        };
        let Some(saved) = redirected else {
            if special && self.is_posix() && !self.session.options.interactive {
                return Break(Unwind::Exit(Status::FAILURE));
            }
            return Continue(Status::FAILURE);
        };
        let saved = self.without_return(command, saved);
        self.may_replace = self.only_command.as_ref().is_some_and(|only| Arc::ptr_eq(only, command));
        let calls_function = matches!(found, Found::Function(_));
        self.redirected_calls += u32::from(calls_function);
        let flow = self.run_target(found, expanded);
        self.redirected_calls -= u32::from(calls_function);
        let flow = if calls_function { flow } else { self.exit_within_redirects(flow) };
        if std::mem::take(&mut self.keep_redirects) {
            saved.keep(self);
        } else {
            match new_descriptors {
                Lifetime::OfCommand => self.undo_all_redirects(saved),
                Lifetime::OfShell => self.undo_redirects(saved),
            }
        }
        match flow {
            Break(Unwind::Exit(status)) if calls_function => Break(self.exit_within_calls(status)),
            flow => flow,
        }
    }

    /// Makes the redirections; the assignments before the command have no say in what they expand to.
    fn redirect_without_temporaries(&mut self, command: &Command) -> Flow<Option<SavedDescriptors>> {
        let assignments = match &command.kind {
            CommandKind::Simple(simple) if command.redirects.iter().any(has_expansions) => {
                &simple.assignments[..]
            }
            _ => &[],
        };
        let is_temporary = |sh: &Shell, name| {
            sh.session.variables.get(name).is_some_and(|cell| cell.attributes.contains(Attributes::TEMPORARY))
        };
        let mut hidden: Vec<_> = Vec::new();
        for name in assignments.iter().map(|assignment| assignment.name) {
            if is_temporary(self, name) && !hidden.contains(&name) {
                self.session.variables.swap_with_outer(name);
                hidden.push(name);
            }
        }
        let flow = self.apply_redirects(&command.redirects);
        for name in hidden {
            self.session.variables.swap_with_outer(name);
        }
        flow
    }

    /// A special builtin that failed in certain ways ends a POSIX shell, unless its failure is looked at.
    pub fn after_special(&mut self, entry: &Entry, flow: Flow) -> Flow {
        let Some(failure) = self.special_failure.take() else { return flow };
        let special = matches!(entry, Entry::Native(builtin) if builtin.class.is_special());
        // An ERR trap runs before, and what it runs makes Bash forget the failure.
        let counts = failure == SpecialFailure::Final || self.errexit_ignored == 0 && !self.traps_failures();
        match flow {
            Continue(status) if special && counts && self.is_posix() && !self.session.options.interactive => {
                Break(Unwind::Exit(status))
            }
            flow => flow,
        }
    }

    /// Calls a function, which takes the words; the last of them is remembered.
    fn run_function(&mut self, function: &Arc<Function>, words: &mut Vec<Text>) -> Flow {
        let last = words.last().cloned().unwrap_or_default();
        let words = std::mem::take(words);
        let flow = self.call_function(function, words);
        if stays_last_argument(&flow) {
            self.session.last_argument = last;
        }
        flow
    }

    fn run_target(&mut self, found: Found, expanded: &mut Expanded) -> Flow {
        match found {
            Found::Function(function) => self.run_function(&function, &mut expanded.words),
            Found::Builtin(entry) => {
                let written = match &expanded.written[..] {
                    [] => Vec::new(),
                    written => shifted(written),
                };
                let (name, words) = (&expanded.words[0], &expanded.words[1..]);
                let flow = self.call_builtin(&entry, &Args { name, words, written: &written });
                self.after_special(&entry, flow)
            }
            Found::Program | Found::Path(_) => self.run_external(&found, &expanded.words),
        }
    }
}

/// Whether the last word of a command that ended like this is remembered.
#[inline]
fn stays_last_argument(flow: &Flow) -> bool {
    matches!(flow, Continue(_) | Break(Unwind::Break(_) | Unwind::Continue(_)))
}

/// What a command of words alone calls.
enum Plain {
    Builtin(&'static Builtin),
    Function(Arc<Function>),
}

/// Variables that turn a mode of the shell on, or choose its locale.
fn is_mode(name: Name) -> bool {
    matches!(name.as_str(), "BASH_COMPAT" | "POSIXLY_CORRECT" | "IGNOREEOF" | "LANG")
        || name.as_str().starts_with("LC_")
}

/// How the redirections of a command without a name went.
enum Tried {
    /// They could be made.
    Here,
    /// The same, in a subshell.
    InSubshell,
    /// One could not.
    Failed,
}

/// How long a descriptor that `{v}>` opened stays open.
#[derive(Clone, Copy)]
enum Lifetime {
    OfCommand,
    OfShell,
}

/// `{v}>file`
fn stores_descriptor(redirect: &Redirect) -> bool {
    !matches!(redirect.descriptor, None | Some(DescriptorTarget::Number(_)))
}

/// Whether something is expanded when a redirection is made.
fn has_expansions(redirect: &Redirect) -> bool {
    match &redirect.target {
        RedirectTarget::Word(word) => word.constant.is_none(),
        RedirectTarget::Document(document) => document.constant().is_none(),
    }
}

/// Positions among the arguments, the command name not counted.
fn shifted(written: &[(usize, Written)]) -> Vec<(usize, Written)> {
    written.iter().filter_map(|(at, written)| Some((at.checked_sub(1)?, *written))).collect()
}

/// `set -k`: assignments count wherever they stand. `None` if there are none among the arguments.
#[cold]
fn with_all_assignments(simple: &SimpleCommand) -> Option<SimpleCommand> {
    let (mut assignments, mut words) = (simple.assignments.to_vec(), Vec::new());
    for argument in &simple.words {
        match as_assignment(argument) {
            Some(assignment) => assignments.push(assignment),
            None => words.push(argument.clone()),
        }
    }
    let found = assignments.len() > simple.assignments.len();
    found.then(|| SimpleCommand { assignments: assignments.into(), words: words.into() })
}

fn as_assignment(argument: &Argument) -> Option<Assignment> {
    let word = match argument {
        Argument::Assignment(assignment) => return Some((**assignment).clone()),
        Argument::Word(word) => word,
    };
    let Some(WordPart::Literal(first)) = word.parts.first() else { return None };
    let equals = first.iter().position(|byte| *byte == b'=')?;
    let (name, append) = match first[..equals].strip_suffix(b"+") {
        Some(name) => (name, true),
        None => (&first[..equals], false),
    };
    let name = Name::from_bytes(name)?;
    let mut parts = word.parts.to_vec();
    parts[0] = WordPart::Literal(first[equals + 1..].into());
    let value = Word { parts: parts.into(), ..Word::default() };
    Some(Assignment { name, subscript: None, append, value: AssignedValue::Scalar(value) })
}
