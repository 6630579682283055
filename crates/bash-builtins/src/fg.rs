//! `fg`

use bash_interp::{Args, Builtin, Class, Flow, Shell, done};
use bash_session::{JobState, Status, Text};

/// `fg`
pub const FG: Builtin = Builtin {
    name: "fg",
    synopsis: "fg [job_spec]",
    help: "Bring a job to the foreground, the current one if none is named.\n\n\
           Exit Status:\nThat of the job; a failure if there is no job control or no such job.",
    class: Class::Regular,
    run,
};

fn run(sh: &mut Shell, args: &Args<'_>) -> Flow {
    let operands = match crate::bg::operands(sh, args) {
        Ok(operands) => operands,
        Err(flow) => return flow,
    };
    let operand = operands.first().cloned().unwrap_or(Text::EMPTY);
    let Some(id) = crate::bg::find(sh, args, &operand) else { return done(Status::FAILURE) };
    let Some(job) = sh.session.jobs.get(id) else { return done(Status::FAILURE) };
    if matches!(job.state(), JobState::Done(_)) {
        sh.builtin_error(args.name, "job has terminated");
        return done(Status::FAILURE);
    }
    let command = job.command.clone();
    sh.print([&command[..], b"\n"].concat());
    let _ = sh.flush();
    sh.session.jobs.make_current(id);
    sh.wait_for_job_in_foreground(id)
}
