"""What can go wrong that a user can act on, and the exit code each kind of it ends with."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Literal, Self, TypeAlias

Severity: TypeAlias = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One thing to tell the user.

    `code` is a stable word for programs (`unknown_dependency`); `message` says what is wrong and what was expected;
    `path` is the file as the user would name it, POSIX and relative to the plan where it lies inside it; `line` is
    1-based; `hint` is the next action.
    """

    code: str
    message: str
    path: str | None = None
    line: int | None = None
    hint: str | None = None
    severity: Severity = "error"


class ScaffoldError(Exception):
    """Something that the user can mend. Carries every diagnostic at once; `exit_code` is the process's answer."""

    exit_code: ClassVar[int] = 1

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("; ".join(diagnostic.message for diagnostic in self.diagnostics))

    @classmethod
    def of(
        cls, code: str, message: str, *, path: str | None = None, line: int | None = None, hint: str | None = None
    ) -> Self:
        """Build the error for a single problem."""
        return cls([Diagnostic(code, message, path, line, hint)])


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
    """A target exists, or an input changed since the preview; nothing was changed."""

    exit_code = 5


class NotConfirmed(ScaffoldError):
    """Not confirmed; nothing was changed."""

    exit_code = 6


class PlanBusy(ScaffoldError):
    """Another run holds the plan, also after waiting two seconds; nothing was changed."""

    exit_code = 7


class WriteFailed(ScaffoldError):
    """Could not write; what was created is taken back, or the message says to run `scaffold recover`."""

    exit_code = 8


class NeedsPerson(ScaffoldError):
    """Bookkeeping that a person must look at; the message lists the files."""

    exit_code = 9


class Interrupted(BaseException):
    """Interrupted (HUP, INT, TERM) before anything was published; nothing was changed.

    Not an `Exception`: nothing on the way may swallow it. `outcome` is what is true of the plan.
    """

    def __init__(self, signal_number: int, outcome: str = "nothing was changed") -> None:
        self.signal_number = signal_number
        self.outcome = outcome
        super().__init__(f"interrupted by signal {signal_number}")

    @property
    def exit_code(self) -> int:
        """128 + the signal's number, as shells have it: 129, 130 or 143."""
        return 128 + self.signal_number
