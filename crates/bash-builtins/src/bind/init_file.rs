//! Files of key bindings: `inputrc`, and what `bind -f` reads.

use bash_interp::Shell;
use bash_parser::Name;
use bash_session::names;
use bash_session::readline::{Application, InitFile, InitLine, Terminal};
use std::io;

/// Files may include each other so deep.
const DEPTH: u32 = 16;

/// A file being read, as messages name it.
pub(super) struct Place<'a> {
    path: &'a [u8],
    line: usize,
    depth: u32,
    /// After an included file messages are without the place.
    named: bool,
}

/// Makes the settings when they are first asked for, and reads `inputrc`.
pub(super) fn prepare(sh: &mut Shell) {
    if sh.session.readline.is_ready() {
        return;
    }
    let charset = sh.session.charset;
    let terminal = sh.plain_text(Name::new("TERM")).unwrap_or_default();
    sh.session.readline.prepare(charset, Terminal::named(&terminal));
    let named = sh.plain_text(*names::INPUTRC).filter(|path| !path.is_empty());
    let home = sh.plain_text(*names::HOME).unwrap_or_default();
    let personal = named.map_or_else(|| [&home[..], b"/.inputrc"].concat(), |path| path.to_vec());
    for path in [&personal[..], b"/etc/inputrc"] {
        if read(sh, path).is_ok() {
            return;
        }
    }
}

/// Reads a file.
pub(super) fn read(sh: &mut Shell, path: &[u8]) -> io::Result<()> {
    if path.is_empty() {
        return Ok(());
    }
    read_at(sh, path, 0)
}

fn read_at(sh: &mut Shell, path: &[u8], depth: u32) -> io::Result<()> {
    let text = sh.host.read_file(&sh.session.directory.handle, path)?;
    let mut place = Place { path, line: 0, depth, named: true };
    read_lines(sh, &text, &mut InitFile::default(), Some(&mut place));
    Ok(())
}

/// Does what the lines of a text say.
pub(super) fn read_lines(
    sh: &mut Shell,
    text: &[u8],
    file: &mut InitFile,
    mut place: Option<&mut Place<'_>>,
) {
    let terminal = sh.plain_text(Name::new("TERM")).unwrap_or_default();
    let application = Application { terminal: terminal.to_vec() };
    for line in text.split(|byte| *byte == b'\n') {
        if let Some(place) = &mut place {
            place.line += 1;
        }
        match sh.session.readline.read_line(line, file, &application) {
            InitLine::Done => {}
            InitLine::Wrong(message) => complain(sh, &message, place.as_deref()),
            InitLine::Include(path) => {
                let depth = place.as_ref().map_or(0, |place| place.depth);
                if depth < DEPTH {
                    let _missing = read_at(sh, &path, depth + 1);
                }
                if let Some(place) = &mut place {
                    place.named = false;
                }
            }
        }
    }
}

fn complain(sh: &mut Shell, message: &[u8], place: Option<&Place<'_>>) {
    let place = place
        .filter(|place| place.named)
        .map_or_else(Vec::new, |place| [place.path, format!(": line {}: ", place.line).as_bytes()].concat());
    sh.write_error(&[b"readline: ", &place[..], message, b"\n"].concat());
}
