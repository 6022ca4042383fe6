"""Documents follow their SUBPLAN, their template and `parallel.json`, and no edit is lost: `scaffold update`."""

import json
from pathlib import Path
from typing import Any

import pytest

from scaffold import render
from tests import plans, teams_kit
from tests.batch_kit import as_version_2
from tests.conftest import Scaffold, codes
from tests.trees import put, snapshot
from tests.update_kit import CREATED, again, create, edit, outdated

FIRST = "execution/EXECUTION_TASK_DEMO_11_01.md"
SECOND = "execution/EXECUTION_TASK_DEMO_12_01.md"
SUBPLAN = "subplans/SUBPLAN_DEMO_11.md"

pytestmark = pytest.mark.usefixtures("_no_real_fsync")


@pytest.fixture
def plan(tmp_path: Path, scaffold: Scaffold) -> Path:
    """Build a plan whose lowest level has its EXECUTION_TASKs, made the day before yesterday."""
    root = plans.demo(tmp_path / "DEMO")
    create(scaffold, root)
    return root


def change(root: Path, path: str = SUBPLAN) -> None:
    """Change what the SUBPLAN of 1.1 says."""
    edit(root, path, ("Make it work.", "Make it work well."), ("- It is tested\n", "- It is tested\n- It is fast\n"))


# --- what is out of date ----------------------------------------------------------------------------------------------


def test_what_was_just_made_is_up_to_date(scaffold: Scaffold, plan: Path) -> None:
    before = snapshot(plan, without=())
    outcome = scaffold("update", plan, "--yes")
    assert (outcome.code, outcome.out.splitlines()[2]) == (0, "Nothing to update: 2 EXECUTION_TASKs up to date.")
    assert snapshot(plan, without=()) == before
    assert "out_of_date" not in dict(codes(scaffold("check", plan, "--json").document, "warning"))


def test_every_command_that_looks_at_the_plan_tells_of_it(scaffold: Scaffold, plan: Path) -> None:
    change(plan)
    update = f"scaffold update {plan} --achievement 1.1"
    assert codes(scaffold("check", plan, "--json").document, "warning") == [("out_of_date", FIRST)]
    assert scaffold("check", plan, "--strict").code == 4
    status = scaffold("status", plan).out
    assert "execution created, out of date" in status
    assert f"1 EXECUTION_TASK out of date: scaffold update {plan}" in status.splitlines()
    rows: Any = scaffold("status", plan, "--json").document["data"]
    assert [row["out_of_date"] for row in rows["achievements"]] == [1, 0, 0, 0, 0]
    assert f"EXECUTION_TASK: {FIRST} (out of date: the SUBPLAN changed)" in scaffold("why", "1.1", plan).out
    why: Any = scaffold("why", "1.1", plan, "--json").document["data"]
    assert why["out_of_date"] == [{"path": FIRST, "why": ["the SUBPLAN"], "conflicts": 0}]
    assert why["next_command"] == rows["next_command"] == update
    step = "Update the EXECUTION_TASK of 1.1 before it is worked on (the SUBPLAN changed)"
    assert scaffold("next", plan).out.splitlines()[2:4] == [f"1. {step}", f"   {update}"]


@pytest.mark.parametrize(
    "rewrite",
    [
        pytest.param(lambda text: text.replace("\n", "  \n"), id="blanks at line ends"),
        pytest.param(lambda text: text.replace("\n\n", "\n\n\n\n"), id="more blank lines"),
        pytest.param(lambda text: text.replace("\n", "\r\n"), id="line ends of Windows"),
        pytest.param(lambda text: "\ufeff" + text, id="a byte order mark"),
        pytest.param(lambda text: text.rstrip() + "\n\n\n", id="blank lines at the end"),
        pytest.param(
            lambda text: "\n## ".join([text.split("\n## ")[0], *reversed(text.split("\n## ")[1:])]),
            id="sections in another order",
        ),
    ],
)
def test_what_says_the_same_in_another_layout_makes_nothing_out_of_date(
    tmp_path: Path, scaffold: Scaffold, rewrite: Any
) -> None:
    long = plans.subplan("1.1", "Make it work.\n\n" + "".join(f"Line {n} of many.\n\n" for n in range(60)))
    long += "\n## Risks\n\nSome, in `a.py`.\n\n## Files to Review\n\nThe file `b.py`.\n\n## Notes\n\nNone.\n"
    root = plans.demo(tmp_path / "DEMO", {SUBPLAN: long})
    create(scaffold, root)
    (root / SUBPLAN).write_bytes(rewrite(long).encode())
    assert outdated(scaffold, root) == {}
    assert scaffold("check", root, "--strict").code == 0


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("- It works\n- It is tested\n", "- It works - It is tested\n", id="two items of a list to one"),
        pytest.param("- It works\n- It is tested\n", "- It works\n  - It is tested\n", id="an item below another"),
        pytest.param("1.1\n**Estimated Time**: 2", "1.1 **Estimated Time**: 2", id="a label within a line"),
        pytest.param("work.\n\n---\n\n## Approach\n\n", "work. --- ## Approach\n\n", id="a heading within a line"),
        pytest.param("| a |\n| - |\n| b |\n", "| a | | - | | b |\n", id="the rows of a table in one"),
    ],
)
def test_blanks_that_make_something_else_of_a_text_are_no_layout(
    tmp_path: Path, scaffold: Scaffold, before: str, after: str
) -> None:
    said = plans.subplan("1.1", "Make it work.", "Write it, then test it.\n\n| a |\n| - |\n| b |\n")
    assert before in said
    for number, (first, then) in enumerate(((before, after), (after, before))):
        root = plans.demo(tmp_path / f"{number}" / "DEMO", {SUBPLAN: said.replace(before, first)})
        create(scaffold, root)
        edit(root, SUBPLAN, (first, then))
        assert outdated(scaffold, root) == {FIRST: ["the SUBPLAN"]}, first


@pytest.mark.parametrize(
    ("path", "pair", "expected"),
    [
        pytest.param(
            "DEMO/parallel.json", ('"Part 1.1"', '"Else"'), {"11": ["parallel.json"]}, id="a title in parallel.json"
        ),
        pytest.param(
            "templates/org/sections/header.md.jinja",
            ("ops@", "help@"),
            {"11": ["template security"], "12": ["template org"]},
            id="the layer of the organisation",
        ),
        pytest.param(
            "templates/security/sections/threat_model.md.jinja",
            ("misuse", "abuse"),
            {"11": ["template security"]},
            id="a section of one team",
        ),
        pytest.param(
            "scaffold.yml",
            ("default: org", "default: data"),
            {"12": ["the template set (data; it was org)"]},
            id="another set by the settings",
        ),
        pytest.param(
            "DEMO/parallel.json",
            ('"team": "security"', '"team": "mobile"'),
            {"11": ["the template set (org; it was security)", "parallel.json"]},
            id="another team",
        ),
        pytest.param("templates/org/README.md", None, {}, id="a file that reaches no document"),
        pytest.param("DEMO/PLAN_DEMO.md", ("Part 1.1", "Else"), {}, id="the PLAN"),
    ],
)
def test_it_is_told_what_has_changed(
    tmp_path: Path, scaffold: Scaffold, path: str, pair: tuple[str, str] | None, expected: dict[str, list[str]]
) -> None:
    root = teams_kit.workspace(tmp_path / "w")
    create(scaffold, root)
    assert outdated(scaffold, root) == {}
    if pair:
        edit(tmp_path / "w", path, pair)
    else:
        put(tmp_path / "w" / path, b"Read me.\n")
    assert outdated(scaffold, root) == {
        f"execution/EXECUTION_TASK_DEMO_{slug}_01.md": why for slug, why in expected.items()
    }


def test_headings_in_the_settings_that_are_read_otherwise_count(tmp_path: Path, scaffold: Scaffold) -> None:
    root = plans.demo(tmp_path / "DEMO", {SUBPLAN: plans.subplan("1.1") + "\n## Wozu\n\nFor the users.\n"})
    (root / SUBPLAN).write_text((root / SUBPLAN).read_text().replace("## Success Criteria", "## Fertig wenn"))
    create(scaffold, root)
    (tmp_path / "scaffold.yml").write_text("headings: {success_criteria: [Fertig wenn]}\n")
    assert outdated(scaffold, root) == {FIRST: ["scaffold.yml"]}


def test_a_newer_version_of_scaffold_is_named(
    monkeypatch: pytest.MonkeyPatch, scaffold: Scaffold, tmp_path: Path
) -> None:
    root = plans.demo(tmp_path / "DEMO")
    monkeypatch.setattr("scaffold.transaction.records.__version__", "0.1")
    create(scaffold, root)
    change(root)
    assert [reason.partition(";")[2] for reason in outdated(scaffold, root)[FIRST]] == ["", " it was 0.1)"]


def test_documents_keep_their_date_and_what_they_were_told_of_others(scaffold: Scaffold, tmp_path: Path) -> None:
    root = plans.demo(tmp_path / "DEMO")
    create(scaffold, root, "--level", "all")
    before = (root / "execution/EXECUTION_TASK_DEMO_21_01.md").read_text()
    assert "not_started" in before or "subplan" in before
    put(root / "execution/feedbacks/APPROVED_11.md", b"Good.\n")
    found = json.loads((root / "parallel.json").read_text())
    found["achievements"].append({"id": "1.3", "title": "One more", "dependencies": []})
    (root / "parallel.json").write_text(json.dumps(found))
    assert outdated(scaffold, root) == {}
    change(root, "subplans/SUBPLAN_DEMO_21.md")
    assert scaffold("update", root, "--yes").code == 0
    after = (root / "execution/EXECUTION_TASK_DEMO_21_01.md").read_text()
    assert after.replace("work well.", "work.").replace("- It is fast\n", "") != after
    kept = [line for line in before.splitlines() if "1.1" in line or "2026-03-14" in line.split(" from ")[0]]
    assert [line for line in kept if "SHA-256" not in line] == [
        line
        for line in after.splitlines()
        if ("1.1" in line or "2026-03-14" in line.split(" from ")[0]) and "SHA" not in line
    ]
    assert "Made on 2026-03-14 from" in after


def test_facts_are_refreshed_where_that_is_asked_for(scaffold: Scaffold, tmp_path: Path) -> None:
    root = plans.demo(tmp_path / "DEMO")
    create(scaffold, root, "--level", "1")
    put(root / "execution/feedbacks/APPROVED_11.md", b"Good.\n")
    assert outdated(scaffold, root) == {}
    stale = [f"execution/EXECUTION_TASK_DEMO_{slug}_01.md" for slug in ("21", "22")]
    assert outdated(scaffold, root, "--refresh-facts") == {path: ["the states"] for path in stale}
    assert scaffold("update", root, "--refresh-facts", "--yes").code == 0
    assert all("complete" in (root / path).read_text() for path in stale)
    assert outdated(scaffold, root, "--refresh-facts") == outdated(scaffold, root) == {}


def test_what_is_done_and_what_was_tried_before_is_history(scaffold: Scaffold, plan: Path) -> None:
    assert scaffold("review", "1.1", plan, "--fix", "--message", "More.", "--yes").code == 0
    assert scaffold("executions", plan, "--achievement", "1.1", "--again", "--yes").code == 0
    change(plan)
    assert list(outdated(scaffold, plan)) == ["execution/EXECUTION_TASK_DEMO_11_02.md"]
    put(plan / "execution/feedbacks/APPROVED_11.md", b"Good.\n")
    assert outdated(scaffold, plan) == {}
    told = scaffold("update", plan, "--achievement", "1.1", "--dry-run").out
    assert "Left alone: 1.1 is complete: its documents are history" in told.splitlines()


def test_what_scaffold_did_not_make_is_left_alone_and_named(scaffold: Scaffold, plan: Path) -> None:
    put(plan / "execution/EXECUTION_TASK_DEMO_21_01.md", b"# By hand\n")
    change(plan, "subplans/SUBPLAN_DEMO_21.md")
    outcome = scaffold("update", plan, "--dry-run", "--json")
    assert outcome.document["data"]["foreign"] == ["execution/EXECUTION_TASK_DEMO_21_01.md"]  # type: ignore[index,call-overload]
    assert (
        "Left alone: execution/EXECUTION_TASK_DEMO_21_01.md, which scaffold has no record of"
        in scaffold("update", plan, "--dry-run").out.splitlines()
    )


def test_what_was_deleted_by_hand_stays_deleted(scaffold: Scaffold, plan: Path) -> None:
    (plan / FIRST).unlink()
    change(plan)
    assert scaffold("update", plan, "--yes").code == 0
    assert not (plan / FIRST).exists()


def test_nothing_is_rendered_where_nothing_can_have_changed(
    monkeypatch: pytest.MonkeyPatch, scaffold: Scaffold, plan: Path
) -> None:
    def never(*_: object) -> None:
        pytest.fail("rendered")

    monkeypatch.setattr(render, "render", never)
    for command in (("status",), ("check",), ("next",), ("update", "--yes")):
        assert scaffold(command[0], plan, *command[1:]).code == 0


def test_a_broken_template_is_told_and_keeps_nobody_from_looking(tmp_path: Path, scaffold: Scaffold) -> None:
    root = teams_kit.workspace(tmp_path / "w")
    create(scaffold, root)
    put(tmp_path / "w/templates/org/sections/header.md.jinja", b"{% block more_header %}\n")
    for command in ("status", "check", "next"):
        outcome = scaffold(command, root)
        assert outcome.code == 0
    told = scaffold("check", root, "--json").document
    assert ("template_syntax", "template_invalid")[0] in dict(codes(told, "warning")) or codes(told, "warning")
    assert "whether EXECUTION_TASKs are out of date cannot be told" in scaffold("status", root).err
    assert scaffold("update", root, "--yes").code == 3


def test_a_record_that_cannot_be_read_is_told(scaffold: Scaffold, plan: Path) -> None:
    (record,) = plan.glob(".scaffold/batches/*/record.json")
    record.write_text("{}")
    change(plan)
    assert ("bad_record", f".scaffold/batches/{record.parent.name}") in codes(
        scaffold("check", plan, "--json").document, "warning"
    )
    outcome = scaffold("update", plan, "--yes")
    assert (outcome.code, "cannot be used" in outcome.err) == (0, True)
    assert "work well" not in (plan / FIRST).read_text()


def test_answers_that_cannot_be_read_are_told_once_they_are_needed(scaffold: Scaffold, plan: Path) -> None:
    (answers,) = plan.glob(".scaffold/batches/*/answers.jsonl")
    answers.write_text("{}\n")
    assert scaffold("check", plan, "--strict").code == 0
    change(plan)
    assert ("bad_record", f".scaffold/batches/{answers.parent.name}") in codes(
        scaffold("check", plan, "--json").document, "warning"
    )
    outcome = scaffold("update", plan, "--yes")
    assert (outcome.code, "not the answers that the record names" in outcome.err) == (0, True)
    assert "work well" not in (plan / FIRST).read_text()


@pytest.mark.parametrize("is_older", [False, True], ids=["version 3", "version 2"])
def test_documents_recorded_by_an_earlier_version_are_updated_and_taken_back_alike(
    scaffold: Scaffold, plan: Path, is_older: bool
) -> None:
    (batch,) = plan.glob(".scaffold/batches/*")
    if is_older:
        as_version_2(batch)
    assert sorted(path.name for path in batch.iterdir())[0] == ("contents.json" if is_older else "answers.jsonl")
    before = snapshot(plan)
    edit(plan, FIRST, ("## Learning Summary", "My note.\n\n## Learning Summary"))
    change(plan)
    edited = snapshot(plan)
    assert outdated(scaffold, plan) == {FIRST: ["the SUBPLAN"]}
    assert scaffold("update", plan, "--yes").code == 0
    updated = (plan / FIRST).read_text()
    assert ("work well" in updated, "My note." in updated, CREATED in updated) == (True, True, True)
    (newest,) = {path.name for path in batch.parent.iterdir()} - {batch.name}
    assert scaffold("undo", newest, plan, "--yes").code == 0
    assert snapshot(plan) == edited
    edit(plan, FIRST, ("My note.\n\n## Learning Summary", "## Learning Summary"))
    assert scaffold("undo", batch.name, plan, "--yes").code == 0
    assert snapshot(plan).keys() == before.keys() - {FIRST, SECOND}


# --- the update -------------------------------------------------------------------------------------------------------


def test_what_nobody_edited_is_replaced_by_what_would_be_made_now(
    scaffold: Scaffold, plan: Path, tmp_path: Path
) -> None:
    change(plan)
    edit(plan, "parallel.json", ('"Part 1.2"', '"Else"'))
    assert scaffold("update", plan, "--yes").code == 0
    assert "- It is fast" in (plan / FIRST).read_text()
    assert '"Else"' not in (plan / FIRST).read_text()
    made = again(scaffold, plan, tmp_path / "again")
    assert (plan / SECOND).read_bytes() == made["EXECUTION_TASK_DEMO_12_01.md"]
    assert outdated(scaffold, plan) == {}


def test_what_was_edited_is_merged(scaffold: Scaffold, plan: Path) -> None:
    ticked = (plan / FIRST).read_text().replace("- [ ]", "- [x]").replace("Not started", "In progress")
    (plan / FIRST).write_text(ticked + "\nAnn looked at it.\n")
    change(plan)
    data: Any = scaffold("update", plan, "--json", "--yes").document["data"]
    assert [(file["edited"], file["conflicts"]) for file in data["files"]] == [(True, [])]
    text = (plan / FIRST).read_text()
    assert text.count("- [x]") == ticked.count("- [x]")
    assert all(said in text for said in ("In progress", "Ann looked at it.", "work well", "- It is fast"))
    assert outdated(scaffold, plan) == {}


def test_an_update_can_be_undone_and_done_again(scaffold: Scaffold, plan: Path) -> None:
    edit(plan, FIRST, ("- [ ]", "- [x]"))
    change(plan)
    before = snapshot(plan)
    assert scaffold("update", plan, "--yes").code == 0
    after = snapshot(plan)
    undo = scaffold("undo", "--list", plan).out.splitlines()[-1].split()[0]
    assert scaffold("undo", undo, plan, "--yes").code == 0
    assert snapshot(plan) == before
    assert outdated(scaffold, plan) == {FIRST: ["the SUBPLAN"]}
    assert scaffold("update", plan, "--yes").code == 0
    assert snapshot(plan) == after


def conflicting(plan: Path) -> None:
    """Edit the objective in the document, and in another way in the SUBPLAN."""
    edit(plan, FIRST, ("Make it work.", "Make it work for Ann."))
    change(plan)


def test_a_conflict_changes_nothing_and_shows_both_sides(scaffold: Scaffold, plan: Path) -> None:
    conflicting(plan)
    before = snapshot(plan, without=())
    outcome = scaffold("update", plan, "--yes")
    assert (outcome.code, snapshot(plan, without=())) == (5, before)
    line = 1 + (plan / FIRST).read_text().splitlines().index("Make it work for Ann.")
    assert outcome.out.splitlines()[7:11] == [
        f"Conflict in {FIRST}, line {line} (line {line} of what is generated now):",
        "  before:    Make it work.",
        "  edited:    Make it work for Ann.",
        "  generated: Make it work well.",
    ]
    document = scaffold("update", plan, "--json", "--yes").document
    assert codes(document) == [("update_conflict", FIRST)]
    assert document["data"]["files"][0]["conflicts"] == [  # type: ignore[index,call-overload]
        {
            "line": line,
            "generated_line": line,
            "edited": "Make it work for Ann.\n",
            "generated": "Make it work well.\n",
            "before": "Make it work.\n",
        }
    ]
    assert snapshot(plan, without=()) == before


def test_the_edited_lines_are_kept_and_the_rest_is_updated(scaffold: Scaffold, plan: Path) -> None:
    conflicting(plan)
    step: Any = scaffold("next", plan, "--json").document["data"]
    command = step["actions"][0]["command"]
    assert command[1:] == ["update", str(plan), "--achievement", "1.1", "--conflict", "keep"]
    assert scaffold(*command[1:], "--yes").code == 0
    text = (plan / FIRST).read_text()
    assert "Make it work for Ann." in text
    assert "work well" not in text
    assert "- It is fast" in text
    assert outdated(scaffold, plan) == {}


def test_a_conflict_that_is_decided_is_told_as_decided(scaffold: Scaffold, plan: Path) -> None:
    conflicting(plan)
    for given, how in (((), "conflict"), (("keep",), "edit kept"), (("markers",), "with markers")):
        shown = scaffold("update", plan, "--dry-run", *(word for each in given for word in ("--conflict", each))).out
        (row,) = (line for line in shown.splitlines() if line.startswith("1.1 "))
        assert f"  {how}  " in row


def test_what_is_kept_may_be_all_and_is_decided_once(scaffold: Scaffold, plan: Path) -> None:
    edit(plan, FIRST, ("Make it work.", "Make it work for Ann."), ("SHA-256", "SHA"))
    edit(plan, SUBPLAN, ("Make it work.", "Make it work well."))
    before = snapshot(plan)
    for decided in range(2):
        assert scaffold("update", plan, "--conflict", "keep", "--yes").code == 0
        assert (snapshot(plan), outdated(scaffold, plan)) == (before, {})
        newest = scaffold("undo", "--list", plan).out.splitlines()[-1].split()
        assert newest[1] == "update"
        if not decided:
            assert scaffold("undo", newest[0], plan, "--yes").code == 0
            assert snapshot(plan) == before
            assert list(outdated(scaffold, plan)) == [FIRST]
    assert scaffold("undo", plan, typed="y\n").code == 0  # the decision, and then what was created
    assert scaffold("undo", plan, typed="y\n").code == 0
    assert not (plan / SECOND).exists()


def test_markers_are_written_where_they_are_asked_for_and_must_be_resolved(scaffold: Scaffold, plan: Path) -> None:
    conflicting(plan)
    assert scaffold("update", plan, "--conflict", "markers", "--yes").code == 0
    text = (plan / FIRST).read_text()
    marked = "<<<<<<< edited\nMake it work for Ann.\n=======\nMake it work well.\n>>>>>>> generated again\n"
    assert marked in text
    found = scaffold("check", plan, "--json")
    assert (found.code, codes(found.document)) == (3, [("merge_markers", FIRST)])
    assert codes(found.document, "warning") == []
    edit(plan, SUBPLAN, ("work well", "work very well"))
    (step, *_) = scaffold("next", plan).out.splitlines()[2:]
    line = 1 + text.splitlines().index("<<<<<<< edited")
    assert step == f"1. Resolve the merge in {FIRST}, line {line}: keep what is right of both sides"
    assert scaffold("update", plan, "--achievement", "1.1", "--yes").code == 3
    told = f"Left alone: {FIRST}: a merge that nobody has resolved begins on line {line}"
    assert told in scaffold("update", plan, "--yes").out.splitlines()
    assert (plan / FIRST).read_text() == text
    (plan / FIRST).write_text(text.replace(marked, "Make it work well for Ann.\n"))
    assert scaffold("check", plan).code == 0
    assert scaffold("update", plan, "--conflict", "keep", "--yes").code == 0


def test_what_somebody_has_changed_by_hand_in_the_same_way_is_up_to_date(scaffold: Scaffold, plan: Path) -> None:
    change(plan)
    assert scaffold("update", plan, "--yes").code == 0
    now = (plan / FIRST).read_bytes()
    undo = scaffold("undo", "--list", plan).out.splitlines()[-1].split()[0]
    assert scaffold("undo", undo, plan, "--yes").code == 0
    (plan / FIRST).write_bytes(now)
    assert outdated(scaffold, plan) == {}


@pytest.mark.parametrize("how", ["crlf", "bom", "latin-1"])
def test_an_editor_that_writes_otherwise_loses_nothing(scaffold: Scaffold, plan: Path, how: str) -> None:
    text = (plan / FIRST).read_bytes().replace(b"Not started", b"In progress")
    written = {
        "crlf": text.replace(b"\n", b"\r\n"),
        "bom": b"\xef\xbb\xbf" + text,
        "latin-1": text + b"\nM\xfcller\n",
    }[how]
    (plan / FIRST).write_bytes(written)
    change(plan)
    assert scaffold("update", plan, "--yes").code == 0
    after = (plan / FIRST).read_bytes()
    assert b"In progress" in after
    assert b"- It is fast" in after
    assert {
        "crlf": after.count(b"\r\n") == after.count(b"\n"),
        "bom": after[:3] == b"\xef\xbb\xbf",
        "latin-1": b"M\xfcller" in after,
    }[how]


@pytest.mark.parametrize("how", ["crlf", "bom", "blanks"])
def test_what_an_editor_alone_does_is_no_edit(scaffold: Scaffold, plan: Path, how: str) -> None:
    text = (plan / FIRST).read_bytes()
    saved = {"crlf": text.replace(b"\n", b"\r\n"), "bom": b"\xef\xbb\xbf" + text, "blanks": text.replace(b"\n", b" \n")}
    (plan / FIRST).write_bytes(saved[how])
    change(plan)
    found: Any = scaffold("update", plan, "--dry-run", "--json").document["data"]
    assert [(file["edited"], file["conflicts"]) for file in found["files"]] == [(False, [])]
    assert " replaced " in scaffold("update", plan, "--dry-run").out


def test_only_what_is_selected_is_updated(scaffold: Scaffold, tmp_path: Path) -> None:
    root = plans.demo(tmp_path / "DEMO")
    create(scaffold, root, "--level", "all")
    for slug in ("11", "12", "21"):
        change(root, f"subplans/SUBPLAN_DEMO_{slug}.md")
    paths = {slug: f"execution/EXECUTION_TASK_DEMO_{slug}_01.md" for slug in ("11", "12", "21")}
    assert list(outdated(scaffold, root, "--achievement", "1.2")) == [paths["12"]]
    assert list(outdated(scaffold, root, "--level", "1")) == [paths["21"]]
    assert list(outdated(scaffold, root, "--level", "all")) == list(outdated(scaffold, root)) == list(paths.values())
    for options, code in (
        (("--level", "1", "--achievement", "1.2"), 2),
        (("--level", "next"), 2),
        (("--achievement", "7.7"), 2),
        (("--level", "9"), 2),
    ):
        assert scaffold("update", root, *options).code == code


def test_a_subplan_that_is_missing_keeps_only_its_own_document(scaffold: Scaffold, plan: Path) -> None:
    change(plan)
    (plan / "subplans/SUBPLAN_DEMO_12.md").unlink()
    outcome = scaffold("update", plan, "--yes")
    assert outcome.code == 0
    assert "Left alone: 1.2 Part 1.2: achievement 1.2 has no SUBPLAN" in outcome.out.splitlines()
    assert "work well" in (plan / FIRST).read_text()
    assert scaffold("update", plan, "--achievement", "1.2", "--yes").code == 4


def test_a_set_that_was_asked_for_stays_that_of_the_document(tmp_path: Path, scaffold: Scaffold) -> None:
    root = plans.demo(tmp_path / "w/DEMO")
    for path, text in teams_kit.complete("w/own").items():
        put(tmp_path / path, text.encode())
    create(scaffold, root, "--template", str(tmp_path / "w/own"))
    assert outdated(scaffold, root) == {}
    put(tmp_path / "w/own/body.md.jinja", b"# {{ task.title }}, again\n")
    assert [why for (why,) in outdated(scaffold, root).values()] == ["template ../own"] * 2
    assert scaffold("update", root, "--yes").code == 0
    assert (root / FIRST).read_text() == "# Part 1.1, again\n"


def test_expected_is_what_was_shown(scaffold: Scaffold, plan: Path) -> None:
    change(plan)
    expected: Any = scaffold("update", plan, "--dry-run", "--json").document["data"]
    edit(plan, SUBPLAN, ("work well", "work best"))
    assert scaffold("update", plan, "--yes", "--expect", expected["change_set"]).code == 5
    edit(plan, SUBPLAN, ("work best", "work well"))
    assert scaffold("update", plan, "--yes", "--expect", expected["change_set"]).code == 0
