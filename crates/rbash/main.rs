//! The `rbash` program: hand the arguments over, exit with the status.

mod cli;

fn main() {
    cli::main()
}
