//! `time`.

use crate::{Flow, Shell};
use bash_parser::ast::Pipeline;

impl Shell {
    /// Runs a pipeline and reports the time it took.
    pub(super) fn run_timed(&mut self, pipeline: &Pipeline) -> Flow {
        self.run_untimed(pipeline)
    }
}
