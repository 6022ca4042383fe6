"""Problems as annotations of GitHub's workflow commands: `::error file=…,line=…::message`."""

from collections.abc import Iterable
from pathlib import Path

from scaffold.errors import Diagnostic
from scaffold.names import printable


def github_text(diagnostics: Iterable[Diagnostic], directory: Path) -> str:
    """Give a line for each. `directory` is the plan's: paths in it are written as seen from the current directory."""
    return "".join(_line(one, directory) for one in diagnostics)


def _line(one: Diagnostic, directory: Path) -> str:
    place = f" file={_property(str(directory / one.path))}" if one.path else ""
    place += f",line={one.line}" if one.path and one.line else ""
    text = f"{one.message}: {one.hint}" if one.hint else one.message
    return f"::{one.severity}{place}::{_escaped(text)}\n"


def _escaped(text: str) -> str:
    return printable(text).replace("%", "%25")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")
