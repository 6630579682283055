//! A tool for an agent: it runs scripts in files of its own, within limits, under a policy, and gets told how it went.
#![allow(clippy::print_stdout, reason = "an example shows something")]

use rbash::filesystem::MemoryFs;
use rbash::limits::{LimitNear, Limits};
use rbash::policy::{Category, Policy};
use rbash::sandbox::SandboxHost;
use rbash::{Capture, End, Outcome, Session};
use std::sync::Arc;
use std::time::Duration;

/// Where the agent's scripts run. Files, variables and functions stay from call to call.
struct Tool {
    session: Session,
}

impl Tool {
    fn new() -> Result<Tool, Box<dyn std::error::Error>> {
        let files = MemoryFs::with_skeleton();
        files.add_file("/home/user/sales.csv", "north 3\nsouth 5\nnorth 4\n")?;
        let host = SandboxHost::new(files).in_directory("/home/user");
        let policy =
            Policy::builder().deny("eval").allow(Category::Builtin).allow(Category::Function).build()?;
        let warn = |near: LimitNear| println!("near the limit of {}: {}", near.kind.name(), near.used);
        let session = Session::builder()
            .host(Arc::new(host))
            .policy(&policy)
            .limits(Limits::untrusted().wall_time(Duration::from_secs(5)))
            .on_limit_near(warn)
            .capture(Capture::HeadTail { head: 2000, tail: 2000, spill: None })
            .build()?;
        Ok(Tool { session })
    }

    /// Runs a script; gives what the agent is shown.
    fn call(&mut self, script: &str) -> String {
        answer(&self.session.run(script))
    }
}

fn answer(outcome: &Outcome) -> String {
    let end = match outcome.end {
        End::Limited(kind) => format!("ended: too much {}", kind.name()),
        _ => format!("status {}", outcome.status.code()),
    };
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    [text(&outcome.stdout), text(&outcome.stderr), end].concat()
}

/// The example.
pub fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut tool = Tool::new()?;
    let sums = "declare -A sum; while read -r region count; do ((sum[$region] += count)); done < sales.csv
        for region in north south; do echo \"$region ${sum[$region]}\"; done > sums; echo done";
    assert_eq!(tool.call(sums), "done\nstatus 0");
    assert_eq!(tool.call("echo \"$(<sums)\""), "north 7\nsouth 5\nstatus 0");
    assert_eq!(tool.call("echo ${sum[north]}"), "7\nstatus 0");

    // What it may not do, and what is not there.
    assert!(tool.call("eval echo x").ends_with("status 126"));
    assert!(tool.call("curl example.org").ends_with("curl: command not found\nstatus 127"));

    // What would never end, or take everything.
    assert!(tool.call("while :; do :; done").ends_with("ended: too much commands"));
    assert!(tool.call("x=x; while :; do x=$x$x; done").ends_with("ended: too much string size"));
    assert!(tool.call("f() { : $(f); }; f").ends_with("ended: too much nesting"));
    assert_eq!(tool.call("echo \"still here, ${sum[south]}\""), "still here, 5\nstatus 0");
    Ok(())
}
