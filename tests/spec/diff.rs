//! What a failed case prints: each stream that differs, line by line, `-` expected and `+` seen.

use crate::case_file::Outcome;

/// A readable account of how `seen` differs from `expected`; nothing where they agree.
pub fn describe(expected: &Outcome, seen: &Outcome) -> Option<String> {
    if expected == seen {
        return None;
    }
    let mut account = String::new();
    if expected.status != seen.status {
        account += &format!("status: expected {}, seen {}\n", expected.status, seen.status);
    }
    account += &describe_stream("stdout", &expected.stdout, &seen.stdout);
    account += &describe_stream("stderr", &expected.stderr, &seen.stderr);
    Some(account)
}

fn describe_stream(name: &str, expected: &[u8], seen: &[u8]) -> String {
    if expected == seen {
        return String::new();
    }
    let expected = visible_lines(expected);
    let seen = visible_lines(seen);
    let mut account = format!("{name}:\n");
    for (mark, line) in line_diff(&expected, &seen) {
        account += &format!("  {mark}{line}\n");
    }
    account
}

/// Lines with control characters shown as escapes; a missing last newline is told in words.
pub fn visible_lines(data: &[u8]) -> Vec<String> {
    let shown = |line: &[u8]| match line.strip_suffix(b"\n") {
        Some(line) => escape(line),
        None => escape(line) + " (no newline)",
    };
    data.split_inclusive(|byte| *byte == b'\n').map(shown).collect()
}

fn escape(line: &[u8]) -> String {
    let mut shown = String::new();
    for chunk in line.utf8_chunks() {
        for character in chunk.valid().chars() {
            if character.is_control() && character != '\t' {
                shown.extend(character.escape_default());
            } else {
                shown.push(character);
            }
        }
        for byte in chunk.invalid() {
            shown += &format!("\\x{byte:02x}");
        }
    }
    shown
}

/// Above this many lines the streams are shown whole, one after the other.
const LONGEST: usize = 1000;

/// The longest common subsequence keeps a blank mark, the rest goes as `-` and `+`.
fn line_diff<'a>(expected: &'a [String], seen: &'a [String]) -> Vec<(char, &'a str)> {
    if expected.len() > LONGEST || seen.len() > LONGEST {
        let gone = expected.iter().map(|line| ('-', line.as_str()));
        return gone.chain(seen.iter().map(|line| ('+', line.as_str()))).collect();
    }
    let common = common_lengths(expected, seen);
    let (mut left, mut right) = (0, 0);
    let mut marked = Vec::new();
    while left < expected.len() || right < seen.len() {
        let both = left < expected.len() && right < seen.len();
        if both && expected[left] == seen[right] {
            marked.push((' ', expected[left].as_str()));
            left += 1;
            right += 1;
        } else if right == seen.len() || (both && common[left + 1][right] >= common[left][right + 1]) {
            marked.push(('-', expected[left].as_str()));
            left += 1;
        } else {
            marked.push(('+', seen[right].as_str()));
            right += 1;
        }
    }
    marked
}

/// `common[i][j]`: how many lines `expected[i..]` and `seen[j..]` have in common, in order.
fn common_lengths(expected: &[String], seen: &[String]) -> Vec<Vec<usize>> {
    let mut common = vec![vec![0; seen.len() + 1]; expected.len() + 1];
    for left in (0..expected.len()).rev() {
        for right in (0..seen.len()).rev() {
            common[left][right] = if expected[left] == seen[right] {
                common[left + 1][right + 1] + 1
            } else {
                common[left + 1][right].max(common[left][right + 1])
            };
        }
    }
    common
}
