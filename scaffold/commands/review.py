"""`scaffold review`: writes the verdict on an achievement."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Annotated, Literal, TypedDict, Unpack

import click

from scaffold import clock
from scaffold.commands._next import find_outdated
from scaffold.commands._plan import plan_argument
from scaffold.commands._write import WriteOptions, carry_out, write_options
from scaffold.commands.recover import recover_first
from scaffold.errors import Conflict, Diagnostic, PrerequisitesMissing, UsageProblem
from scaffold.lazy.values import frozen
from scaffold.model import Batch, Change, ChangeSet, Input, Plan, sha256
from scaffold.names import (
    EXECUTION_FOLDER,
    SUBPLAN,
    VERDICTS,
    agreed,
    counted,
    execution_name,
    invocation,
    listed,
    next_number,
    numbers_of,
    printable,
    typed,
)
from scaffold.plan import attempts, settings, workspace
from scaffold.plan.actions import actions_for, claims_of, kept_by_claims
from scaffold.plan.progress import Progress, Standing, in_words, progress_of
from scaffold.plan.selection import unknown
from scaffold.preview import Proposal
from scaffold.reading import subplan
from scaffold.reading.markdown import decode
from scaffold.shapes import (
    AchievementId,
    AppliedBatch,
    ChangeSetId,
    NextCommand,
    NextStep,
    PlanData,
    RelativePath,
    plan_data,
)

Verdict = Literal["approve", "fix", "skip"]

_FILES: dict[Verdict, str] = {"approve": "APPROVED", "fix": "FIX", "skip": "SKIPPED"}
_IN_WORDS: dict[Verdict, str] = {"approve": "Approved", "fix": "To fix", "skip": "Skipped"}
_HEADINGS: dict[Verdict, str] = {"approve": "Remarks", "fix": "What to fix", "skip": "Why"}
_DOING: dict[Verdict, str] = {"approve": "approving", "fix": "asking for a fix of", "skip": "skipping"}


class ReviewOptions(WriteOptions):
    """The options of `scaffold review`, by their names in the code."""

    approve: bool
    fix: bool
    skip: bool
    message: str | None
    file: Path | None


@click.command()
@click.argument("achievement_id", metavar="ID")
@plan_argument
@click.option("--approve", is_flag=True, help="It is complete: write APPROVED_<ID>.md.")
@click.option("--fix", is_flag=True, help="Another attempt is needed: write FIX_<ID>.md, with what to fix.")
@click.option("--skip", is_flag=True, help="It is not to be done: write SKIPPED_<ID>.md.")
@click.option("--message", metavar="TEXT", help="What to say in it, as Markdown.")
@click.option("--file", metavar="FILE", type=click.Path(path_type=Path), help="The same, from a file.")
@write_options
def review(achievement_id: str, plan: Path, **options: Unpack[ReviewOptions]) -> int:
    """Write the verdict on ID: approve, ask for a fix, or skip.

    The verdict names the EXECUTION_TASK that it judges, the newest. A FIX is answered by the next attempt, which
    `scaffold executions --achievement ID --again` creates.
    """
    verdict = _verdict(options)
    message = _message(options)
    if verdict == "fix" and not message:
        raise UsageProblem.of("usage", "--fix needs --message or --file", hint="say what is to be fixed")
    if not options["dry_run"]:
        recover_first(plan)
    return carry_out(
        _proposal(prepare(plan, achievement_id, verdict, message, clock.today()), options["dry_run"]), options
    )


def _verdict(options: ReviewOptions) -> Verdict:
    given: list[Verdict] = [verdict for verdict in _FILES if options[verdict]]
    if len(given) != 1:
        hint = "pass --approve, --fix or --skip"
        what = (
            f"{' and '.join(f'--{verdict}' for verdict in given)} are mutually exclusive"
            if given
            else "no verdict given"
        )
        raise UsageProblem.of("usage", what, hint=hint)
    return given[0]


def _message(options: ReviewOptions) -> str:
    if options["message"] is not None and options["file"] is not None:
        raise UsageProblem.of("usage", "--message and --file are mutually exclusive", hint="use one of them")
    if options["file"] is not None:
        return decode(workspace.read_text_file(options["file"])).strip()
    message = (options["message"] or "").strip()
    try:
        message.encode()
    except UnicodeEncodeError as error:
        raise UsageProblem.of("usage", "--message is not UTF-8", hint="write it to a file in UTF-8: --file") from error
    return message


@frozen
class Review:
    """A verdict to be written, exactly; without changes it exists already. `judges` are the paths of the attempt."""

    plan: Plan
    standing: Standing
    verdict: Verdict
    target: str
    judges: tuple[str, ...]
    changes: ChangeSet
    warnings: tuple[Diagnostic, ...]


def prepare(argument: Path, achievement_id: str, verdict: Verdict, message: str, created: str) -> Review:
    """Work out the verdict on an achievement; nothing is written. `created` is its date, `YYYY-MM-DD`.

    Raises InvalidInput as `workspace.read_plan` does, UsageProblem for an unknown id, PrerequisitesMissing where there
    is no attempt to judge, Conflict for a verdict that the one that exists forbids.
    """
    progress = progress_of(workspace.read_plan(argument))
    if achievement_id not in progress.standings:
        raise UsageProblem(unknown([achievement_id], progress.standings))
    standing = progress[achievement_id]
    judges = standing.attempt.paths if standing.attempt else ()
    target = attempts.verdict_path(_FILES[verdict], standing.achievement)
    old = attempts.read(progress.plan, target)
    is_there = standing.state == {"approve": "complete", "skip": "skipped", "fix": "needs_fix"}[verdict]
    if verdict == "fix" and is_there:
        is_there = bool(message) and _said(attempts.text_of(old), verdict) == message
    changes: tuple[Change, ...] = ()
    if not is_there:
        _demand_allowed(progress, standing, verdict)
        if verdict != "skip" and not judges:
            raise _nothing_to_judge(progress, standing)
        text = _text(standing, verdict, judges, message, created)
        changes = (Change(target, sha256(old) if old is not None else None, text.encode()),)
    inputs, absent = _seen(progress.plan, standing, target)
    doubts = _not_added(target, message, old) if is_there else _doubts(progress.plan, standing, verdict)
    warnings = (*progress.plan.diagnostics, *doubts)
    return Review(progress.plan, standing, verdict, target, judges, ChangeSet(changes, inputs, absent), warnings)


def _seen(plan: Plan, standing: Standing, target: str) -> tuple[tuple[Input, ...], tuple[str, ...]]:
    """Return what the verdict was worked out from, and what must not appear before it is written.

    That is what it judges and the other verdicts, as they are; and a newer attempt.
    """
    verdicts = [attempts.verdict_path(verdict, standing.achievement) for verdict in VERDICTS]
    judged = standing.attempt.paths if standing.attempt else ()
    read = ((path, attempts.read(plan, path)) for path in (*judged, *verdicts) if path != target)
    inputs = tuple(Input(path, sha256(content)) for path, content in read if content is not None)
    absent = (path for path in attempts.absent_verdicts(plan, standing.achievement) if path != target)
    number = next_number(numbers_of(plan, standing.achievement, standing.executions.regular))
    newer = f"{EXECUTION_FOLDER}/{execution_name(plan, standing.achievement, number)}"
    return (*plan.inputs, *inputs), (*absent, newer)


def _said(text: str, verdict: Verdict) -> str:
    """Return what a verdict says below its heading."""
    return text.partition(f"\n## {_HEADINGS[verdict]}\n")[2].strip()


def _demand_allowed(progress: Progress, standing: Standing, verdict: Verdict) -> None:
    """Refuse a verdict that would have no effect beside the one that exists."""
    refuse = partial(Conflict.of, path=standing.decided_by, achievement=standing.id)
    if verdict != "approve" and standing.state == "complete":
        hint = "to take the approval back, undo its batch (`scaffold undo --list`) or remove the file"
        raise refuse("already_approved", f"achievement {standing.id} is approved", hint=hint)
    if verdict != "approve" and standing.state == "needs_fix":
        again = invocation("executions", progress.plan.argument, "--achievement", standing.id, "--again")
        hint = f"`{typed(again)}` creates the attempt that answers it; to ask for something else, edit the file"
        message = f"achievement {standing.id} has a FIX that nobody has answered yet"
        raise refuse("fix_unanswered", message, hint=hint, command=again)


def _nothing_to_judge(progress: Progress, standing: Standing) -> PrerequisitesMissing:
    claims = claims_of(progress, clock.now())
    action = next(actions_for(progress, standing.id, find_outdated, claims), None)
    words, text = (action.command, action.text) if action else (None, kept_by_claims(progress, standing.id, claims))
    hint = f"{text}: `{typed(words)}`" if words else text
    message = f"achievement {standing.id} has no EXECUTION_TASK to judge"
    return PrerequisitesMissing.of("no_attempt", message, hint=hint, achievement=standing.id, command=words)


def _doubts(plan: Plan, standing: Standing, verdict: Verdict) -> Iterator[Diagnostic]:
    """Warn of an approval of what does not say that it is finished, is planned and not there, or has an open FIX."""
    if verdict != "approve":
        return
    yield from _not_made(plan, standing)
    doubt = partial(Diagnostic, severity="warning", achievement=standing.id)
    for path in standing.attempt.open_paths if standing.attempt else ():
        message, hint = "its Status does not say that it is finished", "read it once more before you approve it"
        yield doubt("not_finished", message, path, hint=hint)
    if standing.state == "needs_fix":
        message, hint = "nobody has answered this FIX: the approval wins", "approve it only if nothing is left to fix"
        yield doubt("fix_unanswered", message, standing.decided_by, hint=hint)


def _not_added(target: str, message: str, old: bytes | None) -> Iterator[Diagnostic]:
    """Warn that a verdict which exists already does not get what is said now."""
    if message and message not in attempts.text_of(old):  # somebody may have added it by hand
        hint = "add it to the file by hand, or undo the verdict and write it again"
        yield Diagnostic(
            "message_not_added", "exists already: the message is not added", target, hint=hint, severity="warning"
        )


def _not_made(plan: Plan, standing: Standing) -> Iterator[Diagnostic]:
    """Warn of executions that the SUBPLAN plans and that nobody has created."""
    path = next(iter(standing.paths(SUBPLAN)), None)
    if path is None:
        return
    text = attempts.text_of(attempts.read(plan, path))
    planned = subplan.parse(text, path, settings.read(plan.directory).vocabulary).planned_executions
    numbers = {int(number) for number in numbers_of(plan, standing.achievement, standing.executions.regular)}
    missing = [execution.number for execution in planned if int(execution.number) not in numbers]
    if len(planned) > 1 and missing:
        count = len(missing)
        message = f"plans {counted(len(planned), 'execution')}, and {listed(missing)} {agreed(count, 'has', 'have')}"
        message += " no EXECUTION_TASK"
        create = invocation("executions", plan.argument, "--achievement", standing.id, "--planned")
        hint = f"`{typed(create)}` creates what is missing"
        yield Diagnostic(
            "more_planned", message, path, hint=hint, severity="warning", achievement=standing.id, command=create
        )


def _text(standing: Standing, verdict: Verdict, judges: tuple[str, ...], message: str, created: str) -> str:
    title = " ".join(standing.achievement.title.split())
    judged = ", ".join(f"`{path.rpartition('/')[2]}`" for path in judges) or "nothing: there was no EXECUTION_TASK"
    lines = [
        f"# {_FILES[verdict]}: Achievement {standing.id} - {title}",
        "",
        f"**Achievement**: {standing.id}  ",
        f"**Verdict**: {_IN_WORDS[verdict]}  ",
        f"{attempts.JUDGES} {judged}  ",
        f"**Created**: {created}",
    ]
    return "\n".join([*lines, *(["", f"## {_HEADINGS[verdict]}", "", message] if message else []), ""])


def _proposal(found: Review, dry_run: bool) -> Proposal:
    has_changes = bool(found.changes.changes)
    return Proposal(
        kind="review",
        batch=Batch("review", f"{found.standing.id} --{found.verdict}", found.changes, {}),
        argument=found.plan.argument,
        directory=found.plan.directory,
        warnings=found.warnings,
        shown=review_text(found, dry_run=dry_run),
        question=f"Proceed with {_DOING[found.verdict]} achievement {found.standing.id}? (y/N): "
        if has_changes
        else None,
        data=review_data(found),
        done=f"Wrote {found.target}",
        judges=(found.standing.id,),
    )


class ReviewedData(TypedDict):
    """A verdict file."""

    path: RelativePath
    content: str


class ReviewData(PlanData):
    """`data` of `scaffold review --json`."""

    id: Annotated[AchievementId, "the achievement that is judged"]
    verdict: Annotated[Verdict, "the option that was given"]
    judges: Annotated[list[RelativePath], "the EXECUTION_TASKs that it judges: the newest attempt"]
    files: Annotated[
        list[ReviewedData], "what would be or was written: `path`, `content`; none where it exists already"
    ]
    change_set: ChangeSetId
    batch: AppliedBatch
    next_step: NextStep
    next_command: NextCommand


def review_data(found: Review) -> ReviewData:
    """Return `data` of `scaffold review --json`."""
    return {
        **plan_data(found.plan.name, found.plan.document, found.plan.directory),
        "id": found.standing.id,
        "verdict": found.verdict,
        "judges": list(found.judges),
        "files": [{"path": change.target, "content": decode(change.new or b"")} for change in found.changes.changes],
        "change_set": found.changes.id,
        "batch": None,
        "next_step": None,
        "next_command": None,
    }


def review_text(found: Review, *, dry_run: bool) -> str:
    """Show the verdict that would be written."""
    standing = found.standing
    lines = [f"Achievement {standing.id} {standing.achievement.title}, {in_words(standing.state)}", ""]
    if not found.changes.changes:
        return "".join(
            f"{printable(line)}\n" for line in (*lines, f"Nothing to write: {found.target} says so already.", "")
        )
    lines += [f"{found.target} to write (change set {found.changes.id}):", ""]
    for change in found.changes.changes:
        lines += [f"  {line}".rstrip() for line in decode(change.new or b"").splitlines()]
    lines += ["", "Dry run: nothing was written."] if dry_run else []
    return "".join(f"{printable(line)}\n" for line in (*lines, ""))
