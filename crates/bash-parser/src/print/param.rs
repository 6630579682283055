//! Parameter expansions.

use super::Printer;
use super::word::Quoting;
use crate::ast::{
    CaseChange, DefaultAction, ParamExpansion, ParamOperator, Parameter, ReplaceAnchor, Special, TrimEnd,
};

impl<'t> Printer<'t> {
    pub(super) fn param(&mut self, expansion: &'t ParamExpansion, quoting: Quoting) {
        if let ParamOperator::Bad(bad) = &expansion.operator {
            return self.text(&bad.source);
        }
        self.text(b"$");
        if !expansion.braces {
            return self.parameter(expansion.parameter);
        }
        self.text(b"{");
        match expansion.operator {
            ParamOperator::Length => self.text(b"#"),
            ParamOperator::Keys | ParamOperator::NamesWithPrefix { .. } => self.text(b"!"),
            _ if expansion.indirect => self.text(b"!"),
            _ => {}
        }
        self.parameter(expansion.parameter);
        if let Some(subscript) = &expansion.subscript {
            self.subscript(subscript, quoting);
        }
        self.operator(&expansion.operator, quoting);
        self.text(b"}");
    }

    fn parameter(&mut self, parameter: Parameter) {
        match parameter {
            Parameter::Variable(name) => self.text(name.as_bytes()),
            Parameter::Positional(number) => self.number(number),
            Parameter::Special(special) => self.text(match special {
                Special::At => b"@",
                Special::Star => b"*",
                Special::Count => b"#",
                Special::Status => b"?",
                Special::Flags => b"-",
                Special::ShellPid => b"$",
                Special::BackgroundPid => b"!",
            }),
        }
    }

    fn operator(&mut self, operator: &'t ParamOperator, quoting: Quoting) {
        match operator {
            ParamOperator::Value | ParamOperator::Length | ParamOperator::Keys | ParamOperator::Bad(_) => {}
            ParamOperator::Default { action, or_empty, word } => {
                self.text(if *or_empty { b":" } else { b"" });
                self.text(match action {
                    DefaultAction::Use => b"-",
                    DefaultAction::Assign => b"=",
                    DefaultAction::Error => b"?",
                    DefaultAction::Alternative => b"+",
                });
                self.parts(&word.parts, quoting);
            }
            ParamOperator::Trim { end, longest, pattern } => {
                let sign: &[u8] = match end {
                    TrimEnd::Prefix => b"##",
                    TrimEnd::Suffix => b"%%",
                };
                self.text(if *longest { sign } else { &sign[..1] });
                self.word(pattern);
            }
            ParamOperator::Replace { anchor, pattern, replacement } => {
                self.text(match anchor {
                    ReplaceAnchor::First => b"/",
                    ReplaceAnchor::All => b"//",
                    ReplaceAnchor::Prefix => b"/#",
                    ReplaceAnchor::Suffix => b"/%",
                });
                self.word(pattern);
                if let Some(replacement) = replacement {
                    self.text(b"/");
                    self.word(replacement);
                }
            }
            ParamOperator::Slice { offset, length } => {
                self.text(b":");
                self.arith_text(offset, quoting);
                if let Some(length) = length {
                    self.text(b":");
                    self.arith_text(length, quoting);
                }
            }
            ParamOperator::Case { change, all, pattern } => {
                let sign: &[u8] = match change {
                    CaseChange::Upper => b"^^",
                    CaseChange::Lower => b",,",
                    CaseChange::Toggle => b"~~",
                };
                self.text(if *all { sign } else { &sign[..1] });
                if let Some(pattern) = pattern {
                    self.word(pattern);
                }
            }
            ParamOperator::Transform(letter) => self.text(&[b'@', *letter]),
            ParamOperator::NamesWithPrefix { at } => self.text(if *at { b"@" } else { b"*" }),
        }
    }
}
