//! Writes the script that a list of choices stands for.

use std::mem;

use crate::choices::{Choices, Span};
use crate::grammar::{Form, Grammar, Piece, Rule};
use crate::room::Way;

/// After so many applied rules the simplest alternatives bring the script to its end.
const LONGEST: u32 = 600;
/// The same for rules inside rules.
const DEEPEST: u32 = 40;
/// One alternative in so many is out of fashion in a script, so that scripts differ in what they are about.
const OUT_OF_FASHION: u32 = 3;

/// The ways to a shell, and how likely each is.
const WAYS: [(Way, u32); 3] = [(Way::File, 6), (Way::Argument, 2), (Way::StandardInput, 1)];

/// A script and how it came about.
#[derive(Clone)]
pub struct Written {
    /// How it reaches the shell.
    pub way: Way,
    /// The text.
    pub script: String,
    /// The choices behind it.
    pub choices: Vec<u32>,
    /// Which choices wrote which part.
    pub spans: Vec<Span>,
}

/// Writes the script of these choices.
pub fn write(grammar: &Grammar, mut choices: Choices) -> Written {
    let way = WAYS[choices.weighted(&WAYS.map(|(_, weight)| weight), false)].0;
    let weights = fashion(grammar, &mut choices);
    let mut writer = Writer {
        grammar,
        weights,
        choices,
        script: String::new(),
        waiting: Vec::new(),
        applied: 0,
        depth: 0,
    };
    writer.apply(0);
    Written { way, script: writer.script, choices: writer.choices.made, spans: writer.choices.spans }
}

/// The weights of this one script: some alternatives are left out, some are liked.
fn fashion(grammar: &Grammar, choices: &mut Choices) -> Vec<Vec<u32>> {
    let mut weights: Vec<Vec<u32>> = grammar.rules.iter().map(|rule| rule.weights.clone()).collect();
    if let Some(rng) = choices.mood() {
        for weight in weights.iter_mut().filter(|rule| rule.len() > 1).flatten() {
            match rng.u32(..4 * OUT_OF_FASHION) {
                0..4 => *weight = 0,
                4 => *weight *= 8,
                _ => {}
            }
        }
    }
    weights
}

struct Writer<'grammar> {
    grammar: &'grammar Grammar,
    weights: Vec<Vec<u32>>,
    choices: Choices,
    script: String,
    /// Bodies of here-documents whose operator is written and whose line is not at its end yet.
    waiting: Vec<String>,
    applied: u32,
    depth: u32,
}

impl Writer<'_> {
    fn apply(&mut self, number: usize) {
        let grammar = self.grammar;
        let rule: &Rule = &grammar.rules[number];
        let first = self.choices.made.len();
        self.applied += 1;
        self.depth += 1;
        let simplest = self.applied > LONGEST || self.depth > DEEPEST;
        let index = self.choices.weighted(&self.weights[number], simplest);
        self.pieces(&rule.alternatives[index]);
        self.depth -= 1;
        let choices = first..self.choices.made.len();
        self.choices.spans.push(Span { rule: number, choices });
    }

    fn pieces(&mut self, pieces: &[Piece]) {
        let mut outer = Vec::new();
        for piece in pieces {
            match piece {
                Piece::Text(text) => self.script += text,
                Piece::Newline => self.newline(),
                Piece::Open => outer.push(mem::take(&mut self.waiting)),
                Piece::Close => {
                    self.finish_documents();
                    self.waiting = outer.pop().unwrap_or_default();
                }
                Piece::Part(form, rule) => self.part(*form, *rule),
            }
        }
    }

    fn newline(&mut self) {
        self.script.push('\n');
        for body in mem::take(&mut self.waiting) {
            self.script += &body;
        }
    }

    fn finish_documents(&mut self) {
        if !self.waiting.is_empty() {
            self.newline();
        }
    }

    fn part(&mut self, form: Form, rule: usize) {
        match form {
            Form::Plain => self.apply(rule),
            Form::Repeated { least } => self.repeat(rule, least),
            Form::SingleQuoted => {
                let text = self.aside(rule);
                self.script += &format!("'{}'", text.replace('\'', r"'\''"));
            }
            Form::Backquoted => {
                let text = self.aside(rule);
                self.script += &text.replace('\\', r"\\").replace('`', r"\`");
            }
            Form::HereDocument => self.here_document(rule),
        }
    }

    fn repeat(&mut self, rule: usize, least: u32) {
        let count = least + self.choices.below(4 - least);
        for number in 0..count {
            if number > 0 {
                self.script.push(' ');
            }
            self.apply(rule);
        }
    }

    /// The text of a rule on its own, not in the script.
    fn aside(&mut self, rule: usize) -> String {
        let script = mem::take(&mut self.script);
        let waiting = mem::take(&mut self.waiting);
        self.apply(rule);
        self.finish_documents();
        self.waiting = waiting;
        mem::replace(&mut self.script, script)
    }

    fn here_document(&mut self, rule: usize) {
        let (operator, delimiter) =
            [("<<E", "E"), ("<<-E", "\tE"), ("<<'E'", "E"), ("<<\\E", "E"), ("<<-\"E F\"", "\tE F")]
                [self.choices.below(5) as usize];
        self.script += operator;
        let mut body = self.aside(rule);
        if !body.is_empty() && !body.ends_with('\n') {
            body.push('\n');
        }
        self.waiting.push(format!("{body}{delimiter}\n"));
    }
}
