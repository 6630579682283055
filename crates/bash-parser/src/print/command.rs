//! Lists, pipelines and simple commands.

use super::{Printer, is_assignment};
use crate::ast::{
    AndOr, AndOrOperator, Argument, Command, CommandKind, Coproc, FunctionDefinition, List, ListItem,
    Pipeline, Redirect, SimpleCommand, Stage, TimeFormat,
};

impl<'t> Printer<'t> {
    /// A list; its last command has no `;`.
    pub(super) fn list(&mut self, list: &'t List) {
        let mut before: Option<&ListItem> = None;
        for item in &list.items {
            if let Some(before) = before {
                self.between(before);
            }
            self.and_or(&item.and_or);
            if item.background {
                self.connector(b" &");
            }
            before = Some(item);
        }
        if before.is_some_and(|last| last.background) {
            self.same_line = false;
        }
    }

    fn between(&mut self, before: &ListItem) {
        if before.background {
            self.text(b" ");
            return;
        }
        let newline = self.substitution && before.newline;
        let document = self.after_document || !self.documents.is_empty();
        if !self.documents.is_empty() {
            self.flush_documents();
        } else if self.after_document {
            self.after_document = false;
        } else {
            self.text(if newline { b"\n" } else { b";" });
        }
        if self.functions > 0 {
            self.text(b"\n");
            return;
        }
        if !newline {
            self.text(b" ");
        } else if document {
            self.text(b"\n");
        }
        self.same_line = true;
    }

    /// An operator between commands, then the here-documents of those before it.
    fn connector(&mut self, operator: &[u8]) {
        self.text(operator);
        if !self.documents.is_empty() {
            self.flush_documents();
            self.text(b" ");
        }
        self.same_line = true;
    }

    pub(super) fn and_or(&mut self, list: &'t AndOr) {
        self.pipeline(&list.first);
        for (operator, pipeline) in &list.rest {
            self.connector(match operator {
                AndOrOperator::And => b" && ",
                AndOrOperator::Or => b" || ",
            });
            self.pipeline(pipeline);
        }
    }

    pub(super) fn pipeline(&mut self, pipeline: &'t Pipeline) {
        self.begin();
        match pipeline.timed {
            Some(TimeFormat::Default) => self.text(b"time "),
            Some(TimeFormat::Posix) => self.text(b"time -p "),
            None => {}
        }
        if pipeline.negated {
            self.text(b"! ");
        }
        self.same_line = true;
        let mut stages = pipeline.stages.iter().peekable();
        while let Some(stage) = stages.next() {
            self.stage(stage);
            if stages.peek().is_some() {
                self.connector(b" |");
                self.text(b" ");
            }
        }
        self.same_line = false;
    }

    fn stage(&mut self, stage: &'t Stage) {
        self.command(&stage.command);
    }

    /// The start of a command's line.
    fn begin(&mut self) {
        if !std::mem::take(&mut self.same_line) {
            self.margin();
        }
    }

    pub(super) fn command(&mut self, command: &'t Command) {
        self.deeper(|printer| {
            printer.begin();
            printer.kind(command);
        });
    }

    fn kind(&mut self, command: &'t Command) {
        match &command.kind {
            CommandKind::Simple(simple) => return self.simple(simple, &command.redirects),
            CommandKind::Group(list) => self.group(list),
            CommandKind::Subshell(list) => self.subshell(list),
            CommandKind::If(clause) => self.if_clause(&clause.arms, clause.otherwise.as_ref()),
            CommandKind::While(clause) => self.while_loop(clause),
            CommandKind::For(clause) => self.for_loop(b"for ", clause),
            CommandKind::ArithFor(clause) => self.arith_for(clause),
            CommandKind::Select(clause) => self.for_loop(b"select ", clause),
            CommandKind::Case(clause) => self.case(clause),
            CommandKind::Conditional(expr) => self.conditional_command(expr),
            CommandKind::Arith(text) => self.arith_command(text),
            CommandKind::Function(function) => self.nested_function(function),
            CommandKind::Coproc(coproc) => self.coproc(coproc),
        }
        if !command.redirects.is_empty() {
            self.text(b" ");
            self.redirects(&command.redirects);
        }
    }

    fn simple(&mut self, simple: &'t SimpleCommand, redirects: &'t [Redirect]) {
        let start = self.out.len();
        for assignment in &simple.assignments {
            self.blank_after(start);
            self.assignment(assignment);
        }
        for argument in &simple.words {
            self.blank_after(start);
            match argument {
                Argument::Word(word) => self.word(word),
                Argument::Assignment(assignment) => self.assignment(assignment),
            }
        }
        if !redirects.is_empty() {
            self.blank_after(start);
            self.redirects(redirects);
        }
    }

    fn blank_after(&mut self, start: usize) {
        if self.out.len() > start {
            self.text(b" ");
        }
    }

    fn coproc(&mut self, coproc: &'t Coproc) {
        self.text(b"coproc ");
        match &coproc.name {
            Some(name) => {
                self.word(name);
                self.text(b" ");
            }
            None if matches!(coproc.command.kind, CommandKind::Simple(_)) => {}
            None => self.text(b"COPROC "),
        }
        self.same_line = true;
        self.command(&coproc.command);
    }

    fn nested_function(&mut self, function: &'t FunctionDefinition) {
        if !self.posix || is_assignment(&function.name) {
            self.text(b"function ");
        }
        self.text(&function.name);
        self.text(b" () \n");
        self.margin();
        self.function_body(&function.body, b"{ \n");
    }

    /// What stands between a function's braces, with them; its redirections follow.
    pub(super) fn function_body(&mut self, body: &'t Command, open: &[u8]) {
        self.text(open);
        self.functions += 1;
        let redirects: &[Redirect] = match &body.kind {
            CommandKind::Group(list) => {
                self.indented(|printer| printer.list(list));
                &body.redirects
            }
            _ => {
                self.indented(|printer| printer.command(body));
                &[]
            }
        };
        self.flush_documents();
        self.after_document = false;
        self.functions -= 1;
        if self.step == 0 {
            self.indent = 0;
        }
        if redirects.is_empty() {
            return self.new_line(b"}");
        }
        self.new_line(b"} ");
        self.redirects(redirects);
        self.flush_documents();
    }
}
