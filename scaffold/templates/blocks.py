"""The blocks of a template file: the places that a file which extends it may override."""

import re
from scaffold.lazy.patterns import regex
from scaffold.lazy.values import frozen

_TOKEN = regex(
    r"\{#[-+]?(?P<comment>.*?)[-+]?#\}"
    r"|\{%[-+]?\s*raw\s*[-+]?%\}.*?\{%[-+]?\s*endraw\s*[-+]?%\}"
    r"|\{%[-+]?\s*block\s+(?P<block>\w+)",
    re.DOTALL,
)
_MEANING = regex(r"(?P<block>\w+):\s+(?P<meaning>.*)", re.DOTALL)


@frozen
class Block:
    """A block of a template file: `meaning` says what it makes, empty where the file does not; `line` is 1-based."""

    name: str
    meaning: str
    line: int


def blocks_of(text: str) -> tuple[Block, ...]:
    """Return the blocks that a template file defines, in their order.

    What a block makes is said by a comment before it, `{# NAME: what it makes #}`.
    """
    found: list[Block] = []
    meanings: dict[str, str] = {}
    for token in _TOKEN.finditer(text):
        if said := _MEANING.fullmatch((token["comment"] or "").strip()):
            meanings[said["block"]] = " ".join(said["meaning"].split())
        elif name := token["block"]:
            found.append(Block(name, meanings.get(name, ""), text.count("\n", 0, token.start()) + 1))
    return tuple(found)
