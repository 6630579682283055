//! Values of expressions, as Bash 5.3 computed them.

use super::*;
use bash_parser::ast::Subscript;
use std::collections::HashMap;

/// Variables in a map. An array element's subscript is part of its key.
#[derive(Default)]
struct Variables(HashMap<(&'static str, Option<i64>), Vec<u8>>);

impl Variables {
    fn with(pairs: &[(&'static str, &str)]) -> Variables {
        Variables(pairs.iter().map(|(name, value)| ((*name, None), value.as_bytes().to_vec())).collect())
    }

    /// The number from which negative subscripts count.
    fn length(&self, array: &str) -> i64 {
        let last = self.0.keys().filter(|(name, _)| *name == array).filter_map(|(_, at)| *at).max();
        last.map_or(0, |last| last + 1)
    }

    fn answer(&mut self, text: &str) -> Result<i64, String> {
        evaluate_at_level(&parse(text.as_bytes()), text.as_bytes(), 1, self)
    }
}

impl ArithContext for Variables {
    type Error = String;
    type Place = (&'static str, Option<i64>);

    fn place(&mut self, target: &Lvalue, level: u32) -> Result<Self::Place, String> {
        let subscript = match target.subscript.as_deref() {
            Some(Subscript::Text { source, .. }) => {
                Some(evaluate_at_level(&parse(source), source, level + 1, self)?)
            }
            _ => None,
        };
        let name = target.name.as_str();
        let subscript = subscript.map(|at| if at < 0 { at + self.length(name) } else { at });
        Ok((name, subscript))
    }

    fn read(&mut self, place: &Self::Place) -> Result<ArithValue, String> {
        Ok(match self.0.get(place) {
            None => ArithValue::Integer(0),
            Some(text) => ArithValue::Text(text.as_slice().into()),
        })
    }

    fn write(&mut self, place: &Self::Place, value: i64) -> Result<(), String> {
        self.0.insert(*place, value.to_string().into_bytes());
        Ok(())
    }

    fn fail(&mut self, error: ArithError) -> String {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        format!("{}: {} (error token is \"{}\")", text(&error.expression), error.message, text(&error.token))
    }
}

/// Each line of `answers.txt`: an expression, what it yields (or the message), and `x y z a[0] a[1] a[2]` after it,
/// as Bash 5.3 was seen to answer.
#[test]
fn answers_are_bashs() {
    let mut count = 0;
    for line in include_str!("answers.txt").lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let [text, answer, state] = fields[..] else { panic!("bad line: {line}") };
        let mut variables =
            Variables::with(&[("x", "5"), ("y", "0"), ("z", "-3"), ("s", "x+1"), ("h", "0x1F")]);
        for (at, value) in ["1", "2", "3"].iter().enumerate() {
            variables.0.insert(("a", Some(at as i64)), value.as_bytes().to_vec());
        }
        let got = match variables.answer(text) {
            Ok(value) => value.to_string(),
            Err(message) => message,
        };
        assert_eq!(got, answer, "for `{text}`");
        let shown: Vec<String> =
            [("x", None), ("y", None), ("z", None), ("a", Some(0)), ("a", Some(1)), ("a", Some(2))]
                .iter()
                .map(|place| String::from_utf8_lossy(&variables.0[place]).into_owned())
                .collect();
        assert_eq!(shown.join(" "), state, "after `{text}`");
        count += 1;
    }
    assert!(count > 300);
}

#[test]
fn a_variable_may_hold_an_expression() {
    let mut variables = Variables::with(&[("x", "y + 1"), ("y", " 0x10 "), ("e", ""), ("b", " ")]);
    assert_eq!(variables.answer("x * 2"), Ok(34));
    assert_eq!(variables.answer("e + b"), Ok(0));
}

#[test]
fn recursion_ends_after_1024_levels() {
    let mut variables = Variables::with(&[("rec", "rec2 + 1"), ("rec2", "1 + rec  ")]);
    assert_eq!(
        variables.answer("1 + rec"),
        Err("rec2 + 1: expression recursion level exceeded (error token is \"rec2 + 1\")".to_owned())
    );
}

#[test]
fn subscripts_nest_as_deep_as_bash_goes() {
    let text = "a[".repeat(1000) + "0" + &"]".repeat(1000);
    assert_eq!(Variables::default().answer(&text), Ok(0));
    let text = "a[".repeat(5000) + "0" + &"]".repeat(5000);
    let message = Variables::default().answer(&text).unwrap_err();
    assert!(message.contains("expression recursion level exceeded"));
}

#[test]
fn long_sums_do_not_need_a_deep_stack() {
    let text = "1+".repeat(1_000_000) + "1";
    assert_eq!(Variables::default().answer(&text), Ok(1_000_001));
    let text = "x=".repeat(20_000) + "1";
    assert_eq!(Variables::default().answer(&text), Ok(1));
}

#[test]
fn the_smallest_integer_survives_division_by_minus_one() {
    let mut variables = Variables::with(&[("x", "-9223372036854775808")]);
    assert_eq!(variables.answer("x / -1"), Ok(i64::MIN));
    assert_eq!(variables.answer("x % -1"), Ok(0));
    assert_eq!(variables.answer("x /= -1"), Ok(i64::MIN));
    assert_eq!(variables.answer("x--"), Ok(i64::MIN));
    assert_eq!(variables.answer("x"), Ok(i64::MAX));
}
