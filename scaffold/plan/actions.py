"""What to do next: from how far a plan is to the actions that bring it on. Every command names what is worked out here.

The law, held by a test over random plans: whoever follows these actions never meets exit code 4, never repeats one that
succeeded, and comes to the end.
"""

from collections.abc import Collection, Iterator, Sequence
from itertools import chain

from scaffold.errors import InvalidInput
from scaffold.lazy.values import frozen
from scaffold.model import DEPENDENCIES_OPEN
from scaffold.names import (
    EXECUTION_TASK,
    SUBPLAN,
    DocumentKind,
    Words,
    agreed,
    listed,
    typed,
)
from scaffold.plan import attempts, begun, parallel, prerequisites, settings, workspace
from scaffold.plan.outlook import AT_ONCE, NOTHING_GIVEN, Action, ActionKind, Find, Given, Outlook, named, none_outdated
from scaffold.plan.progress import Progress, Standing
from scaffold.reading.markdown import decode
from scaffold.transaction.claims import NO_CLAIMS, Claims, read_claims

_NOTHING_LEFT = "Every achievement is done."
_NO_ACHIEVEMENTS = "The plan has no achievements yet."


@frozen
class Step:
    """The first of the actions: in words, as a command where there is one, and whether there are others."""

    text: str
    command: str | None = None
    has_more: bool = False


def first_step(
    progress: Progress,
    given: Given = NOTHING_GIVEN,
    find_outdated: Find = none_outdated,
    claims: Claims = NO_CLAIMS,
) -> Step:
    """Return the first action as a step; of a finished plan, that it is.

    The PLAN, which takes long to read, is read only where nothing else is to be done, and `find_outdated` is called
    only where nothing more urgent is.
    """
    outlook = Outlook(progress, given, None, find_outdated, claims)
    actions = _of_what_is_there(outlook)
    first = next(actions, None)
    return step_of(progress, _adopt(outlook) if first is None else chain((first,), actions), claims)


def step_of(progress: Progress, actions: Iterator[Action], claims: Claims = NO_CLAIMS) -> Step:
    """Return the first of `actions` as a step; where there are none, that everything is done, or is claimed."""
    first, more = next(actions, None), next(actions, None)
    if first is not None:
        return Step(first.text, typed(first.command) if first.command else None, more is not None)
    if claims.ids:
        return Step(f"Everything that can be done now is claimed: {listed(claims.in_words, '; ')}")
    return Step(_NOTHING_LEFT if progress.standings else _NO_ACHIEVEMENTS)


def next_actions(
    progress: Progress,
    given: Given = NOTHING_GIVEN,
    only: Collection[str] | None = None,
    find_outdated: Find = none_outdated,
    claims: Claims = NO_CLAIMS,
) -> Iterator[Action]:
    """Yield what can be done now, the most urgent first; of the achievements in `only`, where that is given.

    What has begun comes first, then what is ready on all levels, what keeps the rest, and last the SUBPLANs that can be
    written before their time. A SUBPLAN is read when its action is asked for. Nothing is yielded of what is claimed.
    """
    outlook = Outlook(progress, given, only, find_outdated, claims)
    yield from _of_what_is_there(outlook)
    if only is None:
        yield from _adopt(outlook)


def _of_what_is_there(outlook: Outlook) -> Iterator[Action]:
    """Yield the actions for the achievements of `parallel.json`."""
    for actions in (
        *(begun.stuck, begun.resolve, _fix, begun.blocked, begun.review, begun.update, begun.execute),
        *(_from_subplans, _from_plan, _declare, _ahead),
    ):
        yield from actions(outlook)


def actions_for(
    progress: Progress, achievement_id: str, find_outdated: Find = none_outdated, claims: Claims = NO_CLAIMS
) -> Iterator[Action]:
    """Yield the actions that bring one achievement on: those of what it waits for, and its own.

    That it is claimed itself does not count: whoever asks about it may be its holder.
    """
    only = {achievement_id, *blockers_of(progress, achievement_id)}
    others = claims.without([achievement_id])
    return next_actions(progress, only=only, find_outdated=find_outdated, claims=others)


def kept_by_claims(progress: Progress, achievement_id: str, claims: Claims) -> str | None:
    """Return that what an achievement waits for is claimed, and by whom; None where none of it is."""
    claimed = claims.only(blockers_of(progress, achievement_id))
    return f"What {achievement_id} waits for is claimed: {listed(claimed.in_words, '; ')}" if claimed.ids else None


def claims_of(progress: Progress, time: str) -> Claims:
    """Return the claims that hold at a time. What is done cannot be claimed any more."""
    return read_claims(progress.plan.directory, (standing.id for standing in progress if not standing.is_done), time)


def blockers_of(progress: Progress, achievement_id: str) -> frozenset[str]:
    """Return what is not done of all that an achievement depends on, directly or not."""
    found: set[str] = set()
    to_follow = [achievement_id]
    while to_follow:
        for dependency in progress.dependencies_of(progress[to_follow.pop()].achievement):
            if not dependency.is_done and dependency.id not in found:
                found.add(dependency.id)
                to_follow.append(dependency.id)
    return frozenset(found)


# --- what can be created --------------------------------------------------------------------------------------------


def _fix(outlook: Outlook) -> Iterator[Action]:
    """Yield the FIXes that wait for another attempt."""
    for standing in outlook.begun("needs_fix"):
        feedback = attempts.verdict_path("FIX", standing.achievement)
        if attempts.read(outlook.progress.plan, feedback) is None:
            text = f"Make {feedback} a readable file of at most 2 MB: no attempt can answer it"
            yield Action("ask_person", (standing.id,), text, None, ())
        elif not standing.paths(SUBPLAN):  # from which the EXECUTION_TASK that answers it is made
            yield _creation(outlook, SUBPLAN, [standing])
        elif reasons := outlook.read(standing)[1]:
            yield _filling(outlook, standing, reasons)
        else:
            again = outlook.command("executions", "--achievement", standing.id, "--again")
            text = f"Create the EXECUTION_TASK that answers {feedback}"
            yield Action("fix", (standing.id,), text, again, (feedback,))


def _from_subplans(outlook: Outlook) -> Iterator[Action]:
    """Yield what SUBPLANs are ready for: EXECUTION_TASKs first, because others can begin, then what is to be filled in.

    Of very many only the first are read; one command then creates what it can, and skips what it cannot.
    """
    unfit: list[Action] = []
    fit: list[Standing] = []
    has_several = False
    candidates = outlook.ready("subplan_unfilled", "subplan_created")
    for standing in candidates:
        if _is_plainly_unfilled(standing):
            unfit.append(_filling(outlook, standing, ()))
            continue
        said, reasons = outlook.read(standing)
        if reasons:
            unfit.append(_filling(outlook, standing, reasons))
        else:
            fit.append(standing)
            has_several |= said is not None and len(said.planned_executions) > 1
        if len(fit) > AT_ONCE:
            break
    rest = list(candidates)
    is_clear = not outlook.claims.ids and not any(outlook.in_the_way(standing) for standing in outlook.open())
    if has_several:  # of what has begun --planned creates more as well: only these are named
        yield _creation(outlook, EXECUTION_TASK, fit[:AT_ONCE], ("--planned",))
    elif fit:
        is_open = bool(rest) and is_clear  # --ready would meet what is in the way, and take what is claimed
        yield _creation(outlook, EXECUTION_TASK, [*fit, *rest] if is_open else fit, is_open=is_open)
    yield from unfit


def _is_plainly_unfilled(standing: Standing) -> bool:
    return any(place.field in prerequisites.REQUIRED for place in standing.unfilled)


def _filling(outlook: Outlook, standing: Standing, reasons: Sequence[str]) -> Action:
    (path,) = standing.paths(SUBPLAN)[:1]
    lines = tuple(dict.fromkeys(place.line for place in standing.unfilled))
    if reasons:
        more = f", and {len(reasons) - 1} more" if len(reasons) > 1 else ""
        text = f"Correct {path}: {reasons[0]}{more}"
    else:
        text = f"Fill in {path}: {agreed(len(lines), 'line', 'lines')} {listed(map(str, lines))}"
    return Action("fill_subplan", (standing.id,), text, None, (path, outlook.progress.plan.document))


def _from_plan(outlook: Outlook) -> Iterator[Action]:
    if not (missing := list(outlook.ready("not_started"))):
        return
    if problem := outlook.plan_problem():
        document = outlook.progress.plan.document
        ids = tuple(standing.id for standing in missing)
        yield Action("ask_person", ids, f"Correct {document}: {problem}", None, (document,))
    else:
        yield _creation(outlook, SUBPLAN, missing)


def _ahead(outlook: Outlook) -> Iterator[Action]:
    """Yield the SUBPLANs of what waits: they can be written now, while an EXECUTION_TASK would be told of less."""
    waiting = [standing for standing in outlook.begun("subplan_unfilled", "not_started") if not standing.ready]
    stated = [standing for standing in waiting if not standing.is_open]
    missing = [standing for standing in stated if standing.state == "not_started"]
    if missing and not outlook.plan_problem():
        yield _creation(outlook, SUBPLAN, missing)
    for standing in stated:
        if standing.state == "subplan_unfilled" and _is_plainly_unfilled(standing):
            yield _filling(outlook, standing, ())


def _creation(
    outlook: Outlook, kind: DocumentKind, missing: Sequence[Standing], options: Words = (), *, is_open: bool = False
) -> Action:
    """Return the action that creates documents; `is_open`: whether some may turn out not to be possible."""
    selected = _by_id(missing) if options else _selection(outlook.progress, kind, missing)
    if is_open:
        selected = ("--batch", "--ready", "--skip-missing")
    if "--achievement" in selected:
        missing = missing[:AT_ONCE]
    ids = tuple(standing.id for standing in missing)
    noun = agreed(1 if len(ids) == 1 and not options else 2, kind.label, f"{kind.label}s")
    command = outlook.command(kind.command, *selected, *options)
    plan = outlook.progress.plan
    sources = tuple(path for standing in missing for path in standing.paths(SUBPLAN)) or (plan.document,)
    name: ActionKind = "create_subplan" if kind is SUBPLAN else "create_execution"
    return Action(name, ids, f"Create the {noun} of {named(ids)}", command, sources)


def _by_id(wanted: Sequence[Standing]) -> Words:
    return tuple(word for standing in wanted[:AT_ONCE] for word in ("--achievement", standing.id))


def _selection(progress: Progress, kind: DocumentKind, wanted: Sequence[Standing]) -> Words:
    """Return the options that select just these achievements: a level, what is ready, all, or the first ids."""
    named = _by_id(wanted)
    if len(wanted) == 1:
        return named
    missing = [standing for standing in progress if not standing.is_done and not standing.documents(kind).regular]
    level = wanted[0].level
    selections: tuple[tuple[Words, list[Standing]], ...] = (
        (("--batch", "--level", str(level)), [standing for standing in missing if standing.level == level]),
        (("--batch", "--ready"), [standing for standing in missing if standing.ready]),
        (("--batch", "--level", "all"), missing),
    )
    ids = [standing.id for standing in wanted]
    return next((words for words, selected in selections if [standing.id for standing in selected] == ids), named)


def _declare(outlook: Outlook) -> Iterator[Action]:
    ids = tuple(standing.id for standing in outlook.open() if standing.is_open)
    if ids:
        depends = agreed(len(ids), "depends", "depend")
        document = outlook.progress.plan.document
        update = typed(outlook.command("adopt", "--update"))
        text = f"State what {named(ids)} {depends} on: in {document}, then `{update}`; "
        text += f"or in {parallel.FILE_NAME}, and remove {DEPENDENCIES_OPEN} there"
        read = (document, parallel.FILE_NAME)
        yield Action("declare_dependencies", ids, text, None, read)


def _adopt(outlook: Outlook) -> Iterator[Action]:
    """Yield the update that brings in what the PLAN defines and `parallel.json` does not have yet."""
    from scaffold.reading import plan  # only where nothing else comes first: a PLAN takes time to read

    read = outlook.progress.plan
    try:
        content = workspace.read_text_file(read.directory / read.document)
    except InvalidInput:  # `check` says what is the matter with it
        return
    said = plan.parse(decode(content), read.document, settings.read(read.directory).plan_vocabulary)
    known = outlook.progress.standings
    ids = tuple(achievement.id for achievement in said.achievements if achievement.id not in known)
    if ids:
        text = f"Take over {named(ids)}, which {read.document} defines and {parallel.FILE_NAME} does not have"
        yield Action("adopt", ids, text, outlook.command("adopt", "--update"), (read.document,))
