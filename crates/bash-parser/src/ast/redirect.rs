//! Redirections.

use super::{Cache, SharedText, Text, Word, WordPart};
use crate::Name;
use std::ops::Range;
use std::sync::Arc;

/// One redirection of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    /// The descriptor before the operator; `None` means the operator's own default.
    pub descriptor: Option<DescriptorTarget>,
    /// The operator.
    pub operator: RedirectOperator,
    /// What stands after it.
    pub target: RedirectTarget,
}

impl Redirect {
    /// `2>&1`, which `|&` adds to the redirections of the command before it.
    pub fn stderr_to_stdout() -> Self {
        let stdout: SharedText = (*b"1").into();
        let constant = Some(stdout.clone());
        let word = Word { parts: Box::new([WordPart::Literal(stdout)]), constant, cache: Cache::new() };
        Self {
            descriptor: Some(DescriptorTarget::Number(2)),
            operator: RedirectOperator::DuplicateOutput,
            target: RedirectTarget::Word(word),
        }
    }
}

/// What stands before a redirection operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DescriptorTarget {
    /// `2>`
    Number(i32),
    /// `{name}>`: the shell picks a descriptor ≥ 10 and stores it in `name`.
    Variable(Name),
    /// `{name[subscript]}>`: the same, stored in an element. The text between the braces.
    Element(Text),
}

/// Redirection operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RedirectOperator {
    /// `<`
    Read,
    /// `>`
    Write,
    /// `>>`
    Append,
    /// `>|`
    Clobber,
    /// `<>`
    ReadWrite,
    /// `<&` (with the target `-` to close, `N` to duplicate, `N-` to move)
    DuplicateInput,
    /// `>&` (the same; with any other word it is `&>`)
    DuplicateOutput,
    /// `&>`
    Both,
    /// `&>>`
    BothAppend,
    /// `<<`
    HereDocument,
    /// `<<-`
    HereDocumentStripped,
    /// `<<<`
    HereString,
}

/// What a redirection names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RedirectTarget {
    /// A file, a descriptor or the text of a here-string.
    Word(Word),
    /// The body of a here-document.
    Document(Box<HereDocument>),
}

/// A here-document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HereDocument {
    /// The delimiter as written, quotes included.
    pub delimiter: Text,
    /// The delimiter was quoted: the body is literal.
    pub quoted: bool,
    /// The body as text after tab stripping (ends with a newline unless it is empty).
    pub source: DocumentText,
    /// The body's parts, expanded as if in double quotes, except that `"` is plain; `None` where `source` is what is
    /// read.
    pub body: Option<Word>,
    /// Bash's warning when the input ended before the delimiter: the line where the document began and the line
    /// at which the input ended.
    pub unterminated: Option<(u32, u32)>,
}

/// The text of a here-document: a copy, or, of a large one, the place where it stands in the script.
#[derive(Clone, Debug)]
pub enum DocumentText {
    /// A copy.
    Own(SharedText),
    /// A part of a script that is kept for it.
    Within {
        /// The script.
        script: Arc<String>,
        /// Where the document stands in it.
        range: Range<usize>,
    },
}

impl DocumentText {
    /// The text as bytes.
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            DocumentText::Own(text) => text,
            DocumentText::Within { script, range } => {
                script.as_bytes().get(range.clone()).unwrap_or_default()
            }
        }
    }
}

impl PartialEq for DocumentText {
    fn eq(&self, other: &DocumentText) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}
impl Eq for DocumentText {}

impl HereDocument {
    /// What is read, if nothing in it is to be expanded.
    pub fn constant(&self) -> Option<&[u8]> {
        match &self.body {
            None => Some(self.source.as_bytes()),
            Some(word) => word.constant.as_deref(),
        }
    }

    /// The delimiter without its quotes: the line that ends the document.
    pub fn last_line(&self) -> Vec<u8> {
        let written = &self.delimiter;
        let mut bare = Vec::with_capacity(written.len());
        let mut quote = None;
        let mut bytes = written.iter().copied().peekable();
        while let Some(byte) = bytes.next() {
            match (quote, byte) {
                (None, b'$') if matches!(bytes.peek(), Some(b'\'' | b'"')) => {}
                (None, b'\'' | b'"') => quote = Some(byte),
                (Some(open), _) if open == byte => quote = None,
                (None, b'\\') => bare.extend(bytes.next()),
                (Some(b'"'), b'\\') if matches!(bytes.peek(), Some(b'"' | b'\\' | b'$' | b'`')) => {
                    bare.extend(bytes.next())
                }
                _ => bare.push(byte),
            }
        }
        bare
    }
}
