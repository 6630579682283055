//! Commands of the host program, and the policy of what may run.

use rbash::policy::{Answer, Category, Denial, Matcher, Policy};
use rbash::{Call, HostApi, HostCommand, Session};
use std::io::Write;
use std::sync::{Arc, Mutex};

fn text(session: &mut Session, script: &str) -> String {
    let outcome = session.run(script);
    String::from_utf8([outcome.stdout, outcome.stderr].concat()).expect("text")
}

#[test]
fn results_become_status_and_output() {
    let mut session = Session::builder()
        .command("nothing", |_: &mut Call<'_>| ())
        .command("number", |call: &mut Call<'_>| call.text(0).and_then(|text| text.parse::<i32>().ok()))
        .command("truth", |call: &mut Call<'_>| call.arg(0) == Some(b"yes"))
        .command("string", |call: &mut Call<'_>| format!("<{}>\n", call.text(0).unwrap_or_default()))
        .command("bytes", |_: &mut Call<'_>| vec![0xff_u8, b'\n'])
        .command("fails", |_: &mut Call<'_>| -> std::io::Result<()> {
            Err(std::io::Error::other("it broke"))
        })
        .command("panics", |call: &mut Call<'_>| {
            assert!(call.name().is_empty(), "a panic that belongs to the test");
        })
        .build()
        .expect("a session");
    assert_eq!(
        text(
            &mut session,
            "nothing; echo $?; number 7; echo $?; number x; echo $?; truth yes && ! truth no && echo ok"
        ),
        "0\n7\n1\nok\n"
    );
    assert_eq!(text(&mut session, "string 'a b'"), "<a b>\n");
    assert_eq!(session.run("bytes").stdout, [0xff, b'\n']);
    assert_eq!(text(&mut session, "fails; echo $?"), "1\nrbash: line 1: fails: it broke\n");
    assert_eq!(
        text(&mut session, "panics | cat; panics; echo $?; echo on"),
        "1\non\nrbash: line 1: panics: the host program's command has panicked\nrbash: line 1: panics: the host program's command has panicked\n"
    );
}

fn shout(call: &mut Call<'_>) -> std::io::Result<()> {
    let mut input = call.stdin();
    let mut output = call.stdout();
    while let Some(line) = input.read_line()? {
        output.write_all(&line.to_ascii_uppercase())?;
    }
    Ok(())
}

#[test]
fn commands_take_part_in_everything() {
    let place = tempfile::tempdir().expect("a directory");
    let mut session = Session::builder()
        .cwd(place.path())
        .command("shout", shout)
        .command("one", |_: &mut Call<'_>| "1\n")
        .build()
        .expect("one");
    assert_eq!(text(&mut session, "echo a | shout | cat"), "A\n");
    assert_eq!(
        text(&mut session, "printf 'b\\nc' | shout | while read -r x; do echo \"<$x>\"; done"),
        "<B>\n"
    );
    assert_eq!(text(&mut session, "x=$(one)$(one); echo $x; shout <<<here >f; cat f"), "11\nHERE\n");
    assert_eq!(
        text(
            &mut session,
            "one & wait; { one; echo 2; } | shout; (one); f() { one; }; f; eval one; command one"
        ),
        "1\n1\n2\n1\n1\n1\n1\n"
    );
    assert_eq!(text(&mut session, "printf '1\\n2\\n' | { shout; read -r x || echo end; }"), "1\n2\nend\n");
    assert_eq!(text(&mut session, "while :; do echo y; done | { shout & wait; } | head -1"), "Y\n");
    assert_eq!(
        text(&mut session, "type one; type -t shout; compgen -b shou; compgen -c one | head -1; help -s one"),
        "one is a shell builtin\nbuiltin\nshout\none\none: one\n"
    );
    assert_eq!(
        text(&mut session, "one() { echo function; }; one; unset -f one; one; one >&-; echo $?"),
        "function\n1\n1\nrbash: line 1: one: write error: Bad file descriptor\n"
    );
}

#[test]
fn commands_use_the_session() {
    let mut session = Session::builder()
        .command("set-it", |call: &mut Call<'_>| {
            let old = call.var("v").unwrap_or_default();
            call.set_var("v", [&old[..], b"+"].concat().as_slice())
        })
        .command("twice", |call: &mut Call<'_>| {
            let script = call.args().collect::<Vec<_>>().join(&b' ');
            call.run(&script);
            call.run(&script)
        })
        .command("count", |call: &mut Call<'_>| {
            let (output, status) = call.capture("echo $v; exit 3");
            format!("{} {}\n", output.len(), status.code())
        })
        .command("where", |call: &mut Call<'_>| [call.cwd(), b"\n"].concat())
        .build()
        .expect("a session");
    assert_eq!(
        text(&mut session, "v=a; set-it; echo $v; (set-it; echo $v); set-it | :; echo $v"),
        "a+\na++\na+\n"
    );
    assert_eq!(
        text(&mut session, "twice 'echo x; n=$((n+1))'; echo $n; twice twice echo y | wc -l"),
        "x\nx\n2\n4\n"
    );
    assert_eq!(
        text(&mut session, "count; cd /usr; where; readonly v; set-it; echo $?"),
        "3 3\n/usr\n1\nrbash: line 1: set-it: v: readonly variable\n"
    );
    let outcome = session.run("twice exit 5; echo no");
    assert_eq!((outcome.status.code(), outcome.stdout.len()), (5, 0));
    assert_eq!(text(&mut session, "f() { twice return 4; echo after; }; f; echo $?"), "4\n");
}

struct Greetings;

impl HostApi for Greetings {
    fn namespace(&self) -> &str {
        "myapp"
    }

    fn commands(&self) -> Vec<HostCommand> {
        vec![
            HostCommand::new("greet", |call: &mut Call<'_>| {
                format!("hello, {}\n", call.text(0).unwrap_or_default())
            })
            .synopsis("myapp.greet NAME")
            .help("Greet somebody.\n\nThe greeting goes to standard output."),
            HostCommand::new("fail", |_: &mut Call<'_>| 9),
        ]
    }
}

#[test]
fn a_namespace_is_loaded_and_unknown_names_are_resolved() {
    let mut session = Session::builder().api(Greetings).build().expect("a session");
    assert_eq!(text(&mut session, "myapp.greet you; myapp.fail; echo $?"), "hello, you\n9\n");
    assert_eq!(session.apis(), ["myapp"]);
    assert_eq!(
        text(&mut session, "help myapp.greet"),
        "myapp.greet: myapp.greet NAME\n    Greet somebody.\n    \n    The greeting goes to standard output.\n"
    );
    assert_eq!(
        text(&mut session, "help -d 'myapp.*'; compgen -A helptopic myapp.g"),
        "Shell commands matching keyword `myapp.*'\n\nmyapp.fail - A command of the host program.\nmyapp.greet - Greet somebody.\nmyapp.greet\n"
    );
    session.set_resolver(|name| {
        let name = name.strip_prefix(b"ask-")?.to_vec();
        Some(HostCommand::new("ask", move |_: &mut Call<'_>| [&name[..], b"!\n"].concat()))
    });
    assert_eq!(
        text(&mut session, "ask-me; x=$(ask-you); echo $x; no-such; echo $?"),
        "me!\nyou!\n127\nrbash: line 1: no-such: command not found\n"
    );
    assert!(session.remove_command("myapp.fail"));
    assert_eq!(session.run("myapp.fail").status.code(), 127);
    assert!(session.add_command(&HostCommand::new("not a name", |_: &mut Call<'_>| ())).is_err());
}

fn denied_by(policy: rbash::policy::PolicyBuilder) -> (Session, Arc<Mutex<Vec<Denial>>>) {
    let seen: Arc<Mutex<Vec<Denial>>> = Arc::default();
    let events = seen.clone();
    let policy = policy.on_denied(move |denial| events.lock().expect("no panics").push(denial.clone()));
    let policy = policy.build().expect("a policy");
    (Session::builder().policy(&policy).build().expect("a session"), seen)
}

#[test]
fn a_denied_program_does_not_run_whatever_the_way() {
    let place = tempfile::tempdir().expect("a directory");
    let file = place.path().join("f");
    let rules = Policy::builder().deny("touch").allow(Matcher::Any);
    let (mut session, seen) = denied_by(rules);
    session.set_var("f", file.display().to_string()).expect("set");
    let ways = [
        "touch $f",
        "command touch $f",
        "/usr/bin/touch $f",
        "/bin/touch $f",
        "t=tou; ${t}ch $f",
        "eval \"touch $f\"",
        "(touch $f)",
        "touch $f | cat; false",
        "x=$(touch $f)",
        "f() { touch $f; }; f",
        "touch $f & wait $!",
        "coproc touch $f; sleep 0.2; false",
        "hash -p /usr/bin/touch other; other $f",
        "trap 'touch $f' USR1; kill -USR1 $$; false",
        "trap 'touch $f' DEBUG; trap - DEBUG; false",
        "cat <(touch $f); false",
        "shopt -s expand_aliases\nalias t=touch\nt $f",
        "exec touch $f",
        "exec -a harmless touch $f",
        "command_not_found_handle() { touch $f; }; no-such; unset -f command_not_found_handle; false",
        "PATH=/usr/bin:/bin touch $f",
        "printf '%s\\n' x | while read -r _; do touch $f; done",
        "cp /usr/bin/touch ${f}x; ln -s touch ${f}y; source <(echo touch $f)",
    ];
    for way in ways {
        let before = seen.lock().expect("no panics").len();
        let outcome = session.run(way);
        assert_ne!(outcome.status.code(), 0, "{way}");
        assert!(!file.exists(), "{way}");
        if !way.contains("DEBUG") {
            assert!(seen.lock().expect("no panics").len() > before, "no event: {way}");
        }
    }
    let outcome = session.run("touch x");
    assert_eq!(outcome.status.code(), 126);
    let message = String::from_utf8_lossy(&outcome.stderr).into_owned();
    assert!(message.ends_with("touch: not allowed: denied by rule 1 of the policy\n"), "{message}");
    let last = seen.lock().expect("no panics").pop().expect("an event");
    assert_eq!(
        (last.rule, &last.request.name[..], last.request.category),
        (Some(0), &b"touch"[..], Category::Program)
    );
    assert_eq!(last.request.args, [b"x"]);
    let mut fork = session.fork().expect("a copy");
    assert_eq!(fork.run("touch x").status.code(), 126);
    assert_eq!(session.child().expect("a copy").run("touch x").status.code(), 126);
}

#[test]
fn the_first_rule_decides_and_what_none_matches_is_denied() {
    let rules = Policy::builder()
        .deny(Matcher::argv(["echo", "*secret*", "**"]))
        .deny(Matcher::Regex("^printf .*(bad|worse)$".into()))
        .allow(Matcher::Glob("ech?".into()))
        .allow("printf")
        .allow(Matcher::Path("/*bin/tr".into()))
        .allow(Matcher::argv(["sort", "-n"]))
        .allow(Matcher::All(vec![
            Category::Function.into(),
            Matcher::predicate(|request| request.args.is_empty()),
        ]))
        .allow("mine");
    let (mut session, seen) = denied_by(rules);
    session.add_command(&HostCommand::new("mine", |_: &mut Call<'_>| "mine\n")).expect("added");
    session.add_command(&HostCommand::new("yours", |_: &mut Call<'_>| "yours\n")).expect("added");
    let mut status = |script: &str| session.run(script).status.code();
    assert_eq!(status("echo a; echo a secret"), 0);
    assert_eq!(status("echo 'my secret' b"), 126);
    assert_eq!(status("printf x"), 0);
    assert_eq!(status("printf 'really bad'"), 126);
    assert_eq!(status("echo b | tr a-z A-Z"), 0);
    assert_eq!(status("sort -n </dev/null"), 0);
    assert_eq!(status("sort -n -r </dev/null"), 126);
    assert_eq!(status("sort </dev/null"), 126);
    assert_eq!(status("cd /"), 126);
    assert_eq!(status("f() { echo f; }; f"), 0);
    assert_eq!(status("f x"), 126);
    assert_eq!(status("mine"), 0);
    assert_eq!(status("yours"), 126);
    assert_eq!(status("x=1; [[ $x = 1 ]] && ((x == 1))"), 0);
    assert_eq!(status("set +e; unset x"), 126);
    assert!(seen.lock().expect("no panics").iter().any(|denial| denial.rule.is_none()));
    assert!(Policy::builder().allow(Matcher::Regex("(".into())).build().is_err());
}

#[test]
fn what_is_asked_about_waits_for_the_answer() {
    let asked: Arc<Mutex<Vec<String>>> = Arc::default();
    let log = asked.clone();
    let rules = Policy::builder().ask(Category::Program).allow(Matcher::Any).on_ask(move |request| {
        log.lock().expect("no panics").push(String::from_utf8_lossy(&request.line()).into_owned());
        if request.name == b"true" { Answer::Allow } else { Answer::Deny }
    });
    let (mut session, _) = denied_by(rules);
    assert_eq!(session.run("/bin/true a").status.code(), 0);
    assert_eq!(session.run("command -p uname").status.code(), 126);
    assert_eq!(asked.lock().expect("no panics").clone(), ["true a", "uname"]);
    let (mut session, _) = denied_by(Policy::builder().ask(Matcher::Any));
    assert_eq!(session.run("echo").status.code(), 126);
}
