//! Redirections, from left to right; undone when the command has ended.

mod duplicate;
mod limit;
mod open;

pub(crate) use open::descriptor_path;

use crate::assign::AssignTarget;
use crate::limits::HeldBefore;
use crate::{Flow, Shell};
use bash_parser::Name;
use bash_parser::ast::{
    Command, CommandKind, DescriptorTarget, HereDocument, Redirect, RedirectOperator, RedirectTarget, Word,
};
use bash_session::{SavedDescriptor, Shopt, Status};
use std::ops::ControlFlow::{Break, Continue};

/// What the descriptors were before redirections.
#[must_use]
pub(crate) struct SavedDescriptors {
    changed: Vec<SavedDescriptor>,
    /// Those that `{v}>` opened, and those that a move has closed for good: for a builtin, not for a program.
    opened: Vec<SavedDescriptor>,
    /// How many of those that changed were open.
    waiting: i32,
    /// What was held before.
    held: HeldBefore,
}

impl SavedDescriptors {
    /// Makes the redirections last.
    pub(crate) fn keep(self, sh: &mut Shell) {
        sh.session.descriptors.count_waiting(-self.waiting);
    }
}

/// The descriptor that a redirection sets.
pub(crate) enum Place {
    Number(i32),
    Variable(Name),
    /// The text `name[subscript]`.
    Element(Vec<u8>),
}

/// Whether one of the redirections is for standard input.
pub(crate) fn redirects_input(redirects: &[Redirect]) -> bool {
    use RedirectOperator as Op;
    redirects.iter().any(|redirect| match &redirect.descriptor {
        None => {
            matches!(redirect.operator, Op::Read | Op::ReadWrite | Op::HereString | Op::DuplicateInput)
                || matches!(redirect.target, RedirectTarget::Document(_))
        }
        Some(DescriptorTarget::Number(number)) => *number == 0,
        Some(_) => false,
    })
}

impl Shell {
    /// Runs `body` with the command's redirections in place.
    pub(crate) fn with_redirects(
        &mut self,
        command: &Command,
        body: impl FnOnce(&mut Shell) -> Flow,
    ) -> Flow {
        let line_before = self.session.line;
        self.go_to_line_of_redirects(command);
        let substitutions = self.substitutions.descriptors.len();
        let Some(saved) = self.apply_redirects(&command.redirects)? else {
            // The ERR trap sees the line of the last command that ran.
            self.session.line = line_before;
            self.session.status = Status::FAILURE;
            self.redirect_failed = true;
            return Continue(Status::FAILURE);
        };
        let saved = self.without_return(command, saved);
        let outer = self.input_redirected;
        self.input_redirected |= redirects_input(&command.redirects);
        let flow = body(self);
        let flow = self.exit_within_redirects(flow);
        self.input_redirected = outer;
        self.redirect_failed = false;
        self.undo_redirects(saved);
        self.close_substitutions(substitutions);
        flow
    }

    /// The line of a compound command's redirections.
    pub(crate) fn go_to_line_of_redirects(&mut self, command: &Command) {
        match command.kind {
            CommandKind::ArithFor(_) => self.go_to_line(command.line),
            _ => self.session.line = self.resting_line,
        }
    }

    /// Makes redirections. `None` if one fails: its message is written, those before it are undone.
    pub(crate) fn apply_redirects(&mut self, redirects: &[Redirect]) -> Flow<Option<SavedDescriptors>> {
        let mut saved = SavedDescriptors {
            changed: Vec::with_capacity(redirects.len()),
            opened: Vec::new(),
            waiting: 0,
            held: self.held(),
        };
        for redirect in redirects {
            match self.apply_redirect(redirect, &mut saved) {
                Continue(true) => {}
                Continue(false) => {
                    self.undo_redirects(saved);
                    self.session.status = Status::FAILURE;
                    return Continue(None);
                }
                Break(unwind) => {
                    self.undo_redirects(saved);
                    return Break(unwind);
                }
            }
        }
        Continue(Some(saved))
    }

    /// A command that is all that a thread has to do leaves nothing to go back to: what it redirects is closed, so that
    /// whoever reads there does not wait for it.
    pub(crate) fn without_return(&mut self, command: &Command, saved: SavedDescriptors) -> SavedDescriptors {
        let is_all = self.only_command.as_ref().is_some_and(|only| std::ptr::eq(&**only, command));
        if !(is_all && self.concurrent) {
            return saved;
        }
        let held = saved.held;
        saved.keep(self);
        SavedDescriptors { changed: Vec::new(), opened: Vec::new(), waiting: 0, held }
    }

    /// Puts the descriptors back, last first.
    pub(crate) fn undo_redirects(&mut self, saved: SavedDescriptors) {
        self.no_longer_holding(saved.held);
        self.session.descriptors.count_waiting(-saved.waiting);
        for descriptor in saved.changed.into_iter().rev() {
            self.session.descriptors.restore(descriptor);
        }
    }

    /// The same, and closes what `{v}>` opened, and opens what was moved.
    pub(crate) fn undo_all_redirects(&mut self, mut saved: SavedDescriptors) {
        for descriptor in std::mem::take(&mut saved.opened) {
            self.session.descriptors.restore(descriptor);
        }
        self.undo_redirects(saved);
    }

    fn apply_redirect(&mut self, redirect: &Redirect, saved: &mut SavedDescriptors) -> Flow<bool> {
        use RedirectOperator as Op;
        let default = match redirect.operator {
            Op::Write | Op::Append | Op::Clobber | Op::DuplicateOutput | Op::Both | Op::BothAppend => 1,
            _ => 0,
        };
        let place = match &redirect.descriptor {
            None => Place::Number(default),
            Some(DescriptorTarget::Number(number)) => Place::Number(*number),
            Some(DescriptorTarget::Variable(name)) => Place::Variable(*name),
            Some(DescriptorTarget::Element(text)) => Place::Element(text.to_vec()),
        };
        match (&redirect.target, redirect.operator) {
            (RedirectTarget::Document(document), _) => {
                self.warn_of_unterminated(document);
                match &document.body {
                    None => self.redirect_text(document.source.as_bytes(), &place, saved),
                    Some(Word { constant: Some(constant), .. }) => {
                        self.redirect_text(constant, &place, saved)
                    }
                    Some(body) => {
                        let text = self.expand_document(body)?;
                        self.redirect_text(&text, &place, saved)
                    }
                }
            }
            (RedirectTarget::Word(word), Op::HereString) => {
                let mut text = self.expand_assigned_string(word)?;
                text.push(b"\n");
                self.redirect_text(&text, &place, saved)
            }
            (RedirectTarget::Word(word), Op::DuplicateInput | Op::DuplicateOutput) => {
                self.redirect_duplicate(redirect, word, &place, saved)
            }
            (RedirectTarget::Word(word), Op::Both | Op::BothAppend) => {
                match self.redirect_path(word, None)? {
                    Some(path) => self.redirect_both(&path, redirect.operator, saved),
                    None => Continue(false),
                }
            }
            (RedirectTarget::Word(word), operator) => self.redirect_file(word, operator, &place, saved),
        }
    }

    /// A here-document that ended with the input.
    fn warn_of_unterminated(&mut self, document: &HereDocument) {
        let Some((begin, end)) = document.unterminated else { return };
        let line = std::mem::replace(&mut self.session.line, end);
        let (before, after) =
            (format!("warning: here-document at line {begin} delimited by end-of-file (wanted `"), b"')");
        self.error([before.as_bytes(), &document.last_line(), after].concat());
        self.session.line = line;
    }

    /// Makes a descriptor refer to a file, `subject` in messages, and remembers what it was.
    fn set_descriptor(
        &mut self,
        place: &Place,
        file: bash_host::FileRef,
        subject: &[u8],
        saved: &mut SavedDescriptors,
    ) -> Flow<bool> {
        self.admit_descriptor()?;
        if !matches!(place, Place::Number(_)) && !self.new_descriptor_allowed() {
            return self.refuse_new_descriptor(subject);
        }
        match place {
            Place::Number(number) if !self.may_be_open(*number) => {
                self.error(format!("{number}: Bad file descriptor"));
                return Continue(false);
            }
            Place::Number(number) => {
                self.save_descriptor(*number, saved);
                self.session.descriptors.open(*number, file);
            }
            Place::Variable(name) => {
                let target = self.target(*name, None)?;
                return self.set_new_descriptor(&target, name.as_bytes(), file, saved);
            }
            Place::Element(text) => {
                let Some(target) = self.target_from_text(text, crate::SubscriptReading::Expand)? else {
                    return Continue(false);
                };
                return self.set_new_descriptor(&target, text, file, saved);
            }
        }
        Continue(true)
    }

    /// Remembers what a descriptor was.
    fn save_descriptor(&mut self, number: i32, saved: &mut SavedDescriptors) {
        if self.descriptor(number).is_some() {
            saved.waiting += 1;
            self.session.descriptors.count_waiting(1);
        }
        saved.changed.push(self.session.descriptors.save(number));
    }

    /// Picks a descriptor, stores its number in a variable, `shown` in messages, and makes it refer to a file.
    fn set_new_descriptor(
        &mut self,
        target: &AssignTarget,
        shown: &[u8],
        file: bash_host::FileRef,
        saved: &mut SavedDescriptors,
    ) -> Flow<bool> {
        let number = self.session.descriptors.lowest_free(&*self.host);
        let before = self.session.descriptors.save(number);
        if self.shopt(Shopt::VarredirClose) {
            saved.changed.push(before);
        } else {
            saved.opened.push(before);
        }
        if !self.assign_or_complain(target, i64::from(number))? {
            self.error([shown, b": cannot assign fd to variable"].concat());
            return Continue(false);
        }
        self.session.descriptors.open(number, file);
        Continue(true)
    }
}
