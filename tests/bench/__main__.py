"""The command line of the bench: `python -m tests.bench --help`."""

import argparse
import compileall
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from tests.bench import rows, tables, verdicts
from tests.bench.measure import Machine, Measured, WorkDiffers
from tests.bench.rows import Lab, Row
from tests.bench.tables import Context, Found
from tests.bench.verdicts import outcome

ROOT = Path(__file__).parent.parent.parent
DIFFERS, OVER = 1, 4
NOON = 12

EPILOG = f"""exit codes: 0 no row is over what it may be at most; {DIFFERS} commands that are compared did
not do the same work; 2 the command line is wrong; {OVER} a row is over. What each row is, and how verdicts come about:
docs/speed.md."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the bench; return its exit code."""
    options = parser().parse_args(arguments)
    if options.write and options.only:
        parser().error("--write and --only are mutually exclusive: a page has the whole table")
    try:
        wanted = [rows.row_of(name) for name in options.only or (*rows.USUAL, *(rows.LARGE if options.large else ()))]
    except ValueError as error:
        parser().error(str(error))
    with tempfile.TemporaryDirectory(prefix="scaffold-bench-") as scratch:
        lab = Lab(Machine(Path(scratch), environment(Path(scratch))), ROOT, options.before)
        try:
            _prepare(lab)
        except WorkDiffers as error:
            sys.stderr.write(f"error: one document cannot be made alike: {error}\n")
            return DIFFERS
        found = list(measured(lab, wanted, options.rounds))
    context = _context(options.before)
    _tell(context, found)
    if options.json:
        options.json.write_text(json.dumps(tables.as_json(context, found), indent=1) + "\n", "utf-8")
    if options.write and exit_code(found) != DIFFERS:
        options.write.write_text(tables.written(options.write.read_text("utf-8"), context, found), "utf-8")
    return exit_code(found)


def exit_code(found: Iterable[Found]) -> int:
    """Return the exit code for what was found: the worst verdict decides."""
    came = {each.outcome.verdict for each in found}
    return DIFFERS if "work differs" in came else OVER if "over" in came else 0


def environment(home: Path) -> dict[str, str]:
    """Return the variables that every command gets: nothing of the user's, and noon, so that no run sees two dates."""
    hours = datetime.now().astimezone().utctimetuple().tm_hour - NOON
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "COLUMNS": "120",
        "PYTHONHASHSEED": "0",
        "TZ": f"BENCH{hours:+d}",
    }


def parser() -> argparse.ArgumentParser:
    """Return what reads the command line."""
    made = argparse.ArgumentParser(
        prog="python -m tests.bench",
        description="Measure whole processes against partners that do the same work, in rounds that alternate.",
        epilog=EPILOG,
    )
    names = ", ".join((*rows.USUAL, *rows.LARGE))
    add = made.add_argument
    add("--only", nargs="+", metavar="ROW", help=f"these rows alone, also in another size: {names}")
    add("--rounds", type=_positive, metavar="N", help="rounds of every row; without it, as many as its length allows")
    add("--large", action="store_true", help="10,000 documents as well: some minutes, and about 1 GB of disk")
    add("--before", type=_checkout, metavar="DIR", help="a checkout of the code to compare with, measured in turn")
    add("--json", type=_file, metavar="FILE", help="write everything, with every sample, to a file")
    add("--write", type=_page, metavar="PAGE", help="write the tables into a page, between its marks: docs/speed.md")
    return made


def _positive(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text)):
        raise argparse.ArgumentTypeError(f"{text}: expected a number from 1")
    return int(text)


def _checkout(text: str) -> Path:
    directory = Path(text).absolute()
    if not (directory / "scaffold" / "__main__.py").is_file():
        raise argparse.ArgumentTypeError(f"{text}: expected a checkout, with scaffold/__main__.py in it")
    return directory


def _file(text: str) -> Path:
    """Return a path that can be written, as far as that can be told before the bench has run."""
    path = Path(text)
    if path.is_dir() or not os.access(path if path.exists() else path.parent, os.W_OK):
        raise argparse.ArgumentTypeError(f"{text}: expected a file that can be written")
    return path


def _page(text: str) -> Path:
    try:
        has_marks = tables.BEGIN in Path(text).read_text("utf-8")
    except OSError as error:
        raise argparse.ArgumentTypeError(f"{text}: {error.strerror}") from error
    if not has_marks:
        raise argparse.ArgumentTypeError(f"{text}: expected a page with a part {tables.BEGIN} … {tables.END}")
    return _file(text)


def _prepare(lab: Lab) -> None:
    """Compile everything that is measured, and run each code once: then the system has its files at hand."""
    for code in filter(None, (lab.code, lab.before)):
        compileall.compile_dir(code / "scaffold", quiet=2)
    compileall.compile_dir(rows.HERE, quiet=2)
    lab.machine.prove(lab.sides(rows.CREATE, lab.designed(1)))


def measured(lab: Lab, wanted: Sequence[Row], rounds: int | None) -> Iterator[Found]:
    """Measure each row and yield what is found; those of the same experiment are measured once.

    Where work differs, that is told at once, and the other rows are measured all the same.
    """
    done: dict[str, Measured | WorkDiffers] = {}
    for row in wanted:
        if row.experiment not in done:
            sys.stderr.write(f"{row.name} …\n")
            try:
                lab.machine.prove(
                    lab.sides(rows.CREATE, lab.designed(1))
                )  # what is read of each code is in memory then
                done[row.experiment] = lab.machine.measure(row.build(lab), rounds)
            except WorkDiffers as error:
                sys.stderr.write(f"error: {row.name}: the work differs\n{error}\n")
                done[row.experiment] = error
        came = done[row.experiment]
        if isinstance(came, Measured):
            yield Found(row, came, outcome(came, row.metric, row.limit))
        else:
            yield Found(row, Measured(), verdicts.DIFFERS)


def _tell(context: Context, found: Sequence[Found]) -> None:
    lines = (
        context.text + "\n",
        tables.screen(tables.HEAD, [tables.cells(each) for each in found]),
        tables.screen(tables.PART_HEAD, tables.parts(found)),
    )
    sys.stdout.write("\n".join(lines))


def _context(before: Path | None) -> Context:
    return Context(
        date=datetime.now().astimezone().date().isoformat(),
        machine=_machine(),
        python=f"Python {platform.python_version()}",
        code=_commit(ROOT),
        before=_commit(before) if before else None,
    )


def _machine() -> str:
    """Return the processor, how many of it, the memory and the system."""
    parts = [_said("/proc/cpuinfo", "model name") or platform.machine(), f"{os.cpu_count()} cores"]
    if kilobytes := _said("/proc/meminfo", "MemTotal"):
        parts.append(f"{int(kilobytes.split()[0]) / 1e6:.0f} GB")
    return ", ".join((*parts, f"{platform.system()} {platform.release()}"))


def _said(file: str, key: str) -> str | None:
    try:
        lines = Path(file).read_text("utf-8").splitlines()
    except OSError:
        return None
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(key)), None)


def _commit(directory: Path) -> str:
    """Return what git calls the code in a directory, with a mark where something is not committed."""
    command = ("git", "-C", str(directory), "describe", "--always", "--dirty")
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "of no commit"


if __name__ == "__main__":
    sys.exit(main())
