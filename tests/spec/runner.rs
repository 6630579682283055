//! Runs one case in a directory of its own and collects what the shell answered.
//!
//! The directory has two halves: `home`, which is the working directory and `HOME` and holds `t.sh`, and `bin`, first in
//! `PATH`, where `bash` and `sh` are links to the shell under test. So a script reaches the same shell by name, and
//! messages begin with `t.sh: line 3: ` or `bash: line 1: ` for every shell. Both paths differ from run to run; in what
//! was printed they are replaced by `/HOME` and `/BIN`.

use std::fs;
use std::io::{self, Read, Write};
use std::os::unix::fs::symlink;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::case_file::{Input, Outcome};

const DEFAULT_SECONDS: u64 = 10;

/// What `shell` answers to `input`. A case that outlives its time is killed with its whole process group.
pub fn run(shell: &Path, input: &Input) -> io::Result<Outcome> {
    let room = Room::new(shell, input)?;
    let mut child = room.command(input).spawn()?;
    feed(&mut child, input.stdin.clone());
    let deadline = Instant::now() + Duration::from_secs(input.timeout.unwrap_or(DEFAULT_SECONDS));
    let stdout = drain(child.stdout.take());
    let stderr = drain(child.stderr.take());
    let status = wait_until(&mut child, deadline)?;
    if status.is_none() {
        kill_group(&mut child)?;
    }
    Ok(Outcome {
        stdout: room.neutral(collect(&stdout, deadline)),
        stderr: room.neutral(collect(&stderr, deadline)),
        status: status.map_or_else(|| "timeout".to_owned(), status_words),
    })
}

struct Room {
    _directory: tempfile::TempDir,
    home: PathBuf,
    bin: PathBuf,
}

impl Room {
    fn new(shell: &Path, input: &Input) -> io::Result<Self> {
        let directory = tempfile::Builder::new().prefix("spec").tempdir()?;
        let root = directory.path().canonicalize()?;
        let room = Self { _directory: directory, home: root.join("home"), bin: root.join("bin") };
        fs::create_dir(&room.home)?;
        fs::create_dir(&room.bin)?;
        for name in ["bash", "sh"] {
            symlink(shell, room.bin.join(name))?;
        }
        fs::write(room.home.join("t.sh"), &input.script)?;
        for (name, text) in &input.files {
            let path = room.home.join(name);
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent)?;
            }
            fs::write(path, text)?;
        }
        Ok(room)
    }

    fn command(&self, input: &Input) -> Command {
        let name = input.shell.as_deref().unwrap_or("bash");
        let mut path = self.bin.clone().into_os_string();
        path.push(":");
        path.push(std::env::var_os("PATH").unwrap_or_else(|| "/usr/bin:/bin".into()));
        let mut command = if interrupts_are_ignored() {
            let mut command = Command::new("env");
            command.args(["--default-signal=INT,QUIT", name]);
            command
        } else {
            let mut command = Command::new(self.bin.join(name));
            command.arg0(name);
            command
        };
        command.args(&input.options).arg("t.sh").current_dir(&self.home);
        command.env_clear().env("PATH", path).env("HOME", &self.home).env("LANG", "C.UTF-8");
        command.envs(input.env.iter().map(|(name, value)| (name, value)));
        command.stdin(if input.stdin.is_empty() { Stdio::null() } else { Stdio::piped() });
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
        command
    }

    /// Output with the paths of this room replaced by fixed ones.
    fn neutral(&self, output: Vec<u8>) -> Vec<u8> {
        let output = replace(&output, self.home.as_os_str().as_encoded_bytes(), b"/HOME");
        replace(&output, self.bin.as_os_str().as_encoded_bytes(), b"/BIN")
    }
}

/// Whether this process was started in the background of a script, which hands ignored interrupts down to every child
/// and so would change what the shell under test may trap. The standard library cannot undo that, `env` can.
fn interrupts_are_ignored() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    mask & 0b110 != 0
}

/// `text` with every `from` replaced by `to`.
pub fn replace(text: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut replaced = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, after)) = rest.split_first() {
        if let Some(tail) = rest.strip_prefix(from) {
            replaced.extend_from_slice(to);
            rest = tail;
        } else {
            replaced.push(byte);
            rest = after;
        }
    }
    replaced
}

/// Writes standard input from a thread, as the shell may never read it; a closed pipe is no error.
fn feed(child: &mut Child, text: Vec<u8>) {
    if let Some(mut pipe) = child.stdin.take() {
        thread::spawn(move || pipe.write_all(&text).ok());
    }
}

/// Reads a pipe to its end in a thread, sending pieces, so that nothing is lost when time runs out.
fn drain(pipe: Option<impl Read + Send + 'static>) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let Some(mut pipe) = pipe else { return };
        let mut buffer = [0; 8192];
        loop {
            match pipe.read(&mut buffer) {
                Ok(0) => return,
                Ok(count) if sender.send(buffer[..count].to_vec()).is_ok() => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                _ => return,
            }
        }
    });
    receiver
}

/// All pieces until the last writer has closed the pipe, but not after the deadline.
fn collect(pieces: &Receiver<Vec<u8>>, deadline: Instant) -> Vec<u8> {
    let mut output = Vec::new();
    let left = || deadline.saturating_duration_since(Instant::now()).max(Duration::from_millis(50));
    while let Ok(piece) = pieces.recv_timeout(left()) {
        output.extend(piece);
    }
    output
}

fn wait_until(child: &mut Child, deadline: Instant) -> io::Result<Option<ExitStatus>> {
    let mut pause = Duration::from_micros(200);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if Instant::now() >= deadline {
            return Ok(None);
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(10));
    }
}

/// The standard library can kill one process only, so the group is left to `kill`.
fn kill_group(child: &mut Child) -> io::Result<()> {
    let group = format!("-{}", child.id());
    Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status()?;
    child.kill().ok();
    child.wait().map(drop)
}

fn status_words(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => code.to_string(),
        (None, Some(signal)) => format!("signal {signal}"),
        (None, None) => "unknown".to_owned(),
    }
}
