"""Documents of other planning tools, by their typical headings: whose format it is that was taken for a SUBPLAN."""

from collections.abc import Iterable

from scaffold.reading.markdown import front_matter
from scaffold.reading.outline import Outline
from scaffold.reading.vocabulary import key

_NEEDED = 2
"""How many of a tool's marks a document has that is told to be of that tool."""

_MARKS = {
    "spec-kit": "feature specification:; user scenarios & testing; review & acceptance checklist; key entities; "
    "functional requirements; technical context; constitution check; complexity tracking; path conventions; "
    "execution flow; format: `[id] [p?] [story] description`",
    "OpenSpec": "why; what changes; impact; added requirements; modified requirements; removed requirements; "
    "renamed requirements; requirement:; scenario:; new capabilities; modified capabilities",
    "Kiro": "requirements document; design document; requirement 1; glossary; components and interfaces; data models; "
    "error handling; correctness properties",
    "task-master": "task id:; title:; status:; dependencies:; priority:; description:; details:; test strategy:",
    "BMAD": "story; tasks / subtasks; dev notes; dev agent record; qa results; agent model used; debug log references; "
    "completion notes list; file list",
    "get-shit-done": "<objective>; <execution_context>; <context>; <tasks>; <task ; wave:; autonomous:; "
    "files_modified:; must_haves:",
    "Agent OS": "spec requirements document; spec summary; spec scope; expected deliverable; user stories",
}
"""The bare forms of headings, the beginnings of headings (`requirement:`) and of tags, keys of front matter."""


def tool_of(outline: Outline) -> str | None:
    """Return the tool whose format a document has, None where that is not beyond doubt."""
    lines = outline.document.lines
    front = lines[: front_matter(lines)]
    found = {
        *(place.key for place in outline.places),
        *([key(outline.title.title)] if outline.title else []),
        *(line.strip().casefold() for line in lines if line.lstrip().startswith("<")),
        *(f"{line.partition(':')[0].strip().casefold()}:" for line in front if ":" in line),
    }
    counts = {tool: sum(_is_there(mark, found) for mark in marks.split("; ")) for tool, marks in _MARKS.items()}
    tool = max(counts, key=lambda one: counts[one])
    return tool if counts[tool] >= _NEEDED else None


def _is_there(mark: str, found: Iterable[str]) -> bool:
    is_beginning = mark[-1] in ": >"
    return any(one == mark or (is_beginning and one.startswith(mark)) for one in found)
