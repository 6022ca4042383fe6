"""The terminal: output, questions, its width. A reader that has gone away is not an error."""

import codecs
import contextlib
import errno
import io
import os
import sys
from typing import TextIO

from scaffold.errors import NotConfirmed, WriteFailed

ESCAPING = "scaffold.json_escapes"
"""Python's name for how characters that an encoding lacks are written: as JSON escapes them."""


AGENTS = ("AI_AGENT", "AGENT", "CLAUDECODE", "CURSOR_AGENT", "GEMINI_CLI", "CODEX_SANDBOX")
"""Variables that coding agents set for the commands they run: what looks like a terminal there is none."""


def write_anything() -> None:
    """Let both streams write what their encoding lacks: a plan may contain any character."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=ESCAPING)


def _escaped(error: UnicodeError) -> tuple[str, int]:
    import json

    assert isinstance(error, UnicodeEncodeError)  # noqa: S101 - nothing is read with it
    return json.dumps(error.object[error.start : error.end])[1:-1], error.end


codecs.register_error(ESCAPING, _escaped)


def say(stream: TextIO | None, text: str) -> None:
    """Write text at once; a reader that has gone away does not change what the run did.

    Raises WriteFailed where output is lost for another reason, such as a full disk.
    """
    if stream is None:
        return
    try:
        stream.write(text)
        stream.flush()
    except (BrokenPipeError, ValueError):
        pass
    except OSError as error:
        if error.errno != errno.EBADF:
            message = f"the output could not be written: {error.strerror}"
            hint = "free space where it is written, then run the command again"
            raise WriteFailed.of("output_lost", message, hint=hint) from error


def show(text: str) -> None:
    """Print data: on stdout."""
    say(sys.stdout, text)


def tell(text: str) -> None:
    """Print a message about the run: on stderr."""
    with contextlib.suppress(WriteFailed):  # there is no other place to complain in
        say(sys.stderr, text)


def columns() -> int | None:
    """Return the width of the terminal that stdout is, None where it is not a terminal."""
    return _columns_of(sys.stdout)


def talk_columns() -> int | None:
    """Return the width of the terminal that stderr is, where questions are asked; None where it is not a terminal."""
    return _columns_of(sys.stderr)


def _columns_of(stream: TextIO | None) -> int | None:
    if stream is None or not stream.isatty():
        return None
    import shutil

    return shutil.get_terminal_size().columns


def colour_wanted() -> bool:
    """Whether stdout is a terminal that shows colours, and nobody asked for none (NO_COLOR)."""
    plain = os.environ.get("NO_COLOR", "") != "" or os.environ.get("TERM") == "dumb"
    return not plain and sys.stdout is not None and sys.stdout.isatty()


def can_ask() -> bool:
    """Whether somebody is there to answer: at a terminal, and neither with an agent nor in continuous integration."""
    return unattended() is None and sys.stdin is not None and sys.stdin.isatty()


def unattended() -> str | None:
    """Return why nobody reads what is asked, even at a terminal, with the variable that says so; None if none does."""
    for name in (*AGENTS, "CI"):
        if os.environ.get(name, "").lower() not in ("", "0", "false"):
            kind = "continuous integration" if name == "CI" else "an agent's environment"
            return f"{kind}: {name} is set"
    return None


def ask(question: str) -> str | None:
    """Ask for a line, and return it without surrounding spaces; None at the end of input."""
    tell(question)
    try:
        line = sys.stdin.readline()
    except UnicodeDecodeError:  # a slip of the keyboard: no answer to anything
        return "\N{REPLACEMENT CHARACTER}"
    if not line:
        tell("\n")
    return line.strip() if line else None


def confirm(question: str, *, may_ask: bool) -> bool:
    """Ask once, and return whether the answer is y or yes; what no other answer does is said, and is no error.

    Raises NotConfirmed where nobody can be asked.
    """
    if not may_ask or not can_ask():
        where = unattended()
        why = f"nobody is asked in {where}" if where else "cannot ask for confirmation without a terminal"
        why = why if may_ask else "--json and --no-input never ask"
        hint = "look at the preview, then add --yes"
        raise NotConfirmed.of("not_confirmed", f"not confirmed: {why}; nothing was changed", hint=hint)
    if (ask(question) or "").lower() in {"y", "yes"}:
        return True
    tell("Not confirmed: nothing was changed.\n")
    return False


def count(done: int, total: int) -> None:
    """Show a counter on one line of a terminal: `Creating 3/40`. For few files nobody could read it."""
    if total > 20 and sys.stderr is not None and sys.stderr.isatty():
        tell(f"\rCreating {done}/{total}" + ("\n" if done == total else ""))


def is_heard() -> bool:
    """Whether somebody may still read stdout: False where it is a pipe whose reader has gone away."""
    import select

    try:
        waiting = select.poll()
        waiting.register(sys.stdout.fileno(), 0)
        return not any(event & select.POLLERR for _, event in waiting.poll(0))
    except (AttributeError, OSError, ValueError):  # Windows has no poll; what is no pipe, or no file at all
        return True


def let_go() -> None:
    """Flush, and where the reader has gone away, keep the interpreter from complaining at exit."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None and not stream.closed:
                stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
