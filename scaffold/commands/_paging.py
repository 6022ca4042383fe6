"""Lists that are read in parts: `--limit` and `--after`, and what a JSON document says of the rest."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Annotated, Any, TypedDict, TypeVar, cast

import click

from scaffold.errors import UsageProblem
from scaffold.names import listed, nearest
from scaffold.report import MOST_ITEMS
from scaffold.shapes import Count


class PageOptions(TypedDict):
    """The options of commands whose JSON has lists that grow with the plan, by their names in the code."""

    limit: int | None
    after: str | None


class PageData(TypedDict):
    """What `data` says of its lists, which have one part of all there is."""

    total: Annotated[Count, "how many items there are, also beyond `--limit`; rows of one id count once"]
    more: Annotated[bool, "whether there are others behind these: `--after`, with the last `id` or `path`, goes on"]


_OPTIONS = (
    click.option(
        "--limit",
        type=click.IntRange(min=1),
        metavar="N",
        help=f"With --json: at most N items of the lists; {MOST_ITEMS} unless given.",
    ),
    click.option("--after", metavar="ID", help="With --json: go on behind the item of this id."),
)


def page_options(command: Callable[..., int]) -> Callable[..., int]:
    """Add the options of `PageOptions` to a command."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def demand_json(options: Mapping[str, Any], *names: str) -> None:
    """Raise UsageProblem for options that say something of JSON alone, where text is asked for."""
    given = [f"--{name}" for name in ("limit", "after", *names) if options.get(name)]
    if given and not options["as_json"]:
        message = f"{listed(given, ' and ')} says something of JSON"
        raise UsageProblem.of("usage", message, hint="add --json")


Data = TypeVar("Data", bound=Mapping[str, Any])


def page(data: Data, options: Mapping[str, Any], lists: Sequence[str], order: Iterable[str] | None = None) -> Data:
    """Return `data` with the part of its lists that the options ask for, and `total` and `more` about them.

    The lists are one after the other what is gone through; an item that several of them have is in all of them on the
    same page. `order` has every id that there could be, where some have no item now: a page may begin behind any.
    Raises UsageProblem where nothing has the id that `--after` names.
    """
    keys = tuple(dict.fromkeys(_key(item) for name in lists for item in data[name]))
    start = _start(keys, options.get("after"), keys if order is None else tuple(order))
    shown = frozenset(keys[start : start + (options.get("limit") or MOST_ITEMS)])
    parts = {name: [item for item in data[name] if _key(item) in shown] for name in lists}
    return cast("Data", {**data, **parts, "total": len(keys), "more": start + len(shown) < len(keys)})


def _key(item: Any) -> str:
    """Return what an item is called in `--after`: its id, else its path."""
    return item if isinstance(item, str) else str(item["id"] if "id" in item else item["path"])


def _start(keys: Sequence[str], after: str | None, order: Sequence[str]) -> int:
    """Return where the page begins that comes behind an id."""
    if after is None:
        return 0
    if after not in order:
        near = nearest(after, order)
        hint = f"did you mean {near}?" if near else "begin without --after"
        raise UsageProblem.of("usage", f"--after {after}: the list has no such item", hint=hint)
    behind = frozenset(order[order.index(after) + 1 :])
    return next((at for at, key in enumerate(keys) if key in behind), len(keys))
