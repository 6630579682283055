//! The functions that scripts run, side by side in the program.
//!
//! The kernel maps a program's text in windows of 64 KiB, each when something in it is first run. Functions that nearly
//! every script runs are a twentieth of the text, but there is one in nearly every window: most of a start would be spent
//! with mapping, and most of the memory with what is mapped beside them. `link-order.txt` names them, most used first;
//! `benches/order.py` makes it. A name that is no more there, or is not yet, costs nothing but its place.

use std::path::Path;

/// The flags by which the linker puts these functions first; none if the script for it cannot be written.
pub fn flags(folder: &Path) -> Vec<String> {
    let script = folder.join("order.ld");
    match std::fs::write(&script, linker_script(include_str!("link-order.txt"))) {
        Ok(()) => vec![format!("-Wl,-T,{}", script.display())],
        Err(_) => Vec::new(),
    }
}

/// A section of its own before the rest of the text. The linker's own script stays in force.
fn linker_script(names: &str) -> String {
    let inputs: String = names.lines().flat_map(patterns).map(|pattern| format!("    {pattern}\n")).collect();
    format!("SECTIONS {{\n  .text.often : {{\n{inputs}  }}\n}}\nINSERT BEFORE .text;\n")
}

/// The input sections of a function, or of an object file, which may be the member of an archive (`libc.a:malloc.o`).
/// Symbols are matched without what differs from build to build; those of the standard library have one of two forms.
fn patterns(name: &str) -> Vec<String> {
    if name.ends_with(".o") {
        return vec![format!("*{name}(.text .text.*)")];
    }
    if name == "main" {
        return vec!["*(.text.main)".to_owned()];
    }
    let words = words(name);
    let mut patterns = vec![format!("*(\".text*_ZN*{}*\")", legacy_end(name, &words))];
    let last = last_of_path(name);
    let library = words.iter().find(|word| !PRIMITIVES.contains(word)).copied().unwrap_or_default();
    if let "std" | "core" | "alloc" | "__rustc" = library
        && !last.contains('{')
    {
        let separator = if last.starts_with('_') { "_" } else { "" };
        patterns.push(format!("*(\".text*_R*{library}*{}{separator}{last}*\")", last.len()));
    }
    patterns
}

/// Types that may stand before the trait in the name of a method.
const PRIMITIVES: [&str; 8] = ["str", "u8", "u32", "u64", "usize", "char", "bool", "T"];

/// What a name is made of, in the order in which its symbol has it too.
fn words(name: &str) -> Vec<&str> {
    const SYNTAX: [&str; 8] = ["as", "impl", "dyn", "mut", "const", "fn", "for", "_"];
    name.split(|character: char| !character.is_ascii_alphanumeric() && character != '_')
        .filter(|word| !word.is_empty() && !SYNTAX.contains(word))
        .collect()
}

/// The words with anything between them, and the hash behind the last.
fn legacy_end(name: &str, words: &[&str]) -> String {
    let between = if name.ends_with(|last: char| last.is_ascii_alphanumeric()) { "" } else { "*" };
    format!("{}{between}17h", words.join("*"))
}

/// The function's own name: what follows the last `::` outside of brackets, without type parameters.
fn last_of_path(name: &str) -> &str {
    let mut depth = 0;
    let mut last = name;
    for (at, byte) in name.bytes().enumerate() {
        match byte {
            b'<' | b'(' => depth += 1,
            b'>' | b')' => depth -= 1,
            b':' if depth == 0 && !name[at + 1..].starts_with([':', '<']) => last = &name[at + 1..],
            _ => {}
        }
    }
    last.split("::<").next().unwrap_or(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_symbol_is_matched_by_the_words_of_its_name() {
        let method = "bash_interp::exec::pipeline::<impl bash_interp::shell::Shell>::run_lone";
        assert_eq!(
            patterns(method),
            ["*(\".text*_ZN*bash_interp*exec*pipeline*bash_interp*shell*Shell*run_lone17h*\")"]
        );
        let generic = "core::ptr::drop_in_place<bash_session::text::Text>";
        assert!(patterns(generic)[0].contains("*core*ptr*drop_in_place*bash_session*text*Text*17h*"));
    }

    #[test]
    fn one_of_the_standard_library_in_both_forms() {
        let found = patterns(
            "<alloc::raw_vec::RawVecInner<_>>::reserve::do_reserve_and_handle::<alloc::alloc::Global>",
        );
        assert_eq!(found.len(), 2);
        assert_eq!(found[1], "*(\".text*_R*alloc*21do_reserve_and_handle*\")");
        let method = patterns("<&str as core::str::pattern::Pattern>::is_contained_in");
        assert_eq!(method[1], "*(\".text*_R*core*15is_contained_in*\")");
        assert_eq!(patterns("__rustc::__rust_alloc")[1], "*(\".text*_R*__rustc*12___rust_alloc*\")");
    }

    #[test]
    fn a_member_of_an_archive_is_taken_whole() {
        assert_eq!(patterns("libc.a:malloc.o"), ["*libc.a:malloc.o(.text .text.*)"]);
        assert_eq!(patterns("crt1.o"), ["*crt1.o(.text .text.*)"]);
    }

    #[test]
    fn the_functions_stand_before_the_rest_of_the_text() {
        let script = linker_script("a::b\nlibc.a:c.o");
        let expected = "SECTIONS {\n  .text.often : {\n    *(\".text*_ZN*a*b17h*\")\n    *libc.a:c.o(.text .text.*)\n  }\n}\nINSERT BEFORE .text;\n";
        assert_eq!(script, expected);
    }

    #[test]
    fn what_every_script_runs_is_among_them() {
        let folder = tempfile::tempdir().expect("a folder");
        let flags = flags(folder.path());
        let script = std::fs::read_to_string(flags[0].trim_start_matches("-Wl,-T,")).expect("the script");
        assert!(script.contains("*run_lone17h*"), "{}", script.len());
    }
}
