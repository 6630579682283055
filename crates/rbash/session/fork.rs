//! Sessions made from others: what they inherit, and that nothing flows back.

use super::error::SessionError;
use super::registry::SessionId;
use super::{Parts, Session};
use bash_interp::Shell;
use bash_session::Traps;

impl Session {
    /// A session that starts as a copy: everything that a subshell would see, aliases, remembered paths and open files
    /// too. Both go their own ways from here. It has no jobs, and no traps but those that ignore a signal.
    ///
    /// A session in a sandbox has a copy of it: the same grants, and the files in memory (`MemoryFs`, the changes of an
    /// `OverlayFs`) copied on write. Of its open files only standard input is there, since the others are the first one's.
    ///
    /// ```
    /// use rbash::{Session, filesystem::MemoryFs, sandbox::SandboxHost};
    /// let host = SandboxHost::new(MemoryFs::with_skeleton());
    /// let mut one = Session::builder().host(std::sync::Arc::new(host)).build()?;
    /// one.run("echo before > /f");
    /// let mut other = one.fork()?;
    /// one.run("echo one > /f");
    /// other.run("echo other > /g");
    /// assert_eq!(one.run("echo $(</f) /*").stdout, b"one /bin /dev /etc /f /home /tmp /usr\n");
    /// assert_eq!(other.run("echo $(</f) $(</g)").stdout, b"before other\n");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn fork(&self) -> Result<Session, SessionError> {
        let mut copy = self.copied()?;
        let are_of_copy = !self.shell.host.copies_files();
        for (number, file) in self.shell.session.descriptors.for_child().0 {
            if number == 0 || number > 2 && are_of_copy {
                copy.shell.session.descriptors.open(number, file);
            }
        }
        Ok(copy)
    }

    /// A session that inherits variables, functions, options and the directory. Not aliases, nor remembered paths, nor
    /// open files.
    pub fn child(&self) -> Result<Session, SessionError> {
        let mut copy = self.copied()?;
        copy.shell.session.aliases = Default::default();
        copy.shell.session.commands = Default::default();
        Ok(copy)
    }

    fn copied(&self) -> Result<Session, SessionError> {
        // Each session has signals of its own, so it needs a host of its own.
        let host = self.shell.host.copied()?;
        let id = SessionId::unique(&*host);
        let registration = self.registration.registry().enter(id)?;
        let mut state = self.shell.session.clone();
        state.descriptors = Default::default();
        state.jobs = Default::default();
        state.traps = inherited(&state.traps);
        let mut shell = Shell::new(state, host, self.shell.builtins.clone());
        shell.inherit_gate(&self.shell);
        shell.forget_environment();
        Ok(Session::assemble(Parts {
            shell,
            registration,
            capture: self.capture.clone(),
            retention: self.past.limit,
            scope: self.scope,
            limits: self.limits.as_ref().map(super::SessionLimits::for_copy),
        }))
    }
}

/// Signals that are ignored stay so.
fn inherited(traps: &Traps) -> Traps {
    let mut inherited = Traps::default();
    for (condition, trap) in traps.iter().filter(|(_, trap)| trap.action == bash_session::TrapAction::Ignore)
    {
        inherited.set(condition, trap.action.clone());
    }
    inherited
}
