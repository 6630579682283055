//! Trees and complaints of arithmetic texts, as Bash 5.3 gave them.

use super::*;

/// The message that Bash 5.3 was seen to print for `text`, without its prefix; empty when there is none.
fn complaint(text: &str) -> String {
    let tree = parse(text.as_bytes());
    tree.first_error().map_or_else(String::new, |error| {
        format!(
            "{}: {} (error token is \"{}\")",
            String::from_utf8_lossy(&error.expression),
            error.message,
            String::from_utf8_lossy(&error.token)
        )
    })
}

fn value(name: &str) -> ArithExpr {
    ArithExpr::Value(Lvalue { name: Name::new(name), subscript: None })
}

fn binary(operator: BinaryOperator, left: ArithExpr, right: ArithExpr) -> ArithExpr {
    ArithExpr::Binary(operator, left.into(), right.into())
}

#[test]
fn blank_text_is_empty() {
    assert_eq!(parse(b""), ArithExpr::Empty);
    assert_eq!(parse(b" \t\n"), ArithExpr::Empty);
}

#[test]
fn multiplication_binds_tighter_than_addition() {
    let product = binary(BinaryOperator::Multiply, value("y"), ArithExpr::Number(3));
    assert_eq!(parse(b"x+y*3"), binary(BinaryOperator::Add, value("x"), product));
}

#[test]
fn power_groups_from_the_right_and_below_unary_minus() {
    let ArithExpr::Located(ref power, _) = parse(b"-2**x**2") else { panic!("located") };
    let ArithExpr::Binary(BinaryOperator::Power, ref left, ref right) = **power else { panic!("power") };
    assert!(matches!(**left, ArithExpr::Unary(UnaryOperator::Minus, _)));
    assert_eq!(**right, binary(BinaryOperator::Power, value("x"), ArithExpr::Number(2)));
}

#[test]
fn steps_bind_to_the_variable_before_them() {
    let target = Lvalue { name: Name::new("x"), subscript: None };
    let step = ArithExpr::PostStep(target.clone(), 1);
    assert_eq!(parse(b"x+++y"), binary(BinaryOperator::Add, step, value("y")));
    assert_eq!(parse(b"-- x"), ArithExpr::PreStep(target, -1));
}

#[test]
fn subscripts_keep_their_text() {
    let ArithExpr::Value(ref target) = parse(b"a[b[1]+\"]\"]") else { panic!("value") };
    let Some(Subscript::Text { source, .. }) = target.subscript.as_deref() else { panic!("subscript") };
    assert_eq!(&**source, b"b[1]+\"]\"");
}

#[test]
fn a_mistake_in_a_skipped_branch_stands_behind_it_too() {
    for text in ["0 && (1 + @)", "1 || @", "1 ? 2 : @", "0 ? @ : 1"] {
        let tree = parse(text.as_bytes());
        assert!(
            matches!(tree, ArithExpr::Comma(_, ref behind) if matches!(**behind, ArithExpr::Error(_))),
            "{text}: {tree:?}"
        );
    }
}

#[test]
fn deep_and_long_texts_are_read_and_dropped() {
    let deep = [b"(".repeat(10_000), b"1".to_vec(), b")".repeat(10_000)].concat();
    assert!(parse(&deep) == ArithExpr::Number(1));
    assert!(parse(&b"(".repeat(1_000_000)).first_error().is_some());
    assert!(parse(&b"- ".repeat(1_000_000)).first_error().is_some());
    assert!(parse(&b"1||(".repeat(100_000)).first_error().is_some());
    assert!(parse(&b"x=".repeat(1_000_000)).first_error().is_some());
    assert!(parse(&[b"1+".repeat(1_000_000), b"1".to_vec()].concat()).first_error().is_none());
    assert!(parse(&[b"x/".repeat(100_000), b"1".to_vec()].concat()).first_error().is_none());
    assert!(parse(&b"a[".repeat(1_000_000)).first_error().is_some());
    assert!(parse(&b"x ".repeat(1_000_000)).first_error().is_some());
}

#[test]
fn complaints_are_bashs() {
    let lines = include_str!("complaints.txt").lines();
    let pairs: Vec<(&str, &str)> = lines.filter_map(|line| line.split_once("\t")).collect();
    assert!(pairs.len() > 100);
    for (text, wanted) in pairs {
        assert_eq!(complaint(text), wanted, "for `{text}`");
    }
}
