//! See each line when it is written, and answer a script that is waiting for input.
#![allow(clippy::print_stdout, reason = "an example shows something")]

use rbash::{Input, RunOptions, Session, SessionHandle, sink};
use std::sync::mpsc::channel;

/// The example.
pub fn main() -> Result<(), Box<dyn std::error::Error>> {
    let handle = SessionHandle::spawn(Session::builder())?;
    let (sender, lines) = channel();
    let sink =
        sink::lines(move |_, line: &[u8]| drop(sender.send(String::from_utf8_lossy(line).into_owned())));
    let options = RunOptions::new().stdin(Input::Live).sink(sink);
    let run = handle.start_with(
        "echo name?; read -r name; echo \"hello, $name\" | tee /dev/stderr >/dev/null",
        options,
    )?;
    println!("< {}", lines.recv()?);
    run.write_stdin("you\n")?;
    println!("< {}", lines.recv()?);
    let outcome = run.wait();
    assert_eq!((outcome.stdout, outcome.stderr), (b"name?\n".to_vec(), b"hello, you\n".to_vec()));
    Ok(())
}
