"""What is wrong with what templates say is found without rendering: also behind an `if`, and with the line."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from scaffold.document.variables import VARIABLES
from scaffold.errors import Diagnostic
from scaffold.model import Json
from scaffold.templates.layering import layer_faults
from scaffold.templates.lint import extra_values, lint, unused
from scaffold.templates.reach import reached
from scaffold.templates.sets import TemplateSet, built_in
from tests.template_sets import NAME, START, environment, template_set

QUESTIONS = {"plan_name": True, "plan_document": True, "tasks": True}


def check(
    templates: TemplateSet, kind: str = "execution_task", questions: Mapping[str, bool] = QUESTIONS
) -> list[Diagnostic]:
    starts = [(file, file.removesuffix(".jinja")) for file in templates.base.files if file.startswith("template/")]
    found = reached(environment(), templates, starts)
    assert found.faults == ()
    return list(lint(environment(), templates, found, kind, questions))


def faults(
    *layers: Mapping[str, str], kind: str = "execution_task", data: Mapping[str, Any] | None = None
) -> list[Diagnostic]:
    return check(replace(template_set(*layers), data=data or {}), kind)


def unknown(text: str, **files: str) -> list[str]:
    """Return what is read that no document has, in the file of a document and in what it includes."""
    found = faults({START: text, **{f"{name}.md": content for name, content in files.items()}})
    assert {fault.code for fault in found} <= {"template_variable_unknown"}
    return [fault.message.removesuffix(" is no variable").strip("`") for fault in found]


def keys(text: str, **files: str) -> set[str]:
    return set(values(text, **files))


def values(text: str, **files: str) -> Mapping[str, Json]:
    templates = template_set({START: text, **{f"{name}.md": content for name, content in files.items()}})
    return extra_values(environment(), reached(environment(), templates, [(START, NAME)]))


# --- variables ------------------------------------------------------------------------------------------------------


def test_a_variable_that_no_document_has_is_found_behind_an_if_with_its_line_and_the_nearest() -> None:
    (fault,) = faults({START: "\n{% if no_such_thing is defined %}\n{{ task.feedbak }}{% endif %}"})

    assert fault == Diagnostic(
        "template_variable_unknown",
        "`task.feedbak` is no variable",
        f"templates/base/{START}",
        3,
        "did you mean `task.feedback`? `scaffold template variables` lists them",
    )


def test_a_name_that_nothing_defines_is_found_with_the_nearest_that_is_defined() -> None:
    (near,) = faults({START: "{{ reviewr }}"}, data={"reviewer": "Zoe"})
    (far,) = faults({START: "{{ zzz }}"})

    assert near.hint == "did you mean `reviewer`? `scaffold template variables` lists them"
    assert far.hint is not None
    assert "`data`" in far.hint


@pytest.mark.parametrize("kind", VARIABLES)
def test_every_variable_of_the_table_is_known_however_it_is_read(kind: str) -> None:
    for variable in VARIABLES[kind]:
        ways = [variable.name.replace("[]", "[0]")]
        owner, _, name = ways[0].rpartition(".")
        if owner:
            ways += [f"{owner}['{name}']", f"{owner}.get('{name}')"]
        *lists, last = variable.name.split("[].")
        if lists:
            ways.append(f"({lists[0]} | first).{last}")
            ways.append(f"{lists[0]} | map(attribute='{last}') | list")
        for way in ways:
            assert faults({START: f"{{{{ {way} }}}}"}, kind=kind) == [], way


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("{{ task.feedbak }}", "task.feedbak"),
        ("{{ task['feedbak'] }}", "task['feedbak']"),
        ("{{ task.get('feedbak') }}", "task.get('feedbak')"),
        ("{{ task.phases[0].hedaing }}", "task.phases[0].hedaing"),
        ("{{ task.phases[1:][0].hedaing }}", "task.phases[…][0].hedaing"),
        ("{{ (task.phases | first).hedaing }}", "(task.phases | first).hedaing"),
        ("{% for phase in task.phases %}{{ phase.hedaing }}{% endfor %}", "phase.hedaing"),
        ("{% for p in task.phases | reverse %}{{ p.hedaing }}{% endfor %}", "p.hedaing"),
        ("{% for one in task.dependencies if one.stat %}{% endfor %}", "one.stat"),
        ("{% for one in task.dependencies %}{{ loop.frist }}{% endfor %}", "loop.frist"),
        ("{% for one in task.dependencies %}{{ loop.previtem.stat }}{% endfor %}", "loop.previtem.stat"),
        ("{% for p in task.phases %}{% for s in p.step %}{% endfor %}{% endfor %}", "p.step"),
        ("{% set t = task %}{{ t.titel }}", "t.titel"),
        ("{% with t = task %}{{ t.titel }}{% endwith %}", "t.titel"),
        ("{% for t in tasks %}{{ t.titel }}{% endfor %}", "t.titel"),
        ("{{ task.dependencies | map(attribute='stat') | join }}", "(task.dependencies | map(attribute='stat'))"),
        (
            "{{ task.dependencies | selectattr('stat', 'equalto', 'x') | list }}",
            "(task.dependencies | selectattr('stat'))",
        ),
        ("{{ task.id.uper() }}", "task.id.uper"),
        ("{{ task.dependencies.frist }}", "task.dependencies.frist"),
        ("{{ task.siblings_more.foo }}", "task.siblings_more.foo"),
        ("{{ plan_nam }}", "plan_nam"),
        ("{% if plan_nam %}{% endif %}", "plan_nam"),
        ("{{ 'a' ~ plan_nam }}", "plan_nam"),
        ("{{ task.title | replace('a', plan_nam) }}", "plan_nam"),
        ("{{ task.feedbak is defined }}", "task.feedbak"),
        ("{{ task.feedbak | default('x') }}", "task.feedbak"),
        ("{% macro m(a=plan_nam) %}{{ a.anything }}{% endmacro %}", "plan_nam"),
        ("{% block x %}{{ task.titel }}{% endblock %}", "task.titel"),
        ("{% filter indent(plan_nam) %}{% endfilter %}", "plan_nam"),
        ("{% set x %}{{ task.titel }}{% endset %}{{ x.upper() }}", "task.titel"),
        ("{% call(a) joiner(plan_nam) %}{{ a }}{% endcall %}", "plan_nam"),
        ("{{ task.titel if no_need is defined else task.title }}", "task.titel"),
        ("{% for d in (task.dependencies or []) %}{{ d.titel }}{% endfor %}", "d.titel"),
        ("{% set t = task or {} %}{{ t.titel }}", "t.titel"),
        ("{% set t = task if plan_name else none %}{{ t.titel }}", "t.titel"),
        ("{% set t = plan_name and task %}{{ t.titel }}", "t.titel"),
        ("{{ task | attr('titel') }}", "(task | attr('titel'))"),
    ],
)
def test_what_is_no_variable_is_found_wherever_it_is_read(text: str, wrong: str) -> None:
    assert unknown(text) == [wrong]


@pytest.mark.parametrize(
    "text",
    [
        "{{ plan_name }}{{ plan_document }}{{ tasks | length }}{{ task.id }}",
        "{{ task.extra.anything.at.all }}{{ task.extra['owner'] }}{{ task.extra.get('x', {}).y }}",
        "{{ task.title.upper() }}{{ task.title[0].lower() }}{{ task.phases.count(1) }}{{ task.items() }}",
        "{% for one in task.dependencies %}{{ loop.index }}{{ loop.cycle('a', 'b') }}{{ loop.last }}{% endfor %}",
        "{% for key, value in task.items() %}{{ key }}{{ value.what }}{% endfor %}",
        "{% set ns = namespace(found=1) %}{% set ns.found = 2 %}{{ ns.found }}",
        "{% for t in range(3) %}{{ t }}{% endfor %}{% set c = cycler('a') %}{{ c.next() }}",
        "{% macro m(a, b=1) %}{{ a.x }}{{ b }}{{ caller() }}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1) }}",
        "{% set task = task.dependencies[0] %}{{ task.state }}",
        "{% for task in task.dependencies %}{{ task.state }}{% endfor %}{{ task.feedback }}",
        "{% set one = task if task.id else task.phases %}{{ one.whatever }}",
        "{% if plan_name %}{% set t = task %}{% else %}{% set t = 1 %}{% endif %}{{ t.whatever }}",
        "{{ later is defined }}{% if later is defined %}{{ later }}{% endif %}{{ other | default('x') }}",
        "{{ reviewer }}{{ answered.anything }}",
        "{% block x %}{{ self.x.name }}{% endblock %}",
        "{{ task.others | selectattr('purpose', 'equalto', 'x') | map(attribute='number') | join }}",
        "{{ task | dictsort }}{{ (task.phases | map(attribute='steps') | list)[0].anything }}",
    ],
)
def test_what_is_defined_or_not_known_is_no_fault(text: str) -> None:
    templates = replace(template_set({START: text}), data={"reviewer": "Zoe"})

    assert check(templates, questions={**QUESTIONS, "answered": True}) == []


def test_a_file_sees_what_the_file_that_includes_it_assigns() -> None:
    loop = "{% for phase in task.phases %}{% include 'phase.md' %}{% endfor %}"

    assert unknown(loop, phase="{{ phase.heading }}{{ phase.hedaing }}") == ["phase.hedaing"]
    assert unknown(loop, phase="{% for s in phase.steps %}{% include 's.md' %}{% endfor %}", s="{{ s.uper() }}") == [
        "s.uper"
    ]


def test_what_is_not_the_same_in_every_file_that_includes_one_is_not_judged() -> None:
    loop = "{{% for one in task.{} %}}{{% include 'one.md' %}}{{% endfor %}}"
    text = loop.format("phases") + loop.format("others")

    assert unknown(text, one="{{ one.purpose }}{{ one.heading }}") == []


def test_the_names_of_files_are_templates_too() -> None:
    name = "template/{% yield task from tasks %}{{ task.slgu }}.md{% endyield %}.jinja"

    (fault,) = faults({name: "{{ task.id }}"})

    assert (fault.message, fault.path, fault.line) == ("`task.slgu` is no variable", f"templates/base/{name}", None)


def test_a_task_is_called_what_the_name_of_the_file_calls_it() -> None:
    name = "template/{% yield item from tasks %}{{ item.slug }}.md{% endyield %}.jinja"

    assert [fault.message for fault in faults({name: "{{ item.titel }}{{ task.title }}"})] == [
        "`item.titel` is no variable",
        "`task` is no variable",
    ]


def test_only_files_that_are_reached_are_judged() -> None:
    assert faults({START: "", "other.md.jinja": "{{ task.feedbak }}"}) == []
    assert faults({START: "{% include plan_name %}", "README.md": "{{ anything }}"}) == []


def test_variables_are_those_of_the_kind_of_document() -> None:
    assert faults({START: "{{ task.draft }}"}, kind="subplan") == []
    assert [fault.message for fault in faults({START: "{{ task.draft }}"})] == ["`task.draft` is no variable"]


@pytest.mark.parametrize("kind", VARIABLES)
def test_nothing_is_wrong_with_the_built_in_sets(kind: str) -> None:
    assert check(built_in(kind), kind) == []


def test_what_jinja_finds_only_when_it_compiles_is_found() -> None:
    twice, unknown_filter, deep = faults(
        {
            START: "{% include 'a.md' %}{% include 'b.md' %}{% include 'c.md' %}",
            "a.md": "{% block x %}{% endblock %}\n{% block x %}{% endblock %}",
            "b.md": "\n\n{{ task.id | uper }}",
            "c.md": "{{ " + "task.id + " * 5000 + "1 }}",
        }
    )

    assert (twice.code, twice.message, twice.line) == ("template_invalid", "block 'x' defined twice", 2)
    assert (unknown_filter.message, unknown_filter.line) == ("No filter named 'uper'.", 3)
    assert deep.message == "it is nested too deeply"


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("{{ task.title | uper }}", "No filter named 'uper'."),
        ("{% if task.id is foo %}{% endif %}", "No test named 'foo'."),
        ("{{ task.phases | map('uper') | list }}", "No filter named 'uper'."),
        ("{{ task.phases | select('foo') | list }}", "No test named 'foo'."),
        ("{{ task.phases | rejectattr('goal', 'foo') | list }}", "No test named 'foo'."),
        ("{% filter uper %}{% endfilter %}", "No filter named 'uper'."),
        ("{% from 'm.md' import bxo %}", '"m.md" does not define `bxo`'),
        ("{% import 'm.md' as m %}{{ m.bxo() }}", '"m.md" does not define `bxo`'),
    ],
)
def test_what_the_language_or_an_imported_file_does_not_have_is_found_behind_an_if(text: str, wrong: str) -> None:
    (fault,) = faults({START: f"{{% if plan_name %}}\n{text}{{% endif %}}", "m.md": "{% macro box() %}{% endmacro %}"})

    assert (fault.code, fault.message, fault.line) == ("template_invalid", wrong, 2)


@pytest.mark.parametrize(
    "text",
    [
        "{% if 'uper' is filter %}{{ task.title | uper }}{% endif %}",
        "{% if 'foo' is test %}{{ task.title is foo }}{% endif %}",
        "{% from 'm.md' import box as b, one, two, below %}{% import 'm.md' as m %}{{ m.box() }}{{ m.three }}",
        "{% import 'm.md' as m %}{% if m.bxo is defined %}{{ m.bxo() }}{% endif %}",
        "{% import plan_name as m %}{{ m.bxo() }}",
        "{% import 'm.md' as m %}{% for m in task.phases %}{{ m.goal }}{% endfor %}",
    ],
)
def test_what_the_language_or_an_imported_file_may_have_is_no_fault(text: str) -> None:
    imported = (
        "{% extends 'below.md' %}{% macro box() %}{% endmacro %}{% set one, two = 1, 2 %}"
        "{% if one %}{% set three %}{% endset %}{% endif %}"
    )

    assert faults({START: text, "m.md": imported, "below.md": "{% set below = 1 %}"}) == []


# --- keys of parallel.json ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "{{ task.extra.owner }}",
        "{{ task.extra['owner'] }}",
        "{{ task.extra.get('owner', 'nobody') }}",
        "{% set e = task.extra %}{% if no %}{{ e.owner }}{% endif %}",
        "{% for t in tasks %}{{ t.extra.owner.name }}{% endfor %}",
        "{% for t in tasks | sort(attribute='extra.owner') %}{% endfor %}",
    ],
)
def test_the_keys_that_are_read_of_extra_are_known(text: str) -> None:
    assert keys(text) == {"owner"}


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        ("{{ task.extra.owner.upper() }}{{ task.extra.owner | lower }}", "owner", "sample"),
        ("{{ task.extra.contact.name }}", "contact", {"name": "sample"}),
        ("{{ task.extra['contact']['address'].town }}", "contact", {"address": {"town": "sample"}}),
        ("{{ task.extra.get('contact', {}).get('name') }}", "contact", {"name": "sample"}),
        ("{{ (task.extra.contact | default({'name': 'x'})).name }}", "contact", {"name": "sample"}),
        ("{{ task.extra.points * 2 + 1 }}", "points", 2),
        ("{{ 1 + task.extra.points }}", "points", 2),
        ("{{ -task.extra.points }}", "points", 2),
        ("{% if task.extra.points > 3 %}{% endif %}", "points", 2),
        ("{{ task.extra.points | default(0) }}", "points", 2),
        ("{% for n in range(task.extra.points) %}{% endfor %}", "points", 2),
        ("{{ '%s' % task.extra.owner }}{{ 'by ' + task.extra.owner }}", "owner", "sample"),
        ("{% for r in task.extra.all | default([]) %}{{ r.name }}{% endfor %}", "all", [{"name": "sample"}]),
        ("{% for r in task.extra.all or ['x'] %}{{ r.name }}{% endfor %}", "all", [{"name": "sample"}]),
        ("{% for one, other in task.extra.all %}{{ one }}{% endfor %}", "all", [["sample", "sample"]]),
        ("{{ task.extra.all | join(', ') }}", "all", ["sample"]),
        ("{{ task.extra.all | sum(attribute='points') }}{{ task.extra.all[0].points - 1 }}", "all", [{"points": 2}]),
        ("{% if task.extra.bar is defined %}{{ task.extra.bar.baz }}{% endif %}", "bar", {"baz": "sample"}),
        ("{% for k, v in task.extra.bar.items() %}{{ k }}{{ v }}{% endfor %}", "bar", {"sample": "sample"}),
        ("{% set c = task.extra.contact %}{% with d = c %}{{ d.title }}{% endwith %}", "contact", {"title": "sample"}),
    ],
)
def test_the_sample_of_a_key_goes_along_with_what_is_done_with_it(text: str, key: str, value: Json) -> None:
    assert values(text) == {key: value}
    task = {"extra": values(text)}
    assert environment().from_string(text).render(task=task) is not None


def test_a_key_is_known_in_a_file_that_is_included_with_it() -> None:
    assert keys("{% set e = task.extra %}{% include 'a.md' %}", a="{{ e.owner }}{{ task.extra.team }}") == {
        "owner",
        "team",
    }


def test_what_every_mapping_has_is_no_key() -> None:
    assert keys("{% for key, value in task.extra.items() %}{{ key }}{% endfor %}{{ task.extra | length }}") == set()


# --- layers ---------------------------------------------------------------------------------------------------------

BASE = {START: '{% include "document.md" %}', "document.md": "{% block x %}{% endblock %}"}


@pytest.mark.parametrize(
    ("tag", "does"),
    [
        ('{% extends "base/document.md" %}', "extends"),
        ('{% extends "middle/document.md" %}{% block x %}{% include "base/document.md" %}{% endblock %}', "includes"),
        ('{% extends "middle/document.md" %}{% import "base/document.md" as it %}', "imports"),
    ],
)
def test_a_layer_that_passes_over_the_next_is_warned_of(tag: str, does: str) -> None:
    assert faults({"document.md": tag}, {}, BASE) == [
        Diagnostic(
            "template_layer_skipped",
            f'it {does} "base/document.md", and so passes over middle',
            "templates/top/document.md",
            1,
            'write "middle/document.md"',
            "warning",
        )
    ]


def test_a_layer_that_takes_from_the_next_below_is_right() -> None:
    top, middle = ({"document.md": f'{{% extends "{below}/document.md" %}}'} for below in ("middle", "base"))

    assert faults(top, middle, BASE) == []
    assert faults(middle, BASE) == []


@pytest.mark.parametrize("name", ["copier.yml", "copier.yaml", "made/{{ plan_name }}.md.jinja"])
def test_a_layer_has_nothing_that_only_a_complete_set_may_have(name: str) -> None:
    settings = "_envops: {}\n_subdirectory: 'made'  # its files\n"
    layer = {name: "", "template/other.md.jinja": ""}
    (fault,) = layer_faults(template_set(layer, {**BASE, "copier.yml": settings}))

    assert (fault.code, fault.path) == ("template_layer", f"templates/top/{name}")
    assert fault.hint is not None
    assert "over: nothing" in fault.hint


SUBDIRECTORY = "_subdirectory: template\n"


def test_a_layer_may_have_another_file_of_what_the_set_below_makes() -> None:
    assert (
        layer_faults(template_set({START: "", "sections/a.md.jinja": ""}, {}, {**BASE, "copier.yml": SUBDIRECTORY}))
        == ()
    )


def test_a_complete_set_is_no_layer() -> None:
    assert layer_faults(template_set({**BASE, "copier.yml": ""})) == ()


@pytest.mark.parametrize(
    ("file", "near"),
    [
        ("sections/headr.md.jinja", "sections/header.md.jinja"),
        ("section/header.md.jinja", "sections/header.md.jinja"),
        ("header.md.jinja", "sections/header.md.jinja"),
        ("sections/header.md", "sections/header.md.jinja"),
        ("documnt.md.jinja", None),
        ("sections/threat_model.md.jinja", None),
        ("sections/header.txt", "sections/header.md.jinja"),
        ("sections/more.md", None),
        ("elsewhere/thing.j2", None),
    ],
)
def test_a_file_that_no_set_uses_is_found_with_what_it_may_have_been_meant_for(file: str, near: str | None) -> None:
    base = {START: '{% include "sections/header.md.jinja" %}', "sections/header.md.jinja": ""}
    templates = template_set({file: ""}, base)
    found = reached(environment(), templates, [(START, NAME)])

    (fault,) = unused(templates.layers, [found.sources.values()])

    assert (fault.code, fault.path) == ("template_file_unused", f"templates/top/{file}")
    assert fault.hint is not None
    assert (near is not None and f"did you mean {near}?" in fault.hint) or (near is None and "include it" in fault.hint)


@pytest.mark.parametrize(
    "file",
    [
        *("README.md", "sections/README.md", "docs/how.md", "copier.yml", "questions.yml", "sections/notes.txt"),
        *("sections/.gitattributes", "sections/._header.md.jinja", "sections/.directory", "sections/desktop.ini"),
        *("sections/4913", "sections/header.md.jinja.orig", "sections/header.md.bak", "sections/header.tmp"),
        *("node_modules/a/b.md.jinja", ".idea/header.md.jinja"),
    ],
)
def test_a_file_that_was_never_meant_as_a_template_may_lie_there(file: str) -> None:
    base = {START: '{% include "sections/header.md.jinja" %}', "sections/header.md.jinja": "", file: ""}
    templates = template_set(base)
    found = reached(environment(), templates, [(START, NAME)])

    assert unused(templates.layers, [found.sources.values()]) == ()


def test_a_file_that_one_of_several_sets_uses_is_used() -> None:
    base = {START: '{% include "a.jinja" %}', "a.jinja": ""}
    over, under = template_set({"a.jinja": ""}, base), template_set(base)
    used = [reached(environment(), templates, [(START, NAME)]).sources.values() for templates in (over, under)]

    assert [fault.path for fault in unused(over.layers, used[:1])] == ["templates/base/a.jinja"]
    assert unused(over.layers, used) == ()


def test_a_file_that_another_layer_replaces_is_told_so() -> None:
    base = {START: '{% include "a.jinja" %}', "a.jinja": ""}
    templates = template_set({"a.jinja": ""}, base)
    found = reached(environment(), templates, [(START, NAME)])

    (fault,) = unused(templates.layers, [found.sources.values()])

    assert fault.path == "templates/base/a.jinja"
    assert fault.hint is not None
    assert "another layer" in fault.hint


def test_of_many_faults_a_hundred_are_listed_and_the_rest_counted() -> None:
    used = {f"sections/used_{number}_header.md.jinja": "" for number in range(300)}
    includes = "".join(f"{{% include '{name}' %}}" for name in used)
    top = {f"sections/used_{number}_headr.md.jinja": "" for number in range(300)}
    wrong = "".join(f"{{{{ task.titel{number} }}}}\n" for number in range(6000))
    templates = template_set(top, {START: includes + wrong, **used})
    found = reached(environment(), templates, [(START, NAME)])

    for some, count in (
        (unused(templates.layers, [found.sources.values()]), 300),
        (tuple(check(templates)), 6000),
    ):
        assert len(some) == 101
        assert [fault.message for fault in some if fault.code == "more_problems"] == [f"and {count - 100:,} more"]
        assert sum("did you mean" in str(fault.hint) for fault in some) == 10


def test_what_comes_with_scaffold_is_not_judged_as_unused() -> None:
    assert unused(built_in("subplan").layers, []) == ()
