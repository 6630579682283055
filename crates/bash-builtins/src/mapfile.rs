//! `mapfile` and `readarray`: lines into an indexed array.
//!
//! What surprises: the array is emptied first unless `-O` is given; the callback runs before its line is assigned, with
//! the index and the line as two more arguments.

use bash_host::{Delimited, FileRef, Line};
use bash_interp::limits::LimitKind;
use bash_interp::number::legal_number;
use bash_interp::{
    Args, AssignTarget, Builtin, Class, FAILURE, Flow, OptionLetter, Origin, SUCCESS, Shell, done,
};
use bash_parser::Name;
use bash_parser::quote::single_quote;
use bash_session::{Attributes, IndexedArray, Status, Text, Value, names};
use std::ops::ControlFlow::Continue;

/// `mapfile`
pub const MAPFILE: Builtin = Builtin {
    name: "mapfile",
    synopsis: "mapfile [-d delim] [-n count] [-O origin] [-s count] [-t] [-u fd] [-C callback] [-c quantum] [array]",
    help: HELP,
    class: Class::Regular,
    run,
};

/// `readarray`
pub const READARRAY: Builtin = Builtin {
    name: "readarray",
    synopsis: "readarray [-d delim] [-n count] [-O origin] [-s count] [-t] [-u fd] [-C callback] [-c quantum] [array]",
    help: HELP,
    class: Class::Regular,
    run,
};

const HELP: &str = "Read lines into an indexed array.\n\n\
    The lines of standard input become the elements of ARRAY, or of MAPFILE.\n\n\
    Options:\n  -d delim\tlines end with the first character of DELIM\n  -n count\tread at most COUNT lines, 0 means all\n  \
    -O origin\tbegin at this index, and keep the other elements\n  -s count\tskip the first COUNT lines\n  \
    -t\t\ttake the delimiters off\n  -u fd\t\tread from this descriptor\n  \
    -C callback\trun CALLBACK with index and line, each time\n  -c quantum\tso many lines were read (5000)\n\n\
    Exit Status:\nSucceeds unless an option is invalid or the array cannot be assigned to.";

/// What the options ask for.
struct Request<'a> {
    delimiter: u8,
    strip: bool,
    count: usize,
    skip: usize,
    origin: Option<i64>,
    descriptor: i32,
    callback: Option<&'a [u8]>,
    quantum: usize,
}

impl Default for Request<'_> {
    fn default() -> Self {
        Request {
            delimiter: b'\n',
            strip: false,
            count: 0,
            skip: 0,
            origin: None,
            descriptor: 0,
            callback: None,
            quantum: 5000,
        }
    }
}

fn run(sh: &mut Shell, args: &Args<'_>) -> Flow {
    let mut request = Request::default();
    let mut options = args.options("d:u:n:O:tC:c:s:");
    for option in options.by_ref() {
        let OptionLetter::On(letter, argument) = option else { return sh.wrong_option(args, option) };
        if let Err(message) = request.read(letter, argument.unwrap_or_default()) {
            sh.builtin_error(args.name, message);
            return FAILURE;
        }
    }
    let file = sh.descriptor(request.descriptor);
    if file.is_none() && request.descriptor != 0 {
        let text = format!("{}: invalid file descriptor: Bad file descriptor", request.descriptor);
        sh.builtin_error(args.name, text);
        return FAILURE;
    }
    if options.operands().first().is_some_and(|word| word.is_empty()) {
        sh.builtin_error(args.name, "empty array variable name");
        return done(Status::USAGE);
    }
    match (prepare(sh, args, options.operands().first(), &request)?, file) {
        (Some(array), Some(file)) => read_lines(sh, &file, array, &request),
        (Some(_), None) => SUCCESS,
        (None, _) => FAILURE,
    }
}

impl<'a> Request<'a> {
    fn read(&mut self, letter: u8, argument: &'a [u8]) -> Result<(), Vec<u8>> {
        let number = |what: &str| match legal_number(argument).and_then(|number| i32::try_from(number).ok()) {
            Some(number) if number >= 0 => Ok(number),
            _ => Err([argument, b": ", what.as_bytes()].concat()),
        };
        match letter {
            b'd' => self.delimiter = argument.first().copied().unwrap_or(0),
            b't' => self.strip = true,
            b'u' => self.descriptor = number("invalid file descriptor specification")?,
            b'n' => self.count = number("invalid line count")? as usize,
            b's' => self.skip = number("invalid line count")? as usize,
            b'O' => self.origin = Some(i64::from(number("invalid array origin")?)),
            b'C' => self.callback = Some(argument),
            _ => {
                self.quantum = number("invalid callback quantum")? as usize;
                if self.quantum == 0 {
                    return Err([argument, b": invalid callback quantum"].concat());
                }
            }
        }
        Ok(())
    }
}

/// The array to fill, emptied unless there is an origin. `None`: it cannot be, and the message is written.
fn prepare(
    sh: &mut Shell,
    args: &Args<'_>,
    word: Option<&Text>,
    request: &Request<'_>,
) -> Flow<Option<Name>> {
    let name = match word {
        None => *names::MAPFILE,
        Some(word) => match Name::from_bytes(word) {
            Some(name) => name,
            None => {
                sh.builtin_error(args.name, [b"`", &word[..], b"': not a valid identifier"].concat());
                return Continue(None);
            }
        },
    };
    let Some(name) = sh.array_to_fill(args.name, name) else { return Continue(None) };
    if sh.is_associative(name) {
        sh.builtin_error(args.name, [name.as_bytes(), b": not an indexed array"].concat());
        return Continue(None);
    }
    let old = sh.session.variables.get(name).map(|cell| (cell.attributes, cell.value.clone()));
    let (attributes, value) = old.unwrap_or_default();
    if attributes.contains(Attributes::READONLY) {
        sh.error([name.as_bytes(), b": readonly variable"].concat());
        return Continue(None);
    }
    let value = match (request.origin, value) {
        (None, _) => Value::from(IndexedArray::new()),
        (Some(_), Value::Unset) => Value::from(IndexedArray::new()),
        (Some(_), value @ Value::Indexed(_)) => value,
        (Some(_), value) => {
            let mut array = IndexedArray::new();
            array.set(0, value.text().unwrap_or_default());
            Value::from(array)
        }
    };
    sh.session.variables.change_attributes(name, Attributes::INDEXED, Attributes::empty());
    sh.session.variables.cell(name).value = value;
    Continue(Some(name))
}

fn read_lines(sh: &mut Shell, file: &FileRef, array: Name, request: &Request<'_>) -> Flow {
    if request.count == 0 && request.skip == 0 && request.callback.is_none() {
        return read_all_lines(sh, file, array, request);
    }
    let mut index = request.origin.unwrap_or(0);
    let mut read = 0;
    let mut text = Vec::new();
    for _ in 0..request.skip {
        if !read_line(sh, file, request.delimiter, &mut text)? {
            return SUCCESS;
        }
    }
    while request.count == 0 || read < request.count {
        if !read_line(sh, file, request.delimiter, &mut text)? {
            break;
        }
        read += 1;
        if request.strip && text.last() == Some(&request.delimiter) {
            text.pop();
        }
        text.truncate(up_to_nul(&text).len());
        if let Some(callback) = request.callback
            && read.is_multiple_of(request.quantum)
        {
            let command = [callback, format!(" {index} ").as_bytes(), &single_quote(&text)].concat();
            let _status = sh.run_nested_text(&command, sh.session.line, Origin::Builtin("mapfile"))?;
        }
        if !store(sh, array, index, &text)? {
            return FAILURE;
        }
        index += 1;
    }
    SUCCESS
}

/// Reads to the end of the file, whose lines need not be taken one by one: nobody else gets a part of it.
fn read_all_lines(sh: &mut Shell, file: &FileRef, array: Name, request: &Request<'_>) -> Flow {
    const CHUNK: usize = 64 * 1024;
    let mut index = request.origin.unwrap_or(0);
    let (mut text, mut end) = (Vec::new(), 0);
    loop {
        if end > sh.text_room() {
            return sh.exceed(LimitKind::StringSize);
        }
        text.resize(end + CHUNK, 0);
        match file.read(&mut text[end..]) {
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => sh.safe_point()?,
            // Bash 5.3 was seen to take an unreadable file for an empty one.
            Ok(0) | Err(_) => {
                let stored = store_lines(sh, array, &mut index, &text[..end], request)?;
                return done(Status::from_truth(stored));
            }
            Ok(count) => {
                let from = end;
                end += count;
                let last = text[from..end].iter().rposition(|byte| *byte == request.delimiter);
                if let Some(last) = last.map(|last| from + last + 1) {
                    if !store_lines(sh, array, &mut index, &text[..last], request)? {
                        return FAILURE;
                    }
                    text.copy_within(last..end, 0);
                    end -= last;
                }
            }
        }
    }
}

/// Stores lines in a row; whether they could be.
fn store_lines(
    sh: &mut Shell,
    array: Name,
    index: &mut i64,
    text: &[u8],
    request: &Request<'_>,
) -> Flow<bool> {
    for line in text.split_inclusive(|byte| *byte == request.delimiter) {
        let line = match line.split_last() {
            Some((last, line)) if request.strip && *last == request.delimiter => line,
            _ => line,
        };
        if !store(sh, array, *index, up_to_nul(line))? {
            return Continue(false);
        }
        *index += 1;
    }
    Continue(true)
}

/// What Bash keeps of a line.
fn up_to_nul(line: &[u8]) -> &[u8] {
    let end = if line.contains(&0) { line.iter().position(|byte| *byte == 0) } else { None };
    &line[..end.unwrap_or(line.len())]
}

/// Reads a line with its delimiter into `text`; `false` at the end.
fn read_line(sh: &mut Shell, file: &FileRef, delimiter: u8, text: &mut Vec<u8>) -> Flow<bool> {
    text.clear();
    let limit = sh.text_room();
    let line = Line { delimiter: Some(delimiter), limit, deadline: None };
    loop {
        match file.read_line(&line, text) {
            Ok(Delimited::Interrupted) => sh.safe_point()?,
            Ok(Delimited::Limit) => return sh.exceed(LimitKind::StringSize),
            Ok(_) => return Continue(!text.is_empty()),
            // Bash 5.3 was seen to take an unreadable file for an empty one.
            Err(_) => return Continue(false),
        }
    }
}

/// Plain elements go straight into the array; attributes such as `-i` have their say.
fn store(sh: &mut Shell, array: Name, index: i64, text: &[u8]) -> Flow<bool> {
    sh.admit_new_element(array, text.len())?;
    let cell = sh.session.variables.cell(array);
    if !cell.attributes.intersects(Attributes::TRANSFORMING | Attributes::READONLY)
        && let Value::Indexed(elements) = &mut cell.value
    {
        std::sync::Arc::make_mut(elements).set(index, Text::new(text));
        return Continue(true);
    }
    sh.assign_or_complain(&AssignTarget::Index(array, index), text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_checked_option_by_option() {
        let mut request = Request::default();
        assert_eq!(request.read(b'n', b"x"), Err(b"x: invalid line count".to_vec()));
        assert_eq!(request.read(b'c', b"0"), Err(b"0: invalid callback quantum".to_vec()));
        assert_eq!(request.read(b'O', b"-1"), Err(b"-1: invalid array origin".to_vec()));
        assert_eq!(request.read(b'd', b""), Ok(()));
        assert_eq!(request.delimiter, 0);
    }
}
