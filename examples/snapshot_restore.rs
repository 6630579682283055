//! Keep a session in a file and go on in another process. Run without arguments, the program starts itself again to do so.
#![allow(clippy::print_stdout, reason = "an example shows something")]

use rbash::filesystem::MemoryFs;
use rbash::sandbox::SandboxHost;
use rbash::{Session, Snapshot};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

type Done = Result<(), Box<dyn std::error::Error>>;

/// What the session lives in is no part of the snapshot: both processes grant the same.
fn world() -> Arc<SandboxHost> {
    Arc::new(SandboxHost::new(MemoryFs::with_skeleton()).in_directory("/tmp"))
}

fn first_process(path: &Path) -> Done {
    let mut session = Session::builder().host(world()).build()?;
    session.run(
        "declare -A seen; note() { seen[$1]=$((seen[$1] + 1)); echo \"$1\" >> log; }; note a; note b; note a",
    );
    let snapshot = session.snapshot()?;
    std::fs::write(path, snapshot.to_bytes())?;
    println!("process {} keeps {} bytes", std::process::id(), snapshot.to_bytes().len());
    Ok(())
}

fn second_process(path: &Path) -> Done {
    let snapshot = Snapshot::from_bytes(&std::fs::read(path)?)?;
    let mut session = Session::builder().host(world()).restore(&snapshot).build()?;
    let outcome = session.run("note a; echo \"a: ${seen[a]}, b: ${seen[b]}, log:\" $(< log)");
    println!(
        "process {} goes on: {}",
        std::process::id(),
        String::from_utf8_lossy(&outcome.stdout).trim_end()
    );
    assert_eq!(outcome.stdout, b"a: 3, b: 1, log: a b a a\n");
    Ok(())
}

fn main() -> Done {
    if let Some(path) = std::env::args_os().nth(1) {
        return second_process(Path::new(&path));
    }
    let path = std::env::temp_dir().join(format!("rbash-snapshot-{}", std::process::id()));
    first_process(&path)?;
    let ended = Command::new(std::env::current_exe()?).arg(&path).status()?;
    std::fs::remove_file(&path)?;
    assert!(ended.success());
    Ok(())
}
