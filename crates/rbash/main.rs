//! The `rbash` program: understand the command line, set the shell up, run what it asks for, end as it ended.

#![no_main]
#![allow(unsafe_code, reason = "the entry that bash_host::program! makes has an unmangled name")]

mod cli;
mod dump_strings;
mod interactive;
mod pretty_print;
mod run;
mod startup;

use bash_builtins::BUILTINS;
use bash_host::Host;
use bash_host::real::RealHost;
use bash_interp::{Registry, Shell};
use bash_session::{SetOption, Text};
use cli::{Invocation, Misuse, Special};
use std::os::unix::ffi::OsStringExt;
use std::sync::Arc;

bash_host::program!(run_program);

fn run_program() -> ! {
    let arguments: Vec<Text> = std::env::args_os().map(|argument| Text::from(argument.into_vec())).collect();
    let host: Arc<dyn Host> = Arc::new(RealHost::owning_process());
    let session = match bash_session::Session::new(&*host) {
        Ok(session) => session,
        Err(_) => host.exit(1),
    };
    let mut shell = Shell::new(session, host, Registry::new(BUILTINS));
    let name = arguments.first().cloned().unwrap_or_else(|| "rbash".into());
    shell.session.params.name = name.clone();
    shell.session.shell_name = name.clone();
    match Invocation::read(&arguments) {
        Ok(Invocation { special: Some(special), .. }) => stand_in(&mut shell, special),
        Ok(invocation) => {
            shell.session.options.set(SetOption::Posix, invocation.posix);
            shell.initialise(invocation.import());
            startup::apply(&mut shell, &invocation);
            let flow = run::run(&mut shell, &invocation);
            run::finish(&mut shell, flow)
        }
        Err(misuse) => complain(&mut shell, misuse),
    }
}

/// Does what is asked for instead of running commands.
fn stand_in(shell: &mut Shell, special: Special) -> ! {
    let name = shell.session.shell_name.clone();
    match special {
        Special::Help => shell.print(cli::show_help(&name)),
        Special::Version => shell.print(cli::show_version()),
    }
    let written = shell.flush();
    shell.host.exit(if written.is_ok() { 0 } else { 1 })
}

fn complain(shell: &mut Shell, misuse: Misuse) -> ! {
    let name = shell.session.shell_name.clone();
    let mut text = [&name[..], b": ", &misuse.message, b"\n"].concat();
    if misuse.with_usage {
        text.extend_from_slice(&cli::show_usage(&name));
    }
    shell.write_error(&text);
    shell.host.exit(2)
}
