//! What the prompt adds to the history: where its file is, unless the user says otherwise.

use bash_interp::Shell;
use bash_session::names;

/// Sets the variables of the history and reads its file.
pub fn load(shell: &mut Shell) {
    let home = shell.plain_text(*names::HOME).unwrap_or_default();
    if shell.session.variables.get(*names::HISTFILE).is_none() {
        shell.session.variables.set(*names::HISTFILE, [&home[..], b"/.bash_history"].concat());
    }
    shell.session.history.keeps_times = true;
    shell.after_history_time_format();
    if shell.session.history.is_recording {
        shell.load_history();
    }
}
