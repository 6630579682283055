//! Resource limits.

use super::calls;
use crate::{Limit, Resource};
use std::ffi::c_int;
use std::io;

/// A limit of this process.
pub(super) fn get(resource: Resource) -> io::Result<Limit> {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: the call fills it in.
    calls::check(unsafe { libc::getrlimit(number(resource) as _, &raw mut limit) })?;
    Ok(Limit { soft: from_system(limit.rlim_cur), hard: from_system(limit.rlim_max) })
}

/// Sets a limit of this process.
pub(super) fn set(resource: Resource, limit: Limit) -> io::Result<()> {
    let limit = to_system(limit);
    // SAFETY: the limit lives until the call returns.
    calls::check(unsafe { libc::setrlimit(number(resource) as _, &raw const limit) }).map(drop)
}

/// Limits as a program gets them.
pub(super) fn for_program(limits: &[(Resource, Limit)]) -> io::Result<Vec<(c_int, libc::rlimit)>> {
    Ok(limits.iter().map(|(resource, limit)| (number(*resource), to_system(*limit))).collect())
}

fn from_system(value: libc::rlim_t) -> Option<u64> {
    (value != libc::RLIM_INFINITY).then_some(value)
}

fn to_system(limit: Limit) -> libc::rlimit {
    libc::rlimit {
        rlim_cur: limit.soft.unwrap_or(libc::RLIM_INFINITY),
        rlim_max: limit.hard.unwrap_or(libc::RLIM_INFINITY),
    }
}

fn number(resource: Resource) -> c_int {
    (match resource {
        Resource::Core => libc::RLIMIT_CORE,
        Resource::Data => libc::RLIMIT_DATA,
        Resource::Nice => libc::RLIMIT_NICE,
        Resource::FileSize => libc::RLIMIT_FSIZE,
        Resource::PendingSignals => libc::RLIMIT_SIGPENDING,
        Resource::LockedMemory => libc::RLIMIT_MEMLOCK,
        Resource::ResidentSet => libc::RLIMIT_RSS,
        Resource::OpenFiles => libc::RLIMIT_NOFILE,
        Resource::MessageQueues => libc::RLIMIT_MSGQUEUE,
        Resource::RealtimePriority => libc::RLIMIT_RTPRIO,
        Resource::Stack => libc::RLIMIT_STACK,
        Resource::CpuTime => libc::RLIMIT_CPU,
        Resource::Processes => libc::RLIMIT_NPROC,
        Resource::AddressSpace => libc::RLIMIT_AS,
        Resource::FileLocks => libc::RLIMIT_LOCKS,
        Resource::RealtimeTime => libc::RLIMIT_RTTIME,
    }) as c_int
}
