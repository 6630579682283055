//! `readonly`

use crate::export::Marking;
use bash_interp::{Args, Builtin, Class, Flow, OptionLetter, Shell};
use bash_session::Attributes;

/// `readonly`
pub const READONLY: Builtin = Builtin {
    name: "readonly",
    synopsis: "readonly [-aAf] [name[=value] ...] or readonly -p",
    help: "Make variables unchangeable.\n\n\
           With a VALUE, the NAME is assigned first.  From then on it can be neither assigned nor unset.\n\n\
           Options:\n  -a\tNAMEs are indexed arrays\n  -A\tNAMEs are associative arrays\n  \
           -f\tNAMEs are functions\n  -p\tlist everything that is readonly\n\n\
           `--' ends the options.\n\n\
           Exit Status:\nSucceeds unless an option is wrong or a NAME is none.",
    class: Class::SpecialDeclaration(crate::export::assign_array),
    run,
};

fn run(sh: &mut Shell, args: &Args<'_>) -> Flow {
    let mut marking = Marking::new(Attributes::READONLY, "readonly");
    let mut options = args.options("aAfnp");
    for option in options.by_ref() {
        match option {
            OptionLetter::On(b'a', _) => marking.array |= Attributes::INDEXED,
            OptionLetter::On(b'A', _) => marking.array |= Attributes::ASSOCIATIVE,
            OptionLetter::On(b'f', _) => marking.functions = true,
            // Nothing takes this attribute away.
            OptionLetter::On(b'n', _) => marking.attribute = Attributes::empty(),
            OptionLetter::On(_, _) => marking.list = true,
            option => return sh.wrong_option(args, option),
        }
    }
    marking.apply(sh, args, options.operands_at())
}
