"""A command and all that it starts: run to its end, and the processor time of the whole tree."""

import ctypes
import os
import select
import signal
from dataclasses import dataclass

PR_SET_CHILD_SUBREAPER = 36


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
    """Run COMMAND with its output in files below SCRATCH; kill the tree after LIMIT seconds."""
    out, err = os.path.join(scratch, "stdout"), os.path.join(scratch, "stderr")
    write = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, out, write, 0o600),
        (os.POSIX_SPAWN_OPEN, 2, err, write, 0o600),
    ]
    pid = os.posix_spawn(command[0], command, environment, file_actions=actions, setsid=True)
    timed_out = not ends_within(pid, limit)
    if timed_out:
        os.killpg(pid, signal.SIGKILL)
    _, status, usage = os.wait4(pid, 0)
    seconds = usage.ru_utime + usage.ru_stime + orphans(pid, timed_out)
    with open(out, "rb") as file:
        output = file.read()
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
