"""A brief is all that whoever works on an achievement has to read, in a size that is known, and it names the rest."""

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scaffold.document.extract import LeftOut, excerpt, fitted
from scaffold.model import Json
from tests import plans
from tests.conftest import Outcome, Scaffold, codes
from tests.trees import build, snapshot

TASK = "execution/EXECUTION_TASK_DEMO_22_01.md"
WORK = "# EXECUTION_TASK\n\n**Achievement**: 2.2\n**Status**: In progress\n\n## Steps\n\n" + "".join(
    f"{number}. Do the part that has the number {number}, and look at what has come of it.\n" for number in range(1, 60)
)
LEARNED = """# EXECUTION_TASK

**Status**: Complete

## Steps

1. Nobody has to read this.

## Learning Summary

**What worked**: Parse first, then check.
**Surprises**:

### Decisions

- Dates are UTC.

## Completion Checklist

- [x] `one.py`

---

Made on 2026-11-22 from a SUBPLAN.
"""
PLAN = """# PLAN: DEMO

## Goal

Cook what is there.

## Constraints

- No network.

## Context

Amounts are in grams.

## Achievements

### Achievement 1.1: Part 1.1

- **Deliverables**: `one.py`
"""


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """Return a plan in which 2.2 is worked on, on 1.1 and 1.2, which are done, and 2.1 can be worked on beside it."""
    delivering = "\n## Deliverables\n\n- `{}`: the {}\n"
    return plans.demo(
        tmp_path,
        {
            "PLAN_DEMO.md": PLAN,
            TASK: WORK,
            "execution/EXECUTION_TASK_DEMO_11_01.md": LEARNED,
            "execution/feedbacks/APPROVED_11.md": "",
            "execution/feedbacks/APPROVED_12.md": "",
            "subplans/SUBPLAN_DEMO_12.md": plans.subplan("1.2") + delivering.format("src/two.py", "second part"),
            "subplans/SUBPLAN_DEMO_21.md": plans.subplan("2.1") + delivering.format("src/three.py", "third part"),
            "subplans/SUBPLAN_DEMO_31.md": plans.subplan("3.1") + delivering.format("src/last.py", "last part"),
        },
    )


def data(outcome: Outcome) -> dict[str, Json]:
    found = outcome.document["data"]
    assert isinstance(found, dict)
    return found


def test_a_brief_has_the_steps_the_work_the_plan_the_dependencies_and_what_others_are_at(
    plan: Path, scaffold: Scaffold
) -> None:
    scaffold("claim", "2.1", plan, "--as", "bob")
    before = snapshot(plan)
    outcome = scaffold("brief", "2.2", plan)
    assert outcome.code == 0
    review = f"scaffold review 2.2 {plan}"
    steps = [
        f"1. Carry out {TASK}",
        f"2. Fill in its log and what was learned, and set the Status in {TASK} (line 4) to Complete",
        f"3. Let it be judged: `{review} --approve`, or `{review} --fix --message TEXT` with what is to be fixed",
    ]
    assert outcome.out.splitlines()[2:5] == steps
    rest = outcome.out.partition("\n==> ")[2]
    places = (
        "The work <==",
        f"{TASK}, lines 1-66:",
        "59. Do the part that has the number 59,",
        "==> Goal of the PLAN <==\n\nPLAN_DEMO.md, line 5:\n\nCook what is there.\n",
        "==> Constraints <==\n\nPLAN_DEMO.md, line 9:\n\n- No network.\n",
        "==> Context of the PLAN <==\n\nPLAN_DEMO.md, line 13:\n\nAmounts are in grams.\n",
        "==> 1.1 Part 1.1, complete, on which this depends <==\n\nPLAN_DEMO.md, line 19:\n\n- `one.py`\n",
        "execution/EXECUTION_TASK_DEMO_11_01.md, lines 9-16:\n\n## Learning Summary\n"
        "**What worked**: Parse first, then check.\n### Decisions\n- Dates are UTC.\n",
        "==> 1.2 Part 1.2, complete, on which this depends <==\n\nsubplans/SUBPLAN_DEMO_12.md, line 26:\n\n"
        "- `src/two.py`: the second part\n",
        "==> Files that others may be at work on: leave them alone <==\n\nsubplans/SUBPLAN_DEMO_21.md, line 26:\n\n"
        "2.1 Part 2.1 (bob): src/three.py\n",
    )
    for place in places:
        assert place in rest, place
        rest = rest.partition(place)[2]
    assert rest == ""
    for absent in ("Nobody has to read this", "Surprises", "Made on", "src/last.py", "left out"):
        assert absent not in outcome.out
    assert snapshot(plan) == before


def test_the_json_has_the_same_text_once_and_where_it_comes_from(plan: Path, scaffold: Scaffold) -> None:
    told = data(scaffold("brief", "2.2", plan, "--json"))
    assert told["text"] == scaffold("brief", "2.2", plan).out
    assert (told["id"], told["title"], told["state"]) == ("2.2", "Part 2.2", "in_progress")
    assert told["tokens"] == -(-len(str(told["text"])) // 4)
    assert told["left_out"] == []
    assert told["read"] == [
        TASK,
        "PLAN_DEMO.md",
        "execution/EXECUTION_TASK_DEMO_11_01.md",
        "subplans/SUBPLAN_DEMO_12.md",
        "subplans/SUBPLAN_DEMO_21.md",
    ]


@pytest.mark.parametrize("most", [500, 700, 900, 1200])
def test_where_it_is_tight_the_end_goes_first_and_all_that_goes_is_named(
    plan: Path, scaffold: Scaffold, most: int
) -> None:
    build(plan, {"execution/feedbacks/FIX_22.md": "# FIX\n\nMake it faster.\n"})
    whole = scaffold("brief", "2.2", plan, "--max-tokens", "9999").out
    outcome = scaffold("brief", "2.2", plan, "--max-tokens", str(most), "--json")
    assert len(outcome.out) <= 4 * most
    told = data(outcome)
    text, left_out = str(told["text"]), told["left_out"]
    assert len(text) <= 4 * most < len(whole)
    assert text.startswith(whole.partition("\n==>")[0])
    assert "Make it faster." in text
    named = [(one["path"], one["first"], one["last"]) for one in left_out]  # type: ignore[union-attr,index,call-overload]
    said = dict(re.findall(r"^left out: (\S+): lines? (.+)$", text, re.MULTILINE))
    unsaid = {path for path, *_ in named} - set(said)
    assert not unsaid or re.search(rf"^left out: {len(unsaid)} more files?$", text, re.MULTILINE)
    assert len(unsaid) <= 1
    for path, first, last in named:
        assert path in unsaid or (f"{first}-{last}" if first != last else str(first)) in said[path].split(", ")
    assert f"For more: `scaffold brief 2.2 {plan} --max-tokens {4 * most}`\n" in text
    shown = set(re.findall(r"^(\S+), lines? ", text, re.MULTILINE))
    assert {path for path, *_ in named} | shown >= set(told["read"])  # type: ignore[arg-type]
    if named[0][0] == TASK:  # the lines that are left out are those behind the last that is shown
        last_shown = int(str(named[0][1])) - 1
        assert (f"{TASK}, lines 1-{last_shown}:" in text) == (last_shown > 0)
        assert named[0][2] == 66


def test_the_limit_is_one_in_which_the_steps_have_room(plan: Path, scaffold: Scaffold) -> None:
    outcome = scaffold("brief", "2.2", plan, "--max-tokens", "499")
    assert (outcome.code, "499" in outcome.err) == (2, True)


def test_without_an_execution_task_it_names_the_command_that_makes_it(plan: Path, scaffold: Scaffold) -> None:
    outcome = scaffold("brief", "2.1", plan, "--json")
    document = outcome.document
    assert (outcome.code, codes(document)) == (4, [("nothing_to_carry_out", None)])
    create = f"scaffold executions {plan} --achievement 2.1"
    assert document["diagnostics"][0]["hint"] == f"Create the EXECUTION_TASK of 2.1: `{create}`"  # type: ignore[index,call-overload]


def test_of_a_fix_that_nobody_has_answered_the_first_step_is_the_attempt_that_does(
    plan: Path, scaffold: Scaffold
) -> None:
    scaffold("review", "2.2", plan, "--fix", "--message", "Make it faster.", "--yes")
    out = scaffold("brief", "2.2", plan).out
    again = f"scaffold executions {plan} --achievement 2.2 --again"
    assert f"\n1. Create the attempt that answers the FIX, and work in it: `{again}`\n" in out
    assert out.index("==> What is to be fixed <==") < out.index("Make it faster.") < out.index("==> The work <==")


def test_a_fix_that_the_finished_attempt_answers_is_not_to_be_fixed_any_more(plan: Path, scaffold: Scaffold) -> None:
    scaffold("review", "2.2", plan, "--fix", "--message", "Make it faster.", "--yes")
    scaffold("executions", plan, "--achievement", "2.2", "--again", "--yes")
    assert "==> What is to be fixed <==" in scaffold("brief", "2.2", plan).out
    (newest,) = (plan / "execution").glob("EXECUTION_TASK_DEMO_22_02.md")
    newest.write_text(re.sub(r"(?m)^(\*\*Status\*\*:).*", r"\1 Complete", newest.read_text("utf-8")), "utf-8")
    out = scaffold("brief", "2.2", plan, "--max-tokens", "9999").out
    assert "\n1. Let it be judged: " in out
    assert "What is to be fixed <==" not in out
    assert out.index("==> The work <==") < out.index("==> The FIX that this attempt answers <==")


def test_what_is_finished_is_to_be_judged_and_what_is_done_is_over(plan: Path, scaffold: Scaffold) -> None:
    build(plan, {TASK: WORK.replace("In progress", "Complete")})
    assert "\n1. Let it be judged: " in scaffold("brief", "2.2", plan).out
    assert "\n1. Nothing is left to do: it is complete\n" in scaffold("brief", "1.1", plan).out
    assert scaffold("brief", "1.2", plan).code == 4


def test_what_a_plan_is_made_of_drives_no_terminal(plan: Path, scaffold: Scaffold) -> None:
    build(plan, {TASK: "**Status**: In progress\n\n\x1b[2J\tclear\u202e\n"})
    out = scaffold("brief", "2.2", plan).out
    assert "\\x1b[2J    clear\\u202e\n" in out


def test_a_plan_that_cannot_be_read_is_told_and_the_rest_is_there(plan: Path, scaffold: Scaffold) -> None:
    (plan / "PLAN_DEMO.md").write_bytes(b"\xff\xfe")
    outcome = scaffold("brief", "2.2", plan, "--json")
    assert (outcome.code, codes(outcome.document, "warning")) == (0, [("unreadable", "PLAN_DEMO.md")])
    assert "The work" in str(data(outcome)["text"])


def test_of_very_many_dependencies_the_first_are_read_and_the_others_named(tmp_path: Path, scaffold: Scaffold) -> None:
    ids = [f"1.{number}" for number in range(1, 61)]
    entries = [*(plans.achievement(id_) for id_ in ids), plans.achievement("2.1", *ids)]
    done = {f"execution/feedbacks/APPROVED_{id_.replace('.', '')}.md": "" for id_ in ids}
    files = {"execution/EXECUTION_TASK_DEMO_21_01.md": "**Status**: In progress\n", **done}
    root = build(tmp_path, {**plans.tree(entries, subplans=ids), **files})
    told = data(scaffold("brief", "2.1", root, "--json"))
    assert len(told["left_out"]) == 40  # type: ignore[arg-type]
    rest = "".join(f"left out: subplans/SUBPLAN_DEMO_{id_.replace('.', '')}.md\n" for id_ in ids[20:])
    assert str(told["text"]).endswith(f"\n\n{rest}")
    few = scaffold("brief", "2.1", root, "--max-tokens", "500").out
    assert len(few) <= 2000
    named = few.count("left out: subplans/")
    assert f"left out: {40 - named} more files\n" in few or named == 40


def test_the_end_that_names_what_is_left_out_is_whole_however_long_the_paths_are(
    tmp_path: Path, scaffold: Scaffold
) -> None:
    root = plans.demo(tmp_path.joinpath(*["a" * 100] * 4), {TASK: WORK, "PLAN_DEMO.md": PLAN})
    out = scaffold("brief", "2.2", root, "--max-tokens", "500").out
    assert len(out) <= 2000
    assert out.startswith("Achievement 2.2 ")
    assert re.search(rf"\nleft out: {re.escape(TASK)}: lines [0-9]+-66\n", out)
    assert out.endswith(f"\nFor more: `scaffold brief 2.2 {root} --max-tokens 2000`\n")


def test_stretches_of_the_same_file_are_named_in_one_line() -> None:
    made = [excerpt("A", "a.md", "word " * 99, at) for at in (3, 20, 40)]
    text = fitted("Head\n", [*made, excerpt("A", "b.md", f"{'word ' * 99}\n" * 99, 7)], 100, "more").text
    assert text == "Head\n\nleft out: a.md: lines 3, 20, 40\nleft out: b.md: lines 7-105\nFor more: more\n"


LINES = st.lists(st.text(max_size=60), min_size=1, max_size=12).map("\n".join)
EXCERPTS = st.lists(st.tuples(st.sampled_from("ABC"), st.sampled_from(("a.md", "b.md")), LINES), max_size=6)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(EXCERPTS, st.integers(0, 900), st.lists(st.builds(LeftOut, st.sampled_from(("c.md", "d.md"))), max_size=12))
def test_no_extract_is_longer_than_its_limit_and_every_line_is_shown_or_left_out(
    given: list[tuple[str, str, str]], limit: int, unread: list[LeftOut]
) -> None:
    excerpts = [excerpt(*one) for one in given]
    found = fitted("Head\n", excerpts, limit, "more", unread)
    assert len(found.text) <= limit
    whole = fitted("Head\n", excerpts, 10**6, "more", unread)
    assert whole.left_out == tuple(unread)
    if len(whole.text) <= limit:
        assert found == whole
    else:
        assert found.left_out or not (unread or any(each.lines for each in excerpts))
    if found.left_out and limit > 60:
        is_more = len(found.left_out) > len(unread)
        assert re.search(r"\nleft out: .+\n" + ("For more: more\n" if is_more else "") + r"\Z", found.text)


def test_what_was_learned_ends_where_the_document_says_what_it_was_made_from(plan: Path, scaffold: Scaffold) -> None:
    ends = (
        "# EXECUTION_TASK\n\n## Learning Summary\n\n**What worked**: It.\n\n---\n\nMade on 2026-11-22 from a SUBPLAN.\n"
    )
    build(plan, {"execution/EXECUTION_TASK_DEMO_11_01.md": ends})
    out = scaffold("brief", "2.2", plan).out
    assert ("**What worked**: It." in out, "Made on" in out) == (True, False)


def test_of_a_thousand_siblings_those_at_work_come_first_and_what_is_not_named_is_counted(
    tmp_path: Path, scaffold: Scaffold
) -> None:
    ids = [f"1.{number}" for number in range(1, 101)]
    delivering = "\n## Deliverables\n\n- `src/of_{}.py`: it\n"
    files = {
        f"subplans/SUBPLAN_DEMO_{id_.replace('.', '')}.md": plans.subplan(id_) + delivering.format(id_) for id_ in ids
    }
    files |= {f"execution/EXECUTION_TASK_DEMO_{slug}_01.md": "**Status**: In progress\n" for slug in ("11", "190")}
    root = build(tmp_path, {**plans.tree([plans.achievement(id_) for id_ in ids], subplans=ids), **files})
    scaffold("claim", "1.99", root, "--as", "bob")
    out = scaffold("brief", "1.1", root, "--max-tokens", "9999").out
    others = re.findall(r"^(1\.[0-9]+) Part [0-9.]+( \(\w+\))?: src/", out, re.MULTILINE)
    assert others[:3] == [("1.99", " (bob)"), ("1.90", ""), ("1.2", "")]
    assert len(others) == 20
    assert out.count("left out: subplans/") == 20
    assert f"\nleft out: 59 more achievements that others may begin: `scaffold status {root} --ready`\n" in out
    for id_ in ids[1:61]:
        scaffold("claim", id_, root, "--as", "bob")
    out = scaffold("brief", "1.1", root, "--max-tokens", "9999").out
    assert out.count("left out: subplans/") == 42


@pytest.mark.parametrize("most", [500, 600, 1000, 2000])
def test_the_whole_json_document_stays_within_the_limit_and_says_where_its_lists_are_cut(
    tmp_path: Path, scaffold: Scaffold, most: int
) -> None:
    ids = [f"1.{number}" for number in range(1, 61)]
    entries = [*(plans.achievement(id_) for id_ in ids), plans.achievement("2.1", *ids)]
    files = {f"execution/feedbacks/APPROVED_{id_.replace('.', '')}.md": "" for id_ in ids}
    files["execution/EXECUTION_TASK_DEMO_21_01.md"] = WORK + '"quoted"\t\\ \n' * 400
    root = build(tmp_path, {**plans.tree(entries, subplans=ids), **files})
    outcome = scaffold("brief", "2.1", root, "--max-tokens", str(most), "--json")
    told = data(outcome)
    assert len(outcome.out) <= 4 * most
    assert "1. Carry out execution/EXECUTION_TASK_DEMO_21_01.md\n" in str(told["text"])
    assert str(told["text"]).endswith(f"For more: `scaffold brief 2.1 {root} --max-tokens {4 * most}`\n")
    assert told["tokens"] == -(-len(str(told["text"])) // 4)
    assert told["more"] is (len(told["left_out"]) < 41)  # type: ignore[arg-type]
