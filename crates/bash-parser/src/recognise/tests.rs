//! The recogniser against the grammar.

use super::{body, unit};
use crate::Dialect;
use crate::grammar::{body_entry, by_grammar, unit_entry};

fn dialects() -> impl Iterator<Item = Dialect> {
    (0..8).map(|bits| Dialect {
        extglob: bits & 1 != 0,
        comments: bits & 2 == 0,
        posix: bits & 4 != 0,
        ..Dialect::default()
    })
}

/// How many units of `text` were recognised; panics where the tree is not the grammar's.
fn agree(text: &str, dialect: Dialect) -> (usize, usize) {
    let (mut recognised, mut units, mut at) = (0, 0, 0);
    while at < text.len() {
        let rest = &text[at..];
        let entry = unit_entry(dialect);
        let wanted = by_grammar(rest, entry).unwrap();
        if let Some(found) = unit(rest, entry, dialect) {
            assert_eq!(found.entries(), wanted.entries(), "in {dialect:?}: {:?}", wanted.root().as_str());
            recognised += 1;
        }
        units += 1;
        at += wanted.root().as_str().len().max(1);
        while !text.is_char_boundary(at) {
            at += 1;
        }
    }
    (recognised, units)
}

fn agree_on_body(text: &str, dialect: Dialect) {
    let entry = body_entry(dialect);
    if let Some(found) = body(text, entry, dialect) {
        assert_eq!(found.entries(), by_grammar(text, entry).unwrap().entries(), "{text:?}");
    }
}

#[test]
fn nearly_all_of_the_specification_is_recognised() {
    let (mut recognised, mut units) = (0, 0);
    for text in scripts::all() {
        let found = agree(&text, Dialect::default());
        recognised += found.0;
        units += found.1;
    }
    assert!(recognised * 20 > units * 19, "{recognised} of {units}");
}

/// Texts in which every rule occurs, each on its own.
const FORMS: &[&str] = &[
    "",
    "\n",
    "# only\n",
    "a b\\\n c # d\n",
    "a;b&c\n",
    "! a | b |& c && d || ! e\n",
    "time -p a; time -- b; time\n",
    "!\n",
    "x=1 y+=2 a[1]=3 b=(1 [2]=3 [k]+=v) c=(1)x f a[1]\n",
    "declare -a x=1 y=(1 2) z >f w=2\nexport A\nlocal v=$1\n",
    "eval a=(1 2) b\nalias x='y'\nlet x=1 2>f\n",
    "2>f <g >>h 3<&4 &>i >|j <>k <<<l cmd 2>&1 >m\n",
    "f() { a; }\nf () (b) >x\nfunction g { a; } 2>&1\nfunction h() { a; }\n",
    "if a; then b; elif c\nthen d; else e; fi >x\n",
    "for x in a b; do c; done\nfor x\ndo c; done\nfor ((i=0;i<2;i++)); do c; done\nfor x in a; { b; }\n",
    "while a; do b; done; until a; do b; done < f\n",
    "select x in a b; do c; done\n",
    "case $x in a|b) c;; (d) e;& f) ;;& *) g; esac\n",
    "((x+1)); (a; b); ( (a) ); ((a) ; b)\n",
    "[[ -f a && ( b == c* || ! $d =~ ^(x|y)$ ) ]] && [[ a < b ]]; [[ a ]]\n",
    "[[ @(a) == @(b) ]]; [[ -n @(a) ]]; [[ x == a@(b|c)d && y != *(e) && z -eq @(f) ]]\n",
    "echo $[a['k'] < 1] $[b<(c)] ${a[b<(c)]}\n",
    "a < 3> b\na >&3> b\na > {x}> b\na 2> 3 4>& 5\n",
    "cat <<A <<B\nx\\\ny\n\\\nA\nz\nB\n",
    "'a'\"b$c`d`\\\"\"$'e\\''$\"f\"g\\h*?[x]!\n",
    "$x ${x} ${#x} ${!x} ${x[1]} ${x:-\"a\"'b'$c} ${x//a/b} ${x@Q} ${x:1:2} ${!x@} $1 ${10} $? $$\n",
    "$((1+(2))) $[3] $(a; b) $(<f) <(c) >(d) $((a) | b)\n",
    "?(a|b) *(c) @(d|(e)) !(f)\n",
    "cat <<A <<'B' <<-\"C\" <<\\D\n$x\nA\ny\nB\n\tz\n\tC\nw\nD\nx\n",
    "x=$(cat <<E\na\nE\n)\n",
    "{ a; } | { b; } && { c\n}\n",
    "a\u{e9}b=\u{e9} \\\u{e9} \"\\\u{e9}\"\n",
    "coproc a { b; }\n",
    "${ a; } ${| b; }\n",
    "if a; then\n",
    "a && \n",
    "(a",
    "a ) b\n",
    "echo \"x",
];

#[test]
fn every_form_reads_alike() {
    for dialect in dialects() {
        for form in FORMS {
            agree(form, dialect);
            agree_on_body(form, dialect);
        }
    }
}

/// How many texts of [`random_texts_read_alike`] there are.
const ROUNDS: usize = 3000;

/// Pieces of the forms in any order, and lines of real scripts with something wrong in them.
#[test]
fn random_texts_read_alike() {
    let scripts = scripts::all();
    let pieces: Vec<String> = FORMS
        .iter()
        .flat_map(|form| form.split_inclusive(' '))
        .map(str::to_owned)
        .chain("\" ' ` $ ( ) { } [ ] ; & | < > \\ # = + ! * ~ \n \t".split(' ').map(str::to_owned))
        .collect();
    let mut random = fastrand::Rng::with_seed(4);
    for round in 0..ROUNDS {
        let dialect = dialects().nth(round % 8).unwrap();
        let text: String = match round % 3 {
            0 => (0..random.usize(1..12)).map(|_| &*pieces[random.usize(..pieces.len())]).collect(),
            _ => mutated(&scripts[random.usize(..scripts.len())], &pieces, &mut random),
        };
        agree(&text, dialect);
        agree_on_body(&text, dialect);
    }
}

/// A few lines of `script`, with pieces put in or characters taken out.
fn mutated(script: &str, pieces: &[String], random: &mut fastrand::Rng) -> String {
    let lines: Vec<&str> = script.split_inclusive('\n').collect();
    if lines.is_empty() {
        return String::new();
    }
    let first = random.usize(..lines.len());
    let count = random.usize(1..=8).min(lines.len() - first);
    let mut text: Vec<char> = lines[first..first + count].concat().chars().collect();
    for _ in 0..random.usize(0..3) {
        let at = random.usize(..=text.len());
        if random.bool() && at < text.len() {
            text.remove(at);
        } else {
            let piece = &pieces[random.usize(..pieces.len())];
            text.splice(at..at, piece.chars());
        }
    }
    text.into_iter().collect()
}

/// The scripts of the specification.
#[cfg(test)]
mod scripts {
    use crate::source::decode;
    use std::path::Path;

    /// All of them, as texts.
    pub(super) fn all() -> Vec<String> {
        let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures")];
        let mut texts = vec![];
        while let Some(folder) = folders.pop() {
            for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "sh") {
                    texts.push(decode(&std::fs::read(path).unwrap()).into_owned());
                }
            }
        }
        texts
    }
}
