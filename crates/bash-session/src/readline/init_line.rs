//! Lines of `inputrc`, which are also the arguments of `bind`: key bindings, `set`, and `$if` and its like.

use super::sequence::named_key;
use super::{Binding, EditFunction, Meta, Readline, VariableError, decode_keys, variables};

/// What conditions in a file ask about.
#[derive(Clone, Debug, Default)]
pub struct Application {
    /// `$TERM`
    pub terminal: Vec<u8>,
}

/// The file being read: which of its lines count.
#[derive(Clone, Debug, Default)]
pub struct InitFile {
    /// For each `$if` around the line: whether lines are passed over, and were so before it.
    conditions: Vec<bool>,
    passed_over: bool,
}

/// What a line wants that the settings cannot do themselves, or what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InitLine {
    /// Nothing more.
    Done,
    /// `$include file`
    Include(Vec<u8>),
    /// A message.
    Wrong(Vec<u8>),
}

impl Readline {
    /// Does what a line says.
    pub fn read_line(&mut self, line: &[u8], file: &mut InitFile, application: &Application) -> InitLine {
        let line = trim_start(line);
        match line.first() {
            None | Some(b'#') => InitLine::Done,
            Some(b'$') => self.directive(&line[1..], file, application),
            Some(_) if file.passed_over => InitLine::Done,
            Some(_) => match self.setting(line) {
                Ok(()) => InitLine::Done,
                Err(message) => InitLine::Wrong(message),
            },
        }
    }

    /// A key binding or `set name value`.
    fn setting(&mut self, line: &[u8]) -> Result<(), Vec<u8>> {
        let mut at = 0;
        if line[0] == b'"' {
            at =
                closing(line, 1, b'"').ok_or_else(|| [line, b": no closing `\"' in key binding"].concat())?;
        }
        at += line[at..].iter().take_while(|byte| !matches!(byte, b':' | b' ' | b'\t')).count();
        if at == 0 {
            return Err([b"`", line, b"': invalid key binding: missing key sequence"].concat());
        }
        let (keys, rest) = line.split_at(at);
        let equivalent = rest.starts_with(b":=");
        if keys.eq_ignore_ascii_case(b"set") {
            return self.assignment(trim_start(rest.get(1..).unwrap_or_default()));
        }
        let action = trim_start(rest.get(1..).unwrap_or_default());
        let action =
            isolated(action).ok_or_else(|| [b"`", action, b"': missing closing quote for macro"].concat())?;
        if equivalent {
            return Ok(());
        }
        if rest.is_empty() {
            return Err([line, b": no key sequence terminator"].concat());
        }
        self.bind_named(keys, action);
        Ok(())
    }

    fn bind_named(&mut self, keys: &[u8], action: &[u8]) {
        let keys = match keys.strip_prefix(b"\"") {
            Some(quoted) => decode_keys(unquoted(quoted, b'"'), self.meta()),
            None => match (named_key(keys), self.meta()) {
                ((key, true), Meta::EighthBit) => vec![key | 0x80],
                ((key, true), Meta::Prefix) => vec![0x1b, key],
                ((key, false), _) => vec![key],
            },
        };
        let binding = match action {
            [quote @ (b'"' | b'\''), text @ ..] => {
                let text = text.strip_suffix(&[*quote]).unwrap_or(text);
                Some(Binding::Macro(decode_keys(text, Meta::EighthBit)))
            }
            name => EditFunction::named(name).map(Binding::Function),
        };
        self.bind(&keys, binding);
    }

    /// `set name value`, from the name on.
    fn assignment(&mut self, text: &[u8]) -> Result<(), Vec<u8>> {
        let (name, value) = word(text);
        let value = trim_start(value);
        let value = if variables::is_switch(name) {
            word(value).0
        } else if !variables::is_text(name) {
            value
        } else if let Some(quoted) = value.strip_prefix(b"\"") {
            unquoted(quoted, b'"')
        } else {
            value.trim_ascii_end()
        };
        self.set_variable(name, value).map_err(|error| match error {
            VariableError::Unknown => [name, b": unknown variable name"].concat(),
            VariableError::Refused => [name, b": could not set value to `", value, b"'"].concat(),
        })
    }

    /// `$if`, `$else`, `$endif`, `$include`
    fn directive(&mut self, text: &[u8], file: &mut InitFile, application: &Application) -> InitLine {
        let (name, argument) = word(text);
        let argument = trim_start(argument);
        let wrong = |message: &[u8]| InitLine::Wrong(message.to_vec());
        match name.to_ascii_lowercase().as_slice() {
            b"if" => {
                file.conditions.push(file.passed_over);
                file.passed_over = file.passed_over || !self.holds(argument, application);
            }
            b"else" => match file.conditions.as_slice() {
                [] => return wrong(b"$else found without matching $if"),
                outer if outer.contains(&true) => {}
                _ => file.passed_over = !file.passed_over,
            },
            b"endif" => match file.conditions.pop() {
                Some(outer) => file.passed_over = outer,
                None => return wrong(b"$endif without matching $if"),
            },
            b"include" if file.passed_over => {}
            b"include" => return InitLine::Include(argument.trim_ascii_end().to_vec()),
            _ => return InitLine::Wrong([name, b": unknown parser directive"].concat()),
        }
        InitLine::Done
    }

    /// Whether the condition of an `$if` holds: the mode, the terminal, the version, a variable, or the name of the shell.
    fn holds(&self, condition: &[u8], application: &Application) -> bool {
        let condition = condition.trim_ascii_end();
        if let Some(terminal) = condition.strip_prefix(b"term=") {
            let kind = application.terminal.split(|byte| *byte == b'-').next().unwrap_or_default();
            return [kind, &application.terminal].iter().any(|known| known.eq_ignore_ascii_case(terminal));
        }
        if let Some(mode) = condition.strip_prefix(b"mode=") {
            return self.variable(b"editing-mode").is_some_and(|now| now.eq_ignore_ascii_case(mode));
        }
        let Some((name, operator, value)) = comparison(condition) else {
            return condition.eq_ignore_ascii_case(b"bash");
        };
        if name.eq_ignore_ascii_case(b"version") {
            return version(value).is_some_and(|wanted| compares(VERSION.cmp(&wanted), operator));
        }
        let equal = self.variable(name).is_some_and(|now| now.eq_ignore_ascii_case(value));
        self.variable(name).is_some() && compares(if equal { Equal } else { Less }, operator)
    }
}

use std::cmp::Ordering::{self, Equal, Greater, Less};

/// The version of Readline that the settings are those of.
const VERSION: (u32, u32) = (8, 3);

/// `name operator value`
fn comparison(text: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let at = text.iter().position(|byte| matches!(byte, b'=' | b'!' | b'<' | b'>'))?;
    let length = text[at..].iter().take_while(|byte| matches!(byte, b'=' | b'!' | b'<' | b'>')).count();
    Some((text[..at].trim_ascii(), &text[at..at + length], text[at + length..].trim_ascii()))
}

fn compares(order: Ordering, operator: &[u8]) -> bool {
    match operator {
        b"=" | b"==" => order == Equal,
        b"!=" => order != Equal,
        b"<" => order == Less,
        b">" => order == Greater,
        b"<=" => order != Greater,
        b">=" => order != Less,
        _ => false,
    }
}

/// `8.3`, `8`
fn version(text: &[u8]) -> Option<(u32, u32)> {
    let mut numbers = std::str::from_utf8(text).ok()?.split('.');
    let major = numbers.next()?.parse().ok()?;
    Some((major, numbers.next().map_or(Some(0), |minor| minor.parse().ok())?))
}

fn trim_start(text: &[u8]) -> &[u8] {
    let blanks = text.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    &text[blanks..]
}

/// The text up to a blank, and what follows the blank.
fn word(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text.iter().take_while(|byte| !matches!(byte, b' ' | b'\t')).count();
    (&text[..end], text.get(end + 1..).unwrap_or_default())
}

/// The position after the quote that closes the text from `at` on; a backslash quotes.
fn closing(text: &[u8], mut at: usize, quote: u8) -> Option<usize> {
    while let Some(byte) = text.get(at) {
        at += match byte {
            b'\\' => 2,
            byte if *byte == quote => return Some(at + 1),
            _ => 1,
        };
    }
    None
}

/// The text before the quote that closes it, or all of it.
fn unquoted(text: &[u8], quote: u8) -> &[u8] {
    closing(text, 0, quote).map_or(text, |end| &text[..end - 1])
}

/// An action without what follows it: a macro to its quote, a name to a blank. `None` if the quote is missing.
fn isolated(action: &[u8]) -> Option<&[u8]> {
    let mut end = 0;
    if let Some(quote @ (b'"' | b'\'')) = action.first().copied() {
        end = closing(action, 1, quote)?;
    }
    end += action[end..].iter().take_while(|byte| !matches!(byte, b' ' | b'\t')).count();
    Some(&action[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(lines: &[&str]) -> (Readline, Vec<InitLine>) {
        let mut readline = Readline::default();
        readline.prepare(bash_parser::quote::Charset::Utf8, crate::readline::Terminal::Xterm);
        let (mut file, application) =
            (InitFile::default(), Application { terminal: b"xterm-256color".to_vec() });
        let results =
            lines.iter().map(|line| readline.read_line(line.as_bytes(), &mut file, &application)).collect();
        (readline, results)
    }

    fn abort_keys(lines: &[&str]) -> Vec<Vec<u8>> {
        let (readline, _) = read(lines);
        readline.keys_of(EditFunction::named(b"abort").unwrap())
    }

    #[test]
    fn conditions_nest() {
        let keys = abort_keys(&[
            "$if term=xterm",
            "\"\\C-xa\": abort",
            "$if nosuch",
            "\"\\C-xb\": abort",
            "$else",
            "\"\\C-xc\": abort",
            "$endif",
            "$else",
            "\"\\C-xd\": abort",
            "$if bash",
            "\"\\C-xe\": abort",
            "$endif",
            "$endif",
            "$if version >= 8.0",
            "\"\\C-xf\": abort",
        ]);
        let has = |key: &str| keys.contains(&format!("\\C-x{key}").into_bytes());
        assert!(has("a") && !has("b") && has("c") && !has("d") && !has("e") && has("f"));
    }

    #[test]
    fn what_is_wrong_is_told() {
        let (_, results) =
            read(&["\"a", ": x", "\"a\": \"b", "word", "set nosuch 1", "$endif", "\"x\"", "$foo"]);
        assert!(results.iter().all(|result| matches!(result, InitLine::Wrong(_))), "{results:?}");
    }

    #[test]
    fn macros_may_hold_quotes() {
        let (readline, results) = read(&[r#""\C-xq": "a\"b\\" more"#]);
        assert_eq!(results, [InitLine::Done]);
        let found = readline.bindings().find(|(keys, _)| *keys == b"\x18q");
        assert_eq!(found.map(|(_, binding)| binding.clone()), Some(Binding::Macro(b"a\"b\\".to_vec())));
    }
}
