//! The line editor's settings: what its keys do, and its variables. `bind` and `inputrc` change them.
//!
//! They are made when they are first asked for, so a script pays nothing for them.

mod default_keys;
mod functions;
mod init_line;
mod keymap;
mod sequence;
mod terminal;
mod variables;

pub use functions::{EditFunction, FUNCTIONS};
pub use init_line::{Application, InitFile, InitLine};
pub use keymap::{Binding, Keymap, KeymapKind, KeymapView};
pub use sequence::{Meta, decode as decode_keys, encode as encode_keys, encode_macro};
pub use terminal::Terminal;
pub use variables::{EditVariables, VariableError};

use bash_parser::quote::Charset;
use std::sync::Arc;

/// The settings, shared with copies of the session until one side writes.
#[derive(Clone, Debug)]
pub struct Readline {
    settings: Option<Arc<Settings>>,
    mode: EditMode,
    /// The keymap that is being looked at or changed.
    pub view: KeymapView,
}

/// Whose keys the editor follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EditMode {
    /// Those of Emacs.
    Emacs,
    /// Those of vi.
    Vi,
}

#[derive(Clone, Debug)]
struct Settings {
    emacs: Keymap,
    vi_insert: Keymap,
    vi_command: Keymap,
    variables: EditVariables,
}

impl Settings {
    fn keymap(&self, kind: KeymapKind) -> &Keymap {
        match kind {
            KeymapKind::Emacs => &self.emacs,
            KeymapKind::ViInsert => &self.vi_insert,
            KeymapKind::ViCommand => &self.vi_command,
        }
    }
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            emacs: KeymapKind::Emacs.default_keys(),
            vi_insert: KeymapKind::ViInsert.default_keys(),
            vi_command: KeymapKind::ViCommand.default_keys(),
            variables: EditVariables::default(),
        }
    }
}

impl Default for Readline {
    fn default() -> Readline {
        Readline { settings: None, mode: EditMode::Emacs, view: KeymapView::EMACS }
    }
}

impl Readline {
    /// Whether the settings were made already; `inputrc` is read when they are.
    pub fn is_ready(&self) -> bool {
        self.settings.is_some()
    }

    /// Makes the settings as they are at first. Where no character is beyond ASCII, the meta key is a prefix.
    pub fn prepare(&mut self, charset: Charset, terminal: Terminal) {
        self.settings.get_or_insert_default();
        if charset == Charset::C {
            self.preset(&[("convert-meta", "on"), ("input-meta", "off"), ("output-meta", "off")]);
        }
        match terminal {
            Terminal::Xterm => {}
            Terminal::Linux => self.bind_everywhere(terminal::LINUX_KEYS),
            Terminal::Plain => {
                self.preset(&[
                    ("enable-active-region", "off"),
                    ("enable-bracketed-paste", "off"),
                    ("active-region-start-color", ""),
                    ("active-region-end-color", ""),
                ]);
                self.bind_everywhere(terminal::MISSING_KEYS);
            }
        }
    }

    fn preset(&mut self, variables: &[(&str, &str)]) {
        for (name, value) in variables {
            let _known = self.set_variable(name.as_bytes(), value.as_bytes());
        }
    }

    /// Binds keys in all keymaps, or frees those without a function.
    fn bind_everywhere(&mut self, keys: &[(&[u8], &str)]) {
        for kind in [KeymapKind::Emacs, KeymapKind::ViInsert, KeymapKind::ViCommand] {
            for (keys, name) in keys {
                let function = EditFunction::named(name.as_bytes()).map(Binding::Function);
                self.keymap_mut(kind).bind(keys.to_vec(), function);
            }
        }
    }

    /// The mode.
    pub fn mode(&self) -> EditMode {
        self.mode
    }

    /// Changes the mode; the keymap being changed is that of the mode.
    pub fn set_mode(&mut self, mode: EditMode) {
        self.mode = mode;
        self.view = match mode {
            EditMode::Emacs => KeymapView::EMACS,
            EditMode::Vi => KeymapView::VI_INSERT,
        };
    }

    fn settings(&mut self) -> &mut Settings {
        Arc::make_mut(self.settings.get_or_insert_default())
    }

    /// The bindings of the keymap that is being looked at, in the order of their keys.
    pub fn bindings(&self) -> impl Iterator<Item = (&[u8], &Binding)> {
        let view = self.view;
        self.settings.iter().flat_map(move |settings| settings.keymap(view.kind).after(view.prefix))
    }

    /// The key sequences, in their notation, that call a command.
    pub fn keys_of(&self, function: EditFunction) -> Vec<Vec<u8>> {
        self.bindings()
            .filter(|(_, binding)| **binding == Binding::Function(function))
            .map(|(keys, _)| encode_keys(keys))
            .collect()
    }

    /// Binds keys in the keymap that is being changed; `None` makes them do nothing.
    pub fn bind(&mut self, keys: &[u8], binding: Option<Binding>) {
        let view = self.view;
        if keys.is_empty() {
            return;
        }
        self.keymap_mut(view.kind).bind([view.prefix, keys].concat(), binding);
    }

    /// Takes a command off all keys of the keymap that is being changed.
    pub fn unbind_function(&mut self, function: EditFunction) {
        let view = self.view;
        self.keymap_mut(view.kind).unbind_function(view.prefix, function);
    }

    fn keymap_mut(&mut self, kind: KeymapKind) -> &mut Keymap {
        let settings = self.settings();
        match kind {
            KeymapKind::Emacs => &mut settings.emacs,
            KeymapKind::ViInsert => &mut settings.vi_insert,
            KeymapKind::ViCommand => &mut settings.vi_command,
        }
    }

    /// What the meta key means in a notation that is being read.
    pub fn meta(&self) -> Meta {
        let on = |name| self.settings.as_ref().is_some_and(|settings| settings.variables.is_on(name));
        if on("convert-meta") || on("force-meta-prefix") { Meta::Prefix } else { Meta::EighthBit }
    }

    /// The switches and whether they are on.
    pub fn switches(&self) -> Vec<(&'static str, bool)> {
        self.settings.iter().flat_map(|settings| settings.variables.switches()).collect()
    }

    /// The other variables and their values, those without a value left out.
    pub fn texts(&self) -> Vec<(&'static str, Vec<u8>)> {
        let all = self.settings.iter().flat_map(|settings| settings.variables.texts());
        all.filter_map(|(name, value)| Some((name, self.looked_up(name).or(value)?))).collect()
    }

    fn looked_up(&self, name: &str) -> Option<Vec<u8>> {
        match name {
            variables::EDITING_MODE if self.mode == EditMode::Vi => Some(b"vi".to_vec()),
            variables::EDITING_MODE => Some(b"emacs".to_vec()),
            variables::KEYMAP => Some(self.view.name().into()),
            _ => None,
        }
    }

    /// The value of a variable, as `$if` compares it.
    pub fn variable(&self, name: &[u8]) -> Option<Vec<u8>> {
        let switch =
            self.switches().into_iter().find(|(known, _)| known.as_bytes().eq_ignore_ascii_case(name));
        if let Some((_, on)) = switch {
            return Some(if on { b"on".to_vec() } else { b"off".to_vec() });
        }
        let mut texts = self.texts().into_iter();
        texts.find(|(known, _)| known.as_bytes().eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// Sets a variable.
    pub fn set_variable(&mut self, name: &[u8], value: &[u8]) -> Result<(), VariableError> {
        if name.eq_ignore_ascii_case(variables::EDITING_MODE.as_bytes()) {
            let mode = match value.to_ascii_lowercase().as_slice() {
                mode if mode.starts_with(b"vi") => EditMode::Vi,
                mode if mode.starts_with(b"emacs") => EditMode::Emacs,
                _ => return Err(VariableError::Refused),
            };
            self.set_mode(mode);
            return Ok(());
        }
        if name.eq_ignore_ascii_case(variables::KEYMAP.as_bytes()) {
            self.view = KeymapView::named(value).ok_or(VariableError::Refused)?;
            return Ok(());
        }
        self.settings().variables.set(name, value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bindings_of_a_view_change_the_keymap_that_it_belongs_to() {
        let mut readline = Readline::default();
        readline.prepare(Charset::Utf8, Terminal::Xterm);
        let abort = EditFunction::named(b"abort").unwrap();
        readline.view = KeymapView::named(b"emacs-ctlx").unwrap();
        readline.bind(b"q", Some(Binding::Function(abort)));
        readline.view = KeymapView::EMACS;
        assert!(readline.keys_of(abort).contains(&b"\\C-xq".to_vec()));
    }

    #[test]
    fn the_mode_brings_its_keymap() {
        let mut readline = Readline::default();
        readline.set_variable(b"editing-mode", b"vi").unwrap();
        assert_eq!(readline.variable(b"keymap"), None);
        readline.prepare(Charset::Utf8, Terminal::Xterm);
        assert_eq!(readline.variable(b"keymap"), Some(b"vi-insert".to_vec()));
    }
}
