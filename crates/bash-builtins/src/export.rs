//! `export`, and what `readonly` shares with it.

use crate::declare::{Caller, Given, Operand, Request, leave_if_filled, list, request_for_elements};
use bash_interp::{
    Args, ArrayKind, AssignMode, AssignTarget, Builtin, Class, Elements, FAILURE, Flow, OptionLetter,
    SUCCESS, Shell, SubscriptReading,
};
use bash_parser::Name;
use bash_parser::ast::{AssignedValue, Assignment};
use bash_session::{Attributes, FunctionAttributes, Lookup, SetOption, Text};
use std::ops::ControlFlow::{Break, Continue};

/// `export`
pub const EXPORT: Builtin = Builtin {
    name: "export",
    synopsis: "export [-fn] [name[=value] ...] or export -p [-f]",
    help: "Put variables into the environment of the commands that follow.\n\n\
           With a VALUE, the NAME is assigned first.\n\n\
           Options:\n  -f\tNAMEs are functions\n  -n\tno longer export each NAME\n  \
           -p\tlist everything that is exported\n\n\
           `--' ends the options.\n\n\
           Exit Status:\nSucceeds unless an option is wrong or a NAME is none.",
    class: Class::SpecialDeclaration(assign_array),
    run,
};

fn run(sh: &mut Shell, args: &Args<'_>) -> Flow {
    let mut marking = Marking::new(Attributes::EXPORT, "export");
    let mut options = args.options("aAfnp");
    for option in options.by_ref() {
        match option {
            OptionLetter::On(b'f', _) => marking.functions = true,
            OptionLetter::On(b'n', _) => marking.off = true,
            OptionLetter::On(b'a', _) => marking.array |= Attributes::INDEXED,
            OptionLetter::On(b'A', _) => marking.array |= Attributes::ASSOCIATIVE,
            OptionLetter::On(_, _) => marking.list = true,
            option => return sh.wrong_option(args, option),
        }
    }
    marking.apply(sh, args, options.operands_at())
}

/// Makes a compound assignment among the arguments of `export` or `readonly`; the options before it may say of which kind.
pub(crate) fn assign_array(sh: &mut Shell, args: &Args<'_>, assignment: &Assignment) -> Flow<()> {
    let mut marking = Marking::new(Attributes::empty(), "");
    marking.elements = request_for_elements(args, Caller::Declare);
    marking.array = marking.elements.on & Attributes::ARRAY;
    let mut word = Vec::new();
    bash_parser::print::assignment(assignment, &mut word);
    if let Some(operand) = Operand::of_array(&word, assignment) {
        let _complained = marking.mark_operand(sh, args, &operand)?;
    }
    Continue(())
}

/// Giving names an attribute that lasts: what `export` and `readonly` do.
pub(crate) struct Marking {
    /// The attribute.
    pub(crate) attribute: Attributes,
    /// An array to be made of each name (`readonly -a`).
    pub(crate) array: Attributes,
    /// Take the attribute away.
    pub(crate) off: bool,
    /// The names are functions.
    pub(crate) functions: bool,
    /// `-p`
    pub(crate) list: bool,
    /// How an array is assigned.
    elements: Request,
    /// The command that a POSIX listing shows.
    command: &'static str,
}

impl Marking {
    /// For a builtin that gives this attribute.
    pub(crate) fn new(attribute: Attributes, command: &'static str) -> Marking {
        Marking {
            attribute,
            array: Attributes::empty(),
            off: false,
            functions: false,
            list: false,
            elements: Request::new(Caller::Declare),
            command,
        }
    }

    /// Goes through the names from `first` on; without any, lists.
    pub(crate) fn apply(&self, sh: &mut Shell, args: &Args<'_>, first: usize) -> Flow {
        if first >= args.words.len() {
            sh.listing(|sh| self.list_all(sh));
            return SUCCESS;
        }
        let mut status = SUCCESS;
        for position in first..args.words.len() {
            let fine = if self.functions {
                self.mark_function(sh, args, &args.words[position])
            } else {
                sh.with_arith_caller(self.command.as_bytes(), |sh| {
                    self.mark_word(sh, args, &args.words[position])
                })?
            };
            if !fine {
                status = FAILURE;
                // It ends the shell, unless `command` keeps it.
                if sh.is_posix() && !self.functions {
                    break;
                }
            }
        }
        if status == FAILURE && !self.functions {
            sh.fail_special(bash_session::Status::FAILURE)
        } else {
            status
        }
    }

    fn list_all(&self, sh: &mut Shell) {
        if self.functions {
            let wanted = self.attribute;
            let selects = |held: FunctionAttributes| match wanted {
                Attributes::EXPORT => held.exported,
                _ => held.readonly,
            };
            return list::functions(sh, |function| selects(function.attributes), false);
        }
        for name in sh.variable_names() {
            let held = sh.session.variables.get(name).map_or(Attributes::empty(), |cell| cell.attributes);
            if !held.contains(self.attribute) || !(self.array.is_empty() || held.intersects(self.array)) {
                continue;
            }
            let text = sh.stored_declaration(name);
            let text = if sh.is_posix() { self.posix_form(&text) } else { text };
            sh.print(text);
            sh.print(b"\n");
        }
    }

    /// `declare -ax a=(…)` as `export -a a=(…)`.
    fn posix_form(&self, declaration: &[u8]) -> Vec<u8> {
        let mut words = declaration.splitn(3, |byte| *byte == b' ').skip(1);
        let (letters, rest) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let arrays: Vec<u8> = letters.iter().copied().filter(|letter| b"aA".contains(letter)).collect();
        if arrays.is_empty() {
            return [self.command.as_bytes(), b" ", rest].concat();
        }
        [self.command.as_bytes(), b" -", &arrays, b" ", rest].concat()
    }

    fn mark_function(&self, sh: &mut Shell, args: &Args<'_>, name: &Text) -> bool {
        let Some(function) = sh.session.functions.get_mut(name) else {
            sh.builtin_error(args.name, [&name[..], b": not a function"].concat());
            return false;
        };
        if self.attribute == Attributes::EXPORT
            && !self.off
            && name.iter().any(|byte| matches!(byte, b'=' | b'/'))
        {
            sh.builtin_error(args.name, [&name[..], b": cannot export"].concat());
            return false;
        }
        match self.attribute {
            Attributes::EXPORT => function.attributes.exported = !self.off,
            _ => function.attributes.readonly = true,
        }
        sh.forget_environment();
        true
    }

    fn mark_word(&self, sh: &mut Shell, args: &Args<'_>, word: &[u8]) -> Flow<bool> {
        match Operand::of(word, SubscriptReading::Expand) {
            Some(operand) => self.mark_operand(sh, args, &operand),
            None => {
                sh.builtin_error(args.name, [b"`", word, b"': not a valid identifier"].concat());
                Continue(false)
            }
        }
    }

    fn mark_operand(&self, sh: &mut Shell, args: &Args<'_>, operand: &Operand<'_>) -> Flow<bool> {
        if operand.subscript.is_some() {
            let shown = operand.word.split(|byte| *byte == b'=').next().unwrap_or_default();
            let shown = if operand.append { shown.strip_suffix(b"+").unwrap_or(shown) } else { shown };
            if matches!(operand.value, Given::Elements(_)) {
                sh.error([shown, b": cannot assign list to array member"].concat());
                return sh.discard();
            }
            sh.builtin_error(args.name, [b"`", shown, b"': not a valid identifier"].concat());
            return Continue(false);
        }
        let name = match sh.session.variables.resolve(operand.name) {
            Lookup::Plain(name) => name,
            Lookup::Element(array, subscript) => {
                let shown =
                    [b"`", array.as_bytes(), b"[", &subscript[..], b"]': not a valid identifier"].concat();
                if matches!(operand.value, Given::Elements(_)) {
                    sh.error(shown);
                    return sh.discard();
                }
                sh.builtin_error(args.name, shown);
                return Continue(false);
            }
            Lookup::Unbound(_) | Lookup::Invalid(..) | Lookup::Circular(_) => operand.name,
        };
        if self.array.contains(Attributes::INDEXED) && sh.is_associative(name) && operand.has_value() {
            let message = [name.as_bytes(), b": cannot convert associative to indexed array"].concat();
            if matches!(operand.value, Given::Elements(_)) {
                sh.error(message);
                return sh.discard();
            }
            sh.builtin_error(args.name, message);
            return Continue(false);
        }
        if let Some(flow) = self.refuses_array(sh, args, name, operand) {
            return flow;
        }
        let exports = self.exports_new(sh, name, operand);
        let elements = self.expand_elements(sh, name, operand)?;
        self.become_array(sh, name, operand.has_value());
        self.give_attributes(sh, name);
        let is_array = matches!(operand.value, Given::Elements(_));
        let is_new = sh.variable(name).is_none_or(|cell| !cell.is_set());
        let mode = AssignMode::from_append(operand.append);
        let flow = match elements {
            Some((kind, elements)) => sh.assign_elements(name, kind, elements, mode),
            None => self.assign_text(sh, name, operand.value, mode),
        };
        if is_new && is_array {
            leave_if_filled(sh, name, &flow);
        }
        match flow {
            Continue(()) => {}
            Break(bash_interp::Unwind::Discard(_)) if !is_array => return Continue(false),
            Break(unwind) => return Break(unwind),
        }
        let (on, off) = if self.off {
            (Attributes::empty(), self.attribute)
        } else {
            (self.attribute, Attributes::empty())
        };
        if self.off && sh.session.variables.get(name).is_none() {
            return Continue(true);
        }
        let on = if exports { on | Attributes::EXPORT } else { on };
        sh.session.variables.change_attributes(name, on, off);
        if !self.off || operand.has_value() {
            sh.session.variables.keep_temporary(name);
        }
        Continue(true)
    }

    /// With -a or -A, an assignment to a readonly variable is complained about in the name of the running function, or
    /// in that of the builtin if the value was quoted.
    fn refuses_array(
        &self,
        sh: &mut Shell,
        args: &Args<'_>,
        name: Name,
        operand: &Operand<'_>,
    ) -> Option<Flow<bool>> {
        let held = sh.session.variables.get(name).map(|cell| cell.attributes)?;
        if self.array.is_empty() || !held.contains(Attributes::READONLY) || !operand.has_value() {
            return None;
        }
        let speaker = match (operand.value, sh.session.calls.top()) {
            (Given::Text(_), _) => Text::new(args.name),
            (_, Some(call)) if call.kind == bash_session::CallKind::Function => call.name.clone(),
            _ => return None,
        };
        sh.builtin_error(&speaker, [name.as_bytes(), b": readonly variable"].concat());
        Some(Continue(false))
    }

    /// Under `set -a`, a variable that is there for its name alone is exported, and an array that nothing but its value
    /// makes one.
    fn exports_new(&self, sh: &Shell, name: Name, operand: &Operand<'_>) -> bool {
        let asked = match operand.value {
            Given::Nothing => true,
            Given::Elements(_) => self.array.is_empty(),
            Given::Text(_) | Given::QuotedElements(_) => false,
        };
        asked && sh.option(SetOption::AllExport) && sh.variable(name).is_none()
    }

    /// The attributes that have a say in what the elements of an array are.
    fn give_attributes(&self, sh: &mut Shell, name: Name) {
        let (on, off) = (self.elements.on, self.elements.off);
        let is_fixed = sh.variable(name).is_some_and(|cell| cell.attributes.contains(Attributes::READONLY));
        if !is_fixed && (on | off).intersects(Attributes::TRANSFORMING) {
            let on = on & Attributes::TRANSFORMING;
            sh.session.variables.change_attributes(name, on, off & Attributes::TRANSFORMING);
        }
    }

    fn become_array(&self, sh: &mut Shell, name: Name, has_value: bool) {
        let is_fixed = sh.variable(name).is_some_and(|cell| cell.attributes.contains(Attributes::READONLY));
        if !self.array.is_empty()
            && !is_fixed
            && has_value
            && !sh.session.variables.get(name).is_some_and(|cell| cell.is_array())
        {
            sh.session.variables.change_attributes(name, self.array, Attributes::empty());
        }
    }

    /// The elements of an array, before the variable is made one.
    fn expand_elements<'a>(
        &self,
        sh: &mut Shell,
        name: Name,
        operand: &Operand<'a>,
    ) -> Flow<Option<(ArrayKind, Elements<'a>)>> {
        let Given::Elements(elements) = operand.value else { return Continue(None) };
        let wanted = self.array.contains(Attributes::ASSOCIATIVE);
        let kind = if wanted { ArrayKind::Associative } else { sh.array_kind(name) };
        let elements = match kind {
            ArrayKind::Associative if !wanted => sh.expand_element_words(elements)?,
            _ => sh.expand_elements(kind, elements)?,
        };
        sh.trace_elements(name, AssignMode::from_append(operand.append), &elements)?;
        Continue(Some((kind, elements)))
    }

    fn assign_text(&self, sh: &mut Shell, name: Name, value: Given<'_>, mode: AssignMode) -> Flow<()> {
        match value {
            Given::Text(text) => {
                if !self.array.is_empty()
                    && sh.session.variables.get(name).is_some_and(|cell| cell.is_array())
                    && text.starts_with(b"(")
                    && text.ends_with(b")")
                    && let Some(assignment) = sh.parse_compound(text)
                    && let AssignedValue::Array(elements) = &assignment.value
                {
                    let kind = sh.array_kind(name);
                    let elements = sh.expand_elements(kind, elements)?;
                    return sh.assign_elements(name, kind, elements, mode);
                }
                sh.assign_to(&self.target_of_text(sh, name), Text::new(text), mode)
            }
            Given::Nothing | Given::Elements(_) | Given::QuotedElements(_) => Continue(()),
        }
    }

    /// With -a or -A, a text is an element's, which `set -a` does not export.
    fn target_of_text(&self, sh: &Shell, name: Name) -> AssignTarget {
        match self.array {
            array if array.is_empty() => AssignTarget::Whole(name),
            _ if sh.is_associative(name) => AssignTarget::Key(name, "0".into()),
            _ => AssignTarget::Index(name, 0),
        }
    }
}
