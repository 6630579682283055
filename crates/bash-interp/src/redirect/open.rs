//! Redirections to files and from texts: `<` `>` `>>` `>|` `<>` `&>` `<<` `<<<`.

use super::{Place, SavedDescriptors};
use crate::{Flow, Shell};
use bash_host::{ConnectError, FileKind, FileRef, OpenHow, Protocol};
use bash_parser::ast::{RedirectOperator, Word, WordPart};
use bash_session::{SetOption, Text};
use std::io;
use std::ops::ControlFlow::Continue;

impl Shell {
    /// `< word` and its like.
    pub(super) fn redirect_file(
        &mut self,
        word: &Word,
        operator: RedirectOperator,
        place: &Place,
        saved: &mut SavedDescriptors,
    ) -> Flow<bool> {
        let Some(path) = self.redirect_path(word, Some(place))? else { return Continue(false) };
        match self.open_for(&path, operator)? {
            Some(file) => self.set_descriptor(place, file, &path, saved),
            None => Continue(false),
        }
    }

    /// `&> word`, `&>> word`
    pub(super) fn redirect_both(
        &mut self,
        path: &[u8],
        operator: RedirectOperator,
        saved: &mut SavedDescriptors,
    ) -> Flow<bool> {
        let operator = if operator == RedirectOperator::BothAppend {
            RedirectOperator::Append
        } else {
            RedirectOperator::Write
        };
        let Some(file) = self.open_for(path, operator)? else { return Continue(false) };
        self.set_descriptor(&Place::Number(1), file.clone(), path, saved)?;
        self.set_descriptor(&Place::Number(2), file, path, saved)
    }

    /// A here-document or here-string.
    pub(super) fn redirect_text(
        &mut self,
        text: &[u8],
        place: &Place,
        saved: &mut SavedDescriptors,
    ) -> Flow<bool> {
        self.admit_text(text.len())?;
        self.hold(text.len())?;
        match self.host.document(text) {
            Ok(file) => self.set_descriptor(place, file, b"here-document", saved),
            Err(error) => {
                self.system_error(b"cannot create temp file for here-document", &error);
                Continue(false)
            }
        }
    }

    /// The file name that a redirection's word expands to; more than one field is an error.
    pub(crate) fn redirect_path(&mut self, word: &Word, place: Option<&Place>) -> Flow<Option<Text>> {
        if self.is_posix() && !self.session.options.interactive {
            let path = self.expand_string(word)?;
            let is_quoted =
                |part: &WordPart| matches!(part, WordPart::SingleQuoted(_) | WordPart::DoubleQuoted(_));
            if !path.is_empty() || word.parts.iter().any(is_quoted) {
                return Continue(Some(path));
            }
            return self.ambiguous_redirect(word, place);
        }
        let mut fields = Vec::new();
        self.expand_fields(word, &mut fields)?;
        if fields.len() == 1 {
            return Continue(fields.pop());
        }
        self.ambiguous_redirect(word, place)
    }

    /// Complains about a word that is no one file or descriptor. Bash names the variable in which the descriptor would be
    /// stored; without one it expands the word once more, without running the commands in it, and shows what it gets if
    /// that is one word.
    pub(super) fn ambiguous_redirect(&mut self, word: &Word, place: Option<&Place>) -> Flow<Option<Text>> {
        let shown = match place {
            Some(Place::Variable(name)) => name.as_bytes().to_vec(),
            Some(Place::Element(text)) => text.clone(),
            Some(Place::Number(_)) | None => self.expanded_for_message(word)?,
        };
        self.error([&shown[..], b": ambiguous redirect"].concat());
        Continue(None)
    }

    /// The one word that `word` expands to if no command is run in it, or else its source.
    pub(super) fn expanded_for_message(&mut self, word: &Word) -> Flow<Vec<u8>> {
        let mut source = Vec::new();
        bash_parser::print::word(word, &mut source);
        if let Some(constant) = &word.constant {
            return Continue(constant.to_vec());
        }
        let mut fields = Vec::new();
        let parts: Box<[WordPart]> = word.parts.iter().map(without_commands).collect();
        self.expand_fields(&Word { parts, ..Word::default() }, &mut fields)?;
        let splits = |part: &WordPart| matches!(part, WordPart::Command(_)) && source.contains(&b' ');
        Continue(match &fields[..] {
            [field] if !word.parts.iter().any(splits) => field.to_vec(),
            _ => source,
        })
    }

    fn open_for(&mut self, path: &[u8], operator: RedirectOperator) -> Flow<Option<FileRef>> {
        use RedirectOperator as Op;
        if self.is_restricted() && operator != Op::Read {
            return self.refuse_output(path);
        }
        let how = OpenHow { mode: 0o666 & !self.session.umask, ..OpenHow::default() };
        if let Some(place) = NetworkPlace::named(path) {
            return self.open_connection(path, place);
        }
        let how = match operator {
            Op::Read => OpenHow { read: true, ..how },
            Op::ReadWrite => OpenHow { read: true, write: true, create: true, ..how },
            Op::Append => OpenHow { write: true, append: true, create: true, ..how },
            Op::Write if self.option(SetOption::NoClobber) => return self.open_without_clobbering(path, how),
            _ => OpenHow { write: true, create: true, truncate: true, ..how },
        };
        self.opened(path, |sh| sh.open_path(path, how))
    }

    /// `/dev/tcp/host/port`, `/dev/udp/host/port`
    fn open_connection(
        &mut self,
        path: &[u8],
        NetworkPlace { protocol, host, port }: NetworkPlace<'_>,
    ) -> Flow<Option<FileRef>> {
        const EINVAL: i32 = 22;
        let error = match self.host.connect(protocol, host, port) {
            Ok(file) => return Continue(Some(file)),
            Err(ConnectError::UnknownHost) => {
                self.error([host, b": Name or service not known"].concat());
                io::Error::from_raw_os_error(EINVAL)
            }
            Err(ConnectError::UnknownService) => {
                self.error([port, b": Servname not supported for ai_socktype"].concat());
                io::Error::from_raw_os_error(EINVAL)
            }
            Err(ConnectError::Refused(error)) => {
                let name = self.error_name();
                let text = bash_host::errno_text(&error);
                self.write_error(&[&name[..], b": connect: ", text.as_bytes(), b"\n"].concat());
                error
            }
        };
        self.system_error(path, &error);
        Continue(None)
    }

    /// `>` under `set -C`: a new file, or something that is no regular file.
    fn open_without_clobbering(&mut self, path: &[u8], how: OpenHow) -> Flow<Option<FileRef>> {
        let regular = |sh: &Shell| sh.metadata(path).is_ok_and(|metadata| metadata.kind == FileKind::Regular);
        let exists = self.metadata(path).is_ok();
        if exists && regular(self) {
            self.error([path, b": cannot overwrite existing file"].concat());
            return Continue(None);
        }
        let exclusive = !exists;
        let how = OpenHow { write: true, create: exclusive, exclusive, ..how };
        self.opened(path, |sh| {
            sh.open_path(path, how).map_err(|error| match error.kind() {
                io::ErrorKind::AlreadyExists => io::Error::other("cannot overwrite existing file"),
                _ => error,
            })
        })
    }

    fn opened(
        &mut self,
        path: &[u8],
        mut open: impl FnMut(&mut Shell) -> io::Result<FileRef>,
    ) -> Flow<Option<FileRef>> {
        loop {
            match self.another_file_allowed().and_then(|()| open(self)) {
                Ok(file) => return Continue(Some(file)),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => self.safe_point()?,
                Err(error) => {
                    self.system_error(path, &error);
                    return Continue(None);
                }
            }
        }
    }

    /// Opens a path as redirections and builtins do: `/dev/fd/N` and its like name the shell's own descriptors.
    pub fn open_path(&mut self, path: &[u8], how: OpenHow) -> io::Result<FileRef> {
        let how = if how.create { OpenHow { mode: how.mode & !self.session.umask, ..how } } else { how };
        let Some(number) = descriptor_path(path) else {
            return self.host.open(&self.session.directory.handle, path, how);
        };
        let file = self.descriptor(number).ok_or_else(|| io::Error::from_raw_os_error(ENOENT))?;
        Ok(self.host.reopen(&file, how).and_then(Result::ok).unwrap_or(file))
    }
}

const ENOENT: i32 = 2;

/// What `/dev/tcp/HOST/PORT` and `/dev/udp/HOST/PORT` name.
struct NetworkPlace<'p> {
    protocol: Protocol,
    host: &'p [u8],
    port: &'p [u8],
}

impl<'p> NetworkPlace<'p> {
    fn named(path: &'p [u8]) -> Option<Self> {
        let rest = path.strip_prefix(b"/dev/")?;
        let (protocol, place) = match rest.get(..4)? {
            b"tcp/" => (Protocol::Tcp, &rest[4..]),
            b"udp/" => (Protocol::Udp, &rest[4..]),
            _ => return None,
        };
        let slash = place.iter().position(|byte| *byte == b'/')?;
        Some(NetworkPlace { protocol, host: &place[..slash], port: &place[slash + 1..] })
    }
}

/// A part of a word with the text of its command substitutions in their place.
fn without_commands(part: &WordPart) -> WordPart {
    match part {
        WordPart::Command(_) => {
            let mut source = Vec::new();
            let word = Word { parts: Box::new([part.clone()]), ..Word::default() };
            bash_parser::print::word(&word, &mut source);
            WordPart::SingleQuoted(source.into())
        }
        WordPart::DoubleQuoted(parts) => WordPart::DoubleQuoted(parts.iter().map(without_commands).collect()),
        part => part.clone(),
    }
}

/// The descriptor that a special path names.
pub(crate) fn descriptor_path(path: &[u8]) -> Option<i32> {
    match path {
        b"/dev/stdin" => Some(0),
        b"/dev/stdout" => Some(1),
        b"/dev/stderr" => Some(2),
        _ => {
            let digits = path.strip_prefix(b"/dev/fd/")?;
            std::str::from_utf8(digits).ok()?.parse().ok()
        }
    }
}
