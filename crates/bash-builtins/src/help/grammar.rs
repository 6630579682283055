//! The topics of `help` that are no builtins: the constructs of the grammar, and the shell's variables.

use super::Topic;

pub(super) const GRAMMAR: &[Topic<'static>] = &[
    Topic {
        name: "!",
        synopsis: "! PIPELINE",
        text: "Run a pipeline and turn its status round.\n\nExit Status:\n1 if PIPELINE succeeds, 0 if it fails.",
    },
    Topic {
        name: "%",
        synopsis: "job_spec [&]",
        text: "\
Bring a job to the foreground, or let it go on in the background.

JOB_SPEC is %N for job number N, %TEXT for the job whose command begins with
TEXT, %?TEXT for the one whose command holds TEXT, %% or %+ for the current
job and %- for the one before.  With `&' behind it the job goes on in the
background, as with `bg'.

Exit Status:
That of the job that was brought to the foreground.",
    },
    Topic {
        name: "(( ... ))",
        synopsis: "(( expression ))",
        text: "\
Evaluate an arithmetic expression.

EXPRESSION is evaluated as by `let', which tells of its operators.

Exit Status:
1 if the value is 0, 0 if it is anything else.",
    },
    Topic {
        name: "[[ ... ]]",
        synopsis: "[[ expression ]]",
        text: "\
Evaluate a conditional expression.

The words are expanded, but neither split nor globbed.  The tests are those of
`test', joined by these operators, the strongest first:

  ( EXPRESSION )\tthe value of EXPRESSION
  ! EXPRESSION\t\ttrue if EXPRESSION is false
  EXPR1 && EXPR2\ttrue if both are true
  EXPR1 || EXPR2\ttrue if one is true

`&&' and `||' evaluate the second expression only if it matters.  The text on
the right of `==' and `!=' is a pattern, that of `=~' an extended regular
expression; what is quoted in them stands for itself.

Exit Status:
0 if EXPRESSION is true, 1 if it is false, 2 if it is wrong.",
    },
    Topic {
        name: "case",
        synopsis: "case WORD in [PATTERN [| PATTERN]...) COMMANDS ;;]... esac",
        text: "\
Run the commands of the first pattern that matches a word.

After `;;' the rest is passed over.  `;&' goes on with the next COMMANDS,
`;;&' with the next PATTERN that matches.

Exit Status:
That of the last command that ran, 0 if no pattern matches.",
    },
    Topic {
        name: "coproc",
        synopsis: "coproc [NAME] command [redirections]",
        text: "\
Run a command beside the shell, joined to it by two pipes.

The command's output can be read from the descriptor ${NAME[0]}, its input be
written to ${NAME[1]}.  NAME_PID holds its process id.  Without NAME, which only
a compound command can have, the name is COPROC.

Exit Status:
0 unless the command could not be started.",
    },
    Topic {
        name: "for",
        synopsis: "for NAME [in WORDS ... ] ; do COMMANDS; done",
        text: "\
Run commands once for each word.

The variable NAME holds each of the expanded WORDS in turn.  Without `in WORDS'
the words are the positional parameters.

Exit Status:
That of the last command that ran, 0 if there are no words.",
    },
    Topic {
        name: "for ((",
        synopsis: "for (( exp1; exp2; exp3 )); do COMMANDS; done",
        text: "\
Run commands while an arithmetic expression is not 0.

EXP1 is evaluated first.  COMMANDS and then EXP3 are run as long as EXP2 is not 0.
An expression that is missing counts as 1.

Exit Status:
That of the last command that ran.",
    },
    Topic {
        name: "function",
        synopsis: "function name { COMMANDS ; } or name () { COMMANDS ; }",
        text: "\
Define a function.

NAME can then be called as a command, which runs COMMANDS in this shell.  Its
arguments are $1, $2 and so on meanwhile, and FUNCNAME holds its name.

Exit Status:
0 unless NAME is readonly.",
    },
    Topic {
        name: "if",
        synopsis: "if COMMANDS; then COMMANDS; [ elif COMMANDS; then COMMANDS; ]... [ else COMMANDS; ] fi",
        text: "\
Run commands if others succeed.

The COMMANDS after the first `if' or `elif' whose own COMMANDS succeed are run;
if none do, those after `else'.

Exit Status:
That of the last command that ran, 0 if no condition was true.",
    },
    Topic {
        name: "select",
        synopsis: "select NAME [in WORDS ... ;] do COMMANDS; done",
        text: "\
Let the user choose from a list, and run commands for each choice.

The expanded WORDS, or the positional parameters, are listed with numbers on
standard error.  After the prompt PS3 a line is read into REPLY.  If it is one of
the numbers, NAME becomes that word, otherwise it is empty; an empty line shows
the list again.  This goes on until `break' or the end of the input.

Exit Status:
That of the last command that ran.",
    },
    Topic {
        name: "time",
        synopsis: "time [-p] pipeline",
        text: "\
Tell how long a pipeline took.

The real time, and the processor's time in the program and in the system, are
written to standard error.  TIMEFORMAT says how.

Options:
  -p\twrite the times as POSIX wants it

Exit Status:
That of PIPELINE.",
    },
    Topic {
        name: "until",
        synopsis: "until COMMANDS; do COMMANDS-2; done",
        text: "\
Run commands until others succeed.

COMMANDS-2 are run again and again as long as the last of COMMANDS fails.

Exit Status:
That of the last command of COMMANDS-2 that ran.",
    },
    Topic {
        name: "variables",
        synopsis: "variables - Names and meanings of some shell variables",
        text: "\
The variables that mean something to the shell.

BASH_VERSION\tthe version of Bash that this shell is like
CDPATH\t\twhere `cd' looks for directories, separated by colons
GLOBIGNORE\tpatterns of names that globbing passes over
HISTFILE\tthe file in which the history is kept
HISTFILESIZE\thow many lines of it are kept
HISTIGNORE\tpatterns of lines that are not remembered
HISTSIZE\thow many lines are remembered
HOME\t\tyour directory
HOSTNAME\tthe name of this machine
HOSTTYPE\tits kind of processor
IFS\t\tthe characters that separate fields
IGNOREEOF\thow many ends of input in a row do not end the shell
LINES, COLUMNS\tthe size of the terminal
MAIL, MAILPATH, MAILCHECK
\t\twhich files are looked at for new mail, and how often
OSTYPE\t\tthe operating system
PATH\t\twhere programs are looked for, separated by colons
PROMPT_COMMAND\tcommands to run before each prompt
PS1, PS2\tthe prompts for a new command and for the rest of one
PWD, OLDPWD\tthe working directory, and the one before it
SHELLOPTS\tthe options of `set -o' that are on
TERM\t\tthe kind of terminal
TIMEFORMAT\thow `time' shows its figures
auto_resume\twhether a word may name a stopped job
histchars\tthe characters of history expansion",
    },
    Topic {
        name: "while",
        synopsis: "while COMMANDS; do COMMANDS-2; done",
        text: "\
Run commands as long as others succeed.

COMMANDS-2 are run again and again as long as the last of COMMANDS succeeds.

Exit Status:
That of the last command of COMMANDS-2 that ran.",
    },
    Topic {
        name: "{ ... }",
        synopsis: "{ COMMANDS ; }",
        text: "\
Run commands as a unit.

They run in this shell; redirections behind the brace hold for all of them.

Exit Status:
That of the last command.",
    },
];
