//! The rules of the house that a machine can see: which way the crates point, what may be used where, how files begin.

use std::path::{Path, PathBuf};

fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let pattern = format!("{}/{folder}/**/*.rs", env!("CARGO_MANIFEST_DIR"));
    let paths = glob::glob(&pattern).expect("a valid pattern");
    paths
        .flatten()
        .map(|path| (path.clone(), std::fs::read_to_string(path).expect("a readable file")))
        .collect()
}

/// The part of a file that is not its tests.
fn production(text: &str) -> &str {
    text.split("\n#[cfg(test)]\nmod ").next().unwrap_or(text)
}

fn name(path: &Path) -> String {
    path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap_or(path).display().to_string()
}

#[test]
fn every_file_says_why_it_exists() {
    let silent: Vec<_> = sources("crates")
        .iter()
        .filter(|(_, text)| !text.starts_with("//!"))
        .map(|(path, _)| name(path))
        .collect();
    assert!(silent.is_empty(), "no //! at the top of {silent:?}");
}

#[test]
fn crates_point_upwards_only() {
    let allowed: [(&str, &[&str]); 5] = [
        ("bash-parser", &[]),
        ("bash-host", &[]),
        ("bash-session", &["bash-parser", "bash-host"]),
        ("bash-interp", &["bash-parser", "bash-host", "bash-session"]),
        ("bash-builtins", &["bash-parser", "bash-host", "bash-session", "bash-interp"]),
    ];
    for (name, below) in allowed {
        let path = format!("{}/crates/{name}/Cargo.toml", env!("CARGO_MANIFEST_DIR"));
        let manifest = std::fs::read_to_string(path).expect("a manifest");
        for other in ["bash-parser", "bash-host", "bash-session", "bash-interp", "bash-builtins", "rbash"] {
            let depends = manifest
                .lines()
                .any(|line| line.starts_with(&format!("{other}.")) || line.starts_with(&format!("{other} ")));
            assert!(!depends || below.contains(&other), "{name} depends on {other}");
        }
    }
}

#[test]
fn only_the_host_touches_the_world() {
    let banned = [" unsafe ", " libc::", " nix::", "std::fs::", "std::process::", "std::env::"];
    for (path, text) in sources("crates") {
        let file = name(&path);
        if file.contains("/bash-host/") {
            continue;
        }
        for line in production(&text).lines().filter(|line| !line.trim_start().starts_with("//")) {
            let line = &line.replace(['(', '&', '<'], " ");
            for word in banned {
                let arguments =
                    file.starts_with("crates/rbash/") && word == "std::env::" && line.contains("args_os");
                let constants = line.contains("std::env::consts");
                assert!(arguments || constants || !line.contains(word), "{file} uses {word}: {line}");
            }
        }
    }
}

#[test]
fn each_builtin_has_its_texts() {
    for builtin in rbash::BUILTINS {
        assert!(builtin.synopsis.starts_with(builtin.name), "{}: {}", builtin.name, builtin.synopsis);
        assert!(!builtin.help.is_empty(), "{} has no help text", builtin.name);
    }
}
