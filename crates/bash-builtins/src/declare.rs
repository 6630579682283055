//! `declare`, `typeset`, and what `local` shares with them.
//!
//! [`options`] reads the letters, [`variable`] declares one name, [`list`] prints.

mod compound;
pub(crate) mod list;
mod operand;
mod options;
mod reference;
mod variable;

pub(crate) use compound::{assign_for_local, request as request_for_elements};
pub(crate) use operand::{Given, Operand};
pub(crate) use options::{Caller, Request};
pub(crate) use variable::leave_if_filled;

use bash_interp::{Args, Builtin, Class, FAILURE, Flow, SUCCESS, Shell, SubscriptReading, done};
use bash_session::Status;
use options::Parsed;
use std::ops::ControlFlow::{Break, Continue};

/// `declare`
pub const DECLARE: Builtin = Builtin {
    name: "declare",
    synopsis: "declare [-aAfFgiIlnrtux] [name[=value] ...] or declare -p [-aAfFilnrtux] [name ...]",
    help: HELP,
    class: Class::Declaration(compound::assign_for_declare),
    run,
};

/// `typeset`
pub const TYPESET: Builtin = Builtin {
    name: "typeset",
    synopsis: "typeset [-aAfFgiIlnrtux] name[=value] ... or typeset -p [-aAfFilnrtux] [name ...]",
    help: "Declare variables and give them attributes.\n\nThe same as `declare'.  See `help declare'.",
    class: Class::Declaration(compound::assign_for_declare),
    run,
};

const HELP: &str = "Declare variables and give them attributes.\n\n\
    Without a NAME, the variables and their attributes are listed.\n\n\
    Options:\n  \
    -f\tact on functions, or show their definitions\n  \
    -F\tshow the names of functions alone\n  \
    -g\tin a function, act on the global variable\n  \
    -I\ta new local starts as the variable of that name which it hides\n  \
    -p\tshow attributes and value of each NAME\n\n\
    Attributes:\n  \
    -a\tan indexed array\n  \
    -A\tan associative array\n  \
    -i\tvalues are evaluated as arithmetic\n  \
    -l\tvalues become lower case\n  \
    -n\ta reference to the variable that its value names\n  \
    -r\tcannot be changed\n  \
    -t\ttraced\n  \
    -u\tvalues become upper case\n  \
    -x\texported\n\n\
    `+' in place of `-' takes an attribute away, except for a, A and r.\n\n\
    In a function, NAMEs become local unless -g is given.\n\n\
    Exit Status:\n\
    Succeeds unless an option is wrong or a NAME cannot be declared.";

fn run(sh: &mut Shell, args: &Args<'_>) -> Flow {
    declare(sh, args, Caller::Declare)
}

/// `local`
pub(crate) fn run_local(sh: &mut Shell, args: &Args<'_>) -> Flow {
    if !sh.session.variables.in_function() {
        sh.builtin_error(args.name, "can only be used in a function");
        return FAILURE;
    }
    declare(sh, args, Caller::Local)
}

fn declare(sh: &mut Shell, args: &Args<'_>, caller: Caller) -> Flow {
    let (request, first) = match options::read(args, caller) {
        Parsed::Request(request, first) => (request, first),
        Parsed::Wrong(wrong) => {
            return wrong.report(sh, args);
        }
    };
    let names = &args.words[first.min(args.words.len())..];
    if names.is_empty() {
        sh.set_status_despite_failed_writes(!request.lists_values());
        return sh.listing(|sh| list::all(sh, &request));
    }
    if request.print {
        return list::named(sh, args, &request, names);
    }
    if let Some(letter) = options::letter_unfit_for_functions(&request) {
        sh.builtin_error(args.name, [b"-", &[letter][..], b": invalid option"].concat());
        return done(Status::FAILURE);
    }
    let mut all_fine = true;
    for position in first..args.words.len() {
        let word = &args.words[position];
        if request.functions && !args.is_array(word) && list::makes_function(word) {
            sh.builtin_error(args.name, "cannot use `-f' to make functions");
            return FAILURE;
        }
        let declared =
            sh.with_arith_caller(static_name(args.name), |sh| declare_operand(sh, args, &request, position));
        match declared {
            Continue(fine) => all_fine &= fine,
            Break(unwind) => return Break(unwind),
        }
    }
    if all_fine { SUCCESS } else { done(Status::FAILURE) }
}

fn declare_operand(sh: &mut Shell, args: &Args<'_>, request: &Request, position: usize) -> Flow<bool> {
    let word = &args.words[position];
    if request.caller == Caller::Local && &word[..] == b"-" {
        sh.make_options_local();
        return Continue(true);
    }
    if variable::declare_plain_local(sh, request, word) {
        return Continue(true);
    }
    if request.functions {
        return list::function_operand(sh, args, request, word);
    }
    let reading = match sh.subscript_reading(args, word) {
        SubscriptReading::AsIs => SubscriptReading::Expand,
        reading => reading,
    };
    match Operand::of(word, reading) {
        Some(operand) if operand.subscript != Some(b"") || operand.has_value() => {
            variable::declare(sh, args, request, operand)
        }
        _ => {
            sh.builtin_error(args.name, [b"`", &word[..], b"': not a valid identifier"].concat());
            Continue(false)
        }
    }
}

/// The name under which arithmetic errors are reported.
fn static_name(name: &[u8]) -> &'static [u8] {
    match name {
        b"typeset" => b"typeset",
        b"local" => b"local",
        _ => b"declare",
    }
}
