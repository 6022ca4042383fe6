"""Which template set a document is made with: what was asked for, else the first rule of scaffold.yml, else its default."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from scaffold.errors import Diagnostic, InvalidInput
from scaffold.model import Achievement, Json
from scaffold.names import DocumentKind, TemplateKind, listed, nearest, shown
from scaffold.plan import settings
from scaffold.plan.template_settings import BUILT_IN, NOTHING, REFUSE, SET_NAME, KindTemplates, Rule, SetSettings
from scaffold.templates.layering import layer_faults
from scaffold.templates.sets import SETTINGS, Layer, TemplateSet, built_in, built_in_layer, from_directory, read_layer
from scaffold.lazy.values import fresh, frozen

ASKED = "--template"
"""Why a set was chosen that the command line named."""

DEFAULT = "default"
"""Why a set was chosen that no rule chose: it is the default of scaffold.yml, or there is none."""


@frozen
class Choice:
    """The set that a document is made with, by its name, and what chose it: `rule 2 (team: data)`."""

    name: str
    rule: str


@frozen
class Teams:
    """The template sets for one kind of document in a workspace, and the rules that choose among them.

    `kind` is the name of the built-in set, `root` the workspace's directory, `settings_path` its scaffold.yml as
    messages name it. `said` is what the settings say.
    """

    kind: TemplateKind
    root: Path
    settings_path: str
    said: KindTemplates = fresh(factory=KindTemplates)

    def choices(self, asked: str | None, achievements: Iterable[tuple[Achievement, int]]) -> tuple[Choice, ...]:
        """Return the choice for each achievement, given with its dependency level; `asked` is what --template names.

        Raises InvalidInput with every achievement that no rule matches where the default is `refuse`.
        """
        wanted = tuple(achievements)
        if asked is not None:
            return (Choice(asked, ASKED),) * len(wanted)
        chosen = tuple(self._chosen(achievement, level) for achievement, level in wanted)
        refused = [
            self._refused(achievement)
            for (achievement, _), choice in zip(wanted, chosen, strict=True)
            if choice.name == REFUSE
        ]
        if refused:
            raise InvalidInput(refused)
        return chosen

    def _chosen(self, achievement: Achievement, level: int) -> Choice:
        for rule in self.said.rules:
            if matches(rule, achievement, level):
                return Choice(rule.use, rule_text(rule))
        return Choice(self.said.default, DEFAULT)

    def _refused(self, achievement: Achievement) -> Diagnostic:
        keys = tuple(dict.fromkeys(key for rule in self.said.rules for key, _ in rule.match if key != "level"))
        values = [(key, text) for key in keys for text in _texts(achievement, key)]
        said = listed(f"{key} {shown(text)}" for key, text in values if key != "id") or "none of the keys of the rules"
        message = f"no template set for achievement {achievement.id} ({said}): no rule matches, the default is refuse"
        return Diagnostic("template_refused", message, self.settings_path, self.said.line or None, self._advice(values))

    def _advice(self, values: Iterable[tuple[str, str]]) -> str:
        for key, text in values:
            known = {text for rule in self.said.rules for name, texts in rule.match if name == key for text in texts}
            if key != "id" and (near := nearest(text, known)):
                return f"did you mean {key} {shown(near)}? Correct parallel.json, or add a rule"
        return "add a rule that matches, or a default"

    def open(self, name: str) -> TemplateSet:
        """Open the set that is called `name`: a configured one, `built-in`, or else a directory.

        Raises InvalidInput when there is no such set, or a directory of it cannot be read.
        """
        if name in self.said.sets:
            return self._layered(self.said.sets[name])
        if name == BUILT_IN:
            return built_in(self.kind)
        self._check_directory(name)
        opened = from_directory(name)
        recorded = Path(os.path.relpath(opened.base.directory.resolve(), self.root)).as_posix()
        return TemplateSet(opened.name, opened.layers, recorded)

    def _check_directory(self, name: str) -> None:
        """Raise InvalidInput for what is no directory and looks like a set's name, and for a configured layer's."""
        is_directory = os.path.isdir(name)  # noqa: PTH112 - pathlib fails on a name that no directory can have
        if not is_directory and SET_NAME.fullmatch(name):
            near = nearest(name, self.said.sets)
            hint = f"did you mean {near}? " if near else ""
            message = f"template {name or repr(name)}: there is no template set and no directory of this name"
            raise InvalidInput.of("template_not_found", message, hint=f"{hint}known sets: {listed(self.names())}")
        if is_directory and not any((Path(name) / file).is_file() for file in SETTINGS):
            real = Path(name).resolve()
            for said in self.said.sets.values():
                if (self.root / said.directory).resolve() == real:
                    message = f"template {name}: this is the layer {said.name}, not a complete template set"
                    raise InvalidInput.of("template_invalid", message, hint=f"name it: {said.name}")

    def is_only_below(self, name: str) -> bool:
        """Whether a set is there for others to lie over: no rule and no default chooses it."""
        chosen = {self.said.default, *(rule.use for rule in self.said.rules)}
        return name not in chosen and any(said.over == name for said in self.said.sets.values())

    def shown(self, path: Path) -> str:
        """Return a path of the workspace as messages name it."""
        return _from_here(path)

    def names(self) -> tuple[str, ...]:
        """Return the names of all sets, the configured ones first."""
        return (*self.said.sets, BUILT_IN)

    def _layered(self, top: SetSettings) -> TemplateSet:
        chain = [top]
        while chain[-1].over not in (BUILT_IN, NOTHING):  # which ends: the settings allow no cycle
            chain.append(self.said.sets[chain[-1].over])
        layers = [self._layer(said) for said in chain]
        if chain[-1].over == BUILT_IN:
            layers.append(built_in_layer(self.kind))
        elif not any(file in layers[-1].files for file in SETTINGS):
            hint = "add one (a copy of the built-in set has it), or write over: built-in for a layer"
            message = f"templates of {chain[-1].name}: over: nothing needs a complete template set, with a copier.yml"
            raise self._invalid(chain[-1], message, hint)
        data: dict[str, Json] = {}
        for said in reversed(chain):
            data |= said.data
        answers = tuple(chain[-1].data) if chain[-1].over == NOTHING else ()
        template = TemplateSet(top.name, tuple(layers), top.name, data, answers, (self.settings_path, chain[-1].line))
        problems = [
            *self._folders_of_that_name(chain, layers),
            *layer_faults(template),
        ]
        if problems:
            raise InvalidInput(problems)
        return template

    def _folders_of_that_name(self, chain: Sequence[SetSettings], layers: Sequence[Layer]) -> Iterator[Diagnostic]:
        """Yield the sets that have the name of a folder in a layer: templates could not tell one from the other."""
        folders = {file.partition("/")[0]: layer for layer in layers for file in layer.files if "/" in file}
        for said in chain:
            if said.name in folders:
                message = f"the set {said.name} has the name of a folder in {folders[said.name].shown}"
                hint = "give the set or the folder another name: templates could not tell them apart"
                yield Diagnostic("template_invalid", message, self.settings_path, said.line, hint)

    def _layer(self, said: SetSettings) -> Layer:
        directory = self.root / said.directory
        try:
            inside = directory.resolve().is_relative_to(self.root.resolve())
            exists = directory.is_dir()
        except (OSError, RuntimeError):
            inside, exists = True, False
        if not exists:
            is_file = os.path.isfile(directory)  # noqa: PTH113 - pathlib fails on a name that no file can have
            what = "is a file" if is_file else "does not exist"
            hint = "name a directory" if is_file else f"create it: scaffold template new {said.name}"
            raise self._invalid(said, f"the directory of {said.name} {what}: {said.directory}", hint)
        if not inside:
            message = f"the directory of {said.name} leads out of the workspace: {said.directory}"
            raise self._invalid(said, message, "move it below the directory of scaffold.yml")
        return read_layer(said.name, directory, _from_here(directory))

    def _invalid(self, said: SetSettings, message: str, hint: str) -> InvalidInput:
        return InvalidInput.of("template_invalid", message, path=self.settings_path, line=said.line, hint=hint)


def unreached(sets: Teams) -> Iterator[Diagnostic]:
    """Yield a warning for every rule that never counts, because an earlier one matches all that it matches."""
    for at, rule in enumerate(sets.said.rules):
        earlier = next((first for first in sets.said.rules[:at] if _covers(first, rule)), None)
        if earlier:
            message = f"rule {rule.number} is never used: rule {earlier.number} matches everything that it matches"
            hint = f"put it before rule {earlier.number}, or remove it"
            yield Diagnostic("template_rule_unused", message, sets.settings_path, rule.line, hint, "warning")


def _covers(first: Rule, later: Rule) -> bool:
    texts = dict(later.match)
    return all(key in texts and set(texts[key]) <= set(known) for key, known in first.match)


def of(kind: DocumentKind, start: Path) -> Teams:
    """Read the template sets for a kind of document from the scaffold.yml that rules `start`; raises InvalidInput."""
    root = settings.workspace_root(start)
    said = settings.read(start).templates.get(kind.command, KindTemplates())
    return Teams(kind.template, root, _from_here(root / settings.FILE_NAME), said)


def _from_here(directory: Path) -> str:
    """Return a path that can be opened from the current directory: relative where that does not lead far up."""
    try:
        relative = os.path.relpath(directory)
    except (OSError, ValueError):
        return str(directory)
    return str(directory) if relative.startswith("../../..") else relative


def matches(rule: Rule, achievement: Achievement, level: int) -> bool:
    """Whether a rule is for an achievement of this dependency level: every key has one of the texts it names."""
    return all(_is_matched(key, texts, achievement, level) for key, texts in rule.match)


def rule_text(rule: Rule) -> str:
    """Return a rule in words: `rule 2 (team: security or red, level: 1)`."""
    keys = ", ".join(f"{key}: {' or '.join(texts)}" for key, texts in rule.match)
    return f"rule {rule.number} ({keys})"


def _is_matched(key: str, texts: tuple[str, ...], achievement: Achievement, level: int) -> bool:
    if key == "level":
        return str(level) in texts
    if key == "id":
        return any(_is_id(text, achievement.id) for text in texts)
    return any(text in texts for text in _texts(achievement, key))


def _is_id(pattern: str, achievement_id: str) -> bool:
    parts, wanted = achievement_id.split("."), pattern.split(".")
    return len(parts) == len(wanted) and all(want in ("*", part) for want, part in zip(wanted, parts, strict=True))


def _texts(achievement: Achievement, key: str) -> tuple[str, ...]:
    """Return what `parallel.json` has for a key, as scaffold.yml would write it; of a list every entry."""
    own: Mapping[str, Json] = {
        "id": achievement.id,
        "title": achievement.title,
        "dependencies": list(achievement.dependencies),
        "estimated_hours": achievement.estimated_time,
    }
    value = own[key] if key in own else achievement.extra.get(key, [])
    values = value if isinstance(value, list) else [value]
    return tuple(_written(item) for item in values if not isinstance(item, dict | list))


def _written(value: Json) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return str(value)
