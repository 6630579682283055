//! Bash's own command line.

use bash_builtins::BUILTINS;
use bash_host::real::RealHost;
use bash_host::{Host, OpenHow, Processes};
use bash_interp::{Flow, Import, Origin, Registry, Shell, Unwind};
use bash_session::{CallKind, Params, SetOption, Status, Text};
use std::ops::ControlFlow::{Break, Continue};
use std::os::unix::ffi::OsStringExt;
use std::sync::Arc;

/// Runs the shell and ends the process.
pub fn main() -> ! {
    let host: Arc<dyn Host> = Arc::new(RealHost::owning_process());
    let session = match bash_session::Session::new(&*host) {
        Ok(session) => session,
        Err(_) => std::process::exit(1),
    };
    let mut shell = Shell::new(session, host.clone(), Registry::new(BUILTINS));
    let arguments: Vec<Text> = std::env::args_os().map(|argument| Text::from(argument.into_vec())).collect();
    shell.session.params.name = arguments.first().cloned().unwrap_or_else(|| "rbash".into());
    shell.initialise(Import::Everything);
    let flow = run(&mut shell, &arguments[1.min(arguments.len())..]);
    finish(&mut shell, flow)
}

fn finish(shell: &mut Shell, flow: Flow) -> ! {
    let status = match flow {
        Continue(status) => status,
        Break(Unwind::Exit(status) | Unwind::Return(status) | Unwind::Discard(status) | Unwind::HandedOver(status)) => {
            status
        }
        Break(_) => shell.session.status,
    };
    let status = shell.run_exit_trap(status);
    let _ = shell.flush();
    if let Some(signal) = shell.dying_by {
        shell.host.die_by(signal);
    }
    shell.host.exit(status.code())
}

fn run(shell: &mut Shell, arguments: &[Text]) -> Flow {
    let mut rest = arguments;
    let mut command = false;
    while let [first, after @ ..] = rest {
        match &first[..] {
            b"--" | b"-" => {
                rest = after;
                break;
            }
            [b'-', letters @ ..] if !letters.is_empty() && letters[0] != b'-' => {
                for letter in letters {
                    match letter {
                        b'c' => command = true,
                        b's' => shell.session.options.from_stdin = true,
                        b'i' => shell.session.options.interactive = true,
                        letter => {
                            if let Some(option) = SetOption::with_letter(*letter) {
                                shell.session.options.set(option, true);
                            }
                        }
                    }
                }
                rest = after;
            }
            _ => break,
        }
    }
    if command {
        let [text, after @ ..] = rest else { return Continue(Status::USAGE) };
        shell.session.options.from_argument = true;
        if let [name, parameters @ ..] = after {
            shell.session.params = Params::new(name.clone(), parameters.to_vec());
        }
        return shell.run_text(text, 1, Origin::Argument);
    }
    let [file, parameters @ ..] = rest else {
        return Continue(Status::USAGE);
    };
    let text = match shell.open_path(file, OpenHow { read: true, ..OpenHow::default() }) {
        Ok(opened) => {
            let mut text = Vec::new();
            let mut buffer = vec![0; 1 << 16];
            while let Ok(count @ 1..) = opened.read(&mut buffer) {
                text.extend_from_slice(&buffer[..count]);
            }
            text
        }
        Err(error) => {
            shell.system_error(file, &error);
            return Continue(Status::NOT_FOUND);
        }
    };
    shell.session.params = Params::new(file.clone(), parameters.to_vec());
    let params = shell.session.params.clone();
    shell.session.calls.push(CallKind::Main, "main".into(), file.clone(), 0, params);
    shell.run_text(&text, 1, Origin::Script)
}
