//! Two recipes that people paste into a shell: a background session driven through a named pipe, and a conversation
//! with a program over JSON lines. They run word for word; only placeholders are filled in.

#[path = "program/bench.rs"]
mod bench;

use bench::{Bench, wait_until};
use nix::fcntl::OFlag;
use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::process::Command;
use std::time::Duration;

const SOON: Duration = Duration::from_secs(20);

/// The session recipe as it was published.
const SESSION: &str = r#"mkdir -p /tmp/[SESSION_NAME]/; mkfifo /tmp/[SESSION_NAME]/IN; nohup bash -c "while [ -e /tmp/[SESSION_NAME]/IN ]; do cat /tmp/[SESSION_NAME]/IN; sleep 0.4; done | bash -c \"echo \$ > /tmp/[SESSION_NAME]/PID; [SESSION_COMMAND]; echo \"End\" > /tmp/[SESSION_NAME]/IN; rm /tmp/[SESSION_NAME]/IN\"" > /tmp/[SESSION_NAME]/OUT 2>&1 </dev/null &"#;

/// The conversation recipe as it was published, up to the messages.
const CONVERSATION: &str = r#"mkfifo input_pipe
cat input_pipe | claude -p \
--input-format stream-json \
--output-format stream-json \
--verbose \
| jq --unbuffered -r '
if .type == "assistant" then
(.message.content[] | select(.type == "text") | .text)
elif .type == "result" then
"--- done (cost: \(.total_cost_usd)) ---"
else
empty
end' &
exec 3>input_pipe
# Send messages:
echo '{"type":"user","message":{"role":"user","content":"Hello"}}' >&3
"#;

/// Its end.
const CLEANUP: &str = "# Cleanup when done:\nexec 3>&-\nrm input_pipe\n";

/// A program that speaks the same protocol: a line in, two lines out.
const ANSWERS: &str = r#"#!/usr/bin/env bash
printf '%s\n' '{"type":"system","subtype":"init"}'
while read -r line; do
    [[ $line =~ \"content\":\"([^\"]*)\" ]]
    printf '{"type":"assistant","message":{"content":[{"type":"text","text":"You said: %s"}]}}\n' "${BASH_REMATCH[1]}"
    printf '{"type":"result","total_cost_usd":0.%02d}\n' "$((++turns))"
done
"#;

struct Session {
    name: String,
}

impl Session {
    fn start(bench: &Bench, command: &str) -> Session {
        let name = format!("rbash-recipe-{}-{}", std::process::id(), command.len());
        let _ = fs::remove_dir_all(format!("/tmp/{name}"));
        let line = SESSION.replace("[SESSION_NAME]", &name).replace("[SESSION_COMMAND]", command);
        let started = bench.run(&["-c", &line]);
        assert_eq!(started.status, 0, "{started:?}");
        Session { name }
    }

    fn path(&self, file: &str) -> String {
        format!("/tmp/{}/{file}", self.name)
    }

    /// The recipe opens its pipe anew for each writer, so it may just have closed it.
    fn send(&self, line: &str) {
        let sent = || {
            let mut pipe = fs::OpenOptions::new().append(true).open(self.path("IN")).expect("the pipe");
            pipe.write_all(line.as_bytes()).is_ok()
        };
        assert!(wait_until(SOON, sent), "nobody takes {line:?}");
        // What comes while a reader is about to leave would be lost, in any shell.
        assert!(wait_until(SOON, || !self.has_reader()), "{line:?} does not end");
    }

    fn has_reader(&self) -> bool {
        let at_once =
            fs::OpenOptions::new().append(true).custom_flags(OFlag::O_NONBLOCK.bits()).open(self.path("IN"));
        at_once.is_ok()
    }

    fn out(&self) -> String {
        fs::read_to_string(self.path("OUT")).unwrap_or_default()
    }

    fn shows(&self, text: &str) -> bool {
        wait_until(SOON, || self.out().contains(text))
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(format!("/tmp/{}", self.name));
    }
}

#[test]
fn a_session_runs_each_line_as_it_arrives_and_keeps_its_state() {
    let bench = Bench::new();
    let session = Session::start(&bench, "bash");
    assert!(wait_until(SOON, || fs::metadata(session.path("IN")).is_ok()));
    session.send("echo \"first $((1 + 1))\"\n");
    assert!(session.shows("first 2\n"), "{:?}", session.out());
    session.send("x=kept; cd /\n");
    session.send("false\n");
    session.send("echo \"$x $? $PWD\"\n");
    assert!(session.shows("kept 1 /\n"), "{:?}", session.out());
    // The recipe's `\$` is a dollar alone by the time that it is written.
    assert_eq!(fs::read_to_string(session.path("PID")).ok().as_deref(), Some("$\n"));
    session.send("exit 3\n");
    assert!(wait_until(SOON, || fs::metadata(session.path("IN")).is_err()), "{:?}", session.out());
    assert_eq!(session.out(), "first 2\nkept 1 /\n");
}

#[test]
fn a_conversation_goes_on_while_the_pipe_is_held_open() {
    if Command::new("jq").arg("--version").output().is_err() {
        return eprintln!("skipped: jq is not installed");
    }
    let bench = Bench::new();
    bench.program("claude", ANSWERS);
    let second = "sleep 0.2\nPROMPT=\"Explain this:\n$(echo it)\"\njq -nc --arg c \"$PROMPT\" \\\n\
                  '{type:\"user\", message:{role:\"user\", content:$c}}' >&3\n";
    let script = [CONVERSATION, second, CLEANUP, "wait\n"].concat();
    let seen = bench.run_with_input(&[], script.as_bytes());
    let expected = "You said: Hello\n--- done (cost: 0.01) ---\nYou said: Explain this:\nit\n--- done (cost: 0.02) ---\n";
    assert_eq!((&*seen.stdout, &*seen.stderr, seen.status), (expected, "", 0));
    assert!(!bench.at("input_pipe").exists());
}
