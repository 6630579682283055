//! `%1`, `%%`, `%name`, `%?text`: how builtins name jobs.

use bash_interp::Shell;
use bash_session::{Job, JobId};

/// Why a job specification names no job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoJob {
    /// There is none.
    Missing,
    /// There are several.
    Ambiguous,
}

/// The job that a specification names; without `%`, one that begins with the text.
pub(crate) fn find(sh: &Shell, spec: &[u8]) -> Result<JobId, NoJob> {
    let jobs = &sh.session.jobs;
    let text = spec.strip_prefix(b"%").unwrap_or(spec);
    match text {
        b"" | b"%" | b"+" => return jobs.current().ok_or(NoJob::Missing),
        b"-" => return jobs.previous().ok_or(NoJob::Missing),
        _ => {}
    }
    if text.iter().all(u8::is_ascii_digit) {
        let number = std::str::from_utf8(text).ok().and_then(|digits| digits.parse().ok());
        return number.filter(|id| jobs.get(*id).is_some()).ok_or(NoJob::Missing);
    }
    match text.strip_prefix(b"?") {
        Some(part) => only(sh, |job| contains(&job.command, part)),
        None => only(sh, |job| job.command.starts_with(text)),
    }
}

fn only(sh: &Shell, wanted: impl Fn(&Job) -> bool) -> Result<JobId, NoJob> {
    let mut found = sh.session.jobs.iter().filter(|job| wanted(job));
    match (found.next(), found.next()) {
        (Some(job), None) => Ok(job.id),
        (None, _) => Err(NoJob::Missing),
        (Some(_), Some(_)) => Err(NoJob::Ambiguous),
    }
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    part.is_empty() || text.windows(part.len()).any(|window| window == part)
}

/// The same, with Bash's complaints in the name of `builtin`.
pub(crate) fn find_or_complain(sh: &mut Shell, builtin: &[u8], spec: &[u8]) -> Option<JobId> {
    warn_without_percent(sh, builtin, spec);
    match find(sh, spec) {
        Ok(id) => Some(id),
        Err(reason) => {
            complain(sh, builtin, spec, reason);
            None
        }
    }
}

/// A job named by its text ought to begin with `%`.
pub(crate) fn warn_without_percent(sh: &mut Shell, builtin: &[u8], spec: &[u8]) {
    if !spec.starts_with(b"%") && !spec.first().is_some_and(u8::is_ascii_digit) {
        sh.builtin_error(builtin, [b"warning: ", spec, b": job specification requires leading `%'"].concat());
    }
}

/// `jobs: sleep: ambiguous job spec`, `jobs: %sleep: no such job`
pub(crate) fn complain(sh: &mut Shell, builtin: &[u8], spec: &[u8], reason: NoJob) {
    if reason == NoJob::Ambiguous {
        let text = spec.strip_prefix(b"%").unwrap_or(spec);
        sh.builtin_error(builtin, [text, b": ambiguous job spec"].concat());
    }
    sh.builtin_error(builtin, [spec, b": no such job"].concat());
}

/// A process id: decimal digits, perhaps with a sign.
pub(crate) fn process_id(text: &[u8]) -> Option<i32> {
    let text = std::str::from_utf8(text).ok()?.trim();
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}
