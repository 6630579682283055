//! Say what scripts may run, and ask about the rest.
#![allow(clippy::print_stdout, reason = "an example shows something")]

use rbash::Session;
use rbash::policy::{Answer, Category, Matcher, Policy};

/// The example.
pub fn main() -> Result<(), Box<dyn std::error::Error>> {
    let policy = Policy::builder()
        .deny(Matcher::argv(["rm", "-rf", "**"]))
        .allow(Category::Builtin)
        .allow(Category::Function)
        .allow("ls")
        .ask(Matcher::Any)
        .on_ask(|request| {
            let line = String::from_utf8_lossy(&request.line()).into_owned();
            println!("may it run `{line}'?");
            if request.name == b"uname" { Answer::Allow } else { Answer::Deny }
        })
        .on_denied(|denial| println!("denied: {}", String::from_utf8_lossy(&denial.request.line())))
        .build()?;
    let mut session = Session::builder().policy(&policy).build()?;
    assert!(session.run("ls / >/dev/null; x=rm; (eval uname) >/dev/null").is_success());
    assert_eq!(session.run("x=rm; eval \"command $x -rf /no/such/place\"").status.code(), 126);
    assert_eq!(session.run("touch /no/such/place").status.code(), 126);
    Ok(())
}
