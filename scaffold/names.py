"""Which names are safe to become part of a file name, and which text is safe to print. Rules for every platform."""

import re
import unicodedata

ACHIEVEMENT_ID = re.compile(r"(?:0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*))+")
MAX_ID_LENGTH = 50
MAX_NAME_BYTES = 100
_LONGEST_SHOWN = 100

_WINDOWS_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?", re.IGNORECASE)
_UNPRINTABLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def is_achievement_id(text: str) -> bool:
    """Say whether `text` is an id like `2.3` or `1.4.1`: numbers without leading zeros, two or more, joined by dots."""
    return len(text) <= MAX_ID_LENGTH and ACHIEVEMENT_ID.fullmatch(text) is not None


def unsafe_name(name: str) -> str | None:
    """Say why `name` cannot be part of a file name on every platform; None when it can."""
    if not name or name != name.strip():
        return "it is empty or has spaces at an end"
    if not name.isprintable():  # the rule of what a batch may write, too
        return "it has control, invisible or bidirectional characters, or unusual spaces"
    if set(name) & set('/\\<>:"|?*'):
        return 'it has one of / \\ < > : " | ? *'
    if ".." in name or name[0] in ".-" or name[-1] == ".":
        return "it has '..', begins with '.' or '-', or ends with '.'"
    if _WINDOWS_RESERVED.fullmatch(name):
        return "it is reserved on Windows"
    if len(name.encode()) > MAX_NAME_BYTES:
        return f"it is longer than {MAX_NAME_BYTES} bytes"
    return None


def shown(text: str) -> str:
    """Return a text as messages quote it, in quotes and escaped; of a long one its beginning."""
    return repr(text) if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]!r}…"


def composed(name: str) -> str:
    """Return a name in the one form in which names are compared: NFC.

    Some systems store `É` as two characters where it was typed as one; to people it is the same name.
    """
    return unicodedata.normalize("NFC", name)


def printable(text: str) -> str:
    r"""Escape what could drive or deceive a terminal: control, invisible and bidirectional characters as `\x1b`.

    The zero-width joiner and variation selectors inside emoji stay, line feeds do not: a message is one line.
    """
    return "".join(character if _is_harmless(character) else _escaped(character) for character in text)


def _is_harmless(character: str) -> bool:
    return character == "\u200d" or unicodedata.category(character) not in _UNPRINTABLE


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
