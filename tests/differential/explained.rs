//! Differences that are GNU Bash's own mistakes: what a small script must hold to be one of them, and why.
//!
//! A rule looks at the script after it was shrunk, so it can be narrow. What it takes for explained is counted, not told.

/// A mistake of GNU Bash that random scripts run into.
pub struct Explanation {
    /// What goes wrong there.
    pub why: &'static str,
    /// Whether a small script shows it.
    applies: fn(&str) -> bool,
}

const EXPLANATIONS: &[Explanation] = &[
    Explanation {
        why: "a statically linked GNU Bash crashes when it looks up a user: `~a`, also as a pattern",
        applies: |script| {
            holds(script, &["~"], |behind| behind.starts_with(|c: char| c.is_ascii_alphabetic()))
        },
    },
    Explanation {
        why: "a here-document that waits while an array assignment spans lines loses its delimiter",
        applies: |script| {
            script.contains("<<")
                && holds(script, &["=("], |behind| {
                    behind.split(')').next().is_some_and(|list| list.contains('\n'))
                })
        },
    },
    Explanation {
        why: "an error in `[[` leaves extended patterns on for what is read next",
        applies: |script| script.contains("[[") && holds(script, &["!(", "*(", "?(", "+(", "@("], |_| true),
    },
    Explanation {
        why: "braces that do not pair up within `${…}` hide later brace expressions of the word",
        applies: |script| {
            holds(script, &["${"], |behind| {
                behind.split('}').next().is_some_and(|inner| inner.contains('{') && !inner.contains("${"))
            })
        },
    },
    Explanation {
        why: "descriptors from 10 on are those that GNU Bash keeps for itself",
        applies: |script| {
            holds(script, &["<&1", ">&1"], |behind| behind.starts_with(|c: char| c.is_ascii_digit()))
        },
    },
    Explanation {
        why: "`[!]…]` counts as a whole bracket when the length of a match is computed",
        applies: |script| script.contains("[!]") || script.contains("[^]"),
    },
    Explanation {
        why: "`command` that ran no builtin keeps wrong assignments from ending a POSIX script ever after",
        applies: |script| {
            let behind_command = script.split_once("command ").map_or("", |(_, behind)| behind);
            script.contains("-o posix") && behind_command.contains("=")
        },
    },
    Explanation {
        why: "`+a` with a subscript clears the variable",
        applies: |script| script.contains("+a") && script.contains('[') && script.contains("declare"),
    },
    Explanation {
        why: "`-n` that is refused leaves `-r` behind",
        applies: |script| script.contains("declare -nr"),
    },
    Explanation {
        why: "`IFS` as an array is read as bytes that were freed",
        applies: |script| script.contains("IFS=") && (script.contains("-A IFS") || script.contains("-a IFS")),
    },
    Explanation {
        why: "a backslash before a pattern character that is in `IFS` does not quote it",
        applies: |script| script.contains("IFS='*'") && script.contains("\\*"),
    },
    Explanation {
        why: "the subscript of an associative array ends for `let` at the first bracket within an expansion",
        applies: |script| script.contains("let") && script.contains("$(("),
    },
    Explanation {
        why: "a mistake in the words of a stage or background command runs the EXIT trap of the shell there",
        applies: |script| {
            (script.contains("EXIT") || script.contains("' 0"))
                && (script.contains('|') || script.contains('&'))
                && holds(script, &["${", "$(("], |_| true)
        },
    },
    Explanation {
        why: "`break` in a substitution among the words of a loop without any leaves all the rest",
        applies: |script| {
            holds(script, &["for ", "select "], |behind| {
                behind
                    .split("do")
                    .next()
                    .is_some_and(|words| words.contains("break") || words.contains("continue"))
            })
        },
    },
    Explanation {
        why: "a compound assignment that ends with the text of `eval` leaves the reader within it",
        applies: |script| {
            holds(script, &["eval 'a=(", "eval 'b=(", "eval 'r=(", "eval 'u=(", "eval 'x=("], |behind| {
                behind.split('\'').next().is_some_and(|list| !list.contains(')'))
            })
        },
    },
    Explanation {
        why: "a mistake among the words of a loop leaves the loops counted: a later `break` ends the rest",
        applies: |script| {
            (script.contains("break") || script.contains("continue"))
                && holds(script, &["for ", "select "], |behind| {
                    behind
                        .split("do")
                        .next()
                        .is_some_and(|words| words.contains("$((") || words.contains("${"))
                })
        },
    },
    Explanation {
        why: "what is redirected while standard error is closed stays open as that",
        applies: |script| holds(script, &["2>&-", "2<&-"], |_| true),
    },
];

/// The mistake of GNU Bash that a small script shows, if it is a known one.
pub fn explanation(script: &str) -> Option<&'static Explanation> {
    EXPLANATIONS.iter().find(|known| (known.applies)(script))
}

/// Whether one of the marks stands in the text with something behind it that `fits`.
fn holds(text: &str, marks: &[&str], fits: fn(&str) -> bool) -> bool {
    marks.iter().any(|mark| text.match_indices(mark).any(|(at, _)| fits(&text[at + mark.len()..])))
}
