//! Word expansion, in the manual's order.
//!
//! 1. [`brace`] expressions multiply a word: `{a,b}c`.
//! 2. [`tilde`] prefixes, [`param`]eter and variable expansion, [`command`] substitution, arithmetic expansion and
//!    [`process`] substitution go through the parts of a word from left to right;
//! 3. field splitting happens as their results arrive: see [`fields`], which also remembers what was quoted;
//! 4. [`pathname`] expansion turns a field with unquoted pattern characters into the names it matches;
//! 5. quotes were removed by the parser: a part knows whether it was quoted.
//!
//! A word whose text is known when it is parsed skips all of this.

pub(crate) mod arith;
mod brace;
pub(crate) mod command;
pub(crate) mod fields;
pub(crate) mod param;
pub mod pathname;
pub(crate) mod pattern;
pub(crate) mod process;
mod straight;
mod tilde;

use crate::limits::LimitKind;
use crate::pattern::push_quoted;
use crate::{Args, Flow, Shell, Written};
use bash_parser::Name;
use bash_parser::ast::{Argument, ArrayElement, AssignedValue, Assignment, Word, WordPart};
use bash_session::{SetOption, Shopt, Text, Value};
use fields::{Field, Fields, Purpose};
use std::ops::ControlFlow::Continue;

/// Whether a part stands in double quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quoting {
    /// No: results are split and may be patterns.
    Unquoted,
    /// Yes.
    Double,
    /// No, and the literal text itself is split too: the word of an unquoted `${x:-word}`.
    Operand,
}

/// The words of a command after expansion.
#[derive(Default)]
pub(crate) struct Expanded {
    /// The fields.
    pub(crate) words: Vec<Text>,
    /// How some of them were written; see [`crate::Args`].
    pub(crate) written: Vec<(usize, Written)>,
}

/// Adds a copy of a text, made where it shall stay.
#[inline]
fn push_text(out: &mut Vec<Text>, text: &[u8]) {
    out.push(Text::EMPTY);
    if let Some(last) = out.last_mut() {
        last.set(text);
    }
}

/// Adds the digits of a number, made where they shall stay.
#[inline]
fn push_integer(out: &mut Vec<Text>, number: i64) {
    out.push(Text::EMPTY);
    if let Some(last) = out.last_mut() {
        last.set_integer(number);
    }
}

/// Whether a shell has limits: known when this is compiled, so that one without them is asked once for each command.
const METERED: bool = true;
const FREE: bool = false;

/// As how many levels of nesting a text counts that expands texts: a prompt that holds itself.
const TEXT_WEIGHT: u32 = 40;

impl Shell {
    /// Expands the words of a simple command.
    pub(crate) fn expand_arguments(&mut self, arguments: &[Argument]) -> Flow<Expanded> {
        let mut expanded = Expanded { words: Vec::with_capacity(arguments.len()), written: Vec::new() };
        match self.meter() {
            None => self.expand_each_argument::<FREE>(arguments, &mut expanded)?,
            Some(_) => self.expand_metered_arguments(arguments, &mut expanded)?,
        }
        Continue(expanded)
    }

    /// The same in a shell with limits, which count what is held meanwhile.
    #[cold]
    fn expand_metered_arguments(&mut self, arguments: &[Argument], expanded: &mut Expanded) -> Flow<()> {
        let before = self.held();
        let flow = self.expand_each_argument::<METERED>(arguments, expanded);
        self.no_longer_holding(before);
        flow?;
        self.admit_words(&expanded.words)
    }

    fn expand_each_argument<const IS_METERED: bool>(
        &mut self,
        arguments: &[Argument],
        expanded: &mut Expanded,
    ) -> Flow<()> {
        for argument in arguments {
            match argument {
                Argument::Word(word) if !IS_METERED && self.push_plain_field(word, &mut expanded.words) => {}
                Argument::Word(word) => {
                    let before = expanded.words.len();
                    self.expand_fields(word, &mut expanded.words)?;
                    if IS_METERED {
                        self.hold_words(&expanded.words[before..])?;
                    }
                    if word.parts.len() > 1 && expanded.words.len() == before + 1 && is_element(word) {
                        expanded.written.push((before, Written::Element));
                    }
                }
                Argument::Assignment(assignment) => match &assignment.value {
                    AssignedValue::Array(elements) if is_eval(arguments) => {
                        let text = self.expand_evaluated(assignment, elements)?;
                        expanded.words.push(text);
                    }
                    _ => self.expand_declaration(assignment, expanded)?,
                },
            }
        }
        Continue(())
    }

    /// Adds the field that a word of one part expands to, if that takes no more than looking something up.
    #[inline]
    fn push_plain_field(&self, word: &Word, out: &mut Vec<Text>) -> bool {
        match &*word.parts {
            [] | [_] if let Some(constant) = &word.constant => {
                push_text(out, constant);
                true
            }
            [WordPart::Param(expansion)] => self.push_plain_parameter(expansion, Quoting::Unquoted, out),
            [WordPart::DoubleQuoted(inner)] => match &**inner {
                [WordPart::Param(expansion)] => self.push_plain_parameter(expansion, Quoting::Double, out),
                _ => false,
            },
            [WordPart::Arith { expr, .. }] => match self.sure_number(expr) {
                Some(number) if self.has_default_separators() => {
                    push_integer(out, number);
                    true
                }
                _ => false,
            },
            _ => false,
        }
    }

    /// Expands a word to any number of fields.
    pub fn expand_fields(&mut self, word: &Word, out: &mut Vec<Text>) -> Flow<()> {
        if let Some(constant) = &word.constant {
            out.push(Text::new(constant));
            return Continue(());
        }
        if word.parts.iter().skip(1).any(|part| matches!(part, WordPart::Tilde(_))) && self.is_posix() {
            return self.expand_parts_to_fields(&without_later_tildes(&word.parts), out);
        }
        if let Some(expansion) = straight::quoted_list(&word.parts) {
            return self.expand_quoted_list(expansion, out);
        }
        if brace::applies(word) && self.option(SetOption::BraceExpand) {
            let total = brace::total(&word.parts);
            self.admit_braces(total)?;
            if total > brace::MOST_WORDS {
                self.error(format!("brace expansion: failed to allocate memory for {total} elements"));
                return self.expand_parts_to_fields(&word.parts, out);
            }
            if self.meter().is_none() && self.push_plain_braces(&word.parts, out) {
                return Continue(());
            }
            let mut alternatives = brace::Alternatives::new(&word.parts);
            while let Some(parts) = alternatives.next() {
                self.expand_parts_to_fields(&parts, out)?;
                self.admit_entries(out.len())?;
            }
            return Continue(());
        }
        self.expand_parts_to_fields(&word.parts, out)
    }

    /// Expands a word to one text, without splitting and pathname expansion: `case` words, here-strings, subscripts.
    pub fn expand_string(&mut self, word: &Word) -> Flow<Text> {
        match &word.constant {
            Some(constant) => Continue(Text::new(constant)),
            None => self.expand_to_text(&word.parts, Quoting::Unquoted, Purpose::Text),
        }
    }

    /// Expands a here-string, or the right side of an assignment if it is no single expansion.
    pub(crate) fn expand_assigned_string(&mut self, word: &Word) -> Flow<Text> {
        match &word.constant {
            Some(constant) => Continue(Text::new(constant)),
            None => self.expand_to_text(&word.parts, Quoting::Unquoted, Purpose::Assigned),
        }
    }

    /// Expands the right side of an assignment.
    pub fn expand_assigned(&mut self, word: &Word) -> Flow<Text> {
        Continue(self.expand_assigned_value(word)?.text().unwrap_or_default())
    }

    /// Expands the right side of `declare x=…`.
    fn expand_declared(&mut self, word: &Word) -> Flow<Text> {
        match &word.constant {
            Some(constant) => Continue(Text::new(constant)),
            None => self.expand_to_text(&word.parts, Quoting::Unquoted, Purpose::Declared),
        }
    }

    /// Expands the right side of an element of `a=([0]=…)`.
    pub(crate) fn expand_element_value(&mut self, word: &Word) -> Flow<Text> {
        match &word.constant {
            Some(constant) => Continue(Text::new(constant)),
            None => self.expand_to_text(&word.parts, Quoting::Unquoted, Purpose::Element),
        }
    }

    /// The same as [`Shell::expand_assigned`], as a value: `x=$((…))` stays a number, and a word that is one expansion needs no field.
    pub(crate) fn expand_assigned_value(&mut self, word: &Word) -> Flow<Value> {
        match &*word.parts {
            [WordPart::Arith { expr, .. }] => Continue(Value::Integer(self.expand_arithmetic(expr)?)),
            [WordPart::Command(substitution)] => {
                Continue(self.nested(|sh| sh.substitute_command(substitution))?.into())
            }
            _ => Continue(Value::Text(self.expand_assigned_string(word)?)),
        }
    }

    /// Expands the key of an associative array.
    pub(crate) fn expand_key(&mut self, word: &Word) -> Flow<Text> {
        self.expand_string(word)
    }

    /// Expands a word to a pattern, in which what was quoted is preceded by backslashes.
    pub fn expand_pattern(&mut self, word: &Word) -> Flow<Vec<u8>> {
        match &word.constant {
            // A parenthesis may belong to an extended pattern.
            Some(constant) if !constant.contains(&b'(') => {
                let mut pattern = Vec::with_capacity(constant.len());
                push_quoted(&mut pattern, constant, self.session.charset);
                Continue(pattern)
            }
            _ if straight::is_plain_pattern(&word.parts) => self.expand_pattern_straight(&word.parts),
            _ => Continue(
                self.expand_joined(word, Quoting::Unquoted, Purpose::Text)?
                    .into_pattern(self.session.charset),
            ),
        }
    }

    /// Expands a word as if it stood in double quotes: the body of a here-document, arithmetic.
    pub(crate) fn expand_in_quotes(&mut self, word: &Word) -> Flow<Text> {
        match &word.constant {
            Some(constant) => Continue(Text::new(constant)),
            None => self.expand_to_text(&word.parts, Quoting::Double, Purpose::Text),
        }
    }

    /// Expands a text that is only known now, as if in double quotes (where `"` itself is plain): a subscript given to
    /// a builtin, a prompt.
    pub fn expand_text_in_quotes(&mut self, text: &[u8]) -> Flow<Text> {
        if !text.iter().any(|byte| matches!(byte, b'$' | b'`' | b'\\')) {
            return Continue(Text::new(text));
        }
        match bash_parser::parse_document(text, self.dialect()) {
            Ok(word) => {
                self.depth += TEXT_WEIGHT;
                let expanded = self.nested(|sh| sh.expand_in_quotes(&word));
                self.depth -= TEXT_WEIGHT;
                expanded
            }
            Err(error) => {
                self.report_parse_error(&error, None);
                self.discard()
            }
        }
    }

    /// Expands the body of a here-document.
    pub(crate) fn expand_document(&mut self, body: &Word) -> Flow<Text> {
        if let [WordPart::Command(whole)] = &*body.parts
            && let Some(error) = &whole.error
        {
            // The body as a whole could not be read.
            self.report_parse_error(error, Some("command substitution"));
            return self.discard();
        }
        let with_list = body.parts.iter().any(param::is_plain_list);
        let purpose = if with_list { Purpose::DocumentWithList } else { Purpose::Document };
        let mut fields = Fields::joining(self, purpose);
        self.expand_parts(&body.parts, Quoting::Double, &mut fields)?;
        Continue(fields.into_joined().into_text())
    }

    /// Expands a word to one field that still knows what was quoted.
    pub(crate) fn expand_joined(&mut self, word: &Word, quoting: Quoting, purpose: Purpose) -> Flow<Field> {
        let mut fields = Fields::joining(self, purpose);
        self.expand_parts(&word.parts, quoting, &mut fields)?;
        Continue(fields.into_joined())
    }

    /// `name=(…)` given to `eval` or `let`: its text with everything in it expanded, which is read again then.
    fn expand_evaluated(&mut self, assignment: &Assignment, elements: &[ArrayElement]) -> Flow<Text> {
        let mut text = assignment.name.as_bytes().to_vec();
        text.extend_from_slice(if assignment.append { b"+=(" } else { b"=(" });
        for (number, element) in elements.iter().enumerate() {
            if number > 0 {
                text.push(b' ');
            }
            if let Some(subscript) = &element.subscript {
                text.push(b'[');
                text.extend_from_slice(&self.expand_subscript_text(subscript)?);
                text.extend_from_slice(if element.append { b"]+=" } else { b"]=" });
            }
            text.extend_from_slice(&self.expand_string(&element.value)?);
        }
        text.push(b')');
        Continue(text.into())
    }

    /// `name=value` given to a declaration command: one word, unless it assigns an array.
    fn expand_declaration(&mut self, assignment: &Assignment, expanded: &mut Expanded) -> Flow<()> {
        let AssignedValue::Scalar(word) = &assignment.value else {
            return self.expand_array(assignment, expanded);
        };
        let mut text = Vec::with_capacity(32);
        text.extend_from_slice(assignment.name.as_bytes());
        if let Some(subscript) = assignment.subscript.as_deref() {
            expanded.written.push((expanded.words.len(), Written::Element));
            text.push(b'[');
            text.extend_from_slice(&self.expand_subscript_text(subscript)?);
            text.push(b']');
        }
        text.extend_from_slice(if assignment.append { b"+=" } else { b"=" });
        text.extend_from_slice(&self.expand_declared(word)?);
        expanded.words.push(text.into());
        Continue(())
    }

    /// `name=(…)` given to a declaration command is assigned at once: words behind it see the array, and the command the
    /// name. For any other (`let`) it is a text.
    fn expand_array(&mut self, assignment: &Assignment, expanded: &mut Expanded) -> Flow<()> {
        let modifiers = [&b"command"[..], b"builtin"];
        let is_name = |word: &Text| !modifiers.contains(&&word[..]) && !word.starts_with(b"-");
        let at = expanded.words.iter().position(is_name).unwrap_or(expanded.words.len());
        let builtin = expanded.words.get(at).and_then(|name| self.builtins.native(name));
        let Some((builtin, assign)) = builtin.and_then(|found| Some((found, found.class.assigns_arrays()?)))
        else {
            if let AssignedValue::Array(elements) = &assignment.value {
                let text = self.expand_evaluated(assignment, elements)?;
                expanded.words.push(text);
            }
            return Continue(());
        };
        let args = Args { name: &expanded.words[at], words: &expanded.words[at + 1..], written: &[] };
        let outer = self.running_builtin.replace(builtin.name);
        let flow = assign(self, &args, assignment);
        self.running_builtin = outer;
        flow?;
        expanded.written.push((expanded.words.len(), Written::Array));
        expanded.words.push(Text::new(assignment.name.as_bytes()));
        Continue(())
    }

    pub(crate) fn expand_subscript_text(&mut self, subscript: &bash_parser::ast::Subscript) -> Flow<Text> {
        use bash_parser::ast::Subscript;
        match subscript {
            Subscript::At => Continue("@".into()),
            Subscript::Star => Continue("*".into()),
            Subscript::Text { word, .. } => self.expand_string(word),
        }
    }

    /// The parts of a word, left to right.
    pub(crate) fn expand_parts(
        &mut self,
        parts: &[WordPart],
        quoting: Quoting,
        fields: &mut Fields,
    ) -> Flow<()> {
        for part in parts {
            self.expand_part(part, quoting, fields)?;
            if fields.is_over() {
                return self.exceed(LimitKind::StringSize);
            }
        }
        Continue(())
    }

    fn expand_part(&mut self, part: &WordPart, quoting: Quoting, fields: &mut Fields) -> Flow<()> {
        match part {
            WordPart::Literal(text) => match quoting {
                Quoting::Unquoted => fields.push_literal(text),
                Quoting::Operand => fields.push_result(text, Quoting::Unquoted),
                Quoting::Double => fields.push_quoted(text),
            },
            WordPart::AnsiQuoted(quoted) if quoting == Quoting::Double && !self.shopt(Shopt::ExtQuote) => {
                fields.push_quoted(&[b"$'", &quoted.source[..], b"'"].concat());
            }
            WordPart::Escaped(text) | WordPart::SingleQuoted(text) => fields.push_quoted(text),
            WordPart::AnsiQuoted(quoted) => fields.push_quoted(&quoted.value),
            WordPart::DoubleQuoted(parts) | WordPart::LocaleQuoted(parts) => {
                if !parts.iter().any(param::is_list) {
                    fields.push_quoted(b"");
                    return self.expand_parts(parts, Quoting::Double, fields);
                }
                let mark = fields.mark();
                let outer = fields.set_beside_list(parts.iter().any(param::separates_lists));
                self.expand_parts(parts, Quoting::Double, fields)?;
                fields.set_beside_list(outer);
                fields.end_quotes(mark);
            }
            WordPart::Stripped(word) => return self.expand_parts(&word.read, quoting, fields),
            WordPart::Tilde(prefix) => {
                let home = self.expand_tilde(prefix);
                fields.push_quoted(&home);
            }
            WordPart::Param(expansion) => {
                return self.nested(|sh| sh.expand_param(expansion, quoting, fields));
            }
            WordPart::Command(substitution) => {
                let before = self.held();
                self.hold(fields.length())?;
                let output = self.nested(|sh| sh.substitute_command(substitution))?;
                self.no_longer_holding(before);
                fields.push_result(&output, quoting);
            }
            WordPart::Arith { expr, .. } => {
                let number = self.expand_arithmetic(expr)?;
                fields.push_result(&Text::from_integer(number), quoting);
            }
            WordPart::Process { direction, body } => {
                let path = self.substitute_process(*direction, body)?;
                fields.push_quoted(&path);
            }
            WordPart::ExtGlob { operator, parts } => {
                fields.push_literal(&[*operator, b'(']);
                self.nested(|sh| sh.expand_parts(parts, quoting, fields))?;
                fields.push_literal(b")");
                fields.mark_pattern();
            }
            WordPart::Brace(expression) => {
                let text = brace::unexpanded(expression);
                self.expand_parts(&text, quoting, fields)?;
            }
        }
        Continue(())
    }
}

/// Whether a part is an unquoted expansion.
fn is_result(part: &WordPart) -> bool {
    matches!(part, WordPart::Param(_) | WordPart::Command(_) | WordPart::Arith { .. })
}

/// Whether a word is written `name[…]`.
fn is_element(word: &Word) -> bool {
    let [WordPart::Literal(first), .., WordPart::Literal(last)] = &*word.parts else { return false };
    let open = first.iter().position(|byte| *byte == b'[');
    open.is_some_and(|open| Name::from_bytes(&first[..open]).is_some()) && last.ends_with(b"]")
}

fn is_eval(arguments: &[Argument]) -> bool {
    matches!(arguments.first(), Some(Argument::Word(word)) if word.constant.as_deref() == Some(b"eval"))
}

/// The parts of `name=~` as POSIX mode takes them: a tilde prefix stands at the start of a word alone.
fn without_later_tildes(parts: &[WordPart]) -> Vec<WordPart> {
    let literal = |(at, part): (usize, &WordPart)| match part {
        WordPart::Tilde(prefix) if at > 0 => WordPart::Literal([b"~", &prefix[..]].concat().into()),
        part => part.clone(),
    };
    parts.iter().enumerate().map(literal).collect()
}
