//! The call stack: what `FUNCNAME`, `BASH_SOURCE`, `BASH_LINENO` and `caller` show.

use crate::{Params, Text};
use std::sync::Arc;

/// One entry of the call stack.
#[derive(Debug)]
pub struct Call {
    /// What kind of call.
    pub kind: CallKind,
    /// The name in `FUNCNAME`: the function's, `source`, or `main`.
    pub name: Text,
    /// The file that its commands come from.
    pub source: Text,
    /// The line of the call in the caller.
    pub line: u32,
    outer: Option<Arc<Call>>,
}

/// What was called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallKind {
    /// The script itself.
    Main,
    /// A function.
    Function,
    /// `source file`
    Source,
}

/// The call stack, innermost first. Copying it is cheap.
#[derive(Clone, Debug, Default)]
pub struct Calls {
    top: Option<Arc<Call>>,
    functions: u32,
    sources: u32,
    names_shown: bool,
    arguments: Option<Arc<Vec<Params>>>,
}

impl Calls {
    /// Enters a call.
    pub fn push(&mut self, kind: CallKind, name: Text, source: Text, line: u32) {
        match kind {
            CallKind::Function => self.functions += 1,
            CallKind::Source => self.sources += 1,
            CallKind::Main => {}
        }
        self.top = Some(Arc::new(Call { kind, name, source, line, outer: self.top.take() }));
    }

    /// Leaves the innermost call.
    pub fn pop(&mut self) {
        let Some(call) = self.top.take() else { return };
        match call.kind {
            CallKind::Function => self.functions -= 1,
            CallKind::Source => self.sources -= 1,
            CallKind::Main => {}
        }
        self.top = match Arc::try_unwrap(call) {
            Ok(mut call) => call.outer.take(),
            Err(shared) => shared.outer.clone(),
        };
    }

    /// The innermost call.
    pub fn top(&self) -> Option<&Call> {
        self.top.as_deref()
    }

    /// The calls, innermost first.
    pub fn iter(&self) -> impl Iterator<Item = &Call> {
        std::iter::successors(self.top(), |call| call.outer.as_deref())
    }

    /// How many function calls are open.
    pub fn function_depth(&self) -> u32 {
        self.functions
    }

    /// Whether `FUNCNAME` can be seen.
    pub fn names_are_shown(&self) -> bool {
        self.names_shown
    }

    /// Shows or hides `FUNCNAME`.
    pub fn show_names(&mut self, shown: bool) {
        self.names_shown = shown;
    }

    /// How many sourced files are open.
    pub fn source_depth(&self) -> u32 {
        self.sources
    }

    /// Begins to keep arguments (`BASH_ARGV`), with those that are the positional parameters now.
    pub fn begin_arguments(&mut self, params: &Params) {
        if self.arguments.is_none() {
            self.arguments = Some(Arc::new(vec![params.clone()]));
        }
    }

    /// Keeps the arguments of a call. Calls that were made before somebody asked, or without `extdebug`, are missing.
    pub fn push_arguments(&mut self, params: Params) {
        Arc::make_mut(self.arguments.get_or_insert_default()).push(params);
    }

    /// Forgets those of the innermost call.
    pub fn pop_arguments(&mut self) {
        if let Some(arguments) = &mut self.arguments {
            Arc::make_mut(arguments).pop();
        }
    }

    /// The arguments that are kept, outermost call first.
    pub fn arguments(&self) -> &[Params] {
        self.arguments.as_ref().map_or(&[], |arguments| &arguments[..])
    }

    /// The file that the running command comes from.
    pub fn source(&self) -> Text {
        self.top().map(|call| call.source.clone()).unwrap_or_default()
    }
}

impl Drop for Call {
    /// Unlinks a long chain step by step: dropping it recursively could overflow the stack.
    fn drop(&mut self) {
        let mut next = self.outer.take();
        while let Some(call) = next {
            match Arc::try_unwrap(call) {
                Ok(mut call) => next = call.outer.take(),
                Err(_) => return,
            }
        }
    }
}
