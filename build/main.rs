//! How the program is linked: with the unwinder in it (see `bash_host::program!`), and in release builds with the C
//! library too ([`archives`]) and with the functions that scripts run side by side ([`order`]).
//!
//! What the linker of this machine takes is tried on a small program first. Where something does not work, the program is
//! linked without it.

#![allow(clippy::print_stdout, reason = "a build script tells by its output")]

mod archives;
mod order;

use std::path::{Path, PathBuf};
use std::process::Command;

fn main() {
    println!("cargo:rerun-if-changed=build");
    println!("cargo:rerun-if-env-changed=RBASH_DYNAMIC");
    println!("cargo:rustc-check-cfg=cfg(static_unwinder)");
    let target = variable("TARGET");
    if target != variable("HOST") || !target.ends_with("linux-gnu") {
        return;
    }
    let Some(unwinder) = archives::find("libgcc_eh.a") else { return };
    println!("cargo:rustc-cfg=static_unwinder");
    let folder = PathBuf::from(variable("OUT_DIR"));
    let is_release = variable("PROFILE") == "release";
    let archives = if is_release { archives::flags(&folder.join("archives"), &unwinder) } else { Vec::new() };
    let is_static = !archives.is_empty() && links(&folder, &archives) == Some(Loader::None);
    let mut flags = if is_static { archives } else { Vec::new() };
    if is_release {
        let with_order = [&flags[..], &order::flags(&folder)].concat();
        if links(&folder, &with_order).is_some() {
            flags = with_order;
        }
    }
    flags.iter().for_each(|flag| println!("cargo:rustc-link-arg-bins={flag}"));
    if !is_static {
        let folder = unwinder.parent().unwrap_or(Path::new("/"));
        println!("cargo:rustc-link-search=native={}", folder.display());
    }
}

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_default()
}

/// What starts a program.
#[derive(PartialEq, Eq)]
enum Loader {
    /// The kernel alone.
    None,
    /// The dynamic loader.
    Shared,
}

/// A program that needs the unwinder and threads, and tells by its status whether there was a loader.
const TRIED: &str = r#"
unsafe extern "C" { fn getauxval(kind: u64) -> u64; }
fn main() {
    const INTERPRETER: u64 = 7;
    let ended = std::thread::spawn(|| panic!("unwinds")).join();
    let has_loader = unsafe { getauxval(INTERPRETER) } != 0;
    std::process::exit(if ended.is_ok() { 1 } else if has_loader { 2 } else { 0 });
}
"#;

/// Whether a small program that is linked with these flags works, and what starts it.
fn links(folder: &Path, flags: &[String]) -> Option<Loader> {
    let (source, program) = (folder.join("tried.rs"), folder.join("tried"));
    std::fs::write(&source, TRIED).ok()?;
    let flags = variable("CARGO_ENCODED_RUSTFLAGS")
        .split('\x1f')
        .filter(|flag| !flag.is_empty())
        .map(str::to_string)
        .chain(flags.iter().map(|flag| format!("-Clink-arg={flag}")))
        .collect::<Vec<_>>();
    let compiled = Command::new(variable("RUSTC"))
        .args(["--edition=2024", "-o"])
        .args([&program, &source])
        .args(flags)
        .output();
    if !compiled.is_ok_and(|done| done.status.success()) {
        return None;
    }
    match Command::new(&program).output().ok()?.status.code()? {
        0 => Some(Loader::None),
        2 => Some(Loader::Shared),
        _ => None,
    }
}
