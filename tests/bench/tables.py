"""What the bench found, as tables for the screen and for the page, and as JSON."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from tests.bench.measure import Measured, Sample
from tests.bench.rows import MB, Row
from tests.bench.verdicts import Outcome, values

HEAD = ("row", "work", "partner", "before", "now", "least–most", "at most", "aim", "verdict")
PARTS: Mapping[str, Callable[[Sample], float]] = {
    "user": lambda sample: sample.user * 1e3,
    "system": lambda sample: sample.system * 1e3,
    "wall": lambda sample: sample.wall * 1e3,
    "memory": lambda sample: sample.memory / MB,
}
"""The parts of a sample: milliseconds, and megabytes of memory."""

PART_HEAD = ("row", "side", "runs", "user ms", "system ms", "wall ms", "memory MB")
NOTHING = "–"
BEGIN, END = "<!-- bench -->", "<!-- /bench -->"

Cells = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A row, all samples of it, and what they come to."""

    row: Row
    measured: Measured
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Context:
    """Where and when the bench ran, and what code it measured; `before` is None where nothing was compared."""

    date: str
    machine: str
    python: str
    code: str
    before: str | None

    @property
    def text(self) -> str:
        """The same as a sentence."""
        compared = f", before that {self.before}" if self.before else ""
        return f"Measured on {self.date} on {self.machine}, with {self.python}; code {self.code}{compared}."


def cells(found: Found) -> Cells:
    """Return the cells of a row under HEAD."""
    row, outcome = found.row, found.outcome
    limit = row.limit

    def figure(value: float | str | None) -> str:
        if value is None or isinstance(value, str):
            return value or NOTHING
        return f"{value / MB:,.0f} MB" if row.metric == "memory" else number(value)

    verdict: str = outcome.verdict
    if verdict == "no partner":
        verdict = "no partner: name one with --before"
    elif verdict == "noisy":
        verdict = f"noisy: {outcome.spread:.0%}"
    reach = NOTHING if outcome.low is None else f"{figure(outcome.low)}–{figure(outcome.high)}"
    bounds = (figure(limit.at_most), figure(limit.aim)) if limit else (NOTHING, NOTHING)
    return (row.name, row.work, row.partner, figure(outcome.before), figure(outcome.value), reach, *bounds, verdict)


def part_cells(found: Found) -> Iterable[Cells]:
    """Yield the cells under PART_HEAD of each side of a row: the median of each part, its least and its greatest."""
    for side, samples in found.measured.samples.items():
        parts = (_spread([of(sample) for sample in samples]) for of in PARTS.values())
        yield (found.row.experiment, side, str(len(samples)), *parts)


def number(value: float) -> str:
    """Return a ratio with three digits that count."""
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _spread(values: Sequence[float]) -> str:
    return f"{number(median(values))} ({number(min(values))}–{number(max(values))})"


def screen(head: Cells, rows: Sequence[Cells]) -> str:
    """Return a table in columns."""
    lines = [[cell.replace("`", "") for cell in line] for line in (head, *rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "".join("  ".join(map(str.ljust, line, widths)).rstrip() + "\n" for line in lines)


def markdown(head: Cells, rows: Sequence[Cells]) -> str:
    """Return a table for a page."""
    lines = (head, ("---",) * len(head), *rows)
    return "\n".join(f"| {' | '.join(line)} |" if line[0] != "---" else f"|{'|'.join(line)}|" for line in lines)


def parts(found: Sequence[Found]) -> list[Cells]:
    """Return the cells of all sides; rows that were measured together have them once."""
    experiments = {each.row.experiment: each for each in reversed(found)}
    return [line for each in found if experiments[each.row.experiment] is each for line in part_cells(each)]


def written(page: str, context: Context, found: Sequence[Found]) -> str:
    """Return a page with the tables between its marks made anew; ValueError where it has no marks."""
    marks = re.compile(rf"(?<=^{BEGIN}\n\n).*?(?=\n\n{END}$)", re.MULTILINE | re.DOTALL)
    if not marks.search(page):
        raise ValueError(f"no part {BEGIN} … {END}")
    tables = (markdown(HEAD, [cells(each) for each in found]), markdown(PART_HEAD, parts(found)))
    return marks.sub(lambda _: "\n\n".join((context.text, *tables)), page)


def as_json(context: Context, found: Sequence[Found]) -> dict[str, object]:
    """Return everything, with every sample."""
    return {
        "date": context.date,
        "machine": context.machine,
        "python": context.python,
        "code": context.code,
        "before": context.before,
        "rows": [_row_json(each) for each in found],
    }


def _row_json(found: Found) -> dict[str, object]:
    row, outcome, limit = found.row, found.outcome, found.row.limit
    return {
        "row": row.name,
        "work": row.work,
        "partner": row.partner,
        "metric": row.metric,
        "at_most": limit.at_most if limit else None,
        "aim": limit.aim if limit else None,
        "value": outcome.value,
        "values": values(found.measured, "subject", row.metric),
        "before": outcome.before,
        "gauge_spread": outcome.spread,
        "verdict": outcome.verdict,
        "sides": {side: _side_json(samples) for side, samples in found.measured.samples.items()},
    }


def _side_json(samples: Sequence[Sample]) -> Mapping[str, object]:
    """Return seconds and bytes: the median, the least and the greatest of each part, and all of them in their order."""
    told = {}
    for part in PARTS:
        each = [float(getattr(sample, part)) for sample in samples]
        told[part] = {"median": median(each), "min": min(each), "max": max(each), "all": each}
    return told
