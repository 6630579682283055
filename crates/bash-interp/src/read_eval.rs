//! Reading a complete command, running it, reading on: scripts, `-c`, `eval`, `source`, traps.
//!
//! Bash reads one command line at a time and runs it before it looks at the next, so a script runs up to its syntax
//! error and may change how the rest of it reads.

mod known;

use crate::builtin::SpecialFailure;
use crate::limits::LimitKind;
use crate::{Flow, Shell, Unwind};
use bash_parser::ast::{ArithExpr, CommandKind, List, Subscript};
use bash_parser::{Dialect, NoAliases, ParseError, ParseErrorKind, Parsed, Parser};
use bash_session::{PipeStatus, SetOption, Shopt, ShortTextHash, Status};
use known::{KnownText, KnownTexts, KnownUnit, Sight};
use std::collections::HashMap;
use std::ops::ControlFlow::{Break, Continue};
use std::sync::Arc;

/// Longer expressions and subscripts are not kept.
const LONGEST_EXPRESSION: usize = 4096;

/// Trees of texts that were parsed before.
#[derive(Default)]
pub(crate) struct ParseCache {
    arith: HashMap<Box<[u8]>, Arc<ArithExpr>, ShortTextHash>,
    subscripts: HashMap<Box<[u8]>, Option<Arc<Subscript>>, ShortTextHash>,
    texts: KnownTexts,
    /// Bash warned of something in the command line that was read last.
    warned: bool,
}

impl ParseCache {
    /// The tree of an arithmetic text.
    pub(crate) fn arith(&mut self, text: &[u8]) -> Arc<ArithExpr> {
        const LIMIT: usize = 1024;
        if let Some(tree) = self.arith.get(text) {
            return tree.clone();
        }
        let tree = Arc::new(bash_parser::arith::parse(text));
        if text.len() > LONGEST_EXPRESSION {
            return tree;
        }
        if self.arith.len() >= LIMIT {
            self.arith.clear();
        }
        self.arith.insert(text.into(), tree.clone());
        tree
    }

    /// A text as the subscript that it would be in `a[text]=`. `None` if it would be none.
    pub(crate) fn subscript(&mut self, text: &[u8], dialect: Dialect) -> Option<Arc<Subscript>> {
        const LIMIT: usize = 1024;
        if let Some(known) = self.subscripts.get(text) {
            return known.clone();
        }
        let subscript = parse_subscript(text, dialect).map(Arc::new);
        if text.len() > LONGEST_EXPRESSION {
            return subscript;
        }
        if self.subscripts.len() >= LIMIT {
            self.subscripts.clear();
        }
        self.subscripts.insert(text.into(), subscript.clone());
        subscript
    }
}

fn parse_subscript(text: &[u8], dialect: Dialect) -> Option<Subscript> {
    let source = [b"a[", text, b"]="].concat();
    let Parsed::Command(list) = Parser::new(source, 1).next(dialect, &NoAliases) else { return None };
    let stage = list.items.first()?.and_or.first.stages.first()?;
    let CommandKind::Simple(simple) = &stage.command.kind else { return None };
    let assignment = simple.assignments.first()?;
    match assignment.subscript.as_deref()? {
        Subscript::Text { source, .. } if source[..] != *text => None,
        subscript => Some(subscript.clone()),
    }
}

/// Where a text comes from: how its syntax errors are introduced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A script file, a sourced file or standard input.
    Script,
    /// The argument of `-c`.
    Argument,
    /// A builtin or trap that runs a text; its name.
    Builtin(&'static str),
    /// The text of a command substitution.
    Substitution,
}

impl Origin {
    fn label(self) -> Option<&'static str> {
        match self {
            Origin::Script => None,
            Origin::Argument => Some("-c"),
            Origin::Builtin(name) => Some(name),
            Origin::Substitution => Some("command substitution"),
        }
    }
}

impl Shell {
    /// Runs a whole text, whose first line is number `line`. Ends with the status of its last command, or at an
    /// unwinding that nothing in it catches.
    pub fn run_text(&mut self, text: &[u8], line: u32, origin: Origin) -> Flow {
        self.once_admitted(text, |sh| sh.run_admitted_text(text, line, origin))
    }

    /// Runs a text if the limits have room for it.
    fn once_admitted(&mut self, text: &[u8], run: impl FnOnce(&mut Shell) -> Flow) -> Flow {
        if self.metered.is_none() {
            return run(self);
        }
        self.admit_script(text)?;
        let held = self.held();
        self.hold_script(text)?;
        let flow = run(self);
        self.no_longer_holding(held);
        flow
    }

    /// Runs a script, which nobody else needs: its text may be large.
    pub fn run_script(&mut self, text: Vec<u8>, line: u32) -> Flow {
        if self.metered.is_some() || self.trace_level > 0 {
            return self.run_text(&text, line, Origin::Script);
        }
        let parser = Parser::new(text, line);
        self.counting_lines_as_read(|sh| {
            sh.run_read_commands(parser, Status::SUCCESS, Origin::Script, &mut None)
        })
    }

    fn run_admitted_text(&mut self, text: &[u8], line: u32, origin: Origin) -> Flow {
        let is_nested = origin != Origin::Script || self.trace_level > 0;
        let run = |sh: &mut Shell| sh.run_commands_and_restore(text, line, origin);
        if !is_nested || !self.session.history.is_recording {
            return self.counting_lines_as_read(run);
        }
        self.session.history.is_recording = false;
        let flow = self.counting_lines_as_read(run);
        self.session.history.is_recording = self.option(SetOption::History);
        flow
    }

    /// Runs a whole script that is likely to be run again: it is parsed twice at most.
    pub fn run_line(&mut self, text: &[u8]) -> Flow {
        match self.option(SetOption::OneCommand) {
            true => self.run_text(text, 1, Origin::Script),
            false => self.once_admitted(text, |sh| {
                sh.counting_lines_as_read(|sh| sh.run_recurring(text, 1, Origin::Script))
            }),
        }
    }

    /// When `eval` and its like end, they are the command that runs (`BASH_COMMAND`).
    fn run_commands_and_restore(&mut self, text: &[u8], line: u32, origin: Origin) -> Flow {
        let Origin::Builtin(_) = origin else { return self.run_commands_of(text, line, origin) };
        let command = self.command.clone();
        let flow = self.run_commands_of(text, line, origin);
        self.command = command;
        flow
    }

    /// Runs a text whose lines go into the history, as `fc` does with what an editor left.
    pub fn run_recorded_text(&mut self, text: &[u8]) -> Flow {
        let recording = std::mem::replace(&mut self.session.history.is_recording, true);
        let flow = self.one_level_deeper(|sh| sh.run_commands_of(text, 1, Origin::Script));
        self.session.history.is_recording = recording;
        flow
    }

    fn run_commands_of(&mut self, text: &[u8], line: u32, origin: Origin) -> Flow {
        if origin == Origin::Script && self.trace_level == 0 {
            return self.run_read_commands(Parser::new(text, line), Status::SUCCESS, origin, &mut None);
        }
        self.run_recurring(text, line, origin)
    }

    /// Runs a text that may have been run before, or may be run again.
    fn run_recurring(&mut self, text: &[u8], line: u32, origin: Origin) -> Flow {
        let sight = match self.plain_dialect() {
            Some(_) => self.parsed.texts.look_up(text, line),
            None => Sight::New,
        };
        let parser = || Parser::new(text, line);
        match sight {
            Sight::New => self.run_read_commands(parser(), Status::SUCCESS, origin, &mut None),
            Sight::Again => self.run_and_learn(text, line, parser(), origin),
            Sight::Known(known) => self.run_known_text(&known, origin),
        }
    }

    /// The options that change reading, if nothing but them does, and nothing happens while reading.
    fn plain_dialect(&self) -> Option<Dialect> {
        let dialect = self.dialect();
        let quiet = !self.session.history.is_recording && !self.session.options.shows_input;
        (quiet && !dialect.aliases && !self.session.translates).then_some(dialect)
    }

    /// Runs a text and keeps its trees.
    fn run_and_learn(&mut self, text: &[u8], line: u32, parser: Parser, origin: Origin) -> Flow {
        let dialect = self.dialect();
        // Offsets of such a text are those of what the parser reads.
        let is_text = !text.contains(&0) && std::str::from_utf8(text).is_ok();
        let mut learned = is_text.then(|| KnownText { text: text.into(), line, dialect, units: vec![] });
        let flow = self.run_read_commands(parser, Status::SUCCESS, origin, &mut learned);
        if let (Continue(_), Some(known)) = (&flow, learned) {
            self.parsed.texts.keep(known);
        }
        flow
    }

    /// As [`Shell::run_read_commands`], with the trees of a text that was read before.
    fn run_known_text(&mut self, known: &KnownText, origin: Origin) -> Flow {
        let mut status = Status::SUCCESS;
        let (mut rest, mut line) = (known.text.len(), known.line);
        for unit in &known.units {
            if self.plain_dialect() != Some(known.dialect) {
                let parser = Parser::new(&known.text[known.text.len() - rest..], line);
                return self.run_read_commands(parser, status, origin, &mut None);
            }
            self.resting_line = unit.last_line;
            if !unit.list.items.is_empty() {
                self.count_command(&unit.list, origin);
                let flow = self.run_command_line(&unit.list);
                status = self.caught_abandonment(flow, origin)?;
            }
            (rest, line) = (unit.rest, unit.next_line);
            if let Some(discarded_at) = self.discarded_at.take().filter(|at| at + 1 != line) {
                let mut parser = Parser::new(&known.text[known.text.len() - rest..], line);
                parser.continue_below(discarded_at);
                return self.run_read_commands(parser, status, origin, &mut None);
            }
        }
        Continue(status)
    }

    /// Runs what `parser` reads. The trees go into `learned`, as long as they are what another reading would give.
    fn run_read_commands(
        &mut self,
        mut parser: Parser,
        mut status: Status,
        origin: Origin,
        learned: &mut Option<KnownText>,
    ) -> Flow {
        loop {
            if learned.as_ref().is_some_and(|learned| self.plain_dialect() != Some(learned.dialect)) {
                *learned = None;
            }
            let parsed = self.next_command(&mut parser);
            let (last_line, next_line) = (parser.last_line(), parser.line());
            if self.parsed.warned {
                *learned = None;
            }
            match parsed {
                Parsed::Command(list) => {
                    if !list.items.is_empty() {
                        self.count_command(&list, origin);
                        let flow = self.run_command_line(&list);
                        status = self.caught_abandonment(flow, origin)?;
                        if let Some(line) = self.discarded_at.take() {
                            parser.continue_below(line);
                            *learned = None;
                        }
                    }
                    if let Some(learned) = learned {
                        let rest = parser.rest().len();
                        learned.units.push(KnownUnit { list, last_line, rest, next_line });
                    }
                }
                Parsed::End | Parsed::Incomplete => return Continue(status),
                Parsed::Error(error) => {
                    *learned = None;
                    self.report_parse_error(&error, origin.label());
                    if !error.discards_line() {
                        return self.syntax_error_status(&error, origin);
                    }
                    status = Status::FAILURE;
                    self.session.status = status;
                    if self.errors_exit() {
                        self.session.status = Status::USAGE;
                        return Break(self.exit_within_calls(Status::USAGE));
                    }
                    if self.discard_ends_shell() {
                        return Break(Unwind::Discard(status));
                    }
                }
            }
            let is_main = origin == Origin::Script && self.trace_level == 0;
            if is_main && self.option(SetOption::OneCommand) {
                return Break(Unwind::Exit(status));
            }
        }
    }

    /// What abandons everything ends at the reader of the script's own lines; with `-c` it ends the shell.
    pub fn caught_abandonment(&mut self, flow: Flow, origin: Origin) -> Flow {
        match (flow, origin) {
            (Break(Unwind::Abandon(status)), Origin::Script)
                if self.trace_level == 0 && !self.discard_ends_shell() =>
            {
                self.discard_command_line(status)
            }
            (Break(Unwind::Abandon(_)), Origin::Argument) if self.trace_level == 0 => {
                Break(Unwind::Exit(Status::FAILURE))
            }
            (flow, _) => flow,
        }
    }

    /// Command lines of the script itself are numbered.
    pub(crate) fn count_command(&mut self, list: &List, origin: Origin) {
        if origin == Origin::Script && self.trace_level == 0 && !list.items.is_empty() {
            self.session.command_number += 1;
        }
    }

    /// The same for a builtin that runs a text (`eval`, `source`): one level deeper.
    pub fn run_nested_text(&mut self, text: &[u8], line: u32, origin: Origin) -> Flow {
        self.one_level_deeper(|sh| sh.run_text(text, line, origin))
    }

    fn one_level_deeper(&mut self, work: impl FnOnce(&mut Shell) -> Flow) -> Flow {
        let _ = self.flush();
        self.trace_level += 1;
        let caller = self.arith_caller.take();
        let builtin = self.running_builtin.take();
        let resting_line = self.resting_line;
        let flow = self.nested(work);
        self.resting_line = resting_line;
        self.arith_caller = caller;
        self.running_builtin = builtin;
        self.trace_level -= 1;
        flow
    }

    /// The next complete command line of a parser, read by the options in force. Under `-v` it is printed.
    pub fn next_command(&mut self, parser: &mut Parser) -> Parsed {
        if self.session.history.is_recording || parser.is_holding() {
            return self.next_recorded_command(parser);
        }
        let verbose = self.session.options.shows_input.then(|| parser.rest().to_vec());
        let parsed = self.next_command_quietly(parser);
        if let Some(before) = verbose {
            let read = before.len().saturating_sub(parser.rest().len());
            self.show_lines(&before[..read]);
            if read > 0 && before[read - 1] != b'\n' && read == before.len() {
                self.write_error(b"\n");
            }
        }
        parsed
    }

    /// `-v`: shows the lines of a command that was read, but for those that begin within a command substitution.
    fn show_lines(&mut self, text: &[u8]) {
        let mut at = 0;
        for line in text.split_inclusive(|byte| *byte == b'\n') {
            if at == 0 || !Parser::new(&text[..at], 0).ends_in_substitution(self.dialect()) {
                self.write_error(line);
            }
            at += line.len();
        }
    }

    /// The same with a history: the lines are expanded and recorded one by one as they are read.
    fn next_recorded_command(&mut self, parser: &mut Parser) -> Parsed {
        if !self.session.history.is_recording {
            parser.release();
            return self.next_command(parser);
        }
        parser.hold();
        self.begin_recording();
        let mut number = parser.line();
        loop {
            let parsed = self.next_command_quietly(parser);
            if !matches!(parsed, Parsed::Incomplete | Parsed::End) {
                return parsed;
            }
            let Some(line) = parser.take_line() else {
                parser.end();
                return self.next_command_quietly(parser);
            };
            if self.session.options.shows_input {
                self.write_error(&line);
            }
            let line = self.enter_line(&line, number);
            parser.push(&line);
            number += u32::from(!line.is_empty());
        }
    }

    /// The same for a caller that prints the lines itself.
    pub fn next_command_quietly(&mut self, parser: &mut Parser) -> Parsed {
        let dialect = self.dialect();
        let parsed = if self.session.translates {
            parser.next(dialect, &self.reading())
        } else if dialect.aliases {
            parser.next(dialect, &self.session.aliases)
        } else {
            parser.next(dialect, &NoAliases)
        };
        self.resting_line = parser.last_line();
        self.report_warnings(parser.take_warnings());
        parsed
    }

    /// Warnings about here-documents that the reading of a command line gave.
    fn report_warnings(&mut self, warnings: Vec<(u32, Vec<u8>)>) {
        self.parsed.warned = !warnings.is_empty();
        for (line, message) in warnings {
            let text = [&self.parse_error_prefix(line, None)[..], &message, b"\n"].concat();
            self.write_error(&text);
        }
    }

    /// Runs a complete command line. An error that discards the line ends here.
    pub fn run_command_line(&mut self, list: &List) -> Flow {
        self.discarded_at = None;
        if self.option(SetOption::NoExec) {
            return Continue(self.session.status);
        }
        if !self.session.jobs.is_empty() && self.session.subshell_depth == self.process_depth {
            if let Some(item) = list.items.first() {
                self.session.line =
                    item.and_or.first.stages.first().map_or(self.session.line, |stage| stage.command.line);
            }
            self.report_killed_jobs();
        }
        let flow = self.run_list(list);
        if flow.is_continue() && self.signals_wait() {
            self.safe_point()?;
        }
        match flow {
            Break(Unwind::Discard(status)) if !self.discard_ends_shell() => self.discard_command_line(status),
            // A trap leaves a loop that it is not in.
            Break(Unwind::Break(_) | Unwind::Continue(_)) if self.session.loop_depth == 0 => {
                Continue(self.session.status)
            }
            flow => flow,
        }
    }

    /// Goes on after a command line that was discarded.
    pub(crate) fn discard_command_line(&mut self, status: Status) -> Flow {
        self.session.status = status;
        self.session.pipe_status = PipeStatus::One(status);
        Continue(status)
    }

    /// The options that change reading.
    pub fn dialect(&self) -> Dialect {
        let interactive = self.session.options.interactive;
        Dialect {
            posix: self.is_posix() && self.compatibility() > 42,
            extglob: self.shopt(Shopt::ExtGlob),
            comments: !interactive || self.shopt(Shopt::InteractiveComments),
            aliases: self.shopt(Shopt::ExpandAliases) && !self.session.aliases.is_empty(),
            braces: self.option(SetOption::BraceExpand),
            charset: self.session.charset,
            nesting: self.parser_depth(),
        }
    }

    /// Writes a syntax error in Bash's way.
    pub fn report_parse_error(&mut self, error: &ParseError, label: Option<&str>) {
        if error.kind == ParseErrorKind::TooDeep && self.parser_depth() < bash_parser::MAX_NESTING {
            let _ = self.exceed::<()>(LimitKind::ParserDepth);
            return;
        }
        let mut text = Vec::new();
        for (line, message) in &error.warnings {
            text.extend_from_slice(&[&self.parse_error_prefix(*line, None)[..], message, b"\n"].concat());
        }
        for (line, message) in &error.before {
            text.extend_from_slice(&[&self.parse_error_prefix(*line, label)[..], message, b"\n"].concat());
        }
        let prefix = self.parse_error_prefix(error.line, label);
        for line in error.message.split(|byte| *byte == b'\n') {
            text.extend_from_slice(&[&prefix[..], line, b"\n"].concat());
        }
        let at_prompt = self.session.options.interactive && self.session.calls.source_depth() == 0;
        if let Some(source) = error.source_line.as_ref().filter(|_| !at_prompt && !self.errors_exit()) {
            text.extend_from_slice(&[&prefix[..], b"`", source, b"'\n"].concat());
        }
        self.write_error(&text);
    }

    fn parse_error_prefix(&self, line: u32, label: Option<&str>) -> Vec<u8> {
        let mut prefix = self.error_prefix();
        if !self.session.options.interactive {
            let between = if self.shopt(Shopt::GnuErrfmt) { "" } else { " line " };
            prefix = [&self.error_name()[..], b":"].concat();
            if let Some(label) = label {
                prefix.extend_from_slice(format!(" {label}:").as_bytes());
            }
            prefix.extend_from_slice(format!("{between}{line}: ").as_bytes());
        } else if self.session.calls.source_depth() > 0 {
            prefix.extend_from_slice(&self.session.calls.source());
            prefix.extend_from_slice(format!(": line {line}: ").as_bytes());
        }
        prefix
    }

    fn syntax_error_status(&mut self, error: &ParseError, origin: Origin) -> Flow {
        let is_main =
            self.session.calls.source_depth() == 0 && matches!(origin, Origin::Script | Origin::Argument);
        if error.lacks_partner() && is_main && !self.session.status.is_success() {
            return Continue(self.session.status);
        }
        self.session.status = Status::USAGE;
        if self.errors_exit() {
            return Break(self.exit_within_calls(Status::USAGE));
        }
        let is_whole_script = is_main && origin == Origin::Script;
        if error.kind == ParseErrorKind::InSubstitution && !is_whole_script {
            return self.give_up_shell();
        }
        if origin == Origin::Builtin("eval") {
            self.special_failure = Some(SpecialFailure::Final);
        }
        Continue(Status::USAGE)
    }

    /// A syntax error in a substitution takes the shell with it, unless somebody types into it.
    fn give_up_shell(&mut self) -> Flow {
        if self.session.options.interactive && self.session.subshell_depth == 0 {
            return Continue(Status::FAILURE);
        }
        let of_argument = self.session.options.from_argument && self.session.subshell_depth == 0;
        let status = if of_argument { Status::NOT_FOUND } else { Status::FAILURE };
        self.session.status = status;
        Break(Unwind::Exit(status))
    }

    /// Under `set -e` a syntax error ends the shell with its first line of message, as if that were a failed command.
    fn errors_exit(&self) -> bool {
        self.option(SetOption::ErrExit) && self.errexit_ignored == 0
    }

    /// Whether a discarded command line takes the whole (sub)shell with it.
    pub(crate) fn discard_ends_shell(&self) -> bool {
        self.session.subshell_depth > 0
    }
}
