//! Tests of the spec harness itself: its file format, its differences, its runner.
//!
//! They stand apart because `spec.rs` brings its own `main`, under which `#[test]` functions never run.

#[path = "spec/case_file.rs"]
mod case_file;
#[path = "spec/diff.rs"]
mod diff;
#[path = "spec/record.rs"]
mod record;
#[path = "spec/runner.rs"]
mod runner;

mod of_case_file {
    use crate::case_file::*;
    use crate::record::render;

    fn only_case(text: &str) -> Case {
        let file = CaseFile::parse(text.as_bytes()).expect("the text is well-formed");
        assert_eq!(file.cases.len(), 1);
        file.cases.into_iter().next().expect("one case")
    }

    #[test]
    fn a_case_without_sections_expects_silence_and_success() {
        let case = only_case("#=== nothing happens\n:\n");
        assert_eq!(case.name, "nothing happens");
        assert_eq!(case.input.script, b":\n");
        assert_eq!(case.expected, Outcome::default());
    }

    #[test]
    fn one_empty_line_before_the_next_case_is_no_data() {
        let file = CaseFile::parse(b"#=== a\n:\n#--- stdout\n\n\n#=== b\n:\n").expect("well-formed");
        assert_eq!(file.cases[0].expected.stdout, b"\n");
        assert_eq!(file.cases[1].name, "b");
    }

    #[test]
    fn settings_stand_before_an_explicit_script() {
        let case = only_case("#=== a\n#--- options -u -e\n#--- shell sh\n#--- env A=b=c\n#--- script\n:\n");
        assert_eq!(case.input.options, ["-u", "-e"]);
        assert_eq!(case.input.shell.as_deref(), Some("sh"));
        assert_eq!(case.input.env, [("A".to_owned(), "b=c".to_owned())]);
        assert_eq!(case.input.script, b":\n");
    }

    #[test]
    fn modifiers_reach_bytes_that_lines_cannot_show() {
        let case = only_case(
            "#=== a\n:\n#--- stdout, escaped, no newline\n\\x23--- \\xff\\\\\n#--- status signal 9\n",
        );
        assert_eq!(case.expected.stdout, b"#--- \xff\\");
        assert_eq!(case.expected.status, "signal 9");
    }

    #[test]
    fn an_unknown_section_is_an_error_with_its_line() {
        let error = CaseFile::parse(b"#=== a\n:\n#--- stdoot\nx\n#--- status 1\n").expect_err("misspelt");
        assert_eq!(error, "line 5: unknown section `stdoot'");
    }

    #[test]
    fn recording_keeps_input_and_replaces_expectations() {
        let text = b"# about\n\n#=== a\n#--- options -u\n#--- script\ncat\n#--- stdin\nx\n#--- stdout\nold\n#--- status 7\n";
        let mut file = CaseFile::parse(text).expect("well-formed");
        file.cases[0].expected = Outcome { stdout: b"x".to_vec(), ..Outcome::default() };
        let expected = b"# about\n\n#=== a\n#--- options -u\n#--- script\ncat\n#--- stdin\nx\n#--- stdout, no newline\nx\n";
        assert_eq!(String::from_utf8_lossy(&render(&file)), String::from_utf8_lossy(expected));
    }

    #[test]
    fn whatever_is_rendered_reads_back_the_same() {
        for stdout in [
            &b""[..],
            b"\n",
            b"\n\n",
            b"x",
            b"#=== x\n",
            b"#--- y",
            b"a\\b\n",
            b"\xff\x00\n\n",
            b"\\x\xc3\xa4",
        ] {
            let mut file = CaseFile::parse(b"#=== a\n:\n\n#=== b\n:\n").expect("well-formed");
            for case in &mut file.cases {
                case.expected.stdout = stdout.to_vec();
            }
            let again = CaseFile::parse(&render(&file)).expect("rendered text is well-formed");
            for case in &again.cases {
                assert_eq!(case.expected.stdout, stdout);
            }
        }
    }
}

mod of_diff {
    use crate::case_file::Outcome;
    use crate::diff::*;

    #[test]
    fn equal_outcomes_say_nothing() {
        assert_eq!(describe(&Outcome::default(), &Outcome::default()), None);
    }

    #[test]
    fn each_difference_is_named_once() {
        let expected = Outcome { stdout: b"a\nb\nc\n".to_vec(), ..Outcome::default() };
        let seen = Outcome { stdout: b"a\nx\nc".to_vec(), stderr: Vec::new(), status: "2".into() };
        let account = "status: expected 0, seen 2\nstdout:\n   a\n  -b\n  -c\n  +x\n  +c (no newline)\n";
        assert_eq!(describe(&expected, &seen).as_deref(), Some(account));
    }

    #[test]
    fn bytes_that_do_not_print_are_shown_as_escapes() {
        assert_eq!(visible_lines(b"\xff\x1b\xc3\xa4\n"), ["\\xff\\u{1b}ä"]);
    }
}

mod of_runner {
    use crate::case_file::{Input, Outcome};
    use crate::runner::*;
    use std::path::Path;

    #[test]
    fn every_occurrence_of_a_path_is_replaced() {
        assert_eq!(replace(b"a/tmp/x/tmp/x/tmp/", b"/tmp/x", b"/HOME"), b"a/HOME/HOME/tmp/");
    }

    #[test]
    fn a_script_sees_its_files_and_its_standard_input() {
        let input = Input {
            script: b"cat f -; exit 3\n".to_vec(),
            stdin: b"in\n".to_vec(),
            files: vec![("f".into(), b"file\n".to_vec())],
            ..Input::default()
        };
        let outcome = run(Path::new("/bin/sh"), &input).expect("a shell runs");
        assert_eq!(
            outcome,
            Outcome { stdout: b"file\nin\n".to_vec(), stderr: Vec::new(), status: "3".into() }
        );
    }

    #[test]
    fn a_script_that_hangs_is_killed_with_its_children() {
        let input = Input { script: b"echo a; sleep 60\n".to_vec(), timeout: Some(1), ..Input::default() };
        let outcome = run(Path::new("/bin/sh"), &input).expect("a shell runs");
        assert_eq!((outcome.stdout.as_slice(), outcome.status.as_str()), (&b"a\n"[..], "timeout"));
    }
}
