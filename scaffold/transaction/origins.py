"""What the documents of a plan came from: the newest batch that wrote each and still stands, and what it generated."""

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from scaffold.errors import Diagnostic, InvalidInput
from scaffold.lazy.values import frozen
from scaffold.model import RecordedFile
from scaffold.transaction.batches import recorded, records_newest_first


@frozen
class Origin:
    """The batch that wrote a document last, and what is recorded of the file.

    `scaffold` is the version that wrote it, None where that is not recorded.
    """

    batch: str
    scaffold: str | None
    file: RecordedFile


@frozen
class Origins:
    """Where documents came from, by target; what no batch wrote, or none that stands, is not in it.

    `problem` is a record that cannot be read, where one kept the rest from being found.
    """

    found: Mapping[str, Origin]
    problem: Diagnostic | None = None


def origins(plan: Path, targets: Collection[str]) -> Origins:
    """Return where documents came from. A batch that was taken back does not count, for the files it was taken back in.

    Nothing is said of what is older than a record that cannot be read: that may have written the document last.

    Raises NeedsPerson if the directory of all records cannot be read.
    """
    found: dict[str, Origin] = {}
    left = set(targets)
    taken: set[tuple[str, str]] = set()
    entries = records_newest_first(plan) if left else iter(())
    for entry in entries:
        if isinstance(entry, Diagnostic):
            return Origins(found, entry)
        for file in entry.files:
            if file.target not in left or (entry.id, file.target) in taken:
                continue
            if entry.undoes:
                taken.add((entry.undoes, file.target))
                continue
            left.remove(file.target)
            if file.sha256 and file.template:
                found[file.target] = Origin(entry.id, entry.scaffold, file)
        if not left:
            break
    return Origins(found)


def generated(plan: Path, wanted: Iterable[Origin]) -> Mapping[str, bytes]:
    """Return what source and template made of each document when it was written last, by target.

    Raises InvalidInput with every batch whose content cannot be read.
    """
    texts: dict[str, bytes] = {}
    problems: list[Diagnostic] = []
    by_batch: dict[str, set[str]] = {}
    for origin in wanted:
        by_batch.setdefault(origin.batch, set()).add(origin.file.target)
    for batch, targets in by_batch.items():
        try:
            _, contents = recorded(plan, batch, targets)
        except InvalidInput as error:
            problems += error.diagnostics
            continue
        texts |= {target: contents.generated.get(target, contents.new[target]) for target in targets}
    if problems:
        raise InvalidInput(problems)
    return texts
