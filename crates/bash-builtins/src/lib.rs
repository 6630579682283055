//! The builtin commands of Bash, one file and one record each.
//!
//! To add one: write its file (a record and a function), name the module and put the record into [`BUILTINS`] at its
//! place in the alphabet, and give it a spec under `fixtures/spec/builtins`. `help`, `type`, `enable` and `compgen` know
//! it from then on.

mod alias;
mod bg;
mod bind;
mod r#break;
mod builtin;
mod caller;
mod cd;
mod colon;
mod command;
mod compgen;
mod complete;
mod compopt;
mod r#continue;
mod declare;
mod dirs;
mod disown;
mod echo;
mod enable;
mod eval;
mod exec;
mod exit;
mod export;
mod fc;
mod fg;
mod getopts;
mod hash;
mod help;
mod history;
mod job_spec;
mod jobs;
mod kill;
mod r#let;
mod local;
mod mapfile;
mod popd;
mod printf;
mod pushd;
mod pwd;
mod read;
mod readonly;
mod r#return;
mod set;
mod shift;
mod shopt;
mod source;
mod suspend;
mod test;
mod times;
mod trap;
mod truth;
mod r#type;
mod ulimit;
mod umask;
mod unalias;
mod unset;
mod wait;

pub use cd::go_to;

use bash_interp::Builtin;

/// Every builtin, sorted by name.
pub static BUILTINS: &[&Builtin] = &[
    &source::DOT,
    &colon::COLON,
    &test::BRACKET,
    &alias::ALIAS,
    &bg::BG,
    &bind::BIND,
    &r#break::BREAK,
    &builtin::BUILTIN,
    &caller::CALLER,
    &cd::CD,
    &command::COMMAND,
    &compgen::COMPGEN,
    &complete::COMPLETE,
    &compopt::COMPOPT,
    &r#continue::CONTINUE,
    &declare::DECLARE,
    &dirs::DIRS,
    &disown::DISOWN,
    &echo::ECHO,
    &enable::ENABLE,
    &eval::EVAL,
    &exec::EXEC,
    &exit::EXIT,
    &export::EXPORT,
    &truth::FALSE,
    &fc::FC,
    &fg::FG,
    &getopts::GETOPTS,
    &hash::HASH,
    &help::HELP,
    &history::HISTORY,
    &jobs::JOBS,
    &kill::KILL,
    &r#let::LET,
    &local::LOCAL,
    &exit::LOGOUT,
    &mapfile::MAPFILE,
    &popd::POPD,
    &printf::PRINTF,
    &pushd::PUSHD,
    &pwd::PWD,
    &read::READ,
    &mapfile::READARRAY,
    &readonly::READONLY,
    &r#return::RETURN,
    &set::SET,
    &shift::SHIFT,
    &shopt::SHOPT,
    &source::SOURCE,
    &suspend::SUSPEND,
    &test::TEST,
    &times::TIMES,
    &trap::TRAP,
    &truth::TRUE,
    &r#type::TYPE,
    &declare::TYPESET,
    &ulimit::ULIMIT,
    &umask::UMASK,
    &unalias::UNALIAS,
    &unset::UNSET,
    &wait::WAIT,
];

#[cfg(test)]
mod tests {
    #[test]
    fn the_table_is_sorted() {
        assert!(super::BUILTINS.is_sorted_by_key(|builtin| builtin.name.as_bytes()));
    }
}
