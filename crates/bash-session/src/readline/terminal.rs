//! What the terminal's name says about its keys.

/// Kinds of terminals, as far as the first bindings differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Terminal {
    /// Most of today's.
    Xterm,
    /// The console of Linux.
    Linux,
    /// One without editing keys, or of which nothing is known.
    Plain,
}

/// The keys that only [`Terminal::Linux`] has.
pub(super) const LINUX_KEYS: &[(&[u8], &str)] =
    &[(b"\x1b[1~", "beginning-of-line"), (b"\x1b[4~", "end-of-line")];

/// The keys that [`Terminal::Plain`] lacks.
pub(super) const MISSING_KEYS: &[(&[u8], &str)] =
    &[(b"\x1b[2~", ""), (b"\x1b[3~", ""), (b"\x1b[5~", ""), (b"\x1b[6~", "")];

impl Terminal {
    /// The kind that `$TERM` names.
    pub fn named(name: &[u8]) -> Terminal {
        const LIKE_XTERM: &[&[u8]] = &[
            b"alacritty",
            b"eterm",
            b"foot",
            b"gnome",
            b"iterm",
            b"kitty",
            b"konsole",
            b"mintty",
            b"putty",
            b"rxvt",
            b"screen",
            b"st-",
            b"tmux",
            b"vte",
            b"wezterm",
            b"xterm",
        ];
        let name = name.to_ascii_lowercase();
        if name.starts_with(b"linux") {
            return Terminal::Linux;
        }
        let known = name == b"st" || LIKE_XTERM.iter().any(|known| name.starts_with(known));
        if known { Terminal::Xterm } else { Terminal::Plain }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_by_their_beginning() {
        assert_eq!(Terminal::named(b"xterm-256color"), Terminal::Xterm);
        assert_eq!(Terminal::named(b"linux"), Terminal::Linux);
        assert_eq!(Terminal::named(b"dumb"), Terminal::Plain);
        assert_eq!(Terminal::named(b""), Terminal::Plain);
    }
}
