//! One test for each construct: what the tree is, as Bash 5.3 was seen to read it.

use super::show::{shown, shown_in};
use crate::ast::{DocumentText, HereDocument, RedirectTarget};
use crate::{Dialect, NoAliases, Parsed, Parser};

#[track_caller]
fn check(cases: &[(&str, &str)]) {
    for (source, expected) in cases {
        assert_eq!(shown(source), *expected, "{source}");
    }
}

#[test]
fn lists_and_pipelines_keep_their_operators() {
    check(&[
        ("a; b & c", "=a; =b &; =c"),
        ("a && b || c | d |& e", "=a && =b || =c | =d 2DuplicateOutput =1 | =e"),
        ("! a | b", "! =a | =b"),
        ("! ! a", "=a"),
        ("time -p a | b", "time -p =a | =b"),
        ("time -- a", "time -p =a"),
        ("time ! a", "time ! =a"),
        ("a | time b", "=a | =time =b"),
        ("time", "time "),
        ("a\n", "=a"),
        ("# comment\n\n a # more", "=a"),
    ]);
}

#[test]
fn quotes_become_parts() {
    check(&[
        (r#"a'b c'"d $e"\f"#, r#"a'b c'"d <e>"\f"#),
        (r#"'a'"b"\c$'\n'"#, "='a'\"b\"\\c$'\n'"),
        (r#""\a\$\"\`\\""#, r#"="\a\$\"\`\\""#),
        (r#"$"hi $x""#, r#"$"hi <x>""#),
        ("a\\\nb", "=ab"),
        ("\"a\\\nb\"", "=\"ab\""),
        ("a$ b$", "=a$ =b$"),
        ("''", "=''"),
        ("* [a] a? [ [[a", "* [a] a? =[ =[[a"),
    ]);
}

#[test]
fn parameters_are_told_apart() {
    check(&[
        (
            "$x $1 $10 $@ $* $# $? $- $$ $!",
            "<x> <1> <1>0 <At> <Star> <Count> <Status> <Flags> <ShellPid> <BackgroundPid>",
        ),
        ("${x} ${10} ${#x} ${#} ${##} ${#-}", "<x> <10> <x length> <Count> <Count length> <Flags length>"),
        (
            "${#-x} ${#:-x} ${##2} ${#%2}",
            "<Count Use =x> <Count :Use =x> <Count Prefix =2> <Count Suffix =2>",
        ),
        ("${x:-a} ${x=b} ${x:?c} ${x+d}", "<x :Use =a> <x Assign =b> <x :Error =c> <x Alternative =d>"),
        (
            "${x#a} ${x##*/} ${x%b} ${x%%.*}",
            "<x Prefix =a> <x Prefix longest */> <x Suffix =b> <x Suffix longest .*>",
        ),
        (
            "${x/a/b} ${x//a} ${x/#a/} ${x/%a/b/c}",
            "<x First =a by =b> <x All =a> <x Prefix =a by => <x Suffix =a by =b/c>",
        ),
        ("${x////-} ${x//\\//-} ${x/$y/'/'}", "<x All =/ by =-> <x All =\\/ by =-> <x First <y> by ='/'>"),
        (
            "${x:1} ${x: -1:2} ${x:a?b:c:d} ${x:(1):y}",
            "<x from =1> <x from = -1 for =2> <x from =a?b:c for =d> <x from =(1) for =y>",
        ),
        ("${x^} ${x^^[a-z]} ${x,,} ${x~}", "<x Upper> <x Upper all [a-z]> <x Lower all> <x Toggle>"),
        (
            "${x@Q} ${x@z} ${!x} ${!x*} ${!x@} ${!x[@]}",
            "<x @Q> <bad ${x@z}> <!x> <x names false> <x names true> <x[@] keys>",
        ),
        ("${a[1]} ${a[@]} ${a[*]} ${#a[@]} ${a[$i]}", "<a[=1]> <a[@]> <a[*]> <a[@] length> <a[<i>]>"),
        ("${} ${a.b} ${x!} ${1[0]}", "<bad ${}> <bad ${a.b}> <bad ${x!}> <bad ${1[0]}>"),
        ("${!#} ${!1} ${!x:-y}", "<!Count> <!1> <!x :Use =y>"),
    ]);
}

#[test]
fn single_quotes_within_double_quoted_braces_are_plain() {
    check(&[
        (r#""${x:-'a'}""#, r#""<x :Use ='a'>""#),
        (r#""${x:-'$y'}""#, r#""<x :Use '<y>'>""#),
        (r#""${x#'a'}""#, r#""<x Prefix ='a'>""#),
        (r#""${x:-"a b"}""#, r#""<x :Use ="a b">""#),
        (r#""${x:-\}\a}""#, r#""<x :Use =\}\a>""#),
        (r#"${x:-'a'}"#, r#"<x :Use ='a'>"#),
    ]);
    assert_eq!(
        shown("cat <<E\n${x:-\"a\"} ${x:-'b'} \\\" \\$\nE\n"),
        "=cat HereDocument <x :Use =\"a\"> <x :Use ='b'> \\\" \\$/"
    );
}

#[test]
fn tildes_stand_where_bash_expands_them() {
    check(&[
        ("~ ~/x ~root/x a~ '~' ~\"x\" ~$x", "<~> <~>/x <~root>/x =a~ ='~' =~\"x\" ~<x>"),
        ("a=~:~/b:c~ b=x:~", "a:=<~>:<~>/b:c~ b:=x:<~>"),
        ("echo a=~ b=c:~ --a=~ a[1]=~", "=echo a=<~> b=c:<~> =--a=~ a[1]=<~>"),
        ("x=\"a\":~ y=a\\:~", "x:=\"a\":<~> y:==a\\:~"),
        ("${x:-~} ${x#~/}", "<x :Use <~>> <x Prefix <~>/>"),
        ("{~,/x}/y {~/a,~/b} ~{,x}", "<{ <~>|/x>/y <{ <~>/a|<~>/b> ~<{ |x>"),
    ]);
}

#[test]
fn braces_form_expressions_when_a_comma_or_range_says_so() {
    check(&[
        ("{a,b} x{a,}y {a,{b,c}}", "<{ a|b> x<{ a|>y <{ a|<{ b|c>>"),
        ("{1..3} {01..10..2} {a..e} {3..-1}", "<{ 1..3..1 %0> <{ 1..10..2 %2> <{ a..e..1> <{ 3..-1..1 %0>"),
        ("{} {a} {a,b {1..a} {1..2,3}", "={} ={a} ={a,b ={1..a} <{ 1..2|3>"),
        ("{a},b} {{a,b} {a,b}}", "<{ a}|b> {<{ a|b> <{ a|b>}"),
        ("{\"a\",$b} \"{a,b}\" {a\\,b,c} ${x}{a,b}", "<{ \"a\"|<b>> =\"{a,b}\" <{ a\\,b|c> <x><{ a|b>"),
        ("x={a,b}", "x:=={a,b}"),
    ]);
    let plain = Dialect { braces: false, ..Dialect::default() };
    assert_eq!(shown_in("echo {a,b}", plain), "=echo ={a,b}");
}

#[test]
fn assignments_and_declarations() {
    check(&[
        ("a=1 b+=2 c[i]=3 d= e", "a:==1 b+==2 c[=i]:==3 d:== =e"),
        ("a=(1 'x y' [2]=z [k]+=w)", "a:=(=1 ='x y' [=2]:==z [=k]+==w)"),
        ("a=(1 # one\n2)", "a:=(=1 =2)"),
        ("declare -a x=(1 2) y=$z w", "=declare =-a x:=(=1 =2) y:=<z> =w"),
        ("eval a=(1) b=~", "=eval a:=(=1) b=<~>"),
        ("let a=(4*3)/2", "=let a:=(4*3)/2"),
        ("echo a=$b a[1]", "=echo a=<b> a[1]"),
        ("a[1] b", "a[1] =b"),
        ("declare a[1] x={a,b}", "=declare a[1] x=<{ a|b>"),
        ("a[x y]=1", "a[=x y]:==1"),
        ("a[$(b)]=1", "a[<$ =b>]:==1"),
    ]);
    assert!(shown("foo a=(1)").starts_with("error 1: syntax error near unexpected token `('"));
    assert!(shown("command declare a=(1)").starts_with("error 1"));
}

#[test]
fn substitutions_hold_their_commands() {
    check(&[
        ("$(a b) `c \\`d\\``", "<$ =a =b> <` =c <` =d>>"),
        ("$(<f) $(< f) $(<f cat)", "<$file Read =f> <$file Read =f> <$ =cat Read =f>"),
        ("${ a; } ${| b; }", "<${ =a> <${| =b>"),
        ("a <(b) >(c)", "=a <<( =b> <>( =c>"),
        ("$((1+$x)) $[2] $((a) + b)", "<(( 1+<x>> <[ =2> <$ error syntax error near unexpected token `+'>"),
        ("$((a); (b))", "<$ ( =a ); ( =b )>"),
        ("`if`", "<` error syntax error: unexpected end of file from `if' command on line 1>"),
        ("\"`echo \\\"a\\\"`\"", "\"<` =echo =\"a\">\""),
        ("$(case x in x) y;; esac)", "<$ case =x in =x) =y ;; esac>"),
        ("$(# comment )\na)", "<$ =a>"),
    ]);
}

#[test]
fn compound_commands() {
    check(&[
        ("if a; then b; elif c; then d; else e; fi", "if =a then =b elif =c then =d else =e fi"),
        ("while a\ndo b; done; until c; do d; done", "while =a do =b done; until =c do =d done"),
        ("for x in a b; do c; done", "for x in =a =b do =c done"),
        ("for x; do c; done; for y\n{ d; }", "for x do =c done; for y do =d done"),
        ("for x in; do c; done", "for x in  do =c done"),
        ("for ((i=0; i<$n; i++)); do a; done", "for ((=i=0; i<<n>;= i++)) do =a done"),
        ("select x in a; do b; done", "select x in =a do =b done"),
        ("case $x in a|'b') c;; (d) ;& *) e ;;& esac", "case <x> in =a|='b') =c ;; =d)  ;& *) =e ;;& esac"),
        ("case x in a) b; esac", "case =x in =a) =b ;; esac"),
        ("{ a; } >f; (b)", "{ =a } Write =f; ( =b )"),
        ("((a+1)) && ((b) || c)", "((=a+1)) && ( ( =b ) || =c )"),
        ("f() { a; } >x; function g { b; }; function h() (c)", "f() { =a } Write =x; g() { =b }; h() ( =c )"),
        ("f ()\n\nif a; then b; fi", "f() if =a then =b fi"),
        ("coproc a b; coproc x { c; }; coproc { d; }", "coproc =a =b; coproc =x { =c }; coproc { =d }"),
    ]);
}

#[test]
fn conditional_expressions() {
    check(&[
        ("[[ -f a && ! b == c* || ( d -lt e ) ]]", "[[ ((-f =a && ! Matches =b c*) || [Less =d =e]) ]]"),
        ("[[ a =~ ^(b|c)+$ ]]", "[[ Regex =a ^(b|c)+$ ]]".replace("Regex =a ^", "Regex =a =^").as_str()),
        ("[[ $a = @(x|y) && a < b && c ]]", "[[ (MatchesSingle <a> <@( x|y> && (Before =a =b && =c)) ]]"),
        ("[[ a\\\n == b\n&& c ]]", "[[ (Matches =a =b && =c) ]]"),
    ]);
    assert!(shown("[[ a\n]]").starts_with("error 1: unexpected token `newline'"));
}

#[test]
fn redirections() {
    check(&[
        ("a >b 2>>c <d <>e >|f", "=a Write =b 2Append =c Read =d ReadWrite =e Clobber =f"),
        (
            "a 2>&1 <&3- >&- &>x &>>y",
            "=a 2DuplicateOutput =1 DuplicateInput =3- DuplicateOutput =- Both =x BothAppend =y",
        ),
        ("2>x a {fd}>y b 3 >z", "=a =b =3 2Write =x {fd}Write =y Write =z"),
        ("a <<<\"$x y\" <<<~", "=a HereString \"<x> y\" HereString <~>"),
        ("a 2x>y 22 3>z", "=a =2x =22 Write =y 3Write =z"),
        ("if a; then b; fi 2>x {v}<y", "if =a then =b fi 2Write =x {v}Read =y"),
    ]);
}

#[test]
fn here_documents() {
    check(&[
        ("a <<X <<'Y'; b\n1 $x\nX\n2 $y\nY\n", "=a HereDocument 1 <x>/ HereDocument =2 $y/; =b"),
        ("a <<-X\n\tb\n\t\tc\n\tX\n", "=a HereDocumentStripped =b/c/"),
        ("if a <<X\nb\nX\nthen c; fi", "if =a HereDocument =b/ then =c fi"),
        ("a $(b <<X\nc\nX\n) <<Y\nd\nY\n", "=a <$ =b HereDocument =c/> HereDocument =d/"),
        ("a <<X\nb\\\nc\nX\n", "=a HereDocument =bc/"),
        ("a <<X\nb\n", "=a HereDocument =b/"),
        ("a $(b <<X\nc\nX)", "=a <$ =b HereDocument =c/>"),
        ("a <<E'O'F\nb $c\nEOF\n", "=a HereDocument =b $c/"),
        ("a <<X\n`b` \\$ $((1))\nX\n", "=a HereDocument <` =b> \\$ <(( =1>/"),
        ("a <<-'\tX'\nb\n\tX\n", "=a HereDocumentStripped =b/"),
    ]);
}

#[test]
fn a_large_here_document_stays_in_the_script() {
    let line = "a line that $nobody expands\n";
    for (times, stays) in [(10, false), (50_000, true)] {
        let script = format!("cat <<'X'\n{}X\n", line.repeat(times));
        let document = document_of(&script);
        assert_eq!(document.source.as_bytes(), line.repeat(times).as_bytes());
        assert_eq!(matches!(document.source, DocumentText::Within { .. }), stays);
    }
}

/// The document that the only command of `script` reads.
fn document_of(script: &str) -> HereDocument {
    let Parsed::Command(list) = Parser::new(script, 1).next(Dialect::default(), &NoAliases) else {
        panic!("no command")
    };
    match &list.items[0].and_or.first.stages[0].command.redirects[0].target {
        RedirectTarget::Document(document) => (**document).clone(),
        RedirectTarget::Word(_) => panic!("no document"),
    }
}

#[test]
fn sixteen_here_documents_may_wait() {
    let line = |count: usize| {
        let operators: String = (0..count).map(|number| format!(" <<E{number}")).collect();
        let bodies: String = (0..count).map(|number| format!("{number}\nE{number}\n")).collect();
        format!("a{operators}\n{bodies}")
    };
    assert!(shown(&line(16)).ends_with("HereDocument =14/ HereDocument =15/"));
    assert!(shown(&line(17)).contains("maximum here-document count exceeded"));
}

#[test]
fn extended_patterns_are_an_option() {
    let extglob = Dialect { extglob: true, ..Dialect::default() };
    assert_eq!(shown_in("echo !(a|b*)c @(x|$y(z))", extglob), "=echo <!( a|b*>c <@( x|<y>(z)>");
    assert!(shown("echo @(a)").starts_with("error 1: syntax error near unexpected token `('"));
}

#[test]
fn comments_are_an_option() {
    let interactive = Dialect { comments: false, ..Dialect::default() };
    assert_eq!(shown_in("a #b", interactive), "=a =#b");
    assert_eq!(shown("a #b"), "=a");
    assert_eq!(shown("a b#c"), "=a =b#c");
}

#[test]
fn bytes_that_are_no_text_survive() {
    let mut parser = crate::Parser::new(b"echo \xff'\xfe'".to_vec(), 1);
    let crate::Parsed::Command(list) = parser.next(Dialect::default(), &crate::NoAliases) else {
        panic!("parses");
    };
    let crate::ast::CommandKind::Simple(simple) = &list.items[0].and_or.first.stages[0].command.kind else {
        panic!("is simple");
    };
    let crate::ast::Argument::Word(word) = &simple.words[1] else { panic!("is a word") };
    assert_eq!(word.constant.as_deref(), Some(&b"\xff\xfe"[..]));
}
