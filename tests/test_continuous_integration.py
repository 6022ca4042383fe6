"""The workflow, the script and the hook of docs/continuous-integration.md do what the page says, run as there."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests import plans
from tests.trees import build

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs/continuous-integration.md").read_text("utf-8")
BEGUN = {"execution/EXECUTION_TASK_DEMO_11_01.md": "x\n" * 201}

pytestmark = pytest.mark.skipif(not shutil.which("git") or not shutil.which("bash"), reason="git or bash is not there")


def on_the_page(file: str) -> str:
    """Return the content of a file that the page shows."""
    (content,) = re.findall(rf"`{re.escape(file)}`:\n\n```\w+\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    return str(content)


def workflow() -> Any:
    return yaml.safe_load(on_the_page(".github/workflows/plans.yml"))


def hook() -> Any:
    (repository,) = yaml.safe_load(on_the_page(".pre-commit-config.yaml"))["repos"]
    (found,) = repository["hooks"]
    return {"repo": repository["repo"], **found}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A git repository with the script of the page, a `scaffold` on PATH, two plans, and a plan that git ignores."""
    build(tmp_path, {"repository/.gitignore": "ignored/\n", "bin/": "", "repository/scripts/": ""})
    top = tmp_path / "repository"
    for root in (top / "plans/DEMO", top / "my other plan", top / "ignored"):
        plans.demo(root)
    (top / "ignored/parallel.json").write_text("{")
    script = top / "scripts/check-plans"
    script.write_text(on_the_page("scripts/check-plans"))
    program = tmp_path / "bin/scaffold"
    program.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m scaffold "$@"\n')
    pip = tmp_path / "bin/pip"
    pip.write_text('#!/bin/sh\necho "pip $*"\n')
    for made in (script, program, pip):
        made.chmod(0o755)
    run(top, "git init --quiet && git add .")
    return top


def run(top: Path, line: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a line as GitHub runs it: `bash -e`, at the top of the checkout."""
    environment = {**os.environ, "PATH": f"{top.parent / 'bin'}:{os.environ['PATH']}", **more}
    shell = ["bash", "-e", "-c", line]
    return subprocess.run(shell, cwd=top, env=environment, capture_output=True, text=True, check=False)


def in_workflow(top: Path) -> tuple[list[int], str]:
    """Run every `run:` of the workflow up to the first that fails; return the exit codes and what was printed."""
    given = {"GITHUB_WORKSPACE": str(top), "GITHUB_ACTIONS": "true", "CI": "true"}
    (job,) = workflow()["jobs"].values()
    returned, out = [], ""
    for line in [step["run"] for step in job["steps"] if "run" in step]:
        done = run(top, line, **given)
        returned.append(done.returncode)
        out += done.stdout
        if done.returncode:
            break
    return returned, out


def test_the_workflow_passes_plans_that_are_in_order_and_tells_what_is_not_done_yet(repository: Path) -> None:
    returned, out = in_workflow(repository)
    assert returned == [0, 0]
    notes = re.findall(r"^::notice file=([^:]+)::", out, re.MULTILINE)
    assert notes == ["my other plan/PLAN_DEMO.md", "plans/DEMO/PLAN_DEMO.md"]


@pytest.mark.parametrize(
    ("files", "code", "annotation"),
    [
        (
            {"plans/DEMO/subplans/SUBPLAN_DEMO_11.md": plans.subplan("1.2")},
            3,
            "::error file=plans/DEMO/subplans/SUBPLAN_DEMO_11.md,line=4::",
        ),
        ({"my other plan/parallel.json": "{"}, 3, "::error file=my other plan/parallel.json,line=1::"),
        ({"scaffold.yml": "templates: {executions: {default: none}}"}, 3, "::error file=scaffold.yml,line=1::"),
    ],
)
def test_the_workflow_fails_with_an_annotation_at_the_file_that_is_wrong(
    repository: Path, files: dict[str, str], code: int, annotation: str
) -> None:
    returned, out = in_workflow(build(repository, files))
    assert (returned, [line for line in out.splitlines() if line.startswith(annotation)] != []) == ([0, code], True)


def test_a_mistake_in_one_plan_hides_none_in_another(repository: Path) -> None:
    build(repository, {"my other plan/parallel.json": "{", "plans/DEMO/parallel.json": "{"})
    assert in_workflow(repository)[1].count("::error file=") == 2


def test_the_workflow_asks_for_no_more_than_to_read(repository: Path) -> None:
    assert workflow()["permissions"] == {"contents": "read"}


def test_the_hook_passes_and_fails_as_the_script_does_and_takes_a_warning_as_failure_where_it_is_strict(
    repository: Path,
) -> None:
    assert {key: hook()[key] for key in ("repo", "pass_filenames", "always_run")} == {
        "repo": "local",
        "pass_filenames": False,
        "always_run": True,
    }
    entry = hook()["entry"]
    assert run(repository, entry).returncode == 0
    build(repository / "plans/DEMO", BEGUN)
    assert [run(repository, line).returncode for line in (entry, f"{entry} --strict")] == [0, 4]
    (repository / "plans/DEMO/subplans/SUBPLAN_DEMO_11.md").unlink()
    done = run(repository, entry)
    assert (done.returncode, "although work on it has begun" in done.stdout) == (4, True)


def test_as_a_hook_of_git_it_stops_a_commit(repository: Path) -> None:
    (linked,) = re.findall(r"`(ln -s [^`]+)`", PAGE)
    run(repository, f"mkdir -p .git/hooks && {linked}")
    commit = "git -c user.name=x -c user.email=x commit --quiet -m x"
    build(repository, {"plans/DEMO/subplans/SUBPLAN_DEMO_11.md": plans.subplan("1.2")})
    assert run(repository, commit).returncode != 0
    build(repository, {"plans/DEMO/subplans/SUBPLAN_DEMO_11.md": plans.subplan("1.1")})
    assert run(repository, commit).returncode == 0


def test_outside_of_a_repository_the_script_fails_and_checks_nothing(repository: Path, tmp_path: Path) -> None:
    shutil.rmtree(repository / ".git")
    done = run(repository, "scripts/check-plans", GIT_CEILING_DIRECTORIES=str(tmp_path))
    assert (done.returncode, done.stdout) == (128, "")
