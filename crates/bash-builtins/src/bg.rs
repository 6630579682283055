//! `bg`, and what it shares with `fg`.

use crate::job_spec;
use bash_interp::{Args, Builtin, Class, Flow, OptionLetter, Shell, done};
use bash_session::{JobControl, JobId, JobState, Status, Text};

/// `bg`
pub const BG: Builtin = Builtin {
    name: "bg",
    synopsis: "bg [job_spec ...]",
    help: "Let stopped jobs go on in the background, the current one if none is named.\n\n\
           Exit Status:\nSucceeds unless there is no job control or no such job.",
    class: Class::Regular,
    run,
};

fn run(sh: &mut Shell, args: &Args<'_>) -> Flow {
    let operands = match operands(sh, args) {
        Ok(operands) => operands,
        Err(flow) => return flow,
    };
    let current = [Text::EMPTY];
    let operands = if operands.is_empty() { &current[..] } else { operands };
    let mut status = Status::SUCCESS;
    for operand in operands {
        let Some(id) = find(sh, args, operand) else {
            status = Status::FAILURE;
            continue;
        };
        go_on(sh, args, id);
    }
    done(status)
}

/// The operands, if there is job control and no option.
pub(crate) fn operands<'a>(sh: &mut Shell, args: &Args<'a>) -> Result<&'a [Text], Flow> {
    if sh.session.job_control == JobControl::Off {
        sh.builtin_error(args.name, "no job control");
        return Err(done(Status::FAILURE));
    }
    let mut options = args.options("");
    if let Some(option @ OptionLetter::Invalid(_)) = options.next() {
        return Err(sh.wrong_option(args, option));
    }
    Ok(options.operands())
}

/// The job that an operand names; the empty one is the current job.
pub(crate) fn find(sh: &mut Shell, args: &Args<'_>, operand: &Text) -> Option<JobId> {
    let found = if operand.is_empty() {
        let current = sh.session.jobs.current();
        if current.is_none() {
            sh.builtin_error(args.name, "current: no such job");
        }
        current
    } else {
        named(sh, args, operand)
    }?;
    if sh.session.job_control == JobControl::Frozen {
        sh.builtin_error(args.name, "no current jobs");
        return None;
    }
    if sh.session.jobs.get(found)?.group.is_none() {
        sh.builtin_error(args.name, format!("job {found} started without job control"));
        return None;
    }
    Some(found)
}

fn named(sh: &mut Shell, args: &Args<'_>, operand: &Text) -> Option<JobId> {
    if job_spec::find(sh, operand) != Err(job_spec::NoJob::Ambiguous) {
        return job_spec::find_or_complain(sh, args.name, operand);
    }
    job_spec::warn_without_percent(sh, args.name, operand);
    let text = operand.strip_prefix(b"%").unwrap_or(operand);
    sh.builtin_error(args.name, [text, b": ambiguous job spec"].concat());
    None
}

fn go_on(sh: &mut Shell, args: &Args<'_>, id: JobId) {
    sh.update_jobs();
    let Some(job) = sh.session.jobs.get(id) else { return };
    if job.state() == JobState::Running {
        return sh.builtin_error(args.name, format!("job {id} already in background"));
    }
    let command = job.command.clone();
    let mark = char::from(sh.session.jobs.mark(id));
    let line = if sh.is_posix() { format!("[{id}] ") } else { format!("[{id}]{mark} ") };
    sh.print([line.as_bytes(), &command, b" &\n"].concat());
    sh.continue_job(id);
}
