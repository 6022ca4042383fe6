"""Regular expressions that are compiled when they are first used: a run uses few of those that its modules have."""

import re
from typing import AnyStr, cast


def regex(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Return what stands for `re.compile(text, flags)`. A mistake in `text` is told at the first use."""
    return cast(re.Pattern[AnyStr], _Regex(text, flags))


class _Regex:
    """Takes its methods from the compiled pattern as they are asked for, and keeps them."""

    def __init__(self, text: str | bytes, flags: int) -> None:
        self._text, self._flags = text, flags

    def __getattr__(self, name: str) -> object:
        found: object = getattr(re.compile(self._text, self._flags), name)
        setattr(self, name, found)
        return found
