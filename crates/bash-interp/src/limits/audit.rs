//! How much memory a session takes.
//!
//! To count every value that is made is easy, to know when it is gone is not. So what is made is counted, and when the
//! limit seems to be reached, the session is looked through for what is still there. That is done at most once for each
//! thirty-second part of the limit, so that it costs little even right below it.
//!
//! What the session cannot be seen to have, because it lies on the stack of the interpreter (the words of outer commands,
//! parameters of outer calls, lists of loops, texts that `eval` runs), is held: added before, taken away after.

use super::admit::bytes_of;
use super::{Admitted, LimitKind};
use crate::{Flow, Shell};
use bash_parser::ast::FunctionDefinition;
use bash_session::{Text, tree_bytes};
use std::ops::ControlFlow::Continue;

/// How much was held before something; see [`Shell::holding`].
#[derive(Clone, Copy)]
#[must_use]
pub(crate) struct HeldBefore(u64);

impl Shell {
    /// Counts bytes that the session is about to take.
    pub(super) fn count_made(&mut self, bytes: usize) -> Flow<()> {
        let Some(metered) = &mut self.metered else { return Continue(()) };
        match metered.make(bytes as u64) {
            Admitted::Yes => Continue(()),
            Admitted::No => self.audit(bytes as u64),
        }
    }

    /// Looks the session through if the last time is long enough ago; ends the run if it takes too much. `pending` bytes are
    /// about to be taken. What other threads have made is not counted: they look for themselves.
    fn audit(&mut self, pending: u64) -> Flow<()> {
        let Some(metered) = &mut self.metered else { return Continue(()) };
        let most = metered.meter.most_live();
        if metered.made() < most / 32 && metered.meter.known_bytes() <= most {
            return Continue(());
        }
        metered.settle(self.session.footprint());
        if metered.meter.known_bytes().saturating_add(pending) > most {
            return self.exceed(LimitKind::LiveBytes);
        }
        let _ = metered.make(pending);
        Continue(())
    }

    /// After a copy of the session was made: both count their part of what they share. Where there is much room, that can
    /// wait.
    pub(crate) fn share_with_copy(&mut self, copy: &mut Shell) {
        if let (Some(own), Some(others)) = (&mut self.metered, &mut copy.metered)
            && own.meter.has_much()
        {
            own.settle(self.session.footprint());
            others.settle(copy.session.footprint());
        }
    }

    /// What is held now; see [`Shell::no_longer_holding`].
    #[inline]
    pub(crate) fn held(&self) -> HeldBefore {
        HeldBefore(self.metered.as_ref().map_or(0, |metered| metered.held))
    }

    /// Bytes lie on the stack until [`Shell::no_longer_holding`].
    #[inline]
    pub(crate) fn hold(&mut self, bytes: usize) -> Flow<()> {
        match self.metered {
            None => Continue(()),
            Some(_) => self.hold_bytes(bytes as u64),
        }
    }

    #[cold]
    fn hold_bytes(&mut self, bytes: u64) -> Flow<()> {
        let Some(metered) = &mut self.metered else { return Continue(()) };
        metered.held += bytes;
        match metered.meter.hold(bytes) {
            Admitted::Yes => Continue(()),
            Admitted::No => self.audit(0),
        }
    }

    /// The same of words.
    #[inline]
    pub(crate) fn hold_words(&mut self, words: &[Text]) -> Flow<()> {
        match self.metered {
            None => Continue(()),
            Some(_) => self.hold_bytes(bytes_of(words) as u64),
        }
    }

    /// The same of the positional parameters, before others take their place.
    #[inline]
    pub(crate) fn hold_params(&mut self) -> Flow<()> {
        match self.metered {
            None => Continue(()),
            Some(_) => self.hold_bytes(bytes_of(self.session.params.as_slice()) as u64),
        }
    }

    /// The same of a text that is being run, with its tree.
    pub(crate) fn hold_script(&mut self, text: &[u8]) -> Flow<()> {
        self.hold_bytes(tree_bytes(text))
    }

    /// Before a function is defined: what its tree takes, in a shell that has to know.
    pub(crate) fn admit_function(&mut self, definition: &FunctionDefinition) -> Flow<usize> {
        if self.metered.is_none() {
            return Continue(0);
        }
        let text = bash_parser::print::function_definition(&definition.name, definition);
        let bytes = usize::try_from(tree_bytes(&text)).unwrap_or(usize::MAX);
        self.count_made(bytes)?;
        Continue(bytes)
    }

    /// A subshell on this thread begins: what it goes back to lies on the stack. That is shared as long as neither changes,
    /// which cannot be seen, so only much of it counts.
    #[inline]
    pub(crate) fn hold_checkpoint(&mut self) -> Flow<()> {
        let Some(metered) = &self.metered else { return Continue(()) };
        let little = metered.meter.most_live() / 64;
        match self.session.footprint_of_checkpoint() {
            bytes if bytes > little => self.hold_bytes(bytes),
            _ => Continue(()),
        }
    }

    /// What was held since is gone.
    #[inline]
    pub(crate) fn no_longer_holding(&mut self, before: HeldBefore) {
        if let Some(metered) = &mut self.metered {
            metered.meter.release(metered.held.saturating_sub(before.0));
            metered.held = metered.held.min(before.0);
        }
    }
}
