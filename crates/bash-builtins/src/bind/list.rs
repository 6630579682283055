//! The listings of `bind`: functions, macros, variables.

use super::bindings;
use bash_interp::Shell;
use bash_session::Text;
use bash_session::readline::{Binding, EditFunction, FUNCTIONS, encode_macro};

/// Prints the listing of an option; the operands choose functions.
pub(super) fn print(sh: &mut Shell, letter: u8, operands: &[Text]) {
    let text = match letter {
        b'l' => FUNCTIONS.iter().flat_map(|name| [name.as_bytes(), b"\n"].concat()).collect(),
        b'p' => functions(sh, operands, bindings_of),
        b'P' => functions(sh, operands, sentence),
        b's' => macros(sh, |keys, text| [b"\"", keys, b"\": \"", text, b"\"\n"].concat()),
        b'S' => macros(sh, |keys, text| [keys, b" outputs ", text, b"\n"].concat()),
        b'v' => variables(sh, |name, value| [b"set ", name, b" ", value, b"\n"].concat()),
        _ => variables(sh, |name, value| [name, b" is set to `", value, b"'\n"].concat()),
    };
    sh.print(text);
}

/// All functions, or those of these names.
fn functions(sh: &Shell, operands: &[Text], show: fn(&[u8], &[Vec<u8>]) -> Vec<u8>) -> Vec<u8> {
    let of = |name: &[u8]| {
        let keys = EditFunction::named(name).map(|function| sh.session.readline.keys_of(function));
        show(name, &keys.unwrap_or_default())
    };
    if !operands.is_empty() {
        return operands.iter().flat_map(|name| of(name)).collect();
    }
    let all = FUNCTIONS.iter().flat_map(|name| of(name.as_bytes()));
    b"\n".iter().copied().chain(all).collect()
}

fn bindings_of(name: &[u8], keys: &[Vec<u8>]) -> Vec<u8> {
    if keys.is_empty() {
        return [b"# ", name, b" (not bound)\n"].concat();
    }
    keys.iter().flat_map(|keys| [b"\"", &keys[..], b"\": ", name, b"\n"].concat()).collect()
}

fn sentence(name: &[u8], keys: &[Vec<u8>]) -> Vec<u8> {
    if keys.is_empty() {
        return [name, b" is not bound to any keys\n"].concat();
    }
    [name, b" can be found on ", &first_keys(keys), b"\n"].concat()
}

/// The first five key sequences, and whether there are more.
pub(super) fn first_keys(keys: &[Vec<u8>]) -> Vec<u8> {
    const SHOWN: usize = 5;
    let quoted: Vec<Vec<u8>> =
        keys.iter().take(SHOWN).map(|keys| [b"\"", &keys[..], b"\""].concat()).collect();
    let end: &[u8] = if keys.len() > SHOWN { b", ..." } else { b"." };
    [&quoted.join(&b", "[..])[..], end].concat()
}

fn macros(sh: &Shell, show: fn(&[u8], &[u8]) -> Vec<u8>) -> Vec<u8> {
    let macros = bindings(sh, |binding| match binding {
        Binding::Macro(text) => Some(encode_macro(text)),
        _ => None,
    });
    macros.iter().flat_map(|(keys, text)| show(keys, text)).collect()
}

fn variables(sh: &Shell, show: fn(&[u8], &[u8]) -> Vec<u8>) -> Vec<u8> {
    let readline = &sh.session.readline;
    let switches =
        readline.switches().into_iter().map(|(name, on)| (name, if on { "on" } else { "off" }.into()));
    let all = switches.chain(readline.texts());
    all.flat_map(|(name, value): (&str, Vec<u8>)| show(name.as_bytes(), &value)).collect()
}
