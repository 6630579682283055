//! Keymaps: which key does what.
//!
//! A keymap is kept flat, sorted by key sequence. Readline's keymaps of what follows a prefix (`emacs-meta` after Escape,
//! `emacs-ctlx` after Control-X) are views of the one that they belong to.

use super::default_keys;
use super::functions::EditFunction;
use super::sequence::{Meta, decode};
use std::collections::BTreeMap;

/// What a key sequence does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Binding {
    /// A command of the line editor.
    Function(EditFunction),
    /// A text that is typed.
    Macro(Vec<u8>),
    /// Shell commands (`bind -x`).
    Command(Vec<u8>),
}

/// Key sequences and what they do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keymap(BTreeMap<Vec<u8>, Binding>);

impl Keymap {
    /// What a key sequence does.
    pub fn get(&self, keys: &[u8]) -> Option<&Binding> {
        self.0.get(keys)
    }

    /// Binds a key sequence, or with `None` makes it do nothing.
    pub fn bind(&mut self, keys: Vec<u8>, binding: Option<Binding>) {
        match binding {
            Some(binding) if !keys.is_empty() => {
                self.0.insert(keys, binding);
            }
            Some(_) => {}
            None => {
                self.0.remove(&keys);
            }
        }
    }

    /// Takes a command off all the keys that begin with `prefix`.
    pub fn unbind_function(&mut self, prefix: &[u8], function: EditFunction) {
        self.0.retain(|keys, binding| !(keys.starts_with(prefix) && *binding == Binding::Function(function)));
    }

    /// The bindings after a prefix, in the order of their keys: the keys without the prefix. Keys that longer sequences
    /// begin with come after those.
    pub fn after<'a>(&'a self, prefix: &'a [u8]) -> impl Iterator<Item = (&'a [u8], &'a Binding)> + 'a {
        let all = self.0.iter().filter_map(move |(keys, binding)| {
            let rest = keys.strip_prefix(prefix).filter(|rest| !rest.is_empty())?;
            Some((rest, binding))
        });
        let mut all: Vec<_> = all.collect();
        all.sort_by(|(one, _), (other, _)| ranks(one).cmp(ranks(other)));
        all.into_iter()
    }

    fn from_text(text: &str) -> Keymap {
        let mut keymap = Keymap::default();
        for line in text.lines() {
            let mut words = line.split(' ');
            let Some(function) = words.next().and_then(|name| EditFunction::named(name.as_bytes())) else {
                continue;
            };
            for word in words {
                let keys = decode(word.as_bytes(), Meta::EighthBit);
                keymap.bind(keys, Some(Binding::Function(function)));
            }
        }
        keymap
    }

    /// Binds single keys after a prefix, where nothing is bound yet.
    fn fill(&mut self, prefix: &[u8], keys: impl IntoIterator<Item = u8>, name: &str) {
        let Some(function) = EditFunction::named(name.as_bytes()) else { return };
        for key in keys {
            self.0.entry([prefix, &[key]].concat()).or_insert(Binding::Function(function));
        }
    }
}

/// A key sequence as it is sorted: its end stands behind every key.
fn ranks(keys: &[u8]) -> impl Iterator<Item = u16> + '_ {
    const END: u16 = 256;
    keys.iter().map(|key| u16::from(*key)).chain([END])
}

/// The three keymaps that are no views.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeymapKind {
    /// Emacs mode.
    Emacs,
    /// Vi mode, inserting.
    ViInsert,
    /// Vi mode, commands.
    ViCommand,
}

impl KeymapKind {
    /// The keymap before anything was changed.
    pub fn default_keys(self) -> Keymap {
        const CONTROL_X: &[u8] = b"\x18";
        const ESCAPE: &[u8] = b"\x1b";
        let typed = (b' '..=b'~').chain(0x80..=0xff);
        match self {
            KeymapKind::Emacs => {
                let mut keymap = Keymap::from_text(default_keys::EMACS);
                keymap.fill(b"", typed, "self-insert");
                keymap.fill(ESCAPE, (b'0'..=b'9').chain([b'-']), "digit-argument");
                let capitals = (b'A'..=b'Z').filter(|letter| *letter != b'O');
                keymap.fill(ESCAPE, capitals, "do-lowercase-version");
                keymap.fill(CONTROL_X, b'A'..=b'Z', "do-lowercase-version");
                keymap
            }
            KeymapKind::ViInsert => {
                let mut keymap = Keymap::from_text(default_keys::VI_INSERT);
                let control = (1..0x20).filter(|key| *key != 0x1b);
                keymap.fill(b"", typed.chain(control), "self-insert");
                keymap
            }
            KeymapKind::ViCommand => {
                let mut keymap = Keymap::from_text(default_keys::VI_COMMAND);
                keymap.fill(b"", b'1'..=b'9', "vi-arg-digit");
                keymap
            }
        }
    }
}

/// A keymap or a view of one, as `bind -m` names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeymapView {
    /// The keymap.
    pub kind: KeymapKind,
    /// The keys that come before.
    pub prefix: &'static [u8],
}

const VIEWS: &[(&str, KeymapView)] = &[
    ("emacs", view(KeymapKind::Emacs, b"")),
    ("emacs-standard", view(KeymapKind::Emacs, b"")),
    ("emacs-meta", view(KeymapKind::Emacs, b"\x1b")),
    ("emacs-ctlx", view(KeymapKind::Emacs, b"\x18")),
    ("vi", view(KeymapKind::ViCommand, b"")),
    ("vi-move", view(KeymapKind::ViCommand, b"")),
    ("vi-command", view(KeymapKind::ViCommand, b"")),
    ("vi-insert", view(KeymapKind::ViInsert, b"")),
];

const fn view(kind: KeymapKind, prefix: &'static [u8]) -> KeymapView {
    KeymapView { kind, prefix }
}

impl KeymapView {
    /// The keymap in use in emacs mode.
    pub const EMACS: KeymapView = view(KeymapKind::Emacs, b"");
    /// The keymap in use when a line begins in vi mode.
    pub const VI_INSERT: KeymapView = view(KeymapKind::ViInsert, b"");

    /// The keymap called so, whatever the case.
    pub fn named(name: &[u8]) -> Option<KeymapView> {
        VIEWS.iter().find(|(known, _)| known.as_bytes().eq_ignore_ascii_case(name)).map(|(_, view)| *view)
    }

    /// Its first name.
    pub fn name(self) -> &'static str {
        VIEWS.iter().find(|(_, view)| *view == self).map_or("emacs", |(name, _)| name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emacs_keys_are_bound() {
        let keymap = KeymapKind::Emacs.default_keys();
        let function = |keys: &[u8]| match keymap.get(keys) {
            Some(Binding::Function(function)) => function.name(),
            _ => "",
        };
        assert_eq!(function(b"\x01"), "beginning-of-line");
        assert_eq!(function(b"\x1b "), "set-mark");
        assert_eq!(function(b"\x1bA"), "do-lowercase-version");
        assert_eq!(function(b"a"), "self-insert");
        assert_eq!(keymap.after(b"\x18").next().map(|(keys, _)| keys), Some(&b"\x05"[..]));
    }

    #[test]
    fn views_have_names() {
        assert_eq!(KeymapView::named(b"vi-move").map(KeymapView::name), Some("vi"));
        assert_eq!(KeymapView::named(b"emacs-ctlx").map(|view| view.prefix), Some(&b"\x18"[..]));
    }
}
