//! `${x@Q}` and its family: `U u L Q E P A K k a`.

use super::{ListKind, ParamValue, case};
use crate::{Flow, Shell, Unwind};
use bash_parser::Name;
use bash_parser::ast::{ParamExpansion, Parameter, Subscript};
use bash_parser::quote::{self, EscapeDialect};
use bash_session::{Attributes, Lookup, SetOption, Text, Value, names};
use std::ops::ControlFlow::{Break, Continue};

impl Shell {
    /// The value transformed as the letter says.
    pub(super) fn param_transform(&mut self, expansion: &ParamExpansion, letter: u8) -> Flow<ParamValue> {
        let charset = self.session.charset;
        match letter {
            b'a' | b'K' | b'k' => return self.transform_declaration(expansion, letter),
            _ => {}
        }
        let value = self.checked_lookup(expansion)?;
        Continue(match letter {
            b'Q' => value.map(|text| quote::transform_quote(text, charset).into()),
            b'E' => value.map(|text| quote::decode(text, EscapeDialect::AnsiC, charset).bytes.into()),
            b'U' => value.map(|text| case::for_attributes(text, Attributes::UPPERCASE, charset)),
            b'L' => value.map(|text| case::for_attributes(text, Attributes::LOWERCASE, charset)),
            b'u' => value.map(|text| case::first_upper(text, charset)),
            b'P' => return self.transform_prompt(value),
            _ => {
                let source = [b"${", &self.param_text(expansion)[..], b"@", &[letter], b"}"].concat();
                if matches!(value, ParamValue::Unset) {
                    return Continue(value);
                }
                self.error([&source[..], b": bad substitution"].concat());
                return Break(Unwind::Exit(self.fatal_expansion_status()));
            }
        })
    }

    fn transform_prompt(&mut self, value: ParamValue) -> Flow<ParamValue> {
        Continue(match value {
            ParamValue::Unset => ParamValue::Unset,
            ParamValue::Scalar(text) => ParamValue::Scalar(self.expand_prompt_value(&text)?.into()),
            ParamValue::List(items, list) => {
                let mut expanded: Vec<Text> = Vec::with_capacity(items.len());
                for item in items {
                    expanded.push(self.expand_prompt_value(&item)?.into());
                }
                ParamValue::List(expanded, list)
            }
        })
    }

    /// `@A`: the command that makes the parameter again, in two parts.
    pub(super) fn param_declaration(&mut self, expansion: &ParamExpansion) -> Flow<(Text, ParamValue)> {
        match self.subject(expansion)? {
            Subject::Variable(name, Part::List(list)) if self.is_declared_array(name) => {
                let text = self.declaration_of_list(name)?;
                let lead = text.iter().position(|byte| *byte == b'=').map_or(text.len(), |at| at + 1);
                let values = vec![Text::new(&text[lead..])];
                Continue((Text::new(&text[..lead]), ParamValue::List(values, list)))
            }
            Subject::Variable(name, _) => Continue((Text::EMPTY, self.scalar_declaration(expansion, name)?)),
            Subject::Other => self.params_declaration(expansion),
        }
    }

    /// `FUNCNAME` is described as if it could be seen outside of functions.
    fn declaration_of_list(&mut self, name: Name) -> Flow<Vec<u8>> {
        if name != *names::FUNCNAME {
            return Continue(self.declaration(name)?.unwrap_or_default());
        }
        let value = self.names_of_calls();
        let attributes = self.session.variables.get(name).map_or(Attributes::empty(), |cell| cell.attributes);
        Continue(self.declaration_of(name, attributes, &value))
    }

    /// `@a`, `@K`, `@k`: what the variable *is*.
    fn transform_declaration(&mut self, expansion: &ParamExpansion, letter: u8) -> Flow<ParamValue> {
        let subject = self.subject(expansion)?;
        match (letter, subject) {
            (b'K' | b'k', Subject::Variable(name, Part::List(list))) => {
                self.keys_and_values(name, list, letter)
            }
            (b'K' | b'k', _) => {
                let charset = self.session.charset;
                let value = self.checked_lookup(expansion)?;
                Continue(value.map(|text| quote::transform_quote(text, charset).into()))
            }
            (_, Subject::Variable(name, part)) => self.attribute_letters(expansion, name, part),
            (_, Subject::Other) => {
                let value = self.checked_lookup(expansion)?;
                Continue(value.map(|_| Text::EMPTY))
            }
        }
    }

    /// Under `set -u`, what has no value cannot be described, unless all elements are asked for.
    fn check_described(&mut self, expansion: &ParamExpansion) -> Flow<()> {
        if !self.option(SetOption::NoUnset)
            || matches!(expansion.subscript.as_deref(), Some(Subscript::At | Subscript::Star))
        {
            return Continue(());
        }
        match self.lookup(expansion)? {
            ParamValue::Unset if self.has_elements(expansion) => Continue(()),
            ParamValue::Unset => {
                let mut name = self.param_text(expansion);
                if expansion.indirect {
                    name.insert(0, b'!');
                }
                self.unbound(&name)
            }
            ParamValue::Scalar(_) | ParamValue::List(..) => Continue(()),
        }
    }

    /// Whether `${a@A}` speaks of an array that has elements, though not the one that `$a` stands for.
    fn has_elements(&self, expansion: &ParamExpansion) -> bool {
        let (Parameter::Variable(name), None) = (expansion.parameter, expansion.subscript.as_deref()) else {
            return false;
        };
        let name = match (expansion.indirect, self.plain_text(name)) {
            (false, _) => Some(name),
            (true, text) => text.and_then(|text| Name::from_bytes(&text)),
        };
        name.and_then(|name| self.session.variables.get(name)).is_some_and(|cell| match &cell.value {
            Value::Indexed(array) => array.iter().next().is_some(),
            Value::Associative(array) => array.iter().next().is_some(),
            _ => false,
        })
    }

    fn is_declared_array(&self, name: Name) -> bool {
        self.session.variables.get(name).is_some_and(|cell| cell.is_array())
    }

    /// `name='value'`, after `declare` and the attributes if it has any.
    fn scalar_declaration(&mut self, expansion: &ParamExpansion, name: Name) -> Flow<ParamValue> {
        let attributes = self.session.variables.get(name).map(|cell| cell.attributes);
        let Some(attributes) = attributes.filter(|held| !held.contains(Attributes::NAMEREF)) else {
            return self.checked_lookup(expansion);
        };
        self.check_described(expansion)?;
        let value = match self.lookup(expansion)? {
            ParamValue::Scalar(text) => Some(text),
            ParamValue::List(items, _) => items.into_iter().next(),
            ParamValue::Unset => None,
        };
        let letters = attributes.letters();
        let mut text = match letters.as_str() {
            "-" if value.is_none() => return Continue(ParamValue::Unset),
            "-" => Vec::new(),
            letters => format!("declare -{letters} ").into_bytes(),
        };
        text.extend_from_slice(name.as_bytes());
        if let Some(value) = value {
            text.push(b'=');
            text.extend_from_slice(&quote::transform_quote(&value, self.session.charset));
        }
        Continue(ParamValue::Scalar(text.into()))
    }

    /// `${@@A}`: the `set` command that makes the parameters again.
    fn params_declaration(&mut self, expansion: &ParamExpansion) -> Flow<(Text, ParamValue)> {
        let charset = self.session.charset;
        let value = match self.checked_lookup(expansion)? {
            list @ ParamValue::List(..) => list,
            _ => return Continue((Text::EMPTY, ParamValue::Scalar(Text::EMPTY))),
        };
        let lead = if value.is_unset() { Text::EMPTY } else { Text::from("set -- ") };
        Continue((lead, value.map(|text| quote::transform_quote(text, charset).into())))
    }

    fn attribute_letters(&mut self, expansion: &ParamExpansion, name: Name, part: Part) -> Flow<ParamValue> {
        let attributes = self.session.variables.get(name).map(|cell| cell.attributes);
        let Some(attributes) = attributes.filter(|held| !held.contains(Attributes::NAMEREF)) else {
            return self.checked_lookup(expansion);
        };
        self.check_described(expansion)?;
        let letters = Text::from(attributes.letters().replace('-', "").as_str());
        match (part, self.lookup(expansion)?) {
            (Part::List(_), ParamValue::List(items, list))
                if !items.is_empty() || self.value(name)? != Value::Unset =>
            {
                Continue(ParamValue::List(vec![letters; items.len()], list))
            }
            _ => Continue(ParamValue::Scalar(letters)),
        }
    }

    /// `${a[@]@K}`: one text of keys and quoted values; `${a[@]@k}`: keys and values as words.
    fn keys_and_values(&mut self, name: Name, list: ListKind, letter: u8) -> Flow<ParamValue> {
        let charset = self.session.charset;
        let value = self.value(name)?;
        let pairs: Vec<(Text, Text)> = match &value {
            Value::Unset => Vec::new(),
            Value::Indexed(array) => {
                array.iter().map(|(index, text)| (Text::from_integer(index), text.clone())).collect()
            }
            Value::Associative(array) => {
                array.iter().map(|(key, text)| (key.clone(), text.clone())).collect()
            }
            scalar => {
                let text = scalar.text().unwrap_or_default();
                return Continue(ParamValue::Scalar(quote::transform_quote(&text, charset).into()));
            }
        };
        if letter == b'k' || pairs.is_empty() {
            let words = pairs.into_iter().flat_map(|(key, text)| [key, text]).collect();
            return Continue(ParamValue::List(words, list));
        }
        let mut text = Vec::new();
        for (key, element) in pairs {
            text.extend_from_slice(&quote::declared_key(&key, charset));
            text.push(b' ');
            text.extend_from_slice(&quote::declared_value(&element, charset));
            text.push(b' ');
        }
        if matches!(value, Value::Indexed(_)) {
            text.pop();
        }
        Continue(ParamValue::Scalar(text.into()))
    }

    /// What an expansion speaks of, indirection and name references followed.
    fn subject(&mut self, expansion: &ParamExpansion) -> Flow<Subject> {
        let Parameter::Variable(name) = expansion.parameter else { return Continue(Subject::Other) };
        if !expansion.indirect {
            return Continue(self.subject_of(name, Part::of(expansion.subscript.as_deref())));
        }
        if self.session.variables.get(name).is_some_and(|cell| cell.attributes.contains(Attributes::NAMEREF))
        {
            return Continue(Subject::Other);
        }
        let text = match self.lookup_parameter(expansion.parameter, expansion.subscript.as_deref())? {
            ParamValue::Scalar(text) => text,
            ParamValue::List(..) | ParamValue::Unset => return Continue(Subject::Other),
        };
        let (base, part) = match text.iter().position(|byte| *byte == b'[') {
            None => (&text[..], Part::Scalar),
            Some(open) => match &text[open..] {
                b"[@]" => (&text[..open], Part::List(ListKind::At)),
                b"[*]" => (&text[..open], Part::List(ListKind::Star)),
                _ => (&text[..open], Part::Element),
            },
        };
        Continue(Name::from_bytes(base).map_or(Subject::Other, |name| self.subject_of(name, part)))
    }

    fn subject_of(&self, name: Name, part: Part) -> Subject {
        match self.session.variables.resolve(name) {
            Lookup::Plain(name) => Subject::Variable(name, part),
            Lookup::Element(array, subscript) => match &subscript[..] {
                b"@" => Subject::Variable(array, Part::List(ListKind::At)),
                b"*" => Subject::Variable(array, Part::List(ListKind::Star)),
                _ => Subject::Variable(array, Part::Element),
            },
            Lookup::Unbound(_) | Lookup::Invalid(..) | Lookup::Circular(_) => Subject::Variable(name, part),
        }
    }
}

/// What an expansion speaks of.
enum Subject {
    /// A variable or a part of one.
    Variable(Name, Part),
    /// Parameters.
    Other,
}

/// How much of a variable.
#[derive(Clone, Copy)]
enum Part {
    /// The variable as `$x` gives it.
    Scalar,
    /// One element.
    Element,
    /// All elements.
    List(ListKind),
}

impl Part {
    fn of(subscript: Option<&Subscript>) -> Part {
        match subscript {
            None => Part::Scalar,
            Some(Subscript::At) => Part::List(ListKind::At),
            Some(Subscript::Star) => Part::List(ListKind::Star),
            Some(Subscript::Text { .. }) => Part::Element,
        }
    }
}
