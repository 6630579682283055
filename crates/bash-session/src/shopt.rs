//! The options of `shopt`.

macro_rules! shopt_options {
    ($($variant:ident $name:literal $doc:literal;)*) => {
        /// An option of `shopt`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum Shopt { $(#[doc = $doc] $variant),* }

        impl Shopt {
            /// All, sorted by name as `shopt` lists them.
            pub const ALL: &[Shopt] = &[$(Shopt::$variant),*];

            /// Its name.
            pub fn name(self) -> &'static str {
                match self { $(Shopt::$variant => $name),* }
            }
        }
    };
}

shopt_options! {
    ArrayExpandOnce "array_expand_once" "Subscripts are expanded only once.";
    AssocExpandOnce "assoc_expand_once" "The old name of `array_expand_once`.";
    AutoCd "autocd" "A directory's name alone changes into it.";
    BashSourceFullpath "bash_source_fullpath" "`BASH_SOURCE` holds full paths.";
    CdableVars "cdable_vars" "`cd` takes a variable's name.";
    CdSpell "cdspell" "`cd` corrects small mistakes.";
    CheckHash "checkhash" "A remembered command is checked before it runs.";
    CheckJobs "checkjobs" "`exit` warns of jobs.";
    CheckWinSize "checkwinsize" "`LINES` and `COLUMNS` follow the terminal.";
    CmdHist "cmdhist" "A command of several lines is one history entry.";
    Compat31 "compat31" "Compatibility with version 3.1";
    Compat32 "compat32" "Compatibility with version 3.2";
    Compat40 "compat40" "Compatibility with version 4.0";
    Compat41 "compat41" "Compatibility with version 4.1";
    Compat42 "compat42" "Compatibility with version 4.2";
    Compat43 "compat43" "Compatibility with version 4.3";
    Compat44 "compat44" "Compatibility with version 4.4";
    CompleteFullquote "complete_fullquote" "Completion quotes all special characters.";
    DirExpand "direxpand" "Completion expands directory names.";
    DirSpell "dirspell" "Completion corrects directory names.";
    DotGlob "dotglob" "Patterns match names that begin with a dot.";
    ExecFail "execfail" "A failing `exec` does not end a script.";
    ExpandAliases "expand_aliases" "Aliases are expanded.";
    ExtDebug "extdebug" "Debugger support.";
    ExtGlob "extglob" "Extended patterns.";
    ExtQuote "extquote" "`$'…'` and `$\"…\"` inside `${…}` in double quotes.";
    FailGlob "failglob" "A pattern without match is an error.";
    ForceFignore "force_fignore" "`FIGNORE` holds even for the only match.";
    GlobAsciiRanges "globasciiranges" "Ranges in patterns go by the C locale.";
    GlobSkipDots "globskipdots" "Patterns never match `.` and `..`.";
    GlobStar "globstar" "`**` matches across directories.";
    GnuErrfmt "gnu_errfmt" "Messages in the GNU format.";
    HistAppend "histappend" "The history file is appended to.";
    HistReedit "histreedit" "A failed history substitution can be edited.";
    HistVerify "histverify" "History substitutions can be edited before they run.";
    HostComplete "hostcomplete" "Completion of host names.";
    HupOnExit "huponexit" "Jobs are sent SIGHUP when a login shell ends.";
    InheritErrexit "inherit_errexit" "Command substitutions inherit `errexit`.";
    InteractiveComments "interactive_comments" "Comments in an interactive shell.";
    LastPipe "lastpipe" "The last command of a pipeline runs in the shell.";
    LitHist "lithist" "History entries keep their newlines.";
    LocalvarInherit "localvar_inherit" "Locals start with the outer value.";
    LocalvarUnset "localvar_unset" "`unset` of a caller's local leaves it unset.";
    LoginShell "login_shell" "A login shell; read-only.";
    MailWarn "mailwarn" "Tells when a mail file was read.";
    NoEmptyCmdCompletion "no_empty_cmd_completion" "No completion on an empty line.";
    NoCaseGlob "nocaseglob" "Pathname expansion ignores case.";
    NoCaseMatch "nocasematch" "`case` and `[[` ignore case.";
    NoexpandTranslation "noexpand_translation" "Translations are single-quoted.";
    NullGlob "nullglob" "A pattern without match vanishes.";
    PatsubReplacement "patsub_replacement" "`&` in a replacement is the match.";
    ProgComp "progcomp" "Programmable completion.";
    ProgcompAlias "progcomp_alias" "Programmable completion looks through aliases.";
    PromptVars "promptvars" "Prompts are expanded.";
    RestrictedShell "restricted_shell" "Restricted mode; read-only.";
    ShiftVerbose "shift_verbose" "`shift` complains when it goes too far.";
    SourcePath "sourcepath" "`source` searches `PATH`.";
    VarredirClose "varredir_close" "`{var}>` descriptors are closed after the command.";
    XpgEcho "xpg_echo" "`echo` expands escapes.";
}

impl Shopt {
    /// The option called `name`.
    pub fn with_name(name: &[u8]) -> Option<Shopt> {
        Shopt::ALL.iter().copied().find(|option| option.name().as_bytes() == name)
    }
}

/// Which `shopt` options are on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShoptOptions(u64);

impl Default for ShoptOptions {
    /// What a script starts with.
    fn default() -> ShoptOptions {
        let on = [
            Shopt::CheckWinSize,
            Shopt::CmdHist,
            Shopt::CompleteFullquote,
            Shopt::ExtQuote,
            Shopt::ForceFignore,
            Shopt::GlobAsciiRanges,
            Shopt::GlobSkipDots,
            Shopt::HostComplete,
            Shopt::InteractiveComments,
            Shopt::PatsubReplacement,
            Shopt::ProgComp,
            Shopt::PromptVars,
            Shopt::SourcePath,
        ];
        ShoptOptions(on.iter().fold(0, |bits, option| bits | 1 << *option as u8))
    }
}

impl ShoptOptions {
    /// Whether an option is on.
    #[inline]
    pub fn has(self, option: Shopt) -> bool {
        self.0 & (1 << option as u8) != 0
    }

    /// Turns an option on or off.
    pub fn set(&mut self, option: Shopt, on: bool) {
        if on {
            self.0 |= 1 << option as u8;
        } else {
            self.0 &= !(1 << option as u8);
        }
    }

    /// The value of `BASHOPTS`.
    pub fn bashopts(self) -> String {
        let on: Vec<_> =
            Shopt::ALL.iter().filter(|option| self.has(**option)).map(|option| option.name()).collect();
        on.join(":")
    }
}
