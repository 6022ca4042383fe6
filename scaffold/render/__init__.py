"""A template set and its variables to the bytes of documents: a plain set without copier, any other in one copier run.

Sets that did not come with scaffold are read and rendered by a child process within limits.
"""

import json
import platform
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.errors import Diagnostic, InvalidInput, WriteFailed, code_of
from scaffold.lazy.values import frozen, replace
from scaffold.model import Json
from scaffold.render import child
from scaffold.render.child import ChildBroken, LimitReached, Limits
from scaffold.render.place import private_directory
from scaffold.templates.sets import TemplateSet, built_in, from_directory

if TYPE_CHECKING:
    from scaffold.render.plain import Plain

__all__ = ["Rendered", "TemplateSet", "bounded", "built_in", "from_directory", "render"]

MAX_DOCUMENT_BYTES = 256_000
_MAX_BYTES, _MAX_BYTES_EACH = 64_000_000, 32_000
_MAX_OTHER_FILES = 100
_MAX_HEADER_BYTES, _MAX_HEADER_BYTES_EACH = 1_000_000, 1_000
_MAX_MESSAGE = 2_000
_DIGEST_BYTES = 32

_PLAIN, _COPIER = "scaffold.render.plain", "scaffold.render.worker"
"""What renders a plain set, and what any other: copier takes half a second to import."""

Documents = dict[str, bytes]


@frozen
class Rendered:
    """What one run made: the bytes of every planned file by its name, and the digest of the set it is made with.

    The digest is the SHA-256 over all that can reach the documents: files of every layer, settings, further variables.
    `copier` says why copier was needed, as it follows `because`; None where it was not.
    """

    documents: Mapping[str, bytes]
    digest: str
    copier: str | None = None


def render(template: TemplateSet, answers: Mapping[str, Json], planned: tuple[str, ...]) -> Rendered:
    """Render `template` with `answers`, to exactly the `planned` files.

    Raises InvalidInput when the template is wrong, naming its file and line, takes more than it may, or makes other
    files; WriteFailed when there is no room to render.
    """
    _load(_PLAIN)
    from scaffold.render.plain import NotPlain, compile_what_is_trusted

    if not template.trusted:
        compile_what_is_trusted(template)
    with private_directory() as place:
        try:
            task = partial(_plainly, template, answers, planned)
            return task() if template.trusted else _in_a_child(template, task, planned, place)
        except NotPlain as error:
            reason = str(error)
        _load(_COPIER)
        task = partial(_documents, template, deepcopy(answers), planned, place)
        made = task() if template.trusted else _in_a_child(template, task, planned, place)
        return replace(made, copier=reason)


def bounded(template: TemplateSet, task: Callable[[Path], Json]) -> Json:
    """Return what `task`, called with an empty directory, says of a template set: in a child unless it is trusted.

    Raises InvalidInput for what is wrong with the set, as `render` does.
    """
    _load(_COPIER)
    with private_directory() as place:
        explained = partial(_explained, template, task, place)
        if template.trusted:
            return explained()
        return json.loads(_answer(template, lambda: (explained(), ()), 0, place)[0])["answer"]  # type: ignore[no-any-return]


def _explained(template: TemplateSet, task: Callable[[Path], Json], place: Path) -> Json:
    from scaffold.render.faults import template_errors

    with template_errors(template, None if template.trusted else _limits(0).memory_reached):
        return task(place)


def _load(name: str) -> None:
    """Import what renders: only when something is rendered, and before a child is made."""
    try:
        with _processor_unasked():
            import_module(name)
    except ImportError as error:  # also where memory is limited: its compiled parts cannot be mapped then
        hint = "free memory, or install scaffold again"
        raise WriteFailed.of("copier_unloadable", f"copier cannot be loaded: {error}", hint=hint) from error


@contextmanager
def _processor_unasked() -> Iterator[None]:
    """Keep Python from running the program `uname -p`, wherever PATH has one, for a module that copier imports.

    It wants the system's name alone, which Python knows, but in a way that asks for the processor as well.
    """
    known = vars(platform.uname())
    if "processor" in known:
        yield
        return
    known["processor"] = ""
    try:
        yield
    finally:
        del known["processor"]


def _limits(documents: int) -> Limits:
    """Return the limits of rendering: far more than the 5 ms that a document needs, even on a busy machine."""
    return Limits(
        processor=4 + documents // 25,
        wall=7 + documents // 10,
        memory=512_000_000,
        answer=min(documents * MAX_DOCUMENT_BYTES, _most_bytes(documents)) + _most_header_bytes(documents),
    )


def _most_bytes(documents: int) -> int:
    """Return how many bytes all documents of a run may have: few of them may be long, thousands are as most are."""
    return max(_MAX_BYTES, documents * _MAX_BYTES_EACH)


def _most_header_bytes(documents: int) -> int:
    """Return how long the line may be that a child tells names and lengths in."""
    return max(_MAX_HEADER_BYTES, documents * _MAX_HEADER_BYTES_EACH)


def _plainly(template: TemplateSet, answers: Mapping[str, Json], planned: tuple[str, ...]) -> Rendered:
    """Render a plain set; raises NotPlain for any other, and where anything but a limit fails: copier tells why."""
    from scaffold.render.faults import template_errors
    from scaffold.render.plain import NotPlain, Plain

    made = _Made(template, len(planned))
    with template_errors(template, None if template.trusted else _limits(len(planned)).memory_reached):
        try:
            plain = _compiled(template) if template.trusted else Plain(template)
            plain.render(answers, made.take)
            if set(made.documents) != set(planned):
                raise NotPlain("it makes other files than those that are asked for")
        except (LimitReached, MemoryError, NotPlain):
            raise
        except Exception as error:
            raise NotPlain(f"it failed without: {type(error).__name__}") from error
    return Rendered({name: made.documents[name] for name in planned}, plain.digest)


_compiled_sets: "dict[str, Plain]" = {}


def _compiled(template: TemplateSet) -> "Plain":
    """Return a set that came with scaffold, compiled once: it is rendered several times to fit, and by a watch."""
    from scaffold.render.plain import Plain

    key = template.files_digest()
    if key not in _compiled_sets:
        _compiled_sets[key] = Plain(template)
    return _compiled_sets[key]


def _documents(template: TemplateSet, answers: Mapping[str, Json], planned: tuple[str, ...], place: Path) -> Rendered:
    """Render in this process; raises OSError too, when there is no room."""
    from scaffold.render import worker
    from scaffold.render.faults import template_errors

    made = _Made(template, len(planned))
    with template_errors(template, None if template.trusted else _limits(len(planned)).memory_reached):
        digest = worker.run(template, place, answers, planned, made.take)
    _check_names(template, set(made.documents), set(planned))
    return Rendered({name: made.documents[name] for name in planned}, digest)


class _Made:
    """The documents that a template makes, collected and counted."""

    def __init__(self, template: TemplateSet, planned: int) -> None:
        self.documents: Documents = {}
        self._template = template
        self._most, self._most_bytes = planned + _MAX_OTHER_FILES, _most_bytes(planned)
        self._bytes = 0

    def take(self, name: str, content: bytes) -> None:
        """Keep a document; raises InvalidInput for a name that occurs twice and for content that is not UTF-8."""
        self._bytes += len(content)
        if len(content) > MAX_DOCUMENT_BYTES:
            raise LimitReached(f"more than {MAX_DOCUMENT_BYTES:,} bytes for {name}")
        if self._bytes > self._most_bytes:
            raise LimitReached(f"more than {self._most_bytes:,} bytes in all")
        if len(self.documents) == self._most:
            raise LimitReached(f"more than {self._most:,} files")
        if name in self.documents:
            hint = "its file name must be different for every document: see the built-in template set"
            raise InvalidInput.of("template_names", f"template {self._template.name} made {name} twice", hint=hint)
        try:
            content.decode()
        except UnicodeDecodeError as error:
            message = f"template {self._template.name}: {name} is not UTF-8"
            raise InvalidInput.of("template_invalid", message, hint="save the template's files as UTF-8") from error
        self.documents[name] = content


def _check_names(template: TemplateSet, made: set[str], planned: set[str]) -> None:
    """Raise InvalidInput unless the output is what was planned: names with `/` would get lost silently."""
    if made != planned:
        from scaffold.render.faults import other_files

        raise other_files(template, sorted(made - planned), sorted(planned - made), min(planned))


def _in_a_child(template: TemplateSet, task: Callable[[], Rendered], planned: tuple[str, ...], place: Path) -> Rendered:
    def told() -> tuple[Json, tuple[bytes, ...]]:
        made = task()
        lengths: list[Json] = [[name, len(content)] for name, content in made.documents.items()]
        return {"digest": made.digest, "documents": lengths}, tuple(made.documents.values())

    line, content = _answer(template, told, len(planned), place)
    with _not_believed():
        answer = json.loads(line)["answer"]
        return Rendered(_unpacked(answer["documents"], content, planned), _digest(answer["digest"]))


def _answer(
    template: TemplateSet, task: Callable[[], tuple[Json, tuple[bytes, ...]]], documents: int, place: Path
) -> tuple[bytes, bytes]:
    """Return a line of JSON and the bytes after it that `task` gives in a child; raises as it does there."""
    from scaffold.render.faults import limit_reached
    from scaffold.render.plain import NotPlain

    try:
        answer = child.run(partial(_packed, task), place, _limits(documents))
    except LimitReached as error:
        raise limit_reached(template.name, str(error)) from error
    line, _, content = answer.partition(b"\n")
    with _not_believed():
        if len(line) > _most_header_bytes(documents):
            raise ValueError("header")
        header = json.loads(line)
        no_room, invalid, not_plain = (header.get(name) for name in ("no_room", "invalid", "not_plain"))
        if not_plain is not None:
            failure: Exception = NotPlain(str(not_plain))
        elif no_room:
            number, reason = no_room
            failure = OSError(int(number), str(reason))
        elif invalid:
            failure = InvalidInput([_diagnostic(*told) for told in invalid])
        else:
            return line, content
    raise failure


@contextmanager
def _not_believed() -> Iterator[None]:
    try:
        yield
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:  # the child is not believed
        raise ChildBroken("the child process gave an answer that makes no sense") from error


def _packed(task: Callable[[], tuple[Json, tuple[bytes, ...]]]) -> bytes:
    """Return what `task` gives or raises as bytes: a line of JSON, and after it the documents."""
    from scaffold.render.plain import NotPlain

    header: dict[str, Json]
    contents: tuple[bytes, ...] = ()
    try:
        answer, contents = task()
        header = {"answer": answer}
    except NotPlain as error:
        header = {"not_plain": str(error)[:_MAX_MESSAGE]}
    except InvalidInput as error:
        header = {
            "invalid": [
                [told.code, told.message[:_MAX_MESSAGE], told.path, told.line, told.hint] for told in error.diagnostics
            ]
        }
    except OSError as error:
        header = {"no_room": [error.errno, error.strerror]}
    return b"\n".join((json.dumps(header).encode(), b"".join(contents)))


def _diagnostic(code: Json, message: Json, path: Json, line: Json, hint: Json) -> Diagnostic:
    return Diagnostic(code_of(code), str(message), _text(path), int(str(line)) if line else None, _text(hint))


def _unpacked(lengths: Iterable[tuple[object, object]], content: bytes, planned: tuple[str, ...]) -> Documents:
    """Return the documents that a child says to have packed; raises what `_not_believed` handles."""
    documents: Documents = {}
    start = 0
    for name, length in lengths:
        if not isinstance(length, int) or not 0 <= length <= MAX_DOCUMENT_BYTES:
            raise ValueError("length")
        documents[str(name)] = content[start : start + length]
        documents[str(name)].decode()
        start += length
    if start != len(content) or tuple(documents) != planned:
        raise ValueError("documents")
    return documents


def _digest(value: Json) -> str:
    if not isinstance(value, str) or len(bytes.fromhex(value)) != _DIGEST_BYTES:
        raise ValueError("digest")
    return value


def _text(value: Json) -> str | None:
    return None if value is None else str(value)
