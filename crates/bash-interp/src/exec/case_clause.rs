//! `case word in pattern) … esac`.

use crate::expand::pattern::CaseRule;
use crate::{Flow, Shell};
use bash_parser::ast::{CaseClause, CaseItem, CaseTerminator, Command};
use bash_session::Status;
use std::ops::ControlFlow::Continue;
use std::sync::Arc;

impl Shell {
    /// Runs the first item with a pattern that matches, and those that its terminator leads on to.
    pub(super) fn run_case(&mut self, command: &Arc<Command>, clause: &CaseClause) -> Flow {
        if !self.before_command_and_ask(command)? {
            return Continue(Status::SUCCESS);
        }
        self.trace_head(command)?;
        let subject = self.expand_string(&clause.word);
        let subject = self.note_line_of_head(subject)?;
        if self.meter().is_none() {
            return self.in_compound_with_head(|sh| sh.run_matching_items(clause, &subject));
        }
        let held = self.held();
        self.hold(subject.own_bytes())?;
        let flow = self.in_compound_with_head(|sh| sh.run_matching_items(clause, &subject));
        self.no_longer_holding(held);
        flow
    }

    #[inline]
    fn run_matching_items(&mut self, clause: &CaseClause, subject: &[u8]) -> Flow {
        let mut status = Status::SUCCESS;
        let mut fell_through = false;
        for item in &clause.items {
            if !fell_through && !self.item_matches(item, subject)? {
                continue;
            }
            status = self.run_list(&item.body)?;
            match item.terminator {
                CaseTerminator::Break => return Continue(status),
                CaseTerminator::FallThrough => fell_through = true,
                CaseTerminator::TestNext => fell_through = false,
            }
        }
        self.session.status = status;
        Continue(status)
    }

    fn item_matches(&mut self, item: &CaseItem, subject: &[u8]) -> Flow<bool> {
        let options = self.pattern_options(CaseRule::NoCaseMatch);
        for word in &item.patterns {
            if self.word_matches(word, options, subject)? {
                return Continue(true);
            }
        }
        Continue(false)
    }
}
