//! A directory in which scripts run, one after the other, and what a shell answers there.
//!
//! Both shells run in the same directory under the same name with the same environment, so that whatever they print may be
//! compared byte for byte. Standard error goes to a file: one pipe can be read without threads, and what was
//! written before a script is killed is there.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use crate::answers::{without_process_ids, without_what_varies};
use crate::case_file::Outcome;

/// A script that needs longer is stopped.
const LIMIT: Duration = Duration::from_secs(4);
/// More output than this is not read.
const MOST_OUTPUT: u64 = 1 << 18;
/// What lies in the directory when a script starts: names that patterns tell apart.
const FILES: [(&str, &str); 9] = [
    ("a", "one\ntwo  words\n"),
    ("a b", " lead\\ing\n\ntail "),
    ("ab", "x:y::z\n"),
    ("b.c", ""),
    ("B1", "1\n2\n3\n"),
    (".hid", ""),
    ("dir/f1", "echo sourced $# \"$1\"; return 3\n"),
    ("dir/f2.c", "x=from_file\n"),
    ("dir/sub/é", ""),
];
/// Programs that a script may find in `PATH`; nothing that does harm when a random word names it.
const PROGRAMS: [&str; 4] = ["cat", "sort", "env", "tr"];

/// How the script reaches the shell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// `bash t.sh first second`
    File,
    /// `bash -c SCRIPT name first second`
    Argument,
    /// `bash -s first second < t.sh`
    StandardInput,
}

/// A prepared directory.
pub struct Room {
    directory: tempfile::TempDir,
    home: PathBuf,
    running: Arc<Mutex<Option<Running>>>,
}

struct Running {
    group: Pid,
    since: Instant,
}

impl Room {
    /// A new directory, in memory where the system has a place for that.
    pub fn new() -> io::Result<Self> {
        let memory = Path::new("/dev/shm");
        let parent = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
        let directory = tempfile::Builder::new().prefix("diff").tempdir_in(parent)?;
        let room = Self { home: directory.path().join("home"), directory, running: Arc::default() };
        fs::create_dir(room.path("bin"))?;
        for program in PROGRAMS {
            std::os::unix::fs::symlink(Path::new("/usr/bin").join(program), room.path("bin").join(program))?;
        }
        room.furnish()?;
        watch(Arc::downgrade(&room.running));
        Ok(room)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn furnish(&self) -> io::Result<()> {
        fs::create_dir_all(self.home.join("dir/sub"))?;
        FILES.iter().try_for_each(|(name, text)| fs::write(self.home.join(name), text))
    }

    /// What `shell` answers. What the script left in the directory is told behind its output, then taken away.
    pub fn ask(&self, shell: &Path, script: &str, way: Way) -> io::Result<Outcome> {
        fs::write(self.path("t.sh"), script)?;
        let mut child = self.command(shell, script, way)?.spawn()?;
        self.watch_over(&child);
        let mut stdout = Vec::new();
        if let Some(pipe) = child.stdout.take() {
            pipe.take(MOST_OUTPUT).read_to_end(&mut stdout)?;
        }
        let status = self.wait(&mut child)?;
        stdout.extend(self.what_changed()?.bytes());
        let mut stderr = Vec::new();
        File::open(self.path("err"))?.take(MOST_OUTPUT).read_to_end(&mut stderr)?;
        let stdout = without_process_ids(&stdout, child.id());
        Ok(Outcome { stdout, stderr, status: status_words(status) })
    }

    fn command(&self, shell: &Path, script: &str, way: Way) -> io::Result<Command> {
        let mut command = Command::new(shell);
        match way {
            Way::File => command.arg("../t.sh"),
            Way::Argument => command.args(["-c", script, "name"]),
            Way::StandardInput => command.arg("-s"),
        };
        command.args(["first", "second arg"]).arg0("/bin/bash").current_dir(&self.home).process_group(0);
        command.env_clear().env("PATH", self.path("bin")).env("HOME", &self.home).env("LANG", "C.UTF-8");
        command
            .env("imported", "from outside")
            .stdout(Stdio::piped())
            .stderr(File::create(self.path("err"))?);
        match way {
            Way::StandardInput => command.stdin(File::open(self.path("t.sh"))?),
            _ => command.stdin(Stdio::null()),
        };
        Ok(command)
    }

    fn watch_over(&self, child: &Child) {
        let group = Pid::from_raw(i32::try_from(child.id()).unwrap_or(0));
        *lock(&self.running) = Some(Running { group, since: Instant::now() });
    }

    /// Waits for the shell and ends what it left behind. The lock keeps the watch from killing a group that is gone.
    fn wait(&self, child: &mut Child) -> io::Result<ExitStatus> {
        loop {
            let mut running = lock(&self.running);
            if let Some(status) = child.try_wait()? {
                if let Some(running) = running.take() {
                    killpg(running.group, Signal::SIGKILL).ok();
                }
                return Ok(status);
            }
            drop(running);
            thread::sleep(Duration::from_micros(50));
        }
    }

    /// The files that are not as they were, with their text; the directory is as before afterwards.
    fn what_changed(&self) -> io::Result<String> {
        let mut found = BTreeMap::new();
        collect(&self.home, "", &mut found)?;
        let pristine = FILES.iter().all(|(name, text)| found.get(*name).is_some_and(|found| found == text));
        if pristine && found.len() == FILES.len() {
            return Ok(String::new());
        }
        fs::remove_dir_all(&self.home)?;
        self.furnish()?;
        let changed = |(name, _): &(&String, &String)| !FILES.iter().any(|(known, _)| known == name);
        let told = |(name, text)| format!("-- file {name:?} {text:?}\n");
        let gone = FILES.iter().filter(|(name, text)| found.get(*name).is_none_or(|found| found != text));
        let gone =
            gone.map(|(name, _)| format!("-- changed {name:?} {:?}\n", found.get(*name))).collect::<String>();
        Ok(found.iter().filter(changed).map(told).collect::<String>() + &gone)
    }
}

fn collect(directory: &Path, prefix: &str, found: &mut BTreeMap<String, String>) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        match entry.file_type()?.is_dir() {
            true => collect(&entry.path(), &format!("{name}/"), found)?,
            false => {
                let text = without_what_varies(&fs::read(entry.path()).unwrap_or_default());
                found.insert(name, String::from_utf8_lossy(&text).into_owned());
            }
        }
    }
    Ok(())
}

/// Kills the group that runs in a room when its time is over, for as long as there is the room.
fn watch(running: Weak<Mutex<Option<Running>>>) {
    thread::spawn(move || {
        while let Some(running) = running.upgrade() {
            if let Some(running) = lock(&running).as_ref().filter(|running| running.since.elapsed() > LIMIT) {
                killpg(running.group, Signal::SIGKILL).ok();
            }
            drop(running);
            thread::sleep(Duration::from_millis(100));
        }
    });
}

fn lock(running: &Mutex<Option<Running>>) -> std::sync::MutexGuard<'_, Option<Running>> {
    running.lock().unwrap_or_else(PoisonError::into_inner)
}

fn status_words(status: ExitStatus) -> String {
    match status.signal() {
        Some(signal) => format!("signal {signal}"),
        None => status.code().unwrap_or_default().to_string(),
    }
}
