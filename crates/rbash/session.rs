//! An embedded shell that keeps its state between runs.

use bash_builtins::BUILTINS;
use bash_host::real::RealHost;
use bash_interp::{Capture, Import, Origin, Registry, Shell, Unwind};
use bash_session::Status;
use std::io;
use std::ops::ControlFlow::{Break, Continue};
use std::sync::Arc;

/// A shell inside this process. It never forks, and touches nothing that belongs to the process: working directory,
/// environment, descriptors and signals are its own.
pub struct Session {
    shell: Shell,
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
    /// A session with Bash's defaults. It starts in the process's working directory and takes `PATH` and `HOME` from its
    /// environment, nothing else.
    pub fn new() -> io::Result<Session> {
        let host = Arc::new(RealHost::embedded());
        let session = bash_session::Session::new(&*host)?;
        let mut shell = Shell::new(session, host, Registry::new(BUILTINS));
        shell.session.params.name = "rbash".into();
        shell.initialise(Import::Nothing);
        Ok(Session { shell })
    }

    /// Runs a script and waits for its end. Variables, functions, options and the working directory stay for the next
    /// run.
    pub fn run(&mut self, script: impl AsRef<[u8]>) -> Outcome {
        let (stdout, stderr) = (Capture::new(self.shell.host.clone()), Capture::new(self.shell.host.clone()));
        self.shell.session.descriptors.open(1, stdout.clone());
        self.shell.session.descriptors.open(2, stderr.clone());
        let flow = self.shell.run_text(script.as_ref(), 1, Origin::Script);
        let status = match flow {
            Continue(status)
            | Break(Unwind::Exit(status) | Unwind::Return(status) | Unwind::Discard(status)) => status,
            Break(_) => self.shell.session.status,
        };
        self.shell.session.status = status;
        self.shell.session.descriptors.close(1);
        self.shell.session.descriptors.close(2);
        Outcome { status, stdout: Capture::finish(stdout), stderr: Capture::finish(stderr) }
    }
}
