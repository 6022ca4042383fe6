"""How much of a SUBPLAN reaches the EXECUTION_TASK that is made from it: measures, each defined where it is.

The measures read both texts by themselves, not with the product's readers, so that a fault of a reader shows. As a
script it makes the document of every SUBPLAN below the directories it is given and prints the sums:

    python -m tests.scorer DIRECTORY… [--each]
"""

import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from dataclasses import replace as changed
from pathlib import Path

from scaffold.document.execution_task import execution_task
from scaffold.model import Achievement, Input
from scaffold.reading import markdown, subplan
from tests.documents import FACTS, rendered

LIMIT = 150
"""The most lines of a document."""

FREE = 10
"""As many unused lines in a document that hides something are a fault."""

_CODE_SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
_EXTENSIONS = "py md json jsonl ya?ml toml sh js jsx ts tsx html css sql txt csv cfg ini lock log rs go java rb c h"
_PATH = re.compile(rf"(?:[\w.@~{{}}<>*-]*/)+[\w.@{{}}<>*-]*|[\w.@{{}}<>*-]+\.(?:{'|'.join(_EXTENSIONS.split())})")
_ABOUT_FILES = re.compile(
    r"\b(?:deliver|files?\b|creat|modif|output|artifact|phase|step|stage|approach|implement|tests?\b|testing|validat|verif)",
    re.IGNORECASE,
)
_PROGRAMS = (
    r"python3?|pytest|pip3?|uv|make|git|npm|npx|node|bash|sh|docker(?:-compose)?|curl|ruff|mypy|cd|ls|cat|grep|wc|find|"
    r"mkdir|cp|mv|rm|diff|head|tail|touch|chmod|export|source|mongosh?|jq|open|scaffold|\./[\w./-]+"
)
_COMMAND = re.compile(rf"\s*(?:\$ )?(?P<command>(?:{_PROGRAMS})\b[^\n]*)")
_SHELLS = {"", "bash", "sh", "shell", "console", "zsh"}
_FENCE = re.compile(r"\s*(?:`{3,}|~{3,})\s*(?P<info>\w*)")
_POINTER = re.compile(r"… [^\n]*?SUBPLAN lines? (?P<first>\d+)(?:[-–](?P<last>\d+))?")
_REACH = re.compile(r"(?:lines?\s+|(?<=[ ,·(]))(?P<first>\d+)(?:[-–](?P<last>\d+))?")
_TIER = re.compile(
    r"\b(must[ -]have|should[ -]have|could[ -]have|nice[ -]to[ -]have|optional|stretch|bonus)\b", re.IGNORECASE
)
_MARKER = re.compile(r"^[\s>]*(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[[ xX~/-]\][ \t]+)?")
_LABEL = re.compile(r"^[\s>]*(?:(?:[-*+]|\d+[.)])[ \t]+)?\*\*[^*]+(?::\*\*|\*\*:)")
_SILENT = re.compile(r".*:(?:\*\*)?\s*|\s*(?:`{3,}|~{3,}).*")
_ITEM = re.compile(r"^(?:(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[[ xX~/-]\][ \t]+)?|\s*[-*+][ \t]+\[[ xX~/-]\][ \t]+)")
_FIXED = ("SUBPLAN Context", "Execution Instructions", "Iteration Log", "Completion Checklist", "Learning Summary")
_WITHIN = ("Objective", "Approach", "Success Criteria")


@dataclass(frozen=True, slots=True)
class Score:
    """The counts of one document, or the sums of several; `longest` is a maximum."""

    documents: int = 0
    paths: int = 0
    paths_reached: int = 0
    commands: int = 0
    commands_reached: int = 0
    tiers: int = 0
    tiers_reached: int = 0
    empty_phases: int = 0
    duplicates: int = 0
    dear_pointers: int = 0
    wasteful: int = 0
    longest: int = 0
    broken_outlines: int = 0
    source_lines: int = 0
    lines_without_pointer: int = 0


def score(source: str, document: str) -> Score:
    """Return the counts of the document made from a SUBPLAN's text."""
    paths, commands, tiers = source_paths(source), source_commands(source), source_tiers(source)
    flat, lines = _flat(document), document.count("\n")
    return Score(
        documents=1,
        paths=len(paths),
        paths_reached=sum(bool(re.search(rf"(?<![\w/.]){re.escape(path)}(?!\w)", document)) for path in paths),
        commands=len(commands),
        commands_reached=sum(command in flat for command in commands),
        tiers=len(tiers),
        tiers_reached=sum(tier in document.casefold() for tier in tiers),
        empty_phases=len(empty_phases(document)),
        duplicates=len(duplicates(document)),
        dear_pointers=len(dear_pointers(source, document)),
        wasteful=int(hides(document) and LIMIT - lines >= FREE),
        longest=lines,
        broken_outlines=int(not has_own_outline(document)),
        source_lines=len(_content(source)),
        lines_without_pointer=len(lines_without_pointer(source, document)),
    )


def source_paths(source: str) -> tuple[str, ...]:
    """Return the back-ticked paths of a SUBPLAN that an executor needs, none twice.

    A path is a code span outside of code blocks that has a `/` or the extension of a file, and no blank. It counts
    where a heading above it is about deliverables, files, an approach and its phases, or tests.
    """
    return tuple(
        dict.fromkeys(
            span
            for _, line in _lines_about(source, _ABOUT_FILES)
            for span in _CODE_SPAN.findall(line)
            if _PATH.fullmatch(span) and len(span) > 2
        )
    )


def source_commands(source: str) -> tuple[str, ...]:
    """Return the commands of a SUBPLAN, none twice: single lines of shell code blocks that begin with a program.

    Only blocks of at most three commands count: longer ones are scripts. Blanks are made even, comments left out.
    """
    found: list[str] = []
    for info, lines in _code_blocks(source):
        commands = [match["command"] for line in lines if (match := _COMMAND.match(line))]
        if info in _SHELLS and 0 < len(commands) <= 3:
            found += [_flat(re.sub(r"\s+#.*", "", command)) for command in commands if not command.endswith("\\")]
    return tuple(dict.fromkeys(found))


def source_tiers(source: str) -> tuple[str, ...]:
    """Return the tiers that headings or bold labels below success criteria name, in lower case, none twice."""
    about = re.compile(r"criteria|success|definition of done", re.IGNORECASE)
    lines = [
        line
        for _, line in _lines_about(source, about)
        if line.lstrip(" -*>").startswith(("#", "**")) or "**" in line[:6]
    ]
    return tuple(dict.fromkeys(match[0].casefold() for line in lines if (match := _TIER.search(line[:60]))))


def empty_phases(document: str) -> tuple[str, ...]:
    """Return the phase headings of a document with nothing below them."""
    text = [line for line in document.splitlines() if line.strip()]
    return tuple(
        line
        for line, following in zip(text, [*text[1:], "##"], strict=True)
        if line.startswith("### ") and line[4:] not in _WITHIN and re.match(r"#{1,3} ", following)
    )


def duplicates(document: str) -> tuple[str, ...]:
    """Return the list items of a document that say what an item before them said, one entry for each repetition.

    Items are those of the document's own lists, and what has a box; the details below an item are its text. They are
    compared without marker, box, emphasis, case and final stop; those of less than three words do not count, nor what
    stands in code. A step that two phases have is work to do twice, and no repetition.
    """
    seen: dict[str, set[str]] = {}
    found = []
    heading = fence = ""
    for line in document.splitlines():
        if match := _FENCE.match(line):
            run = match[0].strip()[:3]
            fence = "" if run == fence else fence or run
        elif line.startswith("#") and not fence:
            heading = line
        elif not fence and (match := _ITEM.match(line)) and len((item := _bare(line[match.end() :])).split()) > 2:
            places = seen.setdefault(item, set())
            if (places and not all(_is_phase(place) for place in (*places, heading))) or heading in places:
                found.append(line.strip())
            places.add(heading)
    return tuple(found)


def _is_phase(heading: str) -> bool:
    return heading.startswith("### Phase ")


def dear_pointers(source: str, document: str) -> tuple[str, ...]:
    """Return the pointers that cost more than what they hide.

    A pointer (`… 3 more lines: SUBPLAN lines 4-6`) costs its characters, and a line when it has one of its own, two
    when it is a paragraph. What it hides are the lines of the SUBPLAN that it names, without fences, blanks and
    markers; where it names only the first, as many as it counts.
    """
    lines, shown = source.splitlines(), document.splitlines()
    return tuple(
        pointer[0]
        for at, line in enumerate(shown)
        if (pointer := _POINTER.search(line)) and _costs_more(pointer, _hidden(pointer, lines), shown, at)
    )


def hides(document: str) -> bool:
    """Whether a document leaves out something of what it shows."""
    return bool(_POINTER.search(document))


def has_own_outline(document: str) -> bool:
    """Whether the headings of levels 1 to 3 are the template's, with one for each phase, whatever was copied."""
    headings = [block for block in markdown.parse(document).blocks if block.kind == "heading" and block.level < 4]
    sections = tuple(block.text for block in headings if block.level == 2)
    if not headings or headings[0].level != 1 or sections != _FIXED:
        return False
    below: dict[str, list[str]] = {}
    section = ""
    for block in headings[1:]:
        if block.level == 2:
            section = block.text
        else:
            below.setdefault(section, []).append(block.text)
    return below.get("SUBPLAN Context") == [*_WITHIN] and set(below) <= {*_FIXED[:3]}


def lines_without_pointer(source: str, document: str) -> tuple[str, ...]:
    """Return the lines of a SUBPLAN, below its first section heading, that a document neither has nor points to.

    A line is in the document when its words are, without markup and without a label at its beginning. A pointer or the
    map of the rest reaches it when it names the line's number or a range around it. Fences, and labels and
    announcements that stand alone, say nothing; what follows the last rule is no section.
    """
    flat = _bare(document)
    reached = {
        number
        for line in document.splitlines()
        if "SUBPLAN" in line
        for match in _REACH.finditer(line)
        for number in range(int(match["first"]), int(match["last"] or match["first"]) + 1)
    }
    return tuple(line for number, line in _content(source) if number not in reached and _bare(line) not in flat)


def _content(source: str) -> list[tuple[int, str]]:
    """Return the lines with words below the first heading of level 2, with their numbers; headings are no content."""
    lines = list(enumerate(source.splitlines(), 1))
    start = next((number for number, line in lines if line.startswith("## ")), len(lines))
    foot = max((number for number, line in lines if line.strip() == "---"), default=len(lines))
    heads = [number for number, line in lines if line.startswith("## ")]
    end = foot if heads and foot > heads[-1] else len(lines)
    return [
        (number, _LABEL.sub("", line))
        for number, line in lines
        if start < number <= end and not line.startswith("#") and not _SILENT.fullmatch(line) and _bare(line)
    ]


def _costs_more(pointer: re.Match[str], hidden: Sequence[str], shown: Sequence[str], at: int) -> bool:
    """Whether a pointer on line `at` of a document takes more room than what it hides would."""
    alone = _MARKER.sub("", shown[at]).strip().startswith(pointer[0][:3])
    is_paragraph = alone and not _MARKER.match(shown[at])
    if alone and len(hidden) < 1 + is_paragraph:
        return True
    return len(" ".join(hidden)) < len(pointer[0])


def _hidden(pointer: re.Match[str], lines: Sequence[str]) -> list[str]:
    """Return what a pointer hides, line by line."""
    first, last = int(pointer["first"]), int(pointer["last"] or 0)
    count = int(match[0]) if (match := re.search(r"\d+", pointer[0])) else 1
    below = [
        _MARKER.sub("", line).strip()
        for line in lines[first - 1 : last or len(lines)]
        if line.strip() and not _FENCE.match(line)
    ]
    return below if last else below[:count]


def _lines_about(source: str, about: re.Pattern[str]) -> Iterator[tuple[int, str]]:
    """Yield the lines outside of code blocks under headings that are about something, with the headings."""
    above: list[tuple[int, bool]] = []
    fence = ""
    for number, line in enumerate(source.splitlines(), 1):
        if match := _FENCE.match(line):
            run = match[0].strip()[:3]
            fence = "" if run == fence else fence or run
        elif not fence:
            if heading := re.match(r"(#{2,6})\s", line):
                level = len(heading[1])
                above = [one for one in above if one[0] < level]
                above.append((level, bool(about.search(line))))
            if any(matters for _, matters in above):
                yield number, line


def _code_blocks(source: str) -> Iterator[tuple[str, list[str]]]:
    """Yield every fenced block with its language."""
    info: str | None = None
    inside: list[str] = []
    for line in source.splitlines():
        match = _FENCE.match(line)
        if match and info is None:
            info, inside = match["info"].casefold(), []
        elif match and info is not None:
            yield info, inside
            info = None
        else:
            inside.append(line)


def _flat(text: str) -> str:
    return " ".join(text.split())


def _bare(text: str) -> str:
    """Return a text's words as they can be compared."""
    return _flat(re.sub(r"[^\w./]+", " ", _MARKER.sub("", text))).strip(" .").casefold()


# --- as a script ----------------------------------------------------------------------------------------------------


def document_of(source: str, name: str = "SUBPLAN_BILLING_23.md") -> str:
    """Return the document that the built-in template makes of a SUBPLAN's text."""
    facts = changed(
        FACTS,
        achievement=Achievement("2.3", "Invoices in batches", (), None, {}),
        source=Input(f"subplans/{name}", "0" * 64),
    )
    return rendered(execution_task(facts, subplan.parse(source, name)))


def total(scores: Iterable[Score]) -> Score:
    """Return the sums of scores; the longest document is the longest of all."""
    scores = tuple(scores)
    added: Counter[str] = Counter()
    for one in scores:
        added.update({field.name: getattr(one, field.name) for field in fields(Score)})
    return Score(**{**added, "longest": max((one.longest for one in scores), default=0)})


def texts_below(directories: Iterable[Path]) -> dict[str, Path]:
    """Return the text of every SUBPLAN below some directories, none twice, with its first place."""
    paths = sorted(path for directory in directories for path in directory.rglob("SUBPLAN*.md"))
    found: dict[str, Path] = {}
    for path in paths:
        found.setdefault(markdown.decode(path.read_bytes()), path)
    return found


def report(result: Score) -> str:
    """Return the sums as lines for people."""

    def share(part: int, whole: int) -> str:
        return f"{part} of {whole} ({100 * part / whole:.0f} %)" if whole else "none"

    rows = (
        ("paths that reach the document", share(result.paths_reached, result.paths)),
        ("commands that reach the document", share(result.commands_reached, result.commands)),
        ("tiers that reach the document", share(result.tiers_reached, result.tiers)),
        ("empty phases", result.empty_phases),
        ("duplicate items", f"{result.duplicates} in {result.documents} documents"),
        ("pointers that cost more than they hide", result.dear_pointers),
        (f"documents that hide, with {FREE} lines unused", share(result.wasteful, result.documents)),
        ("longest document", result.longest),
        ("documents with a broken outline", result.broken_outlines),
        ("source lines without a pointer", share(result.lines_without_pointer, result.source_lines)),
    )
    return "\n".join(f"{name:<45} {value}" for name, value in rows)


def main(arguments: Sequence[str], say: Callable[[str], object]) -> None:
    """Score the SUBPLANs below the directories in `arguments`."""
    scores = []
    for source, path in texts_below(Path(one) for one in arguments if not one.startswith("-")).items():
        one = score(source, document_of(source, path.name))
        scores.append(one)
        if "--each" in arguments:
            say(f"{path.name}: {one}")
    say(report(total(scores)))


if __name__ == "__main__":
    main(sys.argv[1:], lambda text: sys.stdout.write(f"{text}\n"))
