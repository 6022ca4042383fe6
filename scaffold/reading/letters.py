"""Characters as people mean them: what is a blank to the eye, what nobody sees, what a broken encoding left.

A text is compared without these differences; where it is copied it stays as it was written.
"""

import unicodedata
from functools import lru_cache

from scaffold.lazy.patterns import regex

BLANKS = "\u00a0\u2000-\u200a\u202f\u205f\u3000"
"""Blanks besides the space, for a character class: no-break, narrow, figure and ideographic ones."""

UNSEEN = "\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
"""Characters of no width that no script needs, for a character class: joiners are not among them."""

_UNSEEN = regex(f"[{UNSEEN}]+")
_SELECTORS = regex("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_LETTERLIKE = frozenset("ℹ")
_BROKEN_AS = ("cp1251", "mac_roman", "cp437", "cp850")
_CP1252_GAPS = {number: bytes([number]) for number in (0x81, 0x8D, 0x8F, 0x90, 0x9D)}


def plain(text: str) -> str:
    """Return a text as it is compared: compatible forms made one (NFKC), so every colon is one; nothing invisible."""
    if text.isascii():
        return text
    folded = unicodedata.normalize("NFKC", text)
    return "".join(character for character in folded if unicodedata.category(character) != "Cf")


def seen(text: str) -> str:
    """Return a text without the characters of no width that no script needs."""
    return text if text.isascii() else _UNSEEN.sub("", text)


def is_letter(character: str) -> bool:
    """Whether a character is a letter, a digit or a vowel sign, in any script."""
    if character.isalnum():
        return character not in _LETTERLIKE
    return unicodedata.category(character) in ("Mn", "Mc") and not _SELECTORS.match(character)


def is_ornament(word: str) -> bool:
    """Whether a word has no letters at all, or is a symbol that a wrong encoding turned into letters: `ðŸŽ¯`."""
    if any(character.isascii() and character.isalpha() for character in word):
        return False
    return not any(character.isalpha() and is_letter(character) for character in word) or _is_broken(word)


@lru_cache(maxsize=1024)
def _is_broken(word: str) -> bool:
    """Whether the bytes that a word has in an older encoding are UTF-8 for symbols; some of them may be lost."""
    symbols = [_cp1252(word).decode("utf-8", "ignore")]
    for encoding in _BROKEN_AS:
        try:
            symbols.append(word.encode(encoding).decode("utf-8"))
        except UnicodeError:
            continue
    return any(text and not text.isascii() and not any(map(str.isalnum, text)) for text in symbols)


def _cp1252(word: str) -> bytes:
    """Encode as browsers do: what Windows-1252 leaves open is the byte itself. What has no byte counts as none."""
    return b"".join(_CP1252_GAPS.get(ord(one)) or one.encode("cp1252", "ignore") for one in word)
