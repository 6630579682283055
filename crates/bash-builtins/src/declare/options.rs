//! The options of `declare`.

use bash_interp::{Args, Flow, OptionLetter, Shell};
use bash_session::Attributes;

/// Which builtin is meant.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Caller {
    /// `declare`, `typeset`
    Declare,
    /// `local`
    Local,
}

/// What the options ask for.
pub(crate) struct Request {
    /// The builtin.
    pub(crate) caller: Caller,
    /// Attributes to set.
    pub(crate) on: Attributes,
    /// Attributes to take away.
    pub(crate) off: Attributes,
    /// `-f`, `-F`
    pub(crate) functions: bool,
    /// `-F`
    pub(crate) names_only: bool,
    /// `-g`
    pub(crate) global: bool,
    /// `-I`
    pub(crate) inherit: bool,
    /// `-p`
    pub(crate) print: bool,
}

/// The options, and the position of the first name; or how it ends.
pub(super) enum Parsed {
    /// Fine.
    Request(Request, usize),
    /// Complained about.
    Wrong(Flow),
}

/// Reads the options.
pub(super) fn read(sh: &mut Shell, args: &Args<'_>, caller: Caller) -> Parsed {
    let mut request = Request {
        caller,
        on: Attributes::empty(),
        off: Attributes::empty(),
        functions: false,
        names_only: false,
        global: false,
        inherit: false,
        print: false,
    };
    let mut options = args.options("+acfgilnprtuxAFGI");
    for option in options.by_ref() {
        match option {
            OptionLetter::On(letter, _) => request.take(letter, true),
            OptionLetter::Off(letter) => request.take(letter, false),
            option => return Parsed::Wrong(sh.wrong_option(args, option)),
        }
    }
    if request.on.contains(Attributes::INDEXED | Attributes::ASSOCIATIVE) {
        sh.builtin_error(args.name, "-a: invalid option");
        return Parsed::Wrong(bash_interp::done(bash_session::Status::USAGE));
    }
    Parsed::Request(request, options.operands_at())
}

/// The options that count for the array assignments behind them, whether the rest can be understood or not.
pub(super) fn leading(args: &Args<'_>) -> Request {
    const COUNTING: &[u8] = b"aAgilu";
    let mut request = Request {
        caller: Caller::Declare,
        on: Attributes::empty(),
        off: Attributes::empty(),
        functions: false,
        names_only: false,
        global: false,
        inherit: false,
        print: false,
    };
    let options = args.words.iter().map_while(|word| word.strip_prefix(b"-"));
    for letter in options.flatten().filter(|letter| COUNTING.contains(letter)) {
        request.take(*letter, true);
    }
    request
}

/// An attribute among the options that a function cannot have.
pub(super) fn letter_unfit_for_functions(request: &Request) -> Option<u8> {
    const UNFIT: &[u8] = b"iaAn";
    let asked = |letter: &u8| request.on.contains(attribute(*letter));
    if request.functions { UNFIT.iter().copied().find(asked) } else { None }
}

impl Request {
    fn take(&mut self, letter: u8, on: bool) {
        match letter {
            b'p' => self.print |= on,
            b'g' => self.global |= on,
            b'I' => self.inherit |= on,
            b'f' => self.functions = on,
            b'F' => {
                self.functions = on;
                self.names_only = on;
            }
            letter => self.take_attribute(attribute(letter), on),
        }
    }

    fn take_attribute(&mut self, attribute: Attributes, on: bool) {
        if !on {
            self.off |= attribute;
            return;
        }
        self.on |= attribute;
        let cases = Attributes::LOWERCASE | Attributes::UPPERCASE | Attributes::CAPITALIZE;
        if cases.contains(attribute) {
            self.off |= cases - attribute;
        }
    }
}

fn attribute(letter: u8) -> Attributes {
    match letter {
        b'a' => Attributes::INDEXED,
        b'A' => Attributes::ASSOCIATIVE,
        b'c' => Attributes::CAPITALIZE,
        b'i' => Attributes::INTEGER,
        b'l' => Attributes::LOWERCASE,
        b'n' => Attributes::NAMEREF,
        b'r' => Attributes::READONLY,
        b't' => Attributes::TRACE,
        b'u' => Attributes::UPPERCASE,
        b'x' => Attributes::EXPORT,
        _ => Attributes::empty(),
    }
}
