//! Commands in Rust that scripts call like builtins.
#![allow(clippy::print_stdout, reason = "an example shows something")]

use rbash::{Call, HostApi, HostCommand, Session};
use std::io::Write;
use std::sync::Mutex;

struct Store(std::sync::Arc<Mutex<Vec<String>>>);

impl HostApi for Store {
    fn namespace(&self) -> &str {
        "store"
    }

    fn commands(&self) -> Vec<HostCommand> {
        let (writer, reader) = (self.0.clone(), self.0.clone());
        vec![
            HostCommand::new("add", move |call: &mut Call<'_>| {
                let words = call.args().map(|arg| String::from_utf8_lossy(arg).into_owned());
                writer.lock().unwrap_or_else(|lock| lock.into_inner()).extend(words);
            })
            .help("Remember words."),
            HostCommand::new("list", move |_: &mut Call<'_>| {
                let words = reader.lock().unwrap_or_else(|lock| lock.into_inner());
                words.iter().map(|word| format!("{word}\n")).collect::<String>()
            }),
        ]
    }
}

fn shout(call: &mut Call<'_>) -> std::io::Result<()> {
    let (mut input, mut output) = (call.stdin(), call.stdout());
    while let Some(line) = input.read_line()? {
        output.write_all(&line.to_ascii_uppercase())?;
    }
    Ok(())
}

/// The example.
pub fn main() -> Result<(), Box<dyn std::error::Error>> {
    let words = std::sync::Arc::default();
    let mut session = Session::builder().api(Store(words)).command("shout", shout).build()?;
    let outcome =
        session.run("for x in one two; do store.add $x; done; store.list | shout | sort; help -d store.add");
    println!("{}", String::from_utf8_lossy(&outcome.stdout));
    assert!(outcome.stdout.starts_with(b"ONE\nTWO\n"));
    Ok(())
}
