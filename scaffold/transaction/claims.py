"""Claims: who works on an achievement, and until when. They hold in this directory alone, and end by themselves.

A claim is a file of its own, named after the achievement: whole, or not there. Claims are made and ended under the lock
of the plan; a link gives them their names, so that no file of somebody else is replaced either.
"""

import os
import stat
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from scaffold.errors import Diagnostic, Interrupted, NeedsPerson, ScaffoldError
from scaffold.lazy.values import fresh, frozen, replace
from scaffold.model import id_order
from scaffold.names import is_achievement_id
from scaffold.transaction.bookkeeping import (
    ignore_own_files,
    made_bookkeeping,
    made_own_folder,
    opened_bookkeeping,
    opened_own_folder,
    own_folder,
    writing,
)
from scaffold.transaction.commit import BOOKKEEPING
from scaffold.transaction.copies import LINK_REFUSED
from scaffold.transaction.files import (
    CREATE,
    Folder,
    move,
    names_in,
    naming,
    read,
    remove,
    status,
    sync_file,
    sync_folder,
    write_new,
)
from scaffold.transaction.guard import locked, refuse_platform, signals_held
from scaffold.transaction.journal import Damaged, Newer, seal, unseal

LONGEST_NAME = 60
"""Characters of the name of who claims."""

LONGEST_PERIOD = 7 * 24 * 60 * 60
"""Seconds that a claim may hold: it blocks others when whoever made it has gone."""

_CLAIMS = "claims"
_PATH = f"{BOOKKEEPING}/{_CLAIMS}"
_SUFFIX = ".json"
_UNFINISHED = "claim.tmp"
_LIMIT = 4096
_UNCERTAIN = "`scaffold next` shows whether it is claimed"


@frozen
class Claim:
    """Who works on an achievement: `since` and `until` are UTC, ISO 8601 to the second, ending in `Z`.

    Claims end at a full minute, so that people, who are told no seconds, are told what is true.
    """

    achievement: str
    holder: str
    since: str
    until: str

    @property
    def end(self) -> str:
        """When it ends, for people: `2026-11-28 19:30 UTC`."""
        return datetime.fromisoformat(self.until).strftime("%Y-%m-%d %H:%M UTC")


@frozen
class Claims:
    """The claims that hold at a `time`, by achievement, those that cannot be read, and a warning for each of these.

    What cannot be read counts as claimed: it may be the claim of a newer version.
    """

    time: str = ""
    held: Mapping[str, Claim] = fresh(factory=dict)
    unreadable: frozenset[str] = frozenset()
    warnings: tuple[Diagnostic, ...] = ()

    @property
    def ids(self) -> frozenset[str]:
        """The achievements that are claimed."""
        return self.unreadable | self.held.keys()

    def of_others(self, holder: str | None) -> "Claims":
        """Return those that somebody else holds."""
        held = {id_: claim for id_, claim in self.held.items() if claim.holder != holder}
        return replace(self, held=held)

    def without(self, ids: Collection[str]) -> "Claims":
        """Return those of other achievements than these."""
        held = {id_: claim for id_, claim in self.held.items() if id_ not in ids}
        return replace(self, held=held, unreadable=self.unreadable - set(ids))

    def only(self, ids: Collection[str]) -> "Claims":
        """Return those of these achievements."""
        return self.without(self.ids.difference(ids))

    @property
    def in_words(self) -> tuple[str, ...]:
        """Who works on each achievement: `1.2 by alice until 19:30 UTC`, with the date where it is another."""
        said = [(id_, f"{id_}, of which `{_PATH}/{id_}{_SUFFIX}` cannot be used") for id_ in self.unreadable]
        for id_, claim in self.held.items():
            end = claim.end.removeprefix(f"{self.time[:10]} ")
            said.append((id_, f"{id_} by {claim.holder} until {end}"))
        return tuple(words for _, words in sorted(said, key=lambda pair: id_order(pair[0])))


NO_CLAIMS = Claims()


def until(time: str, seconds: int) -> str:
    """Return the first full minute that is at least so many seconds after a time, in the same form."""
    return (datetime.fromisoformat(time) + timedelta(seconds=seconds + 59)).strftime("%Y-%m-%dT%H:%M:00Z")


def is_name(name: str) -> bool:
    """Whether somebody can claim under this name: it prints, is not empty, and is not long."""
    return name.isprintable() and name == name.strip() and 0 < len(name) <= LONGEST_NAME


# --- looking --------------------------------------------------------------------------------------------------------


def read_claims(plan: Path, ids: Iterable[str], time: str) -> Claims:
    """Return the claims of these achievements that hold at a time: none that ran out. Writes nothing."""
    held: dict[str, Claim] = {}
    problems: dict[str, Diagnostic] = {}
    try:
        with opened_own_folder(plan, _CLAIMS) as folder:
            for id_ in sorted(_named(folder).intersection(ids), key=id_order):
                try:
                    claim = _read(folder, id_, time)
                except FileNotFoundError:  # ended meanwhile
                    continue
                except (Damaged, OSError) as error:
                    problems[id_] = _unusable(id_, error)
                else:
                    if claim and claim.until > time:
                        held[id_] = claim
    except FileNotFoundError:
        return Claims(time)
    except NeedsPerson as error:
        return Claims(time, warnings=tuple(replace(problem, severity="warning") for problem in error.diagnostics))
    except OSError:
        return Claims(time)
    return Claims(time, held, frozenset(problems), tuple(problems.values()))


def _named(folder: Folder) -> set[str]:
    names = (name.removesuffix(_SUFFIX) for name in names_in(folder) if name.endswith(_SUFFIX))
    return {name for name in names if is_achievement_id(name)}


def _read(folder: Folder, id_: str, time: str) -> Claim | None:
    """Return the claim of an achievement, whether or not it has run out; None for a file that is still empty.

    Raises FileNotFoundError, Damaged, Newer, OSError.
    """
    entry = status(folder, id_ + _SUFFIX)
    if entry is None:
        raise FileNotFoundError
    if not stat.S_ISREG(entry.st_mode):
        raise Damaged("it is not a plain file")
    if entry.st_size > _LIMIT:
        raise Damaged("it is too large")
    content = read(folder, id_ + _SUFFIX, _LIMIT)
    if not content:  # where links are refused a killed run leaves this
        return None
    _, fields = unseal(content)
    fields.only("achievement", "holder", "since", "until")
    claim = Claim(fields.text("achievement"), fields.text("holder"), fields.time("since"), fields.time("until"))
    if claim.achievement != id_:
        raise Damaged("the claim of another achievement")
    if not is_name(claim.holder):
        raise Damaged("holder: expected a short name")
    if claim.until > until(time, LONGEST_PERIOD):
        raise Damaged("it holds longer than any claim may")
    return claim


# --- claiming and ending --------------------------------------------------------------------------------------------


def take(plan: Path, wanted: Claim, demand: Callable[[], object]) -> Claim:
    """Claim an achievement durably, and return the claim that holds then: the wanted one, or that of another holder.

    A claim of the same holder is renewed, one that ran out is replaced. `demand` is called under the lock, before
    anything is written; what it raises ends the run. Nothing else of the plan is touched: what an interrupted run left
    stays for the next command that writes. Where it fails, it may be claimed all the same, but not durably.

    Raises InvalidInput, PlanBusy, WriteFailed, Interrupted, and NeedsPerson for a claim that cannot be read.
    """
    refuse_platform()
    taken: Claim | None = None
    try:
        with (
            signals_held() as signals,
            writing(plan, _UNCERTAIN) as root,
            made_bookkeeping(root) as bookkeeping,
            locked(root, bookkeeping, signals),
            made_own_folder(bookkeeping, _CLAIMS) as folder,
        ):
            demand()
            ignore_own_files(bookkeeping)
            held, is_free = _found(folder, wanted.achievement, wanted.since)
            if held and held.holder != wanted.holder:
                return held
            signals.stop_if_asked()
            claim = replace(wanted, since=held.since) if held else wanted
            with naming(folder.named(wanted.achievement + _SUFFIX)):
                _put(folder, claim, is_free=is_free)
            for synced in (folder, bookkeeping, root):
                with naming(synced.path):
                    sync_folder(synced)
            taken = claim
            signals.come_too_late()
    except (Interrupted, KeyboardInterrupt):
        if taken is None:  # else "interrupted" would say that nothing was changed
            raise
    return taken


def give_back(plan: Path, achievement: str, holder: str | None, time: str) -> Claim | None:
    """End the claim of a holder, and return the claim that held until now; of another holder it goes on.

    With None it ends whoever holds it: what is done is nobody's any more.

    None: it was not claimed. Raises InvalidInput, PlanBusy, WriteFailed, Interrupted, and NeedsPerson for a claim that
    cannot be read.
    """
    return _end(plan, achievement, time, lambda claim: holder in (None, claim.holder))


def end(plan: Path, seen: Claim, time: str) -> None:
    """End a claim whoever holds it, as long as it is still the one that was seen; what fails is left to run out."""
    with suppress(ScaffoldError):
        _end(plan, seen.achievement, time, lambda claim: claim == seen)


def _end(plan: Path, achievement: str, time: str, is_meant: Callable[[Claim], bool]) -> Claim | None:
    refuse_platform()
    with signals_held() as signals, writing(plan, _UNCERTAIN) as root:
        if status(root, BOOKKEEPING) is None:
            return None
        with opened_bookkeeping(root) as bookkeeping:
            if status(bookkeeping, _CLAIMS) is None:
                return None
            with locked(root, bookkeeping, signals), own_folder(bookkeeping, _CLAIMS) as folder:
                held, _ = _found(folder, achievement, time)
                if held and is_meant(held):
                    with naming(folder.named(achievement + _SUFFIX)):
                        remove(folder, achievement + _SUFFIX)
                        sync_folder(folder)
                    signals.come_too_late()
                return held


def _found(folder: Folder, achievement: str, time: str) -> tuple[Claim | None, bool]:
    """Return the claim that holds, and whether its name is free. Raises NeedsPerson for a damaged claim, OSError."""
    try:
        claim = _read(folder, achievement, time)
    except FileNotFoundError:
        return None, True
    except Damaged as error:
        raise NeedsPerson([replace(_unusable(achievement, error), severity="error")]) from error
    return (claim if claim and claim.until > time else None), False


def _put(folder: Folder, claim: Claim, *, is_free: bool) -> None:
    """Name a claim once all of it is durable. What a killed run left under the other name goes.

    Where links are refused, the name is taken by an empty file first, which counts for nothing.
    """
    name = claim.achievement + _SUFFIX
    fields = {"achievement": claim.achievement, "holder": claim.holder, "since": claim.since, "until": claim.until}
    remove(folder, _UNFINISHED)
    try:
        write_new(folder, _UNFINISHED, seal(fields))
        sync_file(folder, _UNFINISHED)
        if not (is_free and _linked(folder, name)):
            move(folder, _UNFINISHED, folder, name)
    finally:
        with suppress(OSError):  # the next claim tries again
            remove(folder, _UNFINISHED)


def _linked(folder: Folder, name: str) -> bool:
    """Link the new claim to its name, which fails if it is taken; return False where links are refused."""
    try:
        os.link(_UNFINISHED, name, src_dir_fd=folder.fd, dst_dir_fd=folder.fd, follow_symlinks=False)
    except OSError as error:
        if error.errno not in LINK_REFUSED:
            raise
        os.close(os.open(name, CREATE, 0o666, dir_fd=folder.fd))
        return False
    return True


def _unusable(achievement: str, error: Damaged | OSError) -> Diagnostic:
    """Return the warning about a claim that cannot be read."""
    path = f"{_PATH}/{achievement}{_SUFFIX}"
    hint = f"tell a person, who may remove this file if nobody works on {achievement}: nothing else is lost with it"
    if isinstance(error, Newer):
        hint = f"use the newer version of scaffold; or {hint}"
    what = error.strerror if isinstance(error, OSError) else str(error)
    message = f"this claim cannot be used: {what}"
    return Diagnostic("bad_claim", message, path, hint=hint, severity="warning", achievement=achievement)
