//! Sessions made from others: what they inherit, and that nothing flows back.

use super::error::SessionError;
use super::registry::SessionId;
use super::{Parts, Session};
use bash_host::real::RealHost;
use bash_interp::Shell;
use bash_session::Traps;
use std::sync::Arc;

impl Session {
    /// A session that starts as a copy: everything that a subshell would see, aliases, remembered paths and open files
    /// too. Both go their own ways from here. It has no jobs, and no traps but those that ignore a signal.
    pub fn fork(&self) -> Result<Session, SessionError> {
        let mut copy = self.copied()?;
        let state = &mut copy.shell.session;
        let (stdin, files) = (self.shell.session.descriptors.for_child().0, state);
        for (number, file) in stdin {
            if number == 0 || number > 2 {
                files.descriptors.open(number, file);
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
        let host = Arc::new(RealHost::embedded());
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
