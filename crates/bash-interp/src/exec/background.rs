//! `command &`, and whatever else runs beside the shell: processes where it may fork, threads where it may not.

use crate::embedded::Told;
use crate::{Flow, Shell};
use bash_host::{Child, ChildRef, FileRef, Forked, OpenHow, Signal, Wait, WaitStatus};
use bash_parser::ast::{AndOr, Argument, Command, CommandKind, Stage, WordPart};
use bash_session::{Job, JobProcess, JobState, Status};
use std::io;
use std::ops::ControlFlow::Continue;
use std::os::fd::BorrowedFd;
use std::sync::{Arc, Condvar, Mutex};

/// Where a job runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// The shell waits for it.
    Foreground,
    /// The shell goes on.
    Background,
}

/// What a worker is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Worker {
    /// A background job: reads nothing from the terminal, ignores keyboard signals.
    Background,
    /// A later stage of a pipeline in the background, which reads from the stage before.
    Stage,
    /// A part of a job in the foreground of a shell with job control.
    Foreground,
    /// A coprocess.
    Coproc,
    /// The other side of a process substitution.
    Substitution,
}

impl Shell {
    /// Starts an and-or list in the background; its status is 0.
    pub(crate) fn start_background(&mut self, and_or: &Arc<AndOr>) -> Flow {
        if let Some(words) = self.job_to_resume(and_or)?
            && let Some(entry) = self.find_builtin(b"bg")
        {
            let args = crate::Args { name: b"bg", words: &words, written: &[] };
            self.session.status = self.call_builtin(&entry, &args)?;
            return Continue(self.session.status);
        }
        if let ([], [stage]) = (&*and_or.rest, &*and_or.first.stages) {
            self.before_stage(stage)?;
        }
        let text = bash_parser::print::list_line(and_or);
        let started = match &*and_or.rest {
            [] if and_or.first.stages.len() > 1 => self.start_stages(&and_or.first.stages, Place::Background),
            _ if let Some(command) = self.program_of(and_or) => {
                let child = self.start_program_beside(&command)?;
                child.map(|child| vec![process(child, text.clone())])
            }
            _ => {
                let body = and_or.clone();
                let only = only_command(and_or);
                let stage = self.start_worker(Worker::Background, &[], move |sh| match only {
                    Some(command)
                        if body.first.negated
                            || matches!(command.kind, CommandKind::Subshell(_) | CommandKind::Group(_)) =>
                    {
                        // `!` does not turn the status round here, but `set -e` heeds it.
                        sh.errexit_ignored += u32::from(body.first.negated);
                        sh.run_in_own_subshell(&command)
                    }
                    Some(command) if !ends_with_exit_trap(&command) => {
                        sh.without_exit_trap(|sh| sh.run_and_or(&body))
                    }
                    None if !body.rest.is_empty() => sh.without_exit_trap(|sh| sh.run_and_or(&body)),
                    only => {
                        sh.only_command = only;
                        sh.run_and_or(&body)
                    }
                });
                stage.map(|child| vec![process(child, text.clone())])
            }
        };
        match started {
            Ok(processes) => self.announce_job(processes, text),
            Err(error) => {
                self.system_error(b"fork", &error);
                self.session.status = Status::new(254);
                return Continue(Status::new(254));
            }
        }
        self.session.status = Status::SUCCESS;
        Continue(Status::SUCCESS)
    }

    /// The command of a list that does nothing but start a program.
    fn program_of(&mut self, and_or: &AndOr) -> Option<Arc<Command>> {
        let command =
            only_command(and_or).filter(|_| !and_or.first.negated && and_or.first.timed.is_none())?;
        (!self.monitored && self.only_starts_program(&command)).then_some(command)
    }

    /// Starts it. If that fails, the message is written and a process ends with the status.
    fn start_program_beside(&mut self, command: &Arc<Command>) -> Flow<io::Result<ChildRef>> {
        let started = self.start_background_program(command)?;
        Continue(match started.program {
            Some(child) => Ok(child),
            None => self.start_worker(Worker::Background, &[], move |_| Continue(started.status)),
        })
    }

    /// `%1 &` is `bg %1`.
    fn job_to_resume(&mut self, and_or: &AndOr) -> Flow<Option<Vec<bash_session::Text>>> {
        let Some(command) = only_command(and_or) else { return Continue(None) };
        let CommandKind::Simple(simple) = &command.kind else { return Continue(None) };
        let [Argument::Word(word)] = &*simple.words else { return Continue(None) };
        let starts_with_percent =
            matches!(word.parts.first(), Some(WordPart::Literal(text)) if text.starts_with(b"%"));
        if !starts_with_percent {
            return Continue(None);
        }
        self.go_to_line(command.line);
        Continue(Some(vec![self.expand_string(word)?]))
    }

    /// Starts each stage of a pipeline as a process of its own.
    pub(super) fn start_stages(&mut self, stages: &[Stage], place: Place) -> io::Result<Vec<JobProcess>> {
        let mut processes = Vec::with_capacity(stages.len());
        let mut input: Option<FileRef> = None;
        for (number, stage) in stages.iter().enumerate() {
            let last = number + 1 == stages.len();
            let (next_input, output) = if last {
                (None, None)
            } else {
                let (reader, writer) = self.host.pipe()?;
                (Some(reader), Some(writer))
            };
            let (body, stage_input) = (stage.clone(), input.take());
            self.job_group = processes.first().map(|process: &JobProcess| process.child.pid());
            let worker = match place {
                Place::Foreground => Worker::Foreground,
                Place::Background if number == 0 => Worker::Background,
                Place::Background => Worker::Stage,
            };
            let files: Vec<FileRef> = stage_input.iter().chain(&output).cloned().collect();
            let loops = self.session.loop_depth;
            let child = self.start_worker(worker, &files, move |sh| {
                if worker == Worker::Foreground {
                    sh.enter_stage(&body, loops);
                }
                sh.only_command = Some(body.command.clone());
                sh.connect_stage(stage_input, output);
                sh.run_in_own_subshell(&body.command)
            });
            self.job_group = None;
            processes.push(process(child?, bash_parser::print::command_line(&stage.command)));
            input = next_input;
        }
        Ok(processes)
    }

    /// Adds the job and tells an interactive user of it.
    fn announce_job(&mut self, processes: Vec<JobProcess>, command: Vec<u8>) {
        let group = self.has_job_control().then(|| processes[0].child.pid());
        let job = Job {
            id: 0,
            processes,
            command: super::with_marks_quoted(command),
            group,
            notified: false,
            no_hangup: false,
            foreground: false,
            inherited: false,
            coproc: None,
            directory: self.session.directory.logical.clone(),
        };
        let pid = job.pid();
        self.update_jobs();
        self.retire_reported_jobs();
        self.limit_ended_jobs();
        let id = self.session.jobs.add(job);
        self.set_background(pid);
        if self.session.options.interactive {
            self.write_error(format!("[{id}] {pid}\n").as_bytes());
        }
    }

    /// Starts a command, whose words are expanded, as a job for the program that the shell is embedded in.
    pub fn start_job(&mut self, words: Vec<bash_session::Text>) -> io::Result<bash_session::JobId> {
        let name = words.first().ok_or(io::ErrorKind::InvalidInput)?.clone();
        let quoted: Vec<Vec<u8>> =
            words.iter().map(|word| bash_parser::quote::printf_quote(word, self.session.charset)).collect();
        let text = quoted.join(&b' ');
        let (child, group) = match self.resolve(&name) {
            super::resolve::Found::Program => {
                let path = self.locate(&name).ok_or(io::ErrorKind::NotFound)?;
                let child = self.spawn(&path, &words, bash_host::ProcessGroup::New)?;
                let group = child.pid();
                (child, Some(group))
            }
            _ => {
                let run = move |sh: &mut Shell| sh.run_words(&words, super::SearchScope::All);
                (self.start_worker(Worker::Background, &[], run)?, None)
            }
        };
        let pid = child.pid();
        self.announce_job(vec![process(child, text.clone())], text);
        let job = self.session.jobs.with_pid(pid).map(|job| job.id).ok_or(io::ErrorKind::NotFound)?;
        if let Some(job) = self.session.jobs.get_mut(job) {
            job.group = group;
        }
        Ok(job)
    }

    /// A job has stopped while somebody else waited for it.
    pub fn note_stop(&mut self, id: bash_session::JobId, signal: Signal) {
        if let Some(job) = self.session.jobs.get_mut(id) {
            job.processes.iter_mut().for_each(|process| process.state = JobState::Stopped(signal));
            self.session.jobs.make_current(id);
        }
    }

    /// Runs `body` in a subshell of its own beside this one. `files` are those that it is going to use.
    pub(crate) fn start_worker(
        &mut self,
        worker: Worker,
        files: &[FileRef],
        body: impl FnOnce(&mut Shell) -> Flow + Send + 'static,
    ) -> io::Result<ChildRef> {
        self.update_jobs();
        if self.host.owns_process() {
            let own_group = self.has_job_control() && worker != Worker::Substitution;
            return match self.fork_process(files)? {
                Forked::Parent(child) => {
                    if own_group {
                        let group = self.job_group.unwrap_or(child.pid());
                        let _ = self.host.set_process_group(child.pid(), group);
                        if worker == Worker::Foreground {
                            self.give_terminal(group);
                        }
                    }
                    Ok(child)
                }
                Forked::Child => {
                    if own_group {
                        let _ = self.host.set_process_group(0, self.job_group.unwrap_or(0));
                        if worker == Worker::Foreground {
                            self.give_terminal(self.job_group.unwrap_or_else(|| self.host.pid()));
                        }
                    }
                    self.job_terminal = None;
                    self.run_worker_process(worker, body)
                }
            };
        }
        let mut copy = self.copy()?;
        let told = copy.told.get_or_insert_default().clone();
        let bell = told.bell.clone();
        let pid = self.host.new_pid();
        let job = Arc::new(ThreadJob { pid, told, status: Mutex::default(), ended: Condvar::default() });
        let finished = job.clone();
        self.host.run_concurrently(Box::new(move || {
            let _hearing = bell.listen();
            copy.monitored = copy.has_job_control();
            copy.enter_subshell();
            copy.prepare_worker(worker);
            let flow = body(&mut copy);
            let status = copy.end_of_subshell(flow);
            drop(copy);
            finished.finish(status);
        }))?;
        Ok(job)
    }

    /// Copies the process; `more` are files that the child needs besides the open ones. In the child, this shell is a subshell.
    pub(crate) fn fork_process(&mut self, more: &[FileRef]) -> io::Result<Forked> {
        let _ = self.flush();
        let mut files = self.session.descriptors.files();
        files.extend_from_slice(more);
        for file in &files {
            file.settle();
        }
        let forked = self.host.fork(&files)?;
        if matches!(forked, Forked::Child) {
            self.forked = true;
            self.concurrent = false;
            self.leaves_program = None;
            self.handed_over_death = None;
            self.process_depth = self.session.subshell_depth;
            self.reset_caught_signals();
        }
        Ok(forked)
    }

    fn run_worker_process(&mut self, worker: Worker, body: impl FnOnce(&mut Shell) -> Flow) -> ! {
        self.monitored = self.has_job_control();
        self.enter_subshell();
        self.process_depth = self.session.subshell_depth;
        if worker != Worker::Substitution {
            self.running_traps.clear();
        }
        self.output.clear();
        self.substitutions = Default::default();
        self.reset_caught_signals();
        self.prepare_worker(worker);
        let flow = body(self);
        let status = self.end_of_subshell(flow);
        self.end_process(status)
    }

    /// Without job control, a background job reads from /dev/null and ignores the keyboard's signals.
    fn prepare_worker(&mut self, worker: Worker) {
        if !matches!(worker, Worker::Background | Worker::Stage) || self.monitored {
            return;
        }
        let how = OpenHow { read: true, ..OpenHow::default() };
        if worker == Worker::Background
            && !self.input_redirected
            && let Ok(null) = self.host.open(&self.session.directory.handle, b"/dev/null", how)
        {
            self.session.descriptors.open(0, null);
        }
        for signal in [Signal::INT, Signal::QUIT] {
            self.ignore_as_background(signal);
        }
    }
}

/// Whether a subshell that consists of this command runs its EXIT trap.
fn ends_with_exit_trap(command: &Command) -> bool {
    matches!(
        command.kind,
        CommandKind::Simple(_) | CommandKind::Group(_) | CommandKind::Subshell(_) | CommandKind::Coproc(_)
    )
}

/// The simple command that an and-or list consists of.
fn only_command(and_or: &AndOr) -> Option<Arc<Command>> {
    match &*and_or.first.stages {
        [stage] if and_or.rest.is_empty() => Some(stage.command.clone()),
        _ => None,
    }
}

fn process(child: ChildRef, command: Vec<u8>) -> JobProcess {
    JobProcess { child, command, state: JobState::Running }
}

/// How long to sleep before looking whether a signal has come.
const PATIENCE: std::time::Duration = std::time::Duration::from_millis(20);

/// A job that is a thread of this process.
struct ThreadJob {
    /// Threads have no process id: a number that no process has stands for it.
    pid: i32,
    told: Arc<Told>,
    status: Mutex<Option<Status>>,
    ended: Condvar,
}

impl ThreadJob {
    fn finish(&self, status: Status) {
        *self.status.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = Some(status);
        self.ended.notify_all();
    }
}

impl Child for ThreadJob {
    fn pid(&self) -> i32 {
        self.pid
    }

    fn wait(&self, how: Wait) -> io::Result<Option<WaitStatus>> {
        let mut status = self.status.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        while status.is_none() && !matches!(how, Wait::Poll | Wait::PollStopped) {
            let (guard, time) =
                self.ended.wait_timeout(status, PATIENCE).unwrap_or_else(|poisoned| poisoned.into_inner());
            status = guard;
            if status.is_none() && time.timed_out() && how == Wait::UntilSignal {
                return Err(io::ErrorKind::Interrupted.into());
            }
        }
        Ok(status.map(|status| WaitStatus::Exited(status.code())))
    }

    fn kill(&self, signal: Signal) -> io::Result<()> {
        const ESRCH: i32 = 3;
        if self.wait(Wait::Poll)?.is_some() {
            return Err(io::Error::from_raw_os_error(ESRCH));
        }
        self.told.tell(signal);
        Ok(())
    }

    fn poll_fd(&self) -> Option<BorrowedFd<'_>> {
        None
    }
}
