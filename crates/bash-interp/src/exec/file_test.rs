//! The unary and binary tests that `[[` and `test` share.
//!
//! What surprises: `/dev/fd/N`, `/dev/stdin` and their like are the shell's own descriptors, not those of the process.

use crate::number::legal_number;
use crate::redirect::descriptor_path;
use crate::{AssignTarget, Flow, Shell, SubscriptReading, element_name};
use bash_host::{Access, FileKind, Metadata};
use bash_parser::Name;
use bash_parser::ast::BinaryTest;
use bash_session::{Attributes, SetOption, Value};
use std::ops::ControlFlow::Continue;

/// Why a test has no answer: the message, without the command's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestError(pub Vec<u8>);

/// The answer of a test.
pub type TestResult = Result<bool, TestError>;

/// The letters of the unary tests.
pub const UNARY_TESTS: &[u8] = b"abcdefghknoprstuvwxzGLORSN";

const SET_USER_ID: u32 = 0o4000;
const SET_GROUP_ID: u32 = 0o2000;
const STICKY: u32 = 0o1000;

impl Shell {
    /// `-x operand`
    pub fn unary_test(&mut self, letter: u8, operand: &[u8], reading: SubscriptReading) -> Flow<TestResult> {
        let answer = match letter {
            b'n' => !operand.is_empty(),
            b'z' => operand.is_empty(),
            b'o' => SetOption::with_name(operand).is_some_and(|option| self.option(option)),
            b't' => return Continue(self.is_terminal(operand)),
            b'v' => self.is_set(operand, reading)?,
            b'R' => self.is_bound_reference(operand),
            b'r' => self.may(operand, Access::Read),
            b'w' => self.may(operand, Access::Write),
            b'x' => self.may(operand, Access::Execute),
            b'h' | b'L' => self
                .host
                .symlink_metadata(&self.session.directory.handle, operand)
                .is_ok_and(|metadata| metadata.kind == FileKind::Symlink),
            letter => match self.tested_metadata(operand) {
                Some(metadata) => self.file_is(letter, &metadata),
                None => false,
            },
        };
        Continue(Ok(answer))
    }

    /// `left -nt right`, `left -ot right`, `left -ef right`
    pub fn compare_files(&mut self, operator: BinaryTest, left: &[u8], right: &[u8]) -> bool {
        let (left, right) = (self.tested_metadata(left), self.tested_metadata(right));
        match (operator, left, right) {
            (BinaryTest::SameFile, Some(left), Some(right)) => {
                (left.device, left.inode) == (right.device, right.inode)
            }
            (BinaryTest::SameFile, ..) => false,
            (BinaryTest::Newer, Some(left), right) => {
                right.is_none_or(|right| left.modified > right.modified)
            }
            (BinaryTest::Older, left, Some(right)) => left.is_none_or(|left| left.modified < right.modified),
            _ => false,
        }
    }

    fn file_is(&self, letter: u8, file: &Metadata) -> bool {
        match letter {
            b'a' | b'e' => true,
            b'b' => file.kind == FileKind::BlockDevice,
            b'c' => file.kind == FileKind::CharDevice,
            b'd' => file.kind == FileKind::Directory,
            b'f' => file.kind == FileKind::Regular,
            b'p' => file.kind == FileKind::Fifo,
            b'S' => file.kind == FileKind::Socket,
            b's' => file.size > 0,
            b'u' => file.permissions & SET_USER_ID != 0,
            b'g' => file.permissions & SET_GROUP_ID != 0,
            b'k' => file.permissions & STICKY != 0,
            b'O' => file.uid == self.host.ids().effective_uid,
            b'G' => file.gid == self.host.ids().effective_gid,
            b'N' => file.modified > file.accessed,
            _ => false,
        }
    }

    fn tested_metadata(&mut self, path: &[u8]) -> Option<Metadata> {
        match descriptor_path(path) {
            Some(number) => self.descriptor(number)?.metadata().ok(),
            None => self.metadata(path).ok(),
        }
    }

    fn may(&mut self, path: &[u8], access: Access) -> bool {
        let Some(number) = descriptor_path(path) else {
            return !path.is_empty()
                && self.host.access(&self.session.directory.handle, path, access).is_ok();
        };
        let modes = self.descriptor(number).map(|file| file.modes());
        match access {
            Access::Exists => modes.is_some(),
            Access::Read => modes.is_some_and(|(read, _)| read),
            Access::Write => modes.is_some_and(|(_, write)| write),
            Access::Execute => false,
        }
    }

    fn is_terminal(&mut self, operand: &[u8]) -> TestResult {
        let Some(number) = legal_number(operand) else { return Err(integer_expected(operand)) };
        let file = i32::try_from(number).ok().and_then(|number| self.descriptor(number));
        Ok(file.is_some_and(|file| file.is_terminal()))
    }

    /// Whether a variable, an element or a positional parameter has a value (`-v`).
    fn is_set(&mut self, text: &[u8], reading: SubscriptReading) -> Flow<bool> {
        if !text.is_empty() && text.iter().all(u8::is_ascii_digit) {
            let number = std::str::from_utf8(text).ok().and_then(|digits| digits.parse().ok());
            return Continue(
                number.is_some_and(|number| number == 0 || self.session.params.get(number).is_some()),
            );
        }
        if let Some(name) = Name::from_bytes(text) {
            // Bash looks up what a reference names as a variable: an element is none.
            if matches!(self.session.variables.resolve(name), bash_session::Lookup::Element(..)) {
                return Continue(false);
            }
            return Continue(self.value(name)?.text().is_some());
        }
        match element_name(text, reading) {
            Some((name, subscript)) => self.is_element_set(name, subscript, reading),
            None => Continue(false),
        }
    }

    fn is_element_set(&mut self, name: Name, subscript: &[u8], reading: SubscriptReading) -> Flow<bool> {
        let name = match self.session.variables.resolve(name) {
            bash_session::Lookup::Plain(name) => name,
            _ => name,
        };
        if self.is_associative(name) && !(is_whole(subscript) && self.compatibility() <= 51) {
            let key = self.key_of_text(subscript, reading)?;
            return Continue(self.read_target(&AssignTarget::Key(name, key))?.is_some());
        }
        if is_whole(subscript) {
            let value = self.value(name)?;
            return Continue(match value {
                Value::Indexed(array) => !array.is_empty(),
                Value::Associative(array) => !array.is_empty(),
                value => value != Value::Unset,
            });
        }
        let index = self.index_in(name, |sh| sh.index_of_text(subscript, reading))?;
        match self.index_to_read(name, index)? {
            Some(target) => Continue(self.read_target(&target)?.is_some()),
            None => Continue(false),
        }
    }

    /// Whether a variable is a name reference that refers to something (`-R`).
    fn is_bound_reference(&self, text: &[u8]) -> bool {
        let cell = Name::from_bytes(text).and_then(|name| self.session.variables.get(name));
        cell.is_some_and(|cell| cell.attributes.contains(Attributes::NAMEREF) && cell.is_set())
    }
}

/// The subscript of all elements.
fn is_whole(subscript: &[u8]) -> bool {
    matches!(subscript, b"@" | b"*")
}

/// `left -eq right` and its like, for numbers.
pub fn compare_integers(operator: BinaryTest, left: i64, right: i64) -> bool {
    match operator {
        BinaryTest::Equal => left == right,
        BinaryTest::NotEqual => left != right,
        BinaryTest::Less => left < right,
        BinaryTest::LessEqual => left <= right,
        BinaryTest::Greater => left > right,
        BinaryTest::GreaterEqual => left >= right,
        _ => false,
    }
}

/// `text: integer expected`
pub fn integer_expected(text: &[u8]) -> TestError {
    TestError([text, b": integer expected"].concat())
}
