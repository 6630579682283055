//! Dropping a deep tree without running out of stack.
//!
//! The compiler's own drop recurses once per level. The nodes through which trees nest deepest check how much
//! stack is left before they let it. The first such question in a thread is dear, so it is asked only by who stands well
//! below where the thread was seen before.

use super::{
    Command, CommandKind, CommandSubstitution, ConditionalExpr, List, ParamExpansion, ParamOperator, Word,
};
use std::cell::Cell;

/// Stack that must be left to drop a level in place, and what is added when it is not.
const RED_ZONE: usize = 64 * 1024;
const STACK_STEP: usize = 1024 * 1024;

/// So much may have been used since, without a question.
const UNASKED: usize = 32 * 1024;

thread_local! {
    /// The highest address of the stack at which something was dropped.
    static SEEN: Cell<usize> = const { Cell::new(0) };
}

/// Whether little is left of the stack.
fn is_stack_low() -> bool {
    let marker = 0u8;
    let here = (&raw const marker).addr();
    SEEN.with(|seen| {
        if here >= seen.get() {
            seen.set(here);
            return false;
        }
        seen.get() - here > UNASKED && stacker::remaining_stack().is_some_and(|left| left < RED_ZONE)
    })
}

/// Drops what `take` takes out of the node, on another stack if this one is nearly used up.
fn drop_deep<T>(take: impl FnOnce() -> T) {
    if is_stack_low() {
        let inner = take();
        stacker::grow(STACK_STEP, || drop(inner));
    }
}

impl Drop for Command {
    fn drop(&mut self) {
        drop_deep(|| {
            let kind = std::mem::replace(&mut self.kind, CommandKind::Group(List::default()));
            (kind, std::mem::take(&mut self.redirects))
        });
    }
}

impl Drop for CommandSubstitution {
    fn drop(&mut self) {
        drop_deep(|| std::mem::take(&mut self.list));
    }
}

impl Drop for ParamExpansion {
    fn drop(&mut self) {
        drop_deep(|| (std::mem::replace(&mut self.operator, ParamOperator::Value), self.subscript.take()));
    }
}

impl Drop for ConditionalExpr {
    fn drop(&mut self) {
        drop_deep(|| std::mem::replace(self, ConditionalExpr::Word(Word::default())));
    }
}
