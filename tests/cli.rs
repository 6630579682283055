//! The command line: how the program can be called, and everything that can be wrong with what it is given.

#[path = "program/bench.rs"]
mod bench;

use bench::{Bench, Seen};

#[test]
fn commands_of_dash_c_have_a_name_and_parameters() {
    let seen = Bench::new().run(&["-c", "echo $0 $1 $#; echo $-", "name", "a", "b"]);
    assert_eq!(seen, Seen::new("name a 2\nhBc\n", "", 0));
}

#[test]
fn options_are_read_as_bash_reads_them() {
    let bench = Bench::new();
    assert_eq!(bench.run(&["-ec", "false; echo no"]), Seen::new("", "", 1));
    assert_eq!(bench.run(&["-c", "-x", "echo a"]), Seen::new("a\n", "+ echo a\n", 0));
    assert_eq!(bench.run(&["--norc", "-o", "noglob", "-c", "echo *"]), Seen::new("*\n", "", 0));
    assert_eq!(bench.run(&["+B", "-c", "echo {a,b}"]), Seen::new("{a,b}\n", "", 0));
    assert_eq!(bench.run(&["-c", "--", "echo dashes"]), Seen::new("dashes\n", "", 0));
}

#[test]
fn wrong_options_end_with_2_and_say_what_is_wrong() {
    let bench = Bench::new();
    let first_line = |arguments: &[&str]| {
        let seen = bench.run(arguments);
        (seen.stderr.lines().next().unwrap_or_default().to_owned(), seen.status)
    };
    assert_eq!(first_line(&["-Z"]), ("bash: -Z: invalid option".into(), 2));
    assert_eq!(first_line(&["--nope"]), ("bash: --nope: invalid option".into(), 2));
    assert_eq!(first_line(&["-x", "--norc"]), ("bash: --: invalid option".into(), 2));
    assert_eq!(first_line(&["-c"]), ("bash: -c: option requires an argument".into(), 2));
    assert_eq!(first_line(&["--rcfile"]), ("bash: rcfile: option requires an argument".into(), 2));
    assert_eq!(
        first_line(&["-o", "nope", "-c", ":"]),
        ("bash: line 0: bash: nope: invalid option name".into(), 2)
    );
    assert_eq!(
        first_line(&["-O", "nope", "-c", ":"]),
        ("bash: line 0: nope: invalid shell option name".into(), 2)
    );
    assert!(bench.run(&["-Z"]).stderr.contains("Usage:\tbash [GNU long option] [option] ...\n"));
}

#[test]
fn what_is_no_script_is_refused() {
    let bench = Bench::new();
    bench.directory("dir");
    bench.file("binary", b"a\0b\n");
    bench.file("elf", b"\x7fELF\x02\x01");
    bench.file("empty", b"");
    assert_eq!(bench.run(&["missing"]), Seen::new("", "bash: missing: No such file or directory\n", 127));
    assert_eq!(bench.run(&["dir"]), Seen::new("", "dir: dir: Is a directory\n", 126));
    assert_eq!(bench.run(&["binary"]), Seen::new("", "binary: binary: cannot execute binary file\n", 126));
    assert_eq!(bench.run(&["elf"]), Seen::new("", "elf: elf: cannot execute binary file\n", 126));
    assert_eq!(bench.run(&["empty"]), Seen::new("", "", 0));
    assert_eq!(bench.run(&["empty/x"]), Seen::new("", "bash: empty/x: Not a directory\n", 126));
}

#[test]
fn a_script_not_in_this_directory_is_looked_for_in_path() {
    let bench = Bench::new();
    bench.directory("bin");
    bench.file("bin/tool", b"echo found $0");
    assert_eq!(bench.run_with_path(&["tool"], "bin"), Seen::new("found tool\n", "", 0));
}

#[test]
fn a_syntax_error_in_line_3_comes_after_lines_1_and_2_have_run() {
    let bench = Bench::new();
    bench.file("s", b"echo a\necho b\nif fi\necho c\n");
    let stderr = "s: line 3: syntax error near unexpected token `fi'\ns: line 3: `if fi'\n";
    assert_eq!(bench.run(&["s"]), Seen::new("a\nb\n", stderr, 2));
    let stderr = "bash: line 3: syntax error near unexpected token `fi'\nbash: line 3: `if fi'\n";
    assert_eq!(bench.run_with_input(&[], b"echo a\necho b\nif fi\necho c\n"), Seen::new("a\nb\n", stderr, 2));
}

#[test]
fn odd_bytes_in_scripts_come_through() {
    let bench = Bench::new();
    bench.file("latin", b"x=\xe4; printf '%s' \"$x\" '\xff' | od -An -tx1\n");
    assert_eq!(bench.run(&["latin"]), Seen::new(" e4 ff\n", "", 0));
    bench.file("nul", b"echo first\necho a\0b\n");
    assert_eq!(bench.run(&["nul"]), Seen::new("first\nab\n", "", 0));
}

#[test]
fn output_that_cannot_be_written_is_an_error() {
    let bench = Bench::new();
    let full = "bash: line 1: echo: write error: No space left on device\n";
    assert_eq!(bench.run(&["-c", "echo x >/dev/full"]), Seen::new("", full, 1));
    let closed = "bash: line 1: echo: write error: Bad file descriptor\n";
    assert_eq!(bench.run(&["-c", "echo x >&-"]), Seen::new("", closed, 1));
    assert_eq!(bench.run(&["-c", "bash -c 'echo x' >&-; echo $?"]), Seen::new("1\n", closed, 0));
}

#[test]
fn commands_on_standard_input_share_it_with_what_they_run() {
    let bench = Bench::new();
    let input = b"read x; echo \"<$x>\"\nfor read\ncat\nrest 1\nrest 2\n";
    assert_eq!(bench.run_with_input(&[], input), Seen::new("<for read>\nrest 1\nrest 2\n", "", 0));
    assert_eq!(bench.run_with_input(&["-s", "a"], b"echo $1 $-\n"), Seen::new("a hBs\n", "", 0));
}

#[test]
fn a_long_here_document_on_standard_input_is_read_in_linear_time() {
    let mut input = b"cat <<END | wc -l\n".to_vec();
    for number in 0..40_000 {
        input.extend_from_slice(format!("line {number} of a document\n").as_bytes());
    }
    input.extend_from_slice(b"END\necho done\n");
    assert_eq!(Bench::new().run_with_input(&[], &input), Seen::new("40000\ndone\n", "", 0));
}

#[test]
fn startup_files_are_read_by_the_shells_that_should() {
    let bench = Bench::new();
    bench.file("rc", b"echo rc\n");
    bench.file(".bash_profile", b"echo profile\n");
    bench.file(".bash_logout", b"echo logout\n");
    assert_eq!(
        bench.run_with_variable(&["-c", "echo main"], "BASH_ENV", "./rc"),
        Seen::new("rc\nmain\n", "", 0)
    );
    assert_eq!(bench.run(&["--noprofile", "-l", "-c", "echo main"]), Seen::new("main\n", "", 0));
    let login = bench.run(&["-l", "-c", "echo main; exit 5"]);
    assert!(login.stdout.ends_with("profile\nmain\nlogout\n"), "{login:?}");
    assert_eq!(login.status, 5);
}

#[test]
fn options_in_the_environment_are_in_force() {
    let seen =
        Bench::new().run_with_variable(&["-c", "echo $-; echo $SHELLOPTS"], "SHELLOPTS", "noglob:nounset");
    assert_eq!(seen, Seen::new("fhuBc\nbraceexpand:hashall:interactive-comments:noglob:nounset\n", "", 0));
}

#[test]
fn the_end_is_the_one_that_the_script_asked_for() {
    let bench = Bench::new();
    assert_eq!(bench.run(&["-c", "exit 7"]).status, 7);
    assert_eq!(bench.run(&["-c", "trap 'echo bye' EXIT; exit 3"]), Seen::new("bye\n", "", 3));
    assert_eq!(bench.run(&["-c", "f() { exit 4; }; (f); echo $?; f"]), Seen::new("4\n", "", 4));
    assert_eq!(bench.run(&["-c", "kill -TERM $$"]).status, 128 + 15);
}

#[test]
fn sh_is_posix_mode() {
    let bench = Bench::new();
    assert_eq!(
        bench.run_as("sh", &["-c", "echo $0; set -o | grep posix"]),
        Seen::new("sh\nposix          \ton\n", "", 0)
    );
    assert_eq!(
        bench.run_as("-sh", &["-c", "echo $0; shopt login_shell"]).stdout.lines().next_back(),
        Some("login_shell         \ton")
    );
}
