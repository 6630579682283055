//! Parameter expansions: what stands between `${` and `}`.
//!
//! The grammar gives a head (`#x`, `!x`, `x`), perhaps a subscript, perhaps an operator, and parts. Their meaning is
//! settled here. Nothing is an error yet: what makes no sense is [`ParamOperator::Bad`], reported when expanded.

use super::arith::{arith_of_bare, may_hold_subscript, plain_arith};
use super::stripped::stripped;
use super::tilde::tilde_at_start;
use super::word::{Parts, Quoting, constant_of_quoted, finished};
use super::{Lowerer, text};
use crate::Name;
use crate::ast::{
    ArithText, BadSubstitution, Cache, CaseChange, DefaultAction, ParamExpansion, ParamOperator, Parameter,
    ReplaceAnchor, Special, Stripped, Subscript, TrimEnd, Word, WordPart,
};
use crate::grammar::{Node, Rule};
use std::ops::Range;
use std::sync::Arc;

/// The pieces between the braces, as the grammar cut them.
struct Pieces<'i> {
    head: &'i str,
    subscript: Option<Subscript>,
    operator: &'i str,
    /// The nodes after the operator.
    rest: Vec<Node<'i>>,
    /// Text that belongs before `rest`.
    before: String,
    quoting: Quoting,
}

impl Lowerer<'_> {
    /// `$x`, `$1`, `$?`
    pub(super) fn variable(&mut self, source: &str) -> WordPart {
        let parameter = parameter(&source[1..]).unwrap_or(Parameter::Special(Special::ShellPid));
        let operator = ParamOperator::Value;
        param(ParamExpansion { braces: false, indirect: false, parameter, subscript: None, operator })
    }

    /// `${…}`
    pub(super) fn brace_param(&mut self, node: Node<'_>, quoting: Quoting) -> WordPart {
        let at = node.as_span().start();
        if matches!(node.as_str().as_bytes(), [b'$', b'{', b'\'', ..] | [b'$', b'{', b'$', b'\'', ..])
            && quoting != Quoting::Body
        {
            return self.respelled(node, quoting);
        }
        let level = if quoting == Quoting::Bare { 0 } else { 1 };
        self.quoted_braces += level;
        let lowered = self.nested(at, |lowerer| {
            let whole = node.as_str();
            let pieces = lowerer.pieces(node, quoting);
            Some(lowerer.expansion(pieces).unwrap_or_else(|| bad(whole)))
        });
        self.quoted_braces -= level;
        param(lowered.unwrap_or_else(|| bad("")))
    }

    /// `${$'x'%y}`: Bash puts the text of a `$'…'` in its place when it reads the braces, in single quotes unless
    /// it stands for the parameter's name within double quotes.
    fn respelled(&mut self, node: Node<'_>, quoting: Quoting) -> WordPart {
        let span = node.as_span();
        let in_quotes = quoting != Quoting::Bare || self.quoted_braces > 0;
        let (mut spelled, mut at, name) = (String::new(), span.start(), span.start() + 2);
        for child in node.into_inner() {
            let here = child.as_span();
            // The grammar takes the `$` of a name for the parameter.
            let is_name = here.start() == name + 1 && child.as_rule() == Rule::squote;
            if !is_name && child.as_rule() != Rule::ansi_quote {
                continue;
            }
            let start = if is_name { name } else { here.start() };
            spelled.push_str(&span.get_input()[at..start]);
            let value = super::word::ansi_text(&span.get_input()[start..here.end()], self.dialect.charset);
            if in_quotes && is_name {
                spelled.push_str(&value);
            } else {
                spelled.extend(["'", &value.replace('\'', "'\\''"), "'"]);
            }
            at = here.end();
        }
        spelled.push_str(&span.get_input()[at..span.end()]);
        if spelled.starts_with("${'") || spelled.starts_with("${$'") {
            return param(bad_as(span.as_str(), &spelled));
        }
        let mut parts = Parts::default();
        self.reparsed(&spelled, span.start(), quoting, &mut parts);
        parts.finish().into_iter().next().unwrap_or_else(|| param(bad_as(span.as_str(), &spelled)))
    }

    fn pieces<'i>(&mut self, node: Node<'i>, quoting: Quoting) -> Pieces<'i> {
        let mut pieces =
            Pieces { head: "", subscript: None, operator: "", rest: vec![], before: String::new(), quoting };
        for child in node.into_inner() {
            match child.as_rule() {
                Rule::param_head => pieces.head = child.as_str(),
                Rule::subscript => pieces.subscript = Some(self.subscript(child, quoting.in_brackets())),
                Rule::param_op => pieces.operator = child.as_str(),
                _ => pieces.rest.push(child),
            }
        }
        pieces
    }

    /// The expansion that the pieces spell; `None` if they make no sense.
    fn expansion(&mut self, mut pieces: Pieces<'_>) -> Option<ParamExpansion> {
        let bare = pieces.operator.is_empty() && pieces.rest.is_empty();
        if pieces.head == "#" && is_unknown_measured(&pieces)
            || matches!(pieces.head, "?" | "-") && changes_case(&pieces)
        {
            return None;
        }
        if pieces.head == "!-" && pieces.subscript.is_none() {
            // Nothing is looked up through `$-`: a default for `$!`.
            pieces.before = pieces.operator.to_owned();
            (pieces.head, pieces.operator) = ("!", "-");
        }
        if pieces.head == "!?" && self.dialect.posix && pieces.operator.is_empty() {
            (pieces.head, pieces.operator) = ("!", "?");
        }
        if let Some(measured) = pieces.head.strip_prefix('#').filter(|rest| !rest.is_empty()) {
            if bare {
                return found(false, parameter(measured)?, pieces.subscript, ParamOperator::Length);
            }
            return self.count_with_operator(pieces);
        }
        let (indirect, name) = match pieces.head.strip_prefix('!') {
            Some(name) if !name.is_empty() => (true, name),
            _ => (false, pieces.head),
        };
        let parameter = parameter(name)?;
        if indirect && matches!(name, "$" | "!") {
            return None;
        }
        if indirect && let Some(operator) = listing(&pieces, parameter) {
            let subscript = pieces.subscript.filter(|_| operator == ParamOperator::Keys);
            return found(false, parameter, subscript, operator);
        }
        if pieces.subscript.is_some() && !matches!(parameter, Parameter::Variable(_)) {
            return None;
        }
        let subscript = pieces.subscript.take();
        let operator = self.operator(pieces)?;
        found(indirect, parameter, subscript, operator)
    }

    /// `${#-word}`, `${##pattern}`, `${#@Q}`: what looked like a measured parameter begins the operator on `$#`.
    fn count_with_operator(&mut self, mut pieces: Pieces<'_>) -> Option<ParamExpansion> {
        let begun = &pieces.head[1..];
        if begun == "@" && pieces.subscript.is_none() && pieces.operator.is_empty() {
            let [rest] = &pieces.rest[..] else { return None };
            let [letter] = rest.as_str().as_bytes() else { return None };
            let operator = transformation(*letter)?;
            return found(false, Parameter::Special(Special::Count), None, operator);
        }
        if !matches!(begun, "-" | "?" | "#") || pieces.subscript.is_some() {
            return None;
        }
        let longest = begun == "#" && pieces.operator.starts_with('#');
        let own = if longest { 1 } else { 0 };
        pieces.before = pieces.operator[own..].to_owned();
        pieces.operator = match (begun, longest) {
            ("#", true) => "##",
            (begun, _) => begun,
        };
        let operator = self.operator(pieces)?;
        found(false, Parameter::Special(Special::Count), None, operator)
    }

    fn operator(&mut self, pieces: Pieces<'_>) -> Option<ParamOperator> {
        let spelled = pieces.operator;
        Some(match spelled {
            "" if pieces.rest.is_empty() && pieces.before.is_empty() => ParamOperator::Value,
            ":-" | ":=" | ":+" | ":?" | "-" | "=" | "+" | "?" => {
                let action = default_action(spelled.as_bytes().last().copied()?)?;
                ParamOperator::Default {
                    action,
                    or_empty: spelled.len() == 2,
                    word: self.default_word(pieces).into(),
                }
            }
            ":" if pieces.rest.is_empty() => return None,
            ":" => self.slice(pieces),
            "#" | "##" => ParamOperator::Trim {
                end: TrimEnd::Prefix,
                longest: spelled.len() == 2,
                pattern: self.pattern(pieces).into(),
            },
            "%" | "%%" => ParamOperator::Trim {
                end: TrimEnd::Suffix,
                longest: spelled.len() == 2,
                pattern: self.pattern(pieces).into(),
            },
            "/" | "//" | "/#" | "/%" => self.replace(pieces),
            "^" | "^^" | "," | ",," | "~" | "~~" => self.change_case(pieces),
            _ => transform(&pieces)?,
        })
    }

    /// The parts after the operator, read in `quoting`.
    fn rest(&mut self, pieces: Pieces<'_>, quoting: Quoting) -> Vec<WordPart> {
        let mut parts = Parts::default();
        parts.literal(&pieces.before);
        let whole = extent(&pieces.rest).unwrap_or_default();
        let source = pieces.rest.first().map_or("", |node| &node.as_span().get_input()[whole]);
        for node in pieces.rest {
            self.part(node, quoting, &mut parts);
        }
        parts.finish_within(source)
    }

    /// The parts of `nodes` that lie in `range`, which may cut through literal text.
    fn parts_within(&mut self, nodes: &[Node<'_>], range: Range<usize>, quoting: Quoting) -> Vec<WordPart> {
        let mut parts = Parts::default();
        for node in nodes {
            let span = node.as_span();
            let (start, end) = (span.start().max(range.start), span.end().min(range.end));
            if start >= end {
                continue;
            }
            if matches!(node.as_rule(), Rule::param_lit | Rule::posix_param_lit) {
                parts.literal(&span.get_input()[start..end]);
            } else {
                self.part(*node, quoting, &mut parts);
            }
        }
        parts.finish_within(nodes.first().map_or("", |node| &node.as_span().get_input()[range]))
    }

    fn default_word(&mut self, pieces: Pieces<'_>) -> Word {
        let quoting = pieces.quoting.in_brace();
        let anew = if quoting == Quoting::Bare || pieces.operator.ends_with('?') {
            None
        } else {
            stripped(&pieces.rest).map(|text| [&pieces.before, &*text].concat())
        };
        let at = pieces.rest.first().map_or(0, |node| node.as_span().start());
        let mut parts = self.rest(pieces, quoting);
        if let Some(text) = anew {
            let mut read = Parts::default();
            self.reparsed(&text, at, quoting, &mut read);
            parts = vec![WordPart::Stripped(Box::new(Stripped {
                written: parts.into(),
                read: read.finish().into(),
            }))];
        }
        if quoting != Quoting::Bare {
            let constant = constant_of_quoted(&parts);
            return Word { parts: parts.into(), constant, cache: Cache::new() };
        }
        tilde_at_start(&mut parts);
        finished(parts)
    }

    fn pattern(&mut self, pieces: Pieces<'_>) -> Word {
        let mut parts = self.rest(pieces, Quoting::Bare);
        tilde_at_start(&mut parts);
        finished(parts)
    }

    fn slice(&mut self, pieces: Pieces<'_>) -> ParamOperator {
        let Some(whole) = extent(&pieces.rest) else {
            return ParamOperator::Slice { offset: Box::default(), length: None };
        };
        let quoting = pieces.quoting.in_brackets();
        let mut scan = Scan::default();
        let cut = cut(&pieces.rest, |_, byte| scan.ends_offset(byte));
        let offset = self.arith_within(&pieces.rest, whole.start..cut.unwrap_or(whole.end), quoting);
        let length = cut.map(|cut| self.arith_within(&pieces.rest, cut + 1..whole.end, quoting));
        ParamOperator::Slice { offset: offset.into(), length: length.map(Box::new) }
    }

    fn arith_within(&mut self, nodes: &[Node<'_>], range: Range<usize>, quoting: Quoting) -> ArithText {
        let source = nodes.first().map_or("", |node| &node.as_span().get_input()[range.clone()]);
        if may_hold_subscript(source) {
            return arith_of_bare(source, &self.parts_within(nodes, range, Quoting::Bare), quoting);
        }
        plain_arith(source, self.parts_within(nodes, range, quoting))
    }

    fn replace(&mut self, pieces: Pieces<'_>) -> ParamOperator {
        let anchor = match pieces.operator {
            "//" => ReplaceAnchor::All,
            "/#" => ReplaceAnchor::Prefix,
            "/%" => ReplaceAnchor::Suffix,
            _ => ReplaceAnchor::First,
        };
        let Some(whole) = extent(&pieces.rest) else {
            return ParamOperator::Replace { anchor, pattern: finished(vec![]).into(), replacement: None };
        };
        // After `//` a slash that comes first belongs to the pattern.
        let first = if anchor == ReplaceAnchor::All { whole.start + 1 } else { whole.start };
        let cut = cut(&pieces.rest, |at, byte| byte == b'/' && at >= first);
        let pattern = self.word_within(&pieces.rest, whole.start..cut.unwrap_or(whole.end));
        let replacement = cut.map(|cut| self.word_within(&pieces.rest, cut + 1..whole.end));
        ParamOperator::Replace { anchor, pattern: pattern.into(), replacement: replacement.map(Box::new) }
    }

    fn word_within(&mut self, nodes: &[Node<'_>], range: Range<usize>) -> Word {
        let mut parts = self.parts_within(nodes, range, Quoting::Bare);
        tilde_at_start(&mut parts);
        finished(parts)
    }

    fn change_case(&mut self, pieces: Pieces<'_>) -> ParamOperator {
        let change = match pieces.operator.as_bytes().first() {
            Some(b'^') => CaseChange::Upper,
            Some(b',') => CaseChange::Lower,
            _ => CaseChange::Toggle,
        };
        let all = pieces.operator.len() == 2;
        let pattern = (!pieces.rest.is_empty()).then(|| self.pattern(pieces).into());
        ParamOperator::Case { change, all, pattern }
    }
}

/// Whether what follows `${#` is neither a parameter nor an operator on `$#`.
fn is_unknown_measured(pieces: &Pieces<'_>) -> bool {
    let alone = pieces.operator.len() == 1 && pieces.rest.is_empty();
    alone || changes_case(pieces)
}

/// `${x^}`, `${x,,}`, `${x~}`
fn changes_case(pieces: &Pieces<'_>) -> bool {
    pieces.operator.starts_with(['^', ',', '~'])
}

fn param(expansion: ParamExpansion) -> WordPart {
    WordPart::Param(Arc::new(expansion))
}

fn found(
    indirect: bool,
    parameter: Parameter,
    subscript: Option<Subscript>,
    operator: ParamOperator,
) -> Option<ParamExpansion> {
    let subscript = subscript.map(Box::new);
    Some(ParamExpansion { braces: true, indirect, parameter, subscript, operator })
}

fn bad(whole: &str) -> ParamExpansion {
    bad_as(whole, whole)
}

/// The same for one that messages spell in another way.
fn bad_as(whole: &str, spelled: &str) -> ParamExpansion {
    let parameter = Parameter::Special(Special::ShellPid);
    let operator =
        ParamOperator::Bad(Box::new(BadSubstitution { source: text(whole), within: text(spelled) }));
    ParamExpansion { braces: true, indirect: false, parameter, subscript: None, operator }
}

/// The parameter named `name`.
fn parameter(name: &str) -> Option<Parameter> {
    let special = match name {
        "@" => Special::At,
        "*" => Special::Star,
        "#" => Special::Count,
        "?" => Special::Status,
        "-" => Special::Flags,
        "$" => Special::ShellPid,
        "!" => Special::BackgroundPid,
        _ if name.starts_with(|c: char| c.is_ascii_digit()) => {
            return Some(Parameter::Positional(name.parse().unwrap_or(usize::MAX)));
        }
        _ => return Name::from_bytes(name.as_bytes()).map(Parameter::Variable),
    };
    Some(Parameter::Special(special))
}

/// `${!prefix*}`, `${!prefix@}`, `${!array[@]}`: lists of names or subscripts rather than an indirection.
fn listing(pieces: &Pieces<'_>, parameter: Parameter) -> Option<ParamOperator> {
    if !pieces.rest.is_empty() || !matches!(parameter, Parameter::Variable(_)) {
        return None;
    }
    match (&pieces.subscript, pieces.operator) {
        (None, "*") => Some(ParamOperator::NamesWithPrefix { at: false }),
        (None, "@") => Some(ParamOperator::NamesWithPrefix { at: true }),
        (Some(Subscript::At | Subscript::Star), "") => Some(ParamOperator::Keys),
        _ => None,
    }
}

fn default_action(sign: u8) -> Option<DefaultAction> {
    Some(match sign {
        b'-' => DefaultAction::Use,
        b'=' => DefaultAction::Assign,
        b'?' => DefaultAction::Error,
        b'+' => DefaultAction::Alternative,
        _ => return None,
    })
}

/// `${x@Q}` with one of the letters that mean something.
fn transform(pieces: &Pieces<'_>) -> Option<ParamOperator> {
    match pieces.operator.as_bytes() {
        [b'@', letter] if pieces.rest.is_empty() => transformation(*letter),
        _ => None,
    }
}

fn transformation(letter: u8) -> Option<ParamOperator> {
    b"QEPAaKkuUL".contains(&letter).then_some(ParamOperator::Transform(letter))
}

/// From where to where `nodes` reach.
fn extent(nodes: &[Node<'_>]) -> Option<Range<usize>> {
    let (first, last) = (nodes.first()?, nodes.last()?);
    Some(first.as_span().start()..last.as_span().end())
}

/// The first unquoted byte that `here` takes for the place of a cut.
fn cut(nodes: &[Node<'_>], mut here: impl FnMut(usize, u8) -> bool) -> Option<usize> {
    nodes.iter().filter(|node| node.as_rule() == Rule::param_lit).find_map(|node| {
        let start = node.as_span().start();
        node.as_str().bytes().enumerate().find(|&(at, byte)| here(start + at, byte)).map(|(at, _)| start + at)
    })
}

/// The way to the `:` that ends the offset of a slice: not one in parentheses, nor one that belongs to a `?`.
#[derive(Default)]
struct Scan {
    parentheses: usize,
    questions: usize,
}

impl Scan {
    fn ends_offset(&mut self, byte: u8) -> bool {
        match byte {
            b'(' => self.parentheses += 1,
            b')' => self.parentheses = self.parentheses.saturating_sub(1),
            b'?' if self.parentheses == 0 => self.questions += 1,
            b':' if self.parentheses == 0 && self.questions > 0 => self.questions -= 1,
            b':' => return self.parentheses == 0,
            _ => {}
        }
        false
    }
}
