//! A session on a thread of its own, for many threads to use.

use super::builder::SessionBuilder;
use super::control::{Canceller, Control};
use super::error::SessionError;
use super::input::Input;
use super::jobs::{Job, JobSpec, wait_for};
use super::options::RunOptions;
use super::outcome::Outcome;
use super::output::Output;
use super::registry::SessionId;
use super::run::Run;
use super::script::Source;
use super::state::StateView;
use super::variable::VarValue;
use super::{Execution, Session};
use bash_host::Signal;
use bash_session::Status;
use std::collections::VecDeque;
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// A session that runs on a thread of its own. Clones are the same session; when the last one is dropped, it is stopped.
///
/// Everything that concerns the session waits in one queue and is done in its turn; [`SessionHandle::state`] and signals
/// do not wait.
#[derive(Clone)]
pub struct SessionHandle(Arc<Shared>);

pub(crate) struct Shared {
    id: SessionId,
    control: Arc<Control>,
    output: Arc<Output>,
    queue: Arc<Queue>,
}

/// What waits to be done.
#[derive(Default)]
struct Queue {
    inner: Mutex<Waiting>,
    changed: Condvar,
}

#[derive(Default)]
struct Waiting {
    tasks: VecDeque<Task>,
    is_closed: bool,
    /// The state as of the last task that has ended.
    state: Option<StateView>,
    running: Option<Run>,
}

enum Task {
    Run(Source, RunOptions, Run),
    Call(Box<dyn FnOnce(&mut Session) + Send>),
    Stop(Box<dyn FnOnce(Outcome) + Send>),
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.queue.push(Task::Stop(Box::new(drop)));
    }
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a task; gives it back if nothing is done any more.
    fn push(&self, task: Task) -> Option<Task> {
        let mut waiting = self.lock();
        if waiting.is_closed {
            return Some(task);
        }
        waiting.tasks.push_back(task);
        self.changed.notify_one();
        None
    }

    fn next(&self) -> Task {
        let mut waiting = self.lock();
        loop {
            match waiting.tasks.pop_front() {
                Some(task) => return task,
                None => waiting = self.changed.wait(waiting).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }

    /// Nothing is done from here on; what still waits is answered.
    fn close(&self) {
        let mut waiting = self.lock();
        waiting.is_closed = true;
        let rest = std::mem::take(&mut waiting.tasks);
        drop(waiting);
        for task in rest {
            if let Task::Run(_, _, run) = task {
                run.signal(Signal::TERM);
            }
        }
    }

    /// The life of a session's thread.
    fn serve(&self, mut session: Session) {
        let _attending = bash_host::attend();
        loop {
            match self.next() {
                Task::Run(source, options, run) if !run.is_finished() => {
                    self.lock().running = Some(run.clone());
                    let outcome = session.start(&source, options, Some(&run));
                    let mut waiting = self.lock();
                    waiting.state = Some(session.state());
                    waiting.running = None;
                    drop(waiting);
                    run.has_ended(outcome);
                }
                Task::Run(..) => {}
                Task::Call(call) => {
                    call(&mut session);
                    self.lock().state = Some(session.state());
                }
                Task::Stop(answer) => {
                    self.close();
                    return answer(session.close());
                }
            }
        }
    }
}

impl SessionHandle {
    /// Builds a session and gives it a thread.
    pub fn spawn(builder: SessionBuilder) -> Result<SessionHandle, SessionError> {
        SessionHandle::of(builder.build()?)
    }

    /// Gives a session a thread.
    pub fn of(session: Session) -> Result<SessionHandle, SessionError> {
        let queue: Arc<Queue> = Arc::default();
        queue.lock().state = Some(session.state());
        let shared = Arc::new(Shared {
            id: session.id().clone(),
            control: session.control.clone(),
            output: session.output.clone(),
            queue: queue.clone(),
        });
        session.registration.set_handle(&shared);
        let host = session.shell.host.clone();
        host.run_concurrently(Box::new(move || queue.serve(session)))?;
        Ok(SessionHandle(shared))
    }

    pub(crate) fn from_shared(shared: Arc<Shared>) -> SessionHandle {
        SessionHandle(shared)
    }

    /// What it is called.
    pub fn id(&self) -> &SessionId {
        &self.0.id
    }

    /// Lets a script run when it is its turn, and waits for its end.
    pub fn run(&self, source: impl Into<Source>) -> Result<Outcome, SessionError> {
        Ok(self.start(source)?.wait())
    }

    /// The same with options of its own.
    pub fn run_with(&self, source: impl Into<Source>, options: RunOptions) -> Result<Outcome, SessionError> {
        Ok(self.start_with(source, options)?.wait())
    }

    /// Lets a script run when it is its turn. Returns at once.
    pub fn start(&self, source: impl Into<Source>) -> Result<Run, SessionError> {
        self.start_with(source, RunOptions::new())
    }

    /// The same with options of its own.
    pub fn start_with(&self, source: impl Into<Source>, options: RunOptions) -> Result<Run, SessionError> {
        let is_live = matches!(options.input, Some(Input::Live));
        let run = Run::new(self.0.control.clone(), self.0.output.clone(), is_live);
        match self.0.queue.push(Task::Run(source.into(), options, run.clone())) {
            None => Ok(run),
            Some(_) => Err(SessionError::Stopped),
        }
    }

    /// The same as [`SessionHandle::run`].
    pub fn execute(&self, source: impl Into<Source>) -> Result<Outcome, SessionError> {
        self.run(source)
    }

    /// The same as [`SessionHandle::start`].
    pub fn execute_async(&self, source: impl Into<Source>) -> Result<Run, SessionError> {
        self.start(source)
    }

    /// The run in progress.
    pub fn running(&self) -> Option<Run> {
        self.0.queue.lock().running.clone()
    }

    /// The runs that wait for their turn.
    pub fn queue(&self) -> Vec<Run> {
        let waiting = self.0.queue.lock();
        let run = |task: &Task| match task {
            Task::Run(_, _, run) if !run.is_finished() => Some(run.clone()),
            _ => None,
        };
        waiting.tasks.iter().filter_map(run).collect()
    }

    /// Ends what runs.
    pub fn canceller(&self) -> Canceller {
        Canceller(self.0.control.clone())
    }

    /// Sends a signal to the run in progress; whether there was one.
    pub fn signal(&self, signal: Signal) -> bool {
        self.canceller().signal(signal)
    }

    /// Does something with the session when it is its turn.
    pub fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Session) -> T + Send + 'static,
    ) -> Result<T, SessionError> {
        let (sender, receiver) = sync_channel(1);
        let call = move |session: &mut Session| drop(sender.send(work(session)));
        match self.0.queue.push(Task::Call(Box::new(call))) {
            None => receiver.recv().map_err(|_| SessionError::Stopped),
            Some(_) => Err(SessionError::Stopped),
        }
    }

    /// What the session was when its last run ended. Does not wait.
    pub fn state(&self) -> Option<StateView> {
        self.0.queue.lock().state.clone()
    }

    /// Stops the session once everything that waits is done: its EXIT trap runs.
    pub fn stop(&self) -> Result<Outcome, SessionError> {
        let (sender, receiver) = sync_channel(1);
        match self.0.queue.push(Task::Stop(Box::new(move |outcome| drop(sender.send(outcome))))) {
            None => receiver.recv().map_err(|_| SessionError::Stopped),
            Some(_) => Err(SessionError::Stopped),
        }
    }

    /// The working directory.
    pub fn cwd(&self) -> Result<Vec<u8>, SessionError> {
        self.with(|session| session.cwd().to_vec())
    }

    /// Changes the working directory.
    pub fn chdir(&self, path: impl Into<std::path::PathBuf>) -> Result<(), SessionError> {
        let path = path.into();
        Ok(self.with(|session| session.chdir(path))??)
    }

    /// The value of an exported variable.
    pub fn env(&self, name: &str) -> Result<Option<Vec<u8>>, SessionError> {
        let name = name.to_string();
        self.with(move |session| session.env(&name))
    }

    /// Sets and exports a variable.
    pub fn set_env(&self, name: &str, value: impl Into<VarValue>) -> Result<(), SessionError> {
        let (name, value) = (name.to_string(), value.into());
        self.with(move |session| session.set_env(&name, value))?
    }

    /// What children see.
    pub fn environ(&self) -> Result<Vec<(String, Vec<u8>)>, SessionError> {
        self.with(|session| session.environ())
    }

    /// The value of a variable.
    pub fn var(&self, name: &str) -> Result<Option<Vec<u8>>, SessionError> {
        let name = name.to_string();
        self.with(move |session| session.var(&name))
    }

    /// Both outputs of all runs so far.
    pub fn output(&self) -> Result<(Vec<u8>, Vec<u8>), SessionError> {
        self.with(|session| session.output())
    }

    /// The same, and takes them out.
    pub fn take_output(&self) -> Result<(Vec<u8>, Vec<u8>), SessionError> {
        self.with(Session::take_output)
    }

    /// What has been run.
    pub fn results(&self) -> Result<Vec<Execution>, SessionError> {
        self.with(|session| session.results().cloned().collect())
    }

    /// All jobs.
    pub fn jobs(&self) -> Result<Vec<Job>, SessionError> {
        self.with(Session::jobs)
    }

    /// Starts a command in the background.
    pub fn spawn_job<W: AsRef<[u8]>>(&self, words: impl IntoIterator<Item = W>) -> Result<Job, SessionError> {
        let words: Vec<Vec<u8>> = words.into_iter().map(|word| word.as_ref().to_vec()).collect();
        Ok(self.with(move |session| session.spawn_job(words))??)
    }

    /// Lets a job go on and waits for it. The session does other things meanwhile.
    pub fn fg(&self, spec: impl Into<JobSpec>) -> Result<Status, SessionError> {
        let spec = spec.into();
        self.with(move |session| session.bg(spec))??;
        let (id, children) = self.with(move |session| session.children_of(spec))??;
        wait_for(&children);
        self.with(move |session| session.fg(id))?
    }

    /// Sends a signal to a job.
    pub fn kill_job(&self, spec: impl Into<JobSpec>, signal: Signal) -> Result<(), SessionError> {
        let spec = spec.into();
        self.with(move |session| session.kill_job(spec, signal))?
    }

    /// Waits for jobs. The session does other things meanwhile.
    pub fn wait_jobs(&self, numbers: &[u32]) -> Result<Vec<Status>, SessionError> {
        let numbers = match numbers {
            [] => self.jobs()?.iter().map(|job| job.number).collect(),
            numbers => numbers.to_vec(),
        };
        for number in numbers.clone() {
            if let Ok((_, children)) =
                self.with(move |session| session.children_of(JobSpec::Number(number)))?
            {
                wait_for(&children);
            }
        }
        if numbers.is_empty() {
            return Ok(Vec::new());
        }
        self.with(move |session| session.wait_jobs(&numbers))
    }

    /// Takes out the jobs that have ended.
    pub fn take_completed_jobs(&self) -> Result<Vec<Job>, SessionError> {
        self.with(Session::take_completed_jobs)
    }
}
