//! `${x@Q}` and its family: `U u L Q E P A K k a`.

use super::{ParamValue, case};
use crate::{Flow, Shell};
use bash_parser::ast::ParamExpansion;
use bash_parser::quote::{self, EscapeDialect};
use bash_session::{Attributes, Text};
use std::ops::ControlFlow::Continue;

impl Shell {
    /// The value transformed as the letter says.
    pub(super) fn param_transform(&mut self, expansion: &ParamExpansion, letter: u8) -> Flow<ParamValue> {
        let charset = self.session.charset;
        match letter {
            b'A' | b'a' | b'K' | b'k' => return self.transform_declaration(expansion, letter),
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
                return self.bad_substitution(&source);
            }
        })
    }

    fn transform_prompt(&mut self, value: ParamValue) -> Flow<ParamValue> {
        Continue(match value {
            ParamValue::Unset => ParamValue::Unset,
            ParamValue::Scalar(text) => ParamValue::Scalar(self.expand_prompt(&text)?.into()),
            ParamValue::List(items, list) => {
                let mut expanded: Vec<Text> = Vec::with_capacity(items.len());
                for item in items {
                    expanded.push(self.expand_prompt(&item)?.into());
                }
                ParamValue::List(expanded, list)
            }
        })
    }

    /// `@A`, `@a`, `@K`, `@k`: what the variable *is*.
    fn transform_declaration(&mut self, expansion: &ParamExpansion, _letter: u8) -> Flow<ParamValue> {
        self.checked_lookup(expansion)
    }
}
