"""What is found about a template set without rendering it agrees with what Jinja does when it renders."""

from collections.abc import Mapping

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from scaffold.errors import Diagnostic
from scaffold.templates.reach import Reached, reached
from scaffold.templates.sets import Layer, TemplateSet, built_in
from tests.template_sets import NAME, START, environment, template_set

VARIABLES = {"yes": True, "no": False, "tasks": [1], "upper": "a.md"}


def reach(*layers: Mapping[str, str | bytes]) -> Reached:
    """Return what is reached from the file `start`, which the lowest of the layers has."""
    templates = template_set(*layers)
    return reached(environment(), templates, [(START, NAME)])


def sources(*layers: Mapping[str, str | bytes]) -> set[str]:
    result = reach(*layers)
    assert result.faults == ()
    return set(result.sources)


def rendered(templates: TemplateSet, loaded: set[str] | None = None) -> str:
    return environment(templates, loaded).get_template(START).render(VARIABLES)


def faults(*layers: Mapping[str, str | bytes]) -> list[Diagnostic]:
    return list(reach(*layers).faults)


# --- what is reached ------------------------------------------------------------------------------------------------

BASE = {
    START: '{% include "document.md" -%}',
    "document.md": '{% block head %}{% include "head.md" %}{% endblock %}'
    '{% block foot %}{% include "foot.md" %}{% endblock %}',
    "head.md": "head {% block more %}{% endblock %}",
    "foot.md": "foot",
    "README.md": "how to use it",
}


def test_what_the_files_of_documents_include_is_reached_and_what_lies_beside_it_is_not() -> None:
    assert sources(BASE) == {START, "document.md", "head.md", "foot.md"}


def test_a_file_of_a_layer_stands_for_the_one_below_it() -> None:
    found = reach({"head.md": "mine"}, BASE)

    assert found.sources["head.md"].path == "templates/top/head.md"
    assert set(found.sources) == {START, "document.md", "head.md", "foot.md"}


def test_a_block_that_is_overridden_without_super_reaches_nothing_of_the_one_below() -> None:
    top = {"document.md": '{% extends "base/document.md" %}{% block head %}mine{% endblock %}'}

    assert sources(top, BASE) == {START, "document.md", "base/document.md", "foot.md"}


def test_a_block_that_is_overridden_with_super_reaches_the_one_below() -> None:
    top = {"document.md": '{% extends "base/document.md" %}{% block head %}{{ super() }}{% endblock %}'}

    assert sources(top, BASE) == {START, "document.md", "base/document.md", "head.md", "foot.md"}


def test_super_of_super_passes_over_the_block_between() -> None:
    top = {"document.md": '{% extends "middle/document.md" %}{% block head %}{{ super.super() }}{% endblock %}'}
    middle = {"document.md": '{% extends "base/document.md" %}{% block head %}{% include "mine.md" %}{% endblock %}'}

    found = sources(top, {**middle, "mine.md": ""}, BASE)

    assert found == {START, "document.md", "middle/document.md", "base/document.md", "head.md", "foot.md"}


@pytest.mark.parametrize("hidden", ['{# {% include "foot.md" %} #}', '{% raw %}{% include "foot.md" %}{% endraw %}'])
def test_an_include_in_a_comment_or_in_raw_text_reaches_nothing(hidden: str) -> None:
    assert sources({START: hidden, "foot.md": ""}) == {START}


def test_self_reaches_the_block_that_it_names() -> None:
    top = {
        "document.md": '{% extends "base/document.md" %}{% block foot %}{{ self.head() }}{{ self["last"]() }}'
        '{% block last %}{% include "last.md" %}{% endblock %}{% endblock %}',
        "last.md": "",
    }

    assert sources(top, BASE) == {START, "document.md", "base/document.md", "head.md", "last.md"}


def test_the_blocks_of_an_included_file_are_its_own() -> None:
    top = {
        "document.md": '{% extends "base/document.md" %}{% block foot %}{% block more %}x{% endblock %}{% endblock %}'
    }
    base = {**BASE, "head.md": '{% block more %}{% include "more.md" %}{% endblock %}', "more.md": ""}

    assert "more.md" in sources(top, base)


def test_what_a_file_that_extends_imports_and_sets_at_its_top_is_reached() -> None:
    top = {
        "document.md": '{% extends "base/document.md" %}{% import "words.md" as words %}'
        '{% from "more.md" import it %}{% set said %}{% include "said.md" %}{% endset %}',
        "words.md": '{% macro word() %}{% include "word.md" %}{% endmacro %}',
        **dict.fromkeys(("said.md", "word.md"), ""),
        "more.md": "{% set it = 1 %}",
    }

    assert sources(top, BASE) >= {"words.md", "word.md", "more.md", "said.md"}


def test_of_a_list_of_names_the_first_that_exists_is_reached() -> None:
    files = {START: '{% include ["none.md", "a.md", "b.md"] %}', "a.md": "", "b.md": ""}

    assert sources(files) == {START, "a.md"}


def test_of_names_behind_an_if_all_are_reached() -> None:
    files = {
        START: '{% include "a.md" if yes else ["none.md", "b.md"] %}',
        **dict.fromkeys(("a.md", "b.md", "c.md"), ""),
    }

    assert sources(files) == {START, "a.md", "b.md"}


def test_of_files_to_extend_behind_an_if_all_are_reached_with_their_blocks() -> None:
    files = {
        START: '{% extends "a.md" if yes else "b.md" %}{% block x %}{{ super() }}{% endblock %}',
        "a.md": '{% block x %}{% include "c.md" %}{% endblock %}',
        "b.md": '{% block x %}{% include "d.md" %}{% endblock %}',
        **dict.fromkeys(("c.md", "d.md", "e.md"), ""),
    }
    behind = {**files, START: '{% if yes %}{% extends "a.md" %}{% else %}{% include "e.md" %}{% endif %}'}

    assert sources(files) == {START, "a.md", "b.md", "c.md", "d.md"}
    assert sources(behind) == {START, "a.md", "c.md", "e.md"}


@pytest.mark.parametrize(
    "tag",
    ["{% include upper %}", "{% extends upper %}", "{% import upper as it %}", "{{ x }}{% include ['no', upper] %}"],
)
def test_a_name_that_is_known_only_when_it_is_rendered_reaches_every_file(tag: str) -> None:
    found = reach(
        {"mine.md": "{{ mine }}"}, {START: tag, "README.md": "{{ readme }}", "broken.md": "{{", "logo.png": b"\xff"}
    )

    assert set(found.sources) == {
        *("mine.md", START, "README.md", "broken.md", "logo.png"),
        *(f"base/{START}", "base/README.md", "base/broken.md", "base/logo.png"),
    }
    assert found.faults == ()
    assert found.names >= {"upper", "mine", "readme"}


def test_files_that_are_copied_as_they_are_are_reached() -> None:
    templates = template_set({START: "", "template/logo.png": b"\xff"})

    found = reached(environment(), templates, [(START, NAME)], ["template/logo.png"])

    assert set(found.sources) == {START, "template/logo.png"}


def test_names_are_those_that_are_read_in_file_names_and_in_what_is_reached() -> None:
    top = {"document.md": '{% extends "base/document.md" %}{{ dropped }}{% block head %}{{ said }}{% endblock %}'}
    base = {
        START: '{% include "document.md" %}',
        "document.md": "{{ stated[index] | default(instead) }}{% block head %}{{ overridden }}{% endblock %}",
    }

    assert reach(top, base).names == {"tasks", "task", "plan_name", "said", "stated", "index", "instead"}


def test_what_a_view_extends_is_told() -> None:
    top = {"document.md": '{% extends "base/document.md" %}'}
    assert reach(top, BASE).extends == {"document.md": "base/document.md"}


def test_nothing_is_wrong_with_the_built_in_sets() -> None:
    for kind in ("execution_task", "subplan"):
        templates = built_in(kind)
        (start,) = (file for file in templates.base.files if file.startswith("template/"))

        found = reached(environment(), templates, [(start, start.removesuffix(".jinja"))])

        assert found.faults == ()
        assert {view for view in found.sources if view.startswith("sections/")} == {
            file for file in templates.base.files if file.startswith("sections/")
        }


# --- faults ---------------------------------------------------------------------------------------------------------


def test_a_missing_file_is_named_with_the_line_and_the_nearest_there_is() -> None:
    (fault,) = faults({START: 'x\n{% include "sections/headr.md" %}', "sections/header.md": ""})

    assert fault == Diagnostic(
        "template_file_missing",
        'there is no "sections/headr.md" in the template set',
        f"templates/base/{START}",
        2,
        'did you mean "sections/header.md"?',
    )


@pytest.mark.parametrize(
    ("tag", "missing"),
    [
        ('{% include "no" ignore missing %}', 0),
        ('{% include ["no", "nor"] ignore missing %}', 0),
        ('{% include ["no", "nor"] %}', 1),
        ('{% include "a.md" if yes else "no" %}', 1),
        ('{% import "no" as it %}', 1),
        ('{% from "no" import it %}', 1),
        ('{% extends "no" %}{% block x %}{% endblock %}', 1),
        ('{% include "../a.md" %}', 1),
    ],
)
def test_only_a_file_that_must_be_there_is_missed(tag: str, missing: int) -> None:
    assert [fault.code for fault in faults({START: tag, "a.md": ""})] == ["template_file_missing"] * missing


def test_a_block_that_nothing_below_has_is_named_with_those_there_are() -> None:
    top = {
        "document.md": '{% extends "base/document.md" %}\n\n'
        "{% block hed %}{% block inside %}{% endblock %}{% endblock %}"
    }

    assert faults(top, BASE) == [
        Diagnostic(
            "template_block_unknown",
            'no file that it extends has a block "hed"',
            "templates/top/document.md",
            3,
            "did you mean `head`? The blocks are foot, head",
        )
    ]


def test_a_block_inside_one_that_overrides_is_new_and_right() -> None:
    top = {"document.md": '{% extends "base/document.md" %}{% block head %}{% block new %}{% endblock %}{% endblock %}'}

    assert faults(top, BASE) == []


def test_a_block_of_any_file_below_is_known() -> None:
    top = {"document.md": '{% extends "middle/document.md" %}{% block foot %}{% endblock %}'}
    middle = {"document.md": '{% extends "base/document.md" %}{% block head %}{% endblock %}'}

    assert faults(top, middle, BASE) == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Read this first.\nThen", "Read this first."),
        ("{{ yes }}", "{{ … }}"),
        ('{% include "foot.md" %}', "{% include %}"),
        ("{% for one in tasks %}- {{ one }}{% endfor %}", "-"),
        ("{% if yes %}{% else %}no{% endif %}", "no"),
        ("{% with x = 1 %}x{% endwith %}", "x"),
        ("{% filter upper %}x{% endfilter %}", "x"),
    ],
)
@pytest.mark.parametrize("is_before", [True, False])
def test_text_outside_the_blocks_of_a_file_that_extends_is_a_fault(text: str, shown: str, is_before: bool) -> None:
    extends = '{% extends "base/document.md" %}'
    top = {"document.md": f"\n\n{text}{extends}" if is_before else f"{extends}\n\n{text}"}

    (fault,) = faults(top, BASE)

    assert (fault.code, fault.line) == ("template_text_outside_blocks", 3)
    assert fault.message == f"outside all blocks of a file that extends another: {shown}"


def test_what_makes_no_text_may_stand_outside_blocks() -> None:
    nothing = (
        '{# a comment #}\n{% extends "base/document.md" %}\n{% set a = 1 %}\n{% set b %}text{% endset %}\n'
        '{% import "foot.md" as c %}{% from "foot.md" import d %}{% macro e() %}text{% endmacro %}'
        "{% if yes %}{% set f = 1 %}{% endif %}{% block head %}{% endblock %}\n"
    )
    assert faults({"document.md": nothing}, BASE) == []


def test_a_file_that_extends_itself_is_told_what_to_write() -> None:
    top = {"head.md": '\n{% extends "head.md" %}'}

    assert faults(top, {}, BASE) == [
        Diagnostic(
            "template_extends_itself",
            "it extends itself",
            "templates/top/head.md",
            2,
            'write {% extends "middle/head.md" %}: without the name of a set, the topmost file is meant',
        )
    ]


def test_files_that_extend_each_other_are_found() -> None:
    top, middle = {"head.md": '{% extends "middle/head.md" %}'}, {"head.md": '{% extends "head.md" %}'}

    (fault,) = faults(top, middle, BASE)

    assert (fault.path, fault.message) == ("templates/middle/head.md", 'it extends "head.md", which extends it')
    assert fault.hint is not None
    assert '{% extends "base/head.md" %}' in fault.hint


def test_files_that_include_each_other_are_left_to_rendering() -> None:
    assert sources({START: '{% include "a.md" %}', "a.md": '{% include "b.md" %}', "b.md": '{% include "a.md" %}'}) == {
        *(START, "a.md", "b.md")
    }


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        (b"x\n{{ ) }}", 2, "unexpected ')'"),
        (b"{% if x %}", 1, "Unexpected end of template"),
        (b"a\n\nb\xff", 3, "it is not UTF-8: byte 0xff"),
        (b"{{ " + b"(" * 20_000 + b")" * 20_000 + b" }}", None, "it is nested too deeply"),
    ],
)
def test_a_file_that_is_no_template_is_named_with_its_line(content: bytes, line: int | None, message: str) -> None:
    (fault,) = faults({START: '{% include "a.md" %}', "a.md": content})

    assert (fault.code, fault.path, fault.line) == ("template_invalid", "templates/base/a.md", line)
    assert fault.message.startswith(message)


def test_a_file_whose_name_is_no_template_is_named() -> None:
    (fault,) = reached(environment(), template_set({START: ""}), [(START, "{{ x")]).faults

    assert (fault.path, fault.line) == (f"templates/base/{START}", None)
    assert fault.message.startswith("its name is no template: ")


def test_a_mark_that_editors_add_is_no_text() -> None:
    assert faults({"document.md": '\ufeff{% extends "base/document.md" %}'}, BASE) == []


def test_a_long_expression_and_a_long_chain_of_files_are_walked_to_their_end() -> None:
    chain = {f"{number}.md": f'{{% extends "{number + 1}.md" %}}' for number in range(90)}
    found = reach({START: '{% include "0.md" %}', **chain, "90.md": "{{ " + "a + " * 3000 + "last }}"})

    assert found.faults == ()
    assert "last" in found.names


def test_a_chain_of_files_that_no_rendering_would_survive_is_a_fault() -> None:
    chain = {f"{number}.md": f'{{% extends "{number + 1}.md" %}}' for number in range(2000)}

    (fault,) = faults({START: '{% include "0.md" %}', **chain, "2000.md": ""})

    assert fault.code == "template_invalid"


def test_faults_of_all_files_are_found_at_once_in_their_order() -> None:
    base = {
        START: '{% include "b.md" %}{% include "a.md" %}',
        "a.md": '{% include "x" %}\n{% include "y" %}',
        "b.md": "{{",
    }

    assert [((fault.path or "")[-4:], fault.line) for fault in faults(base)] == [("a.md", 1), ("a.md", 2), ("b.md", 1)]


# --- it agrees with Jinja -------------------------------------------------------------------------------------------

FILES = ("a.md", "b.md", "c.md", "d.md")
BLOCKS = ("x", "y", "z")


def _views(layer: str, file: str) -> list[str]:
    """Return what a file may name without a circle, in which most of what is generated would end."""
    later = FILES[FILES.index(file) + 1 :] if file in FILES else FILES
    return [*later, *(f"base/{name}" for name in later), *([f"base/{file}"] if layer == "top" else []), "none.md"]


def _bodies(views: list[str], depth: int, *, sure: bool) -> st.SearchStrategy[str]:
    """Return texts of templates without blocks; `sure` ones have nothing that may or may not be done."""
    plain = st.sampled_from(["text", "{# {% include 'c.md' %} #}", "{% raw %}{% include 'd.md' %}{% endraw %}"])
    includes = st.sampled_from(views).map(lambda view: f'{{% include "{view}" ignore missing %}}')
    several = st.lists(st.sampled_from(views), min_size=1, max_size=3)
    lists = several.map(lambda names: f"{{% include {names} ignore missing %}}")
    calls = st.sampled_from(["{{ super() }}", "{{ self.x() }}", '{{ self["y"]() }}', "{{ super.super() }}"])
    leaves = st.one_of(plain, includes, lists, calls)
    if depth == 0:
        return leaves
    inner = _bodies(views, depth - 1, sure=sure)
    around = [
        ("{% for i in tasks %}", "{% endfor %}"),
        ("{% set s %}", "{% endset %}"),
        ("{% with w = 1 %}", "{% endwith %}"),
        ("{% filter upper %}", "{% endfilter %}"),
    ]
    if not sure:
        around += [
            ("{% if no %}", "{% endif %}"),
            ("{% if yes %}{% else %}", "{% endif %}"),
            ("{% macro m() %}", "{% endmacro %}"),
            ("{% macro m() %}", "{% endmacro %}{{ m() }}"),
        ]
    wrapped = st.tuples(st.sampled_from(around), inner).map(lambda pair: pair[1].join(pair[0]))
    imports = st.sampled_from(views[:-1] or ["none.md"]).map(lambda view: f'{{% import "{view}" as it %}}')
    return st.one_of(leaves, wrapped, imports)


def _files(layer: str, file: str, *, sure: bool) -> st.SearchStrategy[str]:
    views = _views(layer, file)
    parents = st.sampled_from(views[:-1]) if views[:-1] else st.nothing()
    extends = parents.map(lambda view: f'{{% extends "{view}" %}}')
    if not sure:
        either = st.tuples(parents, parents)
        extends = st.one_of(
            extends,
            either.map(lambda pair: f'{{% extends "{pair[0]}" if no else "{pair[1]}" %}}'),
            parents.map(lambda view: f'{{% if no %}}{{% extends "{view}" %}}{{% endif %}}'),
        )
    pieces = st.lists(_bodies(views, 1, sure=sure), max_size=2).map("".join)

    def joined(extends: str, blocks: list[str], parts: tuple[str, str, str], nested: bool, first: str) -> str:
        before, between, inside = parts
        body = ""
        for at, name in enumerate(blocks):
            inner = inside if at == 0 else between
            body = f"{{% block {name} %}}{inner}{body if nested else ''}{{% endblock %}}{'' if nested else body}"
        return f"{first}{extends}{before}{body}"

    chosen = st.lists(st.sampled_from(BLOCKS), unique=True, max_size=3)
    parts = st.tuples(pieces, pieces, pieces)
    return st.builds(joined, st.one_of(st.just(""), extends), chosen, parts, st.booleans(), st.sampled_from(["", "a"]))


def _sets(*, sure: bool) -> st.SearchStrategy[TemplateSet]:
    layer = st.fixed_dictionaries({}, optional={file: _files("top", file, sure=sure) for file in FILES})
    whole = st.fixed_dictionaries({file: _files("base", file, sure=sure) for file in (START, *FILES)})
    return st.tuples(layer, whole).map(lambda pair: template_set(*pair))


def _loaded(templates: TemplateSet) -> tuple[str, set[str]]:
    loaded: set[str] = set()
    try:
        text = rendered(templates, loaded)
    except Exception:  # what cannot be rendered has no output to be reached
        assume(False)
        raise
    return text, loaded


@pytest.mark.no_cover  # what it draws is different in every run
@settings(max_examples=100, deadline=None)
@given(_sets(sure=True))
def test_what_is_reached_is_what_jinja_loads(templates: TemplateSet) -> None:
    _, loaded = _loaded(templates)

    found = reached(environment(), templates, [(START, NAME)])

    assert set(found.sources) == loaded


@pytest.mark.no_cover  # what it draws is different in every run
@settings(max_examples=100, deadline=None)
@given(_sets(sure=False))
def test_a_file_that_is_not_reached_never_changes_a_document(templates: TemplateSet) -> None:
    text, _ = _loaded(templates)
    used = {
        (source.layer.name, source.file)
        for source in reached(environment(), templates, [(START, NAME)]).sources.values()
    }

    others = tuple(
        Layer(
            layer.name,
            layer.directory,
            layer.shown,
            {
                file: content if (layer.name, file) in used else b"changed {{ unknown }}"
                for file, content in layer.files.items()
            },
        )
        for layer in templates.layers
    )

    assert rendered(TemplateSet("top", others, "top")) == text


# --- calls of blocks ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("{{ self.haed() }}", 'there is no block "haed"'),
        ("{{ super.super() }}", 'there is no further block "head" below this one'),
    ],
)
def test_a_block_that_is_called_and_not_there_is_found_behind_an_if(text: str, wrong: str) -> None:
    top = f'{{% extends "base/document.md" %}}{{% block head %}}\n{{% if no %}}{text}{{% endif %}}{{% endblock %}}'
    (fault,) = faults({"document.md": top}, BASE)

    assert (fault.code, fault.message, fault.line) == ("template_invalid", wrong, 2)


@pytest.mark.parametrize(
    "text",
    [
        "{{ super() }}{{ self.foot() }}{{ self.head.super() }}",
        "{% if self.haed is defined %}{{ self.haed() }}{% endif %}",
        "{% if super.super is defined %}{{ super.super() }}{% endif %}",
    ],
)
def test_a_block_that_is_there_or_asked_for_first_is_no_fault(text: str) -> None:
    top = f'{{% extends "base/document.md" %}}{{% block head %}}{"{% if no %}"}{text}{"{% endif %}"}{{% endblock %}}'

    assert faults({"document.md": top}, BASE) == []


def test_where_it_is_open_what_a_file_extends_its_calls_of_blocks_are_not_judged() -> None:
    top = '{% if no %}{% extends "base/document.md" %}{% endif %}{{ self.foot() }}'

    assert faults({"document.md": top}, BASE) == []


# --- what was meant -------------------------------------------------------------------------------------------------


def test_a_block_behind_an_if_at_the_top_of_a_file_that_extends_is_told_that_the_if_has_no_effect() -> None:
    top = (
        '{% extends "base/document.md" %}\n{% if no %}{% if yes %}{% block head %}{% endblock %}{% endif %}{% endif %}'
    )
    (fault,) = faults({"document.md": top}, BASE)

    assert (fault.code, fault.line) == ("template_text_outside_blocks", 2)
    assert fault.message.startswith("the `if` around block head has no effect")


def test_the_name_that_was_asked_for_is_never_what_was_meant() -> None:
    """A set and a folder have the same name: the name of the folder's file is that of a file of the set."""
    base = {START: '{% include "document.md" %}', "document.md": "", "base/box.md": ""}
    (fault,) = faults({START: '{% include "top/box.md" %}', "top/box.md": ""}, base)

    assert fault.hint is not None
    assert '"top/box.md"' not in fault.hint


def test_many_files_that_are_missing_are_found_soon_and_a_hundred_listed() -> None:
    includes = "\n".join(f'{{% include "sections/missing_{number}.md" %}}' for number in range(1500))
    found = faults({START: includes, **{f"sections/there_{number}.md": "" for number in range(1500)}})

    assert len(found) == 101
    assert sum("did you mean" in str(fault.hint) for fault in found) == 10
