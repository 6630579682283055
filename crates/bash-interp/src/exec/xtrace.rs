//! `set -x`: commands are printed before they run.
//!
//! What surprises: loops and `case` show their source text, commands what their words expand to; a compound
//! assignment shows its source text when it stands alone and its quoted elements when it is an argument.

use crate::expand::Expanded;
use crate::{Flow, Shell, Unwind};
use bash_parser::Name;
use bash_parser::ast::{ArithText, Assignment, Command};
use bash_parser::quote::{traced_value, traced_word};
use bash_session::{SetOption, Text, Value, names};
use std::ops::ControlFlow::{Break, Continue};

/// Whether an arithmetic text is shown with the blanks before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LeadingBlanks {
    /// As in `(( … ))`.
    Shown,
    /// As in `for ((…; …; …))`.
    Dropped,
}

impl Shell {
    /// `+ word word`
    #[inline]
    pub(super) fn trace_words(&mut self, expanded: &Expanded) -> Flow<()> {
        if self.option(SetOption::XTrace) { self.trace_expanded(expanded) } else { Continue(()) }
    }

    fn trace_expanded(&mut self, expanded: &Expanded) -> Flow<()> {
        let charset = self.session.charset;
        let mut line = Vec::new();
        for (at, word) in expanded.words.iter().enumerate() {
            if at > 0 {
                line.push(b' ');
            }
            line.extend_from_slice(&traced_word(word, charset));
        }
        self.trace_line(&line)?;
        self.trace_exports(expanded)
    }

    /// `export name=value` shows its assignments once more.
    fn trace_exports(&mut self, expanded: &Expanded) -> Flow<()> {
        if !matches!(expanded.words.first().map(|name| &name[..]), Some(b"export" | b"readonly")) {
            return Continue(());
        }
        let charset = self.session.charset;
        for word in expanded.words.iter().skip(1) {
            let Some(equals) = word.iter().position(|byte| *byte == b'=') else { continue };
            let (name, value) = (&word[..equals], &word[equals + 1..]);
            if bash_parser::is_identifier(name.strip_suffix(b"+").unwrap_or(name)) {
                self.trace_line(&[name, b"=", &traced_value(value, charset)].concat())?;
            }
        }
        Continue(())
    }

    /// `+ name=value`, before the assignment.
    #[inline]
    pub(crate) fn trace_assignment(&mut self, assignment: &Assignment, value: &Value) -> Flow<()> {
        if !self.option(SetOption::XTrace) {
            return Continue(());
        }
        let mut line = target(assignment);
        line.extend_from_slice(&traced_value(&value.text().unwrap_or_default(), self.session.charset));
        self.trace_line(&line)
    }

    /// `+ name=(…)`, before the assignment.
    pub(crate) fn trace_compound(&mut self, assignment: &Assignment) -> Flow<()> {
        if !self.option(SetOption::XTrace) {
            return Continue(());
        }
        let mut line = Vec::new();
        bash_parser::print::assignment(assignment, &mut line);
        self.trace_line(&line)
    }

    /// `+ name='value'`
    pub(super) fn trace_plain_assignment(&mut self, name: Name, value: &[u8]) -> Flow<()> {
        if !self.option(SetOption::XTrace) {
            return Continue(());
        }
        let shown = traced_value(value, self.session.charset);
        self.trace_line(&[name.as_bytes(), b"=", &shown].concat())
    }

    /// The value of an arithmetic command, which is shown as `+ (( … ))` before it is evaluated. A mistake in the expression is
    /// the command's own (`None`), one in the words that it is made of is not.
    pub(super) fn arith_command(&mut self, text: &ArithText, blanks: LeadingBlanks) -> Flow<Option<i64>> {
        let is_traced = self.option(SetOption::XTrace);
        if !is_traced && let Some(number) = self.sure_number(text) {
            return Continue(Some(number));
        }
        let readable = if is_traced { None } else { self.readable_arith(text) };
        let flow = match readable {
            Some(readable) => self.with_arith_caller(&b"(("[..], |sh| sh.evaluate_readable(text, &readable)),
            None => {
                let expanded = match is_traced {
                    true => self.shown_arith(text, blanks)?,
                    false => self.arith_source(text)?,
                };
                self.with_arith_caller(&b"(("[..], |sh| sh.arith_text(&expanded))
            }
        };
        match flow {
            Continue(number) => Continue(Some(number)),
            Break(Unwind::Discard(_)) => Continue(None),
            Break(unwind) => Break(unwind),
        }
    }

    fn shown_arith(&mut self, text: &ArithText, blanks: LeadingBlanks) -> Flow<Text> {
        let expanded = self.arith_source(text)?;
        let shown = match blanks {
            LeadingBlanks::Shown => &expanded[..],
            LeadingBlanks::Dropped => {
                let blanks = expanded.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
                &expanded[blanks..]
            }
        };
        self.trace_line(&[b"(( ", shown, b" ))"].concat())?;
        Continue(expanded)
    }

    /// `+ for x in …`, `+ case word in`
    pub(super) fn trace_head(&mut self, command: &Command) -> Flow<()> {
        if !self.option(SetOption::XTrace) {
            return Continue(());
        }
        let head = bash_parser::print::compound_head(command).unwrap_or_default();
        let head = head.trim_ascii_end();
        self.trace_line(head)
    }

    /// `PS4` and a line that is already as it shall be shown, to the descriptor that `BASH_XTRACEFD` names.
    pub(crate) fn trace_line(&mut self, line: &[u8]) -> Flow<()> {
        let prefix = self.trace_prefix()?;
        let text = [&prefix[..], line, b"\n"].concat();
        match self.trace_descriptor() {
            Some(file) => {
                let _ = file.write_all(&text);
            }
            None => self.write_error(&text),
        }
        Continue(())
    }

    /// `PS4`, its first character once more for each level of `eval`, `source` and substitutions.
    fn trace_prefix(&mut self) -> Flow<Vec<u8>> {
        let Some(text) = self.plain_text(*names::PS4) else { return Continue(Vec::new()) };
        let plain = !text.iter().any(|byte| matches!(byte, b'$' | b'`' | b'\\'));
        let expanded = if plain { text.into_vec() } else { self.untraced(|sh| sh.expand_prompt(&text))? };
        let first = match expanded.utf8_chunks().next().and_then(|chunk| chunk.valid().chars().next()) {
            Some(character) => character.len_utf8(),
            None => expanded.len().min(1),
        };
        let repeated = expanded[..first].repeat(self.trace_level as usize);
        Continue([repeated, expanded].concat())
    }

    /// Runs `work` with `set -x` off and `$?` as it was afterwards.
    fn untraced<T>(&mut self, work: impl FnOnce(&mut Shell) -> Flow<T>) -> Flow<T> {
        let (status, substitution_status) = (self.session.status, self.substitution_status);
        self.session.options.set(SetOption::XTrace, false);
        let flow = work(self);
        self.session.options.set(SetOption::XTrace, true);
        self.session.status = status;
        self.substitution_status = substitution_status;
        flow
    }

    /// Complains about a `BASH_XTRACEFD` that names no open descriptor; traces go to standard error then.
    pub(crate) fn check_trace_descriptor(&mut self) {
        let Some(text) = self.plain_text(*names::BASH_XTRACEFD).filter(|text| !text.is_empty()) else {
            return;
        };
        if self.trace_descriptor().is_none() {
            self.error(
                [b"BASH_XTRACEFD: ", &text[..], b": invalid value for trace file descriptor"].concat(),
            );
        }
    }

    fn trace_descriptor(&mut self) -> Option<bash_host::FileRef> {
        let text = self.plain_text(*names::BASH_XTRACEFD)?;
        let number = std::str::from_utf8(&text).ok()?.parse().ok()?;
        self.descriptor(number)
    }
}

/// `name[subscript]+=`
fn target(assignment: &Assignment) -> Vec<u8> {
    let mut line = assignment.name.as_bytes().to_vec();
    if let Some(subscript) = assignment.subscript.as_deref() {
        line.push(b'[');
        line.extend_from_slice(subscript_text(subscript));
        line.push(b']');
    }
    line.extend_from_slice(if assignment.append { b"+=" } else { b"=" });
    line
}

fn subscript_text(subscript: &bash_parser::ast::Subscript) -> &[u8] {
    use bash_parser::ast::Subscript;
    match subscript {
        Subscript::At => b"@",
        Subscript::Star => b"*",
        Subscript::Text { source, .. } => source,
    }
}
