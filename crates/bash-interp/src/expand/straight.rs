//! Words that become one text, expanded straight into it.
//!
//! Most words are made of literal text, quotes and plain expansions whose results hold nothing to split and no pattern
//! characters. Such a word needs no [`Fields`]: its text is written down from left to right. As soon as something
//! stands in the way, what has come so far goes into fields and the rest is expanded in the general way. Nothing is
//! expanded twice, so it does not matter what an expansion does.

use super::Quoting;
use super::fields::{Fields, ListForm, Purpose};
use super::param::{self, ParamValue};
use crate::arith::plain_integer;
use crate::limits::LimitKind;
use crate::pattern::push_quoted;
use crate::{Flow, Shell};
use bash_parser::Name;
use bash_parser::ast::{
    DefaultAction, ParamExpansion, ParamOperator, Parameter, Special, Subscript, WordPart,
};
use bash_session::{Attributes, SetOption, Shopt, Text, Value, names};
use std::ops::ControlFlow::Continue;

/// The text so far.
struct Straight {
    text: Text,
    /// It is a field although it may be empty: something quoted stood there.
    exists: bool,
    /// How long it may become, and whether something was left out because of that.
    room: usize,
    is_over: bool,
}

/// What the results of unquoted expansions are good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Results {
    /// They are split, and may be patterns.
    Split,
    /// They are taken as they are.
    Whole,
}

/// What stands in the way.
enum Obstacle<'p> {
    /// A part, of which nothing has been expanded.
    Part,
    /// A part, of which this value has been expanded.
    Value(ParamValue, ListForm),
    /// A part in double quotes that has been expanded up to something that stands in the way there; what follows it.
    Quoted(Box<Obstacle<'p>>, &'p [WordPart]),
}

impl Shell {
    /// Expands the parts of a word to any number of fields.
    pub(super) fn expand_parts_to_fields(&mut self, parts: &[WordPart], out: &mut Vec<Text>) -> Flow<()> {
        let mut straight = Straight::with_room(self.text_room());
        for (at, part) in parts.iter().enumerate() {
            if let Some(obstacle) =
                self.expand_straight(part, Quoting::Unquoted, Results::Split, &mut straight)?
            {
                let mut fields = straight.into_fields(Fields::splitting(self));
                if parts.iter().any(super::is_result) {
                    fields.keep_separators();
                }
                if ends_with_lone_dollar(parts) {
                    fields.split_nothing();
                }
                self.expand_rest(obstacle, &parts[at..], Quoting::Unquoted, &mut fields)?;
                return self.end_fields(fields, out);
            }
            if straight.is_over {
                return self.exceed(LimitKind::StringSize);
            }
        }
        if straight.exists || !straight.text.is_empty() {
            out.push(straight.text);
        }
        Continue(())
    }

    /// Expands a word to one text.
    pub(crate) fn expand_to_text(
        &mut self,
        parts: &[WordPart],
        quoting: Quoting,
        purpose: Purpose,
    ) -> Flow<Text> {
        let mut straight = Straight::with_room(self.text_room());
        for (at, part) in parts.iter().enumerate() {
            if let Some(obstacle) = self.expand_straight(part, quoting, Results::Whole, &mut straight)? {
                let mut fields = straight.into_fields(Fields::joining(self, purpose));
                self.expand_rest(obstacle, &parts[at..], quoting, &mut fields)?;
                return Continue(fields.into_joined().into_text());
            }
            if straight.is_over {
                return self.exceed(LimitKind::StringSize);
            }
        }
        Continue(straight.text)
    }

    /// A word of plain parts (see [`is_plain_pattern`]) as a pattern, in which what was quoted is preceded by backslashes.
    pub(super) fn expand_pattern_straight(&mut self, parts: &[WordPart]) -> Flow<Vec<u8>> {
        let charset = self.session.charset;
        let mut pattern = Vec::new();
        for part in parts {
            match part {
                WordPart::Literal(text) => pattern.extend_from_slice(text),
                WordPart::Escaped(text) | WordPart::SingleQuoted(text) => {
                    push_quoted(&mut pattern, text, charset)
                }
                WordPart::AnsiQuoted(quoted) => push_quoted(&mut pattern, &quoted.value, charset),
                WordPart::DoubleQuoted(parts) => {
                    let text = self.expand_to_text(parts, Quoting::Double, Purpose::Text)?;
                    push_quoted(&mut pattern, &text, charset);
                }
                part => {
                    let part = std::slice::from_ref(part);
                    let text = self.expand_to_text(part, Quoting::Unquoted, Purpose::Text)?;
                    pattern.extend_from_slice(&text);
                }
            }
        }
        Continue(pattern)
    }

    /// Expands `"$@"`, `"${a[@]}"` or the like, which is a whole word: each item is a field.
    pub(super) fn expand_quoted_list(&mut self, expansion: &ParamExpansion, out: &mut Vec<Text>) -> Flow<()> {
        if expansion.operator == ParamOperator::Value && matches!(expansion.parameter, Parameter::Special(_))
        {
            self.admit_entries(out.len() + self.session.params.count())?;
            out.extend_from_slice(self.session.params.as_slice());
            return Continue(());
        }
        match self.nested(|sh| sh.param_value(expansion, Quoting::Double))? {
            ParamValue::Unset => out.push(Text::EMPTY),
            ParamValue::Scalar(text) => out.push(text),
            ParamValue::List(items, _) if out.is_empty() => *out = items,
            ParamValue::List(items, _) => {
                self.admit_entries(out.len() + items.len())?;
                out.extend(items);
            }
        }
        Continue(())
    }

    /// Expands what follows the straight part of a word, `parts` from the obstacle on, in the general way.
    fn expand_rest(
        &mut self,
        obstacle: Obstacle<'_>,
        parts: &[WordPart],
        quoting: Quoting,
        fields: &mut Fields,
    ) -> Flow<()> {
        match obstacle {
            Obstacle::Part => return self.expand_parts(parts, quoting, fields),
            Obstacle::Value(value, form) => param::push_value((value, form), quoting, fields),
            Obstacle::Quoted(obstacle, inner) => {
                self.expand_rest(*obstacle, inner, Quoting::Double, fields)?
            }
        }
        self.expand_parts(&parts[1..], quoting, fields)
    }

    /// The fields of a word that was expanded in the general way.
    fn end_fields(&mut self, mut fields: Fields, out: &mut Vec<Text>) -> Flow<()> {
        fields.end_word();
        let fields = fields.take();
        self.admit_entries(out.len() + fields.len())?;
        for field in fields {
            if field.is_pattern() && !self.option(SetOption::NoGlob) {
                self.expand_pathname(field, out)?;
            } else {
                out.push(field.into_text());
            }
        }
        Continue(())
    }

    /// Adds what a part expands to, unless something stands in the way.
    fn expand_straight<'p>(
        &mut self,
        part: &'p WordPart,
        quoting: Quoting,
        results: Results,
        straight: &mut Straight,
    ) -> Flow<Option<Obstacle<'p>>> {
        match part {
            WordPart::Literal(text) => {
                if quoting == Quoting::Unquoted
                    && results == Results::Split
                    && text.iter().any(is_pattern_byte)
                {
                    return Continue(Some(Obstacle::Part));
                }
                straight.push_quoted(text);
            }
            WordPart::AnsiQuoted(_) if quoting == Quoting::Double && !self.shopt(Shopt::ExtQuote) => {
                return Continue(Some(Obstacle::Part));
            }
            WordPart::Escaped(text) | WordPart::SingleQuoted(text) => straight.push_quoted(text),
            WordPart::AnsiQuoted(quoted) => straight.push_quoted(&quoted.value),
            WordPart::DoubleQuoted(parts) | WordPart::LocaleQuoted(parts) => {
                if !parts.iter().all(stays_one_text) {
                    return Continue(Some(Obstacle::Part));
                }
                straight.exists = true;
                for (at, part) in parts.iter().enumerate() {
                    if let Some(obstacle) = self.expand_straight(part, Quoting::Double, results, straight)? {
                        return Continue(Some(Obstacle::Quoted(obstacle.into(), &parts[at..])));
                    }
                }
            }
            WordPart::Param(expansion) => {
                return self.expand_param_straight(expansion, quoting, results, straight);
            }
            WordPart::Arith { expr, .. } => {
                let number = Text::from_integer(self.expand_arithmetic(expr)?);
                return Continue(self.add_result(number, quoting, results, straight));
            }
            WordPart::Command(substitution) => {
                let before = self.held();
                self.hold(straight.text.len())?;
                let output = self.nested(|sh| sh.substitute_command(substitution))?;
                self.no_longer_holding(before);
                return Continue(self.add_result(output.into(), quoting, results, straight));
            }
            WordPart::Tilde(_)
            | WordPart::Process { .. }
            | WordPart::ExtGlob { .. }
            | WordPart::Stripped(_)
            | WordPart::Brace(_) => {
                return Continue(Some(Obstacle::Part));
            }
        }
        Continue(None)
    }

    fn expand_param_straight<'p>(
        &mut self,
        expansion: &'p ParamExpansion,
        quoting: Quoting,
        results: Results,
        straight: &mut Straight,
    ) -> Flow<Option<Obstacle<'p>>> {
        if let Some(text) = self.plain_parameter(expansion) {
            return Continue(self.add_result(text, quoting, results, straight));
        }
        match &expansion.operator {
            ParamOperator::Bad(_) | ParamOperator::Transform(b'A') => {
                return Continue(Some(Obstacle::Part));
            }
            ParamOperator::Default { .. } => {
                let Some(text) = self.plain_default(expansion, quoting, results) else {
                    return Continue(Some(Obstacle::Part));
                };
                return Continue(self.add_result(text, quoting, results, straight));
            }
            _ => {}
        }
        let value = self.nested(|sh| sh.param_value(expansion, quoting))?;
        Continue(match value {
            ParamValue::Unset => None,
            ParamValue::Scalar(text) => self.add_result(text, quoting, results, straight),
            list => Some(Obstacle::Value(list, param::form_of(expansion))),
        })
    }

    /// Adds the one field that a parameter without operator gives, if that is what an ordinary variable or a positional
    /// parameter holds, and nothing in it is split or a pattern.
    #[inline]
    pub(super) fn push_plain_parameter(
        &self,
        expansion: &ParamExpansion,
        quoting: Quoting,
        out: &mut Vec<Text>,
    ) -> bool {
        if !matches!(expansion.operator, ParamOperator::Value)
            || expansion.subscript.is_some()
            || expansion.indirect
        {
            return false;
        }
        let text = match expansion.parameter {
            Parameter::Variable(name) => match self.plain_value(name) {
                Some(Value::Text(text)) => text,
                Some(Value::Integer(number))
                    if quoting == Quoting::Double || self.has_default_separators() =>
                {
                    super::push_integer(out, *number);
                    return true;
                }
                _ => return false,
            },
            Parameter::Positional(number) => match self.session.params.get(number) {
                Some(text) => text,
                None => return false,
            },
            Parameter::Special(_) => return false,
        };
        let stays = quoting == Quoting::Double
            || !text.is_empty() && !text.iter().any(is_pattern_byte) && !self.is_split(text);
        if stays {
            out.push(text.clone());
        }
        stays
    }

    /// [`Shell::plain_parameter`], if nothing in it is split or a pattern.
    pub(super) fn plain_unsplit(&self, expansion: &ParamExpansion) -> Option<Text> {
        let text = self.plain_parameter(expansion)?;
        (!text.iter().any(is_pattern_byte) && !self.is_split(&text)).then_some(text)
    }

    /// Assigns what a parameter without operator holds to a variable, if nothing has a say in either but its value.
    #[inline]
    pub(crate) fn copy_plain_parameter(&mut self, expansion: &ParamExpansion, to: Name) -> bool {
        let is_plain = matches!(expansion.operator, ParamOperator::Value)
            && expansion.subscript.is_none()
            && !expansion.indirect;
        match expansion.parameter {
            Parameter::Variable(name) if is_plain => match self.plain_value(name) {
                Some(Value::Integer(number)) => {
                    let number = *number;
                    self.assign_plainly(to, number)
                }
                Some(Value::Text(text)) => {
                    let text = text.clone();
                    self.assign_text_plainly(to, text)
                }
                _ => false,
            },
            Parameter::Positional(number) if is_plain => match self.session.params.get(number) {
                Some(text) => {
                    let text = text.clone();
                    self.assign_text_plainly(to, text)
                }
                None => false,
            },
            _ => false,
        }
    }

    /// What an ordinary variable holds.
    #[inline]
    pub(crate) fn plain_value(&self, name: Name) -> Option<&Value> {
        let cell = self.session.variables.get(name)?;
        (!cell.attributes.intersects(Attributes::NAMEREF | Attributes::DYNAMIC)).then_some(&cell.value)
    }

    /// Whether `IFS` is unset or what it is at the start, so that no number is split.
    #[inline]
    pub(super) fn has_default_separators(&self) -> bool {
        match self.session.variables.get(*names::IFS).map(|cell| &cell.value) {
            None | Some(Value::Unset) => true,
            Some(Value::Text(separators)) => separators[..] == *b" \t\n",
            Some(_) => false,
        }
    }

    /// What a parameter without operator holds, if that is an ordinary variable or a positional parameter that is set,
    /// or a number.
    #[inline]
    pub(super) fn plain_parameter(&self, expansion: &ParamExpansion) -> Option<Text> {
        if !matches!(expansion.operator, ParamOperator::Value)
            || expansion.subscript.is_some()
            || expansion.indirect
        {
            return None;
        }
        self.plain_scalar(expansion.parameter)
    }

    /// What a variable or positional parameter holds, without any side of it being looked at that takes longer.
    #[inline]
    fn plain_scalar(&self, parameter: Parameter) -> Option<Text> {
        match parameter {
            Parameter::Variable(name) => self.plain_value(name)?.text(),
            Parameter::Positional(number) => self.session.params.get(number).cloned(),
            Parameter::Special(Special::Count) => {
                Some(Text::from_integer(self.session.params.count() as i64))
            }
            Parameter::Special(Special::Status) => {
                Some(Text::from_integer(i64::from(self.session.status.code())))
            }
            Parameter::Special(_) => None,
        }
    }

    /// The integer that an expansion without effect stands for, in its plain decimal form.
    pub(super) fn plain_number(&self, expansion: &ParamExpansion) -> Option<i64> {
        match &expansion.operator {
            ParamOperator::Length => return Some(self.plain_length(expansion)? as i64),
            ParamOperator::Default { action: DefaultAction::Use, or_empty, word } => {
                return self.plain_number_or(expansion, *or_empty, word.constant.as_deref()?);
            }
            _ => {}
        }
        match (expansion.parameter, expansion.subscript.as_deref()) {
            (Parameter::Variable(name), None) => self.plain_value(name)?.integer(),
            (Parameter::Variable(name), Some(subscript)) => {
                plain_integer(&self.plain_element(name, subscript)?)
            }
            (parameter, None) => plain_integer(&self.plain_scalar(parameter)?),
            _ => None,
        }
    }

    /// The integer that `${x:-1}` or its like stands for.
    fn plain_number_or(&self, expansion: &ParamExpansion, or_empty: bool, default: &[u8]) -> Option<i64> {
        let value = match (expansion.parameter, expansion.subscript.as_deref()) {
            (Parameter::Variable(name), Some(subscript)) => self.sure_element(name, subscript)?,
            (Parameter::Variable(name), None) => match self.session.variables.get(name) {
                Some(_) => self.plain_value(name)?.text(),
                None => None,
            },
            (Parameter::Positional(number @ 1..), None) => self.session.params.get(number).cloned(),
            _ => return None,
        };
        match value {
            Some(text) if !(or_empty && text.is_empty()) => plain_integer(&text),
            _ => plain_integer(default),
        }
    }

    /// `${x:-word}` and `${x:+word}` of an ordinary variable or a positional parameter, where it is clear what to take
    /// and that is no more than text.
    fn plain_default(&self, expansion: &ParamExpansion, quoting: Quoting, results: Results) -> Option<Text> {
        let ParamOperator::Default { action, or_empty, word } = &expansion.operator else { return None };
        if expansion.subscript.is_some() || expansion.indirect {
            return None;
        }
        let value = match expansion.parameter {
            Parameter::Variable(name) => match self.session.variables.get(name) {
                Some(cell) if cell.attributes.intersects(Attributes::NAMEREF | Attributes::DYNAMIC) => {
                    return None;
                }
                Some(cell) => cell.value.text(),
                None => None,
            },
            Parameter::Positional(1..) => self.plain_scalar(expansion.parameter),
            _ => return None,
        };
        let missing = value.as_ref().is_none_or(|text| *or_empty && text.is_empty());
        let operand = || match &word.constant {
            None if word.parts.is_empty() => Some(Text::EMPTY),
            Some(text) if quoting == Quoting::Double || results == Results::Whole => Some(Text::new(text)),
            // Outside quotes what is quoted in it makes a field.
            Some(text) => matches!(&*word.parts, [] | [WordPart::Literal(_)]).then(|| Text::new(text)),
            None => None,
        };
        match (action, missing) {
            (DefaultAction::Alternative, true) => Some(Text::EMPTY),
            (DefaultAction::Alternative, false) | (DefaultAction::Use, true) => operand(),
            (DefaultAction::Assign | DefaultAction::Error, true) => None,
            (_, false) => value,
        }
    }

    /// Adds the result of an expansion, if it is neither split nor a pattern.
    #[inline]
    fn add_result<'p>(
        &self,
        text: Text,
        quoting: Quoting,
        results: Results,
        straight: &mut Straight,
    ) -> Option<Obstacle<'p>> {
        if quoting == Quoting::Double {
            straight.exists = true;
        } else if results == Results::Split && (text.iter().any(is_pattern_byte) || self.is_split(&text)) {
            return Some(Obstacle::Value(ParamValue::Scalar(text), ListForm::Plain));
        }
        straight.push(text);
        None
    }

    /// Whether field splitting may cut a text.
    #[inline]
    fn is_split(&self, text: &[u8]) -> bool {
        let is_default = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n');
        match self.session.variables.get(*names::IFS).map(|cell| &cell.value) {
            None | Some(Value::Unset) => text.iter().any(is_default),
            Some(Value::Text(separators)) if separators[..] == *b" \t\n" => text.iter().any(is_default),
            Some(Value::Text(separators)) if separators.is_ascii() && text.is_ascii() => {
                text.iter().any(|byte| separators.contains(byte))
            }
            Some(_) => !text.is_empty(),
        }
    }
}

/// Whether a byte outside quotes may make a pattern of the field that it stands in, or be a part of one.
pub(super) fn is_pattern_byte(byte: &u8) -> bool {
    matches!(byte, b'*' | b'?' | b'[' | b'\\' | b'(')
}

/// The expansion that is all of a word, in double quotes, and a list: `"$@"`.
pub(super) fn quoted_list(parts: &[WordPart]) -> Option<&ParamExpansion> {
    let [WordPart::DoubleQuoted(inner)] = parts else { return None };
    let [WordPart::Param(expansion)] = &**inner else { return None };
    let is_list = matches!(expansion.parameter, Parameter::Special(Special::At))
        || matches!(expansion.subscript.as_deref(), Some(Subscript::At));
    let stays_list = matches!(
        expansion.operator,
        ParamOperator::Value
            | ParamOperator::Keys
            | ParamOperator::Slice { .. }
            | ParamOperator::Trim { .. }
            | ParamOperator::Replace { .. }
            | ParamOperator::Case { .. }
    );
    (is_list && stays_list && !expansion.indirect).then_some(expansion)
}

/// Whether the parts of a pattern are such that each is quoted or not as a whole.
pub(super) fn is_plain_pattern(parts: &[WordPart]) -> bool {
    parts.iter().all(|part| match part {
        WordPart::Literal(_)
        | WordPart::Escaped(_)
        | WordPart::SingleQuoted(_)
        | WordPart::AnsiQuoted(_)
        | WordPart::Arith { .. }
        | WordPart::Command(_) => true,
        WordPart::DoubleQuoted(parts) => parts.iter().all(stays_one_text),
        WordPart::Param(expansion) => {
            let default = matches!(expansion.operator, ParamOperator::Default { .. });
            !expansion.indirect && !default && is_scalar(expansion)
        }
        _ => false,
    })
}

/// Whether a part between double quotes is sure to give one text.
fn stays_one_text(part: &WordPart) -> bool {
    match part {
        WordPart::Literal(_) | WordPart::Escaped(_) | WordPart::Arith { .. } | WordPart::Command(_) => true,
        WordPart::Param(expansion) => !expansion.indirect && is_scalar(expansion),
        _ => false,
    }
}

/// Whether an expansion is of one element, by an operator that makes no more of it.
fn is_scalar(expansion: &ParamExpansion) -> bool {
    let one = !matches!(expansion.subscript.as_deref(), Some(Subscript::At | Subscript::Star))
        && !matches!(expansion.parameter, Parameter::Special(Special::At | Special::Star));
    match &expansion.operator {
        ParamOperator::Length => true,
        ParamOperator::Value | ParamOperator::Slice { .. } | ParamOperator::Trim { .. } => one,
        ParamOperator::Replace { .. } | ParamOperator::Case { .. } => one,
        ParamOperator::Default { action: DefaultAction::Use | DefaultAction::Alternative, word, .. } => {
            one && (word.constant.is_some() || word.parts.is_empty())
        }
        _ => false,
    }
}

impl Straight {
    fn with_room(room: usize) -> Straight {
        Straight { text: Text::EMPTY, exists: false, room, is_over: false }
    }

    fn push_quoted(&mut self, text: &[u8]) {
        self.exists = true;
        self.append(text);
    }

    fn push(&mut self, text: Text) {
        if self.text.is_empty() {
            self.text = text;
        } else {
            self.append(&text);
        }
    }

    /// Of short texts there are no more in a word than there are letters in the script: whoever takes the word looks at it.
    #[inline]
    fn append(&mut self, text: &[u8]) {
        const SHORT: usize = 64;
        if text.len() > SHORT && text.len() > self.room.saturating_sub(self.text.len()) {
            self.is_over = true;
        } else {
            self.text.push(text);
        }
    }

    /// What has come so far holds nothing that is special outside quotes.
    fn into_fields(self, mut fields: Fields) -> Fields {
        if self.exists || !self.text.is_empty() {
            fields.push_quoted(&self.text);
        }
        fields
    }
}

/// Whether a `$` that begins no expansion follows the last expansion of a word: `^$name$`. Bash does not split such a word.
fn ends_with_lone_dollar(parts: &[WordPart]) -> bool {
    let says = |part: &WordPart| match part {
        WordPart::Literal(text) if text.contains(&b'$') => Some(true),
        WordPart::Param(_) | WordPart::Command(_) | WordPart::Arith { .. } | WordPart::Process { .. } => {
            Some(false)
        }
        _ => None,
    };
    parts.iter().rev().find_map(says).unwrap_or(false) && !parts.iter().any(super::param::is_any_list)
}
