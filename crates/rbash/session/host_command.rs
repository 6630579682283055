//! Commands that the host program adds: closures, callable like builtins.

use super::call::Call;
use super::error::SessionError;
use super::reply::Reply;
use super::{Session, SessionBuilder};
use bash_interp::{Args, Flow, Hosted, HostedCommand, Shell};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// A command of the host program.
///
/// It takes part in pipelines, substitutions, redirections and background jobs; `type`, `help` and `compgen` know it. It
/// comes before a builtin of the same name, and after a function.
#[derive(Clone)]
pub struct HostCommand {
    pub(super) name: String,
    synopsis: String,
    help: String,
    run: Arc<dyn Fn(&mut Call<'_>) + Send + Sync>,
}

impl HostCommand {
    /// A command that calls a closure, whose result becomes status and output; see [`Reply`].
    pub fn new<R: Reply>(
        name: impl Into<String>,
        run: impl Fn(&mut Call<'_>) -> R + Send + Sync + 'static,
    ) -> HostCommand {
        let name = name.into();
        HostCommand {
            synopsis: name.clone(),
            help: "A command of the host program.".into(),
            run: Arc::new(move |call| {
                let status = run(call).reply(call);
                call.set_status(status);
            }),
            name,
        }
    }

    /// Its usage line, for `help`.
    #[must_use]
    pub fn synopsis(mut self, text: impl Into<String>) -> HostCommand {
        self.synopsis = text.into();
        self
    }

    /// Its help text, whose first line is a summary.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> HostCommand {
        self.help = text.into();
        self
    }

    fn hosted(&self) -> Hosted {
        let run = self.run.clone();
        let run = move |shell: &mut Shell, args: &Args<'_>| called(shell, args, &*run);
        Arc::new(HostedCommand {
            synopsis: self.synopsis.clone(),
            help: self.help.clone(),
            run: Box::new(run),
        })
    }

    fn check(&self) -> Result<(), SessionError> {
        let invalid = self.name.is_empty() || self.name.bytes().any(|byte| byte <= b' ' || byte == b'/');
        if invalid { Err(SessionError::InvalidName(self.name.clone())) } else { Ok(()) }
    }
}

/// A panic of the closure is its own failure: neither the session nor the process suffers.
fn called(shell: &mut Shell, args: &Args<'_>, run: &(dyn Fn(&mut Call<'_>) + Send + Sync)) -> Flow {
    let mut call = Call::new(shell, args);
    match catch_unwind(AssertUnwindSafe(|| run(&mut call))) {
        Ok(()) => call.finish(),
        Err(_) => {
            call.error("the host program's command has panicked");
            call.set_status(bash_session::Status::FAILURE);
            call.finish()
        }
    }
}

/// Commands of a common name: `myapp.greet`, `myapp.store`.
pub trait HostApi: Send + Sync {
    /// What stands before the dot.
    fn namespace(&self) -> &str;
    /// The commands, by what stands after it.
    fn commands(&self) -> Vec<HostCommand>;
}

impl Session {
    /// Adds a command, or replaces one of the same name.
    pub fn add_command(&mut self, command: &HostCommand) -> Result<(), SessionError> {
        command.check()?;
        self.shell.builtins.add(command.name.as_bytes(), command.hosted());
        Ok(())
    }

    /// Takes a command away; whether it was there.
    pub fn remove_command(&mut self, name: &str) -> bool {
        self.shell.builtins.remove(name.as_bytes())
    }

    /// Adds the commands of a namespace.
    pub fn load_api(&mut self, api: &dyn HostApi) -> Result<(), SessionError> {
        let namespace = api.namespace();
        if namespace.is_empty() || namespace.contains('.') {
            return Err(SessionError::InvalidName(namespace.into()));
        }
        for command in api.commands() {
            let name = format!("{namespace}.{}", command.name);
            let synopsis = match command.synopsis == command.name {
                true => name.clone(),
                false => command.synopsis.clone(),
            };
            self.add_command(&HostCommand { name, synopsis, ..command })?;
        }
        Ok(())
    }

    /// The namespaces that were loaded.
    pub fn apis(&self) -> Vec<String> {
        let namespace = |(name, _): (&[u8], &Hosted)| {
            Some(std::str::from_utf8(name).ok()?.split_once('.')?.0.to_string())
        };
        let mut all: Vec<String> = self.shell.builtins.hosted().filter_map(namespace).collect();
        all.dedup();
        all
    }

    /// Sets who is asked for commands that mean nothing else, before `command_not_found_handle` is.
    pub fn set_resolver(&mut self, resolver: impl Fn(&[u8]) -> Option<HostCommand> + Send + Sync + 'static) {
        let resolver = move |name: &[u8]| resolver(name).map(|command| command.hosted());
        self.shell.builtins.set_resolver(Arc::new(resolver));
    }
}

impl SessionBuilder {
    /// A command of the host program.
    #[must_use]
    pub fn command<R: Reply>(
        self,
        name: impl Into<String>,
        run: impl Fn(&mut Call<'_>) -> R + Send + Sync + 'static,
    ) -> SessionBuilder {
        self.host_command(HostCommand::new(name, run))
    }

    /// A command of the host program, with its help text.
    #[must_use]
    pub fn host_command(mut self, command: HostCommand) -> SessionBuilder {
        self.commands.push(command);
        self
    }

    /// The commands of a namespace.
    #[must_use]
    pub fn api(mut self, api: impl HostApi + 'static) -> SessionBuilder {
        self.apis.push(Box::new(api));
        self
    }
}
