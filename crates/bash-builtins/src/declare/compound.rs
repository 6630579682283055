//! Compound assignments among the arguments of `declare`: `declare -p a=(1 2)`.
//!
//! What surprises: Bash makes them before the builtin looks at its options, with the attributes that say how. So they
//! are made even if the builtin then fails, and what it sees of them is the name.

use super::options::{Caller, Request};
use super::{Operand, variable};
use bash_interp::{Args, Flow, Shell, SubscriptReading};
use bash_session::{Attributes, Text};
use std::ops::ControlFlow::Continue;

/// Makes the compound assignments among the arguments.
pub(super) fn assign_first(sh: &mut Shell, args: &Args<'_>, caller: Caller) -> Flow<()> {
    if args.compounds.is_empty() {
        return Continue(());
    }
    let request = request(args, caller);
    for position in 0..args.words.len() {
        let Some(compound) = args.compound(position) else { continue };
        let word = &args.words[position];
        let Some(operand) = Operand::of(word, Some(compound), SubscriptReading::Expand) else { continue };
        if !variable::refuses_elements(sh, &request, &operand)? {
            let _assigned = variable::declare(sh, args, &request, operand)?;
        }
    }
    Continue(())
}

/// The options as far as they say how the assignments are made, whatever else is among them.
fn request(args: &Args<'_>, caller: Caller) -> Request {
    let mut request = Request::new(caller);
    let is_option = |word: &&Text| matches!(&word[..], [b'-' | b'+', first, ..] if *first != b'-');
    for word in args.words.iter().take_while(is_option) {
        for letter in &word[1..] {
            if matches!(letter, b'g' | b'I' | b'a' | b'A' | b'i' | b'l' | b'u' | b'c' | b'n') {
                request.take(*letter, word[0] == b'-');
            }
        }
    }
    request.off = Attributes::empty();
    if request.on.contains(Attributes::ASSOCIATIVE) {
        request.on -= Attributes::INDEXED;
    }
    request
}

/// The name that an argument which is such an assignment is to the builtin.
pub(super) fn name(args: &Args<'_>, position: usize) -> Option<Text> {
    args.compound(position)?;
    let word = &args.words[position];
    let name = word.split(|byte| *byte == b'=').next().unwrap_or_default();
    Some(Text::new(name.strip_suffix(b"+").unwrap_or(name)))
}

/// The arguments from `first` on, as the builtin sees them.
pub(super) fn names(args: &Args<'_>, first: usize) -> Vec<Text> {
    let seen = |position: usize| name(args, position).unwrap_or_else(|| args.words[position].clone());
    (first..args.words.len()).map(seen).collect()
}
