//! Commands, from a line of lists down to a simple command.

use super::{ArithText, Assignment, ConditionalExpr, Redirect, Text, Word};
use crate::Name;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// A list: and-or lists separated by `;`, `&` or newline.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct List {
    /// The and-or lists in order.
    pub items: Box<[ListItem]>,
}

impl List {
    /// The function that it defines, if it does nothing else.
    pub fn only_function(&self) -> Option<&Arc<FunctionDefinition>> {
        let [item] = &*self.items else { return None };
        let [stage] = &*item.and_or.first.stages else { return None };
        let CommandKind::Function(definition) = &stage.command.kind else { return None };
        (item.and_or.rest.is_empty() && !item.background).then_some(definition)
    }
}

/// An and-or list with what ends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListItem {
    /// The and-or list. Shared, so that a background job can hold it.
    pub and_or: Arc<AndOr>,
    /// Ended by `&`.
    pub background: bool,
    /// A newline, and no `;` or `&`, stands behind it, or the end of the list; in `${ …; }` only a newline.
    pub newline: bool,
}

/// `pipeline && pipeline || …`, of equal precedence, left to right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AndOr {
    /// The first pipeline.
    pub first: Pipeline,
    /// The others, each with the operator before it.
    pub rest: Box<[(AndOrOperator, Pipeline)]>,
}

/// `&&` or `||`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AndOrOperator {
    /// `&&`
    And,
    /// `||`
    Or,
}

/// `[time [-p]] [!] command | command …`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pipeline {
    /// An odd number of `!` stood before it.
    pub negated: bool,
    /// `time` stood before it.
    pub timed: Option<TimeFormat>,
    /// The commands; empty for a bare `!` or `time`.
    pub stages: Stages,
}

impl Pipeline {
    /// The command that it is, if it is a single one with neither `!` nor `time` before it.
    #[inline]
    pub fn lone_command(&self) -> Option<&Arc<Command>> {
        match &*self.stages {
            [stage] if !self.negated && self.timed.is_none() => Some(&stage.command),
            _ => None,
        }
    }
}

/// The commands of a pipeline. Nearly always it is one, which is then in place.
#[derive(Clone, PartialEq, Eq)]
pub enum Stages {
    /// A single command.
    One(Stage),
    /// Several, or none.
    Many(Box<[Stage]>),
}

impl Deref for Stages {
    type Target = [Stage];

    #[inline]
    fn deref(&self) -> &[Stage] {
        match self {
            Stages::One(stage) => std::slice::from_ref(stage),
            Stages::Many(stages) => stages,
        }
    }
}

impl From<Vec<Stage>> for Stages {
    fn from(mut stages: Vec<Stage>) -> Stages {
        match stages.pop() {
            Some(stage) if stages.is_empty() => Stages::One(stage),
            last => {
                stages.extend(last);
                Stages::Many(stages.into())
            }
        }
    }
}

impl fmt::Debug for Stages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

/// How `time` reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeFormat {
    /// `time`: by `TIMEFORMAT`.
    Default,
    /// `time -p`
    Posix,
}

/// One command of a pipeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    /// The command.
    pub command: Arc<Command>,
}

/// A command with its redirections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// What kind of command.
    pub kind: CommandKind,
    /// Its redirections in order. For a function definition they belong to the body and stand there.
    pub redirects: Box<[Redirect]>,
    /// The line of its first word.
    pub line: u32,
    /// What the shell compiled from it.
    pub cache: super::Cache,
}

/// The kinds of commands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CommandKind {
    /// Assignments and words. All three of assignments, words and redirections may not be empty at once.
    Simple(SimpleCommand),
    /// `{ …; }`
    Group(List),
    /// `( … )`
    Subshell(List),
    /// `if`
    If(IfClause),
    /// `while` and `until`
    While(WhileLoop),
    /// `for name in …`
    For(Box<ForLoop>),
    /// `for (( … ))`
    ArithFor(Box<ArithForLoop>),
    /// `select`
    Select(Box<ForLoop>),
    /// `case`
    Case(Box<CaseClause>),
    /// `[[ … ]]`
    Conditional(Box<ConditionalExpr>),
    /// `(( … ))`
    Arith(Box<ArithText>),
    /// A function definition.
    Function(Arc<FunctionDefinition>),
    /// `coproc`
    Coproc(Box<Coproc>),
}

/// A simple command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SimpleCommand {
    /// Assignments before the first word.
    pub assignments: Box<[Assignment]>,
    /// The command name and its arguments.
    pub words: Box<[Argument]>,
}

/// A word of a simple command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Argument {
    /// An ordinary word: expands to any number of fields.
    Word(Word),
    /// An assignment given to a declaration command (`declare x=1 a=(1 2)`), which is not split.
    Assignment(Box<Assignment>),
}

/// `if … then … elif … else … fi`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IfClause {
    /// Condition and body of `if` and of each `elif`.
    pub arms: Box<[(List, List)]>,
    /// The body of `else`.
    pub otherwise: Option<List>,
}

/// `while` or `until`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhileLoop {
    /// `until`: runs while the condition fails.
    pub until: bool,
    /// The condition.
    pub condition: List,
    /// The body.
    pub body: List,
}

/// `for` or `select` over words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForLoop {
    /// The variable as written. Bash checks that it is a name when the loop runs.
    pub variable: Text,
    /// The same as a name, where it is one.
    pub name: Option<Name>,
    /// The words after `in`; `None` stands for `"$@"`.
    pub words: Option<Box<[Word]>>,
    /// The body.
    pub body: List,
}

/// `for (( init; condition; step ))`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArithForLoop {
    /// Evaluated once.
    pub init: ArithText,
    /// Evaluated before each turn; empty is true.
    pub condition: ArithText,
    /// Evaluated after each turn.
    pub step: ArithText,
    /// The body.
    pub body: List,
}

/// `case word in … esac`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseClause {
    /// What is matched.
    pub word: Word,
    /// The items in order.
    pub items: Box<[CaseItem]>,
}

/// `pattern | pattern) list ;;`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseItem {
    /// The patterns.
    pub patterns: Box<[Word]>,
    /// What runs.
    pub body: List,
    /// What ends it.
    pub terminator: CaseTerminator,
}

/// What ends a case item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaseTerminator {
    /// `;;`
    Break,
    /// `;&`: run the next body too.
    FallThrough,
    /// `;;&`: test the next patterns too.
    TestNext,
}

/// A function definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionDefinition {
    /// The name as written (quotes not removed: Bash refuses such a name when the definition runs).
    pub name: Text,
    /// Written with `function`.
    pub keyword: bool,
    /// The body, a compound command with the redirections that each call makes.
    pub body: Arc<Command>,
    /// The line where the definition begins.
    pub line: u32,
}

/// `coproc [NAME] command`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coproc {
    /// The name; `None` stands for `COPROC`.
    pub name: Option<Word>,
    /// What runs.
    pub command: Arc<Command>,
}
