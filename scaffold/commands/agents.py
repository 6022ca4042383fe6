"""`scaffold agents`: what a repository's coding agents are told of scaffold, as a block of a file or as a skill."""

import os
from pathlib import Path
from typing import Annotated, Literal, TypedDict

import click

from scaffold import report, terminal
from scaffold.commands._diff import Difference, diff_text
from scaffold.commands._write import itself
from scaffold.errors import Conflict, Diagnostic, InvalidInput, NotConfirmed, ScaffoldError, UsageProblem
from scaffold.lazy.patterns import regex
from scaffold.lazy.values import frozen, replace
from scaffold.names import counted, listed, printable
from scaffold.plan.files import read_no_link
from scaffold.plan.workspace import MAX_DOCUMENT_BYTES
from scaffold.reading import markdown
from scaffold.transaction import new_files

BEGIN, END = "<!-- scaffold:begin -->", "<!-- scaffold:end -->"

READING = (
    "status",
    "next",
    "graph",
    "why",
    "check",
    "context",
    "brief",
    "guide",
    "template check",
    "template which",
    "template variables",
    "preview executions",
    "preview subplans",
    "preview update",
)
"""The commands that change nothing of a plan, and may run unasked; all others write."""


def _folded(item: str) -> str:
    return "\n".join(report.folded(item, 118, "  "))


BLOCK = f"""\
{BEGIN}
## Plans

A directory with a file `PLAN_<NAME>.md` is a plan, and `scaffold` keeps it. Before you work in one, run
`scaffold guide`: it prints how, in 60 lines.

- `scaffold next --as NAME` lists what can be done now; NAME is yours. `scaffold claim ID --as NAME` takes an
  achievement, `scaffold brief ID` is all that you need to read for it.
{_folded("- These commands only read, and may run unasked: " + ", ".join(f"`{command}`" for command in READING) + ".")}
- All others write: look with `--dry-run`, then run the same with `--yes`.
- Make no SUBPLAN and no EXECUTION_TASK by hand, and touch nothing in `.scaffold/`.
{END}
"""

FRONT = (
    "---\n"
    "name: scaffold\n"
    "description: >-\n"
    "  Works on plans with the scaffold command: a PLAN, its SUBPLANs and EXECUTION_TASKs. Use it where a directory\n"
    "  has a PLAN_*.md, and when somebody asks for the next task, the state, a review or the documents of a plan.\n"
    "allowed-tools:\n" + "".join(f"  - Bash(scaffold {command}:*)\n" for command in READING) + "---\n"
)
"""What a skill begins with: its tools are those that need no question."""

SKILL = f"{FRONT}\n# scaffold\n\n{BLOCK}"
SKILL_FILE = "scaffold/SKILL.md"

_LINE = regex(rb"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_MARKDOWN = (".md", ".mdc", ".markdown")
_RULES = (".cursorrules", ".windsurfrules", ".clinerules")
"""Files of Markdown without a suffix that agents read."""
_BOM = b"\xef\xbb\xbf"

How = Literal["create", "append", "replace", "nothing"]


@click.command()
@click.option(
    "--to",
    "target",
    metavar="FILE|DIR",
    required=True,
    type=click.Path(),
    help="A Markdown file, such as AGENTS.md; or a directory of skills, such as .claude/skills.",
)
@click.option("--dry-run", is_flag=True, help="Show what would be done, and stop.")
@click.option("--yes", is_flag=True, help="Do it without asking.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of text.")
def agents(target: str, dry_run: bool, yes: bool, as_json: bool) -> int:
    """Tell a repository's coding agents how to work with scaffold.

    In a FILE it is a block between two marks, which is replaced when the command runs again; nothing else of the file
    changes. In a DIR it is a skill, scaffold/SKILL.md, that allows the commands that only read.
    """
    told = prepare(target)
    if not as_json:
        terminal.tell(report.diagnostics_text(told.warnings))
        terminal.show(agents_text(told, colour=terminal.colour_wanted(), dry_run=dry_run))
    written = False
    try:
        if told.how != "nothing" and not dry_run:
            question = f"Proceed with writing {printable(str(told.path))}? (y/N): "
            if not yes and not terminal.confirm(question, may_ask=not as_json):
                return NotConfirmed.exit_code
            _write(told)
            written = True
    except ScaffoldError as error:
        if not as_json:
            raise
        problems = error.diagnostics
        if isinstance(error, NotConfirmed):
            problems = tuple(replace(problem, command=(*itself(), "--yes")) for problem in problems)
        diagnostics = (*problems, *told.warnings)
        terminal.show(report.envelope("agents", agents_data(told, written=False), diagnostics, ok=False))
        return error.exit_code
    if as_json:
        terminal.show(report.envelope("agents", agents_data(told, written=written), told.warnings, ok=True))
    elif written:
        terminal.show(f"{'Created' if told.before is None else 'Changed'} {printable(str(told.path))}\n")
    return 0


@frozen
class Told:
    """A file that is to tell agents of scaffold, as it is (None where there is none) and as it is to be."""

    path: Path
    how: How
    before: bytes | None
    after: bytes
    warnings: tuple[Diagnostic, ...] = ()


def prepare(target: str) -> Told:
    """Work out what is to be written; nothing is.

    Raises UsageProblem for a path that means neither a file of rules nor a directory of skills, InvalidInput for what
    is no readable Markdown file or has marks that do not pair, Conflict where a file of the skill's name has no block,
    WriteFailed where it may not be replaced.
    """
    is_file = not _means_skills(target)
    path = Path(target) if is_file else Path(target) / SKILL_FILE
    before = _read(path)
    if before is None:
        return Told(path, "create", None, (BLOCK if is_file else SKILL).encode())
    place = _block(before, str(path))
    if not is_file and place is None:
        hint = "move it away, or name another directory"
        raise Conflict.of("target_exists", "already exists, and has no block of scaffold", path=str(path), hint=hint)
    warnings = [] if is_file or before.startswith(FRONT.encode()) else [_other_front(path)]
    after = (
        _appended(before, str(path))
        if place is None
        else before[: place[0]] + _in_lines_of(before) + before[place[1] :]
    )
    how: How = "nothing" if after == before else "append" if place is None else "replace"
    if len(after) > MAX_DOCUMENT_BYTES:
        problem = f"would have more than {MAX_DOCUMENT_BYTES:,} bytes with the block, and could not be read again"
        raise InvalidInput.of("too_large", problem, path=str(path), hint="shorten it, or name another file")
    if how != "nothing":
        new_files.demand_replaceable(path)
    return Told(path, how, before, after, tuple(warnings))


def _means_skills(target: str) -> bool:
    """Whether a path is that of a directory of skills; raises UsageProblem where it is not that of rules either."""
    path = Path(target)
    if target.strip():
        if os.path.isdir(target) or target.endswith("/"):  # noqa: PTH112 - pathlib fails on what is too long
            return True
        if path.suffix.lower() in _MARKDOWN or path.name in _RULES:
            return False
        if not (os.path.lexists(target) or path.suffix or path.name.startswith(".")):
            return True
    expected = f"a file that ends in {_one_of(_MARKDOWN)}, or is named {_one_of(_RULES)}"
    message = f"--to {target or repr(target)}: expected {expected}, or a directory of skills"
    raise UsageProblem.of("usage", message, hint="name a file such as AGENTS.md, or let a new directory end in /")


def _one_of(names: tuple[str, ...]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}"


def _read(path: Path) -> bytes | None:
    """Return the bytes of a file, None where there is none; raises InvalidInput for what is no text of its own."""
    hint = "name a Markdown file in UTF-8, or a directory of skills"
    if os.path.islink(path):  # noqa: PTH114 - pathlib fails on what is too long for a name
        message = f"is a link; expected the file itself: {path.resolve()}"
        raise InvalidInput.of("unreadable", message, path=str(path), hint="name the file that it leads to")
    try:
        content = read_no_link(path, MAX_DOCUMENT_BYTES)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise InvalidInput.of("unreadable", f"cannot be read: {error.strerror}", path=str(path), hint=hint) from error
    problem = f"has more than {MAX_DOCUMENT_BYTES:,} bytes" if len(content) > MAX_DOCUMENT_BYTES else None
    try:
        content.decode()
    except UnicodeDecodeError as error:
        line = len(_LINE.findall(content[: error.start] + b"."))
        problem = problem or f"is not UTF-8: line {line}, byte 0x{content[error.start]:02x}"
    if problem:
        raise InvalidInput.of("unreadable", problem, path=str(path), hint=hint)
    return content


def _block(content: bytes, path: str) -> tuple[int, int] | None:
    """Return where the block begins and ends, None where there is no mark; raises InvalidInput for other marks."""
    code = markdown.code_lines(markdown.parse(markdown.decode(content)))
    begins, ends, at = list[tuple[int, int]](), list[tuple[int, int]](), 0
    for number, line in enumerate(_LINE.findall(content), 1):
        words = line.removeprefix(_BOM).strip()
        if number not in code and words in (BEGIN.encode(), END.encode()):
            start = at + line.index(words)
            (begins if words == BEGIN.encode() else ends).append((number, start))
        at += len(line)
    if not begins and not ends:
        return None
    if len(begins) == len(ends) == 1 and begins < ends:
        return begins[0][1], ends[0][1] + len(END)
    found = "; ".join(
        f"{mark} on line {listed(str(number) for number, _ in places)}" if places else f"no {mark}"
        for mark, places in ((BEGIN, begins), (END, ends))
    )
    line = min(begins + ends)[0]
    hint = "keep one of each, the first above the second, or none of them; then run the command again"
    raise InvalidInput.of(
        "marks_unpaired", f"the marks of the block do not pair: {found}", path=path, line=line, hint=hint
    )


def _appended(before: bytes, path: str) -> bytes:
    """Return the text with the block behind it; raises InvalidInput where it would stand in a code block."""
    newline = _newline(before)
    is_empty = not before.removeprefix(_BOM)
    gap = b"" if is_empty else newline if before.endswith((b"\n", b"\r")) else 2 * newline
    after = before + gap + _in_lines_of(before) + newline
    if _block(after, path) is None:
        hint = "close the code block, then run the command again"
        raise InvalidInput.of("fence_open", "ends inside a code block that nobody closes", path=path, hint=hint)
    return after


def _in_lines_of(content: bytes) -> bytes:
    """Return the block with the line ends of a text, without the last of them."""
    return BLOCK.removesuffix("\n").encode().replace(b"\n", _newline(content))


def _newline(content: bytes) -> bytes:
    """Return how the first line of a text ends."""
    first = next(iter(_LINE.findall(content)), b"")
    return next((end for end in (b"\r\n", b"\n", b"\r") if first.endswith(end)), b"\n")


def _other_front(path: Path) -> Diagnostic:
    message = "its front matter is not what scaffold writes now, and stays as it is"
    hint = "to have it written again, move the file away and run the command again"
    return Diagnostic("front_matter_kept", message, str(path), 1, hint, "warning")


def _write(told: Told) -> None:
    if told.before is None:
        new_files.create_file(told.path, told.after)
    else:
        new_files.replace_file(told.path, told.before, told.after)


class AgentsData(TypedDict):
    """`data` of `scaffold agents --json`."""

    path: Annotated[str, "the file, to be opened from the current directory"]
    change: Annotated[How, "what is done to it: `create`, `append` or `replace` the block, or `nothing`"]
    written: Annotated[bool, "whether it was done"]
    text: Annotated[str, "the block, or the whole file where it is created"]


def agents_data(told: Told, *, written: bool) -> AgentsData:
    """Return `data` of `scaffold agents --json`."""
    text = told.after.decode() if told.before is None else BLOCK
    return {"path": told.path.as_posix(), "change": told.how, "written": written, "text": text}


def agents_text(told: Told, *, colour: bool, dry_run: bool) -> str:
    """Show what would change in the file."""
    where = printable(str(told.path))
    if told.how == "nothing":
        return f"Nothing to change: {where} has the block as it is now.\n"
    size = counted(len(told.after.splitlines()), "line")
    head = {
        "create": f"New file {where} ({size}):",
        "append": f"A block to append to {where}:",
        "replace": f"The block to replace in {where}:",
    }[told.how]
    shown = diff_text([Difference(told.path.as_posix(), told.before, told.after)], colour)
    rest = "Dry run: nothing was changed.\n" if dry_run else ""
    return f"{head}\n\n{shown}\n{rest}"
