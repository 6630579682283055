//! Trees back to text, in Bash's own layout (`declare -f`, `type`, `jobs`, `BASH_COMMAND`).
//!
//! One printer serves them all; it knows where it stands (in a function, in a command substitution) and lays out
//! accordingly: in a function each command has its line, elsewhere `;` joins them, and `if`, loops and `case` take
//! several lines everywhere. What surprises, all of it Bash's:
//!
//! - `elif` comes back as an `if` in the `else`; `for x` as `for x in "$@"`; `[[ x ]]` as `[[ -n x ]]`; `|&` as
//!   `2>&1 |`; `$'…'` as the quoted text it stands for;
//! - here-documents wait until the operator after their command is printed. Behind one the next `;` is missing,
//!   even where another command stands between;
//! - a command substitution is laid out anew, but for backquotes and within here-documents. In it a newline
//!   between commands stays a newline.

mod command;
mod compound;
mod param;
mod redirect;
mod word;

pub(crate) use word::is_printed_anew;

use crate::ast::arith::ArithText;
use crate::ast::{
    AndOr, Assignment, Command, CommandKind, ConditionalExpr, FunctionDefinition, HereDocument, List,
    Pipeline, Redirect, Word,
};

/// A function as `declare -f` prints it, without the final newline.
///
/// `name` is printed in place of the definition's own: they differ when a function was copied.
pub fn function_definition(name: &[u8], function: &FunctionDefinition) -> Vec<u8> {
    Printer::new().function(name, function)
}

/// The same in POSIX mode, where functions within it have no `function` before their names.
pub fn posix_function_definition(name: &[u8], function: &FunctionDefinition) -> Vec<u8> {
    Printer { posix: true, ..Printer::new() }.function(name, function)
}

/// A function's value in the environment (`BASH_FUNC_name%%`).
pub fn exported_function(function: &FunctionDefinition) -> Vec<u8> {
    let mut printer = Printer { step: 0, indent: 1, ..Printer::new() };
    printer.text(b"() ");
    printer.function_body(&function.body, b"{ ");
    printer.out
}

/// The text between the parentheses of a command substitution.
pub fn substitution(list: &List) -> Vec<u8> {
    let mut printer = Printer::new();
    printer.substituted(list);
    printer.out
}

/// A complete command line, functions as in POSIX mode.
pub fn posix_list(list: &List) -> Vec<u8> {
    let mut printer = Printer { posix: true, ..Printer::new() };
    printer.list(list);
    printer.flush_documents();
    printer.out
}

/// A list in one piece: what a newline separated is joined by `;`.
pub fn list(list: &List) -> Vec<u8> {
    printed(|printer| printer.list(list))
}

/// An and-or list, as `jobs` prints it without the final `&`.
pub fn list_line(list: &AndOr) -> Vec<u8> {
    printed(|printer| printer.and_or(list))
}

/// A pipeline.
pub fn pipeline(pipeline: &Pipeline) -> Vec<u8> {
    printed(|printer| printer.pipeline(pipeline))
}

/// A command, as `BASH_COMMAND` holds it.
pub fn command_line(command: &Command) -> Vec<u8> {
    printed(|printer| printer.command(command))
}

/// What `BASH_COMMAND` holds while a compound command begins: `for x in a b`, `case x in `, `[[ … ]]`, `((…))`.
/// `None` for compound commands that are not shown.
pub fn compound_head(command: &Command) -> Option<Vec<u8>> {
    let mut printer = Printer::new();
    match &command.kind {
        CommandKind::For(clause) => printer.for_head(b"for ", clause),
        CommandKind::Select(clause) => printer.for_head(b"select ", clause),
        CommandKind::Case(clause) => printer.case_head(clause),
        CommandKind::Conditional(expr) => printer.conditional_command(expr),
        CommandKind::Arith(text) => printer.arith_command(text),
        _ => return None,
    }
    Some(printer.out)
}

/// A word as it stands in the source.
pub fn word(word: &Word, out: &mut Vec<u8>) {
    append(out, |printer| printer.word(word));
}

/// An assignment as it stands in the source.
pub fn assignment(assignment: &Assignment, out: &mut Vec<u8>) {
    append(out, |printer| printer.assignment(assignment));
}

/// A redirection. A here-document's body follows on the lines after it.
pub fn redirect(redirect: &Redirect, out: &mut Vec<u8>) {
    append(out, |printer| {
        printer.redirects(std::slice::from_ref(redirect));
        printer.flush_documents();
    });
}

/// The expression between `[[` and `]]`.
pub fn conditional(expr: &ConditionalExpr, out: &mut Vec<u8>) {
    append(out, |printer| printer.conditional(expr));
}

/// An arithmetic text as it stands in the source.
pub fn arith_text(text: &ArithText, out: &mut Vec<u8>) {
    append(out, |printer| printer.arith_text(text, word::Quoting::Outside));
}

fn printed<'t>(print: impl FnOnce(&mut Printer<'t>)) -> Vec<u8> {
    let mut printer = Printer::new();
    print(&mut printer);
    printer.flush_documents();
    printer.out
}

fn append<'t>(out: &mut Vec<u8>, print: impl FnOnce(&mut Printer<'t>)) {
    let mut printer = Printer { out: std::mem::take(out), ..Printer::new() };
    print(&mut printer);
    *out = printer.out;
}

/// Where the printer stands, and what it has written.
struct Printer<'t> {
    out: Vec<u8>,
    /// Blanks before a command on a line of its own.
    indent: usize,
    /// How many blanks a level adds.
    step: usize,
    /// The next command goes on the current line.
    same_line: bool,
    /// How many function bodies are open.
    functions: usize,
    /// In a command substitution.
    substitution: bool,
    /// In POSIX mode.
    posix: bool,
    /// Here-documents whose bodies are still to be written.
    documents: Vec<&'t HereDocument>,
    /// A here-document was written, and no `;` since: the next one is left out.
    after_document: bool,
}

impl<'t> Printer<'t> {
    fn new() -> Printer<'t> {
        Printer {
            out: Vec::new(),
            indent: 0,
            step: 4,
            same_line: false,
            functions: 0,
            substitution: false,
            posix: false,
            documents: Vec::new(),
            after_document: false,
        }
    }

    fn function(mut self, name: &[u8], function: &'t FunctionDefinition) -> Vec<u8> {
        if is_assignment(name) {
            self.text(b"function ");
        }
        self.text(name);
        self.text(b" () \n");
        self.function_body(&function.body, b"{ \n");
        self.out
    }

    fn text(&mut self, text: &[u8]) {
        self.out.extend_from_slice(text);
    }

    fn number(&mut self, number: impl std::fmt::Display) {
        self.text(number.to_string().as_bytes());
    }

    fn margin(&mut self) {
        self.out.resize(self.out.len() + self.indent, b' ');
    }

    fn new_line(&mut self, text: &[u8]) {
        self.out.push(b'\n');
        self.margin();
        self.text(text);
    }

    /// A `;`, unless the text ends in `&` or a newline.
    fn semicolon(&mut self) {
        if !matches!(self.out.last(), Some(b'&' | b'\n')) {
            self.out.push(b';');
        }
    }

    /// Prints something one level further in.
    fn indented(&mut self, print: impl FnOnce(&mut Self)) {
        self.indent += self.step;
        print(self);
        self.indent -= self.step;
    }

    /// Prints a list that is laid out on its own, wherever it stands.
    fn substituted(&mut self, list: &'t List) {
        let out = std::mem::take(&mut self.out);
        let mut inner = Printer { out, substitution: true, posix: self.posix, ..Printer::new() };
        inner.list(list);
        inner.flush_documents();
        self.out = inner.out;
    }

    /// Calls itself on a stack that is sure to suffice.
    fn deeper(&mut self, print: impl FnOnce(&mut Self)) {
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || print(self));
    }
}

/// Whether a function's name would read as an assignment without `function` before it.
fn is_assignment(name: &[u8]) -> bool {
    let Some(equals) = name.iter().position(|&byte| byte == b'=') else { return false };
    let target = name.get(..equals).unwrap_or_default();
    let target = target.strip_suffix(b"+").unwrap_or(target);
    match target.iter().position(|&byte| byte == b'[') {
        Some(open) if target.ends_with(b"]") => crate::is_identifier(target.get(..open).unwrap_or_default()),
        _ => crate::is_identifier(target),
    }
}

#[cfg(test)]
mod tests;
