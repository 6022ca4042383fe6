"""A claim holds for one, whole or not at all, until it ends; what others have claimed is nobody else's next step."""

import errno
import fcntl
import json
import os
import signal
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from scaffold import clock
from scaffold.errors import Interrupted, PlanBusy, ScaffoldError, WriteFailed, unwind
from scaffold.model import Json
from scaffold.transaction import claims, guard
from scaffold.transaction.claims import Claim, read_claims
from scaffold.transaction.journal import VERSION, seal
from tests import plans, workers
from tests.broken_os import at_call, failing, killed_at
from tests.conftest import Outcome, Scaffold, codes
from tests.trees import build, snapshot

pytestmark = pytest.mark.usefixtures("_no_real_fsync")

NOW = "2026-11-28T17:30:00Z"
LATER = "2026-11-28T19:30:00Z"
TASK = "execution/EXECUTION_TASK_DEMO_11_01.md"


@pytest.fixture(autouse=True)
def _half_past_five(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """Return a plan in which 1.1 has an EXECUTION_TASK, 1.2 has none yet, and the others wait."""
    return plans.demo(tmp_path / "plan", {TASK: "# T\n\n**Status**: Not started\n"})


def data(outcome: Outcome) -> dict[str, Json]:
    found = outcome.document["data"]
    assert isinstance(found, dict)
    return found


def lease(plan: Path, id_: str = "1.1") -> Path:
    return plan / f".scaffold/claims/{id_}.json"


def held(plan: Path, time: str = NOW) -> dict[str, str]:
    """Return who holds what at a time."""
    found = read_claims(plan, ("1.1", "1.2", "2.1", "2.2", "3.1"), time)
    assert found.warnings == ()
    return {id_: claim.holder for id_, claim in found.held.items()}


def of(holder: str, since: str = NOW, until: str = LATER) -> Claim:
    return Claim("1.1", holder, since, until)


def take(plan: Path, claim: Claim) -> Claim:
    return claims.take(plan, claim, lambda: None)


# --- claiming ---------------------------------------------------------------------------------------------------------


def test_a_claim_says_for_whom_until_when_and_what_to_read_next(plan: Path, scaffold: Scaffold) -> None:
    outcome = scaffold("claim", "1.1", plan, "--as", "alice")
    assert outcome.out.splitlines() == [
        "Claimed 1.1 for alice until 2026-11-28 19:30 UTC",
        "Next: Read all that whoever works on it has to know",
        f"      scaffold brief 1.1 {plan}",
    ]
    told = data(scaffold("claim", "1.1", plan, "--as", "alice", "--for", "3d", "--json"))
    assert (told["id"], told["holder"], told["until"]) == ("1.1", "alice", "2026-12-01T17:30:00Z")
    assert told["next_command"] == f"scaffold brief 1.1 {plan}"


def test_without_an_execution_task_what_makes_it_comes_next(plan: Path, scaffold: Scaffold) -> None:
    told = data(scaffold("claim", "1.2", plan, "--as", "alice", "--json"))
    assert told["next_command"] == f"scaffold executions {plan} --achievement 1.2"


def test_claims_touch_nothing_but_the_bookkeeping_and_are_ignored_by_version_control(
    plan: Path, scaffold: Scaffold
) -> None:
    before = snapshot(plan)
    for words in (("claim", "1.1"), ("claim", "1.1"), ("release", "1.1"), ("release", "1.1")):
        assert scaffold(*words, plan, "--as", "alice").code == 0
    assert snapshot(plan) == before
    assert {path.name for path in (plan / ".scaffold").iterdir()} == {".gitignore", "claims", "lock"}
    assert (plan / ".scaffold/.gitignore").read_text() == "/*\n!/batches/\n"
    assert list((plan / ".scaffold/claims").iterdir()) == []


def test_a_claim_of_what_another_holds_names_the_holder_and_until_when(plan: Path, scaffold: Scaffold) -> None:
    scaffold("claim", "1.1", plan, "--as", "alice")
    before = snapshot(plan, without=())
    outcome = scaffold("claim", "1.1", plan, "--as", "bob", "--json")
    problem = outcome.document["diagnostics"][0]  # type: ignore[index]
    assert (outcome.code, problem["code"]) == (5, "claimed")  # type: ignore[index,call-overload]
    assert problem["message"] == "achievement 1.1 is claimed by alice until 2026-11-28 19:30 UTC"  # type: ignore[index,call-overload]
    assert snapshot(plan, without=()) == before


def test_the_same_name_renews_its_claim(plan: Path, scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch) -> None:
    scaffold("claim", "1.1", plan, "--as", "alice")
    monkeypatch.setattr(clock, "now", lambda: "2026-11-28T19:29:01Z")
    assert data(scaffold("claim", "1.1", plan, "--as", "alice", "--json"))["until"] == "2026-11-28T21:30:00Z"
    assert json.loads(lease(plan).read_bytes())["body"]["since"] == NOW
    assert scaffold("claim", "1.1", plan, "--as", "bob").code == 5


@pytest.mark.parametrize(
    ("id_", "verdict", "said"),
    [
        ("1.1", "APPROVED_11", "achievement 1.1 is complete: there is nothing to work on"),
        ("1.1", "SKIPPED_11", "achievement 1.1 is skipped: there is nothing to work on"),
        ("2.2", None, "achievement 2.2 cannot be claimed yet: it waits for 1.1 (execution created), 1.2 (subplan "),
    ],
)
def test_what_is_done_or_waits_cannot_be_claimed(
    plan: Path, scaffold: Scaffold, id_: str, verdict: str | None, said: str
) -> None:
    if verdict:
        build(plan, {f"execution/feedbacks/{verdict}.md": ""})
    outcome = scaffold("claim", id_, plan, "--as", "alice")
    assert (outcome.code, said in outcome.err) == (5, True), outcome.err
    assert not (plan / ".scaffold").exists()


def test_what_nobody_has_stated_the_dependencies_of_cannot_be_claimed(tmp_path: Path, scaffold: Scaffold) -> None:
    root = build(tmp_path, plans.tree([plans.achievement("1.1", dependencies_open=True)], subplans=["1.1"]))
    outcome = scaffold("claim", "1.1", root, "--as", "alice")
    assert (outcome.code, "nobody has stated in parallel.json what it depends on" in outcome.err) == (5, True)


def test_what_becomes_done_while_the_claim_waits_for_the_lock_is_not_claimed(
    plan: Path, scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked_late(*given: Any) -> AbstractContextManager[None]:
        build(plan, {"execution/feedbacks/APPROVED_11.md": ""})
        return guard.locked(*given)

    monkeypatch.setattr(claims, "locked", locked_late)
    assert scaffold("claim", "1.1", plan, "--as", "alice").code == 5
    assert not lease(plan).exists()


@pytest.mark.parametrize("verb", ["claim", "release", "brief"])
def test_an_unknown_id_is_told_with_the_nearest(plan: Path, scaffold: Scaffold, verb: str) -> None:
    name = () if verb == "brief" else ("--as", "alice")
    outcome = scaffold(verb, "1.3", plan, *name)
    assert (outcome.code, "there is no achievement 1.3\n  hint: did you mean" in outcome.err) == (2, True)


@pytest.mark.parametrize("name", ["", " ", "alice ", "a\nb", "a\x1b[2J", "x" * 61, "\u202eecila"])
def test_a_name_that_nobody_could_read_is_refused(plan: Path, scaffold: Scaffold, name: str) -> None:
    for words in (("claim", "1.1"), ("release", "1.1"), ("next",)):
        outcome = scaffold(*words, plan, "--as", name)
        assert (outcome.code, "expected a name of 1 to 60 characters" in outcome.err) == (2, True)
    assert not (plan / ".scaffold").exists()


@pytest.mark.parametrize("period", ["", "0m", "2", "h", "-1h", "8d", "10081m", "2 h", "1h30m", "1.5h", "٣h", "9" * 99])
def test_a_period_that_is_none_or_too_long_is_refused(plan: Path, scaffold: Scaffold, period: str) -> None:
    outcome = scaffold("claim", "1.1", plan, "--as", "alice", "--for", period)
    assert (outcome.code, "expected a time such as 30m, 2h or 1d" in outcome.err) == (2, True)
    assert not (plan / ".scaffold").exists()


@pytest.mark.parametrize(
    ("period", "until"),
    [("1m", "2026-11-28T17:31:00Z"), ("24h", "2026-11-29T17:30:00Z"), ("7d", "2026-12-05T17:30:00Z")],
)
def test_a_claim_holds_for_as_long_as_it_was_asked_for(plan: Path, scaffold: Scaffold, period: str, until: str) -> None:
    assert data(scaffold("claim", "1.1", plan, "--as", "alice", "--for", period, "--json"))["until"] == until
    assert held(plan, until[:-3] + "00Z") == {}
    assert held(plan, NOW) == {"1.1": "alice"}


def test_a_claim_ends_at_a_full_minute_and_never_too_early(
    plan: Path, scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: "2026-11-28T17:30:01Z")
    assert "until 2026-11-28 17:41 UTC" in scaffold("claim", "1.1", plan, "--as", "alice", "--for", "10m").out


def test_a_claim_that_ran_out_counts_for_nothing_and_is_replaced(
    plan: Path, scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch
) -> None:
    scaffold("claim", "1.1", plan, "--as", "alice")
    monkeypatch.setattr(clock, "now", lambda: LATER)
    assert data(scaffold("next", plan, "--json"))["claims"] == []
    assert scaffold("release", "1.1", plan, "--as", "bob").out == "1.1 is not claimed\n"
    assert scaffold("claim", "1.1", plan, "--as", "bob").code == 0
    assert held(plan, LATER) == {"1.1": "bob"}


# --- releasing --------------------------------------------------------------------------------------------------------


def test_only_who_claimed_it_releases_it(plan: Path, scaffold: Scaffold) -> None:
    scaffold("claim", "1.1", plan, "--as", "alice")
    other = scaffold("release", "1.1", plan, "--as", "bob")
    assert (other.code, "is claimed by alice until 2026-11-28 19:30 UTC" in other.err) == (5, True)
    assert held(plan) == {"1.1": "alice"}
    told = data(scaffold("release", "1.1", plan, "--as", "alice", "--json"))
    assert (told["released"], told["holder"], told["until"]) == (True, "alice", LATER)
    assert held(plan) == {}


def test_to_release_what_is_not_claimed_is_no_error_and_makes_nothing(plan: Path, scaffold: Scaffold) -> None:
    outcome = scaffold("release", "1.1", plan, "--as", "alice")
    assert (outcome.code, outcome.out) == (0, "1.1 is not claimed\n")
    told = data(scaffold("release", "1.1", plan, "--as", "alice", "--json"))
    assert (told["released"], told["holder"], told["until"]) == (False, None, None)
    assert not (plan / ".scaffold").exists()


# --- what is next -----------------------------------------------------------------------------------------------------


def ids_of(outcome: Outcome) -> list[Json]:
    actions = data(outcome)["actions"]
    return [id_ for action in actions for id_ in action["achievements"]]  # type: ignore[union-attr,index,call-overload]


def test_what_others_have_claimed_is_left_out_and_named(plan: Path, scaffold: Scaffold) -> None:
    scaffold("claim", "1.1", plan, "--as", "alice")
    shown = scaffold("next", plan)
    assert "EXECUTION_TASK_DEMO_11_01" not in shown.out
    assert shown.out.endswith("\n\nClaimed: 1.1 by alice until 19:30 UTC\n")
    told = scaffold("next", plan, "--as", "bob", "--json")
    assert data(told)["claims"] == [{"id": "1.1", "holder": "alice", "until": LATER}]
    assert "1.1" not in ids_of(told)


def test_the_list_of_claims_is_as_long_as_that_of_actions_and_their_number_is_told(
    tmp_path: Path, scaffold: Scaffold
) -> None:
    ids = [f"1.{at}" for at in range(1, 31)]
    root = build(tmp_path, plans.tree([plans.achievement(id_) for id_ in ids], subplans=ids))
    for id_ in ids:
        claims.take(root, Claim(id_, "alice", NOW, LATER), lambda: None)
    told = data(scaffold("next", root, "--limit", "5", "--json"))
    assert (len(told["claims"]), told["claimed"]) == (5, 30)  # type: ignore[arg-type]
    assert "1.10 by alice until 19:30 UTC and 20 more" in scaffold("next", root).out


def test_whoever_asks_by_name_keeps_what_is_claimed_by_that_name(plan: Path, scaffold: Scaffold) -> None:
    scaffold("claim", "1.1", plan, "--as", "alice")
    assert "1.1" in ids_of(scaffold("next", plan, "--as", "alice", "--json"))


def test_where_everything_is_claimed_nobody_is_told_that_everything_is_done(plan: Path, scaffold: Scaffold) -> None:
    scaffold("claim", "1.1", plan, "--as", "alice")
    scaffold("claim", "1.2", plan, "--as", "bob", "--for", "2d")
    said = "Everything that can be done now is claimed: 1.1 by alice until 19:30 UTC; 1.2 by bob until 2026-11-30 17:30"
    for words in (("next",), ("next", "--as", "carol"), ("status",)):
        out = scaffold(*words[:1], plan, *words[1:]).out
        assert said in out, out
        assert "Every achievement is done" not in out
    assert data(scaffold("next", plan, "--json"))["actions"] == []


def test_a_command_for_several_never_takes_what_is_claimed(tmp_path: Path, scaffold: Scaffold) -> None:
    ids = [f"1.{at}" for at in range(1, 31)]
    root = build(tmp_path, plans.tree([plans.achievement(id_) for id_ in ids], subplans=ids))
    whole = data(scaffold("next", root, "--json"))["actions"][0]["command"]  # type: ignore[index,call-overload]
    assert "--ready" in whole  # type: ignore[operator]
    scaffold("claim", "1.30", root, "--as", "alice")
    command = data(scaffold("next", root, "--json"))["actions"][0]["command"]  # type: ignore[index,call-overload]
    assert scaffold(*command[1:], "--yes").code == 0  # type: ignore[index,misc]
    assert len(list((root / "execution").iterdir())) == 20
    while command := data(scaffold("next", root, "--limit", "99", "--json"))["actions"][-1]["command"]:  # type: ignore[index,call-overload]
        assert scaffold(*command[1:], "--yes").code == 0  # type: ignore[index,misc]
    assert sorted(path.name[20:] for path in (root / "execution").iterdir()) == sorted(
        f"1{at}_01.md" for at in range(1, 30)
    )


def test_the_next_step_of_a_command_is_nothing_that_is_claimed_but_for_its_own(plan: Path, scaffold: Scaffold) -> None:
    scaffold("claim", "1.1", plan, "--as", "alice")
    assert f"\nNext: Create the EXECUTION_TASK of 1.2\n      scaffold executions {plan} --achievement 1.2\n" in (
        scaffold("status", plan).out
    )
    scaffold("claim", "1.2", plan, "--as", "bob")
    made = scaffold("executions", plan, "--achievement", "1.2", "--yes").out
    assert "\nNext: Carry out execution/EXECUTION_TASK_DEMO_12_01.md," in made


@pytest.mark.parametrize("selection", [("--batch",), ("--achievement", "1.1", "--achievement", "1.2")])
def test_the_next_step_of_a_command_for_several_is_nothing_that_is_claimed(
    tmp_path: Path, scaffold: Scaffold, selection: tuple[str, ...]
) -> None:
    ids = ("1.1", "1.2", "1.3")
    root = build(tmp_path / "plan", plans.tree([plans.achievement(id_) for id_ in ids], subplans=ids))
    scaffold("claim", "1.1", root, "--as", "bob")
    told = data(scaffold("executions", root, *selection, "--yes", "--json"))
    assert str(told["next_step"]).startswith("Carry out execution/EXECUTION_TASK_DEMO_12_01.md,")


@pytest.mark.parametrize("words", [("brief", "2.1"), ("review", "2.1", "--approve")])
def test_what_an_achievement_without_work_waits_for_is_not_offered_where_it_is_claimed(
    tmp_path: Path, scaffold: Scaffold, words: tuple[str, str]
) -> None:
    root = plans.demo(tmp_path, {})
    scaffold("claim", "1.1", root, "--as", "alice")
    outcome = scaffold(*words[:2], root, *words[2:], "--json")
    problem: Any = outcome.document["diagnostics"][0]  # type: ignore[index]
    assert outcome.code == 4
    assert problem["hint"] == "What 2.1 waits for is claimed: 1.1 by alice until 19:30 UTC"
    assert problem["command"] is None
    scaffold("claim", "2.1", root, "--as", "alice")
    build(root, {"execution/feedbacks/APPROVED_11.md": ""})
    scaffold("claim", "2.1", root, "--as", "alice")
    problem = scaffold(*words[:2], root, *words[2:], "--json").document["diagnostics"][0]  # type: ignore[index]
    assert problem["command"] == ["scaffold", "executions", str(root), "--achievement", "2.1"]


def test_status_marks_what_is_claimed_and_why_names_the_holder(plan: Path, scaffold: Scaffold) -> None:
    scaffold("claim", "1.1", plan, "--as", "alice")
    assert "execution created, claimed" in scaffold("status", plan).out
    why = scaffold("why", "1.1", plan).out
    assert "\nClaimed by alice until 2026-11-28 19:30 UTC.\n" in why
    assert f"\nNext: Carry out {TASK}," in why
    assert data(scaffold("why", "1.1", plan, "--json"))["claim"] == {
        "id": "1.1",
        "holder": "alice",
        "until": LATER,
    }
    waits = scaffold("why", "2.1", plan).out
    assert "\nNext: What 2.1 waits for is claimed: 1.1 by alice until 19:30 UTC\n" in waits


def test_the_rows_of_status_and_why_tell_programs_what_is_claimed(plan: Path, scaffold: Scaffold) -> None:
    scaffold("claim", "1.1", plan, "--as", "alice")
    rows: Any = data(scaffold("status", plan, "--json"))["achievements"]
    assert {row["id"] for row in rows if row["claimed"]} == {"1.1"}
    for id_, is_claimed in (("1.1", True), ("1.2", False)):
        row: Any = data(scaffold("why", id_, plan, "--json"))["achievement"]
        assert row["claimed"] is is_claimed


def test_why_names_only_the_claims_on_which_the_achievement_waits(plan: Path, scaffold: Scaffold) -> None:
    scaffold("claim", "1.1", plan, "--as", "alice")
    scaffold("claim", "1.2", plan, "--as", "bob")
    told = data(scaffold("why", "2.1", plan, "--json"))
    assert told["next_step"] == "What 2.1 waits for is claimed: 1.1 by alice until 19:30 UTC"
    both = data(scaffold("why", "2.2", plan, "--json"))
    assert (
        both["next_step"] == "What 2.2 waits for is claimed: 1.1 by alice until 19:30 UTC; 1.2 by bob until 19:30 UTC"
    )
    scaffold("release", "1.2", plan, "--as", "bob")
    assert "1.2" in str(data(scaffold("why", "2.2", plan, "--json"))["next_command"])


# --- reviews ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verdict", [("--approve",), ("--skip",), ("--fix", "--message", "Again.")])
def test_a_review_ends_the_claim_whoever_holds_it(plan: Path, scaffold: Scaffold, verdict: tuple[str, ...]) -> None:
    for id_ in ("1.1", "1.2"):
        scaffold("claim", id_, plan, "--as", "alice")
    assert scaffold("review", "1.1", plan, *verdict, "--dry-run").code == 0
    assert held(plan) == {"1.1": "alice", "1.2": "alice"}
    assert scaffold("review", "1.1", plan, *verdict, "--yes").code == 0
    assert held(plan) == {"1.2": "alice"}


def test_a_claim_that_was_renewed_while_the_review_was_written_goes_on(
    plan: Path, scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(plan, of("alice"))
    apply = claims.end

    def renewed_first(*given: object) -> None:
        take(plan, of("alice", until="2026-11-28T20:30:00Z"))
        apply(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(claims, "end", renewed_first)
    assert scaffold("review", "1.1", plan, "--fix", "--message", "Again.", "--yes").code == 0
    assert held(plan) == {"1.1": "alice"}


@pytest.mark.parametrize("number", [errno.EIO, errno.EROFS])
def test_a_claim_that_cannot_be_removed_makes_no_review_fail(
    plan: Path, scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    take(plan, of("alice"))
    monkeypatch.setattr(claims, "remove", lambda *_: failing(number)())
    build(plan, {TASK: "**Status**: Complete\n"})
    outcome = scaffold("review", "1.1", plan, "--approve", "--yes")
    assert (outcome.code, outcome.err) == (0, "")
    assert (plan / "execution/feedbacks/APPROVED_11.md").exists()


def test_what_became_done_in_another_way_is_nobodys(plan: Path, scaffold: Scaffold) -> None:
    scaffold("claim", "1.1", plan, "--as", "alice")
    build(plan, {"execution/feedbacks/APPROVED_11.md": ""})
    assert data(scaffold("next", plan, "--json"))["claims"] == []
    assert "claimed" not in scaffold("status", plan).out


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_whoever_releases_what_is_done_ends_its_claim_and_is_told_whose_it_was(
    plan: Path, scaffold: Scaffold, who: str
) -> None:
    scaffold("claim", "1.1", plan, "--as", "alice")
    build(plan, {"execution/feedbacks/APPROVED_11.md": ""})
    outcome = scaffold("release", "1.1", plan, "--as", who)
    assert (outcome.code, outcome.out) == (0, "Released 1.1, which alice had claimed\n")
    assert not lease(plan).exists()
    told = data(scaffold("release", "1.1", plan, "--as", who, "--json"))
    assert (told["released"], told["holder"], told["until"]) == (False, None, None)


# --- what cannot be read ----------------------------------------------------------------------------------------------


def sealed(**values: Json) -> bytes:
    return seal({"achievement": "1.1", "holder": "alice", "since": NOW, "until": LATER, **values})


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"garbage\n", "not valid JSON"),
        (sealed()[:100], "not valid JSON"),
        (b"{}", "version: expected a number"),
        (sealed().replace(b"alice", b"carol"), "its checksum does not match its content"),
        (sealed(achievement="1.2"), "the claim of another achievement"),
        (sealed(holder="a\x1b[2J"), "holder: expected a short name"),
        (sealed(until="9999-12-31T23:59:00Z"), "it holds longer than any claim may"),
        (sealed(since=7), "since: expected a string"),
        (sealed(more=1), "expected the keys"),
        (b" " * 5000, "it is too large"),
        (b'{"version": %d, "sha256": "", "body": {}}' % (VERSION + 1), "written by a newer scaffold"),
    ],
    ids=range(11),
)
def test_what_is_no_claim_is_told_with_what_to_do_and_blocks_nothing_else(
    plan: Path, scaffold: Scaffold, content: bytes, said: str
) -> None:
    lease(plan).parent.mkdir(parents=True)
    lease(plan).write_bytes(content)
    for words in (("next", plan), ("status", plan), ("why", "1.1", plan)):
        told = scaffold(*words, "--json").document
        assert (codes(told), codes(told, "warning")) == ([], [("bad_claim", ".scaffold/claims/1.1.json")])
    assert "1.1" not in ids_of(scaffold("next", plan, "--json"))
    unknown: Json = {"id": "1.1", "holder": None, "until": None}
    assert data(scaffold("next", plan, "--json"))["claims"] == [unknown]
    assert data(scaffold("why", "1.1", plan, "--json"))["claim"] == unknown
    for verb in ("claim", "release"):
        outcome = scaffold(verb, "1.1", plan, "--as", "bob")
        assert (outcome.code, said in outcome.err) == (9, True), outcome.err
        assert "tell a person, who may remove this file if nobody works on 1.1: nothing else is lost" in outcome.err
    assert lease(plan).read_bytes() == content
    assert scaffold("claim", "1.2", plan, "--as", "bob").code == 0
    lease(plan).unlink()
    assert scaffold("claim", "1.1", plan, "--as", "bob").code == 0


def test_the_hint_and_both_tables_leave_a_claim_that_cannot_be_used_to_a_person(plan: Path, scaffold: Scaffold) -> None:
    lease(plan).parent.mkdir(parents=True)
    lease(plan).write_bytes(b"garbage\n")
    hint = scaffold("claim", "1.1", plan, "--as", "bob").err.partition("hint: ")[2]
    agents = (Path(__file__).parents[1] / "docs/agents.md").read_text(encoding="utf-8")
    rows = [
        line.split("|")[-2].strip() for line in agents.splitlines() if line.startswith(("| 9 |", "| `bad_claim` |"))
    ]
    assert len(rows) == 2
    assert all(said.startswith("tell a person") for said in (hint, *rows))
    assert "do not remove anything in `.scaffold/` yourself" in agents


@pytest.mark.parametrize("what", ["link", "directory", "pipe"])
def test_what_is_no_plain_file_is_neither_followed_nor_replaced(plan: Path, scaffold: Scaffold, what: str) -> None:
    lease(plan).parent.mkdir(parents=True)
    outside = plan.parent / "outside"
    outside.write_bytes(sealed())
    make: dict[str, Callable[[], None]] = {
        "link": lambda: lease(plan).symlink_to(outside),
        "directory": lease(plan).mkdir,
        "pipe": lambda: os.mkfifo(lease(plan)),
    }
    make[what]()
    outcome = scaffold("claim", "1.1", plan, "--as", "bob")
    assert (outcome.code, "this claim cannot be used: it is not a plain file" in outcome.err) == (9, True)
    assert os.path.lexists(lease(plan))
    assert outside.read_bytes() == sealed()


def test_a_directory_of_claims_that_is_a_link_is_told_and_not_written_through(plan: Path, scaffold: Scaffold) -> None:
    (plan / ".scaffold").mkdir()
    (plan.parent / "elsewhere").mkdir()
    lease(plan).parent.symlink_to(plan.parent / "elsewhere")
    assert codes(scaffold("next", plan, "--json").document, "warning") == [("bad_directory", ".scaffold/claims")]
    assert scaffold("claim", "1.1", plan, "--as", "bob").code == 9
    assert scaffold("release", "1.1", plan, "--as", "bob").code == 9
    assert list((plan.parent / "elsewhere").iterdir()) == []


def test_what_killed_runs_left_is_no_claim_and_goes(plan: Path, scaffold: Scaffold) -> None:
    lease(plan).parent.mkdir(parents=True)
    lease(plan).write_bytes(b"")  # where links are refused
    (lease(plan).parent / "claim.tmp").write_bytes(sealed()[:50])
    told = scaffold("next", plan, "--json").document
    assert (told["diagnostics"], told["data"]["claims"]) == ([], [])  # type: ignore[index,call-overload]
    assert scaffold("claim", "1.1", plan, "--as", "bob").code == 0
    assert [path.name for path in lease(plan).parent.iterdir()] == ["1.1.json"]
    assert held(plan) == {"1.1": "bob"}


# --- whole or not at all ----------------------------------------------------------------------------------------------


@pytest.fixture(params=["links", "no links"])
def _with_and_without_links(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "no links":
        monkeypatch.setattr(os, "link", lambda *_, **__: failing(errno.EPERM)())


def prepared(root: Path, before: str | None) -> Path:
    """Return a plan in which 1.1 is free, was claimed by alice until now, or is claimed by bob."""
    plan = plans.demo(root, {TASK: ""})
    if before == "ran out":
        take(plan, of("alice", "2026-11-28T15:00:00Z", NOW))
    elif before == "own":
        take(plan, of("bob", NOW, "2026-11-28T18:00:00Z"))
    return plan


BEFORE = pytest.mark.parametrize("before", [None, "ran out", "own"])


@BEFORE
@pytest.mark.usefixtures("_with_and_without_links")
def test_a_run_that_is_killed_at_any_step_leaves_a_whole_claim_or_none(tmp_path: Path, before: str | None) -> None:
    step, was_killed = 0, True
    while was_killed:
        step += 1
        plan = prepared(tmp_path / str(step), before)
        tree = snapshot(plan)
        was_killed = killed_at(step, lambda plan=plan: take(plan, of("bob")))  # type: ignore[misc]
        assert held(plan) in ({"1.1": "bob"}, {"1.1": "bob"} if before == "own" else {}), step
        assert snapshot(plan) == tree
        if "1.1" not in held(plan):  # then others can have it
            assert take(plan, of("carol")).holder == "carol"
            assert [path.name for path in lease(plan).parent.iterdir()] == ["1.1.json"]
    assert step > 8


@BEFORE
@pytest.mark.usefixtures("_with_and_without_links")
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
def test_whatever_fails_is_told_and_leaves_a_whole_claim_or_none(
    tmp_path: Path, before: str | None, number: int
) -> None:
    step, told = 0, []
    while True:
        step += 1
        plan = prepared(tmp_path / str(step), before)
        try:
            with at_call(step, failing(number)) as count:
                take(plan, of("bob"))
            assert held(plan) == {"1.1": "bob"}
        except ScaffoldError as error:
            told.append(str(error))
        assert held(plan) in ({"1.1": "bob"}, {"1.1": "bob"} if before == "own" else {}), step
        if count.calls < step:
            break
    assert [text for text in told if "whether it is claimed" not in text and "cannot be opened" not in text] == []
    assert len(told) > 5


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_at_any_step_leaves_what_the_exit_code_says(tmp_path: Path, number: signal.Signals) -> None:
    before = signal.signal(number, unwind)
    step = 0
    try:
        while True:
            step += 1
            plan = prepared(tmp_path / str(step), None)
            is_claimed = False
            with at_call(step, partial(signal.raise_signal, number)) as count, suppress(Interrupted):
                take(plan, of("bob"))
                is_claimed = True
            assert held(plan) == ({"1.1": "bob"} if is_claimed else {}), step
            signal.signal(number, unwind)
            if count.calls < step:
                break
    finally:
        signal.signal(number, before)
    assert step > 8


def test_what_appears_under_the_name_of_a_claim_is_not_replaced(plan: Path) -> None:
    def put() -> None:
        lease(plan).write_bytes(b"somebody's")

    with at_call(1, put, ("link",)), pytest.raises(WriteFailed) as caught:
        take(plan, of("bob"))
    assert "whether it is claimed" in str(caught.value)
    assert lease(plan).read_bytes() == b"somebody's"


def test_where_another_run_holds_the_plan_nothing_is_claimed(
    plan: Path, scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scaffold.transaction.guard.WAIT", 0.05)
    build(plan, {".scaffold/lock": ""})
    with (plan / ".scaffold/lock").open() as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        assert scaffold("claim", "1.1", plan, "--as", "bob").code == PlanBusy.exit_code
        assert scaffold("release", "1.1", plan, "--as", "bob").code in (0, PlanBusy.exit_code)
    assert held(plan) == {}


# --- several at once --------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("_with_and_without_links")
@pytest.mark.parametrize("before", [None, "ran out", "leftover"])
def test_of_several_that_claim_at_once_exactly_one_gets_it(tmp_path: Path, before: str | None) -> None:
    for turn in range(5):
        plan = prepared(tmp_path / str(turn), before)
        if before == "leftover":
            build(plan, {".scaffold/claims/1.1.json": "", ".scaffold/claims/claim.tmp": "torn"})
        start = threading.Barrier(4)
        got: list[str] = []

        def race(name: str, plan: Path = plan, start: threading.Barrier = start, got: list[str] = got) -> None:
            start.wait()
            if take(plan, of(name)).holder == name:
                got.append(name)

        threads = [threading.Thread(target=race, args=(name,)) for name in ("a", "b", "c", "d")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(got) == 1
        assert held(plan) == {"1.1": got[0]}


def test_workers_that_follow_what_is_next_finish_a_plan_and_never_take_the_same(tmp_path: Path) -> None:
    root = workers.layered(tmp_path / "plan", 4, 2)
    lines = workers.race(root, tmp_path / "log", ["alice", "bob", "carol"])
    assert list(workers.taken_twice(lines)) == []
    assert sorted(line.split()[1] for line in lines if line.startswith("reviewed")) == [
        f"{level}.{at}" for level in (1, 2) for at in (1, 2, 3, 4)
    ]
    assert list((root / ".scaffold/claims").iterdir()) == []


def test_the_check_of_the_workers_finds_what_was_taken_twice() -> None:
    log = ["takes 1.1 alice", "code 0 alice", "ends 1.1 alice", "takes 1.1 bob"]
    assert list(workers.taken_twice(log)) == ["1.1: bob took it, which alice had"]
