"""Template sets on disk, read once and within bounds: a complete copier template, and the layers that lie over it."""

import errno
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path

from scaffold.errors import InvalidInput
from scaffold.model import Json
from scaffold.plan import files
from scaffold.plan.template_settings import BUILT_IN
from scaffold.reading import merge_markers
from scaffold.lazy.patterns import regex
from scaffold.lazy.values import fresh, frozen

_PACKAGE = Path(__file__).parent.parent
_READ = frozenset({".jinja", ".j2", ".yml", ".yaml", ".md", ".txt"})
"""Files that are rendered or copied; what a merge leaves beside them, `x.jinja.orig`, may hold what it likes."""

LEFT_ALONE = (".git", ".venv", ".gitkeep", ".DS_Store", "Thumbs.db", "*.swp", "*~", ".#*")
"""What editors and systems leave in a directory: it is not part of a set, is not counted, and does no harm."""

SETTINGS = ("copier.yml", "copier.yaml")
_ADDRESS = regex(r"[a-z+]+://|git@|g[hl]:")
MAX_FILES = 10_000
MAX_BYTES = 10_000_000


@frozen
class Layer:
    """One directory of a template set, as it was read: `files` are all that count in it, by their POSIX paths.

    `name` is what templates call it, `directory` is absolute, `shown` the same as messages name it: a path that can be
    opened from where the user stands. A layer that is `trusted` came with scaffold.
    """

    name: str
    directory: Path
    shown: str
    files: Mapping[str, bytes]
    trusted: bool = False

    def path(self, file: str) -> str:
        """Return the path of one of its files, as messages name it."""
        return str(Path(self.shown, file))


@frozen
class Source:
    """One file as templates see it: `view` is the name they call it by, `file` its path in the layer it comes from."""

    view: str
    layer: Layer
    file: str

    @property
    def path(self) -> str:
        """Its path, as messages name it."""
        return self.layer.path(self.file)

    @property
    def content(self) -> bytes:
        """Its bytes, as they were read."""
        return self.layer.files[self.file]


@frozen
class TemplateSet:
    """Layers over a complete copier template, which is the last of `layers`; the topmost is the first.

    `name` is what the user calls it, `recorded` what records do: it means the same set to everybody. `data` are
    variables that its settings define; `answers` those that must be questions of its
    copier.yml, and `said_in` the place in the settings that says so. A file's name means the file of the topmost layer that has it; behind the name
    of a layer and a slash, that of this layer or else of those below it.
    """

    name: str
    layers: tuple[Layer, ...]
    recorded: str
    data: Mapping[str, Json] = fresh(factory=dict)
    answers: tuple[str, ...] = ()
    said_in: tuple[str, int] | None = None

    @property
    def base(self) -> Layer:
        """The complete copier template."""
        return self.layers[-1]

    @property
    def trusted(self) -> bool:
        """Whether all of it came with scaffold."""
        return all(layer.trusted for layer in self.layers)

    def find(self, name: str) -> Source | None:
        """Return the file that templates call `name`, None where there is none."""
        parts = [part for part in name.split("/") if part not in ("", ".")]
        view, layers = "/".join(parts), self.layers
        if len(parts) > 1:
            named = next((at for at, layer in enumerate(self.layers) if layer.name == parts[0]), None)
            if named is not None:
                layers, parts = self.layers[named:], parts[1:]
        file = "/".join(parts)
        return next((Source(view, layer, file) for layer in layers if file in layer.files), None)

    def files_digest(self) -> str:
        """Return the SHA-256 over every file of every layer and all further variables, also what reaches no document.

        It takes milliseconds, while the digest of what can reach a document is worked out where that is rendered.
        """
        total = hashlib.sha256(json.dumps([self.recorded, self.data, self.answers], sort_keys=True).encode())
        for layer in self.layers:
            for file, content in layer.files.items():
                total.update(b"%b\0%b\0%d\0%b" % (layer.name.encode(), file.encode(), len(content), content))
        return total.hexdigest()

    def views(self) -> Iterator[str]:
        """Yield every name by which a file can be called, those of the topmost view first."""
        for at, layer in enumerate(self.layers):
            seen = {file for below in self.layers[at:] for file in below.files}
            yield from sorted(seen if at == 0 else (f"{layer.name}/{file}" for file in seen))


def built_in(kind: str) -> TemplateSet:
    """Open a template set that comes with scaffold: `execution_task` or `subplan`."""
    return TemplateSet(f"{BUILT_IN} {kind}", (built_in_layer(kind),), f"{BUILT_IN} {kind}")


def built_in_layer(kind: str) -> Layer:
    """Read the complete set of a kind that comes with scaffold.

    In a wheel they lie inside the package, in a checkout (and so in an editable install) beside it.
    """
    installed, checkout = _PACKAGE / "template_sets" / kind, _PACKAGE.parent / "templates" / kind
    directory = installed if installed.is_dir() else checkout
    return read_layer(BUILT_IN, directory, str(directory), trusted=True)


def from_directory(source: str) -> TemplateSet:
    """Open the complete template set in a directory; its working tree counts, whatever git says of it.

    Raises InvalidInput when it is no directory, there is no copier template in it, a file cannot be read, a link leads
    out of it, or it is too much.
    """
    hint = "name a directory with a copier.yml, such as a copy of scaffold's own template set"
    directory = Path(source)
    if not source or not os.path.isdir(directory):  # noqa: PTH112 - pathlib fails on a name that no directory can have
        message = f"template {source or repr(source)}: {_why_no_directory(source)}"
        raise InvalidInput.of("template_not_found", message, hint=hint)
    if not any((directory / name).is_file() for name in SETTINGS):
        raise InvalidInput.of("template_invalid", f"template {source}: it has no copier.yml", hint=hint)
    return TemplateSet(source, (read_layer("", directory, source),), source)


def _why_no_directory(source: str) -> str:
    if not source:
        return "the name is empty; leave --template out, and scaffold.yml or the built-in set counts"
    if _ADDRESS.match(source):
        return "this is an address, and only directories are accepted: clone it, and name the directory"
    if os.path.isfile(source):  # noqa: PTH113 - as above
        return "this is a file, and a template set is a directory"
    return "there is no such directory"


def read_layer(name: str, directory: Path, shown: str, *, trusted: bool = False) -> Layer:
    """Read a directory of a template set; raises InvalidInput for what cannot be read or is too much."""
    try:
        return Layer(name, directory.resolve(), shown, _files(directory, shown), trusted)
    except OSError as error:
        message = f"template {shown}: cannot be read: {error.strerror}"
        hint = "make it a readable file with a name in UTF-8, or move it out of the template"
        path = str(error.filename or directory).replace(str(directory), shown, 1)
        raise InvalidInput.of("template_invalid", message, path=path, hint=hint) from error


def _files(directory: Path, shown: str) -> Mapping[str, bytes]:
    """Read every file, but for what is left alone, by its POSIX path, in their order.

    Raises OSError, also for what copier would stumble over, and InvalidInput for merge markers.
    """
    found: dict[str, bytes] = {}
    left = MAX_BYTES
    for path in sorted(_walked(directory)):
        name = path.relative_to(directory).as_posix()
        try:
            name.encode()
        except UnicodeEncodeError as error:
            raise OSError(errno.EILSEQ, "its name is not UTF-8", str(path)) from error
        content = files.read(path, left)
        if len(content) > left:
            raise OSError(errno.EFBIG, f"the template set has more than {MAX_BYTES:,} bytes with it", str(path))
        left -= len(content)
        if path.suffix in _READ and (
            markers := merge_markers.unresolved(content.decode("utf-8", "replace"), str(Path(shown, name)))
        ):
            raise InvalidInput(markers)
        found[name] = content
    return found


def _walked(directory: Path) -> Iterator[Path]:
    """Yield every file of the set in `directory`, at most MAX_FILES; raises OSError for links that lead out."""
    root, seen, folders = directory.resolve(), 0, [directory]
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                if is_left_alone(entry.name):
                    continue
                seen += 1
                if seen > MAX_FILES:
                    raise OSError(errno.EFBIG, f"the template set has more than {MAX_FILES:,} files", str(directory))
                path = Path(entry.path)
                if entry.is_symlink():
                    _check_link(path, root)
                if path.is_dir() and not path.parent.resolve().is_relative_to(os.path.realpath(path)):
                    folders.append(path)
                elif path.exists() and not path.is_dir():
                    yield path


def is_left_alone(name: str) -> bool:
    """Whether a file or directory of this name is no part of a set."""
    return any(fnmatchcase(name, pattern) for pattern in LEFT_ALONE)


def _check_link(path: Path, root: Path) -> None:
    """A link that leads nowhere does no harm: editors use them to mark open files."""
    target = Path(os.path.realpath(path))  # pathlib fails on links that lead to each other
    inside = target.is_relative_to(root) and ".git" not in target.relative_to(root).parts
    if path.exists() and not inside:
        raise OSError(errno.EXDEV, "it is a link that leads out of the template set", str(path))
