//! From the command line to a shell that is ready: options, `SHELLOPTS` from the environment, startup files.

use crate::cli::{Invocation, Setting, Switch};
use bash_interp::{Flow, Import, Origin, Shell, Unwind};
use bash_parser::Name;
use bash_session::{CallKind, SetOption, Shopt, Status, Text, names};
use std::ops::ControlFlow::{Break, Continue};

/// Puts what the command line says into force, up to the point where files are read.
pub fn apply(shell: &mut Shell, invocation: &Invocation) {
    let restricted_path = shell.host.program_path();
    let by_name = matches!(restricted_path.as_deref(), Some(b"/bin/rbash" | b"/usr/bin/rbash"));
    shell.session.options.login = invocation.login;
    shell.session.shopt.set(Shopt::LoginShell, invocation.login);
    shell.session.options.from_argument = invocation.wants_command;
    // Bash turns the options of -O on when it has read the whole command line; listings do not show them.
    let is_late = |setting: &&Setting| matches!(setting, Setting::Shopt(..) | Setting::NoSuchShopt(_));
    let (late, early): (Vec<_>, Vec<_>) = invocation.settings.iter().partition(is_late);
    for setting in early.into_iter().chain(late) {
        apply_setting(shell, setting);
    }
    let stdin_is_source =
        !invocation.wants_command && (invocation.from_stdin || invocation.operands.is_empty());
    shell.session.options.from_stdin = stdin_is_source || invocation.from_stdin;
    shell.session.options.interactive =
        invocation.interactive || stdin_is_source && is_terminal(shell, 0) && is_terminal(shell, 2);
    if shell.session.options.interactive {
        begin_interactive(shell, invocation);
    }
    if invocation.import() == Import::Everything {
        import_options(shell);
    }
    if invocation.posix || shell.option(SetOption::Posix) {
        shell.set_option(SetOption::Posix, true);
    }
    shell.show_options();
    // Restricted mode itself begins when the startup files have been read.
    shell.session.shopt.set(Shopt::RestrictedShell, invocation.restricted || by_name);
}

fn apply_setting(shell: &mut Shell, setting: &Setting) {
    match setting {
        Setting::Set(option, switch) => shell.set_option(*option, *switch == Switch::On),
        Setting::Shopt(option, switch) => shell.set_shopt(*option, *switch == Switch::On),
        Setting::NoSuchSet(name) => {
            let shell_name = shell.session.shell_name.clone();
            shell.error([&shell_name[..], b": ", name, b": invalid option name"].concat());
            shell.host.exit(2)
        }
        Setting::NoSuchShopt(name) => {
            shell.error([&name[..], b": invalid shell option name"].concat());
            shell.host.exit(2)
        }
        Setting::ListSet(switch) => list_set(shell, *switch),
        Setting::ListShopt(switch) => list_shopt(shell, *switch),
    }
}

/// `bash -o`: before the shell knows whether it will be interactive, line editing counts as on.
fn list_set(shell: &mut Shell, switch: Switch) {
    for option in SetOption::ALL {
        let on = shell.option(*option) || *option == SetOption::Emacs;
        let line = match switch {
            Switch::On => format!("{:<15}\t{}\n", option.name(), if on { "on" } else { "off" }),
            Switch::Off => format!("set {}o {}\n", if on { '-' } else { '+' }, option.name()),
        };
        shell.print(line);
    }
    let _ = shell.flush();
}

fn list_shopt(shell: &mut Shell, switch: Switch) {
    for option in Shopt::ALL {
        let on = shell.shopt(*option);
        let line = match switch {
            Switch::On => format!("{:<20}\t{}\n", option.name(), if on { "on" } else { "off" }),
            Switch::Off => format!("shopt -{} {}\n", if on { 's' } else { 'u' }, option.name()),
        };
        shell.print(line);
    }
    let _ = shell.flush();
}

fn is_terminal(shell: &mut Shell, number: i32) -> bool {
    shell.descriptor(number).is_some_and(|file| file.is_terminal())
}

/// What is different from the start in an interactive shell.
fn begin_interactive(shell: &mut Shell, invocation: &Invocation) {
    shell.set_shopt(Shopt::ExpandAliases, true);
    for option in [SetOption::HistExpand, SetOption::History] {
        shell.set_option(option, true);
    }
    if !invocation.no_editing && !shell.option(SetOption::Vi) {
        shell.set_option(SetOption::Emacs, true);
    }
    for (name, value) in [(*names::PS1, "\\s-\\v\\$ "), (*names::PS2, "> ")] {
        if shell.session.variables.get(name).is_none() {
            shell.session.variables.set(name, value);
        }
    }
    crate::interactive::begin(shell);
}

/// `SHELLOPTS` and `BASHOPTS` in the environment turn options on before any file is read.
fn import_options(shell: &mut Shell) {
    let (mut set, mut shopt) = (None, None);
    shell.host.visit_environment(&mut |entry| {
        if let Some(value) = entry.strip_prefix(b"SHELLOPTS=") {
            set.get_or_insert_with(|| value.to_vec());
        } else if let Some(value) = entry.strip_prefix(b"BASHOPTS=") {
            shopt.get_or_insert_with(|| value.to_vec());
        }
    });
    let names = |value: &Option<Vec<u8>>| value.clone().unwrap_or_default();
    for name in names(&set).split(|byte| *byte == b':').filter(|name| !name.is_empty()) {
        match SetOption::with_name(name) {
            Some(option) => shell.set_option(option, true),
            None => shell.error([name, b": invalid option name"].concat()),
        }
    }
    for name in names(&shopt).split(|byte| *byte == b':') {
        match Shopt::with_name(name) {
            Some(Shopt::LoginShell | Shopt::RestrictedShell) | None => {}
            Some(option) => shell.set_shopt(option, true),
        }
    }
    shell.show_options();
    let exported = bash_session::Attributes::EXPORT;
    for (value, name) in [(set, *names::SHELLOPTS), (shopt, *names::BASHOPTS)] {
        if value.is_some() {
            shell.session.variables.change_attributes(name, exported, bash_session::Attributes::empty());
        }
    }
}

/// Reads the files that a shell of this kind begins with; then restricted mode and the debugger begin.
pub fn read_files(shell: &mut Shell, invocation: &Invocation) -> Flow<()> {
    read_files_of_kind(shell, invocation)?;
    if shell.shopt(Shopt::RestrictedShell) {
        shell.restrict();
    }
    if invocation.debugger { start_debugger(shell) } else { Continue(()) }
}

/// `--debugger`: a profile of the debugger, if there is one, decides.
fn start_debugger(shell: &mut Shell) -> Flow<()> {
    const PROFILE: &[u8] = b"/usr/share/bashdb/bashdb-main.inc";
    shell.set_shopt(Shopt::ExtDebug, true);
    if run_if_there(shell, PROFILE)? {
        return Continue(());
    }
    let name = shell.session.params.name.clone();
    let missing = [&name[..], b": ", PROFILE, b": No such file or directory\n"].concat();
    let warning = b": warning: cannot start debugger; debugging mode disabled\n";
    shell.write_error(&[&missing[..], &name, warning].concat());
    shell.set_shopt(Shopt::ExtDebug, false);
    Continue(())
}

fn read_files_of_kind(shell: &mut Shell, invocation: &Invocation) -> Flow<()> {
    let interactive = shell.session.options.interactive;
    if invocation.called_sh {
        if shell.session.options.login && !invocation.no_profile {
            run_if_there(shell, b"/etc/profile")?;
            run_at_home(shell, b".profile")?;
        }
        shell.set_option(SetOption::Posix, true);
        return if interactive { run_named_by(shell, *names::ENV) } else { Continue(()) };
    }
    if shell.is_posix() {
        return if interactive { run_named_by(shell, *names::ENV) } else { Continue(()) };
    }
    if shell.session.options.login && !invocation.no_profile {
        read_profiles(shell)?;
    }
    if interactive {
        if !shell.session.options.login && !invocation.no_rc {
            return read_rc(shell, invocation);
        }
        return Continue(());
    }
    if shell.option(SetOption::Privileged) { Continue(()) } else { run_named_by(shell, *names::BASH_ENV) }
}

fn read_profiles(shell: &mut Shell) -> Flow<()> {
    run_if_there(shell, b"/etc/profile")?;
    for name in [&b".bash_profile"[..], b".bash_login", b".profile"] {
        if run_at_home(shell, name)? {
            break;
        }
    }
    Continue(())
}

fn read_rc(shell: &mut Shell, invocation: &Invocation) -> Flow<()> {
    match &invocation.rc_file {
        Some(file) => run_if_there(shell, file).map_continue(drop),
        None => {
            run_if_there(shell, b"/etc/bash.bashrc")?;
            run_at_home(shell, b".bashrc").map_continue(drop)
        }
    }
}

/// The file that a login shell ends with.
pub fn read_logout(shell: &mut Shell) {
    let _ = run_at_home(shell, b".bash_logout");
}

fn run_at_home(shell: &mut Shell, name: &[u8]) -> Flow<bool> {
    let Some(home) = shell.plain_text(*names::HOME) else { return Continue(false) };
    run_if_there(shell, &[&home[..], b"/", name].concat())
}

/// The file that a variable names, after expansion.
fn run_named_by(shell: &mut Shell, name: Name) -> Flow<()> {
    let Some(text) = shell.plain_text(name).filter(|text| !text.is_empty()) else { return Continue(()) };
    let file = shell.expand_text_in_quotes(&text)?;
    run_if_there(shell, &file).map_continue(drop)
}

/// Runs a file in this shell, if it can be read; a directory or a missing file is passed over.
fn run_if_there(shell: &mut Shell, file: &[u8]) -> Flow<bool> {
    let directory = shell.session.directory.handle.clone();
    let Ok(text) = shell.host.read_file(&directory, file) else { return Continue(false) };
    let file = Text::new(file);
    shell.session.calls.push(CallKind::Source, "source".into(), file, 0);
    let flow = shell.run_nested_text(&text, 1, Origin::Script);
    shell.session.calls.pop();
    shell.session.line = 0;
    match flow {
        Continue(_) => {}
        Break(Unwind::Return(status)) => shell.session.status = status,
        Break(unwind) => return Break(unwind),
    }
    shell.session.status = Status::SUCCESS;
    Continue(true)
}
