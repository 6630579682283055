//! The grammar of the scripts, read from `grammar/*.txt`: rules with weighted alternatives, written as the text that they give.
//!
//! ```text
//! # A comment.
//! substring =
//!     :‹number›
//!     3× :‹number›:‹number›
//! ```
//!
//! A rule is a name and `=`; its alternatives are the indented lines below, the simplest first: it is taken when the
//! script has grown long enough, so it must come to an end. `N×` makes an alternative N times as likely. All other text
//! stands for itself, but for these marks:
//!
//! | mark | stands for |
//! |---|---|
//! | `‹rule›` | the text of that rule |
//! | `‹rule*›`, `‹rule+›` | none to three, one to three of them, blanks between |
//! | `‹'rule›` | its text between single quotes |
//! | `‹`rule›` | its text as it must stand between backquotes |
//! | `‹<<rule›` | a here-document operator with a fitting delimiter; its text is the body, which goes below the next line end |
//! | `⏎` | a line end |
//! | `⟦ … ⟧` | here-documents begun inside have their bodies inside too |
//! | `ε`, `␣` | nothing, a blank (where an editor would take it off) |

use std::collections::HashMap;

/// All rules; the first one, `script`, is where a script begins.
pub struct Grammar {
    /// The rules, by number.
    pub rules: Vec<Rule>,
}

/// One rule.
pub struct Rule {
    /// How likely each alternative is.
    pub weights: Vec<u32>,
    /// What each alternative writes.
    pub alternatives: Vec<Vec<Piece>>,
}

/// A part of an alternative.
pub enum Piece {
    /// Text that stands for itself.
    Text(String),
    /// A line end.
    Newline,
    /// `⟦`: from here on here-documents are kept apart.
    Open,
    /// `⟧`: their bodies stand above this place.
    Close,
    /// The text of a rule.
    Part(Form, usize),
}

/// How the text of a rule is put into the script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Plain,
    /// `least` to three times, with blanks between.
    Repeated {
        least: u32,
    },
    SingleQuoted,
    Backquoted,
    HereDocument,
}

const FILES: [&str; 11] = [
    include_str!("grammar/script.txt"),
    include_str!("grammar/words.txt"),
    include_str!("grammar/parameters.txt"),
    include_str!("grammar/arithmetic.txt"),
    include_str!("grammar/patterns.txt"),
    include_str!("grammar/commands.txt"),
    include_str!("grammar/declarations.txt"),
    include_str!("grammar/redirections.txt"),
    include_str!("grammar/builtins.txt"),
    include_str!("grammar/options.txt"),
    include_str!("grammar/traps.txt"),
];

impl Grammar {
    /// The grammar of the files.
    pub fn load() -> Result<Self, String> {
        let mut sources = Vec::new();
        for file in FILES {
            split_rules(file, &mut sources)?;
        }
        let numbers: HashMap<&str, usize> =
            sources.iter().enumerate().map(|(number, (name, _))| (*name, number)).collect();
        if numbers.len() < sources.len() {
            return Err("two rules have one name".into());
        }
        let rules = sources.iter().map(|(name, lines)| rule(name, lines, &numbers));
        Ok(Self { rules: rules.collect::<Result<_, _>>()? })
    }
}

fn split_rules(file: &'static str, rules: &mut Vec<(&'static str, Vec<&'static str>)>) -> Result<(), String> {
    for line in file.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        match (line.strip_prefix("    "), rules.last_mut()) {
            (Some(alternative), Some((_, alternatives))) => alternatives.push(alternative),
            _ => rules.push((line.strip_suffix(" =").ok_or(format!("no rule: {line}"))?, Vec::new())),
        }
    }
    Ok(())
}

fn rule(name: &str, lines: &[&str], numbers: &HashMap<&str, usize>) -> Result<Rule, String> {
    let mut rule = Rule { weights: Vec::new(), alternatives: Vec::new() };
    for line in lines {
        let (weight, text) = weight(line);
        rule.weights.push(weight);
        rule.alternatives.push(pieces(text, numbers).map_err(|message| format!("{name}: {message}"))?);
    }
    match rule.alternatives.is_empty() {
        true => Err(format!("{name} has no alternative")),
        false => Ok(rule),
    }
}

fn weight(line: &str) -> (u32, &str) {
    let split = line.split_once("× ").and_then(|(weight, text)| Some((weight.parse().ok()?, text)));
    split.unwrap_or((1, line))
}

fn pieces(text: &str, numbers: &HashMap<&str, usize>) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['‹', '⏎', '⟦', '⟧', 'ε', '␣']) {
        pieces.extend((at > 0).then(|| Piece::Text(rest[..at].into())));
        let mut after = rest[at..].chars();
        match after.next() {
            Some('⏎') => pieces.push(Piece::Newline),
            Some('⟦') => pieces.push(Piece::Open),
            Some('⟧') => pieces.push(Piece::Close),
            Some('␣') => pieces.push(Piece::Text(" ".into())),
            Some('‹') => {
                let (mark, behind) = after.as_str().split_once('›').ok_or("‹ without ›")?;
                pieces.push(part(mark, numbers)?);
                after = behind.chars();
            }
            _ => {}
        }
        rest = after.as_str();
    }
    pieces.extend((!rest.is_empty()).then(|| Piece::Text(rest.into())));
    Ok(pieces)
}

fn part(mark: &str, numbers: &HashMap<&str, usize>) -> Result<Piece, String> {
    let (form, name) = if let Some(name) = mark.strip_prefix('\'') {
        (Form::SingleQuoted, name)
    } else if let Some(name) = mark.strip_prefix('`') {
        (Form::Backquoted, name)
    } else if let Some(name) = mark.strip_prefix("<<") {
        (Form::HereDocument, name)
    } else if let Some(name) = mark.strip_suffix('*') {
        (Form::Repeated { least: 0 }, name)
    } else if let Some(name) = mark.strip_suffix('+') {
        (Form::Repeated { least: 1 }, name)
    } else {
        (Form::Plain, mark)
    };
    let number = numbers.get(name).ok_or_else(|| format!("no rule is named {name:?}"))?;
    Ok(Piece::Part(form, *number))
}
