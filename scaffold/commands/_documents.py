"""What commands show of documents before they are written: one of them, or how each differs from what is there."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, TypedDict, cast

import click

from scaffold import terminal
from scaffold.commands._diff import Difference, diff_text
from scaffold.errors import UsageProblem
from scaffold.lazy.values import replace
from scaffold.names import listed, printable
from scaffold.preview import Proposal, ShownDocument
from scaffold.shapes import ChangeData


class ShowOptions(TypedDict):
    """The options of commands that show documents, by their names in the code."""

    show: tuple[str, ...]
    diff: bool
    content: bool


class ContentData(TypedDict):
    """A document, with its content where that was asked for."""

    content: Annotated[str | None, "the bytes as text, with `--content`; else null"]


_OPTIONS = (
    click.option(
        "--show", multiple=True, metavar="NAME", help="Print this document: an ID or a file name. Repeatable."
    ),
    click.option("--diff", is_flag=True, help="Print what changes in every document."),
    click.option("--content", is_flag=True, help="With --json: the content of every document as well."),
)


def show_options(command: Callable[..., int]) -> Callable[..., int]:
    """Add the options of `ShowOptions` to a command."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def with_documents(proposal: Proposal, options: ShowOptions) -> Proposal:
    """Return the proposal that also shows what the options ask for of its documents.

    Raises UsageProblem for the name of no document.
    """
    shown = proposal.shown + documents_text(proposal.documents, options, {})
    told = replace(proposal, shown=shown)
    return with_content(told) if options["content"] else told


def documents_text(documents: Sequence[ShownDocument], options: ShowOptions, earlier: Mapping[str, bytes]) -> str:
    """Return what the options ask for of documents, as text for people.

    Differences are to the `earlier` bytes of a document, where it is in there, else to what is there now. Raises
    UsageProblem for the name of no document.
    """
    wanted = _named(documents, options["show"])
    text = "".join(f"==> {printable(each.target)} <==\n\n{_printable(each.after)}\n" for each in wanted)
    if not options["diff"]:
        return text
    pairs = (Difference(each.target, earlier.get(each.target, each.before), each.after) for each in documents)
    return (diff_text(pairs, terminal.colour_wanted()) or "No document changes.\n") + "\n" + text


def with_content(proposal: Proposal) -> Proposal:
    """Return the proposal whose `data` has the content of every document."""
    contents = {each.target: each.after.decode(errors="replace") for each in proposal.documents}
    data = cast("dict[str, Any]", proposal.data)
    filled = {
        key: [{**file, "content": contents[file["path"]]} for file in data[key]]
        for key in ("files", "made_again")
        if key in data
    }
    return replace(proposal, data=cast("ChangeData", {**data, **filled}))


def _named(documents: Sequence[ShownDocument], names: Iterable[str]) -> Iterator[ShownDocument]:
    """Yield the documents of these names, each once; raises UsageProblem with all that name none."""
    names = tuple(names)
    unknown = [name for name in names if not any(_is_named(each, name) for each in documents)]
    if unknown:
        known = listed(each.achievement for each in documents) or "there are none"
        message = f"--show {listed(unknown)}: no document of this name would be made"
        raise UsageProblem.of("usage", message, hint=f"name an achievement or a file of the preview: {known}")
    yield from (each for each in documents if any(_is_named(each, name) for name in names))


def _is_named(document: ShownDocument, name: str) -> bool:
    file = document.target.rpartition("/")[2]
    return name in (document.achievement, document.target, file, file.removesuffix(".md"))


def _printable(content: bytes) -> str:
    text = content.decode(errors="replace")
    return "".join(f"{printable(line)}\n" for line in text.replace("\r\n", "\n").split("\n")[: text.count("\n") or 1])
