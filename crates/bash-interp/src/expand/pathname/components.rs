//! A path pattern divided at its slashes.

use crate::pattern::{ExtendedGlob, Pattern, PatternOptions};

/// A part of a path pattern, with the slashes that follow it.
#[derive(Debug)]
pub(super) enum Component {
    /// No pattern characters: a name, quotes removed.
    Literal { name: Vec<u8>, slashes: Vec<u8> },
    /// A pattern for one name.
    Names { pattern: Box<Pattern>, slashes: Vec<u8> },
    /// `**`: any number of directories; several in a row are one.
    Directories { slashes: Vec<u8>, repeated: bool },
}

/// Divides a pattern. `**` is special if `globstar`.
pub(super) fn split(pattern: &[u8], options: PatternOptions, globstar: bool) -> Vec<Component> {
    let mut components = Vec::new();
    let mut rest = pattern;
    while !rest.is_empty() {
        let end = name_end(rest, options.extended_glob);
        let (name, after) = rest.split_at(end);
        let count = after.iter().take_while(|byte| **byte == b'/').count();
        let (slashes, after) = after.split_at(count);
        rest = after;
        let slashes = slashes.to_vec();
        if globstar && name == b"**" {
            if let Some(Component::Directories { slashes: old, repeated }) = components.last_mut() {
                (*old, *repeated) = (slashes, true);
            } else {
                components.push(Component::Directories { slashes, repeated: false });
            }
        } else if is_active(name, options.extended_glob) {
            components.push(Component::Names { pattern: Box::new(Pattern::compile(name, options)), slashes });
        } else {
            components.push(Component::Literal { name: without_quotes(name), slashes });
        }
    }
    components
}

/// Where the first slash is that stands outside the parentheses of an extended pattern.
fn name_end(text: &[u8], extended: ExtendedGlob) -> usize {
    let (mut at, mut depth, mut in_bracket) = (0, 0_usize, false);
    while let Some(byte) = text.get(at) {
        match byte {
            b'\\' if text.get(at + 1) != Some(&b'/') || in_bracket && text[at..].contains(&b']') => at += 1,
            b'[' => in_bracket = true,
            b']' => in_bracket = false,
            b'?' | b'*' | b'+' | b'@' | b'!'
                if extended == ExtendedGlob::On && text.get(at + 1) == Some(&b'(') =>
            {
                at += 1;
                depth += 1;
            }
            b'(' if depth > 0 => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            b'/' if depth == 0 => return at,
            _ => {}
        }
        at += 1;
    }
    if depth == 0 { text.len() } else { text.iter().position(|byte| *byte == b'/').unwrap_or(text.len()) }
}

/// Whether a name holds a pattern character that is not quoted.
fn is_active(name: &[u8], extended: ExtendedGlob) -> bool {
    let (mut at, mut open) = (0, false);
    while let Some(byte) = name.get(at) {
        match byte {
            b'*' | b'?' => return true,
            b'[' => open = true,
            b']' if open => return true,
            b'+' | b'@' | b'!' if extended == ExtendedGlob::On && name.get(at + 1) == Some(&b'(') => {
                return true;
            }
            b'\\' => at += 1,
            _ => {}
        }
        at += 1;
    }
    false
}

fn without_quotes(name: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(name.len());
    let mut bytes = name.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => plain.extend(bytes.next()),
            byte => plain.push(*byte),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Component {
        fn slashes(&self) -> &[u8] {
            match self {
                Component::Literal { slashes, .. }
                | Component::Names { slashes, .. }
                | Component::Directories { slashes, .. } => slashes,
            }
        }
    }

    fn shown(pattern: &str) -> Vec<String> {
        let options = PatternOptions { extended_glob: ExtendedGlob::On, ..PatternOptions::default() };
        let show = |component: &Component| {
            let slashes = String::from_utf8_lossy(component.slashes()).into_owned();
            match component {
                Component::Literal { name, .. } => format!("={}{slashes}", String::from_utf8_lossy(name)),
                Component::Names { pattern, .. } => {
                    format!("~{}{slashes}", String::from_utf8_lossy(pattern.text()))
                }
                Component::Directories { .. } => format!("**{slashes}"),
            }
        };
        split(pattern.as_bytes(), options, true).iter().map(show).collect()
    }

    #[test]
    fn slashes_are_kept_as_they_are_written() {
        assert_eq!(shown("//usr//l*/"), ["=//", "=usr//", "~l*/"]);
        assert_eq!(shown("a\\*/b[c]"), ["=a*/", "~b[c]"]);
        assert_eq!(shown("[a/b"), ["=[a/", "=b"]);
    }

    #[test]
    fn groups_may_hold_slashes_but_match_none() {
        assert_eq!(shown("@(a/b)/c"), ["~@(a/b)/", "=c"]);
        assert_eq!(shown("@(a/b"), ["~@(a/", "=b"]);
    }

    #[test]
    fn double_stars_fold() {
        assert_eq!(shown("**/**/x"), ["**/", "=x"]);
        assert_eq!(shown("a**"), ["~a**"]);
    }
}
