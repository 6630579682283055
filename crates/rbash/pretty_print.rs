//! `--pretty-print`: a script as the shell would write it. Nothing is run.

use bash_interp::{Flow, Shell};
use bash_parser::{Parsed, Parser};
use bash_session::Status;
use std::ops::ControlFlow::Continue;

/// Prints the commands of a text, each complete line of commands by itself. Lines without commands become one blank
/// line.
pub fn pretty_print(shell: &mut Shell, text: &[u8]) -> Flow {
    let mut parser = Parser::new(text, 1);
    let mut after_blank = false;
    loop {
        let printed = match shell.next_command_quietly(&mut parser) {
            Parsed::Command(list) => bash_parser::print::posix_list(&list),
            Parsed::End | Parsed::Incomplete => {
                if !after_blank {
                    shell.print("\n");
                }
                return Continue(Status::SUCCESS);
            }
            Parsed::Error(error) => {
                shell.report_parse_error(&error, None);
                return Continue(Status::FAILURE);
            }
        };
        if !(printed.is_empty() && after_blank) {
            shell.print([&printed[..], b"\n"].concat());
        }
        after_blank = printed.is_empty();
    }
}
