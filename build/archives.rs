//! The C library as an archive instead of a shared library.
//!
//! A good part of a shell's start is the loader's work. The Rust compiler asks the linker for shared libraries by name; in
//! a folder that only the program looks into, the linker finds scripts under these names that lead to the archives. With
//! `RBASH_DYNAMIC` set, the C library stays shared.

use crate::variable;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The flags by which the linker takes the C library's archive; none if it is not to, or there is no archive.
pub fn flags(folder: &Path, unwinder: &Path) -> Vec<String> {
    let by_flag = variable("CARGO_CFG_TARGET_FEATURE").split(',').any(|feature| feature == "crt-static");
    if by_flag || std::env::var_os("RBASH_DYNAMIC").is_some() || make_stand_ins(folder, unwinder).is_none() {
        return Vec::new();
    }
    vec![format!("-L{}", folder.display()), "-no-pie".into(), "-static".into()]
}

/// The archive that the C compiler would link.
pub fn find(name: &str) -> Option<PathBuf> {
    let answer = Command::new("cc").arg(format!("-print-file-name={name}")).output().ok()?;
    let path = PathBuf::from(String::from_utf8_lossy(&answer.stdout).trim());
    (path.is_absolute() && path.is_file()).then_some(path)
}

/// The scripts that lead from a shared library's name to archives.
fn make_stand_ins(folder: &Path, unwinder: &Path) -> Option<()> {
    std::fs::create_dir_all(folder).ok()?;
    let own = find("libgcc.a")?;
    let script = |library: &str, archives: &[&Path]| {
        let names: Vec<String> = archives.iter().map(|path| format!("\"{}\"", path.display())).collect();
        std::fs::write(folder.join(format!("lib{library}.so")), format!("GROUP({})\n", names.join(" "))).ok()
    };
    script("c", &[&find("libc.a")?, unwinder, &own])?;
    script("gcc_s", &[unwinder, &own])?;
    for library in ["m", "dl", "rt", "pthread", "util"] {
        script(library, &[&find(&format!("lib{library}.a"))?])?;
    }
    Some(())
}
