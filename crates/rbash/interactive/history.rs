//! The history of an interactive shell and its file, in Bash's format: a line for each line, times as `#seconds`
//! lines before them.

use bash_host::OpenHow;
use bash_interp::Shell;
use bash_parser::Name;
use bash_session::{SetOption, Shopt, Text, names};

/// Sets the variables of the history and reads its file.
pub fn load(shell: &mut Shell) {
    let home = shell.plain_text(*names::HOME).unwrap_or_default();
    let defaults = [("HISTFILE", [&home[..], b"/.bash_history"].concat()), ("HISTSIZE", b"500".to_vec())];
    for (name, value) in defaults {
        let name = Name::new(name);
        if shell.session.variables.get(name).is_none() {
            shell.session.variables.set(name, value);
        }
    }
    let size_of_file = Name::new("HISTFILESIZE");
    if shell.session.variables.get(size_of_file).is_none()
        && let Some(size) = shell.plain_text(Name::new("HISTSIZE"))
    {
        shell.session.variables.set(size_of_file, size);
    }
    let Some(file) = history_file(shell) else { return };
    let directory = shell.session.directory.handle.clone();
    let Ok(text) = shell.host.read_file(&directory, &file) else { return };
    let mut time = None;
    for line in text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        match timestamp(line) {
            Some(seconds) => time = Some(seconds),
            None => shell.session.history.add_read(Text::new(line), time.take()),
        }
    }
    apply_limit(shell);
}

/// Adds a command to the history, as `HISTCONTROL` says.
pub fn remember(shell: &mut Shell, text: &[u8]) {
    if !shell.option(SetOption::History) {
        return;
    }
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    let control = shell.plain_text(Name::new("HISTCONTROL")).unwrap_or_default();
    let has =
        |word: &[u8]| control.split(|byte| *byte == b':').any(|part| part == word || part == b"ignoreboth");
    if text.is_empty() || has(b"ignorespace") && text.starts_with(b" ") {
        return;
    }
    let last = shell.session.history.entries().last();
    if has(b"ignoredups") && last.is_some_and(|entry| entry.text[..] == *text) {
        return;
    }
    if control.split(|byte| *byte == b':').any(|part| part == b"erasedups") {
        while let Some(at) = shell.session.history.entries().iter().position(|entry| entry.text[..] == *text)
        {
            shell.session.history.remove(at);
        }
    }
    let time = shell.host.now().as_secs() as i64;
    shell.session.history.add(Text::new(&joined(text)), Some(time));
    apply_limit(shell);
}

/// A command of several lines becomes one where that is safe: neither quotes nor here-documents are open in it.
fn joined(text: &[u8]) -> Vec<u8> {
    let has_newline = text.contains(&b'\n');
    if !has_newline
        || text.windows(2).any(|pair| pair == b"<<")
        || text.iter().any(|byte| matches!(byte, b'\'' | b'"' | b'`' | b'#'))
    {
        return text.to_vec();
    }
    let mut line: Vec<u8> = Vec::with_capacity(text.len() + 8);
    for part in text.split(|byte| *byte == b'\n') {
        let part = part.trim_ascii_start();
        if line.ends_with(b"\\") {
            line.pop();
        } else if !line.is_empty() {
            line.extend_from_slice(joiner(&line));
        }
        line.extend_from_slice(part);
    }
    line
}

/// What stands between two lines that become one.
fn joiner(before: &[u8]) -> &'static [u8] {
    let last = before.rsplit(|byte| byte.is_ascii_whitespace()).next().unwrap_or_default();
    let opens =
        matches!(last, b"then" | b"do" | b"else" | b"{" | b"(" | b"in" | b"&&" | b"||" | b"|" | b"&" | b"")
            || last.ends_with(b";")
            || last.ends_with(b"(")
            || last.ends_with(b")");
    if opens { b" " } else { b"; " }
}

/// Writes the entries of this session to the file.
pub fn save(shell: &mut Shell) {
    let Some(file) = history_file(shell) else { return };
    let history = &shell.session.history;
    let entries = history.entries();
    let new = &entries[entries.len() - history.unwritten().min(entries.len())..];
    if new.is_empty() {
        return;
    }
    let with_times = shell.session.variables.get(Name::new("HISTTIMEFORMAT")).is_some();
    let append = shell.shopt(Shopt::HistAppend) || new.len() < entries.len();
    let mut text = Vec::new();
    for entry in new {
        if let Some(time) = entry.time.filter(|_| with_times) {
            text.extend_from_slice(format!("#{time}\n").as_bytes());
        }
        text.extend_from_slice(&entry.text);
        text.push(b'\n');
    }
    let how =
        OpenHow { write: true, append, truncate: !append, create: true, mode: 0o600, ..OpenHow::default() };
    if let Ok(opened) = shell.open_path(&file, how) {
        let _ = opened.write_all(&text);
    }
    shell.session.history.all_written();
    shorten(shell, &file);
}

/// Keeps the newest `HISTFILESIZE` lines of the file.
fn shorten(shell: &mut Shell, file: &Text) {
    let Some(limit) = number(shell, "HISTFILESIZE") else { return };
    let directory = shell.session.directory.handle.clone();
    let Ok(text) = shell.host.read_file(&directory, file) else { return };
    let lines = text.split_inclusive(|byte| *byte == b'\n').count();
    if lines <= limit {
        return;
    }
    let kept: Vec<u8> =
        text.split_inclusive(|byte| *byte == b'\n').skip(lines - limit).flatten().copied().collect();
    let how = OpenHow { write: true, truncate: true, ..OpenHow::default() };
    if let Ok(opened) = shell.open_path(file, how) {
        let _ = opened.write_all(&kept);
    }
}

fn history_file(shell: &Shell) -> Option<Text> {
    shell.plain_text(Name::new("HISTFILE")).filter(|file| !file.is_empty())
}

fn apply_limit(shell: &mut Shell) {
    if let Some(limit) = number(shell, "HISTSIZE") {
        shell.session.history.limit(limit);
    }
}

/// The value of a size variable; negative and odd ones set no limit.
fn number(shell: &Shell, name: &str) -> Option<usize> {
    std::str::from_utf8(&shell.plain_text(Name::new(name))?).ok()?.trim().parse().ok()
}

fn timestamp(line: &[u8]) -> Option<i64> {
    std::str::from_utf8(line.strip_prefix(b"#")?).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_compound_command_become_one() {
        assert_eq!(joined(b"for i in a b\ndo\necho $i\ndone"), b"for i in a b; do echo $i; done");
        assert_eq!(joined(b"echo a \\\nb"), b"echo a b");
        assert_eq!(joined(b"cat <<E\nx\nE"), b"cat <<E\nx\nE");
        assert_eq!(joined(b"echo 'a\nb'"), b"echo 'a\nb'");
    }

    #[test]
    fn times_are_comment_lines_of_digits() {
        assert_eq!(timestamp(b"#1700000000"), Some(1_700_000_000));
        assert_eq!(timestamp(b"# a comment"), None);
    }
}
