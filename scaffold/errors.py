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
    """The command line asks for something contradictory."""

    exit_code = 2


class InvalidInput(ScaffoldError):
    """A plan, settings or template is invalid, not found, ambiguous, unreadable or over a limit."""

    exit_code = 3


class PrerequisitesMissing(ScaffoldError):
    """A SUBPLAN is missing, unfilled or bound to another achievement."""

    exit_code = 4


class Conflict(ScaffoldError):
    """A target exists, or what was read has changed since; nothing was changed."""

    exit_code = 5


class NotConfirmed(ScaffoldError):
    """Nobody said yes; nothing was changed."""

    exit_code = 6


class PlanBusy(ScaffoldError):
    """Another run holds the plan."""

    exit_code = 7


class WriteFailed(ScaffoldError):
    """Writing failed; what this run had created was taken back, or the message says how to finish."""

    exit_code = 8


class NeedsPerson(ScaffoldError):
    """Bookkeeping that no program may decide about; the message lists the files."""

    exit_code = 9


class Interrupted(BaseException):
    """A signal came before the commit point. Not an `Exception`: nothing on the way may swallow it."""

    def __init__(self, signal_number: int) -> None:
        self.signal_number = signal_number
        super().__init__(f"interrupted by signal {signal_number}")

    @property
    def exit_code(self) -> int:
        """128 + the signal's number, as shells have it: 129, 130 or 143."""
        return 128 + self.signal_number
