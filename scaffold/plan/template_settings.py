"""Reads `templates` of `scaffold.yml`: the template sets of a workspace, and by which rules one of them is chosen."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Literal, TypeAlias, get_args

from scaffold.errors import MOST_LISTED, Problems
from scaffold.lazy.patterns import regex
from scaffold.lazy.values import fresh, frozen
from scaffold.model import Json
from scaffold.names import MAX_ID_LENGTH, listed, nearest, shown
from scaffold.plan import files, template_names, yaml_nodes
from scaffold.plan.yaml_nodes import Entry, line_of, note

Kind: TypeAlias = Literal["executions", "subplans"]
"""A kind of document, by the command that creates it."""

KINDS: tuple[Kind, ...] = get_args(Kind)

BUILT_IN = "built-in"
NOTHING = "nothing"
REFUSE = "refuse"
RESERVED = (BUILT_IN, NOTHING, REFUSE, "sections", "template")
"""Names that no set of a workspace has: words of the settings, and folders of every set."""

SET_NAME = regex(r"[A-Za-z0-9_][A-Za-z0-9_-]*")
ID_PATTERN = regex(r"(?:\*|0|[1-9][0-9]*)(?:\.(?:\*|0|[1-9][0-9]*))+")
LEVEL = regex(r"0|[1-9][0-9]*")
MAX_NAME_LENGTH = 100
MAX_SETS_OVER_EACH_OTHER = 20
MAX_DATA = 10_000
"""How many values the further variables of a set may have, lists and mappings counted with what is in them."""
MAX_DATA_DEPTH = 20
MAX_VALUES = 100_000
"""How many values `templates` may have where its aliases are written out: what YAML makes of a few lines is endless."""

_GUESSED_AMONG = 1_000
"""Among how many names the most similar is looked up; it takes long."""
_ENDLESS = -1


@frozen
class SetSettings:
    """A template set. `directory` is as written, relative to the workspace root; `line` is that of its name.

    `over` is the set that it lies over: `built-in`, another set's name, or `nothing` for a set that is complete.
    `data` are further variables of its templates.
    """

    name: str
    directory: str
    over: str
    data: Mapping[str, Json]
    line: int


@frozen
class Rule:
    """Which documents a set is used for. `number` counts from 1, in the order of the file.

    `match` has pairs of a key and the texts that its value may have; all keys must have one of theirs. `use` is a set's
    name, `built-in` or `refuse`.
    """

    number: int
    match: tuple[tuple[str, tuple[str, ...]], ...]
    use: str
    line: int


@frozen
class KindTemplates:
    """The template sets for one kind of document: that of the first rule that matches is used, else that of `default`.

    `default` is a set's name, `built-in` or `refuse`. `line` is that of `default`, else that of the kind's key; 0 where
    nothing is set.
    """

    sets: Mapping[str, SetSettings] = fresh(factory=dict)
    rules: tuple[Rule, ...] = ()
    default: str = BUILT_IN
    line: int = 0


def read(templates: Entry, problems: Problems) -> Mapping[Kind, KindTemplates]:
    """Return what the key `templates` sets, by the kind of document. Mistakes are noted in `problems`."""
    name, node = templates.name, templates.value
    weights = yaml_nodes.weighed(node)
    if weights[id(node)].values > MAX_VALUES:
        line = line_of(yaml_nodes.heaviest(node, weights, MAX_VALUES))
        message = f"{name}: more than {MAX_VALUES:,} values, counting each time what an alias repeats"
        note(problems, line, message, "write out what is needed, without aliases inside of aliases")
        return {}
    for line, tag in yaml_nodes.foreign(node):
        note(problems, line, f"{name}: the tag {shown(tag)} is not known here", "remove it")
    found: dict[Kind, KindTemplates] = {}
    for entry in (yaml_nodes.mapping(node, name, KINDS, problems) or {}).values():
        kind: Kind = "executions" if entry.name == "executions" else "subplans"
        found[kind] = _kind(entry, f"{name}.{kind}", weights, problems)
    return found


def _kind(entry: Entry, name: str, weights: Mapping[int, yaml_nodes.Weight], problems: Problems) -> KindTemplates:
    parts = yaml_nodes.mapping(entry.value, name, ("sets", "rules", "default"), problems) or {}
    sets = _sets(parts["sets"], f"{name}.sets", weights, problems) if "sets" in parts else {}
    known = (BUILT_IN, REFUSE, *sets)
    rules = tuple(_rules(parts["rules"], f"{name}.rules", known, problems)) if "rules" in parts else ()
    if "default" not in parts:
        return KindTemplates(sets, rules, line=entry.line)
    default = parts["default"]
    return KindTemplates(sets, rules, _name_of_set(default, f"{name}.default", known, problems), default.line)


# --- sets -------------------------------------------------------------------------------------------------------------


def _sets(
    entry: Entry, name: str, weights: Mapping[int, yaml_nodes.Weight], problems: Problems
) -> Mapping[str, SetSettings]:
    hint = "write NAME: {directory: PATH}"
    written = yaml_nodes.entries(entry.value, name, hint, problems) or {}
    known = (BUILT_IN, NOTHING, *written)
    _check_names(written, name, problems)
    found: dict[str, SetSettings] = {}
    lines_of_over: dict[str, int] = {}
    for one in written.values():
        own = f"{name}.{_as_written(one.name)}"
        parts = yaml_nodes.mapping(one.value, own, ("directory", "over", "data"), problems)
        if parts is None:
            parts, directory = {}, ""
        else:
            directory = _directory(parts.get("directory"), one.line, own, problems)
        over = parts.get("over")
        below = _name_of_set(over, f"{own}.over", known, problems) if over else BUILT_IN
        data = _data(parts["data"], f"{own}.data", weights, problems) if "data" in parts else {}
        found[one.name] = SetSettings(one.name, directory, below, data, one.line)
        lines_of_over[one.name] = over.line if over else one.line
    _check_order({own: one.over for own, one in found.items() if own not in RESERVED}, lines_of_over, name, problems)
    return found


def _check_names(written: Mapping[str, Entry], name: str, problems: Problems) -> None:
    """Note the names that no set can have, and those that are one folder where capitals make no difference."""
    earlier: list[str] = []
    for own, entry in written.items():
        if reason := reason_against(own, earlier):
            note(problems, entry.line, f"{name}: {reason[0]}", reason[1])
        earlier.append(own)


def reason_against(name: str, others: Iterable[str]) -> tuple[str, str] | None:
    """Return why no set can have a name beside the sets `others`, and what to do; None where it can."""
    if name.lower() in RESERVED:
        return f"{shown(name)} is reserved", f"reserved names: {', '.join(RESERVED)}"
    if not SET_NAME.fullmatch(name) or len(name) > MAX_NAME_LENGTH:
        hint = f"use letters, digits, _ and -, at most {MAX_NAME_LENGTH}, and not - as the first"
        return f"no set can have the name {shown(name)}", hint
    other = next((other for other in others if other.lower() == name.lower() and other != name), None)
    return (f"{name} and {other} differ in capitals only", "give one of them another name") if other else None


def _directory(entry: Entry | None, line: int, name: str, problems: Problems) -> str:
    """Return the directory of a set as it is written, empty where it is none."""
    if entry is None:
        note(problems, line, f"{name}: `directory` is missing", "add directory: PATH, relative to scaffold.yml")
        return ""
    name, text = f"{name}.directory", yaml_nodes.string(entry.value)
    if text is None:
        message, hint = "expected a string", "write a path relative to scaffold.yml; put it in quotes"
    elif not files.can_be_path(text):
        message, hint = "no directory can have this name", "write a path"
    elif text.startswith("/"):
        message, hint = f"{shown(text)} is an absolute path", "write it relative to scaffold.yml"
    elif _leads_out(text):
        message, hint = f"{shown(text)} leads out of the workspace", "keep template sets below scaffold.yml's directory"
    else:
        return text
    note(problems, line_of(entry.value), f"{name}: {message}", hint)
    return ""


def _leads_out(path: str) -> bool:
    """Whether a relative path comes out above where it begins, at its end or on the way."""
    depth = 0
    for part in path.split("/"):
        depth += -1 if part == ".." else part not in ("", ".")
        if depth < 0:
            return True
    return False


def _data(entry: Entry, name: str, weights: Mapping[int, yaml_nodes.Weight], problems: Problems) -> Mapping[str, Json]:
    """Return the further variables of a set."""
    node, weight = entry.value, weights[id(entry.value)]
    if weight.values - 1 > MAX_DATA:
        message = f"{name}: more than {MAX_DATA:,} values, counting each time what an alias repeats"
        note(problems, line_of(node), message, "keep what documents do not need out of it")
        return {}
    if weight.depth > MAX_DATA_DEPTH:
        note(problems, line_of(node), f"{name}: nested deeper than {MAX_DATA_DEPTH}", "nest less deeply")
        return {}
    found = yaml_nodes.json_entries(node, name, "write NAME: VALUE", problems) or {}
    for one in found.values():
        if reason := template_names.reason_against(one.name):
            hint = "give the variable another name: letters, digits and _, the first a letter"
            note(problems, one.line, f"{name}: {shown(one.name)} {reason}", hint)
    return {key: yaml_nodes.json_value(one.value, name, problems) for key, one in found.items()}


def _check_order(over: Mapping[str, str], lines: Mapping[str, int], name: str, problems: Problems) -> None:
    """Note the sets that lie over each other in a circle, each circle once, and those that lie over too many."""
    heights: dict[str, int] = {}  # how many sets one is, with those that it lies over; _ENDLESS above a circle
    for start in over:
        way: dict[str, None] = {}
        own = start
        while own in over and own not in heights and own not in way:
            way[own] = None
            own = over[own]
        height = heights.get(own, 0)
        if own in way:
            height = _ENDLESS
            names = list(way)
            circle = _circle([*names[names.index(own) :], own])
            hint = f"let one of them lie over {BUILT_IN} or {NOTHING}"
            note(problems, lines[own], f"{name}: the sets lie over each other in a circle: {circle}", hint)
        for one in reversed(way):
            height += height != _ENDLESS
            heights[one] = height
            if height == MAX_SETS_OVER_EACH_OTHER + 1:
                message = f"{name}.{_as_written(one)}: lies over {height - 1} other sets, which lie over each other"
                hint = f"at most {MAX_SETS_OVER_EACH_OTHER} sets can lie over each other: make one of several"
                note(problems, lines[one], message, hint)


def _circle(names: Sequence[str]) -> str:
    """Return the names of a circle, all of them unless they are many."""
    written = [_as_written(name) for name in names]
    return " → ".join(written) if len(names) <= MAX_SETS_OVER_EACH_OTHER + 1 else listed(written, " → ")


# --- rules ------------------------------------------------------------------------------------------------------------


def _rules(entry: Entry, name: str, known: Collection[str], problems: Problems) -> Iterator[Rule]:
    rules = yaml_nodes.items(entry.value)
    if rules is None:
        hint = "write each as - {match: {KEY: TEXT}, use: NAME}"
        note(problems, line_of(entry.value), f"{name}: expected a list of rules", hint)
    for number, node in enumerate(rules or (), 1):
        own, line = f"{name}.{number}", line_of(node)
        parts = yaml_nodes.mapping(node, own, ("match", "use"), problems)
        if parts is None:
            continue
        for key, hint in (("match", "add match: {KEY: TEXT}"), ("use", "add use: NAME")):
            if key not in parts:
                note(problems, line, f"{own}: `{key}` is missing", hint)
        match = tuple(_match(parts["match"], f"{own}.match", problems)) if "match" in parts else ()
        use = _name_of_set(parts["use"], f"{own}.use", known, problems) if "use" in parts else BUILT_IN
        yield Rule(number, match, use, line)


def _match(entry: Entry, name: str, problems: Problems) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each key that a rule looks at, with the texts that its value may have."""
    before = problems.count
    found = yaml_nodes.entries(entry.value, name, "write KEY: TEXT or KEY: [TEXT, TEXT]", problems)
    if not found and problems.count == before:
        hint = "name a key of the achievement, or use `default`: it holds where no rule matches"
        note(problems, line_of(entry.value), f"{name}: expected at least one key", hint)
    for key, one in (found or {}).items():
        own = f"{name}.{_as_written(key)}"
        nodes = yaml_nodes.items(one.value)
        if nodes is not None and not nodes:
            note(problems, line_of(one.value), f"{own}: expected at least one text", "write KEY: [TEXT, TEXT]")
        texts = []
        for node in (one.value,) if nodes is None else nodes:
            text = yaml_nodes.raw(node)
            if text is None:
                what = "a text or a list of texts" if nodes is None else "a text"
                note(problems, line_of(node), f"{own}: expected {what}", 'write "" for an empty text')
            else:
                _check_text(key, text, line_of(node), own, problems)
                texts.append(text)
        yield key, tuple(texts)


def _check_text(key: str, text: str, line: int, name: str, problems: Problems) -> None:
    """Note a text that no id or no level can be."""
    if key == "id" and (len(text) > MAX_ID_LENGTH or not ID_PATTERN.fullmatch(text)):
        hint = "write an id as 2.3, or 2.*: each * stands for one number"
        note(problems, line, f"{name}: no achievement can have the id {shown(text)}", hint)
    elif key == "level" and not LEVEL.fullmatch(text):
        note(problems, line, f"{name}: no level is called {shown(text)}", "write its number, as scaffold status does")


# --- names ------------------------------------------------------------------------------------------------------------


def _name_of_set(entry: Entry, name: str, known: Collection[str], problems: Problems) -> str:
    """Return the name of a set as it is written; one that is not known is noted, and `built-in` taken for it."""
    text = yaml_nodes.raw(entry.value)
    if text is not None and text in known:
        return text
    names = f"known names: {listed(known)}"
    if text is None:
        note(problems, line_of(entry.value), f"{name}: expected the name of a set", names)
        return BUILT_IN
    is_listed = problems.count < MOST_LISTED and len(known) <= _GUESSED_AMONG
    near = nearest(text, known) if is_listed and len(text) <= MAX_NAME_LENGTH else None
    hint = f"did you mean {near}? {names}" if near else names
    note(problems, line_of(entry.value), f"{name}: there is no set {shown(text)}", hint)
    return BUILT_IN


def _as_written(name: str) -> str:
    """Return a name as messages have it: in quotes where it is not simple."""
    return name if SET_NAME.fullmatch(name) and len(name) <= MAX_NAME_LENGTH else shown(name)
