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
        if !after_blank && begins_with_blank_line(parser.rest()) {
            shell.print("\n");
            after_blank = true;
        }
        match shell.next_command_quietly(&mut parser) {
            Parsed::Command(list) if list.items.is_empty() => {}
            Parsed::Command(list) => {
                let printed = bash_parser::print::posix_list(&list);
                shell.print([&printed[..], b"\n"].concat());
                after_blank = false;
            }
            Parsed::End | Parsed::Incomplete => return Continue(Status::SUCCESS),
            Parsed::Error(error) => {
                shell.report_parse_error(&error, None);
                return Continue(Status::FAILURE);
            }
        }
    }
}

/// Whether the next line, or the end of the text, holds no command.
fn begins_with_blank_line(text: &[u8]) -> bool {
    let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default().trim_ascii_start();
    line.is_empty() || line.starts_with(b"#")
}
