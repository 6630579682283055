//! What a session may run.
//!
//! The rules see the final words of every command, whatever way it was called: by name, `command`, `exec`, `eval`, a trap,
//! a subshell or a pipeline. The first rule that matches decides; once there is a rule, what none matches is denied. A
//! denied command has status 126. A policy is fixed when the session is built, and subshells, forks and children of the
//! session have it too.

use bash_host::real::{PosixRegex, RegexCase, RegexCharset};
use bash_interp::gate::{Gate, Request};
use bash_interp::pattern::{Pattern, PatternOptions};
use std::sync::{Arc, Mutex, PoisonError};

pub use bash_interp::gate::CommandKind as Category;

/// A command that is about to run, as rules and observers see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandRequest {
    /// What kind of command.
    pub category: Category,
    /// Its name. That of a program is the last part of its path, whatever `exec -a` calls it.
    pub name: Vec<u8>,
    /// The whole path of a program.
    pub path: Option<Vec<u8>>,
    /// Its arguments, expanded.
    pub args: Vec<Vec<u8>>,
    /// The working directory.
    pub cwd: Vec<u8>,
}

impl CommandRequest {
    fn of(request: &Request<'_>) -> CommandRequest {
        CommandRequest {
            category: request.kind,
            name: request.name.to_vec(),
            path: request.path.map(<[u8]>::to_vec),
            args: request.arguments.iter().map(|word| word.to_vec()).collect(),
            cwd: request.directory.to_vec(),
        }
    }

    /// Name and arguments.
    pub fn argv(&self) -> Vec<&[u8]> {
        [&self.name[..]].into_iter().chain(self.args.iter().map(|arg| &arg[..])).collect()
    }

    /// Name and arguments with blanks between.
    pub fn line(&self) -> Vec<u8> {
        self.argv().join(&b' ')
    }
}

type Predicate = Arc<dyn Fn(&CommandRequest) -> bool + Send + Sync>;

/// Which commands a rule is about.
#[derive(Clone)]
pub enum Matcher {
    /// All.
    Any,
    /// Those of a kind.
    Category(Category),
    /// Those of this name.
    Name(String),
    /// Those whose name fits a pattern.
    Glob(String),
    /// Programs whose path fits a pattern, in which `*` stands for slashes too.
    Path(String),
    /// Those whose name and arguments fit a pattern each; a last `**` stands for any number of them.
    Argv(Vec<String>),
    /// Those whose name and arguments, with blanks between, fit an extended regular expression.
    Regex(String),
    /// Those that a closure accepts.
    Predicate(Predicate),
    /// Those that fit all of these.
    All(Vec<Matcher>),
}

impl Matcher {
    /// Commands that a closure accepts.
    pub fn predicate(accepts: impl Fn(&CommandRequest) -> bool + Send + Sync + 'static) -> Matcher {
        Matcher::Predicate(Arc::new(accepts))
    }

    /// Commands whose words fit patterns; see [`Matcher::Argv`].
    pub fn argv<W: Into<String>>(patterns: impl IntoIterator<Item = W>) -> Matcher {
        Matcher::Argv(patterns.into_iter().map(Into::into).collect())
    }
}

impl From<&str> for Matcher {
    /// A name.
    fn from(name: &str) -> Matcher {
        Matcher::Name(name.into())
    }
}

impl From<Category> for Matcher {
    fn from(category: Category) -> Matcher {
        Matcher::Category(category)
    }
}

/// What a rule says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Allow,
    Deny,
    Ask,
}

/// The answer to a question; see [`PolicyBuilder::on_ask`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It may run.
    Allow,
    /// It may not.
    Deny,
}

/// A command that was not allowed to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denial {
    /// Which.
    pub request: CommandRequest,
    /// The number of the rule that said so, from 0; none if no rule matched.
    pub rule: Option<usize>,
}

/// A regular expression of a rule is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{expression}: {reason}")]
pub struct PolicyError {
    /// The expression.
    pub expression: String,
    /// What is wrong with it.
    pub reason: String,
}

type Ask = Arc<dyn Fn(&CommandRequest) -> Answer + Send + Sync>;
type Observe = Arc<dyn Fn(&Denial) + Send + Sync>;

/// See the module.
#[derive(Clone)]
pub struct Policy(Arc<Rules>);

struct Rules {
    rules: Vec<(Compiled, Verdict)>,
    ask: Option<Ask>,
    observe: Option<Observe>,
}

/// Builds a [`Policy`].
#[derive(Default)]
pub struct PolicyBuilder {
    rules: Vec<(Matcher, Verdict)>,
    ask: Option<Ask>,
    observe: Option<Observe>,
}

impl Policy {
    /// Without rules: everything may run.
    pub fn builder() -> PolicyBuilder {
        PolicyBuilder::default()
    }

    pub(crate) fn gate(&self) -> Arc<dyn Gate> {
        self.0.clone()
    }
}

impl PolicyBuilder {
    /// These may run.
    #[must_use]
    pub fn allow(self, matcher: impl Into<Matcher>) -> PolicyBuilder {
        self.rule(matcher.into(), Verdict::Allow)
    }

    /// These may not.
    #[must_use]
    pub fn deny(self, matcher: impl Into<Matcher>) -> PolicyBuilder {
        self.rule(matcher.into(), Verdict::Deny)
    }

    /// These are asked about each time.
    #[must_use]
    pub fn ask(self, matcher: impl Into<Matcher>) -> PolicyBuilder {
        self.rule(matcher.into(), Verdict::Ask)
    }

    fn rule(mut self, matcher: Matcher, verdict: Verdict) -> PolicyBuilder {
        self.rules.push((matcher, verdict));
        self
    }

    /// Who is asked. Without this, what would be asked about is denied. The command waits for the answer; others of the
    /// session that run at the same time may be asked about meanwhile, on threads of their own.
    #[must_use]
    pub fn on_ask(
        mut self,
        ask: impl Fn(&CommandRequest) -> Answer + Send + Sync + 'static,
    ) -> PolicyBuilder {
        self.ask = Some(Arc::new(ask));
        self
    }

    /// Who is told of commands that were not allowed to run.
    #[must_use]
    pub fn on_denied(mut self, observe: impl Fn(&Denial) + Send + Sync + 'static) -> PolicyBuilder {
        self.observe = Some(Arc::new(observe));
        self
    }

    /// Makes the policy.
    pub fn build(self) -> Result<Policy, PolicyError> {
        let rules: Result<Vec<_>, PolicyError> =
            self.rules.into_iter().map(|(matcher, verdict)| Ok((Compiled::new(matcher)?, verdict))).collect();
        Ok(Policy(Arc::new(Rules { rules: rules?, ask: self.ask, observe: self.observe })))
    }
}

/// A matcher whose patterns are compiled.
enum Compiled {
    Any,
    Category(Category),
    Name(Vec<u8>),
    Glob(Pattern),
    Path(Pattern),
    Argv(Vec<Pattern>, Rest),
    Regex(Mutex<PosixRegex>),
    Predicate(Predicate),
    All(Vec<Compiled>),
}

/// What may follow the arguments that patterns are given for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rest {
    Nothing,
    Anything,
}

fn pattern(text: &str) -> Pattern {
    Pattern::compile(text.as_bytes(), PatternOptions::default())
}

impl Compiled {
    fn new(matcher: Matcher) -> Result<Compiled, PolicyError> {
        Ok(match matcher {
            Matcher::Any => Compiled::Any,
            Matcher::Category(category) => Compiled::Category(category),
            Matcher::Name(name) => Compiled::Name(name.into()),
            Matcher::Glob(text) => Compiled::Glob(pattern(&text)),
            Matcher::Path(text) => Compiled::Path(pattern(&text)),
            Matcher::Argv(texts) => match texts.split_last() {
                Some((last, texts)) if last == "**" => {
                    Compiled::Argv(texts.iter().map(|text| pattern(text)).collect(), Rest::Anything)
                }
                _ => Compiled::Argv(texts.iter().map(|text| pattern(text)).collect(), Rest::Nothing),
            },
            Matcher::Regex(expression) => {
                let compiled =
                    PosixRegex::compile(expression.as_bytes(), RegexCase::Exact, RegexCharset::Utf8);
                let compiled =
                    compiled.map_err(|error| PolicyError { expression, reason: error.to_string() })?;
                Compiled::Regex(Mutex::new(compiled))
            }
            Matcher::Predicate(predicate) => Compiled::Predicate(predicate),
            Matcher::All(matchers) => {
                Compiled::All(matchers.into_iter().map(Compiled::new).collect::<Result<_, _>>()?)
            }
        })
    }

    fn fits(&self, request: &CommandRequest) -> bool {
        match self {
            Compiled::Any => true,
            Compiled::Category(category) => request.category == *category,
            Compiled::Name(name) => request.name == *name,
            Compiled::Glob(pattern) => pattern.matches(&request.name),
            Compiled::Path(pattern) => request.path.as_ref().is_some_and(|path| pattern.matches(path)),
            Compiled::Argv(patterns, rest) => {
                let argv = request.argv();
                let enough = match rest {
                    Rest::Nothing => argv.len() == patterns.len(),
                    Rest::Anything => argv.len() >= patterns.len(),
                };
                enough && patterns.iter().zip(argv).all(|(pattern, word)| pattern.matches(word))
            }
            Compiled::Regex(regex) => {
                let line = request.line();
                // The expression would see no more than what stands before a NUL.
                !line.contains(&0)
                    && regex.lock().unwrap_or_else(PoisonError::into_inner).exec(&line).is_some()
            }
            Compiled::Predicate(predicate) => predicate(request),
            Compiled::All(matchers) => matchers.iter().all(|matcher| matcher.fits(request)),
        }
    }
}

impl Gate for Rules {
    fn admits(&self, request: &Request<'_>) -> Result<(), String> {
        if self.rules.is_empty() {
            return Ok(());
        }
        let request = CommandRequest::of(request);
        let rule = self.rules.iter().position(|(matcher, _)| matcher.fits(&request));
        let verdict = rule.map_or(Verdict::Deny, |rule| self.rules[rule].1);
        let allowed = match verdict {
            Verdict::Allow => true,
            Verdict::Deny => false,
            Verdict::Ask => self.ask.as_ref().is_some_and(|ask| ask(&request) == Answer::Allow),
        };
        if allowed {
            return Ok(());
        }
        let reason = match (rule, verdict) {
            (Some(rule), Verdict::Ask) => format!("refused when asked, by rule {} of the policy", rule + 1),
            (Some(rule), _) => format!("denied by rule {} of the policy", rule + 1),
            (None, _) => "no rule of the policy allows it".to_string(),
        };
        if let Some(observe) = &self.observe {
            observe(&Denial { request, rule });
        }
        Err(reason)
    }
}
