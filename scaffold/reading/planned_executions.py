"""The executions that a SUBPLAN plans: the rows of a table or items of a list that name `…_01`, `…_02`, …"""

from collections.abc import Iterator, Sequence

from scaffold.lazy.patterns import regex
from scaffold.reading.content import PlannedExecution
from scaffold.reading.markdown import Block, Document
from scaffold.reading.outline import Outline, find, parts_of
from scaffold.reading.parts import marker_width
from scaffold.reading.vocabulary import key

_EXECUTION = regex(r"\bEXECUTION(?:_TASK)?[_ ](?:[\w.-]{0,200}_)?(?P<number>\d{2})(?:\.md)?\b(?!_)")
_LEAD = regex(r"^[\s*`_)\]]*(?:\((?P<remark>[^()]*)\)[\s*`_]*)?[:–—-]*[\s*`_]*")
_PLACEHOLDER = regex(r"\[[^\]]*\]")
_CELLS = regex(r"(?<!\\)\|")
_PURPOSES = ("purpose", "focus", "goal", "objective", "description", "approach", "scope", "task", "title", "what")


def read(outline: Outline) -> tuple[PlannedExecution, ...]:
    """Return the planned executions in order of their numbers' first mention, none twice.

    They stand in the section for them, else in the execution strategy. Tables count before lists; of a list only the
    items themselves, so that an alternative with its own numbers is none. Rows with a `[placeholder]` are unwritten,
    and a single name without a purpose plans nothing.
    """
    for field in ("planned_executions", "execution_strategy"):
        part = find(outline, field)
        for reader in (_of_table, _of_list):
            blocks = [block for inner in parts_of(outline.document, part) for block in inner.blocks] if part else []
            found = [execution for block in blocks for execution in reader(outline.document, block)]
            if len(found) > 1 or any(execution.purpose for execution in found):
                return tuple(_filled(found))
    return ()


def _filled(found: Sequence[PlannedExecution]) -> Iterator[PlannedExecution]:
    """Yield the first execution of each number whose purpose somebody has written."""
    seen: set[str] = set()
    for execution in found:
        if execution.number not in seen and not _PLACEHOLDER.fullmatch(execution.purpose):
            seen.add(execution.number)
            yield execution


def _of_table(document: Document, block: Block) -> Iterator[PlannedExecution]:
    """Yield a table's rows that name an execution; its purpose is in the column called so, else in the next one."""
    if block.kind != "table":
        return
    titles = [key(title) for title in _cells(document.lines[block.first - 1])]
    column = next((titles.index(name) for name in _PURPOSES if name in titles), None)
    for number in range(block.first + 2, block.last + 1):
        cells = _cells(document.lines[number - 1])
        at = next((index for index, cell in enumerate(cells) if _EXECUTION.search(cell)), None)
        found = _EXECUTION.search(cells[at]) if at is not None else None
        if found and at is not None:
            purpose = column if column not in (None, at) else at + 1
            yield PlannedExecution(found["number"], _cell(cells, purpose), number)


def _of_list(document: Document, block: Block) -> Iterator[PlannedExecution]:
    """Yield a list's items that begin with an execution; what follows its name is its purpose."""
    for item in block.children if block.kind == "list" else ():
        line = document.lines[item.first - 1]
        text = _plain(line[marker_width(line) :])
        found = _EXECUTION.search(text)
        if found and not any(character.isalnum() for character in text[: found.start()].replace("[x]", "")):
            yield PlannedExecution(found["number"], _purpose(text[found.end() :]), item.first)


def _purpose(rest: str) -> str:
    """Return what follows the name of an execution; a remark in parentheses only where there is nothing else."""
    lead = _LEAD.match(rest)
    purpose = rest[lead.end() :].strip() if lead else rest
    return purpose or ((lead and lead["remark"]) or "").strip()


def _cells(line: str) -> list[str]:
    """Split a table row into its cells."""
    return [_plain(cell).strip() for cell in _CELLS.split(line.strip().strip("|"))]


def _cell(cells: Sequence[str], index: int | None) -> str:
    return cells[index] if index is not None and index < len(cells) else ""


def _plain(text: str) -> str:
    """Undo escapes, and the emphasis that formatters make of underscores: `EXECUTION*TASK*…\\_01`."""
    return text.replace("\\_", "_").replace("*TASK*", "_TASK_").replace("\\|", "|")
