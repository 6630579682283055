#!/usr/bin/env python3
"""Which functions scripts run: what `build/link-order.txt` holds.

usage: order.py PROGRAM > build/link-order.txt

PROGRAM is a release build with its symbols (CARGO_PROFILE_RELEASE_STRIP=none). It runs the workloads, each in its smallest
size, under callgrind; the functions of a bare start come out first, then those that several workloads run, the most used
first and the others by kinds of work. Functions of the C library and of the compiler's are named by the archive's member
that holds them, those of which there is one for each kind of processor by all of these members.
"""

import collections
import concurrent.futures
import os
import re
import subprocess
import sys
import tempfile

from compare import Bench, select_workloads

# Fewer runs than these are no reason to have a function near.
FEWEST = 2
# What valgrind does not see of a start: it has no vDSO, in which the C library looks up functions.
UNSEEN = ["crt1.o", "libc.a:dl-lookup.o", "libc.a:strcmp-*.o"]
# Nor of threads: it runs one at a time, so none waits for a lock; it has allocator and stacks of its own.
UNSEEN_OF_THREADS = [
    "libc.a:lowlevellock.o",
    "libc.a:thread-freeres.o",
    "libc.a:getsysstats.o",
    "std::sys::sync::rwlock::futex::RwLock::read_contended",
    "std::sys::sync::rwlock::futex::RwLock::write_contended",
    "std::sys::sync::mutex::futex::Mutex::lock_contended",
    "libpsm*:*.o",
]
# These take minutes under callgrind, and run nothing that others do not run.
TOO_LONG = {"pipe_gigabyte", "here_document", "configure_run"}


def functions_of(program, arguments, environment, folder):
    """The symbols of all functions that run."""
    out = tempfile.mktemp(dir=folder)
    command = ["valgrind", "--tool=callgrind", "--demangle=no", f"--callgrind-out-file={out}", program, *arguments]
    place = tempfile.mkdtemp(dir=folder)
    quiet = dict(stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    subprocess.run(command, cwd=place, env=environment | dict(TMPDIR=place), **quiet)
    with open(out, encoding="utf-8") as lines:
        named = (re.match(r"c?fn=\(\d+\) (\S+)", line) for line in lines)
        return {found[1].split("'")[0] for found in named if found}


def runs(bench):
    """The arguments and the environment of each run: a start, and every workload."""
    yield ["-c", ":"], bench.environment(0)
    for workload in select_workloads(""):
        if workload.name not in TOO_LONG:
            size = workload.sizes[0]
            bench.prepare(workload, size)
            yield workload.arguments(size, bench.input), bench.environment(workload.number("environment", 0))


def members(archive):
    """From the symbols of a library to the members of its archive."""
    path = subprocess.run(["cc", f"-print-file-name={archive}"], capture_output=True, text=True).stdout.strip()
    table = subprocess.run(["nm", "-A", "--defined-only", path], capture_output=True, text=True).stdout
    found = re.findall(r"^\S*?:(\S+?):\S+ [tTwWiI] (\S+)$", table, re.MULTILINE)
    return {symbol: f"{archive}:{for_any_processor(member)}" for member, symbol in reversed(found)}


def for_any_processor(member):
    """`strlen-*.o` for `strlen-avx2.o`: valgrind's processor is not the one that will run the program."""
    return re.sub(r"-(sse|ssse|avx|evex|erms)\w*(-\w+)*\.o$", "-*.o", member)


def readable(symbols):
    """Rust's names without what differs from build to build."""
    shown = subprocess.run(["c++filt"], input="\n".join(symbols), capture_output=True, text=True).stdout.split("\n")
    return [re.sub(r"\[[0-9a-f]+\]|::h[0-9a-f]{16}$", "", name) for name in shown]


def common_first(uses, count):
    """The order of the functions, from the sets of runs that use them: run 0 is the bare start.

    What a third of all runs use comes by its frequency. The rest comes by kinds of work, so that a script does not touch
    pages for what others do.
    """
    def key(symbol):
        runs = sorted(uses[symbol])
        if 0 in runs:
            return 0, 0, (), symbol
        if len(runs) * 3 >= count:
            return 1, -len(runs), (), symbol
        return 2, 0, runs, symbol

    return sorted((symbol for symbol, used in uses.items() if len(used) >= FEWEST or 0 in used), key=key)


def main():
    program = os.path.abspath(sys.argv[1])
    uses = collections.defaultdict(set)
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor() as pool:
        listed = list(runs(Bench([], 1, folder)))
        for number, found in enumerate(pool.map(lambda run: functions_of(program, *run, folder), listed)):
            for symbol in found:
                uses[symbol].add(number)
    often = common_first(uses, len(listed))
    member_of = members("libgcc_eh.a") | members("libc.a") | {"main": "main"}
    lines = dict.fromkeys(UNSEEN)
    for symbol, name in zip(often, readable(often)):
        if "::" in name:
            lines[name] = None
        elif symbol in member_of:
            lines[member_of[symbol]] = None
    lines |= dict.fromkeys(UNSEEN_OF_THREADS)
    print("\n".join(lines))


main()
