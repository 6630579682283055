//! `echo`: its options are only options while every letter of the word is one.

use bash_interp::{Args, Builtin, Class, Flow, SUCCESS, Shell};
use bash_parser::quote::{EscapeDialect, decode};
use bash_session::{Shopt, Text};

/// `echo`
pub const ECHO: Builtin = Builtin {
    name: "echo",
    synopsis: "echo [-neE] [arg ...]",
    help: "Write the arguments to standard output.\n\n\
           The arguments are separated by blanks and followed by a newline.\n\n\
           Options:\n  -n\tno newline at the end\n  -e\tbackslash escapes are interpreted\n  -E\tthey are not\n\n\
           Exit Status:\nSucceeds unless the output cannot be written.",
    class: Class::Regular,
    run,
};

fn run(sh: &mut Shell, args: &Args<'_>) -> Flow {
    let mut style = Style { newline: true, escapes: sh.shopt(Shopt::XpgEcho) };
    let operands = style.read_options(args.words, sh.is_posix() && sh.shopt(Shopt::XpgEcho));
    for (number, word) in operands.iter().enumerate() {
        if number > 0 {
            sh.print(b" ");
        }
        if !style.escapes {
            sh.print(word);
            continue;
        }
        let decoded = decode(word, EscapeDialect::Echo, sh.session.charset);
        sh.print(&decoded.bytes);
        if decoded.stopped {
            return SUCCESS;
        }
    }
    if style.newline {
        sh.print(b"\n");
    }
    SUCCESS
}

struct Style {
    newline: bool,
    escapes: bool,
}

impl Style {
    fn read_options<'a>(&mut self, words: &'a [Text], none: bool) -> &'a [Text] {
        let is_option = |word: &Text| matches!(&word[..], [b'-', letters @ ..] if !letters.is_empty() && letters.iter().all(|letter| b"neE".contains(letter)));
        let count = if none { 0 } else { words.iter().take_while(|word| is_option(word)).count() };
        for letter in words[..count].iter().flat_map(|word| word[1..].iter()) {
            match letter {
                b'n' => self.newline = false,
                b'e' => self.escapes = true,
                _ => self.escapes = false,
            }
        }
        &words[count..]
    }
}
