"""Template sets for tests, made of texts, and an environment that reads them as the one that renders does."""

from collections.abc import Mapping
from pathlib import Path

from copier._jinja_ext import YieldExtension
from jinja2 import Environment, FunctionLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

from scaffold.templates.sets import Layer, TemplateSet

NAME = "template/{% yield task from tasks %}{{ plan_name }}_{{ task.slug }}.md{% endyield %}"
START = f"{NAME}.jinja"
"""The file that makes the documents, which the lowest layer has."""


def template_set(*layers: Mapping[str, str | bytes]) -> TemplateSet:
    """Return a set of layers, the topmost first: `top` and `base`, with a `middle` of three."""
    names = {1: ("base",), 2: ("top", "base"), 3: ("top", "middle", "base")}[len(layers)]
    return TemplateSet(
        "top",
        tuple(
            Layer(
                name,
                Path("/nowhere", name),
                f"templates/{name}",
                {file: text.encode() if isinstance(text, str) else text for file, text in sorted(files.items())},
            )
            for name, files in zip(names, layers, strict=True)
        ),
        "top",
    )


def environment(templates: TemplateSet | None = None, loaded: set[str] | None = None) -> Environment:
    """Return an environment like that which renders; what it loads is noted in `loaded`."""

    def load(name: str) -> str | None:
        source = templates.find(name) if templates else None
        if source is None:
            return None
        if loaded is not None:
            loaded.add(source.view)
        return source.content.decode()

    return SandboxedEnvironment(extensions=[YieldExtension], loader=FunctionLoader(load), undefined=StrictUndefined)
