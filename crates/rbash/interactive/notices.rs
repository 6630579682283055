//! What a user is told of jobs before a prompt.

use bash_interp::Shell;
use bash_session::JobState;

/// Tells of the jobs whose state has changed; those that ended leave the table.
pub fn show(shell: &mut Shell) {
    shell.update_jobs();
    let changed: Vec<_> = shell
        .session
        .jobs
        .iter()
        .filter(|job| !job.inherited && !job.notified && job.state() != JobState::Running)
        .map(|job| (job.id, job.state(), job.command.clone(), job.directory.clone()))
        .collect();
    let here = shell.session.directory.logical.clone();
    for (id, state, command, directory) in changed {
        let mark = char::from(shell.session.jobs.mark(id));
        let line = format!("[{id}]{mark}  {:<27}", shell.state_text(state));
        let mut text = [line.as_bytes(), &command].concat();
        if directory != here {
            let (then, now) = (shell.with_tilde(&directory), shell.with_tilde(&here));
            text.extend_from_slice(&[b"  (wd: ", &then[..], b")\n(wd now: ", &now, b")"].concat());
        }
        text.push(b'\n');
        shell.write_error(&text);
        match state {
            JobState::Done(_) => shell.retire_job(id),
            _ => {
                if let Some(job) = shell.session.jobs.get_mut(id) {
                    job.notified = true;
                }
            }
        }
    }
}
