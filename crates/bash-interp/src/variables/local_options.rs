//! `local -`: the options of `set` belong to the running function.

use crate::Shell;
use bash_session::SetOption;

impl Shell {
    /// Keeps the options for the end of the running function.
    pub fn make_options_local(&mut self) {
        if !self.has_local_options() {
            let depth = self.session.variables.scope_depth();
            self.session.local_options.push((depth, self.session.options));
        }
    }

    /// Whether the running function has done so.
    pub fn has_local_options(&self) -> bool {
        let depth = self.session.variables.scope_depth();
        self.session.local_options.last().is_some_and(|(at, _)| *at == depth)
    }

    /// A function ends: its options are again those that it began with.
    pub(crate) fn restore_local_options(&mut self) {
        if self.session.local_options.is_empty() || !self.has_local_options() {
            return;
        }
        if let Some((_, options)) = self.session.local_options.pop() {
            let (posix, ignores_end) = (self.is_posix(), self.option(SetOption::IgnoreEof));
            self.session.options = options;
            if posix != self.is_posix() {
                self.set_option(SetOption::Posix, !posix);
            }
            if ignores_end != self.option(SetOption::IgnoreEof) {
                self.set_option(SetOption::IgnoreEof, !ignores_end);
            }
            self.show_options();
        }
    }
}
