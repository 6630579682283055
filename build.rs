//! How the program is linked: with the C library and the unwinder in it, where the machine has them as archives.
//!
//! A third of a shell's start is the loader's work, and the pages of a shared library count as its memory too. What
//! links only almost (an archive without its companions) is tried out first, so a build never fails for it. With
//! `RBASH_DYNAMIC` set, the C library stays shared.

use std::path::{Path, PathBuf};
use std::process::Command;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=RBASH_DYNAMIC");
    println!("cargo:rustc-check-cfg=cfg(static_unwinder)");
    let variable = |name: &str| std::env::var(name).unwrap_or_default();
    let target = variable("TARGET");
    if target != variable("HOST") || !target.ends_with("linux-gnu") {
        return;
    }
    let Some(unwinder) = archive("libgcc_eh.a") else { return };
    if let Some(folder) = unwinder.parent() {
        println!("cargo:rustc-link-search=native={}", folder.display());
        println!("cargo:rustc-cfg=static_unwinder");
    }
    let by_flag = variable("CARGO_CFG_TARGET_FEATURE").split(',').any(|feature| feature == "crt-static");
    if by_flag || std::env::var_os("RBASH_DYNAMIC").is_some() {
        return;
    }
    let folder = PathBuf::from(variable("OUT_DIR")).join("static");
    if stand_ins(&folder, &unwinder).is_some() && links(&folder) {
        for flag in flags(&folder) {
            println!("cargo:rustc-link-arg-bins={flag}");
        }
    }
}

/// The archive that the C compiler would link.
fn archive(name: &str) -> Option<PathBuf> {
    let answer = Command::new("cc").arg(format!("-print-file-name={name}")).output().ok()?;
    let path = PathBuf::from(String::from_utf8_lossy(&answer.stdout).trim());
    (path.is_absolute() && path.is_file()).then_some(path)
}

/// The Rust compiler asks for shared libraries by name: under these names the linker finds scripts that name archives.
fn stand_ins(folder: &Path, unwinder: &Path) -> Option<()> {
    std::fs::create_dir_all(folder).ok()?;
    let own = archive("libgcc.a")?;
    let group = |archives: &[&Path]| {
        let names: Vec<String> = archives.iter().map(|path| format!("\"{}\"", path.display())).collect();
        format!("GROUP({})\n", names.join(" "))
    };
    let script = |name: &str, text: String| std::fs::write(folder.join(name), text).ok();
    script("libc.so", group(&[&archive("libc.a")?, unwinder, &own]))?;
    script("libgcc_s.so", group(&[unwinder, &own]))?;
    for name in ["m", "dl", "rt", "pthread", "util"] {
        script(&format!("lib{name}.so"), group(&[&archive(&format!("lib{name}.a"))?]))?;
    }
    Some(())
}

fn flags(folder: &Path) -> [String; 3] {
    [format!("-L{}", folder.display()), "-no-pie".into(), "-static".into()]
}

/// Whether a small program made like this runs.
fn links(folder: &Path) -> bool {
    let (source, program) = (folder.join("try.c"), folder.join("try"));
    let text = "#include <stdio.h>\nint main(void) { return puts(\"\") < 0; }\n";
    let linked = std::fs::write(&source, text).is_ok()
        && Command::new("cc")
            .args(["-nodefaultlibs", "-o"])
            .args([&program, &source])
            .args(["-Wl,-Bdynamic", "-lgcc_s", "-lutil", "-lrt", "-lpthread", "-lm", "-ldl", "-lc"])
            .args(flags(folder))
            .output()
            .is_ok_and(|done| done.status.success());
    linked && Command::new(&program).output().is_ok_and(|done| done.status.success())
}
