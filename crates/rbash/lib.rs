//! A Bash 5.3 that lives inside a process.
//!
//! A [`Session`] runs scripts and keeps its state. It forks nothing, and touches nothing that belongs to the process.
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
//!
//! What a session starts with is said to its builder; what one run wants, in [`RunOptions`]. Commands in Rust are called
//! like builtins, and a [`Policy`] says what may run:
//!
//! ```
//! use rbash::policy::{Category, Policy};
//! use rbash::{Call, RunOptions, Session};
//! use std::time::Duration;
//!
//! let policy = Policy::builder().deny("rm").allow(Category::Program).allow(Category::Builtin).allow("double").build()?;
//! let mut session = Session::builder()
//!     .cwd("/")
//!     .env("STEP", "21")
//!     .command("double", |call: &mut Call<'_>| format!("{}\n", call.text(0).unwrap_or_default().parse::<i32>().unwrap_or(0) * 2))
//!     .policy(&policy)
//!     .build()?;
//! let outcome = session.run_with("double $STEP | sort; rm x", RunOptions::new().timeout(Duration::from_secs(10)));
//! assert_eq!((&outcome.stdout[..], outcome.status.code()), (&b"42\n"[..], 126));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A [`SessionHandle`] puts a session on a thread of its own. Its runs can be waited for, awaited, signalled, fed and read:
//!
//! ```
//! use rbash::{Input, RunOptions, Session, SessionHandle, Signal};
//!
//! let handle = SessionHandle::spawn(Session::builder())?;
//! let run = handle.start_with("read -r x; echo \"got $x\"", RunOptions::new().stdin(Input::Live))?;
//! let endless = handle.start("while :; do :; done")?;
//! run.write_stdin("it\n")?;
//! assert_eq!(run.wait().stdout, b"got it\n");
//! endless.signal(Signal::TERM);
//! assert_eq!(endless.wait().status.code(), 143);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A session lives in a world. In a [`sandbox`] it is what was granted: here files in memory, and a directory of the machine
//! whose changes are kept apart until they are committed or discarded:
//!
//! ```
//! use rbash::Session;
//! use rbash::filesystem::{MachineFs, MemoryFs, OverlayFs};
//! use rbash::sandbox::SandboxHost;
//! use std::sync::Arc;
//!
//! let overlay = Arc::new(OverlayFs::new(MachineFs::read_only("/usr")?));
//! let host = SandboxHost::new(MemoryFs::with_skeleton()).mount("/work", overlay.clone()).in_directory("/work");
//! let mut session = Session::builder().host(Arc::new(host)).build()?;
//! let outcome = session.run("echo changed > notes; [[ -d bin ]] && echo $(<notes); cd ../../..; pwd; /usr/bin/env");
//! assert_eq!((&outcome.stdout[..], outcome.status.code()), (&b"changed\n/\n"[..], 127));
//! assert_eq!(overlay.changes()?.len(), 1);
//! overlay.discard();
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A [`Snapshot`] is all that a session remembers, as bytes: it goes on in another process. [`Session::fork`] makes a copy here and now:
//!
//! ```
//! use rbash::{Session, Snapshot};
//!
//! let mut session = Session::new()?;
//! session.run("declare -A count=([a]=1); add() { ((++count[$1])); }");
//! let mut copy = session.fork()?;
//! let bytes = session.snapshot()?.to_bytes();
//!
//! let mut later = Session::builder().restore(&Snapshot::from_bytes(&bytes)?).build()?;
//! assert_eq!(later.run("add a; add a; echo ${count[a]}").stdout, b"3\n");
//! assert_eq!(copy.run("add a; echo ${count[a]}").stdout, b"2\n");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Where to go on
//!
//! | for | see |
//! |---|---|
//! | what a session starts with, and what one run wants | [`SessionBuilder`], [`RunOptions`], [`Input`], [`Capture`], [`sink`] |
//! | what came of it | [`Outcome`], [`Execution`], [`StateView`] |
//! | ending it from outside | [`Canceller`], [`RunOptions::timeout`], [`Run::signal`] |
//! | commands in Rust | [`Call`], [`HostCommand`], [`HostApi`], [`SessionBuilder::command`] |
//! | what may run | [`policy`] |
//! | what can be reached | [`sandbox`], [`filesystem`] |
//! | how much it may take | [`limits`], [`SessionBuilder::limits`] |
//! | copies, and going on later | [`Session::fork`], [`Session::child`], [`Snapshot`], [`SessionBuilder::restore`] |
//! | many of them | [`SessionHandle`], [`SessionRegistry`] |
//!
//! `docs/embedding.md` tells how the parts fit together, `docs/session-api.md` has a table of all names, `docs/sandbox.md` says what is promised,
//! and `examples/` has a program for each chapter.

mod session;

pub use bash_builtins::BUILTINS;
pub use bash_host::real::RealHost;
pub use bash_host::{Host, Signal, filesystem, sandbox};
pub use bash_interp::{Import, Shell, limits};
pub use bash_session::Status;
pub use session::*;

/// The examples of the README and the documents are compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
#[doc = include_str!("../../docs/embedding.md")]
#[doc = include_str!("../../docs/session-api.md")]
#[doc = include_str!("../../docs/snapshots.md")]
struct Documents;
