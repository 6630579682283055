//! The examples do what they say.

type Done = Result<(), Box<dyn std::error::Error>>;

macro_rules! examples {
    ($($name:ident: $path:literal),+) => {
        $(
            #[path = $path]
            mod $name;
        )+

        #[test]
        fn every_example_runs() -> Done {
            $($name::main()?;)+
            Ok(())
        }
    };
}

examples! {
    capture: "../examples/capture.rs",
    stream: "../examples/stream.rs",
    host_command: "../examples/host_command.rs",
    cancel: "../examples/cancel.rs",
    many_sessions: "../examples/many_sessions.rs",
    policy: "../examples/policy.rs",
    sandboxed_tool: "../examples/sandboxed_tool.rs",
    overlay_undo: "../examples/overlay_undo.rs"
}
