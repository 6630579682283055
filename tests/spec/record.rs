//! Writing spec files: the input of each case as it stood, the expectations anew.

use crate::case_file::{Case, CaseFile, Outcome};

/// The text of a spec file, which reads back as the same cases.
pub fn render(file: &CaseFile) -> Vec<u8> {
    let mut text = file.preamble.clone();
    for (index, case) in file.cases.iter().enumerate() {
        if index > 0 {
            text.push(b'\n');
        }
        render_case(&mut text, case);
    }
    text
}

fn render_case(text: &mut Vec<u8>, case: &Case) {
    text.extend_from_slice(&case.source);
    if !case.source.ends_with(b"\n") {
        text.push(b'\n');
    }
    let Outcome { stdout, stderr, status } = &case.expected;
    render_section(text, "stdout", stdout);
    render_section(text, "stderr", stderr);
    if status != "0" {
        text.extend_from_slice(format!("#--- status {status}\n").as_bytes());
    }
}

fn render_section(text: &mut Vec<u8>, keyword: &str, data: &[u8]) {
    if data.is_empty() {
        return;
    }
    let escaped = needs_escapes(data);
    let no_newline = !data.ends_with(b"\n");
    text.extend_from_slice(format!("#--- {keyword}").as_bytes());
    text.extend_from_slice(if escaped { b", escaped" } else { b"" });
    text.extend_from_slice(if no_newline { b", no newline\n" } else { b"\n" });
    if escaped {
        escape_into(text, data)
    } else {
        text.extend_from_slice(data)
    }
    if no_newline {
        text.push(b'\n');
    }
}

/// Whether `data` holds what an editor would spoil or the format would misread.
fn needs_escapes(data: &[u8]) -> bool {
    let odd = |byte: &u8| byte.is_ascii_control() && !b"\n\t".contains(byte);
    std::str::from_utf8(data).is_err()
        || data.iter().any(odd)
        || data
            .split(|byte| *byte == b'\n')
            .any(|line| line.starts_with(b"#=== ") || line.starts_with(b"#--- "))
}

fn escape_into(text: &mut Vec<u8>, data: &[u8]) {
    let mut line_start = true;
    for &byte in data {
        match byte {
            b'\\' => text.extend_from_slice(b"\\\\"),
            b'#' if line_start => text.extend_from_slice(b"\\x23"),
            b'\n' | b'\t' | b' '..=b'~' => text.push(byte),
            _ => text.extend_from_slice(format!("\\x{byte:02x}").as_bytes()),
        }
        line_start = byte == b'\n';
    }
}
