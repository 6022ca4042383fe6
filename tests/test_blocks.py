"""Blocks of the built-in template sets: a file that extends one gets what it says, and everything else as before."""

import re
from collections.abc import Mapping
from pathlib import Path

import jinja2
import pytest
from hypothesis import given, settings
from jinja2.bccache import Bucket
from jinja2.sandbox import SandboxedEnvironment

from scaffold.model import Json
from scaffold.reading.content import Subplan
from scaffold.templates.blocks import Block, blocks_of
from tests.documents import EMPTY, TEMPLATES, designed, rendered, subplans, task

PAGE = Path(__file__).parent.parent / "docs" / "template-language.md"
KINDS = ("execution_task", "subplan")
FILES = [
    (kind, path.relative_to(TEMPLATES / kind).as_posix())
    for kind in KINDS
    for path in (TEMPLATES / kind / "document.md.jinja", *sorted((TEMPLATES / kind / "sections").iterdir()))
]
THREATS = "\n## Threat Model\n\nWho could misuse {{ task.title }}, and how?\n"


def text_of(kind: str, file: str) -> str:
    return (TEMPLATES / kind / file).read_text("utf-8")


def variables(kind: str) -> dict[str, Json]:
    return designed("# PLAN: Billing\n") if kind == "subplan" else task(EMPTY)


class Compiled(jinja2.BytecodeCache):
    """Templates are compiled once, which takes longer than rendering them."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, str], bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if code := self.known.get((bucket.key, bucket.checksum)):
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.known[bucket.key, bucket.checksum] = bucket.bytecode_to_string()


COMPILED = Compiled()


def made(
    team: Mapping[str, str], kind: str = "execution_task", start: str = "document.md.jinja", said: Subplan | None = None
) -> str:
    """Render a document with a team's files over the built-in set, which lies beneath them as `built-in/`."""
    beneath = jinja2.FileSystemLoader(TEMPLATES / kind)
    loader = jinja2.ChoiceLoader(
        [jinja2.DictLoader(team), beneath, jinja2.PrefixLoader({"built-in": beneath}, delimiter="/")]
    )
    environment = SandboxedEnvironment(
        loader=loader, undefined=jinja2.StrictUndefined, keep_trailing_newline=True, bytecode_cache=COMPILED
    )
    values = variables(kind) if said is None else task(said)
    return environment.get_template(start).render(plan_name="BILLING", plan_document="PLAN_BILLING.md", task=values)


def extending(file: str, blocks: str) -> dict[str, str]:
    return {file: f'{{% extends "built-in/{file}" %}}\n{blocks}'}


def check_blank_lines(text: str) -> None:
    assert text.startswith("# ")
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert "\n\n\n" not in text
    assert not re.search(r"(?<!\n)\n#", text), "a heading has no blank line before it"


def replaced(text: str, old: str, new: str) -> str:
    assert text.count(old) == 1
    return text.replace(old, new)


# --- the document -----------------------------------------------------------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(subplans())
def test_a_document_is_its_sections_one_after_the_other(said: Subplan) -> None:
    names = [one.name for one in blocks_of(text_of("execution_task", "document.md.jinja"))]
    sections = [made({}, start=f"sections/{name}.md.jinja", said=said) for name in names if name != "more_sections"]
    assert "".join(sections) == made({}, said=said) == rendered(task(said))


INCLUDED = '{% include "sections/threat_model.md.jinja" '
TEXT = "## Threat Model\n\nWho could misuse {{ task.title }}, and how?\n"


@pytest.mark.parametrize(
    "block",
    [
        pytest.param(f"-%}}\n{INCLUDED}-%}}\n{{{{ super() }}}}\n{{%- endblock %}}", id="dashes everywhere"),
        pytest.param(f"-%}}\n{INCLUDED}-%}}\n{{{{ super() -}}}}\n{{% endblock %}}", id="dashes at the ends"),
        pytest.param(f"%}}\n{INCLUDED}-%}}\n{{{{ super() }}}}\n{{% endblock %}}", id="a dash inside"),
        pytest.param(f"%}}{INCLUDED}%}}{{{{ super() }}}}{{% endblock %}}", id="one line"),
        pytest.param(f"%}}\n{TEXT}{{{{ super() }}}}\n{{% endblock %}}", id="text"),
        pytest.param(f"-%}}\n{TEXT}{{{{ super() }}}}\n{{%- endblock -%}}\n", id="text and dashes"),
    ],
)
def test_a_section_is_added_before_another_with_one_blank_line_on_each_side(block: str) -> None:
    team = extending("document.md.jinja", f"{{% block execution_instructions {block}\n")
    text = made(team | {"sections/threat_model.md.jinja": THREATS})

    new = "\n## Threat Model\n\nWho could misuse Invoices in batches, and how?\n"
    assert text == replaced(rendered(task(EMPTY)), "\n## Execution", f"{new}\n## Execution")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("begin", ["%}", "-%}", "%}\n", "-%}\n"])
@pytest.mark.parametrize("end", ["{%", "{%-"])
@pytest.mark.parametrize("section", ["## Threats\n", "\n## Threats\n", "\n\n## Threats", "## Threats\n\n"])
def test_a_section_more_stands_before_the_last_one_however_it_is_written(
    kind: str, begin: str, end: str, section: str
) -> None:
    blocks = f'{{% block more_sections {begin}{{% include "sections/threats.md.jinja" %}}\n{end} endblock %}}\n'
    text = made(extending("document.md.jinja", blocks) | {"sections/threats.md.jinja": section}, kind)

    provenance = "\n---\n\nMade on"
    assert text == replaced(rendered(variables(kind), kind=kind), provenance, f"\n## Threats\n{provenance}")


@pytest.mark.parametrize("emptied", ["{% block NAME %}{% endblock %}", "{% block NAME %}\n{% endblock %}\n"])
@pytest.mark.parametrize(("kind", "file"), FILES)
def test_every_block_can_be_emptied_and_leaves_no_blank_line_behind(kind: str, file: str, emptied: str) -> None:
    for one in blocks_of(text_of(kind, file)):
        if one.name not in ("header", "header_title"):  # without a title, it is no document of ours
            check_blank_lines(made(extending(file, emptied.replace("NAME", one.name)), kind))


@pytest.mark.parametrize("around", ["{% block NAME %}\nX\n{% endblock %}", "{% block NAME -%}\nX\n{%- endblock -%}\n"])
@pytest.mark.parametrize(("kind", "file"), FILES)
def test_every_block_can_be_replaced_by_a_line_that_does_not_run_into_another(
    kind: str, file: str, around: str
) -> None:
    for one in blocks_of(text_of(kind, file)):
        line = "# A title" if one.name in ("header", "header_title") else "- [ ] One line"
        text = made(extending(file, around.replace("NAME", one.name).replace("X", line)), kind)
        check_blank_lines(text)
        assert line in text.splitlines()


@pytest.mark.parametrize(("kind", "file"), FILES)
def test_a_block_that_only_repeats_what_it_overrides_changes_nothing(kind: str, file: str) -> None:
    for one in blocks_of(text_of(kind, file)):
        blocks = f"{{% block {one.name} %}}\n{{{{ super() }}}}\n{{% endblock %}}\n"
        assert made(extending(file, blocks), kind) == rendered(variables(kind), kind=kind)


# --- lines that are added ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("begin", ["%}\n", "-%}\n", "%}\n\n"])
@pytest.mark.parametrize("end", ["\n{% endblock %}\n", "\n{%- endblock %}", "\n\n{% endblock -%}\n"])
@pytest.mark.parametrize(
    ("kind", "file", "block", "last"),
    [
        ("execution_task", "completion_checklist", "more_checks", "or `FIX_23.md`\n"),
        ("subplan", "deliverables", "more_deliverables", "with its path]\n"),
        ("subplan", "success_criteria", "more_criteria", "when it is right]\n"),
        ("subplan", "tests", "more_tests", "that runs it]\n"),
    ],
)
def test_lines_are_added_at_the_end_of_a_list(
    kind: str, file: str, block: str, last: str, begin: str, end: str
) -> None:
    lines = "- [ ] Row counts of {{ task.id }} compared\n- [ ] Totals agree"
    text = made(extending(f"sections/{file}.md.jinja", f"{{% block {block} {begin}{lines}{end}"), kind)

    added = "- [ ] Row counts of 2.3 compared\n- [ ] Totals agree\n"
    assert text == replaced(rendered(variables(kind), kind=kind), last, f"{last}{added}")


@pytest.mark.parametrize("around", ["%}\n{}\n{% endblock %}", "-%}\n{}\n{%- endblock %}", "%}{}{% endblock %}"])
@pytest.mark.parametrize("line_end", ["\n", "  \n", "\n\n"])
@pytest.mark.parametrize(
    ("kind", "file", "block", "last"),
    [
        ("execution_task", "header", "more_header", "2.4 Refunds"),
        ("execution_task", "iteration_log", "more_iteration", "**Next step**:"),
        ("execution_task", "learning_summary", "more_learnings", "**Patterns to adopt**:"),
        ("subplan", "header", "more_header", "**Needed by**: 2.4 Refunds"),
    ],
)
def test_fields_are_added_each_on_a_line_of_its_own_when_it_is_shown(
    kind: str, file: str, block: str, last: str, around: str, line_end: str
) -> None:
    lines = around.replace("{}", f"**Team**: {{{{ task.extra.team }}}}{line_end}**Reviewer**:")
    text = made(extending(f"sections/{file}.md.jinja", f"{{% block {block} {lines}\n"), kind)

    added = f"{last}  \n**Team**: payments  \n**Reviewer**:\n"
    assert text == replaced(rendered(variables(kind), kind=kind), f"{last}\n", added)


def test_two_layers_add_their_lines_one_after_the_other() -> None:
    file = "sections/completion_checklist.md.jinja"
    (org,) = extending(file, "{% block more_checks %}\n- [ ] Of all\n{% endblock %}\n").values()
    block = "{% block more_checks %}\n{{ super() -}}\n- [ ] Of the team\n{% endblock %}\n"
    text = made({f"org/{file}": org, file: f'{{% extends "org/{file}" %}}\n{block}'})
    assert "or `FIX_23.md`\n- [ ] Of all\n- [ ] Of the team\n\n## Learning" in text


# --- what is said about blocks ----------------------------------------------------------------------------------------


def test_the_example_of_the_page_about_templates_gives_what_the_page_shows() -> None:
    text = PAGE.read_text("utf-8").partition("\n## Blocks\n")[2].partition("\n## Limits\n")[0]
    document, section, checklist = re.findall(r"^```jinja\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    files = ("document.md.jinja", "sections/threat_model.md.jinja", "sections/completion_checklist.md.jinja")
    document = made(dict(zip(files, (document, section, checklist), strict=True)))

    shown = re.findall(r"^```markdown\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert len(shown) == 2
    assert [one for one in shown if f"\n{one}" not in document] == []


@pytest.mark.parametrize(("kind", "file"), FILES)
def test_every_block_says_what_it_makes(kind: str, file: str) -> None:
    blocks = blocks_of(text_of(kind, file))
    assert blocks
    assert [one.name for one in blocks if not one.meaning] == []


def test_every_file_of_a_section_has_a_block_of_its_name_in_the_document() -> None:
    for kind in KINDS:
        names = {one.name for one in blocks_of(text_of(kind, "document.md.jinja"))} - {"more_sections"}
        assert names == {path.name.removesuffix(".md.jinja") for path in (TEMPLATES / kind / "sections").iterdir()}


def test_both_sets_put_blocks_into_place_in_the_same_way() -> None:
    assert text_of("execution_task", "spacing.jinja") == text_of("subplan", "spacing.jinja")


def test_blocks_are_found_with_their_lines_and_with_what_the_comment_before_them_says() -> None:
    text = """{# a: what a
   makes -#}
{% block a %}{% block b %}{% endblock %}{% endblock %}
{#- c: in short -#} {%- block c scoped -%} {%- endblock c -%}
{# {% block hidden %} #}{% raw %}{% block raw %}{% endraw %}
{%+block d%}{% endblock %}
"""
    assert blocks_of(text) == (
        Block("a", "what a makes", 3),
        Block("b", "", 3),
        Block("c", "in short", 4),
        Block("d", "", 6),
    )
