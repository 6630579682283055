//! Sessions in a sandbox: whatever touches files goes to the file systems that the session was given.

use rbash::filesystem::MemoryFs;
use rbash::sandbox::SandboxHost;
use rbash::{Outcome, Session};
use std::sync::Arc;

/// Files whose paths are not on this machine's disk.
fn files() -> MemoryFs {
    let files = MemoryFs::with_skeleton();
    files.add_directory("/nowhere/work", 0o755).expect("an empty tree has room");
    files
}

fn run_on(files: &MemoryFs, script: &str) -> Outcome {
    let host = SandboxHost::new(files.as_user(MemoryFs::USER, MemoryFs::USER)).in_directory("/nowhere/work");
    Session::builder().host(Arc::new(host)).build().expect("a session").run(script)
}

/// The output of a script that writes no error.
fn output_on(files: &MemoryFs, script: &str) -> String {
    let outcome = run_on(files, script);
    assert_eq!(String::from_utf8_lossy(&outcome.stderr), "", "{script}");
    String::from_utf8_lossy(&outcome.stdout).into_owned()
}

#[test]
fn everything_that_touches_files_goes_to_the_sandbox() {
    for (script, expected) in [
        ("pwd; cd ..; pwd -P; cd /tmp && echo $PWD $OLDPWD", "/nowhere/work\n/nowhere\n/tmp /nowhere\n"),
        ("echo one >f; echo two >>f; while read l; do echo \"<$l>\"; done <f", "<one>\n<two>\n"),
        ("echo a >x1; echo b >x2; echo x*; echo /nowhere/*/x?", "x1 x2\n/nowhere/work/x1 /nowhere/work/x2\n"),
        ("shopt -s globstar; cd /nowhere; echo **/", "work/\n"),
        (">f; [ -e f ] && [ -f f ] && [ ! -s f ] && [ -w f ] && [ ! -x f ] && echo yes", "yes\n"),
        (">old; >new; [ new -nt old ] && [ old -ot new ] && [ old -ef ./old ] && echo yes", "yes\n"),
        ("echo 'echo sourced $1' >s; . ./s arg; source s other", "sourced arg\nsourced other\n"),
        (
            "read a b <<<'x y'; echo $b; cat() { while read -r l; do echo \"$l\"; done; }; cat <<E\nhere\nE",
            "y\nhere\n",
        ),
        ("while read l; do echo $l; done < <(echo p; echo q)", "p\nq\n"),
        ("echo through > >(read l; echo got $l); wait $!", "got through\n"),
        ("echo a b c | { read x y; echo $y; } | { read z; echo $z; }", "b c\n"),
        ("exec 3<>f; echo text >&3; exec 3<f; read -u 3 x; echo $x; exec 3>&-", "text\n"),
        ("mapfile -t m < <(printf '%s\\n' 1 2 3); echo ${#m[@]}", "3\n"),
        ("echo text >f; echo $(<f)", "text\n"),
        ("umask 077; >f; umask 000; >g; [ -r g ] && echo $(umask)", "0000\n"),
        ("history -s x; history -w h; read l <h; echo $l", "x\n"),
        ("pushd /tmp >/dev/null; dirs; popd", "/tmp /nowhere/work\n/nowhere/work\n"),
        ("compgen -f /no; compgen -d /nowhere/", "/nowhere\n/nowhere/work\n"),
        ("echo x 2>/dev/null >/dev/full || echo $?", "1\n"),
        ("read x </dev/null || echo end", "end\n"),
        (
            "coproc { read l; echo \"<$l>\"; }; echo hi >&${COPROC[1]}; read x <&${COPROC[0]}; echo $x",
            "<hi>\n",
        ),
        ("echo in >f; exec 4<f; read x </dev/fd/4; read y <&4; echo $x $y", "in in\n"),
        (
            "f() { local i; for ((i=0;i<9000;i++)); do echo line $i; done; }; f | { read l; echo $l; }",
            "line 0\n",
        ),
        ("echo $BASHPID $$ | { read a b; [ $a -gt 0 ] && echo ok; }", "ok\n"),
        ("echo ~ ~user ~root", "/home/user /home/user ~root\n"),
    ] {
        assert_eq!(output_on(&files(), script), expected, "{script}");
    }
}

#[test]
fn programs_are_missing_or_refused() {
    let files = files();
    files.add_file_with_mode("/bin/tool", "\x7fELF", 0o755).expect("room");
    for (script, error, status) in [
        ("ls", "rbash: line 1: ls: command not found\n", 127),
        ("/bin/ls", "rbash: line 1: /bin/ls: No such file or directory\n", 127),
        ("tool", "rbash: line 1: /bin/tool: Permission denied\n", 126),
        ("/bin/tool", "rbash: line 1: /bin/tool: Permission denied\n", 126),
        ("exec /bin/tool", "rbash: line 1: /bin/tool: Permission denied\n", 126),
        ("/bin", "rbash: line 1: /bin: Is a directory\n", 126),
    ] {
        let outcome = run_on(&files, script);
        assert_eq!(String::from_utf8_lossy(&outcome.stderr), error, "{script}");
        assert_eq!(outcome.status.code(), status, "{script}");
    }
}
