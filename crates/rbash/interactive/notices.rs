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
        .map(|job| (job.id, job.state(), job.command.clone()))
        .collect();
    for (id, state, command) in changed {
        let mark = char::from(shell.session.jobs.mark(id));
        let line = format!("[{id}]{mark}  {:<24}", shell.state_text(state));
        shell.write_error(&[line.as_bytes(), &command, b"\n"].concat());
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
