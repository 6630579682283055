//! Give a script a time limit, or end it from another thread; the session goes on.
#![allow(clippy::print_stdout, reason = "an example shows something")]

use rbash::{End, RunOptions, Session, Signal};
use std::time::Duration;

/// The example.
pub fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut session = Session::new()?;
    let limit = RunOptions::new().timeout(Duration::from_millis(100)).grace(Duration::from_millis(500));
    let outcome = session.run_with("echo begun; sh -c 'sleep 60; echo no'; echo no", limit);
    println!("{:?} with status {}", outcome.end, outcome.status.code());
    assert_eq!((outcome.end, &outcome.stdout[..]), (End::TimedOut(Signal::TERM), &b"begun\n"[..]));

    let canceller = session.canceller();
    let thread = std::thread::spawn(move || {
        while !canceller.signal(Signal::INT) {
            std::thread::sleep(Duration::from_millis(10));
        }
    });
    let outcome = session.run("trap 'echo cleaning up' EXIT; while :; do :; done");
    let _ = thread.join();
    println!("{:?} with status {}", outcome.end, outcome.status.code());
    assert_eq!(outcome.status.code(), 130);
    assert_eq!(session.run("echo on").stdout, b"on\n");
    Ok(())
}
