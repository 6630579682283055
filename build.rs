//! How the program is linked: with the unwinder in it (see `bash_host::program!`), and in release builds with the C
//! library too, where the machine has both as archives.
//!
//! A good part of a shell's start is the loader's work. The Rust compiler asks the linker for shared libraries by name;
//! in a folder that only the program looks into, the linker finds scripts under these names that lead to the archives. A
//! small program is linked and run in the same way first, so where it does not work everything stays as it was. With
//! `RBASH_DYNAMIC` set, the C library stays shared.

use std::path::{Path, PathBuf};
use std::process::Command;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=RBASH_DYNAMIC");
    println!("cargo:rustc-check-cfg=cfg(static_unwinder)");
    let target = variable("TARGET");
    if target != variable("HOST") || !target.ends_with("linux-gnu") {
        return;
    }
    let Some(unwinder) = archive("libgcc_eh.a") else { return };
    println!("cargo:rustc-cfg=static_unwinder");
    match with_c_library(&unwinder) {
        Some(flags) => flags.iter().for_each(|flag| println!("cargo:rustc-link-arg-bins={flag}")),
        None => {
            let folder = unwinder.parent().unwrap_or(Path::new("/"));
            println!("cargo:rustc-link-search=native={}", folder.display());
        }
    }
}

/// The flags by which the linker takes the C library's archive, if it is a release build and they do what they should.
fn with_c_library(unwinder: &Path) -> Option<[String; 3]> {
    let by_flag = variable("CARGO_CFG_TARGET_FEATURE").split(',').any(|feature| feature == "crt-static");
    if variable("PROFILE") != "release" || by_flag || std::env::var_os("RBASH_DYNAMIC").is_some() {
        return None;
    }
    let folder = PathBuf::from(variable("OUT_DIR")).join("archives");
    make_stand_ins(&folder, unwinder)?;
    let flags = [format!("-L{}", folder.display()), "-no-pie".into(), "-static".into()];
    links(&folder, &flags).then_some(flags)
}

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_default()
}

/// The archive that the C compiler would link.
fn archive(name: &str) -> Option<PathBuf> {
    let answer = Command::new("cc").arg(format!("-print-file-name={name}")).output().ok()?;
    let path = PathBuf::from(String::from_utf8_lossy(&answer.stdout).trim());
    (path.is_absolute() && path.is_file()).then_some(path)
}

/// The scripts that lead from a shared library's name to archives.
fn make_stand_ins(folder: &Path, unwinder: &Path) -> Option<()> {
    std::fs::create_dir_all(folder).ok()?;
    let own = archive("libgcc.a")?;
    let script = |library: &str, archives: &[&Path]| {
        let names: Vec<String> = archives.iter().map(|path| format!("\"{}\"", path.display())).collect();
        std::fs::write(folder.join(format!("lib{library}.so")), format!("GROUP({})\n", names.join(" "))).ok()
    };
    script("c", &[&archive("libc.a")?, unwinder, &own])?;
    script("gcc_s", &[unwinder, &own])?;
    for library in ["m", "dl", "rt", "pthread", "util"] {
        script(library, &[&archive(&format!("lib{library}.a"))?])?;
    }
    Some(())
}

/// A program that needs the unwinder and threads, and succeeds if no loader was asked for.
const TRIED: &str = r#"
unsafe extern "C" { fn getauxval(kind: u64) -> u64; }
fn main() {
    const INTERPRETER: u64 = 7;
    let ended = std::thread::spawn(|| panic!("unwinds")).join();
    std::process::exit(if ended.is_err() && unsafe { getauxval(INTERPRETER) } == 0 { 0 } else { 1 });
}
"#;

/// Whether a small program that is linked like this runs, without a loader.
fn links(folder: &Path, flags: &[String]) -> bool {
    let (source, program) = (folder.join("tried.rs"), folder.join("tried"));
    if std::fs::write(&source, TRIED).is_err() {
        return false;
    }
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
    compiled.is_ok_and(|done| done.status.success())
        && Command::new(&program).output().is_ok_and(|done| done.status.success())
}
