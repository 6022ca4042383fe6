"""The names under which documents say what we look for: data, so that teams can add theirs and the manual can list it.

A name counts when it equals a heading or label after `key` has reduced both to their bare form.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache

from scaffold.lazy.patterns import regex
from scaffold.lazy.values import frozen, replace
from scaffold.reading.letters import is_letter, is_ornament, plain

_LONGEST = 120
"""A heading of more characters than this is a sentence and names no field."""

_SHORTCODE = regex(r":[a-z0-9_+-]+:")
_ENUMERATOR = regex(r"[(（]?(?:[IVX]+|[^\W\d_]|\d+[^\W\d_]?)[.)）]")
_BRACKETS = {")": "(", "]": "["}
_JOINTS = regex(r"\s*(?:&|\+|/|,|\band\b)\s*")


@frozen
class Terms:
    """What one field may be called. Any of `names` is its name; `synonyms` are tried after them, one by one."""

    field: str
    names: tuple[str, ...]
    synonyms: tuple[str, ...] = ()


class Vocabulary:
    """Everything that is identified by its name: `fields` by headings and labels, `marks` by labels inside them.

    It is equal to another of the same terms. Its names are indexed once: a document asks for them hundreds of times.
    """

    def __init__(self, fields: tuple[Terms, ...], marks: tuple[Terms, ...] = ()) -> None:
        self.fields, self.marks = fields, marks

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Vocabulary) and (self.fields, self.marks) == (other.fields, other.marks)

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash((self.fields, self.marks))

    @cached_property
    def _keys(self) -> Mapping[str, tuple[frozenset[str], ...]]:
        return {terms.field: _key_sets(terms) for terms in (*self.fields, *self.marks)}

    @cached_property
    def _places(self) -> Mapping[str, Mapping[str, int]]:
        """By field, at which place of its `keys` a key comes first."""
        return {
            field: {key: place for place, keys in reversed([*enumerate(groups)]) for key in keys}
            for field, groups in self._keys.items()
        }

    @cached_property
    def _fields(self) -> Mapping[str, str]:
        return _owners(self.fields)

    @cached_property
    def _marks(self) -> Mapping[str, str]:
        return _owners(self.marks)

    def keys(self, field: str) -> tuple[frozenset[str], ...]:
        """Return the keys of all names of a field together, then those of each synonym: the order in which they count.

        Raises KeyError for a field that does not exist.
        """
        return self._keys[field]

    def present(self, field: str, among: Mapping[str, object]) -> list[tuple[int, frozenset[str]]]:
        """Return those of `keys` of which any is `among` what a document has, each with its place in `keys`."""
        places = self._places[field]
        keys = self._keys[field]
        return [(place, keys[place]) for place in sorted({places[key] for key in places.keys() & among.keys()})]

    def field_of(self, title_key: str) -> str | None:
        """Return the field that a heading with this key holds, if any."""
        return self._fields.get(title_key)

    def rank(self, title_key: str) -> int:
        """Return the place of a key among the names of the field it belongs to: 0 for a name, then each synonym's.

        Raises KeyError for a key of no field.
        """
        return next(at for at, keys in enumerate(self._keys[self._fields[title_key]]) if title_key in keys)

    def mark_of(self, label_key: str) -> str | None:
        """Return what a label with this key inside a phase introduces, if anything."""
        return self._marks.get(label_key)

    def extended(self, additions: Mapping[str, Sequence[str]]) -> "Vocabulary":
        """Add synonyms: `extended({"objective": ["Aim of the work"]})`. They are tried before the built-in ones.

        Where an addition is a built-in synonym of another field, that field loses it. Raises KeyError for a field that
        does not exist; `extendable` lists those that do.
        """
        unknown = [field for field in additions if field not in self._keys]
        if unknown:
            raise KeyError(unknown[0])
        return Vocabulary(_extended(self.fields, additions), _extended(self.marks, additions))

    @property
    def extendable(self) -> tuple[str, ...]:
        """The fields whose synonyms can be added to."""
        return tuple(self._keys)


def _extended(group: tuple[Terms, ...], additions: Mapping[str, Sequence[str]]) -> tuple[Terms, ...]:
    owners = {key(name): terms.field for terms in group for name in additions.get(terms.field, ())}
    return tuple(
        replace(
            terms,
            synonyms=(
                *additions.get(terms.field, ()),
                *(name for name in terms.synonyms if owners.get(key(name), terms.field) == terms.field),
            ),
        )
        for terms in group
    )


def _key_sets(terms: Terms) -> tuple[frozenset[str], ...]:
    return frozenset(map(key, terms.names)), *(frozenset({key(synonym)}) for synonym in terms.synonyms)


def _owners(group: tuple[Terms, ...]) -> dict[str, str]:
    """Map every name's key to its field; where two fields know a synonym, the earlier field has it."""
    owners = {key(name): terms.field for terms in reversed(group) for name in reversed(terms.synonyms)}
    owners |= {key(name): terms.field for terms in reversed(group) for name in terms.names}
    return {name: owner for name, owner in owners.items() if name}


@lru_cache(maxsize=4096)
def key(title: str) -> str:
    """Reduce a heading or label to the bare form in which names are compared: by all its letters, of any script.

    Leading words without a letter (emoji, numbers, symbols in a broken encoding), enumerators (`II.`, `b)`) and emoji
    shortcodes go, but never the last word; so do trailing colons, parentheses and symbols, the case, what is
    invisible, and the kind of a blank: `## 🎯 2. Objective (What):` becomes `objective`.
    """
    words = title.split() if len(title) <= _LONGEST else []
    if (bare := " ".join(words)).isascii() and bare.replace(" ", "").isalpha():
        return bare.lower()  # nothing to take away, as in most
    while len(words) > 1 and _is_decoration(words[0]):
        del words[0]
    text = " ".join(plain(" ".join(words)).split())
    while (shorter := _without_tail(text)) != text:
        text = shorter
    start = next((index for index, character in enumerate(text) if is_letter(character)), 0)
    return plain(text[start:].casefold())


def parts(title_key: str) -> tuple[str, ...]:
    """Split the key of a combined heading: `objective & approach` is `("objective", "approach")`."""
    return tuple(part for part in _JOINTS.split(title_key) if part)


def _is_decoration(word: str) -> bool:
    """Whether a leading word only decorates or numbers what follows."""
    return is_ornament(word) or bool(_SHORTCODE.fullmatch(word) or _ENUMERATOR.fullmatch(word))


def _without_tail(text: str) -> str:
    """Drop one trailing colon, bracketed remark or symbol, if there is one and something stays."""
    if text.endswith(tuple(_BRACKETS)):
        closing, opening = text[-1], _BRACKETS[text[-1]]
        depth = 0
        for index in range(len(text) - 1, 0, -1):
            depth += (text[index] == closing) - (text[index] == opening)
            if not depth:
                return text[:index].rstrip() or text
        return text
    if len(text) > 1 and not is_letter(text[-1]) and text[-1] != "`":
        return text[:-1].rstrip() or text
    return text


def table(vocabulary: Vocabulary) -> str:
    """Return the vocabulary as a Markdown table, one row per field in the order of the data, ending in a newline."""
    rows = [
        f"| `{terms.field}` | {'; '.join(terms.names)} | {'; '.join(terms.synonyms)} |"
        for terms in (*vocabulary.fields, *vocabulary.marks)
    ]
    return "\n".join(["| field | names | synonyms, in order |", "|---|---|---|", *rows]) + "\n"
