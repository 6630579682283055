//! `jobs`

use crate::job_spec;
use bash_interp::{Args, Builtin, Class, Flow, OptionLetter, Shell, done};
use bash_session::{Job, JobId, JobState, Status, Text};

/// `jobs`
pub const JOBS: Builtin = Builtin {
    name: "jobs",
    synopsis: "jobs [-lnprs] [jobspec ...] or jobs -x command [args]",
    help: "List jobs.\n\n\
           Options:\n  -l\twith process ids\n  -n\tonly those that changed since they were last reported\n  \
           -p\tprocess ids alone\n  -r\trunning jobs alone\n  -s\tstopped jobs alone\n\n\
           With -x, COMMAND is run with each job among its arguments replaced by the job's process id.\n\n\
           Exit Status:\nSucceeds unless an option or job is wrong; with -x that of COMMAND.",
    class: Class::Regular,
    run,
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    Short,
    Long,
    Changed,
    Pids,
}

fn run(sh: &mut Shell, args: &Args<'_>) -> Flow {
    let mut format = Format::Short;
    let mut only: Option<fn(JobState) -> bool> = None;
    let mut execute = false;
    let mut options = args.options("lnprsx");
    for option in options.by_ref() {
        match option {
            OptionLetter::On(b'l', _) => format = Format::Long,
            OptionLetter::On(b'n', _) => format = Format::Changed,
            OptionLetter::On(b'p', _) => format = Format::Pids,
            OptionLetter::On(b'r', _) => only = Some(|state| state == JobState::Running),
            OptionLetter::On(b's', _) => only = Some(|state| matches!(state, JobState::Stopped(_))),
            OptionLetter::On(b'x', _) if format == Format::Short && only.is_none() => {
                execute = true;
                break;
            }
            OptionLetter::On(b'x', _) => {
                sh.builtin_error(args.name, "no other options allowed with `-x'");
                return done(Status::FAILURE);
            }
            option => return sh.wrong_option(args, option),
        }
    }
    if execute {
        return run_command(sh, options.operands());
    }
    sh.update_jobs();
    sh.retire_reported_jobs();
    if options.operands().is_empty() {
        let ids: Vec<JobId> = sh
            .session
            .jobs
            .iter()
            .filter(|job| only.is_none_or(|only| only(job.state())))
            .map(|job| job.id)
            .collect();
        list(sh, format, &ids);
        return done(Status::SUCCESS);
    }
    let mut status = Status::SUCCESS;
    for spec in options.operands() {
        match job_spec::find_or_complain(sh, args.name, spec) {
            Some(id) => list(sh, format, &[id]),
            None => status = Status::FAILURE,
        }
    }
    done(status)
}

/// Prints jobs; those that have ended leave the table.
fn list(sh: &mut Shell, format: Format, ids: &[JobId]) {
    for id in ids {
        let Some(job) = sh.session.jobs.get(*id) else { continue };
        if format == Format::Changed && job.notified {
            continue;
        }
        let line = match format {
            Format::Pids => format!("{}\n", job.group.unwrap_or_else(|| leader(job))).into_bytes(),
            Format::Long => long_line(sh, job),
            Format::Short | Format::Changed => short_line(sh, job),
        };
        sh.print(line);
    }
    for id in ids {
        let Some(job) = sh.session.jobs.get_mut(*id) else { continue };
        job.notified = true;
        if matches!(job.state(), JobState::Done(_)) && !job.inherited && format != Format::Pids {
            sh.retire_job(*id);
        }
    }
}

fn leader(job: &Job) -> i32 {
    job.processes.first().map_or(0, |process| process.child.pid())
}

/// `[1]+  Running                    sleep 5 &`
fn short_line(sh: &Shell, job: &Job) -> Vec<u8> {
    let state = format!(
        "[{}]{}  {:<27}",
        job.id,
        char::from(sh.session.jobs.mark(job.id)),
        sh.state_text(job.state())
    );
    [state.as_bytes(), &job.command, ending(job, &sh.session.directory.logical, sh).as_slice()].concat()
}

/// `[1]+  1234 Running                    sleep 5`, and a line for each further process.
fn long_line(sh: &Shell, job: &Job) -> Vec<u8> {
    let mut out = format!("[{}]{} ", job.id, char::from(sh.session.jobs.mark(job.id))).into_bytes();
    for (number, process) in job.processes.iter().enumerate() {
        let pid = process.child.pid();
        let state = sh.long_state_text(process.state);
        let text = match number {
            0 => format!("{pid:5} {state:<27}"),
            _ if process.state == job.processes[number - 1].state => format!("\n     {pid:5} {:<24} | ", ""),
            _ => format!("\n     {pid:5} {state:<24} | "),
        };
        out.extend_from_slice(text.as_bytes());
        out.extend_from_slice(if job.processes.len() == 1 { &job.command } else { &process.command });
    }
    out.extend_from_slice(&ending(job, &sh.session.directory.logical, sh));
    out
}

/// ` &` of a running job, and the directory if it was started in another one.
fn ending(job: &Job, here: &Text, sh: &Shell) -> Vec<u8> {
    let mut end = Vec::new();
    if job.state() == JobState::Running {
        end.extend_from_slice(b" &");
    }
    if job.directory != *here {
        end.extend_from_slice(&[b"  (wd: ", &sh.with_tilde(&job.directory)[..], b")"].concat());
    }
    end.push(b'\n');
    end
}

/// `jobs -x`
fn run_command(sh: &mut Shell, words: &[Text]) -> Flow {
    let named = |word: &Text| -> Text {
        if !word.starts_with(b"%") {
            return word.clone();
        }
        let job = job_spec::find(sh, word).ok().and_then(|id| sh.session.jobs.get(id));
        job.map_or_else(
            || word.clone(),
            |job| Text::from_integer(i64::from(job.group.unwrap_or_else(|| leader(job)))),
        )
    };
    let words: Vec<Text> = words.iter().map(named).collect();
    if words.is_empty() {
        return done(Status::SUCCESS);
    }
    sh.run_words(&words, bash_interp::SearchScope::All)
}
