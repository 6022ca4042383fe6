"""The only package that writes into a plan: a change set is applied completely or not at all.

`apply` is the flow; `staging` prepares, `commit` goes from the commit point to either end, `recovery` does the same for
what an interrupted run left, `steps` and `files` hold the primitives. docs/transaction.md has the picture.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from scaffold.errors import Conflict, Diagnostic, Interrupted, InvalidInput, NeedsPerson, ScaffoldError, WriteFailed
from scaffold.lazy.values import replace
from scaffold.model import Batch, BatchRecord
from scaffold.names import invocation, typed
from scaffold.transaction.bookkeeping import failed, made_bookkeeping, opened_bookkeeping, writing
from scaffold.transaction.commit import (
    BOOKKEEPING,
    ForeignFile,
    Targets,
    Work,
    close,
    commit,
    is_lost,
    published,
    regained,
    roll_back,
    roll_forward,
    sweep,
)
from scaffold.transaction.files import Folder, naming, opened, opened_plan, remove_folder, status
from scaffold.transaction.guard import is_locked, locked, refuse_platform, signals_held
from scaffold.transaction.journal import folders_of, split_target
from scaffold.transaction.records import record_of
from scaffold.transaction.recovery import (
    TRANSACTION,
    Recovery,
    Untrusted,
    kept_problems,
    recover_all,
    transactions,
    untrusted,
)
from scaffold.transaction.staging import Watch, check, stage
from scaffold.transaction.staging import demand_recordable as demand_recordable
from scaffold.transaction.steps import InTheWay

RECOVER = "run `scaffold recover`"
_LOST_WHY = f"{BOOKKEEPING} was removed or moved while the batch was being written"
_LOST = Diagnostic("bookkeeping_lost", f"{_LOST_WHY}; nothing was changed", BOOKKEEPING, hint="run the command again")


def apply(plan: Path, batch: Batch, time: str, progress: Callable[[int, int], None]) -> BatchRecord:
    """Apply a batch to a plan directory, completely and durably, and return its record as it was written.

    `time` is UTC, ISO 8601 to the second. `progress` is told (done, total) while files are staged; if it raises,
    nothing was changed. The record's id gets a suffix if a batch has it already. Without changes nothing happens.

    Raises InvalidInput, Conflict, PlanBusy, WriteFailed, NeedsPerson and Interrupted, each saying what it means for
    the plan.
    """
    refuse_platform()
    _demand_targets([change.target for change in batch.changes.changes])
    if not batch.changes.changes:
        return record_of(batch, time)
    done: BatchRecord | None = None
    try:
        with signals_held() as signals:
            done = _apply(plan, batch, time, Watch(signals, progress))
            signals.come_too_late()
    except (Interrupted, KeyboardInterrupt):
        # Once it is complete, saying "interrupted" would say that nothing was changed.
        if done is None:
            raise
    return done


def _apply(plan: Path, batch: Batch, time: str, watch: Watch) -> BatchRecord:
    with (
        writing(plan) as root,
        made_bookkeeping(root) as bookkeeping,
        locked(root, bookkeeping, watch.signals),
        ExitStack() as stack,
    ):
        _recover_first(root, bookkeeping)
        targets = Targets(root, stack)
        checked = check(bookkeeping, targets, batch, time)
        txn = stack.enter_context(_new_txn(bookkeeping))
        try:
            work = stage(bookkeeping, txn, targets, checked, watch)
        except BaseException:
            _discard(bookkeeping, txn)
            raise
        try:
            _complete(work)
        finally:
            watch.signals.forget()  # they came too late, for either outcome
        _discard(bookkeeping, txn)
        return checked.record


def _complete(work: Work) -> None:
    """Go from the commit point to the end, or all the way back."""
    try:
        commit(work)
        kept = roll_forward(work)
    except BaseException as failure:
        raise _taken_back(work, failure) from failure
    try:
        close(work)
    except OSError as error:
        raise failed(error, f"the batch is complete, but its journal could not be removed: {RECOVER}") from error
    if kept:
        _discard(work.bookkeeping, work.txn)
        raise NeedsPerson(kept_problems(kept, "the batch is complete"))


def _taken_back(work: Work, failure: BaseException) -> BaseException:
    lost = False
    try:
        lost = is_lost(work)
        work = regained(work)
        kept = roll_back(work)
        close(work)
    except (OSError, MemoryError, InvalidInput) as error:
        return _half_done(work, error)
    _discard(work.bookkeeping, work.txn)
    if lost:
        return WriteFailed([_LOST, *kept_problems(kept, "it stays")])
    if isinstance(failure, InTheWay):
        if all(file.path == failure.target for file in kept):
            return _in_the_way(failure)
        return NeedsPerson([*_in_the_way(failure).diagnostics, *kept_problems(kept, "the batch was taken back")])
    if isinstance(failure, OSError | MemoryError):
        return WriteFailed([*failed(failure, "nothing was changed").diagnostics, *kept_problems(kept, "it stays")])
    return failure


def _half_done(work: Work, error: OSError | MemoryError | InvalidInput) -> ScaffoldError:
    """Return the error that says what the plan is like now: its journal remains, or is lost and the files are named."""
    with suppress(OSError):
        if is_lost(work):
            stay = ", ".join(published(work))
            message = f"{_LOST_WHY}, and the batch could not be taken back ({error}); what remains of it: {stay}"
            hint = "look at what remains and move away what you do not want to keep, then run the command again"
            return NeedsPerson.of("bookkeeping_lost", message, path=BOOKKEEPING, hint=hint)
    if isinstance(error, InvalidInput):
        return error
    return failed(error, f"the batch is neither complete nor taken back: {RECOVER}")


# --- recovery and looking -------------------------------------------------------------------------------------------


def recover(plan: Path, trusted: Iterable[Untrusted] = (), *, then_ends: bool = False) -> Recovery:
    """Finish or take back what interrupted runs left, where no person is needed. Without any, nothing happens.

    Batches that were not started here are left alone unless they are `trusted`, as `untrusted_batches` returned them.
    Where the run `then_ends`, signals come too late once something was recovered.

    Raises InvalidInput, PlanBusy, WriteFailed (what could be finished is), NeedsPerson only for the lock; what else
    needs a person is in the result.
    """
    refuse_platform()
    with signals_held() as signals, writing(plan) as root:
        if status(root, BOOKKEEPING) is None:
            return Recovery()
        with opened_bookkeeping(root) as bookkeeping:
            if not transactions(bookkeeping):
                return Recovery()
            with locked(root, bookkeeping, signals):
                recovery = recover_all(root, bookkeeping, {batch.name: batch.journal for batch in trusted})
            interrupted = replace(recovery, signal_number=signals.first)
            if then_ends and recovery.has_changed:
                signals.come_too_late()
            signals.forget()
            return interrupted


def untrusted_batches(plan: Path) -> tuple[Untrusted, ...]:
    """Return the interrupted batches that `recover` leaves alone: they were not started here. Writes nothing.

    Raises InvalidInput, WriteFailed.
    """
    with writing(plan) as root:
        if status(root, BOOKKEEPING) is None:
            return ()
        with opened_bookkeeping(root) as bookkeeping:
            return untrusted(root, bookkeeping)


def interrupted(plan: Path) -> tuple[Diagnostic, ...]:
    """Warn of runs that ended before they were done. Writes nothing, and says nothing while a run is at work."""
    if os.name != "posix":
        return ()
    try:
        with opened_plan(plan) as root, opened(root, BOOKKEEPING) as bookkeeping:
            names = () if is_locked(bookkeeping) else transactions(bookkeeping)
    except OSError:
        return ()
    return tuple(
        Diagnostic(
            "interrupted_run",
            "a run of scaffold was interrupted here; the next command that writes finishes it or takes it back",
            path=f"{BOOKKEEPING}/{name}",
            hint=f"run `{typed(invocation('recover', plan))}` to do it now",
            severity="warning",
            command=invocation("recover", plan),
        )
        for name in names
    )


def check_writable(plan: Path, targets: Sequence[str]) -> None:
    """Refuse what `apply` would have to refuse, before anybody is asked: links, other devices, read-only directories.

    Writes nothing. Raises InvalidInput, WriteFailed.
    """
    refuse_platform()
    _demand_targets(targets)
    folders = folders_of(targets)
    with writing(plan) as root, ExitStack() as stack:
        opened_targets = Targets(root, stack)
        missing = opened_targets.open_existing(folders)
        if status(root, BOOKKEEPING) is None:
            missing = (*missing, BOOKKEEPING)
        else:
            _demand_writable(stack.enter_context(opened_bookkeeping(root)))
        for name in sorted(folders | ({"."} if missing else set())):
            if folder := opened_targets.get(name):
                _demand_writable(folder)


def _demand_writable(folder: Folder) -> None:
    if not os.access(".", os.W_OK | os.X_OK, dir_fd=folder.fd):
        raise WriteFailed.of(
            "not_writable",
            f"{folder.path}: this directory is not writable; nothing was changed",
            path=folder.path,
            hint="change its permissions, or mount it for writing",
        )


# --- the parts of the flow ------------------------------------------------------------------------------------------


def _demand_targets(targets: Sequence[str]) -> None:
    bad = [target for target in targets if split_target(target) is None]
    if bad or len(set(targets)) != len(targets):
        raise InvalidInput(
            Diagnostic("bad_target", f"{target!a} is not a file that scaffold may write, or is listed twice")
            for target in (bad or targets)
        )


def _recover_first(root: Folder, bookkeeping: Folder) -> None:
    recovery = recover_all(root, bookkeeping, {})
    if recovery.problems:
        raise NeedsPerson(recovery.problems)


@contextmanager
def _new_txn(bookkeeping: Folder) -> Iterator[Folder]:
    name = TRANSACTION + os.urandom(8).hex()
    with ExitStack() as stack:
        with naming(bookkeeping.named(name)):
            os.mkdir(name, dir_fd=bookkeeping.fd)
            try:
                txn = stack.enter_context(opened(bookkeeping, name))
            except OSError:
                remove_folder(bookkeeping, name)
                raise
        yield txn


def _discard(bookkeeping: Folder, txn: Folder) -> None:
    """Clean up. A failure here is not one of the batch: the next run that writes tries again."""
    with suppress(OSError, ForeignFile):
        sweep(bookkeeping, txn)


# --- what it means for the user -------------------------------------------------------------------------------------


def _in_the_way(failure: InTheWay) -> ScaffoldError:
    return Conflict.of(
        "in_the_way",
        f"{failure}; nothing was changed",
        path=failure.target,
        hint="look at it, then run the command again",
    )
