//! Compound assignments among the arguments of `declare`: `declare -i a=(1 2)`.
//!
//! What surprises: Bash makes them while the words of the command are expanded, with the options before them that say
//! how. So they are made even if the builtin then fails, and what it sees of them is the name.

use super::options::{Caller, Request};
use super::{Operand, variable};
use bash_interp::{Args, Flow, Shell};
use bash_parser::ast::Assignment;
use bash_session::{Attributes, Text};
use std::ops::ControlFlow::Continue;

/// For `declare` and `typeset`.
pub(crate) fn assign_for_declare(sh: &mut Shell, args: &Args<'_>, assignment: &Assignment) -> Flow<()> {
    assign(sh, args, Caller::Declare, assignment)
}

/// For `local`.
pub(crate) fn assign_for_local(sh: &mut Shell, args: &Args<'_>, assignment: &Assignment) -> Flow<()> {
    assign(sh, args, Caller::Local, assignment)
}

fn assign(sh: &mut Shell, args: &Args<'_>, caller: Caller, assignment: &Assignment) -> Flow<()> {
    let request = request(args, caller);
    let mut word = Vec::new();
    bash_parser::print::assignment(assignment, &mut word);
    let Some(operand) = Operand::of_array(&word, assignment) else { return Continue(()) };
    if !variable::refuses_elements(sh, &request, &operand)? {
        let _complained = variable::declare(sh, args, &request, operand)?;
    }
    Continue(())
}

/// The options as far as they say how the assignment is made, whatever else is among them.
pub(crate) fn request(args: &Args<'_>, caller: Caller) -> Request {
    let mut request = Request::new(caller);
    let is_option = |word: &&Text| matches!(&word[..], [b'-' | b'+', first, ..] if *first != b'-');
    for word in args.words.iter().take_while(is_option) {
        for letter in &word[1..] {
            if matches!(letter, b'g' | b'I' | b'a' | b'A' | b'i' | b'l' | b'u' | b'c') {
                request.take(*letter, word[0] == b'-');
            }
        }
    }
    request.off &= Attributes::TRANSFORMING;
    if request.on.contains(Attributes::ASSOCIATIVE) {
        request.on -= Attributes::INDEXED;
    }
    request
}
