//! Sessions in a sandbox: whatever touches files goes to the file systems that the session was given.

use rbash::filesystem::{MachineFs, MemoryFs};
use rbash::sandbox::{SandboxClock, SandboxHost, SandboxUser};
use rbash::{InheritEnv, Outcome, RealHost, Session};
use std::io::{Read, Write};
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

/// The output of a script in a world of the caller's choice, which takes over the world's environment.
fn output_in(host: SandboxHost, script: &str) -> String {
    let builder = Session::builder().host(Arc::new(host)).inherit_env(InheritEnv::All);
    let outcome = builder.build().expect("a session").run(script);
    let text = String::from_utf8_lossy(&[outcome.stdout, outcome.stderr].concat()).into_owned();
    text.replace("rbash: line 1: ", "")
}

fn world() -> SandboxHost {
    SandboxHost::new(files()).in_directory("/nowhere/work")
}

#[test]
fn the_environment_is_that_which_was_given() {
    let show = "echo \"$A|$B|$HOME\"; export -p";
    assert!(output_in(world(), show).starts_with("||\n"));
    let given = world().with_environment([("A", "1"), ("B", "x=y")]);
    let shown = output_in(given, show);
    assert!(shown.starts_with("1|x=y|\n") && shown.contains("declare -x A=\"1\"\n"), "{shown}");
    let host = Arc::new(world().with_environment([("A", "1"), ("B", "2")]));
    let only = InheritEnv::Only(vec!["B".into()]);
    let mut session = Session::builder().host(host).inherit_env(only).build().expect("a session");
    assert_eq!(session.run("echo \"$A|$B\"").stdout, b"|2\n");
}

#[test]
fn the_host_is_called_as_it_was_named() {
    let show = "x='\\h \\H'; echo $HOSTNAME ${x@P}";
    assert_eq!(output_in(world(), show), "sandbox sandbox sandbox\n");
    assert_eq!(output_in(world().with_host_name("box.example"), show), "box.example box box.example\n");
}

#[test]
fn the_network_is_there_once_it_was_granted() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("bound").port();
    let script =
        format!("exec 3<>/dev/tcp/127.0.0.1/{port} && echo question >&3 && read -r x <&3 && echo \"$x\"");
    let refused = output_in(world(), &script);
    assert!(refused.contains("Network is unreachable"), "{refused}");
    let answering = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("somebody calls");
        let mut question = [0; 9];
        stream.read_exact(&mut question).expect("a line");
        stream.write_all(b"answer\n").expect("it listens");
        question
    });
    assert_eq!(output_in(world().with_network(), &script), "answer\n");
    assert_eq!(&answering.join().expect("it ends"), b"question\n");
}

#[test]
fn new_files_have_the_umask_that_was_given() {
    for (umask, shown, mode) in
        [(0o022, "0022\n", 0o644), (0o077, "0077\n", 0o600), (0o1002, "0002\n", 0o664)]
    {
        let files = files();
        let host = SandboxHost::new(files.as_user(MemoryFs::USER, MemoryFs::USER)).with_umask(umask);
        assert_eq!(output_in(host, "umask; >/tmp/f"), shown);
        let made = files.entries().into_iter().find(|entry| entry.path == b"/tmp/f").expect("made");
        assert_eq!(made.mode, mode);
    }
}

#[test]
fn the_user_is_the_one_that_was_given() {
    let user = SandboxUser {
        name: b"ann".to_vec(),
        home: b"/home/ann".to_vec(),
        shell: b"/bin/fish".to_vec(),
        uid: 7,
        gid: 8,
    };
    let script = "x='\\u'; echo ${x@P} ~ ~ann ~user $UID $EUID ${GROUPS[0]} $SHELL; compgen -u";
    let expected = "ann /home/ann /home/ann ~user 7 7 8 /bin/fish\nann\n";
    assert_eq!(output_in(world().with_user(user), script), expected);
    let expected = "user /home/user ~ann /home/user 1000 1000 1000 /bin/bash\nuser\n";
    assert_eq!(output_in(world(), script), expected);
}

#[test]
fn the_number_and_the_clock_are_those_that_were_given() {
    let time = std::time::Duration::from_secs(86_400);
    let host = world().with_pid(42).with_clock(SandboxClock::stopped_at(time));
    assert_eq!(
        output_in(host, "TZ=UTC; echo $$; printf '%(%F %T)T\\n' -1; echo $EPOCHSECONDS"),
        "42\n1970-01-02 00:00:00\n86400\n"
    );
}

#[test]
fn programs_start_where_they_were_granted() {
    let machine = || MachineFs::read_only("/").expect("a kernel with openat2").across_mounts();
    let script = "cd /tmp; echo words | /usr/bin/tr a-z A-Z; x=$(/bin/echo in); echo $x; /bin/sh -c 'exit 3'; echo $?; PATH=/usr/bin:/bin; expr 1 + 1";
    let granted = SandboxHost::new(machine()).with_programs(Arc::new(RealHost::embedded()));
    assert_eq!(output_in(granted, script), "WORDS\nin\n3\n2\n");
    let memory = MemoryFs::with_skeleton();
    memory.add_file("/lines", "one\ntwo\nthree\n").expect("room");
    let mixed =
        SandboxHost::new(machine()).mount("/memory", memory).with_programs(Arc::new(RealHost::embedded()));
    let script = "cd /; { read -r x; /bin/cat; } < /memory/lines; /bin/cat <<< here; /bin/echo no > /dev/null; /bin/cat < /dev/null
        /bin/echo x > /memory/new; echo $?; cd /memory; /bin/echo x; echo $?";
    let shown = output_in(mixed, script);
    assert!(shown.starts_with("two\nthree\nhere\n126\n126\n"), "{shown}");
    assert!(shown.contains("Bad file descriptor") && shown.contains("Operation not supported"), "{shown}");
    let refused = output_in(SandboxHost::new(machine()), "/bin/echo x; echo $?");
    assert_eq!(refused, "126\n/bin/echo: Permission denied\n");
    let files = files();
    files.add_file_with_mode("/tmp/tool", "#!/bin/sh\necho no\n", 0o755).expect("room");
    let in_memory = SandboxHost::new(files).with_programs(Arc::new(RealHost::embedded()));
    assert_eq!(output_in(in_memory, "/tmp/tool; echo $?"), "126\n/tmp/tool: Permission denied\n");
}
