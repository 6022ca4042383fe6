"""The actions that bring on what has begun: documents in the way, merges, reviews, updates, and work itself."""

from collections.abc import Iterator, Sequence

from scaffold.model import id_order
from scaffold.names import SUBPLAN, agreed, invocation_for, listed, typed
from scaffold.plan import attempts
from scaffold.plan.outlook import AT_ONCE, Action, Outdated, Outlook, merges_of, named
from scaffold.plan.progress import Standing


def stuck(outlook: Outlook) -> Iterator[Action]:
    """Yield what must be moved away before anything can go on."""
    for standing in outlook.open():
        if paths := outlook.in_the_way(standing):
            text = f"Move {', '.join(paths)} away: no regular file, where a file of {standing.id} belongs"
            yield Action("ask_person", (standing.id,), text, None, ())


def resolve(outlook: Outlook) -> Iterator[Action]:
    """Yield the merges in documents that nobody has resolved."""
    for standing in outlook.open():
        if merges := merges_of(standing):
            places = " and ".join(f"{path}, line {line}" for path, line in merges)
            text = f"Resolve the {agreed(len(merges), 'merge', 'merges')} in {places}: keep what is right of both sides"
            yield Action("ask_person", (standing.id,), text, None, tuple(path for path, _ in merges))


def blocked(outlook: Outlook) -> Iterator[Action]:
    """Yield what says of itself that it is blocked."""
    for standing in outlook.begun("blocked"):
        text = f"Find out what blocks {standing.id}: {standing.decided_by} says that it is blocked"
        yield Action("ask_person", (standing.id,), text, None, _paths(standing))


def review(outlook: Outlook) -> Iterator[Action]:
    """Yield what is finished and waits for its verdict."""
    for standing in outlook.begun("in_review"):
        review = typed(invocation_for("review", standing.id, outlook.progress.plan.argument))
        text = (
            f"Review {_together(_paths(standing))}, then run `{review}` with --approve, or with --fix and what to fix"
        )
        yield Action("review", (standing.id,), text, None, (*_paths(standing), *standing.paths(SUBPLAN)))


def update(outlook: Outlook) -> Iterator[Action]:
    """Yield the updates of what is worked on next: what goes through in one, then each that edits stand against."""
    found = outlook.find_outdated(outlook.progress, _to_execute(outlook)).by_id
    smooth = [id_ for id_, documents in found.items() if not any(each.conflicts for each in documents)]
    smooth = sorted(smooth[:AT_ONCE], key=id_order)
    if smooth:
        documents = tuple(document for id_ in smooth for document in found[id_])
        noun = agreed(len(documents), "the EXECUTION_TASK", "the EXECUTION_TASKs")
        text = f"Update {noun} of {named(smooth)} before {agreed(len(documents), 'it is', 'they are')} worked on"
        options = tuple(word for id_ in smooth for word in ("--achievement", id_))
        command, read = outlook.command("update", *options), tuple(document.path for document in documents)
        yield Action("update", tuple(smooth), f"{text} ({_changed(documents)})", command, read)
    for id_, documents in found.items():
        if count := sum(document.conflicts for document in documents):
            paths = tuple(document.path for document in documents)
            its = agreed(count, "its conflict", f"its {count} conflicts")
            kept = f"look at {its} first: the command keeps the edited lines there"
            text = f"Update {_together(paths)} ({_changed(documents)}); {kept}"
            keeping = outlook.command("update", "--achievement", id_, "--conflict", "keep")
            yield Action("update", (id_,), text, keeping, paths)


def _changed(documents: Sequence[Outdated]) -> str:
    return f"{listed(dict.fromkeys(reason for document in documents for reason in document.why))} changed"


def _to_execute(outlook: Outlook) -> Iterator[Standing]:
    """Yield what is to be carried out: last what somebody is at work on already."""
    yield from outlook.begun("fix_in_progress")
    yield from outlook.ready("execution_created")
    yield from outlook.begun("in_progress")


def execute(outlook: Outlook) -> Iterator[Action]:
    """Yield what is to be carried out."""
    for standing in _to_execute(outlook):
        verb = "Go on with" if standing.state == "in_progress" else "Carry out"
        open_ = standing.attempt.open_paths if standing.attempt else ()
        text = f"{verb} {_together(open_)}, and set {agreed(len(open_), 'its', 'their')} Status to Complete when "
        text += f"{agreed(len(open_), 'it is', 'they are')} ready for review"
        answered = (attempts.verdict_path("FIX", standing.achievement),) if standing.state == "fix_in_progress" else ()
        yield Action("execute", (standing.id,), text, None, (*open_, *answered))


def _paths(standing: Standing) -> tuple[str, ...]:
    return standing.attempt.paths if standing.attempt else ()


def _together(paths: Sequence[str]) -> str:
    return paths[0] if len(paths) == 1 else f"{', '.join(paths[:-1])} and {paths[-1]}"
