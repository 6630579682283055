//! `umask`
//!
//! What surprises: a symbolic mode names the permissions that are *allowed*, so it is worked out on the mask's
//! complement; `u`, `g`, `o` and `X` mean what was allowed before the command.

use bash_interp::{Args, Builtin, Class, FAILURE, Flow, OptionLetter, SUCCESS, Shell};

/// `umask`
pub const UMASK: Builtin = Builtin {
    name: "umask",
    synopsis: "umask [-p] [-S] [mode]",
    help: "Show or set the mask of new files.\n\n\
           A MODE of digits is an octal number of the permissions taken away; any other is a symbolic mode as chmod(1) \
           takes it, of the permissions allowed.\n\n\
           Options:\n  -p\tshow it as a command\n  -S\tshow it as a symbolic mode\n\n\
           Exit Status:\nSucceeds unless an option or the mode is invalid.",
    class: Class::Regular,
    run,
};

const ALL: u32 = 0o777;

fn run(sh: &mut Shell, args: &Args<'_>) -> Flow {
    let (mut as_command, mut symbolic) = (false, false);
    let mut options = args.options("pS");
    for option in options.by_ref() {
        match option {
            OptionLetter::On(b'p', _) => as_command = true,
            OptionLetter::On(b'S', _) => symbolic = true,
            option => return sh.wrong_option(args, option),
        }
    }
    let Some(mode) = options.operands().first() else {
        show(sh, as_command, symbolic);
        return SUCCESS;
    };
    let mask = if mode.first().is_some_and(u8::is_ascii_digit) {
        octal(mode)
    } else {
        symbolic_mask(mode, sh.session.umask)
    };
    match mask {
        Ok(mask) => sh.session.umask = mask,
        Err(message) => {
            sh.builtin_error(args.name, message);
            return FAILURE;
        }
    }
    if symbolic {
        show(sh, false, true);
    }
    SUCCESS
}

fn show(sh: &mut Shell, as_command: bool, symbolic: bool) {
    let mask = sh.session.umask & ALL;
    let command = match (as_command, symbolic) {
        (true, true) => "umask -S ",
        (true, false) => "umask ",
        (false, _) => "",
    };
    let mode = if symbolic { symbolic_text(mask) } else { format!("{mask:04o}") };
    sh.print(format!("{command}{mode}\n"));
}

fn symbolic_text(mask: u32) -> String {
    let class = |shift: u32| -> String {
        let allowed = !mask >> shift;
        [(4, 'r'), (2, 'w'), (1, 'x')]
            .iter()
            .filter(|(bit, _)| allowed & bit != 0)
            .map(|(_, letter)| letter)
            .collect()
    };
    format!("u={},g={},o={}", class(6), class(3), class(0))
}

fn octal(text: &[u8]) -> Result<u32, Vec<u8>> {
    let digits = std::str::from_utf8(text).ok().and_then(|digits| u32::from_str_radix(digits, 8).ok());
    match digits {
        Some(mask) if mask <= 0o7777 => Ok(mask & ALL),
        _ => Err([text, b": octal number out of range"].concat()),
    }
}

/// The mask that a symbolic mode makes of the present one.
fn symbolic_mask(text: &[u8], mask: u32) -> Result<u32, Vec<u8>> {
    let before = !mask & ALL;
    let mut allowed = before;
    let mut at = 0;
    loop {
        let who = read_classes(text, &mut at);
        if !matches!(text.get(at), Some(b'+' | b'-' | b'=')) {
            return Err(invalid("operator", text.get(at)));
        }
        while let Some(operator @ (b'+' | b'-' | b'=')) = text.get(at) {
            at += 1;
            let bits = read_permissions(text, &mut at, before)? & who;
            match operator {
                b'+' => allowed |= bits,
                b'-' => allowed &= !bits,
                _ => allowed = allowed & !who | bits,
            }
        }
        match text.get(at) {
            None => return Ok(!allowed & ALL),
            Some(b',') => at += 1,
            other => return Err(invalid("character", other)),
        }
    }
}

fn read_classes(text: &[u8], at: &mut usize) -> u32 {
    let mut who = 0;
    while let Some(letter) = text.get(*at) {
        who |= match letter {
            b'u' => 0o700,
            b'g' => 0o070,
            b'o' => 0o007,
            b'a' => ALL,
            _ => break,
        };
        *at += 1;
    }
    if who == 0 { ALL } else { who }
}

fn read_permissions(text: &[u8], at: &mut usize, before: u32) -> Result<u32, Vec<u8>> {
    let mut bits = 0;
    while let Some(letter) = text.get(*at) {
        bits |= match letter {
            b'r' => 0o444,
            b'w' => 0o222,
            b'x' => 0o111,
            b'X' if before & 0o111 != 0 => 0o111,
            b'X' | b's' | b't' => 0,
            b'u' => spread(before >> 6),
            b'g' => spread(before >> 3),
            b'o' => spread(before),
            b'+' | b'-' | b'=' | b',' => break,
            other => return Err(invalid("character", Some(other))),
        };
        *at += 1;
    }
    Ok(bits)
}

/// The permissions of one class, for all.
fn spread(class: u32) -> u32 {
    let class = class & 7;
    class << 6 | class << 3 | class
}

fn invalid(what: &str, byte: Option<&u8>) -> Vec<u8> {
    let byte = byte.copied().unwrap_or(0);
    [b"`", &[byte][..], b"': invalid symbolic mode ", what.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbolic_modes_name_what_is_allowed() {
        for (mode, before, after) in [
            ("u=rwx,g=rx,o=", 0o022, 0o027),
            ("g+w", 0o027, 0o007),
            ("a-x", 0o007, 0o117),
            ("ug=rw,o+x", 0o113, 0o112),
            ("=", 0o022, 0o777),
            ("u=g", 0o022, 0o222),
            ("u=rw+x", 0o022, 0o022),
            ("a=rx-x,g=u", 0o022, 0o303),
        ] {
            assert_eq!(symbolic_mask(mode.as_bytes(), before), Ok(after), "{mode}");
        }
    }

    #[test]
    fn the_offending_character_is_named() {
        assert_eq!(symbolic_mask(b"x=r", 0), Err(b"`x': invalid symbolic mode operator".to_vec()));
        assert_eq!(symbolic_mask(b"u=k", 0), Err(b"`k': invalid symbolic mode character".to_vec()));
        assert_eq!(octal(b"8"), Err(b"8: octal number out of range".to_vec()));
    }

    #[test]
    fn a_mask_is_shown_by_class() {
        assert_eq!(symbolic_text(0o022), "u=rwx,g=rx,o=rx");
        assert_eq!(symbolic_text(0o777), "u=,g=,o=");
    }
}
