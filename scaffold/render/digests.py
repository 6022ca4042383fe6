"""One digest for all of a template set that can reach its documents: files, settings, and further variables."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatch

from scaffold.lazy.patterns import regex
from scaffold.templates.found import Reached
from scaffold.templates.sets import SETTINGS, Layer, TemplateSet

_INCLUDED = regex(rb"!include\s+[\"']?([^\s\"']+)")


def digest_of(template: TemplateSet, reached: Reached) -> str:
    """Return the SHA-256 over all that can reach documents: files, settings, and further variables that they read."""
    total = hashlib.sha256()
    sources = {source.view: source.content for source in reached.sources.values()}
    settings = _settings_files(template.base)
    read = {*reached.names, *(_words(settings) if template.answers else ())}
    data = {key: value for key, value in template.data.items() if key in read}
    for kind, named in ((b"t", sources), (b"s", settings)):
        for name in sorted(named):
            total.update(b"%b\0%b\0%d\0%b" % (kind, name.encode(), len(named[name]), named[name]))
    total.update(json.dumps(data, sort_keys=True).encode())
    return total.hexdigest()


def _words(settings: Mapping[str, bytes]) -> Iterator[str]:
    """Yield every word in the expressions of settings: answers are read by defaults of other questions, for example."""
    for content in settings.values():
        for line in content.decode("utf-8", "replace").splitlines():
            yield from re.findall(r"\w+", line.partition(":")[2])


def _settings_files(base: Layer) -> dict[str, bytes]:
    """Return copier.yml and what it includes, which may include others: names are patterns from the set's directory."""
    found: dict[str, bytes] = {}
    waiting = [name for name in SETTINGS if name in base.files]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = base.files[name]
            patterns = _INCLUDED.findall(found[name])
            waiting += [file for file in base.files for pattern in patterns if fnmatch(file, pattern.decode())]
    return found
