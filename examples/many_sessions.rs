//! Many shells at once, each with its own directory, variables and jobs, and one queue each.
#![allow(clippy::print_stdout, reason = "an example shows something")]

use rbash::{Session, SessionHandle, SessionRegistry};

/// The example.
pub fn main() -> Result<(), Box<dyn std::error::Error>> {
    let registry = SessionRegistry::new();
    let handles: Vec<SessionHandle> = (0..20)
        .map(|number| {
            let builder = Session::builder().id(&format!("worker-{number}")).registry(&registry);
            SessionHandle::spawn(builder.env("NUMBER", number.to_string()))
        })
        .collect::<Result<_, _>>()?;
    let runs: Vec<_> = handles
        .iter()
        .map(|handle| handle.start("sleep 0.1; echo $((NUMBER * NUMBER)) | cat"))
        .collect::<Result<_, _>>()?;
    let sum: i32 = runs
        .iter()
        .map(|run| String::from_utf8_lossy(&run.wait().stdout).trim().parse::<i32>().unwrap_or_default())
        .sum();
    println!("{} sessions, sum of squares {sum}", registry.list().len());
    assert_eq!((registry.list().len(), sum), (20, 2470));
    Ok(())
}
