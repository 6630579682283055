//! What a session starts with.

use super::error::SessionError;
use super::host_command::{HostApi, HostCommand};
use super::input::Input;
use super::kept::Capture;
use super::limits::SessionLimits;
use super::options::RunScope;
use super::past::Retention;
use super::policy::Policy;
use super::registry::{SessionId, SessionRegistry};
use super::sink::Sink;
use super::variable::VarValue;
use super::{Parts, Session};
use bash_builtins::BUILTINS;
use bash_host::Host;
use bash_host::real::RealHost;
use bash_interp::limits::{LimitNear, LimitWatcher, Limits};
use bash_interp::{Defaults, Import, Registry, Shell};
use bash_session::snapshot::Snapshot;
use bash_session::{SetOption, Shopt, Text};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

/// Which variables of the process's environment a session starts with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum InheritEnv {
    /// None.
    #[default]
    Nothing,
    /// All.
    All,
    /// Those named.
    Only(Vec<String>),
    /// All but those named.
    Except(Vec<String>),
}

impl InheritEnv {
    fn takes(&self, name: &[u8]) -> bool {
        let named = |names: &[String]| names.iter().any(|known| known.as_bytes() == name);
        match self {
            InheritEnv::Nothing => false,
            InheritEnv::All => true,
            InheritEnv::Only(names) => named(names),
            InheritEnv::Except(names) => !named(names),
        }
    }
}

/// Most sessions begin alike, so what the first one has found out serves for all.
fn initialise_like_others(shell: &mut Shell) {
    static DEFAULTS: OnceLock<Defaults> = OnceLock::new();
    if DEFAULTS.get().is_some_and(|defaults| shell.initialise_as(defaults)) {
        return;
    }
    shell.initialise(Import::Nothing);
    shell.show_options();
    DEFAULTS.get_or_init(|| shell.defaults());
}

/// Builds a [`Session`]; see [`Session::builder`].
#[derive(Default)]
pub struct SessionBuilder {
    id: Option<SessionId>,
    cwd: Option<PathBuf>,
    environment: Vec<(Vec<u8>, Vec<u8>)>,
    inherit: InheritEnv,
    options: Vec<(String, bool)>,
    shopts: Vec<(String, bool)>,
    arg0: Option<Vec<u8>>,
    args: Vec<Vec<u8>>,
    aliases: Vec<(Vec<u8>, Vec<u8>)>,
    functions: Vec<Vec<u8>>,
    variables: Vec<(String, VarValue)>,
    registry: Option<SessionRegistry>,
    umask: Option<u32>,
    host: Option<Arc<dyn Host>>,
    snapshot: Option<Snapshot>,
    input: Option<Input>,
    sinks: Vec<Box<dyn Sink>>,
    capture: Capture,
    retention: Retention,
    scope: RunScope,
    policy: Option<Policy>,
    limits: Option<Limits>,
    limit_watcher: Option<LimitWatcher>,
    pub(super) commands: Vec<HostCommand>,
    pub(super) apis: Vec<Box<dyn HostApi>>,
}

impl SessionBuilder {
    /// Its id: unique within the registry. Without this, it gets one that nobody can guess.
    #[must_use]
    pub fn id(mut self, id: &str) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Its working directory; without this, that of the process at this time.
    #[must_use]
    pub fn cwd(mut self, path: impl Into<PathBuf>) -> Self {
        self.cwd = Some(path.into());
        self
    }

    /// An exported variable.
    #[must_use]
    pub fn env(mut self, name: impl AsRef<[u8]>, value: impl AsRef<[u8]>) -> Self {
        self.environment.push((name.as_ref().to_vec(), value.as_ref().to_vec()));
        self
    }

    /// Several.
    #[must_use]
    pub fn envs<N: AsRef<[u8]>, V: AsRef<[u8]>>(self, variables: impl IntoIterator<Item = (N, V)>) -> Self {
        variables.into_iter().fold(self, |builder, (name, value)| builder.env(name, value))
    }

    /// What it takes from the process's environment. Nothing, if this is not called. What [`SessionBuilder::env`] says
    /// comes first.
    #[must_use]
    pub fn inherit_env(mut self, inherit: InheritEnv) -> Self {
        self.inherit = inherit;
        self
    }

    /// An option of `set -o`.
    #[must_use]
    pub fn option(mut self, name: &str, on: bool) -> Self {
        self.options.push((name.into(), on));
        self
    }

    /// An option of `shopt`.
    #[must_use]
    pub fn shopt(mut self, name: &str, on: bool) -> Self {
        self.shopts.push((name.into(), on));
        self
    }

    /// `$0`, by which the session also names itself in its messages.
    #[must_use]
    pub fn arg0(mut self, name: impl AsRef<[u8]>) -> Self {
        self.arg0 = Some(name.as_ref().to_vec());
        self
    }

    /// `$1`, `$2` …
    #[must_use]
    pub fn args<A: AsRef<[u8]>>(mut self, args: impl IntoIterator<Item = A>) -> Self {
        self.args = args.into_iter().map(|arg| arg.as_ref().to_vec()).collect();
        self
    }

    /// An alias. It is in force if the option `expand_aliases` of `shopt` is on.
    #[must_use]
    pub fn alias(mut self, name: &str, text: impl AsRef<[u8]>) -> Self {
        self.aliases.push((name.into(), text.as_ref().to_vec()));
        self
    }

    /// Functions, as a script that defines them. It runs before anything else, and must not fail.
    #[must_use]
    pub fn functions(mut self, definitions: impl AsRef<[u8]>) -> Self {
        self.functions.push(definitions.as_ref().to_vec());
        self
    }

    /// A variable that is not exported.
    #[must_use]
    pub fn var(mut self, name: &str, value: impl Into<VarValue>) -> Self {
        self.variables.push((name.into(), value.into()));
        self
    }

    /// The registry to be in.
    #[must_use]
    pub fn registry(mut self, registry: &SessionRegistry) -> Self {
        self.registry = Some(registry.clone());
        self
    }

    /// Permission bits taken off new files.
    #[must_use]
    pub fn umask(mut self, mask: u32) -> Self {
        self.umask = Some(mask & 0o777);
        self
    }

    /// The world that it lives in; without this, the machine. A host is for one session alone.
    #[must_use]
    pub fn host(mut self, host: Arc<dyn Host>) -> Self {
        self.host = Some(host);
        self
    }

    /// Starts where a snapshot was taken: with everything that it holds. What else is said to the builder (variables,
    /// options, the directory …) comes after that; `set -o` and `shopt` options, the policy, commands in Rust, sinks and
    /// the host are never taken from a snapshot alone.
    ///
    /// The files of a sandbox are put into the file systems of the new one, in place of what they hold: the host has to have
    /// file systems of the same kind mounted at the same paths.
    #[must_use]
    pub fn restore(mut self, snapshot: &Snapshot) -> Self {
        self.snapshot = Some(snapshot.clone());
        self
    }

    /// What its runs read, if they are given nothing else.
    #[must_use]
    pub fn stdin(mut self, input: impl Into<Input>) -> Self {
        self.input = Some(input.into());
        self
    }

    /// A sink that gets the output of all its runs as it is written.
    #[must_use]
    pub fn sink(mut self, sink: impl Sink + 'static) -> Self {
        self.sinks.push(Box::new(sink));
        self
    }

    /// How much of a run's output its outcome holds.
    #[must_use]
    pub fn capture(mut self, capture: Capture) -> Self {
        self.capture = capture;
        self
    }

    /// How much of what has been run is remembered.
    #[must_use]
    pub fn retention(mut self, retention: Retention) -> Self {
        self.retention = retention;
        self
    }

    /// What of a run's state the next run sees.
    #[must_use]
    pub fn scope(mut self, scope: RunScope) -> Self {
        self.scope = scope;
        self
    }

    /// What it may run. The functions that the builder is given are not concerned.
    #[must_use]
    pub fn policy(mut self, policy: &Policy) -> Self {
        self.policy = Some(policy.clone());
        self
    }

    /// What it may use. A run that exceeds a limit ends at once with status 137 and [`End::Limited`](crate::End::Limited);
    /// what it wrote is kept, and the session can be used again. The functions that the builder is given are not concerned.
    ///
    /// ```
    /// use rbash::limits::{LimitKind, Limits};
    /// use rbash::{End, Session};
    ///
    /// let mut session = Session::builder().limits(Limits::untrusted()).build()?;
    /// let outcome = session.run("echo begun; while :; do :; done");
    /// assert_eq!((outcome.end, &outcome.stdout[..]), (End::Limited(LimitKind::Commands), &b"begun\n"[..]));
    /// assert_eq!(outcome.stderr, b"rbash: line 1: commands: limit of 1000000 exceeded\n");
    /// assert_eq!(session.run("echo again").stdout, b"again\n");
    /// # Ok::<(), rbash::SessionError>(())
    /// ```
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = Some(limits);
        self
    }

    /// Who is told, once for each limit and run, that four fifths of it are used. It is called on a thread that works for the
    /// run, which waits for it: it must not wait for the session.
    #[must_use]
    pub fn on_limit_near(mut self, watcher: impl Fn(LimitNear) + Send + Sync + 'static) -> Self {
        self.limit_watcher = Some(Arc::new(watcher));
        self
    }

    /// Makes the session.
    pub fn build(self) -> Result<Session, SessionError> {
        let host = self.host.clone().unwrap_or_else(|| Arc::new(RealHost::embedded()));
        let registry = self.registry.clone().unwrap_or_else(SessionRegistry::global);
        let id = self.id.clone().unwrap_or_else(|| SessionId::unique(&*host));
        let registration = registry.enter(id)?;
        if let Some(snapshot) = &self.snapshot {
            snapshot.put_files_into(&*host)?;
        }
        let state = bash_session::Session::new(&*host)?;
        let mut shell = Shell::new(state, host.clone(), Registry::new(BUILTINS));
        match &self.snapshot {
            None => self.set_up(&mut shell)?,
            Some(snapshot) => self.set_up_from(snapshot, &mut shell)?,
        }
        let mut session = Session::assemble(Parts {
            shell,
            registration,
            capture: self.capture.clone(),
            retention: self.retention,
            scope: self.scope,
            limits: None,
        });
        self.furnish(&mut session)?;
        Ok(session)
    }

    /// What a new shell starts with.
    fn set_up(&self, shell: &mut Shell) -> Result<(), SessionError> {
        let state = &mut shell.session;
        if let Some(path) = &self.cwd {
            let path = path.as_os_str().as_encoded_bytes();
            state.directory.handle = shell.host.open_directory(&state.directory.handle, path)?;
        }
        if let Some(umask) = self.umask {
            state.umask = umask;
        }
        let name: Text = self.arg0.as_deref().unwrap_or(b"rbash").into();
        state.params = bash_session::Params::new(name.clone(), texts(&self.args));
        state.shell_name = name;
        let environment = self.environment_of(&*shell.host);
        match (environment.is_empty(), &self.host) {
            (true, None) => {
                initialise_like_others(shell);
                return Ok(());
            }
            (true, Some(_)) => shell.initialise(Import::Nothing),
            (false, _) => shell.initialise_from(&environment, Import::Everything),
        }
        shell.show_options();
        Ok(())
    }

    /// What a shell starts with that goes on from a snapshot: what else is said is an addition.
    fn set_up_from(&self, snapshot: &Snapshot, shell: &mut Shell) -> Result<(), SessionError> {
        shell.initialise(Import::Nothing);
        shell.restore(snapshot)?;
        if let Some(path) = &self.cwd {
            bash_builtins::go_to(shell, path.as_os_str().as_encoded_bytes())?;
        }
        if let Some(umask) = self.umask {
            shell.session.umask = umask;
        }
        if let Some(name) = &self.arg0 {
            shell.session.params.name = name.as_slice().into();
            shell.session.shell_name = name.as_slice().into();
        }
        if !self.args.is_empty() {
            shell.session.params.set(texts(&self.args));
        }
        for entry in self.environment_of(&*shell.host) {
            shell.import_variable(&entry);
        }
        Ok(())
    }

    /// `NAME=value` each; later ones win.
    fn environment_of(&self, host: &dyn Host) -> Vec<Vec<u8>> {
        let own = self.environment.iter().map(|(name, value)| [name, &b"="[..], value].concat());
        if self.inherit == InheritEnv::Nothing {
            return own.collect();
        }
        let takes = |entry: &Vec<u8>| {
            let name = entry.split(|byte| *byte == b'=').next().unwrap_or_default();
            self.inherit.takes(name)
        };
        host.environment().into_iter().filter(takes).chain(own).collect()
    }

    /// What needs the session to be there.
    fn furnish(self, session: &mut Session) -> Result<(), SessionError> {
        for (name, on) in &self.options {
            let option = SetOption::with_name(name.as_bytes());
            let option = option.ok_or_else(|| SessionError::UnknownOption(name.clone()))?;
            session.shell.set_option(option, *on);
        }
        for (name, on) in &self.shopts {
            let option = Shopt::with_name(name.as_bytes());
            let option = option.ok_or_else(|| SessionError::UnknownOption(name.clone()))?;
            session.shell.set_shopt(option, *on);
        }
        for (name, text) in &self.aliases {
            if !bash_session::Aliases::accepts(name) {
                return Err(SessionError::InvalidName(String::from_utf8_lossy(name).into_owned()));
            }
            session.shell.session.aliases.set(name, text);
        }
        for (name, value) in self.variables {
            session.set_var(&name, value)?;
        }
        for definitions in &self.functions {
            session.define(definitions)?;
        }
        for command in &self.commands {
            session.add_command(command)?;
        }
        for api in &self.apis {
            session.load_api(&**api)?;
        }
        self.sinks.into_iter().for_each(|sink| session.output.add_sink(sink));
        if let Some(input) = self.input {
            session.set_stdin(input)?;
        }
        if let Some(policy) = self.policy {
            session.shell.set_gate(policy.gate());
        }
        session.limits = self.limits.map(|limits| SessionLimits::new(limits, self.limit_watcher));
        Ok(())
    }
}

fn texts(list: &[Vec<u8>]) -> Vec<Text> {
    list.iter().map(|text| Text::new(text)).collect()
}
