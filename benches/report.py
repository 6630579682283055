"""Tables of what compare.py measured: ratios, groups, growth, and what misses its goal.

The first shell is the one in question, the second is the reference, the others are peers.
"""

import math

# Ratios to GNU Bash 5.3 that are aimed at, as geometric means of the groups.
GOALS = dict(startup=2, parse=1.2, interp=10, strings=5, arrays=6, io=2.8, process=7, growth=8)
# No workload may be slower than the reference, nor slower than the best peer by more than a fifth; for growth and memory:
PEER_MARGIN, MEMORY_GOAL, EXPONENT_GOAL = 1.2, 1.5, 1.05


def geometric_mean(values):
    return math.exp(sum(map(math.log, values)) / len(values)) if values else None


def figure(value):
    if value is None:
        return "-"
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:.0f}"


def exponent(points):
    """The slope of log(time) over log(size) in the last three points that are long enough to be measured."""
    points = [(math.log(n), math.log(t)) for n, t in points if t > 0.001][-3:]
    if len(points) < 2:
        return None
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / sum((x - mean_x) ** 2 for x, _ in points)


class Row:
    """One workload: ratios or failures by shell, at the largest size that the reference was given."""

    def __init__(self, group, name, shells, series, size):
        self.group, self.name = group, name
        cells = series[size]
        self.subject, self.reference, *self.peers = [shell.name for shell in shells]
        self.time = cells[self.reference].time
        self.cells = {name: self.cell(cells[name]) for name in cells}
        kilobytes = [cells[name].kilobytes for name in (self.subject, self.reference)]
        self.memory = kilobytes[0] / kilobytes[1] if all(kilobytes) else None
        self.exponents = {s.name: self.growth(series, s) for s in shells} if len(series) > 1 else {}

    def cell(self, cell):
        """A ratio, or the word for its lack."""
        return self.time / cell.time if cell.time and self.time else cell.failure

    @staticmethod
    def growth(series, shell):
        """The exponent, and the largest size that the shell finished."""
        done = [(n, cells[shell.name].time - shell.start) for n, cells in series.items() if cells[shell.name].time]
        return exponent(done), max((n for n, _ in done), default=0)

    @property
    def ratio(self):
        value = self.cells[self.subject]
        return value if isinstance(value, float) else None

    def best_peer(self):
        ratios = [(self.cells[name], name) for name in self.peers if isinstance(self.cells[name], float)]
        return max(ratios, default=(None, ""))

    def misses(self):
        """What is wrong with the subject here, as words; and how far it is from its goal."""
        if self.ratio is None:
            return 0.0, [str(self.cells[self.subject])]
        words, goal = [], GOALS[self.group]
        best, peer = self.best_peer()
        if self.ratio < goal:
            words.append(f"goal {goal}")
        if self.ratio < 1:
            words.append("behind the reference")
        if best and self.ratio * PEER_MARGIN < best:
            words.append(f"behind {peer} {figure(best / self.ratio)}x")
        if self.memory and self.memory > MEMORY_GOAL:
            words.append(f"memory {figure(self.memory)}")
        slope, largest = self.exponents.get(self.subject, (None, 0))
        if slope and slope > EXPONENT_GOAL:
            words.append(f"exponent {figure(slope)}")
        return self.ratio / goal, words


class Table:
    def __init__(self, shells, markdown):
        self.shells, self.markdown, self.rows = shells, markdown, []
        self.names = [shell.name for shell in shells]
        others = [self.names[0], *self.names[2:]]
        self.line("workload", f"{self.names[1]} ms", *others, "best peer", "memory", rule=True)

    def line(self, *cells, rule=False):
        if self.markdown:
            print("| " + " | ".join(map(str, cells)) + " |", flush=True)
            if rule:
                print("|---|" + "--:|" * (len(cells) - 1), flush=True)
        else:
            print(f"{cells[0]:<32}" + "".join(f"{cell:>15}" for cell in cells[1:]), flush=True)

    def title(self, text):
        print(f"\n{'### ' if self.markdown else ''}{text}\n", flush=True)

    def common_size(self, series):
        return max(n for n, cells in series.items() if cells[self.names[1]].failure != "beyond")

    def add(self, group, name, series):
        row = Row(group, name, self.shells, series, self.common_size(series))
        self.rows.append(row)
        cells = [row.cells[n] for n in (self.names[0], *self.names[2:])]
        best, peer = row.best_peer()
        shown = [figure(c) if isinstance(c, float) else c for c in cells]
        time = f"{row.time * 1000:.1f}" if row.time else row.cells[self.names[1]]
        self.line(f"{group}/{name}", time, *shown, f"{figure(best)} {peer}" if best else "-", figure(row.memory))

    def finish(self):
        self.groups()
        if any(row.exponents for row in self.rows):
            self.growth()
        self.below()

    def groups(self):
        others = [self.names[0], *self.names[2:]]
        self.title("Geometric means of the ratios (workloads passed of all)")
        self.line("group", "goal", *others, "memory", rule=True)
        for group in [*GOALS, "all"]:
            rows = [row for row in self.rows if group in (row.group, "all")]
            if rows:
                means = [self.mean(rows, name) for name in others]
                memory = geometric_mean([row.memory for row in rows if row.memory])
                self.line(group, GOALS.get(group, "-"), *means, figure(memory))

    @staticmethod
    def mean(rows, name):
        ratios = [row.cells[name] for row in rows if isinstance(row.cells[name], float)]
        return f"{figure(geometric_mean(ratios))} ({len(ratios)}/{len(rows)})" if ratios else "-"

    def growth(self):
        self.title("Growth: exponents (1 is linear), and the largest size that was finished")
        self.line("workload", *self.names, rule=True)
        for row in self.rows:
            if row.exponents:
                shown = [f"{figure(slope)} <={size:.0e}".replace("e+0", "e") for slope, size in row.exponents.values()]
                self.line(row.name, *shown)

    def below(self):
        self.title("Below the goals, farthest first")
        self.line("workload", "ratio", "of goal", "what", rule=True)
        for row in sorted(self.rows, key=lambda row: row.misses()[0]):
            share, words = row.misses()
            if words:
                self.line(f"{row.group}/{row.name}", figure(row.ratio), f"{share:.2f}", "  " + ", ".join(words))
