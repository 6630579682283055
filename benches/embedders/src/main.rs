//! Three tasks, each in three shells that live in this process, taking turns: medians of a run side by side.
//!
//! 1. A session is made, runs `echo hi`, whose output is captured, and is dropped.
//! 2. A session that is there already does that.
//! 3. A session that is there already counts words by a function and an associative array, in a loop of 2,000 turns.

use brush_builtins::ShellBuilderExt;
use std::hint::black_box;
use std::io::{Read, Write};
use std::time::{Duration, Instant};

const HELLO: &str = "echo hi";

const COUNT: &str = r#"
declare -A seen
note() { local key=$1; seen[$key]=$(( ${seen[$key]:-0} + 1 )); }
for ((i = 0; i < 2000; i++)); do
  word=${words[i % 5]}
  if [[ $word == a* ]]; then note "$word"; else note other; fi
done
echo "${seen[apple]} ${seen[avocado]} ${seen[other]}"
unset seen
"#;

const WORDS: &str = "words=(apple banana avocado cherry apple)";

const COUNTED: &str = "800 400 800\n";

/// A shell in this process.
trait Embedded: Sized {
    const NAME: &'static str;

    fn new() -> Self;

    /// Runs a script; what it wrote to standard output.
    fn run(&mut self, script: &str) -> String;
}

struct Rbash(rbash::Session);

impl Embedded for Rbash {
    const NAME: &'static str = "rbash";

    fn new() -> Rbash {
        Rbash(rbash::Session::new().expect("a session"))
    }

    fn run(&mut self, script: &str) -> String {
        String::from_utf8(self.0.run(script).stdout).expect("text")
    }
}

/// rbash where everything is limited, in files in memory: what bashkit is.
struct RbashSandbox(rbash::Session);

impl Embedded for RbashSandbox {
    const NAME: &'static str = "rbash, sandbox and limits";

    fn new() -> RbashSandbox {
        let host = rbash::sandbox::SandboxHost::new(rbash::filesystem::MemoryFs::with_skeleton());
        let limits = rbash::limits::Limits::untrusted();
        let built = rbash::Session::builder().host(std::sync::Arc::new(host)).limits(limits).build();
        RbashSandbox(built.expect("a session"))
    }

    fn run(&mut self, script: &str) -> String {
        String::from_utf8(self.0.run(script).stdout).expect("text")
    }
}

struct Bashkit(bashkit::Bash, tokio::runtime::Runtime);

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}

impl Embedded for Bashkit {
    const NAME: &'static str = "bashkit 0.20.2";

    fn new() -> Bashkit {
        let limits = bashkit::ExecutionLimits::new().max_commands(1_000_000).max_loop_iterations(1_000_000);
        Bashkit(bashkit::Bash::builder().limits(limits).build(), runtime())
    }

    fn run(&mut self, script: &str) -> String {
        let Bashkit(shell, runtime) = self;
        runtime.block_on(shell.exec(script)).expect("it runs").stdout.to_string()
    }
}

/// It writes to open files, so its output is caught in a pipe.
struct Brush(brush_core::Shell, tokio::runtime::Runtime);

impl Embedded for Brush {
    const NAME: &'static str = "brush-core 0.5.0";

    fn new() -> Brush {
        let runtime = runtime();
        let builder = brush_core::Shell::builder().default_builtins(brush_builtins::BuiltinSet::BashMode);
        let shell = runtime.block_on(builder.build()).expect("a shell");
        Brush(shell, runtime)
    }

    fn run(&mut self, script: &str) -> String {
        let Brush(shell, runtime) = self;
        let (mut reader, writer) = std::io::pipe().expect("a pipe");
        let mut params = shell.default_exec_params();
        params.set_fd(brush_core::openfiles::OpenFiles::STDOUT_FD, writer.into());
        runtime.block_on(shell.run_string(script, &brush_core::SourceInfo::default(), &params)).expect("it runs");
        drop(params);
        let mut text = String::new();
        reader.read_to_string(&mut text).expect("text");
        text
    }
}

/// The times of one shell: new and hello, hello, count.
type Times = [Vec<Duration>; 3];

/// One turn of a shell.
fn turn<Shell: Embedded>(times: &mut Times) {
    const FRESH: u32 = 200;
    const WARM: u32 = 200;
    let began = Instant::now();
    for _ in 0..FRESH {
        assert_eq!(black_box(Shell::new().run(HELLO)), "hi\n");
    }
    times[0].push(began.elapsed() / FRESH);
    let mut shell = Shell::new();
    assert_eq!(shell.run(HELLO), "hi\n");
    let began = Instant::now();
    for _ in 0..WARM {
        black_box(shell.run(HELLO));
    }
    times[1].push(began.elapsed() / WARM);
    shell.run(WORDS);
    let began = Instant::now();
    assert_eq!(shell.run(COUNT), COUNTED, "{}", Shell::NAME);
    times[2].push(began.elapsed());
}

fn median(times: &mut [Duration]) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64() * 1e6
}

fn main() {
    let turns = std::env::args().nth(1).and_then(|number| number.parse().ok()).unwrap_or(15);
    let shells: [(&str, fn(&mut Times)); 4] = [
        (Rbash::NAME, turn::<Rbash>),
        (RbashSandbox::NAME, turn::<RbashSandbox>),
        (Bashkit::NAME, turn::<Bashkit>),
        (Brush::NAME, turn::<Brush>),
    ];
    let mut times: Vec<Times> = shells.iter().map(|_| Times::default()).collect();
    for _ in 0..turns {
        for ((_, turn), times) in shells.iter().zip(&mut times) {
            turn(times);
        }
    }
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "| µs | new, `echo hi`, drop | `echo hi` | counting |\n|---|--:|--:|--:|");
    for ((name, _), times) in shells.iter().zip(&mut times) {
        let [fresh, warm, count] = times.each_mut().map(|times| median(times));
        let _ = writeln!(out, "| {name} | {fresh:.1} | {warm:.2} | {count:.0} |");
    }
}
