"""The files and commands that a text names: what an executor needs before any sentence about them."""

from collections.abc import Iterator
from functools import lru_cache

from scaffold.lazy.patterns import regex

_EXTENSIONS = (
    "py|pyi|md|rst|json|jsonl|ya?ml|toml|ini|cfg|conf|env|lock|txt|csv|log|sh|bash|sql|html?|css|jsx?|tsx?|mjs|"
    "go|rs|java|kt|rb|c|h|cpp|xml|proto|ipynb|svg|png|pdf|tf|jinja|j2"
)
_NAME = r"[\w.@~{}\[\]<>*+-]"
_PATH = regex(rf"(?:{_NAME}*/)+{_NAME}*(?::\d+(?:-\d+)?)?|{_NAME}+\.(?:{_EXTENSIONS})(?::\d+(?:-\d+)?)?")
_PROGRAM = regex(
    r"(?:\$ )?(?:python3?|pytest|pip3?|pipx|uv|poetry|tox|nox|make|just|cmake|ninja|git|gh|npm|npx|yarn|pnpm|node|deno|"
    r"bash|sh|zsh|docker|docker-compose|podman|kubectl|helm|terraform|curl|wget|http|ssh|scp|rsync|ruff|black|isort|mypy|pre-commit|"
    r"flake8|pylint|eslint|cargo|go|mvn|gradle|java|ruby|bundle|rake|psql|mysql|mongosh?|redis-cli|sqlite3|jq|"
    r"cd|ls|cat|grep|rg|sed|awk|wc|find|mkdir|cp|mv|rm|diff|head|tail|touch|chmod|export|source|open|scaffold|\.{1,2}/\S+)"
    r"(?=\s|$)"
)
_CODE_SPAN = regex(r"(?<!`)(?P<fence>`{1,2})(?!`)(?P<code>[^\n]+?)(?<!`)(?P=fence)(?!`)")
_FENCE = regex(r"^[\s>]*(?:`{3,}|~{3,})[ \t]*(?P<info>[\w+-]*)")

_FILE_LABEL = regex(
    r"(?:[\w-]+ )?(?:files?|paths?|scripts?|modules?)(?: locations?| names?| paths?)?|(?:save )?location"
)

SHELLS = frozenset({"", "bash", "sh", "shell", "console", "zsh", "shell-session"})
"""The languages of code blocks that hold commands."""

SCRIPT = 4
"""A code block of as many commands is a script: none of them stands for itself."""


def is_path(text: str) -> bool:
    """Whether the text of a code span names a file or directory: it has a `/` or the extension of a file, no blank."""
    return len(text) > 2 and bool(_PATH.fullmatch(text)) and any(map(str.isalnum, text))


def is_command(text: str) -> bool:
    """Whether a line of code begins with a program that is run from a command line."""
    return bool(_PROGRAM.match(text))


def is_file_label(key: str) -> bool:
    """Whether a label's bare form announces a file: `file`, `test files`, `file location`."""
    return bool(_FILE_LABEL.fullmatch(key))


def paths(text: str) -> tuple[str, ...]:
    """Return the paths in the code spans of a text, without what lies in code blocks, none twice."""
    return tuple(dict.fromkeys(span for span in _spans(text) if is_path(span)))


@lru_cache(maxsize=4096)
def landmarks(text: str) -> tuple[str, ...]:
    """Return the paths and commands that a text names in code spans and short shell blocks, in order, none twice."""
    return tuple(dict.fromkeys(_landmarks(text)))


def commands_of(info: str, lines: list[str]) -> tuple[str, ...]:
    """Return the commands of a code block, `lines` without its fences; empty when it is a script or something else."""
    if info.casefold() not in SHELLS:
        return ()
    code = [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]
    typed = [line for line in code if line.startswith("$ ")]  # what stands below it is what it prints
    code = [line.removeprefix("$ ") for line in typed or code]
    if not code or len(code) >= SCRIPT or not all(map(is_command, code)) or any(line.endswith("\\") for line in code):
        return ()
    return tuple(code)


def _landmarks(text: str) -> Iterator[str]:
    info: str | None = None
    inside: list[str] = []
    for line in text.split("\n"):
        fence = _FENCE.match(line)
        if fence and info is None:
            info, inside = fence["info"], []
        elif fence:
            yield from commands_of(info or "", inside)
            info = None
        elif info is not None:
            inside.append(line)
        else:
            yield from (code for code in _code(line) if is_path(code) or (" " in code and is_command(code)))
    if info is not None:
        yield from commands_of(info, inside)


def _spans(text: str) -> Iterator[str]:
    is_code = False
    for line in text.split("\n"):
        if _FENCE.match(line):
            is_code = not is_code
        elif not is_code:
            yield from _code(line)


def _code(line: str) -> Iterator[str]:
    return (match["code"].strip() for match in _CODE_SPAN.finditer(line))
