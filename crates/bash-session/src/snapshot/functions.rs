//! Functions in a snapshot: as `declare -f` prints them, to be parsed when they are read back.

use super::stored::{Damage, Input, Read, Stored, stored_fields};
use crate::functions::{Function, FunctionAttributes, Functions};

use crate::{Session, SetOption, Shopt, Text, tree_bytes};
use bash_parser::ast::FunctionDefinition;
use bash_parser::quote::Charset;
use bash_parser::{Dialect, print};
use std::sync::Arc;

/// The functions, and how they are to be read.
#[derive(Clone)]
pub(crate) struct StoredFunctions {
    dialect: Dialect,
    pub(crate) functions: Functions,
}

impl StoredFunctions {
    pub(crate) fn of(session: &Session) -> StoredFunctions {
        let dialect = Dialect {
            posix: session.options.has(SetOption::Posix),
            extglob: session.shopt.has(Shopt::ExtGlob),
            braces: session.options.has(SetOption::BraceExpand),
            charset: session.charset,
            ..Dialect::default()
        };
        StoredFunctions { dialect, functions: session.functions.clone() }
    }
}

impl Stored for StoredFunctions {
    fn write(&self, out: &mut Vec<u8>) {
        let Dialect { posix, extglob, braces, charset, .. } = self.dialect;
        [posix, extglob, braces, charset == Charset::Utf8].iter().for_each(|on| on.write(out));
        let list: Vec<_> = self.functions.iter().map(|function| Printed::of(function)).collect();
        list.write(out);
    }

    fn read(input: &mut Input<'_>) -> Read<StoredFunctions> {
        let mut flag = || bool::read(input);
        let (posix, extglob, braces, utf8) = (flag()?, flag()?, flag()?, flag()?);
        let charset = if utf8 { Charset::Utf8 } else { Charset::C };
        let dialect = Dialect { posix, extglob, braces, charset, ..Dialect::default() };
        let mut functions = Functions::default();
        for printed in Vec::<Printed>::read(input)? {
            functions.define(printed.parsed(dialect)?);
        }
        Ok(StoredFunctions { dialect, functions })
    }
}

/// A function as text.
struct Printed {
    name: Text,
    source: Text,
    /// `readonly`, `exported`, `traced`
    attributes: (bool, (bool, bool)),
    /// The name as it was written, and whether `function` stood before it.
    written: (Text, bool),
    line: u32,
    text: Vec<u8>,
}

stored_fields!(Printed { name, source, attributes, written, line, text });

/// Function names can be nearly anything; in the text they have this one.
const PLAIN_NAME: &[u8] = b"f";

impl Printed {
    fn of(function: &Function) -> Printed {
        let Function { name, definition, source, attributes, tree_bytes: _ } = function;
        Printed {
            name: name.clone(),
            source: source.clone(),
            attributes: (attributes.readonly, (attributes.exported, attributes.traced)),
            written: (Text::new(&definition.name), definition.keyword),
            line: definition.line,
            text: print::function_definition(PLAIN_NAME, definition),
        }
    }

    fn parsed(self, dialect: Dialect) -> Read<Function> {
        let definition = self.definition(dialect)?;
        let (name, keyword) = self.written;
        let body = definition.body.clone();
        let definition = FunctionDefinition { name: name.into_vec().into(), keyword, line: self.line, body };
        let (readonly, (exported, traced)) = self.attributes;
        let attributes = FunctionAttributes { readonly, exported, traced };
        let tree_bytes = usize::try_from(tree_bytes(&self.text)).unwrap_or(usize::MAX);
        let definition = Arc::new(definition);
        Ok(Function { name: self.name, definition, source: self.source, attributes, tree_bytes })
    }

    /// The function may have been read while other options were on: that reading is right which prints the same.
    fn definition(&self, now: Dialect) -> Read<Arc<FunctionDefinition>> {
        // The printer gives the brace a line of its own.
        let line = self.line.saturating_sub(1);
        let parse = |dialect| bash_parser::parse_function(&self.text, line, dialect);
        let others = [
            Dialect { extglob: !now.extglob, ..now },
            Dialect { posix: !now.posix, ..now },
            Dialect { extglob: !now.extglob, posix: !now.posix, ..now },
        ];
        let mut readings = [now].into_iter().chain(others).filter_map(parse);
        let first = readings.next().ok_or(Damage)?;
        let is_same =
            |reading: &Arc<FunctionDefinition>| print::function_definition(PLAIN_NAME, reading) == self.text;
        if is_same(&first) {
            return Ok(first);
        }
        Ok(readings.find(is_same).unwrap_or(first))
    }
}
