"""The laws of updates, over random plans, edits and changes: no line is lost, what nobody edited follows, and more."""

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from scaffold import render
from scaffold.plan import settings as plan_settings
from tests.conftest import Scaffold, codes
from tests.lines import lost
from tests.trees import snapshot
from tests.update_kit import Renderer, again, data, last_batch, outdated
from tests.update_worlds import (
    BLANKS,
    CHANGES,
    EDITED,
    SOME_EDITED,
    STARTS,
    Changes,
    Edit,
    Start,
    Worlds,
    document_of,
    edit_all,
    subplan_of,
)

law = settings(
    max_examples=50,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
pytestmark = pytest.mark.usefixtures("_no_real_fsync", "_rendered_here")

Edits = Mapping[str, tuple[Sequence[Edit], bool]]
RENDER, RENDERER = render.render, Renderer()


@pytest.fixture
def _rendered_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render, "render", RENDERER.render)
    monkeypatch.setattr(plan_settings, "parse", cache(plan_settings.parse))  # the same text, a dozen times in a run


@pytest.fixture
def worlds(tmp_path: Path, scaffold: Scaffold) -> Worlds:
    return Worlds(scaffold, tmp_path)


def text(content: bytes | str) -> str:
    assert isinstance(content, bytes)
    return content.decode(errors="surrogateescape").replace("\r\n", "\n")


def without_places(content: bytes | str) -> str:
    """Return a document without the hash of its SUBPLAN and the numbers of its lines."""
    return re.sub(r"SHA-256 \w+|(?:lines? |`|[a-z] )\d+(?:-\d+)?", "", without_siblings(content))


def without_siblings(content: bytes | str) -> str:
    """Return a document without the line that says of its siblings what was so when it was made."""
    return re.sub(r"(?m)^\*\*Same level\*\*.*", "", text(content))


@law
@given(
    start=STARTS,
    edits=EDITED,
    changes=CHANGES,
    conflict=st.sampled_from(((), ("--conflict", "keep"), ("--conflict", "markers"))),
)
def test_every_line_that_a_person_wrote_is_there_afterwards_or_nothing_has_changed(
    scaffold: Scaffold, worlds: Worlds, start: Start, edits: Edits, changes: Changes, conflict: tuple[str, ...]
) -> None:
    root = worlds.make(start)
    generated = snapshot(root)
    edit_all(root, start.ids, edits)
    changes.carry_out(root, start.ids)
    before, whole = snapshot(root), snapshot(root, without=())
    outcome = scaffold("update", root, "--yes", *conflict)
    after = snapshot(root)
    if outcome.code:
        assert (outcome.code, conflict) == (5, ()), outcome.err
        assert snapshot(root, without=()) == whole
        return
    documents = {document_of(id_) for id_ in start.ids}
    assert {path for path in before if after[path] != before[path]} <= documents
    assert after.keys() == before.keys()
    for path in documents:
        assert lost(text(generated[path]), text(before[path]), text(after[path])) == []


@law
@given(start=STARTS, edits=SOME_EDITED, changes=CHANGES)
def test_what_nobody_edited_becomes_what_would_be_made_now(
    scaffold: Scaffold, worlds: Worlds, start: Start, edits: Edits, changes: Changes
) -> None:
    root = worlds.make(start)
    unedited = [document_of(id_) for id_ in start.ids if id_ not in edits]
    edit_all(root, start.ids, edits)
    changes.carry_out(root, start.ids)
    before = snapshot(root)
    found = data(scaffold("update", root, "--yes", "--conflict", "keep", "--json"))
    after, made = snapshot(root), again(scaffold, root, root.parent / "again", "--level", "all")
    updated = {file["path"] for file in found["files"]}
    for path in unedited:
        now = made[path.removeprefix("execution/")]
        if path in updated:
            assert without_siblings(after[path]) == without_siblings(now)
        else:
            assert after[path] == before[path]
            assert without_places(now) == without_places(before[path])


def test_the_renderer_of_these_tests_makes_what_scaffold_makes(
    tmp_path: Path, scaffold: Scaffold, worlds: Worlds, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = worlds.make(Start(4, 1))
    made = again(scaffold, root, root.parent / "here", "--level", "all")
    monkeypatch.setattr(render, "render", RENDER)
    assert again(scaffold, root, root.parent / "there", "--level", "all") == made


@law
@given(start=STARTS, edits=EDITED, changes=CHANGES, conflict=st.sampled_from(("keep", "markers")))
def test_an_update_that_was_made_leaves_nothing_to_update(
    scaffold: Scaffold, worlds: Worlds, start: Start, edits: Edits, changes: Changes, conflict: str
) -> None:
    root = worlds.make(start)
    edit_all(root, start.ids, edits)
    changes.carry_out(root, start.ids)
    assert scaffold("update", root, "--yes", "--conflict", conflict, "--quiet").code == 0
    after = snapshot(root, without=())
    outcome = scaffold("update", root, "--yes", "--conflict", conflict)
    assert (outcome.code, "Nothing to update" in outcome.out) == (0, True)
    assert snapshot(root, without=()) == after


@law
@given(start=STARTS, edits=EDITED, changes=CHANGES, conflict=st.sampled_from(("keep", "markers")))
def test_an_update_that_is_undone_has_never_been(
    scaffold: Scaffold, worlds: Worlds, start: Start, edits: Edits, changes: Changes, conflict: str
) -> None:
    root = worlds.make(start)
    edit_all(root, start.ids, edits)
    changes.carry_out(root, start.ids)
    before = snapshot(root)
    done = data(scaffold("update", root, "--yes", "--conflict", conflict, "--json"))
    was = {file["path"]: file["why"] for file in done["files"]}
    if not was:
        return
    assert scaffold("undo", last_batch(scaffold, root), root, "--yes", "--quiet").code == 0
    assert snapshot(root) == before
    assert outdated(scaffold, root) == was


@law
@given(start=STARTS, blanks=BLANKS, changes=CHANGES, is_windows=st.booleans())
def test_blanks_and_line_ends_are_no_edit(
    scaffold: Scaffold, worlds: Worlds, start: Start, blanks: Sequence[Edit], changes: Changes, is_windows: bool
) -> None:
    root = worlds.make(start)
    edit_all(root, start.ids, dict.fromkeys(start.ids, (blanks, is_windows)))
    changes.carry_out(root, start.ids)
    found = data(scaffold("update", root, "--yes", "--json"))
    made = again(scaffold, root, root.parent / "again", "--level", "all")
    for file in found["files"]:
        assert (file["edited"], file["conflicts"]) == (False, [])
        now = made[file["path"].removeprefix("execution/")]
        after = (root / file["path"]).read_bytes()
        assert without_siblings(after) == without_siblings(now)
        assert after.count(b"\r\n") == (after.count(b"\n") if is_windows else 0)


# --- layout -----------------------------------------------------------------------------------------------------------


def wrapped(subplan: str, random: Random) -> str:
    """Return a text whose paragraphs and items are wrapped elsewhere, each at a blank before a word."""
    lines = []
    for line in subplan.split("\n"):
        is_item = line.startswith("- ")
        indent = "  " if is_item else ""
        if line[:1] not in ("#", "*", "") and random.random() < 0.5:
            head, *words = line[2:].split(" ") if is_item else line.split(" ")
            joined = "".join((f"\n{indent}{word}" if random.random() < 0.3 else f" {word}") for word in words)
            line = f"{'- ' if is_item else ''}{head}{joined}"
        lines.append(line)
    return "\n".join(lines)


def in_another_order(subplan: str, random: Random) -> str:
    head, *sections = subplan.removesuffix("\n").split("\n## ")
    random.shuffle(sections)
    return "\n## ".join([head, *sections]) + "\n"


def with_blanks(subplan: str, random: Random) -> str:
    return "\n".join(line + random.choice(("", " ", "  \t")) for line in subplan.split("\n"))


def with_blank_lines(subplan: str, random: Random) -> str:
    return re.sub("\n\n", lambda _: "\n" * random.randint(2, 5), subplan) + "\n" * random.randint(0, 3)


def with_crlf(subplan: str, _: Random) -> str:
    return subplan.replace("\n", "\r\n")


LAYOUTS = (wrapped, in_another_order, with_blanks, with_blank_lines, with_crlf)


@law
@given(start=STARTS, which=st.lists(st.sampled_from(LAYOUTS), min_size=1, max_size=4, unique=True), random=st.randoms())
def test_the_layout_of_subplans_makes_nothing_out_of_date(
    scaffold: Scaffold, worlds: Worlds, start: Start, which: Sequence[Any], random: Random
) -> None:
    root = worlds.make(start)
    for id_ in start.ids:
        said = (root / subplan_of(id_)).read_text()
        for layout in sorted(which, key=LAYOUTS.index):
            said = layout(said, random)
        (root / subplan_of(id_)).write_bytes(said.encode())
    assert outdated(scaffold, root) == {}


# --- agreement --------------------------------------------------------------------------------------------------------


@law
@given(start=STARTS, edits=EDITED, changes=CHANGES)
def test_all_commands_agree_on_what_is_out_of_date_and_write_nothing(
    scaffold: Scaffold, worlds: Worlds, start: Start, edits: Edits, changes: Changes
) -> None:
    root = worlds.make(start)
    edit_all(root, start.ids, edits)
    changes.carry_out(root, start.ids)
    before = snapshot(root, without=())
    stale = set(outdated(scaffold, root))
    assert {
        path
        for code, path in codes(json.loads(scaffold("check", root, "--json").out), "warning")
        if code == "out_of_date"
    } == stale
    status = data(scaffold("status", root, "--json"))
    assert {document_of(row["id"]) for row in status["achievements"] if row["out_of_date"]} == stale
    assert sum(row["out_of_date"] for row in status["achievements"]) == len(stale)
    todo = data(scaffold("next", root, "--json", "--limit", "100"))
    worked_on = {
        document_of(row["id"])
        for row in status["achievements"]
        if row["state"] == "in_progress" or (row["state"], row["ready"]) == ("execution_created", True)
    }
    named = [path for action in todo["actions"] if action["kind"] == "update" for path in action["read"]]
    assert sorted(named) == sorted(stale & worked_on)
    assert snapshot(root, without=()) == before
    shown = data(scaffold("preview", "update", root, "--json"))
    assert {file["path"] for file in shown["files"]} == stale
    assert {path for path, content in snapshot(root, without=()).items() if before.get(path) != content} <= {
        ".scaffold/previews",
        f".scaffold/previews/{shown['change_set']}.json",
    }
