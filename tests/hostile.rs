//! Scripts that mean harm, or look as if they did: nesting without end, recursion without end, numbers at the edge,
//! bytes that are no text, limits that leave no room. Whatever a script does, the shell ends by itself, in time,
//! without a panic; and what it took from the system it gives back.

#[path = "program/bench.rs"]
mod bench;

#[path = "hostile/signals.rs"]
mod signals;

use bench::{Bench, program};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// How deep the nesting goes.
const DEEP: usize = 10_000;

/// How a script ended.
struct End {
    stdout: String,
    stderr: String,
    status: i32,
}

impl End {
    fn says(self, text: &str) -> End {
        assert!(self.stderr.contains(text), "no {text:?} in {:.400}", self.stderr);
        self
    }

    fn prints(self, text: &str) -> End {
        assert!(self.stdout.contains(text), "no {text:?} in {:.400}; {:.400}", self.stdout, self.stderr);
        self
    }

    fn with(self, status: i32) -> End {
        assert_eq!(self.status, status, "{:.400}", self.stderr);
        self
    }
}

/// Runs a script with at most 6 GB of address space and 10 seconds. It must not be ended by a signal, nor panic.
fn survives(script: impl AsRef<[u8]>) -> End {
    let bench = Bench::new();
    bench.file("script", script.as_ref());
    let shown = String::from_utf8_lossy(&script.as_ref()[..script.as_ref().len().min(120)]).into_owned();
    let output = limited(&bench, &shown);
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!stderr.contains("panicked"), "{shown}: {stderr:.2000}");
    assert_eq!(output.status.signal(), None, "{shown}: {stderr:.400}");
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    End { stdout, stderr, status: output.status.code().unwrap_or(-1) }
}

/// So long may a script take, on a machine that has much else to do.
const MOST: Duration = Duration::from_secs(60);

fn limited(bench: &Bench, shown: &str) -> Output {
    let child = Command::new("/bin/sh")
        .args(["-c", "ulimit -v 6000000; ulimit -c 0; exec \"$0\" script", program()])
        .current_dir(bench.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
        .expect("a process");
    let (pid, start) = (child.id(), Instant::now());
    let (ended, end) = std::sync::mpsc::channel::<()>();
    let watch = std::thread::spawn(move || {
        let _ = end.recv_timeout(MOST);
        let _ = Command::new("/bin/sh").args(["-c", &format!("kill -9 -{pid} 2>/dev/null")]).status();
    });
    let output = child.wait_with_output().expect("its output");
    let took = start.elapsed();
    drop(ended);
    watch.join().expect("the watch");
    assert!(took < MOST, "took {took:?}: {shown}");
    output
}

/// `open` many times, `core`, `close` as often, in a line that starts with `before`.
fn nest(before: &str, open: &str, core: &str, close: &str) -> String {
    format!("{before}{}{core}{}\necho end $?\n", open.repeat(DEEP), close.repeat(DEEP))
}

/// Nesting that Bash has no limit for ends in an error of syntax, closed or not.
fn too_deep(before: &str, open: &str, core: &str, close: &str) {
    survives(nest(before, open, core, close)).with(2).says("nested too deeply");
    survives(format!("{before}{}{core}\n", open.repeat(DEEP))).with(2);
}

#[test]
fn nested_substitutions_are_an_error() {
    too_deep("echo ", "$(echo ", "x", ")");
    too_deep("echo ", "\"$(echo ", "x", ")\"");
    too_deep("echo ", "${x:-", "x", "}");
    too_deep("echo ", "\"${x:-", "x", "}\"");
    too_deep("echo ", "${ echo ", "x", "; }");
    too_deep("cat ", "<(echo ", "x", ")");
    too_deep("echo ", "$((", "1", "))");
    too_deep("echo ", "${a[", "0", "]}");
    too_deep("", "a[", "0", "]=1");
}

#[test]
fn nested_commands_are_an_error() {
    too_deep("", "( ", ":", " )");
    too_deep("", "{ ", ":", " ;}");
    too_deep("", "if ", ":", " ; then :; fi");
    too_deep("", "if true; then ", ":", " ; fi");
    too_deep("", "while ", "false", " ; do :; done");
    too_deep("", "while true; do ", ":", " ; break; done");
    too_deep("", "case a in a) ", ":", " ;; esac");
    too_deep("", "f() { ", ":", " ;}");
    too_deep("", "((", "1", "))");
    too_deep("shopt -s extglob\necho ", "@(", "a", ")");
}

#[test]
fn nested_conditions_end() {
    survives(format!("[[ {}a{} ]]\n", "( ".repeat(DEEP), " )".repeat(DEEP))).with(2);
    survives(format!("[[ {}a\n", "( ".repeat(DEEP))).with(2);
    survives(format!("[[ {}a ]]\n", "! ".repeat(DEEP))).with(2);
    survives(format!("[[ a =~ {}a{} ]]\n", "(".repeat(DEEP), ")".repeat(DEEP))).with(2);
    survives(format!("[ {}a{} ]; echo end\n", "\\( ".repeat(DEEP), " \\)".repeat(DEEP))).prints("end");
    survives(format!("test {}a; echo end $?\n", "! ".repeat(DEEP))).prints("end 0");
    survives(format!("[[ {}a ]]; echo end $?\n", "a && ".repeat(100_000))).prints("end 0");
}

#[test]
fn nested_arithmetic_ends() {
    survives(nest("echo $((", "- ", "1", "") + "))\n");
    survives(format!("echo $(( {}1 ))\n", "- ".repeat(DEEP))).prints("1");
    survives(format!("echo $(( {}1{} ))\n", "1?".repeat(DEEP), ":1".repeat(DEEP))).prints("1");
    survives(format!("echo $(( {}1 ))\n", "1**".repeat(DEEP))).prints("1");
    survives(format!("echo $(( {}1 ))\n", "a=".repeat(DEEP))).prints("1");
    survives(format!("echo $(( {}1 ))\n", "1+".repeat(100_000))).prints("100001");
    survives(format!("echo $(( {}0{} )); echo end\n", "a[".repeat(DEEP), "]".repeat(DEEP)));
}

#[test]
fn unclosed_mixtures_are_errors() {
    for open in ["\"$(", "$((", "${x-\"$((", "${", "<(", "x=(", "case x in ", "for ", "f() ", "`echo "] {
        survives(format!("echo {}\n", open.repeat(DEEP)));
    }
    for open in ["$((`\"${(<([[", "((a) ", "cat <<E\n$(", "'\"`$("] {
        survives(format!("{}\n", open.repeat(1000)));
    }
}

#[test]
fn evaluated_nesting_is_an_error() {
    let doubled =
        |step: &str| format!("x=:; for ((i=0;i<10000;i++)); do x=\"{step}\"; done; eval \"$x\"; echo end $?");
    survives(doubled("( $x )")).prints("end 2").says("nested too deeply");
    survives(doubled("{ $x ;}")).prints("end 2").says("nested too deeply");
    survives("x=$(printf '{ %.0s' {1..10000}); eval \"$x\"; echo end $?").prints("end 2");
    survives(format!("{}:; echo end $?", "eval ".repeat(1000))).prints("end 0");
    survives(format!("{}:; echo end $?", "time ".repeat(DEEP))).prints("end 0");
}

#[test]
fn endless_recursion_is_an_error() {
    let ends = |script: &str| survives(script).says("maximum nesting level exceeded");
    ends("f() { f; }; f").with(2);
    ends("x='eval \"$x\"'; eval \"$x\"").with(2);
    ends("f() { x=${ f; }; }; f").with(2);
    ends("f() { (f); }; f");
    ends("f() { x=$(f); }; f");
    ends("echo '. ./again' >again; . ./again").with(2);
    ends("command_not_found_handle() { nosuch; }; nosuch");
    ends("set -E; f() { false; f; }; trap f ERR; false").with(2);
    ends("z='${z@P}'; echo \"${z@P}\"; echo end");
    survives("FUNCNEST=10; f() { f; }; f").with(1).says("maximum function nesting level exceeded (10)");
}

#[test]
fn recursion_a_hundred_thousand_deep_comes_back() {
    survives("f() { (($1)) && f $(($1-1)); }; f 100000; echo end $?").prints("end 1");
}

#[test]
fn traps_that_set_themselves_off_end() {
    survives(
        "f() { false; }; trap f DEBUG; set -T; trap 'f; false' ERR; set -E; false; trap 'f; exit 3' EXIT; f",
    )
    .with(3);
    survives("f() { return 1; }; set -T; trap f RETURN; f; echo end $?").prints("end 1");
    survives("f() { exit 1; }; trap 'f; exit 2' EXIT; exit 5").with(1);
    survives("n=0; trap '((n++ > 1000)) && exit 4; kill -USR1 $$' USR1; kill -USR1 $$; while :; do :; done")
        .with(4);
}

#[test]
fn names_that_mean_themselves_end() {
    survives("shopt -s expand_aliases\nalias a=b b=a\na\nalias c='c c '\nc c\nalias e='e;e'\ne\necho end")
        .prints("end");
    survives("x=x; echo $((x))").with(1).says("expression recursion level exceeded");
    survives("y=z z=y; let y; a=('a[0]'); ((a[0])); echo no")
        .with(1)
        .says("expression recursion level exceeded");
    survives("declare -n a=b b=c c=a; a=1; echo $a").says("circular name reference");
    survives("f() { local -n x=x; x=1; }; f; echo end").prints("end");
    survives("PS4='${z@P}'; z='${z@P}'; set -x; : b; echo end").prints("end");
}

#[test]
fn a_hundred_thousand_commands_in_a_list() {
    for separator in ["true && ", "false || ", "true; ", "true\n"] {
        survives(format!("{}true; echo end $?", separator.repeat(100_000))).prints("end 0");
    }
}

#[test]
fn numbers_at_the_edge() {
    survives(
        "m=$((-9223372036854775807-1)); echo $((m/-1)) $((m%-1)) $((1<<64)) $((1>>-1)) $((-m)) $((2**64)) $((m-1)) \
         ${x:0:99999999999} {9223372036854775806..9223372036854775807} {1..3..-9223372036854775808}; let m/=-1 m%=-1; \
         shift 99999999999999; set -- a; shift 9223372036854775807; echo ${@: -9223372036854775808:3}; \
         a[9223372036854775807]=x; a+=(y z); a=([9223372036854775807]=q w); a[-9223372036854775808]=1; \
         printf '%*s' -9223372036854775808 x; printf '%(%Y)T' 9223372036854775807; read -n 99999999999 x; \
         mapfile -O 9223372036854775806 b <<<$'x\\ny\\nz'; getopts a x 9; OPTIND=9223372036854775807; getopts ab x -a; \
         SECONDS=-9223372036854775808; echo $SECONDS; for i in 1; do break 9223372036854775807; done; \
         pushd +9223372036854775807; history -d -9223372036854775808; wait %9223372036854775807; echo end",
    )
    .prints("end");
}

#[test]
fn sizes_without_measure() {
    survives("echo {1..1000000000} | head -c 1; echo end").prints("end").says("failed to allocate");
    survives(format!("echo {} | wc -c; echo end", "{a,b}".repeat(34)))
        .prints("end")
        .says("failed to allocate");
    survives("printf '%2000000000s' x | head -c 3; printf '%.2000000000f' 1 | head -c 3; echo end")
        .prints("end");
    survives("ulimit -v 1000000; x=aaaaaaaa; while :; do x+=$x; done").with(2).says("cannot allocate");
    survives(format!("cat <<E | wc -c\n{}E\n", "0123456789\n".repeat(200_000))).prints("2200000");
    survives(format!("echo {} | wc -c", "x".repeat(1_000_000))).prints("1000001");
    survives(format!("echo {} | wc -c", "x ".repeat(500_000))).prints("1000000");
    survives(format!("{}=1; echo end", "x".repeat(1_000_000))).prints("end");
    survives("export x=$(printf '%3000000s'); /bin/true; echo end $?").prints("end 126");
}

#[test]
fn quotes_that_never_end() {
    for open in ["'", "\"", "`", "$(", "${", "$'", "$((", "((", "<<E\n"] {
        survives(format!("echo ok\necho {open}{}", "x ".repeat(500_000))).prints("ok");
        survives(format!("echo ok\necho {open}{}", "x\n".repeat(500_000))).prints("ok");
    }
}

#[test]
fn bytes_that_are_no_text() {
    survives(b"echo a\ncat <<E\na\0b\nE\necho x\0y \"\0\" '\0' ${x\0} $(\0) `\0` $((\0))\n");
    for place in [
        "echo @ \"@\" '@' $'@' $(echo @) `echo @`",
        "echo ${@}",
        "echo $((@))",
        "@=1",
        "@() { :; }; @",
        "case @ in @) echo m;; esac",
        "[[ @ == @ ]]",
        "[[ @ =~ @ ]]",
        "for @ in a; do :; done",
        "cat <<@\nx@\n@",
        "declare -A h; h[@]=1; echo ${!h[@]}",
        "a[@]=1",
        "printf '%@'",
        "read -d @ x <<<a@",
        "IFS=@; x=a@b; echo $x",
        "echo {@..@} {a,@} ~@ *@?[@]",
        "trap @ @",
        "cd @",
        "set -o @",
        "ulimit -@",
        "exec @>&1",
        "let @",
        ". @",
        "x=@; echo ${x#@} ${x/@/@} ${x^} ${x@Q} ${x:0:1} ${x@@}",
        "declare -@",
        "alias @=a; @",
        "kill -@",
        "test @ -@ @",
    ] {
        let script: Vec<u8> = place.bytes().map(|byte| if byte == b'@' { 0xff } else { byte }).collect();
        survives(script);
    }
}

#[test]
fn patterns_and_expressions_that_explode() {
    survives("shopt -s extglob; x=$(printf 'a%.0s' {1..10000}); [[ ${x}b == *(*(a)) ]]; echo end $?")
        .prints("end 1");
    survives("x=$(printf 'a%.0s' {1..10000}); [[ $x == *a*a*a*a*a*a*a*a*b ]]; echo end $?").prints("end 1");
    survives("shopt -s extglob; x=$(printf 'a%.0s' {1..2000}); [[ $x == !(*a*b)!(*b*) ]]; echo end $?")
        .prints("end");
    survives("p=$(printf '[%.0s' {1..10000}); case x in $p) ;; esac; echo end").prints("end");
    survives("p=$(printf '[[:%.0s' {1..10000}); case x in $p) ;; esac; echo end").prints("end");
    survives("p=$(printf '(%.0s' {1..10000})a$(printf ')%.0s' {1..10000}); [[ a =~ $p ]]; echo end")
        .prints("end");
    survives("p=$(printf '(%.0s' {1..10000}); [[ a =~ $p ]]; echo end $?").prints("end 2");
    survives("[[ a =~ a{1,32767}{1,32767}{1,32767} ]]; echo end $?").prints("end 2");
    survives("[[ aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab =~ ^(a*)*$ ]]; echo end $?").prints("end 1");
}

#[test]
fn descriptors_run_out() {
    survives("exec 999999</dev/null; exec 2147483647>/dev/null; echo >&999999999999999; echo end")
        .prints("end");
    survives("for ((i=0;i<100000;i++)); do exec {v}>/dev/null || break; done; exec {v}>&-; echo end; ls | cat; echo end")
        .says("Too many open files")
        .prints("end");
    survives(
        "ulimit -n 10; echo a | cat | cat | cat | cat; x=$(echo b | cat); cat <<<c; cat <(echo d)\n\
         : >/dev/null 3>&1 4>&1 5>&1 6>&1 7>&1 8>&1 9>&1\nread x < <(echo a)\ncoproc cat\necho end",
    )
    .prints("end");
    for few in [0, 3, 5] {
        survives(format!(
            "ulimit -n {few}; echo a | cat; x=$(echo b); cat <<<c; /bin/true; (echo s); echo end"
        ))
        .prints("end");
    }
}

#[test]
fn other_limits() {
    survives("ulimit -s 64; (echo a) | (cat); x=$(echo a); true & wait; f() { (($1)) && f $(($1-1)); }; f 5000; echo end")
        .prints("end");
    survives("ulimit -u 1; echo a | cat; x=$(echo b); /bin/true; true & wait; coproc cat; echo end")
        .prints("end");
    survives("trap '' XFSZ; ulimit -f 0; echo a >f; cat <<<x; printf '%100000s' x >f; echo end")
        .prints("end");
}

#[test]
fn nowhere_to_write_and_nothing_to_read() {
    survives(
        "exec <&- >&- 2>&-; echo a; read x; cat <<<b; echo c | cat; x=$(echo d); (echo e); true & wait; exec 3>&1\n\
         printf -v y a; nosuch; . /dev/null; exit 7",
    )
    .with(7);
    survives("exec >/dev/full; echo a; printf x; x=$(echo a >/dev/full); echo a | cat; help cd; set; trap -p; echo end >&2")
        .says("end")
        .says("No space left on device");
    survives("exec 2>/dev/full; nosuch; set -x; echo a; time :; select x in a b; do break; done; echo end")
        .prints("end");
}

/// What a shell has open, and runs, after `work`; and before it. What runs beside it may take some seconds to end on a busy
/// machine, and a process behind a substitution is waited for when the next one is made.
fn resources(work: &str) -> (Vec<i64>, Vec<i64>) {
    let count =
        "count() { local fds=(/proc/$$/fd/*) threads=(/proc/$$/task/*); echo ${#fds[@]} ${#threads[@]}; }\n";
    let warm_up = ": | :; x=$(:); /bin/true; read x < <(echo a); : <<<x; : & wait\n";
    // What is still ending on a busy machine is waited for.
    let settle = "settle() { local fds threads s; for ((s=0; s<100; s++)); do sleep 0.1; : < <(:); fds=(/proc/$$/fd/*) \
        threads=(/proc/$$/task/*); ((${#fds[@]} <= $1 + 4 && ${#threads[@]} <= $2 + 8)) && break; done; }\n";
    let script = format!(
        "{count}{settle}{warm_up}before=$(count); echo $before; {work}; wait; settle $before; count; \
         /bin/ps --ppid $$ -o stat= | /bin/grep -c Z"
    );
    let end = survives(script);
    let counts = |line: &str| line.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    let lines: Vec<&str> = end.stdout.lines().collect();
    let zombies: usize = lines.get(2).and_then(|line| line.parse().ok()).expect("a number");
    assert!(zombies < 20, "{zombies} zombies: {work}");
    (counts(lines[0]), counts(lines[1]))
}

#[test]
fn what_was_taken_is_given_back() {
    for work in [
        "for ((i=0;i<1000;i++)); do : & done",
        "for ((i=0;i<300;i++)); do sleep 0.1 & done",
        "for ((i=0;i<2000;i++)); do : | :; done",
        "for ((i=0;i<300;i++)); do x=$(echo a); y=$(/bin/true); : <<<x; /bin/echo a | { read z; } ; done",
        "for ((i=0;i<300;i++)); do read z < <(echo a); : > >(:); done",
        "for ((i=0;i<300;i++)); do { :; } | cat <(:) & done",
    ] {
        let (before, after) = resources(work);
        assert!(after[0] <= before[0] + 4, "descriptors {before:?} {after:?}: {work}");
        assert!(after[1] <= before[1] + 8, "threads {before:?} {after:?}: {work}");
    }
}
