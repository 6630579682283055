//! Names of signals and of the other things that a trap waits for.

use crate::TrapCondition;
use bash_host::Signal;

const NAMES: [&str; 32] = [
    "EXIT", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2",
    "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ",
    "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
];
const FIRST_REALTIME: i32 = 34;
const LAST_NEAR_FIRST: i32 = 49;

/// The name of a signal without `SIG`: `INT`, `RTMIN+3`. Numbers that the C library keeps for itself have none.
pub fn signal_name(signal: Signal) -> Option<String> {
    let number = signal.number();
    if let Some(name) = usize::try_from(number).ok().and_then(|number| NAMES.get(number)) {
        return Some((*name).to_string());
    }
    match number {
        FIRST_REALTIME => Some("RTMIN".to_string()),
        Signal::MAX => Some("RTMAX".to_string()),
        number if number > FIRST_REALTIME && number <= LAST_NEAR_FIRST => {
            Some(format!("RTMIN+{}", number - FIRST_REALTIME))
        }
        number if number > LAST_NEAR_FIRST && number < Signal::MAX => {
            Some(format!("RTMAX-{}", Signal::MAX - number))
        }
        _ => None,
    }
}

/// The signal of that name or number, with or without `SIG`, in any case.
pub fn signal_named(text: &[u8]) -> Option<Signal> {
    if !text.is_empty() && text.iter().all(u8::is_ascii_digit) {
        let number: i32 = std::str::from_utf8(text).ok()?.parse().ok()?;
        return Signal::new(number);
    }
    let upper = text.to_ascii_uppercase();
    let name = upper.strip_prefix(b"SIG").unwrap_or(&upper);
    if let Some(number) = NAMES.iter().skip(1).position(|known| known.as_bytes() == name) {
        return Signal::new(number as i32 + 1);
    }
    match name {
        b"IOT" => Signal::new(6),
        b"CLD" => Some(Signal::CHLD),
        b"POLL" => Signal::new(29),
        _ => realtime(name),
    }
}

fn realtime(name: &[u8]) -> Option<Signal> {
    let offset = |rest: &[u8], sign: u8| -> Option<i32> {
        match rest {
            [] => Some(0),
            [first, digits @ ..] if *first == sign && !digits.is_empty() => {
                std::str::from_utf8(digits).ok()?.parse().ok()
            }
            _ => None,
        }
    };
    let number = if let Some(rest) = name.strip_prefix(b"RTMIN") {
        FIRST_REALTIME.checked_add(offset(rest, b'+')?)?
    } else {
        Signal::MAX.checked_sub(offset(name.strip_prefix(b"RTMAX")?, b'-')?)?
    };
    (FIRST_REALTIME..=Signal::MAX).contains(&number).then(|| Signal::new(number)).flatten()
}

impl TrapCondition {
    /// The condition that `trap` calls so.
    pub fn named(text: &[u8]) -> Option<TrapCondition> {
        let upper = text.to_ascii_uppercase();
        match upper.strip_prefix(b"SIG").unwrap_or(&upper) {
            b"EXIT" | b"0" => Some(TrapCondition::Exit),
            b"DEBUG" => Some(TrapCondition::Debug),
            b"ERR" => Some(TrapCondition::Err),
            b"RETURN" => Some(TrapCondition::Return),
            _ => match signal_named(text)? {
                Signal::NULL => Some(TrapCondition::Exit),
                signal => Some(TrapCondition::Signal(signal)),
            },
        }
    }

    /// Everything that can have a trap, in the order of `trap -p`.
    pub fn all() -> impl Iterator<Item = TrapCondition> {
        let signals =
            (1..=Signal::MAX).filter_map(|number| Some(TrapCondition::Signal(Signal::new(number)?)));
        let others = [TrapCondition::Debug, TrapCondition::Err, TrapCondition::Return];
        std::iter::once(TrapCondition::Exit).chain(signals).chain(others)
    }

    /// Its number: those that are no signals come after the last one.
    pub fn number(self) -> i32 {
        match self {
            TrapCondition::Exit => 0,
            TrapCondition::Signal(signal) => signal.number(),
            TrapCondition::Debug => Signal::MAX + 1,
            TrapCondition::Err => Signal::MAX + 2,
            TrapCondition::Return => Signal::MAX + 3,
        }
    }

    /// Its name as `trap -p` writes it: `EXIT`, `SIGINT`; without `SIG` in POSIX mode.
    pub fn name(self, posix: bool) -> String {
        match self {
            TrapCondition::Exit => "EXIT".to_string(),
            TrapCondition::Debug => "DEBUG".to_string(),
            TrapCondition::Err => "ERR".to_string(),
            TrapCondition::Return => "RETURN".to_string(),
            TrapCondition::Signal(signal) => match signal_name(signal) {
                Some(name) if posix => name,
                Some(name) => format!("SIG{name}"),
                None => signal.number().to_string(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_find_each_other() {
        for number in (1..32).chain(34..=64) {
            let signal = Signal::new(number).unwrap();
            assert_eq!(signal_named(signal_name(signal).unwrap().as_bytes()), Some(signal));
        }
        assert_eq!(signal_named(b"sigint"), Some(Signal::INT));
        assert_eq!(signal_named(b"RTMIN+31"), None);
        assert_eq!(signal_named(b"15"), Some(Signal::TERM));
        assert_eq!(signal_named(b""), None);
    }
}
