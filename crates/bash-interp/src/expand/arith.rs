//! Arithmetic expansion: the shell's variables lent to the evaluator.

mod place;

use super::Quoting;
use super::fields::Purpose;
use crate::arith::{Access, ArithContext, ArithValue, evaluate_at_level, evaluate_template, known_value};
use crate::{AssignTarget, Flow, Shell, SubscriptReading, Unwind};
use bash_parser::Name;
use bash_parser::arith;
use bash_parser::arith::template::{Operands, Signs, Template};
use bash_parser::ast::arith::ArithError;
use bash_parser::ast::{ArithExpr, ArithPiece, ArithText, Compiled, Lvalue, Subscript, Word, WordPart};
use bash_session::{Attributes, Lookup, SetOption, Shopt, Text, Value};
use place::{element, is_found_again};
use std::borrow::Cow;
use std::ops::ControlFlow::{Break, Continue};
use std::sync::Arc;

pub use place::Place;

impl Shell {
    /// The value of an arithmetic text of the script.
    #[inline]
    pub fn arith(&mut self, text: &ArithText) -> Flow<i64> {
        match self.sure_number(text) {
            Some(number) => Continue(number),
            None => self.uncertain_arith(text),
        }
    }

    /// The value of one of which [`Shell::sure_number`] knows nothing.
    pub(crate) fn uncertain_arith(&mut self, text: &ArithText) -> Flow<i64> {
        match self.readable_arith(text) {
            Some(readable) => self.evaluate_readable(text, &readable),
            None => {
                let expanded = self.arith_source(text)?;
                self.arith_text(&expanded)
            }
        }
    }

    /// What is evaluated of a text of which nothing is to be expanded now. `None`: something is.
    pub(crate) fn readable_arith<'a>(&self, text: &'a ArithText) -> Option<Readable<'a>> {
        match text.compiled() {
            Compiled::Tree(tree) => Some(Readable::Tree(tree)),
            Compiled::Template(template) => Some(Readable::Template(template, self.operands(template)?)),
            Compiled::Expanded => None,
        }
    }

    pub(crate) fn evaluate_readable(&mut self, text: &ArithText, readable: &Readable<'_>) -> Flow<i64> {
        match readable {
            Readable::Tree(tree) => self.evaluate(tree, text.word.constant.as_deref().unwrap_or_default()),
            Readable::Template(template, operands) => self.evaluate_template(template, operands),
        }
    }

    /// The integers that a template's expansions stand for. `None`: one of them is something else.
    fn operands(&self, template: &Template) -> Option<Operands> {
        let mut operands = Operands::default();
        for ((expansion, signs), place) in template.operands.iter().zip(&mut operands) {
            let number = self.plain_number(expansion)?;
            if number < 0 && *signs == Signs::NotNegative {
                return None;
            }
            *place = number;
        }
        Some(operands)
    }

    fn evaluate_template(&mut self, template: &Template, operands: &Operands) -> Flow<i64> {
        match evaluate_template(template, operands, self.arith_level + 1, self) {
            Ok(number) => Continue(number),
            Err(unwind) => Break(unwind),
        }
    }

    /// The value of an arithmetic text, if it is known without any effect.
    #[inline]
    pub(crate) fn sure_number(&self, text: &ArithText) -> Option<i64> {
        match text.compiled() {
            Compiled::Tree(tree) => known_value(tree, &[], self),
            Compiled::Template(template) => known_value(&template.tree, &self.operands(template)?, self),
            Compiled::Expanded => None,
        }
    }

    /// What remains to be evaluated when the text is expanded.
    pub(crate) fn arith_source(&mut self, text: &ArithText) -> Flow<Text> {
        match &text.pieces {
            Some(pieces) => self.expand_arith_pieces(pieces, Quoting::Double),
            None => self.expand_in_quotes(&text.word),
        }
    }

    /// `$((…))`: a mistake in it ends a POSIX script.
    #[inline]
    pub(crate) fn expand_arithmetic(&mut self, text: &ArithText) -> Flow<i64> {
        match self.sure_number(text) {
            Some(number) => Continue(number),
            None => self.expand_uncertain_arithmetic(text),
        }
    }

    fn expand_uncertain_arithmetic(&mut self, text: &ArithText) -> Flow<i64> {
        let flow = self.nested(|sh| sh.uncertain_arith(text));
        self.end_if_posix(flow)
    }

    /// An arithmetic text whose subscripts are expanded by themselves; what they hold stays between their brackets.
    pub(crate) fn expand_arith_pieces(&mut self, pieces: &[ArithPiece], quoting: Quoting) -> Flow<Text> {
        let mut text = Vec::new();
        for piece in pieces {
            match piece {
                ArithPiece::Text(word) => match &word.constant {
                    Some(constant) => text.extend_from_slice(constant),
                    None => {
                        text.extend_from_slice(&self.expand_to_text(&word.parts, quoting, Purpose::Text)?)
                    }
                },
                ArithPiece::Subscript(word) => push_subscript(&self.expand_string(word)?, &mut text),
            }
        }
        Continue(text.into())
    }

    /// The text of an operand of `[[ x -eq y ]]`.
    pub(crate) fn expand_arith_operand(&mut self, word: &Word) -> Flow<Text> {
        if word.constant.is_some() || !word.parts.iter().any(holds_bracket) {
            return self.expand_string(word);
        }
        let pieces = word.cache.get_or(|| arith::pieces(&word.parts));
        match pieces.as_deref() {
            Some(pieces) => self.expand_arith_pieces(pieces, Quoting::Unquoted),
            None => self.expand_string(word),
        }
    }

    /// The value of a subscript: errors in it name no builtin, and end the command line whoever asks.
    pub(crate) fn subscript_value(&mut self, evaluate: impl FnOnce(&mut Shell) -> Flow<i64>) -> Flow<i64> {
        let outer = self.arith_caller.take();
        let flow = self.nested(evaluate);
        self.arith_caller = outer;
        match flow {
            Break(Unwind::Discard(status)) => Break(Unwind::Abandon(status)),
            flow => flow,
        }
    }

    /// The value of a subscript of the script. What is expanded in it is not part of it yet.
    pub(crate) fn subscript_arith(&mut self, arith: &ArithText) -> Flow<i64> {
        match &arith.word.constant {
            Some(_) => self.subscript_value(|sh| sh.arith(arith)),
            None => {
                let text = self.arith_source(arith)?;
                self.subscript_value(|sh| sh.arith_text(&text))
            }
        }
    }

    /// The index that the text between brackets stands for.
    pub fn index_of_text(&mut self, text: &[u8], reading: SubscriptReading) -> Flow<i64> {
        let known = reading != SubscriptReading::Expand || !text.iter().any(|byte| is_special(*byte));
        if known {
            return self.subscript_value(|sh| sh.arith_text(text));
        }
        if let Some(plain) = without_backslashes(text, |byte| is_bracket(byte) || byte == b'~') {
            return self.subscript_value(|sh| sh.arith_text(&plain));
        }
        match self.parsed.subscript(text, self.dialect()).as_deref() {
            Some(Subscript::Text { arith, .. }) => self.subscript_arith(arith),
            _ => self.subscript_value(|sh| sh.arith_text(text)),
        }
    }

    /// The key that the text between brackets stands for.
    pub(crate) fn key_of_text(&mut self, text: &[u8], reading: SubscriptReading) -> Flow<Text> {
        if reading != SubscriptReading::Expand || !text.iter().any(|byte| is_special(*byte)) {
            return Continue(Text::new(text));
        }
        if let Some(plain) = without_backslashes(text, |_| true) {
            return Continue(plain.into());
        }
        match self.parsed.subscript(text, self.dialect()).as_deref() {
            Some(Subscript::Text { word, .. }) => self.expand_key(word),
            _ => Continue(Text::new(text)),
        }
    }

    /// Whether subscripts in the arithmetic text being evaluated have been expanded for good.
    fn reading_of_subscripts(&self) -> SubscriptReading {
        match self.arith_caller.as_deref() {
            Some(b"let") if self.shopt(Shopt::ArrayExpandOnce) => SubscriptReading::AsIs,
            _ => SubscriptReading::Expand,
        }
    }

    /// The value of a text that nothing remains to be expanded in.
    pub fn arith_text(&mut self, text: &[u8]) -> Flow<i64> {
        if let Some(number) = crate::arith::plain_integer(text) {
            return Continue(number);
        }
        if self.reading_of_subscripts() == SubscriptReading::AsIs && text.contains(&b'[') {
            return self.evaluate(&arith::parse_as_is(text), text);
        }
        let tree = self.parsed.arith(text);
        self.evaluate(&tree, text)
    }

    /// Runs `work`, whose arithmetic errors name `caller`.
    #[inline]
    pub fn with_arith_caller<T>(
        &mut self,
        caller: impl Into<Cow<'static, [u8]>>,
        work: impl FnOnce(&mut Shell) -> T,
    ) -> T {
        if self.arith_caller.is_some() {
            let outer = self.arith_caller.replace(caller.into());
            let result = work(self);
            self.arith_caller = outer;
            return result;
        }
        self.arith_caller = Some(caller.into());
        let result = work(self);
        self.arith_caller = None;
        result
    }

    fn evaluate(&mut self, tree: &ArithExpr, text: &[u8]) -> Flow<i64> {
        match evaluate_at_level(tree, text, self.arith_level + 1, self) {
            Ok(number) => Continue(number),
            Err(unwind) => Break(unwind),
        }
    }
}

/// What can be evaluated at once.
pub(crate) enum Readable<'a> {
    /// The tree of a text without expansions.
    Tree(&'a ArithExpr),
    /// The tree of one whose expansions are operands, and these.
    Template(&'a Template, Operands),
}

impl ArithContext for Shell {
    type Error = Unwind;
    type Place = Place;

    #[inline]
    fn place(&mut self, target: &Lvalue, level: u32) -> Result<Place, Unwind> {
        if target.subscript.is_none()
            && self
                .session
                .variables
                .get(target.name)
                .is_none_or(|cell| !cell.attributes.contains(Attributes::NAMEREF))
        {
            return Ok(Place::There(AssignTarget::Whole(target.name)));
        }
        match target.subscript.as_deref() {
            Some(subscript) => {
                let outer = std::mem::replace(&mut self.arith_level, level);
                let flow = self.element_place(target, subscript);
                self.arith_level = outer;
                to_result(flow)
            }
            None => match self.session.variables.resolve(target.name) {
                Lookup::Element(array, text) if matches!(&text[..], b"@" | b"*") => {
                    Ok(Place::Void(element(array, &text)))
                }
                Lookup::Element(array, text) if !text.is_empty() => {
                    to_result(self.referenced_place(array, text.into()))
                }
                _ => to_result(self.target(target.name, None)).map(Place::There),
            },
        }
    }

    fn place_to_write(&mut self, place: Place, target: &Lvalue, level: u32) -> Result<Place, Unwind> {
        match place {
            Place::Nowhere(_) | Place::Unreadable(_) => self.place(target, level),
            Place::There(AssignTarget::Index(..)) if target.subscript.is_none() => self.place(target, level),
            Place::There(AssignTarget::Key(..)) if is_found_again(target) => self.place(target, level),
            place => Ok(place),
        }
    }

    fn check_set(&mut self, target: &Lvalue) -> Result<(), Unwind> {
        if target.subscript.is_none()
            || !self.option(SetOption::NoUnset)
            || to_result(self.value(target.name))? != Value::Unset
        {
            return Ok(());
        }
        to_result(self.unbound(target.name.as_bytes()))
    }

    fn in_subscript<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, Unwind>) -> Result<T, Unwind> {
        let outer = self.arith_caller.take();
        let result = work(self);
        self.arith_caller = outer;
        match result {
            Err(Unwind::Discard(status)) => Err(Unwind::Abandon(status)),
            result => result,
        }
    }

    fn read(&mut self, place: &Place) -> Result<ArithValue, Unwind> {
        let place = match place {
            Place::There(place) => place,
            Place::Referenced(_) => return Ok(ArithValue::Integer(0)),
            Place::Void(shown) => {
                to_result(self.grave_error([&shown[..], b": bad array subscript"].concat()))?;
                return Ok(ArithValue::Integer(0));
            }
            Place::Unreadable(place) => {
                let message = [place.name().as_bytes(), b": bad array subscript"].concat();
                to_result(self.grave_error(message))?;
                return Ok(ArithValue::Integer(0));
            }
            Place::Nowhere(missing) => {
                let name = missing.array;
                if self.option(SetOption::NoUnset) && to_result(self.value(name))? == Value::Unset {
                    to_result::<()>(self.unbound(name.as_bytes()))?;
                }
                let shown = if matches!(&missing.subscript[..], b"@" | b"*") {
                    missing.shown()
                } else if self.session.variables.get(name).is_none() {
                    missing.name_shown().as_bytes().into()
                } else {
                    name.as_bytes().into()
                };
                to_result(self.grave_error([&shown[..], b": bad array subscript"].concat()))?;
                return Ok(ArithValue::Integer(0));
            }
        };
        if let AssignTarget::Whole(name) = place {
            if let Some(cell) = self.session.variables.get(*name)
                && !cell.attributes.contains(Attributes::DYNAMIC)
                && let Some(number) = cell.value.integer()
            {
                return Ok(ArithValue::Integer(number));
            }
            let value = to_result(self.value(*name))?;
            if let Some(number) = value.integer() {
                return Ok(ArithValue::Integer(number));
            }
            if value == Value::Unset && self.option(SetOption::NoUnset) {
                return Err(to_result::<()>(self.unbound(name.as_bytes())).err().unwrap_or(Unwind::Break(0)));
            }
            let text = value.text().unwrap_or_default();
            return Ok(ArithValue::Text(text.as_bytes().into()));
        }
        let text = to_result(self.read_target(place))?;
        // An element may be missing, but not the whole array.
        if text.is_none()
            && self.option(SetOption::NoUnset)
            && to_result(self.value(place.name()))? == Value::Unset
        {
            let name = place.name();
            return Err(to_result::<()>(self.unbound(name.as_bytes())).err().unwrap_or(Unwind::Break(0)));
        }
        let text = text.unwrap_or_default();
        Ok(match crate::arith::plain_integer(&text) {
            Some(number) => ArithValue::Integer(number),
            None => ArithValue::Text(text.as_bytes().into()),
        })
    }

    fn write(&mut self, place: &Place, value: i64) -> Result<(), Unwind> {
        match place {
            Place::Referenced(shown) => {
                let caller = self.arith_caller.as_deref().unwrap_or_default();
                let separator: &[u8] = if caller.is_empty() { b"" } else { b": " };
                self.error([caller, separator, b"`", &shown[..], b"': not a valid identifier"].concat());
                Ok(())
            }
            Place::Void(shown) => {
                to_result(self.grave_error([&shown[..], b": bad array subscript"].concat()))
            }
            Place::Nowhere(missing) => {
                if missing.written.is_some() {
                    self.forget_integer(missing.array);
                }
                let message = [&missing.shown()[..], b": bad array subscript"].concat();
                to_result(self.grave_error(message))
            }
            Place::There(AssignTarget::Whole(name)) => to_result(self.assign(*name, value)),
            Place::There(place) | Place::Unreadable(place) => {
                to_result(self.assign_to(place, value, crate::assign::AssignMode::Replace))
            }
        }
    }

    #[inline]
    fn known(&self, target: &Lvalue) -> Option<i64> {
        let cell = self.session.variables.get(target.name)?;
        if cell.attributes.intersects(Attributes::NAMEREF | Attributes::DYNAMIC) {
            return None;
        }
        match (&target.subscript, &cell.value) {
            (None, value) => value.integer(),
            (Some(subscript), Value::Indexed(array)) => {
                let text = array.get(self.known_index(subscript)?)?;
                crate::arith::plain_integer(text)
            }
            (Some(subscript), Value::Associative(array)) => {
                crate::arith::plain_integer(array.get(known_key(subscript)?)?)
            }
            _ => None,
        }
    }

    #[inline]
    fn write_known(&mut self, target: &Lvalue, value: i64) -> bool {
        let Some(subscript) = &target.subscript else { return self.assign_plainly(target.name, value) };
        if self.meter().is_some() {
            return false; // The array may have as many elements as it is allowed to.
        }
        match self.session.variables.get(target.name).map(|cell| &cell.value) {
            Some(Value::Indexed(_)) => {
                let Some(index) = self.known_index(subscript) else { return false };
                self.set_list_element(target.name, index, Value::Integer(value)).is_none()
            }
            Some(Value::Associative(_)) => {
                let Some(key) = known_key(subscript) else { return false };
                self.set_table_element(target.name, Text::new(key), Text::from_integer(value))
            }
            _ => false,
        }
    }

    fn fail(&mut self, error: ArithError) -> Unwind {
        let caller = self.arith_caller.as_deref().unwrap_or_default().to_vec();
        let separator: &[u8] = if caller.is_empty() { b"" } else { b": " };
        let message = error.message.as_bytes();
        let parts: [&[u8]; 8] = [
            &caller,
            separator,
            &error.expression,
            b": ",
            message,
            b" (error token is \"",
            &error.token,
            b"\")",
        ];
        self.error(parts.concat());
        Unwind::Discard(bash_session::Status::FAILURE)
    }

    /// Bash 5.3 was seen to complain twice of a value that is read, unless `set -e` ends the shell at once.
    fn complain_of_empty_subscript(&mut self, target: &Lvalue, access: Access) -> Result<(), Unwind> {
        let name = target.name.as_bytes();
        if access == Access::Read {
            let message = [name, b"[]: bad array subscript"].concat();
            to_result(self.grave_error(&message))?;
            return to_result(self.grave_error(&message));
        }
        let caller = self.arith_caller.as_deref().unwrap_or_default();
        let separator: &[u8] = if caller.is_empty() { b"" } else { b": " };
        self.error([caller, separator, b"`", name, b"[]': not a valid identifier"].concat());
        Ok(())
    }

    fn parsed(&mut self, text: &[u8]) -> Result<Arc<ArithExpr>, Unwind> {
        // Variables that name each other make more work than they have letters.
        to_result(self.admit_work(1))?;
        if self.is_told() {
            to_result(self.obey())?;
        }
        Ok(self.parsed.arith(text))
    }
}

impl Shell {
    /// A variable is none of integers while arithmetic assigns to an element of it, and stays so if that fails.
    fn forget_integer(&mut self, name: Name) {
        if self.session.variables.get(name).is_some() {
            self.session.variables.change_attributes(name, Attributes::empty(), Attributes::INTEGER);
        }
    }

    /// The index that a subscript in arithmetic stands for, if it is known without any effect.
    fn known_index(&self, subscript: &Subscript) -> Option<i64> {
        match subscript {
            Subscript::Text { source, word, arith } if word.constant.is_some() && !source.is_empty() => {
                self.sure_number(arith)
            }
            _ => None,
        }
    }
}

/// The key that a subscript in arithmetic stands for, if nothing in it is to be expanded.
fn known_key(subscript: &Subscript) -> Option<&[u8]> {
    match subscript {
        Subscript::Text { source, .. }
            if !source.is_empty() && !source.iter().any(|byte| is_special(*byte)) =>
        {
            Some(source)
        }
        _ => None,
    }
}

fn holds_bracket(part: &WordPart) -> bool {
    match part {
        WordPart::Literal(text) => text.contains(&b'['),
        part => matches!(part, WordPart::Process { .. }),
    }
}

/// A subscript's text between its brackets, quoted so that it is read back as it is.
fn push_subscript(subscript: &[u8], text: &mut Vec<u8>) {
    for byte in subscript {
        if is_bracket(*byte) || is_special(*byte) {
            text.push(b'\\');
        }
        text.push(*byte);
    }
}

fn is_bracket(byte: u8) -> bool {
    matches!(byte, b'[' | b']')
}

/// Whether a byte of a subscript is quoted, or means that something is to be expanded or removed.
fn is_special(byte: u8) -> bool {
    matches!(byte, b'$' | b'`' | b'~' | b'\\' | b'\'' | b'"')
}

/// The text without the backslashes before such bytes, if these are all that is special in it.
fn without_backslashes(text: &[u8], removes: impl Fn(u8) -> bool) -> Option<Vec<u8>> {
    let mut plain = Vec::with_capacity(text.len());
    let mut bytes = text.iter().copied();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => plain.push(bytes.next().filter(|next| removes(*next))?),
            byte if is_special(byte) => return None,
            byte => plain.push(byte),
        }
    }
    Some(plain)
}

/// The evaluator speaks `Result`.
fn to_result<T>(flow: Flow<T>) -> Result<T, Unwind> {
    match flow {
        Continue(value) => Ok(value),
        Break(unwind) => Err(unwind),
    }
}
