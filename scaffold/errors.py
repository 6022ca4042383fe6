"""What can go wrong that a user can act on, and the exit code each kind of it ends with.

INT, TERM and HUP unwind a run as `Interrupted`, until what it did is complete. Then they come too late.
"""

import signal
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import ClassVar, Literal, NoReturn, Self, TypeAlias, get_args

from scaffold.lazy.values import frozen

Severity: TypeAlias = Literal["error", "warning", "note"]
"""What is wrong, what is doubtful, and what is not done yet: a note never makes a run fail."""

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
"""All of them, the worst first."""

# fmt: off
Code = Literal[
    "achievement_ambiguous", "achievement_not_in_parallel", "achievement_undefined", "already_approved",
    "already_done", "already_there", "approved", "bad_claim", "bad_directory", "bad_id", "bad_journal", "bad_lock",
    "bad_preview", "bad_record", "bad_target", "batch_too_large", "bookkeeping_lost", "changed_since_preview",
    "claimed", "copier_unloadable", "cycle", "dependencies_differ", "dependencies_open", "directory_not_found",
    "document_invalid", "document_too_long", "drawing_too_large", "duplicate_id", "duplicate_key", "edited",
    "execution_task_missing", "fence_open", "fix_unanswered", "folder_is_link", "foreign_preview",
    "front_matter_kept", "graphviz_failed", "graphviz_missing", "heading_not_taken", "hours_differ", "id_not_taken",
    "implied_not_sought", "in_the_way", "interrupted", "interrupted_run", "key_ignored", "left", "lone_surrogate",
    "marks_unpaired", "merge_markers", "message_not_added", "more_planned", "more_problems", "name_nearly_fits",
    "names_alike", "no_achievements", "no_attempt", "no_locks", "no_plan", "no_such_batch", "no_such_preview",
    "not_a_directory", "not_a_file", "not_a_terminal", "not_confirmed", "not_expected", "not_finished", "not_json",
    "not_ready", "not_started_here", "not_utf8", "not_writable", "nothing_to_carry_out", "nothing_to_undo",
    "orphan", "out_of_date", "out_of_memory", "output_lost", "parallel_not_found", "plan_ambiguous", "plan_busy",
    "plan_name_differs", "plan_not_found", "preview_not_kept", "preview_outdated", "preview_too_large",
    "recovery_failed", "recovery_stuck", "same_file", "self_dependency", "settings_invalid", "settings_not_trusted",
    "slug_collision", "stranger", "subplan_incomplete", "subplan_mismatch", "subplan_missing", "subplan_not_a_file",
    "subplan_not_text", "subplan_unbound", "subplan_unfilled", "subplan_unreadable", "subplan_unrecognised",
    "target_edited", "target_exists", "target_gone", "target_not_a_file", "template_block_unknown",
    "template_extends_itself", "template_file_missing", "template_file_unused", "template_invalid",
    "template_layer", "template_layer_skipped", "template_limit", "template_names", "template_not_found",
    "template_not_strict", "template_refused", "template_rule_unused", "template_text_outside_blocks",
    "template_variable_unknown", "title_differs", "too_deep", "too_early", "too_large", "unbalanced_fence",
    "undefined_achievement", "unknown_achievement", "unknown_dependency", "unknown_level", "unreadable",
    "unsafe_plan_name", "unsupported_platform", "update_conflict", "usage", "write_failed", "wrong_type",
]
# fmt: on
"""What a diagnostic is about, for programs: a word that stays the same. docs/messages.md has each, by exit code."""

CODES: tuple[Code, ...] = get_args(Code)
"""All of them, by the alphabet."""


def code_of(word: object) -> Code:
    """Return a code that came from a child process; ValueError for a word that is none."""
    found = next((code for code in CODES if code == word), None)
    if found is None:
        raise ValueError(f"no code of a diagnostic: {word!a}")
    return found


MOST_LISTED = 100
"""How many problems of a file are listed: nobody reads more, and a file of garbage has millions."""

STOPPING = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
"""The signals that unwind a run; Windows has no SIGHUP."""

_came: list[int] = []


@frozen
class Diagnostic:
    """One thing to tell the user.

    `code` is a stable word for programs (`unknown_dependency`); `message` says what is wrong and what was expected;
    `path` is the file as the user would name it, POSIX and relative to the plan where it lies inside it; `line` is
    1-based; `hint` is the next action. `count` is how many problems it stands for: more than one where it says how
    many are not listed. `achievement` is the id of the one that it is about, `command` the words behind `scaffold` of
    the command that helps, where there is one.
    """

    code: Code
    message: str
    path: str | None = None
    line: int | None = None
    hint: str | None = None
    severity: Severity = "error"
    count: int = 1
    achievement: str | None = None
    command: tuple[str, ...] | None = None


def at_most_listed(problems: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return the problems, of each file at most `MOST_LISTED` and then how many more of each severity there are.

    The worst are kept. Problems without a file are all kept. What has been cut is not cut again.
    """
    given = tuple(problems)
    if len(given) <= MOST_LISTED:
        return given
    by_path = Counter(problem.path for problem in given)
    full = {path for path, count in by_path.items() if path is not None and count > MOST_LISTED}
    if not full:
        return given
    room = dict.fromkeys(full, MOST_LISTED)
    kept: dict[int, Diagnostic] = {}
    more: dict[tuple[str, Severity], int] = {}
    for at, problem in sorted(enumerate(given), key=lambda pair: SEVERITIES.index(pair[1].severity)):
        if problem.path is None or problem.path not in full:
            kept[at] = problem
        elif problem.count == 1 and room[problem.path]:
            kept[at] = problem
            room[problem.path] -= 1
        else:
            more[problem.path, problem.severity] = more.get((problem.path, problem.severity), 0) + problem.count
    rest = (more_problems(path, count, severity) for (path, severity), count in more.items())
    return (*(kept[at] for at in sorted(kept)), *rest)


def at_most(problems: Iterable[Diagnostic], most: int) -> tuple[Diagnostic, ...]:
    """Return so many of the problems, the worst of them, and then how many more of each severity there are."""
    given = tuple(problems)
    if len(given) <= most:
        return given
    by_severity = sorted(range(len(given)), key=lambda at: SEVERITIES.index(given[at].severity))
    kept, more = set(by_severity[:most]), Counter[Severity]()
    for at in by_severity[most:]:
        more[given[at].severity] += given[at].count
    rest = (more_problems(None, more[severity], severity) for severity in SEVERITIES if more[severity])
    return (*(problem for at, problem in enumerate(given) if at in kept), *rest)


def more_problems(path: str | None, count: int, severity: Severity = "error") -> Diagnostic:
    """Return the diagnostic that says how many problems are not listed: of a file, or of all."""
    hint = "correct the problems that are listed, then run the command again"
    return Diagnostic("more_problems", f"and {count:,} more", path, None, hint, severity, count)


class Problems:
    """Collects the problems of one file, so that all are reported at once: the first `MOST_LISTED`, and their number.

    Memory is bounded by those that are listed, however many there are.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.count = 0
        self._listed: list[Diagnostic] = []

    def add(self, code: Code, message: str, *, line: int | None = None, hint: str | None = None) -> None:
        """Note one problem; `message` and `hint` as in `Diagnostic`."""
        self.count += 1
        if self.count <= MOST_LISTED:
            self._listed.append(Diagnostic(code, message, self.path, line, hint))

    def raise_if_any(self) -> None:
        """Raise InvalidInput with the problems that were noted, if any were."""
        if self.count:
            more = self.count - len(self._listed)
            raise InvalidInput([*self._listed, *([more_problems(self.path, more)] if more else [])])


class ScaffoldError(Exception):
    """Something that the user can fix. Carries every diagnostic at once; `exit_code` is how the process ends.

    Of each file at most `MOST_LISTED` are carried, then their number.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = at_most_listed(diagnostics)
        super().__init__("; ".join(diagnostic.message for diagnostic in self.diagnostics))

    @classmethod
    def of(
        cls,
        code: Code,
        message: str,
        *,
        path: str | None = None,
        line: int | None = None,
        hint: str | None = None,
        achievement: str | None = None,
        command: tuple[str, ...] | None = None,
    ) -> Self:
        """Build the error for a single problem; the arguments are those of a `Diagnostic`."""
        return cls([Diagnostic(code, message, path, line, hint, achievement=achievement, command=command)])


class UsageProblem(ScaffoldError):
    """The command line contradicts itself, or names something unknown."""

    exit_code = 2


class InvalidInput(ScaffoldError):
    """A plan, a template or a setting is invalid, not found, ambiguous, unreadable or over a limit."""

    exit_code = 3


class PrerequisitesMissing(ScaffoldError):
    """A SUBPLAN is missing, empty, unfilled, or for another achievement."""

    exit_code = 4


class Conflict(ScaffoldError):
    """A target already exists, or an input changed since the preview; nothing was changed."""

    exit_code = 5


class NotConfirmed(ScaffoldError):
    """Not confirmed; nothing was changed."""

    exit_code = 6


class PlanBusy(ScaffoldError):
    """Another run still holds the plan after two seconds; nothing was changed."""

    exit_code = 7


class WriteFailed(ScaffoldError):
    """Could not write; what was created is taken back, or the message says to run `scaffold recover`."""

    exit_code = 8


class NeedsPerson(ScaffoldError):
    """Bookkeeping that a person must look at; the message lists the files."""

    exit_code = 9


class Interrupted(BaseException):
    """Interrupted (HUP, INT, TERM) before anything was published; nothing was changed.

    Not an `Exception`: nothing on the way may swallow it. `outcome` says what happened to the plan.
    """

    def __init__(self, signal_number: int, outcome: str = "nothing was changed") -> None:
        self.signal_number = signal_number
        self.outcome = outcome
        super().__init__(f"interrupted by signal {signal_number}")

    @property
    def exit_code(self) -> int:
        """128 + the signal's number, as shells have it: 129, 130 or 143."""
        return 128 + self.signal_number


# --- signals --------------------------------------------------------------------------------------------------------


def unwind(number: int, _frame: FrameType | None) -> NoReturn:
    """Handle a signal: raise Interrupted."""
    _came.append(number)
    raise Interrupted(number)


def signal_that_came() -> int | None:
    """Return the signal that first unwound the run, None for none: imports can turn Interrupted into other errors."""
    return _came[0] if _came else None


def unwind_on_signals() -> None:
    """Let the signals unwind the run; one that was ignored before (nohup) stays ignored."""
    for number in STOPPING:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, unwind)


def ignore_signals() -> None:
    """Ignore the signals that unwind the run: its exit code is decided."""
    for number in STOPPING:
        if signal.getsignal(number) is unwind:
            signal.signal(number, signal.SIG_IGN)


@contextmanager
def signals_restored() -> Iterator[None]:
    """Let the signals do afterwards what they do now, for callers that go on after a command has ended."""
    before = {number: signal.getsignal(number) for number in STOPPING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
