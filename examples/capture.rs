//! Run scripts in a session that keeps its state, and look at what they wrote.
#![allow(clippy::print_stdout, reason = "an example shows something")]

use rbash::{Session, Stream};

/// The example.
pub fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut session = Session::builder().cwd("/tmp").env("WHO", "world").build()?;
    session.run("greet() { echo \"hello, $1\"; }; count=0");
    let outcome = session.run("greet $WHO; ((++count)); ls /no/such/file; exit 3");
    println!("status {}", outcome.status.code());
    for (stream, chunk) in outcome.chunks() {
        println!("{stream:?}: {}", String::from_utf8_lossy(chunk).trim_end());
    }
    assert_eq!(outcome.stream(Stream::Stdout), b"hello, world\n");
    assert_eq!(session.var("count").as_deref(), Some(&b"1"[..]));
    Ok(())
}
