//! What the shell must do, case by case: every case of `fixtures/spec/TOPIC/NAME.test.sh` is one test `TOPIC/NAME::SENTENCE`.
//!
//! The expectations are the answers of Bash 5.3. `spec/case_file.rs` describes the format of the files. Cases that are
//! not met yet are named in `fixtures/spec/not-yet.txt`: they are expected to fail, and one of them that passes is a failure
//! of the test: the list is to be kept true.
//!
//! | variable | effect |
//! |---|---|
//! | `RBASH_SPEC=TEXT` | only cases whose name contains the text |
//! | `RBASH_ORACLE=PATH` with `RBASH_SPEC_CONFIRM=1` | ask that shell instead of ours: are the expectations right? |
//! | `RBASH_ORACLE=PATH` with `RBASH_SPEC_RECORD=1` | write that shell's answers into the files as the expectations |

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

use libtest_mimic::{Arguments, Failed, Trial};

use crate::case_file::{Case, CaseFile};

#[path = "spec/case_file.rs"]
mod case_file;
#[path = "spec/diff.rs"]
mod diff;
#[path = "spec/record.rs"]
mod record;
#[path = "spec/runner.rs"]
mod runner;

fn main() -> ExitCode {
    close_inherited_descriptors();
    let arguments = Arguments::from_args();
    let wanted = env::var("RBASH_SPEC").unwrap_or_default();
    let oracle = env::var_os("RBASH_ORACLE").map(PathBuf::from);
    let asked = |name| env::var_os(name).is_some();
    let shell = match oracle {
        Some(oracle) if asked("RBASH_SPEC_RECORD") => return report(record_all(&oracle, &wanted)),
        Some(oracle) if asked("RBASH_SPEC_CONFIRM") => oracle,
        _ => PathBuf::from(env!("CARGO_BIN_EXE_rbash")),
    };
    match trials(&shell, &wanted) {
        Ok(trials) => libtest_mimic::run(&arguments, trials).exit_code(),
        Err(message) => report(Err(message)),
    }
}

/// Closes whatever the caller of the tests left open: the numbers that `{v}>` picks depend on it.
/// To be called before anything is opened.
fn close_inherited_descriptors() {
    let Ok(entries) = fs::read_dir("/proc/self/fd") else { return };
    let numbers = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    for number in numbers.filter(|&number| number > 2).collect::<Vec<_>>() {
        // The descriptor that read the directory is closed already.
        let _ = nix::unistd::close(number);
    }
}

fn report(result: Result<(), String>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            #[allow(clippy::print_stderr, reason = "the harness talks to the developer")]
            {
                eprintln!("spec: {message}");
            }
            ExitCode::FAILURE
        }
    }
}

fn trials(shell: &Path, wanted: &str) -> Result<Vec<Trial>, String> {
    let mut trials = Vec::new();
    let not_yet = not_yet()?;
    let ours = shell == Path::new(env!("CARGO_BIN_EXE_rbash"));
    for path in spec_files()? {
        for case in read(&path)?.cases {
            let name = full_name(&path, &case);
            if name.contains(wanted) {
                let shell = shell.to_owned();
                let expect_failure = ours && not_yet.contains(&name);
                trials.push(match expect_failure {
                    false => Trial::test(name, move || check(&shell, &case)),
                    true => Trial::test(name, move || check_not_yet(&shell, &case)).with_kind("not yet"),
                });
            }
        }
    }
    Ok(trials)
}

fn check(shell: &Path, case: &Case) -> Result<(), Failed> {
    let seen = runner::run(shell, &case.input).map_err(|error| Failed::from(error.to_string()))?;
    let script = String::from_utf8_lossy(&case.input.script);
    match diff::describe(&case.expected, &seen) {
        None => Ok(()),
        Some(account) => Err(Failed::from(format!("{account}script:\n{script}"))),
    }
}

/// A case of `not-yet.txt` must still fail.
fn check_not_yet(shell: &Path, case: &Case) -> Result<(), Failed> {
    match check(shell, case) {
        Err(_) => Ok(()),
        Ok(()) => Err(Failed::from("it passes now: take it out of fixtures/spec/not-yet.txt")),
    }
}

fn not_yet() -> Result<Vec<String>, String> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/spec/not-yet.txt");
    let text = fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
    Ok(text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).map(str::to_string).collect())
}

fn record_all(shell: &Path, wanted: &str) -> Result<(), String> {
    for path in spec_files()? {
        let mut file = read(&path)?;
        for case in &mut file.cases {
            if full_name(&path, case).contains(wanted) {
                case.expected = runner::run(shell, &case.input).map_err(|error| error.to_string())?;
            }
        }
        fs::write(&path, record::render(&file)).map_err(|error| error.to_string())?;
    }
    Ok(())
}

fn spec_files() -> Result<Vec<PathBuf>, String> {
    let pattern = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/spec/*/*.test.sh");
    let paths = glob::glob(pattern).map_err(|error| error.to_string())?;
    paths.map(|path| path.map_err(|error| error.to_string())).collect()
}

fn read(path: &Path) -> Result<CaseFile, String> {
    let text = fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    CaseFile::parse(&text).map_err(|message| format!("{}: {message}", path.display()))
}

fn full_name(path: &Path, case: &Case) -> String {
    let part = |path: Option<&std::ffi::OsStr>| path.unwrap_or_default().to_string_lossy().into_owned();
    let topic = part(path.parent().and_then(Path::file_name));
    let file = part(path.file_name());
    format!("{topic}/{}::{}", file.trim_end_matches(".test.sh"), case.name)
}
