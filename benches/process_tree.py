"""A command and all that it starts: run to its end, and the processor time of the whole tree."""

import ctypes
import math
import os
import resource
import select
import signal
from dataclasses import dataclass

PR_SET_CHILD_SUBREAPER = 36
# On a busy machine a process waits; only after so many times its CPU limit it is taken to hang.
BUSY = 20


@dataclass
class Run:
    """How a command ended: its output, its wait status, seconds of CPU time, whether it wrote to standard error."""

    output: bytes
    status: int
    seconds: float
    complained: bool
    timed_out: bool


def adopt_orphans():
    """Become the parent of processes whose parent ends first: their time counts too."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def run(command, environment, scratch, limit):
    """Run COMMAND with its output in files below SCRATCH. No process of it gets more than LIMIT seconds of CPU time."""
    out, err = os.path.join(scratch, "stdout"), os.path.join(scratch, "stderr")
    write = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, out, write, 0o600),
        (os.POSIX_SPAWN_OPEN, 2, err, write, 0o600),
    ]
    pid = os.posix_spawn(command[0], command, environment, file_actions=actions, setsid=True)
    allowed = math.ceil(limit)
    resource.prlimit(pid, resource.RLIMIT_CPU, (allowed, allowed))
    hangs = not ends_within(pid, limit * BUSY)
    if hangs:
        os.killpg(pid, signal.SIGKILL)
    _, status, usage = os.wait4(pid, 0)
    seconds = usage.ru_utime + usage.ru_stime + orphans(pid, hangs)
    with open(out, "rb") as file:
        output = file.read()
    timed_out = hangs or seconds >= limit or status == signal.SIGKILL
    return Run(output, status, seconds, os.path.getsize(err) > 0, timed_out)


def ends_within(pid, limit):
    pidfd = os.pidfd_open(pid)
    try:
        return bool(select.select([pidfd], [], [], limit)[0])
    finally:
        os.close(pidfd)


def orphans(group, kill):
    """Wait for what the command left behind; the time of it."""
    seconds = 0.0
    while True:
        if kill:
            try:
                os.killpg(group, signal.SIGKILL)
            except ProcessLookupError:
                pass
        try:
            _, _, usage = os.wait4(-1, 0)
        except ChildProcessError:
            return seconds
        seconds += usage.ru_utime + usage.ru_stime
