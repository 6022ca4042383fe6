"""Everything that is wrong or missing in a plan, at once."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from scaffold import transaction
from scaffold.documents import (
    EXECUTION_FOLDER,
    EXECUTION_TASK,
    FEEDBACK_FOLDER,
    SUBPLAN,
    SUBPLAN_FOLDER,
    Files,
    executions_by_slug,
    subplan_name,
    subplans_by_slug,
)
from scaffold.errors import Diagnostic, InvalidInput, PrerequisitesMissing, at_most_listed
from scaffold.invocation import command
from scaffold.model import Achievement, Plan
from scaffold.names import composed
from scaffold.plan import parallel, prerequisites, settings, workspace
from scaffold.plan.levels import levels
from scaffold.plan.progress import DONE, states
from scaffold.plan.selection import irregular
from scaffold.preview import Policy
from scaffold.reading import subplan
from scaffold.reading.markdown import decode
from scaffold.reading.vocabulary import Vocabulary


def inspect(argument: Path) -> tuple[Diagnostic, ...]:
    """Give every problem of a plan, errors and warnings, in the order in which they are best mended.

    Raises InvalidInput, with all that is wrong with it, for a plan that cannot be read any further.
    """
    plan = workspace.read_plan(argument)
    vocabulary = settings.read(plan.directory).vocabulary
    problems = [
        *transaction.interrupted(plan.directory),
        *plan.diagnostics,
        *irregular(plan, plan.achievements, SUBPLAN),
        *irregular(plan, plan.achievements, EXECUTION_TASK),
        *_subplans(plan, vocabulary),
        *_missing(plan),
        *_open(plan),
        *_orphans(plan),
        *_lengths(plan),
    ]
    return tuple(sorted(at_most_listed(problems), key=lambda one: one.severity != "error"))


def _subplans(plan: Plan, vocabulary: Vocabulary) -> Iterator[Diagnostic]:
    """Check the SUBPLANs that are there; markers count only as long as the achievement is not done."""
    state_of = states(plan)
    for achievement in plan.achievements:
        path = f"{SUBPLAN_FOLDER}/{subplan_name(plan, achievement)}"
        if plan.subplans.get(subplan_name(plan, achievement)) != "file":
            continue
        try:
            read = subplan.parse(decode(workspace.read_subplan(plan, achievement)), path, vocabulary)
        except PrerequisitesMissing as error:
            yield from error.diagnostics
            continue
        done = state_of[achievement.id] in DONE
        found = prerequisites.check(read, achievement, path, Policy())
        yield from (one for one in found if not (done and one.code == "subplan_unfilled"))


def _missing(plan: Plan) -> Iterator[Diagnostic]:
    """Report the gaps: a document is missing once one of its level or a higher one is there.

    Before that its level has not been begun, which is how a plan goes on and no problem. What only has its name is
    another problem, and no command helps before that one is mended.
    """
    level_of, state_of = levels(plan.achievements), states(plan)
    subplans, executions = subplans_by_slug(plan), executions_by_slug(plan)
    for label, found, verb in (("SUBPLAN", subplans, "subplans"), ("EXECUTION_TASK", executions, "executions")):
        begun = max((level_of[one.id] for one in plan.achievements if _has(found, one)), default=-1)
        for achievement in plan.achievements:
            open_ = state_of[achievement.id] not in DONE and level_of[achievement.id] <= begun
            if open_ and achievement.slug not in found and (label == "SUBPLAN" or _has(subplans, achievement)):
                message = f"achievement {achievement.id} has no {label}, though its level has been begun"
                hint = command(verb, plan.argument, "--achievement", achievement.id)
                yield Diagnostic(f"{label.lower()}_missing", message, hint=hint)


def _open(plan: Plan) -> Iterator[Diagnostic]:
    """Warn of dependencies that nobody has filled in since the plan was adopted."""
    for at, achievement in enumerate(plan.achievements):
        if achievement.extra.get(parallel.OPEN):
            message = f"achievements[{at}]: the dependencies of {achievement.id} are not filled in"
            hint = f"fill them in, then remove {parallel.OPEN}"
            yield Diagnostic("dependencies_open", message, parallel.FILE_NAME, hint=hint, severity="warning")


def _orphans(plan: Plan) -> Iterator[Diagnostic]:
    """Warn of files that look like a plan's documents, but belong to none of its achievements."""
    slugs = {achievement.slug for achievement in plan.achievements}
    patterns = (
        (SUBPLAN_FOLDER, plan.subplans, r"SUBPLAN_(?P<name>.+)_(?P<slug>[0-9]+)\.md"),
        (EXECUTION_FOLDER, plan.executions, r"EXECUTION_TASK_(?P<name>.+)_(?P<slug>[0-9]+)_[0-9]+.*\.md"),
        (FEEDBACK_FOLDER, plan.feedbacks, r"(?:APPROVED|FIX|SKIPPED)_(?P<slug>[0-9]+)\.md"),
    )
    for folder, names, pattern in patterns:
        for name in sorted(names):
            found = re.fullmatch(pattern, composed(name))
            if not found:
                continue
            of_plan = found.groupdict().get("name", composed(plan.name))
            if of_plan != composed(plan.name) or found["slug"] not in slugs:
                message = f"belongs to no achievement of {plan.name}"
                hint = "rename it, move it away, or add its achievement to parallel.json"
                yield Diagnostic("orphan", message, f"{folder}/{name}", hint=hint, severity="warning")


def _lengths(plan: Plan) -> Iterator[Diagnostic]:
    """Warn of EXECUTION_TASKs over the limit that are still to be worked from: executors have little context."""
    state_of, by_slug = states(plan), executions_by_slug(plan)
    for achievement in plan.achievements:
        if state_of[achievement.id] in DONE:
            continue
        for name in by_slug.get(achievement.slug, Files()).regular:
            path = f"{EXECUTION_FOLDER}/{name}"
            try:
                lines = workspace.read_text_file(plan.directory / path).count(b"\n")
            except InvalidInput as error:
                yield replace(error.diagnostics[0], path=path, severity="warning")
                continue
            if lines > EXECUTION_TASK.max_lines:
                message = f"has {lines} lines, the limit is {EXECUTION_TASK.max_lines}"
                hint = "move elsewhere what is not needed to work from it"
                yield Diagnostic("document_too_long", message, path, hint=hint, severity="warning")


def _has(found: Mapping[str, Files], achievement: Achievement) -> bool:
    files = found.get(achievement.slug)
    return bool(files and files.regular)
