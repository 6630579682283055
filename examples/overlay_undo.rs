//! Let a script change a directory, look at what it has changed, and only then keep it or not.
#![allow(clippy::print_stdout, reason = "an example shows something")]

use rbash::Session;
use rbash::filesystem::{Change, FileSystem, MachineFs, MemoryFs, OverlayFs};
use rbash::sandbox::SandboxHost;
use std::sync::Arc;

/// The example.
pub fn main() -> Result<(), Box<dyn std::error::Error>> {
    let directory = std::env::temp_dir().join(format!("rbash-overlay-{}", std::process::id()));
    std::fs::create_dir_all(&directory)?;
    std::fs::write(directory.join("notes"), "one\n")?;

    let overlay = Arc::new(OverlayFs::new(MachineFs::read_write(&directory)?));
    let host =
        SandboxHost::new(MemoryFs::with_skeleton()).mount("/work", overlay.clone()).in_directory("/work");
    let mut session = Session::builder().host(Arc::new(host)).build()?;

    session.run("echo two >> notes; echo new > added");
    show(&overlay.changes()?);
    assert_eq!(
        (overlay.changes()?.len(), std::fs::read_to_string(directory.join("notes"))?),
        (2, "one\n".into())
    );

    overlay.discard();
    assert_eq!(session.run("echo *").stdout, b"notes\n");

    session.run("echo three >> notes");
    show(&overlay.changes()?);
    overlay.commit()?;
    assert!(overlay.changes()?.is_empty() && overlay.read_directory(b"/")?.len() == 1);
    assert_eq!(std::fs::read_to_string(directory.join("notes"))?, "one\nthree\n");
    std::fs::remove_dir_all(&directory)?;
    Ok(())
}

fn show(changes: &[Change]) {
    for change in changes {
        println!("{:?} {}", change.what, String::from_utf8_lossy(&change.path));
    }
}
