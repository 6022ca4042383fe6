"""Laws of extraction, on documents that nobody would write and on many that somebody might."""

import re
from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from scaffold.reading import markdown, subplan
from scaffold.reading.content import Passage, Subplan

TITLES = st.sampled_from(
    [
        *("Objective", "🎯 Goal", "Approach", "Objective & Approach", "Phase 1: Heat (5 min)", "2. Pour", "Overview"),
        *("Success Criteria", "Tests", "Deliverables", "Expected Results", "Planned Executions", "Execution Strategy"),
        *("Estimated Time", "Achievement", "Status", "Steps", "Notes"),
    ]
)
WORDS = st.sampled_from(
    ["tea", "**bold** text", "`code`", "[FILL: x]", "2 hours", "EXECUTION_01: a", "✅ done", "é 茶"]
)
FRAGMENTS = st.one_of(
    st.builds("{} {}".format, st.sampled_from(["#", "##", "###", "####"]), TITLES),
    st.builds("**{}**: {}".format, TITLES, WORDS),
    st.builds("**{}**".format, TITLES),
    st.builds("{}{} {}".format, st.sampled_from(["", "  ", "   "]), st.sampled_from(["-", "*", "1.", "2)"]), WORDS),
    st.builds("{} **{}**: {}".format, st.sampled_from(["-", "1."]), TITLES, WORDS),
    st.sampled_from(
        ["```", "```sh", "````", "~~~", "---", "===", "", "", "> quote", "<!--", "-->", "| a | b |", "|---|---|"]
    ),
    WORDS,
)
DOCUMENTS = st.lists(FRAGMENTS, max_size=30).map("\n".join)


def passages(found: Subplan) -> Iterator[Passage]:
    singles = (
        found.title,
        found.achievement,
        found.objective,
        found.approach,
        found.estimated_time,
        found.execution_strategy,
    )
    yield from (one for one in singles if one)
    yield from (*found.success_criteria, *found.deliverables, *found.tests)
    for phase in found.phases:
        yield from (one for one in (phase.goal, *phase.steps, *phase.verification) if one)


@settings(max_examples=300, deadline=None)
@given(DOCUMENTS)
def test_every_passage_stands_in_the_document_on_the_lines_it_says(text: str) -> None:
    lines = text.split("\n")
    for passage in passages(subplan.parse(text, "x")):
        for offset, line in enumerate(passage.text.split("\n")):
            assert line in lines[passage.line - 1 + offset]


@settings(max_examples=300, deadline=None)
@given(DOCUMENTS)
def test_objective_and_approach_are_whole_lines_but_for_a_label_before_them(text: str) -> None:
    found = subplan.parse(text, "x")
    lines = text.split("\n")
    for passage in filter(None, (found.objective, found.approach, found.execution_strategy)):
        first, *others = passage.text.split("\n")
        assert lines[passage.line - 1].rstrip().endswith(first.rstrip())
        assert others == lines[passage.line : passage.line + len(others)]


@settings(max_examples=200, deadline=None)
@given(DOCUMENTS)
def test_the_kind_of_line_ends_changes_nothing(text: str) -> None:
    for ends in ("\r\n", "\r"):
        decoded = markdown.decode(b"\xef\xbb\xbf" + text.replace("\n", ends).encode())
        assert subplan.parse(decoded, "x") == subplan.parse(text, "x")


@settings(max_examples=200, deadline=None)
@given(st.text() | st.text(alphabet="#*_`~-[]()<>!|:. \n\t1aO\u00a0\u2028", max_size=200))
def test_no_text_is_too_strange(text: str) -> None:
    subplan.parse(text, "x")


@settings(max_examples=200, deadline=None)
@given(DOCUMENTS)
def test_what_stands_in_a_longer_fence_is_never_read(text: str) -> None:
    fenced = f"# T\n\n``````\n{text}\n``````\n"
    found = subplan.parse(fenced, "x")
    assert list(passages(found)) == [found.title]
    assert (found.header, found.phases, found.planned_executions, found.unfilled, found.diagnostics) == (
        (),
        (),
        (),
        (),
        (),
    )


@settings(max_examples=200, deadline=None)
@given(DOCUMENTS.filter(lambda text: not re.search(r"^# |===|```|~~~|<!--", text, re.MULTILINE)))
def test_an_objective_written_first_under_its_own_heading_is_found(text: str) -> None:
    found = subplan.parse(f"# SUBPLAN: Tea\n\n## Objective\n\nMake tea.\n\n## Next\n\n{text}\n", "x").objective
    assert found is not None
    assert (found.text, found.line) == ("Make tea.", 5)
