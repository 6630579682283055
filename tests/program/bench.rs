//! A workbench for tests: a fresh directory, in which `bash` and `sh` on `PATH` are the program under test.

#![allow(dead_code, reason = "each test program uses its own part")]

use std::io::Write;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// A directory to work in, removed at the end.
pub struct Bench {
    directory: tempfile::TempDir,
    programs: tempfile::TempDir,
}

/// What a run left.
#[derive(Debug, PartialEq, Eq)]
pub struct Seen {
    pub stdout: String,
    pub stderr: String,
    pub status: i32,
}

impl Seen {
    pub fn new(stdout: &str, stderr: &str, status: i32) -> Seen {
        Seen { stdout: stdout.into(), stderr: stderr.into(), status }
    }
}

impl From<Output> for Seen {
    fn from(output: Output) -> Seen {
        Seen {
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            status: output.status.code().unwrap_or_else(|| 128 + output.status.signal().unwrap_or(0)),
        }
    }
}

/// The program under test.
pub fn program() -> &'static str {
    env!("CARGO_BIN_EXE_rbash")
}

impl Bench {
    pub fn new() -> Bench {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let programs = tempfile::tempdir().expect("a temporary directory");
        for name in ["bash", "sh"] {
            std::os::unix::fs::symlink(program(), programs.path().join(name)).expect("a link");
        }
        Bench { directory, programs }
    }

    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    pub fn at(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    pub fn file(&self, name: &str, text: &[u8]) {
        std::fs::write(self.at(name), text).expect("a file");
    }

    /// A program in `PATH`.
    pub fn program(&self, name: &str, text: &str) {
        use std::os::unix::fs::PermissionsExt;
        let path = self.programs.path().join(name);
        std::fs::write(&path, text).expect("a file");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("permissions");
    }

    pub fn directory(&self, name: &str) {
        std::fs::create_dir(self.at(name)).expect("a directory");
    }

    /// A command called `bash`, in an environment of its own.
    pub fn command(&self, name: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(program());
        let path = format!("{}:/usr/local/bin:/usr/bin:/bin", self.programs.path().display());
        command
            .arg0(name)
            .args(arguments)
            .current_dir(self.path())
            .env_clear()
            .env("PATH", path)
            .env("HOME", self.path())
            .env("LC_ALL", "C.UTF-8")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Seen {
        self.run_as("bash", arguments)
    }

    pub fn run_as(&self, name: &str, arguments: &[&str]) -> Seen {
        finish(self.command(name, arguments).spawn().expect("a process"))
    }

    pub fn run_with_variable(&self, arguments: &[&str], name: &str, value: &str) -> Seen {
        finish(self.command("bash", arguments).env(name, value).spawn().expect("a process"))
    }

    /// With `more` before the usual `PATH`.
    pub fn run_with_path(&self, arguments: &[&str], more: &str) -> Seen {
        let path = format!("{more}:/usr/bin:/bin");
        finish(self.command("bash", arguments).env("PATH", path).spawn().expect("a process"))
    }

    pub fn run_with_input(&self, arguments: &[&str], input: &[u8]) -> Seen {
        let mut child = self.command("bash", arguments).stdin(Stdio::piped()).spawn().expect("a process");
        let mut pipe = child.stdin.take().expect("its input");
        let input = input.to_vec();
        let writer = std::thread::spawn(move || {
            let _ = pipe.write_all(&input);
        });
        let seen = finish(child);
        writer.join().expect("the writer");
        seen
    }
}

/// Waits for the end, at most for a minute.
fn finish(child: Child) -> Seen {
    let pid = child.id();
    let (done, over) = std::sync::mpsc::channel::<()>();
    let watch = std::thread::spawn(move || {
        if over.recv_timeout(Duration::from_secs(60)) == Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
            let _ = Command::new("kill").args(["-9", &pid.to_string()]).status();
        }
    });
    let seen = Seen::from(child.wait_with_output().expect("its output"));
    drop(done);
    watch.join().expect("the watch");
    seen
}

/// Waits until `holds`, at most `limit`.
pub fn wait_until(limit: Duration, holds: impl Fn() -> bool) -> bool {
    let start = Instant::now();
    while start.elapsed() < limit {
        if holds() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    holds()
}
