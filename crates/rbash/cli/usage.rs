//! What `--help`, `--version` and a wrong option print.

const LONG_OPTIONS: &str = "GNU long options:
\t--debug
\t--debugger
\t--dump-po-strings
\t--dump-strings
\t--help
\t--init-file
\t--login
\t--noediting
\t--noprofile
\t--norc
\t--posix
\t--pretty-print
\t--rcfile
\t--restricted
\t--verbose
\t--version
Shell options:
\t-ilrsD or -c command or -O shopt_option\t\t(invocation only)
\t-abefhkmnptuvxBCEHPT or -o option
";

/// The usage lines, as a wrong option prints them.
pub fn show_usage(name: &[u8]) -> Vec<u8> {
    [
        b"Usage:\t",
        name,
        b" [GNU long option] [option] ...\n\t",
        name,
        b" [GNU long option] [option] script-file ...\n",
        LONG_OPTIONS.as_bytes(),
    ]
    .concat()
}

/// `--help`
pub fn show_help(name: &[u8]) -> Vec<u8> {
    [
        version_line().as_bytes(),
        &show_usage(name),
        b"`",
        name,
        b" -c \"help set\"' tells more of the shell options, `",
        name,
        b" -c help' of the builtin commands.\n",
    ]
    .concat()
}

/// `--version`
pub fn show_version() -> Vec<u8> {
    let about = concat!(
        "rbash ",
        env!("CARGO_PKG_VERSION"),
        ", a Bash 5.3 that lives inside a process\n",
        "License MIT or Apache-2.0, at your choice. There is no warranty.\n",
    );
    [version_line().as_bytes(), about.as_bytes()].concat()
}

fn version_line() -> String {
    format!("rbash, version 5.3.0(1)-release ({}-pc-linux-gnu)\n", std::env::consts::ARCH)
}
