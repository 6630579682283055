//! A Bash 5.3 that lives inside a process.
//!
//! ```
//! use rbash::Session;
//!
//! let mut session = Session::new()?;
//! session.run("greeting=hello; greet() { echo \"$greeting, $1\"; }");
//! let outcome = session.run("greet world | tr a-z A-Z");
//! assert_eq!(outcome.stdout, b"HELLO, WORLD\n");
//! assert_eq!(outcome.status.code(), 0);
//! # Ok::<(), std::io::Error>(())
//! ```

mod session;

pub use bash_builtins::BUILTINS;
pub use bash_interp::{Import, Shell};
pub use bash_session::Status;
pub use session::{Outcome, Session};

/// The README's examples are compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
