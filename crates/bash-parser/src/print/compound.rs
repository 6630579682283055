//! Compound commands.

use super::Printer;
use super::word::Quoting;
use crate::ast::arith::ArithText;
use crate::ast::{
    ArithForLoop, BinaryTest, CaseClause, CaseItem, CaseTerminator, ConditionalExpr, ForLoop, List,
    WhileLoop, Word,
};

impl<'t> Printer<'t> {
    pub(super) fn group(&mut self, list: &'t List) {
        self.text(b"{ ");
        if self.functions == 0 {
            self.same_line = true;
            self.list(list);
            self.flush_documents();
            self.after_document = false;
            self.semicolon();
            self.text(b" }");
            return;
        }
        self.text(b"\n");
        self.indented(|printer| printer.list(list));
        self.flush_documents();
        self.after_document = false;
        self.new_line(b"}");
    }

    pub(super) fn subshell(&mut self, list: &'t List) {
        self.text(b"( ");
        self.same_line = true;
        self.list(list);
        self.flush_documents();
        self.after_document = false;
        self.text(b" )");
    }

    /// `if`; the arms after the first are an `if` within `else`.
    pub(super) fn if_clause(&mut self, arms: &'t [(List, List)], otherwise: Option<&'t List>) {
        let Some(((condition, body), more)) = arms.split_first() else { return };
        self.text(b"if ");
        self.same_line = true;
        self.list(condition);
        self.flush_documents();
        self.semicolon();
        let after_document = std::mem::take(&mut self.after_document);
        self.text(if after_document { b"    then\n" } else { b" then\n" });
        self.body(body);
        if !more.is_empty() || otherwise.is_some() {
            self.semicolon();
            self.new_line(b"else\n");
        }
        if !more.is_empty() {
            self.indented(|printer| {
                printer.margin();
                printer.deeper(|printer| printer.if_clause(more, otherwise));
            });
        } else if let Some(otherwise) = otherwise {
            self.body(otherwise);
        }
        self.semicolon();
        self.new_line(b"fi");
    }

    /// A list on lines of its own, one level further in.
    fn body(&mut self, list: &'t List) {
        self.same_line = false;
        self.indented(|printer| printer.list(list));
        self.flush_documents();
    }

    pub(super) fn while_loop(&mut self, clause: &'t WhileLoop) {
        self.text(if clause.until { b"until " } else { b"while " });
        self.same_line = true;
        self.list(&clause.condition);
        self.flush_documents();
        self.semicolon();
        if std::mem::take(&mut self.after_document) {
            self.margin();
            self.text(b"do\n");
        } else {
            self.text(b" do\n");
        }
        self.body(&clause.body);
        self.semicolon();
        self.new_line(b"done");
    }

    /// `for x in words` or `select x in words`.
    pub(super) fn for_head(&mut self, keyword: &[u8], clause: &'t ForLoop) {
        self.text(keyword);
        self.text(&clause.variable);
        self.text(b" in ");
        match &clause.words {
            Some(words) => self.words(words, b" "),
            None => self.text(b"\"$@\""),
        }
    }

    fn words(&mut self, words: &'t [Word], separator: &[u8]) {
        for (at, word) in words.iter().enumerate() {
            if at > 0 {
                self.text(separator);
            }
            self.word(word);
        }
    }

    pub(super) fn for_loop(&mut self, keyword: &[u8], clause: &'t ForLoop) {
        self.for_head(keyword, clause);
        self.text(b";");
        self.do_done(&clause.body);
    }

    fn do_done(&mut self, body: &'t List) {
        self.new_line(b"do\n");
        self.body(body);
        self.semicolon();
        self.new_line(b"done");
    }

    pub(super) fn arith_for(&mut self, clause: &'t ArithForLoop) {
        self.text(b"for ((");
        self.arith_for_part(&clause.init);
        self.text(b"; ");
        self.arith_for_part(&clause.condition);
        self.text(b"; ");
        self.arith_for_part(&clause.step);
        self.text(b"))");
        self.do_done(&clause.body);
    }

    /// One of the three expressions: without leading blanks, and 1 if there is nothing else.
    fn arith_for_part(&mut self, text: &'t ArithText) {
        let start = self.out.len();
        self.arith_text(text, Quoting::Outside);
        let written = self.out.get(start..).unwrap_or_default();
        let blanks = written.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        self.out.drain(start..start + blanks);
        if self.out.len() == start {
            self.text(b"1");
        }
    }

    pub(super) fn case_head(&mut self, clause: &'t CaseClause) {
        self.text(b"case ");
        self.word(&clause.word);
        self.text(b" in ");
    }

    pub(super) fn case(&mut self, clause: &'t CaseClause) {
        self.case_head(clause);
        self.indented(|printer| {
            for (at, item) in clause.items.iter().enumerate() {
                if at > 0 || !printer.substitution {
                    printer.new_line(b"");
                }
                printer.case_item(item);
            }
        });
        self.new_line(b"esac");
    }

    fn case_item(&mut self, item: &'t CaseItem) {
        let start = self.out.len();
        self.words(&item.patterns, b" | ");
        if self.out.get(start..) == Some(b"esac") {
            self.out.insert(start, b'(');
        }
        self.text(b")\n");
        self.body(&item.body);
        self.new_line(match item.terminator {
            CaseTerminator::Break => b";;",
            CaseTerminator::FallThrough => b";&",
            CaseTerminator::TestNext => b";;&",
        });
    }

    pub(super) fn arith_command(&mut self, text: &'t ArithText) {
        self.text(b"((");
        self.arith_text(text, Quoting::Outside);
        self.text(b"))");
    }

    pub(super) fn conditional_command(&mut self, expr: &'t ConditionalExpr) {
        self.text(b"[[ ");
        self.conditional(expr);
        self.text(b" ]]");
    }

    pub(super) fn conditional(&mut self, expr: &'t ConditionalExpr) {
        self.deeper(|printer| printer.conditional_here(expr));
    }

    fn conditional_here(&mut self, expr: &'t ConditionalExpr) {
        match expr {
            ConditionalExpr::Not(inner) => self.negated(inner),
            ConditionalExpr::And(left, right) => {
                self.conditional(left);
                self.text(b" && ");
                self.conditional(right);
            }
            ConditionalExpr::Or(left, right) => {
                self.conditional(left);
                self.text(b" || ");
                self.conditional(right);
            }
            ConditionalExpr::Paren(inner) => {
                self.text(b"( ");
                self.conditional(inner);
                self.text(b" )");
            }
            ConditionalExpr::Unary(letter, operand) => {
                self.text(&[b'-', *letter, b' ']);
                self.word(operand);
            }
            ConditionalExpr::Binary(test, left, right) => {
                self.word(left);
                self.text(operator(*test));
                self.word(right);
            }
            ConditionalExpr::Word(word) => {
                self.text(b"-n ");
                self.word(word);
            }
        }
    }

    /// `! e`; two of them are none.
    fn negated(&mut self, mut inner: &'t ConditionalExpr) {
        let mut odd = true;
        while let ConditionalExpr::Not(next) = inner {
            inner = next;
            odd = !odd;
        }
        if odd {
            self.text(b"! ");
        }
        self.conditional(inner);
    }
}

fn operator(test: BinaryTest) -> &'static [u8] {
    match test {
        BinaryTest::Matches => b" == ",
        BinaryTest::MatchesSingle => b" = ",
        BinaryTest::NotMatches => b" != ",
        BinaryTest::Regex => b" =~ ",
        BinaryTest::Before => b" < ",
        BinaryTest::After => b" > ",
        BinaryTest::Equal => b" -eq ",
        BinaryTest::NotEqual => b" -ne ",
        BinaryTest::Less => b" -lt ",
        BinaryTest::LessEqual => b" -le ",
        BinaryTest::Greater => b" -gt ",
        BinaryTest::GreaterEqual => b" -ge ",
        BinaryTest::Newer => b" -nt ",
        BinaryTest::Older => b" -ot ",
        BinaryTest::SameFile => b" -ef ",
    }
}
