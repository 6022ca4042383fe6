"""A template set and its variables to the bytes of documents, with one copier run.

Sets that did not come with scaffold are read and rendered by a child process within limits.
"""

import json
import platform
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from scaffold.errors import InvalidInput, WriteFailed
from scaffold.model import Json
from scaffold.names import agreed
from scaffold.render import child
from scaffold.render.child import ChildBroken, LimitReached, Limits
from scaffold.render.place import private_directory
from scaffold.render.sets import TemplateSet, built_in, from_directory

__all__ = ["TemplateSet", "built_in", "from_directory", "render"]

MAX_DOCUMENT_BYTES = 256_000
_MAX_BYTES = 64_000_000
_MAX_OTHER_FILES = 100
_MAX_HEADER_BYTES = 1_000_000
_MAX_MESSAGE = 2_000

Documents = dict[str, bytes]


def render(template: TemplateSet, answers: Mapping[str, Json], planned: tuple[str, ...]) -> Mapping[str, bytes]:
    """Render `template` with `answers` and return the bytes of every planned file by its name.

    Raises InvalidInput when the template is wrong, naming its file and line, takes more than it may, or makes other
    files than `planned`; WriteFailed when there is no room to render.
    """
    _load()
    with private_directory() as place:
        source = template.directory.resolve()  # the child is in another directory
        task = partial(_documents, template, source, answers, planned, place)
        return task() if template.trusted else _in_a_child(template, task, planned, place)


def _load() -> None:
    """Import copier, which takes half a second: only when something is rendered, and before a child is made."""
    try:
        with _processor_unasked():
            import scaffold.render.worker  # noqa: F401
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
        answer=min(documents * MAX_DOCUMENT_BYTES, _MAX_BYTES) + _MAX_HEADER_BYTES,
    )


def _documents(
    template: TemplateSet, source: Path, answers: Mapping[str, Json], planned: tuple[str, ...], place: Path
) -> Documents:
    """Render in this process; raises OSError too, when there is no room."""
    from scaffold.render import worker
    from scaffold.render.faults import template_errors

    made = _Made(template, len(planned))
    memory = None if template.trusted else _limits(len(planned)).memory_reached
    base = "" if template.trusted else template.name
    with template_errors(template.name, source, memory, base):
        worker.run(source, place, answers, made.take)
    _check_names(template, set(made.documents), set(planned))
    return {name: made.documents[name] for name in planned}


class _Made:
    """The documents that a template makes, collected and counted."""

    def __init__(self, template: TemplateSet, planned: int) -> None:
        self.documents: Documents = {}
        self._template = template
        self._most = planned + _MAX_OTHER_FILES
        self._bytes = 0

    def take(self, name: str, content: bytes) -> None:
        """Keep a document; raises InvalidInput for a name that occurs twice and for content that is not UTF-8."""
        self._bytes += len(content)
        if len(content) > MAX_DOCUMENT_BYTES:
            raise LimitReached(f"more than {MAX_DOCUMENT_BYTES:,} bytes for {name}")
        if self._bytes > _MAX_BYTES:
            raise LimitReached(f"more than {_MAX_BYTES:,} bytes in all")
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
    if made == planned:
        return
    missing, extra = sorted(planned - made), sorted(made - planned)
    parts = [f"did not make {', '.join(missing[:3])}"] if missing else []
    parts += [f"made {', '.join(extra[:3])}, which {agreed(len(extra), 'was', 'were')} not asked for"] if extra else []
    message = f"template {template.name} {' and '.join(parts)}"
    hint = f"its file name must be different for every document, such as {min(planned)}: see the built-in template set"
    raise InvalidInput.of("template_names", message, hint=hint)


def _in_a_child(
    template: TemplateSet, task: Callable[[], Documents], planned: tuple[str, ...], place: Path
) -> Documents:
    from scaffold.render.faults import limit_reached

    try:
        answer = child.run(partial(_packed, task), place, _limits(len(planned)))
    except LimitReached as error:
        raise limit_reached(template.name, str(error)) from error
    try:
        return _unpacked(answer, planned)
    except (ValueError, TypeError, KeyError, RecursionError) as error:  # the child is not believed
        raise ChildBroken("the child process gave an answer that makes no sense") from error


def _packed(task: Callable[[], Documents]) -> bytes:
    """Return what `task` gives or raises as bytes: a line of JSON, and after it the documents."""
    header: dict[str, Json]
    documents: Documents = {}
    try:
        documents = task()
        header = {"documents": [[name, len(content)] for name, content in documents.items()]}
    except InvalidInput as error:
        (told,) = error.diagnostics
        header = {"invalid": [told.code, told.message[:_MAX_MESSAGE], told.path, told.line, told.hint]}
    except OSError as error:
        header = {"no_room": [error.errno, error.strerror]}
    return b"\n".join((json.dumps(header).encode(), b"".join(documents.values())))


def _unpacked(answer: bytes, planned: tuple[str, ...]) -> Documents:
    """Unpack what `_packed` returned, without trusting it; raises InvalidInput and OSError as they were."""
    line, _, content = answer.partition(b"\n")
    if len(line) > _MAX_HEADER_BYTES:
        raise ValueError("header")
    header = json.loads(line)
    if "no_room" in header:
        number, reason = header["no_room"]
        raise OSError(int(number), str(reason))
    if "invalid" in header:
        code, message, path, at, hint = header["invalid"]
        raise InvalidInput.of(str(code), str(message), path=_text(path), line=at and int(at), hint=_text(hint))
    documents, start = {}, 0
    for name, length in header["documents"]:
        if not isinstance(length, int) or not 0 <= length <= MAX_DOCUMENT_BYTES:
            raise ValueError("length")
        documents[name] = content[start : start + length]
        documents[name].decode()
        start += length
    if start != len(content) or tuple(documents) != planned:
        raise ValueError("documents")
    return documents


def _text(value: Json) -> str | None:
    return None if value is None else str(value)
