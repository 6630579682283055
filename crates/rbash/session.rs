//! An embedded shell that keeps its state between runs.
//!
//! Standard output and error of the session go to buffers that outlive a run: a background job may write when nothing
//! runs, and what it wrote is part of the next outcome.

use bash_builtins::BUILTINS;
use bash_host::real::RealHost;
use bash_host::{FileRef, Files, OpenHow};
use bash_interp::{Capture, Import, Origin, Registry, Shell};
use bash_session::Status;
use std::io;
use std::ops::ControlFlow::Continue;
use std::sync::Arc;

/// A shell inside this process. It never forks, and touches nothing that belongs to the process: working directory,
/// environment, descriptors and signals are its own. Its standard input is empty.
///
/// When it is dropped, its EXIT trap runs and the threads of its background jobs end; see [`Session::close`].
pub struct Session {
    shell: Shell,
    stdout: Arc<Capture>,
    stderr: Arc<Capture>,
}

/// What a run left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The exit status of the last command. Not zero is no error of the library.
    pub status: Status,
    /// What was written to standard output.
    pub stdout: Vec<u8>,
    /// What was written to standard error.
    pub stderr: Vec<u8>,
}

impl Session {
    /// A session with Bash's defaults. It starts in the process's working directory and takes nothing from its
    /// environment.
    pub fn new() -> io::Result<Session> {
        let host = Arc::new(RealHost::embedded());
        let session = bash_session::Session::new(&*host)?;
        let how = OpenHow { read: true, ..OpenHow::default() };
        let nothing = host.open(&session.directory.handle, b"/dev/null", how)?;
        let mut shell = Shell::new(session, host, Registry::new(BUILTINS));
        let (stdout, stderr) =
            (Capture::of_session(shell.host.clone()), Capture::of_session(shell.host.clone()));
        let files: [FileRef; 3] = [nothing, stdout.clone(), stderr.clone()];
        for (number, file) in (0..).zip(files) {
            shell.session.descriptors.open(number, file);
        }
        shell.session.params.name = "rbash".into();
        shell.session.shell_name = "rbash".into();
        shell.initialise(Import::Nothing);
        Ok(Session { shell, stdout, stderr })
    }

    /// Runs a script and waits for its end, but not for its background jobs: what they write later is in a later outcome.
    /// Everything else stays for the next run too: variables, functions, options, the working directory, open files.
    ///
    /// `exit`, `exec PROGRAM` and a signal to `$$` end the run, not the session.
    pub fn run(&mut self, script: impl AsRef<[u8]>) -> Outcome {
        let flow = self.shell.run_text(script.as_ref(), 1, Origin::Script);
        let status = self.shell.end_run(flow);
        self.outcome(status)
    }

    /// Ends the session: its EXIT trap runs, and background jobs that are threads end at their next command. Programs
    /// that they started are left alone.
    pub fn close(mut self) -> Outcome {
        self.end()
    }

    fn end(&mut self) -> Outcome {
        let status = self.shell.run_exit_trap(self.shell.session.status);
        let status = self.shell.end_run(Continue(status));
        self.shell.end_threads();
        self.outcome(status)
    }

    fn outcome(&mut self, status: Status) -> Outcome {
        let stdout = collect(&mut self.shell, &mut self.stdout);
        let stderr = collect(&mut self.shell, &mut self.stderr);
        Outcome { status, stdout, stderr }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.end();
    }
}

/// What was written to an output. If it had to become a pipe, a new buffer takes its place, which costs less.
fn collect(shell: &mut Shell, output: &mut Arc<Capture>) -> Vec<u8> {
    if output.is_pipe() {
        let fresh = output.renewed();
        let (old, new): (FileRef, FileRef) = (output.clone(), fresh.clone());
        shell.session.descriptors.replace(&old, &new);
        *output = fresh;
    }
    output.take()
}
