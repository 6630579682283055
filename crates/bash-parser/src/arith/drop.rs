//! Taking an expression apart without recursion: `1+1+1+…` is as deep as it is long.

use crate::ast::ArithExpr;

impl Drop for ArithExpr {
    fn drop(&mut self) {
        if children(self).all(is_leaf) {
            return;
        }
        let mut todo = Vec::new();
        take_children(self, &mut todo);
        while let Some(mut node) = todo.pop() {
            take_children(&mut node, &mut todo);
        }
    }
}

/// The expressions directly within `node`.
pub fn children(node: &ArithExpr) -> impl Iterator<Item = &ArithExpr> {
    let (first, second, third): (Option<&ArithExpr>, Option<&ArithExpr>, Option<&ArithExpr>) = match node {
        ArithExpr::Unary(_, a) | ArithExpr::Assign(_, _, a) | ArithExpr::Located(a, _) => {
            (Some(a), None, None)
        }
        ArithExpr::Binary(_, a, b) | ArithExpr::And(a, b) | ArithExpr::Or(a, b) | ArithExpr::Comma(a, b) => {
            (Some(a), Some(b), None)
        }
        ArithExpr::Conditional(a, b, c) => (Some(a), Some(b), Some(c)),
        ArithExpr::Empty
        | ArithExpr::Number(_)
        | ArithExpr::Value(_)
        | ArithExpr::Operand(_)
        | ArithExpr::PreStep(..)
        | ArithExpr::PostStep(..)
        | ArithExpr::Error(_) => (None, None, None),
    };
    first.into_iter().chain(second).chain(third)
}

fn is_leaf(node: &ArithExpr) -> bool {
    children(node).next().is_none()
}

fn take_children(node: &mut ArithExpr, into: &mut Vec<ArithExpr>) {
    let mut take = |child: &mut ArithExpr| {
        if !is_leaf(child) {
            into.push(std::mem::replace(child, ArithExpr::Empty));
        }
    };
    match node {
        ArithExpr::Unary(_, a) | ArithExpr::Assign(_, _, a) | ArithExpr::Located(a, _) => take(a),
        ArithExpr::Binary(_, a, b) | ArithExpr::And(a, b) | ArithExpr::Or(a, b) | ArithExpr::Comma(a, b) => {
            take(a);
            take(b);
        }
        ArithExpr::Conditional(a, b, c) => {
            take(a);
            take(b);
            take(c);
        }
        _ => {}
    }
}
