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
#[derive(Clone, Copy)]
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
    /// There is something wrong.
    Wrong(Wrong),
}

/// What is wrong with the options.
pub(super) enum Wrong {
    /// One of them.
    Option([u8; 2]),
    /// Help is asked for.
    Help,
    /// An array of both kinds is asked for.
    BothArrays,
}

impl Wrong {
    /// Complains.
    pub(super) fn report(self, sh: &mut Shell, args: &Args<'_>) -> Flow {
        match self {
            Wrong::Help => sh.wrong_option(args, OptionLetter::Help),
            Wrong::Option(letter) => sh.wrong_option(args, OptionLetter::Invalid(letter)),
            Wrong::BothArrays => {
                sh.builtin_error(args.name, "-a: invalid option");
                bash_interp::done(bash_session::Status::USAGE)
            }
        }
    }
}

/// Reads the options.
pub(super) fn read(args: &Args<'_>, caller: Caller) -> Parsed {
    let mut request = Request::new(caller);
    let mut options = args.options("+acfgilnprtuxAFGI");
    for option in options.by_ref() {
        match option {
            OptionLetter::On(letter, _) => request.take(letter, true),
            OptionLetter::Off(letter) => request.take(letter, false),
            OptionLetter::Invalid(letter) => return Parsed::Wrong(Wrong::Option(letter)),
            _ => return Parsed::Wrong(Wrong::Help),
        }
    }
    let has_names = options.operands_at() < args.words.len();
    if has_names && request.on.contains(Attributes::INDEXED | Attributes::ASSOCIATIVE) {
        return Parsed::Wrong(Wrong::BothArrays);
    }
    Parsed::Request(request, options.operands_at())
}

/// An attribute among the options that a function cannot have.
pub(super) fn letter_unfit_for_functions(request: &Request) -> Option<u8> {
    const UNFIT: &[u8] = b"iaAn";
    let asked = |letter: &u8| request.on.contains(attribute(*letter));
    if request.functions { UNFIT.iter().copied().find(asked) } else { None }
}

impl Request {
    /// Nothing is asked for.
    pub(crate) fn new(caller: Caller) -> Request {
        Request {
            caller,
            on: Attributes::empty(),
            off: Attributes::empty(),
            functions: false,
            names_only: false,
            global: false,
            inherit: false,
            print: false,
        }
    }

    /// A reference cannot be an array: the array wins.
    pub(super) fn without_reference_to_array(mut self) -> Request {
        if self.on.intersects(Attributes::ARRAY) {
            self.on -= Attributes::NAMEREF;
        }
        self
    }

    /// Without names and options, `declare` lists as `set` does.
    pub(super) fn lists_values(&self) -> bool {
        self.caller == Caller::Declare && !self.functions && !self.print && self.on.is_empty()
    }

    /// `local` without options.
    pub(super) fn is_plain_local(&self) -> bool {
        let has_options = self.functions || self.global || self.inherit || self.print;
        self.caller == Caller::Local && !has_options && (self.on | self.off).is_empty()
    }

    pub(super) fn take(&mut self, letter: u8, on: bool) {
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
