"""Lists that are read in parts: `--limit` and `--after`, and what a JSON document says of the rest."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Annotated, Any, TypedDict, TypeVar, cast

import click

from scaffold.errors import UsageProblem
from scaffold.names import agreed, listed, nearest
from scaffold.report import MOST_ITEMS
from scaffold.shapes import Count


class PageOptions(TypedDict):
    """The options of commands whose JSON has lists that grow with the plan, by their names in the code."""

    limit: int | None
    after: str | None


class PageData(TypedDict):
    """What `data` says of its lists, which have one part of all there is."""

    total: Annotated[Count, "how many items there are, also beyond `--limit`; rows of one id count once"]
    more: Annotated[bool, "whether there are others behind these"]
    after: Annotated[str | None, "what `--after` takes to go on, null where nothing is left"]


_ROOM = 22_000
"""Characters that the items of an answer take unless `--limit` asks for so many: nobody reads all of a large plan."""

_OPTIONS = (
    click.option(
        "--limit",
        type=click.IntRange(min=1),
        metavar="N",
        help=f"With --json: at most N items of the lists; else {MOST_ITEMS}, or what has room.",
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
        message = f"{listed(given, ' and ')} {agreed(len(given), 'works', 'work')} only with --json"
        raise UsageProblem.of("usage", message, hint="add --json")


def demand_layout(layout: str, as_json: bool) -> None:
    """Raise UsageProblem for another format beside JSON."""
    if as_json and layout not in ("text", "json"):
        message = f"--json and --format {layout} are mutually exclusive"
        raise UsageProblem.of("usage", message, hint="use one of them")


Data = TypeVar("Data", bound=Mapping[str, Any])


def page(
    data: Data,
    options: Mapping[str, Any],
    lists: Sequence[str],
    order: Iterable[str] | None = None,
    beside: Mapping[str, int] | None = None,
) -> Data:
    """Return `data` with the part of its lists that the options ask for, and `total` and `more` about them.

    The lists are one after the other what is gone through; an item that several of them have is in all of them on the
    same page. `order` has every id that there could be, where some have no item now: a page may begin behind any.
    `beside` says how many characters an item brings with it elsewhere in `data`. Raises UsageProblem where nothing has
    the id that `--after` names.
    """
    keys = tuple(dict.fromkeys(_key(item) for name in lists for item in data[name]))
    start = _start(keys, options.get("after"), keys if order is None else tuple(order))
    limit = options.get("limit")
    part = keys[start : start + (limit or MOST_ITEMS)]
    if limit is None and not options.get("content"):
        part = _with_room(part, [item for name in lists for item in data[name]], beside or {})
    shown = frozenset(part)
    parts = {name: [item for item in data[name] if _key(item) in shown] for name in lists}
    more = start + len(part) < len(keys)
    return cast(
        "Data", {**data, **parts, "total": len(keys), "more": more, "after": part[-1] if more and part else None}
    )


NO_PAGE: PageData = {"total": 0, "more": False, "after": None}
"""What stands for the three before the page is cut."""


def _with_room(keys: tuple[str, ...], items: Iterable[Any], beside: Mapping[str, int]) -> tuple[str, ...]:
    """Return as many of the keys as have room, at least one: items can be long, with a hundred dependencies each."""
    import json

    sizes = dict.fromkeys(keys, 0)
    for item in items:
        if (key := _key(item)) in sizes:
            sizes[key] += len(json.dumps(item, ensure_ascii=False)) + beside.get(key, 0)
    total = accumulate(sizes.values())
    return keys[: max(1, sum(1 for size in total if size <= _ROOM))]


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
