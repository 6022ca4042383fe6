"""The law of what comes next: whoever follows it never meets exit code 4, never repeats, and comes to the end."""

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeAlias, cast

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from scaffold import render
from scaffold.model import Json
from tests import plans
from tests.conftest import Outcome, Scaffold
from tests.trees import build, snapshot

Action: TypeAlias = dict[str, Json]

SUBPLANS = {
    "none": None,
    "filled": plans.subplan("{id}"),
    "to fill in": plans.subplan("{id}", "[FILL: what is to be reached]"),
    "to fill in elsewhere": plans.subplan("{id}") + "- [FILL: how anybody can tell]\n",
    "of another achievement": plans.subplan("9.9"),
    "unresolved": plans.subplan("{id}") + "\n<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\n",
    "empty": "\n",
    "silent": "# SUBPLAN\n\n**Achievement**: {id}\n\n## Nothing\n\nwords\n",
    "of two executions": plans.subplan("{id}")
    + "\n## Execution Strategy\n\n- EXECUTION_TASK_DEMO_{slug}_01: lower\n- EXECUTION_TASK_DEMO_{slug}_02: upper\n",
}
EXECUTIONS = {
    "none": None,
    "silent": "# EXECUTION_TASK\n",
    "not started": "**Status**: Not started\n",
    "in progress": "**Status**: ⏳ In Progress\n",
    "blocked": "**Status**: Blocked by 9.9\n",
    "finished": "**Status**: ✅ COMPLETE\n",
}
MOST_CHANGES = 6
VERDICTS = ("APPROVED", "FIX", "SKIPPED")


@st.composite
def trees(draw: st.DrawFn) -> dict[str, str]:
    """Draw a plan of up to five achievements in any state that files can be in."""
    entries: list[plans.Entry] = []
    files: dict[str, str] = {}
    ids = [f"1.{number}" for number in range(1, draw(st.integers(1, 5)) + 1)]
    for position, id_ in enumerate(ids):
        slug = id_.replace(".", "")
        before = draw(st.sets(st.sampled_from(ids[:position]))) if position else set()
        is_open = draw(st.integers(0, 4)) == 0
        entries.append(plans.achievement(id_, *sorted(before), **({"dependencies_open": True} if is_open else {})))
        subplan = SUBPLANS[draw(st.sampled_from(sorted(SUBPLANS)))]
        if subplan is not None:
            files[f"subplans/SUBPLAN_DEMO_{slug}.md"] = subplan.replace("{id}", id_).replace("{slug}", slug)
        for number in range(1, draw(st.sampled_from((0, 0, 1, 1, 2))) + 1):
            said = EXECUTIONS[draw(st.sampled_from(sorted(EXECUTIONS)))]
            if said is not None:
                files[f"execution/EXECUTION_TASK_DEMO_{slug}_{number:02d}.md"] = said
        for verdict in VERDICTS:
            if draw(st.integers(0, 5)) == 0:
                files[f"execution/feedbacks/{verdict}_{slug}.md"] = draw(
                    st.sampled_from(("", f"See EXECUTION_TASK_DEMO_{slug}_01.md.\n"))
                )
    tree = plans.tree(entries)
    if draw(st.booleans()):  # somebody goes on writing the PLAN
        tree["PLAN_DEMO.md"] += "### Achievement 2.1: More\n\n- **Goal**: More.\n- **Dependencies**: 1.1\n"
    return {**tree, **files}


class Follower:
    """Does what `next` says, one action after the other, and checks the law on the way."""

    def __init__(self, root: Path, scaffold: Scaffold, data: st.DataObject) -> None:
        self.root, self.scaffold, self.data = root, scaffold, data
        self.fixes: dict[str, int] = {}
        self.changes = 0

    def actions(self) -> list[Action]:
        outcome = self.scaffold("next", self.root, "--json", "--limit", "100")
        assert outcome.code == 0, outcome.err
        return cast("list[Action]", cast("dict[str, Json]", json.loads(outcome.out)["data"])["actions"])

    def run(self, *words: str) -> Outcome:
        outcome = self.scaffold(*words, "--yes")
        assert outcome.code == 0, (words, outcome.err)
        return outcome

    def walk(self) -> Iterator[Action]:
        """Follow to the end, and yield every action that was done."""
        known = set[str]()
        while actions := self.actions():
            state = repr((snapshot(self.root), actions))  # what is decided against an update is in its record alone
            assert state not in known, "this was the plan's state before"
            known.add(state)
            action = self.data.draw(st.sampled_from(actions))
            self.do(action)
            assert action not in self.actions(), f"again, after it was done: {action['text']}"
            yield action
            self.change()

    def change(self) -> None:
        """Let somebody say something else of what is to be carried out, a few times: in its SUBPLAN, in it, or in both.

        In the SUBPLAN alone that is merged, in both it conflicts.
        """
        open_ = [action for action in self.actions() if action["kind"] == "execute"]
        if self.changes == MOST_CHANGES or not open_:
            return
        self.changes += 1
        for action in self.data.draw(st.lists(st.sampled_from(open_), max_size=2)):
            (id_,) = cast("list[str]", action["achievements"])
            subplans = [f"subplans/SUBPLAN_DEMO_{id_.replace('.', '')}.md"]
            documents = cast("list[str]", action["read"])
            for name in self.data.draw(st.sampled_from((subplans, documents, [*subplans, *documents]))):
                path = self.root / name
                text = f"Make it {path.parent.name} {self.changes}."
                if path.exists():
                    path.write_text(re.sub(r"(?<=## Objective\n\n).*", text, path.read_text()))

    def do(self, action: Action) -> None:
        ids, read = cast("list[str]", action["achievements"]), cast("list[str]", action["read"])
        if command := cast("list[str] | None", action["command"]):
            self.run(*command[1:])
            return
        match action["kind"]:
            case "fill_subplan":
                (self.root / read[0]).write_text(plans.subplan(ids[0]))
            case "execute":
                self.report(read, "Complete")
            case "review":
                self.judge(ids[0])
            case "declare_dependencies":
                found = json.loads((self.root / "parallel.json").read_text())
                for entry in found["achievements"]:
                    entry.pop("dependencies_open", None)
                (self.root / "parallel.json").write_text(json.dumps(found))
            case "ask_person":
                self.report(read, "In progress")
            case kind:
                pytest.fail(f"an action without a command that nobody can do: {kind}")

    def report(self, paths: list[str], status: str) -> None:
        for path in paths:
            text = re.sub(r"\*\*Status\*\*:.*\n?", "", (self.root / path).read_text())
            (self.root / path).write_text(f"**Status**: {status}\n{text}")

    def judge(self, id_: str) -> None:
        verdict = self.data.draw(st.sampled_from(("approve", "skip", "fix", "fix")))
        if verdict == "fix" and self.fixes.setdefault(id_, 0) < 2:
            self.fixes[id_] += 1
            self.run("review", id_, str(self.root), "--fix", "--message", f"Fix {self.fixes[id_]}.")
        else:
            self.run("review", id_, str(self.root), "--skip" if verdict == "skip" else "--approve")


class Sharing(Follower):
    """Does what `next` says while a neighbour claims what can be claimed, and asks again when that has ended."""

    def actions(self) -> list[Action]:
        claims, actions = self.look()
        if not actions:
            for id_ in claims:
                assert self.scaffold("release", id_, self.root, "--as", "neighbour").code == 0
            claims, actions = self.look()
        assert not claims & {id_ for action in actions for id_ in cast("list[str]", action["achievements"])}
        return actions

    def look(self) -> tuple[set[str], list[Action]]:
        document = json.loads(self.scaffold("next", self.root, "--json", "--limit", "100").out)
        return {claim["id"] for claim in document["data"]["claims"]}, document["data"]["actions"]

    def do(self, action: Action) -> None:
        theirs = {id_: self.documents(id_) for id_ in self.look()[0]}
        super().do(action)
        assert {id_: self.documents(id_) for id_ in theirs} == theirs, "what is claimed was worked on"

    def documents(self, id_: str) -> list[str]:
        slug = id_.replace(".", "")
        return sorted(path for path in snapshot(self.root) if re.search(rf"_{slug}(_\d+)?\.md$", path))

    def change(self) -> None:
        super().change()
        id_ = f"1.{self.data.draw(st.integers(1, 5))}"
        if self.data.draw(st.booleans()):
            assert self.scaffold("claim", id_, self.root, "--as", "neighbour").code in (0, 2, 5)


def _plain(template: object, answers: Mapping[str, Json], names: tuple[str, ...]) -> render.Rendered:
    """Render in no time what the law needs: whose a document is, its Status, which FIX it answers, and what for."""
    made = {}
    for name, task in zip(names, cast("list[dict[str, Json]]", answers["tasks"]), strict=True):
        if name.startswith("SUBPLAN"):
            made[name] = plans.subplan(str(task["id"]), "[FILL: objective]", "[FILL: approach]").encode()
        else:
            text = f"# T\n\n**Status**: Not started\n\nAnswers {task['feedback_hash']}\n"
            made[name] = f"{text}\n## Objective\n\n{task['objective']}\n".encode()
    return render.Rendered(made, "0" * 64)


def demand_end(follower: Follower) -> None:
    """Follow what is next to the end, where every achievement has to be done."""
    actions = list(follower.walk())
    data = follower.scaffold("status", follower.root, "--json").document["data"]
    assert isinstance(data, dict)
    assert isinstance(data["states"], dict)
    assert data["states"].keys() <= {"complete", "skipped"}, [action["text"] for action in actions]


@pytest.mark.usefixtures("_no_real_fsync")
@settings(
    max_examples=60,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(tree=trees(), data=st.data())
def test_whoever_follows_what_is_next_comes_to_the_end(
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    scaffold: Scaffold,
    tree: dict[str, str],
    data: st.DataObject,
) -> None:
    monkeypatch.setattr(render, "render", _plain)
    demand_end(Follower(build(tmp_path_factory.mktemp("law") / "DEMO", tree), scaffold, data))


@pytest.mark.usefixtures("_no_real_fsync")
@settings(
    max_examples=8,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(tree=trees(), data=st.data())
def test_whoever_follows_what_is_next_comes_to_the_end_and_never_does_what_a_neighbour_has_claimed(
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    scaffold: Scaffold,
    tree: dict[str, str],
    data: st.DataObject,
) -> None:
    monkeypatch.setattr(render, "render", _plain)
    demand_end(Sharing(build(tmp_path_factory.mktemp("law") / "DEMO", tree), scaffold, data))


def test_every_command_names_the_same_next_step(tmp_path: Path, scaffold: Scaffold) -> None:
    root = plans.demo(tmp_path, {"subplans/SUBPLAN_DEMO_12.md": plans.subplan("1.2", "[FILL: it]")})
    created = scaffold("executions", root, "--achievement", "1.1", "--yes").out
    status, why = scaffold("status", root).out, scaffold("why", "1.1", root).out
    step = (
        "Carry out execution/EXECUTION_TASK_DEMO_11_01.md, and set its Status to Complete when it is ready for review"
    )
    assert all(f"\nNext: {step}\n" in text for text in (created, status, why))
    assert scaffold("next", root).out.splitlines()[2] == f"1. {step}"
    data = scaffold("executions", root, "--achievement", "1.1", "--yes", "--json").document["data"]
    assert data["next_step"] == step  # type: ignore[index,call-overload]


def test_what_was_given_holds_for_what_is_named_next(tmp_path: Path, scaffold: Scaffold) -> None:
    root = plans.demo(tmp_path, {"execution/feedbacks/APPROVED_11.md": "", "execution/feedbacks/APPROVED_12.md": ""})
    sets = Path(__file__).parent.parent / "templates/execution_task"
    outcome = scaffold("executions", root, "--achievement", "2.1", "--template", sets, "--strict", "--yes", "--json")
    (root / "execution/EXECUTION_TASK_DEMO_21_01.md").unlink()
    again = scaffold("executions", root, "--achievement", "1.1", "--template", sets, "--strict", "--json").document
    assert (outcome.code, again["data"]["next_command"]) == (  # type: ignore[index,call-overload]
        0,
        shlex.join(
            ("scaffold", "executions", str(root), "--batch", "--level", "1", "--template", str(sets), "--strict")
        ),
    )
