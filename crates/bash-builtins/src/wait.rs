//! `wait`

use crate::job_spec;
use bash_host::{ChildRef, Wait, WaitStatus};
use bash_interp::{Args, AssignMode, AssignTarget, Builtin, Class, Flow, OptionLetter, Shell, done};
use bash_session::{JobId, JobState, Status, Text};
use std::ops::ControlFlow::Continue;

/// `wait`
pub const WAIT: Builtin = Builtin {
    name: "wait",
    synopsis: "wait [-fn] [-p var] [id ...]",
    help: "Wait for jobs and give their status.\n\n\
           ID is a process id or a job. Without one, all background jobs are waited for.\n\n\
           Options:\n  -n\twait for the next job to end, of those named or of all\n  \
           -p var\tassign the process id of the job that ended to VAR\n  -f\twait for the end, not for a stop\n\n\
           Exit Status:\nThat of the last ID; 127 if there is no such job or process; greater than 128 if a trapped\n\
           signal came.",
    class: Class::Regular,
    run,
};

#[derive(Default)]
struct Request {
    next: bool,
    until_end: bool,
    target: Option<AssignTarget>,
}

/// How waiting ended.
enum Ended {
    With(i32, WaitStatus),
    Interrupted(Status),
}

fn run(sh: &mut Shell, args: &Args<'_>) -> Flow {
    let mut request = Request::default();
    let mut options = args.options("fnp:");
    for option in options.by_ref() {
        match option {
            OptionLetter::On(b'f', _) => request.until_end = true,
            OptionLetter::On(b'n', _) => request.next = true,
            OptionLetter::On(b'p', Some(name)) => {
                match sh.target_from_text(name, sh.subscript_reading(args, name))? {
                    Some(target) => request.target = Some(target),
                    None => {
                        sh.builtin_error(args.name, [b"`", name, b"': not a valid identifier"].concat());
                        return done(Status::FAILURE);
                    }
                }
            }
            option => return sh.wrong_option(args, option),
        }
    }
    if let Some(target) = &request.target {
        let name = target.name();
        if sh.variable(name).is_some_and(|cell| cell.attributes.contains(bash_session::Attributes::READONLY))
        {
            sh.builtin_error(args.name, [name.as_bytes(), b": cannot unset: readonly variable"].concat());
            return done(Status::FAILURE);
        }
        if let AssignTarget::Whole(name) = target {
            sh.session.variables.unset(*name, false);
        }
    }
    let _ = sh.flush();
    match options.operands() {
        operands if request.next => wait_next(sh, args, &request, operands),
        [] => wait_all(sh),
        operands => wait_each(sh, args, &request, operands),
    }
}

/// Waits for everything that runs; the statuses are forgotten.
///
/// Bash keeps the last job that was started if it ended before anybody waited for it.
fn wait_all(sh: &mut Shell) -> Flow {
    let mut waited_for = None;
    loop {
        sh.update_jobs();
        let mut running =
            sh.session.jobs.iter().filter(|job| !job.inherited && job.state() == JobState::Running);
        let child = running.next().and_then(running_process);
        drop(running);
        let Some(child) = child else { break };
        waited_for = Some(child.pid());
        if let Ended::Interrupted(status) = wait_for(sh, &child)? {
            return done(status);
        }
    }
    if let Some(child) = sh.last_substitution()
        && let Ended::Interrupted(status) = wait_for(sh, &child)?
    {
        return done(status);
    }
    let last = sh.session.last_background.filter(|pid| Some(*pid) != waited_for);
    let last = last.and_then(|pid| sh.session.jobs.with_pid(pid));
    let kept = last.filter(|job| matches!(job.state(), JobState::Done(_)) && !job.notified).map(|job| job.id);
    sh.report_killed_jobs();
    if sh.is_posix() {
        sh.retire_ended_jobs();
    } else {
        sh.drop_ended_jobs(kept);
    }
    done(Status::SUCCESS)
}

fn running_process(job: &bash_session::Job) -> Option<ChildRef> {
    job.processes
        .iter()
        .find(|process| process.state == JobState::Running)
        .map(|process| process.child.clone())
}

fn wait_each(sh: &mut Shell, args: &Args<'_>, request: &Request, operands: &[Text]) -> Flow {
    let mut status = Status::SUCCESS;
    for operand in operands {
        status = wait_one(sh, args, request, operand)?;
        if sh.was_interrupted() {
            break;
        }
    }
    done(status)
}

fn wait_one(sh: &mut Shell, args: &Args<'_>, request: &Request, operand: &Text) -> Flow<Status> {
    if operand.first().is_some_and(u8::is_ascii_digit) {
        let Some(pid) = job_spec::process_id(operand) else { return invalid(sh, args, operand) };
        return wait_for_process(sh, args, request, pid);
    }
    if !operand.starts_with(b"%") {
        return invalid(sh, args, operand);
    }
    let found = job_spec::find(sh, operand);
    match found {
        Ok(id) => wait_for_job(sh, request, id),
        Err(reason) => {
            job_spec::complain(sh, args.name, operand, reason);
            Continue(Status::NOT_FOUND)
        }
    }
}

fn invalid(sh: &mut Shell, args: &Args<'_>, operand: &Text) -> Flow<Status> {
    sh.builtin_error(args.name, [b"`", &operand[..], b"': not a pid or valid job spec"].concat());
    Continue(Status::FAILURE)
}

fn wait_for_process(sh: &mut Shell, args: &Args<'_>, request: &Request, pid: i32) -> Flow<Status> {
    sh.update_jobs();
    let job = sh.session.jobs.with_pid(pid).filter(|job| !job.inherited).map(|job| job.id);
    let Some(id) = job else {
        let known = sh.session.jobs.remembered(pid);
        let substitution = sh.last_substitution().filter(|child| child.pid() == pid);
        let ended = match (known, substitution) {
            (Some(known), _) => known,
            (None, Some(child)) => match wait_for(sh, &child)? {
                Ended::With(_, ended) => ended,
                Ended::Interrupted(status) => return Continue(status),
            },
            (None, None) => {
                sh.builtin_error(args.name, format!("pid {pid} is not a child of this shell"));
                return Continue(Status::NOT_FOUND);
            }
        };
        tell(sh, request, pid)?;
        if sh.is_posix() {
            sh.session.jobs.forget(pid);
        }
        return Continue(Status::new(ended.code()));
    };
    let process = sh
        .session
        .jobs
        .get(id)
        .and_then(|job| job.processes.iter().find(|process| process.child.pid() == pid));
    let Some(process) = process else { return Continue(Status::NOT_FOUND) };
    if let (JobState::Stopped(signal), false) = (process.state, request.until_end) {
        return Continue(Status::new(128 + signal.number()));
    }
    let child = process.child.clone();
    match wait_for(sh, &child)? {
        Ended::With(pid, ended) => {
            tell(sh, request, pid)?;
            sh.update_jobs();
            sh.report_killed_job(id);
            if let Some(job) = sh.session.jobs.get_mut(id) {
                job.notified = matches!(job.state(), JobState::Done(_));
                if job.notified && sh.is_posix() {
                    sh.session.jobs.remove(id);
                }
            }
            Continue(Status::new(ended.code()))
        }
        Ended::Interrupted(status) => Continue(status),
    }
}

fn wait_for_job(sh: &mut Shell, request: &Request, id: JobId) -> Flow<Status> {
    loop {
        sh.update_jobs();
        let Some(job) = sh.session.jobs.get(id) else { return Continue(Status::NOT_FOUND) };
        let (state, pid, inherited) = (job.state(), job.pid(), job.inherited);
        match (state, running_process(job)) {
            _ if inherited => return Continue(Status::NOT_FOUND),
            (JobState::Done(_), _) => {
                let code = sh.job_status(id);
                tell(sh, request, pid)?;
                finish(sh, id);
                return Continue(code);
            }
            (JobState::Stopped(signal), _) if !request.until_end => {
                return Continue(Status::new(128 + signal.number()));
            }
            (_, Some(child)) => {
                if let Ended::Interrupted(status) = wait_for(sh, &child)? {
                    return Continue(status);
                }
            }
            (_, None) => sh.host.pause(),
        }
    }
}

/// A job that has ended and been waited for is no job any more, but its processes' statuses are remembered.
fn finish(sh: &mut Shell, id: JobId) {
    sh.update_jobs();
    if sh.session.jobs.get(id).is_some_and(|job| matches!(job.state(), JobState::Done(_))) {
        sh.report_killed_job(id);
        sh.retire_job(id);
    }
}

fn tell(sh: &mut Shell, request: &Request, pid: i32) -> Flow<()> {
    match &request.target {
        Some(target) => sh.assign_to(target, i64::from(pid), AssignMode::Replace),
        None => Continue(()),
    }
}

/// Waits for a process, or until a trap has run.
fn wait_for(sh: &mut Shell, child: &ChildRef) -> Flow<Ended> {
    loop {
        match child.wait(Wait::UntilSignal) {
            Ok(Some(ended)) => return Continue(Ended::With(child.pid(), ended)),
            Ok(None) => {}
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {
                if let Some(status) = sh.signals_during_wait()? {
                    return Continue(Ended::Interrupted(status));
                }
            }
            Err(_) => return Continue(Ended::With(child.pid(), WaitStatus::Exited(127))),
        }
    }
}

/// `wait -n`
fn wait_next(sh: &mut Shell, args: &Args<'_>, request: &Request, operands: &[Text]) -> Flow {
    let wanted = match named_jobs(sh, args, operands) {
        Ok(wanted) => wanted,
        Err((pid, status)) => {
            if let Some(pid) = pid {
                tell(sh, request, pid)?;
            }
            return done(status);
        }
    };
    loop {
        sh.update_jobs();
        let of_interest = |job: &&bash_session::Job| {
            let known = job.notified && matches!(job.state(), JobState::Done(_)) && wanted.is_none();
            !job.inherited && !known && wanted.as_ref().is_none_or(|wanted| wanted.contains(&job.id))
        };
        let mut jobs = sh.session.jobs.iter().filter(of_interest).peekable();
        if jobs.peek().is_none() {
            return done(Status::NOT_FOUND);
        }
        let ended = jobs.find(|job| matches!(job.state(), JobState::Done(_))).map(|job| (job.id, job.pid()));
        drop(jobs);
        if let Some((id, pid)) = ended {
            let status = sh.job_status(id);
            tell(sh, request, pid)?;
            finish(sh, id);
            return done(status);
        }
        let children: Vec<ChildRef> =
            sh.session.jobs.iter().filter(of_interest).filter_map(running_process).collect();
        if let Ok(None) = sh.host.wait_any(&children)
            && let Some(status) = sh.signals_during_wait()?
        {
            return done(status);
        }
    }
}

/// The jobs that the operands of `wait -n` name; an ended process that is only remembered answers at once.
type Answer = (Option<i32>, Status);
fn named_jobs(sh: &mut Shell, args: &Args<'_>, operands: &[Text]) -> Result<Option<Vec<JobId>>, Answer> {
    if operands.is_empty() {
        return Ok(None);
    }
    sh.update_jobs();
    let mut wanted = Vec::new();
    for operand in operands {
        if operand.first().is_some_and(u8::is_ascii_digit) {
            let pid = job_spec::process_id(operand).unwrap_or(0);
            let job = sh.session.jobs.with_pid(pid).filter(|job| !job.inherited).map(|job| job.id);
            match (job, sh.session.jobs.remembered(pid)) {
                (Some(id), _) => wanted.push(id),
                (None, Some(ended)) => return Err((Some(pid), Status::new(ended.code()))),
                (None, None) => {
                    let _ = invalid(sh, args, operand);
                }
            }
            continue;
        }
        job_spec::warn_without_percent(sh, args.name, operand);
        match job_spec::find(sh, operand) {
            Ok(id) => wanted.push(id),
            Err(_) if !operand.starts_with(b"%") => {
                let _ = invalid(sh, args, operand);
            }
            Err(reason) => job_spec::complain(sh, args.name, operand, reason),
        }
    }
    Ok(Some(wanted))
}
