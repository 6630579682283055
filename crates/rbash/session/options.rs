//! What one run may want beyond its script.

use super::input::Input;
use super::kept::Capture;
use super::sink::Sink;
use std::time::Duration;

/// Options of one run.
///
/// ```
/// use rbash::{RunOptions, Session};
/// use std::time::Duration;
///
/// let mut session = Session::new()?;
/// let options = RunOptions::new().stdin("b\na\n").timeout(Duration::from_secs(10));
/// assert_eq!(session.run_with("sort", options).stdout, b"a\nb\n");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Default)]
pub struct RunOptions {
    pub(crate) input: Option<Input>,
    pub(crate) sinks: Vec<Box<dyn Sink>>,
    pub(crate) capture: Option<Capture>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) grace: Option<Duration>,
    pub(crate) scope: Option<RunScope>,
}

/// What of a run's state the next run sees.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RunScope {
    /// Everything, as at a prompt. The EXIT trap runs at the end of the session.
    #[default]
    Session,
    /// Variables, functions, files and the directory. Traps, options of `set` and `$?` are as before the run, and the
    /// EXIT trap that it has set runs at its end.
    Script,
}

impl RunOptions {
    /// None.
    pub fn new() -> RunOptions {
        RunOptions::default()
    }

    /// What the run reads.
    #[must_use]
    pub fn stdin(mut self, input: impl Into<Input>) -> RunOptions {
        self.input = Some(input.into());
        self
    }

    /// A sink that gets the output as it is written, besides those of the session.
    #[must_use]
    pub fn sink(mut self, sink: impl Sink + 'static) -> RunOptions {
        self.sinks.push(Box::new(sink));
        self
    }

    /// How much of the output the outcome holds.
    #[must_use]
    pub fn capture(mut self, capture: Capture) -> RunOptions {
        self.capture = Some(capture);
        self
    }

    /// After so long, the run and everything that it has started are told to end by TERM.
    #[must_use]
    pub fn timeout(mut self, time: Duration) -> RunOptions {
        self.timeout = Some(time);
        self
    }

    /// How long after that they are killed; 1 second if nothing is said.
    #[must_use]
    pub fn grace(mut self, time: Duration) -> RunOptions {
        self.grace = Some(time);
        self
    }

    /// What of its state the next run sees.
    #[must_use]
    pub fn scope(mut self, scope: RunScope) -> RunOptions {
        self.scope = Some(scope);
        self
    }
}
