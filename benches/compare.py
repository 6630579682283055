"""Shells side by side: CPU time, growth and memory of the workloads below `workloads/`.

usage: compare.sh [-w PATTERN] [-n ROUNDS] [-m] [-q] SHELL REFERENCE [PEER...]

  -w PATTERN  only workloads whose GROUP/NAME matches this regular expression
  -n ROUNDS   rounds; the figures are medians over them (default 3)
  -m          tables in Markdown
  -q          quick: no memory

A shell is a program or NAME=COMMAND, as in `zsh='zsh --emulate ksh'`. In each round every shell runs the workload in turn.
Time is user + system time of the whole process tree. A ratio is REFERENCE / shell: above 1, the shell is faster than the
reference. Only what prints the reference's output, and ends with its status, counts:

  wrong     prints something else, without a complaint
  -         prints something else and complains: it does not have what the workload needs
  timeout   takes ten times the reference's time, and two seconds

Memory is the peak of the first two shells themselves (VmHWM), without the programs that they run: below 1, SHELL needs less.

A workload is a script whose comments may say:

  # run: ARGUMENTS        give these to the shell, not the file; a word N stands for the size
  # repeat: N             start the shell so often in each measurement
  # environment: N        with N variables in the environment
  # sizes: N...           a series: run with each N as $1
  # reference: N          the reference and the peers do not get larger sizes than this
  # expect: TEXT          what is printed at larger ones, where N stands for the size
"""

import getopt
import glob
import os
import re
import shlex
import shutil
import statistics
import sys
import tempfile
from dataclasses import dataclass, field

import inputs
import process_tree
import report

HERE = os.path.dirname(os.path.abspath(__file__))
SETTING = re.compile(r"^# (run|repeat|environment|sizes|reference|expect): (.*)$", re.MULTILINE)


@dataclass
class Shell:
    name: str
    command: list
    start: float = 0.0

    @classmethod
    def of(cls, text):
        name, sign, command = text.partition("=")
        if not sign:
            name, command = os.path.basename(text), text
        program, *arguments = shlex.split(command)
        found = shutil.which(program) or sys.exit(f"compare: not found: {program}")
        return cls(name, [os.path.abspath(found), *arguments])


@dataclass
class Workload:
    path: str
    text: str
    settings: dict

    @classmethod
    def of(cls, path):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        return cls(path, text, dict(SETTING.findall(text)))

    @property
    def group(self):
        return os.path.basename(os.path.dirname(self.path))

    @property
    def name(self):
        return os.path.basename(self.path).removesuffix(".sh")

    def number(self, key, default):
        return int(self.settings.get(key, default))

    @property
    def sizes(self):
        return [int(n) for n in self.settings.get("sizes", "0").split()]

    def arguments(self, size, directory):
        """What follows the shell's name."""
        if "run" not in self.settings:
            return [self.path, str(size)]
        text = self.settings["run"].replace("$INPUT", directory)
        return [re.sub(r"_N$", f"_{size}", word) for word in shlex.split(text)]

    def inputs(self, size):
        for name in re.findall(r"\$INPUT/(\w+)", self.text):
            yield re.sub(r"_N$", f"_{size}", name)


@dataclass
class Cell:
    """One shell in one workload at one size: its times, or why there are none."""

    seconds: list = field(default_factory=list)
    failure: str = ""
    kilobytes: int = 0

    @property
    def time(self):
        return statistics.median(self.seconds) if self.seconds and not self.failure else None


class Bench:
    def __init__(self, shells, rounds, scratch):
        self.shells, self.rounds, self.scratch = shells, rounds, scratch
        self.input = os.path.join(scratch, "input")
        os.mkdir(self.input)

    def environment(self, variables):
        names = {f"VARIABLE_{n}": f"value number {n} of the environment" for n in range(variables)}
        fixed = dict(PATH="/usr/bin:/bin", LC_ALL="C.UTF-8", HOME=self.scratch, INPUT=self.input)
        return names | fixed | dict(TMPDIR=os.path.join(self.scratch, "tmp"))

    def prepare(self, workload, size):
        for name in workload.inputs(size):
            if not os.path.exists(os.path.join(self.input, name)):
                inputs.make(name, self.input)

    def once(self, shell, arguments, workload, limit):
        place = os.path.join(self.scratch, "tmp")
        shutil.rmtree(place, ignore_errors=True)
        os.mkdir(place)
        os.chdir(place)
        environment = self.environment(workload.number("environment", 0))
        return process_tree.run([*shell.command, *arguments], environment, self.scratch, limit)

    def measure(self, workload, size, out):
        """All rounds of all shells but those that are OUT: a Cell for each shell."""
        self.prepare(workload, size)
        cells = {shell.name: Cell(failure="" if shell.name not in out else "-") for shell in self.shells}
        beyond = size > workload.number("reference", size)
        if beyond:
            for shell in self.shells[1:]:
                cells[shell.name].failure = "beyond"
        expected = self.expected(workload, size) if beyond else None
        limit = 60.0
        for turn in range(self.rounds):
            if expected is None or not beyond:
                run = self.turn(workload, size, self.shells[1], cells, expected, limit)
                expected = expected or (run.output, run.status)
                limit = 2 + 10 * run.seconds
            others = [self.shells[0], *self.shells[2:]]
            for shell in others[turn % len(others) :] + others[: turn % len(others)]:
                self.turn(workload, size, shell, cells, expected, limit)
        return cells

    def expected(self, workload, size):
        text = re.sub(r"(\d*)N", lambda found: str(int(found[1] or 1) * size), workload.settings["expect"])
        return text.encode() + b"\n", 0

    def turn(self, workload, size, shell, cells, expected, limit):
        """One measurement; a failure takes the shell out of the rounds to come."""
        cell, repeat, seconds, run = cells[shell.name], workload.number("repeat", 1), 0.0, None
        if cell.failure:
            return None
        for _ in range(repeat):
            run = self.once(shell, workload.arguments(size, self.input), workload, limit)
            seconds += run.seconds
            if run.timed_out:
                cell.failure = "timeout"
                return run
        cell.seconds.append(seconds / repeat)
        if expected and (run.output, run.status) != expected:
            cell.failure = "-" if run.complained else "wrong"
        return run

    def series(self, workload):
        """Cells by size; a shell that fails at one size is not asked for the next."""
        result, out = {}, set()
        for size in workload.sizes:
            result[size] = self.measure(workload, size, out)
            out |= {name for name, cell in result[size].items() if cell.failure not in ("", "beyond")}
        return result

    def peak(self, shell, workload, size):
        """The shell's own peak of resident memory in kB, 0 where it cannot be asked."""
        arguments = workload.arguments(size, self.input)
        if arguments[0] == "-n":
            return 0
        body, rest = (arguments[1], []) if arguments[0] == "-c" else ('. "$0"', arguments)
        script = f'{body}\ncat "/proc/$$/status" >"$TMPDIR/peak"\n:'
        self.once(shell, ["-c", script, *rest], workload, 60.0)
        try:
            with open(os.path.join(self.scratch, "tmp", "peak"), encoding="utf-8") as file:
                return int(re.search(r"VmHWM:\s*(\d+)", file.read())[1])
        except (OSError, TypeError):
            return 0

    def starts(self):
        """The time of a start: what growth is measured above."""
        empty = Workload("", "", {"run": "-c :"})
        for shell in self.shells:
            runs = [self.once(shell, ["-c", ":"], empty, 5.0).seconds for _ in range(21)]
            shell.start = statistics.median(runs)


def select_workloads(pattern):
    found = [Workload.of(path) for path in sorted(glob.glob(os.path.join(HERE, "workloads", "*", "*.sh")))]
    found = [w for w in found if re.search(pattern, f"{w.group}/{w.name}")]
    return sorted(found, key=lambda w: list(report.GOALS).index(w.group))


def main():
    try:
        options, names = getopt.getopt(sys.argv[1:], "w:n:mqh")
    except getopt.GetoptError as error:
        sys.exit(f"compare: {error}")
    options = dict(options)
    if "-h" in options or len(names) < 2:
        sys.exit(__doc__)
    shells = [Shell.of(name) for name in names]
    table = report.Table(shells, markdown="-m" in options)
    process_tree.adopt_orphans()
    with tempfile.TemporaryDirectory() as scratch:
        bench = Bench(shells, int(options.get("-n", 3)), scratch)
        bench.starts()
        for workload in select_workloads(options.get("-w", "")):
            series = bench.series(workload)
            if "-q" not in options:
                common = table.common_size(series)
                for shell in shells[:2]:
                    if not series[common][shell.name].failure:
                        series[common][shell.name].kilobytes = bench.peak(shell, workload, common)
            table.add(workload.group, workload.name, series)
        os.chdir(HERE)
    table.finish()


if __name__ == "__main__":
    main()
