//! What becomes of a compound assignment that is refused: of all of it, or of one element.

use crate::{Flow, Shell};
use bash_parser::Name;
use bash_session::{Attributes, SetOption};

impl Shell {
    /// Whether nothing may be assigned to a variable.
    pub(super) fn is_readonly(&self, name: Name) -> bool {
        self.session.variables.get(name).is_some_and(|cell| cell.attributes.contains(Attributes::READONLY))
    }

    /// Whether what is assigned to a variable of the shell's own is ignored.
    pub(super) fn takes_no_value(&self, name: Name) -> bool {
        self.session.variables.get(name).is_some_and(|cell| cell.attributes.contains(Attributes::NO_ASSIGN))
    }

    /// A readonly array: its elements are not even expanded.
    pub(super) fn refuse_elements(&mut self, name: Name) -> Flow<()> {
        let refused = self.readonly_error(name);
        self.end_if_posix(refused)
    }

    /// A wrong element ends a POSIX script, but not if it is given to a declaration command.
    pub(super) fn refuse_element<T>(&mut self) -> Flow<T> {
        match self.running_builtin {
            Some(_) => self.discard(),
            None => self.discard_or_end(),
        }
    }

    /// The same of a wrong index, which ends every script under `set -e`.
    pub(super) fn refuse_index<T>(&mut self) -> Flow<T> {
        match self.option(SetOption::ErrExit) {
            true => self.discard_unless_errexit(),
            false => self.refuse_element(),
        }
    }
}
