//! A new shell takes over what a snapshot holds, with everything that follows from it: the directory, the locale, what
//! signals do.

use crate::Shell;
use bash_host::Disposition;
use bash_session::readline::EditMode;
use bash_session::snapshot::{Snapshot, SnapshotError};
use bash_session::{JobControl, SetOption, TrapAction, TrapCondition};
use std::sync::Arc;

impl Shell {
    /// Makes this shell, which has just been set up, remember what `snapshot` holds, but for its files
    /// ([`Snapshot::put_files_into`]).
    pub fn restore(&mut self, snapshot: &Snapshot) -> Result<(), SnapshotError> {
        let start = self.session.directory.handle.clone();
        let handle = self.host.open_directory(&start, snapshot.directory());
        self.session.directory.handle = handle.map_err(SnapshotError::Directory)?;
        self.session.directory.logical = snapshot.directory().into();
        snapshot.put_into(&mut self.session, self.host.now());
        let known = |name: &bash_session::Text| Some(self.builtins.native(name)?.name);
        self.session.disabled_builtins =
            Arc::new(snapshot.disabled_builtins().iter().filter_map(known).collect());
        self.follow_restored_options();
        self.start_locale();
        self.follow_text_domain();
        self.follow_restored_traps();
        Ok(())
    }

    fn follow_restored_options(&mut self) {
        let has_job_control = self.option(SetOption::Monitor);
        self.session.job_control = if has_job_control { JobControl::On } else { JobControl::Off };
        if self.option(SetOption::Vi) {
            self.session.readline.set_mode(EditMode::Vi);
        }
    }

    fn follow_restored_traps(&mut self) {
        let traps = self.session.traps.clone();
        for (condition, trap) in traps.iter().filter(|(_, trap)| !trap.inherited) {
            let runs = matches!(trap.action, TrapAction::Run(_));
            match condition {
                TrapCondition::Signal(signal) if runs => self.change_disposition(signal, Disposition::Catch),
                TrapCondition::Signal(signal) => self.change_disposition(signal, Disposition::Ignore),
                TrapCondition::Exit if runs => self.catch_fatal_signals(),
                _ => {}
            }
        }
    }
}
