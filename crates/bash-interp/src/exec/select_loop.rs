//! `select name in words`: a menu on standard error.

use super::while_loop::Turn;
use crate::display_width::display_width;
use crate::{AssignTarget, Flow, Shell};
use bash_host::{Delimited, Line};
use bash_parser::Name;
use bash_parser::ast::{Command, ForLoop};
use bash_session::{Status, Text, names};
use std::ops::ControlFlow::Continue;
use std::sync::Arc;

impl Shell {
    /// Shows the menu, reads a choice, runs the body; until `break` or the end of the input.
    pub(super) fn run_select(&mut self, command: &Arc<Command>, looped: &ForLoop) -> Flow {
        let Some(name) = looped.name else {
            self.session.line = self.resting_line;
            return self.invalid_loop_variable(&looped.variable);
        };
        self.go_to_line(command.line);
        let items = self.loop_items(looped.words.as_deref())?;
        if items.is_empty() {
            return Continue(Status::SUCCESS);
        }
        if !self.before_command_and_ask(command)? {
            return Continue(Status::SUCCESS);
        }
        self.trace_head(command)?;
        let held = self.held();
        self.hold_words(&items)?;
        let flow = self.in_compound_with_head(|sh| sh.offer(name, &items, looped));
        self.no_longer_holding(held);
        flow
    }

    fn offer(&mut self, name: Name, items: &[Text], looped: &ForLoop) -> Flow {
        self.in_loop(|sh| {
            let mut show_menu = true;
            loop {
                let Some(reply) = sh.read_choice(items, show_menu)? else {
                    sh.print("\n");
                    let _ = sh.flush();
                    return Continue(Status::FAILURE);
                };
                let chosen =
                    std::str::from_utf8(&reply).ok().and_then(|text| text.trim().parse::<usize>().ok());
                let item = chosen.and_then(|number| items.get(number.checked_sub(1)?)).cloned();
                if let Some(status) = sh.assign_chosen(name, item.unwrap_or(Text::EMPTY))? {
                    return Continue(status);
                }
                match sh.run_turn(&looped.body)? {
                    Turn::Next(_) => {}
                    Turn::Last(last) => return Continue(last),
                }
                show_menu = sh.plain_text(*names::REPLY).is_none_or(|reply| reply.is_empty());
                sh.safe_point()?;
            }
        })
    }

    /// A non-empty reply; an empty one shows the menu again. `None` at the end of the input.
    fn read_choice(&mut self, items: &[Text], mut show_menu: bool) -> Flow<Option<Text>> {
        loop {
            if show_menu {
                self.show_menu(items);
            }
            let prompt = self.plain_text(*names::PS3).unwrap_or_else(|| "#? ".into());
            self.write_error(&prompt);
            let (reply, complete) = match self.read_reply()? {
                Reply::Line(reply) => (reply, true),
                Reply::Rest(reply) => (reply, false),
                Reply::Failed => return Continue(None),
            };
            let assigned = self.assign_or_complain(&AssignTarget::Whole(*names::REPLY), Text::from(reply))?;
            if !complete || !assigned {
                return Continue(None);
            }
            let reply = self.plain_text(*names::REPLY).unwrap_or_default();
            if !reply.is_empty() {
                return Continue(Some(reply));
            }
            show_menu = true;
        }
    }

    /// A line as `read` reads it: a backslash at its end joins it to the next, NUL bytes are dropped.
    fn read_reply(&mut self) -> Flow<Reply> {
        let line = Line { delimiter: Some(b'\n'), limit: usize::MAX, deadline: None };
        let file = self.descriptor(0);
        let mut text = Vec::new();
        loop {
            let read = match &file {
                Some(file) => file.read_line(&line, &mut text),
                None => Err(std::io::Error::from_raw_os_error(EBADF)),
            };
            match read {
                Ok(Delimited::Delimiter) => {
                    text.pop();
                    if !takes_next_line(&text) {
                        return Continue(Reply::Line(without_backslashes(text)));
                    }
                    text.pop();
                }
                Ok(Delimited::Interrupted) => self.safe_point()?,
                Ok(_) => return Continue(Reply::Rest(without_backslashes(text))),
                Err(error) => {
                    self.system_error(b"0: read error", &error);
                    return Continue(Reply::Failed);
                }
            }
        }
    }

    /// The numbered items in columns, as wide as `COLUMNS`.
    fn show_menu(&mut self, items: &[Text]) {
        let width =
            self.plain_text(*names::COLUMNS).and_then(|text| std::str::from_utf8(&text).ok()?.parse().ok());
        let width: usize = width.filter(|width| *width > 0).unwrap_or(80);
        let digits = items.len().to_string().len();
        let longest = items.iter().map(|item| display_width(item, self.session.charset)).max().unwrap_or(0)
            + digits
            + 2;
        let column = longest + 2;
        let columns = (width / column).max(1);
        let rows = items.len().div_ceil(columns);
        let columns = items.len().div_ceil(rows);
        let rows = if rows == 1 { columns } else { rows };
        let first_digits = rows.to_string().len();
        let mut menu = Vec::new();
        for row in 0..rows {
            let mut position = 0;
            let mut at = row;
            while at < items.len() {
                let digits = if at == row { first_digits } else { digits };
                let entry = [format!("{:>digits$}) ", at + 1).as_bytes(), &items[at][..]].concat();
                menu.extend_from_slice(&entry);
                position += entry.len() - items[at].len() + display_width(&items[at], self.session.charset);
                at += rows;
                if at < items.len() {
                    let next = position.div_ceil(column).max(1) * column;
                    indent(&mut menu, position, next);
                    position = next;
                }
            }
            menu.push(b'\n');
        }
        self.write_error(&menu);
    }
}

/// The error of a descriptor that is not open.
const EBADF: i32 = 9;

/// What was read for a choice.
enum Reply {
    /// A line.
    Line(Vec<u8>),
    /// What stood before the end of the input, which ends the menu.
    Rest(Vec<u8>),
    /// The input could not be read: it is as if nothing had been asked.
    Failed,
}

/// Whether the backslash at the end of a line joins it to the next.
fn takes_next_line(reply: &[u8]) -> bool {
    reply.iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1
}

/// A reply is read as `read` reads: a backslash quotes what follows it.
fn without_backslashes(reply: Vec<u8>) -> Vec<u8> {
    let mut bytes = reply.into_iter();
    let unquoted = std::iter::from_fn(|| match bytes.next() {
        Some(b'\\') => bytes.next(),
        byte => byte,
    });
    unquoted.filter(|byte| *byte != 0).collect()
}

/// Fills up to a column with tabs where they fit, else blanks.
fn indent(out: &mut Vec<u8>, from: usize, to: usize) {
    let mut at = from;
    while at < to {
        if to / 8 > at / 8 {
            out.push(b'\t');
            at += 8 - at % 8;
        } else {
            out.push(b' ');
            at += 1;
        }
    }
}
