//! An embedded shell that keeps its state between runs.
//!
//! One file for each thing that a session can do: [`builder`] makes it, [`options`] are those of one run, [`control`] and
//! [`watch`] end a run from outside, [`output`] is where it writes, [`handle`] puts it on a thread of its own.

mod builder;
mod call;
mod control;
mod error;
mod files;
mod fork;
mod handle;
mod host_command;
mod input;
mod jobs;
mod kept;
mod limits;
mod nothing;
mod options;
mod outcome;
mod output;
mod past;
pub mod policy;
mod registry;
mod reply;
mod run;
mod script;
pub mod sink;
mod snapshot;
mod state;
mod variable;
mod watch;

pub use bash_session::snapshot::{NotHeld, Snapshot, SnapshotError};
pub use builder::{InheritEnv, SessionBuilder};
pub use call::Call;
pub use control::Canceller;
pub use error::SessionError;
pub use files::{OpenMode, ReadMode};
pub use handle::SessionHandle;
pub use host_command::{HostApi, HostCommand};
pub use input::Input;
pub use jobs::{Job, JobSpec, JobState};
pub use kept::Capture;
pub use options::{RunOptions, RunScope};
pub use outcome::{End, Failed, LeftOut, Outcome, Stream};
pub use past::{Execution, Retention};
pub use policy::{Matcher, Policy};
pub use registry::{SessionId, SessionRegistry};
pub use reply::Reply;
pub use run::Run;
pub use script::{Script, Source, SyntaxError};
pub use sink::{Chunk, Collector, Sink};
pub use state::{CallFrame, StateView, Trap};
pub use variable::{Subscript, VarValue, Variable};

use bash_host::{FileRef, Signal};
use bash_interp::{Flow, Origin, Shell, Unwind};
use bash_session::{CallKind, SavedDescriptor, Status};
use control::{Asked, Control};
use kept::Spill;
use limits::{Deadline, SessionLimits};
use output::{Outlet, Output};
use past::Past;
use registry::Registration;
use std::io;
use std::ops::ControlFlow::{Break, Continue};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A shell inside this process. It never forks, and touches nothing that belongs to the process: working directory,
/// environment, descriptors and signals are its own. Its standard input is empty, if nothing else is said.
///
/// When it is dropped, its EXIT trap runs, and its background jobs are hung up; see [`Session::close`].
pub struct Session {
    shell: Shell,
    output: Arc<Output>,
    outlets: [Arc<Outlet>; 2],
    control: Arc<Control>,
    registration: Registration,
    past: Past,
    /// The command of an execution that the host program has begun.
    begun: Option<Vec<u8>>,
    capture: Capture,
    scope: RunScope,
    limits: Option<SessionLimits>,
}

/// What a session is put together from.
struct Parts {
    shell: Shell,
    registration: Registration,
    capture: Capture,
    retention: Retention,
    scope: RunScope,
    limits: Option<SessionLimits>,
}

impl Session {
    /// A session with Bash's defaults. It starts in the process's working directory and takes nothing from its
    /// environment.
    pub fn new() -> io::Result<Session> {
        Session::builder().build().map_err(|error| match error {
            SessionError::Io(error) => error,
            other => io::Error::other(other),
        })
    }

    /// For a session that starts with something else.
    pub fn builder() -> SessionBuilder {
        SessionBuilder::default()
    }

    fn assemble(parts: Parts) -> Session {
        let Parts { mut shell, registration, capture, retention, scope, limits } = parts;
        let host = shell.host.clone();
        let output: Arc<Output> = Arc::default();
        let outlets =
            [Stream::Stdout, Stream::Stderr].map(|stream| Outlet::new(stream, host.clone(), output.clone()));
        let nothing = nothing::Nothing::new(host.clone(), shell.session.directory.handle.clone());
        let files: [FileRef; 3] = [nothing, outlets[0].clone(), outlets[1].clone()];
        for (number, file) in (0..).zip(files) {
            shell.session.descriptors.open(number, file);
        }
        Session {
            shell,
            output,
            outlets,
            control: Control::new(host),
            registration,
            past: Past::with_limit(retention),
            begun: None,
            capture,
            scope,
            limits,
        }
    }

    /// What it is called.
    pub fn id(&self) -> &SessionId {
        &self.registration.id
    }

    /// The ids of all live sessions in the global registry.
    pub fn list() -> Vec<SessionId> {
        SessionRegistry::global().list()
    }

    /// Ends its runs from other threads.
    pub fn canceller(&self) -> Canceller {
        Canceller(self.control.clone())
    }

    /// Runs a script and waits for its end, but not for its background jobs: what they write later is in a later outcome.
    /// Everything else stays for the next run too: variables, functions, options, the working directory, open files.
    ///
    /// `exit`, `exec PROGRAM` and a signal to `$$` end the run, not the session.
    pub fn run(&mut self, script: impl AsRef<[u8]>) -> Outcome {
        let text = script.as_ref();
        self.perform(text, RunOptions::new(), None, |shell| shell.run_line(text))
    }

    /// The same with options of its own.
    pub fn run_with(&mut self, source: impl Into<Source>, options: RunOptions) -> Outcome {
        self.start(&source.into(), options, None)
    }

    /// Runs a parsed script.
    pub fn execute(&mut self, script: &Script) -> Outcome {
        self.run_with(script, RunOptions::new())
    }

    /// Runs a script file, with `$0`, `BASH_SOURCE` and the positional parameters of its own.
    pub fn run_file(
        &mut self,
        path: impl AsRef<std::path::Path>,
        args: &[&str],
    ) -> Result<Outcome, SessionError> {
        let path = path.as_ref().as_os_str().as_encoded_bytes();
        let text = self.shell.host.read_file(&self.shell.session.directory.handle, path)?;
        let params = args.iter().map(|arg| bash_session::Text::from(*arg)).collect();
        let params = bash_session::Params::new(path.into(), params);
        let state = &mut self.shell.session;
        let outer = (std::mem::replace(&mut state.params, params), state.calls.clone());
        state.calls.push(CallKind::Main, "main".into(), path.into(), 0);
        let outcome = self.run(text);
        (self.shell.session.params, self.shell.session.calls) = outer;
        Ok(outcome)
    }

    /// Runs a text that defines functions.
    pub(crate) fn define(&mut self, definitions: &[u8]) -> Result<(), SessionError> {
        Script::parse(definitions)?;
        let outcome = self.run(definitions);
        self.past = Past::with_limit(self.past.limit);
        outcome.check().map(drop).map_err(|failed| SessionError::Io(io::Error::other(failed)))
    }

    fn start(&mut self, source: &Source, options: RunOptions, run: Option<&Run>) -> Outcome {
        self.perform(source.text(), options, run, |shell| match source {
            Source::Text(text) => shell.run_line(text),
            Source::Script(script) => run_parsed(shell, script),
        })
    }

    /// A run from its beginning to its end.
    fn perform(
        &mut self,
        text: &[u8],
        options: RunOptions,
        run: Option<&Run>,
        body: impl FnOnce(&mut Shell) -> Flow,
    ) -> Outcome {
        let _attending = bash_host::attend();
        let started = Instant::now();
        let told = self.shell.begin_run();
        self.shell.forget_running_traps();
        let deadline = self.begin_metering(&told, started);
        let number = self.control.begin(told);
        let _hearing = self.shell.listen();
        let grace = options.grace.unwrap_or(control::GRACE);
        let time_out = || watch::Action::TimeOut(Arc::downgrade(&self.control), number, grace);
        let _alarm = options.timeout.map(|time| watch::alarm(started + time, time_out(), &self.shell.host));
        let scope = options.scope.unwrap_or(self.scope);
        let outer = (scope == RunScope::Script).then(|| Outer::of(&self.shell));
        let flow = match self.prepare(options, run) {
            Ok(input) => {
                if let Some(run) = run {
                    run.has_begun(number);
                }
                let flow = body(&mut self.shell);
                input.into_iter().for_each(|saved| self.shell.session.descriptors.restore(saved));
                flow
            }
            Err(error) => {
                self.complain(&error);
                Continue(Status::FAILURE)
            }
        };
        self.finish(text, started, flow, (outer, deadline))
    }

    /// Puts input and output of a run in place; gives what its standard input was before.
    fn prepare(&mut self, options: RunOptions, run: Option<&Run>) -> io::Result<Option<SavedDescriptor>> {
        let capture = options.capture.as_ref().unwrap_or(&self.capture);
        if !options.sinks.is_empty() || *capture != Capture::All {
            self.output.begin(options.sinks, capture, self.spill(capture));
        }
        let Some(input) = options.input else { return Ok(None) };
        let (file, writer) = input.open(&self.shell.host, &self.shell.session.directory.handle)?;
        if let (Some(run), Some(writer)) = (run, writer) {
            run.set_stdin(writer);
        }
        let saved = self.shell.session.descriptors.save(0);
        self.shell.session.descriptors.open(0, file);
        Ok(Some(saved))
    }

    fn spill(&self, capture: &Capture) -> Spill {
        let Capture::HeadTail { spill: Some(path), .. } = capture else { return Spill::None };
        let (host, directory, path) =
            (self.shell.host.clone(), self.shell.session.directory.handle.clone(), path.clone());
        let how = bash_host::OpenHow {
            write: true,
            create: true,
            truncate: true,
            mode: 0o600,
            ..Default::default()
        };
        Spill::Later(Box::new(move || host.open(&directory, &path, how).ok()))
    }

    fn complain(&mut self, error: &io::Error) {
        let message = format!("rbash: standard input: {}\n", bash_host::errno_text(error));
        if let Some(file) = self.shell.descriptor(2) {
            let _ = file.write_all(message.as_bytes());
        }
    }

    /// The end of a run: traps, if it was ended from outside, and the outcome.
    fn finish(
        &mut self,
        text: &[u8],
        started: Instant,
        flow: Flow,
        (outer, deadline): (Option<Outer>, Deadline),
    ) -> Outcome {
        let exited = matches!(flow, Break(Unwind::Exit(_)));
        let mut status = self.shell.end_run(flow);
        let ended_by = self.shell.ended_by();
        if let Some(signal) = ended_by {
            status = self.end_by(signal);
        }
        if let Some(outer) = outer {
            status = outer.restore(&mut self.shell, status);
        }
        let asked = match ended_by {
            Some(_) => self.wait_for_the_rest(),
            None => self.control.end(),
        };
        let limited = self.ended_by_limit(deadline);
        let end = match ended_by {
            _ if let Some(end) = limited => end,
            Some(signal) if asked.timed_out => End::TimedOut(asked.signal.unwrap_or(signal)),
            Some(signal) => End::Signaled(signal),
            None if exited => End::Exited,
            None => End::Completed,
        };
        self.shell.session.status = status;
        let outcome = self.outcome(status, end, started);
        self.past.add(text, &outcome);
        outcome
    }

    /// The EXIT trap of a run that a signal from outside has ended, and its status.
    fn end_by(&mut self, signal: Signal) -> Status {
        let mut status = Status::new(128 + signal.number());
        if signal != Signal::KILL {
            status = self.shell.run_exit_trap(status);
            status = self.shell.end_run(Continue(status));
        }
        match self.shell.ended_by() {
            Some(harsher) => Status::new(128 + harsher.number()),
            None => status,
        }
    }

    /// Gives what a run has started a moment to end; the grace, if there is one, until it is killed.
    fn wait_for_the_rest(&mut self) -> Asked {
        const MOMENT: Duration = Duration::from_millis(100);
        const TURN: Duration = Duration::from_millis(1);
        let began = Instant::now();
        let told = self.shell.told_of_run();
        while told.as_ref().is_some_and(|told| told.is_at_work()) {
            let patience = self.control.asked().kill_at.map_or(began + MOMENT, |at| at.max(began) + MOMENT);
            if Instant::now() >= patience {
                break;
            }
            std::thread::sleep(TURN);
        }
        if let Some(program) = told.and_then(|told| told.take_unfinished()) {
            // Somebody has to wait for it at last.
            let _ =
                self.shell.host.run_concurrently(Box::new(move || drop(program.wait(bash_host::Wait::Exit))));
        }
        self.control.end()
    }

    /// Ends the session: its EXIT trap runs, and background jobs are hung up: those that are threads end at their next
    /// command, their programs get SIGHUP. Disowned jobs are left alone.
    pub fn close(mut self) -> Outcome {
        self.end()
    }

    /// The same.
    pub fn stop(self) -> Outcome {
        self.close()
    }

    fn end(&mut self) -> Outcome {
        let _attending = bash_host::attend();
        let started = Instant::now();
        let (mut status, mut end) = (self.shell.session.status, End::Exited);
        if self.shell.has_exit_trap() {
            let told = self.shell.begin_run();
            let deadline = self.begin_metering(&told, started);
            self.control.begin(told);
            let _hearing = self.shell.listen();
            status = self.shell.run_exit_trap(status);
            status = self.shell.end_run(Continue(status));
            let _ = self.shell.ended_by();
            self.control.end();
            end = self.ended_by_limit(deadline).unwrap_or(end);
        }
        self.shell.hang_up();
        self.outcome(status, end, started)
    }

    fn outcome(&mut self, status: Status, end: End, started: Instant) -> Outcome {
        let ([stdout, stderr], order, left_out) = self.output.end(&*self.shell.host, &self.capture);
        for outlet in &mut self.outlets {
            renew(&mut self.shell, outlet);
        }
        Outcome { status, stdout, stderr, end, duration: started.elapsed(), order, left_out }
    }

    /// The executions so far, oldest first, as far as they are remembered; see [`Retention`].
    pub fn results(&self) -> impl DoubleEndedIterator<Item = &Execution> {
        self.past.iter()
    }

    /// The `number`th execution, from 0.
    pub fn execution(&self, number: usize) -> Option<&Execution> {
        self.past.get(number)
    }

    /// Begins an execution that the host program itself carries out: what is written from now on is its output. Sinks get
    /// it if it is the end of a pipeline.
    pub fn begin_execution(&mut self, command: impl AsRef<[u8]>, place: PipelinePlace) {
        self.begun = Some(command.as_ref().to_vec());
        self.output.withhold(place == PipelinePlace::Before);
    }

    /// Ends the execution that was begun. Without one, nothing happens.
    pub fn end_execution(&mut self, status: i32) {
        let Some(command) = self.begun.take() else { return };
        let outcome = self.outcome(Status::new(status), End::Completed, Instant::now());
        self.output.withhold(false);
        self.past.add(&command, &outcome);
    }

    /// Makes the output of the last execution the input of what follows. Without one, nothing happens.
    pub fn pipe_forward(&mut self) -> Result<(), SessionError> {
        let last = self.past.iter().next_back().map(|last| last.outcome.stdout.clone());
        last.map_or(Ok(()), |text| self.open_stdin(text))
    }

    /// Makes these bytes the standard input of what follows.
    pub fn open_stdin(&mut self, bytes: impl Into<Vec<u8>>) -> Result<(), SessionError> {
        self.set_stdin(Input::Bytes(bytes.into()))
    }

    pub(crate) fn set_stdin(&mut self, input: Input) -> Result<(), SessionError> {
        let (file, _) = input.open(&self.shell.host, &self.shell.session.directory.handle)?;
        self.shell.session.descriptors.open(0, file);
        Ok(())
    }

    /// Standard output of all executions, piece by piece.
    pub fn stdout(&self) -> impl Iterator<Item = &[u8]> {
        self.past.iter().map(|execution| &execution.outcome.stdout[..])
    }

    /// Standard error of all executions.
    pub fn stderr(&self) -> impl Iterator<Item = &[u8]> {
        self.past.iter().map(|execution| &execution.outcome.stderr[..])
    }

    /// Standard output and error of all executions since they were last taken.
    pub fn output(&self) -> (Vec<u8>, Vec<u8>) {
        self.past.output()
    }

    /// The same, and takes them out.
    pub fn take_output(&mut self) -> (Vec<u8>, Vec<u8>) {
        self.past.take_output()
    }
}

/// Where in a pipeline an execution stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PipelinePlace {
    /// Before others.
    Before,
    /// At its end.
    Tail,
}

impl Drop for Session {
    fn drop(&mut self) {
        self.end();
    }
}

fn run_parsed(shell: &mut Shell, script: &Script) -> Flow {
    let mut status = Status::SUCCESS;
    for line in script.lines.iter() {
        let flow = shell.run_command_line(line);
        status = shell.caught_abandonment(flow, Origin::Script)?;
    }
    Continue(status)
}

/// An output that had to become a pipe is memory again from here on, which costs less.
fn renew(shell: &mut Shell, outlet: &mut Arc<Outlet>) {
    if outlet.is_pipe() {
        let fresh = outlet.renewed();
        let (old, new): (FileRef, FileRef) = (outlet.clone(), fresh.clone());
        shell.session.descriptors.replace(&old, &new);
        *outlet = fresh;
    }
}

/// What a run with a scope of its own leaves as it was.
struct Outer {
    options: bash_session::Options,
    shopt: bash_session::ShoptOptions,
    traps: bash_session::Traps,
}

impl Outer {
    fn of(shell: &Shell) -> Outer {
        let state = &shell.session;
        Outer { options: state.options, shopt: state.shopt, traps: state.traps.clone() }
    }

    /// The EXIT trap of the run, and everything as before.
    fn restore(self, shell: &mut Shell, status: Status) -> Status {
        let is_new = shell.session.traps.commands(EXIT) != self.traps.commands(EXIT);
        let status = if is_new {
            let status = shell.run_exit_trap(status);
            shell.end_run(Continue(status))
        } else {
            status
        };
        (shell.session.options, shell.session.shopt, shell.session.traps) =
            (self.options, self.shopt, self.traps);
        shell.show_options();
        status
    }
}

const EXIT: bash_session::TrapCondition = bash_session::TrapCondition::Exit;
