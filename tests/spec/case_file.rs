//! The file format of spec cases: a shell script cut into pieces by two kinds of marker line.
//!
//! ```text
//! # Free text before the first case says what the file is about.
//!
//! #=== an empty quoted word survives
//! printf '<%s>\n' "" a
//! #--- stdout
//! <>
//! <a>
//! #--- status 0
//! ```
//!
//! `#=== SENTENCE` opens a case; what follows is its script. `#--- KEYWORD` opens a section. One empty line before a
//! `#===` line separates and belongs to nothing.
//!
//! | section | meaning |
//! |---|---|
//! | `options WORDS` | command line options of the shell, split at blanks |
//! | `shell NAME` | the name the shell is called by: `bash` (without this line) or `sh` |
//! | `env NAME=VALUE` | one more variable in the environment |
//! | `timeout SECONDS` | instead of ten |
//! | `script` | the script itself; needed only after the one-line sections above, or for a modifier |
//! | `stdin`, `file NAME` | input: the lines that follow |
//! | `stdout`, `stderr` | what must be printed, empty without the section |
//! | `status N` | the exit status, 0 without the section; `status signal N` for a death by signal |
//!
//! Text of any shape can be stored: `, no newline` after the keyword takes off the last newline, and `, escaped` reads
//! `\\` and `\xHH`, so that a line may start with `#---` (as `\x23---`) or hold a byte that is not UTF-8.

/// One script with what it is given and what it must answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Case {
    /// The behaviour under test, as a sentence.
    pub name: String,
    /// The number of the `#===` line in its file.
    pub line: usize,
    /// What the script is given.
    pub input: Input,
    /// What the shell must answer.
    pub expected: Outcome,
    /// The lines from the name to the last input section, as they stand in the file.
    pub source: Vec<u8>,
}

/// All a case hands to the shell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Input {
    /// The name the shell is called by, where it is not `bash`.
    pub shell: Option<String>,
    /// Command line options before the script's name.
    pub options: Vec<String>,
    /// Additional environment variables.
    pub env: Vec<(String, String)>,
    /// Seconds until the case counts as hung, where not the default.
    pub timeout: Option<u64>,
    /// The text of `t.sh`.
    pub script: Vec<u8>,
    /// Standard input.
    pub stdin: Vec<u8>,
    /// Files laid beside the script.
    pub files: Vec<(String, Vec<u8>)>,
}

/// What a shell answered, or must answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Bytes on standard output.
    pub stdout: Vec<u8>,
    /// Bytes on standard error.
    pub stderr: Vec<u8>,
    /// `0` to `255`, `signal N` or `timeout`.
    pub status: String,
}

impl Default for Outcome {
    fn default() -> Self {
        Self { stdout: Vec::new(), stderr: Vec::new(), status: "0".into() }
    }
}

/// A spec file taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaseFile {
    /// The lines before the first case.
    pub preamble: Vec<u8>,
    /// The cases in their order.
    pub cases: Vec<Case>,
}

const CASE: &[u8] = b"#=== ";
const SECTION: &[u8] = b"#--- ";

impl CaseFile {
    /// Reads the text of a spec file; the error names the line.
    pub fn parse(text: &[u8]) -> Result<Self, String> {
        let mut file = Self::default();
        let mut open: Option<Section> = None;
        for (index, line) in text.split_inclusive(|byte| *byte == b'\n').enumerate() {
            let at = |message: String| format!("line {}: {message}", index + 1);
            if let Some(name) = line.strip_prefix(CASE) {
                file.close(open.take(), true).map_err(at)?;
                let name = String::from_utf8_lossy(name).trim().to_owned();
                file.cases.push(Case { name, line: index + 1, source: line.to_vec(), ..Case::default() });
                open = Some(Section { keyword: "script".into(), ..Section::default() });
            } else if let Some(heading) = line.strip_prefix(SECTION) {
                file.close(open.take(), false).map_err(at)?;
                let section = Section::open(&String::from_utf8_lossy(heading));
                if let Some(case) = file.cases.last_mut().filter(|_| section.is_input()) {
                    case.source.extend_from_slice(line);
                }
                open = Some(section);
            } else if let Some(section) = &mut open {
                section.body.extend_from_slice(line);
            } else {
                file.preamble.extend_from_slice(line);
            }
        }
        file.close(open, false)?;
        Ok(file)
    }

    fn close(&mut self, section: Option<Section>, separated: bool) -> Result<(), String> {
        let (Some(mut section), Some(case)) = (section, self.cases.last_mut()) else {
            return Ok(());
        };
        if separated && (section.body.ends_with(b"\n\n") || section.body == b"\n") {
            section.body.pop();
        }
        if section.is_input() {
            case.source.extend_from_slice(&section.body);
        }
        case.fill(section)
    }
}

impl Case {
    fn fill(&mut self, section: Section) -> Result<(), String> {
        let argument = section.argument.clone();
        match section.keyword.as_str() {
            "options" => self.input.options = argument.split_whitespace().map(str::to_owned).collect(),
            "shell" => self.input.shell = Some(argument),
            "env" => {
                let (name, value) = argument.split_once('=').ok_or("env needs NAME=VALUE")?;
                self.input.env.push((name.to_owned(), value.to_owned()));
            }
            "timeout" => self.input.timeout = Some(argument.parse().map_err(|_| "timeout needs seconds")?),
            "script" => self.input.script.extend(section.text()?),
            "stdin" => self.input.stdin = section.text()?,
            "file" => self.input.files.push((argument, section.text()?)),
            "stdout" => self.expected.stdout = section.text()?,
            "stderr" => self.expected.stderr = section.text()?,
            "status" => self.expected.status = argument,
            other => return Err(format!("unknown section `{other}'")),
        }
        Ok(())
    }
}

#[derive(Default)]
struct Section {
    keyword: String,
    argument: String,
    escaped: bool,
    no_newline: bool,
    body: Vec<u8>,
}

impl Section {
    fn open(heading: &str) -> Self {
        let mut section = Self::default();
        let mut rest = heading.trim();
        loop {
            if let Some(shorter) = rest.strip_suffix(", escaped") {
                section.escaped = true;
                rest = shorter;
            } else if let Some(shorter) = rest.strip_suffix(", no newline") {
                section.no_newline = true;
                rest = shorter;
            } else {
                break;
            }
        }
        let (keyword, argument) = rest.split_once(' ').unwrap_or((rest, ""));
        section.keyword = keyword.to_owned();
        section.argument = argument.trim().to_owned();
        section
    }

    fn is_input(&self) -> bool {
        !matches!(self.keyword.as_str(), "stdout" | "stderr" | "status")
    }

    fn text(mut self) -> Result<Vec<u8>, String> {
        if self.no_newline && self.body.ends_with(b"\n") {
            self.body.pop();
        }
        if self.escaped { unescape(&self.body) } else { Ok(self.body) }
    }
}

fn unescape(text: &[u8]) -> Result<Vec<u8>, String> {
    let mut plain = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match (byte, after) {
            (b'\\', [b'\\', tail @ ..]) => {
                plain.push(b'\\');
                rest = tail;
            }
            (b'\\', [b'x', high, low, tail @ ..]) => {
                let digits = [*high, *low];
                let digits = std::str::from_utf8(&digits).unwrap_or("?");
                plain.push(u8::from_str_radix(digits, 16).map_err(|_| format!("bad escape \\x{digits}"))?);
                rest = tail;
            }
            (b'\\', _) => return Err("a backslash must be written as `\\\\' here".into()),
            _ => plain.push(byte),
        }
    }
    Ok(plain)
}
