"""What is found out about a template set without rendering it: faults, and the files that can reach its documents."""

from collections.abc import Iterable, Mapping
from itertools import islice

from scaffold.errors import MOST_LISTED, Diagnostic, more_problems
from scaffold.names import nearest
from scaffold.templates.sets import Source
from scaffold.lazy.values import frozen


@frozen
class Reached:
    """What can reach the documents of a template set.

    `sources` are the files whose bytes can, by the names of their views; `names` those of the variables that are read
    in them; `extends` the view that a view extends, where that is one constant name. `faults` are what is wrong with
    their structure. `rendered` are the views that some template names, or that make documents: the other sources are
    copied as they are, or may be anything.
    """

    sources: Mapping[str, Source]
    faults: tuple[Diagnostic, ...]
    names: frozenset[str]
    extends: Mapping[str, str]
    rendered: frozenset[str] = frozenset()


GUESSES, GUESSED_AMONG = 10, 1_000
"""How many guesses are made of what was meant, and among how many names."""


class Guesses:
    """Guesses what was meant by a wrong name, for the first few only: each takes time."""

    def __init__(self) -> None:
        self._left = GUESSES

    def nearest(self, wanted: str, known: Iterable[str]) -> str | None:
        """Return the most similar of the known names, None where none is similar or there were guesses enough."""
        if self._left == 0:
            return None
        self._left -= 1
        return nearest(wanted, islice((name for name in known if name != wanted), GUESSED_AMONG))


def cut(faults: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return the faults in the order of their places, at most `MOST_LISTED`, errors rather than warnings.

    Another of them says how many more there are.
    """
    found = sorted(faults, key=lambda fault: (fault.path or "", fault.line or 0, fault.code, fault.message))
    if len(found) <= MOST_LISTED:
        return tuple(found)
    worst = sorted(found, key=lambda fault: fault.severity != "error")
    kept, more = worst[:MOST_LISTED], worst[MOST_LISTED:]
    rest = more_problems(more[0].path or "", len(more), more[0].severity)
    return (*(fault for fault in found if fault in set(kept)), rest)
