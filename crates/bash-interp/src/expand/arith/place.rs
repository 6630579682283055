//! The places that arithmetic reads and writes: variables, elements, and what looks like an element and is none.

use crate::assign::FoundIndex;
use crate::{AssignTarget, Flow, Shell, SubscriptReading};
use bash_parser::Name;
use bash_parser::ast::{Lvalue, Subscript};
use bash_session::{Lookup, Text, Value};
use std::ops::ControlFlow::Continue;

/// What an expression reads and writes.
pub enum Place {
    /// A variable or an element.
    There(AssignTarget),
    /// A scalar counted from its end (`x[-1]`): reading complains and gives 0, writing makes an array.
    Unreadable(AssignTarget),
    /// What a name reference to a whole array (`a[@]`) refers to: 0, and nothing can be written there; both complain.
    Void(Text),
    /// What a reference to an element with one more subscript stands for: 0, and writing complains that it is no name.
    Referenced(Text),
    /// No element at all (`a[-9]`, `a[*]`, `m['']`): reading gives 0, writing does nothing; both complain.
    Nowhere(Missing),
}

/// An element that cannot be.
pub struct Missing {
    /// The array.
    pub(super) array: Name,
    /// Its name as written; `None` if a name reference to the element was.
    pub(super) written: Option<Name>,
    /// The text between the brackets.
    pub(super) subscript: Text,
}

impl Missing {
    /// The name in messages.
    pub(super) fn name_shown(&self) -> Name {
        self.written.unwrap_or(self.array)
    }

    /// The element in messages.
    pub(super) fn shown(&self) -> Text {
        element(self.name_shown(), &self.subscript)
    }
}

impl Shell {
    /// The element that a name with a subscript stands for, whose subscript is evaluated.
    pub(super) fn element_place(&mut self, target: &Lvalue, subscript: &Subscript) -> Flow<Place> {
        let name = match self.session.variables.resolve(target.name) {
            Lookup::Plain(name) => name,
            Lookup::Element(array, text) => {
                if let Subscript::Text { source, .. } = subscript {
                    self.index_of_text(source, self.reading_of_subscripts())?;
                }
                return Continue(Place::Referenced(element(array, &text)));
            }
            _ => target.name,
        };
        let (source, word, arith) = match subscript {
            Subscript::Text { source, word, arith } => (source, word, arith),
            _ => return Continue(Place::There(self.target(target.name, Some(subscript))?)),
        };
        let reading = self.reading_of_subscripts();
        let missing = || {
            let subscript = Text::new(source);
            Missing { array: name, written: Some(target.name), subscript }
        };
        if self.is_associative(name) {
            let key = self.key_of_text(source, reading)?;
            return Continue(Shell::place_of_key(key, missing()));
        }
        if matches!(&source[..], b"@" | b"*") {
            return Continue(Place::Nowhere(missing()));
        }
        if source.is_empty() {
            return Continue(Place::There(self.target(target.name, Some(subscript))?));
        }
        let index = self.index_in(name, |sh| match word.constant {
            Some(_) => sh.subscript_arith(arith),
            None => sh.index_of_text(source, reading),
        })?;
        self.place_at(index, missing())
    }

    /// The place at an index of an indexed array, or of a scalar that is to become one.
    fn place_at(&mut self, index: FoundIndex, missing: Missing) -> Flow<Place> {
        let name = missing.array;
        let counts_in_scalar = matches!(index, FoundIndex::At(..0))
            && !matches!(self.value(name)?, Value::Indexed(_) | Value::Unset);
        Continue(match self.index_from_end(name, index)? {
            Some(index) if counts_in_scalar => Place::Unreadable(AssignTarget::Index(name, index)),
            Some(index) => Place::There(AssignTarget::Index(name, index)),
            None => Place::Nowhere(missing),
        })
    }

    /// The place of a key of an associative array.
    fn place_of_key(key: Text, missing: Missing) -> Place {
        match key.is_empty() {
            true => Place::Nowhere(missing),
            false => Place::There(AssignTarget::Key(missing.array, key)),
        }
    }

    /// The element that a name reference refers to.
    pub(super) fn referenced_place(&mut self, array: Name, subscript: Text) -> Flow<Place> {
        let missing = |subscript| Missing { array, written: None, subscript };
        if self.is_associative(array) {
            let key = self.key_of_text(&subscript, SubscriptReading::Expand)?;
            return Continue(Shell::place_of_key(key, missing(subscript)));
        }
        let index = self.index_in(array, |sh| sh.index_of_text(&subscript, SubscriptReading::Expand))?;
        self.place_at(index, missing(subscript))
    }
}

/// Whether a key is looked for once more to write to it, with all that is expanded on the way: one that a name reference
/// refers to, or that holds an expansion.
pub(super) fn is_found_again(target: &Lvalue) -> bool {
    match target.subscript.as_deref() {
        None => true,
        Some(Subscript::Text { source, .. }) => source.iter().any(|byte| matches!(byte, b'$' | b'`')),
        Some(_) => false,
    }
}

/// `name[subscript]`
pub(super) fn element(name: Name, subscript: &[u8]) -> Text {
    [name.as_bytes(), b"[", subscript, b"]"].concat().into()
}
