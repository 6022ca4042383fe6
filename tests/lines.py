"""The lines that a person wrote into a text, and which of them are lost in another."""

from collections import Counter

from scaffold.document.differences import parts


def keys(text: str) -> list[str]:
    """Return the lines that are not blank, without the blanks at their end."""
    return [key for line in text.split("\n") if (key := line.rstrip(" \t\r"))]


def written(generated: str, edited: str) -> Counter[str]:
    """Return the lines that the person added or changed."""
    return Counter(keys(edited)) - Counter(keys(generated))


def lost(generated: str, edited: str, result: str) -> list[str]:
    """Return the lines that the person wrote of which the result has not even the parts that the person changed."""
    there = keys(result)
    return [
        line
        for line in written(generated, edited) - Counter(there)
        if not any(
            all(part in (was, now) for part, was, now in zip(parts(line), parts(before), parts(after), strict=True))
            for before in keys(generated)
            if before != line
            for after in there
        )
    ]
