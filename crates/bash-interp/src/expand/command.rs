//! Command substitution: `$(…)`, `` `…` ``, `$(<file)`, `${ …; }`, `${| …; }`.
//!
//! None of them forks. The body runs on this thread in a subshell that is undone afterwards (or, for the braces, in
//! the current environment), and its output is collected in memory.

use crate::exec::subshell::SubshellKind;
use crate::read_eval::Origin;
use crate::{Capture, Flow, Shell, Unwind};
use bash_host::OpenHow;
use bash_parser::ast::{
    Argument, CommandKind, CommandSubstitution, List, ListItem, RedirectTarget, SubstitutionForm,
};
use bash_session::{Attributes, SavedDescriptor, SetOption, Shopt, Status, Value, names};
use std::ops::ControlFlow::{Break, Continue};

impl Shell {
    /// The output of a substitution, without its trailing newlines.
    pub(crate) fn substitute_command(&mut self, substitution: &CommandSubstitution) -> Flow<Vec<u8>> {
        if let Some(error) = &substitution.error
            && matches!(substitution.form, SubstitutionForm::Dollar | SubstitutionForm::Subshell(_))
        {
            self.report_parse_error(error, Some("command substitution"));
            self.substitution_status = Some(Status::USAGE);
            return self.discard();
        }
        self.trace_level += 1;
        let flow = self.output_of(substitution);
        self.trace_level -= 1;
        flow
    }

    fn output_of(&mut self, substitution: &CommandSubstitution) -> Flow<Vec<u8>> {
        if substitution.list.items.is_empty() && substitution.error.is_none() {
            // Nothing runs, so `$?` stays.
            return Continue(Vec::new());
        }
        let output = match substitution.form {
            SubstitutionForm::ReadFile => self.read_whole_file(substitution)?,
            SubstitutionForm::Current => self.output_of_current(substitution)?,
            SubstitutionForm::Reply => return self.reply_of(substitution),
            _ => self.output_of_subshell(substitution)?,
        };
        Continue(self.trimmed(output))
    }

    /// Runs the commands of a substitution. Bash replaces aliases in them only now, but for POSIX mode, where it did
    /// so when it read them: with aliases in force their text is read again. What is wrong between backquotes is told after
    /// the command lines before it have run.
    pub(super) fn run_substituted(&mut self, substitution: &CommandSubstitution) -> Flow {
        let flow = self.run_list_of(substitution);
        let Some(error) = &substitution.error else { return flow };
        flow?;
        self.report_parse_error(error, Some("command substitution"));
        let status = if error.discards_line() { Status::FAILURE } else { Status::USAGE };
        self.session.status = status;
        Continue(status)
    }

    fn run_list_of(&mut self, substitution: &CommandSubstitution) -> Flow {
        self.counting_lines_from_here(substitution.first_line, |sh| sh.run_list_from_here(substitution))
    }

    fn run_list_from_here(&mut self, substitution: &CommandSubstitution) -> Flow {
        let first = substitution.list.items.first().and_then(|item| item.and_or.first.stages.first());
        match first {
            Some(first) if self.reads_again(&substitution.list) && !self.is_posix() => {
                let text = bash_parser::print::substitution(&substitution.list);
                let line = first.command.line.wrapping_add(self.line_shift);
                self.run_text(&text, line, Origin::Substitution)
            }
            _ => self.run_list(&substitution.list),
        }
    }

    /// Whether aliases may change how `list` reads: there are some, or one line of it defines one for those below.
    fn reads_again(&self, list: &List) -> bool {
        let [first, others @ ..] = &*list.items else { return false };
        let may_begin = || {
            (self.shopt(Shopt::ExpandAliases) || calls(first, b"shopt"))
                && (!self.session.aliases.is_empty() || list.items.iter().any(|item| calls(item, b"alias")))
        };
        self.dialect().aliases || !others.is_empty() && may_begin()
    }

    /// The output and status of a text that runs as `$(…)` does. Nothing is trimmed.
    pub fn captured(&mut self, text: &[u8]) -> Flow<(Vec<u8>, Status)> {
        let capture = Capture::new(self);
        let status = self.subshell(SubshellKind::Substitution, |sh| {
            sh.session.descriptors.open(1, capture.clone());
            sh.run_text(text, 1, Origin::Substitution)
        })?;
        Continue((Capture::finish(capture, self.told.as_deref()), status))
    }

    fn output_of_subshell(&mut self, substitution: &CommandSubstitution) -> Flow<Vec<u8>> {
        let capture = Capture::new(self);
        let before = self.session.status;
        let status = self.subshell(SubshellKind::Substitution, |sh| {
            sh.session.descriptors.open(1, capture.clone());
            sh.leave_options_behind();
            match sh.run_substituted(substitution) {
                Break(Unwind::Abandon(_)) => Continue(Status::FAILURE),
                flow => flow,
            }
        })?;
        let output = Capture::finish(capture, self.told.as_deref());
        self.session.status = before;
        self.note_substitution(status);
        Continue(output)
    }

    /// What `$?` is until the command is done: POSIX mode leaves it as it was.
    fn note_substitution(&mut self, status: Status) {
        if !self.is_posix() {
            self.session.status = status;
        }
        self.substitution_status = Some(status);
    }

    /// `${ …; }`: the output of commands that run in this very shell.
    fn output_of_current(&mut self, substitution: &CommandSubstitution) -> Flow<Vec<u8>> {
        let capture = Capture::new(self);
        let saved = self.replace_output(capture.clone());
        let flow = self.substitute_in_place(|sh| sh.run_substituted_in_place(substitution));
        self.session.descriptors.restore(saved);
        let output = Capture::finish_in_place(capture, self.told.as_deref());
        let status = flow?;
        self.session.status = status;
        self.substitution_status = Some(status);
        Continue(output)
    }

    /// Runs the commands of `${ …; }` and its like as a function, without `-v`, and without `-e` unless substitutions
    /// inherit it.
    fn substitute_in_place(&mut self, body: impl FnOnce(&mut Shell) -> Flow) -> Flow {
        let (errexit, verbose) = (self.option(SetOption::ErrExit), self.option(SetOption::Verbose));
        let inherits = self.substitutions_inherit_errexit();
        let line = self.session.line;
        let pipe_status = self.session.pipe_status.clone();
        self.leave_options_behind();
        let flow = self.run_function_like(body);
        self.session.pipe_status = pipe_status;
        self.session.line = line;
        if !inherits && self.option(SetOption::ErrExit) != errexit {
            self.session.options.set(SetOption::ErrExit, errexit);
            self.show_set_options();
        }
        // `SHELLOPTS` does not tell of this one.
        self.session.options.give_back_verbose(verbose);
        match flow {
            Break(unwind @ (Unwind::Break(_) | Unwind::Continue(_) | Unwind::LeaveLoops(_))) => {
                self.leaving = Some(unwind);
                Continue(Status::SUCCESS)
            }
            flow => flow,
        }
    }

    fn substitutions_inherit_errexit(&self) -> bool {
        self.shopt(Shopt::InheritErrexit) || self.is_posix()
    }

    /// The options that hold in no command substitution.
    fn leave_options_behind(&mut self) {
        let errexit = self.option(SetOption::ErrExit) && !self.substitutions_inherit_errexit();
        let verbose = self.option(SetOption::Verbose);
        if errexit {
            self.session.options.set(SetOption::ErrExit, false);
        }
        if verbose {
            self.session.options.set(SetOption::Verbose, false);
        }
        if errexit || verbose {
            self.show_set_options();
        }
    }

    /// Runs the commands of a substitution in the current shell. A mistake discards the command line on which it is;
    /// in a subshell it is that one's end.
    fn run_substituted_in_place(&mut self, substitution: &CommandSubstitution) -> Flow {
        if self.discard_ends_shell() || self.reads_again(&substitution.list) {
            return self.run_substituted(substitution);
        }
        self.counting_lines_from_here(substitution.first_line, |sh| {
            let mut status = Status::SUCCESS;
            for line in substitution.list.items.split_inclusive(|item| item.newline) {
                status = match sh.run_items(line) {
                    Break(Unwind::Discard(status)) => sh.discard_command_line(status)?,
                    flow => flow?,
                };
            }
            Continue(status)
        })
    }

    /// `${| …; }`: the value of `REPLY`, which is local.
    fn reply_of(&mut self, substitution: &CommandSubstitution) -> Flow<Vec<u8>> {
        let mut reply = Vec::new();
        let status = self.substitute_in_place(|sh| {
            sh.session.variables.make_local(*names::REPLY).attributes |= Attributes::DECLARED;
            let flow = sh.run_substituted_in_place(substitution);
            let value =
                sh.session.variables.get(*names::REPLY).map_or(Value::Unset, |cell| cell.value.clone());
            reply = value.text().unwrap_or_default().into_vec();
            flow
        })?;
        self.session.status = status;
        self.substitution_status = Some(status);
        Continue(reply)
    }

    fn replace_output(&mut self, capture: std::sync::Arc<Capture>) -> SavedDescriptor {
        let saved = self.session.descriptors.save(1);
        self.session.descriptors.open(1, capture);
        saved
    }

    /// `$(<file)`
    fn read_whole_file(&mut self, substitution: &CommandSubstitution) -> Flow<Vec<u8>> {
        let command = substitution.list.items.first().and_then(|item| item.and_or.first.stages.first());
        let redirect = command.and_then(|stage| match &stage.command.kind {
            CommandKind::Simple(_) => stage.command.redirects.first(),
            _ => None,
        });
        let Some(RedirectTarget::Word(word)) = redirect.map(|redirect| &redirect.target) else {
            return Continue(Vec::new());
        };
        let Some(path) = self.redirect_path(word, None)? else {
            self.substitution_status = Some(Status::FAILURE);
            return Continue(Vec::new());
        };
        let how = OpenHow { read: true, ..OpenHow::default() };
        let text = self.open_path(&path, how).and_then(|file| self.read_whole(&*file));
        let (status, text) = match text {
            Ok(text) => (Status::SUCCESS, text),
            // A directory can be opened; that it cannot be read Bash does not notice.
            Err(error) if error.kind() == std::io::ErrorKind::IsADirectory => (Status::SUCCESS, Vec::new()),
            Err(error) => {
                self.system_error(&path, &error);
                (Status::FAILURE, Vec::new())
            }
        };
        self.note_substitution(status);
        Continue(text)
    }

    /// Output without NUL bytes (with a warning) and trailing newlines.
    fn trimmed(&mut self, mut output: Vec<u8>) -> Vec<u8> {
        if output.contains(&0) {
            self.error("warning: command substitution: ignored null byte in input");
            output.retain(|byte| *byte != 0);
        }
        let end = output.iter().rposition(|byte| *byte != b'\n').map_or(0, |last| last + 1);
        output.truncate(end);
        output
    }
}

/// Whether `item` begins with a call of the builtin `name`.
fn calls(item: &ListItem, name: &[u8]) -> bool {
    let Some(stage) = item.and_or.first.stages.first() else { return false };
    let CommandKind::Simple(simple) = &stage.command.kind else { return false };
    matches!(simple.words.first(), Some(Argument::Word(word)) if word.constant.as_deref() == Some(name))
}
