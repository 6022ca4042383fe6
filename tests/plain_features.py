"""Template sets that use one feature each, rendered with and without copier: `python -m tests.plain_features` counts.

Every row is the body of a document, or a whole set as a tree, by what it uses.
"""

import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Literal, get_args
from unittest import mock

from scaffold import render
from scaffold.errors import InvalidInput
from scaffold.model import Json
from scaffold.render import plain
from scaffold.templates.sets import TemplateSet
from tests.trees import build

CONFIG = (
    "_subdirectory: template\n_envops: {undefined: jinja2.StrictUndefined}\n"
    "plan_name: {type: str, default: X}\nplan_document: {type: str, default: X}\ntasks: {type: yaml, default: []}\n"
)
NAME = "template/{% yield task from tasks %}E_{{ task.slug }}.md{% endyield %}.jinja"
TASKS: list[Json] = [
    {
        "id": "1.1",
        "slug": "11",
        "title": "First: <b>& “é” {{ 1 }}",
        "created": "2026-03-14",
        "number": "01",
        "words": ["b", "a", "C"],
        "phases": [{"title": "P", "steps": ["x", "y"], "line": 3}, {"title": "Q", "steps": [], "line": 9}],
        "extra": {"team": "payments", "n": 3, "nested": {"deep": [1, 2.5, None, True]}},
        "none": None,
        "text": "One\n\n  two\r\nthree\n",
    },
    {
        "id": "1.10",
        "slug": "110",
        "title": "Second",
        "created": "2026-03-15",
        "number": "02",
        "words": [],
        "phases": [],
        "extra": {},
        "none": "some",
        "text": "",
    },
]
ANSWERS: dict[str, Json] = {"plan_name": "DEMO", "plan_document": "PLAN_DEMO.md", "tasks": TASKS}
PLANNED = ("E_11.md", "E_110.md")

BODIES: Mapping[str, str] = {
    "text": "plain\n",
    "nothing": "",
    "no line end": "plain",
    "two line ends": "plain\n\n",
    "CRLF": "one\r\ntwo\r\n",
    "variable": "{{ task.title }}\n",
    "attribute by subscript": "{{ task['title'] }}{{ task.phases[0].title if task.phases }}\n",
    "number": "{{ 1 }} {{ 1.50 }} {{ 10 ** 3 }} {{ 7 // 2 }} {{ 7 % 4 }} {{ -3 }}\n",
    "none and truth": "{{ none }} {{ true }} {{ task.none }}\n",
    "list as text": "{{ task.words }} {{ task.extra }}\n",
    "if": "{% if task.words %}some{% elif true %}none{% else %}x{% endif %}\n",
    "for with else": "{% for word in task.words %}{{ loop.index }}{{ word }}{% else %}none{% endfor %}\n",
    "for with condition": "{% for word in task.words if word != 'a' %}{{ word }}{% endfor %}\n",
    "recursive for": "{% for x in [1, [2, [3]]] recursive %}{% if x is iterable %}({{ loop(x) }})"
    "{% else %}{{ x }}{% endif %}{% endfor %}\n",
    "loop attributes": "{% for x in 'abc' %}{{ loop.first }}{{ loop.last }}{{ loop.revindex0 }}{{ loop.cycle(1, 2) }}"
    "{{ loop.previtem | default('-') }}{{ loop.nextitem | default('-') }}{{ loop.changed(x) }}{% endfor %}\n",
    "unpacking": "{% for key, value in task.extra.items() %}{{ key }}={{ value }};{% endfor %}\n",
    "set": "{% set x = task.words | length %}{{ x }}\n",
    "set block": "{% set x %}a {{ task.id }} b{% endset %}{{ x | upper }}\n",
    "set with filter": "{% set x | upper %}a{% endset %}{{ x }}\n",
    "with": "{% with a = 1, b = 2 %}{{ a + b }}{% endwith %}\n",
    "namespace": "{% set ns = namespace(n=0) %}{% for w in task.words %}{% set ns.n = ns.n + 1 %}"
    "{% endfor %}{{ ns.n }}\n",
    "macro": "{% macro m(a, b='x') %}{{ a }}-{{ b }}{% endmacro %}{{ m(1) }}{{ m(2, b=3) }}\n",
    "macro with varargs": "{% macro m() %}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1, 2, c=3) }}\n",
    "call block": "{% macro m() %}[{{ caller() }}]{% endmacro %}{% call m() %}in{% endcall %}\n",
    "call with arguments": "{% macro m() %}[{{ caller(7) }}]{% endmacro %}{% call(x) m() %}in{{ x }}{% endcall %}\n",
    "filter block": "{% filter upper | trim %}  in  {% endfilter %}\n",
    "raw": "{% raw %}{{ x }}{% endraw %}\n",
    "comment": "a{# b #}c\n",
    "whitespace control": "a\n  {%- if true -%}  b  {%- endif +%}\n c\n",
    "trim of expressions": "a {{- ' b ' -}} c\n",
    "block": "{% block here %}in{% endblock %}\n",
    "block by name at its end": "{% block here %}in{% endblock here %}\n",
    "block twice": "{% block here %}in{% endblock %}{{ self.here() }}\n",
    "scoped block": "{% for x in 'ab' %}{% block here scoped %}{{ x }}{% endblock %}{% endfor %}\n",
    "concatenation": "{{ 'a' ~ 1 ~ none ~ task.words }}\n",
    "inline if": "{{ 'a' if task.words else 'b' }}{{ 'x' if false }}\n",
    "comparison chain": "{{ 1 < 2 < 3 }} {{ 'a' in 'abc' }} {{ 1 not in [2] }}\n",
    "slice": "{{ task.title[:5] }}{{ task.words[1:] }}{{ 'abc'[::-1] }}\n",
    "method of a text": "{{ task.title.upper() }}{{ 'a,b'.split(',') }}{{ 'x'.join(['1', '2']) }}\n",
    "format method": "{{ '{}-{:>3}'.format('a', 1) }}{{ '%s %03d' % ('a', 7) }}\n",
    "method of a mapping": "{{ task.extra.get('team', '-') }}{{ task.extra.keys() | list }}\n",
    "method of a list": "{{ task.words.index('a') if task.words }}{{ task.words.count('b') }}\n",
    "default": "{{ task.extra.nothing | default('-') }}{{ task.none | default('x', true) }}\n",
    "is defined": "{{ task.extra.nothing is defined }}{{ nothing is undefined }}\n",
    "tests": "{{ 1 is odd }}{{ 4 is divisibleby 2 }}{{ 'a' is string }}{{ [] is sequence }}{{ {} is mapping }}"
    "{{ none is none }}{{ 1.0 is float }}{{ 'A' is upper }}{{ 1 is sameas 1 }}{{ 3 is ge 2 }}{{ 'a' is in 'abc' }}\n",
    "text filters": "{{ task.title | lower | capitalize | title | trim | center(40) | wordcount }}\n",
    "truncate and wordwrap": "{{ 'a b c d e f g h' | truncate(9) }}|{{ 'a b c d e f' | wordwrap(4) }}\n",
    "indent": "{{ task.text | indent(4, first=true, blank=true) }}\n",
    "replace": "{{ task.title | replace('First', '1st') }}\n",
    "escape": "{{ task.title | e }}{{ task.title | escape | safe }}{{ '<a>' | striptags }}\n",
    "urlencode and urlize": "{{ 'a b&c' | urlencode }}{{ 'see http://x.org' | urlize }}\n",
    "xmlattr": "{{ {'a': 1, 'b': none} | xmlattr }}\n",
    "list filters": "{{ task.words | sort | join(',') }}{{ task.words | first | default('-') }}{{ [3, 1] | max }}"
    "{{ [1, 2] | sum }}{{ [1, 1] | unique | list }}{{ 'abc' | reverse }}{{ [1, 2, 3] | batch(2) | list }}"
    "{{ [1, 2, 3] | slice(2) | list }}{{ [[1], [2]] | flatten }}\n",
    "map and select": "{{ task.phases | map(attribute='title') | join }}{{ [0, 1] | select | list }}"
    "{{ [1, 2] | reject('odd') | list }}{{ task.phases | selectattr('steps') | list | length }}\n",
    "groupby": "{% for k, g in [{'a': 1}, {'a': 2}, {'a': 1}] | groupby('a') %}{{ k }}{{ g | length }}{% endfor %}\n",
    "dictsort and items": "{{ {'b': 1, 'a': 2} | dictsort }}{{ {'a': 1} | items | list }}\n",
    "numbers": "{{ '3' | int }}{{ '2.5' | float }}{{ 2.567 | round(1) }}{{ -3 | abs }}{{ 1234567 | filesizeformat }}\n",
    "tojson": "{{ task.extra | tojson }}{{ task.extra | tojson(indent=2) }}\n",
    "to_json": "{{ task.extra | to_json }}{{ task.words | to_json }}\n",
    "to_nice_json": "{{ task.extra | to_nice_json }}\n",
    "to_json of a date": "{{ '2026-03-14' | to_datetime('%Y-%m-%d') | to_json }}\n",
    "to_yaml": "{{ task.extra | to_yaml }}{{ task.extra | to_nice_yaml }}\n",
    "from_json and from_yaml": "{{ '[1, 2]' | from_json }}{{ 'a: 1' | from_yaml }}"
    "{{ 'a: 1' | from_yaml_all | list }}\n",
    "to_datetime": "{{ (task.created | to_datetime('%Y-%m-%d')).year }}\n",
    "b64": "{{ 'a' | b64encode }}{{ 'YQ==' | b64decode }}\n",
    "regex": "{{ 'a1b2' | regex_replace('[0-9]', '-') }}{{ 'a1' | regex_search('[0-9]') }}"
    "{{ 'a1b2' | regex_findall('[0-9]') }}{{ 'a.b' | regex_escape }}\n",
    "hashes": "{{ 'a' | sha1 }}{{ 'a' | checksum }}{{ 'a' | to_uuid }}\n",
    "paths": "{{ 'a/b.c' | basename }}{{ 'a/b.c' | dirname }}{{ 'a/b.c' | splitext }}{{ 'a\\\\b' | win_basename }}\n",
    "pathjoin": "{{ pathjoin('a', 'b', 'c.md') }}{{ pathjoin('a', 'b', mode='windows') }}\n",
    "combine and extract": "{{ {'a': 1} | combine({'b': 2}) }}{{ [0, 1] | map('extract', ['x', 'y']) | list }}\n",
    "ternary and mandatory": "{{ true | ternary('a', 'b') }}{{ 'a' | mandatory }}\n",
    "bool": "{{ 'yes' | bool }}{{ 'no' | bool }}\n",
    "quote and comment": "{{ 'a b' | quote }}{{ 'x' | comment }}\n",
    "type_debug": "{{ 1 | type_debug }}\n",
    "subelements": "{{ [{'a': [1, 2]}] | subelements('a') }}\n",
    "attr": "{{ task | attr('nothing') | default('-') }}\n",
    "pprint": "{{ task.extra | pprint }}\n",
    "range": "{% for i in range(3) %}{{ i }}{% endfor %}{{ range(2) | list }}\n",
    "dict": "{{ dict(a=1) }}\n",
    "cycler and joiner": "{% set c = cycler(1, 2) %}{{ c.next() }}{{ c.next() }}{{ c.current }}"
    "{% set j = joiner('|') %}{{ j() }}a{{ j() }}b\n",
    "unicode": "“é” 日本 \U0001f600 {{ '\\u00e9' }}\n",
    "long text": "x" * 5000 + "{{ task.id }}\n",
    "markdown": "# {{ task.title }}\n\n- [ ] {{ task.id }}\n\n```\n{{ task.text }}\n```\n",
    "nested loops": "{% for p in task.phases %}{{ p.title }}{% for s in p.steps %}{{ loop.index }}{{ s }}"
    "{% endfor %}{% endfor %}\n",
    "other variables": "{{ plan_name }} {{ plan_document }} {{ tasks | length }}\n",
    "tasks of others": "{% for other in tasks %}{{ other.id }}{% endfor %}\n",
    "break out of a list": "{% for x in [1, 2, 3] %}{% if x == 2 %}two{% endif %}{% endfor %}\n",
    "a list of its own, appended to": "{% set x = [] %}{% set _ = x.append(1) %}{{ x }}\n",
    "a mapping of its own, changed": "{% set x = {} %}{% set _ = x.update(a=1) %}{{ x }}\n",
    "the answers, changed": "{% set _ = task.pop('title') %}{{ task.title | default('gone') }}\n",
    "a missing variable": "{{ nothing }}\n",
    "a missing key": "{{ task.extra.nothing }}\n",
    "a missing filter": "{{ 1 | nothing }}\n",
    "a missing test": "{{ 1 is nothing }}\n",
    "a syntax error": "{% if %}\n",
    "an endless macro": "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}\n",
    "a division by zero": "{{ 1 / 0 }}\n",
    "a refused filter": "{{ 'x' | expandvars }}\n",
    "a refused global": "{{ lipsum() }}\n",
    "a refused attribute": "{{ ''.__class__ }}\n",
    "the text of a function": "{{ range }}\n",
    "copier's answers": "{{ _copier_answers }}\n",
    "the path of the set": "{{ _src_path | length > 1 }}\n",
    "now": "{{ now() }}\n",
    "a yield tag in a file": "{% yield x from tasks %}a{% endyield %}\n",
    "a missing include": "{% include 'nothing.md' ignore missing %}a\n",
    "a wrong type": "{{ task.words + 1 }}\n",
}

_SECTION = {"s.md.jinja": "section {{ task.id }}\n", "m.jinja": "{% macro m(x) %}<{{ x }}>{% endmacro %}\n"}
_BASE = {"base.md.jinja": "top\n{% block a %}A{% endblock %}\n{% block b %}B{% endblock %}\n"}


def _set(body: str, config: str = CONFIG, **more: str) -> dict[str, str]:
    return {"copier.yml": config, NAME: body} | {key.replace("__", "/"): text for key, text in more.items()}


SETS: Mapping[str, Mapping[str, str]] = {
    "include": {**_set("{% include 's.md.jinja' %}\n"), **_SECTION},
    "include in a loop": {**_set("{% for x in 'ab' %}{% include 's.md.jinja' %}{% endfor %}"), **_SECTION},
    "include of the first that is there": {**_set("{% include ['no.md', 's.md.jinja'] %}"), **_SECTION},
    "include without context": {**_set("{% include 'base.md.jinja' without context %}"), **_BASE},
    "include of a variable": {**_set("{% set x = 's.md.jinja' %}{% include x %}"), **_SECTION},
    "import": {**_set("{% import 'm.jinja' as m %}{{ m.m(task.id) }}\n"), **_SECTION},
    "from import": {**_set("{% from 'm.jinja' import m as n %}{{ n(1) }}\n"), **_SECTION},
    "import with context": {**_set("{% import 'm.jinja' as m with context %}{{ m.m(1) }}\n"), **_SECTION},
    "extends": {**_set("{% extends 'base.md.jinja' %}{% block a %}{{ super() }}+{{ task.id }}{% endblock %}"), **_BASE},
    "extends a variable": {**_set("{% set x = 'base.md.jinja' %}{% extends x %}"), **_BASE},
    "a byte order mark": _set("\ufeffbody\n"),
    "Undefined": _set("[{{ nothing }}]\n", CONFIG.replace("Strict", "")),
    "no undefined": _set("[{{ nothing }}]\n", CONFIG.replace("_envops: {undefined: jinja2.StrictUndefined}\n", "")),
    "trim_blocks": _set("{% if true %}\na\n{% endif %}\nb\n", CONFIG.replace("{undef", "{trim_blocks: true, undef")),
    "lstrip_blocks": _set("a\n   {% if true %}b{% endif %}\n", CONFIG.replace("{undef", "{lstrip_blocks: true, undef")),
    "no trailing newline": _set("a\n", CONFIG.replace("{undef", "{keep_trailing_newline: false, undef")),
    "autoescape": _set("{{ task.title }}\n", CONFIG.replace("{undef", "{autoescape: true, undef")),
    "line statements": _set("# if true\na\n# endif\n", CONFIG.replace("{undef", "{line_statement_prefix: '#', undef")),
    "delimiters of its own": {
        "copier.yml": CONFIG.replace("{undef", "{variable_start_string: '[[', variable_end_string: ']]', undef"),
        "template/{% yield task from tasks %}E_[[ task.slug ]].md{% endyield %}.jinja": "[[ task.id ]] {{ x }}\n",
    },
    "newlines of Windows": _set("a\nb\n", CONFIG.replace("{undef", '{newline_sequence: "\\r\\n", undef')),
    "another suffix": {
        "copier.yml": f"_templates_suffix: .tmpl\n{CONFIG}",
        NAME.replace(".jinja", ".tmpl"): "{{ task.id }}\n",
    },
    "no suffix": {"copier.yml": f'_templates_suffix: ""\n{CONFIG}', NAME.removesuffix(".jinja"): "{{ task.id }}\n"},
    "another folder": {"copier.yml": CONFIG.replace(": template", ": docs"), NAME.replace("template/", "docs/"): "a\n"},
    "a folder in a folder": {
        "copier.yml": CONFIG.replace(": template", ": a/b"),
        NAME.replace("template/", "a/b/"): "a\n",
    },
    "no folder": {"copier.yml": CONFIG.replace("_subdirectory: template\n", ""), NAME.replace("template/", ""): "a\n"},
    "two files": {
        "copier.yml": CONFIG,
        "template/{% yield task from tasks[:1] %}E_{{ task.slug }}.md{% endyield %}.jinja": "one\n",
        "template/{% yield task from tasks[1:] %}E_{{ task.slug }}.md{% endyield %}.jinja": "two\n",
    },
    "names without yield": {
        "copier.yml": CONFIG,
        "template/E_11.md.jinja": "{{ tasks[0].id }}\n",
        "template/E_{{ tasks[1].slug }}.md.jinja": "b\n",
    },
    "a name that is empty for some": {
        "copier.yml": CONFIG,
        "template/{% yield task from tasks + [{}] %}"
        "{% if task %}E_{{ task.slug }}.md{% endif %}{% endyield %}.jinja": "a\n",
    },
    "a name with an undefined value": {
        "copier.yml": CONFIG,
        "template/{% yield task from tasks + [{}] %}E_{{ task.slug }}.md{% endyield %}.jinja": "a\n",
    },
    "a question of its own": _set("{{ own }}\n", f"{CONFIG}own: {{type: str, default: mine}}\n"),
    "a question with a template": _set("{{ own }}\n", f"{CONFIG}own: {{type: str, default: '{{{{ plan_name }}}}'}}\n"),
    "a question in short": _set("{{ own }}\n", f"{CONFIG}own: mine\n"),
    "a question of numbers": _set("{{ own + 1 }}\n", f"{CONFIG}own: {{type: int, default: 3}}\n"),
    "a question with a choice": _set("{{ own }}\n", f"{CONFIG}own: {{type: str, choices: [a, b], default: a}}\n"),
    "a question with a condition": _set("a\n", f"{CONFIG}own: {{type: str, default: a, when: false}}\n"),
    "tasks of another type": _set("{{ task.id }}\n", CONFIG.replace("tasks: {type: yaml", "tasks: {type: json")),
    "tasks in short": _set("{{ task.id }}\n", CONFIG.replace("tasks: {type: yaml, default: []}", "tasks: []")),
    "an include in copier.yml": {**_set("a\n", f"{CONFIG}---\n!include more.yml\n"), "more.yml": "own: x\n"},
    "a newer copier": _set("a\n", f'_min_copier_version: "99.0"\n{CONFIG}'),
    "an older copier": _set("a\n", f'_min_copier_version: "9.1.0"\n{CONFIG}'),
    "a refused setting": _set("a\n", f"_tasks: [ls]\n{CONFIG}"),
    "other files beside": {**_set("a\n"), "README.md": "Read me.\n", "sections/x.md": "{{ broken\n"},
    "settings of Windows": {key: text.replace("\n", "\r\n") for key, text in _set("a\n").items()},
    "a setting twice": _set("a\n", f"_subdirectory: other\n{CONFIG}"),
    "anchors in copier.yml": _set("a\n", CONFIG.replace("{type: str, default: X}", "&x {type: str, default: X}", 1)),
    "a tag in copier.yml": _set("a\n", CONFIG.replace("default: X", "default: !!str X", 1)),
    "a Python tag in copier.yml": _set("a\n", f"{CONFIG}own: !!python/name:os.system\n"),
    "a folder with a dot": _set("a\n", CONFIG.replace(": template", ": ./template")),
    "a null in copier.yml": _set("a\n", f"{CONFIG}_exclude:\n"),
    "a static file": {**_set("a\n"), "template/static.md": "b\n"},
    "a file in a subfolder": {**_set("a\n"), "template/sub/x.md.jinja": "b\n"},
    "a wrong name": {"copier.yml": CONFIG, "template/X_{{ plan_name }}.md.jinja": "a\n"},
    "a name twice": {"copier.yml": CONFIG, NAME: "a\n", "template/E_11.md.jinja": "b\n"},
    "a broken copier.yml": _set("a\n", "a: [\n"),
}


Outcome = Literal["same bytes", "fallen back", "different"]


def template_sets(root: Path) -> Iterator[tuple[str, TemplateSet]]:
    """Yield every set, by what it uses; they are built below `root`."""
    bodies = {name: _set(body) for name, body in BODIES.items()}
    for number, (name, tree) in enumerate({**bodies, **SETS}.items()):
        template = render.from_directory(str(build(root / str(number), tree)))
        layers = tuple(replace(layer, trusted=True) for layer in template.layers)  # no child: it would cost most
        yield name, replace(template, layers=layers)


def outcome(template: TemplateSet, answers: Mapping[str, Json], planned: tuple[str, ...]) -> Outcome:
    """Return whether a set gives the same with and without copier."""
    freely = _told(template, answers, planned)
    with copier_alone():
        by_copier = _told(template, answers, planned)
    fell_back = not isinstance(freely, tuple) or freely[2] is not None
    if freely[:2] != by_copier[:2]:
        return "different"
    return "fallen back" if fell_back else "same bytes"


def _told(
    template: TemplateSet, answers: Mapping[str, Json], planned: tuple[str, ...]
) -> tuple[object, object, object]:
    try:
        made = render.render(template, answers, planned)
    except InvalidInput as error:
        return error.diagnostics, None, "it failed"
    return made.documents, made.digest, made.copier


@contextmanager
def copier_alone() -> Iterator[None]:
    """Let no set be plain."""

    def left(*_: object) -> None:
        raise plain.NotPlain("a test wants it")

    with mock.patch.object(plain, "Plain", left), mock.patch.dict(render._compiled_sets, clear=True):
        yield


def main() -> int:
    """Print a row for each feature, and how many there are of each outcome."""
    found: Counter[Outcome] = Counter()
    with tempfile.TemporaryDirectory() as root:
        for name, template in template_sets(Path(root)):
            came = outcome(template, ANSWERS, PLANNED)
            found[came] += 1
            sys.stdout.write(f"{came:<12} {name}\n")
    counts = ", ".join(f"{found[came]} {came}" for came in get_args(Outcome))
    sys.stdout.write(f"\n{found.total()} features: {counts}\n")
    return int(found["different"] > 0)


if __name__ == "__main__":
    sys.exit(main())
