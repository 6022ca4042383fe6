"""What every command says of documents that are out of date: as marks, as findings, and as what to do next."""

from collections.abc import Iterable, Iterator

from scaffold.errors import Diagnostic, ScaffoldError
from scaffold.lazy.values import replace
from scaffold.names import invocation, listed, typed
from scaffold.plan.outlook import Outdated, OutOfDate
from scaffold.plan.progress import Progress, Standing
from scaffold.update.known import documents


def find_outdated(progress: Progress, standings: Iterable[Standing]) -> OutOfDate:
    """Return what is out of date of the documents of achievements; what keeps that from being told is a warning."""
    try:
        found = documents(progress, standings, only_suspects=True)
        if not found.known:
            return OutOfDate({}, tuple(map(_untold, found.all_warnings)))
        from scaffold.update.remade import examine  # which imports all that renders: only where it may have to

        examined = examine(progress, found.known)
    except ScaffoldError as error:
        return OutOfDate({}, tuple(map(_untold, error.diagnostics)))
    by_id: dict[str, tuple[Outdated, ...]] = {}
    for each in examined.outdated:
        document = Outdated(each.standing.id, each.target, each.why, len(each.kept.conflicts))
        by_id[document.id] = (*by_id.get(document.id, ()), document)
    return OutOfDate(by_id, tuple(map(_untold, (*found.all_warnings, *examined.unreadable))))


def _untold(problem: Diagnostic) -> Diagnostic:
    message = f"{problem.message}; whether EXECUTION_TASKs are out of date cannot be told"
    return replace(problem, message=message, severity="warning")


def findings(progress: Progress) -> Iterator[Diagnostic]:
    """Yield a warning for every document that is out of date, and for what keeps that from being told."""
    found = find_outdated(progress, progress)
    for document in found.documents:
        conflicts = "; something that was edited in it stands against that" if document.conflicts else ""
        message = f"is out of date: {listed(document.why)} changed since{conflicts}"
        keep = ("--conflict", "keep") if document.conflicts else ()
        update = invocation("update", progress.plan.argument, "--achievement", document.id, *keep)
        hint = f"`{typed(update)}` brings it up to date{', and keeps what was edited there' if keep else ''}"
        yield Diagnostic(
            "out_of_date",
            message,
            document.path,
            hint=hint,
            severity="warning",
            achievement=document.id,
            command=update,
        )
    yield from found.warnings
