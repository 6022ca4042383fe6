"""Documents that are made anew at every save: what is watched, when it is looked at again, and what is told of it.

What was saved is found out by looking at the files themselves, a few times a second in any case. `watchfiles` only says
when to look at once. So nothing depends on which events a system gives for a rename, a link, a file system of a network
or a directory that was deleted and made again, and a save that comes while nobody waits for one is not lost.
"""

import math
import os
import signal
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

from scaffold import clock, report, terminal
from scaffold.commands._diff import Difference, diff_text
from scaffold.errors import Diagnostic, Interrupted, ScaffoldError, UsageProblem, ignore_signals, signal_that_came
from scaffold.lazy.values import frozen
from scaffold.names import agreed, counted, listed, printable
from scaffold.templates.sets import is_left_alone

QUIET, LONGEST, IDLE = 40, 100, 300
"""Milliseconds after an event: without a further one, until the files are looked at, and with others at most; and
without any event at all."""

WITHOUT_EVENTS = 0.2
"""Seconds between two looks at the files where the system has no events for them."""

REPLACED_WITHIN = 0.05
"""Seconds for which an editor may leave the name of a file free while it replaces the file."""

RETRY, TIMES_AS_LONG = 2, 10
"""Seconds after which documents that cannot be made are tried again although nothing was saved, and how many times as
long as the try took that is at least: settings may name what nobody watches yet."""

TICK, MOST_TICKS = 20_000_000, 5
"""Nanoseconds within which two saves can have the same time, and how often it is waited for them to pass."""

_OURS = ".scaffold"

_Stamp: TypeAlias = tuple[int, int, int, int]
_State: TypeAlias = Mapping[str, _Stamp]
"""Of each file that is watched, by its absolute path, what changes when it is saved."""


@frozen
class Seen:
    """What one look gave: the documents by path, and the files and directories that they depend on.

    The same plan and options give the same `files`; what does not exist yet may be among them. Directories are watched
    with all that is in them but what version control, editors and scaffold keep there.
    """

    documents: Mapping[str, bytes]
    files: tuple[Path, ...]


def watch(look: Callable[[], Seen], *, colour: bool, files: tuple[Path, ...] = ()) -> int:
    """Print what changes in the documents whenever something is saved, until Ctrl-C; return the exit code, 0.

    `look` prepares everything anew. What it raises as ScaffoldError is shown, and a save is waited for that puts it
    right; until `look` has worked once, one of `files`.

    Raises what the first `look` raises as UsageProblem, and as any ScaffoldError where there are no `files`;
    Interrupted for a signal that is not Ctrl-C.
    """
    try:
        _keep_looking(look, _Account(colour), files)
    except ScaffoldError:
        raise
    except (Interrupted, KeyboardInterrupt, Exception) as stop:
        number = _signal_behind(stop)
        if number is None:
            raise
        if number != signal.SIGINT:
            raise Interrupted(number) from None
        ignore_signals()
        terminal.tell("\n")
    return 0


def _signal_behind(stop: BaseException) -> int | None:
    """Return the signal that ended the run, None for none: watchfiles and imports make other errors of it."""
    if isinstance(stop, Interrupted):
        return stop.signal_number
    return signal_that_came() or (signal.SIGINT if isinstance(stop, KeyboardInterrupt) else None)


class _Account:
    """What is told, and what has been told already."""

    def __init__(self, colour: bool) -> None:
        self._colour = colour
        self._documents: Mapping[str, bytes] | None = None
        self._problems: tuple[Diagnostic, ...] = ()

    @property
    def is_new(self) -> bool:
        """Whether nothing has been told yet."""
        return self._documents is None and not self._problems

    def works(self, documents: Mapping[str, bytes], saved: str) -> None:
        """Print what changed in the documents, and that they can be made again if they could not."""
        before, worked = self._documents, not self._problems
        self._documents, self._problems = documents, ()
        if before is None:
            found = f"Watching {counted(len(documents), 'document')}; Ctrl-C ends it."
            terminal.show(f"{found}\n" if worked else _line(saved, (found,)))
            return
        pairs = _differences(before, documents)
        told = _in_numbers(pairs, len(documents)) if pairs else () if worked else ("no document changed",)
        if told:
            terminal.show(_line(saved, told if worked else ("works again", *told)) + diff_text(pairs, self._colour))

    def fails(self, problems: tuple[Diagnostic, ...], saved: str) -> None:
        """Print why the documents cannot be made, unless that is known."""
        if problems == self._problems:
            return
        self._problems = problems
        if self._documents is not None:
            terminal.show(_line(saved, (counted(len(problems), "problem"),)))
        terminal.tell(report.diagnostics_text(problems))
        if self._documents is None:
            terminal.tell("Watching for a save that corrects it; Ctrl-C ends it.\n")


def _keep_looking(look: Callable[[], Seen], account: _Account, files: tuple[Path, ...]) -> None:
    """Look, tell and wait for the next save, until nobody reads what is told any more."""
    watched = _paths(files)
    told = state = _state(watched)
    is_hasty = False
    while True:
        began = time.monotonic()
        found = _looked(look)
        took = time.monotonic() - began
        if isinstance(found, ScaffoldError) and (not watched or (account.is_new and isinstance(found, UsageProblem))):
            raise found
        is_hasty = not is_hasty and _state(watched) != state  # it was looked while somebody saved: perhaps half of it
        if not is_hasty:
            saved = _saved(told, state)
            told = state
            if isinstance(found, ScaffoldError):
                account.fails(found.diagnostics, saved)
            else:
                account.works(found.documents, saved)
                if _paths(found.files) != watched:  # it may have been saved after it was read: nobody watched it yet
                    watched = _paths(found.files)
                    told = state = _state(watched)
                    continue
        fails = isinstance(found, ScaffoldError)
        after = _next_state(watched, state, max(RETRY, TIMES_AS_LONG * took) if fails else math.inf)
        if after is None:
            return
        state = after


def _looked(look: Callable[[], Seen]) -> Seen | ScaffoldError:
    """Return what a look gives, or why it cannot be."""
    try:
        return look()
    except ScaffoldError as error:
        return error


def _next_state(watched: Iterable[Path], state: _State, patience: float) -> _State | None:
    """Return the state of what is watched as soon as it is another, or after `patience` seconds.

    None when nobody reads what is told any more.
    """
    ends = time.monotonic() + patience
    for _ in _alarms(watched):
        now = _state(watched)
        if state.keys() - now.keys():  # an editor that replaces a file takes it away for a moment
            time.sleep(REPLACED_WITHIN)
            now = _state(watched)
        if now != state or time.monotonic() > ends:
            return now
        if not terminal.is_heard():
            break
    return None


def _alarms(watched: Iterable[Path]) -> Iterator[None]:
    """Yield when it is time to look at what is watched: at once, after each event, and when it was quiet a while."""
    import watchfiles

    yield
    there = [path for path in watched if path.exists()]  # what is missing is found when it is quiet
    try:
        for _ in watchfiles.watch(
            *there,
            watch_filter=None,
            step=QUIET,
            debounce=LONGEST,
            rust_timeout=IDLE,
            yield_on_timeout=True,
            ignore_permission_denied=True,
        ):
            yield
    except (OSError, RuntimeError):  # more than the system can watch, or what just went away
        while True:
            time.sleep(WITHOUT_EVENTS)
            yield


# --- what is watched ------------------------------------------------------------------------------------------------


def _paths(files: Iterable[Path]) -> frozenset[Path]:
    return frozenset(path.absolute() for path in files)


def _state(watched: Iterable[Path]) -> _State:
    """Return the state of the files that there are; what cannot be read counts as missing.

    It is waited until the time of every file has passed: from then on a save of it has another.
    """
    for _ in range(MOST_TICKS):
        found = _found(watched)
        now = time.time_ns()
        if not any(abs(now - max(stamp[-2:])) < TICK for stamp in found.values()):
            break
        time.sleep(TICK / 1e9)
    return found


def _found(watched: Iterable[Path]) -> _State:
    found = dict[str, _Stamp]()
    for path in watched:
        for name in _files_in(str(path)) if path.is_dir() else [str(path)]:
            try:
                status = os.stat(name)  # noqa: PTH116 - a Path for every file takes longer than the rest
            except OSError:
                continue
            found[name] = (status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
    return found


def _files_in(directory: str) -> Iterator[str]:
    """Yield the paths of all files in a directory, and in those below it, that can count."""
    try:
        with os.scandir(directory) as entries:
            found = [entry for entry in entries if _counts(entry.name)]
    except OSError:
        return
    for entry in found:
        if entry.is_dir(follow_symlinks=False):
            yield from _files_in(entry.path)
        else:
            yield entry.path


@lru_cache(maxsize=100_000)
def _counts(name: str) -> bool:
    """Whether a file or directory of this name can change a document; the same names are asked for again and again."""
    return name != _OURS and not is_left_alone(name)


# --- what is told ---------------------------------------------------------------------------------------------------


def _saved(before: _State, now: _State) -> str:
    """Return which files were saved and which removed, as somebody in the current directory names them."""
    saved = sorted(path for path, stamp in now.items() if before.get(path) != stamp)
    told = ((saved, "saved"), (sorted(before.keys() - now.keys()), "removed"))
    return ", ".join(f"{listed(map(os.path.relpath, paths))} {what}" for paths, what in told if paths)


def _line(saved: str, facts: Iterable[str]) -> str:
    """Return the line that begins what is told: when, after which save, and what became of it."""
    return printable(f"{clock.time_of_day()}  {f'{saved}: ' if saved else ''}{', '.join(facts)}") + "\n"


def _differences(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> list[Difference]:
    """Return the documents that differ, those that appeared and those that disappeared, in the order of their paths."""
    pairs = (Difference(path, before.get(path), after.get(path)) for path in sorted(before.keys() | after.keys()))
    return [pair for pair in pairs if pair.before != pair.after]


def _in_numbers(pairs: Sequence[Difference], total: int) -> tuple[str, ...]:
    """Return how many documents changed, appeared and disappeared, of how many there are now."""
    made = sum(pair.before is None for pair in pairs)
    gone = sum(pair.after is None for pair in pairs)
    changed = len(pairs) - made - gone
    counts = (
        (changed, f"of {counted(total, 'document')} changed"),
        (made, agreed(made, "new document")),
        (gone, f"{agreed(gone, 'document')} gone"),
    )
    return tuple(f"{count:,} {what}" for count, what in counts if count)
