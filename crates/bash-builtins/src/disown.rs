//! `disown`

use crate::job_spec;
use bash_interp::{Args, Builtin, Class, Flow, OptionLetter, Shell, done};
use bash_session::{JobId, JobState, Status, Text};

/// `disown`
pub const DISOWN: Builtin = Builtin {
    name: "disown",
    synopsis: "disown [-h] [-ar] [jobspec ... | pid ...]",
    help: "Forget jobs, the current one if none is named.\n\n\
           Options:\n  -a\tall jobs\n  -h\tkeep them, but do not send them SIGHUP when the shell ends\n  \
           -r\trunning jobs alone\n\n\
           Exit Status:\nSucceeds unless an option or job is wrong.",
    class: Class::Regular,
    run,
};

fn run(sh: &mut Shell, args: &Args<'_>) -> Flow {
    let (mut keep, mut all, mut running) = (false, false, false);
    let mut options = args.options("ahr");
    for option in options.by_ref() {
        match option {
            OptionLetter::On(b'h', _) => keep = true,
            OptionLetter::On(b'a', _) => all = true,
            OptionLetter::On(b'r', _) => running = true,
            option => return sh.wrong_option(args, option),
        }
    }
    sh.update_jobs();
    if options.operands().is_empty() && (all || running) {
        let chosen = sh.session.jobs.iter().filter(|job| !running || job.state() == JobState::Running);
        let ids: Vec<JobId> = chosen.map(|job| job.id).collect();
        ids.into_iter().for_each(|id| forget(sh, id, keep));
        return done(Status::SUCCESS);
    }
    let current = [Text::from("current")];
    let (operands, implied) = match options.operands() {
        [] => (&current[..], true),
        operands => (operands, false),
    };
    let mut status = Status::SUCCESS;
    for operand in operands {
        let id = match job_spec::process_id(operand) {
            _ if implied => sh.session.jobs.current(),
            Some(pid) => sh.session.jobs.with_pid(pid).map(|job| job.id),
            None => {
                job_spec::warn_without_percent(sh, args.name, operand);
                job_spec::find(sh, operand).ok()
            }
        };
        match id {
            Some(id) => forget(sh, id, keep),
            None => {
                sh.builtin_error(args.name, [&operand[..], b": no such job"].concat());
                status = Status::FAILURE;
            }
        }
    }
    done(status)
}

fn forget(sh: &mut Shell, id: JobId, keep: bool) {
    if !keep {
        sh.session.jobs.remove(id);
    } else if let Some(job) = sh.session.jobs.get_mut(id) {
        job.no_hangup = true;
    }
}
